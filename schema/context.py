"""What a resolver may reach: the actor, and batches that see with the actor's eyes.

A batch asked for many keys in one turn of the loop is called once. Resolvers that await
nothing but `load` are marked `metadata=LOADS`: the executor then runs those of a whole
list by itself, without a task for each.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import strawberry

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

LOADS: Mapping[object, object] = {"loads": True}
"""Marks a field whose resolver takes no arguments and awaits nothing but `context.load`."""


class Run:
    """One call of a batch: the keys it was asked for, and what came of them."""

    __slots__ = ("actor", "done", "error", "keys", "values")

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.keys: list[Any] = []
        self.values: dict[Any, Any] = {}
        self.error: Exception | None = None
        self.done = asyncio.Event()


class Loaded(Generic[V]):
    """What a batch will have said about a key."""

    __slots__ = ("_context", "_key", "run")

    def __init__(self, context: "Context", key: Any, run: Run) -> None:
        self._context = context
        self._key = key
        self.run = run

    def __await__(self) -> Generator[Any, None, V]:
        """Wait for the batch; where the executor drives the resolver, let it do the waiting."""
        run = self.run
        if not run.done.is_set():
            if self._context.driven:
                yield self
            else:
                yield from run.done.wait().__await__()
        if run.error is not None:
            raise run.error
        found: V = run.values[self._key]
        return found


class Context:
    """One per request: a batch loads each key once, and only as this actor."""

    __slots__ = ("_asked", "_running", "_waiting", "actor", "driven", "live")

    def __init__(self, actor: Actor, live: "Live | None" = None) -> None:
        self.actor = actor
        self.live = live
        self.driven = False
        self._asked: dict[Any, dict[Any, Loaded[Any]]] = {}
        self._waiting: dict[Any, Run] = {}
        self._running: set[asyncio.Task[None]] = set()

    def become(self, actor: Actor) -> None:
        """Go on as somebody else, who signed in or out; what was loaded before is forgotten."""
        self.actor = actor
        self._asked = {}
        self._waiting = {}

    def load(self, batch: Batch[K, V], key: K) -> Loaded[V]:
        """Ask for a key; the keys of one level are fetched by one call of the batch."""
        asked = self._asked.get(batch)
        if asked is None:
            asked = self._asked[batch] = {}
        loaded = asked.get(key)
        if loaded is None:
            run = self._waiting.get(batch)
            if run is None:
                run = self._waiting[batch] = Run(self.actor)
                asyncio.get_running_loop().call_soon(self._start, batch, run)
            run.keys.append(key)
            loaded = asked[key] = Loaded(self, key, run)
        return loaded

    def _start(self, batch: Batch[Any, Any], run: Run) -> None:
        if self._waiting.get(batch) is run:
            del self._waiting[batch]
        task = asyncio.create_task(_fetch(batch, run), name="batch")
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _fetch(batch: Batch[Any, Any], run: Run) -> None:
    try:
        values = await batch(run.actor, run.keys)
        run.values = dict(zip(run.keys, values, strict=True))
    except Exception as error:  # each resolver that waits meets it, and says where
        run.error = error
    except BaseException:
        run.error = RuntimeError("the batch was cancelled")
        raise
    finally:
        run.done.set()


Info = strawberry.Info[Context, None]
