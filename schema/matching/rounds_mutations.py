"""Rounds of applications: opened, reviewed, settled."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import rounds, selecting
from domains.matching.service.rounds import RoundDraft
from domains.matching.values.projects import ProjectRoundMode
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.planning_mutations import (
    ServiceProjectPayload,
    project_of,
    project_payload,
)
from schema.matching.rounds import ProjectRound
from schema.membership.types import reloaded
from schema.scalars import Fen
from schema.volunteering.inputs import Argument, Key


@strawberry.input(description="What applications are weighed by.")
class RoundCriterionInput:
    """With its weight."""

    title: str = strawberry.field(description="What is looked at, 2 to 80 characters.")
    weight: int = strawberry.field(description="How much it weighs, 1 to 100.")


@strawberry.input(description="A round of applications to be opened.")
class OpenProjectRoundInput:
    """By criteria and reviewers, or by a poll."""

    area_id: strawberry.ID = strawberry.field(description="Where it is for.")
    mode: ProjectRoundMode = strawberry.field(description="How is chosen.")
    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    content: str = strawberry.field(description="What is asked for, 2 to 2,000 characters.")
    budget_fen: Fen = strawberry.field(description="What those chosen may cost together.")
    most_chosen: int = strawberry.field(description="How many may be chosen, 1 to 100.")
    applications_until: datetime = strawberry.field(description="Until when one may apply.")
    criteria: list[RoundCriterionInput] = strawberry.field(
        default_factory=list, description="The criteria, 1 to 20; none where residents vote."
    )
    reviewer_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Who reviews, 20 at most; none where residents vote."
    )
    least_reviews: int = strawberry.field(
        default=1, description="How many valid reviews each application needs, 1 to 20."
    )
    least_score: int = strawberry.field(
        default=0, description="Below how many points of 100 none is chosen."
    )
    poll_days: int | None = strawberry.field(
        default=None, description="How many days the residents vote, 1 to 60."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> RoundDraft:
        """Hand it to the domain."""
        path = ("input", "reviewerIds")
        return RoundDraft(
            area_id=node.decode("area", self.area_id, path=("input", "areaId")),
            mode=self.mode,
            title=self.title,
            content=self.content,
            budget_fen=self.budget_fen,
            most_chosen=self.most_chosen,
            applications_until=self.applications_until,
            criteria=tuple((each.title, each.weight) for each in self.criteria),
            reviewer_ids=tuple(
                node.decode("person", each, path=path) for each in self.reviewer_ids
            ),
            least_reviews=self.least_reviews,
            least_score=self.least_score,
            poll_days=self.poll_days,
        )


@strawberry.input(description="A score of one criterion.")
class CriterionScoreInput:
    """From 0 to 100."""

    position: int = strawberry.field(description="The criterion's place, from 1.")
    score: int = strawberry.field(description="From 0 to 100, the best.")


@strawberry.input(description="What a reviewer says of an application.")
class ReviewApplicationInput:
    """Who has a part in it declares so, and scores nothing."""

    project_id: strawberry.ID = strawberry.field(description="The application.")
    has_conflict: bool = strawberry.field(
        description="Whether the reviewer has a part in it; it is asked every time."
    )
    scores: list[CriterionScoreInput] = strawberry.field(
        default_factory=list, description="One for each criterion; none with a part in it."
    )
    note: str = strawberry.field(
        default="", description="What else, 500 characters at most; needed with a part in it."
    )


@strawberry.input(description="A round to be settled.")
class SettleProjectRoundInput:
    """By what the reviewers gave."""

    round_id: strawberry.ID = strawberry.field(description="The round.")


@strawberry.input(description="A round that ends without a choice.")
class CancelProjectRoundInput:
    """Its applications go on without it."""

    round_id: strawberry.ID = strawberry.field(description="The round.")
    reason: str = strawberry.field(description="Why, 2 to 300 characters.")


@strawberry.type(description="The round, as things stand now.")
class ProjectRoundPayload:
    """What was dealt with."""

    round: ProjectRound | None = strawberry.field(description="The round.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


OpenProjectRoundResult = Annotated[
    ProjectRoundPayload | Refused,
    strawberry.union("OpenProjectRoundResult", description="The round, or why not."),
]
ReviewApplicationResult = Annotated[
    ServiceProjectPayload | Refused,
    strawberry.union("ReviewApplicationResult", description="The project, or why not."),
]
SettleProjectRoundResult = Annotated[
    ProjectRoundPayload | Refused,
    strawberry.union("SettleProjectRoundResult", description="The round, or why not."),
]
CancelProjectRoundResult = Annotated[
    ProjectRoundPayload | Refused,
    strawberry.union("CancelProjectRoundResult", description="The round, or why not."),
]


def _round_of(text: str) -> UUID:
    return node.decode("project_round", text, path=("input", "roundId"))


async def _round(info: Info, round_id: UUID, *, replayed: bool = False) -> ProjectRoundPayload:
    found = await reloaded(info, ProjectRound.load, round_id)
    return ProjectRoundPayload(round=found, replayed=replayed)


@strawberry.type
class ProjectRoundsMutation:
    """From the call to the choice."""

    @strawberry.mutation(description="Ask for applications.")
    async def open_project_round(
        self, info: Info, input: Annotated[OpenProjectRoundInput, Argument]
    ) -> OpenProjectRoundResult:
        """Open it."""
        round_id, replayed = await rounds.open_round(
            info.context.actor, input.draft(), idempotency_key=input.idempotency_key
        )
        return await _round(info, round_id, replayed=replayed)

    @strawberry.mutation(description="Score an application, or declare to have a part in it.")
    async def review_application(
        self, info: Info, input: Annotated[ReviewApplicationInput, Argument]
    ) -> ReviewApplicationResult:
        """Review it."""
        project_id = await selecting.review_application(
            info.context.actor,
            project_of(input.project_id),
            has_conflict=input.has_conflict,
            scores={each.position: each.score for each in input.scores},
            note=input.note,
        )
        return await project_payload(info, project_id)

    @strawberry.mutation(description="Choose by the reviewers' scores what fits into the budget.")
    async def settle_project_round(
        self, info: Info, input: Annotated[SettleProjectRoundInput, Argument]
    ) -> SettleProjectRoundResult:
        """Settle it."""
        round_id = await selecting.settle_round(info.context.actor, _round_of(input.round_id))
        return await _round(info, round_id)

    @strawberry.mutation(description="End a round without a choice.")
    async def cancel_project_round(
        self, info: Info, input: Annotated[CancelProjectRoundInput, Argument]
    ) -> CancelProjectRoundResult:
        """Cancel it."""
        round_id = await rounds.cancel_round(
            info.context.actor, _round_of(input.round_id), reason=input.reason
        )
        return await _round(info, round_id)
