"""Rolls, objections to them and proxies: names for who belongs, the rest for whom it concerns."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.voting.policy import CONVENERS, ROLL_READERS
from domains.voting.rules.turnout import BuildingTurnout, shown

# $1 whether all is seen, $2 the actor's areas, $3 the areas over which the actor may read whole
# rows, $4 the actor.
_BELONGS = """
($1 OR EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(p.area_path, held.path) OR starts_with(held.path, p.area_path)))
"""
_OVER = """
($1 OR EXISTS (
    SELECT FROM unnest($3::text[]) AS held (path) WHERE starts_with(p.area_path, held.path)))
"""

# Who is struck off is shown, with the reason, while the roll can still be objected to.
_ROLL = f"""
SELECT r.poll_id, r.voter_id, r.number, r.name, r.standing, r.basis, sees.whole,
       CASE WHEN r.standing = 'struck' OR sees.whole THEN r.reason END AS reason,
       CASE WHEN sees.whole THEN r.area_centi_m2 END AS area_centi_m2
FROM voting_roll_entry r
JOIN voting_poll p ON p.id = r.poll_id
CROSS JOIN LATERAL (SELECT {_OVER} OR r.voter_id = $4::uuid AS whole) sees
WHERE r.poll_id = $5 AND r.number > $6 AND ({_BELONGS} OR r.voter_id = $4::uuid)
  AND (r.standing = 'admitted' OR p.state = 'roll_published' OR sees.whole)
ORDER BY r.number LIMIT $7
"""
_UNITS = f"""
SELECT u.poll_id, u.voter_id, u.household_id, u.unit, u.area_centi_m2, u.area_basis
FROM voting_roll_unit u
JOIN voting_poll p ON p.id = u.poll_id
WHERE (u.poll_id, u.voter_id) IN (SELECT * FROM unnest($5::uuid[], $6::uuid[]))
  AND ({_BELONGS} AND {_OVER} OR u.voter_id = $4::uuid)
ORDER BY u.unit, u.household_id
"""
_OBJECTIONS = f"""
SELECT o.id, o.poll_id, o.asks, o.text, o.state, o.filed_at, o.due_at, o.decided_at, o.reason,
       CASE WHEN r.voter_id IS NOT NULL OR sees.whole THEN o.about_id END AS about_id,
       COALESCE(r.name, CASE WHEN sees.whole THEN about.name END) AS about,
       CASE WHEN sees.over OR o.by_id = $4::uuid THEN objector.name END AS objector,
       COALESCE(o.decided_at, kernel_now()) >= o.due_at AS is_late
FROM voting_roll_objection o
JOIN voting_poll p ON p.id = o.poll_id
LEFT JOIN voting_roll_entry r ON r.poll_id = o.poll_id AND r.voter_id = o.about_id
LEFT JOIN membership_person about ON about.id = o.about_id
LEFT JOIN membership_person objector ON objector.id = o.by_id
CROSS JOIN LATERAL (
    SELECT {_OVER} AS over, {_OVER} OR $4::uuid IN (o.by_id, o.about_id) AS whole) sees
WHERE ({_BELONGS} OR $4::uuid IN (o.by_id, o.about_id))
"""
_OBJECTIONS_OF = f"""
{_OBJECTIONS}
  AND o.poll_id = $5 AND ($6::timestamptz IS NULL OR (o.filed_at, o.id) > ($6, $7::uuid))
ORDER BY o.filed_at, o.id LIMIT $8
"""
# What waits to be decided though its days are over, over all polls of whoever convenes.
_OBJECTIONS_OVERDUE = f"""
{_OBJECTIONS}
  AND sees.over AND o.state = 'open' AND o.due_at <= kernel_now() AND p.state = 'roll_published'
  AND ($5::text IS NULL OR starts_with(p.area_path, $5))
  AND ($6::timestamptz IS NULL OR (o.due_at, o.id) > ($6, $7::uuid))
ORDER BY o.due_at, o.id LIMIT $8
"""
_OBJECTIONS_BY_ID = f"{_OBJECTIONS} AND o.id = ANY ($5::uuid[])"
_PROXIES = f"""
SELECT x.id, x.poll_id, x.principal_id, x.holder_id, x.filed_at, x.published_at, x.ended_at,
       x.end_reason, principal.name AS principal, holder.name AS holder,
       CASE WHEN sees.whole THEN x.relation END AS relation,
       CASE WHEN sees.whole THEN x.upload_id IS NOT NULL END AS has_document,
       x.carried_from_id IS NOT NULL AS is_carried_over
FROM voting_proxy x
JOIN voting_poll p ON p.id = x.poll_id
JOIN voting_roll_entry principal
  ON principal.poll_id = x.poll_id AND principal.voter_id = x.principal_id
JOIN voting_roll_entry holder ON holder.poll_id = x.poll_id AND holder.voter_id = x.holder_id
CROSS JOIN LATERAL (
    SELECT {_OVER} OR $4::uuid IN (x.principal_id, x.holder_id, x.filed_by_id) AS whole) sees
WHERE (sees.whole OR {_BELONGS} AND x.published_at IS NOT NULL)
"""
_PROXIES_OF = f"""
{_PROXIES}
  AND x.poll_id = $5 AND ($6::timestamptz IS NULL OR (x.filed_at, x.id) > ($6, $7::uuid))
ORDER BY x.filed_at, x.id LIMIT $8
"""
_PROXIES_BY_ID = f"{_PROXIES} AND x.id = ANY ($5::uuid[])"
# Figures by building while ballots are taken would tell when somebody of it voted. A paper takes
# part once it is back: in an OPEN poll that is known of each; in a SECRET one papers name nobody,
# so that those of a building are known only where all came back.
_BY_BUILDING = f"""
WITH back AS (
    SELECT DISTINCT l.voter_id FROM voting_paper_line l
    JOIN voting_paper_batch b ON b.id = l.batch_id
    WHERE b.poll_id = $3 AND b.state = 'agreed' AND l.turn = 1 AND l.verdict <> 'spoiled'
), papers AS (
    SELECT (SELECT count(*) FROM voting_paper_issue WHERE poll_id = $3) = (
        SELECT COALESCE(sum(returned), 0) FROM voting_paper_batch
        WHERE poll_id = $3 AND state = 'agreed') AS all_back
)
SELECT h.area_id AS building_id, count(*) AS entitled,
       count(t.voter_number) FILTER (WHERE t.channel <> 'paper' OR CASE p.secrecy
           WHEN 'open' THEN back.voter_id IS NOT NULL ELSE papers.all_back END) AS participated
FROM voting_roll_entry r
JOIN voting_poll p ON p.id = r.poll_id AND p.tallied_at IS NOT NULL
CROSS JOIN papers
LEFT JOIN back ON back.voter_id = r.voter_id
LEFT JOIN membership_household h ON h.id = r.household_id
LEFT JOIN voting_participation t
  ON t.poll_number = r.poll_number AND t.voter_number = r.number
WHERE r.poll_id = $3 AND r.standing = 'admitted' AND {_BELONGS}
GROUP BY h.area_id
"""

RollKey = tuple[UUID, UUID]


def _eyes(actor: Actor, *, whole: Sequence[str]) -> tuple[bool, list[str], list[str], UUID | None]:
    return actor.system, actor.area_paths(), list(whole), actor.person_id


def _readers(actor: Actor) -> tuple[bool, list[str], list[str], UUID | None]:
    return _eyes(actor, whole=actor.area_paths(*ROLL_READERS))


def _conveners(actor: Actor) -> tuple[bool, list[str], list[str], UUID | None]:
    return _eyes(actor, whole=actor.area_paths(*CONVENERS))


async def roll_entries(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a poll's roll: names for who belongs, areas for whom they concern."""
    after = page.after[0] if page.after else 0
    rows = await database.fetch(_ROLL, *_readers(actor), poll_id, after, page.limit)
    return Slice.of(rows, page)


async def roll_units(actor: Actor, keys: Sequence[RollKey]) -> list[list[Row]]:
    """Batch: the units of entries, by poll and voter, as far as the actor may see them."""
    polls, voters = [poll for poll, _ in keys], [voter for _, voter in keys]
    found: defaultdict[RollKey, list[Row]] = defaultdict(list)
    for row in await database.fetch(_UNITS, *_readers(actor), polls, voters):
        found[row["poll_id"], row["voter_id"]].append(row)
    return [found[key] for key in keys]


async def objections(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of the objections to a roll; who objects is for conveners and themselves."""
    filed_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _OBJECTIONS_OF, *_conveners(actor), poll_id, filed_at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def overdue_objections(actor: Actor, area_path: str | None, page: Page) -> Slice[Row]:
    """Return a page of the objections that are not decided in time, for who convenes there."""
    due_at, last_id = page.after or (None, None)
    seen = _conveners(actor)
    rows = await database.fetch(_OBJECTIONS_OVERDUE, *seen, area_path, due_at, last_id, page.limit)
    return Slice.of(rows, page)


async def objections_by_id(actor: Actor, objection_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the objections of these ids, None where the actor sees none."""
    rows = await database.fetch(_OBJECTIONS_BY_ID, *_conveners(actor), list(objection_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in objection_ids]


async def proxies(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a poll's proxies: the published for who belongs, all for conveners."""
    filed_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _PROXIES_OF, *_conveners(actor), poll_id, filed_at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def proxies_by_id(actor: Actor, proxy_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the proxies of these ids, None where the actor sees none."""
    rows = await database.fetch(_PROXIES_BY_ID, *_conveners(actor), list(proxy_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in proxy_ids]


async def turnout_by_building(actor: Actor, poll_id: UUID) -> list[BuildingTurnout]:
    """Return who took part by building, from five up, once the poll is counted."""
    rows = await database.fetch(_BY_BUILDING, actor.system, actor.area_paths(), poll_id)
    return shown(
        BuildingTurnout(row["building_id"], row["entitled"], row["participated"]) for row in rows
    )
