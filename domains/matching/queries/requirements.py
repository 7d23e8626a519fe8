"""What needs take besides people, as rows; what is settled of it is not asked for again."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.matching import policy
from domains.matching.queries import projects
from domains.matching.queries.rules import rules_of
from domains.matching.rules.project_procedure import ProjectProcedure

_OF_NEEDS = "SELECT * FROM matching_requirement WHERE need_id = ANY ($1::uuid[])"
# Host, supervision and money are the need's, a venue is each order's.
_WANTS = """
SELECT o.id, o.need_id, o.starts_at, o.ends_at, o.area_path, n.project_id, n.community_id,
       n.host_id, r.qualification, r.purpose, r.room,
       r.wants_host AND r.host_settled_at IS NULL AS wants_host,
       CASE WHEN r.supervisor_id IS NULL THEN r.supervision ELSE 0 END AS supervision,
       greatest(0, r.cost_fen - coalesce((
           SELECT sum(m.fen) FROM matching_money_proposal m
           WHERE m.need_id = n.id AND m.state <> 'refused'), 0))::bigint AS cost_fen,
       r.wants_venue AND NOT EXISTS (
           SELECT FROM matching_reservation v
           JOIN matching_resource s ON s.id = v.resource_id AND s.kind = 'venue'
           WHERE v.need_id = n.id AND v.state NOT IN ('released', 'expired')
             AND v.quantity >= r.room
             AND v.starts_at <= o.starts_at AND v.ends_at >= o.ends_at) AS wants_venue
FROM matching_order o
JOIN matching_need n ON n.id = o.need_id
JOIN matching_requirement r ON r.need_id = n.id
WHERE o.id = ANY ($1::uuid[])
"""
# Needs that stand; one for which another host is sought does not count for its present one.
_HOSTED = """
SELECT n.host_id, count(*)::int AS needs FROM matching_need n
LEFT JOIN matching_requirement r ON r.need_id = n.id
WHERE n.state = 'verified' AND n.host_id = ANY ($1::uuid[])
  AND NOT (coalesce(r.wants_host, false) AND r.host_settled_at IS NULL)
GROUP BY n.host_id
"""
_SUPERVISED = """
SELECT r.supervisor_id, sum(r.supervision)::int AS points FROM matching_requirement r
JOIN matching_need n ON n.id = r.need_id AND n.state = 'verified'
WHERE r.supervisor_id = ANY ($1::uuid[]) GROUP BY r.supervisor_id
"""
_PROMISED = """
SELECT m.fund_id, sum(m.fen)::bigint AS fen FROM matching_money_proposal m
JOIN matching_need n ON n.id = m.need_id AND n.state = 'verified'
WHERE m.state = 'proposed' AND m.fund_id = ANY ($1::uuid[]) GROUP BY m.fund_id
"""
_PROJECTS = """
SELECT p.id, p.is_chosen IS TRUE AS is_chosen,
       (SELECT coalesce(sum(b.amount_fen), 0)::bigint FROM matching_budget_line b
        WHERE b.project_id = p.id) AS budget_fen
FROM matching_project p WHERE p.id = ANY ($1::uuid[])
"""
_GIVEN = """
SELECT fund_id, project_id, sum(allotted_fen)::bigint AS fen FROM matching_fund_line
WHERE project_id = ANY ($1::uuid[]) GROUP BY fund_id, project_id
"""
# For who keeps the exchange or the community's money, and for who keeps the account.
_MONEY = """
SELECT m.*, n.area_path FROM matching_money_proposal m
JOIN matching_need n ON n.id = m.need_id JOIN matching_fund f ON f.id = m.fund_id
WHERE ($1 OR f.keeper_id = ANY ($3::uuid[])
       OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                  WHERE starts_with(n.area_path, held.path)))
"""
_MONEY_BY_ID = f"{_MONEY} AND m.id = ANY ($4::uuid[])"
_MONEY_OF_NEEDS = f"{_MONEY} AND m.need_id = ANY ($4::uuid[]) ORDER BY m.proposed_at, m.id"
_MONEY_TO_TELL = """
SELECT m.state, m.fen, n.title, f.name, f.keeper_id FROM matching_money_proposal m
JOIN matching_need n ON n.id = m.need_id JOIN matching_fund f ON f.id = m.fund_id
WHERE m.id = $1
"""


async def requirements_by_need(actor: Actor, need_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: what these needs take besides people; who sees them has been judged."""
    rows = await database.fetch(_OF_NEEDS, list(need_ids))
    found = {row["need_id"]: row for row in rows}
    return [found.get(each) for each in need_ids]


async def wants_of(order_ids: Sequence[UUID]) -> Sequence[Row]:
    """Return what is not settled of what orders take, for the matcher; takes no actor."""
    return await database.fetch(_WANTS, list(order_ids))


async def hosted(organisation_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many needs that stand these organisations host."""
    rows = await database.fetch(_HOSTED, list(organisation_ids))
    return {row["host_id"]: row["needs"] for row in rows}


async def supervised(person_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how much supervision these people give to needs that stand."""
    rows = await database.fetch(_SUPERVISED, list(person_ids))
    return {row["supervisor_id"]: row["points"] for row in rows}


async def supervision_left(
    area_path: str, community_id: UUID, *, until: date
) -> list[tuple[Row, int]]:
    """Return who may supervise in an area, each with what the rules leave them to take on."""
    most = ProjectProcedure.of(await rules_of(community_id)).supervisor_projects
    workers = await projects.supervisors(area_path, until=until)
    points = await supervised([each["person_id"] for each in workers])
    return [
        (each, max(0, most - each["load"] - points.get(each["person_id"], 0))) for each in workers
    ]


async def promised_fen(fund_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how much of these funds is proposed for needs and not yet answered."""
    rows = await database.fetch(_PROMISED, list(fund_ids))
    return {row["fund_id"]: row["fen"] for row in rows}


async def projects_of(project_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return what a fund's conditions ask of these projects."""
    return {row["id"]: row for row in await database.fetch(_PROJECTS, list(project_ids))}


async def given_to(project_ids: Sequence[UUID]) -> dict[tuple[UUID, UUID], int]:
    """Return how much each fund has allotted to each of these projects."""
    rows = await database.fetch(_GIVEN, list(project_ids))
    return {(row["fund_id"], row["project_id"]): row["fen"] for row in rows}


def _eyes(actor: Actor) -> tuple[bool, list[str], list[UUID]]:
    kept = [
        grant.organisation_id
        for grant in actor.grants
        if grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id is not None
    ]
    return actor.system, actor.area_paths(*policy.MANAGERS, *policy.KEEPERS), kept


async def money_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: these proposals of money, None where the actor sees none."""
    found = {row["id"]: row for row in await database.fetch(_MONEY_BY_ID, *_eyes(actor), list(ids))}
    return [found.get(each) for each in ids]


async def money_by_need(actor: Actor, need_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the money that is proposed for these needs, as far as the actor sees it."""
    found: dict[UUID, list[Row]] = {each: [] for each in need_ids}
    for row in await database.fetch(_MONEY_OF_NEEDS, *_eyes(actor), list(need_ids)):
        found[row["need_id"]].append(row)
    return [found[each] for each in need_ids]


async def money_to_tell(proposal_id: UUID) -> Row | None:
    """Return what can be told of a proposal of money."""
    return await database.fetch_one(_MONEY_TO_TELL, proposal_id)
