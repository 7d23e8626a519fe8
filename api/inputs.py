"""Input objects by a plan: how each field becomes Python is settled once, not once a request.

Strawberry finds out anew, for every field of every input, how it is called and what it is.
A leaf has been coerced by the time it comes here and is taken as it is, a list of leaves is
copied, and everything else is left to Strawberry.
"""

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any, Literal, NamedTuple

from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLSchema, is_leaf_type
from strawberry.relay import GlobalID
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryContainer, StrawberryMaybe

_Kind = Literal["leaf", "leaves", "other"]


class _Field(NamedTuple):
    """A field of an input object, and what is done for it."""

    name: str
    python_name: str
    kind: _Kind
    declared: Any


def settle_inputs(core: GraphQLSchema) -> None:
    """Let every input object of a schema be built by a plan; may be repeated."""
    for named in core.type_map.values():
        if not isinstance(named, GraphQLInputObjectType):
            continue
        definition = named.extensions["strawberry-definition"]
        if definition.from_input is None:
            definition.from_input = _builder(named, definition)


def _builder(named: GraphQLInputObjectType, definition: Any) -> Any:
    plan: list[_Field] = []
    for name, field in named.fields.items():
        own = field.extensions["strawberry-definition"]
        declared = own.resolve_type(type_definition=definition)
        plan.append(_Field(name, own.python_name, _kind_of(field.type, declared), declared))
    # What is not required and has no default of its own is None.
    absent = {
        each.python_name: None
        for each in definition.fields
        if each.default_value is MISSING and each.default_factory is MISSING
    }

    def build(made: type, value: Mapping[str, Any], context: InputContext) -> Any:
        given: dict[str, Any] = absent.copy()
        for name, python_name, kind, declared in plan:
            if name not in value:
                continue
            item = value[name]
            if type(item) is list and (kind == "leaves" or not item):
                # A default is one list for all requests: nobody may change it.
                item = item.copy()
            elif kind == "other":
                item = context.convert(item, declared, name)
            given[python_name] = item
        return made(**given)

    return build


def _kind_of(whole: Any, declared: Any) -> _Kind:
    if isinstance(declared, StrawberryMaybe) or _innermost(declared) is GlobalID:
        return "other"
    inner = whole.of_type if isinstance(whole, GraphQLNonNull) else whole
    if is_leaf_type(inner):
        return "leaf"
    if isinstance(inner, GraphQLList):
        item = inner.of_type
        item = item.of_type if isinstance(item, GraphQLNonNull) else item
        if is_leaf_type(item):
            return "leaves"
    return "other"


def _innermost(declared: Any) -> Any:
    while isinstance(declared, StrawberryContainer):
        declared = declared.of_type
    return declared
