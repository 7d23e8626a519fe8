"""Relatives, needs and orders, in the contract."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.timebank.queries import staff
from domains.timebank.values import OrderKind, OrderState, Relation, ShortfallState
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Person
from schema.node import Node
from schema.scalars import TimeMinutes
from schema.timebank import staff_enums as _enums  # noqa: F401  # describes the enums first
from schema.timebank.accounts import TimeAccount


@strawberry.type(description="That two people are relatives; only the two see it.")
class TimeRelative(Node):
    """Declared by one, confirmed by the other."""

    relation: Relation = strawberry.field(description="What the other is to who declared it.")
    declared_by_me: bool = strawberry.field(description="Whether the caller declared it.")
    declared_at: datetime = strawberry.field(description="When it was declared.")
    confirmed_at: datetime | None = strawberry.field(
        description="When it was confirmed; null while it waits."
    )
    ended_at: datetime | None = strawberry.field(description="When it was ended, if it was.")
    other_uuid: strawberry.Private[UUID]

    @classmethod
    def seen(cls, row: Row, actor: Actor) -> Self:
        """Make it from its row, as one of the two sees it."""
        mine = row["person_id"] == actor.person_id
        return cls(
            id=node.encode("time_relative", row["id"]),
            relation=Relation(row["relation"]),
            declared_by_me=mine,
            declared_at=row["declared_at"],
            confirmed_at=row["confirmed_at"],
            ended_at=row["ended_at"],
            other_uuid=row["relative_id"] if mine else row["person_id"],
        )

    @classmethod
    async def load(cls, info: Info, kinship_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(staff.relatives_by_id, kinship_id)
        return None if row is None else cls.seen(row, info.context.actor)

    @strawberry.field(description="The other, where the caller knows them.", metadata=LOADS)
    async def other(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.other_uuid)


@strawberry.type(
    description="That somebody's need goes first: seen by them and by who keeps the time bank. The"
    " group that they are in is read by `openNeedGroup`, which is audited."
)
class TimeNeed(Node):
    """Assessed by one, approved by another, for a while."""

    rank: int = strawberry.field(description="The place in the queue: 1 is first.")
    valid_until: date = strawberry.field(description="Its last day.")
    assessed_at: datetime = strawberry.field(description="When it was assessed.")
    approved: bool | None = strawberry.field(description="Whether; null while it waits.")
    decided_at: datetime | None = strawberry.field(description="When that was decided.")
    ended_at: datetime | None = strawberry.field(description="When it was ended, if it was.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("time_need", row["id"]),
            rank=row["rank"],
            valid_until=row["valid_until"],
            assessed_at=row["assessed_at"],
            approved=row["approved"],
            decided_at=row["decided_at"],
            ended_at=row["ended_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, need_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(staff.needs_by_id, need_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Whose need.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.row["person_id"])


@strawberry.type(
    description="Minutes of a record that no longer stands, which were spent before they could be"
    " taken back: seen by their holder and by who keeps the time bank."
)
class TimeShortfall(Node):
    """Settled with the holder or waived, by two of the staff."""

    state: ShortfallState = strawberry.field(description="What has become of it.")
    owed_minutes: TimeMinutes = strawberry.field(description="How many could not be taken back.")
    taken_minutes: TimeMinutes = strawberry.field(description="How many were taken by agreement.")
    reason: str = strawberry.field(description="Why the record no longer stands.")
    found_at: datetime = strawberry.field(description="When.")
    closed_at: datetime | None = strawberry.field(description="When it was settled or waived.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("time_shortfall", row["id"]),
            state=ShortfallState(row["state"]),
            owed_minutes=TimeMinutes(row["owed_minutes"]),
            taken_minutes=TimeMinutes(row["taken_minutes"]),
            reason=row["reason"],
            found_at=row["found_at"],
            closed_at=row["closed_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, shortfall_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(staff.shortfalls_by_id, shortfall_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The account that was credited.", metadata=LOADS)
    async def account(self, info: Info) -> TimeAccount | None:
        """Load it with the others."""
        return await TimeAccount.load(info, self.row["account_id"])


@strawberry.type(description="What one of the staff asked for, and another approves or declines.")
class TimeOrder(Node):
    """Seen by who keeps the time bank."""

    kind: OrderKind = strawberry.field(description="What for.")
    state: OrderState = strawberry.field(description="What has become of it.")
    minutes: TimeMinutes | None = strawberry.field(
        description="How many; with a minus, what is taken away."
    )
    transfer_id: strawberry.ID | None = strawberry.field(
        description="The transfer that is to be reversed, if any."
    )
    reason: str = strawberry.field(description="Why it was asked for.")
    proposed_at: datetime = strawberry.field(description="When.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decision_reason: str | None = strawberry.field(description="Why so.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        reverses = row["reverses_id"]
        return cls(
            id=node.encode("time_order", row["id"]),
            kind=OrderKind(row["kind"]),
            state=OrderState(row["state"]),
            minutes=None if row["minutes"] is None else TimeMinutes(row["minutes"]),
            transfer_id=None if reverses is None else node.encode("time_transfer", reverses),
            reason=row["reason"],
            proposed_at=row["proposed_at"],
            decided_at=row["decided_at"],
            decision_reason=row["decision_reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, order_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(staff.orders_by_id, order_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The account that it is about, if any.", metadata=LOADS)
    async def account(self, info: Info) -> TimeAccount | None:
        """Load it with the others."""
        uuid = self.row["account_id"]
        return None if uuid is None else await TimeAccount.load(info, uuid)

    @strawberry.field(description="What it settles or waives, if anything.", metadata=LOADS)
    async def shortfall(self, info: Info) -> TimeShortfall | None:
        """Load it with the others."""
        uuid = self.row["shortfall_id"]
        return None if uuid is None else await TimeShortfall.load(info, uuid)

    @strawberry.field(description="Who asked.", metadata=LOADS)
    async def proposed_by(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.row["proposed_by"])

    @strawberry.field(description="Who decided.", metadata=LOADS)
    async def decided_by(self, info: Info) -> Person | None:
        """Load them with the others."""
        uuid = self.row["decided_by"]
        return None if uuid is None else await Person.load(info, uuid)


async def _relatives(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await staff.relatives_by_id(actor, ids)
    return [None if row is None else TimeRelative.seen(row, actor) for row in rows]


async def _needs(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await staff.needs_by_id(actor, ids)
    return [None if row is None else TimeNeed.of(row) for row in rows]


async def _orders(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await staff.orders_by_id(actor, ids)
    return [None if row is None else TimeOrder.of(row) for row in rows]


async def _shortfalls(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await staff.shortfalls_by_id(actor, ids)
    return [None if row is None else TimeShortfall.of(row) for row in rows]


node.register("time_shortfall", _shortfalls)
node.register("time_relative", _relatives)
node.register("time_need", _needs)
node.register("time_order", _orders)
