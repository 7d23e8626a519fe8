"""The ledger beside a model of it: whatever is asked in whatever order, both say the same.

Ordinarily a few thousand steps; GONGYI_LEDGER_STEPS asks for more.
"""

import asyncio
import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domains.kernel import database
from domains.kernel.actor import SYSTEM
from domains.timebank.queries.ledger import faults
from domains.timebank.service import ledger
from domains.timebank.values import AccountKind, Reference, TransferKind

STEPS = int(os.environ.get("GONGYI_LEDGER_STEPS", "2000"))
A_RUN = 200
HOLDERS = 4
SOURCE = "issuance"
CEILING = 500
_NOTHING = UUID(int=0)


@dataclass
class Waiting:
    """A pending transfer, as the model has it."""

    source: object
    target: object
    minutes: int
    expires_in: int | None = None


@dataclass
class Model:
    """What the ledger is held against: plain dictionaries."""

    balance: dict[Any, Any] = field(default_factory=dict)
    out: dict[Any, Any] = field(default_factory=dict)
    coming: dict[Any, Any] = field(default_factory=dict)
    waiting: dict[Any, Any] = field(default_factory=dict)
    ended: dict[Any, Any] = field(default_factory=dict)
    posted: dict[Any, Any] = field(default_factory=dict)
    reversed: set[Any] = field(default_factory=set)
    keys: dict[Any, Any] = field(default_factory=dict)
    hours: int = 0

    def free(self, who):
        return 10**9 if who == SOURCE else self.balance[who] - self.out[who]

    def room(self, who):
        return 10**9 if who == SOURCE else CEILING - self.balance[who] - self.coming[who]

    def refusal(self, source, target, minutes):
        if self.free(source) < minutes:
            return "floor"
        return "ceiling" if self.room(target) < minutes else None

    def move(self, source, target, minutes):
        self.balance[source] -= minutes
        self.balance[target] += minutes


class Ledger(RuleBasedStateMachine):
    """Moves, holds, posts, voids, expires, reverses, repeats, and lets time pass."""

    url = ""
    runner: asyncio.Runner

    def __init__(self):
        super().__init__()
        self.connection = self.run(asyncpg.connect(**database.connection_arguments(self.url)))
        self.model = Model()
        self.accounts = {}
        community = uuid4()
        for who in (SOURCE, *range(HOLDERS)):
            kind = AccountKind.ISSUANCE if who == SOURCE else AccountKind.PERSON
            self.accounts[who] = uuid4()
            held = who != SOURCE
            self.run(
                self.connection.execute(
                    ledger._OPEN,
                    *(self.accounts[who], kind, uuid4() if held else None, community, "/1/"),
                    *((0, CEILING) if held else (None, None)),
                )
            )
            self.model.balance[who] = self.model.out[who] = self.model.coming[who] = 0

    def run(self, awaitable):
        async def awaited():
            return await awaitable

        return self.runner.run(awaited())

    def ask(self, source, target, minutes, *, key, pending=False, expires_at=None):
        movement = ledger.Movement(
            *(TransferKind.GIFT, self.accounts[source], self.accounts[target], minutes),
            Reference("test", _NOTHING),
            pending=pending,
            expires_at=expires_at,
        )
        asked = ledger.asked_of(SYSTEM, movement, key)
        return self.run(self.connection.fetchrow(ledger.MOVE_TOGETHER, *ledger.columns_of([asked])))

    ends = st.sampled_from([SOURCE, *range(HOLDERS)])
    hours_held = st.none() | st.integers(1, 9)

    @rule(giver=ends, taker=ends, minutes=st.integers(1, 200))
    def move(self, giver, taker, minutes):
        if giver == taker:
            return
        key = uuid4()

        answer = self.ask(giver, taker, minutes, key=key)

        refusal = self.model.refusal(giver, taker, minutes)
        assert answer["outcome"] == (refusal or "moved")
        if refusal is None:
            self.model.move(giver, taker, minutes)
            self.model.posted[answer["transfer_id"]] = (giver, taker, minutes)
            self.model.keys[key] = (giver, taker, minutes, answer["transfer_id"])

    @rule(giver=ends, taker=ends, minutes=st.integers(1, 200), hours=hours_held)
    def hold_back(self, giver, taker, minutes, hours):
        if giver == taker:
            return
        now = self.run(self.connection.fetchval("SELECT kernel_now()"))
        until = now + timedelta(hours=hours, minutes=-30) if hours else None

        answer = self.ask(giver, taker, minutes, key=uuid4(), pending=True, expires_at=until)

        refusal = self.model.refusal(giver, taker, minutes)
        assert answer["outcome"] == (refusal or "moved")
        if refusal is None:
            self.model.out[giver] += minutes
            self.model.coming[taker] += minutes
            due = self.model.hours + hours if hours else None
            self.model.waiting[answer["transfer_id"]] = Waiting(giver, taker, minutes, due)

    @precondition(lambda self: self.model.keys)
    @rule(data=st.data())
    def repeat(self, data):
        key = data.draw(st.sampled_from(list(self.model.keys)))
        source, target, minutes, transfer = self.model.keys[key]
        other = data.draw(st.booleans())

        answer = self.ask(source, target, minutes + other, key=key)

        assert (answer["outcome"], answer["transfer_id"]) == (
            "key_reused" if other else "replayed",
            transfer,
        )

    @precondition(lambda self: self.model.waiting or self.model.ended)
    @rule(data=st.data(), how=st.sampled_from(["posted", "voided", "expired"]))
    def resolve(self, data, how):
        known = [*self.model.waiting, *self.model.ended]
        transfer = data.draw(st.sampled_from(known))
        part = data.draw(st.integers(1, 210)) if how == "posted" else None

        answer = self.run(self.connection.fetchrow(ledger._RESOLVE, transfer, how, part, _NOTHING))

        assert answer["outcome"] == self.expected_end(transfer, how, part)
        if answer["outcome"] == "resolved":
            self.end(transfer, how, part or 0)

    def expected_end(self, transfer, how, part):
        if transfer in self.model.ended:
            same = self.model.ended[transfer] == (how, part or 0)
            return "replayed" if same else "resolved_already"
        held = self.model.waiting[transfer]
        lapsed = held.expires_in is not None and held.expires_in <= self.model.hours
        if how == "expired" and not lapsed:
            return "not_pending"
        if how == "posted" and lapsed:
            return "lapsed"
        return "too_much" if how == "posted" and part > held.minutes else "resolved"

    def end(self, transfer, how, part):
        held = self.model.waiting.pop(transfer)
        self.model.ended[transfer] = (how, part)
        self.model.out[held.source] -= held.minutes
        self.model.coming[held.target] -= held.minutes
        if part:
            self.model.move(held.source, held.target, part)
            self.model.posted[transfer] = (held.source, held.target, part)

    @precondition(lambda self: self.model.posted)
    @rule(data=st.data())
    def reverse(self, data):
        transfer = data.draw(st.sampled_from(list(self.model.posted)))
        source, target, minutes = self.model.posted[transfer]

        answer = self.run(
            self.connection.fetchrow(
                ledger._REVERSE, uuid4(), transfer, _NOTHING, uuid4(), bytes(32), ""
            )
        )

        if transfer in self.model.reversed:
            assert answer["outcome"] == "reversed_already"
            return
        refusal = self.model.refusal(target, source, minutes)
        assert answer["outcome"] == (refusal or "moved")
        if refusal is None:
            self.model.move(target, source, minutes)
            self.model.reversed.add(transfer)

    @rule(hours=st.integers(1, 5))
    def let_time_pass(self, hours):
        self.model.hours += hours
        self.run(
            self.connection.execute(
                "UPDATE test_clock SET moved = moved + $1", timedelta(hours=hours)
            )
        )

    @rule()
    def expire_what_is_due(self):
        while (due := self.run(self.connection.fetchval(ledger._DUE))) is not None:
            answer = self.run(
                self.connection.fetchrow(ledger._RESOLVE, due, "expired", None, _NOTHING)
            )
            assert answer["outcome"] == "resolved"
            self.end(due, "expired", 0)

        lapsed = [
            each
            for each, held in self.model.waiting.items()
            if held.expires_in is not None and held.expires_in <= self.model.hours
        ]
        assert lapsed == []

    @invariant()
    def accounts_hold_what_the_model_says(self):
        rows = self.run(
            self.connection.fetch(
                "SELECT id, balance_minutes, pending_out_minutes, pending_in_minutes"
                " FROM timebank_account WHERE id = ANY ($1)",
                list(self.accounts.values()),
            )
        )
        found = {row["id"]: tuple(row)[1:] for row in rows}
        model = self.model
        assert sum(model.balance.values()) == 0
        for who in range(HOLDERS):
            held = (model.balance[who], model.out[who], model.coming[who])
            assert found[self.accounts[who]] == held
            assert model.balance[who] >= model.out[who]

    def teardown(self):
        for transfer in self.model.waiting:
            self.run(self.connection.fetchrow(ledger._RESOLVE, transfer, "voided", None, _NOTHING))
        self.run(self.connection.execute("UPDATE test_clock SET moved = '0'"))
        self.run(self.connection.close())


async def test_the_ledger_does_what_its_model_does(db):
    def machine():
        with asyncio.Runner() as runner:
            Ledger.url, Ledger.runner = db, runner
            run_state_machine_as_test(
                Ledger,
                settings=settings(
                    max_examples=max(1, STEPS // A_RUN),
                    stateful_step_count=A_RUN,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )

    await asyncio.to_thread(machine)
    async with database.transaction(timeout_ms=600_000):
        assert set((await faults()).values()) == {0}
