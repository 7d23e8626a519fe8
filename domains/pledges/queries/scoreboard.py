"""How promises were kept, by body and by area: one statement whatever the number of pledges.

The figures of a community are summed before its areas are looked up, so that a city of a
thousand communities joins a thousand rows and not every pledge.
"""

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.values import AreaKind
from domains.pledges.rules.keeping import Score

# As `rules.keeping` judges one pledge.
FIGURES = """
count(*) AS promised,
count(*) FILTER (WHERE p.state IN ('accepted', 'closed')
                   AND p.delivered_on <= p.first_deadline) AS on_time,
count(*) FILTER (WHERE p.state IN ('accepted', 'closed')
                   AND p.delivered_on > p.first_deadline) AS late,
count(*) FILTER (WHERE p.state = 'defaulted') AS defaulted,
count(*) FILTER (WHERE p.state = 'overdue') AS overdue,
count(*) FILTER (WHERE p.deadline <> p.first_deadline) AS moved,
sum(p.reached_weight) AS reached
"""
_SUMS = ", ".join(
    f"sum(c.{name})::bigint AS {name}"
    for name in ("promised", "on_time", "late", "defaulted", "overdue", "moved", "reached")
)
_PROMISED = """
FROM pledges_pledge p
WHERE p.year = $1 AND p.committed_at IS NOT NULL
  AND ($2::text IS NULL OR starts_with(p.area_path, $2))
"""
_BY_AREA = f"""
WITH c AS (SELECT p.area_id, p.area_path, {FIGURES} {_PROMISED} GROUP BY p.area_id, p.area_path)
SELECT a.id AS area_id, a.path, {_SUMS}
FROM c JOIN membership_area a ON a.path = ANY (membership_prefixes(c.area_path))
WHERE a.kind = $3 AND ($4::text IS NULL OR a.path > $4)
GROUP BY a.id, a.path ORDER BY a.path LIMIT $5
"""
_BY_BODY = f"""
SELECT p.organisation_id, {FIGURES} {_PROMISED}
  AND ($3::uuid IS NULL OR p.organisation_id > $3)
GROUP BY p.organisation_id ORDER BY p.organisation_id LIMIT $4
"""
_WHOLE = f"SELECT {FIGURES} {_PROMISED}"


async def by_area(
    actor: Actor, *, kind: AreaKind, year: int, within: str | None, page: Page
) -> Slice[Row]:
    """Return a page of areas of a kind with their figures; what was promised is public."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_BY_AREA, year, within, kind, after, page.limit), page)


async def by_body(actor: Actor, *, year: int, within: str | None, page: Page) -> Slice[Row]:
    """Return a page of responsible bodies with their figures."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_BY_BODY, year, within, after, page.limit), page)


async def whole(actor: Actor, *, year: int, within: str | None) -> Score:
    """Return the figures of everything promised in a year within an area."""
    row = await database.fetch_one(_WHOLE, year, within)
    assert row is not None, "an aggregate is one row"
    return score_of(row)


def score_of(row: Row) -> Score:
    """Read a row's figures."""
    return Score(**{name: int(row[name] or 0) for name in Score.__slots__})
