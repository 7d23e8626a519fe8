"""What lapses unused, each once and told before; and the figures for everybody."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.timebank.queries.ledger import faults
from domains.timebank.values import AccountKind
from jobs import timebank as jobs
from schema import node
from tests import factories
from tests.timebank.test_giving_graphql import GIVE, a_gift
from tests.timebank.test_honouring import does, offered, reserved
from tests.timebank.test_ledger import SOUND
from tests.timebank.test_staff_graphql import held, ordered, own
from tests.timebank.town import a_holder, a_town, an_account_of
from tests.voting.asking import ask, done

EXPIRING = {"expiry": {"years": 2, "noticeDays": 60}}
FIGURES = """
query ($id: ID!) { timeBankFigures(areaId: $id) {
  communities holders outstandingMinutes poolMinutes reserveMinutes issuedMinutes redeemedMinutes
  lapsedMinutes redemptionPerMille reserveCoverPerMille
  ages { underOneYear oneToTwoYears twoToThreeYears threeToFiveYears overFiveYears } } }
"""


async def told():
    return await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'timebank.ExpiryNear'"
    )


async def test_nothing_lapses_where_the_scheme_does_not_say_so(moved_clock):
    town = await a_town()
    _, mine = await a_holder(town, 100)
    await moved_clock.advance(timedelta(days=365 * 20))

    assert await jobs.tell_near_expiries() == 0
    assert await jobs.settle_due_expiries() == 0
    assert await held(mine) == [100]


async def test_what_is_old_lapses_once_after_it_was_told_and_what_is_young_stays(moved_clock):
    town = await a_town(**EXPIRING)
    lin, mine = await a_holder(town, 100)
    await moved_clock.advance(timedelta(days=365))
    await an_account_of(town, lin, 30)
    await moved_clock.advance(timedelta(days=345))

    warned = [await jobs.tell_near_expiries(), await jobs.tell_near_expiries()]
    before = await jobs.settle_due_expiries()
    await moved_clock.advance(timedelta(days=95))
    lapsed = [await jobs.settle_due_expiries(), await jobs.settle_due_expiries()]

    assert (warned, await told(), before, lapsed) == ([1, 0], 1, 0, [1, 0])
    assert await held(mine, (await own(town))[AccountKind.EXPIRED]) == [30, 100]
    assert await faults() == SOUND


async def test_what_is_spent_after_it_was_told_does_not_lapse(moved_clock):
    town = await a_town("SHANGHAI", **EXPIRING)
    lin, mine = await a_holder(town, 100)
    _, theirs = await a_holder(town, name="王芳")
    await moved_clock.advance(timedelta(days=710))
    await jobs.tell_near_expiries()
    await done(lin, GIVE, input=a_gift(mine, theirs, 80))
    await moved_clock.advance(timedelta(days=95))

    await jobs.settle_due_expiries()

    assert await held(mine, theirs) == [0, 80]


async def test_what_is_held_for_a_reservation_does_not_lapse(moved_clock):
    town = await a_town(reservationDays=300, **EXPIRING)
    lin, mine = await a_holder(town, 100)
    await moved_clock.advance(timedelta(days=710))
    await jobs.tell_near_expiries()
    await reserved(lin, await offered(town), mine)
    await moved_clock.advance(timedelta(days=95))

    await jobs.settle_due_expiries()

    assert await held(mine) == [60]
    assert await faults() == SOUND


async def figures_of(area_id):
    return (await ask(ANONYMOUS, FIGURES, id=node.encode("area", area_id)))["timeBankFigures"]


async def test_everybody_sees_what_is_owed_how_old_it_is_and_what_was_honoured(moved_clock):
    town = await a_town()
    old = [await a_holder(town, 100, name=f"居民{number}") for number in range(5)]
    await moved_clock.advance(timedelta(days=400))
    lin, mine = old[0]
    await an_account_of(town, lin, 60)
    made = await reserved(lin, await offered(town), mine)
    await does(town.keeper, "honourTimeReservation", reservationId=made["id"])
    await ordered(town, "ENDOWMENT", minutes=250)

    taken = [await jobs.take_figures(), await jobs.take_figures()]

    assert taken == [1, 0]
    assert await figures_of(town.community.id) == {
        "communities": 1,
        "holders": 5,
        "outstandingMinutes": 500,
        "poolMinutes": 0,
        "reserveMinutes": 250,
        "issuedMinutes": 560,
        "redeemedMinutes": 60,
        "lapsedMinutes": 0,
        "redemptionPerMille": 107,
        "reserveCoverPerMille": 500,
        "ages": {
            "underOneYear": 60,
            "oneToTwoYears": 440,
            "twoToThreeYears": 0,
            "threeToFiveYears": 0,
            "overFiveYears": 0,
        },
    }


async def test_a_city_is_its_communities_together_and_few_holders_are_not_told_apart(db):
    district = await factories.a_district()
    street = await factories.a_street(district)
    here = await a_town(street=street)
    there = await a_town(street=street, name="邻里社区")
    await a_holder(here, 100)
    await a_holder(there, 50)

    await jobs.take_figures()

    together = await figures_of(district.id)
    assert (together["communities"], together["holders"]) == (2, 2)
    assert together["outstandingMinutes"] == 150
    assert together["ages"] is None
    assert await figures_of(uuid4()) is None


async def test_figures_that_were_taken_are_not_changed(db):
    await a_town()
    await jobs.take_figures()

    with pytest.raises(asyncpg.PostgresError):
        await database.execute("UPDATE timebank_figures SET outstanding_minutes = 0")

    assert await database.fetch_value("SELECT count(*) FROM timebank_figures") == 1


async def test_many_workers_at_once_tell_lapse_and_count_each_once(moved_clock):
    town = await a_town(**EXPIRING)
    accounts = [(await a_holder(town, 100, name=f"居民{number}"))[1] for number in range(6)]
    await moved_clock.advance(timedelta(days=710))

    warned = await asyncio.gather(*(jobs.tell_near_expiries() for _ in range(4)))
    await moved_clock.advance(timedelta(days=95))
    await asyncio.gather(*(jobs.settle_due_expiries() for _ in range(4)))
    await asyncio.gather(*(jobs.take_figures() for _ in range(4)))

    lapses = await database.fetch_value(
        "SELECT count(*) FROM timebank_transfer WHERE kind = 'expiry'"
    )
    assert (sum(warned), await told(), lapses) == (6, 6, 6)
    assert await held(*accounts) == [0] * 6
    assert await database.fetch_value("SELECT count(*) FROM timebank_figures") == 1
    assert await faults() == SOUND
