"""An owners' assembly of the demo town over GraphQL: heads and floor area together, by law."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.voting import service
from jobs import voting as work
from schema import node
from schema.context import Context
from schema.root import schema
from seeds import demo
from tests.conftest import Clock
from tests.journey import towns


async def ask(actor: Actor, document: str, **variables: Any) -> Any:
    """The data of an answer."""
    answer = await schema.execute(document, variables, Context(actor))
    assert answer.errors is None, answer.errors
    return answer.data


CREATE = """
mutation ($input: CreatePollInput!) {
  createPoll(input: $input) {
    __typename
    ... on PollPayload { poll { id options { id stance } } }
    ... on UserError { code message }
  }
}
"""
PUBLISH = """
mutation ($poll: ID!) {
  publishPoll(input: {pollId: $poll}) {
    __typename
    ... on PollPayload { poll { state objectionsUntil rules { code quorum { measure } } } }
    ... on UserError { code message }
  }
}
"""
CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) { __typename ... on UserError { code message } }
}
"""
RESULT = """
query ($poll: ID!) {
  poll(id: $poll) {
    state
    result {
      outcome
      options { label votes areaCentiM2 }
      steps { name measure holds sentence }
    }
  }
}
"""


async def the_town() -> tuple[Actor, str]:
    """The committee member, and the area of the first estate."""
    _, committee = await towns.a_town_of_people()
    estate = await database.fetch_value(
        "SELECT id FROM membership_area WHERE kind = 'estate' AND code = 'estate1'"
    )
    return committee, node.encode("area", estate)


async def the_owners() -> list[tuple[Actor, int]]:
    """The owners on the roll with their floor areas, the largest last."""
    rows = await database.fetch(
        "SELECT voter_id, area_centi_m2 FROM voting_roll_entry r"
        " JOIN voting_poll p ON p.id = r.poll_id WHERE p.rule_code LIKE 'OWNERS%'"
        " ORDER BY area_centi_m2, voter_id"
    )
    return [(await demo.acting(row["voter_id"]), row["area_centi_m2"]) for row in rows]


@pytest.mark.parametrize(
    ("rule_code", "in_favour", "taking_part", "outcome"),
    [
        ("OWNERS_GENERAL", 10, 14, "PASSED"),
        ("OWNERS_SPECIAL", 10, 14, "REJECTED"),
        ("OWNERS_SPECIAL", 12, 14, "PASSED"),
        ("OWNERS_GENERAL", 10, 10, "INQUORATE"),
    ],
)
async def test_an_owners_assembly_from_notice_to_result(
    moved_clock: Clock, rule_code: str, in_favour: int, taking_part: int, outcome: str
):
    committee, estate = await the_town()
    opens_at = await clock.now() + timedelta(days=17)
    created = await ask(
        committee,
        CREATE,
        input={
            "areaId": estate,
            "idempotencyKey": str(uuid4()),
            "poll": {
                "title": "是否续聘米兰物业?",
                "ruleCode": rule_code,
                "secrecy": "OPEN",
                "opensAt": opens_at.isoformat(),
                "closesAt": (opens_at + timedelta(days=3)).isoformat(),
            },
        },
    )
    poll = created["createPoll"]["poll"]
    options = {each["stance"]: each["id"] for each in poll["options"]}

    published = (await ask(committee, PUBLISH, poll=poll["id"]))["publishPoll"]["poll"]
    assert published["state"] == "ROLL_PUBLISHED"
    await moved_clock.advance(timedelta(days=7))
    await work.freeze_due_rolls()
    await moved_clock.set(opens_at)
    await work.open_due_polls()
    owners = await the_owners()
    for number, (owner, _) in enumerate(owners[:taking_part]):
        stance = "FOR" if number < in_favour else "AGAINST"
        cast = await ask(
            owner,
            CAST,
            input={
                "pollId": poll["id"],
                "optionIds": [options[stance]],
                "idempotencyKey": str(uuid4()),
            },
        )
        assert cast["castBallot"] == {"__typename": "BallotCast"}
    await moved_clock.advance(timedelta(days=3))
    await work.close_due_polls()
    await work.tally_closed_polls()

    result = (await ask(committee, RESULT, poll=poll["id"]))["poll"]["result"]
    area = sum(each for _, each in owners[:in_favour])
    assert len(owners) == 16
    assert result["outcome"] == outcome
    assert result["options"][0] == {"label": "赞成", "votes": in_favour, "areaCentiM2": area}
    assert {(step["name"], step["measure"]) for step in result["steps"]} >= {
        ("quorum", "AREA"),
        ("quorum", "HEADS"),
    }
    assert any("平方米" in step["sentence"] for step in result["steps"])
    recounted, same = await service.recount(committee, _uuid(poll["id"]))
    assert (bool(recounted), same) == (True, True)


def _uuid(poll_id: str) -> UUID:
    return node.decode("poll", poll_id)
