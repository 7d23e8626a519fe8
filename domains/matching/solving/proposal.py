"""What the matcher proposes, how good it is, and how sure that is. Nobody is bound by it."""

from dataclasses import dataclass
from typing import Any, Self

import orjson

from domains.matching.solving.reasons import Reason


@dataclass(frozen=True, slots=True)
class Offer:
    """Ask somebody for a place; `rank` 0 are asked first, 1, 2, 3... are reserves in order."""

    group: str
    volunteer: str
    rank: int
    metres: int
    points: int
    accepts_permille: int


@dataclass(frozen=True, slots=True)
class Cover:
    """What is to be expected of a group, if all who are proposed are asked."""

    group: str
    places: int
    pinned: int
    offered: int
    reserves: int
    expected_permille: int
    chance_permille: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A need that goes ahead, and with whose help; `money` are (fund, fen)."""

    need: str
    host: str = ""
    worker: str = ""
    venue: str = ""
    money: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """Places that nobody is proposed for, and why; `group` is empty if the need does not go on."""

    need: str
    group: str
    places: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Lapse:
    """A pinned acceptance that could not be kept, and why; for people to look at."""

    group: str
    volunteer: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Stage:
    """How good a stage's answer is: `bound` is what no answer can beat, `gap` what is between.

    Stage A counts urgency met (more is better), B counts points (fewer are better). `method` says
    by what the bound is known: `potentials` and `lp_dual` were recomputed in integers by the
    matcher's own checker, `tree` is the word of HiGHS, `none` means that nothing is known.
    """

    name: str
    objective: int
    bound: int
    method: str
    milliseconds: int = 0

    @property
    def gap(self) -> int | None:
        """Return how far the answer may be from the best one, if anything is known of that."""
        return None if self.method == "none" else abs(self.objective - self.bound)

    @property
    def exact(self) -> bool:
        """Return whether the answer is known to be the best one."""
        return self.gap == 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A whole arrangement, its stages' certificates, and why it is not exact if it is not."""

    digest: str
    seed: int
    exact: bool
    note: str
    offers: tuple[Offer, ...]
    selections: tuple[Selection, ...]
    unmet: tuple[Unmet, ...]
    lapses: tuple[Lapse, ...]
    covers: tuple[Cover, ...]
    stages: tuple[Stage, ...]
    rounds: int = 1

    def to_bytes(self) -> bytes:
        """Write it down."""
        return orjson.dumps(self)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote; anything else raises."""
        said: dict[str, Any] = orjson.loads(content)
        return cls(
            digest=said["digest"],
            seed=said["seed"],
            exact=said["exact"],
            note=said["note"],
            offers=tuple(Offer(**each) for each in said["offers"]),
            selections=tuple(_selection(each) for each in said["selections"]),
            unmet=tuple(
                Unmet(**each | {"reason": Reason(each["reason"])}) for each in said["unmet"]
            ),
            lapses=tuple(
                Lapse(**each | {"reason": Reason(each["reason"])}) for each in said["lapses"]
            ),
            covers=tuple(Cover(**each) for each in said["covers"]),
            stages=tuple(Stage(**each) for each in said["stages"]),
            rounds=said["rounds"],
        )


def _selection(said: dict[str, Any]) -> Selection:
    money = tuple((fund, fen) for fund, fen in said.pop("money"))
    return Selection(**said, money=money)
