"""Projects and their parts, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.matching.queries.exchange_sight import LEADS, PROJECT, ROUND, eyes
from domains.matching.queries.rules import rules_of
from domains.matching.rules.evaluation import Evaluation, evaluation_of
from domains.matching.rules.project_procedure import ProjectProcedure
from domains.matching.values.projects import ServiceProjectState
from domains.volunteering.values.volunteers import ServiceClass
from domains.voting.policy import sees_area

_COLUMNS = f"""
p.*, EXISTS (SELECT FROM matching_favourite f
             WHERE f.person_id = $3::uuid AND f.kind = 'project' AND f.subject_id = p.id)
     AS is_favourite,
(SELECT coalesce(sum(b.amount_fen), 0)::bigint FROM matching_budget_line b
 WHERE b.project_id = p.id) AS budget_fen,
(SELECT coalesce(sum(b.allotted_fen), 0)::bigint FROM matching_budget_line b
 WHERE b.project_id = p.id) AS allotted_fen,
(SELECT coalesce(sum(b.spent_fen), 0)::bigint FROM matching_budget_line b
 WHERE b.project_id = p.id) AS spent_fen,
coalesce({LEADS}, false) AS is_led
"""
_BY_ID = f"SELECT {_COLUMNS} FROM matching_project p WHERE {PROJECT} AND p.id = ANY ($6::uuid[])"
_LIST = f"""
SELECT * FROM (
    SELECT {_COLUMNS},
           CASE WHEN $16::int IS NOT NULL AND p.latitude_e6 IS NOT NULL
                THEN matching_distance_m(p.latitude_e6, p.longitude_e6, $16, $17) END AS distance_m
    FROM matching_project p
    WHERE {PROJECT} AND starts_with(p.area_path, $6)
      AND ($7::text[] IS NULL OR p.state = ANY ($7))
      AND ($8::text IS NULL OR p.service_class = $8)
      AND ($9::text IS NULL OR strpos(lower(p.title || ' ' || p.aims), lower($9)) > 0)
      AND ($10::date IS NULL OR p.ends_on >= $10)
      AND ($11::date IS NULL OR p.starts_on <= $11)
      AND (NOT $12 OR EXISTS (SELECT FROM matching_favourite f WHERE f.person_id = $3::uuid
                              AND f.kind = 'project' AND f.subject_id = p.id))
      AND ($18::uuid IS NULL OR p.round_id = $18)
) found
WHERE ($13::int IS NULL OR distance_m <= $13)
  AND ($14::timestamptz IS NULL OR (created_at, id) < ($14, $15::uuid))
ORDER BY created_at DESC, id DESC LIMIT $19
"""
_PARTS = {
    "phase": "SELECT * FROM matching_phase WHERE project_id = ANY ($1::uuid[]) ORDER BY position",
    "line": """
SELECT * FROM matching_budget_line WHERE project_id = ANY ($1::uuid[]) ORDER BY position""",
}
# Proofs are opened by who leads the project; everybody reads what was said of them.
_MILESTONES = f"""
SELECT m.*, m.state = 'waiting' AND m.due_at <= kernel_now() AS is_late,
       coalesce({LEADS}, false) AS may_open_proof
FROM matching_milestone m JOIN matching_project p ON p.id = m.project_id
WHERE m.project_id = ANY ($5::uuid[]) ORDER BY m.position
"""
_SHIFTS = f"""
SELECT s.*, a.title AS from_title, b.title AS to_title FROM matching_budget_shift s
JOIN matching_budget_line a ON a.id = s.from_line_id
JOIN matching_budget_line b ON b.id = s.to_line_id
JOIN matching_project p ON p.id = s.project_id
WHERE {PROJECT} AND s.project_id = ANY ($6::uuid[]) ORDER BY s.asked_at
"""
_SCORES = """
SELECT project_id, score, remark FROM matching_evaluation WHERE project_id = ANY ($1::uuid[])
ORDER BY score, remark NULLS FIRST
"""
_COMMUNITIES = "SELECT id, community_id FROM matching_project WHERE id = ANY ($1::uuid[])"
_ROUNDS = f"SELECT c.* FROM matching_round c WHERE {ROUND}"
_ROUND_BY_ID = f"{_ROUNDS} AND c.id = ANY ($6::uuid[])"
_ROUND_LIST = f"""
{_ROUNDS} AND starts_with(c.area_path, $6)
  AND ($7::timestamptz IS NULL OR (c.opened_at, c.id) < ($7, $8::uuid))
ORDER BY c.opened_at DESC, c.id DESC LIMIT $9
"""
_CRITERIA = """
SELECT * FROM matching_criterion WHERE round_id = ANY ($1::uuid[]) ORDER BY position
"""
# Who reviews sees their own reviews; who settles sees who declared what, once it is settled.
_REVIEWS = """
SELECT r.project_id, r.person_id, r.has_conflict, r.note,
       ARRAY(SELECT s.score FROM matching_review_score s
             WHERE s.project_id = r.project_id AND s.person_id = r.person_id
             ORDER BY s.position) AS scores
FROM matching_review r JOIN matching_round c ON c.id = r.round_id
WHERE r.project_id = ANY ($1::uuid[])
  AND (r.person_id = $2::uuid OR (c.state = 'settled' AND EXISTS (
        SELECT FROM unnest($3::text[]) AS held (path) WHERE starts_with(c.area_path, held.path))))
ORDER BY r.at
"""
_SUPERVISORS = """
SELECT w.*, (SELECT count(*) FROM matching_project p
             WHERE p.supervisor_id = w.person_id AND p.supervisor_accepted_at IS NOT NULL
               AND p.state IN ('draft', 'submitted', 'approved', 'funded', 'running',
                               'suspended'))::int AS load
FROM matching_social_worker w
WHERE starts_with($1, w.area_path) AND w.qualified_until >= $2
  AND EXISTS (SELECT FROM membership_role_grant g JOIN membership_area a ON a.id = g.area_id
              WHERE g.person_id = w.person_id AND g.role = 'social_worker'
                AND g.revoked_at IS NULL AND starts_with($1, a.path)
                AND g.starts_on <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
                AND (g.ends_on IS NULL
                     OR g.ends_on >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date))
ORDER BY load, w.person_id
"""
_RUNNING = """
SELECT p.id, p.area_path, p.organisation_id, p.supervisor_id, p.service_class, p.starts_on,
       p.ends_on, p.people_wanted, p.latitude_e6, p.longitude_e6
FROM matching_project p
WHERE starts_with(p.area_path, $1) AND p.state IN ('funded', 'running') ORDER BY p.id
"""
_DRAFTS = """
SELECT * FROM matching_draft t
WHERE t.dropped_at IS NULL AND starts_with(t.area_path, $1) AND ($2 OR EXISTS (
        SELECT FROM unnest($3::text[]) AS held (path)
        WHERE starts_with(t.area_path, held.path) OR starts_with(held.path, t.area_path)))
  AND ($4::uuid IS NULL OR t.id < $4)
ORDER BY t.id DESC LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """What a list of projects is narrowed to; from a place, within a distance."""

    area_path: str
    states: tuple[ServiceProjectState, ...] | None = None
    service_class: ServiceClass | None = None
    holds: str | None = None
    since: date | None = None
    until: date | None = None
    favourites_only: bool = False
    near: tuple[int, int] | None = None
    within_m: int | None = None
    round_id: UUID | None = None


async def projects_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the projects of these ids, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def projects(actor: Actor, asked: ProjectFilter, page: Page) -> Slice[Row]:
    """Return a page of the projects that the actor sees, the latest first."""
    created_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *(*eyes(actor), asked.area_path),
        list(asked.states) if asked.states is not None else None,
        *(asked.service_class, asked.holds, asked.since, asked.until, asked.favourites_only),
        asked.within_m if asked.near is not None else None,
        *(created_at, last_id, *(asked.near or (None, None)), asked.round_id, page.limit),
    )
    return Slice.of(rows, page)


async def phases_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the phases of these projects; who sees them has been judged."""
    return _grouped(ids, await database.fetch(_PARTS["phase"], list(ids)))


async def lines_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the lines of these projects' budgets; who sees them has been judged."""
    return _grouped(ids, await database.fetch(_PARTS["line"], list(ids)))


async def milestones_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the milestones of these projects; who sees them has been judged."""
    rows = await database.fetch(_MILESTONES, *eyes(actor)[:4], list(ids))
    return _grouped(ids, rows)


async def shifts_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what was asked to move between lines of these projects' budgets."""
    return _grouped(ids, await database.fetch(_SHIFTS, *eyes(actor), list(ids)))


async def evaluations_by_project(actor: Actor, ids: Sequence[UUID]) -> list[Evaluation]:
    """Batch: what those served said, as far as it may be told: the rules say from how many on."""
    said: dict[UUID, list[tuple[int, str | None]]] = {each: [] for each in ids}
    for row in await database.fetch(_SCORES, list(ids)):
        said[row["project_id"]].append((row["score"], row["remark"]))
    least: dict[UUID | None, int] = {}
    found = {}
    for row in await database.fetch(_COMMUNITIES, list(ids)):
        community_id = row["community_id"]
        if community_id not in least:
            rules = ProjectProcedure.of(await rules_of(community_id))
            least[community_id] = rules.evaluation_k
        found[row["id"]] = evaluation_of(said[row["id"]], least=least[community_id])
    return [found[each] for each in ids]


async def rounds_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the rounds of these ids, None where the actor sees none."""
    rows = await database.fetch(_ROUND_BY_ID, *eyes(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def rounds(actor: Actor, area_path: str, page: Page) -> Slice[Row]:
    """Return a page of an area's rounds, the latest first."""
    opened_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _ROUND_LIST, *eyes(actor), area_path, opened_at, last_id, page.limit
    )
    return Slice.of(rows, page)


async def criteria_by_round(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the criteria of these rounds; who sees them has been judged."""
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in await database.fetch(_CRITERIA, list(ids)):
        found[row["round_id"]].append(row)
    return [found[each] for each in ids]


async def reviews_by_project(actor: Actor, ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what reviewers gave these applications, as far as the actor may know it."""
    rows = await database.fetch(_REVIEWS, list(ids), actor.person_id, eyes(actor)[1])
    return _grouped(ids, rows)


def belongs(actor: Actor, area_path: str) -> bool:
    """Whether the actor belongs to the area, to what lies in it, or to what it lies in."""
    return sees_area(actor, area_path)


async def project_of_milestone(milestone_id: UUID) -> UUID:
    """Return the project of a milestone that was just dealt with."""
    sql = "SELECT project_id FROM matching_milestone WHERE id = $1"
    found: UUID = await database.fetch_value(sql, milestone_id)
    return found


async def project_of_shift(shift_id: UUID) -> UUID:
    """Return the project of a budget's shift that was just dealt with."""
    sql = "SELECT project_id FROM matching_budget_shift WHERE id = $1"
    found: UUID = await database.fetch_value(sql, shift_id)
    return found


async def supervisors(area_path: str, *, until: date) -> Sequence[Row]:
    """Return the social workers who may supervise in an area up to a day, the freest first.

    For the matcher and for who writes a project; rows of person_id, title, qualified_until,
    load (projects accepted and not over). How many one may have is the rules' to say.
    """
    return await database.fetch(_SUPERVISORS, area_path, until)


async def standing_projects(area_path: str) -> Sequence[Row]:
    """Return the projects of an area that are funded or running, for the matcher."""
    return await database.fetch(_RUNNING, area_path)


async def templates(actor: Actor, area_path: str, page: Page) -> Slice[Row]:
    """Return a page of an area's templates, the latest first."""
    rows = await database.fetch(
        _DRAFTS,
        *(area_path, actor.system, actor.area_paths()),
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


def _grouped(ids: Sequence[UUID], rows: Sequence[Row]) -> list[list[Row]]:
    found: dict[UUID, list[Row]] = {each: [] for each in ids}
    for row in rows:
        found[row["project_id"]].append(row)
    return [found[each] for each in ids]
