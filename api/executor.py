"""graphql-core's executor without what is not needed: a plain leaf is read, not resolved.

`quicken` marks the fields that are plain attributes. For a leaf of a standard scalar the
executor then reads the attribute and serialises it; whatever is out of the ordinary
(null where none may be, a value that does not fit, an exception) goes the long way,
which says what graphql-core says. tests/api/test_executor.py holds both to equal results.
"""

from collections.abc import Awaitable, Callable
from operator import attrgetter
from typing import Any, NamedTuple, TypeGuard

import strawberry
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_leaf_type,
)
from graphql.execution import Executor as PlainExecutor
from graphql.pyutils import Path, Undefined, gather_with_cancel
from strawberry.execution import optimized_is_awaitable

Read = Callable[[Any], Any]

# A value of exactly this Python type is what the scalar would serialise it to.
_AS_IT_IS: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Tell whether a value must be awaited, quickly for the usual ones."""
    return optimized_is_awaitable(value)


class Attribute:
    """A resolver that reads an attribute."""

    def __init__(self, name: str) -> None:
        self.read: Read = attrgetter(name)

    def __call__(self, source: Any, _info: Any) -> Any:
        """Resolve the long way."""
        return self.read(source)


def quicken(schema: strawberry.Schema) -> GraphQLSchema:
    """Return the schema's graphql-core side, its plain fields marked; may be repeated."""
    core: GraphQLSchema = schema._schema
    for named in core.type_map.values():
        if not isinstance(named, GraphQLObjectType):
            continue
        for definition in named.fields.values():
            if getattr(definition.resolve, "__name__", "") == "_get_basic_result":
                declared = definition.extensions["strawberry-definition"]
                definition.resolve = Attribute(declared.python_name)
    return core


class _ResolveInfo(NamedTuple):
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


class Executor(PlainExecutor[Any]):
    """graphql-core's plain executor (no @defer), with the Info that Strawberry expects."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._plans: dict[int, tuple[Any, list[_Step]]] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        """Read the plain leaves and resolve the rest, in the order of the selection."""
        results: dict[str, Any] = {}
        waiting: list[str] = []
        try:
            for step in self._plan(parent_type, grouped_field_set):
                value = _read(step, source_value)
                if value is Undefined:
                    value = self.execute_field(
                        parent_type,
                        source_value,
                        step.details,
                        Path(path, step.name, parent_type.name),
                        position_context,
                    )
                    if self.is_awaitable(value):
                        waiting.append(step.name)
                if value is not Undefined:
                    results[step.name] = value
        except Exception:
            self.settle_in_background([results[name] for name in waiting])
            raise
        return _settled(results, waiting) if waiting else results

    def _plan(self, parent_type: GraphQLObjectType, grouped_field_set: Any) -> "list[_Step]":
        """Return the steps of a selection; a list has one plan for all its items.

        The selection is kept beside its plan, so that its identity is not given to another.
        """
        kept = self._plans.get(id(grouped_field_set))
        if kept is not None:
            return kept[1]
        steps = [
            _step(name, details, self.schema.get_field(parent_type, details[0].node.name.value))
            for name, details in grouped_field_set.items()
        ]
        self._plans[id(grouped_field_set)] = (grouped_field_set, steps)
        return steps

    def build_resolve_info(
        self,
        field_def: GraphQLField,
        field_nodes: list[FieldNode],
        parent_type: GraphQLObjectType,
        path: Path,
    ) -> Any:
        """Build what resolvers are told; variables are the plain coerced mapping."""
        return _ResolveInfo(
            field_nodes[0].name.value,
            field_nodes,
            field_def.type,
            parent_type,
            path,
            self.schema,
            self.fragment_definitions,
            self.root_value,
            self.operation,
            self.variable_values.coerced,
            self.context_value,
            self.is_awaitable,
            self.abort_signal,
            self.async_helpers,
            None,
        )


class _Step(NamedTuple):
    """One field of a selection; `read` where it is a plain leaf."""

    name: str
    details: Any
    read: Read | None
    as_it_is: type | None
    coerce: Callable[[Any], Any] | None
    is_nullable: bool


def _step(name: str, details: Any, definition: GraphQLField | None) -> _Step:
    if definition is not None and isinstance(definition.resolve, Attribute):
        outer = definition.type
        inner = outer.of_type if isinstance(outer, GraphQLNonNull) else outer
        if is_leaf_type(inner):
            return _Step(
                name,
                details,
                definition.resolve.read,
                _AS_IT_IS.get(inner.name),
                inner.coerce_output_value,
                inner is outer,
            )
    return _Step(name, details, None, None, None, False)


def _read(step: _Step, source: Any) -> Any:
    """Return the leaf's serialised value; Undefined asks for the long way."""
    if step.read is None or step.coerce is None:
        return Undefined
    try:
        value = step.read(source)
        if type(value) is step.as_it_is:
            return value
        if value is None:
            return None if step.is_nullable else Undefined
        if isinstance(value, Exception) or is_awaitable(value):
            return Undefined
        coerced = step.coerce(value)
    except Exception:  # the long way meets it again, and tells it as it should be told
        return Undefined
    return Undefined if coerced is None else coerced


async def _settled(results: dict[str, Any], waiting: list[str]) -> dict[str, Any]:
    if len(waiting) == 1:
        results[waiting[0]] = await results[waiting[0]]
        return results
    settled = await gather_with_cancel(*(results[name] for name in waiting))
    results.update(zip(waiting, settled, strict=True))
    return results
