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
# Under an area whose feed lists everything itself: the index's own order, and what is shown.
_SHOWN = """
SELECT d.id, d.kind, d.state, v.title, v.body_text, d.first_published_at, p.name
FROM found
JOIN disclosure_disclosure d ON d.id = found.disclosure_id
JOIN disclosure_version v ON v.disclosure_id = d.id AND v.number = d.published_number
JOIN disclosure_publisher p ON p.id = d.publisher_id
ORDER BY d.first_published_at DESC, d.id DESC
"""
FEED = f"""
WITH found AS (
    SELECT disclosure_id FROM disclosure_feed WHERE area_path = $1
    ORDER BY published_at DESC, disclosure_id DESC LIMIT $2)
{_SHOWN}
"""
SEARCH = f"""
WITH found AS (
    SELECT f.disclosure_id
    FROM disclosure_words w JOIN disclosure_feed f ON f.disclosure_id = w.disclosure_id
    WHERE w.words @@ $3::tsquery AND f.area_path = $1
    ORDER BY f.published_at DESC, f.disclosure_id DESC LIMIT $2)
{_SHOWN}
"""
TAGS = "SELECT disclosure_id, tag FROM disclosure_tag WHERE disclosure_id = ANY ($1)"
READINGS = (
    "SELECT disclosure_id, readings FROM disclosure_read_count WHERE disclosure_id = ANY ($1)"
)
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


async def disclosures(request: Request) -> Response:
    """Answer a page of a feed, or of a search among it, in three queries."""
    asked = json.loads(await request.body())
    question = asked.get("question")
    values = (asked["path"], asked["first"], *([] if question is None else [question]))
    async with request.app.state.pool.acquire() as connection:
        rows = await connection.fetch(FEED if question is None else SEARCH, *values)
        ids = [row["id"] for row in rows]
        tags: defaultdict[UUID, list[str]] = defaultdict(list)
        for row in await connection.fetch(TAGS, ids):
            tags[row["disclosure_id"]].append(row["tag"])
        counted = await connection.fetch(READINGS, ids)
        readings = {row["disclosure_id"]: row["readings"] for row in counted}
    nodes = [
        {
            "id": row["id"],
            "kind": row["kind"],
            "state": row["state"],
            "title": row["title"],
            "text": row["body_text"],
            "firstPublishedAt": row["first_published_at"],
            "publisher": {"name": row["name"]},
            "tags": tags[row["id"]],
            "readings": readings.get(row["id"], 0),
        }
        for row in rows
    ]
    return Response(orjson.dumps({"data": nodes}, default=str), media_type="application/json")


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
            Route("/disclosures", disclosures, methods=["POST"]),
            Route("/nothing", nothing, methods=["POST"]),
        ],
        lifespan=lifespan,
    )


async def _nothing(connection: Any) -> None:
    return None
