"""Demands: a tenth of the residents or a fifth of the representatives force an item open."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domains.disclosure.errors import DemandClosed, DemandStanding, ItemUnknown, NotOnTheRoll
from domains.disclosure.rules import questions as rules
from domains.disclosure.rules.questions import Count
from domains.disclosure.service import demands
from domains.disclosure.service.presets.questions import CONTENT
from domains.disclosure.values.questions import DemandReach
from domains.kernel import database
from domains.kernel.actor import ANONYMOUS, Actor, Grant, Role
from domains.kernel.database import Row
from domains.kernel.errors import Forbidden, SignInRequired
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.factories import Town
from tests.disclosure.questions import events


async def raised(town: Town, by: Actor, *, code: str = "R11") -> UUID:
    """A demand that the works of the north gate be made public."""
    demand_id, _ = await demands.raise_demand(
        by,
        town.community.id,
        code=code,
        title="北门改造工程招标",
        text="施工已两月,未见公示。",
        idempotency_key=uuid4(),
    )
    return demand_id


async def demand(demand_id: UUID) -> Row:
    row = await database.fetch_one("SELECT * FROM disclosure_demand WHERE id = $1", demand_id)
    assert row is not None
    return row


async def a_representative(town: Town) -> Actor:
    """A representative who lives elsewhere, so that only the office counts."""
    return await people.an_officer(Role.RESIDENTS_REPRESENTATIVE, town.community, name="周代表")


@pytest.mark.parametrize(
    ("count", "reach"),
    [
        (Count(9, 100, 0, 0), None),
        (Count(10, 100, 0, 0), DemandReach.RESIDENTS),
        (Count(10, 101, 0, 0), None),
        (Count(1, 1000, 1, 6), None),
        (Count(1, 1000, 1, 5), DemandReach.REPRESENTATIVES),
        (Count(0, 0, 0, 0), None),
    ],
)
def test_the_share_is_reached_at_its_number_and_not_one_below(count, reach):
    assert rules.reach_of(CONTENT, count) is reach


async def test_a_tenth_of_the_residents_force_an_item_open(db):
    town = await factories.a_town()
    others = [await people.a_resident(town.community, name=f"居民{n}") for n in range(14)]

    demand_id = await raised(town, town.resident)
    before = await demand(demand_id)
    await demands.support_demand(others[0], demand_id)

    after = await demand(demand_id)
    duty = await database.fetch_one(
        "SELECT * FROM disclosure_obligation WHERE id = $1", after["obligation_id"]
    )
    assert duty is not None
    assert (before["state"], before["residents"], before["resident_roll"]) == ("collecting", 1, 15)
    assert (after["state"], after["residents"], after["reached_by"]) == ("reached", 2, "residents")
    assert (duty["code"], duty["state"], duty["occurrence"]) == (
        "R11",
        "pending",
        "北门改造工程招标",
    )
    assert duty["due_at"] > after["ended_at"] + timedelta(days=14)
    assert await events("DemandReached") == 1
    assert await events("ObligationDue") == 1


async def test_a_fifth_of_the_representatives_force_an_item_open(db):
    town = await factories.a_town()
    for number in range(30):
        await people.a_resident(town.community, name=f"居民{number}")
    representatives = [await a_representative(town) for _ in range(6)]

    demand_id = await raised(town, representatives[0])
    before = await demand(demand_id)
    await demands.support_demand(representatives[1], demand_id)

    after = await demand(demand_id)
    assert (before["state"], before["representatives"], before["representative_roll"]) == (
        "collecting",
        1,
        6,
    )
    assert (after["state"], after["reached_by"]) == ("reached", "representatives")


async def test_what_was_forced_open_and_not_met_is_late_by_itself(moved_clock):
    town = await factories.a_town()
    demand_id = await raised(town, town.resident)
    reached = await demand(demand_id)
    await moved_clock.advance(timedelta(days=30))

    await jobs.mark_late_obligations()

    state = await database.fetch_value(
        "SELECT state FROM disclosure_obligation WHERE id = $1", reached["obligation_id"]
    )
    assert (reached["state"], state) == ("reached", "late")


async def test_who_is_on_no_roll_supports_nothing(db):
    town = await factories.a_town()
    for number in range(20):
        await people.a_resident(town.community, name=f"居民{number}")
    demand_id = await raised(town, town.resident)
    worker = await people.an_officer(Role.SOCIAL_WORKER, town.community, name="外来社工")
    neighbour = await people.a_resident(await people.a_community(name="邻近社区"))
    child = await people.a_resident(
        town.community, name="小明", born=people.BORN.replace(year=2015)
    )

    for actor, refusal in (
        (worker, NotOnTheRoll),
        (child, NotOnTheRoll),
        (neighbour, Forbidden),
        (ANONYMOUS, SignInRequired),
    ):
        with pytest.raises(refusal):
            await demands.support_demand(actor, demand_id)

    assert (await demand(demand_id))["residents"] == 1


async def test_a_grant_that_the_register_does_not_know_counts_for_nothing(db):
    town = await factories.a_town()
    stranger = people.as_actor(
        await people.a_person("过客"),
        Grant(Role.RESIDENTS_REPRESENTATIVE, area_path=town.community.path),
    )

    with pytest.raises(NotOnTheRoll):
        await raised(town, stranger)

    assert await database.fetch_value("SELECT count(*) FROM disclosure_demand") == 0


async def test_supporting_twice_is_once_and_a_demand_lapses_with_its_days(moved_clock):
    town = await factories.a_town()
    for number in range(20):
        await people.a_resident(town.community, name=f"居民{number}")
    demand_id = await raised(town, town.resident)
    await demands.support_demand(town.resident, demand_id)
    counted = (await demand(demand_id))["residents"]
    await moved_clock.advance(timedelta(days=45))

    with pytest.raises(DemandClosed):
        await demands.support_demand(town.resident, demand_id)
    lapsed = await jobs.lapse_due_demands()

    assert (counted, lapsed, (await demand(demand_id))["state"]) == (1, 1, "lapsed")
    assert await events("DemandLapsed") == 1


async def test_only_who_raised_it_gives_a_demand_up(db):
    town = await factories.a_town()
    for number in range(20):
        await people.a_resident(town.community, name=f"居民{number}")
    demand_id = await raised(town, town.resident)
    with pytest.raises(Forbidden):
        await demands.withdraw_demand(town.writer, demand_id)

    await demands.withdraw_demand(town.resident, demand_id)

    assert (await demand(demand_id))["state"] == "withdrawn"
    with pytest.raises(DemandClosed):
        await demands.support_demand(town.resident, demand_id)


async def test_unknown_items_and_second_demands_are_refused(db):
    town = await factories.a_town()
    for number in range(20):
        await people.a_resident(town.community, name=f"居民{number}")
    await raised(town, town.resident)

    with pytest.raises(ItemUnknown):
        await raised(town, town.resident, code="X99")
    with pytest.raises(DemandStanding):
        await raised(town, town.resident)

    assert await database.fetch_value("SELECT count(*) FROM disclosure_demand") == 1
