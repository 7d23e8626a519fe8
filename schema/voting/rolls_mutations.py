"""Putting a public roll right. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.membership.values import AreaBasis
from domains.voting import queries, service
from domains.voting.queries import rolls
from domains.voting.service import Remedy, UnitProof
from domains.voting.values import ObjectionAsks, RollBasis
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.voting.mutations import PollPayload
from schema.voting.rolls import RollObjection
from schema.voting.types import Poll

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="A unit that an owner answers for.")
class UnitProofInput:
    """Without a figure, what the register says of its area."""

    household_id: strawberry.ID = strawberry.field(description="The household of the unit.")
    area_centi_m2: int | None = strawberry.field(
        default=None, description="The proven floor area, in hundredths of a m², with its basis."
    )
    area_basis: AreaBasis | None = strawberry.field(
        default=None, description="What proves it: better than what the register rests on."
    )


@strawberry.input(description="How an entry on a roll is made.")
class RemedyInput:
    """On what basis, for which units, for whom instead."""

    basis: RollBasis = strawberry.field(
        default=RollBasis.REGISTER, description="On what somebody is admitted."
    )
    units: list[UnitProofInput] = strawberry.field(
        default_factory=list,
        description="An owner's units, or the household that somebody speaks for.",
    )
    voter_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who of the co-owners or the household is to vote instead."
    )

    def remedy(self) -> Remedy:
        """Hand it to the domain."""
        at = ("input", "remedy")
        return Remedy(
            basis=self.basis,
            units=tuple(
                UnitProof(
                    node.decode("household", each.household_id, path=(*at, "units")),
                    each.area_centi_m2,
                    each.area_basis,
                )
                for each in self.units
            ),
            voter_id=node.decode_optional("person", self.voter_id, path=(*at, "voterId")),
        )


@strawberry.input(description="An objection to a public roll.")
class ObjectToRollInput:
    """Whom it is about, what is asked, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Whom it is about.")
    asks: ObjectionAsks = strawberry.field(description="What it asks for.")
    text: str = strawberry.field(
        description="Why, 2 to 1,000 characters; everybody reads it, so no telephone or identity"
        " number."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="The decision of an objection.")
class DecideRollObjectionInput:
    """Which, how, and why."""

    objection_id: strawberry.ID = strawberry.field(description="The objection.")
    upheld: bool = strawberry.field(description="Whether it is right: the roll is then changed.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; everybody reads it.")
    remedy: RemedyInput | None = strawberry.field(
        default=None, description="How the entry is made, where it is upheld."
    )


@strawberry.input(description="Somebody to be admitted to a public roll.")
class AdmitVoterInput:
    """Who, on what basis, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    remedy: RemedyInput = strawberry.field(description="On what basis, for which units.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="Somebody to be struck off a public roll.")
class StrikeVoterInput:
    """Who, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; everybody reads it.")


@strawberry.type(description="The objection, as it is now.")
class ObjectionPayload:
    """What changed."""

    objection: RollObjection = strawberry.field(description="The objection.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


ObjectToRollResult = Annotated[
    ObjectionPayload | Refused,
    strawberry.union("ObjectToRollResult", description="The objection, or why there is none."),
]
DecideRollObjectionResult = Annotated[
    ObjectionPayload | Refused,
    strawberry.union("DecideRollObjectionResult", description="The decision, or why none."),
]
AdmitVoterResult = Annotated[
    PollPayload | Refused,
    strawberry.union("AdmitVoterResult", description="The poll, or why its roll stands."),
]
StrikeVoterResult = Annotated[
    PollPayload | Refused,
    strawberry.union("StrikeVoterResult", description="The poll, or why its roll stands."),
]


async def _objection(info: Info, objection_id: UUID, *, replayed: bool = False) -> ObjectionPayload:
    row = (await rolls.objections_by_id(info.context.actor, [objection_id]))[0]
    assert row is not None, "who filed or decided an objection sees it"
    return ObjectionPayload(objection=RollObjection.of(row), replayed=replayed)


async def _poll(info: Info, poll_id: UUID) -> PollPayload:
    row = (await queries.polls_by_id(info.context.actor, [poll_id]))[0]
    assert row is not None, "who changed a roll sees the poll"
    return PollPayload(poll=Poll.of(row))


@strawberry.type
class RollsMutation:
    """Putting a public roll right."""

    @strawberry.mutation(description="Object to a public roll, before its days are over.")
    async def object_to_roll(
        self, info: Info, input: Annotated[ObjectToRollInput, Argument]
    ) -> ObjectToRollResult:
        """File it."""
        objection_id, replayed = await service.file_objection(
            info.context.actor,
            node.decode("poll", input.poll_id, path=("input", "pollId")),
            about_id=node.decode("person", input.person_id, path=("input", "personId")),
            asks=input.asks,
            text=input.text,
            idempotency_key=input.idempotency_key,
        )
        return await _objection(info, objection_id, replayed=replayed)

    @strawberry.mutation(
        description="Decide an objection of somebody else's about somebody else; the roll follows."
    )
    async def decide_roll_objection(
        self, info: Info, input: Annotated[DecideRollObjectionInput, Argument]
    ) -> DecideRollObjectionResult:
        """Decide it."""
        objection_id = node.decode("objection", input.objection_id, path=("input", "objectionId"))
        await service.decide_objection(
            info.context.actor,
            objection_id,
            upheld=input.upheld,
            reason=input.reason,
            remedy=input.remedy.remedy() if input.remedy else None,
        )
        return await _objection(info, objection_id)

    @strawberry.mutation(description="Admit somebody to a public roll.")
    async def admit_voter(
        self, info: Info, input: Annotated[AdmitVoterInput, Argument]
    ) -> AdmitVoterResult:
        """Admit them."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await service.admit_voter(
            info.context.actor,
            poll_id,
            person_id,
            remedy=input.remedy.remedy(),
            reason=input.reason,
        )
        return await _poll(info, poll_id)

    @strawberry.mutation(description="Strike somebody off a public roll.")
    async def strike_voter(
        self, info: Info, input: Annotated[StrikeVoterInput, Argument]
    ) -> StrikeVoterResult:
        """Strike them off."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await service.strike_voter(info.context.actor, poll_id, person_id, reason=input.reason)
        return await _poll(info, poll_id)
