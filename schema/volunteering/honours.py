"""Stars, medals, bans and figures."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.volunteering.queries import gathering, honours
from domains.volunteering.service import honouring, opposing
from domains.volunteering.values.honours import (
    HonourObjectionState,
    VolunteerHonourKind,
    VolunteerHonourState,
)
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.membership.types import Person, reloaded
from schema.node import Node
from schema.volunteering import honours_enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.inputs import Argument
from schema.volunteering.queries import Within, path_of
from schema.volunteering.volunteers import Volunteer
from schema.volunteering.volunteers_mutations import VolunteerPayload, volunteer_payload


@strawberry.type(description="That somebody says an honour should not be granted.")
class HonourObjection:
    """Seen by who sees the honour; who filed it stays unnamed."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why.")
    filed_at: datetime = strawberry.field(description="When.")
    state: HonourObjectionState = strawberry.field(description="What became of it.")
    answer: str | None = strawberry.field(description="The answer.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")
    is_mine: bool = strawberry.field(description="Whether the caller filed it.")

    @classmethod
    def of(cls, row: Row, person_id: UUID | None) -> Self:
        """Make it from its row, for a person's eyes."""
        return cls(
            id=node.encode("honour_objection", row["id"]),
            reason=row["reason"],
            filed_at=row["filed_at"],
            state=HonourObjectionState(row["state"]),
            answer=row["answer"],
            answered_at=row["answered_at"],
            is_mine=person_id is not None and row["by_id"] == person_id,
        )


@strawberry.type(description="A star or a medal.")
class VolunteerHonour(Node):
    """Public to who belongs, from its notice on."""

    kind: VolunteerHonourKind = strawberry.field(description="What it is.")
    code: str = strawberry.field(description="Its code in the policy.")
    level: int = strawberry.field(description="How high.")
    title: str = strawberry.field(description="What it is called, in the caller's language.")
    state: VolunteerHonourState = strawberry.field(description="How far it has come.")
    minutes: int = strawberry.field(description="The final minutes that it was found by.")
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")
    noticed_at: datetime = strawberry.field(description="When its notice began.")
    notice_until: datetime = strawberry.field(description="The first instant after its notice.")
    approved_at: datetime | None = strawberry.field(description="When it was approved.")
    granted_at: datetime | None = strawberry.field(description="When it was granted.")
    ended_at: datetime | None = strawberry.field(description="When it was refused or revoked.")
    end_reason: str | None = strawberry.field(description="Why it was refused or revoked.")
    open_objections: int = strawberry.field(
        description="How many objections keep it from being granted until they are decided."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row, locale: str) -> Self:
        """Make it from its row, in a language."""
        return cls(
            id=node.encode("volunteer_honour", row["id"]),
            kind=VolunteerHonourKind(row["kind"]),
            state=VolunteerHonourState(row["state"]),
            title=row["title_en"] if locale.startswith("en") else row["title_zh"],
            approved_by=[Role(each) for each in row["approvers"]],
            **{name: row[name] for name in _PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, honour_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(honours.honours_by_id, honour_id)
        return None if row is None else cls.of(row, info.context.actor.locale)

    @strawberry.field(description="Whose it is, as far as the caller sees them.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other honours."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="The volunteer, for who may see them.", metadata=LOADS)
    async def volunteer(self, info: Info) -> Volunteer | None:
        """Load them with those of the other honours."""
        return await Volunteer.load(info, self.row["volunteer_id"])

    @strawberry.field(description="Objections to it, the first first.", metadata=LOADS)
    async def objections(self, info: Info) -> list[HonourObjection]:
        """Load them with those of the other honours."""
        rows = await info.context.load(honours.objections, self.row["id"])
        return [HonourObjection.of(row, info.context.actor.person_id) for row in rows]


_PLAIN = (
    *("code", "level", "minutes", "noticed_at", "notice_until", "approved_at", "granted_at"),
    *("ended_at", "end_reason", "open_objections"),
)


@strawberry.type(description="How many volunteers served in a year.")
class VolunteerFigures:
    """For everybody; the plan asks for more than half."""

    year: int = strawberry.field(description="The year.")
    registered: int = strawberry.field(description="How many were registered in it.")
    active: int = strawberry.field(description="How many of them have a final record of it.")
    minutes: int = strawberry.field(description="The minutes of the area's final records.")
    stations: int = strawberry.field(description="How many stations the area has today.")
    complete_stations: int = strawberry.field(
        description="How many of them have all that the rules ask for, 六有."
    )

    @strawberry.field(description="Whether more than half of them were active.")
    def more_than_half_active(self) -> bool:
        """Compare them, exactly."""
        return self.active * 2 > self.registered


@strawberry.input(description="An honour on notice, to be decided.")
class DecideVolunteerHonourInput:
    """By a role that its policy names."""

    honour_id: strawberry.ID = strawberry.field(description="The honour.")
    accepted: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="An honour to be taken back.")
class RevokeVolunteerHonourInput:
    """Which, and why."""

    honour_id: strawberry.ID = strawberry.field(description="The honour.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="An objection to an honour on notice.")
class ObjectToVolunteerHonourInput:
    """Which honour, and why it should not be granted."""

    honour_id: strawberry.ID = strawberry.field(description="The honour.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="An objection to be decided.")
class DecideHonourObjectionInput:
    """By another than who is honoured, who objected, and who approved it."""

    objection_id: strawberry.ID = strawberry.field(description="The objection.")
    upheld: bool = strawberry.field(description="Whether it is right: the honour is refused.")
    answer: str = strawberry.field(description="The answer, 2 to 500 characters.")


@strawberry.input(description="A volunteer who gets no honours for years, for fraud.")
class BanVolunteerInput:
    """Whom, for how long, and why."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    years: int = strawberry.field(description="For how many years, as the policy bounds it.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="Bans to be lifted.")
class LiftVolunteerBanInput:
    """Whose, and why."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.type(description="The honour, as things stand now.")
class VolunteerHonourPayload:
    """What was dealt with."""

    honour: VolunteerHonour | None = strawberry.field(description="The honour.")


DecideVolunteerHonourResult = Annotated[
    VolunteerHonourPayload | Refused,
    strawberry.union("DecideVolunteerHonourResult", description="The honour, or why not."),
]
RevokeVolunteerHonourResult = Annotated[
    VolunteerHonourPayload | Refused,
    strawberry.union("RevokeVolunteerHonourResult", description="The honour, or why not."),
]
ObjectToVolunteerHonourResult = Annotated[
    VolunteerHonourPayload | Refused,
    strawberry.union("ObjectToVolunteerHonourResult", description="The honour, or why not."),
]
DecideHonourObjectionResult = Annotated[
    VolunteerHonourPayload | Refused,
    strawberry.union("DecideHonourObjectionResult", description="The honour, or why not."),
]
BanVolunteerResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("BanVolunteerResult", description="The volunteer, or why not."),
]
LiftVolunteerBanResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("LiftVolunteerBanResult", description="The volunteer, or why not."),
]


@strawberry.type
class HonoursQuery:
    """Reading honours and figures."""

    @strawberry.field(description="Honours of an area, the latest on notice first.")
    async def volunteer_honours(
        self,
        info: Info,
        area_id: Within,
        first: First = None,
        after: After = None,
    ) -> Connection[VolunteerHonour]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("volunteerHonours", {"path": path})
        at = page(of, first, after)
        actor = info.context.actor
        found = await honours.honours(actor, area_path=path, volunteer_id=None, page=at)
        return connection(
            of,
            found,
            at,
            make=lambda row: VolunteerHonour.of(row, actor.locale),
            key=lambda row: (row["noticed_at"], row["id"]),
        )

    @strawberry.field(description="How many of an area's volunteers served in a year.")
    async def volunteer_figures(
        self,
        area_id: Within,
        year: Annotated[int, strawberry.argument(description="The year, 2000 to 2999.")],
    ) -> VolunteerFigures:
        """Count them, for everybody."""
        asked = min(max(year, 2000), 2999)
        path = await path_of(area_id)
        row = await honours.activity_of(path, asked)
        stations, complete = await gathering.figures_of(path)
        return VolunteerFigures(
            year=asked,
            registered=row["registered"],
            active=row["active"],
            minutes=row["minutes"],
            stations=stations,
            complete_stations=complete,
        )


def _honour_of(text: str) -> UUID:
    return node.decode("volunteer_honour", text, path=("input", "honourId"))


def _volunteer_of(text: str) -> UUID:
    return node.decode("volunteer", text, path=("input", "volunteerId"))


@strawberry.type
class HonoursMutation:
    """Deciding about honours."""

    @strawberry.mutation(
        description="Approve an honour on notice, or refuse it; approved, it is granted by"
        " itself when the notice is over."
    )
    async def decide_volunteer_honour(
        self, info: Info, input: Annotated[DecideVolunteerHonourInput, Argument]
    ) -> DecideVolunteerHonourResult:
        """Decide it."""
        honour_id = await honouring.decide_honour(
            info.context.actor,
            _honour_of(input.honour_id),
            accepted=input.accepted,
            reason=input.reason,
        )
        found = await reloaded(info, VolunteerHonour.load, honour_id)
        return VolunteerHonourPayload(honour=found)

    @strawberry.mutation(description="Take a granted honour back.")
    async def revoke_volunteer_honour(
        self, info: Info, input: Annotated[RevokeVolunteerHonourInput, Argument]
    ) -> RevokeVolunteerHonourResult:
        """Take it back."""
        honour_id = await honouring.revoke_honour(
            info.context.actor, _honour_of(input.honour_id), reason=input.reason
        )
        found = await reloaded(info, VolunteerHonour.load, honour_id)
        return VolunteerHonourPayload(honour=found)

    @strawberry.mutation(
        description="Object to an honour on notice, once; it is not granted until another has"
        " decided."
    )
    async def object_to_volunteer_honour(
        self, info: Info, input: Annotated[ObjectToVolunteerHonourInput, Argument]
    ) -> ObjectToVolunteerHonourResult:
        """Object."""
        honour_id = await opposing.object_to_honour(
            info.context.actor, _honour_of(input.honour_id), reason=input.reason
        )
        found = await reloaded(info, VolunteerHonour.load, honour_id)
        return VolunteerHonourPayload(honour=found)

    @strawberry.mutation(description="Decide an objection; upheld, the honour is refused.")
    async def decide_honour_objection(
        self, info: Info, input: Annotated[DecideHonourObjectionInput, Argument]
    ) -> DecideHonourObjectionResult:
        """Decide it."""
        honour_id = await opposing.decide_objection(
            info.context.actor,
            node.decode("honour_objection", input.objection_id, path=("input", "objectionId")),
            upheld=input.upheld,
            answer=input.answer,
        )
        found = await reloaded(info, VolunteerHonour.load, honour_id)
        return VolunteerHonourPayload(honour=found)

    @strawberry.mutation(description="Keep a volunteer from honours for years, for fraud.")
    async def ban_volunteer(
        self, info: Info, input: Annotated[BanVolunteerInput, Argument]
    ) -> BanVolunteerResult:
        """Ban them."""
        volunteer_id = await honouring.ban_volunteer(
            info.context.actor,
            _volunteer_of(input.volunteer_id),
            years=input.years,
            reason=input.reason,
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Lift a volunteer's bans.")
    async def lift_volunteer_ban(
        self, info: Info, input: Annotated[LiftVolunteerBanInput, Argument]
    ) -> LiftVolunteerBanResult:
        """Lift them."""
        volunteer_id = await honouring.lift_ban(
            info.context.actor, _volunteer_of(input.volunteer_id), reason=input.reason
        )
        return await volunteer_payload(info, volunteer_id)


async def _honours(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await honours.honours_by_id(actor, ids)
    return [None if row is None else VolunteerHonour.of(row, actor.locale) for row in rows]


node.register("volunteer_honour", _honours)
