"""Programmes and pledges, as rows: all for who belongs, for everybody what was once on notice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.pledges.policy import PledgePlace
from domains.pledges.queries.sight import VISIBLE, eyes
from domains.pledges.values.pledges import Keeping, PledgeState, SourceKind

_COLUMNS = """
p.*, t.content, t.place_area_id, t.place, t.beneficiaries, t.budget_fen, t.target_number,
t.target_unit, t.target_measure, answers.name AS person_name
"""
_FROM = """
FROM pledges_pledge p
JOIN pledges_terms t ON t.pledge_id = p.id AND t.version = p.terms_version
JOIN membership_person answers ON answers.id = t.person_id
"""
_BY_ID = f"SELECT {_COLUMNS} {_FROM} WHERE {VISIBLE} AND p.id = ANY ($5::uuid[])"
# As `rules.keeping` says it.
_KEEPING = """
CASE WHEN p.state = 'defaulted' THEN 'defaulted'
     WHEN p.state NOT IN ('accepted', 'closed') THEN 'pending'
     WHEN p.delivered_on <= p.first_deadline THEN 'on_time' ELSE 'late' END
"""
_LIST = f"""
SELECT {_COLUMNS} {_FROM}
WHERE {VISIBLE}
  AND ($5::text IS NULL OR starts_with(p.area_path, $5))
  AND ($6::smallint IS NULL OR p.year = $6)
  AND ($7::text[] IS NULL OR p.state = ANY ($7))
  AND ($8::uuid IS NULL OR p.organisation_id = $8)
  AND ($9::uuid IS NULL OR p.person_id = $9)
  AND ($10::uuid IS NULL OR EXISTS (
        SELECT FROM pledges_partner q
        WHERE (q.pledge_id, q.version) = (p.id, p.terms_version) AND q.organisation_id = $10))
  AND ($11::text[] IS NULL OR p.source_kind = ANY ($11))
  AND ($12::text IS NULL OR {_KEEPING} = $12)
  AND ($13::date IS NULL OR p.deadline <= $13)
  AND ($14::text IS NULL OR strpos(
        lower(concat_ws(' ', p.title, t.content, t.beneficiaries, t.place)), lower($14)) > 0)
  AND ($15::uuid IS NULL OR EXISTS (
        SELECT FROM pledges_follow f WHERE f.pledge_id = p.id AND f.person_id = $15))
  AND ($16::uuid IS NULL OR p.programme_id = $16)
  AND ($17::timestamptz IS NULL OR (p.proposed_at, p.id) < ($17, $18::uuid))
ORDER BY p.proposed_at DESC, p.id DESC LIMIT $19
"""
_PROGRAMMES_BY_ID = """
SELECT g.*, g.frozen_rules::text AS rules FROM pledges_programme g WHERE g.id = ANY ($1::uuid[])
"""
_PROGRAMMES = """
SELECT g.*, g.frozen_rules::text AS rules FROM pledges_programme g
WHERE ($1::text IS NULL OR starts_with(g.area_path, $1))
  AND ($2::smallint IS NULL OR g.year = $2)
  AND ($3::smallint IS NULL OR (g.year, g.id) < ($3, $4::uuid))
ORDER BY g.year DESC, g.id DESC LIMIT $5
"""
_MILESTONES = """
SELECT m.pledge_id, m.version, m.key, m.position, m.title, m.due_on, m.weight,
       r.counts_on AS reached_on
FROM pledges_milestone m
LEFT JOIN pledges_report r
  ON r.pledge_id = m.pledge_id AND r.milestone_key = m.key AND r.struck_at IS NULL
WHERE (m.pledge_id, m.version) IN (SELECT * FROM unnest($1::uuid[], $2::int[]))
ORDER BY m.pledge_id, m.version, m.position
"""
_PARTNERS = """
SELECT pledge_id, version, organisation_id FROM pledges_partner
WHERE (pledge_id, version) IN (SELECT * FROM unnest($1::uuid[], $2::int[]))
ORDER BY organisation_id
"""
_FIGURES = """
SELECT p.id,
       (SELECT count(*) FROM pledges_follow f WHERE f.pledge_id = p.id) AS followers,
       EXISTS (SELECT FROM pledges_follow f
               WHERE f.pledge_id = p.id AND f.person_id = $2::uuid) AS is_followed,
       (SELECT count(*) FROM pledges_comment c
        WHERE c.pledge_id = p.id AND c.removed_at IS NULL) AS comments,
       (SELECT count(*) FROM pledges_objection o
        WHERE o.pledge_id = p.id AND o.state = 'open') AS open_objections,
       (SELECT count(*) FROM pledges_acceptance a
        WHERE a.pledge_id = p.id AND a.round = p.round AND a.accepted) AS accepted,
       (SELECT count(*) FROM pledges_acceptance a
        WHERE a.pledge_id = p.id AND a.round = p.round AND NOT a.accepted) AS refused
FROM pledges_pledge p WHERE p.id = ANY ($1::uuid[])
"""
_FOLLOWERS = """
SELECT person_id FROM pledges_follow
WHERE pledge_id = $1 AND ($2::uuid IS NULL OR person_id > $2) ORDER BY person_id LIMIT $3
"""

VersionKey = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class PledgeFilter:
    """What a list of pledges is narrowed to."""

    area_path: str | None = None
    year: int | None = None
    states: tuple[PledgeState, ...] | None = None
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    partner_id: UUID | None = None
    sources: tuple[SourceKind, ...] | None = None
    keeping: Keeping | None = None
    due_by: date | None = None
    holds: str | None = None
    followed_by: UUID | None = None
    programme_id: UUID | None = None


async def pledges(actor: Actor, asked: PledgeFilter, page: Page) -> Slice[Row]:
    """Return a page of the pledges that the actor sees, the latest proposed first."""
    proposed_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *eyes(actor),
        *(asked.area_path, asked.year),
        list(asked.states) if asked.states is not None else None,
        *(asked.organisation_id, asked.person_id, asked.partner_id),
        list(asked.sources) if asked.sources is not None else None,
        *(asked.keeping, asked.due_by, asked.holds, asked.followed_by, asked.programme_id),
        *(proposed_at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def pledges_by_id(actor: Actor, pledge_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the pledges of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor), list(pledge_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in pledge_ids]


async def pledge_place(pledge_id: UUID) -> PledgePlace | None:
    """Return what authority judges a pledge by, whoever asks."""
    row = await database.fetch_one(
        "SELECT area_path, noticed_at, proposer_id, organisation_id, person_id"
        " FROM pledges_pledge WHERE id = $1",
        pledge_id,
    )
    if row is None:
        return None
    return PledgePlace(
        area_path=row["area_path"],
        is_public=row["noticed_at"] is not None,
        proposer_id=row["proposer_id"],
        organisation_id=row["organisation_id"],
        person_id=row["person_id"],
    )


async def programmes_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the programmes of these ids; they are public."""
    found = {row["id"]: row for row in await database.fetch(_PROGRAMMES_BY_ID, list(ids))}
    return [found.get(each) for each in ids]


async def programmes(
    actor: Actor, *, area_path: str | None, year: int | None, page: Page
) -> Slice[Row]:
    """Return a page of programmes, the latest year first; they are public."""
    last_year, last_id = page.after or (None, None)
    rows = await database.fetch(_PROGRAMMES, area_path, year, last_year, last_id, page.limit)
    return Slice.of(rows, page)


async def milestones(actor: Actor, keys: Sequence[VersionKey]) -> list[list[Row]]:
    """Batch: the milestones of versions of pledges that the actor sees, in order."""
    return await _by_version(_MILESTONES, keys)


async def partners(actor: Actor, keys: Sequence[VersionKey]) -> list[list[Row]]:
    """Batch: the partners of versions of pledges that the actor sees."""
    return await _by_version(_PARTNERS, keys)


async def _by_version(sql: str, keys: Sequence[VersionKey]) -> list[list[Row]]:
    found: defaultdict[VersionKey, list[Row]] = defaultdict(list)
    for row in await database.fetch(sql, [each for each, _ in keys], [each for _, each in keys]):
        found[row["pledge_id"], row["version"]].append(row)
    return [found[key] for key in keys]


async def figures(actor: Actor, pledge_ids: Sequence[UUID]) -> list[Row]:
    """Batch: how many follow, comment, object and accept, of pledges that the actor sees."""
    rows = await database.fetch(_FIGURES, list(pledge_ids), actor.person_id)
    found = {row["id"]: row for row in rows}
    return [found[each] for each in pledge_ids]


async def followers(pledge_id: UUID, *, after: UUID | None, limit: int) -> list[UUID]:
    """Return who follows a pledge, by id, for those who tell them; never for the contract."""
    return [row["person_id"] for row in await database.fetch(_FOLLOWERS, pledge_id, after, limit)]
