"""Reports and appeals that wait, for those who keep order."""

from datetime import datetime
from typing import Self

import strawberry

from domains.kernel.database import Row
from domains.meetings.queries import discussion as queries
from domains.meetings.service.moderation import TextKind
from domains.meetings.values.discussion import ReportGround
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.meetings.discussion import Comment, Hiding, ShortStatement, text_id_of
from schema.membership.types import Person


@strawberry.type(description="That somebody reported a text.")
class TextReport:
    """Seen by those who keep order where it was written."""

    text_kind: TextKind = strawberry.field(description="What was reported.")
    text_id: strawberry.ID = strawberry.field(description="The comment or statement.")
    ground: ReportGround = strawberry.field(description="Why.")
    note: str = strawberry.field(description="What was added.")
    reported_at: datetime = strawberry.field(description="When.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            text_kind=TextKind(row["text_kind"]),
            text_id=text_id_of(row),
            ground=ReportGround(row["ground"]),
            note=row["note"],
            reported_at=row["reported_at"],
            row=row,
        )

    @strawberry.field(description="Who reported it.", metadata=LOADS)
    async def reporter(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.row["reporter_id"])

    @strawberry.field(description="The comment; null where a statement was reported.")
    async def comment(self, info: Info) -> Comment | None:
        """Load it with the others."""
        if self.text_kind is not TextKind.COMMENT:
            return None
        return await Comment.load(info, self.row["text_id"])

    @strawberry.field(description="The statement; null where a comment was reported.")
    async def statement(self, info: Info) -> ShortStatement | None:
        """Load it with the others."""
        if self.text_kind is not TextKind.STATEMENT:
            return None
        return await ShortStatement.load(info, self.row["text_id"])


@strawberry.type
class ModerationQuery:
    """What waits to be decided."""

    @strawberry.field(
        description="Reports that wait where the caller keeps order, the oldest first."
    )
    async def text_reports(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[TextReport]:
        """Read a page of them."""
        of = listing("textReports")
        at = page(of, first, after)
        found = await queries.reports(info.context.actor, at)
        return connection(
            of, found, at, make=TextReport.of, key=lambda row: (row["reported_at"], row["id"])
        )

    @strawberry.field(description="Appeals that the caller may decide, the oldest first.")
    async def hiding_appeals(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Hiding]:
        """Read a page of them."""
        of = listing("hidingAppeals")
        at = page(of, first, after)
        found = await queries.appeals(info.context.actor, at)
        return connection(
            of, found, at, make=Hiding.of, key=lambda row: (row["appealed_at"], row["id"])
        )
