"""Selections as steps: what is done for each field is settled once, not once an item.

A step is one field of a selection on one object type. A plain attribute is read; a field
marked `LOADS` is started at once and driven by the executor; everything else is resolved
the long way, by graphql-core.
"""

from collections.abc import Awaitable, Callable, Coroutine
from operator import attrgetter
from types import GeneratorType
from typing import Any, NamedTuple, TypeGuard

import strawberry
from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_leaf_type,
    is_union_type,
)
from graphql.pyutils import Path, Undefined
from strawberry.execution import optimized_is_awaitable

from api.inputs import settle_inputs
from schema.context import LOADS

Read = Callable[[Any], Any]
Load = Callable[[Any, Any], Coroutine[Any, Any, Any]]

# A value of exactly this Python type is what the scalar would serialise it to.
_AS_IT_IS: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
_KEPT = "gongyi-step"


class Attribute:
    """A resolver that reads an attribute."""

    def __init__(self, name: str) -> None:
        self.read: Read = attrgetter(name)

    def __call__(self, source: Any, _info: Any) -> Any:
        """Resolve the long way."""
        return self.read(source)


def quicken(schema: strawberry.Schema) -> GraphQLSchema:
    """Return the schema's graphql-core side, fields and inputs settled; may be repeated."""
    core: GraphQLSchema = schema._schema
    for named in core.type_map.values():
        if not isinstance(named, GraphQLObjectType):
            continue
        for definition in named.fields.values():
            if getattr(definition.resolve, "__name__", "") == "_get_basic_result":
                declared = definition.extensions["strawberry-definition"]
                definition.resolve = Attribute(declared.python_name)
    settle_inputs(core)
    return core


# Types whose values were found not to be awaitable; a generator may be one by its flags.
_PLAIN: set[type] = set()


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Tell whether a value must be awaited: asked of everything, so remembered by type."""
    kind = type(value)
    if kind in _PLAIN:
        return False
    if optimized_is_awaitable(value):
        return True
    if kind is not GeneratorType:
        _PLAIN.add(kind)
    return False


class ResolveInfo(NamedTuple):
    """What Strawberry's Info reads, in its order."""

    field_name: str
    field_nodes: list[FieldNode]
    return_type: GraphQLOutputType
    parent_type: GraphQLObjectType
    path: Path
    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    root_value: Any
    operation: OperationDefinitionNode
    variable_values: dict[str, Any]
    context: Any
    is_awaitable: Any
    abort_signal: Any
    async_helpers: Any
    operation_extensions: Any


class Shape(NamedTuple):
    """An output type taken apart: an object, a list of a shape, or neither of them."""

    whole: GraphQLOutputType
    is_nullable: bool
    item: "Shape | None"
    fields_of: GraphQLObjectType | None


class Step(NamedTuple):
    """One field of a selection.

    A leaf has `read` and `coerce`; an attribute with a selection of its own has `read`
    alone; a field that loads has `load`; a field with neither is resolved the long way.
    """

    parent: GraphQLObjectType
    name: str
    details: Any
    definition: GraphQLField | None
    shape: Shape | None
    read: Read | None = None
    coerce: Callable[[Any], Any] | None = None
    as_it_is: type | None = None
    load: Load | None = None


def shape_of(whole: GraphQLOutputType) -> Shape:
    """Take an output type apart."""
    inner = whole.of_type if isinstance(whole, GraphQLNonNull) else whole
    item = shape_of(inner.of_type) if isinstance(inner, GraphQLList) else None
    fields_of = inner if isinstance(inner, GraphQLObjectType) else None
    return Shape(whole, inner is whole, item, fields_of)


def step_of(parent: GraphQLObjectType, name: str, details: Any, schema: GraphQLSchema) -> Step:
    """Settle what is done for a field of an object; what its definition says is kept there."""
    definition = schema.get_field(parent, details[0].node.name.value)
    if definition is None:
        return Step(parent, name, details, None, None)
    kept: Step | None = definition.extensions.get(_KEPT)
    if kept is None or kept.parent is not parent:
        kept = definition.extensions[_KEPT] = _settled(parent, definition)
    return kept._replace(name=name, details=details)


def _settled(parent: GraphQLObjectType, definition: GraphQLField) -> Step:
    shape = shape_of(definition.type)
    if not isinstance(definition.resolve, Attribute):
        return Step(parent, "", None, definition, shape, load=_load_of(definition))
    step = Step(parent, "", None, definition, shape, definition.resolve.read)
    inner = _inner(definition.type)
    if not is_leaf_type(inner):
        return step
    return step._replace(coerce=_coerce_of(inner), as_it_is=_AS_IT_IS.get(inner.name))


def _coerce_of(leaf: Any) -> Callable[[Any], Any]:
    """Return how the leaf's values are serialised: the usual ones without asking the type."""
    coerce: Callable[[Any], Any] = leaf.coerce_output_value
    if leaf.name == "Int":
        return lambda value: (
            value
            if type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT
            else coerce(value)
        )
    members = getattr(leaf, "wrapped_cls", None)
    if members is None:
        return coerce
    names = {member: coerce(member) for member in members}
    return lambda value: names[value] if type(value) is members else coerce(value)


def leaf_of(step: Step, source: Any) -> Any:
    """Return the leaf's serialised value; Undefined asks for the long way."""
    assert step.read is not None, "a leaf is read"
    assert step.coerce is not None, "a leaf is serialised"
    try:
        value = step.read(source)
        if type(value) is step.as_it_is:
            return value
        if value is None:
            return None if step.shape is not None and step.shape.is_nullable else Undefined
        if isinstance(value, Exception) or is_awaitable(value):
            return Undefined
        coerced = step.coerce(value)
    except Exception:  # the long way meets it again, and tells it as it should be told
        return Undefined
    return Undefined if coerced is None else coerced


def _inner(whole: GraphQLOutputType) -> Any:
    return whole.of_type if isinstance(whole, GraphQLNonNull) else whole


def _load_of(definition: GraphQLField) -> Load | None:
    """Return the resolver of a field that loads; what else wraps a resolver goes the long way."""
    declared: Any = definition.extensions.get("strawberry-definition")
    if not LOADS.items() <= getattr(declared, "metadata", {}).items() or declared.extensions:
        return None
    assert not is_union_type(_inner(definition.type)), f"{definition} loads, and may refuse"
    assert not definition.args, f"{definition} loads, and takes arguments"
    resolver: Load = declared.base_resolver.wrapped_func
    return resolver
