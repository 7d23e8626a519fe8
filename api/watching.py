"""Each process that answers watches the workers: where none is alive, somebody must say so."""

import asyncio

import structlog

from domains.kernel import settings
from jobs import watching

log = structlog.get_logger("api")


async def watch() -> None:
    """Look every few seconds for what is amiss, until cancelled.

    The first look comes when a worker that starts along with this process is sure to be heard.
    """
    await asyncio.sleep(settings.current().worker_missed_after_s)
    looking, sees = watching.Watch(), True
    while True:
        try:
            await looking.look()
            sees = True
        except Exception as error:  # the database is away: said once here, and told elsewhere
            if sees:
                log.warning("cannot watch", cause=type(error).__name__)
            sees = False
        await asyncio.sleep(watching.every_s())
