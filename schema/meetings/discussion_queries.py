"""Reading discussions."""

from typing import Annotated

import strawberry

from domains.meetings.queries import discussion as queries
from domains.meetings.queries import subjects
from domains.meetings.queries.discussion import ThreadFilter
from domains.meetings.queries.subjects import Subject
from domains.meetings.values.discussion import Side
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.meetings.discussion import Comment, ShortStatement, place_of_comment, subject_of


@strawberry.type(description="How many comments stand on a side.")
class SideCount:
    """A side and its figure."""

    side: Side = strawberry.field(description="The side.")
    count: int = strawberry.field(description="How many, replies included.")


Sides = Annotated[
    list[Side] | None, strawberry.argument(description="Threads that begin on these sides.")
]
Newest = Annotated[bool, strawberry.argument(description="The newest first, and not the oldest.")]


@strawberry.type(description="What is said of an issue, an agenda item or a meeting.")
class Discussion:
    """Threads and statements of one subject, which the caller sees."""

    subject_id: strawberry.ID = strawberry.field(description="What it is about.")
    is_over: bool = strawberry.field(description="Whether nothing more is taken.")
    subject: strawberry.Private[Subject]

    @strawberry.field(description="The threads, each by its first comment.")
    async def threads(
        self,
        info: Info,
        sides: Sides = None,
        newest_first: Newest = False,
        first: First = None,
        after: After = None,
    ) -> Connection[Comment]:
        """Read a page of them."""
        asked = ThreadFilter(tuple(sides) if sides is not None else None, newest_first)
        of = listing("threads", {"of": self.subject, "where": asked})
        at = page(of, first, after)
        found = await queries.threads(info.context.actor, self.subject, asked, at)
        return connection(of, found, at, make=Comment.of, key=place_of_comment)

    @strawberry.field(description="The short statements, the oldest first.")
    async def statements(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ShortStatement]:
        """Read a page of them."""
        of = listing("statements", {"of": self.subject})
        at = page(of, first, after)
        found = await queries.statements(info.context.actor, self.subject, at)
        return connection(of, found, at, make=ShortStatement.of, key=place_of_comment)

    @strawberry.field(description="How many comments stand on each side.")
    async def sides(self) -> list[SideCount]:
        """Count them; sides with none are left out."""
        rows = await queries.figures(self.subject)
        return [SideCount(side=Side(row["side"]), count=row["count"]) for row in rows]


@strawberry.type
class DiscussionQuery:
    """Reading discussions, and what keeps order in them."""

    @strawberry.field(description="What is said of a subject; null where it cannot be seen.")
    async def discussion(
        self,
        info: Info,
        subject_id: Annotated[
            strawberry.ID,
            strawberry.argument(description="An issue, an agenda item or a meeting."),
        ],
    ) -> Discussion | None:
        """Answer alike for malformed, absent and invisible."""
        subject = subject_of(subject_id)
        talk = await subjects.talk(info.context.actor, subject) if subject else None
        if subject is None or talk is None or not talk.is_seen:
            return None
        return Discussion(subject_id=subject_id, is_over=talk.is_over, subject=subject)
