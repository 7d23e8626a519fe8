"""The demo town's volunteers: registered, in a team and a station, called, and recorded."""

from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM, Actor, Role
from domains.membership.queries import roles as role_queries
from domains.membership.service import roles
from domains.volunteering.queries import activities as activity_queries
from domains.volunteering.service import (
    activities,
    attendance,
    back_entry,
    gathering,
    presets,
    registering,
)
from domains.volunteering.service.activities import ActivityDraft, ShiftDraft
from domains.volunteering.service.back_entry import BackEntry
from domains.volunteering.service.registering import Registration, VolunteerProfile
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass, TimeBlock

_RESIDENTS = """
SELECT DISTINCT p.id FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
JOIN membership_area c ON c.id = $1 AND starts_with(a.path, c.path)
WHERE r.kind = 'owner' AND p.id <> $2 ORDER BY p.id LIMIT 6
"""
_BODY = """
SELECT id FROM membership_organisation
WHERE area_id = $1 AND kind = 'community_body' AND dissolved_on IS NULL
"""
_HAVES = (
    ("place", "党群服务中心一楼 40 平方米"),
    ("sign", "门口挂牌"),
    ("team", "登记志愿者 6 人"),
    ("projects", "每周探访独居老人"),
    ("rules", "值班、培训、激励制度上墙"),
)


async def plant(community_id: UUID, committee: Actor) -> None:
    """Register six, call them to a visit to come, and enter what two gave before."""
    await presets.sync_presets()
    assert committee.person_id is not None, "the committee member is a person"
    rows = await database.fetch(_RESIDENTS, community_id, committee.person_id)
    leader, second, *others = [await _acting(row["id"]) for row in rows]
    body: UUID = await database.fetch_value(_BODY, community_id)
    approver = await _social_worker(second, community_id)
    volunteers = [await _registered(each, community_id) for each in (leader, *others)]
    team_id = await _places(committee, community_id, body, leader)
    activity_id = await _activity(committee, community_id, body, leader, team_id)
    ((shift, *_),) = await activity_queries.shifts_by_activity(committee, [activity_id])
    for each in others[:2]:
        await gathering.join_team(each, team_id)
        await attendance.sign_up(each, shift["id"])
    for volunteer_id in volunteers[1:3]:
        await _gave(committee, approver, activity_id, volunteer_id)


async def _acting(person_id: UUID) -> Actor:
    return Actor(person_id=person_id, grants=await role_queries.grants_of(person_id))


async def _social_worker(actor: Actor, community_id: UUID) -> Actor:
    """Who enters a record does not approve it: the town has a social worker too."""
    assert actor.person_id is not None, "a resident is a person"
    await roles.grant_role(
        SYSTEM, person_id=actor.person_id, role=Role.SOCIAL_WORKER, area_id=community_id
    )
    return await _acting(actor.person_id)


async def _registered(actor: Actor, community_id: UUID) -> UUID:
    assert actor.person_id is not None, "a resident is a person"
    profile = VolunteerProfile(
        service_classes=(ServiceClass.ELDER_CARE, ServiceClass.ENVIRONMENT),
        availability=((6, TimeBlock.MORNING), (7, TimeBlock.AFTERNOON)),
        radius_m=3_000,
    )
    given = Registration(community_id, actor.person_id, profile, "2026-1")
    volunteer_id, _ = await registering.register_volunteer(actor, given, idempotency_key=uuid4())
    return volunteer_id


async def _places(committee: Actor, community_id: UUID, body: UUID, leader: Actor) -> UUID:
    assert leader.person_id is not None, "a resident is a person"
    station_id = await gathering.create_station(
        committee,
        community_id,
        name="米兰志愿服务站",
        where="党群服务中心一楼",
        organisation_id=body,
    )
    today = await clock.today()
    for code, note in _HAVES:
        await gathering.mark_station(
            committee, station_id, code=code, has=True, note=note, seen_on=today
        )
    return await gathering.create_team(
        committee,
        community_id,
        name="米兰银发守护队",
        organisation_id=body,
        leader_id=leader.person_id,
    )


async def _activity(
    committee: Actor, community_id: UUID, body: UUID, leader: Actor, team_id: UUID
) -> UUID:
    assert leader.person_id is not None, "a resident is a person"
    now = await clock.now()
    draft = ActivityDraft(
        area_id=community_id,
        nature=VolunteerActivityNature.SERVICE,
        service_class=ServiceClass.ELDER_CARE,
        title="周末探访独居老人",
        content="上门探访,量血压,打扫房间,代购药品。",
        place="米兰花园",
        organisation_id=body,
        leader_id=leader.person_id,
        shifts=(ShiftDraft(now + timedelta(days=2), now + timedelta(days=2, hours=3), 10),),
        team_id=team_id,
        time_bank_class="daily_life",
    )
    activity_id, _ = await activities.create_activity(committee, draft, idempotency_key=uuid4())
    await activities.publish_activity(committee, activity_id)
    return activity_id


async def _gave(committee: Actor, approver: Actor, activity_id: UUID, volunteer_id: UUID) -> None:
    now = await clock.now()
    given = BackEntry(
        activity_id=activity_id,
        volunteer_id=volunteer_id,
        started_at=now - timedelta(hours=4),
        ended_at=now - timedelta(hours=2),
        content="陪同独居老人就医两小时。",
        reason="当天临时出发,现场没有签到码。",
    )
    record_id, _ = await back_entry.enter_record(committee, given, idempotency_key=uuid4())
    await back_entry.approve_record(
        approver, record_id, accepted=True, reason="医院挂号单与老人本人均可证明。"
    )
