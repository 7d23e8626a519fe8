"""Acting on what is public: pins, taking down, full rows, readings and subscriptions."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.disclosure.queries import feed
from domains.disclosure.service import display, reading
from domains.disclosure.service.display import FullRow
from domains.disclosure.values import Affair, DisclosureKind
from schema import node
from schema.context import Info
from schema.disclosure.disclosures import DisclosedCell, Disclosure
from schema.disclosure.queries import DisclosureSubscription
from schema.disclosure.writing_inputs import WHICH, Argument, Key
from schema.disclosure.writing_mutations import DisclosurePayload, payload, which
from schema.errors import Refused
from schema.membership.types import reloaded


@strawberry.input(description="A disclosure to be put on top.")
class PinDisclosureInput:
    """Which."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)


@strawberry.input(description="A disclosure to go back to its place.")
class UnpinDisclosureInput:
    """Which."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)


@strawberry.input(description="A disclosure whose content is to go out of public sight.")
class TakeDownDisclosureInput:
    """Which, and why."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Full rows to be read; the reading is audited.")
class RevealDisclosureRowsInput:
    """Of which version."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    number: int = strawberry.field(description="The number of the version.")
    after_position: int = strawberry.field(
        default=0, description="The place behind which to go on: 100 rows are read at a time."
    )


@strawberry.input(description="That the caller read it.")
class RecordDisclosureReadingInput:
    """Which."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)


@strawberry.input(description="A category that the caller wants to hear of.")
class SubscribeToDisclosuresInput:
    """An area, and what of it; every field narrows."""

    area_id: strawberry.ID = strawberry.field(description="The area.")
    kind: DisclosureKind | None = strawberry.field(default=None, description="This kind only.")
    affair: Affair | None = strawberry.field(default=None, description="This affair only.")
    item_code: str | None = strawberry.field(default=None, description="This item only.")
    tag: str | None = strawberry.field(default=None, description="With this tag only.")


@strawberry.input(description="A category that the caller wants to hear of no more.")
class UnsubscribeFromDisclosuresInput:
    """Which."""

    subscription_id: strawberry.ID = strawberry.field(description="The subscription.")


@strawberry.type(description="A row with nothing masked, for who is entitled to it.")
class FullDisclosedRow:
    """Reading it was audited."""

    position: int = strawberry.field(description="Its place, from 1.")
    cells: list[DisclosedCell] = strawberry.field(description="Its cells, in full.")

    @classmethod
    def of(cls, row: FullRow) -> "FullDisclosedRow":
        """Make it from its row."""
        cells = [DisclosedCell(name=name, text=text) for name, text in row.cells.items()]
        return cls(position=row.position, cells=cells)


@strawberry.type(description="The rows of a version in full.")
class DisclosureRowsRevealed:
    """That they were read is in the audit."""

    rows: list[FullDisclosedRow] = strawberry.field(description="The rows.")


@strawberry.type(description="The reading is counted, once a day.")
class DisclosureReadingRecorded:
    """By a hash that is gone after its day."""

    disclosure: Disclosure = strawberry.field(description=WHICH)


@strawberry.type(description="What the caller wants to hear of.")
class DisclosureSubscriptionsPayload:
    """All of the caller's."""

    subscriptions: list[DisclosureSubscription] = strawberry.field(description="The categories.")


PinDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("PinDisclosureResult", description="What is on top, or why not."),
]
UnpinDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("UnpinDisclosureResult", description="What went back, or why not."),
]
TakeDownDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("TakeDownDisclosureResult", description="What is left of it, or why not."),
]
RevealDisclosureRowsResult = Annotated[
    DisclosureRowsRevealed | Refused,
    strawberry.union("RevealDisclosureRowsResult", description="The rows, or why not."),
]
RecordDisclosureReadingResult = Annotated[
    DisclosureReadingRecorded | Refused,
    strawberry.union("RecordDisclosureReadingResult", description="What was read, or why not."),
]
SubscribeToDisclosuresResult = Annotated[
    DisclosureSubscriptionsPayload | Refused,
    strawberry.union("SubscribeToDisclosuresResult", description="All of them, or why not."),
]
UnsubscribeFromDisclosuresResult = Annotated[
    DisclosureSubscriptionsPayload | Refused,
    strawberry.union("UnsubscribeFromDisclosuresResult", description="Those left, or why not."),
]


async def _mine(info: Info) -> DisclosureSubscriptionsPayload:
    rows = await feed.my_subscriptions(info.context.actor)
    return DisclosureSubscriptionsPayload(
        subscriptions=[DisclosureSubscription.of(row) for row in rows]
    )


@strawberry.type
class DisclosureDisplayMutation:
    """On display."""

    @strawberry.mutation(description="Put a disclosure on top of its body's; few can be.")
    async def pin_disclosure(
        self, info: Info, input: Annotated[PinDisclosureInput, Argument]
    ) -> PinDisclosureResult:
        """Pin it."""
        disclosure_id = which(input.disclosure_id)
        await display.pin_disclosure(info.context.actor, disclosure_id)
        return await payload(info, disclosure_id)

    @strawberry.mutation(description="Let a disclosure go back to its place.")
    async def unpin_disclosure(
        self, info: Info, input: Annotated[UnpinDisclosureInput, Argument]
    ) -> UnpinDisclosureResult:
        """Unpin it."""
        disclosure_id = which(input.disclosure_id)
        await display.unpin_disclosure(info.context.actor, disclosure_id)
        return await payload(info, disclosure_id)

    @strawberry.mutation(description="Put the content out of public sight; its hash stays.")
    async def take_down_disclosure(
        self, info: Info, input: Annotated[TakeDownDisclosureInput, Argument]
    ) -> TakeDownDisclosureResult:
        """Take it down."""
        disclosure_id = which(input.disclosure_id)
        replayed = await display.take_down_disclosure(
            info.context.actor,
            disclosure_id,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return await payload(info, disclosure_id, replayed=replayed)

    @strawberry.mutation(description="Read the rows of a version in full; that is audited.")
    async def reveal_disclosure_rows(
        self, info: Info, input: Annotated[RevealDisclosureRowsInput, Argument]
    ) -> RevealDisclosureRowsResult:
        """Reveal them."""
        rows = await display.reveal_rows(
            info.context.actor,
            which(input.disclosure_id),
            number=input.number,
            after=max(0, input.after_position),
        )
        return DisclosureRowsRevealed(rows=[FullDisclosedRow.of(each) for each in rows])

    @strawberry.mutation(description="Be counted as a reader, once a day, without a trace of whom.")
    async def record_disclosure_reading(
        self, info: Info, input: Annotated[RecordDisclosureReadingInput, Argument]
    ) -> RecordDisclosureReadingResult:
        """Count it."""
        disclosure_id = which(input.disclosure_id)
        await reading.record_reading(info.context.actor, disclosure_id)
        found = await reloaded(info, Disclosure.load, disclosure_id)
        assert found is not None, "what is public is seen"
        return DisclosureReadingRecorded(disclosure=found)

    @strawberry.mutation(description="Ask to hear of a category in an area.")
    async def subscribe_to_disclosures(
        self, info: Info, input: Annotated[SubscribeToDisclosuresInput, Argument]
    ) -> SubscribeToDisclosuresResult:
        """Subscribe."""
        await reading.subscribe(
            info.context.actor,
            node.decode("area", input.area_id, path=("input", "areaId")),
            kind=input.kind,
            affair=input.affair,
            item_code=input.item_code,
            tag=input.tag,
        )
        return await _mine(info)

    @strawberry.mutation(description="Hear of a category no more.")
    async def unsubscribe_from_disclosures(
        self, info: Info, input: Annotated[UnsubscribeFromDisclosuresInput, Argument]
    ) -> UnsubscribeFromDisclosuresResult:
        """Unsubscribe."""
        subscription_id = node.decode(
            "disclosure_subscription", input.subscription_id, path=("input", "subscriptionId")
        )
        await reading.unsubscribe(info.context.actor, subscription_id)
        return await _mine(info)
