"""Statements line by line: what a line must say, that all adds up, and what a correction changed.

Pure. Money is whole fen. Opening balance, plus what came in, less what went out, is the closing
balance, to the fen; lines that stand (an asset, a debt, a plan) move nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from domains.disclosure.errors.statements import (
    PeriodNotOver,
    PeriodUnfit,
    StatementUnbalanced,
)
from domains.disclosure.rules import forms
from domains.disclosure.values import FinanceClass, Mask
from domains.disclosure.values.statements import Flow, LineChange, StatementKind

MOST_LINES = 10_000
MOST_FEN = 2**53 - 1
_YEAR = timedelta(days=366)

FLOWS: Mapping[FinanceClass, frozenset[Flow]] = {
    FinanceClass.PLAN: frozenset({Flow.STANDING}),
    FinanceClass.INCOME: frozenset({Flow.INCOMING}),
    FinanceClass.SPENDING: frozenset({Flow.OUTGOING}),
    FinanceClass.ASSETS: frozenset(Flow),
    FinanceClass.RESOURCES: frozenset(Flow),
    FinanceClass.DEBTS: frozenset(Flow),
    FinanceClass.DISTRIBUTION: frozenset({Flow.OUTGOING}),
    FinanceClass.OTHER: frozenset(Flow),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; a person as counterparty is kept whole and shown masked."""

    on: date
    finance_class: FinanceClass
    flow: Flow
    amount_fen: int
    summary: str
    item_code: str | None = None
    counterparty: str | None = field(default=None, repr=False)
    is_person: bool = False
    voucher: str | None = None
    approver: str | None = None

    @property
    def counterparty_shown(self) -> str | None:
        """Return what everybody may read of the other side."""
        return forms.masked(Mask.NAME, self.counterparty) if self.is_person else self.counterparty


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both within it."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day is within it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file of lines is a statement of."""

    kind: StatementKind
    book: str
    period: Period
    opening_fen: int
    closing_fen: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What lines come to."""

    incoming_fen: int
    outgoing_fen: int


def totals_of(lines: Iterable[Line]) -> Totals:
    """Return what lines come to."""
    sums: Counter[Flow] = Counter()
    for each in lines:
        sums[each.flow] += each.amount_fen
    return Totals(sums[Flow.INCOMING], sums[Flow.OUTGOING])


def require_period(statement: Statement, *, today: date) -> None:
    """Refuse a period that is none, is too long, or, of actuals, is not over."""
    first, last = statement.period.first, statement.period.last
    if not first <= last < first + _YEAR:
        raise PeriodUnfit(path=("input", "periodEnd"))
    if statement.kind is StatementKind.ACTUALS and last > today:
        raise PeriodNotOver(path=("input", "periodEnd"), last=last.isoformat())


def require_balanced(statement: Statement, totals: Totals) -> None:
    """Refuse, with the difference, what does not add up."""
    expected = statement.opening_fen + totals.incoming_fen - totals.outgoing_fen
    if statement.closing_fen != expected:
        raise StatementUnbalanced(
            path=("input", "closingFen"),
            opening=yuan(statement.opening_fen),
            incoming=yuan(totals.incoming_fen),
            outgoing=yuan(totals.outgoing_fen),
            expected=yuan(expected),
            closing=yuan(statement.closing_fen),
            difference=yuan(statement.closing_fen - expected),
            expected_fen=expected,
            difference_fen=statement.closing_fen - expected,
        )


def yuan(fen: int) -> str:
    """Write an amount in yuan, exactly."""
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that is another in a later version; its numbers are those of the two versions."""

    change: LineChange
    before: int | None
    after: int | None


_SAID = (
    *("on_date", "finance_class", "item_code", "flow", "amount_fen", "summary"),
    *("counterparty", "voucher", "approver"),
)


def differences(
    older: Sequence[Mapping[str, Any]], newer: Sequence[Mapping[str, Any]]
) -> list[Difference]:
    """Return how a later version's lines differ, by their numbers, in the order of both.

    Equal lines are the same line, wherever they stand. Of the others, two with one voucher are
    one line changed, then two with one number; the rest were added or removed.
    """
    left, right = _unmatched(older, newer)
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    for name in ("voucher", "number"):
        pairs += _paired(left, right, name)
    found = [
        Difference(LineChange.CHANGED, before["number"], after["number"]) for before, after in pairs
    ]
    found += [Difference(LineChange.REMOVED, each["number"], None) for each in left]
    found += [Difference(LineChange.ADDED, None, each["number"]) for each in right]
    return sorted(found, key=lambda each: (each.after or each.before or 0, each.before or 0))


def _unmatched(
    older: Sequence[Mapping[str, Any]], newer: Sequence[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Leave out of both what both say, as often as both say it."""
    common = Counter(map(_said, older)) & Counter(map(_said, newer))
    rests = []
    for lines in (older, newer):
        spare, rest = Counter(common), []
        for line in lines:
            if spare[_said(line)]:
                spare[_said(line)] -= 1
            else:
                rest.append(line)
        rests.append(rest)
    return rests[0], rests[1]


def _said(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(line[name] for name in _SAID)


def _paired(
    left: list[Mapping[str, Any]], right: list[Mapping[str, Any]], name: str
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Take out of both lists the pairs that alone in each have a value in common."""
    before, after = _alone(left, name), _alone(right, name)
    pairs = [(before[value], after[value]) for value in before if value in after]
    for one, other in pairs:
        left.remove(one)
        right.remove(other)
    return pairs


def _alone(lines: Sequence[Mapping[str, Any]], name: str) -> dict[Any, Mapping[str, Any]]:
    counts = Counter(line[name] for line in lines)
    return {
        line[name]: line for line in lines if line[name] is not None and counts[line[name]] == 1
    }
