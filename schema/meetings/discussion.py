"""Discussions as the world sees them: threads with replies, and short statements."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Slice
from domains.meetings.queries import discussion as queries
from domains.meetings.queries.subjects import Subject
from domains.meetings.rules import statements as rules
from domains.meetings.rules.statements import GroupAttitudes
from domains.meetings.values.discussion import (
    Attitude,
    HidingState,
    ReactionKind,
    Side,
    SubjectKind,
)
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.meetings import discussion_enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Area, Person
from schema.node import Node

# What each kind of subject is called in global ids.
KINDS = {
    SubjectKind.ISSUE: "issue",
    SubjectKind.AGENDA_ITEM: "agendaItem",
    SubjectKind.MEETING: "meeting",
}


def subject_of(given: str) -> Subject | None:
    """Read the id of an issue, an agenda item or a meeting; None for anything else."""
    for kind, name in KINDS.items():
        uuid = node.known(name, given)
        if uuid is not None:
            return kind, uuid
    return None


def subject_id_of(row: Row) -> strawberry.ID:
    """Return the global id of what a text is about."""
    return node.encode(KINDS[SubjectKind(row["subject_kind"])], row["subject_id"])


def text_id_of(row: Row) -> strawberry.ID:
    """Return the global id of a comment or statement that a row is about."""
    kind = "comment" if row["text_kind"] == "comment" else "shortStatement"
    return node.encode(kind, row["text_id"])


@strawberry.type(description="How readers answered a comment without words.")
class Reaction:
    """One kind."""

    kind: ReactionKind = strawberry.field(description="Which answer.")
    count: int = strawberry.field(description="How many gave it.")
    is_mine: bool = strawberry.field(description="Whether the caller did.")


@strawberry.type(description="What a comment said before it was edited.")
class CommentRevision:
    """An earlier text."""

    version: int = strawberry.field(description="Which version it was.")
    side: Side = strawberry.field(description="Where it stood.")
    text: str = strawberry.field(description="What it said.")
    written_at: datetime = strawberry.field(description="When it was written.")


@strawberry.type(description="That a text was hidden, why, and what came of an appeal.")
class Hiding(Node):
    """By its id for its author and those who keep order; its reason is for all."""

    reason: str = strawberry.field(description="Why it was hidden.")
    hidden_at: datetime = strawberry.field(description="When.")
    state: HidingState = strawberry.field(description="Whether it stays so.")
    appeal: str | None = strawberry.field(
        description="What its author says; for them and for those who judge."
    )
    decision: str | None = strawberry.field(description="Why the appeal was so decided.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    text_id: strawberry.ID = strawberry.field(description="The comment or statement.")

    @classmethod
    def of(cls, row: Row, *, reads: bool = True) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("hiding", row["id"]),
            reason=row["reason"],
            hidden_at=row["hidden_at"],
            state=HidingState(row["state"]),
            appeal=row["appeal"] if reads else None,
            decision=row["decision"],
            decided_at=row["decided_at"],
            text_id=text_id_of(row),
        )


async def _hiding(info: Info, kind: str, row: Row) -> Hiding | None:
    if row["hidden_at"] is None:
        return None
    found = await info.context.load(queries.hidings_of, (kind, row["id"]))
    return None if found is None else Hiding.of(found, reads=row["reads"])


@strawberry.type(description="What somebody says of an issue, an agenda item or a meeting.")
class Comment(Node):
    """A thread is its first comment; replies are read with it."""

    text: str | None = strawberry.field(
        description="What it says, as plain text; null where it is hidden or was withdrawn."
    )
    side: Side = strawberry.field(description="Where it stands.")
    version: int = strawberry.field(description="To be given back when editing.")
    created_at: datetime = strawberry.field(description="When it was written.")
    edited_at: datetime | None = strawberry.field(description="When it was last edited.")
    is_withdrawn: bool = strawberry.field(description="Whether its author took it back.")
    is_hidden: bool = strawberry.field(description="Whether those who keep order hid it.")
    is_mine: bool = strawberry.field(description="Whether the caller wrote it.")
    parent_id: strawberry.ID | None = strawberry.field(
        description="What it replies to; null for the first of a thread."
    )
    thread_id: strawberry.ID = strawberry.field(description="The first comment of its thread.")
    subject_id: strawberry.ID = strawberry.field(description="What it is about.")
    reply_count: int = strawberry.field(
        description="How many replies are in the thread that it begins; 0 for a reply."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        parent_id = row["parent_id"]
        return cls(
            id=node.encode("comment", row["id"]),
            text=row["text"],
            side=Side(row["side"]),
            version=row["version"],
            created_at=row["created_at"],
            edited_at=row["edited_at"],
            is_withdrawn=row["withdrawn_at"] is not None,
            is_hidden=row["hidden_at"] is not None,
            is_mine=row["is_mine"],
            parent_id=node.encode("comment", parent_id) if parent_id else None,
            thread_id=node.encode("comment", row["thread_id"]),
            subject_id=subject_id_of(row),
            reply_count=row["reply_count"] if parent_id is None else 0,
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, comment_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(queries.comments_by_id, comment_id)
        return None if row is None else cls.of(row)

    @strawberry.field(
        description="Who wrote it, named as far as the caller knows them; null where withdrawn.",
        metadata=LOADS,
    )
    async def author(self, info: Info) -> Person | None:
        """Load them with the others."""
        return None if self.is_withdrawn else await Person.load(info, self.row["author_id"])

    @strawberry.field(description="How readers answered without words.", metadata=LOADS)
    async def reactions(self, info: Info) -> list[Reaction]:
        """Load them with those of the other comments."""
        rows = await info.context.load(queries.reactions_of, self.row["id"])
        return [
            Reaction(kind=ReactionKind(row["kind"]), count=row["count"], is_mine=row["mine"])
            for row in rows
        ]

    @strawberry.field(
        description="What it said before, the latest fifty; empty where its text is not shown.",
        metadata=LOADS,
    )
    async def revisions(self, info: Info) -> list[CommentRevision]:
        """Load them with those of the other comments."""
        if self.text is None:
            return []
        rows = await info.context.load(queries.revisions_of, self.row["id"])
        return [
            CommentRevision(
                version=row["version"],
                side=Side(row["side"]),
                text=row["text"],
                written_at=row["written_at"],
            )
            for row in rows
        ]

    @strawberry.field(description="Why it is hidden; null where it is not.", metadata=LOADS)
    async def hiding(self, info: Info) -> Hiding | None:
        """Load it with the others."""
        return await _hiding(info, "comment", self.row)

    @strawberry.field(description="The replies in the thread that it begins, the oldest first.")
    async def replies(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection["Comment"]:
        """Load a page with those of the other threads, in one statement."""
        of = listing("replies", {"of": self.row["id"]})
        at = page(of, first, after)
        created_at, last_id = at.after or (None, None)
        rows: list[Row] = []
        if self.row["parent_id"] is None:
            assert created_at is None or isinstance(created_at, datetime), (
                "as place_of_comment has it"
            )
            assert last_id is None or isinstance(last_id, UUID), "as place_of_comment has it"
            key = (self.row["id"], at.limit, created_at, last_id)
            rows = await info.context.load(queries.replies, key)
        return connection(of, Slice.of(rows, at), at, make=Comment.of, key=place_of_comment)


def place_of_comment(row: Row) -> tuple[datetime, UUID]:
    """Return a comment's or statement's place in its list."""
    return row["created_at"], row["id"]


@strawberry.type(description="What a group of neighbours says; only groups of five and more.")
class StatementGroup:
    """A grid, or a building that lies in none."""

    agree: int = strawberry.field(description="How many agree.")
    disagree: int = strawberry.field(description="How many disagree.")
    passed: int = strawberry.field(description="How many pass.")
    group_id: strawberry.Private[UUID]

    @strawberry.field(description="Where they live.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with the others."""
        return await Area.load(info, self.group_id)


@strawberry.type(description="What groups of neighbours say to a statement.")
class StatementGroups:
    """Their figures, and how far they agree with one another."""

    groups: list[StatementGroup] = strawberry.field(
        description="Groups of five and more, the largest first; small ones stay unseen, and others"
        " with them where they would follow from the total."
    )
    consensus: int | None = strawberry.field(
        description="The least share of agreement in any group, in thousandths of those who took a"
        " side; null below two groups."
    )
    divide: int | None = strawberry.field(
        description="Between the group that agrees most and the one that agrees least, in"
        " thousandths; null below two groups."
    )


def _groups(found: list[GroupAttitudes]) -> StatementGroups:
    agreed = rules.agreement(found)
    return StatementGroups(
        groups=[
            StatementGroup(
                agree=each.said.agree,
                disagree=each.said.disagree,
                passed=each.said.passed,
                group_id=each.group_id,
            )
            for each in found
            if each.group_id is not None
        ],
        consensus=agreed.consensus,
        divide=agreed.divide,
    )


@strawberry.type(description="A short sentence that many answer.")
class ShortStatement(Node):
    """Agree, disagree or pass."""

    text: str | None = strawberry.field(description="The sentence; null where it is hidden.")
    agree: int = strawberry.field(description="How many agree.")
    disagree: int = strawberry.field(description="How many disagree.")
    passed: int = strawberry.field(description="How many pass.")
    my_attitude: Attitude | None = strawberry.field(description="What the caller says.")
    is_hidden: bool = strawberry.field(description="Whether those who keep order hid it.")
    is_mine: bool = strawberry.field(description="Whether the caller made it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    subject_id: strawberry.ID = strawberry.field(description="What it is about.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("shortStatement", row["id"]),
            text=row["text"],
            agree=row["agree"],
            disagree=row["disagree"],
            passed=row["passed"],
            my_attitude=Attitude(row["mine"]) if row["mine"] else None,
            is_hidden=row["hidden_at"] is not None,
            is_mine=row["is_mine"],
            created_at=row["created_at"],
            subject_id=subject_id_of(row),
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, statement_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(queries.statements_by_id, statement_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="What groups of neighbours say.", metadata=LOADS)
    async def by_group(self, info: Info) -> StatementGroups:
        """Load them with those of the other statements."""
        return _groups(await info.context.load(queries.groups_of, self.row["id"]))

    @strawberry.field(description="Why it is hidden; null where it is not.", metadata=LOADS)
    async def hiding(self, info: Info) -> Hiding | None:
        """Load it with the others."""
        return await _hiding(info, "statement", self.row)


async def _fetch_comments(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.comments_by_id(actor, ids)
    return [Comment.of(row) if row else None for row in found]


async def _fetch_statements(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.statements_by_id(actor, ids)
    return [ShortStatement.of(row) if row else None for row in found]


async def _fetch_hidings(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.hidings_by_id(actor, ids)
    return [Hiding.of(row) if row else None for row in found]


node.register("comment", _fetch_comments)
node.register("shortStatement", _fetch_statements)
node.register("hiding", _fetch_hidings)
