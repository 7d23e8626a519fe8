"""Posting needs, verifying them, and opening what is private of them."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import details, needs, posting
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.matching.needs import Need
from schema.matching.needs_inputs import PostNeedInput, UpdateNeedInput
from schema.membership.types import reloaded
from schema.volunteering.inputs import Argument


@strawberry.input(description="A need to be verified.")
class VerifyNeedInput:
    """And who hosts it."""

    need_id: strawberry.ID = strawberry.field(description="The need.")
    host_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The organisation that hosts; a body of the community unless told.",
    )
    hold: bool = strawberry.field(
        default=False, description="Whether its orders are opened by themselves, later."
    )


@strawberry.input(description="A need to be rejected.")
class RejectNeedInput:
    """With a reason."""

    need_id: strawberry.ID = strawberry.field(description="The need.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; whose it is reads it.")


@strawberry.input(description="A need to be withdrawn.")
class CancelNeedInput:
    """With a reason."""

    need_id: strawberry.ID = strawberry.field(description="The need.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; who is matched reads it.")


@strawberry.input(description="A need whose private part is to be read.")
class OpenNeedDetailsInput:
    """The reading is audited."""

    need_id: strawberry.ID = strawberry.field(description="The need.")


@strawberry.type(description="The need, as things stand now.")
class NeedPayload:
    """What was dealt with."""

    need: Need | None = strawberry.field(description="The need.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="What is private of a need; this reading has been audited.")
class NeedDetails:
    """For those matched, whose it is, and staff."""

    details: str | None = strawberry.field(description="What is to be minded.")
    exact_place: str | None = strawberry.field(description="Where exactly.")
    latitude_e6: int | None = strawberry.field(description="Where, in millionths of a degree.")
    longitude_e6: int | None = strawberry.field(description="Where, in millionths of a degree.")


PostNeedResult = Annotated[
    NeedPayload | Refused,
    strawberry.union("PostNeedResult", description="The need, or why not."),
]
UpdateNeedResult = Annotated[
    NeedPayload | Outdated | Refused,
    strawberry.union("UpdateNeedResult", description="The need, or why not."),
]
VerifyNeedResult = Annotated[
    NeedPayload | Refused,
    strawberry.union("VerifyNeedResult", description="The need, or why not."),
]
RejectNeedResult = Annotated[
    NeedPayload | Refused,
    strawberry.union("RejectNeedResult", description="The need, or why not."),
]
CancelNeedResult = Annotated[
    NeedPayload | Refused,
    strawberry.union("CancelNeedResult", description="The need, or why not."),
]
OpenNeedDetailsResult = Annotated[
    NeedDetails | Refused,
    strawberry.union("OpenNeedDetailsResult", description="What is private, or why not."),
]


@strawberry.type
class NeedsMutation:
    """Needs."""

    @strawberry.mutation(description="Post a need; it waits to be verified.")
    async def post_need(
        self, info: Info, input: Annotated[PostNeedInput, Argument]
    ) -> PostNeedResult:
        """Hand it to the domain."""
        need_id, replayed = await posting.post_need(
            info.context.actor, input.draft(), idempotency_key=input.idempotency_key
        )
        need = await reloaded(info, Need.load, need_id)
        return NeedPayload(need=need, replayed=replayed)

    @strawberry.mutation(description="Change what a need says.")
    async def update_need(
        self, info: Info, input: Annotated[UpdateNeedInput, Argument]
    ) -> UpdateNeedResult:
        """Hand it to the domain."""
        need_id = await needs.update_need(
            info.context.actor,
            need_of(input.need_id),
            input.edit(),
            expected_version=input.expected_version,
        )
        return NeedPayload(need=await reloaded(info, Need.load, need_id))

    @strawberry.mutation(description="Verify a need: its orders open to volunteers.")
    async def verify_need(
        self, info: Info, input: Annotated[VerifyNeedInput, Argument]
    ) -> VerifyNeedResult:
        """Hand it to the domain."""
        need_id = await needs.verify_need(
            info.context.actor,
            need_of(input.need_id),
            host_id=node.decode_optional("organisation", input.host_id, path=("input", "hostId")),
            hold=input.hold,
        )
        return NeedPayload(need=await reloaded(info, Need.load, need_id))

    @strawberry.mutation(description="Reject a need.")
    async def reject_need(
        self, info: Info, input: Annotated[RejectNeedInput, Argument]
    ) -> RejectNeedResult:
        """Hand it to the domain."""
        need_id = await needs.reject_need(
            info.context.actor, need_of(input.need_id), reason=input.reason
        )
        return NeedPayload(need=await reloaded(info, Need.load, need_id))

    @strawberry.mutation(description="Withdraw a need: what has not begun is called off.")
    async def cancel_need(
        self, info: Info, input: Annotated[CancelNeedInput, Argument]
    ) -> CancelNeedResult:
        """Hand it to the domain."""
        need_id = await needs.cancel_need(
            info.context.actor, need_of(input.need_id), reason=input.reason
        )
        return NeedPayload(need=await reloaded(info, Need.load, need_id))

    @strawberry.mutation(description="Read what is private of a need; the reading is audited.")
    async def open_need_details(
        self, info: Info, input: Annotated[OpenNeedDetailsInput, Argument]
    ) -> OpenNeedDetailsResult:
        """Hand it to the domain."""
        found = await details.open_details(info.context.actor, need_of(input.need_id))
        where = found.position
        return NeedDetails(
            details=found.details,
            exact_place=found.exact_place,
            latitude_e6=None if where is None else where.latitude_e6,
            longitude_e6=None if where is None else where.longitude_e6,
        )


def need_of(text: str) -> UUID:
    """Return the need that an input names; raises NotFound."""
    return node.decode("need", text, path=("input", "needId"))
