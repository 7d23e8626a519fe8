"""Inputs built by a plan against Strawberry's own building, over every kind of field."""

from enum import Enum
from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import graphql_sync

from api.inputs import settle_inputs


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def a_schema() -> strawberry.Schema:
    """A schema with input types of its own: what is settled for one leaves another alone."""

    @strawberry.input
    class Inner:
        number: int
        colour: Colour | None = Colour.BLUE

    @strawberry.input
    class Outer:
        key: strawberry.ID
        uuid: UUID
        some_text: str | None
        named: str = strawberry.field(name="calledOtherwise", default="nobody")
        unset: str | None = strawberry.UNSET
        words: list[str] = strawberry.field(default_factory=lambda: ["a"])
        holes: list[str | None] | None = None
        rows: list[list[int]] | None = None
        colours: list[Colour] = strawberry.field(default_factory=list)
        inner: Inner | None = None
        inners: list[Inner] = strawberry.field(default_factory=list)

    @strawberry.type
    class Query:
        @strawberry.field
        def told(self, given: Outer) -> str:
            said = repr(given).replace("a_schema.<locals>.", "")
            given.words.append("changed")
            given.inners.append(Inner(number=0))
            return said

    return strawberry.Schema(query=Query)


LEAST = {"key": "k", "uuid": "00000000-0000-4000-8000-000000000001"}
GIVEN: dict[str, dict[str, Any]] = {
    "only what is required": LEAST,
    "nulls": LEAST | {"someText": None, "unset": None, "holes": None, "inner": None},
    "leaves": LEAST | {"someText": "s", "calledOtherwise": "n", "unset": "u"},
    "lists of leaves": LEAST | {"words": [], "holes": ["a", None], "colours": ["RED", "BLUE"]},
    "lists of lists": LEAST | {"rows": [[1, 2], []]},
    "objects": LEAST | {"inner": {"number": 1}, "inners": [{"number": 2, "colour": "RED"}]},
    "an object's null": LEAST | {"inner": {"number": 1, "colour": None}},
    "one for a list": LEAST | {"words": "w", "inners": {"number": 3}},
    "a word for a number": LEAST | {"inner": {"number": "one"}},
    "an unknown field": LEAST | {"other": 1},
    "a required field is absent": {"key": "k"},
}


def told(schema: strawberry.Schema, given: dict[str, Any]) -> Any:
    text = "query ($given: Outer!) { told(given: $given) }"
    result = graphql_sync(schema._schema, text, variable_values={"given": given})
    return result.data, [error.message for error in result.errors or []]


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_an_input_is_what_strawberry_makes_of_it(given):
    plain, settled = a_schema(), a_schema()
    settle_inputs(settled._schema)

    # What a resolver does to one request's input is not seen by the next.
    first, second = told(settled, given), told(settled, given)

    assert (first, second) == (told(plain, given),) * 2


def test_settling_twice_is_settling_once():
    schema = a_schema()

    settle_inputs(schema._schema)
    settle_inputs(schema._schema)

    assert told(schema, LEAST) == told(a_schema(), LEAST)
