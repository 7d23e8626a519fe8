"""A scheme as data: what earns, what caps, who may be given to, who may use it. Pure.

Minutes are hours of help and nothing else: a scheme has no word for money, and none for
interest; what it does not know it refuses to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from domains.timebank.values import (
    HELD,
    MOST_MINUTES,
    AccountKind,
    CapKind,
    Crossing,
    Excess,
    GiftTo,
    MovingAway,
    OfferKind,
    Succession,
)

MOST_YEARS = 100
MOST_DAYS = 366
_NAMES = frozenset(
    {
        *("timeBank", "pointMinutes", "classes", "caps", "groupDonates", "earnFromAge", "holders"),
        *("giftsTo", "crossing", "useFromAge", "useFromAgeInNeed", "redeemable", "needGroups"),
        *("grants", "expiry", "succession", "movingAway", "reservationDays"),
    }
)


@dataclass(frozen=True, slots=True)
class ServiceClass:
    """A class of service, and how many minutes of it earn a point."""

    code: str
    title: str
    minutes_per_point: int


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that somebody is credited, and what becomes of the rest."""

    minutes: int
    excess: Excess


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """People whose need goes before others', from an age where one is named; 1 is first."""

    code: str
    title: str
    rank: int
    least_age: int | None


@dataclass(frozen=True, slots=True)
class Grants:
    """What people in need may be granted from the fund; None where there is no limit."""

    month_minutes: int | None
    year_minutes: int | None


@dataclass(frozen=True, slots=True)
class Expiry:
    """After how many years unused minutes lapse, and how long before they are told of it."""

    years: int
    notice_days: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """A time bank's rules, as a community's rule set says them."""

    point_minutes: int
    classes: Mapping[str, ServiceClass]
    caps: Mapping[CapKind, Cap]
    group_donates: bool
    earn_from_age: int | None
    holders: frozenset[AccountKind]
    gifts_to: frozenset[GiftTo]
    crossing: Crossing
    use_from_age: int | None
    use_from_age_in_need: int | None
    redeemable: frozenset[OfferKind]
    need_groups: Mapping[str, NeedGroup]
    grants: Grants | None
    expiry: Expiry | None
    succession: Succession
    moving_away: MovingAway
    reservation_days: int

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Read a rule set's content; raises ValueError where it is not a whole scheme."""
        if set(content) != _NAMES:
            odd = ", ".join(sorted(set(content) ^ _NAMES))
            raise ValueError(f"unknown or missing: {odd}")
        return cls(
            point_minutes=_whole(content["pointMinutes"], "pointMinutes", most=MOST_MINUTES),
            classes=_classes(content["classes"]),
            caps=_caps(content["caps"]),
            group_donates=_truth(content["groupDonates"], "groupDonates"),
            earn_from_age=_age(content["earnFromAge"], "earnFromAge"),
            holders=_holders(content["holders"]),
            gifts_to=frozenset(GiftTo(each) for each in content["giftsTo"]),
            crossing=Crossing(content["crossing"]),
            use_from_age=_age(content["useFromAge"], "useFromAge"),
            use_from_age_in_need=_age(content["useFromAgeInNeed"], "useFromAgeInNeed"),
            redeemable=frozenset(OfferKind(each) for each in content["redeemable"]),
            need_groups=_need_groups(content["needGroups"]),
            grants=_grants(content["grants"]),
            expiry=_expiry(content["expiry"]),
            succession=Succession(content["succession"]),
            moving_away=MovingAway(content["movingAway"]),
            reservation_days=_whole(content["reservationDays"], "reservationDays", most=MOST_DAYS),
        )

    @property
    def ceiling_minutes(self) -> int | None:
        """Return the most that a person's account may hold; None where there is no limit."""
        cap = self.caps.get(CapKind.BALANCE)
        return None if cap is None else cap.minutes


def _whole(given: Any, name: str, *, most: int, least: int = 1) -> int:
    if type(given) is not int or not least <= given <= most:
        raise ValueError(f"{name} is a whole number, {least} to {most}")
    return given


def _truth(given: Any, name: str) -> bool:
    if not isinstance(given, bool):
        raise ValueError(f"{name} is true or false")
    return given


def _age(given: Any, name: str) -> int | None:
    return None if given is None else _whole(given, name, most=120, least=0)


def _limit(given: Any, name: str) -> int | None:
    return None if given is None else _whole(given, name, most=MOST_MINUTES)


def _code(given: Any, name: str) -> str:
    if not isinstance(given, str) or not given.isascii() or not given.isidentifier():
        raise ValueError(f"a code of {name} is one word of ASCII")
    if len(given) > 40:
        raise ValueError(f"a code of {name} has 40 characters at most")
    return given


def _title(given: Any, name: str) -> str:
    if not isinstance(given, str) or not 1 <= len(given.strip()) <= 60:
        raise ValueError(f"a title of {name} has 1 to 60 characters")
    return given


def _holders(given: Sequence[str]) -> frozenset[AccountKind]:
    found = frozenset(AccountKind(each) for each in given)
    if AccountKind.PERSON not in found or not found <= set(HELD):
        raise ValueError("holders are people, and households, organisations, communities besides")
    return found


def _classes(given: Sequence[Mapping[str, Any]]) -> dict[str, ServiceClass]:
    if not 1 <= len(given) <= 100:
        raise ValueError("classes are 1 to 100")
    found = {
        each["code"]: ServiceClass(
            _code(each["code"], "classes"),
            _title(each["title"], "classes"),
            _whole(each["minutesPerPoint"], "minutesPerPoint", most=MOST_MINUTES),
        )
        for each in given
    }
    if len(found) != len(given):
        raise ValueError("no two classes have one code")
    return found


def _caps(given: Mapping[str, Any]) -> dict[CapKind, Cap]:
    if set(given) != set(CapKind):
        raise ValueError("caps say day, year, total and balance, or null")
    return {
        CapKind(kind): Cap(
            _whole(each["minutes"], f"caps.{kind}", most=MOST_MINUTES), Excess(each["excess"])
        )
        for kind, each in given.items()
        if each is not None
    }


def _need_groups(given: Sequence[Mapping[str, Any]]) -> dict[str, NeedGroup]:
    if len(given) > 20:
        raise ValueError("needGroups are 20 at most")
    found = {
        each["code"]: NeedGroup(
            _code(each["code"], "needGroups"),
            _title(each["title"], "needGroups"),
            _whole(each["rank"], "rank", most=20),
            _age(each["leastAge"], "leastAge"),
        )
        for each in given
    }
    if len(found) != len(given):
        raise ValueError("no two needGroups have one code")
    return found


def _grants(given: Mapping[str, Any] | None) -> Grants | None:
    if given is None:
        return None
    return Grants(
        _limit(given["monthMinutes"], "monthMinutes"), _limit(given["yearMinutes"], "yearMinutes")
    )


def _expiry(given: Mapping[str, Any] | None) -> Expiry | None:
    if given is None:
        return None
    return Expiry(
        _whole(given["years"], "expiry.years", most=MOST_YEARS),
        _whole(given["noticeDays"], "expiry.noticeDays", most=MOST_DAYS),
    )
