"""/statements: the lines of what was published, as CSV and XLSX, for everybody."""

import asyncio

from starlette.requests import Request
from starlette.routing import Route

from api.edge import Edge
from api.public_files import File, routes_of
from domains.disclosure.queries import statements as queries
from domains.disclosure.rules import statement_sheets
from domains.disclosure.rules.statements import MOST_LINES
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from schema import node

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LAST_VERSION = 2**31 - 1


async def _statement(actor: Actor, request: Request) -> tuple[Row, list[Row]] | None:
    disclosure = node.known("disclosure", request.path_params["disclosure"])
    number = request.path_params["version"]
    if disclosure is None or number > _LAST_VERSION:
        return None
    (row,) = await queries.statements(actor, [(disclosure, number)])
    if row is None:
        return None
    (lines,) = await queries.first_lines(actor, [(row["version_id"], MOST_LINES)])
    return row, lines


def _name(row: Row) -> str:
    return f"statement-{row['disclosure_id']}-{row['version']}"


async def _csv(actor: Actor, request: Request) -> File | None:
    found = await _statement(actor, request)
    if found is None:
        return None
    row, lines = found
    content = await asyncio.to_thread(statement_sheets.csv_of, lines)
    return (f"{_name(row)}.csv", "text/csv; charset=utf-8", content)


async def _xlsx(actor: Actor, request: Request) -> File | None:
    found = await _statement(actor, request)
    if found is None:
        return None
    row, lines = found
    content = await asyncio.to_thread(statement_sheets.xlsx_of, lines, made_at=row["published_at"])
    return (f"{_name(row)}.xlsx", _XLSX, content)


def routes(edge: Edge) -> list[Route]:
    """Return the routes of statements' files."""
    return routes_of(
        edge,
        {
            "/statements/{disclosure}/{version:int}/lines.csv": _csv,
            "/statements/{disclosure}/{version:int}/lines.xlsx": _xlsx,
        },
    )
