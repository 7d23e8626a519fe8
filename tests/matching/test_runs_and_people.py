"""What a run may ask of people: nobody is compelled, and nobody learns what is another's."""

import asyncio
import sys
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM
from domains.matching.rules.distance import Point
from domains.matching.service import (
    calling_off,
    leaving,
    offering,
    preferences,
    reviewing_runs,
    rule_sets,
    runs,
    seating,
    snapshots,
)
from domains.matching.service.details import Private
from domains.matching.service.rule_sets import MatchingRulesDraft
from domains.matching.solving import process
from domains.matching.values.runs import RulingKind
from jobs import matching as jobs
from schema import node
from schema.context import Context
from schema.root import schema
from tests.matching.factories import (
    a_draft,
    an_open_order,
    another_volunteer,
    offer_states,
    offered,
    place_in,
    state_of,
    taken,
)
from tests.matching.test_runs import a_proposal, a_run_asked_for, a_town, offers, proposed, run_row
from tests.volunteering.factories import registered

HOME = Point(34_261_000, 117_185_000)
FAR = Point(34_301_000, 117_185_000)
DEAD = (sys.executable, "-c", "import sys; sys.exit(3)")


async def need_of(order_id):
    return await database.fetch_value("SELECT need_id FROM matching_order WHERE id = $1", order_id)


async def pinned(town, order_id, volunteer_id, kind=RulingKind.PIN):
    need_id = await need_of(order_id)
    return await reviewing_runs.rule(
        town.committee, need_id, volunteer_id, kind=kind, reason="老人熟悉"
    )


async def dispatched(town, run_id):
    await reviewing_runs.approve_run(town.committee, run_id)
    await jobs.dispatch_due_runs()


async def taken_over():
    """A run that a worker holds, and by which lease."""
    found = await runs._taken()
    assert found is not None
    assert found[1] is not None
    return found[0], found[1]


async def refusals(run_id):
    return {each["volunteer_id"]: each["refusal"] for each in await proposed(run_id)}


async def test_whom_staff_pin_for_a_need_is_asked_first_and_may_say_no(db):
    town = await a_town()
    order_id = await an_open_order(town)
    await pinned(town, order_id, town.zhou_id)

    run_id = await a_proposal(town)
    (row,) = await proposed(run_id)
    await dispatched(town, run_id)
    (offer,) = await offers()
    await offering.answer_offer(town.zhou, offer["id"], accept=False)

    assert (row["volunteer_id"], row["decision"], row["rank"]) == (town.zhou_id, "pinned", 1)
    assert (row["reason"], row["decided_by_id"]) == ("老人熟悉", town.committee.person_id)
    assert (offer["is_pinned"], offer["volunteer_id"]) == (True, town.zhou_id)
    assert await state_of(order_id) == "open"


async def test_a_pin_neither_asks_again_who_said_no_nor_who_opted_out(db):
    town = await a_town()
    order_id = await an_open_order(town, people_wanted=2)
    await pinned(town, order_id, town.lin_id)
    await pinned(town, order_id, town.zhou_id)
    (offer_id,) = await offered(town, order_id, town.zhou_id)
    await offering.answer_offer(town.zhou, offer_id, accept=False)
    await preferences.update_preferences(town.lin, is_automatic=False)

    run_id = await a_proposal(town)

    assert await proposed(run_id) == []
    unmet = await database.fetch("SELECT places FROM matching_run_unmet WHERE run_id = $1", run_id)
    assert [each["places"] for each in unmet] == [2]


async def test_more_pins_than_places_leave_what_was_promised_alone(db):
    town = await a_town()
    order_id = await an_open_order(town, people_wanted=2, may_be_taken=True)
    third, _ = await another_volunteer(town)
    await taken(third, order_id)
    await pinned(town, order_id, town.lin_id)
    await pinned(town, order_id, town.zhou_id)

    run_id = await a_proposal(town)

    (row,) = await proposed(run_id)
    assert (row["volunteer_id"], row["decision"]) == (town.lin_id, "pinned")


async def test_the_reasons_of_a_proposal_tell_what_is_known_and_nothing_assumed(db):
    town = await a_town()
    await preferences.update_preferences(town.lin, is_automatic=True, position=FAR)
    await an_open_order(town)

    nowhere = await proposed(await a_proposal(town))

    assert {each["volunteer_id"] for each in nowhere} == {town.lin_id, town.zhou_id}
    assert [(each["distance_m"], each["is_free"]) for each in nowhere] == [(None, None)] * 2


async def test_only_who_said_where_they_are_is_told_how_far_it_is(db):
    town = await a_town()
    near = Point(HOME.latitude_e6 + 9_000, HOME.longitude_e6)
    await preferences.update_preferences(town.lin, is_automatic=True, position=near)
    await an_open_order(town, private=Private(position=HOME))

    rows = await proposed(await a_proposal(town))

    assert {each["volunteer_id"]: each["distance_m"] for each in rows} == {
        town.lin_id: 1000,
        town.zhou_id: None,
    }


async def test_nobody_is_proposed_to_serve_themselves(db):
    town = await a_town()
    elder_id = await registered(town.elder, town.community)
    await database.execute("DELETE FROM volunteering_availability")
    await an_open_order(town)

    rows = await proposed(await a_proposal(town))

    assert elder_id not in {each["volunteer_id"] for each in rows}
    assert {each["volunteer_id"] for each in rows} == {town.lin_id, town.zhou_id}


async def test_who_is_ruled_out_after_the_proposal_is_not_asked(db):
    town = await a_town()
    order_id = await an_open_order(town)
    run_id = await a_proposal(town)
    await pinned(town, order_id, town.lin_id, RulingKind.FORBID)

    await dispatched(town, run_id)

    assert await refusals(run_id) == {town.lin_id: "RULED_OUT", town.zhou_id: None}
    assert [each["volunteer_id"] for each in await offers()] == [town.zhou_id]


async def test_a_week_that_filled_up_since_the_proposal_is_not_filled_further(db):
    town = await a_town()
    order_id = await an_open_order(town)
    starts_at = await database.fetch_value(
        "SELECT starts_at FROM matching_order WHERE id = $1", order_id
    )
    run_id = await a_proposal(town)
    same_week = [
        at for at in (-24, 24) if _week(starts_at + timedelta(hours=at)) == _week(starts_at)
    ]
    draft = await a_draft(town, ahead_h=48 + same_week[0], hours=7, may_be_taken=True)
    await taken(town.lin, await an_open_order(town, draft))

    await dispatched(town, run_id)
    await offered(town, order_id, town.lin_id)

    assert await refusals(run_id) == {town.lin_id: "WEEK_FULL", town.zhou_id: None}
    made = {each["volunteer_id"]: each["state"] for each in await offers()}
    assert made == {town.zhou_id: "offered", town.lin_id: "reserve"}


def _week(at):
    return (at + timedelta(hours=8)).isocalendar()[:2]


async def test_who_goes_less_far_since_the_proposal_is_not_asked(db):
    town = await a_town()
    near = Point(HOME.latitude_e6 + 9_000, HOME.longitude_e6)
    await preferences.update_preferences(town.lin, is_automatic=True, position=near)
    await an_open_order(town, private=Private(position=HOME))
    run_id = await a_proposal(town)
    await preferences.update_preferences(town.lin, is_automatic=True, position=FAR)

    await dispatched(town, run_id)

    assert await refusals(run_id) == {town.lin_id: "TOO_FAR_AWAY", town.zhou_id: None}


async def test_an_order_called_off_while_it_is_arranged_is_offered_to_nobody(db):
    town = await a_town()
    order_id = await an_open_order(town)
    run_id = await a_proposal(town)
    await reviewing_runs.approve_run(town.committee, run_id)

    await calling_off.cancel_order(town.elder, order_id, reason="住院了。")
    await jobs.dispatch_due_runs()

    assert await offers() == []
    assert set((await refusals(run_id)).values()) == {"ORDER_STATE_UNFIT"}
    assert (await state_of(order_id), (await run_row(run_id))["state"]) == (
        *("cancelled", "dispatched"),
    )


async def test_an_order_called_off_as_its_offers_are_made_keeps_none_of_them(db):
    town = await a_town()
    order_id = await an_open_order(town)
    run_id = await a_proposal(town)
    await reviewing_runs.approve_run(town.committee, run_id)

    await asyncio.gather(
        calling_off.cancel_order(town.elder, order_id, reason="住院了。"),
        jobs.dispatch_due_runs(),
    )

    assert await state_of(order_id) == "cancelled"
    assert {each["state"] for each in await offers()} <= {"withdrawn"}


async def test_an_order_called_off_while_the_solver_works_ends_nothing_but_itself(db):
    town = await a_town()
    gone = await an_open_order(town)
    stays = await an_open_order(town, ahead_h=60)
    run_id = await a_run_asked_for(town)
    asked, lease = await taken_over()
    snapshot = await snapshots.snapshot_of(asked)
    await database.execute(runs._SOLVING, run_id, lease, 2, 2)
    await calling_off.cancel_order(town.elder, gone, reason="住院了。")
    await runs._keep(asked, lease, snapshot, await process.propose(snapshot))

    await dispatched(town, run_id)

    assert {each["order_id"] for each in await offers()} == {stays}
    assert await state_of(gone) == "cancelled"


async def test_who_comes_too_late_does_not_fail_the_run_of_who_took_it_over(db, moved_clock):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_run_asked_for(town)
    asked, late = await taken_over()
    await moved_clock.advance(timedelta(hours=1))
    _, lease = await taken_over()

    await runs._fail(asked, late, "too late")
    stands = await run_row(run_id)
    await runs._fail(asked, lease, "no arrangement could be made")

    assert (stands["state"], stands["lease_id"]) == ("snapshot", lease)
    assert (await run_row(run_id))["state"] == "failed"


async def test_a_solver_that_dies_leaves_an_arrangement_that_says_it_is_greedy(db):
    town = await a_town()
    await an_open_order(town)

    row = await run_row(await a_proposal(town, solver=DEAD))

    assert (row["state"], row["exact"]) == ("proposed", False)


STEPS = """query ($id: ID!) { node(id: $id) { ... on ServiceOrder {
  steps { toState reason } places { reason isMine } offers { note rank } } } }"""


async def seen(actor, order_id):
    asked = {"id": node.encode("service_order", order_id)}
    answer = await schema.execute(STEPS, variable_values=asked, context_value=Context(actor))
    assert answer.errors is None
    return answer.data["node"]


async def test_why_somebody_gave_a_place_back_is_not_told_to_who_has_it_next(db):
    town = await a_town()
    order_id = await an_open_order(town)
    await offered(town, order_id, town.lin_id, town.zhou_id)
    await offering.answer_offer(town.lin, (await offers())[0]["id"], accept=True)
    await leaving.leave_place(town.lin, await place_in(order_id, town.lin), reason="要住院手术。")
    await offering.answer_offer(town.zhou, (await offers())[1]["id"], accept=True)

    next_one, staff = await seen(town.zhou, order_id), await seen(town.committee, order_id)

    assert "住院" not in str(next_one)
    assert [each["isMine"] for each in next_one["places"]] == [True]
    assert {each["reason"] for each in staff["places"]} == {"要住院手术。", None}


async def test_what_staff_noted_of_a_decision_is_not_told_to_who_is_asked(db):
    town = await a_town()
    order_id = await an_open_order(town)
    run_id = await a_proposal(town)
    first = (await proposed(run_id))[0]
    await reviewing_runs.pin_proposal(town.committee, first["id"], reason="周强近期有病,改派")
    await dispatched(town, run_id)
    people = {town.lin_id: town.lin, town.zhou_id: town.zhou}

    told = await seen(people[first["volunteer_id"]], order_id)

    assert told["offers"] == [{"note": None, "rank": 1}]
    assert (await proposed(run_id))[0]["reason"] == "周强近期有病,改派"


async def test_who_is_asked_learns_nothing_of_others_who_were_asked_or_said_no(db):
    town = await a_town()
    order_id = await an_open_order(town)
    await offered(town, order_id, town.lin_id, town.zhou_id)
    await offering.answer_offer(town.lin, (await offers())[0]["id"], accept=False)

    second = await seen(town.zhou, order_id)

    assert await offer_states(order_id) == [(1, "declined"), (2, "offered")]
    assert (second["steps"], second["places"]) == ([], [])
    assert second["offers"] == [{"note": None, "rank": 2}]


async def test_the_snapshot_holds_ids_and_integers_and_no_word_about_anybody(db):
    town = await a_town()
    await an_open_order(town, private=Private("糖尿病,少糖。", "3号楼501室", HOME))
    await a_run_asked_for(town)
    asked, _ = await taken_over()

    text = (await snapshots.snapshot_of(asked)).to_bytes().decode()

    for private in ("糖尿病", "501", "陈桂英", "林芳", "送午餐", str(town.elder.person_id)):
        assert private not in text
    assert str(town.lin_id) in text


@pytest.mark.parametrize("count", [1, 3])
async def test_rulings_are_read_with_as_many_statements_however_many(db, statements, count):
    town = await a_town()
    order_id = await an_open_order(town)
    _, third_id = await another_volunteer(town)
    for volunteer_id in (town.lin_id, town.zhou_id, third_id)[:count]:
        await pinned(town, order_id, volunteer_id)
    asked = {"need": node.encode("need", await need_of(order_id))}
    statements.clear()

    answer = await schema.execute(
        "query ($need: ID!) {"
        " matchingRulings(needId: $need) { kind person { name } by { name } } }",
        variable_values=asked,
        context_value=Context(town.committee),
    )

    assert answer.errors is None
    assert len(answer.data["matchingRulings"]) == count
    assert len(statements) == 2


async def test_a_community_that_wants_it_is_arranged_once_a_day(db, moved_clock):
    town = await a_town()
    await an_open_order(town, ahead_h=100)
    before = await jobs.queue_daily_runs()
    draft = MatchingRulesDraft(
        await clock.today() + timedelta(days=1), "居民会议决定。", (("dailyRunDays", 7),)
    )
    await rule_sets.adopt_rules(SYSTEM, town.community.id, draft, idempotency_key=uuid4())
    await moved_clock.advance(timedelta(days=1))

    queued = [await jobs.queue_daily_runs() for _ in range(2)]

    run = await database.fetch_one("SELECT * FROM matching_run")
    assert run is not None
    assert (before, queued, run["asked_by_id"]) == (0, [1, 0], None)
    assert run["ends_at"] - run["starts_at"] == timedelta(days=7)


async def test_two_at_once_take_the_last_place_while_a_run_asks(db):
    town = await a_town()
    order_id = await an_open_order(town, may_be_taken=True)
    third, _ = await another_volunteer(town)
    run_id = await a_proposal(town)
    await reviewing_runs.approve_run(town.committee, run_id)

    await asyncio.gather(
        seating.take_order(third, order_id), jobs.dispatch_due_runs(), return_exceptions=True
    )

    row = await database.fetch_one(
        "SELECT (SELECT count(*) FROM matching_place WHERE state = 'accepted')::int AS places,"
        " (SELECT count(*) FROM matching_offer WHERE state = 'offered')::int AS offers"
    )
    assert row["places"] + row["offers"] == 1
