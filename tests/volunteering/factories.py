"""Volunteers for tests, made by the product's own commands."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from domains.kernel import clock
from domains.kernel.actor import Actor
from domains.membership.models import Area, Organisation
from domains.volunteering.queries import activities as activity_queries
from domains.volunteering.service import activities, attendance, confirming, presets, registering
from domains.volunteering.service.activities import ActivityDraft, ShiftDraft
from domains.volunteering.service.registering import Registration, VolunteerProfile
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass, TimeBlock
from tests import factories

PROFILE = VolunteerProfile(
    service_classes=(ServiceClass.ELDER_CARE, ServiceClass.ENVIRONMENT),
    availability=((6, TimeBlock.MORNING), (7, TimeBlock.AFTERNOON)),
    radius_m=3000,
)


@dataclass(frozen=True)
class Team:
    """A community, who organises, leads and keeps its volunteers, and one volunteer."""

    community: Area
    organisation: Organisation
    committee: Actor
    second: Actor
    leader: Actor
    volunteer: Actor
    volunteer_id: UUID


async def registered(actor: Actor, community: Area, **changes) -> UUID:
    """A volunteer of the community."""
    given = Registration(
        area_id=community.id,
        person_id=actor.person_id,
        profile=PROFILE,
        consent_text_version="2026-1",
    )
    volunteer_id, _ = await registering.register_volunteer(
        actor, replace(given, **changes), idempotency_key=uuid4()
    )
    return volunteer_id


async def a_team(*, street: Area | None = None, name: str = "同心社区") -> Team:
    """A community ready to serve."""
    await presets.sync_presets()
    community = await factories.a_community(street, name=name)
    volunteer = await factories.a_resident(community, name="林芳")
    return Team(
        community=community,
        organisation=await factories.an_organisation(community),
        committee=await factories.a_committee_member(community),
        second=await factories.a_committee_member(community, name="李敏"),
        leader=await factories.a_resident(community, name="周强"),
        volunteer=volunteer,
        volunteer_id=await registered(volunteer, community),
    )


async def a_draft(team: Team, *, hours: float = 2, ahead_h: float = 1, **changes) -> ActivityDraft:
    """A visit to old people, beginning soon."""
    starts_at = await clock.now() + timedelta(hours=ahead_h)
    draft = ActivityDraft(
        area_id=team.community.id,
        nature=VolunteerActivityNature.SERVICE,
        service_class=ServiceClass.ELDER_CARE,
        title="探访独居老人",
        content="上门探访,打扫房间,代购药品。",
        place="同心家园",
        organisation_id=team.organisation.id,
        leader_id=team.leader.person_id,
        shifts=(ShiftDraft(starts_at, starts_at + timedelta(hours=hours), 10),),
    )
    return replace(draft, **changes)


async def an_activity(team: Team, draft: ActivityDraft | None = None) -> UUID:
    """A published activity."""
    activity_id, _ = await activities.create_activity(
        team.committee, draft or await a_draft(team), idempotency_key=uuid4()
    )
    await activities.publish_activity(team.committee, activity_id)
    return activity_id


async def shift_of(activity_id, actor):
    """The first shift of an activity."""
    ((first, *_),) = await activity_queries.shifts_by_activity(actor, [activity_id])
    return first["id"]


async def code_of(team: Team, shift_id: UUID) -> str:
    """What is shown on the spot now."""
    code = await activity_queries.shift_code(team.leader, shift_id)
    return code.text


async def served(
    team: Team,
    moved_clock,
    *,
    minutes: int = 90,
    actor: Actor | None = None,
    draft: ActivityDraft | None = None,
) -> UUID:
    """A pending record of minutes that the volunteer gave just now."""
    actor = actor or team.volunteer
    activity_id = await an_activity(
        team, draft or await a_draft(team, hours=max(2, minutes / 60 + 1), ahead_h=0.1)
    )
    shift_id = await shift_of(activity_id, actor)
    await attendance.sign_up(actor, shift_id)
    await attendance.check_in(actor, shift_id, code=await code_of(team, shift_id))
    await moved_clock.advance(timedelta(minutes=minutes, seconds=5))
    record_id = await attendance.check_out(actor, shift_id, code=await code_of(team, shift_id))
    assert record_id is not None
    return record_id


async def confirmed(
    team: Team, moved_clock, *, minutes: int = 90, actor: Actor | None = None
) -> UUID:
    """A record that two others confirmed."""
    record_id = await served(team, moved_clock, minutes=minutes, actor=actor)
    await confirming.confirm_record(team.leader, record_id)
    await confirming.confirm_record(team.committee, record_id)
    return record_id


async def on(moved_clock, day: date, *, hour: int = 2) -> None:
    """Put the clock to an hour (UTC) of a day."""
    now = await clock.now()
    await moved_clock.set(now.replace(year=day.year, month=day.month, day=day.day, hour=hour))
