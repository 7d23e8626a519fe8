"""What is on display: pinned, expired, taken down, archived; and full rows for who is entitled.

Taking down puts the content out of public sight; that it was there, its title's place, its hash
and its dates stay. The worker does what is due; a person may do it sooner, for a reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domains.disclosure.errors import NotPublic, TakenDown, TooManyPins
from domains.disclosure.events import (
    DisclosureArchived,
    DisclosureExpired,
    DisclosureTakenDown,
)
from domains.disclosure.rules import texts
from domains.disclosure.service import checking, papers, words
from domains.disclosure.service.papers import Held
from domains.kernel import audit, crypto, database, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound

MOST_REVEALED = 100

_LOCK_PINS = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 21))"
_PINNED = """
SELECT count(*) FROM disclosure_disclosure WHERE publisher_id = $1 AND pinned_at IS NOT NULL
"""
_PIN = """
UPDATE disclosure_disclosure SET pinned_at = kernel_now(), revision = revision + 1
WHERE id = $1 AND pinned_at IS NULL
"""
_UNPIN = """
UPDATE disclosure_disclosure SET pinned_at = NULL, revision = revision + 1
WHERE id = $1 AND pinned_at IS NOT NULL
"""
_TAKE_DOWN = """
UPDATE disclosure_disclosure
SET taken_down_at = kernel_now(), take_down_reason = $2, pinned_at = NULL, revision = revision + 1
WHERE id = $1
"""
_FORGET_WORDS = "DELETE FROM disclosure_words WHERE disclosure_id = $1"
_LIST = "SELECT disclosure_list(ARRAY[$1::uuid])"
_TAKEN_DOWN_DUE = """
SELECT id, area_path, community_id FROM disclosure_disclosure
WHERE take_down_at <= kernel_now() AND taken_down_at IS NULL AND published_number IS NOT NULL
ORDER BY take_down_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_EXPIRED_DUE = """
SELECT id, area_path, community_id FROM disclosure_disclosure
WHERE expires_at <= kernel_now() AND expired_at IS NULL AND published_number IS NOT NULL
  AND state NOT IN ('withdrawn', 'archived')
ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_EXPIRE = """
UPDATE disclosure_disclosure
SET expired_at = kernel_now(), state = 'expired', pinned_at = NULL, revision = revision + 1
WHERE id = $1
"""
_ARCHIVE_DUE = """
SELECT id, area_path, community_id FROM disclosure_disclosure
WHERE archive_at <= kernel_now() AND archived_at IS NULL AND published_number IS NOT NULL
ORDER BY archive_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ARCHIVE = """
UPDATE disclosure_disclosure
SET archived_at = kernel_now(), state = 'archived', pinned_at = NULL, revision = revision + 1
WHERE id = $1
"""
_FULL = """
SELECT r.id, r.version_id, r.position, r.shown::text AS shown, r.full_sealed, r.full_tag
FROM disclosure_row r JOIN disclosure_version v ON v.id = r.version_id
WHERE v.disclosure_id = $1 AND v.number = $2 AND r.position > $3
ORDER BY r.position LIMIT $4
"""


class RowAltered(Exception):
    """A full row that is not the one that was handed in."""


@dataclass(frozen=True, slots=True)
class FullRow:
    """A row with nothing masked."""

    position: int
    cells: Mapping[str, str | None] = field(repr=False)


async def pin_disclosure(actor: Actor, disclosure_id: UUID) -> None:
    """Put a disclosure on top of its body's; twice is once. Raises NotPublic, TooManyPins."""
    async with transaction():
        held = await _hold_public(actor, disclosure_id, "pinDisclosure")
        most: int = (
            await papers.body_of(actor, held.publisher["id"], path=("input",))
        ).rule_set.content["mostPins"]
        await database.execute(_LOCK_PINS, held.publisher["id"])
        if held.disclosure["pinned_at"] is not None:
            return
        if await database.fetch_value(_PINNED, held.publisher["id"]) >= most:
            raise TooManyPins(path=("input", "disclosureId"), most=most)
        await database.execute(_PIN, disclosure_id)
        await papers.told(actor, held, "pinDisclosure", {})


async def unpin_disclosure(actor: Actor, disclosure_id: UUID) -> None:
    """Let a disclosure go back to its place; twice is once."""
    async with transaction():
        held = await papers.hold(actor, disclosure_id, "unpinDisclosure")
        if await database.execute(_UNPIN, disclosure_id):
            await papers.told(actor, held, "unpinDisclosure", {})


async def _hold_public(actor: Actor, disclosure_id: UUID, action: str) -> Held:
    held = await papers.hold(actor, disclosure_id, action)
    if held.disclosure["published_number"] is None:
        raise NotPublic(path=("input", "disclosureId"))
    if held.disclosure["taken_down_at"] is not None:
        raise TakenDown(path=("input", "disclosureId"))
    return held


async def take_down_disclosure(
    actor: Actor, disclosure_id: UUID, *, reason: str, idempotency_key: UUID | None = None
) -> bool:
    """Put the content out of public sight now; returns whether this was a replay.

    Raises NotPublic, TakenDown.
    """
    reason = texts.line(reason, path=("input", "reason"), longest=500)
    checking.require_impersonal(reason=reason)
    async with transaction():
        given = {"disclosure": disclosure_id, "reason": reason}
        if await papers.done_before(actor, idempotency_key, "takeDownDisclosure", given):
            return True
        held = await _hold_public(actor, disclosure_id, "takeDownDisclosure")
        await _take_down(held.disclosure, reason)
        await papers.told(actor, held, "takeDownDisclosure", {})
    return False


async def _take_down(disclosure: Row, reason: str) -> None:
    await database.execute(_TAKE_DOWN, disclosure["id"], reason)
    await database.execute(_FORGET_WORDS, disclosure["id"])
    await outbox.record(DisclosureTakenDown(disclosure["id"], disclosure["area_path"]))


async def take_down_due_disclosure() -> UUID | None:
    """Take one disclosure down whose day has come; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_TAKEN_DOWN_DUE)
        if row is None:
            return None
        await _take_down(row, "到期下架")
        return await _told_by_worker(row, "takeDownDisclosure")


async def expire_due_disclosure() -> UUID | None:
    """End the display of one disclosure whose end has come; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_EXPIRED_DUE)
        if row is None:
            return None
        await database.execute(_EXPIRE, row["id"])
        await database.execute(_LIST, row["id"])
        await outbox.record(DisclosureExpired(row["id"], row["area_path"]))
        return await _told_by_worker(row, "expireDisclosure")


async def archive_due_disclosure() -> UUID | None:
    """Archive one disclosure whose retention is over; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_ARCHIVE_DUE)
        if row is None:
            return None
        await database.execute(_ARCHIVE, row["id"])
        await database.execute(_LIST, row["id"])
        await outbox.record(DisclosureArchived(row["id"], row["area_path"]))
        return await _told_by_worker(row, "archiveDisclosure")


async def _told_by_worker(row: Row, command: str) -> UUID:
    disclosure_id: UUID = row["id"]
    await audit.record(
        SYSTEM,
        command=command,
        chain=row["community_id"],
        subject=("disclosure", disclosure_id),
        details={},
    )
    return disclosure_id


async def reveal_rows(
    actor: Actor, disclosure_id: UUID, *, number: int, after: int = 0
) -> list[FullRow]:
    """Return the next full rows of a version to who is entitled; that they were read is audited.

    At most a hundred, behind the row at the place `after`. A row that is not the one that was
    handed in raises RowAltered and is not shown.
    """
    async with transaction():
        held = await papers.hold(actor, disclosure_id, "revealDisclosureRows")
        rows = await database.fetch(_FULL, disclosure_id, number, after, MOST_REVEALED)
        if not rows:
            raise NotFound(path=("input", "number"))
        full = [_opened(row) for row in rows]
        names = sorted({name for row in full for name in row.cells})
        await audit.record_read(
            actor,
            chain=held.community_id,
            kind="disclosure",
            ids=[disclosure_id],
            fields=names,
        )
    return full


def _opened(row: Row) -> FullRow:
    if row["full_sealed"] is None:
        return FullRow(row["position"], json.loads(row["shown"]))
    text = crypto.unseal(
        bytes(row["full_sealed"]), table="disclosure_row", column="full_sealed", row=row["id"]
    )
    tag = words.tag_of(row["version_id"], row["position"], text.encode())
    if tag != bytes(row["full_tag"]):
        raise RowAltered(f"row {row['position']} of version {row['version_id']} was altered")
    return FullRow(row["position"], json.loads(text))
