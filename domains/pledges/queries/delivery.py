"""Reports with their evidence, changes, terms, objections, comments and history, as rows."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domains.kernel import database, settings, storage
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.kernel.storage import Pass
from domains.pledges.queries.sight import VISIBLE, eyes, screened_areas

_REPORT = """
SELECT r.*,
       (SELECT count(*) FROM pledges_confirmation c WHERE c.report_id = r.id) AS confirmations,
       EXISTS (SELECT FROM pledges_confirmation c
               WHERE c.report_id = r.id AND c.person_id = $3::uuid) AS is_confirmed,
       (SELECT count(*) FROM pledges_objection o
        WHERE o.report_id = r.id AND o.state = 'open') AS contests
FROM pledges_report r JOIN pledges_pledge p ON p.id = r.pledge_id
"""
_REPORTS = f"""
{_REPORT} WHERE {VISIBLE} AND r.pledge_id = $5
  AND ($6::timestamptz IS NULL OR (r.reported_at, r.id) > ($6, $7::uuid))
ORDER BY r.reported_at, r.id LIMIT $8
"""
_REPORTS_BY_ID = f"{_REPORT} WHERE {VISIBLE} AND r.id = ANY ($5::uuid[])"
_EVIDENCE = """
SELECT e.*, u.file_name, u.media_type, u.sha256, kernel_now() AS now
FROM pledges_evidence e LEFT JOIN kernel_upload u ON u.id = e.upload_id
WHERE e.report_id = ANY ($1::uuid[]) ORDER BY e.report_id, e.position
"""
_CHANGE = """
SELECT c.*, t.title, t.content, t.organisation_id, t.person_id, t.place_area_id, t.place,
       t.beneficiaries, t.budget_fen, t.deadline, t.target_number, t.target_unit,
       t.target_measure, answers.name AS person_name
FROM pledges_change c
JOIN pledges_terms t ON t.pledge_id = c.pledge_id AND t.version = c.version
JOIN pledges_pledge p ON p.id = c.pledge_id
JOIN membership_person answers ON answers.id = t.person_id
"""
_CHANGES = f"""
{_CHANGE} WHERE {VISIBLE} AND c.pledge_id = $5 AND ($6::int IS NULL OR c.version > $6)
ORDER BY c.version LIMIT $7
"""
_CHANGES_BY_ID = f"{_CHANGE} WHERE {VISIBLE} AND c.id = ANY ($5::uuid[])"
_TERMS = f"""
SELECT t.*, answers.name AS person_name
FROM pledges_terms t JOIN pledges_pledge p ON p.id = t.pledge_id
JOIN membership_person answers ON answers.id = t.person_id
WHERE {VISIBLE} AND t.pledge_id = $5 AND t.version > $6 ORDER BY t.version LIMIT $7
"""
# Who objects is for who screens, and for themselves.
_OBJECTION = """
SELECT o.*, sees.own AS is_own,
       CASE WHEN sees.own OR sees.screens THEN o.by_id END AS objector_id
FROM pledges_objection o JOIN pledges_pledge p ON p.id = o.pledge_id
CROSS JOIN LATERAL (
    SELECT o.by_id IS NOT DISTINCT FROM $3::uuid AS own,
           $1 OR EXISTS (SELECT FROM unnest($5::text[]) AS held (path)
                         WHERE starts_with(p.area_path, held.path)) AS screens) sees
"""
_OBJECTIONS = f"""
{_OBJECTION} WHERE {VISIBLE} AND o.pledge_id = $6
  AND ($7::timestamptz IS NULL OR (o.filed_at, o.id) > ($7, $8::uuid))
ORDER BY o.filed_at, o.id LIMIT $9
"""
_OBJECTIONS_BY_ID = f"{_OBJECTION} WHERE {VISIBLE} AND o.id = ANY ($6::uuid[])"
_COMMENT = """
SELECT c.id, c.pledge_id, c.by_id, c.at, c.removed_at, c.remove_reason,
       CASE WHEN c.removed_at IS NULL THEN c.text END AS text
FROM pledges_comment c JOIN pledges_pledge p ON p.id = c.pledge_id
"""
_COMMENTS = f"""
{_COMMENT} WHERE {VISIBLE} AND c.pledge_id = $5
  AND ($6::timestamptz IS NULL OR (c.at, c.id) > ($6, $7::uuid))
ORDER BY c.at, c.id LIMIT $8
"""
_COMMENTS_BY_ID = f"{_COMMENT} WHERE {VISIBLE} AND c.id = ANY ($5::uuid[])"
# What is said of a delivery is public; who says it is not.
_ACCEPTANCES = f"""
SELECT a.id, a.round, a.accepted, a.remark, a.at, a.person_id IS NOT DISTINCT FROM $3 AS is_own
FROM pledges_acceptance a JOIN pledges_pledge p ON p.id = a.pledge_id
WHERE {VISIBLE} AND a.pledge_id = $5
  AND ($6::timestamptz IS NULL OR (a.at, a.id) > ($6, $7::uuid))
ORDER BY a.at, a.id LIMIT $8
"""
# Who objected, contested or said something of it is not told; what came of it is.
_HISTORY = f"""
SELECT h.pledge_id, h.seq, h.act, h.at, h.state, h.version, h.deadline, h.reason
FROM pledges_history h JOIN pledges_pledge p ON p.id = h.pledge_id
WHERE {VISIBLE} AND h.pledge_id = $5 AND h.seq > $6 ORDER BY h.seq LIMIT $7
"""


async def reports(actor: Actor, pledge_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a pledge's reports, the first first; struck ones stay, and say so."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(_REPORTS, *eyes(actor), pledge_id, at, last_id, page.limit)
    return Slice.of(rows, page)


async def reports_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the reports of these ids, None where the actor sees none."""
    found = {
        row["id"]: row for row in await database.fetch(_REPORTS_BY_ID, *eyes(actor), list(ids))
    }
    return [found.get(each) for each in ids]


async def evidence(actor: Actor, report_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the evidence of reports that the actor sees, in the order it was given."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_EVIDENCE, list(report_ids)):
        found[row["report_id"]].append(row)
    return [found[each] for each in report_ids]


def picture_address(row: Row) -> str | None:
    """Return an address that fetches a picture for some minutes; None for other evidence."""
    if row["sha256"] is None:
        return None
    allowed = Pass(
        may="get",
        key=storage.content_key(bytes(row["sha256"])),
        until=row["now"] + timedelta(minutes=settings.current().download_minutes),
        media_type=row["media_type"],
        file_name=row["file_name"],
    )
    return storage.current().address(allowed)


async def changes(actor: Actor, pledge_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a pledge's changes, the first first."""
    after = page.after[0] if page.after else None
    rows = await database.fetch(_CHANGES, *eyes(actor), pledge_id, after, page.limit)
    return Slice.of(rows, page)


async def changes_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the changes of these ids, None where the actor sees none."""
    found = {
        row["id"]: row for row in await database.fetch(_CHANGES_BY_ID, *eyes(actor), list(ids))
    }
    return [found.get(each) for each in ids]


async def versions(actor: Actor, pledge_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of all that a pledge's terms have said, version by version."""
    after = page.after[0] if page.after else 0
    rows = await database.fetch(_TERMS, *eyes(actor), pledge_id, after, page.limit)
    return Slice.of(rows, page)


async def objections(actor: Actor, pledge_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a pledge's objections and contests, the first first."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _OBJECTIONS,
        *(*eyes(actor), screened_areas(actor), pledge_id, at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def objections_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the objections of these ids, None where the actor sees none."""
    rows = await database.fetch(_OBJECTIONS_BY_ID, *eyes(actor), screened_areas(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def comments(actor: Actor, pledge_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a pledge's comments, the first first; a removed one without its text."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(_COMMENTS, *eyes(actor), pledge_id, at, last_id, page.limit)
    return Slice.of(rows, page)


async def comments_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the comments of these ids, None where the actor sees none."""
    rows = await database.fetch(_COMMENTS_BY_ID, *eyes(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def history(actor: Actor, pledge_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a pledge's public history, from its beginning."""
    after = page.after[0] if page.after else 0
    rows = await database.fetch(_HISTORY, *eyes(actor), pledge_id, after, page.limit)
    return Slice.of(rows, page)


async def acceptances(actor: Actor, pledge_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of what was said of a pledge's deliveries, the first first."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(_ACCEPTANCES, *eyes(actor), pledge_id, at, last_id, page.limit)
    return Slice.of(rows, page)
