"""Bringing a household register in: a file is judged whole, then written in a few statements.

What is known already is matched, so that the same file twice creates nothing twice. A
refused row never leaves a trace but its number, column and code.
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, outbox, storage, uploads
from domains.kernel.actor import Actor, require
from domains.kernel.errors import DomainError, NotFound
from domains.membership import policy
from domains.membership.errors import AreaKindMisplaced, RegisterFileTooLarge
from domains.membership.events import RegisterImported
from domains.membership.rules import register, register_files, texts
from domains.membership.rules.register import Reading, Refusal
from domains.membership.service import conflicts, once, register_rows, register_writing, targets
from domains.membership.values import AreaKind, ImportMode

_TIMEOUT_MS = 60_000
_COMMAND = "importHouseholdRegister"

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 7))"
_EARLIER = """
SELECT id FROM membership_register_import
WHERE community_id = $1 AND sha256 = $2 AND applied AND refused_count = 0
ORDER BY imported_at DESC LIMIT 1
"""
_KEEP = """
INSERT INTO membership_register_import
    (id, community_id, file_name, sha256, mode, applied, row_count, accepted_count,
     refused_count, created, imported_by_id, imported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, kernel_now())
"""
_REFUSE = """
INSERT INTO membership_register_row_refusal (of_id, row_number, "column", code, details)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::jsonb[])
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a register file."""

    import_id: UUID
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was read."""

    name: str
    sha256: bytes
    reading: Reading
    mode: ImportMode


def _read(content: bytes, today: date) -> Reading:
    return register.read(register_files.rows_of(content), today=today)


async def import_register(
    actor: Actor,
    community_id: UUID,
    *,
    file_name: str,
    content: bytes,
    mode: ImportMode,
    idempotency_key: UUID | None = None,
) -> Imported:
    """Bring a file of households and residents into a community, and report on every row.

    A file that cannot be read at all is refused; one with refused rows is kept with its
    report, and in ALL_OR_NOTHING nothing else of it is. A file that came in whole before
    answers with that import.
    """
    await _require_may(actor, community_id)
    file_name = texts.line(file_name, path=("input", "fileName"), longest=200)
    sha256 = hashlib.sha256(content).digest()
    reading = await asyncio.to_thread(_read, content, await clock.today())
    given = {"community": community_id, "sha256": sha256.hex(), "mode": mode}
    async with database.transaction(timeout_ms=_TIMEOUT_MS):
        _, place = await targets.area(community_id, path=("input", "communityId"))
        require(policy.AUTHORITY, "importHouseholdRegister", actor, place)
        if before := await once.earlier(actor, idempotency_key, _COMMAND, given):
            return Imported(before.id, replayed=True)
        await database.execute(_LOCK, community_id)
        earlier = await database.fetch_value(_EARLIER, community_id, sha256)
        if earlier is not None:
            await once.made(actor, idempotency_key, earlier)
            return Imported(earlier, replayed=True)
        file = _File(file_name, sha256, reading, mode)
        import_id = await _bring_in(actor, community_id, place.area_path, file=file)
        await once.made(actor, idempotency_key, import_id)
    return Imported(import_id)


async def _require_may(actor: Actor, community_id: UUID) -> None:
    """Judge authority before reading the file: nobody else's bytes are worth a thread."""
    _, place = await targets.area(community_id, path=("input", "communityId"))
    require(policy.AUTHORITY, "importHouseholdRegister", actor, place)
    if place.kind is not AreaKind.COMMUNITY:
        raise AreaKindMisplaced(path=("input", "communityId"))


async def _bring_in(actor: Actor, community_id: UUID, area_path: str, *, file: _File) -> UUID:
    reading = file.reading
    plan = await register_rows.plan(area_path, reading.drafts)
    refusals = sorted([*reading.refusals, *plan.refusals], key=lambda each: each.row)
    applied = not refusals or file.mode is ImportMode.GOOD_ROWS
    created: dict[str, int] = {}
    if applied:
        with conflicts.told():
            created = await register_writing.write(plan, decided_by=actor.person_id)
    import_id = database.new_id()
    await database.execute(
        _KEEP,
        *(import_id, community_id, file.name, file.sha256, file.mode, applied, reading.row_count),
        *(reading.row_count - len(refusals), len(refusals), json.dumps(created)),
        actor.person_id,
    )
    await _keep_refusals(import_id, refusals)
    if applied:
        await outbox.record(RegisterImported(import_id=import_id, community_id=community_id))
    await audit.record(
        actor,
        command="importHouseholdRegister",
        chain=community_id,
        subject=("register_import", import_id),
        details={"applied": applied, "rows": reading.row_count, "refused": len(refusals)},
    )
    return import_id


async def _keep_refusals(import_id: UUID, refusals: list[Refusal]) -> None:
    await database.execute(
        _REFUSE,
        import_id,
        [each.row for each in refusals],
        [each.column for each in refusals],
        [each.code for each in refusals],
        [json.dumps(dict(each.details), ensure_ascii=False) for each in refusals],
    )


async def import_uploaded_register(
    actor: Actor,
    community_id: UUID,
    *,
    upload_id: UUID,
    mode: ImportMode,
    idempotency_key: UUID | None = None,
) -> Imported:
    """Bring in a register that the caller has uploaded and completed; the file is not kept.

    It holds identity numbers in the clear, so it is discarded whatever became of its rows.
    """
    await _require_may(actor, community_id)
    found = (await uploads.uploads_by_id(actor, [upload_id]))[0]
    if found is None or found.sha256 is None:
        return await _imported_before(actor, idempotency_key)
    if found.size_bytes > register_files.MOST_BYTES:
        raise RegisterFileTooLarge(
            path=("input", "uploadId"),
            megabytes=register_files.MOST_BYTES // 1_000_000,
            rows=register.MOST_ROWS,
        )
    stored = storage.current().read(storage.content_key(found.sha256))
    content = b"".join([chunk async for chunk in stored])
    try:
        imported = await import_register(
            actor,
            community_id,
            file_name=found.file_name,
            content=content,
            mode=mode,
            idempotency_key=idempotency_key,
        )
    except DomainError:
        await uploads.discard(actor, upload_id)
        raise
    await uploads.discard(actor, upload_id)
    return imported


async def _imported_before(actor: Actor, idempotency_key: UUID | None) -> Imported:
    """Answer a repetition whose file has been discarded; raises NotFound for any other."""
    earlier = None
    if idempotency_key is not None:
        earlier = await idempotency.remembered(actor, idempotency_key, _COMMAND)
    if earlier is None:
        raise NotFound(path=("input", "uploadId"))
    return Imported(UUID(earlier["id"]), replayed=True)
