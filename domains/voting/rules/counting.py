"""Counting and deciding, with the working shown.

A result is a pure function of the roll's size, the grouped ballots and the frozen rule:
`canonical` turns it into bytes, so that a recount can be compared bit for bit. Every
comparison that decided something is a `Step`: who recomputes it needs nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from domains.kernel import canonical as canonical_form
from domains.kernel.rules import RuleSet, Threshold
from domains.voting.rules.ballots import mark_positions
from domains.voting.values import MajorityBase, Measure, Outcome, PollMethod, PollOption, Stance


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What a poll's frozen rule set asks.

    A quorum of the roll; a majority for a motion, of those for and against or of all who
    took part; and the share of those who took part that a choice's best option needs.
    """

    quorum: Threshold
    majority: Threshold
    majority_of: MajorityBase
    choice_share: Threshold

    @classmethod
    def of(cls, rule_set: RuleSet) -> "DecisionRule":
        """Read the rule from a rule set."""
        return cls(
            quorum=rule_set.threshold("quorum"),
            majority=rule_set.threshold("majority"),
            majority_of=MajorityBase(rule_set.content["majorityOf"]),
            choice_share=rule_set.threshold("choiceShare"),
        )


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How many ballots name an option."""

    position: int
    votes: int


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison of the working: `count` of `whole` against a share, and whether it holds."""

    name: str
    measure: Measure
    count: int
    whole: int
    numerator: int
    denominator: int
    inclusive: bool
    least: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What was counted, what it decided, and by which comparisons."""

    roll: int
    participated: int
    blank: int
    counts: tuple[OptionCount, ...]
    outcome: Outcome
    chosen: tuple[int, ...]
    steps: tuple[Step, ...]


def _step(name: str, count: int, whole: int, threshold: Threshold) -> Step:
    return Step(
        name=name,
        measure=Measure.HEADS,
        count=count,
        whole=whole,
        numerator=threshold.numerator,
        denominator=threshold.denominator,
        inclusive=threshold.inclusive,
        least=threshold.least(whole),
        holds=threshold.met(count, of=whole),
    )


def decide(
    groups: Iterable[tuple[int, int]],
    *,
    roll: int,
    options: Sequence[PollOption],
    method: PollMethod,
    rule: DecisionRule,
) -> Result:
    """Count grouped ballots `(marks, how many)` and decide by the rule.

    Everyone who casts fills the quorum, blank and abstaining ballots too. A motion that
    ties is lost: the burden of proof lies with change. A choice whose best options tie
    is undecided: nothing is broken by chance.
    """
    votes: Counter[int] = Counter()
    participated = blank = 0
    for marks, number in groups:
        participated += number
        if not marks:
            blank += number
        for position in mark_positions(marks):
            votes[position] += number
    assert participated <= roll, "more ballots than voters: the constraint has been broken"
    quorum = _step("quorum", participated, roll, rule.quorum)
    counts = tuple(OptionCount(each.position, votes[each.position]) for each in options)
    decision: _Decision
    if not quorum.holds:
        decision = Outcome.INQUORATE, (), (quorum,)
    elif method is PollMethod.MOTION:
        decision = _motion(votes, participated, options, rule, quorum)
    else:
        decision = _choice(counts, participated, rule, quorum)
    return Result(roll, participated, blank, counts, *decision)


_Decision = tuple[Outcome, tuple[int, ...], tuple[Step, ...]]


def _motion(
    votes: Counter[int],
    participated: int,
    options: Sequence[PollOption],
    rule: DecisionRule,
    quorum: Step,
) -> _Decision:
    place = {each.stance: each.position for each in options}
    in_favour, against = votes[place[Stance.FOR]], votes[place[Stance.AGAINST]]
    whole = (
        in_favour + against if rule.majority_of is MajorityBase.FOR_AND_AGAINST else participated
    )
    majority = _step("majority", in_favour, whole, rule.majority)
    passed = majority.holds and in_favour > 0
    outcome = Outcome.PASSED if passed else Outcome.REJECTED
    return outcome, ((place[Stance.FOR],) if passed else ()), (quorum, majority)


def _choice(
    counts: Sequence[OptionCount], participated: int, rule: DecisionRule, quorum: Step
) -> _Decision:
    best = max(each.votes for each in counts)
    leaders = tuple(each.position for each in counts if each.votes == best and best > 0)
    if len(leaders) != 1:
        return Outcome.UNDECIDED, (), (quorum,)
    majority = _step("majority", best, participated, rule.choice_share)
    if not majority.holds:
        return Outcome.UNDECIDED, (), (quorum, majority)
    return Outcome.CHOSEN, leaders, (quorum, majority)


def canonical(result: Result) -> bytes:
    """Return the result as canonical JSON: the same count gives the same bytes."""
    return canonical_form.json_bytes(asdict(result))


def read_result(kept: bytes | str) -> Result:
    """Read a result back from its canonical bytes."""
    plain = json.loads(kept)
    return Result(
        roll=plain["roll"],
        participated=plain["participated"],
        blank=plain["blank"],
        counts=tuple(OptionCount(**each) for each in plain["counts"]),
        outcome=Outcome(plain["outcome"]),
        chosen=tuple(plain["chosen"]),
        steps=tuple(
            Step(**(each | {"measure": Measure(each["measure"])})) for each in plain["steps"]
        ),
    )
