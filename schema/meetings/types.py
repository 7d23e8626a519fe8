"""Meetings, agendas and rooms, as the world sees them."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.rules import thaw
from domains.meetings.queries import meetings, motions, rooms
from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    AttendeeKind,
    Capacity,
    CheckInMethod,
    MeetingForm,
    MeetingMode,
    MeetingState,
    Response,
    Standing,
)
from domains.membership.rules import masks
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.meetings.bodies import Body
from schema.meetings.floor import Floor
from schema.meetings.minutes import Minutes
from schema.meetings.motions import Motion
from schema.meetings.rooms import MeetingRules, RoomState
from schema.membership.types import Area, Person
from schema.node import Node

OfMeeting = Annotated[strawberry.ID, strawberry.argument(description="The meeting.")]


@strawberry.type(description="A point of an agenda, or a matter that waits for a meeting.")
class AgendaItem(Node):
    """What is dealt with, and what became of it."""

    position: int | None = strawberry.field(description="Its place; null while it waits.")
    kind: AgendaItemKind = strawberry.field(description="What it is there for.")
    state: AgendaItemState = strawberry.field(description="How far it has come.")
    title: str = strawberry.field(description="What it is about.")
    text: str = strawberry.field(description="What there is to know.")
    planned_minutes: int | None = strawberry.field(description="How long it is planned to take.")
    is_announced: bool = strawberry.field(
        description="Whether it is on the published agenda; only then it may be decided."
    )
    issue_id: strawberry.ID | None = strawberry.field(description="The issue that it is about.")
    not_before: date | None = strawberry.field(
        description="The day to which a meeting postponed it; it is not dealt with before."
    )
    version: int = strawberry.field(description="To be given back when editing.")
    created_at: datetime = strawberry.field(description="When it was put there.")
    called_at: datetime | None = strawberry.field(description="When it was called.")
    closed_at: datetime | None = strawberry.field(description="When it was ended.")
    note: str | None = strawberry.field(description="What the chair noted, or why it went.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("agendaItem", row["id"]),
            position=row["position"],
            kind=AgendaItemKind(row["kind"]),
            state=AgendaItemState(row["state"]),
            title=row["title"],
            text=row["body"],
            planned_minutes=row["planned_minutes"],
            is_announced=row["announced_at"] is not None,
            issue_id=node.encode("issue", row["issue_id"]) if row["issue_id"] else None,
            not_before=row["not_before"],
            version=row["version"],
            created_at=row["created_at"],
            called_at=row["called_at"],
            closed_at=row["closed_at"],
            note=row["note"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, item_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(meetings.items_by_id, item_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Its meeting; null while it waits for one.", metadata=LOADS)
    async def meeting(self, info: Info) -> "Meeting | None":
        """Load it with those of the other items."""
        meeting_id = self.row["meeting_id"]
        return None if meeting_id is None else await Meeting.load(info, meeting_id)

    @strawberry.field(description="The body that deals with it.", metadata=LOADS)
    async def body(self, info: Info) -> Body | None:
        """Load it with those of the other items."""
        return await Body.load(info, self.row["body_id"])

    @strawberry.field(description="Who presents it.", metadata=LOADS)
    async def presenter(self, info: Info) -> Person | None:
        """Load them with those of the other items."""
        presenter_id = self.row["presenter_id"]
        return None if presenter_id is None else await Person.load(info, presenter_id)

    @strawberry.field(description="What it was on the level below.", metadata=LOADS)
    async def raised_from(self, info: Info) -> "AgendaItem | None":
        """Load it with those of the other items."""
        from_id = self.row["raised_from_id"]
        return None if from_id is None else await AgendaItem.load(info, from_id)

    @strawberry.field(description="What it became on the level above.", metadata=LOADS)
    async def raised_to(self, info: Info) -> "AgendaItem | None":
        """Load it with those of the other items."""
        row = await info.context.load(meetings.raised_to, self.row["id"])
        return None if row is None else AgendaItem.of(row)


@strawberry.type(description="Somebody's part in a meeting.")
class Attendee(Node):
    """Names and answers are for who takes part; others see a masked name."""

    name: str = strawberry.field(description="Who it is; masked for who does not take part.")
    capacity: Capacity = strawberry.field(description="What they are invited to do.")
    kind: AttendeeKind = strawberry.field(description="As what they come.")
    votes: bool = strawberry.field(description="Whether they have a vote.")
    group_name: str | None = strawberry.field(description="For which group they speak.")
    invited_at: datetime = strawberry.field(description="When they were invited.")
    response: Response | None = strawberry.field(
        description="What they answered; null for who does not take part."
    )
    responded_at: datetime | None = strawberry.field(description="When they answered.")
    note: str | None = strawberry.field(description="What they said to it, or why excused.")
    standing: Standing = strawberry.field(description="Whether they are in the room.")
    check_in_method: CheckInMethod | None = strawberry.field(description="How they came in.")
    arrived_at: datetime | None = strawberry.field(description="When they first came in.")
    left_at: datetime | None = strawberry.field(description="When they left, while gone.")
    revoked_at: datetime | None = strawberry.field(
        description="When the invitation was taken back."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        method = row["check_in_method"]
        return cls(
            id=node.encode("invitation", row["id"]),
            name=row["name"] if row["within"] else masks.name(row["name"]),
            capacity=Capacity(row["capacity"]),
            kind=AttendeeKind(row["kind"]),
            votes=row["votes"],
            group_name=row["group_name"],
            invited_at=row["invited_at"],
            response=Response(row["response"]) if row["response"] else None,
            responded_at=row["responded_at"],
            note=row["note"],
            standing=Standing(row["standing"]),
            check_in_method=CheckInMethod(method) if method else None,
            arrived_at=row["arrived_at"],
            left_at=row["left_at"],
            revoked_at=row["revoked_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, invitation_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(rooms.attendees_by_id, invitation_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The person, as far as they may be known.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other attendees."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="For whom they stand in.", metadata=LOADS)
    async def stands_in_for(self, info: Info) -> "Attendee | None":
        """Load it with those of the other attendees."""
        principal = self.row["stands_in_for_id"]
        return None if principal is None else await Attendee.load(info, principal)

    @strawberry.field(description="The meeting.", metadata=LOADS)
    async def meeting(self, info: Info) -> "Meeting | None":
        """Load it with those of the other attendees."""
        return await Meeting.load(info, self.row["meeting_id"])


@strawberry.type(description="A meeting of a body.")
class Meeting(Node):
    """While planned it is seen by who has part in it, then by all who belong."""

    title: str = strawberry.field(description="What it is called.")
    form: MeetingForm = strawberry.field(description="What kind of meeting it is.")
    mode: MeetingMode = strawberry.field(description="Where people meet.")
    place: str | None = strawberry.field(description="The place.")
    online_address: str | None = strawberry.field(
        description="Where to join online; for who takes part."
    )
    state: MeetingState = strawberry.field(description="How far it has come.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it is planned to end.")
    month: str | None = strawberry.field(
        description="The month, like 2026-11, whose meeting it is for its community."
    )
    shift_reason: str | None = strawberry.field(
        description="Why the meeting of the month is not on its usual day."
    )
    recess_reason: str | None = strawberry.field(description="Why it is paused.")
    resumes_at: datetime | None = strawberry.field(description="When it goes on, while paused.")
    is_chair_handed_over: bool = strawberry.field(
        description="Whether the chair is with somebody else until a motion is decided."
    )
    seq: int = strawberry.field(description="The number of the last entry of its log.")
    version: int = strawberry.field(description="To be given back when editing.")
    created_at: datetime = strawberry.field(description="When it was planned.")
    convened_at: datetime | None = strawberry.field(description="When its notice was given.")
    check_in_at: datetime | None = strawberry.field(description="When its room was opened.")
    opened_at: datetime | None = strawberry.field(description="When it was called to order.")
    adjourned_at: datetime | None = strawberry.field(description="When it ended.")
    cancelled_at: datetime | None = strawberry.field(description="When it was called off.")
    cancel_reason: str | None = strawberry.field(description="Why it was called off.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
        return cls(
            id=node.encode("meeting", row["id"]),
            form=MeetingForm(row["form"]),
            mode=MeetingMode(row["mode"]),
            state=MeetingState(row["state"]),
            is_chair_handed_over=row["chair_motion_id"] is not None,
            seq=row["log_seq"],
            row=row,
            **plain,
        )

    @classmethod
    async def load(cls, info: Info, meeting_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(meetings.meetings_by_id, meeting_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The rules that it runs under, once it is convened.")
    def rules(self, info: Info) -> MeetingRules | None:
        """Show the frozen copy."""
        frozen = self.row["frozen_rules"]
        if frozen is None:
            return None
        return MeetingRules.of(thaw(json.loads(frozen)), locale=info.context.actor.locale)

    @strawberry.field(description="The body that meets.", metadata=LOADS)
    async def body(self, info: Info) -> Body | None:
        """Load it with those of the other meetings."""
        return await Body.load(info, self.row["body_id"])

    @strawberry.field(description="The area that it is for.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other meetings."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="Who has the chair now.", metadata=LOADS)
    async def chair(self, info: Info) -> Person | None:
        """Load them with those of the other meetings."""
        chair_id = self.row["chair_id"]
        return None if chair_id is None else await Person.load(info, chair_id)

    @strawberry.field(description="Whose chair it is.", metadata=LOADS)
    async def standing_chair(self, info: Info) -> Person | None:
        """Load them with those of the other meetings."""
        chair_id = self.row["standing_chair_id"]
        return None if chair_id is None else await Person.load(info, chair_id)

    @strawberry.field(description="Who keeps its minutes.", metadata=LOADS)
    async def secretary(self, info: Info) -> Person | None:
        """Load them with those of the other meetings."""
        secretary_id = self.row["secretary_id"]
        return None if secretary_id is None else await Person.load(info, secretary_id)

    @strawberry.field(
        description="Its agenda in order, 60 points at most; what was withdrawn included.",
        metadata=LOADS,
    )
    async def agenda(self, info: Info) -> list[AgendaItem]:
        """Load it with those of the other meetings."""
        rows = await info.context.load(meetings.agendas, self.row["id"])
        return [AgendaItem.of(row) for row in rows]

    @strawberry.field(description="The point that is being dealt with.", metadata=LOADS)
    async def current_item(self, info: Info) -> AgendaItem | None:
        """Load it with those of the other meetings."""
        item_id = self.row["current_item_id"]
        return None if item_id is None else await AgendaItem.load(info, item_id)

    @strawberry.field(description="Who is there, and the quorum, counted now.", metadata=LOADS)
    async def room(self, info: Info) -> RoomState:
        """Count it with those of the other meetings."""
        return RoomState.of(await info.context.load(rooms.heads_by_meeting, self.row["id"]))

    @strawberry.field(
        description="Who speaks, who waits, what is moved and voted on; null until convened.",
        metadata=LOADS,
    )
    async def floor(self, info: Info) -> Floor | None:
        """Load it with those of the other meetings."""
        return await Floor.load(info, self.row["id"])

    @strawberry.field(description="All that was moved in it, in order.")
    async def motions(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Motion]:
        """Read a page of it."""
        of = listing("motions", {"meeting": self.row["id"]})
        at = page(of, first, after)
        found = await motions.motions_of(info.context.actor, self.row["id"], at)
        return connection(of, found, at, make=Motion.of, key=lambda row: (row["number"],))

    @strawberry.field(
        description="Its minutes; null where there are none that the caller sees.", metadata=LOADS
    )
    async def minutes(self, info: Info) -> Minutes | None:
        """Load them with those of the other meetings."""
        return await Minutes.load_of(info, self.row["id"])

    @strawberry.field(description="The caller's own part in it.", metadata=LOADS)
    async def my_part(self, info: Info) -> Attendee | None:
        """Load it with those of the other meetings."""
        row = await info.context.load(rooms.my_part, self.row["id"])
        return None if row is None else Attendee.of(row)


_PLAIN = (
    *("title", "place", "online_address", "starts_at", "ends_at", "month", "shift_reason"),
    *("recess_reason", "resumes_at", "version", "created_at", "convened_at", "check_in_at"),
    *("opened_at", "adjourned_at", "cancelled_at", "cancel_reason"),
)


async def _meetings(actor: Actor, ids: list[UUID]) -> list[Meeting | None]:
    rows = await meetings.meetings_by_id(actor, ids)
    return [None if row is None else Meeting.of(row) for row in rows]


async def _items(actor: Actor, ids: list[UUID]) -> list[AgendaItem | None]:
    rows = await meetings.items_by_id(actor, ids)
    return [None if row is None else AgendaItem.of(row) for row in rows]


async def _attendees(actor: Actor, ids: list[UUID]) -> list[Attendee | None]:
    rows = await rooms.attendees_by_id(actor, ids)
    return [None if row is None else Attendee.of(row) for row in rows]


node.register("meeting", _meetings)
node.register("agendaItem", _items)
node.register("invitation", _attendees)
