"""How a subscription is written.

A subscription is an async generator that listens to a topic and, for each thing told,
reads anew what its caller may see, as its caller, and yields it:

    @strawberry.subscription(
        description="A poll of yours has changed.", metadata=live.shared(live.by_grants)
    )
    async def poll_changed(self, info: Info, id: PollId) -> AsyncGenerator[PollChanged, None]:
        poll_id = node.decode("poll", id)
        await polls.require_sight(info.context.actor, poll_id)      # refuses to open
        async for told in live.listen(info, topic("poll", poll_id)):
            row = await polls.poll_in_sight(info.context.actor, poll_id)
            if row is None:                                           # out of sight: ends
                return
            yield PollChanged(...)

- `listen` hears from the moment it is called. What is told are ids and versions, the
  latest of a topic in place of earlier ones; after a lost connection an empty mapping is
  told, which means: something may have happened. So read, and never trust the message.
- By listening a subscription opens: a later query on the same socket is answered after that,
  and an event stream begins with it. So a stream that counts on from what its caller knows
  reads where it begins before it listens.
- `info.context.actor` is who the caller is now: sessions and roles are read again before
  each event. Batches (`info.context.load`) belong in resolvers below, which have a fresh
  context for each event; in the generator itself they would answer from memory.
- Yield nothing before the first event: those who join later would not get it.

Subscribers with the same document, variables, language and audience share one execution.
The audience is a function from the actor to a key: callers with equal keys must be
shown equal things. Unless told otherwise it is the person with its roles, and all
nameless callers are alike.
"""

from collections.abc import AsyncIterator, Callable, Hashable
from typing import Any

from domains.kernel.actor import Actor
from domains.kernel.live import Told
from schema.context import Info

Audience = Callable[[Actor], Hashable]
_KEY = "audience"
_IN_ORDER = "in order"


def shared(audience: Audience, *, in_order: bool = False) -> dict[str, Any]:
    """Return the metadata that lets callers with equal keys share one execution.

    In order: every message is sent, none in place of another, and nobody shares it: for a
    stream that begins behind a number which its caller names.
    """
    return {_KEY: audience, _IN_ORDER: in_order}


def everyone(actor: Actor) -> Hashable:
    """Show everybody the same."""
    return None


def by_sign_in(actor: Actor) -> Hashable:
    """Show everybody who has signed in the same."""
    return actor.person_id is not None


def by_grants(actor: Actor) -> Hashable:
    """Show callers with the same roles in the same places the same."""
    return actor.person_id is not None, actor.grants


def by_person(actor: Actor) -> Hashable:
    """Show each caller its own."""
    return actor.person_id, actor.grants, actor.second_factor


def audience_of(metadata: Any) -> Audience:
    """Return the audience that a subscription field declares."""
    declared: Audience = (metadata or {}).get(_KEY, by_person)
    return declared


def is_in_order(metadata: Any) -> bool:
    """Tell whether each of a subscription's messages waits for the one before to leave."""
    return bool((metadata or {}).get(_IN_ORDER, False))


def listen(info: Info, *topics: str) -> AsyncIterator[Told]:
    """Hear what is told of the topics from now on, the latest of each."""
    assert info.context.live is not None, "subscriptions run where there is something to hear"
    heard: AsyncIterator[Told] = info.context.live.listen(*topics)
    return heard
