"""Resolutions as rows: public to who belongs, and to whom they concern."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.queries.issues import BELONGS, OWN, eyes
from domains.meetings.values.resolutions import ResolutionState

# The parameters are those of issues; a resolution is its own handling.
_MINE = OWN.replace("o.handler_id", "i.handler_id")
# $5 is not needed here, and only named.
_VISIBLE = f"($1 OR i.proposer_id = $3::uuid OR {BELONGS} OR {_MINE} OR $5::text[] IS NULL)"
_COLUMNS = """
i.id, i.area_id, i.area_path, i.meeting_id, i.source_kind, i.source_id, i.issue_id, i.title,
i.text, i.handler_kind, i.handler_id, i.state, i.due_on, i.due_at, i.overdue_at, i.percent,
i.round, i.evaluation_until, i.reason, i.adopted_at, i.done_at, i.ended_at,
i.proposer_id IS NOT DISTINCT FROM $3::uuid AS is_mine
"""
_BY_ID = f"""
SELECT {_COLUMNS} FROM meetings_resolution i WHERE {_VISIBLE} AND i.id = ANY ($6::uuid[])
"""
_LIST = f"""
SELECT {_COLUMNS} FROM meetings_resolution i
WHERE {_VISIBLE}
  AND ($6::text IS NULL OR starts_with(i.area_path, $6))
  AND ($7::text[] IS NULL OR i.state = ANY ($7))
  AND (NOT $8 OR i.proposer_id = $3::uuid)
  AND (NOT $9 OR {_MINE})
  AND (NOT $10 OR i.overdue_at IS NOT NULL AND i.state IN ('adopted', 'in_progress'))
  AND ($11::uuid IS NULL OR i.issue_id = $11)
  AND ($12::uuid IS NULL OR i.meeting_id = $12)
  AND ($13::timestamptz IS NULL OR (i.adopted_at, i.id) < ($13, $14::uuid))
ORDER BY i.adopted_at DESC, i.id DESC LIMIT $15
"""
_OF_ISSUES = f"""
SELECT i.* FROM unnest($6::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM meetings_resolution i
    WHERE i.issue_id = asked.id AND {_VISIBLE} ORDER BY i.adopted_at, i.id LIMIT 100) i
"""
_PROGRESS = """
SELECT p.resolution_id, p.seq, p.at, p.by_id, p.text, p.percent, p.done,
       ARRAY(SELECT e.upload_id FROM meetings_progress_evidence e
             WHERE e.resolution_id = p.resolution_id AND e.seq = p.seq
             ORDER BY e.position) AS evidence
FROM unnest($1::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM meetings_progress one WHERE one.resolution_id = asked.id
    ORDER BY one.seq DESC LIMIT 100) p
ORDER BY p.resolution_id, p.seq
"""
_EVALUATIONS = """
SELECT e.resolution_id, e.round, e.kept, e.satisfaction, e.text, e.at, e.decided,
       e.person_id IS NOT DISTINCT FROM $2::uuid AS is_mine
FROM unnest($1::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM meetings_resolution_evaluation one WHERE one.resolution_id = asked.id
    ORDER BY one.at DESC, one.person_id LIMIT 100) e
ORDER BY e.resolution_id, e.at, e.person_id
"""


@dataclass(frozen=True, slots=True)
class ResolutionFilter:
    """What a list of resolutions is narrowed to."""

    area_path: str | None = None
    states: tuple[ResolutionState, ...] | None = None
    mine: bool = False
    given_to_me: bool = False
    overdue: bool = False
    issue_id: UUID | None = None
    meeting_id: UUID | None = None


async def resolutions(actor: Actor, asked: ResolutionFilter, page: Page) -> Slice[Row]:
    """Return a page of the resolutions that the actor sees, the newest first."""
    adopted_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *eyes(actor),
        asked.area_path,
        list(asked.states) if asked.states is not None else None,
        asked.mine,
        asked.given_to_me,
        asked.overdue,
        asked.issue_id,
        asked.meeting_id,
        adopted_at,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


async def resolutions_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the resolutions of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def resolutions_of_issues(actor: Actor, issue_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what came of issues, as far as the actor sees it; 100 each at most."""
    rows = await database.fetch(_OF_ISSUES, *eyes(actor), list(issue_ids))
    return _grouped(rows, "issue_id", issue_ids)


async def progress_of(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the latest hundred reports on resolutions that the actor sees."""
    return _grouped(await database.fetch(_PROGRESS, list(ids)), "resolution_id", ids)


async def evaluations_of(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the latest hundred evaluations of resolutions that the actor sees."""
    rows = await database.fetch(_EVALUATIONS, list(ids), actor.person_id)
    return _grouped(rows, "resolution_id", ids)


def _grouped(rows: Sequence[Row], by: str, ids: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[by]].append(row)
    return [found[each] for each in ids]
