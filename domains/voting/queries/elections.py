"""Candidates, tellers and petitions for a recall, as rows, for who may see the poll or area."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.voting.policy import CONVENERS, ROLL_READERS

# $1 whether all is seen, $2 the actor's areas, $3 those where the actor convenes; of
# candidates, $4 the actor.
_OVER = """
($1 OR EXISTS (
    SELECT FROM unnest($3::text[]) AS held (path) WHERE starts_with(p.area_path, held.path)))
"""
_SEES = f"""
(p.result IS NOT NULL OR {_OVER} OR p.state NOT IN ('draft', 'under_review') AND EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(p.area_path, held.path) OR starts_with(held.path, p.area_path)))
"""
# Who was refused, and why, is for conveners and themselves; who was written in, for nobody
# before the count.
_CANDIDATES = f"""
SELECT c.id, c.poll_id, c.person_id, c.option_id, c.name, c.gender, c.write_in, c.state,
       c.statement, c.nominated_at, c.vetted_at, o.position,
       CASE WHEN sees.whole THEN c.grounds ELSE '{{}}' END AS grounds,
       CASE WHEN sees.whole THEN c.reason END AS reason,
       (SELECT count(*) FROM voting_nomination n WHERE n.candidate_id = c.id) AS nominators
FROM voting_candidate c
JOIN voting_poll p ON p.id = c.poll_id
LEFT JOIN voting_option o ON o.id = c.option_id
CROSS JOIN LATERAL (SELECT {_OVER} OR c.person_id = $4::uuid AS whole) sees
WHERE {_SEES} AND (c.state <> 'refused' OR sees.whole)
  AND (NOT c.write_in OR p.result IS NOT NULL)
"""
_CANDIDATES_OF = f"""
{_CANDIDATES}
  AND c.poll_id = $5 AND ($6::timestamptz IS NULL OR (c.nominated_at, c.id) > ($6, $7::uuid))
ORDER BY c.nominated_at, c.id LIMIT $8
"""
_CANDIDATES_BY_ID = f"{_CANDIDATES} AND c.id = ANY ($5::uuid[])"
# How nominations stand; the law's wish for a woman is told while it can still be met.
_STANDING = f"""
SELECT p.id, p.seats, p.nominations_until, p.least_candidates,
       count(c.id) FILTER (WHERE c.state = 'nominated') AS nominated,
       count(c.id) FILTER (WHERE c.state NOT IN ('nominated', 'refused', 'withdrawn')
                           AND NOT c.write_in) AS standing,
       count(c.id) FILTER (WHERE c.state NOT IN ('nominated', 'refused', 'withdrawn')
                           AND NOT c.write_in AND c.gender = 'female') AS women,
       COALESCE((p.frozen_rules #>> '{{content,election,atLeastOneWoman}}')::boolean, false)
           AS wants_woman
FROM voting_poll p LEFT JOIN voting_candidate c ON c.poll_id = p.id
WHERE p.id = ANY ($4::uuid[]) AND p.method = 'election' AND p.frozen_rules IS NOT NULL
  AND {_SEES}
GROUP BY p.id
"""
_TELLERS = f"""
SELECT t.poll_id, t.person_id, t.duty, t.appointed_at, t.ended_at, t.end_reason, m.name
FROM voting_teller t
JOIN voting_poll p ON p.id = t.poll_id
JOIN membership_person m ON m.id = t.person_id
WHERE {_SEES} AND t.poll_id = $4
  AND ($5::timestamptz IS NULL OR (t.appointed_at, t.person_id) > ($5, $6::uuid))
ORDER BY t.appointed_at, t.person_id LIMIT $7
"""
# Who is kin to whom is for conveners, supervisors and the two; of two who both stand, for all
# who belong, because the count judges by it.
_KINSHIPS = f"""
SELECT k.poll_id, k.one_id, k.other_id, k.relation, k.declared_at,
       one.name AS one, other.name AS other
FROM voting_kinship k
JOIN voting_poll p ON p.id = k.poll_id
JOIN membership_person one ON one.id = k.one_id
JOIN membership_person other ON other.id = k.other_id
WHERE {_SEES} AND k.poll_id = $5 AND ({_OVER} OR $4::uuid IN (k.one_id, k.other_id) OR (
    SELECT count(*) FROM voting_candidate c
    WHERE c.poll_id = k.poll_id AND c.person_id IN (k.one_id, k.other_id)
      AND c.state IN ('standing', 'elected', 'not_elected')
      AND (NOT c.write_in OR p.result IS NOT NULL)) = 2)
  AND ($6::timestamptz IS NULL
       OR (k.declared_at, k.one_id, k.other_id) > ($6, $7::uuid, $8::uuid))
ORDER BY k.declared_at, k.one_id, k.other_id LIMIT $9
"""
_RUNOFFS = f"""
SELECT p.parent_poll_id, p.id FROM voting_poll p
WHERE p.parent_poll_id = ANY ($4::uuid[]) AND p.parent_relation = 'runoff'
  AND p.state <> 'cancelled' AND {_SEES}
"""
# $1 whether all is seen, $2 the actor's areas, $3 the actor.
_RECALLS = """
SELECT q.id, q.area_id, q.person_id, q.petitioners, q.reason, q.entitled, q.least_signatures,
       q.state, q.created_at, q.supported_at, q.vote_until, q.defence, q.defended_at, q.poll_id,
       m.name,
       (SELECT count(*) FROM voting_recall_signature s WHERE s.recall_id = q.id) AS signed,
       EXISTS (SELECT FROM voting_recall_signature s
               WHERE s.recall_id = q.id AND s.by_id = $3::uuid) AS signed_by_me
FROM voting_recall q JOIN membership_person m ON m.id = q.person_id
WHERE ($1 OR EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(q.area_path, held.path) OR starts_with(held.path, q.area_path)))
"""
_RECALLS_OF = f"""
{_RECALLS}
  AND starts_with(q.area_path, $4)
  AND ($5::timestamptz IS NULL OR (q.created_at, q.id) < ($5, $6::uuid))
ORDER BY q.created_at DESC, q.id DESC LIMIT $7
"""
_RECALLS_BY_ID = f"{_RECALLS} AND q.id = ANY ($4::uuid[])"


def _eyes(actor: Actor) -> tuple[bool, list[str], list[str]]:
    return actor.system, actor.area_paths(), actor.area_paths(*CONVENERS)


async def candidates(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of who was nominated in a poll, in that order."""
    at, last_id = page.after or (None, None)
    seen = (*_eyes(actor), actor.person_id)
    rows = await database.fetch(_CANDIDATES_OF, *seen, poll_id, at, last_id, page.limit)
    return Slice.of(rows, page)


async def candidates_by_id(actor: Actor, candidate_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the candidates of these ids, None where the actor sees none."""
    seen = (*_eyes(actor), actor.person_id)
    rows = await database.fetch(_CANDIDATES_BY_ID, *seen, list(candidate_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(candidate_id) for candidate_id in candidate_ids]


async def nominations_of(actor: Actor, poll_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: how nominations stand in these polls, None where nobody is elected."""
    rows = await database.fetch(_STANDING, *_eyes(actor), list(poll_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(poll_id) for poll_id in poll_ids]


async def tellers(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a poll's tellers and scrutineers, those excluded with the reason."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(_TELLERS, *_eyes(actor), poll_id, at, last_id, page.limit)
    return Slice.of(rows, page)


async def kinships(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of who was declared near relatives in an election, as declared."""
    at, one_id, other_id = page.after or (None, None, None)
    readers = (actor.system, actor.area_paths(), actor.area_paths(*ROLL_READERS), actor.person_id)
    rows = await database.fetch(_KINSHIPS, *readers, poll_id, at, one_id, other_id, page.limit)
    return Slice.of(rows, page)


async def runoffs_of(actor: Actor, poll_ids: Sequence[UUID]) -> list[UUID | None]:
    """Batch: the run-offs of polls that are held, None where there is none."""
    rows = await database.fetch(_RUNOFFS, *_eyes(actor), list(poll_ids))
    found = {row["parent_poll_id"]: row["id"] for row in rows}
    return [found.get(poll_id) for poll_id in poll_ids]


async def recalls(actor: Actor, area_path: str, page: Page) -> Slice[Row]:
    """Return a page of an area's petitions for a recall, the latest first."""
    at, last_id = page.after or (None, None)
    seen = (actor.system, actor.area_paths(), actor.person_id)
    rows = await database.fetch(_RECALLS_OF, *seen, area_path, at, last_id, page.limit)
    return Slice.of(rows, page)


async def recalls_by_id(actor: Actor, recall_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the petitions of these ids, None where the actor sees none."""
    seen = (actor.system, actor.area_paths(), actor.person_id)
    rows = await database.fetch(_RECALLS_BY_ID, *seen, list(recall_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(recall_id) for recall_id in recall_ids]
