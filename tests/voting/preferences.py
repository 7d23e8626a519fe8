"""Polls counted by a rule of preference, through the contract."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from domains.kernel import clock
from domains.kernel.actor import ANONYMOUS, Actor
from domains.voting import service
from schema import node
from schema.context import Context
from schema.root import schema
from tests.voting.factories import Town, options_of

Written = list[int] | dict[int, int]

CREATE = """
mutation ($input: CreatePollInput!) {
  createPoll(input: $input) {
    __typename
    ... on PollPayload { poll { id countingRule ballotForm leastChoices mostChoices } }
    ... on UserError { code path }
  }
}
"""
PUBLISH = """
mutation ($poll: ID!) {
  publishPoll(input: { pollId: $poll }) { __typename ... on UserError { code } }
}
"""
CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) {
    __typename
    ... on BallotCast { revision receipt }
    ... on UserError { code path message }
  }
}
"""
COUNT = """
query ($poll: ID!, $first: Int, $after: String) {
  poll(id: $poll) {
    state
    result {
      outcome participated blank canonical
      options { label }
      steps { name holds }
      count {
        rule form ballots blank quota incrementFen seed lot usedTheSeed
        winners { nodes { label position } }
        ties { nodes { question labels brokenBy chosen { label } } }
        stages(first: $first, after: $after) {
          nodes {
            __typename
            ... on FigureStage { figures { option { label } figure { decimal } } }
            ... on TransferStage {
              action
              option { label }
              votes { option { label } figure { decimal } }
              elected { label }
              excluded { label }
            }
            ... on PairwiseStage { rows { option { label } ballots } }
            ... on PathStage { rows { option { label } paths { to { label } support } } }
            ... on LockStage {
              majority { winner { label } loser { label } }
              support
              opposition
              locked
            }
            ... on GradeStage { options { option { label } majorityGrade } }
            ... on LoadStage {
              seated { label }
              load { numerator denominator }
              loads { option { label } figure { numerator denominator } }
            }
            ... on ProjectStage { project { label } score costFen decision remainingFen }
            ... on EndowmentStage {
              initialFen { decimal }
              increments
              endowmentFen { decimal }
              costFen
              nextCostFen
            }
            ... on PurchaseStage {
              project { label }
              costFen
              supporters
              paidInFull
              paymentFen { numerator denominator decimal }
              rate { numerator denominator }
            }
          }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
}
"""


@dataclass(frozen=True)
class Case:
    """A small poll: how it is written and counted, and what each voter writes."""

    rule: str
    ballots: list[Written]
    labels: str = "甲乙丙"
    costs: tuple[int, ...] = ()
    terms: dict[str, Any] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Case":
        return replace(self, **changes)


async def ask(actor: Actor, document: str, **variables: Any) -> Any:
    """The answer's data; errors at the top are a failure of the test."""
    answer = await schema.execute(document, variables, Context(actor))
    assert answer.errors is None, answer.errors
    return answer.data


async def a_poll_input(town: Town, case: Case, **changes: Any) -> dict[str, Any]:
    now = await clock.now()
    options: list[dict[str, Any]] = [{"label": label} for label in case.labels]
    for option, cost in zip(options, case.costs, strict=False):
        option["costFen"] = cost
    poll = {
        "title": "公共空间怎样使用?",
        "method": "PREFERENCE",
        "secrecy": "OPEN",
        "opensAt": now.isoformat(),
        "closesAt": (now + timedelta(days=1)).isoformat(),
        "options": options,
        "countingRule": case.rule,
    }
    return {
        "areaId": node.encode("area", town.community.id),
        "idempotencyKey": str(uuid4()),
        "poll": poll | case.terms | changes,
    }


async def an_open_preference(town: Town, case: Case, **changes: Any) -> UUID:
    """A published poll that the case describes."""
    given = await a_poll_input(town, case, **changes)
    created = (await ask(town.committee, CREATE, input=given))["createPoll"]
    assert created["__typename"] == "PollPayload", created
    published = await ask(town.committee, PUBLISH, poll=created["poll"]["id"])
    assert published["publishPoll"]["__typename"] == "PollPayload", published
    return node.decode("poll", created["poll"]["id"])


async def a_ballot(poll_id: UUID, written: Written) -> dict[str, Any]:
    """What a voter sends: the options at these places, or values by place."""
    ids = [node.encode("option", each) for each in await options_of(poll_id)]
    given: dict[str, Any] = {
        "pollId": node.encode("poll", poll_id),
        "idempotencyKey": str(uuid4()),
    }
    if isinstance(written, list):
        return given | {"optionIds": [ids[position - 1] for position in written]}
    return given | {
        "values": [
            {"optionId": ids[position - 1], "value": value} for position, value in written.items()
        ]
    }


async def all_cast(town: Town, poll_id: UUID, ballots: list[Written]) -> None:
    """Each resident in turn casts what is written."""
    for resident, written in zip(town.residents, ballots, strict=False):
        cast = await ask(resident, CAST, input=await a_ballot(poll_id, written))
        assert cast["castBallot"]["__typename"] == "BallotCast", cast


async def counted(moved_clock: Any, poll_id: UUID, **page: Any) -> Any:
    """The poll's result, once its time is over."""
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await service.tally_due_poll()
    shown = await ask(ANONYMOUS, COUNT, poll=node.encode("poll", poll_id), **page)
    return shown["poll"]


def labels(nodes: list[dict[str, Any]]) -> str:
    return "".join(each["label"] for each in nodes)
