"""Writing, approving and publishing disclosures. Each result is the payload or the refusal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.disclosure.service import approving, drafting
from schema import node
from schema.context import Info
from schema.disclosure.disclosures import Disclosure
from schema.disclosure.writing_inputs import (
    NUMBER,
    WHICH,
    Argument,
    DisclosurePlacingInput,
    DisclosureWordsInput,
    Key,
)
from schema.errors import Outdated, Refused
from schema.membership.types import reloaded


@strawberry.input(description="A disclosure to be drafted.")
class DraftDisclosureInput:
    """For which body, where it stands, and what it says."""

    publisher_id: strawberry.ID = strawberry.field(description="The body that answers for it.")
    placing: DisclosurePlacingInput = strawberry.field(description="Where it stands.")
    words: DisclosureWordsInput = strawberry.field(description="What it says.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A draft to be written anew.")
class EditDisclosureInput:
    """Which, and what it says now."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    words: DisclosureWordsInput = strawberry.field(description="What it says.")
    placing: DisclosurePlacingInput | None = strawberry.field(
        default=None, description="Where it stands, while nothing of it is public."
    )
    expected_revision: int = strawberry.field(description="The revision that the caller read.")


@strawberry.input(description="A draft to be given up.")
class DiscardDisclosureDraftInput:
    """Which."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A draft to be handed in.")
class SubmitDisclosureInput:
    """Which."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A step to be taken.")
class ApproveDisclosureInput:
    """Of which version."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    number: int = strawberry.field(description=NUMBER)
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A version to be sent back.")
class ReturnDisclosureInput:
    """Which, and why."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    number: int = strawberry.field(description=NUMBER)
    reason: str = strawberry.field(description="Why, 2 to 500 characters; its body reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="An approved version to be published.")
class PublishDisclosureInput:
    """Which, and when."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    number: int = strawberry.field(description=NUMBER)
    at: datetime | None = strawberry.field(
        default=None, description="When the worker is to publish it; without it, now."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A correction of what is public.")
class CorrectDisclosureInput:
    """What it is to say, and why."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    words: DisclosureWordsInput = strawberry.field(description="What it says.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A withdrawal of what is public.")
class WithdrawDisclosureInput:
    """Why."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The disclosure as it stands now.")
class DisclosurePayload:
    """What came of a command."""

    disclosure: Disclosure = strawberry.field(description=WHICH)
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


@strawberry.type(description="The draft is gone.")
class DisclosureDraftDiscarded:
    """What is left."""

    disclosure: Disclosure | None = strawberry.field(
        description="What is public of it; null where nothing was."
    )
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


DraftDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("DraftDisclosureResult", description="The draft, or why there is none."),
]
EditDisclosureResult = Annotated[
    DisclosurePayload | Outdated | Refused,
    strawberry.union("EditDisclosureResult", description="The draft, or why it stands."),
]
DiscardDisclosureDraftResult = Annotated[
    DisclosureDraftDiscarded | Refused,
    strawberry.union("DiscardDisclosureDraftResult", description="What is left, or why not."),
]
SubmitDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("SubmitDisclosureResult", description="What was handed in, or why not."),
]
ApproveDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("ApproveDisclosureResult", description="How far it has come, or why not."),
]
ReturnDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("ReturnDisclosureResult", description="The draft, or why it goes on."),
]
PublishDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("PublishDisclosureResult", description="What is public, or why not."),
]
CorrectDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("CorrectDisclosureResult", description="With its next version, or why not."),
]
WithdrawDisclosureResult = Annotated[
    DisclosurePayload | Refused,
    strawberry.union("WithdrawDisclosureResult", description="With its last version, or why not."),
]


def which(disclosure_id: str) -> UUID:
    """Return the id that an input names."""
    return node.decode("disclosure", disclosure_id, path=("input", "disclosureId"))


async def payload(info: Info, disclosure_id: UUID, *, replayed: bool = False) -> DisclosurePayload:
    """Read a disclosure as it stands after a command."""
    found = await reloaded(info, Disclosure.load, disclosure_id)
    assert found is not None, "who wrote or approved a disclosure sees it"
    return DisclosurePayload(disclosure=found, replayed=replayed)


@strawberry.type
class DisclosureWritingMutation:
    """From the first word to the public version, and beyond."""

    @strawberry.mutation(description="Draft a disclosure for a body that the caller writes for.")
    async def draft_disclosure(
        self, info: Info, input: Annotated[DraftDisclosureInput, Argument]
    ) -> DraftDisclosureResult:
        """Draft it."""
        disclosure_id, replayed = await drafting.draft_disclosure(
            info.context.actor,
            node.decode("publisher", input.publisher_id, path=("input", "publisherId")),
            input.placing.given(),
            input.words.said(),
            idempotency_key=input.idempotency_key,
        )
        return await payload(info, disclosure_id, replayed=replayed)

    @strawberry.mutation(description="Write a draft anew.")
    async def edit_disclosure(
        self, info: Info, input: Annotated[EditDisclosureInput, Argument]
    ) -> EditDisclosureResult:
        """Write it."""
        disclosure_id = which(input.disclosure_id)
        await drafting.edit_disclosure(
            info.context.actor,
            disclosure_id,
            input.words.said(),
            given=input.placing.given() if input.placing else None,
            expected_revision=input.expected_revision,
        )
        return await payload(info, disclosure_id)

    @strawberry.mutation(description="Give up a draft that was never handed in.")
    async def discard_disclosure_draft(
        self, info: Info, input: Annotated[DiscardDisclosureDraftInput, Argument]
    ) -> DiscardDisclosureDraftResult:
        """Give it up."""
        disclosure_id = which(input.disclosure_id)
        replayed = await drafting.discard_draft(
            info.context.actor, disclosure_id, idempotency_key=input.idempotency_key
        )
        left = await reloaded(info, Disclosure.load, disclosure_id)
        return DisclosureDraftDiscarded(disclosure=left, replayed=replayed)

    @strawberry.mutation(description="Hand a draft in: its words stand, and its chain begins.")
    async def submit_disclosure(
        self, info: Info, input: Annotated[SubmitDisclosureInput, Argument]
    ) -> SubmitDisclosureResult:
        """Hand it in."""
        disclosure_id = which(input.disclosure_id)
        replayed = await approving.submit_disclosure(
            info.context.actor, disclosure_id, idempotency_key=input.idempotency_key
        )
        return await payload(info, disclosure_id, replayed=replayed)

    @strawberry.mutation(
        description="Take the step at which a version waits; who wrote it never may."
    )
    async def approve_disclosure(
        self, info: Info, input: Annotated[ApproveDisclosureInput, Argument]
    ) -> ApproveDisclosureResult:
        """Take it."""
        disclosure_id = which(input.disclosure_id)
        replayed = await approving.approve_disclosure(
            info.context.actor,
            disclosure_id,
            number=input.number,
            idempotency_key=input.idempotency_key,
        )
        return await payload(info, disclosure_id, replayed=replayed)

    @strawberry.mutation(
        description="Send a version back to its author, with a reason: at its step, or, before"
        " it is public, after its last."
    )
    async def return_disclosure(
        self, info: Info, input: Annotated[ReturnDisclosureInput, Argument]
    ) -> ReturnDisclosureResult:
        """Send it back."""
        disclosure_id = which(input.disclosure_id)
        replayed = await approving.return_disclosure(
            info.context.actor,
            disclosure_id,
            number=input.number,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return await payload(info, disclosure_id, replayed=replayed)

    @strawberry.mutation(description="Publish what every step has approved, now or at a minute.")
    async def publish_disclosure(
        self, info: Info, input: Annotated[PublishDisclosureInput, Argument]
    ) -> PublishDisclosureResult:
        """Publish it."""
        disclosure_id = which(input.disclosure_id)
        replayed = await approving.publish_disclosure(
            info.context.actor,
            disclosure_id,
            number=input.number,
            at=input.at,
            idempotency_key=input.idempotency_key,
        )
        return await payload(info, disclosure_id, replayed=replayed)

    @strawberry.mutation(description="Draft the next version of what is public, with a reason.")
    async def correct_disclosure(
        self, info: Info, input: Annotated[CorrectDisclosureInput, Argument]
    ) -> CorrectDisclosureResult:
        """Draft it."""
        disclosure_id = which(input.disclosure_id)
        replayed = await drafting.correct_disclosure(
            info.context.actor,
            disclosure_id,
            input.words.said(),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return await payload(info, disclosure_id, replayed=replayed)

    @strawberry.mutation(
        description="Draft the version that withdraws what is public; it goes its whole way too."
    )
    async def withdraw_disclosure(
        self, info: Info, input: Annotated[WithdrawDisclosureInput, Argument]
    ) -> WithdrawDisclosureResult:
        """Draft it."""
        disclosure_id = which(input.disclosure_id)
        replayed = await drafting.withdraw_disclosure(
            info.context.actor,
            disclosure_id,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return await payload(info, disclosure_id, replayed=replayed)
