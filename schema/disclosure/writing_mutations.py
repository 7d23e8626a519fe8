"""Writing, approving and publishing disclosures. Each result is the payload or the refusal."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.disclosure.service import approving, drafting
from domains.disclosure.service.placing import Placing
from domains.disclosure.service.words import Attached, Words
from domains.disclosure.values import Affair, AttachmentUse, DisclosureKind
from schema import node
from schema.context import Info
from schema.disclosure.disclosures import Disclosure
from schema.errors import Outdated, Refused
from schema.membership.types import reloaded

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")
WHICH = "The disclosure."
NUMBER = "The number of the version: nobody approves another than they read."


@strawberry.input(description="A file to attach.")
class AttachmentInput:
    """A complete upload of the caller's, or one that the public version has."""

    upload_id: strawberry.ID = strawberry.field(description="The upload.")
    use: AttachmentUse = strawberry.field(
        default=AttachmentUse.FILE, description="What it is to the text."
    )
    caption: str = strawberry.field(default="", description="What stands beside it.")


@strawberry.input(description="A cell of a row.")
class CellInput:
    """A field of the item's form, and what it says in full."""

    name: str = strawberry.field(description="The field.")
    text: str | None = strawberry.field(default=None, description="What it says; null for nothing.")


@strawberry.input(description="A row of a structured disclosure, in full.")
class RowInput:
    """What is shown of it follows from the form."""

    cells: list[CellInput] = strawberry.field(description="Its cells.")

    def given(self) -> Mapping[str, str | None]:
        """Hand it to the domain."""
        return {each.name: each.text for each in self.cells}


@strawberry.input(description="What a version says.")
class DisclosureWordsInput:
    """Everybody reads it: personal data belongs in masked fields."""

    title: str = strawberry.field(description="Its title, 2 to 120 characters.")
    body: str = strawberry.field(
        description="Its text in a small part of HTML; whatever else is in it is taken out."
    )
    occurred_on: date | None = strawberry.field(
        default=None, description="The day on which it occurred; never a day to come."
    )
    attachments: list[AttachmentInput] = strawberry.field(
        default_factory=list, description="Pictures and files, 20 at most."
    )
    rows: list[RowInput] = strawberry.field(
        default_factory=list, description="Rows of the item's form, 2,000 at most."
    )

    def said(self) -> Words:
        """Hand it to the domain."""
        path = ("input", "words", "attachments")
        return Words(
            title=self.title,
            body=self.body,
            occurred_on=self.occurred_on,
            attachments=tuple(
                Attached(node.decode("upload", each.upload_id, path=path), each.use, each.caption)
                for each in self.attachments
            ),
            rows=tuple(each.given() for each in self.rows),
        )


@strawberry.input(description="A span of days.")
class DaysInput:
    """Both days are included."""

    start: date = strawberry.field(description="The first day.")
    end: date = strawberry.field(description="The last day.")


@strawberry.input(description="Where a disclosure stands.")
class DisclosurePlacingInput:
    """Its kind, its item and duties, whom it is aimed at: all of it stands once it is public."""

    kind: DisclosureKind = strawberry.field(description="What residents know it as.")
    affair: Affair | None = strawberry.field(
        default=None, description="Of a structured disclosure: which of the three affairs."
    )
    item_code: str | None = strawberry.field(
        default=None, description="The code of an item that the community keeps to."
    )
    obligation_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The duties that it is to meet, of the same affair."
    )
    period: DaysInput | None = strawberry.field(
        default=None, description="What time it is about; without it, that of its first duty."
    )
    target_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Areas within its publisher's own; without any, the whole of it.",
    )
    tags: list[str] = strawberry.field(default_factory=list, description="Tags, 10 at most.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="When its display ends."
    )
    take_down_at: datetime | None = strawberry.field(
        default=None, description="When its content goes out of public sight."
    )

    def given(self) -> Placing:
        """Hand it to the domain."""
        at = ("input", "placing")
        return Placing(
            kind=self.kind,
            affair=self.affair,
            item_code=self.item_code,
            obligation_ids=tuple(
                node.decode("obligation", each, path=(*at, "obligationIds"))
                for each in self.obligation_ids
            ),
            period=(self.period.start, self.period.end) if self.period else None,
            target_ids=tuple(
                node.decode("area", each, path=(*at, "targetIds")) for each in self.target_ids
            ),
            tags=tuple(self.tags),
            expires_at=self.expires_at,
            take_down_at=self.take_down_at,
        )


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


@strawberry.input(description="A draft to be handed in.")
class SubmitDisclosureInput:
    """Which."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)


@strawberry.input(description="A step to be taken.")
class ApproveDisclosureInput:
    """Of which version."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    number: int = strawberry.field(description=NUMBER)


@strawberry.input(description="A version to be sent back.")
class ReturnDisclosureInput:
    """Which, and why."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    number: int = strawberry.field(description=NUMBER)
    reason: str = strawberry.field(description="Why, 2 to 500 characters; its body reads it.")


@strawberry.input(description="An approved version to be published.")
class PublishDisclosureInput:
    """Which, and when."""

    disclosure_id: strawberry.ID = strawberry.field(description=WHICH)
    number: int = strawberry.field(description=NUMBER)
    at: datetime | None = strawberry.field(
        default=None, description="When the worker is to publish it; without it, now."
    )


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
        await drafting.discard_draft(info.context.actor, disclosure_id)
        left = await reloaded(info, Disclosure.load, disclosure_id)
        return DisclosureDraftDiscarded(disclosure=left)

    @strawberry.mutation(description="Hand a draft in: its words stand, and its chain begins.")
    async def submit_disclosure(
        self, info: Info, input: Annotated[SubmitDisclosureInput, Argument]
    ) -> SubmitDisclosureResult:
        """Hand it in."""
        disclosure_id = which(input.disclosure_id)
        await approving.submit_disclosure(info.context.actor, disclosure_id)
        return await payload(info, disclosure_id)

    @strawberry.mutation(
        description="Take the step at which a version waits; who wrote it never may."
    )
    async def approve_disclosure(
        self, info: Info, input: Annotated[ApproveDisclosureInput, Argument]
    ) -> ApproveDisclosureResult:
        """Take it."""
        disclosure_id = which(input.disclosure_id)
        await approving.approve_disclosure(info.context.actor, disclosure_id, number=input.number)
        return await payload(info, disclosure_id)

    @strawberry.mutation(description="Send a version back to its author, with a reason.")
    async def return_disclosure(
        self, info: Info, input: Annotated[ReturnDisclosureInput, Argument]
    ) -> ReturnDisclosureResult:
        """Send it back."""
        disclosure_id = which(input.disclosure_id)
        await approving.return_disclosure(
            info.context.actor, disclosure_id, number=input.number, reason=input.reason
        )
        return await payload(info, disclosure_id)

    @strawberry.mutation(description="Publish what every step has approved, now or at a minute.")
    async def publish_disclosure(
        self, info: Info, input: Annotated[PublishDisclosureInput, Argument]
    ) -> PublishDisclosureResult:
        """Publish it."""
        disclosure_id = which(input.disclosure_id)
        await approving.publish_disclosure(
            info.context.actor, disclosure_id, number=input.number, at=input.at
        )
        return await payload(info, disclosure_id)

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
