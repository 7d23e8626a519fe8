"""A discussion of 5,000 comments, paged by threads with their replies, beside bare SQL."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson

from api.app import create_app
from api.asked import Asked
from api.edge import Edge
from bench import town
from bench.reading import watched
from bench.report import Figure
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.meetings.service import issue_rules, issues
from domains.meetings.service.issues import IssueDraft
from domains.meetings.values.issues import IssueCategory
from schema import node

THREADS, REPLIES, PEOPLE = 1_000, 4, 400
PAGE = 20
ROUNDS = 15

_PEOPLE = """
SELECT array_agg(r.person_id ORDER BY r.person_id) FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
JOIN membership_area c ON starts_with(a.path, c.path)
WHERE c.id = $1
"""
_THREADS = """
INSERT INTO meetings_comment (id, subject_kind, subject_id, area_path, community_id, thread_id,
    author_id, side, text, created_at)
SELECT t.id, 'issue', $1, i.area_path, i.community_id, t.id, ($2::uuid[])[n % cardinality($2) + 1],
       (ARRAY['for', 'against', 'neutral', 'question'])[n % 4 + 1],
       '关于广场舞噪音的第' || n || '条意见:建议九点以后停止播放音乐。',
       kernel_now() - make_interval(secs => $3 - n)
FROM meetings_issue i, (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $3::int) AS n) t
WHERE i.id = $1
"""
_REPLIES = """
INSERT INTO meetings_comment (id, subject_kind, subject_id, area_path, community_id, thread_id,
    parent_id, author_id, side, text, created_at)
SELECT gen_random_uuid(), 'issue', c.subject_id, c.area_path, c.community_id, c.id, c.id,
       ($2::uuid[])[(abs(hashtext(c.id::text)) % 1000 + n) % cardinality($2) + 1], 'neutral',
       '第' || n || '条回复。',
       c.created_at + make_interval(secs => n)
FROM meetings_comment c, generate_series(1, $3::int) AS n
WHERE c.subject_id = $1 AND c.parent_id IS NULL
"""
_REACTIONS = """
INSERT INTO meetings_comment_reaction (comment_id, person_id, kind, at)
SELECT c.id, ($2::uuid[])[n], (ARRAY['agree', 'thanks', 'doubt'])[n % 3 + 1], kernel_now()
FROM meetings_comment c, generate_series(1, 3) AS n WHERE c.subject_id = $1
"""

TALK = """
query ($subject: ID!, $first: Int, $after: String) {
  discussion(subjectId: $subject) {
    threads(first: $first, after: $after) {
      nodes {
        text side createdAt replyCount author { name } reactions { kind count }
        replies(first: 3) { nodes { text author { name } reactions { kind count } } }
      }
      pageInfo { endCursor }
    }
  }
}
"""
# What a hand would write for the same page: three statements, no sight, no masks.
_BARE_THREADS = """
SELECT c.id, c.text, c.side, c.created_at, p.name,
       (SELECT count(*) FROM meetings_comment r
        WHERE r.thread_id = c.id AND r.parent_id IS NOT NULL) AS reply_count
FROM meetings_comment c JOIN membership_person p ON p.id = c.author_id
WHERE c.subject_kind = 'issue' AND c.subject_id = $1 AND c.parent_id IS NULL
  AND ($2::timestamptz IS NULL OR (c.created_at, c.id) > ($2, $3::uuid))
ORDER BY c.created_at, c.id LIMIT $4
"""
_BARE_REPLIES = """
SELECT r.id, r.thread_id, r.text, p.name
FROM unnest($1::uuid[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT * FROM meetings_comment one WHERE one.thread_id = asked.id AND one.parent_id IS NOT NULL
    ORDER BY one.created_at, one.id LIMIT 3) r
JOIN membership_person p ON p.id = r.author_id
"""
_BARE_REACTIONS = """
SELECT comment_id, kind, count(*) AS count FROM meetings_comment_reaction
WHERE comment_id = ANY ($1::uuid[]) GROUP BY comment_id, kind
"""
_BARE_PLACE = """
SELECT created_at, id FROM meetings_comment
WHERE subject_id = $1 AND parent_id IS NULL ORDER BY created_at, id OFFSET $2 LIMIT 1
"""

Place = tuple[datetime, UUID] | None


async def discussing(street: UUID) -> list[Figure]:
    """Plant a discussion, and read its first, its middle and its last page."""
    community = await town.a_community(street, code="talk", residents=PEOPLE)
    issue_id = await _plant(community)
    reader = community.committee
    edge: Edge = create_app(owns_database=False).state.edge
    section = f"discussion of {THREADS * (REPLIES + 1):,} comments"
    told: list[Figure] = []
    cursors = await _cursors(edge, reader, issue_id)
    for name, behind in (("first", 0), ("middle", THREADS // 2), ("last", THREADS - PAGE)):
        place = await _place(issue_id, behind)
        cursor = cursors[behind]
        ours, plain = await _measured(edge, reader, issue_id, cursor, place)
        told.append(Figure(section, f"{name} page of {PAGE} threads", "ms", ours, plain))
    for first in (1, PAGE, 100):
        count = await _statements(reader, issue_id, first)
        told.append(Figure(section, f"statements, page of {first}", "", [count]))
    return told


async def _plant(community: town.Community) -> UUID:
    await issue_rules.sync()
    draft = IssueDraft("广场舞噪音扰民", "每晚十点仍在跳舞。", IssueCategory.NOISE)
    issue_id, _ = await issues.raise_issue(
        community.committee, community.area_id, draft, idempotency_key=uuid4()
    )
    people = await database.fetch_value(_PEOPLE, community.area_id)
    await database.execute(_THREADS, issue_id, people, THREADS)
    await database.execute(_REPLIES, issue_id, people, REPLIES)
    await database.execute(_REACTIONS, issue_id, people)
    await town.settle()
    return issue_id


async def _place(issue_id: UUID, behind: int) -> Place:
    if not behind:
        return None
    row = await database.fetch_one(_BARE_PLACE, issue_id, behind - 1)
    assert row is not None, "the discussion has so many threads"
    return row["created_at"], row["id"]


async def _cursors(edge: Edge, reader: Actor, issue_id: UUID) -> dict[int, str | None]:
    """Page through the whole discussion; returns the cursor behind so many threads."""
    found: dict[int, str | None] = {0: None}
    behind = 0
    while behind < THREADS:
        talk = await _page(edge, reader, issue_id, found[behind], first=PAGE)
        behind += len(talk["nodes"])
        found[behind] = talk["pageInfo"]["endCursor"]
    if behind != THREADS:
        raise RuntimeError(f"{behind} threads were read")
    return found


async def _page(
    edge: Edge, reader: Actor, issue_id: UUID, cursor: str | None, *, first: int
) -> Any:
    variables = {"subject": node.encode("issue", issue_id), "first": first, "after": cursor}
    asked = Asked(text=TALK, digest=None, variables=variables)
    answer = await edge.run(edge.admit(asked, reader), asked, reader)
    return orjson.loads(answer.body)["data"]["discussion"]["threads"]


async def _measured(
    edge: Edge, reader: Actor, issue_id: UUID, cursor: str | None, place: Place
) -> tuple[list[float], list[float]]:
    async def ours() -> list[str]:
        talk = await _page(edge, reader, issue_id, cursor, first=PAGE)
        return [each["text"] for each in talk["nodes"]]

    async def plain() -> list[str]:
        at, last = place or (None, None)
        threads = await database.fetch(_BARE_THREADS, issue_id, at, last, PAGE)
        replies = await database.fetch(_BARE_REPLIES, [row["id"] for row in threads])
        ids = [row["id"] for row in (*threads, *replies)]
        await database.fetch(_BARE_REACTIONS, ids)
        return [row["text"] for row in threads]

    if await ours() != await plain():
        raise RuntimeError("the discussion and the bare SQL do not tell the same")
    of_ours: list[float] = []
    of_plain: list[float] = []
    for _ in range(ROUNDS):
        of_ours.append(await _ms(ours))
        of_plain.append(await _ms(plain))
    return of_ours, of_plain


async def _ms(run: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await run()
    return (time.perf_counter() - began) * 1000


async def _statements(reader: Actor, issue_id: UUID, first: int) -> float:
    """Count the statements of one page."""
    edge: Edge = create_app(owns_database=False).state.edge
    async with watched() as ran:
        talk = await _page(edge, reader, issue_id, None, first=first)
        if len(talk["nodes"]) != first:
            raise RuntimeError("the page is not full")
    return len(ran)
