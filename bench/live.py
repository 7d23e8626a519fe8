"""Live: one event to a thousand sockets, from the notification until the last has heard it."""

import asyncio
import time
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

from bench import town
from bench.report import Figure
from bench.server import Server
from domains.kernel import database, live
from schema import node

SOCKETS = 1_000
ROUNDS = 5
_AT_ONCE = 50


async def telling(ours: Server, street: Any) -> list[Figure]:
    """Subscribe a thousand residents to a poll and tell them that it has changed."""
    community = await town.a_community(street, code="live", residents=SOCKETS)
    poll_id = await town.an_open_poll(community, title="噪音公约是否施行?")
    tokens = await town.sign_in(await town.voters_of(poll_id, SOCKETS))
    await town.settle()
    before = ours.memory_mb()
    subscription = orjson.dumps(
        {
            "id": "1",
            "type": "subscribe",
            "payload": {
                "query": "subscription($id: ID!) { pollChanged(pollId: $id) { state version } }",
                "variables": {"id": node.encode("poll", poll_id)},
            },
        }
    ).decode()
    gate = asyncio.Semaphore(_AT_ONCE)
    sockets = await asyncio.gather(
        *(_subscribed(ours.port, token, subscription, gate) for token in tokens)
    )
    try:
        await asyncio.sleep(1)
        memory_kb = (ours.memory_mb() - before) * 1000 / SOCKETS
        all_heard: list[float] = []
        cpu_us: list[float] = []
        for _ in range(ROUNDS):
            spent = ours.cpu_s()
            all_heard.append(await _told(sockets, live.topic("poll", poll_id)))
            await asyncio.sleep(0.2)
            cpu_us.append((ours.cpu_s() - spent) * 1e6 / SOCKETS)
    finally:
        await asyncio.gather(*(each.close() for each in sockets))
    section = f"one event to {SOCKETS:,} sockets"
    return [
        Figure(section, "until all have heard", "ms", all_heard),
        Figure(section, "processor time per message", "µs", cpu_us),
        Figure(section, "memory per socket", "kB", [memory_kb]),
    ]


async def _subscribed(
    port: int, token: str, subscription: str, gate: asyncio.Semaphore
) -> ClientConnection:
    async with gate:
        socket = await connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]  # a NewType of str
            compression=None,
            ping_interval=None,
        )
        hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        await socket.send(orjson.dumps(hello).decode())
        await socket.recv()
        await socket.send(subscription)
        # A pong comes after the subscription has been taken up.
        await socket.send('{"type":"ping"}')
        await socket.recv()
        return socket


async def _told(sockets: list[ClientConnection], topic: str) -> float:
    """Notify as the relay does, and return the milliseconds until every socket has heard."""
    began = time.perf_counter()
    for text in live.encode({topic: {"event": "voting.poll_changed"}}):
        await database.execute("SELECT pg_notify($1, $2)", live.CHANNEL, text)
    async with asyncio.timeout(20):
        heard = await asyncio.gather(*(each.recv() for each in sockets))
    taken = (time.perf_counter() - began) * 1000
    if any('"next"' not in str(each) for each in heard):
        raise RuntimeError(f"not an event: {heard[0]!r}")
    return taken
