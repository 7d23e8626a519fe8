"""Voting's enums, described once for the contract; the domain's own classes are used."""

from domains.kernel.rules import LegalEffect
from domains.voting.values import (
    ElectorateKind,
    Measure,
    Outcome,
    PollMethod,
    PollState,
    Secrecy,
    Stance,
)
from schema.enums import describe

describe(
    PollState,
    "How far a poll has come; each step is taken once and never back.",
    DRAFT="Being written; seen by who convenes.",
    UNDER_REVIEW="Handed in, to be looked through before it is published.",
    ROLL_PUBLISHED="The roll is public and may be objected to until it is frozen.",
    ROLL_FROZEN="Published: question, rules and roll stand; the window has not begun.",
    OPEN="Ballots are taken.",
    CLOSED="No more ballots are taken; the count is under way.",
    TALLIED="Counted; the result is public.",
    RUNOFF_REQUIRED="Counted; a run-off has to follow.",
    CERTIFIED="The grounds of invalidity have been looked through, and none was found.",
    PUBLICISED="The certified result is public, and may be challenged.",
    CHALLENGED="A challenge waits to be decided.",
    FINAL="Nothing can change it any more.",
    ANNULLED="A challenge was upheld: the result does not stand.",
    INQUORATE="Counted; too few took part to decide.",
    CANCELLED="Ended without a count, for a stated reason.",
)
describe(
    ElectorateKind,
    "Who is on a poll's roll.",
    PERSONS="Persons of age who live in the area.",
    HOUSEHOLDS="One representative a household.",
    OWNERS="Owners, by head and floor area.",
    REPRESENTATIVES="Residents' representatives.",
    LIST="The persons of a list.",
)
describe(
    Secrecy,
    "Who can know how somebody voted.",
    OPEN="Everybody, after the close: a roll call. A ballot may be cast again while open.",
    SECRET="Nobody: after the close nothing in the tables joins a voter to a ballot. Cast once.",  # noqa: S106  # a level of secrecy
)
describe(
    PollMethod,
    "What a ballot says, and how it decides.",
    MOTION="For, against or abstain; a tie loses.",
    CHOICE="Some of the options; the one named most wins, a tie leaves it undecided.",
    PREFERENCE="Counted by a rule of preference: rankings, scores, grades, shared budgets.",
    ELECTION="Candidates for seats; each needs the majority that the law asks.",
)
describe(
    Stance,
    "What an option of a motion stands for.",
    FOR="In favour.",
    AGAINST="Against.",
    ABSTAIN="Neither: it fills the quorum.",
)
describe(
    Outcome,
    "What a count decided.",
    PASSED="The motion is carried.",
    REJECTED="The motion is lost.",
    CHOSEN="One option is chosen.",
    UNDECIDED="No option is chosen: a tie, or no share large enough.",
    ELECTED="Every seat is filled.",
    PARTLY_ELECTED="Some seats are filled; a run-off has to follow.",
    NOT_ELECTED="No seat is filled.",
    INQUORATE="Too few took part.",
)
describe(
    Measure,
    "What is counted.",
    HEADS="Persons.",
    HOUSEHOLDS="Households.",
    AREA="Floor area, in hundredths of a square metre.",
)
describe(
    LegalEffect,
    "What a decision is worth before the law.",
    ADVISORY="It advises.",
    STATUTORY_IMPORTED="It records a statutory decision taken on paper.",
    STATUTORY_NATIVE="It is a statutory decision.",
)
