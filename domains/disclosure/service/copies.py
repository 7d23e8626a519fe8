"""Copies to take home: what a published version says today, with the proof of what it said then.

A copy is made of the rows as they stand, never of what the log keeps: whoever altered a row
hands out copies that do not hold.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domains.disclosure.queries import log as queries
from domains.disclosure.queries.log import Inclusion
from domains.disclosure.rules import proofs
from domains.disclosure.rules import records as leaves
from domains.disclosure.rules.records import Parts, Source
from domains.disclosure.service import log, poll_records, records
from domains.disclosure.values.log import PollRecord
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import places
from domains.timebank.queries import books

DISCLOSURE = "disclosure"
# What is out of sight once a disclosure is taken down; that it was there is still proved.
_TAKEN_DOWN = frozenset({"title", "body", "reason", "rows", "attachments", "lines"})

_PUBLISHED = """
SELECT d.area_id, v.record FROM disclosure_disclosure d
JOIN disclosure_version v ON v.disclosure_id = d.id
WHERE d.id = $1 AND v.number = $2 AND v.state = 'published'
"""
_DISCLOSURE = "SELECT * FROM disclosure_disclosure WHERE id = $1"
_VERSION = """
SELECT * FROM disclosure_version WHERE disclosure_id = $1 AND number = $2 AND state = 'published'
"""
_PUBLISHER = "SELECT id, kind, name FROM disclosure_publisher WHERE id = $1"


async def log_disclosure(disclosure_id: UUID, number: int) -> bool:
    """Queue the leaf of a published version; runs inside the relay's transaction."""
    row = await database.fetch_one(_PUBLISHED, disclosure_id, number)
    assert row is not None, "what was published stays so"
    place = await places.place_of(row["area_id"])
    assert place is not None, "an area is never removed"
    source = Source(DISCLOSURE, disclosure_id, number)
    return await log.append_leaf(place, source, json.loads(row["record"]))


async def disclosure_copy(
    actor: Actor, disclosure_id: UUID, number: int, *, head_id: UUID | None = None
) -> bytes | None:
    """Return the file of a copy of a published version, under the latest head or a given one.

    None where there is no such version, or the head does not have it.
    """
    found = await _proof(actor, Source(DISCLOSURE, disclosure_id, number), head_id)
    parts = None if found is None else await _parts_today(disclosure_id, number)
    return await _file(found, parts)


async def poll_copy(
    actor: Actor, of: PollRecord, poll_id: UUID, *, head_id: UUID | None = None
) -> bytes | None:
    """Return the file of a copy of a poll's roll or result, as `disclosure_copy` does."""
    found = await _proof(actor, Source(of.value, poll_id, 1), head_id)
    parts = None if found is None else await poll_records.parts_of(actor, of, poll_id)
    return await _file(found, parts)


async def books_copy(
    actor: Actor, community_id: UUID, day: date, *, days: int = 1, head_id: UUID | None = None
) -> bytes | None:
    """Return the file of a time bank's closed books: days up to one, and a copy of that one.

    Hashes and sums alone. None where the day is not closed, or the head does not have it.
    """
    source = Source(books.LEAF, community_id, books.leaf_version(day))
    found = await _proof(actor, source, head_id)
    rows = [] if found is None else await books.chain(community_id, day, days=max(1, days))
    if not rows:
        return None
    parts = [books.parts_of(row) for row in rows]
    copy = await _file(found, parts[-1])
    assert copy is not None, "there is a proof"
    return proofs.books_of(community_id, parts, copy)


async def _proof(actor: Actor, source: Source, head_id: UUID | None) -> Inclusion | None:
    if head_id is not None:
        return await queries.inclusion_under(actor, source, head_id)
    (found,) = await queries.inclusions(actor, [source])
    return found


async def _parts_today(disclosure_id: UUID, number: int) -> Parts | None:
    async with database.transaction():
        disclosure = await database.fetch_one(_DISCLOSURE, disclosure_id)
        version = await database.fetch_one(_VERSION, disclosure_id, number)
        if disclosure is None or version is None:
            return None
        parts = await _record_today(disclosure, version)
    if disclosure["taken_down_at"] is None:
        return parts
    return {name: content for name, content in parts.items() if name not in _TAKEN_DOWN}


async def _record_today(disclosure: Row, version: Row) -> Mapping[str, Any]:
    publisher = await database.fetch_one(_PUBLISHER, disclosure["publisher_id"])
    assert publisher is not None, "a publisher is never removed"
    record = await records.public_record(disclosure, version, publisher, at=version["published_at"])
    parts: Mapping[str, Any] = json.loads(record)
    return parts


async def _file(found: Inclusion | None, parts: Parts | None) -> bytes | None:
    """Write the file beside the loop: a statement of ten thousand lines takes its time."""
    if found is None or parts is None:
        return None
    return await asyncio.to_thread(_written, found, parts)


def _written(found: Inclusion, parts: Parts) -> bytes:
    return proofs.copy_of(
        found.leaf["record"],
        leaves.shown(parts, salt=found.leaf["salt"]),
        index=found.leaf["leaf_index"],
        path=found.path,
        head=found.head,
    )
