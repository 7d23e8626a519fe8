"""Running projects: begun, at rest, milestones, budget, those served, the end."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.queries import projects
from domains.matching.service import deciding, finishing, milestones
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.planning_mutations import (
    ServiceProjectPayload,
    project_of,
    project_payload,
)
from schema.scalars import Fen
from schema.volunteering.inputs import Argument

_PROJECT = "The project."
_WHY_NOT = "The project, or why not."


@strawberry.input(description="A project to begin.")
class StartServiceProjectInput:
    """Its money, social worker and venue stand."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)


@strawberry.input(description="A project to rest.")
class SuspendServiceProjectInput:
    """With the reason."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="A project that goes on.")
class ResumeServiceProjectInput:
    """From where it was."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)


@strawberry.input(description="A project to be called off.")
class CancelServiceProjectInput:
    """Once nothing is held for it."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="A milestone that is reached.")
class ReachMilestoneInput:
    """With proof."""

    milestone_id: strawberry.ID = strawberry.field(description="The milestone.")
    proof_id: strawberry.ID = strawberry.field(description="The proof, an upload of the caller's.")
    note: str = strawberry.field(description="What was reached, 2 to 500 characters.")


@strawberry.input(description="A milestone that will not be reached.")
class MissMilestoneInput:
    """With the reason."""

    milestone_id: strawberry.ID = strawberry.field(description="The milestone.")
    note: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="A wish to move money between lines of a budget.")
class AskBudgetShiftInput:
    """Of what is not allotted yet; the whole stays."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    from_line_id: strawberry.ID = strawberry.field(description="From which line.")
    to_line_id: strawberry.ID = strawberry.field(description="To which line.")
    amount_fen: Fen = strawberry.field(description="How much.")
    reason: str = strawberry.field(description="Why, 2 to 300 characters.")


@strawberry.input(description="What is said to a shift of a budget.")
class DecideBudgetShiftInput:
    """By somebody else than who asked."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")
    approves: bool = strawberry.field(description="Whether it may.")


@strawberry.input(description="People whom a project serves.")
class NameServedPeopleInput:
    """Of its area; they will evaluate it."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    person_ids: list[strawberry.ID] = strawberry.field(description="Who, 1 to 500.")


@strawberry.input(description="What somebody says whom a project served.")
class EvaluateServiceProjectInput:
    """Once, and without a name."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    score: int = strawberry.field(description="From 1 to 5, the best.")
    remark: str = strawberry.field(
        default="", description="What else, 500 characters at most; kept apart from the score."
    )


@strawberry.input(description="An evaluation that ends.")
class ConcludeProjectEvaluationInput:
    """And with it the project's running."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)


@strawberry.input(description="A project to be closed.")
class CloseServiceProjectInput:
    """With nothing open; its report stands from then on."""

    project_id: strawberry.ID = strawberry.field(description=_PROJECT)
    outcome: str = strawberry.field(description="What came of it, 2 to 2,000 characters.")


StartServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("StartServiceProjectResult", description=_WHY_NOT),
]
SuspendServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("SuspendServiceProjectResult", description=_WHY_NOT),
]
ResumeServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("ResumeServiceProjectResult", description=_WHY_NOT),
]
CancelServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("CancelServiceProjectResult", description=_WHY_NOT),
]
ReachMilestoneResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("ReachMilestoneResult", description=_WHY_NOT),
]
MissMilestoneResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("MissMilestoneResult", description=_WHY_NOT),
]
AskBudgetShiftResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("AskBudgetShiftResult", description=_WHY_NOT),
]
DecideBudgetShiftResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("DecideBudgetShiftResult", description=_WHY_NOT),
]
NameServedPeopleResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("NameServedPeopleResult", description=_WHY_NOT),
]
EvaluateServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("EvaluateServiceProjectResult", description=_WHY_NOT),
]
ConcludeProjectEvaluationResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("ConcludeProjectEvaluationResult", description=_WHY_NOT),
]
CloseServiceProjectResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("CloseServiceProjectResult", description=_WHY_NOT),
]


def _milestone_of(text: str) -> UUID:
    return node.decode("project_milestone", text, path=("input", "milestoneId"))


def _line_of(text: str, field: str) -> UUID:
    return node.decode("budget_line", text, path=("input", field))


async def _of_milestone(milestone_id: UUID) -> UUID:
    return await projects.project_of_milestone(milestone_id)


async def _of_shift(shift_id: UUID) -> UUID:
    return await projects.project_of_shift(shift_id)


@strawberry.type
class RunningProjectsMutation:
    """From the beginning to the closing report."""

    @strawberry.mutation(description="Begin a project whose money, social worker and venue stand.")
    async def start_service_project(
        self, info: Info, input: Annotated[StartServiceProjectInput, Argument]
    ) -> StartServiceProjectResult:
        """Begin a project whose money."""
        project_id = await deciding.start_project(info.context.actor, project_of(input.project_id))
        return await project_payload(info, project_id)

    @strawberry.mutation(
        description="Let a project rest: nobody is reminded, no money is allotted or spent."
    )
    async def suspend_service_project(
        self, info: Info, input: Annotated[SuspendServiceProjectInput, Argument]
    ) -> SuspendServiceProjectResult:
        """Let a project rest."""
        project_id = await deciding.suspend_project(
            info.context.actor, project_of(input.project_id), reason=input.reason
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Let a project go on.")
    async def resume_service_project(
        self, info: Info, input: Annotated[ResumeServiceProjectInput, Argument]
    ) -> ResumeServiceProjectResult:
        """Let a project go on."""
        project_id = await deciding.resume_project(info.context.actor, project_of(input.project_id))
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Call a project off, once money and things are given back.")
    async def cancel_service_project(
        self, info: Info, input: Annotated[CancelServiceProjectInput, Argument]
    ) -> CancelServiceProjectResult:
        """Call a project off."""
        project_id = await deciding.cancel_project(
            info.context.actor, project_of(input.project_id), reason=input.reason
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Say, with proof, that a milestone is reached.")
    async def reach_milestone(
        self, info: Info, input: Annotated[ReachMilestoneInput, Argument]
    ) -> ReachMilestoneResult:
        """Say."""
        project_id = await _of_milestone(
            await milestones.reach_milestone(
                info.context.actor,
                _milestone_of(input.milestone_id),
                proof_id=node.decode("upload", input.proof_id, path=("input", "proofId")),
                note=input.note,
            )
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Say why a milestone will not be reached.")
    async def miss_milestone(
        self, info: Info, input: Annotated[MissMilestoneInput, Argument]
    ) -> MissMilestoneResult:
        """Say why a milestone will not be reached."""
        project_id = await _of_milestone(
            await milestones.miss_milestone(
                info.context.actor, _milestone_of(input.milestone_id), note=input.note
            )
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(
        description="Ask to move budget from one line to another; somebody else decides."
    )
    async def ask_budget_shift(
        self, info: Info, input: Annotated[AskBudgetShiftInput, Argument]
    ) -> AskBudgetShiftResult:
        """Ask to move budget from one line to another."""
        project_id = project_of(input.project_id)
        await milestones.ask_shift(
            info.context.actor,
            project_id,
            from_line_id=_line_of(input.from_line_id, "fromLineId"),
            to_line_id=_line_of(input.to_line_id, "toLineId"),
            amount_fen=input.amount_fen,
            reason=input.reason,
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Approve or refuse a shift that somebody else asked for.")
    async def decide_budget_shift(
        self, info: Info, input: Annotated[DecideBudgetShiftInput, Argument]
    ) -> DecideBudgetShiftResult:
        """Approve or refuse a shift that somebody else asked for."""
        project_id = await _of_shift(
            await milestones.decide_shift(
                info.context.actor,
                node.decode("budget_shift", input.shift_id, path=("input", "shiftId")),
                approves=input.approves,
            )
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(
        description="Name people whom a project serves, so that they may evaluate it."
    )
    async def name_served_people(
        self, info: Info, input: Annotated[NameServedPeopleInput, Argument]
    ) -> NameServedPeopleResult:
        """Name people whom a project serves."""
        project_id = await finishing.name_served(
            info.context.actor,
            project_of(input.project_id),
            [node.decode("person", each, path=("input", "personIds")) for each in input.person_ids],
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(
        description="Say how good a project was that served oneself; nobody learns who said what."
    )
    async def evaluate_service_project(
        self, info: Info, input: Annotated[EvaluateServiceProjectInput, Argument]
    ) -> EvaluateServiceProjectResult:
        """Say how good a project was that served oneself."""
        project_id = await finishing.evaluate_project(
            info.context.actor,
            project_of(input.project_id),
            score=input.score,
            remark=input.remark,
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="End the evaluation of a project, and its running.")
    async def conclude_project_evaluation(
        self, info: Info, input: Annotated[ConcludeProjectEvaluationInput, Argument]
    ) -> ConcludeProjectEvaluationResult:
        """End the evaluation of a project."""
        project_id = await finishing.conclude_evaluation(
            info.context.actor, project_of(input.project_id)
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Close a project in which nothing is open, with its report.")
    async def close_service_project(
        self, info: Info, input: Annotated[CloseServiceProjectInput, Argument]
    ) -> CloseServiceProjectResult:
        """Close a project in which nothing is open."""
        project_id = await finishing.close_project(
            info.context.actor, project_of(input.project_id), outcome=input.outcome
        )
        return await project_payload(info, project_id)
