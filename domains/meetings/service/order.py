"""What a meeting's rules of order say, and what is before it, for commands that hold it."""

from uuid import UUID

from domains.kernel import database
from domains.meetings.errors.floor import FloorTaken
from domains.meetings.errors.motions import MotionMoved, MotionPending
from domains.meetings.models import Meeting, Motion, SpeakingRequest, Vote
from domains.meetings.rules.floor import FloorTerms, Hand, Turn
from domains.meetings.rules.motions import MotionTerms, Standing
from domains.meetings.rules.votes import VoteTerms
from domains.meetings.service import room
from domains.meetings.values.floor import RequestState, SpeakingSide
from domains.meetings.values.motions import SETTLED, MotionKind, VoteState

_WAITING = """
SELECT id, person_id, side, number FROM meetings_request
WHERE meeting_id = $1 AND state = 'waiting' AND (matter_id = $2 OR side = 'point_of_order')
"""
_SAID = """
SELECT person_id, side FROM meetings_request
WHERE matter_id = $1 AND call_number IS NOT NULL ORDER BY call_number
"""


def floor_terms(meeting: Meeting) -> FloorTerms:
    """Return what the meeting's rules say of speaking."""
    return FloorTerms.of(room.rules_of(meeting).content["floor"])


def motion_terms(meeting: Meeting) -> MotionTerms:
    """Return what the meeting's rules say of motions."""
    return MotionTerms.of(room.rules_of(meeting).content["motions"])


def vote_terms(meeting: Meeting) -> VoteTerms:
    """Return what the meeting's rules say of votes."""
    return VoteTerms.of(room.rules_of(meeting).content["votes"])


async def motions_before(meeting: Meeting) -> list[Motion]:
    """Return the motions that are before the meeting, the immediately pending one last."""
    return await (
        Motion.filter(meeting_id=meeting.id).exclude(state__in=list(SETTLED)).order_by("number")
    )


def standing(motion: Motion) -> Standing:
    """Return a motion as the rules see it."""
    return Standing(
        motion.id, motion.kind, motion.state, motion.proposer_id, motion.target_id, motion.depth
    )


async def open_vote_of(meeting: Meeting) -> Vote | None:
    """Return the vote that is being taken, if one is."""
    return await Vote.filter(meeting_id=meeting.id, state=VoteState.OPEN).first()


def debated(stack: list[Motion]) -> Motion | None:
    """Return the motion that is spoken to: the topmost but for points of order."""
    motions = [each for each in stack if each.kind is not MotionKind.POINT_OF_ORDER]
    return motions[-1] if motions else None


def matter_of(meeting: Meeting, motion: Motion | None) -> UUID:
    """Return what is spoken to: the motion, or the item under way, or the meeting."""
    if motion is not None:
        return motion.id
    return meeting.current_item_id or meeting.id


async def speaker_of(meeting: Meeting) -> SpeakingRequest | None:
    """Return the speech that is going on, if one is."""
    return await SpeakingRequest.filter(meeting_id=meeting.id, state=RequestState.SPEAKING).first()


async def interrupted_of(meeting: Meeting) -> SpeakingRequest | None:
    """Return the speech that waits to go on, if one does."""
    return await SpeakingRequest.filter(
        meeting_id=meeting.id, state=RequestState.INTERRUPTED
    ).first()


async def require_silence(meeting: Meeting, *, but: UUID | None = None) -> None:
    """Refuse while somebody else speaks or waits to go on speaking."""
    for speech in (await speaker_of(meeting), await interrupted_of(meeting)):
        if speech is not None and (but is None or speech.person_id != but):
            raise FloorTaken


async def hands_up(meeting: Meeting, matter_id: UUID) -> list[Hand]:
    """Return who waits to speak to the matter, and who to a point of order."""
    rows = await database.fetch(_WAITING, meeting.id, matter_id)
    return [
        Hand(row["id"], row["person_id"], SpeakingSide(row["side"]), row["number"]) for row in rows
    ]


async def said_of(matter_id: UUID) -> list[Turn]:
    """Return who has spoken to the matter, in order; who speaks now has taken their turn."""
    rows = await database.fetch(_SAID, matter_id)
    return [Turn(row["person_id"], SpeakingSide(row["side"])) for row in rows]


async def require_pending(meeting: Meeting, motion_id: UUID) -> None:
    """Refuse a motion that is not before the meeting; raises MotionMoved."""
    if motion_id not in {each.id for each in await motions_before(meeting)}:
        raise MotionMoved(path=("input", "motionId"))


async def bind_chair(meeting: Meeting, person_id: UUID | None, motion_id: UUID) -> None:
    """Keep the chair with whom it was handed to until the motion is decided that its holder
    speaks to or moves: a chair who has taken a side is no judge of it.
    """
    handed = meeting.chair_id != meeting.standing_chair_id == person_id
    if handed and meeting.chair_motion_id is None:
        meeting.chair_motion_id = motion_id
        await meeting.save(update_fields=["chair_motion_id"])


async def require_nothing_pending(meeting: Meeting) -> None:
    """Refuse while a motion is before the meeting: it is decided or taken back first."""
    if await motions_before(meeting):
        raise MotionPending(path=("input", "meetingId"))
