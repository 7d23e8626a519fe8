"""/livez, /readyz and /metrics: what the machinery around the process asks."""

import asyncio

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api import metrics, readiness
from api.authentication import address_of, is_within, networks
from api.edge import Edge
from api.refusals import is_unavailable
from domains.kernel import database, outbox
from domains.kernel.operations import queries
from domains.notifications.queries import deliveries

_HEADERS = {"Cache-Control": "no-store"}
_WITHIN_S = 3.0
log = structlog.get_logger("api")


def routes(edge: Edge) -> list[Route]:
    """Return the three routes."""
    allowed = networks(edge.settings.metrics_from)

    async def livez(_request: Request) -> Response:
        return JSONResponse({"status": "alive"}, headers=_HEADERS)

    async def readyz(_request: Request) -> Response:
        reason = "draining" if edge.draining else await _unready()
        if reason is None:
            return JSONResponse({"status": "ready"}, headers=_HEADERS)
        return JSONResponse(
            {"status": "unready", "reason": reason},
            status_code=503,
            headers={**_HEADERS, "Retry-After": "5"},
        )

    async def counted(request: Request) -> Response:
        peer = request.client.host if request.client else None
        caller = address_of(peer, request.headers.get("x-forwarded-for"), edge.trusted)
        if not is_within(caller, allowed):
            return JSONResponse({"status": "not allowed from here"}, status_code=403)
        await _measure(edge)
        return PlainTextResponse(
            metrics.text(),
            headers=_HEADERS,
            media_type="text/plain; version=0.0.4; charset=utf-8",
        )

    return [
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", counted, methods=["GET"]),
    ]


async def _unready() -> str | None:
    """Return why the process cannot serve, or None."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            pending = await readiness.pending_migrations(database.fetch)
    except Exception as error:
        if not is_unavailable(error):
            raise
        log.warning("database away", cause=type(error).__name__)
        return "database"
    return "migrations" if pending else None


async def _measure(edge: Edge) -> None:
    """Bring the gauges up to date; the outbox keeps its own while the database is away."""
    metrics.INSIDE.set(edge.gate.inside)
    try:
        async with asyncio.timeout(_WITHIN_S):
            backlog = await outbox.backlog()
            room = await queries.figures()
            told = await deliveries.told_figures(within_day=False)
    except Exception as error:
        if not is_unavailable(error):
            raise
        return
    metrics.OUTBOX_WAITING.set(backlog["waiting"])
    metrics.OUTBOX_LAG.set(backlog["lag_s"])
    metrics.OUTBOX_PARKED.set(backlog["parked"])
    metrics.MACHINE_ROOM.figures = room
    metrics.DELIVERIES.figures = told
