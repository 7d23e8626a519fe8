"""Acting on agendas. Each result is the payload or a refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import agenda as service
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.values import AgendaItemKind
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.meetings.payloads import (
    ARGUMENT,
    KEY,
    AgendaItemPayload,
    MeetingPayload,
    item_payload,
    meeting_payload,
)


@strawberry.input(description="A point of an agenda.")
class AgendaItemDetailsInput:
    """What is to be dealt with."""

    title: str = strawberry.field(description="What it is about, 2 to 120 characters.")
    kind: AgendaItemKind = strawberry.field(description="What it is there for.")
    text: str = strawberry.field(default="", description="What there is to know.")
    planned_minutes: int | None = strawberry.field(
        default=None, description="How long it is planned to take, 1 to 600."
    )
    presenter_id: strawberry.ID | None = strawberry.field(
        default=None, description="The person who presents it."
    )
    issue_id: strawberry.ID | None = strawberry.field(
        default=None, description="The issue that it is about."
    )

    def draft(self) -> ItemDraft:
        """Hand it to the domain."""
        return ItemDraft(
            title=self.title,
            kind=self.kind,
            body=self.text,
            planned_minutes=self.planned_minutes,
            presenter_id=node.decode_optional(
                "person", self.presenter_id, path=("input", "presenterId")
            ),
            issue_id=node.decode_optional("issue", self.issue_id, path=("input", "issueId")),
        )


@strawberry.input(description="A point to be put on an agenda.")
class AddAgendaItemInput:
    """Where, and what."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    item: AgendaItemDetailsInput = strawberry.field(description="The point.")
    idempotency_key: UUID = strawberry.field(description=KEY)


@strawberry.input(description="A point to be written anew.")
class EditAgendaItemInput:
    """Which, and what it is to be."""

    item_id: strawberry.ID = strawberry.field(description="The point.")
    item: AgendaItemDetailsInput = strawberry.field(description="What it is to be.")
    expected_version: int = strawberry.field(description="The version that was read.")


@strawberry.input(description="A point to be taken off.")
class WithdrawAgendaItemInput:
    """Which, and why."""

    item_id: strawberry.ID = strawberry.field(description="The point.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Another order of an agenda.")
class OrderAgendaInput:
    """Each open point, once."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    item_ids: list[strawberry.ID] = strawberry.field(description="Its open points, in order.")


@strawberry.input(description="A waiting matter to be put on an agenda.")
class PlaceAgendaItemInput:
    """Which, and where."""

    item_id: strawberry.ID = strawberry.field(description="The matter.")
    meeting_id: strawberry.ID = strawberry.field(description="A meeting of its body.")


@strawberry.input(description="An unresolved matter to go up a level.")
class RaiseAgendaItemInput:
    """Which, where to, why."""

    item_id: strawberry.ID = strawberry.field(description="The point that was left unresolved.")
    to_body_id: strawberry.ID | None = strawberry.field(
        default=None, description="A body of the next level; the one above unless told."
    )
    reason: str = strawberry.field(description="Why.")
    idempotency_key: UUID = strawberry.field(description=KEY)


AddAgendaItemResult = Annotated[
    AgendaItemPayload | Refused,
    strawberry.union("AddAgendaItemResult", description="The point, or why there is none."),
]
EditAgendaItemResult = Annotated[
    AgendaItemPayload | Outdated | Refused,
    strawberry.union("EditAgendaItemResult", description="The point, or why it is unchanged."),
]
WithdrawAgendaItemResult = Annotated[
    AgendaItemPayload | Refused,
    strawberry.union("WithdrawAgendaItemResult", description="The point, or why it stays."),
]
OrderAgendaResult = Annotated[
    MeetingPayload | Refused,
    strawberry.union("OrderAgendaResult", description="The meeting, or why the order stays."),
]
PlaceAgendaItemResult = Annotated[
    AgendaItemPayload | Refused,
    strawberry.union("PlaceAgendaItemResult", description="The point, or why it waits."),
]
RaiseAgendaItemResult = Annotated[
    AgendaItemPayload | Refused,
    strawberry.union(
        "RaiseAgendaItemResult", description="The point that went up, or why it stays."
    ),
]


def _item(text: str) -> UUID:
    return node.decode("agendaItem", text, path=("input", "itemId"))


def _meeting(text: str) -> UUID:
    return node.decode("meeting", text, path=("input", "meetingId"))


@strawberry.type
class AgendaMutation:
    """What is dealt with, and where."""

    @strawberry.mutation(
        description="Put a point on an agenda; once the room is open, only to be talked about."
    )
    async def add_agenda_item(
        self, info: Info, input: Annotated[AddAgendaItemInput, ARGUMENT]
    ) -> AddAgendaItemResult:
        """Put it there."""
        item_id, replayed = await service.add_item(
            info.context.actor,
            _meeting(input.meeting_id),
            input.item.draft(),
            idempotency_key=input.idempotency_key,
        )
        return await item_payload(info, item_id, replayed=replayed)

    @strawberry.mutation(description="Write a point anew that is not announced yet.")
    async def edit_agenda_item(
        self, info: Info, input: Annotated[EditAgendaItemInput, ARGUMENT]
    ) -> EditAgendaItemResult:
        """Write it."""
        item_id = _item(input.item_id)
        await service.edit_item(
            info.context.actor, item_id, input.item.draft(), expected_version=input.expected_version
        )
        return await item_payload(info, item_id)

    @strawberry.mutation(description="Take a point off an agenda; it stays to be read.")
    async def withdraw_agenda_item(
        self, info: Info, input: Annotated[WithdrawAgendaItemInput, ARGUMENT]
    ) -> WithdrawAgendaItemResult:
        """Take it off."""
        item_id = _item(input.item_id)
        await service.withdraw_item(info.context.actor, item_id, reason=input.reason)
        return await item_payload(info, item_id)

    @strawberry.mutation(description="Put the open points of an agenda in another order.")
    async def order_agenda(
        self, info: Info, input: Annotated[OrderAgendaInput, ARGUMENT]
    ) -> OrderAgendaResult:
        """Order them."""
        meeting_id = _meeting(input.meeting_id)
        item_ids = [
            node.decode("agendaItem", each, path=("input", "itemIds")) for each in input.item_ids
        ]
        await service.order_agenda(info.context.actor, meeting_id, item_ids)
        return await meeting_payload(info, meeting_id)

    @strawberry.mutation(description="Put a waiting matter on the agenda of its body's meeting.")
    async def place_agenda_item(
        self, info: Info, input: Annotated[PlaceAgendaItemInput, ARGUMENT]
    ) -> PlaceAgendaItemResult:
        """Put it there."""
        item_id = _item(input.item_id)
        await service.place_item(info.context.actor, item_id, _meeting(input.meeting_id))
        return await item_payload(info, item_id)

    @strawberry.mutation(
        description="Take what was left unresolved up to the body of the next level, where it"
        " waits for a meeting."
    )
    async def raise_agenda_item(
        self, info: Info, input: Annotated[RaiseAgendaItemInput, ARGUMENT]
    ) -> RaiseAgendaItemResult:
        """Raise it; the answer is the point that was raised, whose raisedTo is the new one."""
        item_id = _item(input.item_id)
        _, replayed = await service.raise_item(
            info.context.actor,
            item_id,
            reason=input.reason,
            to_body_id=node.decode_optional("body", input.to_body_id, path=("input", "toBodyId")),
            idempotency_key=input.idempotency_key,
        )
        return await item_payload(info, item_id, replayed=replayed)
