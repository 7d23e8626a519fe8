"""A worker that does nothing but send, in a process of its own, until it is killed.

Processes are forked from a server that has imported everything already, so that a killed one is
replaced at once.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Awaitable, Callable, Mapping
from multiprocessing.context import ForkServerProcess

from domains.kernel import database, settings
from jobs import deliveries
from tests.notifications import deliveries as kinds

_REST_S = 0.1
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__])


def a_worker(url: str) -> ForkServerProcess:
    """Start a worker on this database, with the settings that hold here now."""
    process = _forking.Process(target=_run, args=(dict(os.environ) | {"DATABASE_URL": url},))
    process.start()
    return process


def _run(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    settings.current.cache_clear()
    asyncio.run(_send())


async def _send() -> None:
    assert kinds.KIND, "tests' own kinds are known here"
    async with database.connected():
        await asyncio.gather(_again(deliveries.hand_over), _again(deliveries.sweep))


async def _again(job: Callable[[], Awaitable[int]]) -> None:
    while True:
        await job()
        await asyncio.sleep(_REST_S)
