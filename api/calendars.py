"""/calendars/{secret}.ics: one's meetings, shifts and services in one's own calendar.

The address is the authority: its owner made it, and may close it at any time. It is stored
only as a hash, and what it answers is kept by nobody on the way.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domains.kernel import calendar_file
from domains.matching.queries import project_shifts
from domains.meetings.queries import calendar_feeds
from domains.volunteering.queries import calendars

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
    owner = await calendar_feeds.owner(secret) if len(secret) <= _LONGEST else None
    if owner is None:
        return Response(status_code=404, headers=_HEADERS)
    items = [
        *await calendar_feeds.calendar_of(owner),
        *await calendars.calendar_of(owner),
        *await project_shifts.calendar_of(owner),
    ]
    return Response(calendar_file.written(items), media_type="text/calendar", headers=_HEADERS)


routes = [Route("/calendars/{secret}.ics", read, methods=["GET"])]
