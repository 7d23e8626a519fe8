"""100,000 notices of one poll, expanded and handed to a local provider, with rate and memory."""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx

from bench import server, town
from bench.report import Figure
from domains.kernel import clock, database, settings
from domains.notifications.kinds import registry
from domains.notifications.queries import addresses
from domains.notifications.service import expansion, occasions
from domains.notifications.service.templates import sync_presets
from domains.notifications.values import Channel

NOTICES = 100_000
KIND = "POLL_CLOSING_SOON"
TEMPLATE = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc"

_TEMPLATE = """
INSERT INTO notifications_template
    (id, kind, channel, locale, version, subject, body, provider_code, variables, created_at)
VALUES (gen_random_uuid(), $1, 'wechat', 'zh-Hans', 1, '投票提醒', '', $2,
        '["title", "closes_at"]', kernel_now())
ON CONFLICT DO NOTHING
"""
_CONSENTS = """
INSERT INTO notifications_consent (person_id, template_code, left_count, changed_at)
SELECT voter_id, $2, 3, kernel_now() FROM voting_roll_entry WHERE poll_id = $1
"""
_STATES = """
SELECT state, count(*) AS count FROM notifications_delivery GROUP BY state ORDER BY state
"""


async def delivering(street: UUID, *, notices: int = NOTICES) -> list[Figure]:
    """Tell a whole community of a poll that closes soon, by WeChat."""
    async with wechat() as provider:
        poll_id = await a_poll_to_tell(street, notices)
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        while await expansion.expand_due_occasion() is not None:
            pass
        expanded_s = time.perf_counter() - began
        grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
        await town.settle()
        told = await _sender()
        arrived = (await taken(provider))["taken"]
        used_mb = provider.memory_mb()
    states = {row["state"]: row["count"] for row in await database.fetch(_STATES)}
    if states != {"sent": notices} or arrived != notices:
        raise RuntimeError(f"of poll {poll_id} {arrived} were taken, and {states} marked")
    section = f"{notices:,} notices of one poll"
    return [
        Figure(section, "expanded into inboxes and deliveries", "a second", [notices / expanded_s]),
        Figure(section, "memory grown by expanding them", "MB", [grown_kb / 1024]),
        Figure(
            section, "handed to a local WeChat by one worker", "a second", [notices / told["s"]]
        ),
        Figure(
            section, "processor time of the worker a notice", "ms", [1e3 * told["cpu_s"] / notices]
        ),
        Figure(section, "memory of the worker, at most", "MB", [told["peak_mb"]]),
        Figure(section, "of that before the first notice", "MB", [told["before_mb"]]),
        Figure(section, "memory of the provider", "MB", [used_mb]),
    ]


async def a_poll_to_tell(street: UUID, notices: int) -> UUID:
    """Make a community whose residents have all accepted messages, and a poll that closes soon."""
    await sync_presets()
    kind = registry.BY_CODE[KIND]
    await database.execute(_TEMPLATE, KIND, f"{TEMPLATE} thing1 time2")
    # The committee's member is on the roll as well.
    community = await town.a_community(street, code=f"t{notices}", residents=notices - 1)
    await town.settle()
    poll_id = await town.an_open_poll(community, days=1)
    voters = await town.voters_of(poll_id, notices)
    now = await clock.now()
    rows = []
    for place, person in enumerate(voters):
        address_id, openid = database.new_id(), f"oGZUI0egBJY1zhBYw2Kh{place:08d}"
        index = addresses.index_of(Channel.WECHAT, openid)
        sealed = addresses.sealed(address_id, openid)
        rows.append((address_id, person, "wechat", "active", sealed, index, "WeChat", now, now))
    columns = ("id", "person_id", "channel", "state", "address_sealed", "address_index", "masked")
    await database.copy("notifications_address", (*columns, "created_at", "changed_at"), rows)
    await database.execute(_CONSENTS, poll_id, TEMPLATE)
    place = await database.fetch_value("SELECT area_path FROM voting_poll WHERE id = $1", poll_id)
    async with database.transaction():
        await occasions.note(kind, subject_id=poll_id, area_path=place, payload={}, due_at=now)
    await town.settle()
    return poll_id


@asynccontextmanager
async def wechat() -> AsyncIterator[server.Server]:
    """Run a local WeChat in a process of its own, and name it in the settings."""
    command = (
        *("-m", "uvicorn", "--factory", "bench.provider:create_provider", "--loop", "uvloop"),
        *("--http", "httptools", "--no-access-log", "--log-level", "warning", "--port"),
    )
    async with server.running(("provider", command)) as provider:
        given = {
            "GONGYI_WECHAT_NOTICES": "true",
            "GONGYI_WECHAT_URL": f"http://127.0.0.1:{provider.port}",
            "GONGYI_WECHAT_APP_ID": "wx0123456789abcdef",
            "GONGYI_WECHAT_APP_SECRET": "secret",
            "GONGYI_NOTICE_RATES": "wechat=100000",
            "GONGYI_NOTICES_AT_ONCE": "200",
            # By day and by night.
            "GONGYI_QUIET_FROM_MINUTE": "0",
            "GONGYI_QUIET_UNTIL_MINUTE": "0",
        }
        before = {name: os.environ.get(name) for name in given}
        os.environ.update(given)
        settings.current.cache_clear()
        try:
            yield provider
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            settings.current.cache_clear()


async def _sender() -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.sender"), stdout=asyncio.subprocess.PIPE
    )
    told, _nothing = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the worker ended with {process.returncode}")
    said: dict[str, Any] = json.loads(told)
    return said


async def taken(provider: server.Server) -> dict[str, int]:
    """Return how many messages the provider took, and how many of them again."""
    async with httpx.AsyncClient() as client:
        said: dict[str, int] = (await client.get(f"http://127.0.0.1:{provider.port}/taken")).json()
    return said
