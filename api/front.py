"""What stands at /: GraphiQL in development, a signpost in production."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.edge import Edge
from domains.kernel.settings import Environment

FILES = Path(__file__).parent / "static" / "graphiql"

# CodeMirror and the panes set styles from script; nothing else is allowed that is not ours.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def routes(edge: Edge) -> list[BaseRoute]:
    """Return what is served beside the API."""
    if edge.settings.environment is Environment.PRODUCTION:
        return [Route("/", _signpost, methods=["GET"])]
    return [
        Route("/", _graphiql, methods=["GET"]),
        Mount("/graphiql", StaticFiles(directory=FILES)),
    ]


async def _signpost(_request: Request) -> Response:
    return JSONResponse({"name": "Gongyi", "graphql": "/graphql"}, headers=_HEADERS)


async def _graphiql(_request: Request) -> Response:
    return FileResponse(FILES / "index.html", headers=_HEADERS)
