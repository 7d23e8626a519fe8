"""Budgets beyond what Int holds, through the contract."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from schema import node
from schema.context import Context
from schema.root import schema
from tests.voting.asking import done
from tests.voting.factories import a_town

CREATE = """
mutation ($input: CreatePollInput!) {
  createPoll(input: $input) {
    __typename ... on PollPayload { poll { budgetFen options { costFen } } }
    ... on UserError { code } }
}
"""
LARGEST = 2**53 - 1


async def given(town, budget, *costs):
    opens_at = await clock.now() + timedelta(hours=1)
    return {
        "areaId": node.encode("area", town.community.id),
        "idempotencyKey": str(uuid4()),
        "poll": {
            "title": "街道三年改造预算",
            "method": "PREFERENCE",
            "countingRule": "EQUAL_SHARES",
            "ruleCode": "PARTICIPATORY_BUDGET",
            "budgetFen": budget,
            "options": [
                {"label": f"项目{number}", "costFen": cost} for number, cost in enumerate(costs)
            ],
            "opensAt": opens_at.isoformat(),
            "closesAt": (opens_at + timedelta(days=1)).isoformat(),
        },
    }


async def test_a_budget_beyond_twenty_million_yuan_is_exact(db):
    town = await a_town()

    made = await done(
        town.committee, CREATE, input=await given(town, LARGEST, 3_000_000_000, LARGEST)
    )

    assert made["poll"] == {
        "budgetFen": LARGEST,
        "options": [{"costFen": 3_000_000_000}, {"costFen": LARGEST}],
    }


@pytest.mark.parametrize("budget", [LARGEST + 1, 1.5, "100", True])
async def test_what_is_no_whole_number_of_fen_is_bad_input(db, budget):
    town = await a_town()

    answer = await schema.execute(
        CREATE, {"input": await given(town, budget, 100, 200)}, Context(town.committee)
    )

    assert answer.data is None
    assert len(answer.errors) == 1
    assert await database.fetch_value("SELECT count(*) FROM voting_poll") == 0
