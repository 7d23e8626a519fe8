"""What writers give: the words of a version, and where a disclosure stands."""

from collections.abc import Mapping
from datetime import date, datetime

import strawberry

from domains.disclosure.service.placing import Placing
from domains.disclosure.service.words import Attached, Words
from domains.disclosure.values import Affair, AttachmentUse, DisclosureKind
from schema import node
from schema.disclosure import enums as _enums  # noqa: F401  # describes the enums first

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
