"""The words of motions and of the votes on them."""

from enum import StrEnum


class MotionKind(StrEnum):
    """What a motion asks for."""

    MAIN = "main"
    AMENDMENT = "amendment"
    REFER = "refer"
    POSTPONE = "postpone"
    CLOSE_DEBATE = "close_debate"
    WITHDRAWAL = "withdrawal"
    RECESS = "recess"
    APPEAL = "appeal"
    POINT_OF_ORDER = "point_of_order"


class MotionState(StrEnum):
    """How far a motion has come."""

    PROPOSED = "proposed"
    SECONDED = "seconded"
    PENDING = "pending"
    DEBATING = "debating"
    READY = "ready"
    VOTING = "voting"
    CARRIED = "carried"
    LOST = "lost"
    TABLED = "tabled"
    WITHDRAWN = "withdrawn"


# The motion is over; nothing of it changes any more.
SETTLED = frozenset(
    {MotionState.CARRIED, MotionState.LOST, MotionState.TABLED, MotionState.WITHDRAWN}
)
# The question has been put before the meeting and may be spoken to.
BEFORE_THE_MEETING = frozenset({MotionState.PENDING, MotionState.DEBATING, MotionState.READY})


class Interrupts(StrEnum):
    """What a motion may break into."""

    SPEECH = "speech"
    VOTE = "vote"


class Withdrawal(StrEnum):
    """Who lets a proposer take back what is before the meeting."""

    PROPOSER = "proposer"
    MEETING = "meeting"
    NEVER = "never"


class VoteForm(StrEnum):
    """How a vote is taken."""

    SHOW_OF_HANDS = "show_of_hands"
    ROLL_CALL = "roll_call"
    SECRET = "secret"  # noqa: S105  # a form of voting, no password
    UNANIMOUS_CONSENT = "unanimous_consent"


class VoteCall(StrEnum):
    """Whom a vote calls at the moment."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    EVERYBODY = "everybody"
    OBJECTIONS = "objections"
    CHAIR = "chair"


class VoteState(StrEnum):
    """How far a vote has come."""

    OPEN = "open"
    CARRIED = "carried"
    LOST = "lost"
    OBJECTED = "objected"
    VOID = "void"


class VoidReason(StrEnum):
    """Why a vote does not stand and is taken again."""

    QUORUM_LOST = "quorum_lost"
    RULED_OUT = "ruled_out"
