"""What a service earns, and how much of it is credited, donated or refused. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domains.timebank.rules.scheme import Scheme
from domains.timebank.values import CapKind, Excess, IssueReason

_REASON = {
    CapKind.DAY: IssueReason.DAY_CAP,
    CapKind.YEAR: IssueReason.YEAR_CAP,
    CapKind.TOTAL: IssueReason.TOTAL_CAP,
    CapKind.BALANCE: IssueReason.BALANCE_CAP,
}


@dataclass(frozen=True, slots=True)
class Split:
    """What becomes of the minutes that a service earned; the three make the whole."""

    credited: int
    donated: int
    refused: int
    reasons: tuple[IssueReason, ...]


def earned(scheme: Scheme, service_class: str, minutes: int) -> int | None:
    """Return the ledger's minutes for minutes of a service; None where its class earns nothing."""
    found = scheme.classes.get(service_class)
    return None if found is None else minutes * scheme.point_minutes // found.minutes_per_point


def split(
    scheme: Scheme, minutes: int, *, credited_before: Mapping[CapKind, int], in_group: bool
) -> Split:
    """Credit minutes up to the nearest cap, and do with the rest as the caps say.

    `credited_before` is what was credited that day, that year and ever, and what the account
    holds. The caps are asked in their order; each decides over what the ones before it let by.
    """
    if in_group and scheme.group_donates:
        return Split(0, minutes, 0, (IssueReason.GROUP_DONATES,))
    left, donated, refused = minutes, 0, 0
    reasons: list[IssueReason] = []
    for kind in CapKind:
        cap = scheme.caps.get(kind)
        over = 0 if cap is None else left - max(0, cap.minutes - credited_before[kind])
        if cap is None or over <= 0:
            continue
        left -= over
        reasons.append(_REASON[kind])
        if cap.excess is Excess.DONATE:
            donated += over
        else:
            refused += over
    return Split(left, donated, refused, tuple(reasons))


def within(split: Split, room: int | None) -> Split:
    """Donate what an account has no room for, where today's ceiling is under that of the day."""
    if room is None or split.credited <= room:
        return split
    reasons = (*split.reasons, IssueReason.BALANCE_CAP)
    over = split.credited - room
    return Split(room, split.donated + over, split.refused, tuple(dict.fromkeys(reasons)))


def age_on(born: date, day: date) -> int:
    """Return somebody's whole years on a day; a year is full on the birthday itself."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
