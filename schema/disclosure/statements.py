"""Finance line by line, as the world sees it: statements, lines, what changed, and figures."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import statements as queries
from domains.disclosure.queries.statements import LineFilter
from domains.disclosure.values import FinanceClass
from domains.disclosure.values.statements import Flow, LineChange, StatementKind
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Slice
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure import enums as _enums  # noqa: F401  # describes the enums first
from schema.disclosure import statements_enums as _more  # noqa: F401
from schema.node import Node
from schema.scalars import Fen


@strawberry.type(description="One entry of a statement.")
class StatementLine(Node):
    """It stands once its version was handed in; a question can be put to it."""

    number: int = strawberry.field(description="Its number in the statement, from 1.")
    on: date = strawberry.field(description="Its day.")
    finance_class: FinanceClass = strawberry.field(description="Its class.")
    item_code: str | None = strawberry.field(description="The item of the catalogue it belongs to.")
    flow: Flow = strawberry.field(description="Which way its money goes.")
    amount_fen: Fen = strawberry.field(description="Its amount, in fen, above zero.")
    summary: str = strawberry.field(description="What it was for.")
    counterparty: str | None = strawberry.field(
        description="The other side; the name of a person is masked."
    )
    is_person: bool = strawberry.field(description="Whether the other side is a person.")
    voucher: str | None = strawberry.field(description="The number of its voucher.")
    approver: str | None = strawberry.field(description="Who approved it.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("statement_line", row["id"]),
            number=row["number"],
            on=row["on_date"],
            finance_class=FinanceClass(row["finance_class"]),
            item_code=row["item_code"],
            flow=Flow(row["flow"]),
            amount_fen=Fen(row["amount_fen"]),
            summary=row["summary"],
            counterparty=row["counterparty"],
            is_person=row["is_person"],
            voucher=row["voucher"],
            approver=row["approver"],
        )


@strawberry.type(description="What lines of one class come to.")
class ClassTotal:
    """Three sums."""

    finance_class: FinanceClass = strawberry.field(description="The class.")
    incoming_fen: Fen = strawberry.field(description="What came in, in fen.")
    outgoing_fen: Fen = strawberry.field(description="What went out, in fen.")
    standing_fen: Fen = strawberry.field(description="What stands, in fen.")

    @classmethod
    def all_of(cls, rows: Sequence[Row]) -> list[Self]:
        """Make them from rows of class, flow and sum."""
        sums = {(row["finance_class"], row["flow"]): row["amount_fen"] for row in rows}
        return [
            cls(
                finance_class=each,
                incoming_fen=Fen(sums.get((each, Flow.INCOMING), 0)),
                outgoing_fen=Fen(sums.get((each, Flow.OUTGOING), 0)),
                standing_fen=Fen(sums.get((each, Flow.STANDING), 0)),
            )
            for each in FinanceClass
            if any((each, flow) in sums for flow in Flow)
        ]


ClassWanted = Annotated[
    FinanceClass | None, strawberry.argument(description="Only lines of this class.")
]
FlowWanted = Annotated[
    Flow | None, strawberry.argument(description="Only lines whose money goes this way.")
]


@strawberry.type(description="A statement of a period: balances, and the lines between them.")
class FinanceStatement(Node):
    """Opening balance, plus incoming, less outgoing, is the closing balance."""

    disclosure_id: strawberry.ID = strawberry.field(description="The disclosure it is part of.")
    version: int = strawberry.field(description="The version it is part of.")
    kind: StatementKind = strawberry.field(description="What was, or what is planned.")
    book: str = strawberry.field(description="The book that it is of.")
    period_start: date = strawberry.field(description="The first day.")
    period_end: date = strawberry.field(description="The last day.")
    opening_fen: Fen = strawberry.field(description="The balance before, in fen.")
    incoming_fen: Fen = strawberry.field(description="What came in, in fen.")
    outgoing_fen: Fen = strawberry.field(description="What went out, in fen.")
    closing_fen: Fen = strawberry.field(description="The balance after, in fen.")
    line_count: int = strawberry.field(description="How many lines it has.")
    csv_address: str | None = strawberry.field(
        description="Where it is fetched as CSV; null before it is public."
    )
    xlsx_address: str | None = strawberry.field(
        description="Where it is fetched as XLSX; null before it is public."
    )
    uuid: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        disclosure = node.encode("disclosure", row["disclosure_id"])
        address = f"/statements/{disclosure}/{row['version']}"
        is_public = row["state"] == "published"
        return cls(
            id=node.encode("statement", row["version_id"]),
            disclosure_id=disclosure,
            version=row["version"],
            kind=StatementKind(row["kind"]),
            book=row["book"],
            period_start=row["period_start"],
            period_end=row["period_end"],
            opening_fen=Fen(row["opening_fen"]),
            incoming_fen=Fen(row["incoming_fen"]),
            outgoing_fen=Fen(row["outgoing_fen"]),
            closing_fen=Fen(row["closing_fen"]),
            line_count=row["line_count"],
            csv_address=f"{address}/lines.csv" if is_public else None,
            xlsx_address=f"{address}/lines.xlsx" if is_public else None,
            uuid=row["version_id"],
        )

    @strawberry.field(description="What the lines of each class come to.", metadata=LOADS)
    async def class_totals(self, info: Info) -> list[ClassTotal]:
        """Load them with those of the other statements."""
        return ClassTotal.all_of(await info.context.load(queries.class_totals, self.uuid))

    @strawberry.field(description="The lines, in their order.")
    async def lines(
        self,
        info: Info,
        finance_class: ClassWanted = None,
        flow: FlowWanted = None,
        first: First = None,
        after: After = None,
    ) -> Connection[StatementLine]:
        """Load first pages in one statement; a narrowed or later one is a list of its own."""
        filters = {"statement": self.uuid, "class": finance_class, "flow": flow}
        of = listing("statement.lines", filters)
        asked = page(of, first, after)
        if asked.after is None and finance_class is None and flow is None:
            rows = await info.context.load(queries.first_lines, (self.uuid, asked.limit))
            found = Slice.of(rows, asked)
        else:
            narrowed = LineFilter(finance_class, flow)
            found = await queries.lines(info.context.actor, self.uuid, narrowed, asked)
        return connection(of, found, asked, make=StatementLine.of, key=lambda row: (row["number"],))


@strawberry.type(description="A line that is another in a later version.")
class LineDifference:
    """What it was and what it is."""

    change: LineChange = strawberry.field(description="What became of it.")
    before: StatementLine | None = strawberry.field(description="What it was; null where new.")
    after: StatementLine | None = strawberry.field(description="What it is; null where gone.")


@strawberry.type(description="One month of a year's finances, for a chart.")
class MonthFigures:
    """Actuals beside the budget and the year before."""

    month: int = strawberry.field(description="The month, from 1.")
    incoming_fen: Fen = strawberry.field(description="What came in, in fen.")
    outgoing_fen: Fen = strawberry.field(description="What went out, in fen.")
    budget_incoming_fen: Fen = strawberry.field(description="What was to come in, in fen.")
    budget_outgoing_fen: Fen = strawberry.field(description="What was to go out, in fen.")
    last_year_incoming_fen: Fen = strawberry.field(description="What came in a year before.")
    last_year_outgoing_fen: Fen = strawberry.field(description="What went out a year before.")


@strawberry.type(description="One class of a year's finances, for a chart.")
class ClassFigures:
    """Actuals beside the budget and the year before."""

    finance_class: FinanceClass = strawberry.field(description="The class.")
    incoming_fen: Fen = strawberry.field(description="What came in, in fen.")
    outgoing_fen: Fen = strawberry.field(description="What went out, in fen.")
    budget_incoming_fen: Fen = strawberry.field(description="What was to come in, in fen.")
    budget_outgoing_fen: Fen = strawberry.field(description="What was to go out, in fen.")
    last_year_incoming_fen: Fen = strawberry.field(description="What came in a year before.")
    last_year_outgoing_fen: Fen = strawberry.field(description="What went out a year before.")


@strawberry.type(description="What was published of a year's finances.")
class FinanceFigures:
    """Twelve months and the classes that there are."""

    year: int = strawberry.field(description="The year.")
    months: list[MonthFigures] = strawberry.field(description="Its twelve months.")
    classes: list[ClassFigures] = strawberry.field(description="The classes with any money.")


def _six(rows: Sequence[Row], year: int) -> dict[str, Fen]:
    """Add up what rows of one month or class come to."""

    def total(kind: StatementKind, flow: Flow, of: int) -> Fen:
        return Fen(
            sum(
                row["amount_fen"]
                for row in rows
                if (row["kind"], row["flow"], row["year"]) == (kind, flow, of)
            )
        )

    return {
        "incoming_fen": total(StatementKind.ACTUALS, Flow.INCOMING, year),
        "outgoing_fen": total(StatementKind.ACTUALS, Flow.OUTGOING, year),
        "budget_incoming_fen": total(StatementKind.BUDGET, Flow.INCOMING, year),
        "budget_outgoing_fen": total(StatementKind.BUDGET, Flow.OUTGOING, year),
        "last_year_incoming_fen": total(StatementKind.ACTUALS, Flow.INCOMING, year - 1),
        "last_year_outgoing_fen": total(StatementKind.ACTUALS, Flow.OUTGOING, year - 1),
    }


def _figures(rows: Sequence[Row], year: int) -> FinanceFigures:
    months = range(1, 13)
    by_month = {month: [row for row in rows if row["month"] == month] for month in months}
    by_class = {
        each: [row for row in rows if row["finance_class"] == each] for each in FinanceClass
    }
    classes = [(each, _six(found, year)) for each, found in by_class.items()]
    return FinanceFigures(
        year=year,
        months=[MonthFigures(month=each, **_six(by_month[each], year)) for each in months],
        classes=[
            ClassFigures(finance_class=each, **sums) for each, sums in classes if any(sums.values())
        ],
    )


OfDisclosure = Annotated[strawberry.ID, strawberry.argument(description="The disclosure.")]


@strawberry.type
class StatementsQuery:
    """Statements, what changed in them, and what they come to."""

    @strawberry.field(
        description="The statement of a version of a disclosure; null where it has none, or the"
        " caller does not see it."
    )
    async def finance_statement(
        self,
        info: Info,
        disclosure_id: OfDisclosure,
        version: Annotated[int, strawberry.argument(description="Its version.")],
    ) -> FinanceStatement | None:
        """Load it with the others asked for."""
        uuid = node.known("disclosure", disclosure_id) or node.NOBODY
        row = await info.context.load(queries.statements, (uuid, version))
        return None if row is None else FinanceStatement.of(row)

    @strawberry.field(description="How the lines of two versions differ: as a correction shows it.")
    async def statement_differences(
        self,
        info: Info,
        disclosure_id: OfDisclosure,
        older: Annotated[int, strawberry.argument(description="The older version.")],
        newer: Annotated[int, strawberry.argument(description="The newer version.")],
    ) -> list[LineDifference]:
        """Compare them."""
        uuid = node.known("disclosure", disclosure_id) or node.NOBODY
        found = await queries.differences(info.context.actor, uuid, older, newer)
        return [
            LineDifference(
                change=each.change,
                before=StatementLine.of(before) if before else None,
                after=StatementLine.of(after) if after else None,
            )
            for each, before, after in found
        ]

    @strawberry.field(
        description="What was published of a year's finances in an area and what lies in it: month"
        " by month and class by class, beside the budget and the year before."
    )
    async def finance_figures(
        self,
        info: Info,
        area_id: Annotated[strawberry.ID, strawberry.argument(description="The area.")],
        year: Annotated[int, strawberry.argument(description="The year.")],
        publisher_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this body.")
        ] = None,
        book: Annotated[str | None, strawberry.argument(description="Only of this book.")] = None,
    ) -> FinanceFigures | None:
        """Add them up; null for a year that is none."""
        if not _FIRST_YEAR < year <= _LAST_YEAR:
            return None
        publisher = None
        if publisher_id is not None:
            publisher = node.known("publisher", publisher_id) or node.NOBODY
        rows = await queries.figures(
            info.context.actor,
            node.known("area", area_id) or node.NOBODY,
            year,
            publisher_id=publisher,
            book=book,
        )
        return _figures(rows, year)


_FIRST_YEAR, _LAST_YEAR = 1900, 9999


async def _lines(actor: Actor, ids: list[UUID]) -> list[StatementLine | None]:
    rows = await queries.lines_by_id(actor, ids)
    return [None if row is None else StatementLine.of(row) for row in rows]


async def _statements(actor: Actor, ids: list[UUID]) -> list[FinanceStatement | None]:
    rows = await queries.statements_by_version(actor, ids)
    return [None if row is None else FinanceStatement.of(row) for row in rows]


node.register("statement_line", _lines)
node.register("statement", _statements)
