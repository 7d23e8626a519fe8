"""The room's lock and its guards: what every command in a meeting begins with.

Each command locks the meeting's row first, so that what happens in a room happens in one
order; all that a room knows is in the database, and its time is the database's.
"""

from uuid import UUID

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.errors import NotFound
from domains.kernel.rules import RuleSet, thaw
from domains.meetings import policy
from domains.meetings.errors import (
    ItemClosed,
    ItemNotAnnounced,
    MayNotVote,
    NoItemCalled,
    NotInSession,
    NotPresent,
    QuorumNotMet,
)
from domains.meetings.models import AgendaItem, Meeting
from domains.meetings.queries import standings
from domains.meetings.queries.standings import Attendee
from domains.meetings.rules.procedure import Procedure
from domains.meetings.rules.quorum import Quorum
from domains.meetings.service import log
from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    LogKind,
    MeetingState,
    Standing,
)


async def hold(actor: Actor, meeting_id: UUID, action: str) -> Meeting:
    """Lock a meeting for a command that the table allows; raises NotFound, Forbidden."""
    database.require_open_transaction()
    meeting = await Meeting.filter(id=meeting_id).select_for_update().first()
    if meeting is None:
        raise NotFound(path=("input", "meetingId"))
    place = await standings.place_in(meeting_id, actor.person_id)
    require(policy.AUTHORITY, action, actor, place)
    return meeting


def rules_of(meeting: Meeting) -> RuleSet:
    """Return the rules that a convened meeting runs under, as they were frozen."""
    assert meeting.frozen_rules is not None, "a convened meeting has its rules"
    return thaw(meeting.frozen_rules)


def procedure_of(meeting: Meeting) -> Procedure:
    """Return what the rules of a convened meeting say."""
    return Procedure.of(rules_of(meeting))


def require_in_session(meeting: Meeting) -> None:
    """Refuse unless the meeting is in session, and not in a recess."""
    if meeting.state is not MeetingState.IN_SESSION:
        raise NotInSession(path=("input", "meetingId"))


async def quorum_of(meeting: Meeting) -> Quorum:
    """Count who decides and is present, now."""
    heads = await standings.heads(meeting.id)
    return heads.quorum(procedure_of(meeting).quorum)


async def require_quorum(meeting: Meeting) -> Quorum:
    """Refuse unless enough of those who decide are present; asked again before every vote."""
    quorum = await quorum_of(meeting)
    if not quorum.is_met:
        raise QuorumNotMet(present=quorum.present, required=quorum.required)
    return quorum


async def require_present(
    meeting: Meeting, person_id: UUID | None, *, path: tuple[str, ...] = ()
) -> Attendee:
    """Return somebody's part in the meeting; refuse unless they are in the room now."""
    found = await standings.attendee(meeting.id, person_id) if person_id else None
    if found is None or found.standing is not Standing.PRESENT:
        raise NotPresent(path=path)
    return found


async def require_voter(
    meeting: Meeting, person_id: UUID | None, *, path: tuple[str, ...] = ()
) -> Attendee:
    """Return somebody's part in the meeting; refuse unless they are present and decide."""
    found = await require_present(meeting, person_id, path=path)
    if not found.votes:
        raise MayNotVote(path=path)
    return found


async def require_decidable(meeting: Meeting, item_id: UUID | None) -> AgendaItem:
    """Return the item under way; refuse where its matter may not be decided.

    No matter outside the published agenda may be decided, and none in a form that only talks.
    """
    if item_id is None:
        raise NoItemCalled
    item = await AgendaItem.filter(id=item_id, meeting_id=meeting.id).first()
    if item is None or item.state is not AgendaItemState.CURRENT:
        raise ItemClosed
    decidable = item.kind is AgendaItemKind.DECIDE and procedure_of(meeting).decides
    if item.announced_at is None or not decidable:
        raise ItemNotAnnounced
    return item


async def return_chair(meeting: Meeting, motion_id: UUID, *, actor: Actor) -> bool:
    """Give the chair back that was handed over until this motion is decided; tells whether so.

    Who it belongs to may have left: then it stays with who has it, for good.
    """
    if meeting.chair_motion_id != motion_id:
        return False
    owner = await standings.attendee(meeting.id, meeting.standing_chair_id or motion_id)
    meeting.chair_motion_id = None
    if owner is None or owner.standing is not Standing.PRESENT:
        meeting.standing_chair_id = meeting.chair_id
    meeting.chair_id = meeting.standing_chair_id
    await meeting.save(update_fields=["chair_motion_id", "chair_id", "standing_chair_id"])
    await log.append(
        meeting,
        LogKind.CHAIR_RETURNED,
        actor=actor,
        subject_id=motion_id,
        person_id=meeting.chair_id,
    )
    return True


async def told(
    actor: Actor, meeting: Meeting, command: str, **details: str | int | bool | None
) -> None:
    """Add the command to the community's audit; the last act of a command."""
    await audit.record(
        actor,
        command=command,
        chain=meeting.community_id,
        subject=("meeting", meeting.id),
        details=details,
    )
