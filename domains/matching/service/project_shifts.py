"""Shifts of projects: calls to volunteers, written and published in one transaction.

What is called to is volunteering's: sign-up, waiting list, check-in, records. The project says
who may publish it, who organises it, what kind of service it is, and between which days.
"""

from dataclasses import asdict, dataclass
from uuid import UUID

from domains.kernel import calendar, database, idempotency
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.matching.errors.projects import ShiftOutsideProject
from domains.matching.service import holding
from domains.matching.values.projects import ServiceProjectState
from domains.volunteering.service import activities
from domains.volunteering.service.activities import ActivityDraft, ShiftDraft
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass

_LINK = """
INSERT INTO matching_project_activity (project_id, activity_id, published_by_id, published_at)
VALUES ($1, $2, $3, kernel_now())
"""
_OF_PROJECT = "SELECT activity_id FROM matching_project_activity WHERE project_id = $1"


@dataclass(frozen=True, slots=True)
class ProjectShiftsDraft:
    """What is to be done, where, who leads it, and when; with a team or without."""

    title: str
    content: str
    place: str
    leader_id: UUID
    shifts: tuple[ShiftDraft, ...]
    is_risky: bool = False
    risks: str = ""
    team_id: UUID | None = None


async def publish_shifts(
    actor: Actor, project_id: UUID, draft: ProjectShiftsDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Call volunteers to shifts of a project; returns the activity, and whether it was before.

    Raises ProjectStateUnfit, ShiftOutsideProject, and what refuses an activity.
    """
    async with transaction():
        project = await holding.hold_project(
            actor,
            project_id,
            "publishProjectShifts",
            ServiceProjectState.FUNDED,
            ServiceProjectState.RUNNING,
        )
        given = {"project": str(project_id), **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "publishProjectShifts", given)
        if earlier is not None:
            return UUID(earlier["activity"]), True
        _require_within(project, draft.shifts)
        activity = await activities.publish_written(
            actor, _activity(project, draft), project["area_path"]
        )
        await database.execute(_LINK, project_id, activity.id, actor.person_id)
        await idempotency.settle(actor, idempotency_key, {"activity": str(activity.id)})
        await holding.told(
            actor,
            "publishProjectShifts",
            area_id=project["area_id"],
            subject=("project", project_id),
            details={"activity": str(activity.id)},
        )
    return activity.id, False


async def call_off_shifts(project_id: UUID, *, reason: str) -> list[UUID]:
    """Call off what has not begun of a project that ends early, in its open transaction."""
    rows = await database.fetch(_OF_PROJECT, project_id)
    return await activities.call_off_to_come([row["activity_id"] for row in rows], reason=reason)


def _require_within(project: Row, shifts: tuple[ShiftDraft, ...]) -> None:
    for each in shifts:
        first, last = calendar.day_of(each.starts_at), calendar.day_of(each.ends_at)
        if first < project["starts_on"] or last > project["ends_on"]:
            raise ShiftOutsideProject(path=("input", "shifts"))


def _activity(project: Row, draft: ProjectShiftsDraft) -> ActivityDraft:
    return ActivityDraft(
        area_id=project["area_id"],
        nature=VolunteerActivityNature.SERVICE,
        service_class=ServiceClass(project["service_class"]),
        title=draft.title,
        content=draft.content,
        place=draft.place,
        organisation_id=project["organisation_id"],
        leader_id=draft.leader_id,
        shifts=draft.shifts,
        is_risky=draft.is_risky,
        risks=draft.risks,
        team_id=draft.team_id,
    )
