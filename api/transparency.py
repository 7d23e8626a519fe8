"""/log: files of the transparency log, for everybody: copies, heads, growths and keys.

They are what `gongyi verify` reads.
"""

from datetime import date
from uuid import UUID

from starlette.requests import Request
from starlette.routing import Route

from api.edge import Edge
from api.public_files import File, Find, routes_of
from domains.disclosure.queries import log
from domains.disclosure.rules import proofs
from domains.disclosure.service import copies
from domains.disclosure.values.log import PollRecord
from domains.kernel.actor import Actor
from schema import node

_LAST_VERSION = 2**31 - 1


def _head_of(request: Request) -> UUID | None:
    """Return the head that a copy is asked for under; one that is none proves nothing."""
    named = request.query_params.get("head")
    return None if named is None else node.known("log_head", named) or node.NOBODY


async def _copy(actor: Actor, request: Request) -> File | None:
    disclosure = node.known("disclosure", request.path_params["disclosure"])
    head = _head_of(request)
    number = request.path_params["version"]
    if disclosure is None or number > _LAST_VERSION:
        return None
    content = await copies.disclosure_copy(actor, disclosure, number, head_id=head)
    if content is None:
        return None
    return (f"disclosure-{disclosure}-{number}.json", "application/json", content)


def _poll_copy(of: PollRecord) -> Find:
    async def find(actor: Actor, request: Request) -> File | None:
        poll = node.known("poll", request.path_params["poll"]) or node.NOBODY
        content = await copies.poll_copy(actor, of, poll, head_id=_head_of(request))
        if content is None:
            return None
        return (f"{of.value.replace('_', '-')}-{poll}.json", "application/json", content)

    return find


async def _books(actor: Actor, request: Request) -> File | None:
    community = node.known("area", request.path_params["community"]) or node.NOBODY
    asked = request.query_params.get("days", "1")
    try:
        day = date.fromisoformat(request.path_params["day"])
    except ValueError:
        return None
    days = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    if days == 0:
        return None
    content = await copies.books_copy(actor, community, day, days=days, head_id=_head_of(request))
    if content is None:
        return None
    return (f"time-books-{community}-{day}.json", "application/json", content)


async def _head(actor: Actor, request: Request) -> File | None:
    head = node.known("log_head", request.path_params["head"]) or node.NOBODY
    (row,) = await log.heads_by_id(actor, [head])
    if row is None:
        return None
    content = proofs.head_file(log.signed(row))
    return (f"head-{row['log_id']}-{row['day']}.json", "application/json", content)


async def _growth(actor: Actor, request: Request) -> File | None:
    ids = [
        node.known("log_head", request.path_params[name]) or node.NOBODY
        for name in ("older", "newer")
    ]
    found = await log.growth(actor, *ids)
    if found is None:
        return None
    content = proofs.growth_of(found.older, found.newer, found.path)
    ends = f"{found.older.head.size}-{found.newer.head.size}"
    return (f"growth-{found.newer.head.log_id}-{ends}.json", "application/json", content)


async def _keys(actor: Actor, request: Request) -> File:
    lines = "".join(f"{key}\n" for key in await log.keys())
    return ("log-keys.txt", "text/plain; charset=utf-8", lines.encode())


def routes(edge: Edge) -> list[Route]:
    """Return the routes of the log's files."""
    return routes_of(
        edge,
        {
            "/log/copies/{disclosure}/{version:int}": _copy,
            "/log/polls/{poll}/roll": _poll_copy(PollRecord.ROLL),
            "/log/polls/{poll}/result": _poll_copy(PollRecord.RESULT),
            "/log/time-books/{community}/{day}": _books,
            "/log/heads/{head}": _head,
            "/log/growths/{older}/{newer}": _growth,
            "/log/keys": _keys,
        },
    )
