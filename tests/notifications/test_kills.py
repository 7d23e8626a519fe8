"""Workers that are killed while they send: nothing is lost, and what goes out twice is counted."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domains.kernel import database
from domains.notifications.kinds.kind import Text
from domains.notifications.values import Channel
from tests.notifications.deliveries import deliveries, people, phones, states
from tests.notifications.sending import a_worker
from tests.providers.serving import serving

MESSAGES = 2_000
KILLS = 20
AT_ONCE = 3
BETWEEN_KILLS = 70


class SlowTencent:
    """Takes every message after a moment, and remembers by its context which it was."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.app = Starlette(routes=[Route("/", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        context = json.loads(await request.body())["SessionContext"]
        self.taken[context] += 1
        number = self.taken.total()
        await asyncio.sleep(0.01)
        status = {"SerialNo": f"5000:{number}", "Code": "Ok", "Message": "send success"}
        return JSONResponse({"Response": {"SendStatusSet": [status], "RequestId": "a0aabda6"}})

    async def until(self, count: int) -> None:
        """Wait until so many messages were taken, repetitions among them."""
        async with asyncio.timeout(120):
            while self.taken.total() < count:  # noqa: ASYNC110  # what a server counts has no event
                await asyncio.sleep(0.01)


@contextmanager
def _workers(url: str) -> Iterator[list[ForkServerProcess]]:
    running = [a_worker(url) for _ in range(AT_ONCE)]
    try:
        yield running
    finally:
        for each in running:
            each.kill()
            each.join()


@pytest.fixture
async def provider(configured) -> AsyncIterator[SlowTencent]:
    """A provider that three workers send to by way of settings in the environment."""
    server = SlowTencent()
    async with serving(server.app) as address:
        configured(
            GONGYI_SMS_NOTICES="true",
            GONGYI_TENCENT_SMS_URL=address,
            GONGYI_TENCENT_SECRET_ID="AKIDlocal",
            GONGYI_TENCENT_SECRET_KEY="secret",
            GONGYI_TENCENT_SMS_APP_ID="1400006666",
            GONGYI_TENCENT_SMS_SIGN_NAME="同心社区",
            GONGYI_NOTICE_RATES="sms=400",
            GONGYI_NOTICE_LEASE_S="3",
            GONGYI_NOTICES_AT_ONCE="10",
            GONGYI_PROVIDER_TIMEOUT_S="10",
        )
        yield server


async def test_twenty_killed_workers_lose_nothing_and_what_went_out_twice_is_counted(db, provider):
    told = await people(MESSAGES)
    await phones(told)
    text = {"text": Text("{title}"), "provider_code": "1110", "variables": ("title",)}
    await deliveries(told, channel=Channel.SMS, **text)

    with _workers(db) as running:
        for kill in range(KILLS):
            await provider.until((kill + 1) * BETWEEN_KILLS)
            victim = running.pop(0)
            victim.kill()
            running.append(a_worker(db))
            victim.join()
        await _all_over()

    sent = {str(row["id"]) for row in await database.fetch("SELECT id FROM notifications_delivery")}
    repeated = sum(provider.taken.values()) - len(provider.taken)
    counted = await database.fetch_value("SELECT sum(unanswered) FROM notifications_delivery")
    assert (set(provider.taken), await states()) == (sent, {"sent": MESSAGES})
    assert max(provider.taken.values()) <= 3
    assert repeated <= counted <= KILLS * 50


async def _all_over() -> None:
    """Wait until nothing is left to be sent."""
    open_ones = (
        "SELECT count(*) FROM notifications_delivery"
        " WHERE state IN ('waiting', 'failed', 'sending')"
    )
    async with asyncio.timeout(120):
        while await database.fetch_value(open_ones):  # noqa: ASYNC110  # others' processes work
            await asyncio.sleep(0.1)
