"""graphql-sse, distinct connections: one request, one stream of events, then `complete`."""

from starlette.types import Receive, Send

from api.asked import Asked
from api.edge import Admitted, Edge
from domains.kernel.actor import Actor


async def stream(
    edge: Edge, admitted: Admitted, asked: Asked, actor: Actor, *, receive: Receive, send: Send
) -> None:
    """Answer a query or a mutation as a stream of one event."""
    answer = await edge.run(admitted, asked, actor)
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    body = b"event: next\ndata: " + answer.body + b"\n\nevent: complete\ndata:\n\n"
    await send({"type": "http.response.body", "body": body})
