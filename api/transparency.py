"""/log: files of the transparency log, for everybody: copies, heads, growths and keys.

They are what `gongyi verify` reads. A file costs its caller's budget as an operation does.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api import negotiation
from api.authentication import address_of
from api.edge import Edge
from api.refusals import Code, RequestRefused, of_fault
from domains.disclosure.queries import log
from domains.disclosure.rules import proofs
from domains.disclosure.service import copies
from domains.kernel.actor import Actor
from domains.kernel.errors import NotFound
from schema import node

COST = 100
_LAST_VERSION = 2**31 - 1
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
File = tuple[str, str, bytes]
"""A name, a media type, and what is in it."""
Find = Callable[[Actor, Request], Awaitable[File | None]]


async def _copy(actor: Actor, request: Request) -> File | None:
    disclosure = node.known("disclosure", request.path_params["disclosure"])
    named = request.query_params.get("head")
    head = None if named is None else node.known("log_head", named) or node.NOBODY
    number = request.path_params["version"]
    if disclosure is None or number > _LAST_VERSION:
        return None
    content = await copies.disclosure_copy(actor, disclosure, number, head_id=head)
    if content is None:
        return None
    return (f"disclosure-{disclosure}-{number}.json", "application/json", content)


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

    def route(path: str, find: Find) -> Route:
        async def served(request: Request) -> Response:
            return await _served(edge, request, find)

        return Route(path, served, methods=["GET"])

    return [
        route("/log/copies/{disclosure}/{version:int}", _copy),
        route("/log/heads/{head}", _head),
        route("/log/growths/{older}/{newer}", _growth),
        route("/log/keys", _keys),
    ]


async def _served(edge: Edge, request: Request, find: Find) -> Response:
    locale = negotiation.locale(request.headers.get("accept-language"))
    try:
        return await _found(edge, request, find, locale)
    except RequestRefused as refusal:
        return _refused(refusal)
    except Exception as error:  # the same masking as of any other fault
        return _refused(of_fault(error, locale=locale))


async def _found(edge: Edge, request: Request, find: Find, locale: str) -> Response:
    peer = request.client.host if request.client else None
    address = address_of(peer, request.headers.get("x-forwarded-for"), edge.trusted)
    actor = Actor(person_id=None, locale=locale, address=address)
    edge.budgets.admit(actor)
    edge.budgets.spend(actor, COST)
    async with edge.gate.turn(locale):
        file = await find(actor, request)
    if file is None:
        refusal = NotFound()
        raise RequestRefused(
            404, Code.BAD_USER_INPUT, refusal.message(locale), refusal=refusal.code
        )
    name, media_type, content = file
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=_HEADERS | disposition)


def _refused(refusal: RequestRefused) -> Response:
    return JSONResponse(
        {"errors": refusal.errors},
        status_code=refusal.status,
        headers={"cache-control": "no-store", "x-content-type-options": "nosniff"}
        | refusal.headers,
    )
