"""Waiting lists and substitutes: who stands by for a shift."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.rules import masks
from domains.volunteering.queries import standing_by
from domains.volunteering.service import substituting, waiting
from domains.volunteering.values.shifts import SubstitutionState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.node import Node
from schema.volunteering.activities import VolunteerShift
from schema.volunteering.activities_mutations import VolunteerShiftPayload, shift_of
from schema.volunteering.inputs import Argument


@strawberry.type(description="Somebody asks another to take their place in a shift.")
class ShiftSubstitution(Node):
    """For the two whom it concerns."""

    state: SubstitutionState = strawberry.field(description="What became of it.")
    is_to_me: bool = strawberry.field(description="Whether the caller is the one who was asked.")
    asker_name: str = strawberry.field(description="Who asks: the surname and a star.")
    substitute_name: str = strawberry.field(description="Who was asked: the surname and a star.")
    asked_at: datetime = strawberry.field(description="When it was asked.")
    answered_at: datetime | None = strawberry.field(
        description="When it was answered or taken back."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("shift_substitution", row["id"]),
            state=SubstitutionState(row["state"]),
            is_to_me=row["is_to_me"],
            asker_name=masks.name(row["asker_name"]),
            substitute_name=masks.name(row["substitute_name"]),
            asked_at=row["asked_at"],
            answered_at=row["answered_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, substitution_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(standing_by.substitutions_by_id, substitution_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The shift.", metadata=LOADS)
    async def shift(self, info: Info) -> VolunteerShift | None:
        """Load it with those of the other requests."""
        return await VolunteerShift.load(info, self.row["shift_id"])


@strawberry.input(description="A full shift to wait for.")
class JoinWaitingListInput:
    """Which."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")


@strawberry.input(description="A shift to wait for no more.")
class LeaveWaitingListInput:
    """Which."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")


@strawberry.input(description="A place that one moved up to, to be declined.")
class DeclineMovedUpPlaceInput:
    """In which shift."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")


@strawberry.input(description="Somebody to be asked to take one's place.")
class AskSubstituteInput:
    """In which shift, and whom."""

    shift_id: strawberry.ID = strawberry.field(description="The shift.")
    volunteer_number: str = strawberry.field(description="The other's number, GY and ten digits.")


@strawberry.input(description="An answer to who asks one to take their place.")
class AnswerSubstitutionInput:
    """By who was asked."""

    substitution_id: strawberry.ID = strawberry.field(description="The request.")
    agrees: bool = strawberry.field(description="Whether the caller takes the place.")


@strawberry.input(description="A request to be taken back.")
class WithdrawSubstitutionInput:
    """By who asked."""

    substitution_id: strawberry.ID = strawberry.field(description="The request.")


@strawberry.type(description="The request, as things stand now.")
class ShiftSubstitutionPayload:
    """What was dealt with."""

    substitution: ShiftSubstitution | None = strawberry.field(description="The request.")


JoinWaitingListResult = Annotated[
    VolunteerShiftPayload | Refused,
    strawberry.union("JoinWaitingListResult", description="The shift, or why not."),
]
LeaveWaitingListResult = Annotated[
    VolunteerShiftPayload | Refused,
    strawberry.union("LeaveWaitingListResult", description="The shift, or why not."),
]
DeclineMovedUpPlaceResult = Annotated[
    VolunteerShiftPayload | Refused,
    strawberry.union("DeclineMovedUpPlaceResult", description="The shift, or why not."),
]
AskSubstituteResult = Annotated[
    ShiftSubstitutionPayload | Refused,
    strawberry.union("AskSubstituteResult", description="The request, or why there is none."),
]
AnswerSubstitutionResult = Annotated[
    ShiftSubstitutionPayload | Refused,
    strawberry.union("AnswerSubstitutionResult", description="The request, or why not."),
]
WithdrawSubstitutionResult = Annotated[
    ShiftSubstitutionPayload | Refused,
    strawberry.union("WithdrawSubstitutionResult", description="The request, or why not."),
]


def _substitution_of(text: str) -> UUID:
    return node.decode("shift_substitution", text, path=("input", "substitutionId"))


async def _shift(info: Info, shift_id: UUID) -> VolunteerShiftPayload:
    return VolunteerShiftPayload(shift=await reloaded(info, VolunteerShift.load, shift_id))


async def _substitution(info: Info, substitution_id: UUID) -> ShiftSubstitutionPayload:
    found = await reloaded(info, ShiftSubstitution.load, substitution_id)
    return ShiftSubstitutionPayload(substitution=found)


@strawberry.type
class StandingByQuery:
    """Reading one's requests."""

    @strawberry.field(
        description="Requests to stand in that the caller made or was asked by, the latest first."
    )
    async def my_shift_substitutions(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ShiftSubstitution]:
        """Read a page of them."""
        of = listing("myShiftSubstitutions", {"person": info.context.actor.person_id})
        at = page(of, first, after)
        found = await standing_by.own_substitutions(info.context.actor, at)
        return connection(of, found, at, make=ShiftSubstitution.of, key=lambda row: (row["id"],))


@strawberry.type
class StandingByMutation:
    """Waiting, declining, standing in."""

    @strawberry.mutation(description="Wait for a place in a full shift; again changes nothing.")
    async def join_waiting_list(
        self, info: Info, input: Annotated[JoinWaitingListInput, Argument]
    ) -> JoinWaitingListResult:
        """Do it."""
        shift_id = shift_of(input.shift_id)
        return await _shift(info, await waiting.join_waiting_list(info.context.actor, shift_id))

    @strawberry.mutation(description="Wait for a shift no more.")
    async def leave_waiting_list(
        self, info: Info, input: Annotated[LeaveWaitingListInput, Argument]
    ) -> LeaveWaitingListResult:
        """Do it."""
        shift_id = shift_of(input.shift_id)
        return await _shift(info, await waiting.leave_waiting_list(info.context.actor, shift_id))

    @strawberry.mutation(
        description="Decline a place that one moved up to; who says nothing keeps it."
    )
    async def decline_moved_up_place(
        self, info: Info, input: Annotated[DeclineMovedUpPlaceInput, Argument]
    ) -> DeclineMovedUpPlaceResult:
        """Do it."""
        shift_id = shift_of(input.shift_id)
        return await _shift(info, await waiting.decline_moved_up(info.context.actor, shift_id))

    @strawberry.mutation(
        description="Ask a volunteer to take one's place; who was asked before is asked no more."
    )
    async def ask_substitute(
        self, info: Info, input: Annotated[AskSubstituteInput, Argument]
    ) -> AskSubstituteResult:
        """Do it."""
        found = await substituting.ask_substitute(
            info.context.actor, shift_of(input.shift_id), volunteer_number=input.volunteer_number
        )
        return await _substitution(info, found)

    @strawberry.mutation(description="Take another's place as they asked, or refuse.")
    async def answer_substitution(
        self, info: Info, input: Annotated[AnswerSubstitutionInput, Argument]
    ) -> AnswerSubstitutionResult:
        """Do it."""
        found = await substituting.answer_substitution(
            info.context.actor, _substitution_of(input.substitution_id), agrees=input.agrees
        )
        return await _substitution(info, found)

    @strawberry.mutation(description="Take back a request to stand in.")
    async def withdraw_substitution(
        self, info: Info, input: Annotated[WithdrawSubstitutionInput, Argument]
    ) -> WithdrawSubstitutionResult:
        """Do it."""
        found = await substituting.withdraw_substitution(
            info.context.actor, _substitution_of(input.substitution_id)
        )
        return await _substitution(info, found)


async def _substitutions(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await standing_by.substitutions_by_id(actor, ids)
    return [None if row is None else ShiftSubstitution.of(row) for row in rows]


node.register("shift_substitution", _substitutions)
