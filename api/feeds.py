"""/feeds: disclosures as an Atom feed, and gatherings as a calendar, for everybody."""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from enum import Enum
from typing import TypeVar
from uuid import UUID, uuid5

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.edge import Edge
from api.public_files import HEADERS, responses_of
from domains.disclosure.queries import feed, gatherings, publishers
from domains.disclosure.queries.disclosures import FeedFilter
from domains.disclosure.rules import atom
from domains.disclosure.rules import gatherings as gathering_rules
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page
from domains.membership.queries import areas, places
from domains.membership.queries.places import AreaPlace
from schema import node
from schema.disclosure.disclosures import TAKEN_DOWN

ENTRIES = 50
_CACHED = HEADERS | {"cache-control": "public, max-age=60"}
E = TypeVar("E", bound=Enum)


async def _place(given: str | None) -> AreaPlace | None:
    uuid = node.known("area", given) if given is not None else None
    return None if uuid is None else await places.place_of(uuid)


def _narrowed(kind: type[E], given: str | None) -> tuple[E, ...] | None:
    """Return what a feed is narrowed to; nothing at all for a word that is none."""
    if given is None:
        return None
    found = kind.__members__.get(given)
    return () if found is None else (found,)


async def _disclosures(actor: Actor, request: Request) -> Response | None:
    given = request.query_params
    place = await _place(given.get("area"))
    if place is None:
        return None
    kinds = _narrowed(DisclosureKind, given.get("kind"))
    affairs = _narrowed(Affair, given.get("affair"))
    if kinds == () or affairs == ():
        return None
    codes = place.area_path.rstrip("/").split("/")
    paths = tuple("/".join(codes[:count]) + "/" for count in range(1, len(codes) + 1))
    asked = FeedFilter(area_paths=paths, kinds=kinds, affairs=affairs)
    rows = (await feed.feed(actor, asked, Page(first=ENTRIES))).rows
    (area,) = await areas.areas_by_id(actor, [place.area_id])
    assert area is not None, "an area that lies somewhere is there"
    bodies = await publishers.publishers_by_id(actor, [row["publisher_id"] for row in rows])
    base = str(request.base_url).rstrip("/")
    words = [given[name] for name in ("kind", "affair") if name in given]
    content = atom.written(
        told := atom.Feed(
            id=uuid5(place.area_id, "disclosures " + " ".join(words)),
            title=" · ".join([area["name"], "公开", *words]),
            address=str(request.url),
            entries=tuple(
                _entry(row, body["name"] if body else "", base)
                for row, body in zip(rows, bodies, strict=True)
            ),
        )
    )
    modified = format_datetime(told.updated_at.astimezone(UTC), usegmt=True)
    headers = {"last-modified": modified} if told.entries else {}
    return _answer(request, content, "application/atom+xml; charset=utf-8", headers)


def _entry(row: Row, author: str, base: str) -> atom.Entry:
    shown = row["taken_down_at"] is None
    disclosure: UUID = row["id"]
    changes = (row["published_at"], row["taken_down_at"])
    return atom.Entry(
        id=disclosure,
        title=row["title"] if shown else TAKEN_DOWN,
        html=row["body_html"] if shown else None,
        author=author,
        published_at=row["first_published_at"],
        updated_at=max(each for each in changes if each is not None),
        categories=tuple(each for each in (row["kind"], row["affair"]) if each is not None),
        address=f"{base}/log/copies/{node.encode('disclosure', disclosure)}/{row['number']}",
    )


async def _gatherings(actor: Actor, request: Request) -> Response | None:
    place = await _place(request.query_params.get("area"))
    if place is None:
        return None
    content = gathering_rules.calendar_of(await gatherings.in_calendar(place.area_id))
    return _answer(request, content, "text/calendar; charset=utf-8", {})


def _answer(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {**_CACHED, **headers, "etag": tag}
    given = request.headers.get("if-none-match", "")[:2000]
    if tag in {each.strip().removeprefix("W/") for each in given.split(",")}:
        return Response(status_code=304, headers=told)
    return Response(content, media_type=media_type, headers=told)


def routes(edge: Edge) -> list[Route]:
    """Return the routes of feeds."""
    return responses_of(
        edge,
        {"/feeds/disclosures.atom": _disclosures, "/feeds/gatherings.ics": _gatherings},
    )
