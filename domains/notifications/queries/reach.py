"""Who can be reached on a channel at all: asked a page of addressees at a time."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

from domains.notifications.queries import addresses
from domains.notifications.values import OUTGOING, Channel

Reach = Callable[[Sequence[UUID]], Awaitable[set[UUID]]]

# On a channel that is not on nobody is reached: nothing is put down for it.
REACH: dict[Channel, Reach] = {
    channel: partial(addresses.reachable_by, channel) for channel in OUTGOING
}


async def reachable(channel: Channel, people: Sequence[UUID]) -> set[UUID]:
    """Return who of these can be reached on the channel; nobody where it is not open."""
    reach = REACH.get(channel)
    return set() if reach is None or not people else await reach(people)
