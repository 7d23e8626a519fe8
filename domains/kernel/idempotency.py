"""A mutation that is repeated with its key happens once, and answers the same twice.

Key, domain rows and outbox events commit in one transaction. The input is kept only
as a hash; a secret ballot never comes here (three options are guessed from a hash):
there the participation constraint is the idempotency.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.errors import IdempotencyKeyReused

KEPT_DAYS = 30

_CLAIM = """
INSERT INTO kernel_idempotency (actor_id, key, command, input_hash, claimed_at)
VALUES ($1, $2, $3, $4, kernel_now())
ON CONFLICT (actor_id, key) DO NOTHING
"""
_READ = """
SELECT command, input_hash, result::text AS result
FROM kernel_idempotency WHERE actor_id = $1 AND key = $2
"""
_SETTLE = """
UPDATE kernel_idempotency SET result = $3::jsonb WHERE actor_id = $1 AND key = $2
"""
_SWEEP = """
DELETE FROM kernel_idempotency WHERE claimed_at < kernel_now() - make_interval(days => $1)
"""
_NOBODY = UUID(int=0)


def hash_of(given: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of an input in canonical JSON."""
    text = json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).digest()


async def claim(
    actor: Actor, key: UUID, command: str, given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Take the key for this command: None to go on, or the first result to answer again.

    A second caller with the same key waits until the first has committed.
    Raises IdempotencyKeyReused where the key came with another command or input.
    """
    database.require_open_transaction()
    owner = actor.person_id or _NOBODY
    digest = hash_of(given)
    if await database.execute(_CLAIM, owner, key, command, digest):
        return None
    row = await database.fetch_one(_READ, owner, key)
    assert row is not None, "a key that conflicts is there to be read"
    if row["command"] != command or bytes(row["input_hash"]) != digest:
        raise IdempotencyKeyReused
    result: dict[str, Any] = json.loads(row["result"])
    return result


async def remembered(actor: Actor, key: UUID, command: str) -> dict[str, Any] | None:
    """Return what the key answered to this command, for a repetition whose input is gone."""
    row = await database.fetch_one(_READ, actor.person_id or _NOBODY, key)
    if row is None or row["command"] != command or row["result"] is None:
        return None
    result: dict[str, Any] = json.loads(row["result"])
    return result


async def settle(actor: Actor, key: UUID, result: Mapping[str, str | int | bool]) -> None:
    """Keep the result (ids, never content) that a replay will answer."""
    database.require_open_transaction()
    owner = actor.person_id or _NOBODY
    await database.execute(_SETTLE, owner, key, json.dumps(result))


async def sweep() -> int:
    """Forget the keys whose time is over; returns how many."""
    return await database.execute(_SWEEP, KEPT_DAYS)
