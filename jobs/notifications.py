"""What is to be told: noted when it happens, expanded in batches, taken back where it ended."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from domains.kernel import live
from domains.kernel.events import Event
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.queries import news
from domains.notifications.service import digests, expansion, withdrawal
from domains.notifications.service.occasions import Reaction, noting, withdrawing
from domains.notifications.values import Rhythm
from jobs.due import until_none


def bindings() -> Iterator[tuple[type[Event], Reaction]]:
    """Yield what follows from each event that a kind of notice hears."""
    for kind in registry.ALL:
        yield from bindings_of(kind)


def bindings_of(kind: NoticeKind) -> Iterator[tuple[type[Event], Reaction]]:
    """Yield what follows for one kind of notice from each event that it hears."""
    for heard in kind.hears:
        yield heard.event, noting(kind, heard)
    for heard in kind.withdrawn_by:
        yield heard.event, withdrawing(kind, heard)


async def expand_due_occasions() -> int:
    """Write the notices of what there is to tell, a batch of each occasion in turn."""
    return await until_none(expansion.expand_due_occasion)


async def withdraw_due_occasions() -> int:
    """Take back notices of what is so no more."""
    return await until_none(withdrawal.withdraw_due_occasion)


async def note_due_digests() -> int:
    """Note the summaries of the week and of the day that are due."""
    return sum([await digests.note_due_digests(rhythm) for rhythm in Rhythm])


async def inboxes_made(payload: Mapping[str, Any]) -> Sequence[str]:
    """Return the topics of the inboxes in which a batch of notices lies."""
    people = await news.people_of_batch(
        UUID(payload["occasion_id"]),
        UUID(payload["first_notice_id"]),
        UUID(payload["last_notice_id"]),
    )
    return [live.topic("inbox", each) for each in people]


async def inboxes_cleared(payload: Mapping[str, Any]) -> Sequence[str]:
    """Return the topics of the inboxes from which a batch of notices was taken back."""
    people = await news.people_of_withdrawal(
        UUID(payload["occasion_id"]),
        UUID(payload["first_person_id"]),
        UUID(payload["last_person_id"]),
    )
    return [live.topic("inbox", each) for each in people]
