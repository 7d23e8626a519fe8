"""Who else to ask, so that those who accept cover what is wanted with a chance that was set.

Each person's chance is their smoothed share of accepted offers, taken as independent; the chance
that enough of a group accept is computed exactly, in integers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domains.matching.solving.candidates import Pool
from domains.matching.solving.greedy import Diary
from domains.matching.solving.pinning import Board
from domains.matching.solving.proposal import Cover, Offer
from domains.matching.solving.tables import Integers


def chance_permille(accepts_permille: Iterable[int], wanted: int) -> int:
    """Return in thousandths, rounded down, the chance that at least so many accept.

    The distribution of a sum of unequal chances (Poisson-binomial), one person after another;
    all counts from `wanted` upward are one.
    """
    counts = [1] + [0] * max(0, wanted)
    whole = 1
    for chance in accepts_permille:
        for at in range(wanted, -1, -1):
            stays = counts[at] * (1000 - chance) if at < wanted else counts[at] * 1000
            counts[at] = stays + (counts[at - 1] * chance if at else 0)
        whole *= 1000
    return counts[wanted] * 1000 // whole if wanted > 0 else 1000


@dataclass(slots=True)
class _Asked:
    """Those who are asked for one group so far."""

    group: int
    offers: list[Offer]
    chances: list[int]
    reserves: int = 0


def offers(table: Board, pool: Pool, picked: Integers) -> tuple[list[Offer], list[Cover]]:
    """Return the picks as offers, with reserves behind them, and what is to be expected.

    Groups take turns to name a reserve, the most urgent first; a reserve's time is kept for one
    group only, so that all who are asked may say yes.
    """
    columns = table.columns
    diary = Diary(table)
    asked: dict[int, _Asked] = {}
    for group in sorted(set(pool.groups.tolist()), key=lambda at: (-columns.urgency[at], at)):
        asked[group] = _Asked(group, [], [])
    for at in picked.tolist():
        diary.take(int(pool.volunteers[at]), int(pool.groups[at]))
        _ask(table, asked[int(pool.groups[at])], pool, at, rank=0)
    waiting = _others(pool, picked)
    open_groups = [each for each in asked.values() if waiting[each.group]]
    while open_groups:
        open_groups = [
            each for each in open_groups if _asks_one_more(table, pool, diary, each, waiting)
        ]
    covers = [_cover(table, each) for each in asked.values()]
    return [offer for each in asked.values() for offer in each.offers], covers


def _others(pool: Pool, picked: Integers) -> dict[int, list[int]]:
    """Return each group's candidates who were not picked, the cheapest last."""
    waiting: dict[int, list[int]] = defaultdict(list)
    chosen = set(picked.tolist())
    groups = pool.groups.tolist()
    for at in range(len(groups) - 1, -1, -1):
        if at not in chosen:
            waiting[groups[at]].append(at)
    return waiting


def _asks_one_more(
    table: Board, pool: Pool, diary: Diary, asked: _Asked, waiting: dict[int, list[int]]
) -> bool:
    """Name one more reserve if one is wanted and has time, and tell whether to come back."""
    terms = table.columns.terms
    wanted = int(table.places_left[asked.group])
    if asked.reserves >= terms.most_reserves * wanted:
        return False
    if chance_permille(asked.chances, wanted) >= terms.chance_permille:
        return False
    candidates = waiting[asked.group]
    while candidates:
        at = candidates.pop()
        if diary.book(int(pool.volunteers[at]), asked.group):
            asked.reserves += 1
            _ask(table, asked, pool, at, rank=asked.reserves)
            return True
    return False


def _ask(table: Board, asked: _Asked, pool: Pool, at: int, *, rank: int) -> None:
    columns = table.columns
    volunteer, group = pool.volunteers[at : at + 1], pool.groups[at : at + 1]
    chance = int(columns.accepts_permille[volunteer[0]])
    asked.chances.append(chance)
    asked.offers.append(
        Offer(
            group=columns.groups[asked.group].id,
            volunteer=columns.volunteers[int(volunteer[0])].id,
            rank=rank,
            metres=int(columns.metres(volunteer, group)[0]),
            points=int(pool.points[at]),
            accepts_permille=chance,
        )
    )


def _cover(table: Board, asked: _Asked) -> Cover:
    pinned = int(table.pinned_of[asked.group])
    wanted = int(table.places_left[asked.group])
    return Cover(
        group=table.columns.groups[asked.group].id,
        places=wanted + pinned,
        pinned=pinned,
        offered=len(asked.offers) - asked.reserves,
        reserves=asked.reserves,
        expected_permille=pinned * 1000 + expected(asked.chances),
        chance_permille=chance_permille(asked.chances, wanted),
    )


def expected(accepts_permille: Sequence[int]) -> int:
    """Return in thousandths how many will accept on average."""
    return sum(accepts_permille)
