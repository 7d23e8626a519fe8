"""What is matched, frozen at an instant: ids and integers only.

Minutes count from a Monday's midnight, so that a week is 10,080 of them; positions are degrees
times a million; money is fen; areas are paths whose prefixes are the areas around them. The
order of anything in a snapshot means nothing.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, Self

import orjson

WEEK = 7 * 24 * 60
HORIZON = 60 * WEEK
MOST_URGENT = 4
VERSION = 1

Window = tuple[int, int]


class MalformedSnapshotError(ValueError):
    """A snapshot that contradicts itself; whoever made it has to mend it."""


def _require(true: bool, *said: object) -> None:
    if not true:
        raise MalformedSnapshotError(" ".join(str(each) for each in said))


def _require_windows(windows: Iterable[Window], *said: object) -> None:
    for starts, ends in windows:
        _require(0 <= starts < ends <= HORIZON, *said, "has a window that ends before it starts")


@dataclass(frozen=True, slots=True)
class Group:
    """People of one skill wanted for one shift; `skill` is empty where anyone will do."""

    id: str
    starts: int
    ends: int
    places: int
    skill: str = ""
    level: int = 0

    def __post_init__(self) -> None:
        _require_windows([(self.starts, self.ends)], "group", self.id)
        _require(self.places >= 0, "group", self.id, "wants fewer people than none")


@dataclass(frozen=True, slots=True)
class Need:
    """What is wanted, where, by whom it may be hosted, and what it takes besides people.

    A need that is not `partial` goes ahead only with every place filled. What is settled already
    is left out: a need whose host is known names no other, one that is paid for costs nothing.
    """

    id: str
    urgency: int
    latitude_e6: int
    longitude_e6: int
    area: str
    service: str
    groups: tuple[Group, ...]
    partial: bool = True
    least_age: int = 0
    risky: bool = False
    wants_host: bool = False
    hosts: tuple[str, ...] = ()
    supervision: int = 0
    qualification: str = ""
    cost: int = 0
    purposes: tuple[str, ...] = ()
    wants_venue: bool = False
    venues: tuple[str, ...] = ()
    room: int = 0

    def __post_init__(self) -> None:
        _require(1 <= self.urgency <= MOST_URGENT, "need", self.id, "is of no known urgency")
        _require(
            min(self.cost, self.supervision, self.room) >= 0, "need", self.id, "costs below nothing"
        )


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who may be asked: what they can, where and when, and what they did so far.

    `skills` are (skill, level, minute until which its proof holds); `free` are windows without
    what they promised elsewhere; `spent` are (week, services, minutes) promised elsewhere; `kept`
    and `missed` count promises, `accepted` and `declined` offers, `turns` recent services.
    """

    id: str
    latitude_e6: int
    longitude_e6: int
    radius: int
    age: int
    free: tuple[Window, ...]
    skills: tuple[tuple[str, int, int], ...] = ()
    weekly_services: int = 7
    weekly_minutes: int = WEEK
    spent: tuple[tuple[int, int, int], ...] = ()
    guardian_consents: bool = False
    insured: bool = False
    automatic: bool = True
    prefers: tuple[str, ...] = ()
    kept: int = 0
    missed: int = 0
    accepted: int = 0
    declined: int = 0
    turns: int = 0

    def __post_init__(self) -> None:
        _require_windows(self.free, "volunteer", self.id)
        names = {skill for skill, _, _ in self.skills}
        _require(len(names) == len(self.skills), "volunteer", self.id, "has a skill twice")
        _require(
            min(self.radius, self.weekly_services, self.weekly_minutes, self.turns) >= 0
            and min(self.kept, self.missed, self.accepted, self.declined) >= 0,
            "volunteer",
            self.id,
            "counts below nothing",
        )


@dataclass(frozen=True, slots=True)
class Organisation:
    """A host, and how many more needs it can take on."""

    id: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Worker:
    """A social worker: qualifications, area, and how much supervision is left to give."""

    id: str
    qualifications: tuple[str, ...]
    load: int
    area: str = ""


@dataclass(frozen=True, slots=True)
class Fund:
    """Money that exists, for its purposes and its area only; `remaining` is in fen."""

    id: str
    purposes: tuple[str, ...]
    remaining: int
    area: str = ""


@dataclass(frozen=True, slots=True)
class Venue:
    """Rooms with a number of seats, open at times; what is taken already is a `taken` window."""

    id: str
    capacity: int
    open: tuple[Window, ...]
    taken: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        _require_windows(self.open, "venue", self.id)
        _require_windows([each[:2] for each in self.taken], "venue", self.id)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the matcher goes by: the price of each drawback, in points, and its limits.

    An unfilled place costs a million points for each degree of urgency, so that no drawback
    outweighs it. A smoothed share is (yes + prior_yes) / (all + prior_all).
    """

    seed: int = 0
    seconds: int = 60
    rounds: int = 3
    metres_a_point: int = 10
    surplus_points: int = 15
    not_preferred_points: int = 100
    unreliable_points: int = 400
    turn_points: int = 30
    most_turns: int = 100
    churn_points: int = 200
    prior_yes: int = 7
    prior_all: int = 10
    chance_permille: int = 900
    most_reserves: int = 3
    nearest: int = 24

    def __post_init__(self) -> None:
        priced = (self.surplus_points, self.not_preferred_points, self.unreliable_points)
        others = (self.turn_points, self.churn_points, self.most_turns, self.most_reserves)
        _require(
            min(*priced, *others) >= 0 and max(*priced, *others) <= 10_000,
            "terms: a drawback costs 0 to 10,000 points",
        )
        _require(
            min(self.metres_a_point, self.rounds, self.seconds, self.nearest) >= 1,
            "terms: a limit is 1 at least",
        )
        _require(0 < self.prior_yes < self.prior_all, "terms: a prior share is between 0 and 1")
        _require(0 <= self.chance_permille < 1000, "terms: no chance is certain")


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the matcher may know; pairs are (group, volunteer).

    `pinned` are acceptances (or staff's own choice), `forbidden` are never proposed (declined
    already, ruled out by staff, or kin), `previous` is what was proposed the last time.
    """

    needs: tuple[Need, ...] = ()
    volunteers: tuple[Volunteer, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    workers: tuple[Worker, ...] = ()
    funds: tuple[Fund, ...] = ()
    venues: tuple[Venue, ...] = ()
    pinned: tuple[Pair, ...] = ()
    forbidden: tuple[Pair, ...] = ()
    previous: tuple[Pair, ...] = ()
    terms: Terms = Terms()

    def __post_init__(self) -> None:
        named: tuple[tuple[Any, ...], ...] = (
            self.needs,
            self.volunteers,
            self.organisations,
            self.workers,
            self.funds,
            self.venues,
            tuple(group for need in self.needs for group in need.groups),
        )
        for every in named:
            _require(len({each.id for each in every}) == len(every), "an id stands twice")

    def to_bytes(self) -> bytes:
        """Write it in canonical order: equal snapshots are equal bytes."""
        return orjson.dumps({"version": VERSION, **_row(self.canonical(), named=True)})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        said = orjson.loads(content)
        _require(isinstance(said, dict) and said.pop("version", 0) == VERSION, "another version")
        return cls(**{name: _READ[name](rows) for name, rows in said.items()})

    def canonical(self) -> Self:
        """Return the same snapshot, everything in the order of its ids."""
        by_id = attrgetter("id")
        return type(self)(
            needs=tuple(sorted(map(_in_order, self.needs), key=by_id)),
            volunteers=tuple(sorted(map(_in_order, self.volunteers), key=by_id)),
            organisations=tuple(sorted(self.organisations, key=by_id)),
            workers=tuple(sorted(map(_in_order, self.workers), key=by_id)),
            funds=tuple(sorted(map(_in_order, self.funds), key=by_id)),
            venues=tuple(sorted(map(_in_order, self.venues), key=by_id)),
            pinned=tuple(sorted(set(self.pinned))),
            forbidden=tuple(sorted(set(self.forbidden))),
            previous=tuple(sorted(set(self.previous))),
            terms=self.terms,
        )

    def digest(self) -> str:
        """Return the SHA-256 of its bytes, by which a proposal names what it answers."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _in_order(row: Any) -> Any:
    """Return a row whose lists are in the order of what they hold."""
    told = {name: getattr(row, name) for name in _LISTS[type(row)]}
    sorted_lists = {
        name: tuple(sorted(each, key=attrgetter("id") if name == "groups" else None))
        for name, each in told.items()
    }
    return row if sorted_lists == told else replace(row, **sorted_lists)


def _row(whole: Any, *, named: bool = False) -> Any:
    """Write a dataclass as the list of its fields, which is a third of the size of a mapping."""
    if isinstance(whole, tuple):
        return [_row(each) for each in whole]
    if not hasattr(whole, "__dataclass_fields__"):
        return whole
    values = [_row(each) for each in _FIELDS[type(whole)](whole)]
    return dict(zip(type(whole).__dataclass_fields__, values, strict=True)) if named else values


_LISTS: dict[type, tuple[str, ...]] = {
    Need: ("groups", "hosts", "purposes", "venues"),
    Volunteer: ("free", "skills", "spent", "prefers"),
    Worker: ("qualifications",),
    Fund: ("purposes",),
    Venue: ("open", "taken"),
}
_FIELDS = {
    kind: attrgetter(*(each.name for each in fields(kind)))
    for kind in (
        Group,
        Need,
        Volunteer,
        Organisation,
        Worker,
        Fund,
        Venue,
        Terms,
        Snapshot,
    )
}


def _tuples(rows: Any) -> Any:
    return tuple(_tuples(each) for each in rows) if isinstance(rows, list) else rows


def _of(kind: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda rows: tuple(kind(*_tuples(row)) for row in rows)


def _need(*row: Any) -> Need:
    values = dict(zip(Need.__dataclass_fields__, row, strict=True))
    return Need(**values | {"groups": tuple(Group(*each) for each in values["groups"])})


_READ: dict[str, Callable[[Any], Any]] = {
    "needs": _of(_need),
    "volunteers": _of(Volunteer),
    "organisations": _of(Organisation),
    "workers": _of(Worker),
    "funds": _of(Fund),
    "venues": _of(Venue),
    "pinned": _tuples,
    "forbidden": _tuples,
    "previous": _tuples,
    "terms": lambda row: Terms(*row),
}
