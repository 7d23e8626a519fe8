"""Planning projects: their writers, and the five parties that stand by them."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import deciding, planning, supervising
from domains.matching.service.planning import LineDraft, MilestoneDraft, PhaseDraft, ProjectDraft
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.matching.projects import ServiceProject
from schema.matching.resources_mutations import MapPositionInput
from schema.membership.types import Person, reloaded
from schema.scalars import Fen
from schema.volunteering.inputs import Argument, Key

_PROJECT = "The project."
_WHY_NOT = "The project, or why not."


@strawberry.input(description="A part of a project's time.")
class ProjectPhaseInput:
    """Within the project."""

    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")


@strawberry.input(description="What money of a project is for.")
class BudgetLineInput:
    """In whole fen."""

    title: str = strawberry.field(description="What for, 2 to 80 characters.")
    amount_fen: Fen = strawberry.field(description="How much, one fen at least.")


@strawberry.input(description="What is to be reached by a day.")
class ProjectMilestoneInput:
    """Within the project."""

    title: str = strawberry.field(description="What, 2 to 80 characters.")
    due_on: date = strawberry.field(description="By which day.")


@strawberry.input(description="A project as its writers plan it.")
class ServiceProjectInput:
    """Nothing in it asks the public for money."""

    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    aims: str = strawberry.field(description="What it is to reach, 2 to 2,000 characters.")
    place: str = strawberry.field(description="Where it takes place, 2 to 120 characters.")
    starts_on: date = strawberry.field(description="Its first day, today or later.")
    ends_on: date = strawberry.field(description="Its last day, within three years.")
    phases: list[ProjectPhaseInput] = strawberry.field(description="Its phases, 1 to 50.")
    lines: list[BudgetLineInput] = strawberry.field(
        description="The lines of its budget, 50 at most; none where it needs no money."
    )
    milestones: list[ProjectMilestoneInput] = strawberry.field(
        description="Its milestones, 1 to 50."
    )
    people_wanted: int = strawberry.field(
        default=0, description="How many volunteers it looks for, 10,000 at most."
    )
    needs_venue: bool = strawberry.field(
        default=False, description="Whether it starts only with a venue."
    )
    supervisor_id: strawberry.ID | None = strawberry.field(
        default=None, description="The social worker who is asked to supervise it."
    )
    position: MapPositionInput | None = strawberry.field(
        default=None, description="Where on the map."
    )
    appeal_url: str | None = strawberry.field(
        default=None, description="Its appeal on a platform that the rules name."
    )
    round_id: strawberry.ID | None = strawberry.field(
        default=None, description="The round that it applies in."
    )

    def draft(self, area_id: UUID, organisation_id: UUID) -> ProjectDraft:
        """Hand it to the domain."""
        return ProjectDraft(
            area_id=area_id,
            organisation_id=organisation_id,
            service_class=self.service_class,
            title=self.title,
            aims=self.aims,
            place=self.place,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            phases=tuple(
                PhaseDraft(each.title, each.starts_on, each.ends_on) for each in self.phases
            ),
            lines=tuple(LineDraft(each.title, each.amount_fen) for each in self.lines),
            milestones=tuple(MilestoneDraft(each.title, each.due_on) for each in self.milestones),
            people_wanted=self.people_wanted,
            needs_venue=self.needs_venue,
            supervisor_id=node.decode_optional(
                "person", self.supervisor_id, path=("input", "supervisorId")
            ),
            position=self.position.pair() if self.position else None,
            appeal_url=self.appeal_url,
            round_id=node.decode_optional(
                "project_round", self.round_id, path=("input", "roundId")
            ),
        )


@strawberry.input(description="A project to be written down.")
class CreateServiceProjectInput:
    """Who administers the host accepts by writing; another is asked."""

    area_id: strawberry.ID = strawberry.field(description="Where it lies.")
    organisation_id: strawberry.ID = strawberry.field(description="Who is to host it.")
    project: ServiceProjectInput = strawberry.field(description="What is planned.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A draft to be written anew.")
class UpdateServiceProjectInput:
    """Area and host stay."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    expected_version: int = strawberry.field(description="The version that was read.")
    project: ServiceProjectInput = strawberry.field(description="What is planned.")


@strawberry.input(description="A project to be handed in.")
class SubmitServiceProjectInput:
    """A draft."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)


@strawberry.input(description="What an organisation says to hosting a project.")
class AnswerHostingInput:
    """By who administers it."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    accepts: bool = strawberry.field(description="Whether it hosts.")


@strawberry.input(description="What a social worker says to supervising a project.")
class AnswerSupervisionInput:
    """By whom the project names."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    accepts: bool = strawberry.field(description="Whether they supervise.")


@strawberry.input(description="The community's standing for a project.")
class ApproveServiceProjectInput:
    """By the residents' committee, and by nobody who has a part in it."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    standing: str = strawberry.field(
        description="Why the community stands by it, 2 to 500 characters."
    )


@strawberry.input(description="An application that goes back to its writers.")
class ReturnServiceProjectInput:
    """With what is to be put right."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    reason: str = strawberry.field(description="What is to be put right, 2 to 500 characters.")


@strawberry.input(description="An application that is refused for good.")
class RejectServiceProjectInput:
    """With the reason."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="Somebody who is qualified to supervise projects.")
class RecordSocialWorkerInput:
    """Who holds the role here, with the proof of the qualification."""

    area_id: strawberry.ID = strawberry.field(description="Where they may supervise.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    title: str = strawberry.field(description="The qualification, 2 to 60 characters.")
    qualified_until: date = strawberry.field(description="Its last day.")
    proof_id: strawberry.ID = strawberry.field(description="The certificate, an upload.")


@strawberry.type(description="The project, as things stand now.")
class ServiceProjectPayload:
    """What was dealt with."""

    project: ServiceProject | None = strawberry.field(
        description="The project; null where the caller sees it no more."
    )
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The qualification was recorded.")
class SocialWorkerRecorded:
    """Whose."""

    person: Person | None = strawberry.field(description="The social worker.")


CreateServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("CreateServiceProjectResult", description=_WHY_NOT),
]
UpdateServiceProjectResult = Annotated[
    ServiceProjectPayload | Outdated | Refused,
    strawberry.union("UpdateServiceProjectResult", description=_WHY_NOT),
]
SubmitServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("SubmitServiceProjectResult", description=_WHY_NOT),
]
AnswerHostingResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("AnswerHostingResult", description=_WHY_NOT),
]
AnswerSupervisionResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("AnswerSupervisionResult", description=_WHY_NOT),
]
ApproveServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("ApproveServiceProjectResult", description=_WHY_NOT),
]
ReturnServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("ReturnServiceProjectResult", description=_WHY_NOT),
]
RejectServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("RejectServiceProjectResult", description=_WHY_NOT),
]
RecordSocialWorkerResult = Annotated[
    SocialWorkerRecorded | Refused,
    strawberry.union("RecordSocialWorkerResult", description="The social worker, or why not."),
]


def project_of(text: str) -> UUID:
    """Return the project that an input names; raises NotFound."""
    return node.decode("service_project", text, path=("input", "projectId"))


async def project_payload(
    info: Info, project_id: UUID, *, replayed: bool = False
) -> ServiceProjectPayload:
    """Load a project as things stand now."""
    project = await reloaded(info, ServiceProject.load, project_id)
    return ServiceProjectPayload(project=project, replayed=replayed)


@strawberry.type
class PlanningMutation:
    """From the draft to the community's standing."""

    @strawberry.mutation(description="Write a project down, for an organisation that hosts it.")
    async def create_service_project(
        self, info: Info, input: Annotated[CreateServiceProjectInput, Argument]
    ) -> CreateServiceProjectResult:
        """Write it."""
        area_id = node.decode("area", input.area_id, path=("input", "areaId"))
        host_id = node.decode(
            "organisation", input.organisation_id, path=("input", "organisationId")
        )
        project_id, replayed = await planning.create_project(
            info.context.actor,
            input.project.draft(area_id, host_id),
            idempotency_key=input.idempotency_key,
        )
        return await project_payload(info, project_id, replayed=replayed)

    @strawberry.mutation(description="Write a draft anew.")
    async def update_service_project(
        self, info: Info, input: Annotated[UpdateServiceProjectInput, Argument]
    ) -> UpdateServiceProjectResult:
        """Write it."""
        project_id = await planning.update_project(
            info.context.actor,
            project_of(input.project_id),
            input.project.draft(node.NOBODY, node.NOBODY),
            expected_version=input.expected_version,
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Hand a project in.")
    async def submit_service_project(
        self, info: Info, input: Annotated[SubmitServiceProjectInput, Argument]
    ) -> SubmitServiceProjectResult:
        """Hand it in."""
        project_id = project_of(input.project_id)
        return await project_payload(
            info, await planning.submit_project(info.context.actor, project_id)
        )

    @strawberry.mutation(description="Accept or decline, for an organisation, to host a project.")
    async def answer_hosting(
        self, info: Info, input: Annotated[AnswerHostingInput, Argument]
    ) -> AnswerHostingResult:
        """Answer."""
        project_id = await supervising.answer_hosting(
            info.context.actor, project_of(input.project_id), accepts=input.accepts
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(
        description="Accept or decline to supervise a project; the rules limit how many one has."
    )
    async def answer_supervision(
        self, info: Info, input: Annotated[AnswerSupervisionInput, Argument]
    ) -> AnswerSupervisionResult:
        """Answer."""
        project_id = await supervising.answer_supervision(
            info.context.actor, project_of(input.project_id), accepts=input.accepts
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Give a project the community's standing.")
    async def approve_service_project(
        self, info: Info, input: Annotated[ApproveServiceProjectInput, Argument]
    ) -> ApproveServiceProjectResult:
        """Approve it."""
        project_id = await deciding.approve_project(
            info.context.actor, project_of(input.project_id), standing=input.standing
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Give an application back to its writers.")
    async def return_service_project(
        self, info: Info, input: Annotated[ReturnServiceProjectInput, Argument]
    ) -> ReturnServiceProjectResult:
        """Return it."""
        project_id = await deciding.return_project(
            info.context.actor, project_of(input.project_id), reason=input.reason
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Refuse an application for good.")
    async def reject_service_project(
        self, info: Info, input: Annotated[RejectServiceProjectInput, Argument]
    ) -> RejectServiceProjectResult:
        """Refuse it."""
        project_id = await deciding.reject_project(
            info.context.actor, project_of(input.project_id), reason=input.reason
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Record who is qualified to supervise projects, or anew.")
    async def record_social_worker(
        self, info: Info, input: Annotated[RecordSocialWorkerInput, Argument]
    ) -> RecordSocialWorkerResult:
        """Record it."""
        person_id = await supervising.record_social_worker(
            info.context.actor,
            node.decode("person", input.person_id, path=("input", "personId")),
            area_id=node.decode("area", input.area_id, path=("input", "areaId")),
            title=input.title,
            qualified_until=input.qualified_until,
            proof_id=node.decode("upload", input.proof_id, path=("input", "proofId")),
        )
        return SocialWorkerRecorded(person=await reloaded(info, Person.load, person_id))
