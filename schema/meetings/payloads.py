"""What commands over meetings answer with: the thing as it is now."""

from uuid import UUID

import strawberry

from schema.context import Info
from schema.meetings.types import AgendaItem, Attendee, Meeting
from schema.membership.types import reloaded

KEY = "A key of the client's own: the same command with it happens once."
ARGUMENT = strawberry.argument(description="What to do.")
REPLAYED = "Whether this repeats the answer to an earlier request."


@strawberry.type(description="The meeting as it is now.")
class MeetingPayload:
    """What changed."""

    meeting: Meeting = strawberry.field(description="The meeting.")
    replayed: bool = strawberry.field(default=False, description=REPLAYED)


@strawberry.type(description="The point of the agenda as it is now.")
class AgendaItemPayload:
    """What changed."""

    item: AgendaItem = strawberry.field(description="The point.")
    replayed: bool = strawberry.field(default=False, description=REPLAYED)


@strawberry.type(description="Somebody's part in a meeting as it is now.")
class AttendeePayload:
    """What changed."""

    attendee: Attendee = strawberry.field(description="Their part.")


@strawberry.type(description="How many were invited, and the meeting as it is now.")
class GroupInvited:
    """What changed."""

    invited: int = strawberry.field(description="How many were invited by this.")
    meeting: Meeting = strawberry.field(description="The meeting.")


@strawberry.type(description="How many came in, and the meeting as it is now.")
class ListCheckedIn:
    """What changed."""

    entered: int = strawberry.field(description="How many came in by this; others were there.")
    meeting: Meeting = strawberry.field(description="The meeting.")


async def meeting_now(info: Info, meeting_id: UUID) -> Meeting:
    """Load the meeting that a command has changed."""
    meeting = await reloaded(info, Meeting.load, meeting_id)
    assert meeting is not None, "who acts in a meeting sees it"
    return meeting


async def meeting_payload(
    info: Info, meeting_id: UUID, *, replayed: bool = False
) -> MeetingPayload:
    """Answer with the meeting."""
    return MeetingPayload(meeting=await meeting_now(info, meeting_id), replayed=replayed)


async def item_payload(info: Info, item_id: UUID, *, replayed: bool = False) -> AgendaItemPayload:
    """Answer with the point of the agenda."""
    item = await reloaded(info, AgendaItem.load, item_id)
    assert item is not None, "who acts on an agenda sees it"
    return AgendaItemPayload(item=item, replayed=replayed)


async def attendee_payload(info: Info, invitation_id: UUID) -> AttendeePayload:
    """Answer with somebody's part."""
    attendee = await reloaded(info, Attendee.load, invitation_id)
    assert attendee is not None, "who acts on an invitation sees it"
    return AttendeePayload(attendee=attendee)
