"""Every id that a mutation takes, tried with another community's: inputs from the contract."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

from domains.kernel import database
from domains.kernel.actor import Actor
from schema.root import schema
from tests.voting.asking import refused

Ids = Mapping[str, str]
_CONTRACT: list[GraphQLSchema] = []


def contract() -> GraphQLSchema:
    """The contract as the world reads it."""
    if not _CONTRACT:
        _CONTRACT.append(build_schema(schema.as_str()))
    return _CONTRACT[0]


def input_of(mutation: str) -> GraphQLInputObjectType:
    """The type of a mutation's input."""
    fields = contract().mutation_type.fields
    found = get_named_type(fields[mutation].args["input"].type)
    assert isinstance(found, GraphQLInputObjectType)
    return found


def ids_of(mutations: Iterator[str] | Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every mutation with every field of its input that takes an id."""
    return [
        (mutation, name)
        for mutation in sorted(mutations)
        for name, field in input_of(mutation).fields.items()
        if get_named_type(field.type).name == "ID"
    ]


def given(mutation: str, here: Ids, *, odd: str, there: Ids, said: Mapping[str, Any]) -> Any:
    """An input in which all ids are of here but one, with what is needed besides."""
    found = {}
    for name, field in input_of(mutation).fields.items():
        needed = isinstance(field.type, GraphQLNonNull) and field.default_value.__class__ is not str
        if name == odd:
            found[name] = there[name]
        elif name in said:
            found[name] = said[name]
        elif needed:
            found[name] = here[name] if name in here else _value(field.type, said)
    return found


def _value(kind: GraphQLInputType, said: Mapping[str, Any]) -> Any:
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(inner, GraphQLList):
        return [_value(inner.of_type, said)]
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    if isinstance(inner, GraphQLInputObjectType):
        return {
            name: said.get(name, _value(field.type, said))
            for name, field in inner.fields.items()
            if isinstance(field.type, GraphQLNonNull)
        }
    now = datetime.now(UTC)
    return {
        "String": "写在这里的内容",
        "Int": 1,
        "TimeMinutes": 1,
        "Boolean": True,
        "UUID": str(uuid4()),
        "Date": (now + timedelta(days=30)).date().isoformat(),
        "DateTime": (now + timedelta(days=1)).isoformat(),
    }[inner.name]


async def answers(
    actor: Actor, cases: list[tuple[str, str]], here: Ids, there: Ids, said: Mapping[str, Any]
) -> dict[tuple[str, str], str]:
    """The code of each mutation that names one thing of elsewhere."""
    found = {}
    for mutation, odd in cases:
        kind = input_of(mutation).name
        document = (
            f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{"
            " ... on UserError { code } } }"
        )
        asked = given(mutation, here, odd=odd, there=there, said=said)
        found[mutation, odd] = await refused(actor, document, input=asked)
    return found


async def written() -> tuple[int, int]:
    """How many commands were audited, and how many events recorded."""
    return (
        await database.fetch_value("SELECT count(*) FROM kernel_audit"),
        await database.fetch_value("SELECT count(*) FROM kernel_outbox"),
    )
