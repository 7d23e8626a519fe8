"""What is offered for minutes, reservations, and the figures for everybody, in the contract."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.timebank.queries import honouring
from domains.timebank.queries.honouring import LEAST_HOLDERS
from domains.timebank.values import OfferKind, ReservationState
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area, Organisation, Person
from schema.node import Node
from schema.scalars import TimeMinutes
from schema.timebank import honouring_enums as _enums  # noqa: F401  # describes the enums first
from schema.timebank.accounts import TimeAccount


@strawberry.type(description="Something that is offered for minutes; everybody sees it.")
class TimeOffer(Node):
    """A service first of all; goods and benefits besides."""

    kind: OfferKind = strawberry.field(description="What it is.")
    title: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What one gets.")
    minutes: TimeMinutes = strawberry.field(description="For how many minutes.")
    stock: int | None = strawberry.field(description="How many there are; null: as many as asked.")
    left: int | None = strawberry.field(description="How many are left; null: as many as asked.")
    waiting: int = strawberry.field(description="How many wait in the queue.")
    allots_at: datetime | None = strawberry.field(
        description="When it is allotted by need among all who asked; null: as they ask."
    )
    published_at: datetime = strawberry.field(description="When it was published.")
    closed_at: datetime | None = strawberry.field(description="When it was closed, if it was.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("time_offer", row["id"]),
            kind=OfferKind(row["kind"]),
            title=row["title"],
            description=row["description"],
            minutes=TimeMinutes(row["minutes"]),
            stock=row["stock"],
            left=None if row["stock"] is None else row["stock"] - row["taken"],
            waiting=row["waiting"],
            allots_at=row["allots_at"],
            published_at=row["published_at"],
            closed_at=row["closed_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, offer_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(honouring.offers_by_id, offer_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with the others."""
        return await Area.load(info, self.row["community_id"])

    @strawberry.field(description="Who gives it, where not the community.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with the others."""
        uuid = self.row["organisation_id"]
        return None if uuid is None else await Organisation.load(info, uuid)


@strawberry.type(description="A reservation: seen by whose account it is, and by who honours it.")
class TimeReservation(Node):
    """A place in the queue, or minutes that are held."""

    state: ReservationState = strawberry.field(description="What has become of it.")
    minutes: TimeMinutes = strawberry.field(description="For how many minutes.")
    honoured_minutes: TimeMinutes | None = strawberry.field(
        description="How many were spent, once it is honoured."
    )
    asked_at: datetime = strawberry.field(description="When it was asked for.")
    honour_by: datetime | None = strawberry.field(
        description="Until when the minutes are held; null before its turn."
    )
    ended_at: datetime | None = strawberry.field(description="When it ended, if it did.")
    is_mine: bool = strawberry.field(description="Whether the caller may give it up.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        honoured = row["honoured_minutes"]
        return cls(
            id=node.encode("time_reservation", row["id"]),
            state=ReservationState(row["state"]),
            minutes=TimeMinutes(row["minutes"]),
            honoured_minutes=None if honoured is None else TimeMinutes(honoured),
            asked_at=row["asked_at"],
            honour_by=row["honour_by"],
            ended_at=row["ended_at"],
            is_mine=row["is_mine"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, reservation_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(honouring.reservations_by_id, reservation_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="What was reserved.", metadata=LOADS)
    async def offer(self, info: Info) -> TimeOffer | None:
        """Load it with the others."""
        return await TimeOffer.load(info, self.row["offer_id"])

    @strawberry.field(description="The account that pays.", metadata=LOADS)
    async def account(self, info: Info) -> TimeAccount | None:
        """Load it with the others."""
        return await TimeAccount.load(info, self.row["account_id"])

    @strawberry.field(description="For whom, where the caller knows them.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.row["person_id"])


@strawberry.type(description="How old what is outstanding is: the youngest credits make it up.")
class TimeBankAges:
    """Five ages."""

    under_one_year: TimeMinutes = strawberry.field(description="Less than a year.")
    one_to_two_years: TimeMinutes = strawberry.field(description="One year, less than two.")
    two_to_three_years: TimeMinutes = strawberry.field(description="Two years, less than three.")
    three_to_five_years: TimeMinutes = strawberry.field(description="Three years, less than five.")
    over_five_years: TimeMinutes = strawberry.field(description="Five years or more.")


@strawberry.type(description="What a time bank owes, and what it has honoured: for everybody.")
class TimeBankFigures:
    """Of one community, or of all in an area together."""

    day: date = strawberry.field(
        description="As of this day: of several communities, the day of the oldest figures."
    )
    communities: int = strawberry.field(description="How many communities are counted.")
    holders: TimeMinutes = strawberry.field(description="How many accounts hold something.")
    outstanding_minutes: TimeMinutes = strawberry.field(
        description="What accounts hold: what was promised and not honoured yet."
    )
    pool_minutes: TimeMinutes = strawberry.field(description="What the donation pool holds.")
    reserve_minutes: TimeMinutes = strawberry.field(description="What a fund stands for.")
    issued_minutes: TimeMinutes = strawberry.field(description="What was ever issued.")
    redeemed_minutes: TimeMinutes = strawberry.field(description="What was ever honoured.")
    lapsed_minutes: TimeMinutes = strawberry.field(description="What ever lapsed.")
    owed_minutes: TimeMinutes = strawberry.field(
        description="What records had earned that no longer stand, was spent before it could be"
        " taken back, and is neither settled nor waived."
    )
    waived_minutes: TimeMinutes = strawberry.field(description="What of that was ever let go.")
    redemption_per_mille: int | None = strawberry.field(
        description="Of a thousand minutes issued, how many were honoured; null where none were."
    )
    reserve_cover_per_mille: int | None = strawberry.field(
        description="Of a thousand minutes outstanding, how many the reserve stands for; null where"
        " nothing is outstanding."
    )
    ages: TimeBankAges | None = strawberry.field(
        description="How old what is outstanding is; null where fewer than five hold anything,"
        " because it would tell what each of them has."
    )

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make them from their row."""
        outstanding, issued = row["outstanding_minutes"], row["issued_minutes"]
        ages = [TimeMinutes(each) for each in row["ages"]]
        return cls(
            day=row["day"],
            communities=row["communities"],
            holders=TimeMinutes(row["holders"]),
            outstanding_minutes=TimeMinutes(outstanding),
            pool_minutes=TimeMinutes(row["pool_minutes"]),
            reserve_minutes=TimeMinutes(row["reserve_minutes"]),
            issued_minutes=TimeMinutes(issued),
            redeemed_minutes=TimeMinutes(row["redeemed_minutes"]),
            lapsed_minutes=TimeMinutes(row["lapsed_minutes"]),
            owed_minutes=TimeMinutes(row["owed_minutes"]),
            waived_minutes=TimeMinutes(row["waived_minutes"]),
            redemption_per_mille=_per_mille(row["redeemed_minutes"], issued),
            reserve_cover_per_mille=_per_mille(row["reserve_minutes"], outstanding),
            ages=TimeBankAges(
                under_one_year=ages[0],
                one_to_two_years=ages[1],
                two_to_three_years=ages[2],
                three_to_five_years=ages[3],
                over_five_years=ages[4],
            )
            if row["holders"] >= LEAST_HOLDERS
            else None,
        )


def _per_mille(part: int, whole: int) -> int | None:
    return None if whole <= 0 else min(part * 1000 // whole, 2**31 - 1)


async def _offers(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await honouring.offers_by_id(actor, ids)
    return [None if row is None else TimeOffer.of(row) for row in rows]


async def _reservations(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await honouring.reservations_by_id(actor, ids)
    return [None if row is None else TimeReservation.of(row) for row in rows]


node.register("time_offer", _offers)
node.register("time_reservation", _reservations)
