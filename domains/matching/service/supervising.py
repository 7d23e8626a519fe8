"""Social workers: recorded with their qualification, accepting so many projects and no more."""

from datetime import date
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor, Role, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.projects import (
    ApproverApplied,
    SupervisorFullyLoaded,
    SupervisorUnqualified,
)
from domains.matching.events.projects import HostAnswered, SupervisorAnswered
from domains.matching.queries import requirements
from domains.matching.service import holding
from domains.matching.values.projects import SUPERVISED, ServiceProjectState
from domains.membership.queries import roles
from domains.volunteering.service.shared import line

_RECORD = """
INSERT INTO matching_social_worker VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now())
ON CONFLICT (person_id) DO UPDATE SET area_id = $2, area_path = $3, title = $4,
    qualified_until = $5, proof_upload_id = $6, recorded_by_id = $7, recorded_at = kernel_now()
"""
_WORKER = "SELECT * FROM matching_social_worker WHERE person_id = $1 FOR NO KEY UPDATE"
_LOAD = """
SELECT count(*) FROM matching_project
WHERE supervisor_id = $1 AND supervisor_accepted_at IS NOT NULL AND id <> $2 AND state = ANY ($3)
"""
_ACCEPT = """
UPDATE matching_project SET supervisor_accepted_at = kernel_now(), changed_by_id = $2,
    version = version + 1
WHERE id = $1
"""
_DECLINE = """
UPDATE matching_project SET supervisor_id = NULL, supervisor_accepted_at = NULL,
    changed_by_id = $2, version = version + 1
WHERE id = $1
"""
_HOST = """
UPDATE matching_project SET host_accepted_at = CASE WHEN $3 THEN kernel_now() END,
    host_accepted_by_id = CASE WHEN $3 THEN $2::uuid END, changed_by_id = $2,
    version = version + 1
WHERE id = $1
"""
_BEFORE = (ServiceProjectState.DRAFT, ServiceProjectState.SUBMITTED)


async def record_social_worker(
    actor: Actor,
    person_id: UUID,
    *,
    area_id: UUID,
    title: str,
    qualified_until: date,
    proof_id: UUID,
) -> UUID:
    """Record who is a social worker here, with the proof and until when it holds; or anew.

    Raises NotFound for who holds no such role, ApproverApplied for oneself, ProofUnfit.
    """
    async with transaction():
        place = await holding.place_in(area_id)
        require(policy.AUTHORITY, "recordSocialWorker", actor, place)
        if actor.person_id == person_id:
            raise ApproverApplied(path=("input", "personId"))
        if not await _holds_role(person_id, place.area_path):
            raise NotFound(path=("input", "personId"))
        if qualified_until < await clock.today():
            raise InvalidInput(
                path=("input", "qualifiedUntil"),
                zh="资格有效期已过。",
                en="The qualification is over.",
            )
        await holding.require_proof(actor, proof_id, path=("input", "proofId"))
        await database.execute(
            _RECORD,
            *(person_id, place.area_id, place.area_path),
            line(title, path=("input", "title"), longest=60),
            *(qualified_until, proof_id, actor.person_id),
        )
        await holding.told(
            actor, "recordSocialWorker", area_id=area_id, subject=("person", person_id)
        )
    return person_id


async def _holds_role(person_id: UUID, area_path: str) -> bool:
    """Whether somebody is a social worker of an area, or of what it lies in."""
    return any(
        grant.role is Role.SOCIAL_WORKER
        and grant.area_path is not None
        and area_path.startswith(grant.area_path)
        for grant in await roles.grants_of(person_id)
    )


async def require_qualified(person_id: UUID, area_path: str, *, until: date) -> Row:
    """Lock a social worker who may supervise here up to a day; raises SupervisorUnqualified."""
    worker = await database.fetch_one(_WORKER, person_id)
    if (
        worker is None
        or not area_path.startswith(worker["area_path"])
        or worker["qualified_until"] < until
        or not await _holds_role(person_id, area_path)
    ):
        raise SupervisorUnqualified(path=("input", "supervisorId"))
    return worker


async def answer_supervision(actor: Actor, project_id: UUID, *, accepts: bool) -> UUID:
    """Accept or decline to supervise a project that names the actor.

    Raises SupervisorUnqualified, and SupervisorFullyLoaded once the rules' load is reached.
    """
    async with transaction():
        project = await holding.hold_project(actor, project_id, "answerSupervision", *_BEFORE)
        if accepts:
            assert actor.person_id is not None, "the table asks for the supervisor"
            procedure = await holding.procedure_in(project["area_id"])
            await require_qualified(actor.person_id, project["area_path"], until=project["ends_on"])
            load = await database.fetch_value(_LOAD, actor.person_id, project_id, list(SUPERVISED))
            of_needs = await requirements.supervised([actor.person_id])
            if load + of_needs.get(actor.person_id, 0) >= procedure.supervisor_projects:
                raise SupervisorFullyLoaded(most=procedure.supervisor_projects)
        await database.execute(_ACCEPT if accepts else _DECLINE, project_id, actor.person_id)
        await outbox.record(SupervisorAnswered(project_id, project["area_path"], accepts))
        await _told(actor, "answerSupervision", project, accepts=accepts)
    return project_id


async def answer_hosting(actor: Actor, project_id: UUID, *, accepts: bool) -> UUID:
    """Accept or decline, for the organisation, to host a project."""
    async with transaction():
        project = await holding.hold_project(actor, project_id, "answerHosting", *_BEFORE)
        await database.execute(_HOST, project_id, actor.person_id, accepts)
        await outbox.record(HostAnswered(project_id, project["area_path"], accepts))
        await _told(actor, "answerHosting", project, accepts=accepts)
    return project_id


async def _told(actor: Actor, command: str, project: Row, *, accepts: bool) -> None:
    await holding.told(
        actor,
        command,
        area_id=project["area_id"],
        subject=("project", project["id"]),
        details={"accepts": accepts},
    )
