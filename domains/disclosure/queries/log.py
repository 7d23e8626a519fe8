"""The log as everybody sees it: heads, leaves, proofs and keys. All of it is public.

A proof costs two reads: which heads and leaves are asked for, and all the subtrees that their
ways need, at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.disclosure.rules import merkle
from domains.disclosure.rules.heads import Head, SignedHead
from domains.disclosure.rules.merkle import Place
from domains.disclosure.rules.records import Source
from domains.kernel import calendar, database, signing
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.kernel.signing import PublicKey

_LOGS = "SELECT id, area_path, size, opened_at FROM disclosure_log WHERE id = ANY ($1::uuid[])"
_HEAD_COLUMNS = """h.id, h.log_id, h.day, h.size, h.root, h.signed_at, h.key_id, h.public_key,
                   h.signature"""
_HEADS = f"""
SELECT {_HEAD_COLUMNS} FROM disclosure_log_head h
WHERE h.log_id = $1 AND ($2::date IS NULL OR h.day < $2) ORDER BY h.day DESC LIMIT $3
"""
_HEADS_BY_ID = f"SELECT {_HEAD_COLUMNS} FROM disclosure_log_head h WHERE h.id = ANY ($1::uuid[])"
_LATEST = f"""
SELECT {_HEAD_COLUMNS} FROM unnest($1::uuid[]) AS log (id)
CROSS JOIN LATERAL (
    SELECT * FROM disclosure_log_head WHERE log_id = log.id ORDER BY day DESC LIMIT 1) h
"""
_LEAVES = """
SELECT leaf.id, leaf.log_id, leaf.source_kind, leaf.source_id, leaf.version, leaf.record,
       leaf.leaf_hash, leaf.salt, leaf.queued_at, n.position AS leaf_index
FROM disclosure_log_leaf leaf
JOIN unnest($1::text[], $2::uuid[], $3::int[]) AS asked (kind, id, version)
  ON (leaf.source_kind, leaf.source_id, leaf.version) = (asked.kind, asked.id, asked.version)
LEFT JOIN disclosure_log_node n ON n.leaf_id = leaf.id
"""
_DIGESTS = """
SELECT n.log_id, n.level::int AS level, n.position, n.digest
FROM unnest($1::uuid[], $2::int[], $3::bigint[]) AS asked (log_id, level, position)
JOIN disclosure_log_node n
  ON (n.log_id, n.level, n.position) = (asked.log_id, asked.level::smallint, asked.position)
"""
# Versions that are public and under no head yet, and the day whose head will have them: the
# next, or today where today's is still to be signed.
_PENDING = """
SELECT v.id, greatest(latest.day + 1, (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date) AS day
FROM disclosure_version v
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
LEFT JOIN disclosure_log_leaf leaf
  ON (leaf.source_kind, leaf.source_id, leaf.version) = ('disclosure', d.id, v.number)
LEFT JOIN disclosure_log_node n ON n.leaf_id = leaf.id
LEFT JOIN LATERAL (
    SELECT h.day, h.size FROM disclosure_log_head h
    WHERE h.log_id = coalesce(d.community_id, d.area_id) ORDER BY h.day DESC LIMIT 1) latest ON true
WHERE v.id = ANY ($1::uuid[]) AND v.state = 'published'
  AND (n.position IS NULL OR latest.size IS NULL OR n.position >= latest.size)
"""
_KEYS = """
SELECT key_id, public_key, first_used_at FROM disclosure_log_key ORDER BY first_used_at DESC, key_id
"""

Stand = tuple[UUID, Place]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That a leaf is in a log, as a head has it."""

    leaf: Row
    head: SignedHead
    head_id: UUID
    path: list[bytes]


@dataclass(frozen=True, slots=True)
class Growth:
    """That a log, as a newer head has it, begins with all that it was at an older one."""

    older: SignedHead
    newer: SignedHead
    path: list[bytes]


async def logs_by_area(actor: Actor, area_ids: list[UUID]) -> list[Row | None]:
    """Batch: the logs of these areas; None where nothing was ever published."""
    found = {row["id"]: row for row in await database.fetch(_LOGS, area_ids)}
    return [found.get(each) for each in area_ids]


async def heads(actor: Actor, log_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a log's heads, the latest first."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_HEADS, log_id, after, page.limit), page)


async def heads_by_id(actor: Actor, head_ids: list[UUID]) -> list[Row | None]:
    """Batch: the heads of these ids."""
    found = {row["id"]: row for row in await database.fetch(_HEADS_BY_ID, head_ids)}
    return [found.get(each) for each in head_ids]


async def latest_heads(actor: Actor, log_ids: list[UUID]) -> list[Row | None]:
    """Batch: the latest head of each log."""
    found = {row["log_id"]: row for row in await database.fetch(_LATEST, log_ids)}
    return [found.get(each) for each in log_ids]


async def leaves(actor: Actor, sources: list[Source]) -> list[Row | None]:
    """Batch: the leaves of these sources, waiting ones included."""
    rows = await database.fetch(
        _LEAVES,
        [each.kind for each in sources],
        [each.id for each in sources],
        [each.version for each in sources],
    )
    found = {Source(row["source_kind"], row["source_id"], row["version"]): row for row in rows}
    return [found.get(each) for each in sources]


async def inclusions(actor: Actor, sources: list[Source]) -> list[Inclusion | None]:
    """Batch: each source's proof under its log's latest head, None where no head has it yet."""
    rows = await leaves(actor, sources)
    log_ids = list({row["log_id"] for row in rows if row is not None})
    latest = {row["log_id"]: row for row in await latest_heads(actor, log_ids) if row is not None}
    return await _proved([(row, latest.get(row["log_id"]) if row else None) for row in rows])


async def inclusion_under(actor: Actor, source: Source, head_id: UUID) -> Inclusion | None:
    """Return the proof of a source under one head, None where that head does not have it."""
    (leaf,), (head,) = await leaves(actor, [source]), await heads_by_id(actor, [head_id])
    return (await _proved([(leaf, head)]))[0]


async def pending_until(actor: Actor, version_ids: Sequence[UUID]) -> list[datetime | None]:
    """Batch: when the head is signed that first has a public version; None where one has it."""
    rows = await database.fetch(_PENDING, list(version_ids))
    found = {row["id"]: calendar.start_of(row["day"]) for row in rows}
    return [found.get(each) for each in version_ids]


async def _proved(asked: Sequence[tuple[Row | None, Row | None]]) -> list[Inclusion | None]:
    """Make the proofs of leaves under heads, with one read of all that they need."""
    ways: list[list[list[Place]] | None] = []
    for leaf, head in asked:
        ways.append(
            merkle.inclusion_places(leaf["leaf_index"], head["size"])
            if leaf is not None and head is not None and _is_under(leaf, head)
            else None
        )
    stored = await _stored(
        {
            (leaf["log_id"], place)
            for (leaf, _), way in zip(asked, ways, strict=True)
            if leaf is not None
            for each in way or ()
            for place in each
        }
    )
    return [
        None
        if leaf is None or head is None or way is None
        else Inclusion(leaf, signed(head), head["id"], _path(leaf["log_id"], way, stored))
        for (leaf, head), way in zip(asked, ways, strict=True)
    ]


def _is_under(leaf: Row, head: Row) -> bool:
    index = leaf["leaf_index"]
    return leaf["log_id"] == head["log_id"] and index is not None and index < head["size"]


async def growth(actor: Actor, older_id: UUID, newer_id: UUID) -> Growth | None:
    """Return the proof between two heads of a log, None where they are not such a pair."""
    older, newer = await heads_by_id(actor, [older_id, newer_id])
    if older is None or newer is None:
        return None
    if older["log_id"] != newer["log_id"] or older["size"] > newer["size"]:
        return None
    path = await consistency(older["log_id"], older["size"], newer["size"])
    return Growth(signed(older), signed(newer), path)


async def consistency(log_id: UUID, older: int, newer: int) -> list[bytes]:
    """Return the proof that a log of one size begins with all that it was at another."""
    way = merkle.consistency_places(older, newer)
    stored = await _stored({(log_id, place) for each in way for place in each})
    return _path(log_id, way, stored)


async def digests(log_id: UUID, places: Sequence[Place]) -> list[bytes]:
    """Return the hashes of complete subtrees of a log, in this order."""
    stored = await _stored({(log_id, place) for place in places})
    return [stored[log_id, place] for place in places]


async def _stored(wanted: set[Stand]) -> dict[Stand, bytes]:
    if not wanted:
        return {}
    stands = list(wanted)
    rows = await database.fetch(
        _DIGESTS,
        [log_id for log_id, _ in stands],
        [place.level for _, place in stands],
        [place.position for _, place in stands],
    )
    return {(row["log_id"], Place(row["level"], row["position"])): row["digest"] for row in rows}


def _path(log_id: UUID, way: list[list[Place]], stored: dict[Stand, bytes]) -> list[bytes]:
    return [merkle.fold([stored[log_id, place] for place in each]) for each in way]


def signed(row: Row) -> SignedHead:
    """Read a head's row."""
    head = Head(row["log_id"], row["day"], row["size"], row["root"], row["signed_at"])
    return SignedHead(head, row["key_id"], row["signature"])


async def keys() -> list[PublicKey]:
    """Return every public key that heads may be signed with: the present ones, then older ones."""
    used = [PublicKey(row["key_id"], row["public_key"]) for row in await database.fetch(_KEYS)]
    present = signing.ring().public_keys()
    return [*present, *(key for key in used if key not in present)]
