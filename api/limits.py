"""How much one caller may ask for a minute, and how much one process does at once.

Budgets are counted in this process's memory: behind several processes a caller has as
many budgets. Each is a sliding window of two counters, so that a budget cannot be spent
twice around the turn of a minute; counters of past windows are dropped as a whole.
"""

import asyncio
import ipaddress
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from api.refusals import Code, RequestRefused, said
from domains.kernel.actor import Actor
from schema.guard import Measured

WINDOW_S = 60
INVALID_COST = 50  # a document that is refused was still read

# Operations that are counted one by one, wherever in a document they stand.
TIGHT: Mapping[str, int] = {
    "requestSignInCode": 10,
    "signInWithCode": 20,
    "castBallot": 60,
    "verifySecondFactor": 10,
    "completeOidcSignIn": 20,
    "createUpload": 30,
}


@dataclass(frozen=True, slots=True)
class Charge:
    """What an operation took from its caller's budget."""

    requested: int
    limit: int
    remaining: int
    resets_at: int

    @property
    def told(self) -> dict[str, int | str]:
        """Return the charge as `extensions.cost` tells it."""
        return {
            "requested": self.requested,
            "limit": self.limit,
            "remaining": self.remaining,
            "resetAt": datetime.fromtimestamp(self.resets_at, UTC)
            .isoformat()
            .replace("+00:00", "Z"),
        }

    def headers(self, now: float) -> dict[str, str]:
        """Return the charge as RateLimit headers tell it."""
        wait = max(0, math.ceil(self.resets_at - now))
        return {
            "RateLimit-Policy": f'"cost";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"cost";r={self.remaining};t={wait}',
        }


class Budget:
    """A number of units that each key may spend in a window."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._window = 0
        self._spent: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def left(self, key: str, now: float) -> int:
        """Return how much the key may still spend."""
        self._turn(now)
        weight = 1 - (now % WINDOW_S) / WINDOW_S
        counted = self._spent.get(key, 0) + int(self._before.get(key, 0) * weight)
        return max(0, self.limit - counted)

    def spend(self, key: str, units: int, now: float) -> None:
        """Count units as spent."""
        self._turn(now)
        self._spent[key] = self._spent.get(key, 0) + units

    def resets_at(self, now: float) -> int:
        """Return when the present window ends, in seconds since the epoch."""
        return (int(now // WINDOW_S) + 1) * WINDOW_S

    def _turn(self, now: float) -> None:
        window = int(now // WINDOW_S)
        if window == self._window:
            return
        self._before = self._spent if window == self._window + 1 else {}
        self._spent = {}
        self._window = window


class Budgets:
    """What callers may spend: by cost, and by name for what is easily abused."""

    def __init__(
        self,
        cost_per_minute: int,
        *,
        tight: Mapping[str, int] = TIGHT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.cost = Budget(cost_per_minute)
        self.tight = {name: Budget(limit) for name, limit in tight.items()}
        self.clock = clock

    def admit(self, actor: Actor) -> None:
        """Refuse a caller whose budget is spent, before any work is done."""
        now = self.clock()
        if self.cost.left(key_of(actor), now) <= 0:
            raise self._limited(self.cost, now, actor.locale, requested=1)

    def charge_invalid(self, actor: Actor) -> None:
        """Count the work of refusing."""
        self.cost.spend(key_of(actor), INVALID_COST, self.clock())

    def spend(self, actor: Actor, units: int) -> None:
        """Take what a file cost from its caller's budget."""
        self.cost.spend(key_of(actor), units, self.clock())

    def charge(self, actor: Actor, measured: Measured) -> Charge:
        """Take an operation's cost and count its tight fields; refuses where a budget is spent."""
        now, key = self.clock(), key_of(actor)
        left = self.cost.left(key, now)
        if measured.cost > left:
            raise self._limited(self.cost, now, actor.locale, requested=measured.cost)
        for name, times in measured.root_fields.items():
            tight = self.tight.get(name)
            if tight is not None and tight.left(key, now) < times:
                raise self._limited(tight, now, actor.locale, requested=times, field=name)
        for name, times in measured.root_fields.items():
            if name in self.tight:
                self.tight[name].spend(key, times, now)
        self.cost.spend(key, measured.cost, now)
        return Charge(
            requested=measured.cost,
            limit=self.cost.limit,
            remaining=left - measured.cost,
            resets_at=self.cost.resets_at(now),
        )

    def _limited(
        self, budget: Budget, now: float, locale: str, *, requested: int, **figures: str
    ) -> RequestRefused:
        wait = max(1, math.ceil(budget.resets_at(now) - now))
        charge = Charge(
            requested=requested,
            limit=budget.limit,
            remaining=0,
            resets_at=budget.resets_at(now),
        )
        return RequestRefused(
            429,
            Code.RATE_LIMITED,
            said(
                locale,
                f"请求过于频繁,请在 {wait} 秒后再试。",
                f"Too many requests; try again in {wait} seconds.",
            ),
            always=True,
            headers={"Retry-After": str(wait), **charge.headers(now)},
            cost=charge.told,
            **figures,
        )


def key_of(actor: Actor) -> str:
    """Name whose budget it is: the person's, or the address's for callers without a name."""
    if actor.person_id is not None:
        return str(actor.person_id)
    return _place(actor.address)


@lru_cache(maxsize=4_096)
def _place(address: str | None) -> str:
    """Name where a caller is: an IPv6 address counts as its /64, which is one subscriber's."""
    if address is None or ":" not in address:
        return f"at {address}"
    return f"at {ipaddress.ip_network((address.partition('%')[0], 64), strict=False)}"


class Gate:
    """So many operations at once, so many waiting; the rest are asked to come back."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self.inside = 0

    @asynccontextmanager
    async def turn(self, locale: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it; refuses where too many wait already."""
        if self.inside >= self._most:
            raise RequestRefused(
                503,
                Code.UNAVAILABLE,
                said(locale, "服务繁忙,请稍后再试。", "Too busy; try again shortly."),
                always=True,
                headers={"Retry-After": "1"},
            )
        self.inside += 1
        try:
            async with self._turns:
                yield
        finally:
            self.inside -= 1
