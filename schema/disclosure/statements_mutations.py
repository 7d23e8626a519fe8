"""Bringing lines of a statement in, with a report on every row."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import statements as queries
from domains.disclosure.rules.statements import Period, Statement
from domains.disclosure.service import statement_lines, statements
from domains.disclosure.values.statements import StatementKind
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.rules import register_sheets
from domains.membership.values import ImportMode
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure.statements import FinanceStatement
from schema.disclosure.statements_refusals import UnbalancedStatement
from schema.errors import ErrorCode, Refused
from schema.node import Node
from schema.scalars import Fen


@strawberry.type(description="Why one row of a file was refused; never shows the value.")
class StatementRowRefusal:
    """A row, a column and a reason."""

    row_number: int = strawberry.field(description="The row in the file; the heading is row 1.")
    column: str = strawberry.field(description="The column at fault, by its canonical heading.")
    code: ErrorCode = strawberry.field(description="Which refusal, for programs.")
    message: str = strawberry.field(description="The refusal in the caller's language.")


@strawberry.type(description="One file of a statement's lines, and what became of it.")
class StatementImport(Node):
    """Seen by who belongs to the body."""

    file_name: str = strawberry.field(description="What the file was called.")
    mode: ImportMode = strawberry.field(description="What to do when rows are refused.")
    applied: bool = strawberry.field(description="Whether it became the statement of the draft.")
    row_count: int = strawberry.field(description="Rows that hold anything.")
    refused_count: int = strawberry.field(description="Rows that were refused.")
    imported_at: datetime = strawberry.field(description="When it was read.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("statement_import", row["id"]),
            file_name=row["file_name"],
            mode=ImportMode(row["mode"]),
            applied=row["applied"],
            row_count=row["row_count"],
            refused_count=row["refused_count"],
            imported_at=row["imported_at"],
            row=row,
        )

    @strawberry.field(description="The refused rows, in the order of the file.")
    async def refusals(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[StatementRowRefusal]:
        """Read a page of them."""
        of = listing("statementImport.refusals", {"import": self.row["id"]})
        asked = page(of, first, after)
        found = await queries.refusals(info.context.actor, self.row["id"], asked)
        locale = info.context.actor.locale

        def make(row: Row) -> StatementRowRefusal:
            return StatementRowRefusal(
                row_number=row["row_number"],
                column=row["column"],
                code=ErrorCode[row["code"]],
                message=register_sheets.said(row["code"], queries.details_of(row), locale),
            )

        return connection(
            of, found, asked, make=make, key=lambda row: (row["row_number"], row["id"])
        )

    @strawberry.field(
        description="The statement of the version, as it stands; null where it has none.",
        metadata=LOADS,
    )
    async def statement(self, info: Info) -> FinanceStatement | None:
        """Load it with those of the other imports."""
        row = await info.context.load(queries.statements_by_version, self.row["version_id"])
        return None if row is None else FinanceStatement.of(row)


@strawberry.input(description="A file of lines, and what they are to add up to.")
class ImportStatementInput:
    """Which draft, which file, which period and balances, and how strictly."""

    disclosure_id: strawberry.ID = strawberry.field(
        description="A disclosure of financial affairs whose version under way is a draft."
    )
    upload_id: strawberry.ID = strawberry.field(
        description="A complete upload of the caller's: CSV or XLSX, 5 MB and 10,000 lines at most."
    )
    kind: StatementKind = strawberry.field(description="What was, or what is planned.")
    book: str = strawberry.field(description="The book that it is of, in 2 to 40 characters.")
    period_start: date = strawberry.field(description="The first day.")
    period_end: date = strawberry.field(description="The last day, within a year.")
    opening_fen: Fen = strawberry.field(description="The balance before, in fen.")
    closing_fen: Fen = strawberry.field(description="The balance after, in fen.")
    mode: ImportMode = strawberry.field(
        default=ImportMode.ALL_OR_NOTHING, description="What to do when rows are refused."
    )
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.type(description="The file was read; the import says what became of it.")
class StatementImported:
    """Also where rows were refused."""

    statement_import: StatementImport = strawberry.field(description="The import.")
    replayed: bool = strawberry.field(
        description="Whether the key, or the same file on the same terms, had come before."
    )


ImportStatementResult = Annotated[
    StatementImported | UnbalancedStatement | Refused,
    strawberry.union("ImportStatementResult", description="Read, or refused whole."),
]


@strawberry.input(description="A draft whose statement is to go.")
class DiscardStatementInput:
    """Which draft."""

    disclosure_id: strawberry.ID = strawberry.field(
        description="A disclosure whose version under way is a draft."
    )


@strawberry.type(description="The draft has no statement.")
class StatementDiscarded:
    """Whether it had one."""

    discarded: bool = strawberry.field(description="Whether there was a statement.")


DiscardStatementResult = Annotated[
    StatementDiscarded | Refused,
    strawberry.union("DiscardStatementResult", description="Gone, or refused."),
]


@strawberry.input(description="A version whose lines name persons.")
class RevealStatementPersonsInput:
    """Which version."""

    disclosure_id: strawberry.ID = strawberry.field(description="The disclosure.")
    version: int = strawberry.field(description="Its version.")


@strawberry.type(description="The person on the other side of a line, by name.")
class StatementPerson:
    """For who is entitled; that it was read is audited."""

    line_id: strawberry.ID = strawberry.field(description="The line.")
    number: int = strawberry.field(description="Its number in the statement.")
    counterparty: str = strawberry.field(description="The person's name.")


@strawberry.type(description="The persons whom a statement's lines mask.")
class StatementPersonsRevealed:
    """Every one of them."""

    persons: list[StatementPerson] = strawberry.field(description="Line by line.")


RevealStatementPersonsResult = Annotated[
    StatementPersonsRevealed | Refused,
    strawberry.union("RevealStatementPersonsResult", description="Revealed, or refused."),
]


@strawberry.type
class StatementsMutation:
    """Statements of drafts."""

    @strawberry.mutation(
        description="Make an uploaded file the statement of a draft; it must add up."
    )
    async def import_statement(
        self,
        info: Info,
        input: Annotated[ImportStatementInput, strawberry.argument(description="What.")],
    ) -> ImportStatementResult:
        """Safe to repeat."""
        actor = info.context.actor
        imported = await statements.import_statement(
            actor,
            node.decode("disclosure", input.disclosure_id, path=("input", "disclosureId")),
            Statement(
                kind=input.kind,
                book=input.book,
                period=Period(input.period_start, input.period_end),
                opening_fen=input.opening_fen,
                closing_fen=input.closing_fen,
            ),
            upload_id=node.decode("upload", input.upload_id, path=("input", "uploadId")),
            mode=input.mode,
            idempotency_key=input.idempotency_key,
        )
        (row,) = await queries.imports_by_id(actor, [imported.import_id])
        assert row is not None, "who may import sees the imports"
        return StatementImported(
            statement_import=StatementImport.of(row), replayed=imported.replayed
        )

    @strawberry.mutation(description="Take the statement out of a draft.")
    async def discard_statement(
        self,
        info: Info,
        input: Annotated[DiscardStatementInput, strawberry.argument(description="Which.")],
    ) -> DiscardStatementResult:
        """Idempotent."""
        disclosure_id = node.decode(
            "disclosure", input.disclosure_id, path=("input", "disclosureId")
        )
        gone = await statements.discard_statement(info.context.actor, disclosure_id)
        return StatementDiscarded(discarded=gone)

    @strawberry.mutation(
        description="Read by name the persons whom a statement's lines mask; that is audited."
    )
    async def reveal_statement_persons(
        self,
        info: Info,
        input: Annotated[RevealStatementPersonsInput, strawberry.argument(description="Which.")],
    ) -> RevealStatementPersonsResult:
        """Reveal them."""
        found = await statement_lines.reveal_persons(
            info.context.actor,
            node.decode("disclosure", input.disclosure_id, path=("input", "disclosureId")),
            number=input.version,
        )
        return StatementPersonsRevealed(
            persons=[
                StatementPerson(
                    line_id=node.encode("statement_line", each.line_id),
                    number=each.number,
                    counterparty=each.counterparty,
                )
                for each in found
            ]
        )


async def _imports(actor: Actor, ids: list[UUID]) -> list[StatementImport | None]:
    rows = await queries.imports_by_id(actor, ids)
    return [None if row is None else StatementImport.of(row) for row in rows]


node.register("statement_import", _imports)
