"""Asking for an arrangement, looking at it, and letting it be offered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import reviewing_runs, runs
from domains.matching.service.runs import RunDraft
from domains.matching.values.runs import RulingKind
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.runs import MatchingRuling, MatchingRun
from schema.membership.types import reloaded
from schema.volunteering.inputs import Argument, Key

Why = "Why, 200 characters; it is kept."


@strawberry.input(description="An arrangement to be sought.")
class StartMatchingRunInput:
    """For which area, and for services from when to when."""

    area_id: strawberry.ID = strawberry.field(description="A community, or an area in it.")
    starts_at: datetime = strawberry.field(description="Services from here on.")
    ends_at: datetime = strawberry.field(description="Services before here, within 28 days.")
    seed: int = strawberry.field(default=0, description="It decides between equals.")
    seconds: int = strawberry.field(default=60, description="How long it may take, 1 to 300.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A run to be given up.")
class CancelMatchingRunInput:
    """Which, and why."""

    run_id: strawberry.ID = strawberry.field(description="The run.")
    reason: str = strawberry.field(description=Why)


@strawberry.input(description="Somebody who is proposed, to be asked first.")
class PinProposedOfferInput:
    """Whom, and why."""

    proposal_id: strawberry.ID = strawberry.field(description="The proposed offer.")
    reason: str = strawberry.field(description=Why)


@strawberry.input(description="Somebody who is proposed, not to be asked.")
class TakeOutProposedOfferInput:
    """Whom, and why."""

    proposal_id: strawberry.ID = strawberry.field(description="The proposed offer.")
    reason: str = strawberry.field(description=Why)


@strawberry.input(description="Somebody whom the matcher did not propose, to be asked first.")
class AddProposedOfferInput:
    """Whom, for what, and why."""

    run_id: strawberry.ID = strawberry.field(description="The run.")
    order_id: strawberry.ID = strawberry.field(description="The order.")
    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    reason: str = strawberry.field(description=Why)


@strawberry.input(description="A run to be offered as it stands.")
class ApproveMatchingRunInput:
    """Which."""

    run_id: strawberry.ID = strawberry.field(description="The run.")


@strawberry.input(description="A ruling for every run to come.")
class RuleOnMatchingInput:
    """Whom, for what, which, and why."""

    need_id: strawberry.ID = strawberry.field(description="The need.")
    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    kind: RulingKind = strawberry.field(description="Pinned or forbidden.")
    reason: str = strawberry.field(description=Why)


@strawberry.input(description="A ruling that holds no more.")
class EndMatchingRulingInput:
    """Which."""

    ruling_id: strawberry.ID = strawberry.field(description="The ruling.")


@strawberry.type(description="The run as it stands now.")
class MatchingRunSaved:
    """After the command."""

    run: MatchingRun | None = strawberry.field(description="The run.")
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


@strawberry.type(description="The ruling as it stands now.")
class MatchingRulingSaved:
    """After the command."""

    ruling: MatchingRuling | None = strawberry.field(description="The ruling.")


StartMatchingRunResult = Annotated[
    MatchingRunSaved | Refused,
    strawberry.union("StartMatchingRunResult", description="Asked for or refused."),
]
CancelMatchingRunResult = Annotated[
    MatchingRunSaved | Refused,
    strawberry.union("CancelMatchingRunResult", description="Given up or refused."),
]
PinProposedOfferResult = Annotated[
    MatchingRunSaved | Refused,
    strawberry.union("PinProposedOfferResult", description="Pinned or refused."),
]
TakeOutProposedOfferResult = Annotated[
    MatchingRunSaved | Refused,
    strawberry.union("TakeOutProposedOfferResult", description="Taken out or refused."),
]
AddProposedOfferResult = Annotated[
    MatchingRunSaved | Refused,
    strawberry.union("AddProposedOfferResult", description="Added or refused."),
]
ApproveMatchingRunResult = Annotated[
    MatchingRunSaved | Refused,
    strawberry.union("ApproveMatchingRunResult", description="Approved or refused."),
]
RuleOnMatchingResult = Annotated[
    MatchingRulingSaved | Refused,
    strawberry.union("RuleOnMatchingResult", description="Ruled or refused."),
]
EndMatchingRulingResult = Annotated[
    MatchingRulingSaved | Refused,
    strawberry.union("EndMatchingRulingResult", description="Ended or refused."),
]


def _run(given: strawberry.ID) -> UUID:
    return node.decode("matching_run", given, path=("input", "runId"))


def _proposal(given: strawberry.ID) -> UUID:
    return node.decode("proposed_offer", given, path=("input", "proposalId"))


def _volunteer(given: strawberry.ID) -> UUID:
    return node.decode("volunteer", given, path=("input", "volunteerId"))


async def _saved(info: Info, run_id: UUID, *, replayed: bool = False) -> MatchingRunSaved:
    return MatchingRunSaved(run=await reloaded(info, MatchingRun.load, run_id), replayed=replayed)


@strawberry.type
class MatchingRunMutation:
    """The matcher proposes; people decide."""

    @strawberry.mutation(description="Ask for the best arrangement of what waits in an area.")
    async def start_matching_run(
        self, info: Info, input: Annotated[StartMatchingRunInput, Argument]
    ) -> StartMatchingRunResult:
        """A worker takes it."""
        draft = RunDraft(
            area_id=node.decode("area", input.area_id, path=("input", "areaId")),
            starts_at=input.starts_at,
            ends_at=input.ends_at,
            seed=input.seed,
            seconds=input.seconds,
        )
        run_id, replayed = await runs.start_run(
            info.context.actor, draft, idempotency_key=input.idempotency_key
        )
        return await _saved(info, run_id, replayed=replayed)

    @strawberry.mutation(description="Give a run up before anybody is asked.")
    async def cancel_matching_run(
        self, info: Info, input: Annotated[CancelMatchingRunInput, Argument]
    ) -> CancelMatchingRunResult:
        """With a reason."""
        run_id = _run(input.run_id)
        await runs.cancel_run(info.context.actor, run_id, reason=input.reason)
        return await _saved(info, run_id)

    @strawberry.mutation(description="Let somebody who is proposed be asked first.")
    async def pin_proposed_offer(
        self, info: Info, input: Annotated[PinProposedOfferInput, Argument]
    ) -> PinProposedOfferResult:
        """With a reason."""
        proposal_id = _proposal(input.proposal_id)
        run_id = await reviewing_runs.pin_proposal(
            info.context.actor, proposal_id, reason=input.reason
        )
        return await _saved(info, run_id)

    @strawberry.mutation(description="Let somebody who is proposed not be asked.")
    async def take_out_proposed_offer(
        self, info: Info, input: Annotated[TakeOutProposedOfferInput, Argument]
    ) -> TakeOutProposedOfferResult:
        """With a reason."""
        proposal_id = _proposal(input.proposal_id)
        run_id = await reviewing_runs.take_out_proposal(
            info.context.actor, proposal_id, reason=input.reason
        )
        return await _saved(info, run_id)

    @strawberry.mutation(description="Propose somebody whom the matcher did not.")
    async def add_proposed_offer(
        self, info: Info, input: Annotated[AddProposedOfferInput, Argument]
    ) -> AddProposedOfferResult:
        """With a reason; whether they may serve is judged when they are asked."""
        run_id = _run(input.run_id)
        await reviewing_runs.add_proposal(
            info.context.actor,
            run_id,
            order_id=node.decode("service_order", input.order_id, path=("input", "orderId")),
            volunteer_id=_volunteer(input.volunteer_id),
            reason=input.reason,
        )
        return await _saved(info, run_id)

    @strawberry.mutation(description="Let an arrangement be offered as staff have left it.")
    async def approve_matching_run(
        self, info: Info, input: Annotated[ApproveMatchingRunInput, Argument]
    ) -> ApproveMatchingRunResult:
        """A worker makes the offers."""
        run_id = _run(input.run_id)
        await reviewing_runs.approve_run(info.context.actor, run_id)
        return await _saved(info, run_id)

    @strawberry.mutation(description="Pin or forbid somebody for a need in every run to come.")
    async def rule_on_matching(
        self, info: Info, input: Annotated[RuleOnMatchingInput, Argument]
    ) -> RuleOnMatchingResult:
        """With a reason."""
        ruling_id = await reviewing_runs.rule(
            info.context.actor,
            node.decode("need", input.need_id, path=("input", "needId")),
            _volunteer(input.volunteer_id),
            kind=input.kind,
            reason=input.reason,
        )
        return MatchingRulingSaved(ruling=await reloaded(info, MatchingRuling.load, ruling_id))

    @strawberry.mutation(description="Let a ruling hold no more.")
    async def end_matching_ruling(
        self, info: Info, input: Annotated[EndMatchingRulingInput, Argument]
    ) -> EndMatchingRulingResult:
        """Ended twice it is ended."""
        ruling_id = node.decode("matching_ruling", input.ruling_id, path=("input", "rulingId"))
        await reviewing_runs.end_ruling(info.context.actor, ruling_id)
        return MatchingRulingSaved(ruling=await reloaded(info, MatchingRuling.load, ruling_id))
