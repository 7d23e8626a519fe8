"""Questions, their answers and demands, as rows. All of it is public, but who asked unnamed.

Who asked anonymously is known to themselves and to who reads the community's own papers.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.queries import sight
from domains.disclosure.values.questions import DemandState, QuestionKind, QuestionState
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.queries import electorate
from domains.membership.rules import masks

# Late from the first instant after its days, before the worker has been there.
_LATE = "(q.late_at IS NOT NULL OR q.state = 'open' AND q.due_at <= kernel_now())"
# After the four values of sight: $1 whether all is seen, $2 where the actor is staff, $4 who.
_QUESTION = f"""
q.id, q.kind, q.subject_kind, q.disclosure_id, q.version, q.line_id, q.line_number,
q.obligation_id, q.publisher_id, q.community_id, q.area_path, q.text, q.revision, q.anonymous,
q.state, q.asked_at, q.open_until, q.due_at, q.late_at, q.street_due_at, q.street_late_at,
q.appealed_at, q.appeal_reason, q.withdrawn_at, q.upheld, q.corrected_version,
{_LATE} AS is_late, q.asker_id IS NOT DISTINCT FROM $4::uuid AS is_mine,
CASE WHEN NOT q.anonymous OR q.asker_id IS NOT DISTINCT FROM $4::uuid OR $1::boolean
    OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
               WHERE starts_with(q.area_path, held.path))
  THEN q.asker_id END AS asker_id
"""
_FROM = "FROM disclosure_question q JOIN disclosure_publisher p ON p.id = q.publisher_id"
_BY_ID = f"SELECT {_QUESTION} {_FROM} WHERE q.id = ANY ($5::uuid[]) AND $3::uuid[] IS NOT NULL"
# Who writes for the body that it was put to: $18 where they do for the community's own.
_WRITES = """
(p.kind = 'community' AND EXISTS (
    SELECT FROM unnest($18::text[]) AS written (path) WHERE starts_with(p.area_path, written.path))
 OR p.organisation_id = ANY ($3::uuid[])
 OR EXISTS (
    SELECT FROM disclosure_officer o
    WHERE o.publisher_id = p.id AND o.person_id = $4::uuid AND o.part = 'writer'
      AND o.dismissed_at IS NULL))
"""
_WAITING = "('open', 'escalated', 'appealed')"
_LIST = f"""
SELECT {_QUESTION} {_FROM}
WHERE ($5::text IS NULL OR q.area_path LIKE $5 || '%')
  AND ($6::uuid IS NULL OR q.disclosure_id = $6)
  AND ($7::uuid IS NULL OR q.obligation_id = $7)
  AND ($8::uuid IS NULL OR q.line_id = $8)
  AND ($9::text[] IS NULL OR q.kind = ANY ($9))
  AND ($10::text[] IS NULL OR q.state = ANY ($10))
  AND (NOT $11 OR q.state IN {_WAITING})
  AND (NOT $12 OR {_LATE})
  AND (NOT $13 OR q.asker_id = $4::uuid)
  AND (NOT $14 OR q.state IN ('open', 'escalated') AND {_WRITES}
       OR q.state IN ('escalated', 'appealed') AND EXISTS (
            SELECT FROM unnest($15::text[]) AS street (path)
            WHERE starts_with(q.area_path, street.path)))
  AND ($16::uuid IS NULL OR q.id < $16)
ORDER BY q.id DESC LIMIT $17
"""
_ANSWERS = """
SELECT id, question_id, given_by, text, upheld, answered_at, satisfied, comment, rated_at
FROM disclosure_answer WHERE question_id = ANY ($1::uuid[]) ORDER BY answered_at, id
"""
_WORDINGS = """
SELECT question_id, revision, text, written_at FROM disclosure_question_wording
WHERE question_id = ANY ($1::uuid[]) ORDER BY revision
"""
_EXTENSIONS = """
SELECT question_id, number, reason, due_before, due_at, extended_at
FROM disclosure_question_extension WHERE question_id = ANY ($1::uuid[]) ORDER BY number
"""
_DEMAND = """
d.id, d.community_id, d.area_path, d.item_id, d.code, d.title, d.text, d.raised_by_id, d.raised_at,
d.closes_at, d.state, d.residents, d.resident_roll, d.representatives, d.representative_roll,
d.reached_by, d.obligation_id, d.ended_at,
EXISTS (SELECT FROM disclosure_demand_support s
        WHERE s.demand_id = d.id AND s.person_id = $1::uuid) AS i_support
"""
_DEMANDS = f"""
SELECT {_DEMAND} FROM disclosure_demand d
WHERE ($2::text IS NULL OR d.area_path LIKE $2 || '%')
  AND ($3::text[] IS NULL OR d.state = ANY ($3))
  AND ($4::uuid IS NULL OR d.id < $4)
ORDER BY d.id DESC LIMIT $5
"""
_DEMANDS_BY_ID = f"SELECT {_DEMAND} FROM disclosure_demand d WHERE d.id = ANY ($2::uuid[])"


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """What a list of questions is narrowed to."""

    area_path: str | None = None
    disclosure_id: UUID | None = None
    obligation_id: UUID | None = None
    line_id: UUID | None = None
    kinds: tuple[QuestionKind, ...] | None = None
    states: tuple[QuestionState, ...] | None = None
    waiting: bool = False
    late: bool = False
    mine: bool = False
    to_answer: bool = False


async def questions(actor: Actor, asked: QuestionFilter, page: Page) -> Slice[Row]:
    """Return a page of questions, the latest first."""
    rows = await database.fetch(
        _LIST,
        *sight.eyes(actor),
        *(asked.area_path, asked.disclosure_id, asked.obligation_id, asked.line_id),
        list(asked.kinds) if asked.kinds is not None else None,
        list(asked.states) if asked.states is not None else None,
        *(asked.waiting, asked.late, asked.mine, asked.to_answer),
        actor.area_paths(*policy.WAIVERS),
        page.after[0] if page.after else None,
        page.limit,
        actor.area_paths(*policy.ANSWERERS),
    )
    return Slice.of(rows, page)


async def questions_by_id(actor: Actor, question_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the questions of these ids."""
    rows = await database.fetch(_BY_ID, *sight.eyes(actor), list(question_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in question_ids]


async def masked_names(actor: Actor, person_ids: Sequence[UUID]) -> list[str | None]:
    """Batch: the names of people as everybody may read them: a surname and a star."""
    rows = await electorate.named(person_ids)
    found = {row["person_id"]: masks.name(row["name"]) for row in rows}
    return [found.get(each) for each in person_ids]


async def answers(actor: Actor, question_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the answers to questions, the body's before the street's."""
    return await _grouped(_ANSWERS, question_ids)


async def wordings(actor: Actor, question_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: how questions were worded, the first wording first."""
    return await _grouped(_WORDINGS, question_ids)


async def extensions(actor: Actor, question_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: how the deadlines of questions were put off."""
    return await _grouped(_EXTENSIONS, question_ids)


async def _grouped(sql: str, question_ids: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(sql, list(question_ids)):
        found[row["question_id"]].append(row)
    return [found[each] for each in question_ids]


async def demands(
    actor: Actor, area_path: str | None, states: tuple[DemandState, ...] | None, page: Page
) -> Slice[Row]:
    """Return a page of demands, the latest first."""
    wanted = list(states) if states is not None else None
    after = page.after[0] if page.after else None
    values = (actor.person_id, area_path, wanted, after, page.limit)
    return Slice.of(await database.fetch(_DEMANDS, *values), page)


async def demands_by_id(actor: Actor, demand_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the demands of these ids."""
    rows = await database.fetch(_DEMANDS_BY_ID, actor.person_id, list(demand_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in demand_ids]
