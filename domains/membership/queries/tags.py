"""Tags as they may be read: one's own, and those that staff open, which is audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domains.kernel import crypto, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership import policy

# Whether a tag may be used to reach somebody: $1 is the day.
USABLE = """
    t.ended_at IS NULL AND t.since <= $1 AND t.review_on >= $1
    AND (t.contested_at IS NULL OR t.settled_at IS NOT NULL)
    AND (NOT t.needs_consent OR t.consented_at IS NOT NULL)
"""
_KINDS = """
SELECT * FROM membership_tag_kind
WHERE ($1::text IS NULL OR subject = $1)
  AND ($2 OR retired_at IS NULL)
  AND (area_path = '' OR EXISTS (
      SELECT FROM unnest($3::text[]) AS own (path)
      WHERE own.path LIKE area_path || '%' OR area_path LIKE own.path || '%'))
  AND ($4::text IS NULL OR code > $4)
ORDER BY code LIMIT $5
"""
_TITLES = "SELECT * FROM membership_tag_kind WHERE code = ANY ($1)"
_OWN = """
SELECT t.* FROM membership_tag t
WHERE (t.person_id = $1 OR t.household_id IN (
    SELECT r.household_id FROM membership_residency r
    WHERE r.person_id = $1 AND r.state = 'verified'))
  AND ($2 OR t.ended_at IS NULL)
  AND ($3::uuid IS NULL OR t.id < $3)
ORDER BY t.id DESC LIMIT $4
"""
_OWN_BY_ID = """
SELECT t.* FROM membership_tag t
WHERE t.id = ANY ($2) AND (t.person_id = $1 OR t.household_id IN (
    SELECT r.household_id FROM membership_residency r
    WHERE r.person_id = $1 AND r.state = 'verified'))
"""
_OF = """
SELECT * FROM membership_tag
WHERE (person_id = $1 OR household_id = $2) AND ($3 OR ended_at IS NULL)
ORDER BY id DESC LIMIT 200
"""
_BY_ID = "SELECT * FROM membership_tag WHERE id = ANY ($1)"
_FIGURES = f"""
SELECT t.kind_index, count(*) AS tagged, count(*) FILTER (WHERE {USABLE}) AS usable
FROM membership_tag t
WHERE t.ended_at IS NULL AND EXISTS (
    SELECT FROM membership_residency r
    JOIN membership_household h ON h.id = r.household_id
    JOIN membership_area a ON a.id = h.area_id
    WHERE (r.person_id = t.person_id OR r.household_id = t.household_id)
      AND r.state = 'verified' AND a.path LIKE $2)
GROUP BY t.kind_index
"""


def kind_index(code: str) -> bytes:
    """Return the keyed fingerprint by which the tags of a kind are found."""
    return crypto.blind_index(code, purpose="tag kind")


@dataclass(frozen=True, slots=True)
class TagTold:
    """A tag, opened for who may read it."""

    id: UUID
    person_id: UUID | None
    household_id: UUID | None
    code: str
    source: str
    since: date
    review_on: date
    set_by_id: UUID | None
    set_at: datetime
    ended_at: datetime | None
    needs_consent: bool
    consented_at: datetime | None
    contested_at: datetime | None
    contest: str | None
    settled_at: datetime | None
    answer: str | None


def told(row: Row) -> TagTold:
    """Open the sealed columns of a tag's row."""

    def opened(column: str) -> str | None:
        if row[column] is None:
            return None
        return crypto.unseal(row[column], table="membership_tag", column=column, row=row["id"])

    return TagTold(
        id=row["id"],
        person_id=row["person_id"],
        household_id=row["household_id"],
        code=opened("kind_sealed") or "",
        source=opened("source_sealed") or "",
        since=row["since"],
        review_on=row["review_on"],
        set_by_id=row["set_by_id"],
        set_at=row["set_at"],
        ended_at=row["ended_at"],
        needs_consent=row["needs_consent"],
        consented_at=row["consented_at"],
        contested_at=row["contested_at"],
        contest=opened("contest_sealed"),
        settled_at=row["settled_at"],
        answer=opened("answer_sealed"),
    )


async def kinds(actor: Actor, subject: str | None, page: Page, *, retired: bool) -> Slice[Row]:
    """Return a page of the kinds: the presets, and those of where the actor belongs."""
    after = page.after[0] if page.after else None
    paths = ["%"] if actor.system else actor.area_paths()
    rows = await database.fetch(_KINDS, subject, retired, paths, after, page.limit)
    return Slice.of(rows, page)


async def all_kinds() -> Sequence[Row]:
    """Return every kind there is, at most 1,000."""
    return await database.fetch("SELECT * FROM membership_tag_kind ORDER BY code LIMIT 1000")


def may_keep(actor: Actor, area_path: str) -> bool:
    """Whether the actor keeps the tags of an area."""
    target = policy.Tagged(people=frozenset(), area_paths=(area_path,))
    return policy.AUTHORITY["openTags"].may(actor, target)


async def kinds_by_code(actor: Actor, codes: list[str]) -> list[Row | None]:
    """Batch: the kinds of these codes."""
    found = {row["code"]: row for row in await database.fetch(_TITLES, codes)}
    return [found.get(code) for code in codes]


async def my_tags(actor: Actor, page: Page, *, ended: bool) -> Slice[Row]:
    """Return a page of what is said of oneself and of the household where one lives."""
    if actor.person_id is None:
        return Slice(rows=[], has_more=False)
    after = page.after[0] if page.after else None
    rows = await database.fetch(_OWN, actor.person_id, ended, after, page.limit)
    return Slice.of(rows, page)


async def own_by_id(actor: Actor, tag_ids: list[UUID]) -> list[Row | None]:
    """Batch: these tags where they are said of the actor, None for the others."""
    rows = await database.fetch(_OWN_BY_ID, actor.person_id, tag_ids) if actor.person_id else []
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in tag_ids]


async def tags_of(
    *, person_id: UUID | None = None, household_id: UUID | None = None, ended: bool = False
) -> Sequence[Row]:
    """Return what is said of one of them, at most 200; for a command that has judged and audits."""
    return await database.fetch(_OF, person_id, household_id, ended)


async def by_id(tag_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return these tags; for whoever has judged that they may be read."""
    rows = await database.fetch(_BY_ID, list(tag_ids))
    return {row["id"]: row for row in rows}


async def counts(area_path: str, on: date) -> dict[bytes, tuple[int, int]]:
    """Return by kind's index how many in an area are tagged, and how many may be reached so."""
    rows = await database.fetch(_FIGURES, on, f"{area_path}%")
    return {bytes(row["kind_index"]): (row["tagged"], row["usable"]) for row in rows}
