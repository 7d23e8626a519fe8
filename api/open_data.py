"""/open-data: what is public, as CSV and JSON, for everybody's programs.

A request names a set, an area, days, and how many rows; a `Link` leads to the next. Rows are
sent as they are read. `ETag` says whether anything of what was asked has changed.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.edge import Edge
from api.public_files import HEADERS, responses_of
from api.refusals import Code, RequestRefused
from domains.disclosure.queries import open_data as queries
from domains.disclosure.queries.open_data import AT_ONCE, MOST_ROWS, Asked, DataSet
from domains.disclosure.rules import open_data as rules
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput
from domains.membership.queries import places
from schema import node

# Which kind of node an id in a column is of.
_NODES = {"area_id": "area", "disclosure_id": "disclosure"}
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_CACHED = HEADERS | {"cache-control": "public, max-age=60"}


async def _index(actor: Actor, request: Request) -> Response:
    sets = rules.described({name: each.columns for name, each in queries.SETS.items()})
    return Response(orjson.dumps(sets), media_type="application/json", headers=_CACHED)


async def _set(actor: Actor, request: Request) -> Response | None:
    of = queries.SETS.get(request.path_params["name"])
    form = request.path_params["form"]
    if of is None or form not in _TYPES:
        return None
    asked = await _asked(of, request, actor.locale)
    if asked is None:
        return None
    found = await queries.which(of, asked)
    rows, goes_on = found[: asked.most], len(found) > asked.most
    headers = _CACHED | _validators(of, form, rows, goes_on=goes_on)
    following = _following(request, of, rows[-1]["id"]) if goes_on else None
    if following is not None:
        headers["link"] = f'<{following}>; rel="next"'
    if headers["etag"] in _given_tags(request):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = f'attachment; filename="{of.name}.{form}"'
    ids = [row["id"] for row in rows]
    sent = _csv(of, ids) if form == "csv" else _json(of, ids, following)
    return StreamingResponse(sent, media_type=_TYPES[form], headers=headers)


async def _asked(of: DataSet, request: Request, locale: str) -> Asked | None:
    """Read what is asked; None for an area or a row that is not there."""
    given = request.query_params
    path = None
    if "area" in given:
        area = node.known("area", given["area"])
        place = await places.place_of(area) if area is not None else None
        if place is None:
            return None
        path = place.area_path
    after = None
    if "after" in given:
        after = node.known(of.node_kind, given["after"])
        if after is None:
            return None
    most = given.get("limit", "1000")
    if not most.isascii() or not most.isdigit() or not 1 <= int(most[:9]) <= MOST_ROWS:
        raise _refused("limit", locale, f"须为 1 至 {MOST_ROWS}。", f"1 to {MOST_ROWS}.")
    return Asked(
        area_path=path,
        first_day=_day(given.get("from"), "from", locale),
        last_day=_day(given.get("to"), "to", locale),
        after=after,
        most=int(most),
    )


def _day(given: str | None, name: str, locale: str) -> date | None:
    if given is None:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 9000:
        raise _refused(name, locale, "须为如 2026-09-30 的日期。", "a day like 2026-09-30.")
    return day


def _refused(name: str, locale: str, zh: str, en: str) -> RequestRefused:
    refusal = InvalidInput(path=(name,), zh=f"{name}:{zh}", en=f"{name}: {en}")
    return RequestRefused(400, Code.BAD_USER_INPUT, refusal.message(locale), refusal=refusal.code)


def _validators(of: DataSet, form: str, rows: Sequence[Row], *, goes_on: bool) -> dict[str, str]:
    """Return what tells whether what was asked has changed since it was last fetched."""
    digest = hashlib.sha256(f"{form} {goes_on} {len(of.columns)}".encode())
    for row in rows:
        digest.update(row["id"].bytes + row["mark"].encode())
    found = {"etag": f'"{digest.hexdigest()[:32]}"'}
    last: datetime | None = max((row["changed_at"] for row in rows), default=None)
    if last is not None:
        found["last-modified"] = format_datetime(last.astimezone(UTC), usegmt=True)
    return found


def _given_tags(request: Request) -> set[str]:
    given = request.headers.get("if-none-match", "")
    return {each.strip().removeprefix("W/") for each in given[:2000].split(",")}


def _following(request: Request, of: DataSet, last: UUID) -> str:
    kept = {
        name: text
        for name, text in request.query_params.items()
        if name in {"area", "from", "to", "limit"}
    }
    return f"{request.url.path}?{urlencode(kept | {'after': node.encode(of.node_kind, last)})}"


async def _csv(of: DataSet, ids: Sequence[UUID]) -> AsyncIterator[bytes]:
    yield rules.csv_head(of.columns)
    async for batch in _batches(of, ids):
        yield rules.csv_rows(batch)


async def _json(of: DataSet, ids: Sequence[UUID], following: str | None) -> AsyncIterator[bytes]:
    yield rules.json_head(of.name, following)
    first = True
    async for batch in _batches(of, ids):
        yield rules.json_rows(of.columns, batch, first=first)
        first = first and not batch
    yield rules.JSON_TAIL


async def _batches(of: DataSet, ids: Sequence[UUID]) -> AsyncIterator[list[list[Any]]]:
    for start in range(0, len(ids), AT_ONCE):
        rows = await queries.rows(of, ids[start : start + AT_ONCE])
        yield [_cells(of, row) for row in rows]


def _cells(of: DataSet, row: Row) -> list[Any]:
    """Return a row in the order of its columns, its ids as the contract has them."""
    kinds = _NODES | {"id": of.node_kind}
    shown: list[Any] = []
    for column in of.columns:
        if column.name == "copy":
            disclosure = node.encode("disclosure", row["id"])
            shown.append(f"/log/copies/{disclosure}/{row['version']}")
            continue
        cell = row[column.name]
        kind = kinds.get(column.name)
        shown.append(node.encode(kind, cell) if kind is not None and cell is not None else cell)
    return shown


def routes(edge: Edge) -> list[Route]:
    """Return the routes of open data."""
    return responses_of(edge, {"/open-data": _index, "/open-data/{name}.{form}": _set})
