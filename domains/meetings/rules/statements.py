"""What many say to short statements: shares, and figures by group that tell of nobody. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

# 5 as everywhere where figures could tell of a person.
LEAST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Attitudes:
    """How many agree, disagree and pass."""

    agree: int = 0
    disagree: int = 0
    passed: int = 0

    @property
    def total(self) -> int:
        """Return how many have answered."""
        return self.agree + self.disagree + self.passed

    @property
    def agree_permille(self) -> int | None:
        """Return who agrees of those who took a side, in thousandths, rounded down."""
        sides = self.agree + self.disagree
        return self.agree * 1000 // sides if sides else None


@dataclass(frozen=True, slots=True)
class GroupAttitudes:
    """What a group of neighbours says; None are those who live nowhere here."""

    group_id: UUID | None
    said: Attitudes


def shown(groups: Iterable[GroupAttitudes]) -> list[GroupAttitudes]:
    """Return the groups of five and more, the largest first.

    What is hidden must not follow from the total: where those hidden together are fewer
    than five, the smallest that could be shown are hidden with them.
    """
    ordered = sorted(groups, key=_size, reverse=True)
    hidden = [each for each in ordered if _is_small(each)]
    told = [each for each in ordered if not _is_small(each)]
    while told and hidden and sum(each.said.total for each in hidden) < LEAST_SHOWN:
        hidden.append(told.pop())
    return told


def _is_small(group: GroupAttitudes) -> bool:
    return group.said.total < LEAST_SHOWN or group.group_id is None


def _size(group: GroupAttitudes) -> tuple[int, int]:
    return group.said.total, group.group_id.int if group.group_id else 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far groups agree with one another, in thousandths.

    `consensus`: the least share of agreement in any group; `divide`: between the group
    that agrees most and the one that agrees least. None below two groups that took sides.
    """

    consensus: int | None
    divide: int | None


def agreement(groups: Sequence[GroupAttitudes]) -> Agreement:
    """Compare the groups that are shown."""
    shares = [share for each in groups if (share := each.said.agree_permille) is not None]
    if len(shares) < 2:
        return Agreement(None, None)
    return Agreement(min(shares), max(shares) - min(shares))
