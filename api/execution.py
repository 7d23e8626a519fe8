"""Running an operation over the schema, to its end or to the deadline, and writing the answer."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
)
from graphql.execution import create_source_event_stream

from api import refusals
from api.documents import Operation
from api.executor import Executor, is_awaitable
from api.refusals import Code, RequestRefused, said
from schema.context import Context


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation came to: the body as JSON, and whether it has errors."""

    body: bytes
    has_errors: bool


def _build(
    schema: GraphQLSchema, operation: Operation, variables: Mapping[str, Any], context: Context
) -> Executor:
    executor = Executor.build(
        schema,
        operation.document.node,
        context_value=context,
        raw_variable_values=dict(variables),
        operation_name=operation.name,
        max_coercion_errors=10,
        is_awaitable=is_awaitable,
        hide_suggestions=True,
    )
    if isinstance(executor, list):
        raise refusals.invalid(executor)
    assert isinstance(executor, Executor)
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
) -> tuple[Executor, AsyncIterable[Any]]:
    """Open a subscription's source of events; raises RequestRefused where it does not open."""
    executor = _build(schema, operation, variables, context)
    stream: Any = create_source_event_stream(executor)
    if isawaitable(stream):
        stream = await stream
    if isinstance(stream, ExecutionResult):
        told = refusals.of_fields(stream.errors or [], locale=context.actor.locale)
        raise RequestRefused(422, Code.BAD_USER_INPUT, told)
    return executor, stream


async def event(executor: Executor, payload: Any, context: Context, *, deadline_s: float) -> Answer:
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
