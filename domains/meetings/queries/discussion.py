"""Discussions as rows: threads, replies and statements of a subject that the caller has seen.

What is hidden or withdrawn keeps its place without its text; its author and those who keep
order read what was hidden.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.policy.discussion import JUDGES, MODERATORS
from domains.meetings.queries import subjects
from domains.meetings.queries.subjects import Subject
from domains.meetings.rules.statements import Attitudes, GroupAttitudes, shown
from domains.meetings.values.discussion import Side, SubjectKind

# $1 whether all is read, $2 where the actor keeps order, $3 the actor.
_READS = """
($1 OR c.author_id = $3::uuid OR EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path) WHERE starts_with(c.area_path, held.path)))
"""
_COLUMNS = f"""
c.id, c.subject_kind, c.subject_id, c.thread_id, c.parent_id, c.author_id, c.side, c.version,
c.created_at, c.edited_at, c.withdrawn_at, c.hidden_at, {_READS} AS reads,
c.author_id IS NOT DISTINCT FROM $3::uuid AS is_mine,
CASE WHEN c.withdrawn_at IS NULL AND (c.hidden_at IS NULL OR {_READS}) THEN c.text END AS text
"""
_REPLY_COUNT = """
(SELECT count(*) FROM meetings_comment r WHERE r.thread_id = c.id AND r.parent_id IS NOT NULL)
AS reply_count
"""
_THREADS = f"""
SELECT {_COLUMNS}, {_REPLY_COUNT} FROM meetings_comment c
WHERE c.subject_kind = $4 AND c.subject_id = $5 AND c.parent_id IS NULL
  AND ($6::text[] IS NULL OR c.side = ANY ($6))
  AND ($7::timestamptz IS NULL OR (c.created_at, c.id) > ($7, $8::uuid))
ORDER BY c.created_at, c.id LIMIT $9
"""
_THREADS_NEWEST = _THREADS.replace("> ($7", "< ($7").replace(
    "ORDER BY c.created_at, c.id", "ORDER BY c.created_at DESC, c.id DESC"
)
_REPLIES = f"""
SELECT {_COLUMNS}, 0 AS reply_count
FROM unnest($4::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM meetings_comment one
    WHERE one.thread_id = asked.id AND one.parent_id IS NOT NULL
      AND ($5::timestamptz IS NULL OR (one.created_at, one.id) > ($5, $6::uuid))
    ORDER BY one.created_at, one.id LIMIT $7) c
ORDER BY c.thread_id, c.created_at, c.id
"""
_BY_ID = f"SELECT {_COLUMNS}, {_REPLY_COUNT} FROM meetings_comment c WHERE c.id = ANY ($4::uuid[])"
_REACTIONS = """
SELECT comment_id, kind, count(*) AS count,
       bool_or(person_id IS NOT DISTINCT FROM $2::uuid) AS mine
FROM meetings_comment_reaction WHERE comment_id = ANY ($1::uuid[])
GROUP BY comment_id, kind ORDER BY comment_id, kind
"""
_REVISIONS = """
SELECT v.comment_id, v.version, v.side, v.text, v.written_at
FROM unnest($1::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM meetings_comment_revision one WHERE one.comment_id = asked.id
    ORDER BY one.version DESC LIMIT 50) v
ORDER BY v.comment_id, v.version
"""
_FIGURES = """
SELECT side, count(*) AS count, count(*) FILTER (WHERE parent_id IS NULL) AS threads,
       max(greatest(created_at, edited_at, withdrawn_at, hidden_at)) AS changed_at
FROM meetings_comment WHERE subject_kind = $1 AND subject_id = $2 GROUP BY side
"""
_HIDINGS = """
SELECT id, text_kind, text_id, subject_kind, subject_id, area_path, author_id, hidden_at, reason,
       state, appeal, appealed_at, decision, decided_at
FROM meetings_hiding
"""
_HIDINGS_OF = f"""
{_HIDINGS} WHERE (text_kind, text_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))
  AND state <> 'lifted'
"""
_APPEALS = f"""
{_HIDINGS}
WHERE state = 'appealed' AND author_id IS DISTINCT FROM $2::uuid
  AND hidden_by_id IS DISTINCT FROM $2::uuid
  AND EXISTS (SELECT FROM unnest($1::text[]) AS held (path) WHERE starts_with(area_path, held.path))
  AND ($3::timestamptz IS NULL OR (appealed_at, id) > ($3, $4::uuid))
ORDER BY appealed_at, id LIMIT $5
"""
_HIDINGS_BY_ID = f"""
{_HIDINGS}
WHERE id = ANY ($3::uuid[]) AND (author_id IS NOT DISTINCT FROM $2::uuid OR EXISTS (
    SELECT FROM unnest($1::text[]) AS held (path) WHERE starts_with(area_path, held.path)))
"""
_REPORTS = """
SELECT id, text_kind, text_id, area_path, reporter_id, ground, note, reported_at
FROM meetings_report
WHERE state = 'open'
  AND EXISTS (SELECT FROM unnest($1::text[]) AS held (path) WHERE starts_with(area_path, held.path))
  AND ($2::timestamptz IS NULL OR (reported_at, id) > ($2, $3::uuid))
ORDER BY reported_at, id LIMIT $4
"""
_STATEMENT_COLUMNS = f"""
c.id, c.subject_kind, c.subject_id, c.author_id, c.created_at, c.hidden_at, {_READS} AS reads,
c.author_id IS NOT DISTINCT FROM $3::uuid AS is_mine,
CASE WHEN c.hidden_at IS NULL OR {_READS} THEN c.text END AS text,
said.agree, said.disagree, said.passed,
(SELECT attitude FROM meetings_statement_answer one
 WHERE one.statement_id = c.id AND one.person_id = $3::uuid) AS mine
"""
_SAID = """
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE attitude = 'agree') AS agree,
           count(*) FILTER (WHERE attitude = 'disagree') AS disagree,
           count(*) FILTER (WHERE attitude = 'pass') AS passed
    FROM meetings_statement_answer a WHERE a.statement_id = c.id) said
"""
_STATEMENTS = f"""
SELECT {_STATEMENT_COLUMNS} FROM meetings_statement c {_SAID}
WHERE c.subject_kind = $4 AND c.subject_id = $5
  AND ($6::timestamptz IS NULL OR (c.created_at, c.id) > ($6, $7::uuid))
ORDER BY c.created_at, c.id LIMIT $8
"""
_STATEMENTS_BY_ID = f"""
SELECT {_STATEMENT_COLUMNS} FROM meetings_statement c {_SAID} WHERE c.id = ANY ($4::uuid[])
"""
_GROUPS = """
SELECT statement_id, group_id, count(*) FILTER (WHERE attitude = 'agree') AS agree,
       count(*) FILTER (WHERE attitude = 'disagree') AS disagree,
       count(*) FILTER (WHERE attitude = 'pass') AS passed
FROM meetings_statement_answer WHERE statement_id = ANY ($1::uuid[])
GROUP BY statement_id, group_id
"""


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """What a list of threads is narrowed to, and its order."""

    sides: tuple[Side, ...] | None = None
    newest_first: bool = False


def _eyes(actor: Actor) -> tuple[bool, list[str], UUID | None]:
    return actor.system, actor.area_paths(*MODERATORS), actor.person_id


async def threads(actor: Actor, subject: Subject, asked: ThreadFilter, page: Page) -> Slice[Row]:
    """Return a page of the threads of a subject that the actor sees, each by its first comment."""
    created_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _THREADS_NEWEST if asked.newest_first else _THREADS,
        *_eyes(actor),
        subject[0].value,
        subject[1],
        list(asked.sides) if asked.sides is not None else None,
        created_at,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


ReplyKey = tuple[UUID, int, datetime | None, UUID | None]


async def replies(actor: Actor, keys: Sequence[ReplyKey]) -> list[list[Row]]:
    """Batch: replies in threads that the actor sees: the thread, how many, and after which."""
    found: dict[ReplyKey, list[Row]] = {key: [] for key in keys}
    for most, created_at, last_id in {key[1:] for key in keys}:
        ids = [key[0] for key in keys if key[1:] == (most, created_at, last_id)]
        rows = await database.fetch(_REPLIES, *_eyes(actor), ids, created_at, last_id, most)
        for row in rows:
            found[row["thread_id"], most, created_at, last_id].append(row)
    return [found[key] for key in keys]


async def comments_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: comments on what the actor sees, None for others."""
    return await _seen(actor, await database.fetch(_BY_ID, *_eyes(actor), list(ids)), ids)


async def statements_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: statements on what the actor sees, None for others."""
    rows = await database.fetch(_STATEMENTS_BY_ID, *_eyes(actor), list(ids))
    return await _seen(actor, rows, ids)


async def _seen(actor: Actor, rows: Sequence[Row], ids: Sequence[UUID]) -> list[Row | None]:
    of = sorted({(SubjectKind(row["subject_kind"]), row["subject_id"]) for row in rows})
    told = await subjects.talks(actor, of)
    seen = {(each.kind, each.subject_id) for each in told if each is not None and each.is_seen}
    found = {
        row["id"]: row
        for row in rows
        if (SubjectKind(row["subject_kind"]), row["subject_id"]) in seen
    }
    return [found.get(each) for each in ids]


async def reactions_of(actor: Actor, comment_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: how readers answered comments without words."""
    rows = await database.fetch(_REACTIONS, list(comment_ids), actor.person_id)
    return _grouped(rows, "comment_id", comment_ids)


async def revisions_of(actor: Actor, comment_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what comments whose text the actor reads said before they were edited."""
    rows = await database.fetch(_REVISIONS, list(comment_ids))
    return _grouped(rows, "comment_id", comment_ids)


async def figures(subject: Subject) -> Sequence[Row]:
    """Return how many comments and threads there are on each side, and the latest change."""
    return await database.fetch(_FIGURES, subject[0].value, subject[1])


TextKey = tuple[str, UUID]


async def hidings_of(actor: Actor, keys: Sequence[TextKey]) -> list[Row | None]:
    """Batch: why texts are hidden; None where they are not."""
    rows = await database.fetch(
        _HIDINGS_OF, [kind for kind, _ in keys], [text_id for _, text_id in keys]
    )
    found = {(row["text_kind"], row["text_id"]): row for row in rows}
    return [found.get(key) for key in keys]


async def hidings_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: hidings of the actor's own texts, or where the actor keeps order."""
    rows = await database.fetch(
        _HIDINGS_BY_ID, actor.area_paths(*JUDGES), actor.person_id, list(ids)
    )
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def appeals(actor: Actor, page: Page) -> Slice[Row]:
    """Return a page of the appeals that the actor may decide, the oldest first."""
    appealed_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _APPEALS, actor.area_paths(*JUDGES), actor.person_id, appealed_at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def reports(actor: Actor, page: Page) -> Slice[Row]:
    """Return a page of the reports that wait where the actor keeps order, the oldest first."""
    reported_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _REPORTS, actor.area_paths(*MODERATORS), reported_at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def statements(actor: Actor, subject: Subject, page: Page) -> Slice[Row]:
    """Return a page of the statements on a subject that the actor sees, with their counts."""
    created_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _STATEMENTS,
        *_eyes(actor),
        subject[0].value,
        subject[1],
        created_at,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


async def groups_of(actor: Actor, statement_ids: Sequence[UUID]) -> list[list[GroupAttitudes]]:
    """Batch: what groups of neighbours say to statements, from five people up."""
    rows = await database.fetch(_GROUPS, list(statement_ids))
    found: defaultdict[UUID, list[GroupAttitudes]] = defaultdict(list)
    for row in rows:
        said = Attitudes(row["agree"], row["disagree"], row["passed"])
        found[row["statement_id"]].append(GroupAttitudes(row["group_id"], said))
    return [shown(found[each]) for each in statement_ids]


def _grouped(rows: Sequence[Row], by: str, ids: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[by]].append(row)
    return [found[each] for each in ids]
