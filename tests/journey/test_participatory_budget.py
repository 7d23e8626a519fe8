"""A participatory budget of the demo town over GraphQL: who asks for what, and who gets a part."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domains.kernel import database
from domains.voting import service
from jobs import voting as work
from schema import node
from seeds import demo
from tests.journey import towns
from tests.voting.factories import Town
from tests.voting.preferences import COUNT, Case, all_cast, an_open_preference, ask, labels

YUAN = 100
BUDGET = 60_000 * YUAN
# Ten projects in the north of 6,000 yuan each, ten in the south of 5,000.
PROJECTS = "灯椅棚路门花书画棋球梯墙桥亭井渠林泉坡石"
COSTS = (6_000 * YUAN,) * 10 + (5_000 * YUAN,) * 10
# Three in four live in the north and want all that lies there; the others all in the south.
NORTH, SOUTH = list(range(1, 11)), list(range(11, 21))
ROLL = 40
BALLOTS = [SOUTH if voter % 4 == 3 else NORTH for voter in range(ROLL)]
BUDGETS = Case(
    "EQUAL_SHARES",
    BALLOTS,
    labels=PROJECTS,
    costs=COSTS,
    terms={"budgetFen": BUDGET, "ruleCode": "PARTICIPATORY_BUDGET", "secrecy": "SECRET"},
)


async def the_town() -> Town:
    """The demo town, with the first residents of its roll to vote."""
    community, committee = await towns.a_town_of_polls()
    voters = await database.fetch(
        "SELECT r.voter_id FROM voting_roll_entry r JOIN voting_poll p ON p.id = r.poll_id"
        " WHERE p.rule_code = 'PARTICIPATORY_BUDGET' ORDER BY r.number LIMIT $1",
        ROLL,
    )
    return Town(
        community=community,
        committee=committee,
        residents=[await demo.acting(row["voter_id"]) for row in voters],
    )


@pytest.mark.parametrize(
    ("rule", "north", "south"), [("EQUAL_SHARES", 7, 3), ("GREEDY_SKIP", 10, 0)]
)
async def test_a_budget_from_projects_to_purchase(moved_clock, rule, north, south):
    town = await the_town()
    poll_id = await an_open_preference(town, replace(BUDGETS, rule=rule))
    await work.open_due_polls()
    await all_cast(town, poll_id, BALLOTS)
    await moved_clock.advance(timedelta(days=1))
    await work.close_due_polls()
    await work.tally_closed_polls()

    shown = await ask(town.residents[0], COUNT, poll=node.encode("poll", poll_id), first=100)

    result, count = shown["poll"]["result"], shown["poll"]["result"]["count"]
    funded = labels(count["winners"]["nodes"])
    assert (shown["poll"]["state"], result["outcome"]) == ("TALLIED", "CHOSEN")
    assert (count["ballots"], count["form"]) == (ROLL, "BUDGET_APPROVAL")
    assert len(set(funded) & set(PROJECTS[:10])) == north
    assert len(set(funded) & set(PROJECTS[10:])) == south
    assert sum(COSTS[PROJECTS.index(each)] for each in funded) <= BUDGET
    stages = count["stages"]["nodes"]
    bought = [each for each in stages if each.get("decision", "FUNDED") == "FUNDED"]
    assert labels(each["project"] for each in bought if "project" in each) == funded
    assert await service.recount(town.residents[0], poll_id) == (result["canonical"].encode(), True)


async def participations_in(poll_id):
    return await database.fetch_value(
        "SELECT count(*) FROM voting_participation t JOIN voting_poll p"
        " ON p.number = t.poll_number WHERE p.id = $1",
        poll_id,
    )


async def test_the_towns_own_open_budget_takes_a_ballot(db):
    town = await the_town()
    poll_id = await database.fetch_value(
        "SELECT id FROM voting_poll WHERE rule_code = 'PARTICIPATORY_BUDGET'"
    )
    before = await participations_in(poll_id)

    await all_cast(replace(town, residents=town.residents[:1]), poll_id, [[1, 4]])

    after = await participations_in(poll_id)
    assert (before > 10, after) == (True, before + 1)
