"""Needs, as rows: the public list, searched; one's own; and batches for loaders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import clock, database
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
_COMING = "IN ('submitted', 'verified', 'open', 'offered', 'accepted')"
# A list by times starts from the orders to come: a need stands where its next time does, and
# that is looked up for those alone that are passed on the way to a full page. (As a CASE, since
# the planner takes an equality for one row in all, and would read and sort everything.)
_SOONEST_FROM = f"""
matching_order t JOIN matching_need n ON n.id = t.need_id AND t.starts_at > {{now}}
    AND t.state {_COMING}
    AND CASE (SELECT o.id FROM matching_order o
              WHERE o.need_id = t.need_id AND o.starts_at > {{now}} AND o.state {_COMING}
              ORDER BY o.starts_at, o.id LIMIT 1) WHEN t.id THEN true ELSE false END
"""
_DISTANCE = "matching_distance_m({0}, {1}, n.latitude_e6, n.longitude_e6)"


@dataclass(frozen=True, slots=True)
class _Ordered:
    """How a list is ordered: from where it is read, by what, and of what type its key is."""

    source: str
    key: str
    tie: str
    is_falling: bool
    type: str

    def behind(self, key: str, last_id: str) -> str:
        """Say which rows lie behind a key."""
        beyond = "<" if self.is_falling else ">"
        return f"({self.key}, {self.tie}) {beyond} ({key}::{self.type}, {last_id}::uuid)"

    @property
    def falling(self) -> str:
        """Say whether the last comes first."""
        return " DESC" if self.is_falling else ""


_NEED_FROM = "matching_need n"
_ORDERS: dict[NeedOrdering, _Ordered] = {
    NeedOrdering.NEWEST: _Ordered(_NEED_FROM, "n.posted_at", "n.id", True, "timestamptz"),
    NeedOrdering.SOONEST: _Ordered(_SOONEST_FROM, "t.starts_at", "t.need_id", False, "timestamptz"),
    NeedOrdering.NEAREST: _Ordered(
        _NEED_FROM, f"coalesce({{distance}}, {_FAR})", "n.id", False, "integer"
    ),
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
    # Its community, where it lies in one: a list of one is read from an index.
    community_id: UUID | None = None
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
    sql, given = statement(actor, asked, page, now=await clock.now())
    return Slice.of(await database.fetch(sql, *given), page)


def statement(
    actor: Actor, asked: NeedFilter, page: Page, *, now: datetime
) -> tuple[str, list[Any]]:
    """Return what a page of the list asks the database, and what it is given."""
    given = _Statement(eyes(actor))
    return _list(given, asked, page, now=now), given.given


class _Statement:
    """What a statement is given: only what is asked stands in it, so that an index serves it."""

    def __init__(self, given: Sequence[Any]) -> None:
        self.given = list(given)

    def __call__(self, value: Any, type_: str) -> str:
        """Give it a value; returns how the statement names it."""
        self.given.append(value)
        return f"${len(self.given)}::{type_}"


def _list(given: _Statement, asked: NeedFilter, page: Page, *, now: datetime) -> str:
    # First what the page holds, then what is told of it: only that is looked up for each.
    ordered = _ORDERS[asked.ordering]
    distance = "NULL::integer"
    if asked.near is not None:
        at = given(asked.near.latitude_e6, "integer"), given(asked.near.longitude_e6, "integer")
        distance = _DISTANCE.format(*at)
    now_ = given(now, "timestamptz")
    ordered = replace(
        ordered,
        source=ordered.source.format(now=now_),
        key=ordered.key.format(distance=distance),
    )
    falling = ordered.falling
    conditions = [NEED, *_narrowed(given, asked, now=now_, distance=distance)]
    if page.after is not None:
        key, last_id = page.after
        conditions.append(ordered.behind(given(key, ordered.type), given(last_id, "uuid")))
    next_at = "t.starts_at" if asked.ordering is NeedOrdering.SOONEST else "NULL::timestamptz"
    return f"""
    WITH page AS MATERIALIZED (
        SELECT n.id, {distance} AS distance_m, {next_at} AS next_at, {ordered.key} AS key
        FROM {ordered.source}
        WHERE {" AND ".join(conditions)} AND {now_} IS NOT NULL
        ORDER BY {ordered.key}{falling}, {ordered.tie}{falling} LIMIT {given(page.limit, "bigint")}
    )
    SELECT {_COLUMNS}, f.distance_m, f.next_at
    FROM page f JOIN matching_need n ON n.id = f.id ORDER BY f.key{falling}, f.id{falling}
    """


def _narrowed(given: _Statement, asked: NeedFilter, *, now: str, distance: str) -> Iterator[str]:
    yield f"starts_with(n.area_path, {given(asked.area_path, 'text')})"
    if asked.community_id is not None:
        community = given(asked.community_id, "uuid")
        yield f"n.community_id = {community}"
        if asked.ordering is NeedOrdering.SOONEST:
            yield f"t.community_id = {community}"
    if len(asked.states) == 1:
        yield f"n.state = {given(asked.states[0].value, 'text')}"
    else:
        yield f"n.state = ANY ({given([each.value for each in asked.states], 'text[]')})"
    if asked.service_classes is not None:
        classes = [each.value for each in asked.service_classes]
        yield f"n.service_class = ANY ({given(classes, 'text[]')})"
    if asked.least_urgency is not None:
        yield f"n.urgency >= {given(asked.least_urgency, 'smallint')}"
    if asked.may_be_taken is not None:
        yield f"n.may_be_taken = {given(asked.may_be_taken, 'boolean')}"
    if asked.within_m is not None:
        yield f"{distance} <= {given(asked.within_m, 'integer')}"
    times = list(_times(given, asked, now=now))
    if times:
        yield f"""EXISTS (SELECT FROM matching_order o
                  WHERE o.need_id = n.id AND {" AND ".join(times)})"""
    if asked.favourites:
        yield """EXISTS (SELECT FROM matching_favourite v
                 WHERE v.person_id = $3::uuid AND v.kind = 'need' AND v.subject_id = n.id)"""


def _times(given: _Statement, asked: NeedFilter, *, now: str) -> Iterator[str]:
    if asked.ends_after is not None:
        yield f"o.ends_at > {given(asked.ends_after, 'timestamptz')}"
    if asked.starts_before is not None:
        yield f"o.starts_at < {given(asked.starts_before, 'timestamptz')}"
    if asked.is_open:
        yield f"o.state IN ('open', 'offered') AND o.starts_at > {now}"


def key_of(row: Row, ordering: NeedOrdering) -> tuple[Any, ...]:
    """Return where a row lies in its list."""
    if ordering is NeedOrdering.NEWEST:
        return row["posted_at"], row["id"]
    if ordering is NeedOrdering.SOONEST:
        return row["next_at"], row["id"]
    distance = row["distance_m"]
    return (_FAR if distance is None else distance), row["id"]


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
