"""What needs take besides people, what runs propose of it, and the money that waits for a yes."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self, cast
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries import requirements, runs
from domains.matching.values.requirements import MoneyProposalState, SelectionDecision
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.enums import describe
from schema.matching.funds import Fund
from schema.matching.orders import ServiceOrder
from schema.matching.resources import Resource
from schema.membership.types import Organisation, Person
from schema.node import Node
from schema.scalars import Fen

if TYPE_CHECKING:
    from schema.matching.needs import Need

describe(
    SelectionDecision,
    "What became of what a run proposes for an order besides people.",
    PROPOSED="Nothing yet; also where nobody is asked to serve.",
    SETTLED="It is in place: people are asked to serve.",
    REFUSED="A part could not be had, so nobody was asked; the refusal says which.",
)
describe(
    MoneyProposalState,
    "Whether who keeps the money has answered.",
    PROPOSED="It waits for an answer; nothing has moved.",
    ACCEPTED="It was set aside for a line of a budget.",
    REFUSED="It was refused, with a reason; it is sought again.",
)


@strawberry.type(description="Money that a run proposes for a need; only a yes moves it.")
class MoneyProposal(Node):
    """Seen by who keeps the exchange, the community's money, or the fund's account."""

    state: MoneyProposalState = strawberry.field(description="Whether it was answered.")
    amount_fen: Fen = strawberry.field(description="How much.")
    proposed_at: datetime = strawberry.field(description="Since when it waits.")
    decided_at: datetime | None = strawberry.field(description="When it was answered.")
    reason: str | None = strawberry.field(description="Why it was refused.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("money_proposal", row["id"]),
            state=MoneyProposalState(row["state"]),
            amount_fen=Fen(row["fen"]),
            proposed_at=row["proposed_at"],
            decided_at=row["decided_at"],
            reason=row["reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, proposal_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(requirements.money_by_id, proposal_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Out of which fund.", metadata=LOADS)
    async def fund(self, info: Info) -> Fund | None:
        """Load it with those of the other proposals."""
        return await Fund.load(info, self.row["fund_id"])

    @strawberry.field(description="For which need.", metadata=LOADS)
    async def need(
        self, info: Info
    ) -> Annotated["Need", strawberry.lazy("schema.matching.needs")] | None:
        """Load it with those of the other proposals."""
        found = await node.load(info, "need", self.row["need_id"])
        return cast("Need | None", found)


@strawberry.type(description="What a need takes besides people.")
class NeedRequirements:
    """As staff said it; seen with the need."""

    wants_host: bool = strawberry.field(
        description="Whether another host is sought than the community's body."
    )
    is_host_found: bool = strawberry.field(description="Whether it is there.")
    supervision: int = strawberry.field(
        description="How much supervision it takes; a project takes one."
    )
    qualification: str = strawberry.field(
        description="Which title who supervises has; empty where any will do."
    )
    cost_fen: Fen = strawberry.field(description="What it costs.")
    purpose: ServiceClass | None = strawberry.field(description="For what the money is.")
    wants_venue: bool = strawberry.field(description="Whether it takes a venue.")
    room: int = strawberry.field(description="For how many seats.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            wants_host=row["wants_host"],
            is_host_found=row["host_settled_at"] is not None,
            supervision=row["supervision"],
            qualification=row["qualification"],
            cost_fen=Fen(row["cost_fen"]),
            purpose=ServiceClass(row["purpose"]) if row["purpose"] else None,
            wants_venue=row["wants_venue"],
            room=row["room"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, need_id: UUID) -> Self | None:
        """Load it with those of the other needs; None where it takes people alone."""
        row = await info.context.load(requirements.requirements_by_need, need_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The social worker who supervises.", metadata=LOADS)
    async def supervisor(self, info: Info) -> Person | None:
        """Load them with those of the other needs."""
        person_id = self.row["supervisor_id"]
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(
        description="The money that is proposed for it; for who keeps the exchange or the money.",
        metadata=LOADS,
    )
    async def money(self, info: Info) -> list[MoneyProposal]:
        """Load it with that of the other needs."""
        rows = await info.context.load(requirements.money_by_need, self.row["need_id"])
        return [MoneyProposal.of(row) for row in rows]


@strawberry.type(description="Money that a run would take out of a fund.")
class SelectedMoney:
    """A part of a selection."""

    amount_fen: Fen = strawberry.field(description="How much.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Out of which fund.", metadata=LOADS)
    async def fund(self, info: Info) -> Fund | None:
        """Load it with those of the other selections."""
        return await Fund.load(info, self.row["fund_id"])


@strawberry.type(description="What a run proposes for an order besides people.")
class RunSelection:
    """A host, supervision and money are there once for all times of a need: the first has them."""

    decision: SelectionDecision = strawberry.field(description="What became of it.")
    refusal: str | None = strawberry.field(
        description="The code of what kept it from being put in place."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(decision=SelectionDecision(row["decision"]), refusal=row["refusal"], row=row)

    @strawberry.field(description="The order.", metadata=LOADS)
    async def order(self, info: Info) -> ServiceOrder | None:
        """Load it with those of the other selections."""
        return await ServiceOrder.load(info, self.row["order_id"])

    @strawberry.field(description="Who would host.", metadata=LOADS)
    async def host(self, info: Info) -> Organisation | None:
        """Load it with those of the other selections."""
        host_id = self.row["host_id"]
        return None if host_id is None else await Organisation.load(info, host_id)

    @strawberry.field(description="The social worker who would supervise.", metadata=LOADS)
    async def worker(self, info: Info) -> Person | None:
        """Load them with those of the other selections."""
        worker_id = self.row["worker_id"]
        return None if worker_id is None else await Person.load(info, worker_id)

    @strawberry.field(description="Where it would be.", metadata=LOADS)
    async def venue(self, info: Info) -> Resource | None:
        """Load it with those of the other selections."""
        venue_id = self.row["venue_id"]
        return None if venue_id is None else await Resource.load(info, venue_id)

    @strawberry.field(description="What would pay for it.", metadata=LOADS)
    async def money(self, info: Info) -> list[SelectedMoney]:
        """Load it with that of the other selections."""
        key = (self.row["run_id"], self.row["order_id"])
        rows = await info.context.load(runs.money_by_selection, key)
        return [SelectedMoney(amount_fen=Fen(row["fen"]), row=row) for row in rows]


async def _money(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await requirements.money_by_id(actor, ids)
    return [MoneyProposal.of(row) if row else None for row in rows]


node.register("money_proposal", _money)
