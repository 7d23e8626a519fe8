"""`gongyi worker`: do what is due; any number of them may run."""

import asyncio
import signal

from api import logs
from api.commands import ground
from domains.kernel import database, settings
from jobs.__main__ import run_worker


def worker() -> None:
    """Open and close polls, relay events and sweep, until a signal; run as many as you like."""
    ground.run(_work())


async def _work() -> None:
    stop = asyncio.Event()
    async with ground.migrated() as url, database.connected(url):
        logs.configure(settings.current().environment)
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop.set)
        ground.remark("Working.")
        await run_worker(stop)
