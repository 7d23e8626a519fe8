"""Demands that an item be made public: read by everybody, supported by residents."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import questions as queries
from domains.disclosure.service import demands
from domains.disclosure.values.questions import DemandReach, DemandState
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure import questions_enums as _enums  # noqa: F401  # describes the enums first
from schema.disclosure.catalogue import CatalogueItem, Obligation
from schema.disclosure.places import NOWHERE, path_of
from schema.errors import Refused
from schema.membership.types import Area, Person, reloaded
from schema.node import Node

Argument = strawberry.argument(description="What to do.")
WHICH = "The demand."


@strawberry.type(description="Residents together ask that an item be made public.")
class DisclosureDemand(Node):
    """Enough of them force it open."""

    code: str = strawberry.field(description="The item's code in the catalogue.")
    title: str = strawberry.field(description="What is to be made public.")
    text: str = strawberry.field(description="Why.")
    state: DemandState = strawberry.field(description="How far it has come.")
    raised_at: datetime = strawberry.field(description="When it was raised.")
    closes_at: datetime = strawberry.field(
        description="The first instant at which it collects no more."
    )
    residents: int = strawberry.field(description="How many adult residents stand behind it.")
    resident_roll: int = strawberry.field(description="Of how many, when last counted.")
    representatives: int = strawberry.field(description="How many representatives do.")
    representative_roll: int = strawberry.field(description="Of how many, when last counted.")
    reached_by: DemandReach | None = strawberry.field(description="Whose share forced it open.")
    ended_at: datetime | None = strawberry.field(description="When it came to its end.")
    i_support: bool = strawberry.field(description="Whether the caller stands behind it.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("demand", row["id"]),
            code=row["code"],
            title=row["title"],
            text=row["text"],
            state=DemandState(row["state"]),
            raised_at=row["raised_at"],
            closes_at=row["closes_at"],
            residents=row["residents"],
            resident_roll=row["resident_roll"],
            representatives=row["representatives"],
            representative_roll=row["representative_roll"],
            reached_by=DemandReach(row["reached_by"]) if row["reached_by"] else None,
            ended_at=row["ended_at"],
            i_support=row["i_support"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, demand_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.demands_by_id, demand_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other demands."""
        return await Area.load(info, self.row["community_id"])

    @strawberry.field(description="The item of the catalogue.", metadata=LOADS)
    async def item(self, info: Info) -> CatalogueItem | None:
        """Load it with those of the other demands."""
        return await CatalogueItem.load(info, self.row["item_id"])

    @strawberry.field(description="The duty that came of it.", metadata=LOADS)
    async def obligation(self, info: Info) -> Obligation | None:
        """Load it with those of the other demands."""
        obligation_id = self.row["obligation_id"]
        return await Obligation.load(info, obligation_id) if obligation_id else None

    @strawberry.field(
        description="Who raised it, a surname and a star.",
        metadata=LOADS,
    )
    async def raised_by_name(self, info: Info) -> str | None:
        """Load it with those of the other demands."""
        return await info.context.load(queries.masked_names, self.row["raised_by_id"])

    @strawberry.field(description="Who raised it, as far as the caller knows them.", metadata=LOADS)
    async def raised_by(self, info: Info) -> Person | None:
        """Load them with those of the other demands."""
        return await Person.load(info, self.row["raised_by_id"])


async def _demands(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.demands_by_id(actor, ids)
    return [DisclosureDemand.of(row) if row else None for row in found]


node.register("demand", _demands)


@strawberry.input(description="What a list of demands is narrowed to.")
class DisclosureDemandFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this area and of what lies in it."
    )
    states: list[DemandState] | None = strawberry.field(
        default=None, description="In one of these states."
    )


@strawberry.type
class DemandsQuery:
    """What residents want to see."""

    @strawberry.field(description="A demand; null where there is none.")
    async def disclosure_demand(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description=WHICH)],
    ) -> DisclosureDemand | None:
        """Answer alike for malformed and absent."""
        uuid = node.known("demand", id)
        return None if uuid is None else await DisclosureDemand.load(info, uuid)

    @strawberry.field(description="Demands that items be made public, the latest first.")
    async def disclosure_demands(
        self,
        info: Info,
        where: Annotated[
            DisclosureDemandFilterInput | None, strawberry.argument(description="Which.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[DisclosureDemand]:
        """Read a page of them."""
        given = where or DisclosureDemandFilterInput()
        path = await path_of(given.area_id) or NOWHERE if given.area_id is not None else None
        states = tuple(given.states) if given.states is not None else None
        of = listing("disclosureDemands", {"path": path, "states": states})
        at = page(of, first, after)
        found = await queries.demands(info.context.actor, path, states, at)
        return connection(of, found, at, make=DisclosureDemand.of, key=lambda row: (row["id"],))


@strawberry.input(description="A demand to be raised.")
class RaiseDisclosureDemandInput:
    """Of which community, for which item, and why."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    code: str = strawberry.field(description="The item's code in the catalogue.")
    title: str = strawberry.field(description="What is to be made public, 2 to 120 characters.")
    text: str = strawberry.field(description="Why, 2 to 2,000 characters, as plain text.")
    idempotency_key: UUID = strawberry.field(
        description="A key of the client's own: the same command with it happens once."
    )


@strawberry.input(description="A demand to be supported.")
class SupportDisclosureDemandInput:
    """Which."""

    demand_id: strawberry.ID = strawberry.field(description=WHICH)


@strawberry.input(description="A demand to be given up.")
class WithdrawDisclosureDemandInput:
    """Which."""

    demand_id: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: UUID = strawberry.field(
        description="A key of the client's own: the same command with it happens once."
    )


@strawberry.type(description="The demand as it stands now.")
class DisclosureDemandPayload:
    """What came of a command."""

    demand: DisclosureDemand = strawberry.field(description=WHICH)
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


RaiseDisclosureDemandResult = Annotated[
    DisclosureDemandPayload | Refused,
    strawberry.union("RaiseDisclosureDemandResult", description="The demand, or why not."),
]
SupportDisclosureDemandResult = Annotated[
    DisclosureDemandPayload | Refused,
    strawberry.union("SupportDisclosureDemandResult", description="Supported, or why not."),
]
WithdrawDisclosureDemandResult = Annotated[
    DisclosureDemandPayload | Refused,
    strawberry.union("WithdrawDisclosureDemandResult", description="Given up, or why not."),
]


async def _payload(
    info: Info, demand_id: UUID, *, replayed: bool = False
) -> DisclosureDemandPayload:
    found = await reloaded(info, DisclosureDemand.load, demand_id)
    assert found is not None, "a demand is there for everybody"
    return DisclosureDemandPayload(demand=found, replayed=replayed)


@strawberry.type
class DemandsMutation:
    """Raising demands, and standing behind them."""

    @strawberry.mutation(description="Ask, with others, that an item be made public.")
    async def raise_disclosure_demand(
        self, info: Info, input: Annotated[RaiseDisclosureDemandInput, Argument]
    ) -> RaiseDisclosureDemandResult:
        """Raise it."""
        demand_id, replayed = await demands.raise_demand(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            code=input.code,
            title=input.title,
            text=input.text,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, demand_id, replayed=replayed)

    @strawberry.mutation(description="Stand behind a demand; twice is once.")
    async def support_disclosure_demand(
        self, info: Info, input: Annotated[SupportDisclosureDemandInput, Argument]
    ) -> SupportDisclosureDemandResult:
        """Support it."""
        demand_id = node.decode("demand", input.demand_id, path=("input", "demandId"))
        await demands.support_demand(info.context.actor, demand_id)
        return await _payload(info, demand_id)

    @strawberry.mutation(description="Give up a demand that the caller raised.")
    async def withdraw_disclosure_demand(
        self, info: Info, input: Annotated[WithdrawDisclosureDemandInput, Argument]
    ) -> WithdrawDisclosureDemandResult:
        """Give it up."""
        demand_id = node.decode("demand", input.demand_id, path=("input", "demandId"))
        replayed = await demands.withdraw_demand(
            info.context.actor, demand_id, idempotency_key=input.idempotency_key
        )
        return await _payload(info, demand_id, replayed=replayed)
