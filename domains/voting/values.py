"""Voting's words: closed lists and small frozen shapes that database, rules and schema share."""

from dataclasses import dataclass
from enum import StrEnum

LARGEST_OPTION_COUNT = 15


class PollState(StrEnum):
    """How far a poll has come; each step is taken once and never back."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    ROLL_PUBLISHED = "roll_published"
    ROLL_FROZEN = "roll_frozen"
    OPEN = "open"
    CLOSED = "closed"
    TALLIED = "tallied"
    RUNOFF_REQUIRED = "runoff_required"
    CERTIFIED = "certified"
    PUBLICISED = "publicised"
    CHALLENGED = "challenged"
    FINAL = "final"
    ANNULLED = "annulled"
    INQUORATE = "inquorate"
    CANCELLED = "cancelled"


# Nothing of the question can be put differently in these, and all who belong see it.
PUBLISHED = frozenset(PollState) - {PollState.DRAFT, PollState.UNDER_REVIEW}
# The count is done: everybody sees the result.
RESULT_STANDS = frozenset(
    {
        PollState.TALLIED,
        PollState.RUNOFF_REQUIRED,
        PollState.CERTIFIED,
        PollState.PUBLICISED,
        PollState.CHALLENGED,
        PollState.FINAL,
        PollState.ANNULLED,
        PollState.INQUORATE,
    }
)


class ElectorateKind(StrEnum):
    """Who is on a poll's roll."""

    PERSONS = "persons"
    HOUSEHOLDS = "households"
    OWNERS = "owners"
    REPRESENTATIVES = "representatives"
    LIST = "list"


class Secrecy(StrEnum):
    """Who can know how somebody voted."""

    OPEN = "open"
    SECRET = "secret"  # noqa: S105  # a level of secrecy, no password


class PollMethod(StrEnum):
    """What a ballot says, and how a winner is found."""

    MOTION = "motion"
    CHOICE = "choice"
    ELECTION = "election"


class Stance(StrEnum):
    """What an option of a motion stands for."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    """What a count decided."""

    PASSED = "passed"
    REJECTED = "rejected"
    CHOSEN = "chosen"
    UNDECIDED = "undecided"
    INQUORATE = "inquorate"


class ParentRelation(StrEnum):
    """Why a poll follows another."""

    RUNOFF = "runoff"
    REELECTION = "reelection"


class Measure(StrEnum):
    """What a quorum or majority is counted in."""

    HEADS = "heads"
    HOUSEHOLDS = "households"
    AREA = "area"


class MajorityBase(StrEnum):
    """Of what a majority is asked."""

    FOR_AND_AGAINST = "for_and_against"
    PARTICIPATING = "participating"
    ROLL = "roll"


class CastOutcome(StrEnum):
    """What the database answered to a ballot."""

    CAST = "cast"
    RECAST = "recast"
    REPLAYED = "replayed"
    ALREADY_CAST = "already_cast"
    KEY_REUSED = "key_reused"
    NOT_OPEN = "not_open"
    NOT_ON_ROLL = "not_on_roll"


@dataclass(frozen=True, slots=True)
class PollOption:
    """One option as the rules see it: its place on the paper, and its stance in a motion."""

    position: int
    stance: Stance | None = None
