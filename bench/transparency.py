"""A log of 1,000,000 leaves: appended as the worker does, proved, and proofs served."""

import random
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from bench import rounds, town
from bench.client import request_bytes
from bench.report import Figure
from bench.rounds import Rounds
from bench.server import Server
from domains.disclosure.queries import log as queries
from domains.disclosure.rules import merkle
from domains.disclosure.rules.records import Source
from domains.disclosure.service import copies, log
from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from schema import node

LEAVES = 1_000_000
PLANTED_AT_ONCE = 100_000
PROOFS = 500
ROUNDS = 3
CLIENTS = 16
_FIRST = UUID("00000000-0000-7000-8000-000000000000")
_OPEN = """
INSERT INTO disclosure_log (id, area_path, opened_at)
SELECT id, path, kernel_now() FROM membership_area WHERE id = $1
"""
# Records as publishing queues them, by numbers; what they hash to, the table's constraint checks.
_PLANT = r"""
WITH kept AS (
    INSERT INTO disclosure_log_leaf
        (id, log_id, source_kind, source_id, version, record, leaf_hash, salt, queued_at)
    SELECT id, $1::uuid, $2, id, 1, record, sha256('\x00'::bytea || record), sha256(''),
           kernel_now()
    FROM generate_series($3::bigint, $4::bigint) AS n
    CROSS JOIN LATERAL (
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id) named
    CROSS JOIN LATERAL (
        SELECT convert_to(format(
            '{"format":"gongyi.record/1","log":"%s","parts":{"title":"%s"},"source":"%s"}',
            $1::uuid, encode(sha256(id::text::bytea), 'hex'), id), 'UTF8') AS record) written
    RETURNING log_id, id
)
INSERT INTO disclosure_log_waiting (log_id, leaf_id) SELECT log_id, id FROM kept
"""
_PROOF = """
query ($disclosure: ID!) {
  inclusionProof(disclosureId: $disclosure, version: 1) { leafIndex leafHash path rootHash size }
}
"""
# What a proof cannot do without: the hashes along the way, by primary key.
_BARE = """
SELECT n.digest FROM unnest($2::int[], $3::bigint[]) AS asked (level, position)
JOIN disclosure_log_node n
  ON (n.log_id, n.level, n.position) = ($1, asked.level::smallint, asked.position)
"""


async def proving(ours: Server, street: Any) -> list[Figure]:
    """Queue a million leaves, let the worker's commands append and sign, and ask for proofs."""
    community = (await town.a_community(street, code="log", residents=0)).area_id
    sources = await _planted(community)
    await town.settle()
    appending, taken = await _appended()
    if await log.sign_due_head() is None:
        raise RuntimeError("a log that has grown has a head to sign")
    await town.settle()
    section = f"a log of {LEAVES:,} leaves"
    made, bare = await _included(sources)
    served = await _served(ours, sources)
    return [
        Figure(section, "leaves appended a second", "/s", appending),
        Figure(section, "all of them appended", "s", [taken]),
        Figure(section, "inclusion proofs a second, checked", "/s", made, bare),
        Figure(section, "growth proofs a second, checked", "/s", await _grown(community)),
        *rounds.figures(f"{section}, over GraphQL", "inclusion proof", served, Rounds()),
    ]


async def _planted(log_id: UUID) -> list[UUID]:
    """Queue records, many at once; returns what they are of."""
    await database.execute(_OPEN, log_id)
    for first in range(0, LEAVES, PLANTED_AT_ONCE):
        async with database.transaction(timeout_ms=60_000):
            last = first + PLANTED_AT_ONCE - 1
            await database.execute(_PLANT, log_id, copies.DISCLOSURE, first, last)
    return [UUID(int=_FIRST.int + number) for number in range(LEAVES)]


async def _appended() -> tuple[list[float], float]:
    """Append batch by batch, as a tick does; returns leaves a second of each, and all seconds."""
    rates: list[float] = []
    began = time.perf_counter()
    while True:
        started = time.perf_counter()
        done = await log.grow_due_log()
        if done is None:
            break
        rates.append(done / (time.perf_counter() - started))
    taken = time.perf_counter() - began
    size = await database.fetch_value("SELECT max(size) FROM disclosure_log")
    if size != LEAVES:
        raise RuntimeError(f"{size} leaves were appended")
    return rates, taken


async def _included(sources: Sequence[UUID]) -> tuple[list[float], list[float]]:
    """Prove and check leaves one after another, beside reading as many nodes by key."""
    made: list[float] = []
    bare: list[float] = []
    chance = random.Random(6962)
    for _ in range(ROUNDS):
        asked = [Source(copies.DISCLOSURE, each, 1) for each in chance.sample(sources, PROOFS)]
        began = time.perf_counter()
        for source in asked:
            (found,) = await queries.inclusions(ANONYMOUS, [source])
            _require(found)
        made.append(PROOFS / (time.perf_counter() - began))
        bare.append(await _bare(chance))
    return made, bare


def _require(found: queries.Inclusion | None) -> None:
    assert found is not None, "every leaf is under the head"
    head, leaf = found.head.head, found.leaf
    index = leaf["leaf_index"]
    if not merkle.includes(head.root, leaf["leaf_hash"], found.path, index=index, size=head.size):
        raise RuntimeError(f"leaf {index} is not proved")


async def _bare(chance: random.Random) -> float:
    log_id = await database.fetch_value("SELECT id FROM disclosure_log ORDER BY size DESC LIMIT 1")
    began = time.perf_counter()
    for _ in range(PROOFS):
        ways = merkle.inclusion_places(chance.randrange(LEAVES), LEAVES)
        places = [place for way in ways for place in way]
        await database.fetch(
            _BARE,
            log_id,
            [place.level for place in places],
            [place.position for place in places],
        )
    return PROOFS / (time.perf_counter() - began)


async def _grown(log_id: UUID) -> list[float]:
    """Prove and check that the log grew from sizes that it had on the way."""
    rates: list[float] = []
    chance = random.Random(6962)
    root = merkle.fold(await queries.digests(log_id, merkle.peaks(LEAVES)))
    for _ in range(ROUNDS):
        sizes = [chance.randrange(1, LEAVES) for _ in range(PROOFS // 5)]
        roots = [merkle.fold(await queries.digests(log_id, merkle.peaks(size))) for size in sizes]
        began = time.perf_counter()
        for size, older in zip(sizes, roots, strict=True):
            path = await queries.consistency(log_id, size, LEAVES)
            if not merkle.is_grown_from(older, root, path, older=size, newer=LEAVES):
                raise RuntimeError(f"growth from {size} leaves is not proved")
        rates.append(len(sizes) / (time.perf_counter() - began))
    return rates


async def _served(ours: Server, sources: Sequence[UUID]) -> Rounds:
    """Ask the running server for proofs of leaves at random."""
    chance = random.Random(9162)

    def make(_: int) -> bytes:
        wanted = node.encode("disclosure", chance.choice(sources))
        body = orjson.dumps({"query": _PROOF, "variables": {"disclosure": wanted}})
        return request_bytes("/graphql", body)

    found = Rounds()
    await rounds.one(ours, Rounds(), clients=CLIENTS, requests=100, make=make)
    for _ in range(ROUNDS):
        await rounds.one(ours, found, clients=CLIENTS, requests=1_000, make=make)
    assert found.last is not None, "there were rounds"
    told = orjson.loads(found.last.first_body)["data"]["inclusionProof"]
    if told is None or told["size"] != LEAVES:
        raise RuntimeError("the server proves nothing")
    return found
