"""Weights of nothing: no unit without floor area stands on a roll, from wherever it comes."""

import asyncpg
import pytest

from domains.kernel import database
from domains.membership.values import AreaBasis
from domains.voting import service
from domains.voting.errors import AreaUnproven
from domains.voting.service import Remedy, UnitProof
from tests.voting.factories import a_draft, a_drafted_poll
from tests.voting.test_objections import (
    CORRECT,
    OPENS_IN,
    a_public_roll,
    object_to,
    the_roll,
    unit_of,
)
from tests.voting.test_owners import an_estate_of_owners


@pytest.mark.parametrize("area", [0, -1])
async def test_an_entry_is_not_corrected_to_weigh_nothing(db, area):
    town = await an_estate_of_owners(9_000, 12_000)
    home = await unit_of(town.residents[0])
    poll_id = await a_public_roll(town, rule_code="OWNERS_GENERAL")
    before = await the_roll(poll_id)
    owner = town.residents[0].person_id
    objection_id = await object_to(town.residents[1], poll_id, owner, CORRECT, "面积登记有误。")

    with pytest.raises(AreaUnproven):
        await service.decide_objection(
            town.committee,
            objection_id,
            upheld=True,
            reason="以登记簿为准",
            remedy=Remedy(units=(UnitProof(home, area, AreaBasis.REGISTER),)),
        )

    assert await the_roll(poll_id) == before


@pytest.mark.parametrize("area", [0, -1])
@pytest.mark.parametrize("table", ["voting_roll_entry", "voting_roll_unit"])
async def test_the_database_keeps_no_weight_of_nothing(db, area, table):
    town = await an_estate_of_owners(9_000, 12_000)
    poll_id = await a_public_roll(town, rule_code="OWNERS_GENERAL")
    before = await the_roll(poll_id)

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(f"UPDATE {table} SET area_centi_m2 = $1", area)

    assert await the_roll(poll_id) == before


async def test_the_areas_of_a_roll_add_up_to_those_of_its_units(db):
    town = await an_estate_of_owners(9_000, 12_000, 30_001)
    poll_id = await a_drafted_poll(
        town, await a_draft(rule_code="OWNERS_GENERAL", opens_in=OPENS_IN)
    )

    await service.publish_poll(town.committee, poll_id)

    sums = await database.fetch_one(
        "SELECT (SELECT sum(area_centi_m2) FROM voting_roll_entry) AS entries,"
        " (SELECT sum(area_centi_m2) FROM voting_roll_unit) AS units,"
        " (SELECT sum(floor_area_centi_m2) FROM membership_household) AS register"
    )
    assert set(sums.values()) == {51_001}
