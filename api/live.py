"""What is told by the database, heard once in each process.

One connection of its own LISTENs on `domains.kernel.live.CHANNEL`. When it is lost it is
opened again, waiting longer after each failure, and then every ear is told an empty
mapping: something may have been missed, so read anew. Nothing else is ever made up.
How a subscription is written is said in `schema.live`.
"""

import asyncio
import contextlib
import random
import weakref
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog

from api import metrics
from domains.kernel import database
from domains.kernel import live as words
from domains.kernel.live import Batch, Told

log = structlog.get_logger("api.live")

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_PULSE_S = 15.0


class Ear:
    """One listener: what was told last of each of its topics, in the order of first telling."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}
        self._news = asyncio.Event()
        self._closed = False

    def tell(self, topic: str, told: Told) -> None:
        """Leave word; a later word about a topic takes the place of an earlier one."""
        self._told[topic] = told
        self._news.set()

    def close(self) -> None:
        """End the listening after what has been told."""
        self._closed = True
        self._news.set()

    def __aiter__(self) -> AsyncIterator[Told]:
        return self

    async def __anext__(self) -> Told:
        while not self._told:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._told.pop(next(iter(self._told)))


class Hub:
    """Where ears are kept by topic. An ear that nobody holds any more is forgotten by itself."""

    def __init__(self) -> None:
        self._ears: dict[str, weakref.WeakSet[Ear]] = {}
        self.connected = asyncio.Event()

    def __len__(self) -> int:
        """Return how many ears there are, once for each of their topics."""
        return sum(len(ears) for ears in self._ears.values())

    def listen(self, *topics: str) -> Ear:
        """Hear of the topics from this moment on."""
        ear = Ear()
        for topic in topics:
            ears = self._ears.setdefault(topic, weakref.WeakSet())
            ears.add(ear)
        weakref.finalize(ear, self._forget, topics).atexit = False
        return ear

    def leave(self, ear: Ear, topics: tuple[str, ...]) -> None:
        """Hear of the topics no longer."""
        for topic in topics:
            self._ears.get(topic, set()).discard(ear)
        self._forget(topics)

    def tell(self, batch: Batch) -> None:
        """Pass on what was told, to those who listen."""
        for topic, told in batch.items():
            ears = self._ears.get(topic)
            if ears is None:
                continue
            for ear in list(ears):
                ear.tell(topic, told)

    def tell_of_a_gap(self) -> None:
        """Tell everyone that something may have been missed."""
        self.tell({topic: {} for topic in list(self._ears)})

    def _forget(self, topics: tuple[str, ...]) -> None:
        for topic in topics:
            if not self._ears.get(topic, True):
                del self._ears[topic]

    async def run(self, url: str | None = None) -> None:
        """Listen to the database until cancelled, through losses of the connection."""
        pause = _FIRST_PAUSE_S
        heard_before = False
        while True:
            try:
                async with _connection(url) as connection:
                    await connection.add_listener(words.CHANNEL, self._heard)
                    if heard_before:
                        self.tell_of_a_gap()
                    heard_before, pause = True, _FIRST_PAUSE_S
                    self.connected.set()
                    await _until_lost(connection)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("not listening", cause=type(error).__name__, again_in_s=round(pause, 1))
            finally:
                self.connected.clear()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads, guards nothing
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _heard(self, _connection: Any, _pid: int, _channel: str, text: Any) -> None:
        metrics.EVENTS.inc()
        try:
            self.tell(words.decode(text))
        except ValueError:
            log.warning("unreadable notification")


@contextlib.asynccontextmanager
async def _connection(url: str | None) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    credentials = database.tortoise_config(url)["connections"]["default"]["credentials"]
    own = {key: credentials[key] for key in ("user", "password", "host", "port", "database")}
    connection = await asyncpg.connect(
        **own,
        ssl=credentials.get("ssl"),
        timeout=10,
        server_settings={"application_name": "gongyi live"},
    )
    try:
        yield connection
    finally:
        connection.terminate()


async def _until_lost(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Return when the connection is gone: told by its end, or found out by a pulse."""
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    while not lost.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(lost.wait(), _PULSE_S)
            return
        await connection.fetchval("SELECT 1", timeout=5)
