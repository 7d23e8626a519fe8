"""The transfer command beside its own statement through bare asyncpg, and a long ledger's cost."""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from bench.commands import CALLERS, bare_pool, fsyncs
from bench.report import Figure
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.paging import Page
from domains.timebank.queries import ledger as queries
from domains.timebank.service import ledger
from domains.timebank.values import MOST_MINUTES, AccountKind, Reference, TransferKind

ROUNDS = 3
TRANSFERS = 3_000
ACCOUNTS = 2_000
HOT = 10
MANY = 500_000
_REFERENCE = Reference("bench", UUID(int=7))
_OPEN = """
INSERT INTO timebank_account (id, kind, owner_id, community_id, area_path, floor_minutes,
                              balance_minutes, opened_at)
SELECT gen_random_uuid(), 'person', gen_random_uuid(), $1, '/bench/', 0, 0, kernel_now()
FROM generate_series(1, $2) RETURNING id
"""
# A long history of one account with the scheme, written as the functions write it.
_PLANT = """
WITH t AS (
    INSERT INTO timebank_transfer (id, kind, from_id, to_id, minutes, pending, made_at, actor_id,
        key, input_hash, reference_kind, reference_id)
    SELECT gen_random_uuid(), 'issue', $1, $2, 1, false, kernel_now() - interval '2 hours', $1,
           gen_random_uuid(), sha256(''), 'bench', $1
    FROM generate_series(1, $3) RETURNING id, made_at
), balance AS (
    UPDATE timebank_account SET balance_minutes = balance_minutes + $3 WHERE id = $2
    RETURNING balance_minutes - $3 AS before
)
INSERT INTO timebank_entry (account_id, transfer_id, minutes, balance_after, at)
SELECT leg.account_id, t.id, leg.minutes,
       CASE leg.minutes
           WHEN 1 THEN balance.before + row_number() OVER (PARTITION BY leg.minutes) END,
       t.made_at
FROM t CROSS JOIN balance
CROSS JOIN LATERAL (VALUES ($1::uuid, -1), ($2::uuid, 1)) AS leg (account_id, minutes)
"""
Pair = tuple[UUID, UUID]


async def ledgers() -> list[Figure]:
    """Measure transfers, hot accounts, and reading where a million entries stand."""
    scheme = await ledger.open_scheme(uuid4(), "/bench/")
    accounts = await _accounts(scheme[AccountKind.ISSUANCE])
    return [
        *await _transfers(accounts),
        *await _hot(accounts),
        *await _reading(scheme[AccountKind.ISSUANCE], accounts),
    ]


async def _accounts(issuance: UUID) -> list[UUID]:
    community = await database.fetch_value(
        "SELECT community_id FROM timebank_account WHERE id = $1", issuance
    )
    rows = await database.fetch(_OPEN, community, ACCOUNTS)
    accounts = [row["id"] for row in rows]
    actor = Actor(person_id=uuid4())
    await asyncio.gather(
        *(
            ledger.move(
                actor,
                ledger.Movement(TransferKind.ISSUE, issuance, each, MOST_MINUTES, _REFERENCE),
                idempotency_key=uuid4(),
            )
            for each in accounts
        )
    )
    return accounts


async def _transfers(accounts: list[UUID]) -> list[Figure]:
    chance = random.Random(1)
    ours: list[float] = []
    bare: list[float] = []
    syncs: list[float] = []
    async with bare_pool() as pool:

        async def by_statement(pair: Pair) -> None:
            asked = _asked(pair)
            async with pool.acquire() as connection:
                row = await connection.fetchrow(ledger.MOVE_TOGETHER, *ledger.columns_of([asked]))
            if row["outcome"] != "moved":
                raise RuntimeError(row["outcome"])

        for _ in range(ROUNDS):
            before = await fsyncs()
            ours.append(await _rate(_by_command, _pairs(accounts, chance)))
            syncs.append((await fsyncs() - before) / TRANSFERS)
            bare.append(await _rate(by_statement, _pairs(accounts, chance)))
    section = f"transfer, {CALLERS} callers"
    return [
        Figure(section, "transfers per second", "1/s", ours, bare),
        Figure(section, "fsyncs of the log per transfer", "", syncs),
    ]


async def _hot(accounts: list[UUID]) -> list[Figure]:
    """Pay others while half of all transfers go to ten accounts, and while none does."""
    chance = random.Random(2)
    few, rest = accounts[:HOT], accounts[HOT:]
    among: list[float] = []
    alone: list[float] = []
    for _ in range(ROUNDS):
        quiet = _pairs(rest, chance)
        alone.append(await _rate(_by_command, quiet))
        mixed = [
            pair
            for each in _pairs(rest, chance)
            for pair in (each, (chance.choice(rest), chance.choice(few)))
        ]
        # Twice as many transfers: the rate of those that touch no hot account is half of all.
        among.append(await _rate(_by_command, mixed) / 2)
    return [
        Figure(
            f"{HOT} hot accounts",
            "other transfers per second, half of all going to them, to half of none going",
            "1/s",
            among,
            [each / 2 for each in alone],
        )
    ]


async def _reading(issuance: UUID, accounts: list[UUID]) -> list[Figure]:
    """Read a balance and a statement of an account with few entries, and of one with many."""
    few, many = accounts[0], accounts[1]
    for _ in range(5):
        async with database.transaction(timeout_ms=60_000):
            await database.execute(_PLANT, issuance, many, MANY // 5)
    await database.execute("ANALYZE timebank_entry")
    await database.execute("ANALYZE timebank_transfer")
    figures = []
    page = Page(first=20)
    reads: dict[str, Callable[[UUID], Awaitable[Any]]] = {
        "balance": lambda account: queries.balances([account]),
        "statement page": lambda account: queries.statement(account, page),
    }
    for name, read in reads.items():
        times: dict[UUID, list[float]] = {few: [], many: []}
        for account in itertools.chain.from_iterable(itertools.repeat((few, many), 100)):
            began = time.perf_counter()
            await read(account)
            times[account].append((time.perf_counter() - began) * 1000)
        measure = f"{name}, of an account with {MANY:,} entries to one with few"
        figures.append(Figure(f"{2 * MANY:,} entries", measure, "ms", times[many], times[few]))
    return figures


def _pairs(accounts: list[UUID], chance: random.Random) -> list[Pair]:
    return [tuple(chance.sample(accounts, 2)) for _ in range(TRANSFERS)]  # type: ignore[misc]


def _asked(pair: Pair) -> Any:
    movement = ledger.Movement(TransferKind.GIFT, *pair, 1, _REFERENCE)
    return ledger.asked_of(Actor(person_id=pair[0]), movement, uuid4())


async def _by_command(pair: Pair) -> None:
    movement = ledger.Movement(TransferKind.GIFT, *pair, 1, _REFERENCE)
    await ledger.move(Actor(person_id=pair[0]), movement, idempotency_key=uuid4())


async def _rate(move: Callable[[Pair], Awaitable[None]], pairs: list[Pair]) -> float:
    waiting = iter(pairs)

    async def a_caller() -> None:
        for pair in waiting:
            await move(pair)

    began = time.perf_counter()
    await asyncio.gather(*(a_caller() for _ in range(CALLERS)))
    return len(pairs) / (time.perf_counter() - began)
