"""The measure: the same work by a bare Starlette endpoint, with nothing around it."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domains.kernel import database, settings

# What the product asks for many ballots at once, for one.
CAST = "SELECT outcome, revision FROM voting_cast($1, $2, $3, NULL, $4, $5, 'online', NULL)"
POLLS = """
SELECT p.id, p.title, p.state, p.secrecy, p.opens_at, p.closes_at, p.roll_size, p.author_id, a.name
FROM voting_poll p LEFT JOIN membership_person a ON a.id = p.author_id
WHERE p.state <> 'draft' ORDER BY p.opens_at DESC, p.id DESC LIMIT 50
"""
OPTIONS = """
SELECT id, poll_id, position, label FROM voting_option
WHERE poll_id = ANY ($1) ORDER BY poll_id, position
"""
COUNTS = """
SELECT p.id AS poll_id, count(*) AS participated
FROM voting_poll p JOIN voting_participation t ON t.poll_number = p.number
WHERE p.id = ANY ($1) GROUP BY p.id
"""


async def polls(request: Request) -> Response:
    """Answer 50 polls with options, counts and author, in three queries."""
    pool = request.app.state.pool
    async with pool.acquire() as connection:
        rows = await connection.fetch(POLLS)
        ids = [row["id"] for row in rows]
        options: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for row in await connection.fetch(OPTIONS, ids):
            options[row["poll_id"]].append(
                {"id": row["id"], "position": row["position"], "label": row["label"]}
            )
        counts = {
            row["poll_id"]: row["participated"] for row in await connection.fetch(COUNTS, ids)
        }
    nodes = [
        {
            "id": row["id"],
            "title": row["title"],
            "state": row["state"],
            "secrecy": row["secrecy"],
            "opensAt": row["opens_at"],
            "closesAt": row["closes_at"],
            "turnout": {"roll": row["roll_size"], "participated": counts.get(row["id"], 0)},
            "author": {"name": row["name"]},
            "options": options[row["id"]],
        }
        for row in rows
    ]
    body = orjson.dumps({"data": {"polls": {"nodes": nodes}}}, default=str)
    return Response(body, media_type="application/json")


async def cast(request: Request) -> Response:
    """Run the statement that casts, and answer what it said."""
    asked = json.loads(await request.body())
    pool = request.app.state.pool
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            CAST, UUID(asked["poll"]), UUID(asked["voter"]), asked["marks"], uuid4(), None
        )
    return Response(orjson.dumps(dict(row)), media_type="application/json")


async def nothing(request: Request) -> Response:
    """Read a body and answer as little as there is."""
    json.loads(await request.body())
    return Response(orjson.dumps({"data": {"__typename": "Query"}}), media_type="application/json")


def create_bare() -> Starlette:
    """Assemble the bare server, on the database of the settings."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        address = settings.current().database_url.get_secret_value()
        async with asyncpg.create_pool(
            **database.connection_arguments(address), min_size=10, max_size=10, reset=_nothing
        ) as pool:
            app.state.pool = pool
            yield

    return Starlette(
        routes=[
            Route("/polls", polls, methods=["POST"]),
            Route("/cast", cast, methods=["POST"]),
            Route("/nothing", nothing, methods=["POST"]),
        ],
        lifespan=lifespan,
    )


async def _nothing(connection: Any) -> None:
    return None
