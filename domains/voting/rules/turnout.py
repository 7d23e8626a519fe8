"""Turnout by building, without telling of anybody: small cells are left out, and with them as
many others as it takes that a hidden one does not follow from the total. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

# 5 as everywhere where figures could tell of a person.
LEAST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class BuildingTurnout:
    """How many of a building are entitled, and how many of them took part; None lives nowhere."""

    building_id: UUID | None
    entitled: int
    participated: int


def shown(cells: Iterable[BuildingTurnout]) -> list[BuildingTurnout]:
    """Return the cells that may be shown, the largest first."""
    ordered = sorted(cells, key=_size, reverse=True)
    hidden = [each for each in ordered if _is_small(each)]
    open_ones = [each for each in ordered if not _is_small(each)]
    while open_ones and hidden and not _covers(hidden):
        hidden.append(open_ones.pop())
    return open_ones


def _size(cell: BuildingTurnout) -> tuple[int, int, int]:
    return cell.participated, cell.entitled, cell.building_id.int if cell.building_id else 0


def _is_small(cell: BuildingTurnout) -> bool:
    few = min(cell.entitled, cell.participated) < LEAST_SHOWN
    return few or cell.building_id is None


def _covers(hidden: list[BuildingTurnout]) -> bool:
    """Whether what the total tells of the hidden cells together tells of none of them."""
    entitled = sum(each.entitled for each in hidden)
    participated = sum(each.participated for each in hidden)
    return len(hidden) > 1 and min(entitled, participated) >= LEAST_SHOWN
