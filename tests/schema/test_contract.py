"""The contract as a whole: what holds for every type, field and mutation of it."""

import importlib
import pkgutil
import string

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

import domains
from domains.kernel.errors import all_refusals
from schema.errors import ErrorCode
from schema.root import schema

CORE = schema._schema
OURS = {name: each for name, each in CORE.type_map.items() if not name.startswith("__")}
STANDARD = {"Boolean", "Float", "ID", "Int", "String", "UUID", "Decimal", "Void"}


def authority():
    """Every action that some domain's policy has a row for."""
    rows = set()
    for each in pkgutil.walk_packages(domains.__path__, "domains."):
        if each.name.endswith(".policy"):
            rows |= set(importlib.import_module(each.name).AUTHORITY)
    return rows


def test_every_mutation_has_a_row_in_an_authority_table():
    assert set(CORE.mutation_type.fields) - authority() == set()


def test_every_row_of_an_authority_table_is_a_mutation():
    assert authority() - set(CORE.mutation_type.fields) == set()


def test_everything_is_described():
    bare = []
    for name, each in OURS.items():
        if name not in STANDARD and not each.description:
            bare.append(name)
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in each.fields.items():
                bare += [f"{name}.{field_name}"] * (not field.description)
                bare += [
                    f"{name}.{field_name}({argument})"
                    for argument, given in field.args.items()
                    if not given.description
                ]
        if isinstance(each, GraphQLInputObjectType):
            bare += [f"{name}.{field}" for field, of in each.fields.items() if not of.description]
        if isinstance(each, GraphQLEnumType):
            bare += [f"{name}.{value}" for value, of in each.values.items() if not of.description]

    roots = {"Query", "Mutation", "Subscription"}
    assert [each for each in bare if each not in roots] == []


def test_every_mutation_answers_with_a_union_that_can_refuse():
    for name, field in CORE.mutation_type.fields.items():
        answer = get_named_type(field.type)
        assert isinstance(answer, GraphQLUnionType), name
        assert "Refused" in {member.name for member in answer.types}, name
        assert answer.name == f"{name[0].upper()}{name[1:]}Result"


def test_every_list_of_rows_that_can_grow_is_a_connection():
    for name, field in CORE.query_type.fields.items():
        if "first" in field.args:
            assert get_named_type(field.type).name.endswith("Connection"), name


def test_every_refusal_has_its_code_in_the_contract():
    assert {each.name for each in ErrorCode} == {each.code for each in all_refusals()}


@pytest.mark.parametrize("refusal", list(all_refusals()), ids=lambda each: each.__name__)
def test_every_refusal_speaks_both_languages_with_the_same_figures(refusal):
    def figures(template):
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    fixed = {"reason_zh", "reason_en"}
    assert figures(refusal.zh) - fixed == figures(refusal.en) - fixed
    assert any("一" <= letter <= "鿿" for letter in refusal.zh)


def test_the_printed_contract_builds_again():
    assert build_schema(schema.as_str()).query_type is not None
