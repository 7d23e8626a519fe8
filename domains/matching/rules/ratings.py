"""Ratings told only in groups: who rated what cannot be found out from a figure. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Figure:
    """How many ratings are told of, and their average in tenths of a star."""

    ratings: int
    stars_tenths: int


def released(ratings: Iterable[tuple[UUID, int]], *, k: int) -> Figure | None:
    """Return the figure of the ratings that may be told of; None where they are too few.

    `ratings` are (who rated, stars), the first first. They are told of in groups of `k`
    different people: were each one added by itself, two figures would tell one rating.
    """
    assert k >= 1
    told = stars_told = waiting = stars = 0
    raters: set[UUID] = set()
    for by_id, given in ratings:
        waiting, stars = waiting + 1, stars + given
        raters.add(by_id)
        if len(raters) >= k:
            told, stars_told = told + waiting, stars_told + stars
            waiting = stars = 0
            raters = set()
    if not told:
        return None
    return Figure(told, (2 * 10 * stars_told + told) // (2 * told))
