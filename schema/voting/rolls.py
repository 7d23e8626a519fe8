"""Rolls, objections, proxies and one's own polls, as the world sees them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import places
from domains.membership.values import AreaBasis
from domains.voting.queries import mine, rolls
from domains.voting.rules.acts import OpenAct as Act
from domains.voting.rules.turnout import BuildingTurnout as Cell
from domains.voting.values import (
    ObjectionAsks,
    ObjectionState,
    PollAct,
    PollState,
    ProxyRelation,
    RollBasis,
    RollStanding,
)
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.membership.types import Area
from schema.node import Node
from schema.voting import rolls_enums as _enums  # noqa: F401  # describes the enums first
from schema.voting.types import Poll

NOWHERE = "nowhere"
Within = Annotated[
    strawberry.ID | None, strawberry.argument(description="The area to look in; all if left out.")
]
OfPoll = Annotated[strawberry.ID, strawberry.argument(description="The poll.")]


@strawberry.type(description="A unit that a head on a roll of owners answers for.")
class RollUnit:
    """A unit and its area."""

    household_id: strawberry.ID = strawberry.field(description="The household of the unit.")
    unit: str = strawberry.field(description="Building and unit.")
    area_centi_m2: int = strawberry.field(description="Floor area, in hundredths of a m².")
    area_basis: AreaBasis = strawberry.field(description="Where the figure comes from.")


@strawberry.type(description="A person on a poll's roll.")
class RollEntry:
    """One voter; areas and units are for conveners, supervisors and the voter alone."""

    number: int = strawberry.field(description="Their number on this roll.")
    name: str = strawberry.field(description="Their name on the day the roll was built.")
    person_id: strawberry.ID = strawberry.field(description="The person, for other commands.")
    standing: RollStanding = strawberry.field(description="Whether they may vote.")
    basis: RollBasis | None = strawberry.field(
        description="On what they are on it; null for who may not know."
    )
    reason: str | None = strawberry.field(description="Why they were struck off, or admitted.")
    area_centi_m2: int | None = strawberry.field(
        description="The floor area that counts for them; null where none, or not to be known."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            number=row["number"],
            name=row["name"],
            person_id=node.encode("person", row["voter_id"]),
            standing=RollStanding(row["standing"]),
            basis=RollBasis(row["basis"]) if row["whole"] else None,
            reason=row["reason"],
            area_centi_m2=row["area_centi_m2"],
            row=row,
        )

    @strawberry.field(description="The units they answer for; empty where not to be known.")
    async def units(self, info: Info) -> list[RollUnit]:
        """Load them with those of the other entries."""
        if not self.row["whole"]:
            return []
        key = (self.row["poll_id"], self.row["voter_id"])
        rows = await info.context.load(rolls.roll_units, key)
        return [
            RollUnit(
                household_id=node.encode("household", row["household_id"]),
                unit=row["unit"],
                area_centi_m2=row["area_centi_m2"],
                area_basis=AreaBasis(row["area_basis"]),
            )
            for row in rows
        ]


@strawberry.type(description="An objection to a public roll.")
class RollObjection(Node):
    """What is asked is public; who asks is not."""

    asks: ObjectionAsks = strawberry.field(description="What it asks for.")
    text: str = strawberry.field(description="Why, in the objector's words.")
    state: ObjectionState = strawberry.field(description="What became of it.")
    filed_at: datetime = strawberry.field(description="When it was filed.")
    due_at: datetime = strawberry.field(description="When it is to be decided by.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    reason: str | None = strawberry.field(description="Why it was so decided.")
    late: bool = strawberry.field(
        description="Whether the decision came, or stays away, too late; it still counts."
    )
    about: str | None = strawberry.field(
        description="The name of whom it is about; null where they are not on the roll."
    )
    about_id: strawberry.ID | None = strawberry.field(description="Whom it is about.")
    objector: str | None = strawberry.field(
        description="Who objects; for conveners and themselves alone."
    )
    poll_uuid: strawberry.Private[UUID]

    @strawberry.field(description="The poll whose roll it objects to.", metadata=LOADS)
    async def poll(self, info: Info) -> Poll | None:
        """Load it with those of the other objections."""
        return await Poll.load(info, self.poll_uuid)

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            poll_uuid=row["poll_id"],
            late=row["is_late"],
            id=node.encode("objection", row["id"]),
            asks=ObjectionAsks(row["asks"]),
            text=row["text"],
            state=ObjectionState(row["state"]),
            filed_at=row["filed_at"],
            due_at=row["due_at"],
            decided_at=row["decided_at"],
            reason=row["reason"],
            about=row["about"],
            about_id=node.encode("person", row["about_id"]) if row["about_id"] else None,
            objector=row["objector"],
        )


@strawberry.type(description="That somebody votes for somebody else in a poll.")
class Proxy(Node):
    """Principal and holder are public once it is published."""

    principal: str = strawberry.field(description="Whose vote it is.")
    principal_id: strawberry.ID = strawberry.field(description="Whose vote it is, by id.")
    holder: str = strawberry.field(description="Who casts it.")
    relation: ProxyRelation | None = strawberry.field(
        description="What the holder is to the principal; for conveners and who had part in it."
    )
    has_document: bool | None = strawberry.field(
        description="Whether the written proxy was uploaded; for conveners and who had part in it."
    )
    is_carried_over: bool = strawberry.field(
        description="Whether it goes on from the round before, as the rules of a run-off let it."
    )
    filed_at: datetime = strawberry.field(description="When it was filed.")
    published_at: datetime | None = strawberry.field(description="When it was made public.")
    ended_at: datetime | None = strawberry.field(description="When it ended.")
    end_reason: str | None = strawberry.field(description="Why it ended.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("proxy", row["id"]),
            principal=row["principal"],
            principal_id=node.encode("person", row["principal_id"]),
            holder=row["holder"],
            relation=ProxyRelation(row["relation"]) if row["relation"] else None,
            has_document=row["has_document"],
            is_carried_over=row["is_carried_over"],
            filed_at=row["filed_at"],
            published_at=row["published_at"],
            ended_at=row["ended_at"],
            end_reason=row["end_reason"],
        )


@strawberry.type(description="Something that the caller may do in a poll now.")
class OpenAct:
    """What, until when, for whom."""

    act: PollAct = strawberry.field(description="What.")
    until: datetime = strawberry.field(description="The first instant at which it is too late.")
    principal: str | None = strawberry.field(
        description="For whom a ballot may be cast; null where for oneself."
    )
    principal_id: strawberry.ID | None = strawberry.field(
        description="Their id: pass it as onBehalfOfId."
    )

    @classmethod
    def of(cls, act: Act) -> Self:
        """Make it from what the rules say."""
        held = act.principal
        return cls(
            act=act.act,
            until=act.until,
            principal=held.name if held else None,
            principal_id=node.encode("person", held.principal_id) if held else None,
        )


@strawberry.type(description="A poll on whose roll the caller stands, or where they hold a proxy.")
class MyPoll:
    """The caller's part in it."""

    poll: Poll = strawberry.field(description="The poll.")
    on_roll: bool = strawberry.field(description="Whether the caller is admitted to its roll.")
    has_cast: bool = strawberry.field(description="Whether the caller's ballot is in the box.")
    may_now: list[OpenAct] = strawberry.field(
        description="What the caller may do now, the most pressing first."
    )

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        found = mine.my_poll(row)
        return cls(
            poll=Poll.of(row),
            on_roll=found.part.admitted,
            has_cast=found.part.channel is not None,
            may_now=[OpenAct.of(each) for each in found.acts],
        )


@strawberry.type(description="How many of a building took part, of how many.")
class BuildingTurnout:
    """Shown from five entitled and five participants up, and where no other follows from it."""

    entitled: int = strawberry.field(description="How many of it are on the roll.")
    participated: int = strawberry.field(
        description="How many of them took part: who cast, and who brought a paper back. Papers of"
        " a SECRET poll name nobody, and are told by building only where all of them came back."
    )
    building_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, cell: Cell) -> Self:
        """Make it from its cell."""
        assert cell.building_id is not None, "who lives nowhere is never shown"
        return cls(
            entitled=cell.entitled, participated=cell.participated, building_id=cell.building_id
        )

    @strawberry.field(description="The building.", metadata=LOADS)
    async def building(self, info: Info) -> Area | None:
        """Load it with the other buildings."""
        return await Area.load(info, self.building_id)


@strawberry.input(description="What a list of one's own polls is narrowed to.")
class MyPollFilterInput:
    """Every field narrows."""

    states: list[PollState] | None = strawberry.field(
        default=None, description="Polls in one of these states."
    )
    commissioned: bool = strawberry.field(
        default=False,
        description="Also boxes that another part of the town put to a list of people, as those"
        " of a review: they are answered there.",
    )


WhereMine = Annotated[
    MyPollFilterInput | None, strawberry.argument(description="What to narrow the list to.")
]


@strawberry.type
class RollsQuery:
    """Reading rolls, objections, proxies, and what is one's own."""

    @strawberry.field(
        description="The polls on whose roll the caller stands or where they hold a proxy."
    )
    async def my_polls(
        self, info: Info, where: WhereMine = None, first: First = None, after: After = None
    ) -> Connection[MyPoll]:
        """Read a page of them, the latest to open first."""
        states = where.states if where else None
        commissioned = bool(where and where.commissioned)
        narrowed = {"states": states, "commissioned": commissioned}
        of = listing("myPolls", {"person": info.context.actor.person_id, **narrowed})
        at = page(of, first, after)
        found = await mine.my_polls(info.context.actor, states, at, commissioned=commissioned)
        return connection(
            of, found, at, make=MyPoll.of, key=lambda row: (row["opens_at"], row["id"])
        )

    @strawberry.field(
        description="A poll's roll: names for who belongs there, the rest for whom it concerns;"
        " who was struck off stays on it while it can be objected to."
    )
    async def poll_roll(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[RollEntry]:
        """Read a page of it."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("pollRoll", {"poll": uuid})
        at = page(of, first, after)
        found = await rolls.roll_entries(info.context.actor, uuid, at)
        return connection(of, found, at, make=RollEntry.of, key=lambda row: (row["number"],))

    @strawberry.field(description="The objections to a poll's roll; empty for outsiders.")
    async def roll_objections(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[RollObjection]:
        """Read a page of them, the first first."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("rollObjections", {"poll": uuid})
        at = page(of, first, after)
        found = await rolls.objections(info.context.actor, uuid, at)
        return connection(of, found, at, make=RollObjection.of, key=_filed)

    @strawberry.field(
        description="The objections to rolls that were not decided in time and are open still, the"
        " longest overdue first; for who convenes there, empty for others."
    )
    async def overdue_roll_objections(
        self, info: Info, area_id: Within = None, first: First = None, after: After = None
    ) -> Connection[RollObjection]:
        """Read a page of them."""
        uuid = (node.known("area", area_id) or node.NOBODY) if area_id is not None else None
        place = await places.place_of(uuid) if uuid else None
        of = listing("overdueRollObjections", {"area": uuid})
        at = page(of, first, after)
        path = None if uuid is None else (place.area_path if place else NOWHERE)
        found = await rolls.overdue_objections(info.context.actor, path, at)
        return connection(
            of, found, at, make=RollObjection.of, key=lambda row: (row["due_at"], row["id"])
        )

    @strawberry.field(description="A poll's published proxies; conveners see all.")
    async def poll_proxies(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[Proxy]:
        """Read a page of them, the first first."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("pollProxies", {"poll": uuid})
        at = page(of, first, after)
        found = await rolls.proxies(info.context.actor, uuid, at)
        return connection(of, found, at, make=Proxy.of, key=_filed)

    @strawberry.field(
        description="Turnout by building once the poll is counted: a building with fewer than five"
        " entitled or participants is left out, with others where it would follow from the total."
    )
    async def turnout_by_building(self, info: Info, poll_id: OfPoll) -> list[BuildingTurnout]:
        """Read what may be shown."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        cells = await rolls.turnout_by_building(info.context.actor, uuid)
        return [BuildingTurnout.of(each) for each in cells]


def _filed(row: Row) -> tuple[datetime, UUID]:
    return row["filed_at"], row["id"]


async def _objections(actor: Actor, ids: list[UUID]) -> list[RollObjection | None]:
    rows = await rolls.objections_by_id(actor, ids)
    return [None if row is None else RollObjection.of(row) for row in rows]


async def _proxies(actor: Actor, ids: list[UUID]) -> list[Proxy | None]:
    rows = await rolls.proxies_by_id(actor, ids)
    return [None if row is None else Proxy.of(row) for row in rows]


node.register("objection", _objections)
node.register("proxy", _proxies)
