"""The casting command beside its own statement through bare asyncpg: alike in all else."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench import town
from bench.bare import CAST
from bench.report import Figure
from domains.kernel import database, settings
from domains.kernel.actor import Actor
from domains.voting import service

CALLERS = 64
ROUNDS = 3
BALLOTS = 4_000
# PostgreSQL 18 tells them elsewhere than its predecessors.
_FSYNCS = "SELECT COALESCE(sum(fsyncs), 0)::bigint FROM pg_stat_io WHERE object = 'wal'"
_FSYNCS_BEFORE_18 = "SELECT wal_sync FROM pg_stat_wal"


async def casting(street: UUID) -> list[Figure]:
    """Let 64 callers cast by the command and by the bare statement, round by round in turn."""
    community = await town.a_community(street, code="command", residents=2 * ROUNDS * BALLOTS)
    poll_id = await town.an_open_poll(community, title="小区门口是否加装路灯?")
    options = await town.options_of(poll_id)
    voters = iter(await town.voters_of(poll_id, 2 * ROUNDS * BALLOTS))
    await town.settle()
    ours: list[float] = []
    bare: list[float] = []
    syncs: list[float] = []
    async with bare_pool() as pool:

        async def by_command(voter: UUID) -> None:
            key = uuid4()
            actor = Actor(person_id=voter)
            await service.cast_ballot(actor, poll_id, options[:1], idempotency_key=key)

        async def by_statement(voter: UUID) -> None:
            async with pool.acquire() as connection:
                await connection.fetchrow(CAST, poll_id, voter, 1, uuid4(), None)

        for _ in range(ROUNDS):
            before = await fsyncs()
            ours.append(await _rate(by_command, [next(voters) for _ in range(BALLOTS)]))
            syncs.append((await fsyncs() - before) / BALLOTS)
            bare.append(await _rate(by_statement, [next(voters) for _ in range(BALLOTS)]))
    await _require_all(poll_id)
    section = f"cast_ballot, {CALLERS} callers"
    return [
        Figure(section, "ballots per second", "1/s", ours, bare),
        Figure(section, "fsyncs of the log per ballot", "", syncs),
    ]


def bare_pool() -> Any:
    """Return a pool of as many connections as the product's own."""
    address = settings.current().database_url.get_secret_value()
    size = settings.current().pool_size
    return asyncpg.create_pool(
        **database.connection_arguments(address), min_size=size, max_size=size, reset=_nothing
    )


async def _nothing(connection: Any) -> None:
    return None


async def _rate(cast: Callable[[UUID], Awaitable[None]], voters: list[UUID]) -> float:
    waiting = iter(voters)

    async def a_caller() -> None:
        for voter in waiting:
            await cast(voter)

    began = time.perf_counter()
    await asyncio.gather(*(a_caller() for _ in range(CALLERS)))
    return len(voters) / (time.perf_counter() - began)


async def fsyncs() -> int:
    """Return how often the log was forced to the disk so far."""
    # A backend tells its figures when it is idle for a moment.
    await asyncio.sleep(1.2)
    version = int(await database.fetch_value("SHOW server_version_num"))
    return int(await database.fetch_value(_FSYNCS if version >= 180_000 else _FSYNCS_BEFORE_18))


async def _require_all(poll_id: UUID) -> None:
    found = await database.fetch_value(
        "SELECT count(*) FROM voting_ballot b JOIN voting_poll p ON p.number = b.poll_number"
        " WHERE p.id = $1",
        poll_id,
    )
    if found != 2 * ROUNDS * BALLOTS:
        raise RuntimeError(f"{2 * ROUNDS * BALLOTS} were cast and {found} are in the box")
