"""Stars, medals, bans, and how many volunteers of an area were active in a year."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering.queries.sight import VOLUNTEER, eyes
from domains.volunteering.rules.stars import Figures

_FIGURES = """
SELECT coalesce(sum(r.counted_minutes), 0)::int AS minutes,
       coalesce(sum(r.counted_minutes) FILTER (
           WHERE starts_with(r.area_path, v.area_path)), 0)::int AS community_minutes,
       min(r.day) AS first_day,
       (sum(r.quality) * 10 / nullif(count(r.quality), 0))::int AS quality_tenths,
       EXISTS (SELECT FROM volunteering_ban b
               WHERE b.volunteer_id = v.id AND b.lifted_at IS NULL
                 AND $2 BETWEEN b.starts_on AND b.ends_on) AS is_banned
FROM volunteering_volunteer v
LEFT JOIN volunteering_record r
  ON r.volunteer_id = v.id AND r.state IN ('final', 'corrected')
WHERE v.id = $1 GROUP BY v.id
"""
_COLUMNS = """
h.id, h.volunteer_id, h.person_id, h.area_id, h.area_path, h.kind, h.code, h.level, h.title_zh,
h.title_en, h.state, h.minutes, h.approvers, h.noticed_at, h.notice_until, h.approved_at,
h.granted_at, h.ended_at, h.end_reason, h.open_objections
"""
# Honours are public to who belongs, from their notice on.
_SEEN = f"""
({VOLUNTEER} OR EXISTS (
    SELECT FROM unnest($4::text[]) AS held (path)
    WHERE starts_with(h.area_path, held.path) OR starts_with(held.path, h.area_path)))
"""
_FROM = "FROM volunteering_honour h JOIN volunteering_volunteer v ON v.id = h.volunteer_id"
_BY_ID = f"SELECT {_COLUMNS} {_FROM} WHERE {_SEEN} AND h.id = ANY ($5::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} {_FROM} WHERE {_SEEN} AND starts_with(h.area_path, $5)
  AND ($6::uuid IS NULL OR h.volunteer_id = $6)
  AND ($7::timestamptz IS NULL OR (h.noticed_at, h.id) < ($7, $8::uuid))
ORDER BY h.noticed_at DESC, h.id DESC LIMIT $9
"""
_OBJECTIONS = """
SELECT * FROM volunteering_honour_objection
WHERE honour_id = ANY ($1::uuid[]) ORDER BY filed_at, id
"""
_BANS = f"""
SELECT b.id, b.volunteer_id, b.starts_on, b.ends_on, b.reason, b.lifted_at, b.lift_reason
FROM volunteering_ban b JOIN volunteering_volunteer v ON v.id = b.volunteer_id
WHERE {VOLUNTEER} AND b.volunteer_id = ANY ($4::uuid[]) ORDER BY b.starts_on, b.id
"""
_ACTIVE = """
SELECT count(*)::int AS registered,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM volunteering_record r
           WHERE r.volunteer_id = v.id AND r.state IN ('final', 'corrected')
             AND r.day BETWEEN $2 AND $3))::int AS active,
       coalesce((SELECT sum(r.counted_minutes) FROM volunteering_record r
                 WHERE starts_with(r.area_path, $1) AND r.state IN ('final', 'corrected')
                   AND r.day BETWEEN $2 AND $3), 0)::int AS minutes
FROM volunteering_volunteer v
WHERE starts_with(v.area_path, $1)
  AND (v.registered_at AT TIME ZONE 'Asia/Shanghai')::date <= $3
  AND v.state <> 'awaiting_guardian'
  AND (v.withdrawn_at IS NULL OR (v.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > $2)
"""


async def figures_of(volunteer_id: UUID, on: date) -> Figures:
    """Return what a volunteer has given, as the policies ask."""
    row = await database.fetch_one(_FIGURES, volunteer_id, on)
    assert row is not None, "the volunteer is there"
    return Figures(
        minutes=row["minutes"],
        community_minutes=row["community_minutes"],
        first_day=row["first_day"],
        quality_tenths=row["quality_tenths"],
        is_banned=row["is_banned"],
    )


def _eyes(actor: Actor) -> tuple[object, ...]:
    seen = eyes(actor)
    return (*seen[:3], seen[4])


async def honours_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the honours of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *_eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def honours(
    actor: Actor, *, area_path: str, volunteer_id: UUID | None, page: Page
) -> Slice[Row]:
    """Return a page of honours, the latest on notice first."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST, *_eyes(actor), area_path, volunteer_id, at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def objections(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what is said against these honours; who sees them has been judged."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_OBJECTIONS, list(ids)):
        found[row["honour_id"]].append(row)
    return [found[each] for each in ids]


async def bans(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the bans of these volunteers, as far as the actor sees them."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_BANS, *eyes(actor)[:3], list(ids)):
        found[row["volunteer_id"]].append(row)
    return [found[each] for each in ids]


async def activity_of(area_path: str, year: int) -> Row:
    """Return how many volunteers of an area were registered and active in a year."""
    row = await database.fetch_one(_ACTIVE, area_path, date(year, 1, 1), date(year, 12, 31))
    assert row is not None, "an aggregate is one row"
    return row
