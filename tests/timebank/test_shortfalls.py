"""What a record earned that no longer stands: put right, or owed, settled and waived by two."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.database import transaction
from domains.timebank.queries.ledger import faults
from domains.timebank.service import giving, shortfalls
from jobs import timebank as jobs
from schema import node
from tests.timebank.test_issuing import a_service, held, issue
from tests.timebank.test_ledger import SOUND
from tests.timebank.test_staff_graphql import (
    an_order,
    area,
    does,
    is_refused,
    not_ordered,
    ordered,
)
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import ask

LIST = """
query ($area: ID) { timeShortfalls(areaId: $area) { nodes {
  id state owedMinutes takenMinutes reason account { id } } } }
"""
FIGURES = "query ($area: ID!) { timeBankFigures(areaId: $area) { owedMinutes waivedMinutes } }"


async def put_right(record_id, new=None):
    async with transaction():
        return await shortfalls.put_right(record_id, new, reason="服务记录已更正")


async def spent(*, minutes=90, keeps=0):
    """Somebody whose only credit, of a record, was given away but for some of it."""
    town = await a_town(
        "SHANGHAI", caps={"day": None, "year": None, "total": None, "balance": None}
    )
    lin, account = await a_holder(town)
    _, theirs = await a_holder(town, name="王芳")
    service = await a_service(town, lin, minutes)
    await issue(service)
    await giving.give_minutes(
        lin, account, theirs, minutes=minutes - keeps, idempotency_key=uuid4()
    )
    return town, lin, account, service


async def listed(actor, town):
    return (await ask(actor, LIST, area=area(town)))["timeShortfalls"]["nodes"]


async def test_what_is_still_there_is_taken_back_and_nothing_is_owed(db):
    town = await a_town("SHANGHAI")
    lin, account = await a_holder(town)
    service = await a_service(town, lin, 90)
    await issue(service)

    owed = await put_right(service.record_id, replace(service, record_id=uuid4(), minutes=60))

    assert (owed, await held(account), await faults()) == (0, [60], SOUND)


async def test_a_longer_record_is_put_right_although_the_first_minutes_are_spent(db):
    _, _, account, service = await spent()

    owed = await put_right(service.record_id, replace(service, record_id=uuid4(), minutes=120))

    assert (owed, await held(account), await faults()) == (0, [30], SOUND)


async def test_a_shorter_record_leaves_what_was_spent_too_much_owed(db):
    town, lin, account, service = await spent()
    shorter = replace(service, record_id=uuid4(), minutes=60)

    owed = await put_right(service.record_id, shorter)
    still_shorter = replace(service, record_id=uuid4(), minutes=50)
    more = await put_right(shorter.record_id, still_shorter)

    assert (owed, more, await held(account), await faults()) == (30, 10, [0], SOUND)
    assert [each["owedMinutes"] for each in await listed(lin, town)] == [10, 30]


async def test_a_revoked_record_that_was_spent_is_told_to_staff_and_the_holder(db):
    town, lin, account, service = await spent(keeps=20)
    stranger, _ = await a_holder(town, name="陌生人")
    other = await a_town(name="向阳社区")

    owed = await put_right(service.record_id)
    again = await put_right(service.record_id)

    told = await database.fetch_value(
        "SELECT payload ->> 'minutes' FROM kernel_outbox WHERE name = 'timebank.MinutesOwed'"
    )
    (kept,) = await listed(town.keeper, town)
    assert (owed, again, told) == (90, 0, "90")
    assert (kept["state"], kept["owedMinutes"], kept["reason"]) == ("OPEN", 90, "服务记录已更正")
    assert [each["id"] for each in await listed(lin, town)] == [kept["id"]]
    assert (await listed(stranger, town), await listed(other.keeper, town)) == ([], [])
    assert (await held(account), await faults()) == ([20], SOUND)


async def test_two_of_the_staff_settle_it_by_agreement_and_the_rest_is_let_go(db):
    town, _, account, service = await spent(keeps=40)
    await put_right(service.record_id)
    (case,) = await listed(town.keeper, town)

    done = await ordered(town, "SETTLEMENT", shortfallId=case["id"], minutes=30)
    await jobs.take_figures()
    figures = await ask(town.keeper, FIGURES, area=area(town))

    (closed,) = await listed(town.keeper, town)
    assert (done["order"]["state"], closed["state"]) == ("CARRIED_OUT", "SETTLED")
    assert (closed["takenMinutes"], await held(account)) == (30, [10])
    assert figures["timeBankFigures"] == {"owedMinutes": 0, "waivedMinutes": 60}
    assert await faults() == SOUND


async def test_what_is_owed_is_in_the_figures_until_it_is_waived(db):
    town, _, account, service = await spent()
    await put_right(service.record_id)
    (case,) = await listed(town.keeper, town)

    await jobs.take_figures()
    figures = await ask(town.keeper, FIGURES, area=area(town))
    await ordered(town, "WAIVER", shortfallId=case["id"])

    (closed,) = await listed(town.keeper, town)
    assert figures["timeBankFigures"] == {"owedMinutes": 90, "waivedMinutes": 0}
    assert (closed["state"], closed["takenMinutes"], await held(account)) == ("WAIVED", 0, [0])


async def test_a_settlement_that_the_account_does_not_hold_waits_and_moves_nothing(db):
    town, _, account, service = await spent(keeps=10)
    await put_right(service.record_id)
    (case,) = await listed(town.keeper, town)

    code = await not_ordered(town, "SETTLEMENT", shortfallId=case["id"], minutes=30)
    second = await is_refused(
        town.keeper,
        "proposeTimeOrder",
        **an_order(town, "WAIVER", shortfallId=case["id"]),
    )

    (still,) = await listed(town.keeper, town)
    assert (code, second) == ("INSUFFICIENT_BALANCE", "ALREADY_DECIDED")
    assert (still["state"], await held(account)) == ("OPEN", [10])


@pytest.mark.parametrize("minutes", [0, -5, 91, 10**9])
async def test_more_than_is_owed_or_nothing_is_not_settled(db, minutes):
    town, _, account, service = await spent(keeps=40)
    await put_right(service.record_id)
    (case,) = await listed(town.keeper, town)

    code = await is_refused(
        town.keeper,
        "proposeTimeOrder",
        **an_order(town, "SETTLEMENT", shortfallId=case["id"], minutes=minutes),
    )

    assert (code, await held(account)) == ("MINUTES_OUT_OF_RANGE", [40])


async def test_nobody_settles_their_own_alone_or_another_communitys(db):
    town, lin, _, service = await spent()
    await put_right(service.record_id)
    (case,) = await listed(town.keeper, town)
    other = await a_town(name="向阳社区")
    own = replace(lin, grants=town.keeper.grants)
    asked = an_order(town, "WAIVER", shortfallId=case["id"])

    mine = await is_refused(own, "proposeTimeOrder", **asked)
    elsewhere = await is_refused(
        other.keeper, "proposeTimeOrder", **an_order(other, "WAIVER", shortfallId=case["id"])
    )
    made = await does(town.keeper, "proposeTimeOrder", **asked)
    alone = await is_refused(
        town.keeper,
        "decideTimeOrder",
        orderId=made["order"]["id"],
        approved=True,
        reason="同意",
    )

    assert (mine, elsewhere, alone) == (
        *("OWN_ACCOUNT_CONCERNED", "NOT_FOUND"),
        "ANOTHER_MUST_APPROVE",
    )
    assert [each["state"] for each in await listed(town.keeper, town)] == ["OPEN"]


async def test_a_case_is_closed_once_whoever_is_at_it_together(db):
    town, _, account, service = await spent(keeps=60)
    await put_right(service.record_id)
    (case,) = await listed(town.keeper, town)
    made = await does(
        town.keeper,
        "proposeTimeOrder",
        **an_order(town, "SETTLEMENT", shortfallId=case["id"], minutes=50),
    )
    decision = {"orderId": made["order"]["id"], "approved": True, "reason": "同意"}

    await asyncio.gather(*(does(town.second, "decideTimeOrder", **decision) for _ in range(4)))

    assert (await held(account), await faults()) == ([10], SOUND)


async def test_the_account_that_was_closed_meanwhile_owes_what_it_had(db):
    town, lin, account, service = await spent()
    await database.execute(
        "UPDATE timebank_account SET closed_at = kernel_now() WHERE id = $1", account
    )

    owed = await put_right(service.record_id)

    assert (owed, [each["owedMinutes"] for each in await listed(lin, town)]) == (90, [90])


async def test_the_database_itself_ties_orders_to_what_they_close(db):
    town, _, account, service = await spent()
    await put_right(service.record_id)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            "UPDATE timebank_shortfall SET state = 'waived' WHERE account_id = $1", account
        )

    (case,) = await listed(town.keeper, town)
    assert node.known("time_shortfall", case["id"]) is not None
    assert case["state"] == "OPEN"
