"""A room of two thousand: a hand goes up, and everybody's device knows within a blink.

The hand is raised by the product's own command, the worker's relay tells of it, the server
reads the room once and sends to all. The listeners are light, so that what is measured is the
server and not their own parsing.
"""

import asyncio
import base64
import os
import struct
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from bench import town
from bench.report import Figure
from bench.server import Server
from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.meetings.service import (
    agenda,
    attendance,
    bodies,
    floor,
    invitations,
    meetings,
    presets,
    sessions,
)
from domains.meetings.service import chair as chairs
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.service.bodies import BodyDraft
from domains.meetings.service.invitations import Guest
from domains.meetings.service.meetings import MeetingDraft
from domains.meetings.values import (
    AgendaItemKind,
    Capacity,
    InvitedGroup,
    MeetingForm,
    MeetingMode,
)
from domains.meetings.values.floor import SpeakingSide
from schema import node

MEMBERS = 2_000
ROUNDS = 20
_AT_ONCE = 100
_DAYS_AHEAD = 5
NEWS = """
subscription ($id: ID!) { meetingChanged(meetingId: $id) {
  seq fromSeq state entries { seq kind personId }
  room { present quorum { present required isMet } }
  floor { at waiting queue { requestId personId side number } } } }
"""
# As so many check-ins would leave them.
_COME = """
UPDATE meetings_invitation SET standing = 'present', check_in_method = 'online',
    arrived_at = kernel_now() WHERE meeting_id = $1
"""
_PEOPLE = "SELECT person_id FROM meetings_invitation WHERE meeting_id = $1 ORDER BY id LIMIT $2"


async def a_room(street: UUID) -> tuple[UUID, list[UUID]]:
    """A meeting in session with so many members in it; returns it and them."""
    await presets.sync_presets()
    community = await town.a_community(street, code="room", residents=MEMBERS)
    organiser = community.committee
    assert organiser.person_id is not None
    body_id, _ = await bodies.create_body(
        organiser,
        community.area_id,
        BodyDraft("居民大会议事会", MeetingForm.DELIBERATION_COUNCIL),
        idempotency_key=uuid4(),
    )
    starts_at = await clock.now() + timedelta(days=_DAYS_AHEAD)
    draft = MeetingDraft(
        "两千人的会", starts_at, starts_at + timedelta(hours=20), MeetingMode.ONLINE
    )
    meeting_id, _ = await meetings.plan_meeting(organiser, body_id, draft, idempotency_key=uuid4())
    item = ItemDraft("广场舞队迁往九龙湖公园", AgendaItemKind.DECIDE)
    await agenda.add_item(organiser, meeting_id, item, idempotency_key=uuid4())
    await invitations.invite(organiser, meeting_id, Guest(organiser.person_id))
    await invitations.invite_group(
        organiser, meeting_id, InvitedGroup.ADULTS, capacity=Capacity.DECIDE
    )
    await chairs.appoint(organiser, meeting_id, organiser.person_id)
    await meetings.publish_agenda(organiser, meeting_id)
    await town.move_clock(_DAYS_AHEAD)
    await _begin(organiser, meeting_id)
    people = [row["person_id"] for row in await database.fetch(_PEOPLE, meeting_id, MEMBERS + 1)]
    return meeting_id, [each for each in people if each != organiser.person_id][:MEMBERS]


async def _begin(chair: Actor, meeting_id: UUID) -> None:
    await attendance.open_check_in(chair, meeting_id)
    await database.execute(_COME, meeting_id)
    await sessions.open_meeting(chair, meeting_id)
    await sessions.call_item(chair, meeting_id)
    await town.settle()


async def hearing(ours: Server, street: UUID) -> list[Figure]:
    """Raise hands one after another, and wait each time until the whole room has heard."""
    meeting_id, people = await a_room(street)
    tokens = await town.sign_in(people)
    async with _worker():
        before = ours.memory_mb()
        room = await _joined(ours.port, tokens, meeting_id)
        try:
            await asyncio.sleep(2)
            memory_kb = (ours.memory_mb() - before) * 1000 / MEMBERS
            raised: list[float] = []
            cpu_us: list[float] = []
            for each in people[:ROUNDS]:
                spent = ours.cpu_s()
                raised.append(await _raised(room, Actor(person_id=each), meeting_id))
                await asyncio.sleep(0.4)
                cpu_us.append((ours.cpu_s() - spent) * 1e6 / MEMBERS)
        finally:
            room.leave()
            await town.move_clock(0)
    section = f"a room of {MEMBERS:,}: a hand goes up"
    return [
        Figure(section, "until all have heard, from the command on", "ms", raised),
        Figure(section, "the slowest round", "ms", [max(raised)]),
        Figure(section, "processor time per message", "µs", cpu_us),
        Figure(section, "memory per socket", "kB", [memory_kb]),
    ]


class Room:
    """All the sockets: how many have heard since the last hand went up."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.ready = 0
        self.heard = 0
        self.all_ready = asyncio.Event()
        self.all_heard = asyncio.Event()
        self.transports: list[asyncio.Transport] = []
        self.refused: list[bytes] = []

    def one_is_ready(self) -> None:
        """Count a socket whose subscription was taken up."""
        self.ready += 1
        if self.ready == self.size:
            self.all_ready.set()

    def one_has_heard(self) -> None:
        """Count a socket that was told."""
        self.heard += 1
        if self.heard == self.size:
            self.all_heard.set()

    def listen_anew(self) -> None:
        """Begin to count again."""
        self.heard = 0
        self.all_heard.clear()

    def leave(self) -> None:
        """Close every socket."""
        for each in self.transports:
            each.close()


class Listener(asyncio.Protocol):
    """A socket that speaks as much of the protocol as it takes to be told of a room."""

    def __init__(self, room: Room, hello: bytes, subscribe: bytes) -> None:
        self._room = room
        self._hello = hello
        self._subscribe = subscribe
        self._joined = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self._transport = cast(asyncio.Transport, transport)
        self._room.transports.append(self._transport)
        nonce = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {nonce}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Go on to the next step, or count what was told."""
        if self._joined:
            # A message may come in pieces, and begins once.
            told = (self._rest + data).count(b'"type":"next"')
            self._rest = data[-12:]
            for _ in range(told):
                self._room.one_has_heard()
        elif data.startswith(b"HTTP/1.1 101"):
            self._transport.write(framed(self._hello))
        elif b"connection_ack" in data:
            self._transport.write(framed(self._subscribe))
            self._transport.write(framed(b'{"type":"ping"}'))
        elif b"pong" in data:
            self._joined = True
            self._room.one_is_ready()
        else:
            self._room.refused.append(data[:200])


def framed(text: bytes) -> bytes:
    """Return a text frame as a client sends it, masked with zeros."""
    length = len(text)
    if length < 126:
        head = struct.pack("!BB", 0x81, 0x80 | length)
    else:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, length)
    return head + bytes(4) + text


async def _joined(port: int, tokens: list[str], meeting_id: UUID) -> Room:
    room = Room(len(tokens))
    variables = {"id": node.encode("meeting", meeting_id)}
    asked: Any = {"query": NEWS, "variables": variables}
    subscribe = orjson.dumps({"id": "1", "type": "subscribe", "payload": asked})
    gate = asyncio.Semaphore(_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def join(token: str) -> None:
        payload = {"Authorization": f"Bearer {token}"}
        hello = orjson.dumps({"type": "connection_init", "payload": payload})
        async with gate:
            await loop.create_connection(
                lambda: Listener(room, hello, subscribe), "127.0.0.1", port
            )
            await asyncio.sleep(0.05)

    await asyncio.gather(*(join(each) for each in tokens))
    try:
        async with asyncio.timeout(30):
            await room.all_ready.wait()
    except TimeoutError:
        raise RuntimeError(f"only {room.ready} of {room.size} joined: {room.refused[:3]}") from None
    return room


async def _raised(room: Room, somebody: Actor, meeting_id: UUID) -> float:
    """Raise a hand; returns the milliseconds until every socket has been told of it."""
    room.listen_anew()
    began = time.perf_counter()
    await floor.raise_hand(somebody, meeting_id, SpeakingSide.FOR)
    async with asyncio.timeout(20):
        await room.all_heard.wait()
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def _worker() -> AsyncIterator[None]:
    """The product's worker, whose relay tells of what was recorded."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api", "worker"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.sleep(3)
        yield
    finally:
        process.terminate()
        await process.wait()
