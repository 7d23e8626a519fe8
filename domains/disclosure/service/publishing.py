"""Making a version public: its record, its place in the feed, its words, the duty it meets."""

from datetime import datetime
from typing import Any

from domains.disclosure.events import (
    DisclosurePublished,
    DisclosureWithdrawn,
    ObligationMet,
)
from domains.disclosure.rules import words
from domains.disclosure.service import answering, records
from domains.disclosure.values import Change, DisclosureState
from domains.kernel import calendar, clock, database, outbox
from domains.kernel.calendar import Months
from domains.kernel.database import Row

_PUBLISHER = "SELECT id, kind, name FROM disclosure_publisher WHERE id = $1"
_MARK = """
UPDATE disclosure_version
SET state = 'published', published_at = $2, record = $3, record_sha256 = sha256($3::bytea)
WHERE id = $1
"""
_STAND = """
UPDATE disclosure_disclosure
SET state = CASE WHEN state = 'expired' AND $2 = 'corrected' THEN state ELSE $2 END,
    published_number = $3, first_published_at = coalesce(first_published_at, $4),
    archive_at = coalesce(archive_at, $5), revision = revision + 1
WHERE id = $1
"""
# Of its item, or the longest of the duties that it meets; nothing where one of them is for ever.
_RETENTION = """
SELECT CASE WHEN bool_or(i.retention_months IS NULL) THEN NULL ELSE max(i.retention_months) END
FROM disclosure_catalogue_item i
WHERE i.id = $2 OR $2 IS NULL AND i.id IN (
    SELECT o.item_id FROM disclosure_cover c JOIN disclosure_obligation o ON o.id = c.obligation_id
    WHERE c.disclosure_id = $1)
"""
_LIST = "SELECT disclosure_list(ARRAY[$1::uuid])"
_WORDS = """
INSERT INTO disclosure_words (disclosure_id, words)
VALUES ($1, array_to_tsvector($2::text[]))
ON CONFLICT (disclosure_id) DO UPDATE SET words = EXCLUDED.words
"""
_MEET = """
UPDATE disclosure_obligation
SET met_at = $2, disclosure_id = $1, state = CASE WHEN $2 < due_at THEN 'met' ELSE 'late' END,
    late_at = CASE WHEN $2 < due_at THEN NULL ELSE coalesce(late_at, $2) END
WHERE id IN (SELECT c.obligation_id FROM disclosure_cover c WHERE c.disclosure_id = $1)
  AND met_at IS NULL AND state IN ('pending', 'late')
RETURNING id
"""
_REOPEN = """
UPDATE disclosure_obligation
SET met_at = NULL, disclosure_id = NULL,
    state = CASE WHEN $2 < due_at AND state = 'met' THEN 'pending' ELSE 'late' END,
    late_at = CASE WHEN $2 < due_at AND state = 'met' THEN NULL ELSE coalesce(late_at, $2) END
WHERE disclosure_id = $1
"""


async def make_public(disclosure: Row, version: Row) -> datetime:
    """Publish a version that may be published; returns when. Runs inside an open transaction.

    Both rows are locked by the caller, the disclosure first.
    """
    database.require_open_transaction()
    at = await clock.now()
    publisher = await database.fetch_one(_PUBLISHER, disclosure["publisher_id"])
    assert publisher is not None, "a publisher is never removed"
    record = await records.public_record(disclosure, version, publisher, at=at)
    await database.execute(_MARK, version["id"], at, record)
    change = Change(version["change"])
    await database.execute(
        _STAND,
        *(disclosure["id"], _state_after(change), version["number"], at),
        await _archive_at(disclosure, at),
    )
    await database.execute(_LIST, disclosure["id"])
    await _tell_words(disclosure, version)
    await _settle_duties(disclosure, change, at)
    await answering.link_corrections(disclosure["id"])
    event = DisclosureWithdrawn if change is Change.WITHDRAWAL else DisclosurePublished
    await outbox.record(event(disclosure["id"], version["number"], disclosure["area_path"]))
    return at


def _state_after(change: Change) -> DisclosureState:
    return {
        Change.FIRST: DisclosureState.PUBLISHED,
        Change.CORRECTION: DisclosureState.CORRECTED,
        Change.WITHDRAWAL: DisclosureState.WITHDRAWN,
    }[change]


async def _archive_at(disclosure: Row, at: datetime) -> datetime | None:
    months: Any = await database.fetch_value(_RETENTION, disclosure["id"], disclosure["item_id"])
    return None if months is None else calendar.deadline(at, Months(months)).at


async def _tell_words(disclosure: Row, version: Row) -> None:
    if disclosure["taken_down_at"] is not None:
        return
    said = await records.public_parts(version["id"])
    cells = (str(cell) for row in said["rows"] for cell in row.values() if cell is not None)
    names = (f"{each['caption']} {each['name']}" for each in said["attachments"])
    entries = sorted({each["summary"] for each in said.get("lines", ())})
    text = "\n".join((version["title"], version["body_text"], *cells, *names, *entries))
    await database.execute(_WORDS, disclosure["id"], words.cut(text))


async def _settle_duties(disclosure: Row, change: Change, at: datetime) -> None:
    """Meet the duties that it covers; what is withdrawn is owed again."""
    if change is Change.WITHDRAWAL:
        await database.execute(_REOPEN, disclosure["id"], at)
        return
    for row in await database.fetch(_MEET, disclosure["id"], at):
        await outbox.record(ObligationMet(row["id"], disclosure["id"], disclosure["area_path"]))
