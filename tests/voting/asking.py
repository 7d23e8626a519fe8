"""Asking the contract in tests: the payload, or the refusal's code."""

from domains.kernel.actor import Actor
from schema import node
from schema.context import Context
from schema.root import schema


async def ask(actor: Actor, document: str, **variables):
    """The answer's data; errors at the top are a failure of the test."""
    answer = await schema.execute(document, variables, Context(actor))
    assert answer.errors is None
    return answer.data


async def done(actor: Actor, document: str, **variables):
    """The payload of the one mutation, which must not have been refused."""
    (payload,) = (await ask(actor, document, **variables)).values()
    assert "code" not in payload, payload
    return payload


async def refused(actor: Actor, document: str, **variables) -> str:
    (payload,) = (await ask(actor, document, **variables)).values()
    return str(payload["code"])


def person(actor: Actor) -> str:
    return node.encode("person", actor.person_id)
