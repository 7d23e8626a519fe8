"""Disclosures and their versions, as rows: the public ones for all, drafts for their bodies."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.disclosure.queries import sight
from domains.disclosure.queries.catalogue import DUTY
from domains.disclosure.values import Affair, DisclosureKind, VersionState
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

# What is told of the content: the published version's, or, where none is, the draft's.
COLUMNS = """
d.id, d.area_id, d.area_path, d.community_id, d.publisher_id, d.kind, d.affair, d.item_id,
d.item_code, d.period_start, d.period_end, d.state, d.latest_number, d.published_number,
d.first_published_at, d.expires_at, d.take_down_at, d.taken_down_at, d.take_down_reason,
d.archive_at, d.archived_at, d.pinned_at, d.source_kind, d.source_id, d.revision, d.created_at,
v.id AS version_id, v.number, v.title, v.body_html, v.body_text, v.occurred_on,
v.published_at, v.record_sha256
"""
# The version that a reader of the disclosure is shown.
SHOWN = """
JOIN disclosure_version v
  ON v.disclosure_id = d.id AND v.number = coalesce(d.published_number, d.latest_number)
"""
_FROM = f"""
FROM disclosure_disclosure d
JOIN disclosure_publisher p ON p.id = d.publisher_id
{SHOWN}
"""
_BY_ID = f"""
SELECT {COLUMNS}, {sight.BELONGS} AS belongs {_FROM}
WHERE d.id = ANY ($5::uuid[]) AND (d.published_number IS NOT NULL OR {sight.BELONGS})
"""
_WORK = f"""
SELECT {COLUMNS}, true AS belongs {_FROM}
WHERE {sight.BELONGS}
  AND ($5::text IS NULL OR starts_with(d.area_path, $5))
  AND ($6::text[] IS NULL OR EXISTS (
        SELECT FROM disclosure_version w
        WHERE w.disclosure_id = d.id AND w.state = ANY ($6) AND w.state <> 'published'))
  AND ($7::uuid IS NULL OR d.publisher_id = $7)
  AND ($8::uuid IS NULL OR d.id < $8)
ORDER BY d.id DESC LIMIT $9
"""
_VERSIONS = f"""
SELECT v.id, v.disclosure_id, v.number, v.change, v.reason, v.state, v.title, v.body_html,
       v.occurred_on, v.form::text AS form, v.sourced, v.round, v.created_at, v.submitted_at,
       v.approved_at, v.scheduled_at, v.published_at, v.record_sha256,
       d.taken_down_at, belongs.it AS belongs
FROM disclosure_version v
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
JOIN disclosure_publisher p ON p.id = d.publisher_id
CROSS JOIN LATERAL (SELECT {sight.BELONGS} AS it) belongs
WHERE (v.state = 'published' OR belongs.it)
"""
# The latest hundred: whoever corrects more often is found by the versions' own ids.
_VERSIONS_OF = f"""
{_VERSIONS} AND v.disclosure_id = ANY ($5::uuid[]) AND v.number > d.latest_number - 100
ORDER BY v.number DESC
"""
_VERSIONS_BY_ID = f"{_VERSIONS} AND v.id = ANY ($5::uuid[])"
# Parts of versions whose sight was judged with the version.
_ROWS = """
SELECT r.version_id, r.position, r.shown FROM unnest($1::uuid[]) AS version (id)
CROSS JOIN LATERAL (
    SELECT version_id, position, shown::text AS shown FROM disclosure_row
    WHERE version_id = version.id ORDER BY position LIMIT $2) r
ORDER BY r.position
"""
_ROW_COUNTS = """
SELECT version_id, count(*) AS rows FROM disclosure_row
WHERE version_id = ANY ($1::uuid[]) GROUP BY version_id
"""
_RECORDS = "SELECT id, record FROM disclosure_version WHERE id = ANY ($1::uuid[])"
_ROWS_OF = f"""
SELECT r.position, r.shown::text AS shown
FROM disclosure_row r
JOIN disclosure_version v ON v.id = r.version_id
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
JOIN disclosure_publisher p ON p.id = d.publisher_id
WHERE d.id = $5 AND v.number = $6 AND r.position > $7
  AND (v.state = 'published' AND d.taken_down_at IS NULL OR {sight.BELONGS})
ORDER BY r.position LIMIT $8
"""
_ATTACHMENTS = """
SELECT id, version_id, used_as, caption, upload_id, file_name, media_type, size_bytes, sha256
FROM disclosure_attachment WHERE version_id = ANY ($1::uuid[]) ORDER BY position
"""
_ATTACHMENTS_BY_ID = f"""
SELECT a.id, a.version_id, a.used_as, a.caption, a.upload_id, a.file_name, a.media_type,
       a.size_bytes, a.sha256
FROM disclosure_attachment a
JOIN disclosure_version v ON v.id = a.version_id
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
JOIN disclosure_publisher p ON p.id = d.publisher_id
WHERE a.id = ANY ($5::uuid[])
  AND (v.state = 'published' AND d.taken_down_at IS NULL OR {sight.BELONGS})
"""
_STEPS = """
SELECT version_id, round, position, step, decision, reason, decided_at
FROM disclosure_step WHERE version_id = ANY ($1::uuid[]) ORDER BY round, position
"""
_TARGETS = """
SELECT t.disclosure_id, a.id, a.kind, a.code, a.name, a.path, a.parent_id
FROM disclosure_target t JOIN membership_area a ON a.id = t.area_id
WHERE t.disclosure_id = ANY ($1::uuid[]) ORDER BY a.path
"""
_DUTIES = f"""
SELECT c.disclosure_id AS covered_by, {DUTY}
FROM disclosure_cover c JOIN disclosure_obligation o ON o.id = c.obligation_id
WHERE c.disclosure_id = ANY ($1::uuid[]) ORDER BY o.due_at, o.id
"""
_TAGS = """
SELECT disclosure_id, tag FROM disclosure_tag
WHERE disclosure_id = ANY ($1::uuid[]) ORDER BY tag
"""
_READINGS = """
SELECT d.id, coalesce(c.readings, 0) + (
    SELECT count(*) FROM disclosure_reader r WHERE r.disclosure_id = d.id) AS readings
FROM unnest($1::uuid[]) AS d (id)
LEFT JOIN disclosure_read_count c ON c.disclosure_id = d.id
"""


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What a body's list of what it writes and approves is narrowed to."""

    area_path: str | None = None
    states: tuple[VersionState, ...] | None = None
    publisher_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """What the feed is narrowed to; `area_paths` are the area's prefixes, itself the last."""

    area_paths: tuple[str, ...]
    kinds: tuple[DisclosureKind, ...] | None = None
    affairs: tuple[Affair, ...] | None = None
    tags: tuple[str, ...] | None = None
    publisher_id: UUID | None = None
    item_code: str | None = None
    over_too: bool = False


async def disclosures_by_id(actor: Actor, disclosure_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the disclosures of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *sight.eyes(actor), list(disclosure_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in disclosure_ids]


async def work(actor: Actor, asked: WorkFilter, page: Page) -> Slice[Row]:
    """Return a page of what the actor's bodies write, approve and published, the newest first."""
    rows = await database.fetch(
        _WORK,
        *sight.eyes(actor),
        asked.area_path,
        list(asked.states) if asked.states is not None else None,
        asked.publisher_id,
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def versions_by_disclosure(actor: Actor, disclosure_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the versions of disclosures, the latest first: the history, for everybody."""
    rows = await database.fetch(_VERSIONS_OF, *sight.eyes(actor), list(disclosure_ids))
    return _grouped(rows, "disclosure_id", disclosure_ids)


async def versions_by_id(actor: Actor, version_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the versions of these ids, None where the actor sees none."""
    rows = await database.fetch(_VERSIONS_BY_ID, *sight.eyes(actor), list(version_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in version_ids]


async def rows_by_version(actor: Actor, keys: Sequence[tuple[UUID, int]]) -> list[list[Row]]:
    """Batch: the first masked rows of versions that the actor was shown; a key says how many."""
    version_ids = list({version_id for version_id, _ in keys})
    most = max(count for _, count in keys)
    rows = await database.fetch(_ROWS, version_ids, most)
    found = dict(zip(version_ids, _grouped(rows, "version_id", version_ids), strict=True))
    return [found[version_id][:count] for version_id, count in keys]


async def row_counts(actor: Actor, version_ids: Sequence[UUID]) -> list[int]:
    """Batch: how many rows versions have that the actor was shown."""
    rows = await database.fetch(_ROW_COUNTS, list(version_ids))
    found = {row["version_id"]: row["rows"] for row in rows}
    return [found.get(each, 0) for each in version_ids]


async def rows_of(actor: Actor, disclosure_id: UUID, number: int, page: Page) -> Slice[Row]:
    """Return a page of the masked rows of a version, as far as the actor sees it."""
    after = page.after[0] if page.after else 0
    values = (*sight.eyes(actor), disclosure_id, number, after, page.limit)
    return Slice.of(await database.fetch(_ROWS_OF, *values), page)


async def records_by_version(actor: Actor, version_ids: Sequence[UUID]) -> list[str | None]:
    """Batch: the public records of versions that the actor was shown."""
    rows = await database.fetch(_RECORDS, list(version_ids))
    found = {row["id"]: row["record"] for row in rows}
    records = (found.get(each) for each in version_ids)
    return [None if each is None else bytes(each).decode() for each in records]


async def attachments_by_version(actor: Actor, version_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the attachments of versions that the actor was shown."""
    rows = await database.fetch(_ATTACHMENTS, list(version_ids))
    return _grouped(rows, "version_id", version_ids)


async def attachments_by_id(actor: Actor, attachment_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the attachments of these ids, None where the actor may not have them."""
    rows = await database.fetch(_ATTACHMENTS_BY_ID, *sight.eyes(actor), list(attachment_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in attachment_ids]


async def steps_by_version(actor: Actor, version_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the steps that were taken of versions that the actor was shown."""
    return _grouped(await database.fetch(_STEPS, list(version_ids)), "version_id", version_ids)


async def targets_by_disclosure(actor: Actor, disclosure_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the areas at which disclosures are aimed."""
    rows = await database.fetch(_TARGETS, list(disclosure_ids))
    return _grouped(rows, "disclosure_id", disclosure_ids)


async def duties_by_disclosure(actor: Actor, disclosure_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the duties that disclosures cover."""
    rows = await database.fetch(_DUTIES, list(disclosure_ids))
    return _grouped(rows, "covered_by", disclosure_ids)


async def tags_by_disclosure(actor: Actor, disclosure_ids: Sequence[UUID]) -> list[list[str]]:
    """Batch: the tags of disclosures."""
    rows = await database.fetch(_TAGS, list(disclosure_ids))
    grouped = _grouped(rows, "disclosure_id", disclosure_ids)
    return [[row["tag"] for row in each] for each in grouped]


async def readings(actor: Actor, disclosure_ids: Sequence[UUID]) -> list[int]:
    """Batch: how often each was read, a reader once a day."""
    rows = await database.fetch(_READINGS, list(disclosure_ids))
    found = {row["id"]: row["readings"] for row in rows}
    return [found[each] for each in disclosure_ids]


def _grouped(rows: Sequence[Row], key: str, keys: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return [found[each] for each in keys]
