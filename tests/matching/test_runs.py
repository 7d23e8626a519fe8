"""Runs: what waits is arranged by the matcher, looked at by people, and only then asked for."""

import asyncio
import sys
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, InvalidInput, NotFound, SignInRequired
from domains.matching.errors.runs import (
    NothingToMatch,
    ProposedAlready,
    RulingStands,
    RunStateUnfit,
    RunUnderWay,
)
from domains.matching.service import offering, preferences, reviewing_runs, runs
from domains.matching.service.runs import RunDraft
from domains.matching.values.runs import RulingKind
from jobs import matching as jobs
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.matching import factories as exchange
from tests.matching.factories import an_open_order

LIAR = (sys.executable, "-c", "import sys; sys.stdin.buffer.read(); print('all is well')")


async def a_town():
    """A community whose volunteers may be asked at any time of the week."""
    town = await exchange.a_town()
    await _any_time()
    return town


async def another_volunteer(town):
    """One more, as free as the others."""
    found = await exchange.another_volunteer(town)
    await _any_time()
    return found


async def _any_time():
    await database.execute("DELETE FROM volunteering_availability")


async def a_run_asked_for(town, **changes):
    now = await clock.now()
    draft = RunDraft(
        town.community.id, **({"starts_at": now, "ends_at": now + timedelta(days=7)} | changes)
    )
    run_id, _ = await runs.start_run(town.committee, draft, idempotency_key=uuid4())
    return run_id


async def a_proposal(town, **solver):
    run_id = await a_run_asked_for(town)
    await runs.solve_due_run(**solver)
    return run_id


async def run_row(run_id):
    return await database.fetch_one("SELECT * FROM matching_run WHERE id = $1", run_id)


async def proposed(run_id):
    return await database.fetch(
        "SELECT * FROM matching_run_offer WHERE run_id = $1 ORDER BY order_id, rank", run_id
    )


async def offers():
    return await database.fetch("SELECT * FROM matching_offer ORDER BY rank, id")


async def events(prefix="matching.Run"):
    rows = await database.fetch(
        "SELECT name FROM kernel_outbox WHERE name LIKE $1 ORDER BY id", f"{prefix}%"
    )
    return [row["name"].removeprefix("matching.") for row in rows]


async def test_a_run_proposes_with_reasons_and_nobody_is_asked_before_staff_say_so(db):
    town = await a_town()
    order_id = await an_open_order(town)

    run_id = await a_proposal(town)

    row = await run_row(run_id)
    (first, *reserves) = await proposed(run_id)
    assert (row["state"], row["exact"]) == ("proposed", True)
    assert (first["order_id"], first["rank"], first["decision"]) == (order_id, 1, "proposed")
    assert first["volunteer_id"] in {town.lin_id, town.zhou_id}
    assert [each["rank"] for each in reserves] == [2]
    assert await offers() == []
    assert await events() == ["RunQueued", "RunProposed"]


async def test_what_staff_approve_is_asked_once_also_by_several_workers(db):
    town = await a_town()
    order_id = await an_open_order(town)
    run_id = await a_proposal(town)

    await reviewing_runs.approve_run(town.committee, run_id)
    await asyncio.gather(*(jobs.dispatch_due_runs() for _ in range(4)))

    made = await offers()
    assert [(each["order_id"], each["state"]) for each in made] == [
        (order_id, "offered"),
        (order_id, "reserve"),
    ]
    assert {each["run_id"] for each in made} == {run_id}
    assert (await run_row(run_id))["state"] == "dispatched"


async def test_a_run_is_settled_when_all_have_answered(db):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_proposal(town)
    await reviewing_runs.approve_run(town.committee, run_id)
    await jobs.dispatch_due_runs()
    people = {town.lin_id: town.lin, town.zhou_id: town.zhou}

    assert await jobs.settle_due_runs() == 0
    first, second = await offers()
    await offering.answer_offer(people[first["volunteer_id"]], first["id"], accept=False)
    await offering.answer_offer(people[second["volunteer_id"]], second["id"], accept=True)
    await jobs.settle_due_runs()

    assert (await run_row(run_id))["state"] == "settled"
    assert (await events())[-1] == "RunSettled"


async def test_two_workers_solve_a_run_once(db):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_run_asked_for(town)

    await asyncio.gather(*(runs.solve_due_run() for _ in range(3)))

    assert (await run_row(run_id))["attempts"] == 1
    assert (await events()).count("RunProposed") == 1


async def test_what_a_killed_worker_left_is_taken_over_and_given_up_in_the_end(db, moved_clock):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_run_asked_for(town)
    for _ in range(runs.MOST_ATTEMPTS):
        await runs._taken()
        await moved_clock.advance(timedelta(hours=1))

    await runs.solve_due_run()

    assert (await run_row(run_id))["state"] == "failed"
    assert (await events())[-1] == "RunFailed"


async def test_a_run_that_was_taken_over_keeps_nothing_of_who_came_too_late(db, moved_clock):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_run_asked_for(town)
    late = await runs._taken()
    assert late is not None
    await moved_clock.advance(timedelta(hours=1))
    await runs.solve_due_run()
    before = await proposed(run_id)

    assert await database.execute(runs._SOLVING, run_id, late[1], 1, 1) == 0
    assert await proposed(run_id) == before


async def test_a_solver_that_answers_nonsense_ends_in_a_greedy_arrangement_that_says_so(db):
    town = await a_town()
    await an_open_order(town)

    run_id = await a_proposal(town, solver=LIAR)

    row = await run_row(run_id)
    assert (row["state"], row["exact"]) == ("proposed", False)
    assert "nonsense" in row["note"]
    assert len(await proposed(run_id)) >= 1


async def test_who_opted_out_said_no_or_is_forbidden_is_not_proposed(db):
    town = await a_town()
    order_id = await an_open_order(town)
    _, third_id = await another_volunteer(town)
    need_id = await database.fetch_value(
        "SELECT need_id FROM matching_order WHERE id = $1", order_id
    )
    await preferences.update_preferences(town.lin, is_automatic=False)
    (offer_id,) = await offering.offer_order(town.committee, order_id, [town.zhou_id])
    await offering.answer_offer(town.zhou, offer_id, accept=False)
    await reviewing_runs.rule(
        town.committee, need_id, third_id, kind=RulingKind.FORBID, reason="家属回避"
    )

    run_id = await a_proposal(town)

    assert await proposed(run_id) == []
    unmet = await database.fetch("SELECT * FROM matching_run_unmet WHERE run_id = $1", run_id)
    assert [(each["order_id"], each["places"]) for each in unmet] == [(order_id, 1)]


async def test_staff_pin_take_out_and_add_with_a_reason(db):
    town = await a_town()
    await an_open_order(town)
    _, third_id = await another_volunteer(town)
    run_id = await a_proposal(town)
    rows = await proposed(run_id)
    known = {each["volunteer_id"] for each in rows}
    (order_id,) = {each["order_id"] for each in rows}

    await reviewing_runs.take_out_proposal(town.committee, rows[0]["id"], reason="近期劳累")
    await reviewing_runs.pin_proposal(town.committee, rows[1]["id"], reason="老人熟悉")
    missing = ({town.lin_id, town.zhou_id, third_id} - known) or None
    with pytest.raises(ProposedAlready):
        await reviewing_runs.add_proposal(
            town.committee,
            run_id,
            order_id=order_id,
            volunteer_id=rows[1]["volunteer_id"],
            reason="再加一次",
        )
    await reviewing_runs.approve_run(town.committee, run_id)
    await jobs.dispatch_due_runs()

    made = await offers()
    asked = [each["volunteer_id"] for each in made if each["state"] == "offered"]
    assert asked == [rows[1]["volunteer_id"]]
    assert rows[0]["volunteer_id"] not in {each["volunteer_id"] for each in made}
    assert missing is None or missing.isdisjoint(each["volunteer_id"] for each in made)


async def test_who_may_not_serve_any_more_is_noted_and_not_asked(db):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_proposal(town)
    first = (await proposed(run_id))[0]
    await database.execute(
        "UPDATE volunteering_volunteer SET state = 'withdrawn', withdrawn_at = kernel_now()"
        " WHERE id = $1",
        first["volunteer_id"],
    )

    await reviewing_runs.approve_run(town.committee, run_id)
    await jobs.dispatch_due_runs()

    assert [(each["decision"], each["refusal"]) for each in await proposed(run_id)] == [
        ("refused", "NOT_VOLUNTEER"),
        ("offered", None),
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"days": 0}, InvalidInput),
        ({"days": -1}, InvalidInput),
        ({"days": 29}, InvalidInput),
        ({"seconds": 0}, InvalidInput),
        ({"seconds": 301}, InvalidInput),
        ({"seed": -1}, InvalidInput),
    ],
)
async def test_a_run_that_makes_no_sense_is_refused_and_nothing_is_queued(db, changes, refusal):
    town = await a_town()
    await an_open_order(town)
    now = await clock.now()
    days = changes.pop("days", 7)
    draft = RunDraft(town.community.id, now, now + timedelta(days=days), **changes)

    with pytest.raises(refusal):
        await runs.start_run(town.committee, draft, idempotency_key=uuid4())

    assert await database.fetch_value("SELECT count(*) FROM matching_run") == 0


async def test_nothing_is_arranged_where_nothing_waits_and_one_at_a_time(db):
    town = await a_town()

    with pytest.raises(NothingToMatch):
        await a_run_asked_for(town)
    await an_open_order(town)
    await a_run_asked_for(town)
    with pytest.raises(RunUnderWay):
        await a_run_asked_for(town)

    assert await database.fetch_value("SELECT count(*) FROM matching_run") == 1


async def test_a_proposal_that_nobody_looks_at_for_a_day_gives_way(db, moved_clock):
    town = await a_town()
    await an_open_order(town, ahead_h=96)
    forgotten = await a_proposal(town)

    with pytest.raises(RunUnderWay):
        await a_run_asked_for(town)
    await moved_clock.advance(timedelta(hours=25))
    later = await a_run_asked_for(town)

    states = [(await run_row(each))["state"] for each in (forgotten, later)]
    assert states == ["cancelled", "queued"]
    assert await events() == ["RunQueued", "RunProposed", "RunCancelled", "RunQueued"]


async def test_only_who_keeps_the_exchange_asks_looks_and_decides(db):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_proposal(town)
    (row, *_) = await proposed(run_id)
    stranger = await factories.a_committee_member()
    before = [dict(each) for each in await proposed(run_id)]

    for actor in (stranger, town.lin, ANONYMOUS):
        with pytest.raises(NotFound):
            await reviewing_runs.approve_run(actor, run_id)
        with pytest.raises(NotFound):
            await reviewing_runs.pin_proposal(actor, row["id"], reason="试试")
        with pytest.raises(NotFound):
            await runs.cancel_run(actor, run_id, reason="试试")
    with pytest.raises((Forbidden, NotFound, SignInRequired)):
        now = await clock.now()
        draft = RunDraft(town.community.id, now, now + timedelta(days=1))
        await runs.start_run(town.lin, draft, idempotency_key=uuid4())

    assert [dict(each) for each in await proposed(run_id)] == before
    assert (await run_row(run_id))["state"] == "proposed"


async def test_what_was_approved_is_no_longer_decided_upon(db):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_proposal(town)
    (row, *_) = await proposed(run_id)
    await reviewing_runs.approve_run(town.committee, run_id)

    for command in (reviewing_runs.pin_proposal, reviewing_runs.take_out_proposal):
        with pytest.raises(RunStateUnfit):
            await command(town.committee, row["id"], reason="太晚")
    with pytest.raises(RunStateUnfit):
        await reviewing_runs.approve_run(town.committee, run_id)


async def test_a_ruling_stands_once_and_can_be_ended(db):
    town = await a_town()
    order_id = await an_open_order(town)
    need_id = await database.fetch_value(
        "SELECT need_id FROM matching_order WHERE id = $1", order_id
    )
    given = {"kind": RulingKind.FORBID, "reason": "家属回避"}
    ruling_id = await reviewing_runs.rule(town.committee, need_id, town.lin_id, **given)

    with pytest.raises(RulingStands):
        await reviewing_runs.rule(town.committee, need_id, town.lin_id, **given)
    await reviewing_runs.end_ruling(town.committee, ruling_id)
    run_id = await a_proposal(town)

    assert {each["volunteer_id"] for each in await proposed(run_id)} == {
        town.lin_id,
        town.zhou_id,
    }


LIST = """query ($area: ID!) { matchingRuns(where: {areaId: $area}) { nodes {
  id number state exact stages { name gap } askedBy { name } area { name }
  proposals(first: 10) { nodes { rank distanceM turns order { number } person { name } } }
  unmet(first: 5) { nodes { places reason } } } } }"""


@pytest.mark.parametrize("count", [1, 3])
async def test_a_runs_proposals_are_read_with_as_many_statements_however_many(
    db, statements, count
):
    town = await a_town()
    for number in range(count):
        await an_open_order(town, ahead_h=48 + 3 * number)
    await a_proposal(town)
    asked = {"area": node.encode("area", town.community.id)}
    statements.clear()

    answer = await schema.execute(
        LIST, variable_values=asked, context_value=Context(town.committee)
    )

    assert answer.errors is None
    (run,) = answer.data["matchingRuns"]["nodes"]
    assert len({each["order"]["number"] for each in run["proposals"]["nodes"]}) == count
    assert len(statements) == 7


async def test_who_does_not_keep_the_exchange_sees_no_run(db):
    town = await a_town()
    await an_open_order(town)
    await a_proposal(town)
    asked = {"area": node.encode("area", town.community.id)}

    answer = await schema.execute(LIST, variable_values=asked, context_value=Context(town.lin))

    assert answer.data == {"matchingRuns": {"nodes": []}}
