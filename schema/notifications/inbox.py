"""The inbox as its owner sees it: leaves are written in their language, edges are batches."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.live import topic
from domains.kernel.paging import Page, Slice
from domains.notifications.kinds import registry
from domains.notifications.queries import inbox, rendering
from domains.notifications.queries.inbox import InboxFilter
from domains.notifications.queries.templates import Written
from domains.notifications.rules import reasons
from domains.notifications.values import Category, Channel, Locale, ReasonCode
from schema import live, node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.node import Node
from schema.notifications import enums as _enums  # noqa: F401  # describes the enums first

MOST_NEW = 20


@strawberry.type(description="Why a notice reached its reader.")
class NoticeReason:
    """A code for programs, a sentence for people."""

    code: ReasonCode = strawberry.field(description="Why, for programs.")
    text: str = strawberry.field(description="Why, in the caller's language.")


@strawberry.type(description="Something that its owner alone is told.")
class Notice(Node):
    """In words, in the caller's language; as things stood when it was told."""

    kind: str = strawberry.field(description="Which kind, as in `noticeKinds`.")
    category: Category = strawberry.field(description="What it is about.")
    title: str = strawberry.field(description="In one line.")
    body: str = strawberry.field(description="What there is to say.")
    is_legal: bool = strawberry.field(description="Whether the law wants it told.")
    created_at: datetime = strawberry.field(description="When it was written.")
    read_at: datetime | None = strawberry.field(description="When it was read.")
    archived_at: datetime | None = strawberry.field(description="When it was put away.")
    reason: NoticeReason = strawberry.field(description="Why it reached its reader.")
    second_for: str | None = strawberry.field(
        description="Whose helper or guardian is told this: that person's name."
    )
    subject_kind: str = strawberry.field(description="What sort of thing it is about.")
    subject_uuid: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row, said: Written) -> Self:
        """Make it from its row and its words."""
        reason = ReasonCode(row["reason"])
        return cls(
            id=node.encode("notice", row["id"]),
            kind=row["kind"],
            category=Category(row["category"]),
            title=said.subject,
            body=said.body,
            is_legal=registry.BY_CODE[row["kind"]].is_legal,
            created_at=row["created_at"],
            read_at=row["read_at"],
            archived_at=row["archived_at"],
            reason=NoticeReason(
                code=reason,
                text=reasons.sentence(reason, said.locale, second_for=said.second_for),
            ),
            second_for=said.second_for,
            subject_kind=row["subject_kind"],
            subject_uuid=row["subject_id"],
        )

    @strawberry.field(description="What it is about, where its reader may see it.", metadata=LOADS)
    async def subject(self, info: Info) -> Node | None:
        """Load it with the others of its kind."""
        return await node.load(info, self.subject_kind, self.subject_uuid)


def language_of(actor: Actor) -> Locale:
    """Return the language in which somebody is written to."""
    return Locale.EN if actor.locale.startswith("en") else Locale.ZH_HANS


async def in_words(actor: Actor, rows: Sequence[Row]) -> list[Notice]:
    """Return rows of the inbox as notices in the caller's language."""
    said = await rendering.in_language(rows, language_of(actor), Channel.IN_APP)
    return [Notice.of(row, words) for row, words in zip(rows, said, strict=True)]


async def _notices(actor: Actor, notice_ids: list[UUID]) -> list[Notice | None]:
    rows = await inbox.notices_by_id(actor, notice_ids)
    written = iter(await in_words(actor, [row for row in rows if row is not None]))
    return [None if row is None else next(written) for row in rows]


node.register("notice", _notices)


@strawberry.input(description="What an inbox is narrowed to.")
class InboxFilterInput:
    """All that is not put away, unless told otherwise."""

    categories: list[Category] | None = strawberry.field(
        default=None, description="Only of these categories."
    )
    unread_only: bool = strawberry.field(default=False, description="Only what is unread.")
    archived: bool = strawberry.field(
        default=False, description="What was put away, instead of what was not."
    )


@strawberry.type(description="How many notices of a category are unread.")
class CategoryUnread:
    """Counted to a hundred."""

    category: Category = strawberry.field(description="The category.")
    unread: int = strawberry.field(description="How many are unread, 100 standing for more too.")


@strawberry.type(description="What lies unread in one's own inbox.")
class InboxCounts:
    """Kept as notices come and are read, so it costs the same however many there are."""

    unread: int = strawberry.field(description="How many notices are unread.")

    @strawberry.field(description="How many of each category, counted to a hundred.")
    async def by_category(self, info: Info) -> list[CategoryUnread]:
        """Count each to a hundred."""
        found = await inbox.unread_by_category(info.context.actor)
        return [CategoryUnread(category=each, unread=count) for each, count in found.items()]


@strawberry.type(description="One's own inbox has changed.")
class InboxChanged:
    """What is unread now, and the newest of it."""

    unread: int = strawberry.field(description="How many notices are unread.")
    newest: list[Notice] = strawberry.field(
        description="The newest notices that are unread, 20 at most, the newest first."
    )


async def counts_of(actor: Actor) -> InboxCounts:
    """Return the counts of somebody's own inbox."""
    return InboxCounts(unread=(await inbox.counts(actor)).unread)


Filter = Annotated[
    InboxFilterInput | None, strawberry.argument(description="What to narrow it to.")
]


@strawberry.type
class InboxQuery:
    """Reading one's own inbox."""

    @strawberry.field(description="One's own notices, the newest first; empty without signing in.")
    async def inbox(
        self, info: Info, filter: Filter = None, first: First = None, after: After = None
    ) -> Connection[Notice]:
        """Read a page of them."""
        asked = InboxFilter()
        if filter is not None:
            chosen = None if filter.categories is None else tuple(filter.categories)
            asked = InboxFilter(chosen, filter.unread_only, filter.archived)
        of = listing(
            "inbox",
            {
                "person": info.context.actor.person_id,
                "categories": asked.categories,
                "unread": asked.unread_only,
                "archived": asked.archived,
            },
        )
        at = page(of, first, after)
        found = await inbox.inbox(info.context.actor, asked, at)
        return await _page(info.context.actor, of, found, at)

    @strawberry.field(description="What lies unread in one's own inbox.")
    async def inbox_counts(self, info: Info) -> InboxCounts:
        """Read what the box counts."""
        return await counts_of(info.context.actor)


async def _page(actor: Actor, of: str, found: Slice[Row], at: Page) -> Connection[Notice]:
    written = iter(await in_words(actor, found.rows))
    return connection(of, found, at, make=lambda _: next(written), key=lambda row: (row["seq"],))


@strawberry.type
class InboxSubscription:
    """One's own inbox, live."""

    @strawberry.subscription(
        description="Hear whenever a notice comes, is taken back, or was read on another device.",
        metadata=live.shared(live.by_person),
    )
    async def inbox_changed(self, info: Info) -> AsyncGenerator[InboxChanged, None]:
        """Listen to one's own inbox; nothing for the nameless."""
        person_id = info.context.actor.person_id
        if person_id is None:
            return
        async for _ in live.listen(info, topic("inbox", person_id)):
            actor = info.context.actor
            if actor.person_id != person_id:
                return
            counted = await inbox.counts(actor)
            found = await inbox.inbox(actor, InboxFilter(unread_only=True), Page(first=MOST_NEW))
            yield InboxChanged(unread=counted.unread, newest=await in_words(actor, found.rows))
