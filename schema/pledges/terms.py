"""What a pledge says: its terms, their milestones and partners, as the world sees them."""

from asyncio import gather
from datetime import date
from typing import Self

import strawberry

from domains.kernel.database import Row
from domains.pledges.queries import pledges
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area, Organisation, Person
from schema.scalars import Fen


@strawberry.type(description="What a pledge is measured by.")
class PledgeTarget:
    """A number, its unit, and how it is measured."""

    number: int = strawberry.field(description="How many.")
    unit: str = strawberry.field(description="Of what.")
    measure: str = strawberry.field(description="How that is measured.")


@strawberry.type(description="A step on the way; the weights of a pledge's milestones make 100.")
class PledgeMilestone:
    """Reached where a report of it stands."""

    id: strawberry.ID = strawberry.field(
        description="The milestone, for reports and changes; it stays through all versions."
    )
    position: int = strawberry.field(description="Its place.")
    title: str = strawberry.field(description="What is to be reached.")
    due_on: date = strawberry.field(description="By which day.")
    weight: int = strawberry.field(description="Its share of the whole, in hundredths.")
    reached_on: date | None = strawberry.field(
        description="The day that its report counts for; null while it is open."
    )

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("pledge_milestone", row["key"]),
            position=row["position"],
            title=row["title"],
            due_on=row["due_on"],
            weight=row["weight"],
            reached_on=row["reached_on"],
        )


@strawberry.type(description="What is promised, by whom, where, for whom, by when, how measured.")
class PledgeTerms:
    """One version; it never changes."""

    version: int = strawberry.field(description="Which version of the pledge's terms.")
    title: str = strawberry.field(description="What is promised, in a line.")
    content: str = strawberry.field(description="What is promised.")
    responsible_name: str = strawberry.field(
        description="The name of who answers for it: public with the promise."
    )
    place: str = strawberry.field(description="Where exactly, in words; may be empty.")
    beneficiaries: str = strawberry.field(description="For whom.")
    budget_fen: Fen = strawberry.field(description="What it may cost, in fen.")
    deadline: date = strawberry.field(description="By which day it is delivered.")
    target: PledgeTarget = strawberry.field(description="What it is measured by.")
    row: strawberry.Private[Row]
    key: strawberry.Private[pledges.VersionKey]

    @classmethod
    def of(cls, row: Row, key: pledges.VersionKey) -> Self:
        """Make it from a row that holds a version's columns."""
        return cls(
            version=key[1],
            title=row["title"],
            content=row["content"],
            responsible_name=row["person_name"],
            place=row["place"],
            beneficiaries=row["beneficiaries"],
            budget_fen=Fen(row["budget_fen"]),
            deadline=row["deadline"],
            target=PledgeTarget(
                number=row["target_number"],
                unit=row["target_unit"],
                measure=row["target_measure"],
            ),
            row=row,
            key=key,
        )

    @strawberry.field(description="The body that answers for it.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other pledges."""
        return await Organisation.load(info, self.row["organisation_id"])

    @strawberry.field(
        description="Who answers for it, as far as the caller may know them.", metadata=LOADS
    )
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other pledges."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="The area where it is delivered.", metadata=LOADS)
    async def place_area(self, info: Info) -> Area | None:
        """Load it with those of the other pledges."""
        return await Area.load(info, self.row["place_area_id"])

    @strawberry.field(description="Its milestones, in order.", metadata=LOADS)
    async def milestones(self, info: Info) -> list[PledgeMilestone]:
        """Load them with those of the other pledges; 20 at most."""
        rows = await info.context.load(pledges.milestones, self.key)
        return [PledgeMilestone.of(row) for row in rows]

    @strawberry.field(description="Who takes part besides the body; 20 at most.")
    async def partners(self, info: Info) -> list[Organisation]:
        """Load them with those of the other pledges."""
        rows = await info.context.load(pledges.partners, self.key)
        # Asked for together, before the first is waited for.
        loads = [Organisation.load(info, row["organisation_id"]) for row in rows]
        found = await gather(*loads)
        return [each for each in found if each is not None]
