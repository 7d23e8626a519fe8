"""Helpers and guardians, departures and closed accounts. Each result is the payload or refusal."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import care as queries
from domains.membership.service import care
from domains.membership.values import ConsentForm, HelperKind
from schema import node
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.membership.people_mutations import Argument, Key
from schema.membership.types import Person
from schema.node import Node


@strawberry.type(description="That somebody is told what another is told.")
class PersonHelper(Node):
    """Seen by the two, and by staff where the helped person lives."""

    kind: HelperKind = strawberry.field(description="As what.")
    consent: ConsentForm | None = strawberry.field(
        description="How the helped agreed; null where they named the helper themselves."
    )
    note: str = strawberry.field(description="The paper that it rests on.")
    starts_on: date = strawberry.field(description="The first day.")
    ends_on: date | None = strawberry.field(description="The last day, if any is set.")
    ended_at: datetime | None = strawberry.field(description="When it was ended.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("personHelper", row["id"]),
            kind=HelperKind(row["kind"]),
            consent=ConsentForm(row["consent"]) if row["consent"] else None,
            note=row["note"],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            ended_at=row["ended_at"],
            row=row,
        )

    @strawberry.field(description="Who is helped, as the caller may know them.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="Who helps, as the caller may know them.", metadata=LOADS)
    async def helper(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.row["helper_id"])


async def _bonds(actor: Actor, bond_ids: list[UUID]) -> list[PersonHelper | None]:
    rows = await queries.bonds_by_id(actor, bond_ids)
    return [None if row is None else PersonHelper.of(row) for row in rows]


node.register("personHelper", _bonds)


@strawberry.input(description="Who shall be told what the caller is told.")
class NameHelperInput:
    """Somebody whom the caller knows."""

    helper_id: strawberry.ID = strawberry.field(description="The helper.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Who shall be told what another is told, on a paper.")
class NameHelperForInput:
    """By staff, for a minor or an elder."""

    person_id: strawberry.ID = strawberry.field(description="Who is helped.")
    helper_id: strawberry.ID = strawberry.field(description="Who helps.")
    kind: HelperKind = strawberry.field(description="As what.")
    consent: ConsentForm = strawberry.field(description="How it was agreed to.")
    note: str = strawberry.field(description="The paper that it rests on, 1 to 200 characters.")
    ends_on: date | None = strawberry.field(default=None, description="The last day, if any.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A help that shall end.")
class EndHelperInput:
    """By the helped, the helper or staff."""

    helper_id: strawberry.ID = strawberry.field(description="Which: the id of the PersonHelper.")


@strawberry.input(description="That somebody has died.")
class RecordDeathInput:
    """By staff where they live."""

    person_id: strawberry.ID = strawberry.field(description="Who.")
    since: date = strawberry.field(description="The day.")
    note: str = strawberry.field(default="", description="The paper, up to 200 characters.")


@strawberry.input(description="That somebody is here after all.")
class UndoPersonDepartureInput:
    """By staff."""

    person_id: strawberry.ID = strawberry.field(description="Who.")


@strawberry.type(description="The help as it is now.")
class PersonHelperPayload:
    """What changed."""

    helper: PersonHelper | None = strawberry.field(
        description="The help; null where the caller sees it no more."
    )
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The person as the caller may know them.")
class PersonDeparturePayload:
    """What changed."""

    person: Person | None = strawberry.field(description="The person.")


@strawberry.type(description="The account is closed; signing in again opens it.")
class AccountClosed:
    """Every session has ended."""

    closed: bool = strawberry.field(default=True, description="That it is closed.")


NameHelperResult = Annotated[
    PersonHelperPayload | Refused,
    strawberry.union("NameHelperResult", description="The help, or why there is none."),
]
NameHelperForResult = Annotated[
    PersonHelperPayload | Refused,
    strawberry.union("NameHelperForResult", description="The help, or why there is none."),
]
EndHelperResult = Annotated[
    PersonHelperPayload | Refused,
    strawberry.union("EndHelperResult", description="The help, or why it goes on."),
]
RecordDeathResult = Annotated[
    PersonDeparturePayload | Refused,
    strawberry.union("RecordDeathResult", description="The person, or why nothing changed."),
]
UndoPersonDepartureResult = Annotated[
    PersonDeparturePayload | Refused,
    strawberry.union(
        "UndoPersonDepartureResult", description="The person, or why nothing changed."
    ),
]
CloseAccountResult = Annotated[
    AccountClosed | Refused,
    strawberry.union("CloseAccountResult", description="That it is closed, or why not."),
]


async def _bond(info: Info, bond_id: UUID, *, replayed: bool = False) -> PersonHelperPayload:
    row = (await queries.bonds_by_id(info.context.actor, [bond_id]))[0]
    return PersonHelperPayload(
        helper=None if row is None else PersonHelper.of(row), replayed=replayed
    )


@strawberry.type
class CareQuery:
    """Reading who helps whom."""

    @strawberry.field(
        description="Who helps somebody and whom they help, oneself unless told; 100 at most."
    )
    async def helpers(
        self,
        info: Info,
        person_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Whose; one's own if null.")
        ] = None,
    ) -> list[PersonHelper]:
        """Read what the caller sees."""
        own = info.context.actor.person_id or node.NOBODY
        uuid = own if person_id is None else node.known("person", person_id) or node.NOBODY
        rows = await queries.bonds_of(info.context.actor, uuid)
        return [PersonHelper.of(row) for row in rows]


@strawberry.type
class CareMutation:
    """Helpers, departures and closed accounts."""

    @strawberry.mutation(
        description="Let somebody be told what one is told oneself; either may end it."
    )
    async def name_helper(
        self, info: Info, input: Annotated[NameHelperInput, Argument]
    ) -> NameHelperResult:
        """Name them."""
        helper_id = node.decode("person", input.helper_id, path=("input", "helperId"))
        made = await care.name_helper(
            info.context.actor, helper_id, idempotency_key=input.idempotency_key
        )
        return await _bond(info, made.id, replayed=made.replayed)

    @strawberry.mutation(description="Enter somebody's helper or guardian, on a paper.")
    async def name_helper_for(
        self, info: Info, input: Annotated[NameHelperForInput, Argument]
    ) -> NameHelperForResult:
        """Enter them."""
        made = await care.name_helper_for(
            info.context.actor,
            node.decode("person", input.person_id, path=("input", "personId")),
            node.decode("person", input.helper_id, path=("input", "helperId")),
            kind=input.kind,
            consent=input.consent,
            note=input.note,
            ends_on=input.ends_on,
            idempotency_key=input.idempotency_key,
        )
        return await _bond(info, made.id, replayed=made.replayed)

    @strawberry.mutation(description="End a help: nothing is told to the helper from now on.")
    async def end_helper(
        self, info: Info, input: Annotated[EndHelperInput, Argument]
    ) -> EndHelperResult:
        """End it."""
        bond_id = node.decode("personHelper", input.helper_id, path=("input", "helperId"))
        await care.end_helper(info.context.actor, bond_id)
        return await _bond(info, bond_id)

    @strawberry.mutation(description="Record that somebody died: nothing is told to them any more.")
    async def record_death(
        self, info: Info, input: Annotated[RecordDeathInput, Argument]
    ) -> RecordDeathResult:
        """Record it."""
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await care.record_death(info.context.actor, person_id, since=input.since, note=input.note)
        return PersonDeparturePayload(person=await Person.load(info, person_id))

    @strawberry.mutation(description="Take back that somebody is here no more.")
    async def undo_person_departure(
        self, info: Info, input: Annotated[UndoPersonDepartureInput, Argument]
    ) -> UndoPersonDepartureResult:
        """Take it back."""
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await care.undo_departure(info.context.actor, person_id)
        return PersonDeparturePayload(person=await Person.load(info, person_id))

    @strawberry.mutation(
        description="Close one's own account: nothing is told any more, and every session ends;"
        " signing in again opens it."
    )
    async def close_account(self, info: Info) -> CloseAccountResult:
        """Close it."""
        await care.close_account(info.context.actor)
        return AccountClosed()
