"""Files for everybody, made when they are asked for; each costs its caller's budget."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api import negotiation
from api.authentication import address_of
from api.edge import Edge
from api.refusals import Code, RequestRefused, of_fault
from domains.kernel.actor import Actor
from domains.kernel.errors import NotFound

COST = 100
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
File = tuple[str, str, bytes]
"""A name, a media type, and what is in it."""
Find = Callable[[Actor, Request], Awaitable[File | None]]
Respond = Callable[[Actor, Request], Awaitable[Response | None]]


def routes_of(edge: Edge, finds: Mapping[str, Find]) -> list[Route]:
    """Return a route for each path; what is not found is a 404."""
    return responses_of(edge, {path: _as_file(find) for path, find in finds.items()})


def responses_of(edge: Edge, responds: Mapping[str, Respond]) -> list[Route]:
    """Return a route for each path whose answer is made whole; what is not found is a 404."""

    def route(path: str, respond: Respond) -> Route:
        async def served(request: Request) -> Response:
            return await _served(edge, request, respond)

        return Route(path, served, methods=["GET"])

    return [route(path, respond) for path, respond in responds.items()]


def _as_file(find: Find) -> Respond:
    async def respond(actor: Actor, request: Request) -> Response | None:
        file = await find(actor, request)
        if file is None:
            return None
        name, media_type, content = file
        disposition = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media_type, headers=HEADERS | disposition)

    return respond


async def _served(edge: Edge, request: Request, respond: Respond) -> Response:
    locale = negotiation.locale(request.headers.get("accept-language"))
    try:
        return await _found(edge, request, respond, locale)
    except RequestRefused as refusal:
        return refused(refusal)
    except Exception as error:  # the same masking as of any other fault
        return refused(of_fault(error, locale=locale))


async def _found(edge: Edge, request: Request, respond: Respond, locale: str) -> Response:
    peer = request.client.host if request.client else None
    address = address_of(peer, request.headers.get("x-forwarded-for"), edge.trusted)
    actor = Actor(person_id=None, locale=locale, address=address)
    edge.budgets.admit(actor)
    edge.budgets.spend(actor, COST)
    async with edge.gate.turn(locale):
        answer = await respond(actor, request)
    if answer is None:
        refusal = NotFound()
        raise RequestRefused(
            404, Code.BAD_USER_INPUT, refusal.message(locale), refusal=refusal.code
        )
    return answer


def refused(refusal: RequestRefused) -> Response:
    """Answer a refusal as JSON."""
    return JSONResponse(
        {"errors": refusal.errors},
        status_code=refusal.status,
        headers={"cache-control": "no-store", "x-content-type-options": "nosniff"}
        | refusal.headers,
    )
