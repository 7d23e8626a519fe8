"""What became of register files: imports and their refused rows, for staff of the community."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, settings, storage
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.queries import sight
from domains.membership.rules import register_sheets

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_BYTES = 10_000_000

_SEEN = """
SELECT i.id, i.community_id, i.file_name, i.mode, i.applied, i.row_count, i.accepted_count,
       i.refused_count, i.created::text AS created, i.imported_by_id, i.imported_at
FROM membership_register_import i
JOIN membership_area a ON a.id = i.community_id
WHERE a.path LIKE ANY ($1::text[])
"""
_BY_ID = f"{_SEEN} AND i.id = ANY ($2::uuid[])"
_LIST = f"""
{_SEEN} AND ($2::uuid IS NULL OR i.community_id = $2) AND ($3::uuid IS NULL OR i.id < $3)
ORDER BY i.id DESC LIMIT $4
"""
_REFUSALS = """
SELECT r.id, r.row_number, r."column", r.code, r.details::text AS details
FROM membership_register_row_refusal r
JOIN membership_register_import i ON i.id = r.of_id
JOIN membership_area a ON a.id = i.community_id
WHERE r.of_id = $1 AND a.path LIKE ANY ($2::text[])
  AND ($3::int IS NULL OR (r.row_number, r.id) > ($3, $4::bigint))
ORDER BY r.row_number, r.id LIMIT $5
"""

_FIRST_REFUSALS = """
SELECT r.id, r.of_id, r.row_number, r."column", r.code, r.details::text AS details
FROM unnest($1::uuid[]) AS asked (id)
JOIN membership_register_import i ON i.id = asked.id
JOIN membership_area a ON a.id = i.community_id AND a.path LIKE ANY ($2::text[])
CROSS JOIN LATERAL (
    SELECT * FROM membership_register_row_refusal refused
    WHERE refused.of_id = i.id ORDER BY refused.row_number, refused.id LIMIT $3
) r
ORDER BY r.row_number, r.id
"""


async def imports_by_id(actor: Actor, import_ids: list[UUID]) -> list[Row | None]:
    """Batch: the imports of these ids, None where the actor does not see them."""
    rows = await database.fetch(_BY_ID, sight.staffed(actor), import_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in import_ids]


async def imports(actor: Actor, community_id: UUID | None, page: Page) -> Slice[Row]:
    """Return a page of the imports that the actor sees, the newest first."""
    after = page.after[0] if page.after else None
    rows = await database.fetch(_LIST, sight.staffed(actor), community_id, after, page.limit)
    return Slice.of(rows, page)


async def refusals(actor: Actor, import_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of an import's refused rows, in the order of the file."""
    number, last_id = page.after or (None, None)
    rows = await database.fetch(
        _REFUSALS, import_id, sight.staffed(actor), number, last_id, page.limit
    )
    return Slice.of(rows, page)


async def first_refusals(actor: Actor, asked: list[tuple[UUID, int]]) -> list[list[Row]]:
    """Batch: the first refused rows of each import; a key is an import and how many."""
    limit = max(count for _, count in asked)
    found: dict[UUID, list[Row]] = {each: [] for each, _ in asked}
    rows = await database.fetch(_FIRST_REFUSALS, list(found), sight.staffed(actor), limit)
    for row in rows:
        found[row["of_id"]].append(row)
    return [found[each][:count] for each, count in asked]


async def report_address(actor: Actor, of: Row) -> str:
    """Make the report of an import as a workbook; return an address that fetches it for a while."""
    everything = await refusals(actor, of["id"], Page(first=of["refused_count"] + 1))
    lines = [
        (row["row_number"], row["column"], row["code"], json.loads(row["details"]))
        for row in everything.rows
    ]
    content = await asyncio.to_thread(
        register_sheets.report, lines, made_at=of["imported_at"], locale=actor.locale
    )
    return await _address(content, file_name="导入报告.xlsx")


async def template_address() -> str:
    """Return an address that fetches the empty register for a while."""
    content = await asyncio.to_thread(register_sheets.template)
    return await _address(content, file_name="住户登记模板.xlsx")


async def _address(content: bytes, *, file_name: str) -> str:
    """Keep the content under its hash, and give it an address."""

    async def whole() -> AsyncIterator[bytes]:
        yield content

    key = storage.content_key(hashlib.sha256(content).digest())
    store = storage.current()
    if not await store.exists(key):
        await store.write(key, whole(), most_bytes=_MOST_BYTES)
    lasts = timedelta(minutes=settings.current().download_minutes)
    until = await clock.now() + lasts
    return store.address(
        storage.Pass(may="get", key=key, until=until, media_type=_XLSX, file_name=file_name)
    )
