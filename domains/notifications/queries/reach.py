"""Who can be reached on a channel at all: asked a page of addressees at a time."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from domains.notifications.values import Channel

Reach = Callable[[Sequence[UUID]], Awaitable[set[UUID]]]

# A channel that is not here is not open: nothing is put down for it.
REACH: dict[Channel, Reach] = {}


async def reachable(channel: Channel, people: Sequence[UUID]) -> set[UUID]:
    """Return who of these can be reached on the channel; nobody where it is not open."""
    reach = REACH.get(channel)
    return set() if reach is None or not people else await reach(people)
