"""What bears out an entry on a roll. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from domains.kernel import calendar
from domains.kernel.calendar import Period
from domains.voting.values import RollBasis

# 建筑物区分所有权解释 8: the register before a survey, a survey before the contract.
_RANK = {"register": 0, "survey": 1, "contract": 2}
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[0-9Xx])(?!\d)")


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows of somebody in an area, on the day of the first ballot."""

    birth_date: date | None
    has_political_rights: bool
    lives_since: date | None
    was_ever_bound: bool
    represents: bool


@dataclass(frozen=True, slots=True)
class FloorArea:
    """A floor area and where the figure comes from."""

    centi_m2: int
    basis: str


def of_age(known: Known, *, on: date, least_age: int) -> bool:
    """Whether somebody may vote as a person: of age where the day is known, and not deprived."""
    born = known.birth_date
    grown = born is None or calendar.add(born, calendar.Months(12 * least_age)) <= on
    return grown and known.has_political_rights


def bears_out(known: Known, basis: RollBasis, *, on: date, residence: Period | None) -> bool:
    """Whether what is known bears out the basis on which somebody is to be admitted."""
    if basis is RollBasis.RESIDENT_ADMITTED:
        if known.lives_since is None or residence is None:
            return False
        return calendar.add(known.lives_since, residence) <= on
    if basis in {RollBasis.REGISTER, RollBasis.REGISTERED_LIVING}:
        return known.lives_since is not None or known.represents
    return known.was_ever_bound or known.represents


def proven(given: FloorArea, registered: FloorArea | None) -> bool:
    """Whether a floor area stands beside the register's: the same figure, or a better basis."""
    if registered is None:
        return True
    return given == registered or _RANK[given.basis] < _RANK[registered.basis]


def holds_personal_numbers(text: str) -> bool:
    """Whether a text holds what looks like a telephone or identity number."""
    return _PERSONAL.search(text.replace(" ", "").replace("-", "")) is not None
