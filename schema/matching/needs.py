"""Needs, orders, places and offers, as the world sees them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries import needs, people
from domains.matching.values.needs import NeedOrigin, NeedRepeats, NeedState, SkillLevel
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.matching import needs_enums as _enums  # noqa: F401  # describes the enums first
from schema.matching.orders import ServiceOrder
from schema.matching.requirements import NeedRequirements
from schema.membership.types import Area, Organisation, Person
from schema.node import Node


@strawberry.type(description="A skill that a need asks for.")
class NeedSkill:
    """Who serves has all of them, on the day."""

    name: str = strawberry.field(description="What.")
    level: SkillLevel = strawberry.field(description="How sure it has to be.")


@strawberry.type(description="What somebody needs, once or every week.")
class Need(Node):
    """Who belongs sees it once it is verified; what is private is for those matched."""

    number: str = strawberry.field(description="Its number.")
    state: NeedState = strawberry.field(description="How far it has come.")
    origin: NeedOrigin = strawberry.field(description="How it came to be known.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What it is called.")
    public_text: str = strawberry.field(description="What everybody may know of it.")
    place: str = strawberry.field(description="Where, roughly.")
    latitude_e6: int | None = strawberry.field(
        description="Where, to a thousandth of a degree, in millionths; north is positive."
    )
    longitude_e6: int | None = strawberry.field(
        description="Where, to a thousandth of a degree, in millionths; east is positive."
    )
    urgency: int = strawberry.field(description="How urgent: 1 can wait, 4 cannot.")
    people_wanted: int = strawberry.field(description="How many people each time takes.")
    least_age: int | None = strawberry.field(description="The least age of who serves.")
    is_risky: bool = strawberry.field(
        description="Whether only who is insured for it, and no minor, may serve."
    )
    risks: str = strawberry.field(description="What the risks are; may be empty.")
    time_bank_class: str | None = strawberry.field(
        description="The time bank's class that it earns in; the kind of service unless told."
    )
    may_be_taken: bool = strawberry.field(
        description="Whether a volunteer may take it directly from the list."
    )
    repeats: NeedRepeats = strawberry.field(description="Whether its times come again.")
    repeats_until: date | None = strawberry.field(description="Up to which day.")
    version: int = strawberry.field(description="To be given back when editing.")
    posted_at: datetime = strawberry.field(description="Since when it is known.")
    decided_at: datetime | None = strawberry.field(description="When it was verified or rejected.")
    ended_at: datetime | None = strawberry.field(description="When it came to its end.")
    has_details: bool = strawberry.field(
        description="Whether there is something private; who is matched may open it."
    )
    is_mine: bool = strawberry.field(
        description="Whether the caller is served, posted it, or helps."
    )
    is_favourite: bool = strawberry.field(description="Whether the caller keeps it.")
    distance_m: int | None = strawberry.field(
        description="Metres to the position that the list was asked for; null elsewhere."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("need", row["id"]),
            number=str(row["number"]),
            state=NeedState(row["state"]),
            origin=NeedOrigin(row["origin"]),
            service_class=ServiceClass(row["service_class"]),
            repeats=NeedRepeats(row["repeats"]),
            **{name: row[name] for name in _PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, need_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(needs.needs_by_id, need_id)
        return None if row is None else cls.of(row)

    @strawberry.field(
        description="Why it was rejected or withdrawn; for whose it is and for staff."
    )
    def reason(self) -> str | None:
        """Tell it to those concerned."""
        reason: str | None = self.row["reason"]
        return reason if self.row["knows"] else None

    @strawberry.field(description="The skills that it asks for.", metadata=LOADS)
    async def skills(self, info: Info) -> list[NeedSkill]:
        """Load them with those of the other needs; 5 at most."""
        rows = await info.context.load(needs.skills_by_need, self.row["id"])
        return [NeedSkill(name=row["name"], level=SkillLevel(row["level"])) for row in rows]

    @strawberry.field(description="Its times, the first first; 100 at most.", metadata=LOADS)
    async def orders(self, info: Info) -> list[ServiceOrder]:
        """Load them with those of the other needs."""
        return await ServiceOrder.of_need(info, self.row["id"])

    @strawberry.field(
        description="Who is served; for whose it is, who is matched, and staff.", metadata=LOADS
    )
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other needs."""
        if not self.row["knows"]:
            return None
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(
        description="What the one served is called; for the same people.", metadata=LOADS
    )
    async def person_name(self, info: Info) -> str | None:
        """Load it with those of the other needs."""
        if not self.row["knows"]:
            return None
        return await info.context.load(people.names, self.row["person_id"])

    @strawberry.field(
        description="What who helps the one served is called; for the same people.",
        metadata=LOADS,
    )
    async def helper_name(self, info: Info) -> str | None:
        """Load it with those of the other needs."""
        helper_id: UUID | None = self.row["helper_id"]
        if helper_id is None or not self.row["knows"]:
            return None
        return await info.context.load(people.names, helper_id)

    @strawberry.field(description="Who hosts the service.", metadata=LOADS)
    async def host(self, info: Info) -> Organisation | None:
        """Load it with those of the other needs."""
        host_id: UUID | None = self.row["host_id"]
        return None if host_id is None else await Organisation.load(info, host_id)

    @strawberry.field(
        description="What it takes besides people; null where people are enough.", metadata=LOADS
    )
    async def requirements(self, info: Info) -> NeedRequirements | None:
        """Load it with those of the other needs."""
        return await NeedRequirements.load(info, self.row["id"])

    @strawberry.field(description="The organisation that asks; null for people.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other needs."""
        asking: UUID | None = self.row["organisation_id"]
        return None if asking is None else await Organisation.load(info, asking)

    @strawberry.field(description="Where it lies.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other needs."""
        return await Area.load(info, self.row["area_id"])


_PLAIN = (
    *("title", "public_text", "place", "latitude_e6", "longitude_e6", "urgency"),
    *("people_wanted", "least_age", "is_risky", "risks", "time_bank_class", "may_be_taken"),
    *("repeats_until", "version", "posted_at", "decided_at", "ended_at", "has_details"),
    *("is_mine", "is_favourite", "distance_m"),
)


async def _needs(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await needs.needs_by_id(actor, ids)
    return [None if row is None else Need.of(row) for row in rows]


node.register("need", _needs)
NeedId = Annotated[strawberry.ID, strawberry.argument(description="The need.")]
