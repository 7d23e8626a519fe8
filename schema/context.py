"""What a resolver may reach: the actor, and batches that see with the actor's eyes."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from domains.kernel.actor import Actor

if TYPE_CHECKING:
    from typing import Protocol

    class Live(Protocol):
        """What a subscription listens on; the edge provides it."""

        def listen(self, topic: str) -> Any:
            """Yield what the relay tells of a topic."""
            ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Batch = Callable[[Actor, list[K]], Awaitable[Sequence[V]]]


class Context:
    """One per request: a batch loads each key once, and only as this actor."""

    __slots__ = ("_loaders", "actor", "live")

    def __init__(self, actor: Actor, live: "Live | None" = None) -> None:
        self.actor = actor
        self.live = live
        self._loaders: dict[Any, DataLoader[Any, Any]] = {}

    def become(self, actor: Actor) -> None:
        """Go on as somebody else, who signed in or out; what was loaded before is forgotten."""
        self.actor = actor
        self._loaders = {}

    def load(self, batch: Batch[K, V], key: K) -> Awaitable[V]:
        """Ask for a key; the keys of one level are fetched by one call of the batch."""
        loader = self._loaders.get(batch)
        if loader is None:

            async def as_actor(keys: list[K]) -> Sequence[V]:
                return await batch(self.actor, keys)

            loader = self._loaders[batch] = DataLoader(load_fn=as_actor)
        return loader.load(key)


Info = strawberry.Info[Context, None]
