"""Running an operation over the schema: graphql-core's executor, without what is not needed.

Field resolvers of plain attributes are replaced by attribute reads when the edge
starts, so a leaf costs neither an Info object nor a call through Strawberry.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from operator import attrgetter
from typing import Any, NamedTuple, TypeGuard

import orjson
import strawberry
from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution import Executor, create_source_event_stream
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable

from api import refusals
from api.documents import Operation
from api.refusals import Code, RequestRefused, said
from schema.context import Context


def _is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    return optimized_is_awaitable(value)


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


class _Executor(Executor[Any]):
    """graphql-core's plain executor (no @defer), with the Info that Strawberry expects."""

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


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation came to: the body as JSON, and whether it has errors."""

    body: bytes
    has_errors: bool


def quicken(schema: strawberry.Schema) -> GraphQLSchema:
    """Return the schema's graphql-core side, its plain leaves read without a resolver.

    Where a field's type is registered twice this does nothing twice: it may be repeated.
    """
    core: GraphQLSchema = schema._schema
    for named in core.type_map.values():
        if not isinstance(named, GraphQLObjectType):
            continue
        for definition in named.fields.values():
            if getattr(definition.resolve, "__name__", "") == "_get_basic_result":
                declared = definition.extensions["strawberry-definition"]
                definition.resolve = _reader(declared.python_name)
    return core


def _reader(name: str) -> Any:
    read = attrgetter(name)

    def attribute(source: Any, _info: Any) -> Any:
        return read(source)

    return attribute


def _build(
    schema: GraphQLSchema, operation: Operation, variables: Mapping[str, Any], context: Context
) -> _Executor:
    executor = _Executor.build(
        schema,
        operation.document.node,
        context_value=context,
        raw_variable_values=dict(variables),
        operation_name=operation.name,
        max_coercion_errors=10,
        is_awaitable=_is_awaitable,
        hide_suggestions=True,
    )
    if isinstance(executor, list):
        raise refusals.invalid(executor)
    assert isinstance(executor, _Executor)
    return executor


async def run(
    schema: GraphQLSchema,
    operation: Operation,
    variables: Mapping[str, Any],
    context: Context,
    *,
    deadline_s: float,
    extensions: Mapping[str, Any] | None = None,
) -> Answer:
    """Run a query or a mutation to its end, or to the deadline, and encode what it came to."""
    locale = context.actor.locale
    executor = _build(schema, operation, variables, context)
    result: Any = executor.execute_operation()
    if isawaitable(result):
        try:
            async with asyncio.timeout(deadline_s):
                result = await result
        except TimeoutError:
            raise late(locale) from None
    return encode(result, locale=locale, extensions=extensions)


async def source(
    schema: GraphQLSchema, operation: Operation, variables: Mapping[str, Any], context: Context
) -> tuple[_Executor, AsyncIterable[Any]]:
    """Open a subscription's source of events; raises RequestRefused where it does not open."""
    executor = _build(schema, operation, variables, context)
    stream: Any = create_source_event_stream(executor)
    if isawaitable(stream):
        stream = await stream
    if isinstance(stream, ExecutionResult):
        told = refusals.of_fields(stream.errors or [], locale=context.actor.locale)
        raise RequestRefused(422, Code.BAD_USER_INPUT, told)
    return executor, stream


async def event(
    executor: _Executor, payload: Any, context: Context, *, deadline_s: float
) -> Answer:
    """Run a subscription's selection over one event, as the actor of `context`."""
    once = executor.build_per_event_executor(payload)
    once.context_value = context
    result: Any = once.execute_operation(False)
    if isawaitable(result):
        async with asyncio.timeout(deadline_s):
            result = await result
    return encode(result, locale=context.actor.locale)


def encode(
    result: ExecutionResult, *, locale: str, extensions: Mapping[str, Any] | None = None
) -> Answer:
    """Write an answer as JSON, errors first so that they are read first."""
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = refusals.of_fields(result.errors, locale=locale)
    body["data"] = result.data
    if extensions:
        body["extensions"] = extensions
    return Answer(body=orjson.dumps(body, default=_plain), has_errors=bool(result.errors))


def _plain(value: Any) -> Any:
    raise GraphQLError(f"a scalar serialised to {type(value).__name__}, which is not JSON")


def late(locale: str) -> RequestRefused:
    """Refuse an operation that has taken too long."""
    return RequestRefused(
        503,
        Code.UNAVAILABLE,
        said(locale, "处理超时,请稍后再试。", "This took too long and was given up; try again."),
        always=True,
        headers={"Retry-After": "5"},
    )
