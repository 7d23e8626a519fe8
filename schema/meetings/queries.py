"""Reading meetings, their rooms and logs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.database import Row
from domains.meetings.queries import meetings, rooms
from domains.meetings.queries.meetings import MeetingFilter
from domains.meetings.values import MeetingForm, MeetingState, Response, Standing
from domains.membership.queries import places
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.meetings.bodies import OfBody
from schema.meetings.log import MeetingLogEntry
from schema.meetings.types import AgendaItem, Attendee, Meeting, OfMeeting


@strawberry.type(description="What a room shows for check-in on the spot.")
class RoomCode:
    """It changes every few seconds."""

    code: str = strawberry.field(description="The code: show it as a QR code.")
    svg: str = strawberry.field(description="The same as a QR code, drawn as SVG.")
    expires_at: datetime = strawberry.field(description="When the next one takes its place.")


@strawberry.input(description="What a list of meetings is narrowed to.")
class MeetingFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Meetings of this area and of what lies in it."
    )
    body_id: strawberry.ID | None = strawberry.field(
        default=None, description="Meetings of this body."
    )
    states: list[MeetingState] | None = strawberry.field(
        default=None, description="Meetings in one of these states."
    )
    forms: list[MeetingForm] | None = strawberry.field(
        default=None, description="Meetings of one of these forms."
    )
    since: datetime | None = strawberry.field(
        default=None, description="Meetings that start at this instant or later."
    )
    until: datetime | None = strawberry.field(
        default=None, description="Meetings that start before this instant."
    )
    mine: bool = strawberry.field(
        default=False, description="Meetings that the caller is invited to."
    )


@strawberry.input(description="What a list of who is invited is narrowed to.")
class AttendeeFilterInput:
    """Every field narrows."""

    standing: list[Standing] | None = strawberry.field(
        default=None, description="Only those who stand so."
    )
    responses: list[Response] | None = strawberry.field(
        default=None, description="Only those who answered so; for who takes part."
    )


WhereMeetings = Annotated[
    MeetingFilterInput | None, strawberry.argument(description="What to narrow the list to.")
]
WhereAttendees = Annotated[
    AttendeeFilterInput | None, strawberry.argument(description="What to narrow the list to.")
]
AfterSeq = Annotated[
    int, strawberry.argument(description="The number behind which to begin: 0 for the whole log.")
]


async def _narrowed(asked: MeetingFilterInput) -> MeetingFilter:
    area_id = node.known("area", asked.area_id) if asked.area_id is not None else None
    area = await places.place_of(area_id) if area_id is not None else None
    body_id = node.known("body", asked.body_id) if asked.body_id is not None else None
    nowhere = (asked.area_id is not None and area is None) or (
        asked.body_id is not None and body_id is None
    )
    states = () if nowhere else tuple(asked.states) if asked.states is not None else None
    return MeetingFilter(
        area_path=area.area_path if area else None,
        body_id=body_id,
        states=states,
        forms=tuple(asked.forms) if asked.forms is not None else None,
        since=asked.since,
        until=asked.until,
        mine=asked.mine,
    )


def _invited(row: Row) -> tuple[datetime, UUID]:
    return row["invited_at"], row["id"]


@strawberry.type
class MeetingsQuery:
    """Reading meetings."""

    @strawberry.field(description="A meeting; null where it cannot be seen.")
    async def meeting(self, info: Info, id: OfMeeting) -> Meeting | None:
        """Answer alike for malformed, absent and invisible."""
        uuid = node.known("meeting", id)
        return None if uuid is None else await Meeting.load(info, uuid)

    @strawberry.field(description="The meetings that the caller sees, the latest first.")
    async def meetings(
        self, info: Info, where: WhereMeetings = None, first: First = None, after: After = None
    ) -> Connection[Meeting]:
        """Read a page of them."""
        narrowed = await _narrowed(where or MeetingFilterInput())
        of = listing("meetings", {"where": narrowed})
        at = page(of, first, after)
        found = await meetings.meetings(info.context.actor, narrowed, at)
        return connection(
            of, found, at, make=Meeting.of, key=lambda row: (row["starts_at"], row["id"])
        )

    @strawberry.field(description="Who is invited to a meeting; empty where it cannot be seen.")
    async def meeting_attendees(
        self,
        info: Info,
        meeting_id: OfMeeting,
        where: WhereAttendees = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Attendee]:
        """Read a page of them, in the order of their invitations."""
        uuid = node.known("meeting", meeting_id) or node.NOBODY
        asked = where or AttendeeFilterInput()
        of = listing("meetingAttendees", {"meeting": uuid, "where": asked})
        at = page(of, first, after)
        found = await rooms.attendees(
            info.context.actor, uuid, at, standing=asked.standing, responses=asked.responses
        )
        return connection(of, found, at, make=Attendee.of, key=_invited)

    @strawberry.field(
        description="What happened in a meeting, in order, behind a number or a cursor: whoever was"
        " away reads on from the last number that they know, without gaps or repeats."
    )
    async def meeting_log(
        self,
        info: Info,
        meeting_id: OfMeeting,
        after_seq: AfterSeq = 0,
        first: First = None,
        after: After = None,
    ) -> Connection[MeetingLogEntry]:
        """Read a page of it."""
        uuid = node.known("meeting", meeting_id) or node.NOBODY
        of = listing("meetingLog", {"meeting": uuid})
        asked = page(of, first, after)
        at = asked if asked.after else type(asked)(asked.first, (max(0, after_seq),))
        found = await rooms.log_after(info.context.actor, uuid, at)
        return connection(of, found, asked, make=MeetingLogEntry.of, key=lambda row: (row["seq"],))

    @strawberry.field(description="The matters that wait for a meeting of a body.")
    async def waiting_matters(
        self, info: Info, body_id: OfBody, first: First = None, after: After = None
    ) -> Connection[AgendaItem]:
        """Read a page of them, the oldest first."""
        uuid = node.known("body", body_id) or node.NOBODY
        of = listing("waitingMatters", {"body": uuid})
        at = page(of, first, after)
        found = await meetings.waiting_items(info.context.actor, uuid, at)
        return connection(
            of, found, at, make=AgendaItem.of, key=lambda row: (row["created_at"], row["id"])
        )

    @strawberry.field(
        description="The code that a room shows now; null for who does not organise, help or"
        " preside, and while nobody can come in on the spot."
    )
    async def room_code(self, info: Info, meeting_id: OfMeeting) -> RoomCode | None:
        """Make it from the room and the instant."""
        uuid = node.known("meeting", meeting_id) or node.NOBODY
        found = await rooms.room_code(info.context.actor, uuid)
        if found is None:
            return None
        return RoomCode(code=found.code, svg=found.svg, expires_at=found.expires_at)
