"""Saying what a need takes besides people, and answering for the money."""

from typing import Annotated

import strawberry

from domains.matching.service import money_proposals, requirements
from domains.matching.service.requirements import Requirements
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.needs import Need
from schema.matching.needs_mutations import NeedPayload, need_of
from schema.matching.requirements import MoneyProposal
from schema.membership.types import reloaded
from schema.scalars import Fen
from schema.volunteering.inputs import Argument


@strawberry.input(description="What a need takes besides people; it replaces what was said.")
class SetNeedRequirementsInput:
    """What is left out is not wanted."""

    need_id: strawberry.ID = strawberry.field(description="The need.")
    wants_host: bool = strawberry.field(
        default=False, description="Whether another host is sought than the community's body."
    )
    supervision: int = strawberry.field(
        default=0, description="How much supervision, 0 to 20; a project takes one."
    )
    qualification: str = strawberry.field(
        default="", description="Which title who supervises has; any, where it is empty."
    )
    cost_fen: Fen = strawberry.field(default=Fen(0), description="What it costs in all.")
    purpose: ServiceClass | None = strawberry.field(
        default=None, description="For what the money is; wanted with money, and only with it."
    )
    wants_venue: bool = strawberry.field(default=False, description="Whether it takes a venue.")
    room: int = strawberry.field(
        default=0, description="For how many seats; wanted with a venue, and only with it."
    )


@strawberry.input(description="The answer to a proposal of money.")
class DecideMoneyProposalInput:
    """By who keeps the fund."""

    proposal_id: strawberry.ID = strawberry.field(description="The proposal.")
    accepts: bool = strawberry.field(description="Whether the money is set aside.")
    line_id: strawberry.ID | None = strawberry.field(
        default=None, description="With a yes: for which line of a project's budget."
    )
    reason: str | None = strawberry.field(
        default=None, description="With a no: why, 2 to 200 characters."
    )


@strawberry.type(description="The proposal, as things stand now.")
class MoneyProposalSaved:
    """After the answer."""

    proposal: MoneyProposal | None = strawberry.field(description="The proposal.")


SetNeedRequirementsResult = Annotated[
    NeedPayload | Refused,
    strawberry.union("SetNeedRequirementsResult", description="The need, or why not."),
]
DecideMoneyProposalResult = Annotated[
    MoneyProposalSaved | Refused,
    strawberry.union("DecideMoneyProposalResult", description="The proposal, or why not."),
]


@strawberry.type
class RequirementsMutation:
    """What needs take besides people."""

    @strawberry.mutation(description="Say what a need takes besides people; for staff.")
    async def set_need_requirements(
        self, info: Info, input: Annotated[SetNeedRequirementsInput, Argument]
    ) -> SetNeedRequirementsResult:
        """Hand it to the domain."""
        wanted = Requirements(
            wants_host=input.wants_host,
            supervision=input.supervision,
            qualification=input.qualification,
            cost_fen=int(input.cost_fen),
            purpose=input.purpose,
            wants_venue=input.wants_venue,
            room=input.room,
        )
        need_id = await requirements.set_requirements(
            info.context.actor, need_of(input.need_id), wanted
        )
        return NeedPayload(need=await reloaded(info, Need.load, need_id))

    @strawberry.mutation(description="Set aside the money that a run proposes, or refuse it.")
    async def decide_money_proposal(
        self, info: Info, input: Annotated[DecideMoneyProposalInput, Argument]
    ) -> DecideMoneyProposalResult:
        """Hand it to the domain."""
        proposal_id = await money_proposals.decide_money(
            info.context.actor,
            node.decode("money_proposal", input.proposal_id, path=("input", "proposalId")),
            accepts=input.accepts,
            line_id=node.decode_optional("budget_line", input.line_id, path=("input", "lineId")),
            reason=input.reason,
        )
        return MoneyProposalSaved(proposal=await reloaded(info, MoneyProposal.load, proposal_id))
