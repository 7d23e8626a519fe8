"""The quick executor against graphql-core's own, over a schema with every odd leaf."""

import asyncio
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import execute, parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.executor import Attribute, Executor, is_awaitable, quicken


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Sudden:
    """A property that fails, as a broken row would."""

    @property
    def text(self) -> str:
        raise LookupError("no text")


@strawberry.interface
class Named:
    text: str


@strawberry.type
class Leaf(Named):
    text: str
    maybe: str | None
    number: int
    ratio: float
    flag: bool
    key: strawberry.ID
    uuid: UUID
    day: date
    colour: Colour
    words: list[str]
    inner: "Leaf | None" = None

    @strawberry.field
    async def late(self) -> str:
        await asyncio.sleep(0)
        return self.text

    @strawberry.field
    async def failing(self) -> str | None:
        await asyncio.sleep(0)
        raise LookupError("late")


def leaf(**odd: Any) -> Any:
    usual: dict[str, Any] = {
        "text": "t",
        "maybe": None,
        "number": 1,
        "ratio": 0.5,
        "flag": True,
        "key": strawberry.ID("k"),
        "uuid": UUID(int=7),
        "day": date(2026, 11, 22),
        "colour": Colour.RED,
        "words": ["a"],
    }
    return Leaf(**(usual | odd))


ODD: dict[str, Any] = {
    "usual": leaf(),
    "null where none may be": leaf(text=None),
    "a number for a text": leaf(text=7),
    "a text for a number": leaf(number="7"),
    "a word for a number": leaf(number="seven"),
    "a number too large": leaf(number=2**40),
    "a truth for a number": leaf(number=True),
    "a number for a truth": leaf(flag=1),
    "no number": leaf(ratio=float("nan")),
    "a whole ratio": leaf(ratio=3),
    "a word for a colour": leaf(colour="red"),
    "a day that is text": leaf(day="today"),
    "an error as a value": leaf(text=LookupError("value")),
    "a list that is none": leaf(words=7),
    "a list with a hole": leaf(words=["a", None]),
    "a property that fails": Sudden(),
    "inner null": leaf(inner=leaf(text=None)),
    "inner usual": leaf(inner=leaf(inner=leaf())),
}

ALL = "text maybe number ratio flag key uuid day colour words"
SELECTIONS = [
    ALL,
    f"again: text {ALL} again: text __typename",
    f"{ALL} late inner {{ {ALL} late inner {{ {ALL} }} }}",
    f"late other: late {ALL}",
    f"{ALL} failing inner {{ failing text }}",
    "... on Leaf { text } ...F number",
    f"{ALL} missing: maybe @skip(if: true) number @include(if: false)",
]


@strawberry.type
class Query:
    @strawberry.field
    def one(self, name: str) -> Leaf | None:
        odd: Leaf | None = ODD[name]
        return odd

    @strawberry.field
    async def many(self, name: str) -> list[Leaf | None]:
        return [leaf(), ODD[name], None, ODD[name]]

    @strawberry.field
    def named(self, name: str) -> Named | None:
        odd: Named | None = ODD[name]
        return odd


PLAIN = strawberry.Schema(query=Query)
QUICK = strawberry.Schema(query=Query)
quicken(QUICK)


async def told(schema: strawberry.Schema, executor: type, text: str, name: str) -> Any:
    result: Any = execute(
        schema._schema,
        parse(text),
        variable_values={"name": name},
        executor_class=executor,
        is_awaitable=is_awaitable,
    )
    if is_awaitable(result):
        result = await result
    errors = sorted(
        (each.message, tuple(each.path or ()), [str(at) for at in each.locations or ()])
        for each in result.errors or ()
    )
    return list_of_pairs(result.data), errors


def list_of_pairs(value: Any) -> Any:
    """Keep the order of fields in the comparison, and let what is no number equal itself."""
    if isinstance(value, dict):
        return [(name, list_of_pairs(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [list_of_pairs(inner) for inner in value]
    return repr(value)


@pytest.mark.parametrize("field", ["one", "many", "named"])
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("name", ODD)
async def test_the_quick_executor_answers_as_graphql_core_does(name, selection, field):
    if field == "named":
        selection = "text __typename ... on Leaf { number text maybe }"
    fragment = "fragment F on Leaf { text maybe }" if "...F" in selection else ""
    text = f"query ($name: String!) {{ {field}(name: $name) {{ {selection} }} }} {fragment}"

    expected = await told(PLAIN, StrawberryGraphQLCoreExecutionContext, text, name)

    assert await told(QUICK, Executor, text, name) == expected


def test_plain_leaves_are_read_and_resolvers_are_left_alone():
    fields: Any = QUICK._schema.type_map["Leaf"]

    quick = {name for name, each in fields.fields.items() if isinstance(each.resolve, Attribute)}

    assert quick == set(fields.fields) - {"late", "failing"}
