"""News of runs: to who keeps the exchange, live and as notices; to who keeps money, to answer."""

from datetime import timedelta

from domains.kernel import database
from domains.matching.service import reviewing_runs, runs
from jobs import outbox
from schema import node
from tests.matching import exchange
from tests.matching.factories import a_town, an_open_order
from tests.matching.test_requirements import (
    COSTS,
    a_proposal,
    a_run_asked_for,
    an_order,
    approved,
    parties,
)
from tests.notifications.telling import all_told, people_told, said_to

RUN = "subscription ($id: ID!) { matchingRunChanged(runId: $id) { runId state } }"
CODES = ("RUN_PROPOSED", "RUN_FAILED", "MONEY_PROPOSED")


async def test_a_run_is_heard_of_when_it_proposes_something(db, hall):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_run_asked_for(town)
    await outbox.relay()
    of = {"id": node.encode("matching_run", run_id)}

    async with hall.joined(town.committee) as client:
        await client.subscribe("n", RUN, variables=of)
        await hall.settled(1)
        await runs.solve_due_run()
        await outbox.relay()
        message = await client.hear()

    assert message["type"] == "next", message
    assert message["payload"]["data"]["matchingRunChanged"] == {
        "runId": of["id"],
        "state": "PROPOSED",
    }


async def test_who_does_not_keep_the_exchange_hears_of_no_run(db, hall):
    town = await a_town()
    await an_open_order(town)
    run_id = await a_run_asked_for(town)

    async with hall.joined(town.lin) as client:
        await client.subscribe("n", RUN, variables={"id": node.encode("matching_run", run_id)})
        message = await client.hear()

    assert message["type"] == "complete"


async def test_committee_and_social_workers_are_told_of_an_arrangement_to_review(db):
    found = await parties()
    await an_open_order(found.town)
    run_id = await a_proposal(found.town)

    await all_told(CODES)
    told = await people_told("RUN_PROPOSED")
    said = set((await said_to("RUN_PROPOSED")).values())
    await reviewing_runs.approve_run(found.town.committee, run_id)
    await all_told(CODES)

    keepers = (found.town.committee, found.town.second, found.worker)
    assert told == sorted(exchange.who(each) for each in keepers)
    assert said == {"同心社区有一份匹配方案,涉及 1 个服务单;审核同意后才会派单。"}
    assert await people_told("RUN_PROPOSED") == []


async def test_they_are_told_that_no_arrangement_could_be_made(db, moved_clock):
    found = await parties()
    await an_open_order(found.town)
    run_id = await a_run_asked_for(found.town)
    for _ in range(runs.MOST_ATTEMPTS):
        await runs._taken()
        await moved_clock.advance(timedelta(hours=1))
    await runs.solve_due_run()
    state = await database.fetch_value("SELECT state FROM matching_run WHERE id = $1", run_id)

    await all_told(CODES)

    assert (state, len(await people_told("RUN_FAILED"))) == ("failed", 3)


async def test_who_keeps_the_money_is_told_that_it_is_asked_for(db):
    found = await parties()
    await exchange.a_fund(found.exchange, fen=80_000)
    await an_order(found.town, COSTS)
    await approved(found.town)

    await all_told(CODES)

    keepers = (found.town.committee, found.town.second, found.exchange.treasurer)
    assert await people_told("MONEY_PROPOSED") == sorted(exchange.who(each) for each in keepers)
