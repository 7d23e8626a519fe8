"""Funds, their books and what was spent, as the world sees them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel import uploads
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.uploads import Upload as KeptUpload
from domains.matching.queries import funds
from domains.matching.values.funds import (
    FundEntryKind,
    FundKind,
    FundState,
    PayeeKind,
    SpendingState,
)
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.matching import exchange_enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Area, Organisation
from schema.node import Node
from schema.scalars import Fen

FundId = Annotated[strawberry.ID, strawberry.argument(description="The fund.")]


async def _addressed(actor: Actor, ids: list[UUID]) -> list[tuple[KeptUpload, str] | None]:
    return await uploads.addressed(ids)


@strawberry.type(description="A movement of a fund's money; it stands.")
class FundEntry:
    """Seen with the fund."""

    number: str = strawberry.field(description="Its number, rising over all funds.")
    kind: FundEntryKind = strawberry.field(description="What moved the money.")
    amount_fen: Fen = strawberry.field(description="How much.")
    said: str = strawberry.field(description="From whom, to whom or why; may be empty.")
    at: datetime = strawberry.field(description="When.")
    line_title: str | None = strawberry.field(description="For which line of a budget.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            number=str(row["number"]),
            kind=FundEntryKind(row["kind"]),
            amount_fen=Fen(row["amount_fen"]),
            said=row["said"],
            at=row["at"],
            line_title=row["line_title"],
            row=row,
        )

    @strawberry.field(description="Of which project the line is.", metadata=LOADS)
    async def project(self, info: Info) -> Node | None:
        """Load it with those of the other entries."""
        if self.row["project_id"] is None:
            return None
        return await node.load(info, "service_project", self.row["project_id"])


@strawberry.type(description="Where a fund's money went: to which line of which project.")
class FundLine:
    """A part of the trace of every fen."""

    project_title: str = strawberry.field(description="The project.")
    line_title: str = strawberry.field(description="The line of its budget.")
    allotted_fen: Fen = strawberry.field(description="How much was set aside.")
    spent_fen: Fen = strawberry.field(description="How much of that is spent.")
    project_id: strawberry.ID = strawberry.field(description="The project's id.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            project_title=row["project_title"],
            line_title=row["line_title"],
            allotted_fen=Fen(row["allotted_fen"]),
            spent_fen=Fen(row["spent_fen"]),
            project_id=node.encode("service_project", row["project_id"]),
        )


@strawberry.type(description="A promise to add to what is given to another fund.")
class FundMatch(Node):
    """So many fen for each so many given, up to a ceiling."""

    fund_name: str = strawberry.field(description="Which fund adds.")
    to_name: str = strawberry.field(description="To which fund.")
    adds_fen: Fen = strawberry.field(description="So many fen are added")
    per_fen: Fen = strawberry.field(description="for each so many given.")
    ceiling_fen: Fen = strawberry.field(description="Up to how much.")
    given_fen: Fen = strawberry.field(description="How much was given since.")
    added_fen: Fen = strawberry.field(description="How much was added since.")
    until: date = strawberry.field(description="The last day.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        amounts = ("adds_fen", "per_fen", "ceiling_fen", "given_fen", "added_fen")
        return cls(
            id=node.encode("fund_match", row["id"]),
            fund_name=row["fund_name"],
            to_name=row["to_name"],
            until=row["until"],
            **{name: Fen(row[name]) for name in amounts},
        )


@strawberry.type(description="Money that is bound to a purpose.")
class Fund(Node):
    """What it received is left, allotted, spent, returned or passed on: to the fen."""

    number: str = strawberry.field(description="Its number.")
    kind: FundKind = strawberry.field(description="What kind of fund.")
    state: FundState = strawberry.field(description="Whether it takes and gives.")
    name: str = strawberry.field(description="What it is called.")
    purpose: str = strawberry.field(description="What the money is for.")
    service_classes: list[ServiceClass] = strawberry.field(
        description="The kinds of service that it is for; all, if none."
    )
    keeper_name: str = strawberry.field(description="Who keeps the account, as it was called then.")
    most_per_project_fen: Fen | None = strawberry.field(
        description="The most that a project gets of it."
    )
    most_percent: int | None = strawberry.field(
        description="The largest share of a project's budget that it covers."
    )
    chosen_only: bool = strawberry.field(
        description="Whether it is for projects only that were chosen in a round."
    )
    received_fen: Fen = strawberry.field(description="All that came in.")
    left_fen: Fen = strawberry.field(description="What is free.")
    allotted_fen: Fen = strawberry.field(description="What is set aside, and not spent.")
    spent_fen: Fen = strawberry.field(description="What is spent.")
    returned_fen: Fen = strawberry.field(description="What went back to who had given it.")
    passed_on_fen: Fen = strawberry.field(description="What was added to other funds.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        most = row["most_per_project_fen"]
        return cls(
            id=node.encode("fund", row["id"]),
            number=str(row["number"]),
            kind=FundKind(row["kind"]),
            state=FundState(row["state"]),
            service_classes=[ServiceClass(each) for each in row["service_classes"]],
            most_per_project_fen=None if most is None else Fen(most),
            **{name: row[name] for name in (*_AMOUNTS, *_PLAIN)},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, fund_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(funds.funds_by_id, fund_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Its movements, the latest first.")
    async def entries(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[FundEntry]:
        """Read a page of them."""
        of = listing("fundEntries", {"fund": self.row["id"]})
        at = page(of, first, after)
        found = await funds.entries(info.context.actor, self.row["id"], at)
        return connection(of, found, at, make=FundEntry.of, key=lambda row: (row["number"],))

    @strawberry.field(description="Where its money went, by project and line.", metadata=LOADS)
    async def trace(self, info: Info) -> list[FundLine]:
        """Load it with that of the other funds."""
        rows = await info.context.load(funds.lines_by_fund, self.row["id"])
        return [FundLine.of(row) for row in rows]

    @strawberry.field(description="Promises by it and to it.", metadata=LOADS)
    async def matches(self, info: Info) -> list[FundMatch]:
        """Load them with those of the other funds."""
        rows = await info.context.load(funds.matches_by_fund, self.row["id"])
        return [FundMatch.of(row) for row in rows]

    @strawberry.field(description="Who keeps the account.", metadata=LOADS)
    async def keeper(self, info: Info) -> Organisation | None:
        """Load it with those of the other funds."""
        return await Organisation.load(info, self.row["keeper_id"])

    @strawberry.field(description="Where it is for.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other funds."""
        return await Area.load(info, self.row["area_id"])


_AMOUNTS = (
    *("received_fen", "left_fen", "allotted_fen", "spent_fen", "returned_fen", "passed_on_fen"),
)
_PLAIN = (
    *("name", "purpose", "keeper_name", "most_percent", "chosen_only", "opened_at", "closed_at"),
)


@strawberry.type(description="How a fund covers a line of a project's budget.")
class ProjectMoney:
    """A part of the trace of every fen."""

    fund_name: str = strawberry.field(description="The fund.")
    line_title: str = strawberry.field(description="The line.")
    allotted_fen: Fen = strawberry.field(description="How much it set aside.")
    spent_fen: Fen = strawberry.field(description="How much of that is spent.")

    @classmethod
    async def of_project(cls, info: Info, project_id: UUID) -> list[Self]:
        """Load it with that of the other projects."""
        rows = await info.context.load(funds.funds_by_project, project_id)
        return [
            cls(
                fund_name=row["fund_name"],
                line_title=row["line_title"],
                allotted_fen=Fen(row["allotted_fen"]),
                spent_fen=Fen(row["spent_fen"]),
            )
            for row in rows
        ]


@strawberry.type(description="Money of a project that was paid to somebody.")
class Spending(Node):
    """Public once it is approved; before, for who leads the project or keeps the money."""

    number: str = strawberry.field(description="Its number.")
    state: SpendingState = strawberry.field(description="Whether it stands.")
    amount_fen: Fen = strawberry.field(description="How much.")
    refunded_fen: Fen = strawberry.field(description="How much of it came back.")
    payee_kind: PayeeKind = strawberry.field(description="What kind of payee.")
    payee: str = strawberry.field(description="Who was paid, as everybody may know it.")
    purpose: str = strawberry.field(description="What for.")
    spent_on: date = strawberry.field(description="On which day.")
    fund_name: str = strawberry.field(description="Of which fund's money.")
    line_title: str = strawberry.field(description="For which line of the budget.")
    entered_at: datetime = strawberry.field(description="When it was entered.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    reason: str | None = strawberry.field(description="Why it was refused.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("spending", row["id"]),
            number=str(row["number"]),
            state=SpendingState(row["state"]),
            amount_fen=Fen(row["amount_fen"]),
            refunded_fen=Fen(row["refunded_fen"]),
            payee_kind=PayeeKind(row["payee_kind"]),
            **{name: row[name] for name in _OF_SPENDING},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, spending_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(funds.spendings_by_id, spending_id)
        return None if row is None else cls.of(row)

    @strawberry.field(
        description="An address that fetches the proof for some minutes; null for who neither"
        " leads the project nor keeps the money.",
        metadata=LOADS,
    )
    async def proof_address(self, info: Info) -> str | None:
        """Sign it with those of the other spendings."""
        if not self.row["may_open_proof"]:
            return None
        found = await info.context.load(_addressed, self.row["proof_upload_id"])
        return found[1] if found else None

    @strawberry.field(description="Of which project's money.", metadata=LOADS)
    async def project(self, info: Info) -> Node | None:
        """Load it with those of the other spendings."""
        return await node.load(info, "service_project", self.row["project_id"])


_OF_SPENDING = (
    *("payee", "purpose", "spent_on", "fund_name", "line_title", "entered_at", "decided_at"),
    "reason",
)


async def _funds(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await funds.funds_by_id(actor, ids)
    return [None if row is None else Fund.of(row) for row in rows]


async def _spendings(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await funds.spendings_by_id(actor, ids)
    return [None if row is None else Spending.of(row) for row in rows]


node.register("fund", _funds)
node.register("spending", _spendings)
