"""Shifts of projects: volunteers are called to them by who leads the project."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import project_shifts
from domains.matching.service.project_shifts import ProjectShiftsDraft
from domains.volunteering.service.activities import ShiftDraft
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.planning_mutations import project_of
from schema.matching.projects import ServiceProject
from schema.membership.types import reloaded
from schema.volunteering.activities import VolunteerActivity
from schema.volunteering.activities_mutations import ShiftInput
from schema.volunteering.inputs import Argument, Key


@strawberry.input(description="Shifts of a project that volunteers are to be called to.")
class PublishProjectShiftsInput:
    """Organised by the project's host, of its kind of service, between its days."""

    project_id: strawberry.ID = strawberry.field(description="The project, funded or running.")
    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    content: str = strawberry.field(description="What is to be done, 2 to 2,000 characters.")
    place: str = strawberry.field(description="Where, 2 to 120 characters.")
    leader_id: strawberry.ID = strawberry.field(description="Who leads the shifts.")
    shifts: list[ShiftInput] = strawberry.field(description="Its times, 1 to 100.")
    is_risky: bool = strawberry.field(
        default=False, description="Whether only who is insured for it takes part."
    )
    risks: str = strawberry.field(
        default="", description="What the risks are; needed where it is risky."
    )
    team_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which team does it."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> ProjectShiftsDraft:
        """Hand it to the domain."""
        return ProjectShiftsDraft(
            title=self.title,
            content=self.content,
            place=self.place,
            leader_id=node.decode("person", self.leader_id, path=("input", "leaderId")),
            shifts=tuple(
                ShiftDraft(each.starts_at, each.ends_at, each.places) for each in self.shifts
            ),
            is_risky=self.is_risky,
            risks=self.risks,
            team_id=node.decode_optional("volunteer_team", self.team_id, path=("input", "teamId")),
        )


@strawberry.type(description="The project, and the call to its shifts.")
class ProjectShiftsPublished:
    """As things stand now."""

    project: ServiceProject | None = strawberry.field(description="The project.")
    activity: VolunteerActivity | None = strawberry.field(
        description="What volunteers are called to."
    )
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


PublishProjectShiftsResult = Annotated[
    ProjectShiftsPublished | Refused,
    strawberry.union("PublishProjectShiftsResult", description="The shifts, or why not."),
]


@strawberry.type
class ProjectShiftsMutation:
    """Calling volunteers to projects."""

    @strawberry.mutation(description="Call volunteers to shifts of a project, at once.")
    async def publish_project_shifts(
        self, info: Info, input: Annotated[PublishProjectShiftsInput, Argument]
    ) -> PublishProjectShiftsResult:
        """Do it."""
        project_id = project_of(input.project_id)
        activity_id, replayed = await project_shifts.publish_shifts(
            info.context.actor, project_id, input.draft(), idempotency_key=input.idempotency_key
        )
        return ProjectShiftsPublished(
            project=await reloaded(info, ServiceProject.load, project_id),
            activity=await VolunteerActivity.load(info, activity_id),
            replayed=replayed,
        )
