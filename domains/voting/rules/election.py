"""Electing a committee: who reached the share, the most votes first, as far as there are seats.

Whoever names more candidates than there are seats has cast a void ballot; it takes part
and counts for nobody, like a blank one. A tie for the last seats leaves them open. Of
near relatives the one with fewer votes gives way; where they have as many, the seat that
only one of them can take stays open. Nothing is broken by chance.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, groupby

from domains.voting.rules.ballots import mark_positions
from domains.voting.rules.counting import (
    Counted,
    DecisionRule,
    Group,
    MeasureTotal,
    Result,
    Step,
    compare,
    counts_of,
    quorum_steps,
    roll_size,
    totals_of,
)
from domains.voting.rules.procedure import RunoffFills, WomanRule
from domains.voting.rules.slates import CandidateFinding, ElectionFinding, Slate
from domains.voting.values import MajorityBase, Measure, Outcome, Verdict


def elect(
    groups: Iterable[Group],
    *,
    roll: Mapping[Measure, int],
    rule: DecisionRule,
    slate: Slate,
) -> Result:
    """Count an election's grouped ballots and fill its seats by the rule."""
    kept = list(groups)
    void = sum(each.number for each in kept if _is_void(each, slate))
    counted = Counted.of(each._replace(marks=0) if _is_void(each, slate) else each for each in kept)
    totals = totals_of(counted, roll, rule)
    steps = quorum_steps(totals, rule)
    outcome, finding = Outcome.INQUORATE, None
    chosen: tuple[int, ...] = ()
    if all(step.holds for step in steps):
        shares = _shares(counted, totals, rule, slate)
        steps += shares
        seating = _seat(counted, shares, slate)
        chosen = tuple(seating.elected)
        finding = _finding(seating, void)
        outcome = _outcome(finding)
    return Result(
        roll=roll_size(roll, rule),
        participated=counted.number,
        blank=counted.blank - void,
        totals=totals,
        counts=counts_of(counted, slate.positions),
        outcome=outcome,
        chosen=chosen,
        steps=steps,
        election=finding,
    )


def _is_void(group: Group, slate: Slate) -> bool:
    named = mark_positions(group.marks)
    return len(named) > slate.seats or len(set(named)) < len(named)


def _shares(
    counted: Counted, totals: Sequence[MeasureTotal], rule: DecisionRule, slate: Slate
) -> tuple[Step, ...]:
    """Hold every candidate's votes against the share, in each measure."""
    return tuple(
        compare(
            "share",
            total.measure,
            counted.named(total.measure, position),
            total.roll if rule.majority_of is MajorityBase.ROLL else total.participated,
            rule.majority[total.measure],
            position=position,
        )
        for position in slate.positions
        for total in totals
    )


@dataclass(slots=True)
class _Seating:
    """Who has been seated so far, and what was found of everybody else."""

    slate: Slate
    votes: Mapping[int, int]
    free: int
    elected: list[int] = field(default_factory=list)
    found: dict[int, tuple[Verdict, int | None]] = field(default_factory=dict)
    runoff: tuple[int, ...] = ()

    @property
    def tied(self) -> list[int]:
        """Return who tied for seats that stayed open."""
        return [each for each, (verdict, _) in self.found.items() if verdict is Verdict.TIED]

    def note(self, positions: Iterable[int], verdict: Verdict, before: int | None = None) -> None:
        """Keep what was found of candidates."""
        self.found.update(dict.fromkeys(positions, (verdict, before)))

    def ranked(self, positions: Iterable[int]) -> list[list[int]]:
        """Return candidates with as many votes together, the most votes first."""
        ordered = sorted(positions, key=lambda each: (-self.votes[each], each))
        return [list(level) for _, level in groupby(ordered, key=self.votes.__getitem__)]


def _seat(counted: Counted, shares: Sequence[Step], slate: Slate) -> _Seating:
    seating = _Seating(slate, counted.votes, slate.seats)
    short = {step.position for step in shares if not (step.holds and step.count > 0)}
    reached = [each for each in slate.positions if each not in short]
    open_to_lower = True
    for level in seating.ranked(reached):
        standing = _without_relatives(seating, level)
        if not (open_to_lower and seating.free):
            seating.note(standing, Verdict.NO_SEAT)
        elif standing:
            open_to_lower = _seat_level(seating, standing)
    seating.note(set(slate.positions) - set(reached), Verdict.BELOW_SHARE)
    seating.runoff = _seat_a_woman(seating) or _runoff(seating)
    return seating


def _without_relatives(seating: _Seating, level: Sequence[int]) -> list[int]:
    """Return who of a level need not give way to a relative with more votes."""
    standing = []
    for position in level:
        before = seating.slate.related(position, [*seating.elected, *seating.tied])
        if before is None and position not in seating.slate.barred:
            standing.append(position)
        else:
            seating.note([position], Verdict.GAVE_WAY, before)
    return standing


def _seat_level(seating: _Seating, standing: Sequence[int]) -> bool:
    """Seat candidates with as many votes; whether seats are left to those with fewer."""
    clashing = [
        each
        for each in standing
        if seating.slate.related(each, [other for other in standing if other != each])
    ]
    clear = [each for each in standing if each not in clashing]
    wanted = len(clear) + _most_without_relatives(clashing, seating.slate)
    if wanted > seating.free:
        seating.note(standing, Verdict.TIED)
        return False
    seating.elected += clear
    seating.note(clear, Verdict.ELECTED)
    seating.note(clashing, Verdict.TIED)
    seating.free -= wanted
    return True


def _most_without_relatives(clashing: Sequence[int], slate: Slate) -> int:
    """Return how many of these can hold seats together."""
    for number in range(len(clashing), 0, -1):
        for chosen in combinations(clashing, number):
            if not any(frozenset(pair) in slate.kin for pair in combinations(chosen, 2)):
                return number
    return 0


def _seat_a_woman(seating: _Seating) -> tuple[int, ...]:
    """Keep a seat for a woman by the first rule that settles who has it, where men have all.

    Returns who runs off for the seats that this leaves open. Where nothing settles it, the
    result says that a woman is missing, and no more.
    """
    slate, procedure = seating.slate, seating.slate.procedure
    if not procedure.at_least_one_woman or _has_woman(seating):
        return ()
    # Nobody loses a seat because the register does not say who they are.
    if slate.unsure.intersection(seating.elected):
        return ()
    if len(seating.elected) < slate.seats:
        return _women_for_open_seats(seating)
    *_, last = seating.ranked(seating.elected)
    staying = [each for each in seating.elected if each not in last]
    women = _eligible_women(seating, staying)
    for rule in procedure.woman_rules:
        if rule is WomanRule.REPLACE:
            ready = [each for each in women if seating.found[each][0] is not Verdict.BELOW_SHARE]
            best = [] if not ready else seating.ranked(ready)[0]
        else:
            best = [] if procedure.runoff is None else women
        if best:
            return _give_way_to(seating, last, best, rule)
    return ()


def _eligible_women(seating: _Seating, staying: Sequence[int]) -> list[int]:
    """Return the women who could hold a seat beside those who keep theirs."""
    slate = seating.slate
    free = slate.women - slate.barred
    return sorted(each for each in free if slate.related(each, staying) is None)


def _give_way_to(
    seating: _Seating, last: Sequence[int], women: Sequence[int], rule: WomanRule
) -> tuple[int, ...]:
    """Give a woman the last seat, or hold a run-off for it where more than one could have it.

    Where the last seats went to several with as many votes, none of them is the last: they
    run off for what is left, so that nobody loses a seat by chance.
    """
    runoff = seating.slate.procedure.runoff
    alone = rule is WomanRule.REPLACE and len(women) == 1
    if runoff is None and not (alone and len(last) == 1):
        return ()
    seating.elected = [each for each in seating.elected if each not in last]
    if len(last) > 1:
        seating.note(last, Verdict.TIED)
    else:
        seating.note(last, Verdict.REPLACED, women[0] if alone else None)
    if alone:
        seating.elected.append(women[0])
        seating.note(women, Verdict.ELECTED)
        return tuple(last) if len(last) > 1 else ()
    assert runoff is not None, "without a run-off nobody gives way to several"
    if rule is WomanRule.REPLACE:
        seating.note(women, Verdict.TIED)
        standing = list(women)
    else:
        standing = list(_highest(seating, women, runoff.per_seat))
    # Who is related to whom in there is judged by the count of the run-off.
    return _in_order(seating, [*standing, *(last if len(last) > 1 else ())])


def _women_for_open_seats(seating: _Seating) -> tuple[int, ...]:
    """Let women run off beside the others where seats are open and no woman would stand."""
    slate, procedure = seating.slate, seating.slate.procedure
    runoff, standing = procedure.runoff, _runoff(seating)
    women = _eligible_women(seating, seating.elected)
    if runoff is None or WomanRule.RUNOFF not in procedure.woman_rules or not women:
        return ()
    if slate.women.intersection(standing):
        return standing
    return _in_order(seating, [*standing, *_highest(seating, women, runoff.per_seat)])


def _in_order(seating: _Seating, positions: Iterable[int]) -> tuple[int, ...]:
    return tuple(each for level in seating.ranked(positions) for each in level)


def _has_woman(seating: _Seating) -> bool:
    return seating.slate.woman_seated or any(
        each in seating.slate.women for each in seating.elected
    )


def _runoff(seating: _Seating) -> tuple[int, ...]:
    """Return who stands in the run-off: the tied, and the highest of the others, ties included."""
    slate, runoff = seating.slate, seating.slate.procedure.runoff
    if runoff is None or len(seating.elected) == slate.seats:
        return ()
    tied = seating.tied
    enough = slate.seated + len(seating.elected) >= slate.least_elected
    if not tied and enough and runoff.fills is RunoffFills.LEAST_ELECTED:
        return ()
    others = [
        each
        for each, (verdict, _) in seating.found.items()
        if verdict is Verdict.BELOW_SHARE
        and each not in slate.barred
        and slate.related(each, seating.elected) is None
    ]
    contested = 0 if _tie_takes_all(seating) else seating.free
    chosen = [*tied, *_highest(seating, others, runoff.per_seat * contested)]
    return _in_order(seating, chosen)


def _tie_takes_all(seating: _Seating) -> bool:
    """Whether those who tied contest every seat that is open."""
    tied = seating.tied
    return bool(tied) and _most_without_relatives(tied, seating.slate) >= (
        seating.slate.seats - len(seating.elected)
    )


def _highest(seating: _Seating, positions: Iterable[int], number: int) -> tuple[int, ...]:
    """Return so many with the most votes, and whoever has as many as the last of them."""
    chosen: list[int] = []
    for level in seating.ranked(positions):
        if len(chosen) >= number:
            break
        chosen += level
    return tuple(chosen)


def _finding(seating: _Seating, void: int) -> ElectionFinding:
    slate = seating.slate
    elected = len(seating.elected)
    return ElectionFinding(
        seats=slate.seats,
        seated=slate.seated,
        open_seats=slate.seats - elected,
        void=void,
        candidates=tuple(
            CandidateFinding(position, seating.votes[position], *seating.found[position])
            for level in seating.ranked(slate.positions)
            for position in level
        ),
        runoff=seating.runoff,
        woman_missing=slate.procedure.at_least_one_woman and not _has_woman(seating),
        too_few_elected=slate.seated + elected < slate.least_elected,
    )


def _outcome(finding: ElectionFinding) -> Outcome:
    if not finding.open_seats:
        return Outcome.ELECTED
    if finding.open_seats < finding.seats:
        return Outcome.PARTLY_ELECTED
    return Outcome.NOT_ELECTED
