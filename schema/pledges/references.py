"""What a pledge or its evidence refers to in other domains: seen by the caller, and of this place.

A reference is a pair of a kind and an id. It is asked of the domain that keeps it, as the
caller; and it belongs where it lies in the community, or in an area above it.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from domains.disclosure.queries import disclosures, statements
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import NotFound
from domains.matching.queries import needs
from domains.meetings.queries import issues, meetings, resolutions
from domains.pledges.queries import reviews
from schema import node
from schema.context import Info

_Batch = Callable[[Actor, list[UUID]], Awaitable[Sequence[Row | None]]]


async def _lines(actor: Actor, ids: list[UUID]) -> Sequence[Row | None]:
    """Return the disclosure of each line: it is the one that has a place."""
    found = await statements.lines_by_id(actor, ids)
    shown = await disclosures.disclosures_by_id(
        actor, [row["disclosure_id"] for row in found if row is not None]
    )
    by_id = {row["id"]: row for row in shown if row is not None}
    return [None if row is None else by_id.get(row["disclosure_id"]) for row in found]


_KEPT: dict[str, _Batch] = {
    "need": needs.needs_by_id,
    "issue": issues.issues_by_id,
    "resolution": resolutions.resolutions_by_id,
    "meeting": meetings.meetings_by_id,
    "disclosure": disclosures.disclosures_by_id,
    "statement_line": _lines,
    "review": reviews.reviews_by_id,
}


async def belonging(
    info: Info, kind: str, text: str, *, to: str | None, path: tuple[str, ...]
) -> UUID:
    """Return what an id of this kind names.

    Raises NotFound where the caller does not see it, or where it neither lies in the area at
    the path `to` nor in one above it: another community's is no reference here.
    """
    uuid = node.decode(kind, text, path=path)
    batch = _KEPT.get(kind)
    if batch is None or to is None:
        raise NotFound(path=path)
    row = await info.context.load(batch, uuid)
    if row is None:
        raise NotFound(path=path)
    where: str = row["area_path"]
    if not (where.startswith(to) or to.startswith(where)):
        raise NotFound(path=path)
    return uuid
