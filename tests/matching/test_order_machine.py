"""The machine of an order: the trigger beside the rules, and whatever is asked in any order.

Ordinarily a hundred steps; GONGYI_ORDER_STEPS asks for more.
"""

import asyncio
import os
from datetime import timedelta
from itertools import pairwise, product

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from domains.kernel import database
from domains.kernel.errors import DomainError
from domains.matching.rules import orders as rules
from domains.matching.service import (
    attending,
    calling_off,
    confirming,
    disputing,
    leaving,
    moving,
    needs,
    offering,
    rating,
    seating,
)
from domains.matching.service.disputing import Finding
from domains.matching.values.orders import (
    DisputeOutcome,
    ServiceOrderState,
    ServicePlaceState,
)
from jobs import matching as jobs
from tests.conftest import Clock
from tests.matching.factories import Town, a_draft, a_town, orders_of, posted, state_of, steps_of

STEPS = int(os.environ.get("GONGYI_ORDER_STEPS", "120"))
A_RUN = 24


async def tried(url, table, states):
    """Every step that the trigger lets pass, tried on a row put into each state behind its back."""
    connection = await asyncpg.connect(**database.connection_arguments(url))
    passed, refusals = set(), set()
    try:
        await connection.execute("SET statement_timeout = 0")
        row_id = await connection.fetchval(f"SELECT id FROM {table}")
        for one, other in product(states, states):
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            await connection.execute(f"UPDATE {table} SET state = $1", one.value)
            await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            try:
                await connection.execute(
                    f"UPDATE {table} SET state = $2 WHERE id = $1", row_id, other.value
                )
                passed.add((one, other))
            except asyncpg.RestrictViolationError as error:
                refusals.add(error.constraint_name)
            await transaction.rollback()
    finally:
        await connection.close()
    assert refusals == {f"{table}_steps"}
    return {(one, other) for one, other in passed if one is not other}


async def test_the_trigger_lets_an_order_take_the_steps_of_the_rules_and_no_others(db):
    town = await a_town()
    await posted(town)

    passed = await tried(db, "matching_order", list(ServiceOrderState))

    assert passed == rules.STEPS


async def test_an_order_begins_as_submitted_and_stays_what_was_ordered(db):
    town = await a_town()
    await posted(town)
    columns = (
        "id, number, need_id, area_id, area_path, community_id, person_id, service_class,"
        " starts_at, ends_at, people_wanted, soon_at, made_at, moved_at"
    )

    with pytest.raises(asyncpg.RestrictViolationError, match="begins as submitted"):
        await database.execute(
            f"INSERT INTO matching_order ({columns}, state)"
            f" SELECT gen_random_uuid(), number + 1, need_id, area_id, area_path, community_id,"
            " person_id, service_class, starts_at, ends_at + interval '1h', people_wanted,"
            " soon_at, made_at, moved_at, 'open' FROM matching_order"
        )
    for change in ("ends_at = ends_at + interval '1h'", "person_id = gen_random_uuid()"):
        with pytest.raises(asyncpg.RestrictViolationError, match="never changes"):
            await database.execute(f"UPDATE matching_order SET {change}")
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("DELETE FROM matching_order")

    assert await database.fetch_value("SELECT count(*) FROM matching_order") == 1


class Order(RuleBasedStateMachine):
    """Asks, answers, takes, leaves, comes, goes, confirms, contests, rates, and lets time pass."""

    loop: asyncio.AbstractEventLoop
    town: Town
    moved_clock: Clock

    def run(self, awaitable):
        return asyncio.run_coroutine_threadsafe(awaitable, self.loop).result(timeout=60)

    def ask(self, awaitable):
        """Ask for something that may be refused, but never break."""
        try:
            return self.run(awaitable)
        except DomainError:
            return None

    @initialize(wanted=st.integers(1, 2))
    def opens(self, wanted):
        async def opened():
            draft = await a_draft(
                self.town, ahead_h=5, hours=2, people_wanted=wanted, may_be_taken=True
            )
            need_id = await posted(self.town, draft)
            await needs.verify_need(self.town.committee, need_id)
            return (await orders_of(need_id))[0]

        self.order_id = self.run(opened())
        self.wanted = wanted
        self.volunteers = ((self.town.lin, self.town.lin_id), (self.town.zhou, self.town.zhou_id))

    def place(self, who):
        return self.run(
            database.fetch_value(
                "SELECT id FROM matching_place WHERE order_id = $1 AND person_id = $2"
                " ORDER BY accepted_at DESC LIMIT 1",
                self.order_id,
                self.volunteers[who][0].person_id,
            )
        )

    @rule()
    def offers_both(self):
        ids = [volunteer_id for _, volunteer_id in self.volunteers]
        self.ask(offering.offer_order(self.town.committee, self.order_id, ids))

    @rule(who=st.integers(0, 1))
    def offers(self, who):
        self.ask(
            offering.offer_order(self.town.committee, self.order_id, [self.volunteers[who][1]])
        )

    @rule(who=st.integers(0, 1), accept=st.booleans())
    def answers(self, who, accept):
        actor = self.volunteers[who][0]
        offer_id = self.run(
            database.fetch_value(
                "SELECT id FROM matching_offer WHERE order_id = $1 AND person_id = $2"
                " ORDER BY made_at DESC LIMIT 1",
                self.order_id,
                actor.person_id,
            )
        )
        if offer_id is not None:
            self.ask(offering.answer_offer(actor, offer_id, accept=accept))

    @rule(who=st.integers(0, 1))
    def takes(self, who):
        self.ask(seating.take_order(self.volunteers[who][0], self.order_id))

    @rule(who=st.integers(0, 1))
    def leaves(self, who):
        place_id = self.place(who)
        if place_id is not None:
            self.ask(leaving.leave_place(self.volunteers[who][0], place_id, reason="有事。"))

    @rule(hours=st.sampled_from([1, 2, 4]))
    def waits(self, hours):
        self.run(self.moved_clock.advance(timedelta(hours=hours)))

    @rule(hours=st.sampled_from([24, 24 * 15]))
    def waits_long(self, hours):
        if self.run(state_of(self.order_id)) in {"confirmed", "rated", "no_show", "adjudicated"}:
            self.run(self.moved_clock.advance(timedelta(hours=hours)))

    @rule(who=st.integers(0, 1), out=st.booleans())
    def comes_or_goes(self, who, out):
        place_id = self.place(who)
        if place_id is not None:
            command = attending.check_out if out else attending.check_in
            self.ask(command(self.town.elder, place_id))

    @rule(who=st.integers(0, 1))
    def is_confirmed(self, who):
        place_id = self.place(who)
        if place_id is not None:
            self.ask(confirming.confirm_service(self.town.helper, place_id))

    @rule(who=st.integers(0, 1))
    def is_missing(self, who):
        place_id = self.place(who)
        if place_id is not None:
            self.ask(disputing.report_no_show(self.town.elder, place_id))

    @rule(who=st.integers(0, 1))
    def disagrees(self, who):
        place_id = self.place(who)
        if place_id is not None:
            self.ask(
                disputing.dispute_service(self.volunteers[who][0], place_id, reason="不是这样。")
            )

    @rule(who=st.integers(0, 1), outcome=st.sampled_from(DisputeOutcome))
    def is_judged(self, who, outcome):
        place_id = self.place(who)
        if place_id is None:
            return
        starts_at = self.run(
            database.fetch_value(
                "SELECT starts_at FROM matching_order WHERE id = $1", self.order_id
            )
        )
        hours = (starts_at, starts_at + timedelta(minutes=30))
        self.ask(
            disputing.adjudicate_service(
                self.town.second, place_id, Finding(outcome, "已核实。", *hours)
            )
        )

    @rule(who=st.integers(0, 1), both=st.booleans())
    def rates(self, who, both):
        place_id = self.place(who)
        if place_id is not None:
            self.ask(rating.rate_service(self.town.elder, place_id, stars=5))
            if both:
                self.ask(rating.rate_service(self.volunteers[who][0], place_id, stars=4))

    @rule(chance=st.integers(0, 5))
    def is_called_off(self, chance):
        if chance == 5:
            self.ask(calling_off.cancel_order(self.town.elder, self.order_id, reason="不用了。"))

    @rule()
    def falls_due(self):
        for job in (
            jobs.expire_due_offers,
            jobs.begin_due_orders,
            jobs.settle_due_places,
            jobs.tell_near_services,
            jobs.note_unconfirmed_services,
            jobs.close_due_orders,
        ):
            self.run(job())

    @invariant()
    def history_is_a_walk_over_the_steps_of_the_rules(self):
        steps = [ServiceOrderState(each) for each in self.run(steps_of(self.order_id))]
        assert all(step in rules.STEPS for step in pairwise(steps))
        assert self.run(state_of(self.order_id)) == steps[-1].value

    @invariant()
    def no_more_have_places_than_are_wanted(self):
        places, offers = self.run(moving.standing_of(self.order_id))
        gone = {ServicePlaceState.LEFT, ServicePlaceState.CANCELLED, ServicePlaceState.NO_SHOW}
        assert sum(place not in gone for place in places) + offers <= self.wanted

    @invariant()
    def who_is_confirmed_has_a_record_and_nobody_else(self):
        rows = self.run(
            database.fetch(
                "SELECT p.minutes, p.record_id, r.given_minutes FROM matching_place p"
                " LEFT JOIN volunteering_record r ON r.order_place_id = p.id"
                " WHERE p.order_id = $1",
                self.order_id,
            )
        )
        assert all((row["minutes"] or 0) == (row["given_minutes"] or 0) for row in rows)

    def teardown(self):
        """Leave nothing behind that another order's volunteers would be held up by."""

        async def gone():
            await self.moved_clock.advance(timedelta(days=40))
            for job in (jobs.expire_due_offers, jobs.begin_due_orders, jobs.settle_due_places):
                await job()
            await self.moved_clock.advance(timedelta(days=40))
            for job in (jobs.close_due_orders, jobs.close_ended_needs):
                await job()

        self.run(gone())


async def test_an_order_only_takes_steps_of_the_rules_whatever_is_asked(db, moved_clock):
    Order.town, Order.moved_clock = await a_town(), moved_clock
    Order.loop = asyncio.get_running_loop()

    def machine():
        run_state_machine_as_test(
            Order,
            settings=settings(
                max_examples=max(1, STEPS // A_RUN),
                stateful_step_count=A_RUN,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

    await asyncio.to_thread(machine)

    assert await database.fetch_value("SELECT count(*) FROM matching_order") >= 1
