"""What people do with their own inbox. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.notifications.service import inbox
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.notifications.inbox import InboxCounts, counts_of

Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="Notices of one's own, to be marked read.")
class MarkNoticesReadInput:
    """A hundred at most."""

    notice_ids: list[strawberry.ID] = strawberry.field(description="The notices: 1 to 100.")


@strawberry.input(description="All of one's own notices, to be marked read.")
class MarkAllNoticesReadInput:
    """Whatever came after what the client has shown stays unread."""

    up_to: strawberry.ID | None = strawberry.field(
        default=None, description="The newest notice that the client has shown; all if none."
    )


@strawberry.input(description="Notices of one's own, to be put away.")
class ArchiveNoticesInput:
    """A hundred at most."""

    notice_ids: list[strawberry.ID] = strawberry.field(description="The notices: 1 to 100.")


@strawberry.input(description="Notices of one's own that were put away, to be brought back.")
class RestoreNoticesInput:
    """A hundred at most."""

    notice_ids: list[strawberry.ID] = strawberry.field(description="The notices: 1 to 100.")


@strawberry.type(description="The inbox as it is now.")
class InboxPayload:
    """What is unread, and how many notices changed."""

    counts: InboxCounts = strawberry.field(description="What lies unread now.")
    changed: int = strawberry.field(description="How many notices were not so before.")


MarkNoticesReadResult = Annotated[
    InboxPayload | Refused,
    strawberry.union("MarkNoticesReadResult", description="The inbox, or why nothing was marked."),
]
MarkAllNoticesReadResult = Annotated[
    InboxPayload | Refused,
    strawberry.union(
        "MarkAllNoticesReadResult", description="The inbox, or why nothing was marked."
    ),
]
ArchiveNoticesResult = Annotated[
    InboxPayload | Refused,
    strawberry.union("ArchiveNoticesResult", description="The inbox, or why nothing was put away."),
]
RestoreNoticesResult = Annotated[
    InboxPayload | Refused,
    strawberry.union("RestoreNoticesResult", description="The inbox, or why nothing came back."),
]


def _ids(given: list[strawberry.ID]) -> list[UUID]:
    return [node.decode("notice", each, path=("input", "noticeIds")) for each in given]


@strawberry.type
class InboxMutation:
    """One's own inbox."""

    @strawberry.mutation(description="Mark notices read; safe to repeat.")
    async def mark_notices_read(
        self, info: Info, input: Annotated[MarkNoticesReadInput, Argument]
    ) -> MarkNoticesReadResult:
        """Mark them."""
        changed = await inbox.mark_read(info.context.actor, _ids(input.notice_ids))
        return InboxPayload(counts=await counts_of(info.context.actor), changed=changed)

    @strawberry.mutation(description="Mark all notices read at once; safe to repeat.")
    async def mark_all_notices_read(
        self, info: Info, input: Annotated[MarkAllNoticesReadInput, Argument]
    ) -> MarkAllNoticesReadResult:
        """Mark all, or those up to one."""
        actor = info.context.actor
        before = (await counts_of(actor)).unread
        up_to = node.decode_optional("notice", input.up_to, path=("input", "upTo"))
        await inbox.mark_all_read(actor, up_to)
        after = await counts_of(actor)
        return InboxPayload(counts=after, changed=max(0, before - after.unread))

    @strawberry.mutation(description="Put notices away, which marks them read; safe to repeat.")
    async def archive_notices(
        self, info: Info, input: Annotated[ArchiveNoticesInput, Argument]
    ) -> ArchiveNoticesResult:
        """Put them away."""
        changed = await inbox.archive(info.context.actor, _ids(input.notice_ids))
        return InboxPayload(counts=await counts_of(info.context.actor), changed=changed)

    @strawberry.mutation(description="Bring back what was put away; safe to repeat.")
    async def restore_notices(
        self, info: Info, input: Annotated[RestoreNoticesInput, Argument]
    ) -> RestoreNoticesResult:
        """Bring them back."""
        changed = await inbox.restore(info.context.actor, _ids(input.notice_ids))
        return InboxPayload(counts=await counts_of(info.context.actor), changed=changed)
