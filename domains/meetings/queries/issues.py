"""Issues and resolutions as rows: seen by who belongs, who raised them, and whom they went to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.policy.issues import ENTERERS, SORTERS, organisations_of
from domains.meetings.rules import texts
from domains.meetings.values.issues import IssueCategory, IssueState

# $1 whether all is seen, $2 the actor's areas, $3 the actor, $4 whom the actor speaks for,
# $5 the areas whose proposers the actor may know.
OWN = """
(o.handler_id = $3::uuid OR o.handler_id = ANY ($4::uuid[]) OR EXISTS (
    SELECT FROM meetings_seat led WHERE led.person_id = $3::uuid AND led.ended_at IS NULL
      AND led.body_id = o.handler_id AND led.office IN ('chair', 'vice_chair', 'secretary')))
"""
BELONGS = """
EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
        WHERE starts_with(i.area_path, held.path) OR starts_with(held.path, i.area_path))
"""
_GIVEN = f"""
(EXISTS (SELECT FROM meetings_assignment o
         WHERE o.issue_id = i.id AND o.state <> 'withdrawn' AND {OWN})
 OR EXISTS (SELECT FROM meetings_whistle w
            WHERE w.issue_id = i.id AND w.state <> 'withdrawn'
              AND w.organisation_id = ANY ($4::uuid[])))
"""
VISIBLE = f"($1 OR i.proposer_id = $3::uuid OR {BELONGS} OR {_GIVEN})"
_KNOWS = """
($1 OR i.proposer_id = $3::uuid OR EXISTS (
    SELECT FROM unnest($5::text[]) AS held (path) WHERE starts_with(i.area_path, held.path)))
"""
_COLUMNS = f"""
i.id, i.area_id, i.area_path, i.title, i.text, i.place, i.category, i.state, i.state_since,
i.due_at, i.overdue_at, i.look_due_at, i.risk, i.risk_note, i.assessed_by_id, i.assessed_at,
i.reason, i.outcome, i.feedback, i.findings, i.merged_into_id, i.poll_id, i.evaluation,
i.evaluation_text, i.evaluated_at, i.evaluation_until, i.reopened, i.created_at, i.ended_at,
i.entered_by_id IS NOT NULL AS was_entered, i.source_kind, i.source_id,
CASE WHEN {_KNOWS} THEN i.proposer_id END AS proposer_id,
CASE WHEN {_KNOWS} THEN i.entered_by_id END AS entered_by_id,
coalesce(i.proposer_id = $3::uuid, false) AS is_mine,
(SELECT count(*) FROM meetings_issue_support s WHERE s.issue_id = i.id) AS supporters,
EXISTS (SELECT FROM meetings_issue_support s
        WHERE s.issue_id = i.id AND s.person_id = $3::uuid) AS i_support
"""
_BY_ID = f"SELECT {_COLUMNS} FROM meetings_issue i WHERE {VISIBLE} AND i.id = ANY ($6::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} FROM meetings_issue i
WHERE {VISIBLE}
  AND ($6::text IS NULL OR starts_with(i.area_path, $6))
  AND ($7::text[] IS NULL OR i.state = ANY ($7))
  AND ($8::text[] IS NULL OR i.category = ANY ($8))
  AND (NOT $9 OR i.proposer_id = $3::uuid)
  AND (NOT $10 OR {_GIVEN})
  AND (NOT $11 OR i.overdue_at IS NOT NULL
       OR EXISTS (SELECT FROM meetings_assignment a WHERE a.issue_id = i.id
                  AND a.state = 'open' AND a.overdue_at IS NOT NULL)
       OR EXISTS (SELECT FROM meetings_whistle w WHERE w.issue_id = i.id
                  AND w.state = 'called' AND w.overdue_at IS NOT NULL))
  AND ($12::text IS NULL OR i.words @@ $12::tsquery)
  AND ($13::timestamptz IS NULL OR (i.created_at, i.id) < ($13, $14::uuid))
ORDER BY i.created_at DESC, i.id DESC LIMIT $15
"""
# A search begins at the words, a list at the newest: one statement cannot be planned for both.
_FOUND = _LIST.replace("($12::text IS NULL OR i.words @@ $12::tsquery)", "i.words @@ $12::tsquery")
# Callers have seen the issue: what hangs on it needs no second look.
_ASSIGNMENTS = """
SELECT id, issue_id, handler_kind, handler_id, task, state, assigned_at, due_at, overdue_at,
       ended_at, note
FROM meetings_assignment WHERE issue_id = ANY ($1::uuid[]) ORDER BY assigned_at, id
"""
_WHISTLES = """
SELECT id, issue_id, organisation_id, asked, state, blown_at, due_at, overdue_at, ended_at,
       comes_at, answer
FROM meetings_whistle WHERE issue_id = ANY ($1::uuid[]) ORDER BY blown_at, id
"""
# The rules under which an issue was raised name departments by words of their names.
_ROUTES = """
SELECT DISTINCT i.id AS issue_id, o.name, o.id
FROM meetings_issue i
CROSS JOIN LATERAL jsonb_array_elements_text(
    i.frozen_rules -> 'content' -> 'routes' -> i.category) AS named (word)
JOIN membership_organisation o
  ON o.kind = 'department' AND o.dissolved_on IS NULL AND strpos(o.name, named.word) > 0
JOIN membership_area a ON a.id = o.area_id AND starts_with(i.area_path, a.path)
WHERE i.id = ANY ($1::uuid[]) ORDER BY i.id, o.name, o.id
"""
_HEARINGS = """
SELECT t.issue_id, t.id, t.body_id, b.name AS body, t.meeting_id, t.state, m.starts_at,
       t.closed_at
FROM meetings_agenda_item t
JOIN meetings_body b ON b.id = t.body_id
LEFT JOIN meetings_meeting m ON m.id = t.meeting_id
WHERE t.issue_id = ANY ($1::uuid[]) ORDER BY t.created_at, t.id
"""
_PICTURES = """
SELECT issue_id, upload_id FROM meetings_issue_picture
WHERE issue_id = ANY ($1::uuid[]) ORDER BY issue_id, position
"""
# Who did it is for those who may know who raised it, where that is the same person.
_HISTORY = """
SELECT h.subject_id, h.seq, h.kind, h.at, h.state, h.note, h.about_kind, h.about_id,
       CASE WHEN $4 OR h.actor_id IS NOT DISTINCT FROM $5::uuid
              OR h.actor_id IS DISTINCT FROM COALESCE(i.proposer_id, r.proposer_id)
              OR EXISTS (SELECT FROM unnest($6::text[]) AS held (path)
                         WHERE starts_with(COALESCE(i.area_path, r.area_path), held.path))
            THEN h.actor_id END AS actor_id
FROM unnest($1::uuid[], $2::int[], $3::int[]) AS asked (id, after, most)
LEFT JOIN meetings_issue i ON $7 = 'issue' AND i.id = asked.id
LEFT JOIN meetings_resolution r ON $7 = 'resolution' AND r.id = asked.id
CROSS JOIN LATERAL (
    SELECT * FROM meetings_history one
    WHERE one.subject_kind = $7 AND one.subject_id = asked.id AND one.seq > asked.after
    ORDER BY one.seq LIMIT asked.most) h
ORDER BY h.subject_id, h.seq
"""


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """What a list of issues is narrowed to."""

    area_path: str | None = None
    states: tuple[IssueState, ...] | None = None
    categories: tuple[IssueCategory, ...] | None = None
    mine: bool = False
    given_to_me: bool = False
    overdue: bool = False
    words: str | None = None


def eyes(actor: Actor) -> tuple[bool, list[str], UUID | None, list[UUID], list[str]]:
    """Return whose eyes see, as the first five values of a statement."""
    return (
        actor.system,
        actor.area_paths(),
        actor.person_id,
        sorted(organisations_of(actor)),
        actor.area_paths(*SORTERS, *ENTERERS),
    )


async def issues(actor: Actor, asked: IssueFilter, page: Page) -> Slice[Row]:
    """Return a page of the issues that the actor sees, the newest first."""
    created_at, last_id = page.after or (None, None)
    wanted = texts.asked_words(asked.words) if asked.words else None
    if asked.words and not wanted:
        return Slice(rows=[], has_more=False)
    rows = await database.fetch(
        _FOUND if wanted else _LIST,
        *eyes(actor),
        asked.area_path,
        list(asked.states) if asked.states is not None else None,
        list(asked.categories) if asked.categories is not None else None,
        asked.mine,
        asked.given_to_me,
        asked.overdue,
        texts.words_query(wanted) if wanted else None,
        created_at,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


async def issues_by_id(actor: Actor, issue_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the issues of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor), list(issue_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in issue_ids]


async def assignments_of(actor: Actor, issue_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: who has to act on issues that the actor sees."""
    return await _grouped(_ASSIGNMENTS, issue_ids)


async def whistles_of(actor: Actor, issue_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: which departments were called for issues that the actor sees."""
    return await _grouped(_WHISTLES, issue_ids)


async def routes_of(actor: Actor, issue_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the departments that the rules name for issues that the actor sees."""
    return await _grouped(_ROUTES, issue_ids)


async def hearings_of(actor: Actor, issue_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the agenda items through which issues that the actor sees come before meetings."""
    return await _grouped(_HEARINGS, issue_ids)


async def pictures_of(actor: Actor, issue_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the pictures of issues that the actor sees."""
    return await _grouped(_PICTURES, issue_ids)


async def _grouped(sql: str, ids: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(sql, list(ids)):
        found[row["issue_id"]].append(row)
    return [found[each] for each in ids]


HistoryKey = tuple[str, UUID, int, int]


async def histories(actor: Actor, keys: Sequence[HistoryKey]) -> list[list[Row]]:
    """Batch: what issues or resolutions that the actor sees went through.

    A key is the subject's kind and id, after which line, and how many.
    """
    found: dict[HistoryKey, list[Row]] = {key: [] for key in keys}
    for kind in {key[0] for key in keys}:
        for after, most in {key[2:] for key in keys if key[0] == kind}:
            ids = [key[1] for key in keys if key[0] == kind and key[2:] == (after, most)]
            for row in await _histories(actor, kind, ids, (after, most)):
                found[kind, row["subject_id"], after, most].append(row)
    return [found[key] for key in keys]


async def _histories(
    actor: Actor, kind: str, ids: Sequence[UUID], cut: tuple[int, int]
) -> Sequence[Row]:
    after, most = cut
    return await database.fetch(
        _HISTORY,
        list(ids),
        [after] * len(ids),
        [most] * len(ids),
        actor.system,
        actor.person_id,
        actor.area_paths(*SORTERS, *ENTERERS),
        kind,
    )


async def assignments_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: assignments of issues that the actor sees."""
    return await _seen_with_issue(actor, "meetings_assignment", _ASSIGNMENTS, ids)


async def whistles_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: calls of departments for issues that the actor sees."""
    return await _seen_with_issue(actor, "meetings_whistle", _WHISTLES, ids)


async def _seen_with_issue(
    actor: Actor, table: str, sql: str, ids: Sequence[UUID]
) -> list[Row | None]:
    of = await database.fetch(
        f"SELECT DISTINCT issue_id FROM {table} WHERE id = ANY ($1::uuid[])", list(ids)
    )
    seen = await issues_by_id(actor, [row["issue_id"] for row in of])
    issue_ids = [row["id"] for row in seen if row is not None]
    found = {row["id"]: row for row in await database.fetch(sql, issue_ids)}
    return [found.get(each) for each in ids]
