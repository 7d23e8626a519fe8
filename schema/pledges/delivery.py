"""What is claimed of a pledge, changed, objected to and said of it, as the world sees it."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.pledges.queries import delivery
from domains.pledges.values.pledges import (
    ChangeState,
    EvidenceKind,
    ObjectionAbout,
    PledgeAct,
    PledgeObjectionState,
    PledgeState,
    ReportKind,
)
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Person
from schema.node import Node
from schema.pledges import enums as _enums  # noqa: F401  # describes the enums first
from schema.pledges.terms import PledgeTerms
from schema.pledges.types import Pledge

# The kinds of node that evidence may refer to.
REFERRED = {EvidenceKind.DISCLOSURE: "disclosure", EvidenceKind.FINANCE_LINE: "statement_line"}


@strawberry.type(description="What a claim is proven by; it came with the claim.")
class PledgeEvidence:
    """Never altered, and never dated after what it proves."""

    kind: EvidenceKind = strawberry.field(description="What it is.")
    dated_on: date = strawberry.field(description="The day of it.")
    caption: str = strawberry.field(description="What it shows; may be empty.")
    head_count: int | None = strawberry.field(description="How many came, for attendance.")
    file_name: str | None = strawberry.field(description="What a picture's file is called.")
    subject_id: strawberry.ID | None = strawberry.field(
        description="What was disclosed or booked, by id."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        kind = EvidenceKind(row["kind"])
        subject_id = row["subject_id"]
        return cls(
            kind=kind,
            dated_on=row["dated_on"],
            caption=row["caption"],
            head_count=row["head_count"],
            file_name=row["file_name"],
            subject_id=None if subject_id is None else node.encode(REFERRED[kind], subject_id),
            row=row,
        )

    @strawberry.field(
        description="An address that fetches a picture for some minutes: a path on this origin,"
        " or a whole URL. Null for other evidence."
    )
    def address(self) -> str | None:
        """Sign it; who sees the claim sees what proves it."""
        return delivery.picture_address(self.row)

    @strawberry.field(description="What was disclosed or booked; null where out of sight.")
    async def subject(self, info: Info) -> Node | None:
        """Load it with the others of its kind."""
        if self.row["subject_id"] is None:
            return None
        return await node.load(info, REFERRED[self.kind], self.row["subject_id"])


@strawberry.type(description="A claim: progress or delivery, with its evidence.")
class PledgeReport(Node):
    """It stands as it was made, or is struck."""

    kind: ReportKind = strawberry.field(description="What it claims.")
    text: str = strawberry.field(description="What it says.")
    happened_on: date = strawberry.field(description="The day on which it is said to be.")
    counts_on: date = strawberry.field(
        description="The day that it counts for: that day, or the day of the report where that"
        " came later than the rules allow."
    )
    achieved_number: int | None = strawberry.field(description="What was reached of the target.")
    milestone_id: strawberry.ID | None = strawberry.field(
        description="The milestone that it says is reached."
    )
    reported_at: datetime = strawberry.field(description="When it was reported.")
    struck_at: datetime | None = strawberry.field(
        description="When it was struck after a contest, or not accepted; null where it stands."
    )
    confirmations: int = strawberry.field(description="How many residents confirm it.")
    is_confirmed: bool = strawberry.field(description="Whether the caller confirms it.")
    contests: int = strawberry.field(description="How many contests of it wait for an answer.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        key = row["milestone_key"]
        return cls(
            id=node.encode("pledge_report", row["id"]),
            kind=ReportKind(row["kind"]),
            milestone_id=None if key is None else node.encode("pledge_milestone", key),
            **{name: row[name] for name in _REPORT},
            row=row,
        )

    @strawberry.field(description="What it is proven by, in the order given.", metadata=LOADS)
    async def evidence(self, info: Info) -> list[PledgeEvidence]:
        """Load it with that of the other reports; 20 at most."""
        rows = await info.context.load(delivery.evidence, self.row["id"])
        return [PledgeEvidence.of(row) for row in rows]

    @strawberry.field(description="The pledge.", metadata=LOADS)
    async def pledge(self, info: Info) -> Pledge | None:
        """Load it with those of the other reports."""
        return await Pledge.load(info, self.row["pledge_id"])


_REPORT = (
    *("text", "happened_on", "counts_on", "achieved_number", "reported_at", "struck_at"),
    *("confirmations", "is_confirmed", "contests"),
)


@strawberry.type(description="A change of a promise: with its reason, on a notice of its own.")
class PledgeChange(Node):
    """Nothing changes before its notice is over."""

    state: ChangeState = strawberry.field(description="What became of it.")
    reason: str = strawberry.field(description="Why.")
    noticed_at: datetime = strawberry.field(description="When its notice began.")
    notice_until: datetime = strawberry.field(description="The first instant after its notice.")
    decided_at: datetime | None = strawberry.field(description="When it was settled.")
    terms: PledgeTerms = strawberry.field(description="What the pledge would say, or says now.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("pledge_change", row["id"]),
            state=ChangeState(row["state"]),
            reason=row["reason"],
            noticed_at=row["noticed_at"],
            notice_until=row["notice_until"],
            decided_at=row["decided_at"],
            terms=PledgeTerms.of(row, (row["pledge_id"], row["version"])),
        )


@strawberry.type(description="An objection to a notice, or a contest of a claim.")
class PledgeObjection(Node):
    """What is said is public; who says it is not."""

    about: ObjectionAbout = strawberry.field(description="What it is about.")
    text: str = strawberry.field(description="What is said.")
    state: PledgeObjectionState = strawberry.field(description="What became of it.")
    filed_at: datetime = strawberry.field(description="When it was filed.")
    due_at: datetime = strawberry.field(description="When it is to be answered by.")
    is_late: bool = strawberry.field(description="Whether it was not answered in time.")
    answer: str | None = strawberry.field(description="The answer.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")
    is_own: bool = strawberry.field(description="Whether it is the caller's.")
    report_id: strawberry.ID | None = strawberry.field(description="The claim that it contests.")
    change_id: strawberry.ID | None = strawberry.field(description="The change that it is about.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        report_id, change_id = row["report_id"], row["change_id"]
        return cls(
            id=node.encode("pledge_objection", row["id"]),
            about=ObjectionAbout(row["about"]),
            text=row["text"],
            state=PledgeObjectionState(row["state"]),
            filed_at=row["filed_at"],
            due_at=row["due_at"],
            is_late=row["late_since"] is not None,
            answer=row["answer"],
            answered_at=row["answered_at"],
            is_own=row["is_own"],
            report_id=None if report_id is None else node.encode("pledge_report", report_id),
            change_id=None if change_id is None else node.encode("pledge_change", change_id),
            row=row,
        )

    @strawberry.field(description="Who says it; for who screens pledges, and for themselves.")
    async def objector(self, info: Info) -> Person | None:
        """Load them with those of the other objections."""
        objector_id = self.row["objector_id"]
        return None if objector_id is None else await Person.load(info, objector_id)

    @strawberry.field(description="The pledge.", metadata=LOADS)
    async def pledge(self, info: Info) -> Pledge | None:
        """Load it with those of the other objections."""
        return await Pledge.load(info, self.row["pledge_id"])


@strawberry.type(description="A comment on a pledge.")
class PledgeComment(Node):
    """Once removed, its text is shown no more; that it was, and why it went, is."""

    text: str | None = strawberry.field(description="What it says; null once removed.")
    at: datetime = strawberry.field(description="When it was written.")
    removed_at: datetime | None = strawberry.field(description="When it was removed.")
    remove_reason: str | None = strawberry.field(description="Why it was removed.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("pledge_comment", row["id"]),
            text=row["text"],
            at=row["at"],
            removed_at=row["removed_at"],
            remove_reason=row["remove_reason"],
            row=row,
        )

    @strawberry.field(
        description="Who wrote it, as far as the caller may know them.", metadata=LOADS
    )
    async def author(self, info: Info) -> Person | None:
        """Load them with those of the other comments."""
        return await Person.load(info, self.row["by_id"])


@strawberry.type(description="What somebody who may accept says of a delivery.")
class PledgeAcceptance:
    """What is said is public; who says it is not."""

    accepted: bool = strawberry.field(description="Whether it is what was promised.")
    remark: str = strawberry.field(description="Why; may be empty.")
    at: datetime = strawberry.field(description="When it was said.")
    round: int = strawberry.field(description="Of which delivery: the first is 1.")
    is_own: bool = strawberry.field(description="Whether the caller said it.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(**{name: row[name] for name in ("accepted", "remark", "at", "round", "is_own")})


@strawberry.type(description="A line of a pledge's public history.")
class PledgeHistoryEntry:
    """What happened, and how the pledge stood afterwards."""

    sequence: int = strawberry.field(description="Its place in the history, without gaps.")
    act: PledgeAct = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    state: PledgeState = strawberry.field(description="How far the pledge had come then.")
    version: int = strawberry.field(description="The version of the terms in force then.")
    deadline: date = strawberry.field(description="The deadline in force then.")
    reason: str | None = strawberry.field(description="Why, or what was said.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            sequence=row["seq"],
            act=PledgeAct(row["act"]),
            at=row["at"],
            state=PledgeState(row["state"]),
            version=row["version"],
            deadline=row["deadline"],
            reason=row["reason"],
        )


async def _reports(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await delivery.reports_by_id(actor, ids)
    return [None if row is None else PledgeReport.of(row) for row in rows]


async def _changes(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await delivery.changes_by_id(actor, ids)
    return [None if row is None else PledgeChange.of(row) for row in rows]


async def _objections(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await delivery.objections_by_id(actor, ids)
    return [None if row is None else PledgeObjection.of(row) for row in rows]


async def _comments(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await delivery.comments_by_id(actor, ids)
    return [None if row is None else PledgeComment.of(row) for row in rows]


for _kind, _fetch in (
    ("pledge_report", _reports),
    ("pledge_change", _changes),
    ("pledge_objection", _objections),
    ("pledge_comment", _comments),
):
    node.register(_kind, _fetch)
