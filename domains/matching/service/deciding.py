"""What the community says to an application, and how a project starts, rests and ends early."""

from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.matching.errors.projects import (
    ApproverApplied,
    HostNotAccepted,
    NotYetSelected,
    SupervisorNotAccepted,
    VenueMissing,
)
from domains.matching.events.projects import (
    ProjectApproved,
    ProjectCancelled,
    ProjectEvent,
    ProjectFunded,
    ProjectRejected,
    ProjectResumed,
    ProjectReturned,
    ProjectStarted,
    ProjectSuspended,
)
from domains.matching.service import finishing, holding, project_shifts, supervising
from domains.matching.values.projects import SUPERVISED, ServiceProjectState
from domains.membership.queries import roles
from domains.volunteering.service.shared import line

_DECIDE = """
UPDATE matching_project SET state = $2, decided_by_id = $3, decided_at = kernel_now(),
    standing = $4, reason = $5, changed_by_id = $3, version = version + 1
WHERE id = $1
"""
_RETURN = """
UPDATE matching_project SET state = 'draft', reason = $2, changed_by_id = $3,
    version = version + 1
WHERE id = $1
"""
_FULLY = """
SELECT coalesce(bool_and(allotted_fen = amount_fen), true) FROM matching_budget_line
WHERE project_id = $1
"""
_MOVE = """
UPDATE matching_project SET state = $2::text,
    funded_at = CASE WHEN $2::text = 'funded' THEN kernel_now() ELSE funded_at END,
    changed_by_id = $3, version = version + 1
WHERE id = $1
"""
_START = """
UPDATE matching_project SET state = 'running', started_at = kernel_now(), changed_by_id = $2,
    version = version + 1
WHERE id = $1
"""
_SUSPEND = """
UPDATE matching_project SET suspended_from = state, state = 'suspended', reason = $2,
    changed_by_id = $3, version = version + 1
WHERE id = $1
"""
_RESUME = """
UPDATE matching_project SET state = $2, suspended_from = NULL, reason = NULL,
    changed_by_id = $3, version = version + 1
WHERE id = $1
"""
_CANCEL = """
UPDATE matching_project SET state = 'cancelled', suspended_from = NULL, reason = $2,
    changed_by_id = $3, version = version + 1
WHERE id = $1
"""
_WATCH = "UPDATE matching_milestone SET watched = $2 WHERE project_id = $1 AND state = 'waiting'"
_VENUE = """
SELECT EXISTS (
    SELECT FROM matching_reservation v JOIN matching_resource r ON r.id = v.resource_id
    WHERE v.project_id = $1 AND r.kind = 'venue'
      AND v.state IN ('committed', 'delivered', 'receipted'))
"""
_STANDING = (
    ServiceProjectState.APPROVED,
    ServiceProjectState.FUNDED,
    ServiceProjectState.RUNNING,
)


async def approve_project(actor: Actor, project_id: UUID, *, standing: str) -> UUID:
    """Give a project the community's standing; one that needs no money is funded at once.

    Raises HostNotAccepted, SupervisorNotAccepted, SupervisorUnqualified, NotYetSelected,
    ApproverApplied for who has a part in it.
    """
    async with transaction():
        project = await _to_decide(actor, project_id, "approveServiceProject")
        if project["host_accepted_at"] is None:
            raise HostNotAccepted(path=("input", "projectId"))
        if project["supervisor_accepted_at"] is None:
            raise SupervisorNotAccepted(path=("input", "projectId"))
        await supervising.require_qualified(
            project["supervisor_id"], project["area_path"], until=project["ends_on"]
        )
        if project["round_id"] is not None and project["is_chosen"] is not True:
            raise NotYetSelected(path=("input", "projectId"))
        said = line(standing, path=("input", "standing"), longest=500)
        state = ServiceProjectState.APPROVED
        await database.execute(_DECIDE, project_id, state, actor.person_id, said, None)
        await outbox.record(ProjectApproved(project_id, project["area_path"]))
        await settle_funding(actor, project_id)
        await _told(actor, "approveServiceProject", project)
    return project_id


async def _to_decide(actor: Actor, project_id: UUID, action: str) -> Row:
    project = await holding.hold_project(actor, project_id, action, ServiceProjectState.SUBMITTED)
    grants = await roles.grants_of(actor.person_id) if actor.person_id else frozenset()
    belongs = any(grant.organisation_id == project["organisation_id"] for grant in grants)
    own = actor.person_id in {project["applicant_id"], project["supervisor_id"]}
    if belongs or own:
        raise ApproverApplied(path=("input", "projectId"))
    return project


async def return_project(actor: Actor, project_id: UUID, *, reason: str) -> UUID:
    """Give an application back to its writers, with what is to be put right."""
    async with transaction():
        project = await _to_decide(actor, project_id, "returnServiceProject")
        said = line(reason, path=("input", "reason"), longest=500)
        await database.execute(_RETURN, project_id, said, actor.person_id)
        await _done(actor, "returnServiceProject", project, ProjectReturned)
    return project_id


async def reject_project(actor: Actor, project_id: UUID, *, reason: str) -> UUID:
    """Refuse an application for good, with the reason."""
    async with transaction():
        project = await _to_decide(actor, project_id, "rejectServiceProject")
        said = line(reason, path=("input", "reason"), longest=500)
        state = ServiceProjectState.REJECTED
        await database.execute(_DECIDE, project_id, state, actor.person_id, None, said)
        await _done(actor, "rejectServiceProject", project, ProjectRejected)
    return project_id


async def settle_funding(actor: Actor, project_id: UUID) -> None:
    """Lead an approved project on once every line is covered, and back where one is not.

    Runs in the transaction of what moved its money; the project is locked.
    """
    database.require_open_transaction()
    project = await database.fetch_one(
        "SELECT id, state, area_path FROM matching_project WHERE id = $1", project_id
    )
    assert project is not None, "who moves a project's money holds it"
    fully = await database.fetch_value(_FULLY, project_id)
    if project["state"] == ServiceProjectState.APPROVED and fully:
        await database.execute(_MOVE, project_id, ServiceProjectState.FUNDED, actor.person_id)
        await outbox.record(ProjectFunded(project_id, project["area_path"]))
    elif project["state"] == ServiceProjectState.FUNDED and not fully:
        await database.execute(_MOVE, project_id, ServiceProjectState.APPROVED, actor.person_id)


async def start_project(actor: Actor, project_id: UUID) -> UUID:
    """Begin a project whose money, social worker and, where it needs one, venue stand.

    Raises VenueMissing, SupervisorUnqualified.
    """
    async with transaction():
        project = await holding.hold_project(
            actor, project_id, "startServiceProject", ServiceProjectState.FUNDED
        )
        await supervising.require_qualified(
            project["supervisor_id"], project["area_path"], until=project["ends_on"]
        )
        if project["needs_venue"] and not await database.fetch_value(_VENUE, project_id):
            raise VenueMissing(path=("input", "projectId"))
        await database.execute(_START, project_id, actor.person_id)
        await database.execute(_WATCH, project_id, True)
        await _done(actor, "startServiceProject", project, ProjectStarted)
    return project_id


async def suspend_project(actor: Actor, project_id: UUID, *, reason: str) -> UUID:
    """Let a project rest: nobody is reminded, no money is allotted or spent."""
    async with transaction():
        project = await holding.hold_project(actor, project_id, "suspendServiceProject", *_STANDING)
        said = line(reason, path=("input", "reason"), longest=500)
        await database.execute(_SUSPEND, project_id, said, actor.person_id)
        await database.execute(_WATCH, project_id, False)
        await _done(actor, "suspendServiceProject", project, ProjectSuspended)
    return project_id


async def resume_project(actor: Actor, project_id: UUID) -> UUID:
    """Let a project go on from where it was."""
    async with transaction():
        project = await holding.hold_project(
            actor, project_id, "resumeServiceProject", ServiceProjectState.SUSPENDED
        )
        state = ServiceProjectState(project["suspended_from"])
        await database.execute(_RESUME, project_id, state, actor.person_id)
        await database.execute(_WATCH, project_id, state is ServiceProjectState.RUNNING)
        await settle_funding(actor, project_id)
        await _done(actor, "resumeServiceProject", project, ProjectResumed)
    return project_id


async def cancel_project(actor: Actor, project_id: UUID, *, reason: str) -> UUID:
    """Call a project off, once money and things that it had not used are given back.

    Raises ProjectUnfinished.
    """
    async with transaction():
        project = await holding.hold_project(actor, project_id, "cancelServiceProject", *SUPERVISED)
        await finishing.require_nothing_held(project_id)
        said = line(reason, path=("input", "reason"), longest=500)
        await database.execute(_CANCEL, project_id, said, actor.person_id)
        await database.execute(_WATCH, project_id, False)
        await project_shifts.call_off_shifts(project_id, reason=said)
        await _done(actor, "cancelServiceProject", project, ProjectCancelled)
    return project_id


async def _done(actor: Actor, command: str, project: Row, event: type[ProjectEvent]) -> None:
    await outbox.record(event(project["id"], project["area_path"]))
    await _told(actor, command, project)


async def _told(actor: Actor, command: str, project: Row) -> None:
    await holding.told(
        actor, command, area_id=project["area_id"], subject=("project", project["id"])
    )
