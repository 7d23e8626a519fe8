"""A worker that sends until nothing is left, and says how long that took."""

import asyncio
import json
import resource
import sys
import time

import uvloop

from domains.kernel import database
from jobs import deliveries

_LEFT = """
SELECT count(*) FROM notifications_delivery WHERE state IN ('waiting', 'failed', 'sending')
"""


async def _send() -> None:
    async with database.connected():
        before_mb = _peak_mb()
        began = time.perf_counter()
        sent = 0
        while await database.fetch_value(_LEFT):
            await deliveries.sweep()
            sent += await deliveries.hand_over()
            await asyncio.sleep(0)
        seconds = time.perf_counter() - began
    told = {"sent": sent, "s": seconds, "cpu_s": time.process_time(), "before_mb": before_mb}
    sys.stdout.write(json.dumps(told | {"peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    uvloop.run(_send())
