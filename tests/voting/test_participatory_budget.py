"""A participatory budget from draft to purchase, over GraphQL: twenty projects, two counts."""

from collections import Counter

import pytest

from domains.voting import rules, service
from domains.voting.models import Option, Poll
from domains.voting.rules.preferences import increment_of, seed_of
from schema import node
from tests.voting.factories import a_town
from tests.voting.preferences import (
    COUNT,
    Case,
    all_cast,
    an_open_preference,
    ask,
    counted,
    labels,
)

YUAN = 100
PROJECTS = "灯椅棚路门花书画棋球梯墙桥亭井渠林泉坡石"
COSTS = tuple((3_000 + 1_700 * (number * 7 % 20)) * YUAN for number in range(20))
BUDGET = 100_000 * YUAN
# Eight want what lies in the north, four what lies in the south; each adds one of their own.
NORTH = [[1, 2, 3, 4, 5, 6, voter] for voter in range(7, 15)]
SOUTH = [[15, 16, 17, voter] for voter in (18, 19, 20, 18)]
BUDGETS = Case(
    "EQUAL_SHARES",
    NORTH + SOUTH,
    labels=PROJECTS,
    costs=COSTS,
    terms={"budgetFen": BUDGET, "ruleCode": "PARTICIPATORY_BUDGET", "secrecy": "SECRET"},
)


def spent(project_labels):
    return sum(COSTS[PROJECTS.index(each)] for each in project_labels)


async def the_pure_count(poll_id, rule):
    """What the rule makes of the same ballots, without the database."""
    poll = await Poll.get(id=poll_id)
    options = await Option.filter(poll_id=poll_id).order_by("position")
    paper = rules.Paper(rules.BallotForm.BUDGET_APPROVAL, len(PROJECTS))
    return rules.count(
        rule,
        [(rules.pack(paper, written), 1) for written in BUDGETS.ballots],
        options=[str(each.id) for each in options],
        seed=seed_of(str(poll_id), bytes(poll.roll_fingerprint)),
        costs=COSTS,
        budget=BUDGET,
        form=rules.BallotForm.BUDGET_APPROVAL,
        increment=YUAN,
    )


async def test_a_budget_in_equal_shares_gives_every_group_its_part(moved_clock):
    town = await a_town(residents=12)
    poll_id = await an_open_preference(town, BUDGETS)
    await all_cast(town, poll_id, BUDGETS.ballots)

    poll = await counted(moved_clock, poll_id, first=100)

    result, count = poll["result"], poll["result"]["count"]
    funded = labels(count["winners"]["nodes"])
    endowment, *purchases = count["stages"]["nodes"]
    pure = await the_pure_count(poll_id, rules.CountingRule.EQUAL_SHARES)
    assert (result["outcome"], result["participated"], count["ballots"]) == ("CHOSEN", 12, 12)
    assert rules.read_result(result["canonical"]).count == pure
    assert count["incrementFen"] == str(YUAN)
    assert set(funded) & set(PROJECTS[14:])
    assert set(funded) & set(PROJECTS[:6])
    assert endowment["costFen"] == spent(funded) <= BUDGET < int(endowment["nextCostFen"])
    assert labels(each["project"] for each in purchases) == funded
    support = Counter(each for written in BUDGETS.ballots for each in written)
    for each in purchases:
        assert each["costFen"] == COSTS[PROJECTS.index(each["project"]["label"])]
        assert each["supporters"] == support[PROJECTS.index(each["project"]["label"]) + 1]
        payment = int(each["paymentFen"]["numerator"]) / int(each["paymentFen"]["denominator"])
        assert each["paidInFull"] * payment <= each["costFen"] + 1


@pytest.mark.parametrize("rule", ["GREEDY_SKIP", "GREEDY_STOP"])
async def test_the_same_ballots_by_greedy_leave_the_smaller_group_less(moved_clock, rule):
    town = await a_town(residents=12)
    poll_id = await an_open_preference(town, BUDGETS.but(rule=rule))
    await all_cast(town, poll_id, BUDGETS.ballots)

    poll = await counted(moved_clock, poll_id, first=100)

    count = poll["result"]["count"]
    stages = count["stages"]["nodes"]
    funded = [each for each in stages if each["decision"] == "FUNDED"]
    pure = await the_pure_count(poll_id, rules.CountingRule[rule])
    assert rules.read_result(poll["result"]["canonical"]).count == pure
    assert labels(each["project"] for each in funded) == labels(count["winners"]["nodes"])
    assert len(stages) == 20
    assert [int(each["score"]) for each in stages] == sorted(
        (int(each["score"]) for each in stages), reverse=True
    )
    assert stages[-1]["remainingFen"] == BUDGET - spent(labels(count["winners"]["nodes"]))
    assert {each["project"]["label"] for each in stages[:6]} == set(PROJECTS[:6])


@pytest.mark.parametrize(
    ("budget", "voters", "increment"),
    [
        (50_000_000, 200, 100),
        (1_000_000, 1, 100),
        (1_000_001, 1, 1_000),
        (1_000_000_000, 30, 10_000),
        (0, 1, 100),
    ],
)
def test_an_endowment_rises_by_a_yuan_or_a_ten_thousandth_of_a_share(budget, voters, increment):
    assert increment_of(budget, voters) == increment


async def test_the_projects_that_won_are_read_in_pages(moved_clock):
    town = await a_town(residents=12)
    poll_id = await an_open_preference(town, BUDGETS)
    await all_cast(town, poll_id, BUDGETS.ballots)
    whole = (await counted(moved_clock, poll_id, first=100))["result"]["count"]["stages"]["nodes"]

    seen, after = [], None
    while True:
        shown = await ask(
            town.residents[0], COUNT, poll=node.encode("poll", poll_id), first=3, after=after
        )
        page = shown["poll"]["result"]["count"]["stages"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == whole
    assert await service.recount(town.committee, poll_id) == (
        (await Poll.get(id=poll_id)).result.encode(),
        True,
    )
