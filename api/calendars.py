"""/calendars/{secret}.ics: somebody's meetings for their own calendar.

The address is the authority: its owner made it, and may close it at any time. It is stored
only as a hash, and what it answers is kept by nobody on the way.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domains.meetings.queries import calendar_feeds
from domains.meetings.rules import calendar_file

_HEADERS = {
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}
_LONGEST = 64


async def read(request: Request) -> Response:
    """Answer with the calendar; alike for an address that never was and one that is closed."""
    secret = request.path_params["secret"]
    entries = await calendar_feeds.read(secret) if len(secret) <= _LONGEST else None
    if entries is None:
        return Response(status_code=404, headers=_HEADERS)
    return Response(calendar_file.written(entries), media_type="text/calendar", headers=_HEADERS)


routes = [Route("/calendars/{secret}.ics", read, methods=["GET"])]
