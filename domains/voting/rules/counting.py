"""Counting and deciding, with the working shown.

A result is a pure function of the roll's size, the grouped ballots and the frozen rule:
`canonical` turns it into bytes, so that a recount can be compared bit for bit. Every
comparison that decided something is a `Step`: who recomputes it needs nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from domains.kernel import canonical as canonical_form
from domains.kernel.rules import RuleSet, Threshold
from domains.voting.rules.ballots import mark_positions
from domains.voting.rules.records import Count, count_from
from domains.voting.rules.slates import CandidateFinding, ElectionFinding
from domains.voting.values import (
    MajorityBase,
    Measure,
    Outcome,
    PaperTotals,
    PollMethod,
    PollOption,
    Stance,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What a poll's frozen rule set asks, in each of its measures.

    A quorum of the roll; a majority for a motion: of those for and against, of all who
    took part, or of the whole roll; and the share of the ballots that a choice's best
    option needs. Where there are several measures, each must be met.
    """

    measures: tuple[Measure, ...]
    quorum: Mapping[Measure, Threshold]
    majority: Mapping[Measure, Threshold]
    majority_of: MajorityBase
    choice_share: Threshold

    @classmethod
    def of(cls, rule_set: RuleSet) -> "DecisionRule":
        """Read the rule from a rule set."""
        content = rule_set.content
        return cls(
            measures=tuple(Measure(each) for each in content["measures"]),
            quorum=_thresholds(content["quorum"]),
            majority=_thresholds(content["majority"]),
            majority_of=MajorityBase(content["majorityOf"]),
            choice_share=rule_set.threshold("choiceShare"),
        )


def _thresholds(kept: Mapping[str, Any]) -> dict[Measure, Threshold]:
    return {Measure(name): Threshold.of(share) for name, share in kept.items()}


class Group(NamedTuple):
    """Ballots that say the same: their marks, how many they are, and the area behind them."""

    marks: int
    number: int
    area: int = 0


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How many ballots name an option, and the floor area behind them in centi-m²."""

    position: int
    votes: int
    area: int = 0


@dataclass(frozen=True, slots=True)
class MeasureTotal:
    """What the whole roll comes to in a measure, and what took part."""

    measure: Measure
    roll: int
    participated: int


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison of the working: `count` of `whole` against a share, and whether it holds.

    `position` is the candidate's whose share is tested, in an election.
    """

    name: str
    measure: Measure
    count: int
    whole: int
    numerator: int
    denominator: int
    inclusive: bool
    least: int
    holds: bool
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What was counted, what it decided, and by which comparisons."""

    roll: int
    participated: int
    blank: int
    totals: tuple[MeasureTotal, ...]
    counts: tuple[OptionCount, ...]
    outcome: Outcome
    chosen: tuple[int, ...]
    steps: tuple[Step, ...]
    election: ElectionFinding | None = None
    paper: PaperTotals | None = None
    count: Count | None = None


def compare(
    name: str,
    measure: Measure,
    count: int,
    whole: int,
    threshold: Threshold,
    *,
    position: int | None = None,
) -> Step:
    """Hold a count of a whole against a share."""
    return Step(
        name=name,
        measure=measure,
        count=count,
        whole=whole,
        numerator=threshold.numerator,
        denominator=threshold.denominator,
        inclusive=threshold.inclusive,
        least=threshold.least(whole),
        holds=threshold.met(count, of=whole),
        position=position,
    )


def decide(
    groups: Iterable[Group],
    *,
    roll: Mapping[Measure, int],
    options: Sequence[PollOption],
    method: PollMethod,
    rule: DecisionRule,
) -> Result:
    """Count grouped ballots and decide by the rule; `roll` is the whole in each measure.

    Everyone who casts fills the quorum, blank and abstaining ballots too. A motion that
    ties is lost: the burden of proof lies with change. A choice whose best options tie
    is undecided: nothing is broken by chance.
    """
    counted = Counted.of(groups)
    totals = totals_of(counted, roll, rule)
    quorum = quorum_steps(totals, rule)
    counts = counts_of(counted, [each.position for each in options])
    decision: _Decision
    if not all(step.holds for step in quorum):
        decision = Outcome.INQUORATE, (), ()
    elif method is PollMethod.MOTION:
        decision = _motion(counted, totals, options, rule)
    else:
        decision = _choice(counts, counted.number, rule)
    outcome, chosen, steps = decision
    return Result(
        roll=roll_size(roll, rule),
        participated=counted.number,
        blank=counted.blank,
        totals=totals,
        counts=counts,
        outcome=outcome,
        chosen=chosen,
        steps=(*quorum, *steps),
    )


def totals_of(
    counted: "Counted", roll: Mapping[Measure, int], rule: DecisionRule
) -> tuple[MeasureTotal, ...]:
    """Return the whole and what took part, in each measure."""
    # On paper more may come back than the roll allows: then the poll is not certified.
    return tuple(
        MeasureTotal(measure, roll[measure], counted.participated(measure))
        for measure in rule.measures
    )


def quorum_steps(totals: Sequence[MeasureTotal], rule: DecisionRule) -> tuple[Step, ...]:
    """Hold what took part against the quorum, in each measure that has one."""
    return tuple(
        compare("quorum", each.measure, each.participated, each.roll, rule.quorum[each.measure])
        for each in totals
        if each.measure in rule.quorum
    )


def counts_of(counted: "Counted", positions: Sequence[int]) -> tuple[OptionCount, ...]:
    """Return what each option got."""
    return tuple(
        OptionCount(position, counted.votes[position], counted.area[position])
        for position in positions
    )


def roll_size(roll: Mapping[Measure, int], rule: DecisionRule) -> int:
    """Return how many are entitled, in the first measure that counts voters."""
    first = rule.measures[0]
    return roll[Measure.HEADS if first is Measure.AREA else first]


_Decision = tuple[Outcome, tuple[int, ...], tuple[Step, ...]]


@dataclass(slots=True)
class Counted:
    """Ballots added up by option, in number and in area."""

    number: int
    whole_area: int
    blank: int
    votes: Counter[int]
    area: Counter[int]

    @classmethod
    def of(cls, groups: Iterable[Group]) -> "Counted":
        """Add up."""
        counted = cls(0, 0, 0, Counter(), Counter())
        for group in groups:
            counted.number += group.number
            counted.whole_area += group.area
            if not group.marks:
                counted.blank += group.number
            for position in mark_positions(group.marks):
                counted.votes[position] += group.number
                counted.area[position] += group.area
        return counted

    def participated(self, measure: Measure) -> int:
        """Return what took part, in a measure."""
        return self.whole_area if measure is Measure.AREA else self.number

    def named(self, measure: Measure, position: int) -> int:
        """Return what names an option, in a measure."""
        return (self.area if measure is Measure.AREA else self.votes)[position]


def _motion(
    counted: Counted,
    totals: Sequence[MeasureTotal],
    options: Sequence[PollOption],
    rule: DecisionRule,
) -> _Decision:
    place = {each.stance: each.position for each in options}
    steps = []
    for total in totals:
        in_favour = counted.named(total.measure, place[Stance.FOR])
        whole = {
            MajorityBase.FOR_AND_AGAINST: in_favour
            + counted.named(total.measure, place[Stance.AGAINST]),
            MajorityBase.PARTICIPATING: total.participated,
            MajorityBase.ROLL: total.roll,
        }[rule.majority_of]
        share = rule.majority[total.measure]
        steps.append(compare("majority", total.measure, in_favour, whole, share))
    passed = all(step.holds and step.count > 0 for step in steps)
    outcome = Outcome.PASSED if passed else Outcome.REJECTED
    return outcome, ((place[Stance.FOR],) if passed else ()), tuple(steps)


def _choice(counts: Sequence[OptionCount], participated: int, rule: DecisionRule) -> _Decision:
    best = max(each.votes for each in counts)
    leaders = tuple(each.position for each in counts if each.votes == best and best > 0)
    if len(leaders) != 1:
        return Outcome.UNDECIDED, (), ()
    majority = compare("majority", Measure.HEADS, best, participated, rule.choice_share)
    if not majority.holds:
        return Outcome.UNDECIDED, (), (majority,)
    return Outcome.CHOSEN, leaders, (majority,)


def canonical(result: Result) -> bytes:
    """Return the result as canonical JSON: the same count gives the same bytes."""
    said = asdict(replace(result, count=None), dict_factory=_said)
    if result.count is not None:
        said["count"] = result.count.plain()
    return canonical_form.json_bytes(said)


def _said(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in fields if value is not None}


def read_result(kept: bytes | str, *, with_count: bool = True) -> Result:
    """Read a result back from its canonical bytes; without its count, where that is not asked."""
    plain = json.loads(kept)
    return Result(
        roll=plain["roll"],
        participated=plain["participated"],
        blank=plain["blank"],
        totals=tuple(
            MeasureTotal(Measure(each["measure"]), each["roll"], each["participated"])
            for each in plain["totals"]
        ),
        counts=tuple(OptionCount(**each) for each in plain["counts"]),
        outcome=Outcome(plain["outcome"]),
        chosen=tuple(plain["chosen"]),
        steps=tuple(
            Step(**(each | {"measure": Measure(each["measure"])})) for each in plain["steps"]
        ),
        election=_read_election(plain.get("election")),
        paper=PaperTotals(**plain["paper"]) if "paper" in plain else None,
        count=count_from(plain["count"]) if with_count and "count" in plain else None,
    )


def _read_election(kept: Mapping[str, Any] | None) -> ElectionFinding | None:
    if kept is None:
        return None
    found = tuple(
        CandidateFinding(**(each | {"verdict": Verdict(each["verdict"])}))
        for each in kept["candidates"]
    )
    return ElectionFinding(**{**kept, "candidates": found, "runoff": tuple(kept["runoff"])})
