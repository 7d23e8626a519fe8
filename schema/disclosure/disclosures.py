"""Disclosures as the world sees them: the public version, its history, and drafts for bodies."""

import json
from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import attachments, disclosures, log
from domains.disclosure.rules.forms import fields_of
from domains.disclosure.values import (
    Affair,
    AttachmentUse,
    Change,
    Decision,
    DisclosureKind,
    DisclosureState,
    StepKind,
    VersionState,
)
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import clamped
from schema import node
from schema.connection import First
from schema.context import LOADS, Info
from schema.disclosure.catalogue import CatalogueItem, FormField, Obligation
from schema.disclosure.publishers import Publisher
from schema.membership.types import Area
from schema.node import Node

# What stands in place of a title that is out of public sight.
TAKEN_DOWN = "(内容已下架)"


@strawberry.type(description="One cell of a row.")
class DisclosedCell:
    """A field and what is shown of it."""

    name: str = strawberry.field(description="The field.")
    text: str | None = strawberry.field(description="What it says; null where nothing is shown.")


@strawberry.type(description="A row of a structured disclosure, as far as everybody may see it.")
class DisclosedRow:
    """Masked by the rules of its form."""

    position: int = strawberry.field(description="Its place, from 1.")
    cells: list[DisclosedCell] = strawberry.field(description="Its cells.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        cells = json.loads(row["shown"])
        return cls(
            position=row["position"],
            cells=[DisclosedCell(name=name, text=text) for name, text in cells.items()],
        )


async def _rows(info: Info, version_id: UUID, first: int | None) -> list[DisclosedRow]:
    rows = await info.context.load(disclosures.rows_by_version, (version_id, clamped(first)))
    return [DisclosedRow.of(row) for row in rows]


@strawberry.type(description="A picture or a file of a version.")
class DisclosureAttachment(Node):
    """Its content was judged when it arrived."""

    use: AttachmentUse = strawberry.field(description="What it is to the text.")
    caption: str = strawberry.field(description="What stands beside it.")
    file_name: str = strawberry.field(description="What the file is called.")
    media_type: str = strawberry.field(description="What the file is.")
    size_bytes: int = strawberry.field(description="How large it is.")
    sha256: str = strawberry.field(description="The SHA-256 of its content, in hexadecimal.")
    upload_id: strawberry.ID = strawberry.field(
        description="The upload, for a correction that keeps it."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("attachment", row["id"]),
            use=AttachmentUse(row["used_as"]),
            caption=row["caption"],
            file_name=row["file_name"],
            media_type=row["media_type"],
            size_bytes=row["size_bytes"],
            sha256=row["sha256"].hex(),
            upload_id=node.encode("upload", row["upload_id"]),
            row=row,
        )

    @strawberry.field(description="An address that fetches it for some minutes.", metadata=LOADS)
    async def address(self, info: Info) -> str | None:
        """Make it with those of the other attachments."""
        return await info.context.load(attachments.addresses, self.row["upload_id"])


@strawberry.type(description="A step that was taken of a version's chain.")
class ApprovalStep:
    """That it was taken is public; why it was returned is for the body."""

    step: StepKind = strawberry.field(description="Which step.")
    round: int = strawberry.field(description="Which time it was handed in.")
    decision: Decision = strawberry.field(description="What was decided.")
    decided_at: datetime = strawberry.field(description="When.")
    reason: str | None = strawberry.field(
        description="Why it was returned; null for who does not belong to the body."
    )


@strawberry.type(description="One version of a disclosure; a published one never changes.")
class DisclosureVersion(Node):
    """Published ones are for everybody, the others for their body."""

    number: int = strawberry.field(description="Its number, from 1.")
    change: Change = strawberry.field(description="What it is to the one before.")
    reason: str | None = strawberry.field(description="Why it corrects or withdraws.")
    state: VersionState = strawberry.field(description="How far it has come.")
    title: str = strawberry.field(description="Its title; once it was taken down, that it was.")
    body: str | None = strawberry.field(
        description="Its text in a small part of HTML; null once it was taken down."
    )
    occurred_on: date | None = strawberry.field(description="The day on which it occurred.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    submitted_at: datetime | None = strawberry.field(description="When it was handed in.")
    approved_at: datetime | None = strawberry.field(description="When its chain was passed.")
    scheduled_at: datetime | None = strawberry.field(description="When it is to be published.")
    published_at: datetime | None = strawberry.field(description="When it became public.")
    record_sha256: str | None = strawberry.field(
        description="The SHA-256 of the record, in hexadecimal; it stays when it is taken down."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row; what was taken down keeps its dates and its hash."""
        shown = row["taken_down_at"] is None or row["belongs"]
        digest = row["record_sha256"]
        return cls(
            id=node.encode("disclosure_version", row["id"]),
            number=row["number"],
            change=Change(row["change"]),
            reason=row["reason"] if shown else None,
            state=VersionState(row["state"]),
            title=row["title"] if shown else TAKEN_DOWN,
            body=row["body_html"] if shown else None,
            occurred_on=row["occurred_on"],
            created_at=row["created_at"],
            submitted_at=row["submitted_at"],
            approved_at=row["approved_at"],
            scheduled_at=row["scheduled_at"],
            published_at=row["published_at"],
            record_sha256=digest.hex() if digest is not None else None,
            row=row,
        )

    @property
    def is_shown(self) -> bool:
        """Whether the caller may read the content."""
        return self.row["taken_down_at"] is None or self.row["belongs"]

    @strawberry.field(
        description="Its canonical public record, JSON, once it is public and not taken down.",
        metadata={**LOADS, "cost": 25},
    )
    async def record(self, info: Info) -> str | None:
        """Load it with those of the other versions: it may be long."""
        if not self.is_shown:
            return None
        return await info.context.load(disclosures.records_by_version, self.row["id"])

    @strawberry.field(
        description="While it is public and no daily head of the log has it: from when on one will,"
        " and its proof can be asked for. Null once one has.",
        metadata=LOADS,
    )
    async def head_pending_until(self, info: Info) -> datetime | None:
        """Load it with those of the other versions."""
        return await info.context.load(log.pending_until, self.row["id"])

    @strawberry.field(description="The fields of its rows.")
    def fields(self) -> list[FormField]:
        """Read them from the version's own copy of the form."""
        form = self.row["form"]
        return [] if form is None else [FormField.of(each) for each in fields_of(json.loads(form))]

    @strawberry.field(description="Its first rows, masked; none once taken down.")
    async def rows(self, info: Info, first: First = None) -> list[DisclosedRow]:
        """Load them with those of the other versions; `disclosureRows` pages through all."""
        return await _rows(info, self.row["id"], first) if self.is_shown else []

    @strawberry.field(description="How many rows it has; none once taken down.", metadata=LOADS)
    async def row_count(self, info: Info) -> int:
        """Count them with those of the other versions."""
        if not self.is_shown:
            return 0
        return await info.context.load(disclosures.row_counts, self.row["id"])

    @strawberry.field(description="Its attachments; none once taken down.", metadata=LOADS)
    async def attachments(self, info: Info) -> list[DisclosureAttachment]:
        """Load them with those of the other versions."""
        if not self.is_shown:
            return []
        rows = await info.context.load(disclosures.attachments_by_version, self.row["id"])
        return [DisclosureAttachment.of(row) for row in rows]

    @strawberry.field(description="The steps that were taken of its chain.", metadata=LOADS)
    async def steps(self, info: Info) -> list[ApprovalStep]:
        """Load them with those of the other versions."""
        rows = await info.context.load(disclosures.steps_by_version, self.row["id"])
        return [
            ApprovalStep(
                step=StepKind(row["step"]),
                round=row["round"],
                decision=Decision(row["decision"]),
                decided_at=row["decided_at"],
                reason=row["reason"] if self.row["belongs"] else None,
            )
            for row in rows
        ]


@strawberry.type(description="Something that a body makes public, in numbered versions.")
class Disclosure(Node):
    """Shown by its public version; before that, to its body, by the draft."""

    kind: DisclosureKind = strawberry.field(description="What residents know it as.")
    affair: Affair | None = strawberry.field(description="Which of the three affairs it is of.")
    item_code: str | None = strawberry.field(description="Its item's code in the catalogue.")
    state: DisclosureState = strawberry.field(description="How far it has come.")
    title: str = strawberry.field(description="Its title; once it was taken down, that it was.")
    body: str | None = strawberry.field(
        description="Its text in a small part of HTML; null once it was taken down."
    )
    text: str | None = strawberry.field(description="The same without its tags.")
    occurred_on: date | None = strawberry.field(description="The day on which it occurred.")
    period_start: date | None = strawberry.field(description="The first day that it is about.")
    period_end: date | None = strawberry.field(description="The last day that it is about.")
    number: int = strawberry.field(description="The number of the version shown here.")
    latest_number: int = strawberry.field(description="The latest version, public or not.")
    first_published_at: datetime | None = strawberry.field(description="When it became public.")
    published_at: datetime | None = strawberry.field(description="When this version did.")
    expires_at: datetime | None = strawberry.field(description="When its display ends.")
    take_down_at: datetime | None = strawberry.field(
        description="When its content goes out of public sight."
    )
    taken_down_at: datetime | None = strawberry.field(description="When that happened.")
    take_down_reason: str | None = strawberry.field(description="Why.")
    archive_at: datetime | None = strawberry.field(description="When its retention ends.")
    is_pinned: bool = strawberry.field(description="Whether its body has put it on top.")
    record_sha256: str | None = strawberry.field(
        description="The SHA-256 of this version's public record, in hexadecimal."
    )
    revision: int = strawberry.field(description="To be given back when editing.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        shown = row["taken_down_at"] is None or row["belongs"]
        digest = row["record_sha256"]
        return cls(
            id=node.encode("disclosure", row["id"]),
            kind=DisclosureKind(row["kind"]),
            affair=Affair(row["affair"]) if row["affair"] else None,
            item_code=row["item_code"],
            state=DisclosureState(row["state"]),
            title=row["title"] if shown else TAKEN_DOWN,
            body=row["body_html"] if shown else None,
            text=row["body_text"] if shown else None,
            occurred_on=row["occurred_on"],
            period_start=row["period_start"],
            period_end=row["period_end"],
            number=row["number"],
            latest_number=row["latest_number"],
            first_published_at=row["first_published_at"],
            published_at=row["published_at"],
            expires_at=row["expires_at"],
            take_down_at=row["take_down_at"],
            taken_down_at=row["taken_down_at"],
            take_down_reason=row["take_down_reason"],
            archive_at=row["archive_at"],
            is_pinned=row["pinned_at"] is not None,
            record_sha256=digest.hex() if digest is not None else None,
            revision=row["revision"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, disclosure_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(disclosures.disclosures_by_id, disclosure_id)
        return None if row is None else cls.of(row)

    @property
    def is_shown(self) -> bool:
        """Whether the caller may read the content."""
        return self.row["taken_down_at"] is None or self.row["belongs"]

    @strawberry.field(description="Who answers for it.", metadata=LOADS)
    async def publisher(self, info: Info) -> Publisher | None:
        """Load it with those of the other disclosures."""
        return await Publisher.load(info, self.row["publisher_id"])

    @strawberry.field(description="The area over which it was published.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other disclosures."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="Its item in the catalogue.", metadata=LOADS)
    async def item(self, info: Info) -> CatalogueItem | None:
        """Load it with those of the other disclosures."""
        item_id = self.row["item_id"]
        return None if item_id is None else await CatalogueItem.load(info, item_id)

    @strawberry.field(description="The duties that it is to meet, or met.", metadata=LOADS)
    async def obligations(self, info: Info) -> list[Obligation]:
        """Load them with those of the other disclosures."""
        rows = await info.context.load(disclosures.duties_by_disclosure, self.row["id"])
        return [Obligation.of(row) for row in rows]

    @strawberry.field(description="Its first rows, masked; none once taken down.")
    async def rows(self, info: Info, first: First = None) -> list[DisclosedRow]:
        """Load them with those of the other disclosures; `disclosureRows` pages through all."""
        return await _rows(info, self.row["version_id"], first) if self.is_shown else []

    @strawberry.field(description="How many rows it has; none once taken down.", metadata=LOADS)
    async def row_count(self, info: Info) -> int:
        """Count them with those of the other disclosures."""
        if not self.is_shown:
            return 0
        return await info.context.load(disclosures.row_counts, self.row["version_id"])

    @strawberry.field(description="Its attachments; none once taken down.", metadata=LOADS)
    async def attachments(self, info: Info) -> list[DisclosureAttachment]:
        """Load them with those of the other disclosures."""
        if not self.is_shown:
            return []
        rows = await info.context.load(disclosures.attachments_by_version, self.row["version_id"])
        return [DisclosureAttachment.of(row) for row in rows]

    @strawberry.field(description="The areas at which it is aimed.", metadata=LOADS)
    async def targets(self, info: Info) -> list[Area]:
        """Load them with those of the other disclosures."""
        rows = await info.context.load(disclosures.targets_by_disclosure, self.row["id"])
        return [Area.of(row) for row in rows]

    @strawberry.field(description="Its tags.", metadata=LOADS)
    async def tags(self, info: Info) -> list[str]:
        """Load them with those of the other disclosures."""
        return await info.context.load(disclosures.tags_by_disclosure, self.row["id"])

    @strawberry.field(description="Its versions, the latest first: its history.", metadata=LOADS)
    async def versions(self, info: Info) -> list[DisclosureVersion]:
        """Load them with those of the other disclosures."""
        rows = await info.context.load(disclosures.versions_by_disclosure, self.row["id"])
        return [DisclosureVersion.of(row) for row in rows]

    @strawberry.field(
        description="How often it was read, each reader once a day; nobody knows by whom.",
        metadata=LOADS,
    )
    async def readings(self, info: Info) -> int:
        """Count them with those of the other disclosures."""
        return await info.context.load(disclosures.readings, self.row["id"])


async def _disclosures(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await disclosures.disclosures_by_id(actor, ids)
    return [Disclosure.of(row) if row else None for row in found]


async def _versions(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await disclosures.versions_by_id(actor, ids)
    return [DisclosureVersion.of(row) if row else None for row in found]


async def _attachments(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await disclosures.attachments_by_id(actor, ids)
    return [DisclosureAttachment.of(row) if row else None for row in found]


node.register("disclosure", _disclosures)
node.register("attachment", _attachments)
node.register("disclosure_version", _versions)
