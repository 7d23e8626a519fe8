import pytest
import strawberry
from graphql import OperationDefinitionNode, parse

from schema import guard
from schema.guard import Limits, TooComplex


@strawberry.type
class Choice:
    label: str


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class Poll:
    id: int
    title: str
    choices: list[Choice]
    author: "Person"


@strawberry.type
class Person:
    name: str

    @strawberry.field
    def polls(self, first: int = 20) -> "Polls":
        raise AssertionError("the guard executes nothing")


@strawberry.type
class Edge:
    node: Poll


@strawberry.type
class Polls:
    edges: list[Edge]
    page_info: PageInfo


@strawberry.type
class Query:
    me: Person
    best: list[Poll]

    @strawberry.field
    def polls(self, first: int | None = None, last: int | None = None) -> Polls:
        raise AssertionError("the guard executes nothing")

    @strawberry.field(metadata={"cost": 400})
    def statistics(self) -> str:
        raise AssertionError("the guard executes nothing")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def vote(self) -> Poll:
        raise AssertionError("the guard executes nothing")

    @strawberry.mutation(metadata={"cost": 25})
    def export(self) -> str:
        raise AssertionError("the guard executes nothing")


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation)._schema


def measure(text, limits=None, **variables):
    document = parse(text)
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    return guard.measure(SCHEMA, document, operation, variables, limits or Limits())


def figures(text, limits=None, **variables):
    with pytest.raises(TooComplex) as refusal:
        measure(text, limits, **variables)
    return refusal.value.measure, refusal.value.requested, refusal.value.limit


def test_a_small_query_costs_one():
    assert measure("{ __typename }").cost == 1


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ me { name } }", 1),
        ("{ statistics }", 400),
        ("{ best { id } }", 5),
        ("{ best { id author { name } } }", 5 * 2),
        ("{ polls { edges { node { id } } } }", 1 + 20 * 2),
        ("{ polls(first: 3) { edges { node { id } } } }", 1 + 3 * 2),
        ("{ polls(last: 7) { edges { node { id } } } }", 1 + 7 * 2),
        ("{ polls(first: 3, last: 7) { edges { node { id } } } }", 1 + 7 * 2),
        ("{ polls(first: 999) { edges { node { id } } } }", 1 + 100 * 2),
        ("{ polls(first: -5) { edges { node { id } } } }", 1 + 1 * 2),
        ("{ polls(first: 50) { pageInfo { hasNextPage } } }", 1 + 1),
        ("{ polls(first: 2) { edges { node { choices { label } } } } }", 1 + 2 * (2 + 5)),
        ("{ polls(first: 2) { ...P } } fragment P on Polls { edges { node { id } } }", 1 + 2 * 2),
        (
            "{ a: polls(first: 2) { ...P } b: polls(first: 4) { ...P } }"
            "fragment P on Polls { edges { node { id } } }",
            (1 + 2 * 2) + (1 + 4 * 2),
        ),
        (
            "{ polls(first: 10) { edges { node { author { polls(first: 10)"
            " { edges { node { id } } } } } } } }",
            1 + 10 * (1 + 1 + 1 + (1 + 10 * 2)),
        ),
        ("mutation { vote { id } }", 10),
        ("mutation { a: vote { id } b: vote { id } }", 20),
        ("mutation { export }", 25),
        ("{ __schema { types { name } } }", 100),
    ],
)
def test_cost_counts_objects_and_lists_multiply_it(text, cost):
    assert measure(text).cost == cost


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({"n": 4}, 4),
        ({"n": 10_000}, 100),
        ({}, 6),
        ({"n": "4"}, 20),
        ({"n": None}, 20),
        ({"n": True}, 20),
    ],
)
def test_a_page_given_by_variable_multiplies_too(variables, size):
    text = "query ($n: Int = 6) { polls(first: $n) { edges { node { id } } } }"

    measured = measure(text, **variables)

    assert (measured.cost, measured.by_variable) == (1 + size * 2, True)


def test_ten_leaves_of_an_object_cost_one_more():
    leaves = " ".join(f"a{each}: title" for each in range(20))

    assert measure(f"{{ best {{ {leaves} }} }}").cost == 5 * (1 + 2)


def test_root_fields_are_counted_through_fragments_and_aliases():
    text = "mutation { a: vote { id } ...M ...M } fragment M on Mutation { b: vote { id } export }"

    assert measure(text).root_fields == {"vote": 3, "export": 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ me { name } best { id } }", ("depth", 2, 1)),
        ("{ me { ...on Person { name } } }", ("depth", 2, 1)),
        ("{ ...F } fragment F on Query { me { name } }", ("depth", 2, 1)),
    ],
)
def test_depth_counts_fields_and_not_fragments(text, expected):
    assert figures(text, Limits(depth=1)) == expected
    assert measure(text, Limits(depth=2)).depth == 2


def test_the_schemas_own_depth_has_its_own_limit():
    nested = "{ __schema { types { fields { type { ofType { ofType { ofType { name }}}}}}}}"

    assert measure(nested, Limits(depth=1)).introspection_depth == 8
    assert figures(nested, Limits(introspection_depth=7, depth=1)) == ("introspectionDepth", 8, 7)


@pytest.mark.parametrize(
    ("text", "limits", "expected"),
    [
        ("{ a: me { b: name } }", Limits(aliases=1), ("aliases", 2, 1)),
        (
            "{ ...F ...F } fragment F on Query { a: me { name } }",
            Limits(aliases=1),
            ("aliases", 2, 1),
        ),
        ("{ me { name } best { id } }", Limits(root_fields=1), ("rootFields", 2, 1)),
        ("{ me { name name } }", Limits(fields=2), ("fields", 3, 2)),
        (
            "{ me @skip(if: true) { name @skip(if: true) } }",
            Limits(directives=1),
            ("directives", 2, 1),
        ),
        (
            "{ me @a @b { name } }",
            Limits(directives_a_location=1),
            ("directivesALocation", 2, 1),
        ),
        ("query ($a: Int @x) @y { me { name } }", Limits(directives=1), ("directives", 2, 1)),
        (
            "{ ...F @a } fragment F on Query @b { statistics }",
            Limits(directives=1),
            ("directives", 2, 1),
        ),
        ("{ best { id } }", Limits(cost=4), ("cost", 5, 4)),
    ],
)
def test_each_limit_refuses_with_its_figures(text, limits, expected):
    assert figures(text, limits) == expected


def test_a_second_operation_is_held_to_the_limits_though_it_does_not_run():
    text = "query a { me { name } } query b { x: me { name } y: me { name } }"

    assert figures(text, Limits(aliases=1)) == ("aliases", 2, 1)


def test_doubled_fragments_are_measured_once_and_figures_saturate():
    links = "".join(f"fragment f{n} on Person{{...f{n + 1} ...f{n + 1}}}" for n in range(40))
    text = "{me{...f0}}" + links + "fragment f40 on Person{name}"

    assert figures(text)[0] == "fields"
    assert figures(text)[1] < 5_000


def test_cost_saturates_instead_of_growing_without_bound():
    inner = "name"
    for _ in range(9):
        inner = f"polls(first: 100) {{ edges {{ node {{ author {{ {inner} }} }} }} }}"
    text = f"{{ me {{ {inner} }} }}"

    assert figures(text, Limits(depth=60)) == ("cost", guard.MOST, 5_000)


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
        "{ ...Missing }",
        "{ nothing { at { all } } }",
        "{ me { ... on Nowhere { name } } }",
        "subscription { nothing }",
        "{ name @skip }",
    ],
)
def test_what_is_not_valid_is_left_to_validation(text):
    assert measure(text).cost >= 1
