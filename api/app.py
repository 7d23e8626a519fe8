"""create_app(): routes and lifespan, nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from api import (
    calendars,
    callbacks,
    certificates,
    feeds,
    front,
    health,
    open_data,
    statements,
    transparency,
    uploads,
    watching,
)
from api.authentication import Authenticate, Reread
from api.edge import Edge
from api.graphql import GraphQLOverHTTP
from api.websocket import GraphQLOverWebSocket
from domains.kernel import database, settings
from domains.kernel.settings import Settings
from domains.membership.queries import sessions
from schema import root

Beside = Callable[[asyncio.Event], Awaitable[None]]


def create_app(
    *,
    schema: strawberry.Schema = root.schema,
    chosen: Settings | None = None,
    authenticate: Authenticate = sessions.actor_of_token,
    reread: Reread = sessions.actors_of_sessions,
    owns_database: bool = True,
    beside: Beside | None = None,
) -> Starlette:
    """Return the ASGI application.

    `owns_database` opens the pool with it and closes it; `beside` is what runs in the
    same process, once the pool is open, until the event that it is given is set.
    """
    edge = Edge.of(schema, chosen or settings.current(), authenticate=authenticate, reread=reread)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            if owns_database:
                await stack.enter_async_context(database.connected())
                await stack.enter_async_context(_until_the_end(edge.hub.run(), "live"))
                await stack.enter_async_context(_until_the_end(watching.watch(), "watch"))
                stack.push_async_callback(edge.finished)
            if beside is not None:
                await stack.enter_async_context(_running(beside))
            yield

    app = Starlette(
        routes=[
            Route("/graphql", GraphQLOverHTTP(edge)),
            WebSocketRoute("/graphql", GraphQLOverWebSocket(edge)),
            *uploads.routes,
            *calendars.routes,
            *callbacks.routes,
            *transparency.routes(edge),
            *statements.routes(edge),
            *certificates.routes(edge),
            *open_data.routes(edge),
            *feeds.routes(edge),
            *health.routes(edge),
            *front.routes(edge),
        ],
        lifespan=lifespan,
    )
    app.state.edge = edge
    return app


@contextlib.asynccontextmanager
async def _until_the_end(work: Coroutine[object, object, None], name: str) -> AsyncIterator[None]:
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@contextlib.asynccontextmanager
async def _running(beside: Beside) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.ensure_future(beside(stop))
    try:
        yield
    finally:
        stop.set()
        await task
