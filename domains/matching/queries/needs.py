"""Needs, as rows: the public list, searched; one's own; and batches for loaders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import NotFound
from domains.kernel.paging import Page, Slice
from domains.matching.queries.sight import KNOWS, NEED
from domains.matching.rules.distance import Point
from domains.matching.values.lists import NeedOrdering
from domains.matching.values.needs import NeedState
from domains.volunteering.queries.sight import eyes
from domains.volunteering.values.volunteers import ServiceClass

_COLUMNS = f"""
n.id, n.number, n.area_id, n.area_path, n.community_id, n.state, n.origin, n.person_id,
n.posted_by_id, n.helper_id, n.organisation_id, n.project_id, n.host_id, n.service_class,
n.title, n.public_text, n.place, n.latitude_e6, n.longitude_e6, n.urgency, n.people_wanted,
n.least_age, n.is_risky, n.risks, n.time_bank_class, n.may_be_taken, n.repeats,
n.repeats_until, n.version, n.posted_at, n.decided_at, n.ended_at, n.reason,
n.details_sealed IS NOT NULL OR n.exact_place_sealed IS NOT NULL
    OR n.position_sealed IS NOT NULL AS has_details,
{KNOWS} AS knows,
coalesce(n.person_id = $3::uuid OR n.posted_by_id = $3::uuid OR n.helper_id = $3::uuid, false)
    AS is_mine,
EXISTS (SELECT FROM matching_favourite v WHERE v.person_id = $3::uuid AND v.kind = 'need'
        AND v.subject_id = n.id) AS is_favourite
"""
_BY_ID = f"""
SELECT {_COLUMNS}, NULL::integer AS distance_m, NULL::timestamptz AS next_at
FROM matching_need n WHERE {NEED} AND n.id = ANY ($6::uuid[])
"""
_FAR = 2_147_483_647
# How each list is ordered: the key, and the rows behind a key.
_ORDERS: dict[NeedOrdering, tuple[str, str]] = {
    NeedOrdering.NEWEST: (
        "($18::timestamptz IS NULL OR (f.posted_at, f.id) < ($18, $19::uuid))",
        "f.posted_at DESC, f.id DESC",
    ),
    NeedOrdering.SOONEST: (
        "f.next_at IS NOT NULL"
        " AND ($18::timestamptz IS NULL OR (f.next_at, f.id) > ($18, $19::uuid))",
        "f.next_at, f.id",
    ),
    NeedOrdering.NEAREST: (
        f"($18::integer IS NULL OR (coalesce(f.distance_m, {_FAR}), f.id) > ($18, $19::uuid))",
        f"coalesce(f.distance_m, {_FAR}), f.id",
    ),
}
_NEXT = """
(SELECT min(o.starts_at) FROM matching_order o
 WHERE o.need_id = n.id AND o.starts_at > kernel_now()
   AND o.state IN ('submitted', 'verified', 'open', 'offered', 'accepted'))
"""
# First what the page holds, then what is told of it: only that is looked up for each.
_LIST = f"""
WITH page AS (
    SELECT f.* FROM (
        SELECT n.id, n.posted_at,
               CASE WHEN $14::integer IS NULL OR n.latitude_e6 IS NULL THEN NULL
                    ELSE matching_distance_m($14, $15::integer, n.latitude_e6, n.longitude_e6)
               END AS distance_m,
               {{next_at}}::timestamptz AS next_at
        FROM matching_need n
        WHERE {NEED} AND starts_with(n.area_path, $6)
          AND n.state = ANY ($7::text[])
          AND ($8::text[] IS NULL OR n.service_class = ANY ($8))
          AND ($9::smallint IS NULL OR n.urgency >= $9)
          AND ($10::boolean IS NULL OR n.may_be_taken = $10)
          AND (($11::timestamptz IS NULL AND $12::timestamptz IS NULL AND NOT $13) OR EXISTS (
                SELECT FROM matching_order o
                WHERE o.need_id = n.id AND ($11 IS NULL OR o.ends_at > $11)
                  AND ($12 IS NULL OR o.starts_at < $12)
                  AND (NOT $13 OR (o.state IN ('open', 'offered')
                                   AND o.starts_at > kernel_now()))))
          AND (NOT $17 OR EXISTS (
                SELECT FROM matching_favourite v
                WHERE v.person_id = $3::uuid AND v.kind = 'need' AND v.subject_id = n.id))
    ) f
    WHERE ($16::integer IS NULL OR f.distance_m <= $16) AND {{behind}}
    ORDER BY {{ordered}} LIMIT $20
)
SELECT {_COLUMNS}, f.distance_m, f.next_at
FROM page f JOIN matching_need n ON n.id = f.id ORDER BY {{ordered}}
"""
_LISTS = {
    ordering: _LIST.format(
        next_at=_NEXT if ordering is NeedOrdering.SOONEST else "NULL",
        behind=behind,
        ordered=ordered,
    )
    for ordering, (behind, ordered) in _ORDERS.items()
}
_OWN = f"""
SELECT {_COLUMNS}, NULL::integer AS distance_m, NULL::timestamptz AS next_at
FROM matching_need n
WHERE (n.person_id = $3::uuid OR n.posted_by_id = $3::uuid OR n.helper_id = $3::uuid)
  AND cardinality($5::text[]) >= 0
  AND ($6::timestamptz IS NULL OR (n.posted_at, n.id) < ($6, $7::uuid))
ORDER BY n.posted_at DESC, n.id DESC LIMIT $8
"""
_SKILLS = """
SELECT need_id, name, level FROM matching_need_skill
WHERE need_id = ANY ($1::uuid[]) ORDER BY need_id, name
"""


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """What the public list is narrowed to."""

    area_path: str
    ordering: NeedOrdering = NeedOrdering.NEWEST
    states: tuple[NeedState, ...] = (NeedState.VERIFIED,)
    service_classes: tuple[ServiceClass, ...] | None = None
    least_urgency: int | None = None
    may_be_taken: bool | None = None
    ends_after: datetime | None = None
    starts_before: datetime | None = None
    is_open: bool = False
    near: Point | None = None
    within_m: int | None = None
    favourites: bool = False


async def needs_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the needs of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def require_sight(actor: Actor, need_id: UUID) -> None:
    """Refuse who does not see a need; raises NotFound."""
    if (await needs_by_id(actor, [need_id]))[0] is None:
        raise NotFound


async def needs(actor: Actor, asked: NeedFilter, page: Page) -> Slice[Row]:
    """Return a page of the needs that the actor sees, in the ordering that is asked for."""
    key, last_id = page.after or (None, None)
    near = asked.near
    rows = await database.fetch(
        _LISTS[asked.ordering],
        *eyes(actor),
        asked.area_path,
        [each.value for each in asked.states],
        _values(asked.service_classes),
        *(asked.least_urgency, asked.may_be_taken, asked.ends_after, asked.starts_before),
        asked.is_open,
        None if near is None else near.latitude_e6,
        None if near is None else near.longitude_e6,
        *(asked.within_m, asked.favourites, key, last_id, page.limit),
    )
    return Slice.of(rows, page)


def key_of(row: Row, ordering: NeedOrdering) -> tuple[Any, ...]:
    """Return where a row lies in its list."""
    if ordering is NeedOrdering.NEWEST:
        return row["posted_at"], row["id"]
    if ordering is NeedOrdering.SOONEST:
        return row["next_at"], row["id"]
    distance = row["distance_m"]
    return (_FAR if distance is None else distance), row["id"]


def _values(given: tuple[ServiceClass, ...] | None) -> list[str] | None:
    return None if given is None else [each.value for each in given]


async def own(actor: Actor, page: Page) -> Slice[Row]:
    """Return a page of the needs that the actor has, posted or helps with, the newest first."""
    posted_at, last_id = page.after or (None, None)
    rows = await database.fetch(_OWN, *eyes(actor), posted_at, last_id, page.limit)
    return Slice.of(rows, page)


async def skills_by_need(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the skills that these needs ask for; who sees them has been judged."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_SKILLS, list(ids)):
        found[row["need_id"]].append(row)
    return [found[each] for each in ids]
