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
    PREFERENCE = "preference"


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
    ELECTED = "elected"
    PARTLY_ELECTED = "partly_elected"
    NOT_ELECTED = "not_elected"
    INQUORATE = "inquorate"


class Verdict(StrEnum):
    """What an election's count found of a candidate."""

    ELECTED = "elected"
    TIED = "tied"
    GAVE_WAY = "gave_way"
    REPLACED = "replaced"
    NO_SEAT = "no_seat"
    BELOW_SHARE = "below_share"


class CandidateState(StrEnum):
    """How far a candidate has come."""

    NOMINATED = "nominated"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STANDING = "standing"
    ELECTED = "elected"
    NOT_ELECTED = "not_elected"


class VettingGround(StrEnum):
    """Why somebody may not stand."""

    NOT_ON_ROLL = "not_on_roll"
    UNDER_AGE = "under_age"
    NO_POLITICAL_RIGHTS = "no_political_rights"
    TOO_FEW_NOMINATORS = "too_few_nominators"
    OTHER = "other"


class TellerDuty(StrEnum):
    """What somebody does at the count."""

    TELLER = "teller"
    SCRUTINEER = "scrutineer"


class Kin(StrEnum):
    """How two people are near relatives (民法典 1045), said of both at once."""

    SPOUSE = "spouse"
    PARENT = "parent"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"


class Petitioners(StrEnum):
    """Who signs for a recall."""

    VOTERS = "voters"
    REPRESENTATIVES = "representatives"


class RecallState(StrEnum):
    """How far a petition for a recall has come."""

    OPEN = "open"
    SUPPORTED = "supported"
    VOTED = "voted"


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
    NO_PROXY = "no_proxy"


class Channel(StrEnum):
    """How a ballot came in."""

    ONLINE = "online"
    PROXY = "proxy"
    ASSISTED = "assisted"
    PAPER = "paper"


class RollStanding(StrEnum):
    """Whether somebody named on a roll may vote."""

    ADMITTED = "admitted"
    STRUCK = "struck"


class RollBasis(StrEnum):
    """On what somebody is on a roll; the three classes of 村委会法 13 among them."""

    REGISTER = "register"
    REGISTERED_LIVING = "registered_living"
    REGISTERED_AWAY = "registered_away"
    RESIDENT_ADMITTED = "resident_admitted"
    PROOF = "proof"


class ObjectionAsks(StrEnum):
    """What an objection to a roll asks for."""

    ADMIT = "admit"
    STRIKE = "strike"
    CORRECT = "correct"


class ObjectionState(StrEnum):
    """What became of an objection."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class ProxyRelation(StrEnum):
    """What a holder is to their principal; all but VOTER are near relatives (民法典 1045)."""

    VOTER = "voter"
    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"


class PollAct(StrEnum):
    """What somebody may do in a poll."""

    OBJECT = "object"
    NOMINATE = "nominate"
    FILE_PROXY = "file_proxy"
    CAST = "cast"
    CAST_FOR = "cast_for"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class PollOption:
    """One option as the rules see it: its place on the paper, and its stance in a motion."""

    position: int
    stance: Stance | None = None


@dataclass(frozen=True, slots=True)
class PaperTotals:
    """What became of a poll's papers, and the floor area of those that are void."""

    issued: int = 0
    returned: int = 0
    void: int = 0
    spoiled: int = 0
    void_area: int = 0

    @property
    def too_many_returned(self) -> bool:
        """Whether more papers were in the box than were given out."""
        return self.returned > self.issued


class BatchState(StrEnum):
    """How far a batch of papers has come."""

    OPEN = "open"
    ENTERED = "entered"
    DIFFERS = "differs"
    AGREED = "agreed"
    DISCARDED = "discarded"


class ChallengeState(StrEnum):
    """How far a challenge of a result has come."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    CLOSED = "closed"
