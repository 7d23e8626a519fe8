"""What a count leaves behind: every stage, figure, tie and its breaking, and the winners.

A record names options by their position on the paper. It holds its own terms, so that it
can be read, and recounted, by itself. `Count.canonical` writes it as canonical JSON, with
fractions as numerator and denominator, and `read_count` reads it back.
"""

import json
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from fractions import Fraction
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from domains.kernel import canonical as canonical_form
from domains.voting.rules.forms import BallotForm


class CountingRule(StrEnum):
    """How ballots become winners."""

    PLURALITY = "plurality"
    APPROVAL = "approval"
    SCORE = "score"
    BORDA = "borda"
    INSTANT_RUN_OFF = "instant_run_off"
    SCOTTISH_STV = "scottish_stv"
    SCHULZE = "schulze"
    RANKED_PAIRS = "ranked_pairs"
    MAJORITY_JUDGEMENT = "majority_judgement"
    SEQUENTIAL_PHRAGMEN = "sequential_phragmen"
    GREEDY_SKIP = "greedy_skip"
    GREEDY_STOP = "greedy_stop"
    GREEDY_MINIMUM = "greedy_minimum"
    EQUAL_SHARES = "equal_shares"


class TieQuestion(StrEnum):
    """What a tie was about."""

    ELECTION = "election"
    SURPLUS = "surplus"
    EXCLUSION = "exclusion"
    FUNDING = "funding"


class TieBreak(StrEnum):
    """What broke a tie: a rule where there is one, else the published seed."""

    EARLIER_STAGE = "earlier_stage"
    LOWER_COST = "lower_cost"
    MORE_VOTES = "more_votes"
    SEED = "seed"


class StageAction(StrEnum):
    """What moved votes at a stage."""

    FIRST_PREFERENCES = "first_preferences"
    SURPLUS = "surplus"
    EXCLUSION = "exclusion"


class ProjectDecision(StrEnum):
    """What became of a project."""

    FUNDED = "funded"
    TOO_COSTLY = "too_costly"
    AFTER_STOP = "after_stop"
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True, slots=True)
class Tie:
    """Options that stood equal, the one that was taken, and what broke the tie.

    `stage` is the earlier stage that broke it, where one did.
    """

    question: TieQuestion
    options: tuple[int, ...]
    chosen: int
    broken_by: TieBreak
    stage: int | None = None


@dataclass(frozen=True, slots=True)
class FigureStage:
    """Each option's figure: votes, approvals, scores or points."""

    kind: ClassVar[str] = "figures"
    figures: tuple[Fraction, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What an option received: papers, and what they were worth."""

    to: int
    papers: int
    votes: Fraction


@dataclass(frozen=True, slots=True)
class Parcel:
    """Papers that moved together: what each was worth before and after."""

    papers: int
    value_before: Fraction
    value_after: Fraction


@dataclass(frozen=True, slots=True)
class TransferStage:
    """One stage of a transferable vote: whose votes moved, where to, and who stands where."""

    kind: ClassVar[str] = "transfer"
    number: int
    action: StageAction
    option: int | None
    votes: tuple[Fraction, ...]
    not_transferable: Fraction
    transfers: tuple[Transfer, ...]
    parcels: tuple[Parcel, ...]
    elected: tuple[int, ...]
    excluded: tuple[int, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class PairwiseStage:
    """How many ballots prefer each option (row) to each other (column)."""

    kind: ClassVar[str] = "pairwise"
    preferred: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Strength:
    """What a majority, or the weakest link of a path, is made of."""

    support: int
    opposition: int


@dataclass(frozen=True, slots=True)
class PathStage:
    """The strongest path from each option (row) to each other, None where there is none."""

    kind: ClassVar[str] = "paths"
    strongest: tuple[tuple[Strength | None, ...], ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class LockStage:
    """One majority of ranked pairs, in the order considered, and whether it was locked in.

    `equals` are the majorities of the same strength that the seed put behind it.
    """

    kind: ClassVar[str] = "lock"
    number: int
    winner: int
    loser: int
    strength: Strength
    locked: bool
    equals: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GradeCount:
    """How many ballots give an option each grade, worst first, and the grade of the middle."""

    position: int
    ballots: tuple[int, ...]
    majority_grade: int
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class GradeStage:
    """The grades of every option, and all options in order of their majority values."""

    kind: ClassVar[str] = "grades"
    options: tuple[GradeCount, ...]
    order: tuple[int, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class LoadStage:
    """One seat of Phragmén: the load that each voter for the elected now carries."""

    kind: ClassVar[str] = "load"
    number: int
    elected: int
    load: Fraction
    loads: tuple[Fraction | None, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class ProjectStage:
    """One project of a greedy budget, in the order considered."""

    kind: ClassVar[str] = "project"
    number: int
    project: int
    score: int
    cost: int
    decision: ProjectDecision
    remaining: int
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class EndowmentStage:
    """The endowment that decided: raised so many times, and what one more would have cost.

    `next_cost` is above the budget; None where the endowment could not usefully rise.
    """

    kind: ClassVar[str] = "endowment"
    initial: Fraction
    increments: int
    endowment: Fraction
    cost: int
    next_cost: int | None


@dataclass(frozen=True, slots=True)
class PurchaseStage:
    """One project bought in equal shares: its price per unit of cost, and who paid.

    Each of its supporters paid `payment`, or all that was left to them if that was less.
    """

    kind: ClassVar[str] = "purchase"
    number: int
    project: int
    cost: int
    supporters: int
    paid_in_full: int
    payment: Fraction
    rate: Fraction
    ties: tuple[Tie, ...]


Stage = (
    FigureStage
    | TransferStage
    | PairwiseStage
    | PathStage
    | LockStage
    | GradeStage
    | LoadStage
    | ProjectStage
    | EndowmentStage
    | PurchaseStage
)
_STAGES: dict[str, type[Stage]] = {each.kind: each for each in get_args(Stage)}


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a count depends on besides the ballots.

    `options` are the options' ids in the order of the paper, and `seed` was published: together
    they make the lot. `highest` is the best score, the number of grades, or the
    most points for one project. Costs and budget are
    whole numbers of one unit of currency, and `increment` of the same unit is what Equal Shares
    adds to each endowment at a time. Projects with a score below `minimum_score` are not funded.
    """

    rule: CountingRule
    options: tuple[str, ...]
    seats: int
    seed: str
    form: BallotForm
    highest: int | None = None
    costs: tuple[int, ...] | None = None
    budget: int | None = None
    minimum_score: int = 0
    increment: int = 1


@dataclass(frozen=True, slots=True)
class Count:
    """A whole count: its terms, what was counted, and what came of it, stage by stage.

    `winners` are positions: in order of election, or of funding for a budget.
    """

    terms: Terms
    ballots: int
    blank: int
    lot: tuple[int, ...]
    quota: int | None
    winners: tuple[int, ...]
    stages: tuple[Stage, ...]

    @property
    def ties(self) -> tuple[Tie, ...]:
        """Return the ties of all stages."""
        return tuple(tie for stage in self.stages for tie in getattr(stage, "ties", ()))

    @property
    def used_the_seed(self) -> bool:
        """Whether anything was decided by the seed alone."""
        return any(tie.broken_by is TieBreak.SEED for tie in self.ties) or any(
            isinstance(stage, LockStage) and stage.equals for stage in self.stages
        )

    def plain(self) -> dict[str, Any]:
        """Return the count as plain JSON values, to be kept within a larger record."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def canonical(self) -> bytes:
        """Return the count as canonical JSON: a recount gives the same bytes."""
        return canonical_form.json_bytes(self.plain())


def read_count(kept: bytes | str) -> Count:
    """Read a count back from its canonical bytes; raises ValueError where it is none."""
    return count_from(json.loads(kept))


def count_from(plain: object) -> Count:
    """Read a count back from its plain JSON values; raises ValueError where they are none."""
    try:
        count = _read(Count, plain)
    except (KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise ValueError("this is no record of a count") from error
    assert isinstance(count, Count)
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return {"numerator": value.numerator, "denominator": value.denominator}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        kind = getattr(value, "kind", None)
        return plain if kind is None else plain | {"kind": kind}
    return value


def _read(asked: Any, plain: Any) -> Any:
    origin = get_origin(asked)
    if origin in {Union, UnionType}:
        return _read_union(asked, plain)
    if origin is tuple:
        inner = get_args(asked)
        items = inner[:1] * len(plain) if inner[-1] is Ellipsis else inner
        return tuple(_read(item, each) for item, each in zip(items, plain, strict=True))
    if asked is Fraction:
        return Fraction(plain["numerator"], plain["denominator"])
    if isinstance(asked, type) and issubclass(asked, Enum):
        return asked(plain)
    if is_dataclass(asked):
        assert isinstance(asked, type)
        hints = get_type_hints(asked)
        return asked(
            **{each.name: _read(hints[each.name], plain[each.name]) for each in fields(asked)}
        )
    if type(plain) is not asked:
        raise TypeError(f"{asked} was expected")
    return plain


def _read_union(asked: Any, plain: Any) -> Any:
    members = get_args(asked)
    if plain is None and type(None) in members:
        return None
    if isinstance(plain, dict) and "kind" in plain:
        return _read(_STAGES[plain["kind"]], plain)
    (only,) = (each for each in members if each is not type(None))
    return _read(only, plain)
