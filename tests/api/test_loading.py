"""Fields that load, driven together, against graphql-core, which resolves them one by one."""

import asyncio
from collections.abc import Sequence
from dataclasses import field
from typing import Any, cast

import pytest
import strawberry
from graphql import execute, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.executor import Executor, is_awaitable, quicken
from domains.kernel.actor import ANONYMOUS, Actor
from schema.context import LOADS, Context, Info

BATCHES: list[tuple[str, list[int]]] = []


async def words(actor: Actor, numbers: list[int]) -> Sequence[str | None]:
    BATCHES.append(("words", numbers))
    return [None if number % 5 == 4 else f"word {number}" for number in numbers]


async def neighbours(actor: Actor, numbers: list[int]) -> Sequence[list[int]]:
    BATCHES.append(("neighbours", numbers))
    return [[number + 1, number + 2] for number in numbers]


async def broken(actor: Actor, numbers: list[int]) -> Sequence[str]:
    BATCHES.append(("broken", numbers))
    raise LookupError("no rows")


@strawberry.interface
class Numbered:
    number: int


@strawberry.type
class House(Numbered):
    number: int
    label: str = "house"
    shed: "Shed | None" = None
    sheds: list["Shed"] = field(default_factory=list)

    @strawberry.field(metadata=LOADS)
    async def word(self, info: Info) -> str | None:
        return await info.context.load(words, self.number)

    @strawberry.field(metadata=LOADS)
    async def sure(self, info: Info) -> str:
        return cast(str, await info.context.load(words, self.number))

    @strawberry.field(metadata=LOADS)
    async def neighbours(self, info: Info) -> list["House"]:
        return [a_house(each) for each in await info.context.load(neighbours, self.number)]

    @strawberry.field(metadata=LOADS)
    async def holes(self, info: Info) -> list["House | None"]:
        found = await info.context.load(neighbours, self.number)
        return [None if each % 3 == 0 else a_house(each) for each in found]

    @strawberry.field(metadata=LOADS)
    async def next(self, info: Info) -> "House | None":
        found = await info.context.load(neighbours, self.number)
        return a_house(found[0]) if self.number % 2 else None

    @strawberry.field(metadata=LOADS)
    async def twice(self, info: Info) -> str:
        found = await info.context.load(neighbours, self.number)
        return f"{await info.context.load(words, found[0])} and {found[1]}"

    @strawberry.field(metadata=LOADS)
    async def at_once(self, info: Info) -> str:
        return f"at once {self.number}"

    @strawberry.field(metadata=LOADS)
    async def lost(self, info: Info) -> str | None:
        return await info.context.load(broken, self.number)

    @strawberry.field(metadata=LOADS)
    async def failing(self, info: Info) -> int | None:
        await info.context.load(words, self.number)
        raise LookupError(f"failing {self.number}")

    @strawberry.field(metadata=LOADS)
    async def misfit(self, info: Info) -> int | None:
        await info.context.load(words, self.number)
        return cast(int, "not a number" if self.number % 2 else self.number)


@strawberry.type
class Shed(Numbered):
    number: int

    @strawberry.field(metadata=LOADS)
    async def word(self, info: Info) -> str | None:
        return await info.context.load(words, self.number)

    @strawberry.field
    def plainly(self) -> str:
        return "plainly"


def a_house(number: int) -> House:
    sheds = [Shed(number=number), Shed(number=number + 1)]
    return House(number=number, shed=sheds[0] if number % 2 else None, sheds=sheds)


@strawberry.type
class Query:
    @strawberry.field
    async def houses(self, first: int) -> list[House]:
        return [a_house(number) for number in range(first)]

    @strawberry.field
    def some(self, first: int) -> list[House | None]:
        return [None if number == 1 else a_house(number) for number in range(first)]

    @strawberry.field
    def house(self, number: int) -> House | None:
        return a_house(number)

    @strawberry.field
    def things(self) -> list[Numbered]:
        return [a_house(3), Shed(number=7)]

    @strawberry.field
    def strangers(self) -> list[House | None]:
        return cast(
            "list[House | None]", [Shed(number=1), a_house(1), LookupError("an error for a house")]
        )


PLAIN = strawberry.Schema(query=Query)
QUICK = strawberry.Schema(query=Query)
quicken(QUICK)


async def told(schema: strawberry.Schema, executor: type, text: str, **values: Any) -> Any:
    result: Any = execute(
        schema._schema,
        parse(text),
        variable_values=values,
        context_value=Context(ANONYMOUS),
        executor_class=executor,
        is_awaitable=is_awaitable,
    )
    if is_awaitable(result):
        result = await result
    errors = sorted(
        (each.message, list(map(str, each.path or ())), [str(at) for at in each.locations or ()])
        for each in result.errors or ()
    )
    return in_order(result.data), errors


def in_order(value: Any) -> Any:
    """Keep the order of fields in the comparison."""
    if isinstance(value, dict):
        return [(name, in_order(each)) for name, each in value.items()]
    return [in_order(each) for each in value] if isinstance(value, list) else value


async def require_equal(text: str, **values: Any) -> None:
    expected = await told(PLAIN, StrawberryGraphQLCoreExecutionContext, text, **values)

    assert await told(QUICK, Executor, text, **values) == expected


SELECTIONS = [
    "number word label",
    "word again: word atOnce twice __typename",
    "twice neighbours { twice word neighbours { number word } } label",
    "next { word next { word number } } shed { word plainly } sheds { word number }",
    "holes { number word sheds { plainly word } }",
    "lost word",
    "failing number",
    "misfit label",
    "...F word ... on Numbered { number } ... on House @skip(if: true) { label }",
    "a: neighbours { word } a: neighbours { number }",
    "shed @include(if: false) { word } word @skip(if: false)",
]


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("root", ["houses(first: 4)", "some(first: 4)", "house(number: 3)"])
async def test_loads_tell_what_graphql_core_tells(root: str, selection: str) -> None:
    await require_equal(f"{{ {root} {{ {selection} }} }} fragment F on House {{ label sure }}")


@pytest.mark.parametrize("root", ["houses(first: 6)", "some(first: 6)", "house(number: 4)"])
async def test_a_null_where_none_may_be_reaches_as_far_as_in_graphql_core(root: str) -> None:
    await require_equal(f"{{ {root} {{ number sure }} }}")


async def test_a_failure_deep_inside_reaches_as_far_as_in_graphql_core() -> None:
    await require_equal("{ some(first: 2) { number holes { neighbours { sure } } } }")


async def test_abstract_and_foreign_values_are_told_alike() -> None:
    await require_equal(
        "{ things { number ... on House { word neighbours { word } } ... on Shed { word } }"
        " strangers { number word } }"
    )


async def test_each_level_is_one_batch_however_many_items() -> None:
    for first in (1, 3):
        BATCHES.clear()

        await told(
            QUICK,
            Executor,
            "query($first: Int!) { houses(first: $first)"
            " { twice neighbours { word neighbours { number } } } }",
            first=first,
        )

        assert [name for name, _ in BATCHES] == ["neighbours", "words", "neighbours"]


async def test_a_field_that_loads_may_await_nothing_else() -> None:
    @strawberry.type
    class Impatient:
        @strawberry.field(metadata=LOADS)
        async def slow(self, info: Info) -> str | None:
            return await other()

    async def other() -> str:
        await asyncio.sleep(0)
        return "slept"

    @strawberry.type
    class Root:
        @strawberry.field
        def impatient(self) -> Impatient:
            return Impatient()

    schema = strawberry.Schema(query=Root)
    quicken(schema)

    data, errors = await told(schema, Executor, "{ impatient { slow } }")

    assert data == [("impatient", [("slow", None)])]
    assert [message for message, _, _ in errors] == [
        "a field marked LOADS awaited something else than a load"
    ]


LEAVES = ["number", "label", "word", "twice", "atOnce", "misfit", "lost", "__typename"]
DIRECTIVES = ["", "", "", " @skip(if: $yes)", " @include(if: $yes)", " @include(if: false)"]


def selections(depth: int, leaves: Sequence[str]) -> st.SearchStrategy[str]:
    leaf = st.builds(
        lambda name, directive: name + directive,
        st.sampled_from(leaves),
        st.sampled_from(DIRECTIVES),
    )
    if depth == 0:
        return st.lists(leaf, min_size=1, max_size=3).map(" ".join)
    inner = selections(depth - 1, leaves)
    nested = st.builds(
        lambda name, directive, text: f"{name}{directive} {{ {text} }}",
        st.sampled_from(["neighbours", "holes", "next", "... on House", "... on Numbered"]),
        st.sampled_from(DIRECTIVES),
        inner,
    ).map(lambda text: "number" if "Numbered" in text else text)
    return st.lists(st.one_of(leaf, nested), min_size=1, max_size=4).map(" ".join)


GROWN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROOTS = st.sampled_from(["houses(first: 3)", "some(first: 3)", "house(number: 1)"])


@GROWN
@given(root=ROOTS, text=selections(2, LEAVES), yes=st.booleans())
async def test_grown_selections_are_told_alike(root: str, text: str, yes: bool) -> None:
    await require_equal(f"query($yes: Boolean!) {{ {root} {{ {text} }} }}", yes=yes)


@GROWN
@given(root=ROOTS, text=selections(2, [*LEAVES, "sure"]), yes=st.booleans())
async def test_where_several_fail_the_same_places_are_null(root: str, text: str, yes: bool) -> None:
    # Of errors below one null the first is told, and others that were as fast: who is, is chance.
    asked = f"query($yes: Boolean!) {{ {root} {{ {text} }} }}"

    expected, errors = await told(PLAIN, StrawberryGraphQLCoreExecutionContext, asked, yes=yes)
    data, ours = await told(QUICK, Executor, asked, yes=yes)

    assert (data, bool(ours)) == (expected, bool(errors))
