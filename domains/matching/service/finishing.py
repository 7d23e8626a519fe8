"""The end of a project: what those served said, what is still open, and the closing report."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import calendar, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.matching.errors.projects import (
    ApproverApplied,
    EvaluatedAlready,
    NotServed,
    ProjectUnfinished,
)
from domains.matching.events.projects import ProjectClosed, ProjectEvaluated
from domains.matching.service import holding
from domains.matching.values.projects import ServiceProjectState
from domains.membership.queries import electorate
from domains.volunteering.service.shared import line

MOST_NAMED = 500
_NAME = """
INSERT INTO matching_served SELECT $1, unnest($2::uuid[]), $3 ON CONFLICT DO NOTHING
"""
_SERVED = """
SELECT EXISTS (SELECT FROM matching_served WHERE project_id = $1 AND person_id = $2)
    OR EXISTS (SELECT FROM matching_need WHERE project_id = $1 AND person_id = $2
               AND state IN ('verified', 'closed'))
"""
_MARK = "INSERT INTO matching_evaluated VALUES ($1, $2)"
_EVALUATE = "INSERT INTO matching_evaluation (project_id, score, remark) VALUES ($1, $2, $3)"
_CONCLUDE = """
UPDATE matching_project SET state = 'evaluated', evaluated_at = kernel_now(), changed_by_id = $2,
    version = version + 1
WHERE id = $1
"""
_CLOSE = """
UPDATE matching_project SET state = 'closed', closed_at = kernel_now(), outcome = $2,
    changed_by_id = $3, version = version + 1
WHERE id = $1
"""
_UNWATCH = "UPDATE matching_milestone SET watched = false WHERE project_id = $1"
_HELD = """
SELECT (SELECT count(*) FROM matching_budget_line
        WHERE project_id = $1 AND allotted_fen > spent_fen) AS lines,
       (SELECT count(*) FROM matching_spending
        WHERE project_id = $1 AND state = 'entered') AS spendings,
       (SELECT count(*) FROM matching_reservation
        WHERE project_id = $1 AND state IN ('reserved', 'committed', 'delivered')) AS things,
       (SELECT count(*) FROM matching_budget_shift
        WHERE project_id = $1 AND state = 'asked') AS shifts,
       (SELECT count(*) FROM matching_milestone
        WHERE project_id = $1 AND state = 'waiting') AS milestones
"""
_OPEN = {
    "lines": ("未用完也未退回的拨款", "money neither spent nor released"),
    "spendings": ("待审批的支出", "spendings that wait for approval"),
    "things": ("未签收的资源", "resources not signed for"),
    "shifts": ("待审批的预算调整", "shifts of the budget that wait for approval"),
    "milestones": ("未完成的里程碑", "milestones not reached"),
}


async def require_nothing_held(project_id: UUID, *, milestones_too: bool = False) -> None:
    """Refuse while money or things are held for the project; raises ProjectUnfinished."""
    row = await database.fetch_one(_HELD, project_id)
    assert row is not None, "an aggregate is one row"
    kinds = [each for each in _OPEN if each != "milestones" or milestones_too]
    found = [_OPEN[each] for each in kinds if row[each]]
    if found:
        raise ProjectUnfinished(
            path=("input", "projectId"),
            reason_zh="、".join(zh for zh, _ in found),
            reason_en=", ".join(en for _, en in found),
        )


async def name_served(actor: Actor, project_id: UUID, person_ids: Sequence[UUID]) -> UUID:
    """Name people of the area whom the project serves: they will evaluate it.

    Raises NotFound for somebody who is not of the area, InvalidInput for too many at once.
    """
    async with transaction():
        project = await holding.hold_project(
            actor, project_id, "nameServedPeople", ServiceProjectState.RUNNING
        )
        if not 1 <= len(person_ids) <= MOST_NAMED:
            raise InvalidInput(
                path=("input", "personIds"),
                zh=f"每次须为 1 至 {MOST_NAMED} 人。",
                en=f"Name 1 to {MOST_NAMED} people at once.",
            )
        day = calendar.day_of(project["started_at"])
        for each in set(person_ids):
            known = await electorate.known_in(project["area_path"], day, each)
            if known is None or not known["was_ever_bound"]:
                raise NotFound(path=("input", "personIds"))
        await database.execute(_NAME, project_id, list(person_ids), actor.person_id)
        await _told(actor, "nameServedPeople", project, people=len(set(person_ids)))
    return project_id


async def evaluate_project(actor: Actor, project_id: UUID, *, score: int, remark: str = "") -> UUID:
    """Say, as somebody whom it served, how good a project was; once, and without a name.

    Raises NotServed, EvaluatedAlready, InvalidInput.
    """
    async with transaction():
        await holding.hold_project(
            actor, project_id, "evaluateServiceProject", ServiceProjectState.RUNNING
        )
        if not await database.fetch_value(_SERVED, project_id, actor.person_id):
            raise NotServed(path=("input", "projectId"))
        if score not in range(1, 6):
            raise InvalidInput(
                path=("input", "score"), zh="评分须为 1 至 5。", en="A score is 1 to 5."
            )
        said = line(remark, path=("input", "remark"), longest=500, shortest=0)
        async with holding.refusing({"matching_evaluated_pkey": _twice}):
            await database.execute(_MARK, project_id, actor.person_id)
        await database.execute(_EVALUATE, project_id, score, said or None)
    return project_id


def _twice() -> DomainError:
    return EvaluatedAlready(path=("input", "projectId"))


async def conclude_evaluation(actor: Actor, project_id: UUID) -> UUID:
    """End the evaluation, and with it the project's running."""
    async with transaction():
        project = await holding.hold_project(
            actor, project_id, "concludeProjectEvaluation", ServiceProjectState.RUNNING
        )
        await database.execute(_CONCLUDE, project_id, actor.person_id)
        await database.execute(_UNWATCH, project_id)
        await outbox.record(ProjectEvaluated(project_id, project["area_path"]))
        await _told(actor, "concludeProjectEvaluation", project)
    return project_id


async def close_project(actor: Actor, project_id: UUID, *, outcome: str) -> UUID:
    """Close a project in which nothing is open any more; its report stands from then on.

    Raises ProjectUnfinished, and ApproverApplied for who applied for it.
    """
    async with transaction():
        project = await holding.hold_project(
            actor, project_id, "closeServiceProject", ServiceProjectState.EVALUATED
        )
        if actor.person_id in {project["applicant_id"], project["supervisor_id"]}:
            raise ApproverApplied(path=("input", "projectId"))
        await require_nothing_held(project_id, milestones_too=True)
        said = line(outcome, path=("input", "outcome"), longest=2000)
        await database.execute(_CLOSE, project_id, said, actor.person_id)
        await outbox.record(ProjectClosed(project_id, project["area_path"]))
        await _told(actor, "closeServiceProject", project)
    return project_id


async def _told(actor: Actor, command: str, project: Row, **details: int) -> None:
    await holding.told(
        actor,
        command,
        area_id=project["area_id"],
        subject=("project", project["id"]),
        details=details,
    )
