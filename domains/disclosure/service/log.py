"""The log: what is published waits for its leaf, the worker appends it and signs daily heads.

To queue a leaf waits for nobody, so that whatever publishes may do it. Appending locks one log's
row, gives all that waits its indices, and stores every complete subtree that comes of it.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

from domains.disclosure.events import LogHeadSigned
from domains.disclosure.queries import log as queries
from domains.disclosure.rules import merkle, records
from domains.disclosure.rules.heads import Head
from domains.disclosure.rules.records import Parts, Source
from domains.kernel import database, outbox, signing
from domains.kernel.clock import SHANGHAI
from domains.membership.queries.places import AreaPlace

MOST_AT_ONCE = 10_000
_TIMEOUT_MS = 60_000

_OPEN = """
INSERT INTO disclosure_log (id, area_path, opened_at)
SELECT a.id, a.path, kernel_now() FROM membership_area a WHERE a.id = $1
ON CONFLICT DO NOTHING
"""
_QUEUE = """
WITH kept AS (
    INSERT INTO disclosure_log_leaf
        (id, log_id, source_kind, source_id, version, record, leaf_hash, salt, queued_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now())
    ON CONFLICT (source_kind, source_id, version) DO NOTHING
    RETURNING log_id, id
)
INSERT INTO disclosure_log_waiting (log_id, leaf_id) SELECT log_id, id FROM kept
"""
_TAKE_GROWING = """
SELECT id, size FROM disclosure_log l
WHERE EXISTS (SELECT FROM disclosure_log_waiting WHERE log_id = l.id)
ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_WAITING = """
SELECT leaf.id, leaf.leaf_hash FROM disclosure_log_waiting waiting
JOIN disclosure_log_leaf leaf ON leaf.id = waiting.leaf_id
WHERE waiting.log_id = $1 ORDER BY waiting.leaf_id LIMIT $2
"""
_NODE_COLUMNS = ("log_id", "level", "position", "digest", "leaf_id")
_SETTLED = "DELETE FROM disclosure_log_waiting WHERE log_id = $1 AND leaf_id = ANY ($2::uuid[])"
_GROW = "UPDATE disclosure_log SET size = $2 WHERE id = $1"
_TAKE_UNSIGNED = """
SELECT l.id, l.area_path, l.size,
       date_trunc('milliseconds', kernel_now()) AS at
FROM disclosure_log l
WHERE l.size > 0 AND NOT EXISTS (
    SELECT FROM disclosure_log_head h
    WHERE h.log_id = l.id AND h.day >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
)
ORDER BY l.id LIMIT 1 FOR NO KEY UPDATE OF l SKIP LOCKED
"""
# Looked at again under the lock: another worker may have signed since.
_SIGNED = "SELECT EXISTS (SELECT FROM disclosure_log_head WHERE log_id = $1 AND day >= $2)"
_KNOW_KEY = """
INSERT INTO disclosure_log_key (key_id, public_key, first_used_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""
_SIGN = """
INSERT INTO disclosure_log_head
    (id, log_id, day, size, root, signed_at, key_id, public_key, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


def log_of(place: AreaPlace) -> UUID:
    """Return whose log tells of what lies here: the community's, or the area's above one."""
    return place.community_id or place.area_id


async def append_leaf(place: AreaPlace, source: Source, parts: Parts) -> bool:
    """Queue the leaf of something published, once a source; returns whether it was new.

    Runs inside an open transaction. `parts` are plain values by name; each can be shown or
    left out of a copy by itself.
    """
    database.require_open_transaction()
    log_id, salt = log_of(place), secrets.token_bytes(records.SALT_BYTES)
    record = records.record_of(log_id, source, parts, salt=salt)
    await database.execute(_OPEN, log_id)
    queued = await database.execute(
        _QUEUE,
        *(database.new_id(), log_id, source.kind, source.id, source.version),
        *(record, merkle.leaf_hash(record), salt),
    )
    return queued == 1


async def grow_due_log(*, most: int = MOST_AT_ONCE) -> int | None:
    """Append what waits for one log; returns how many leaves, or None where none wait."""
    async with database.transaction(timeout_ms=_TIMEOUT_MS):
        log = await database.fetch_one(_TAKE_GROWING)
        if log is None:
            return None
        waiting = await database.fetch(_WAITING, log["id"], most)
        await _append(log["id"], log["size"], [(row["id"], row["leaf_hash"]) for row in waiting])
        return len(waiting)


async def _append(log_id: UUID, size: int, waiting: Sequence[tuple[UUID, bytes]]) -> None:
    standing = await queries.digests(log_id, merkle.peaks(size))
    subtrees = merkle.grown(size, standing, (leaf for _, leaf in waiting))
    ids = [leaf_id for leaf_id, _ in waiting]
    rows = [
        (log_id, level, position, digest, None if level else ids[position - size])
        for (level, position), digest in subtrees
    ]
    await database.copy("disclosure_log_node", _NODE_COLUMNS, rows)
    await database.execute(_SETTLED, log_id, ids)
    await database.execute(_GROW, log_id, size + len(waiting))


async def sign_due_head() -> UUID | None:
    """Sign the day's head of one log that has none yet; returns its id, or None at the end."""
    async with database.transaction():
        log = await database.fetch_one(_TAKE_UNSIGNED)
        if log is None:
            return None
        at = log["at"].astimezone(UTC)
        day = at.astimezone(SHANGHAI).date()
        if await database.fetch_value(_SIGNED, log["id"], day):
            return None
        root = merkle.fold(await queries.digests(log["id"], merkle.peaks(log["size"])))
        head = Head(log["id"], day, log["size"], root, at)
        key = signing.ring().public_keys()[0]
        signature = signing.sign(head.payload(key.key_id))
        assert signature.key == key, "the first key signs"
        await database.execute(_KNOW_KEY, key.key_id, key.raw, at)
        head_id = database.new_id()
        await database.execute(
            _SIGN,
            *(head_id, head.log_id, head.day, head.size, head.root, head.signed_at),
            *(key.key_id, key.raw, signature.raw),
        )
        await outbox.record(LogHeadSigned(head.log_id, head_id, log["area_path"]))
        return head_id
