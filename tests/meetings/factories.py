"""Bodies and meetings for tests, made as rows with as little as they need."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import Actor
from domains.kernel.rules import freeze
from domains.meetings.models import AgendaItem, Body, Invitation, Meeting, Seat
from domains.meetings.service import presets
from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    AttendeeKind,
    BodyLevel,
    Capacity,
    CheckInMethod,
    MeetingForm,
    MeetingMode,
    MeetingState,
    SeatOffice,
    Standing,
)
from domains.membership.models import Area
from tests import factories


@dataclass(frozen=True)
class Room:
    """A meeting with its body, its chair, and those who decide in it."""

    community: Area
    body: Body
    meeting_id: UUID
    organiser: Actor
    chair: Actor
    members: list[Actor]
    item_id: UUID
    others: dict[str, Actor] = field(default_factory=dict)

    async def meeting(self) -> Meeting:
        """The meeting's row as it is now."""
        return await Meeting.get(id=self.meeting_id)

    async def log(self) -> list[str]:
        """The kinds of its log's entries, in order."""
        rows = await database.fetch(
            "SELECT kind FROM meetings_log WHERE meeting_id = $1 ORDER BY seq", self.meeting_id
        )
        return [row["kind"] for row in rows]


async def a_body(
    area: Area | None = None,
    *,
    name: str = "同心社区议事会",
    form: MeetingForm = MeetingForm.DELIBERATION_COUNCIL,
    level: BodyLevel = BodyLevel.COMMUNITY,
    above: Body | None = None,
) -> Body:
    """A body of a community, with the rules of every form in force."""
    await presets.sync_presets()
    area = area or await factories.a_community()
    return await Body.create(
        id=database.new_id(),
        area_id=area.id,
        area_path=area.path,
        community_id=area.id if level is BodyLevel.COMMUNITY else None,
        level=level,
        form=form,
        name=name,
        above_id=above.id if above else None,
        created_at=await clock.now(),
    )


async def a_seat(
    body: Body,
    actor: Actor,
    *,
    office: SeatOffice = SeatOffice.MEMBER,
    capacity: Capacity = Capacity.DECIDE,
    kind: AttendeeKind = AttendeeKind.MEMBER,
    group: str | None = None,
) -> Seat:
    """Somebody's seat in a body, since long ago."""
    return await Seat.create(
        id=database.new_id(),
        body_id=body.id,
        person_id=actor.person_id,
        office=office,
        capacity=capacity,
        kind=kind,
        group_name=group,
        since=factories.SINCE,
        created_at=await clock.now(),
    )


async def an_invitation(
    meeting_id: UUID,
    actor: Actor,
    *,
    capacity: Capacity = Capacity.DECIDE,
    kind: AttendeeKind = AttendeeKind.MEMBER,
    present: bool = False,
    group: str | None = None,
) -> Invitation:
    """Somebody's part in a meeting, in the room or not."""
    now = await clock.now()
    return await Invitation.create(
        id=database.new_id(),
        meeting_id=meeting_id,
        person_id=actor.person_id,
        capacity=capacity,
        kind=kind,
        votes=capacity is Capacity.DECIDE,
        group_name=group,
        invited_at=now,
        standing=Standing.PRESENT if present else Standing.ABSENT,
        check_in_method=CheckInMethod.ONLINE if present else None,
        arrived_at=now if present else None,
    )


async def a_meeting(
    body: Body,
    *,
    state: MeetingState = MeetingState.IN_SESSION,
    chair: Actor | None = None,
    form: MeetingForm | None = None,
    mode: MeetingMode = MeetingMode.HYBRID,
    starts_at: datetime | None = None,
    title: str = "广场舞噪音协商会",
) -> Meeting:
    """A meeting of the body, by the rules of its form, in any state up to adjourned."""
    now = await clock.now()
    form = form or body.form
    rules = await rulesets.in_force(
        presets.code_of(form), on=await clock.today(), community=body.community_id
    )
    starts_at = starts_at or now
    convened = state is not MeetingState.PLANNED
    opened = state in {MeetingState.IN_SESSION, MeetingState.RECESS, MeetingState.ADJOURNED}
    return await Meeting.create(
        id=database.new_id(),
        body_id=body.id,
        area_id=body.area_id,
        area_path=body.area_path,
        community_id=body.community_id,
        form=form,
        mode=mode,
        title=title,
        place="党群服务中心二楼",
        state=state,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        rule_code=presets.code_of(form),
        frozen_rules=freeze(rules) if convened else None,
        chair_id=chair.person_id if chair else None,
        standing_chair_id=chair.person_id if chair else None,
        created_at=now,
        convened_at=now if convened else None,
        opened_at=now if opened else None,
        resumes_at=now if state is MeetingState.RECESS else None,
        adjourned_at=now if state is MeetingState.ADJOURNED else None,
    )


async def an_item(
    meeting: Meeting,
    *,
    position: int = 1,
    kind: AgendaItemKind = AgendaItemKind.DECIDE,
    state: AgendaItemState = AgendaItemState.ON_AGENDA,
    title: str = "广场舞队迁往九龙湖公园",
    announced: bool = True,
) -> AgendaItem:
    """A point of the meeting's agenda, announced with it."""
    now = await clock.now()
    return await AgendaItem.create(
        id=database.new_id(),
        body_id=meeting.body_id,
        meeting_id=meeting.id,
        position=position,
        kind=kind,
        state=state,
        title=title,
        created_at=now,
        announced_at=now if announced else None,
        called_at=now if state is AgendaItemState.CURRENT else None,
    )


async def a_room(
    members: int = 3,
    *,
    present: int | None = None,
    state: MeetingState = MeetingState.IN_SESSION,
    form: MeetingForm = MeetingForm.DELIBERATION_COUNCIL,
    mode: MeetingMode = MeetingMode.HYBRID,
    community: Area | None = None,
) -> Room:
    """A meeting in session, its item called: a chair who also decides, and so many members.

    All of them are present unless told how many are; the chair always is.
    """
    community = community or await factories.a_community()
    organiser = await factories.a_committee_member(community)
    chair = await factories.a_resident(community, name="刘主持")
    residents = [
        await factories.a_resident(community, name=f"居民{number}") for number in range(members)
    ]
    body = await a_body(community, form=form)
    await a_seat(body, chair, office=SeatOffice.CHAIR)
    meeting = await a_meeting(body, state=state, chair=chair, mode=mode)
    in_session = state is MeetingState.IN_SESSION
    item = await an_item(
        meeting, state=AgendaItemState.CURRENT if in_session else AgendaItemState.ON_AGENDA
    )
    if in_session:
        meeting.current_item_id = item.id
        await meeting.save()
    open_room = state in {MeetingState.IN_SESSION, MeetingState.RECESS, MeetingState.CHECK_IN}
    there = members if present is None else present
    await an_invitation(meeting.id, chair, present=open_room)
    for number, resident in enumerate(residents):
        await a_seat(body, resident)
        await an_invitation(meeting.id, resident, present=open_room and number < there)
    return Room(
        community=community,
        body=body,
        meeting_id=meeting.id,
        organiser=organiser,
        chair=chair,
        members=residents,
        item_id=item.id,
    )
