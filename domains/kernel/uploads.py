"""Files on their way into the house: announced, sent to a presigned address, completed.

An upload is its owner's alone until a domain attaches it to something of its own; only a
complete one, whose bytes were hashed and judged here, can be attached or fetched.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from domains.kernel import clock, database, file_types, idempotency, policy, settings, storage
from domains.kernel.actor import Actor, require
from domains.kernel.errors import (
    InvalidInput,
    NotFound,
    TooManyUploads,
    UploadAltered,
    UploadExpired,
    UploadTooLarge,
    UploadTypeRefused,
)
from domains.kernel.storage import Held, Pass
from domains.kernel.values import UploadState

# A transfer that began before the end may still be under way when the row has expired.
_GRACE = timedelta(hours=1)
_FORBIDDEN_IN_NAMES = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was announced, or has arrived."""

    id: UUID
    owner_id: UUID | None
    community_id: UUID | None
    file_name: str
    media_type: str
    size_bytes: int
    sha256: bytes | None
    state: UploadState
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Announced:
    """An upload, and the address to which its file is to be sent by PUT while it is pending."""

    upload: Upload
    put_address: str | None
    replayed: bool


_COLUMNS = """id, owner_id, community_id, file_name, media_type, size_bytes, sha256, state,
              expires_at"""
_INSERT = f"""
INSERT INTO kernel_upload (id, owner_id, community_id, file_name, media_type, size_bytes, state,
                           created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, 'pending', kernel_now(), kernel_now() + $7)
RETURNING {_COLUMNS}
"""
_COMPLETE = f"""
UPDATE kernel_upload SET state = 'complete', sha256 = $2, sniffed_type = $3, size_bytes = $4,
                         completed_at = kernel_now(), expires_at = NULL
WHERE id = $1 RETURNING {_COLUMNS}
"""
_OWN = f"""
SELECT {_COLUMNS} FROM kernel_upload WHERE id = ANY($1) AND owner_id IS NOT DISTINCT FROM $2
"""
_LOCKED = f"""
SELECT {_COLUMNS}, COALESCE(expires_at <= kernel_now(), false) AS is_over
FROM kernel_upload WHERE id = $1 AND owner_id IS NOT DISTINCT FROM $2 FOR UPDATE
"""
_WAITING = """
SELECT count(*) FROM kernel_upload
WHERE state = 'pending' AND expires_at > kernel_now() AND owner_id IS NOT DISTINCT FROM $1
"""
_AWAITED = """
SELECT EXISTS (SELECT FROM kernel_upload
               WHERE id = $1 AND state = 'pending' AND expires_at > kernel_now())
"""
# Two files of one content share it: who takes the last one away and who brings one in wait
# for one another.
_LOCK_CONTENT = "SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 9))"
_FORGET = "DELETE FROM kernel_upload WHERE id = $1"
_SHARED = "SELECT EXISTS (SELECT FROM kernel_upload WHERE sha256 = $1)"
_EXPIRED = """
SELECT id FROM kernel_upload WHERE state = 'pending' AND expires_at < kernel_now() - $1::interval
ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED
"""


async def create_upload(
    actor: Actor,
    *,
    file_name: str,
    media_type: str,
    size_bytes: int,
    key: UUID,
    community_id: UUID | None = None,
) -> Announced:
    """Announce a file; it is then sent to the address, and completed, before the upload expires.

    Raises InvalidInput, UploadTooLarge, UploadTypeRefused, TooManyUploads. A domain that
    names a community has checked that the actor may see it.
    """
    require(policy.AUTHORITY, "createUpload", actor)
    chosen = settings.current()
    given = {"fileName": file_name, "mediaType": media_type, "sizeBytes": size_bytes}
    _require_file_name(file_name)
    _require_size(size_bytes, most_bytes=chosen.upload_most_mb * 1_000_000)
    name = _require_type(media_type, file_name)
    async with database.transaction():
        first = await idempotency.claim(actor, key, "createUpload", given)
        if first is not None:
            return _announced(await _replayed(actor, UUID(first["upload"])), replayed=True)
        if await database.fetch_value(_WAITING, actor.person_id) >= chosen.upload_pending_most:
            raise TooManyUploads(most=chosen.upload_pending_most)
        row = await database.fetch_one(
            _INSERT,
            *(database.new_id(), actor.person_id, community_id, file_name),
            *(file_types.TYPES[name].media_type, size_bytes),
            timedelta(minutes=chosen.upload_minutes),
        )
        upload = _upload_of(row)
        await idempotency.settle(actor, key, {"upload": str(upload.id)})
    return _announced(upload, replayed=False)


def _require_file_name(given: str) -> None:
    if not (
        1 <= len(given) <= 200
        and given.isprintable()
        and given == given.strip()
        and not given.startswith(".")
        and _FORBIDDEN_IN_NAMES.isdisjoint(given)
    ):
        raise InvalidInput(
            path=("fileName",),
            zh='文件名须为 1 至 200 个字符,不含路径和 / \\ : * ? " < > |。',
            en='A file name has 1 to 200 characters, no path, and none of / \\ : * ? " < > |.',
        )


def _require_size(given: int, *, most_bytes: int) -> None:
    if given < 1:
        raise InvalidInput(path=("sizeBytes",), zh="文件不能为空。", en="The file is empty.")
    if given > most_bytes:
        raise UploadTooLarge(path=("sizeBytes",), most_bytes=most_bytes)


def _require_type(media_type: str, file_name: str) -> str:
    allowed = frozenset(settings.current().upload_types.split())
    name = file_types.named(media_type, file_name, allowed=allowed)
    if name is None:
        raise UploadTypeRefused(path=("mediaType",))
    return name


def _announced(upload: Upload, *, replayed: bool) -> Announced:
    if upload.expires_at is None:
        return Announced(upload, None, replayed)
    allowed = Pass(
        may="put",
        key=storage.incoming_key(upload.id),
        until=upload.expires_at,
        most_bytes=upload.size_bytes,
    )
    return Announced(upload, storage.current().address(allowed), replayed)


async def _replayed(actor: Actor, upload_id: UUID) -> Upload:
    row = await database.fetch_one(_OWN, [upload_id], actor.person_id)
    if row is None:
        raise UploadExpired
    return _upload_of(row)


async def receive(token: str, chunks: AsyncIterator[bytes]) -> None:
    """Write what is sent to a presigned address of this server's own disk.

    Raises NotFound where the address is not ours or no longer awaited, UploadTooLarge
    past the announced size. Sent again, it replaces what was sent before.
    """
    allowed = Pass.read(token, may="put")
    upload_id = UUID(allowed.key.removeprefix("incoming/"))
    await _require_awaited(upload_id)
    store = storage.current()
    await store.write(allowed.key, chunks, most_bytes=allowed.most_bytes)
    try:
        await _require_awaited(upload_id)
    except NotFound:
        await store.delete(allowed.key)
        raise


async def _require_awaited(upload_id: UUID) -> None:
    if not await database.fetch_value(_AWAITED, upload_id):
        raise NotFound


async def complete_upload(actor: Actor, upload_id: UUID, *, sha256: bytes) -> Upload:
    """Take the file in once it has arrived whole and is what it claims to be.

    Completing again with the same hash answers the same. Raises NotFound, UploadExpired,
    UploadMissing, UploadAltered, UploadTypeRefused.
    """
    require(policy.AUTHORITY, "completeUpload", actor)
    async with database.transaction():
        row = await database.fetch_one(_LOCKED, upload_id, actor.person_id)
        if row is None:
            raise NotFound(path=("uploadId",))
        upload = _upload_of(row)
        if upload.state is UploadState.COMPLETE:
            if upload.sha256 != sha256:
                raise UploadAltered(path=("sha256",))
            return upload
        if row["is_over"]:
            raise UploadExpired(path=("uploadId",))
        upload = await _take_in(upload, sha256)
    await storage.current().delete(storage.incoming_key(upload_id))
    return upload


async def _take_in(upload: Upload, sha256: bytes) -> Upload:
    store = storage.current()
    async with store.hold(storage.incoming_key(upload.id)) as held:
        if held.sha256 != sha256:
            raise UploadAltered(path=("sha256",))
        media_type = await _require_fitting(held, upload)
        await database.execute(_LOCK_CONTENT, held.sha256)
        await store.keep(held)
        row = await database.fetch_one(
            _COMPLETE, upload.id, held.sha256, media_type, held.size_bytes
        )
    return _upload_of(row)


async def _require_fitting(held: Held, upload: Upload) -> str:
    name = _require_type(upload.media_type, upload.file_name)
    if not await asyncio.to_thread(file_types.fits, held.path, name):
        raise UploadTypeRefused(path=("mediaType",))
    return file_types.TYPES[name].media_type


async def discard(actor: Actor, upload_id: UUID) -> None:
    """Forget a file that has served its purpose, with its content where no other upload holds it.

    For files of personal data, like household registers: what is in the database need not
    lie beside it in the clear. Forgotten twice is once; what somebody attached to something
    stays.
    """
    async with database.transaction():
        row = await database.fetch_one(_LOCKED, upload_id, actor.person_id)
        if row is None or row["sha256"] is None:
            return
        await database.execute(_LOCK_CONTENT, row["sha256"])
        try:
            async with database.savepoint():
                await database.execute(_FORGET, upload_id)
        except asyncpg.ForeignKeyViolationError:
            return
        if not await database.fetch_value(_SHARED, row["sha256"]):
            await storage.current().delete(storage.content_key(bytes(row["sha256"])))


async def uploads_by_id(actor: Actor, ids: list[UUID]) -> Sequence[Upload | None]:
    """Return the actor's own uploads, in the order of the ids; None for what is not theirs."""
    if actor.person_id is None:
        return [None] * len(ids)
    rows = await database.fetch(_OWN, ids, actor.person_id)
    found = {row["id"]: _upload_of(row) for row in rows}
    return [found.get(each) for each in ids]


async def attached(upload_id: UUID) -> Upload | None:
    """Return an upload whoever brought it in, for a domain that has attached it to its own.

    Who may have it is for the domain to judge.
    """
    row = await database.fetch_one(f"SELECT {_COLUMNS} FROM kernel_upload WHERE id = $1", upload_id)
    return None if row is None else _upload_of(row)


async def download_address(upload: Upload) -> str | None:
    """Return an address that fetches a complete file for some minutes; None before.

    Who may have it is for the caller to judge.
    """
    if upload.sha256 is None:
        return None
    lasts = timedelta(minutes=settings.current().download_minutes)
    allowed = Pass(
        may="get",
        key=storage.content_key(upload.sha256),
        until=await clock.now() + lasts,
        media_type=upload.media_type,
        file_name=upload.file_name,
    )
    return storage.current().address(allowed)


async def addressed(ids: Sequence[UUID]) -> list[tuple[Upload, str] | None]:
    """Batch: complete uploads whoever brought them in, with addresses that fetch them for minutes.

    For a domain that has attached them to its own: who may have them is for it to judge.
    """
    rows = await database.fetch(
        f"SELECT {_COLUMNS}, kernel_now() AS now FROM kernel_upload"
        " WHERE id = ANY($1) AND state = 'complete'",
        list(ids),
    )
    lasts = timedelta(minutes=settings.current().download_minutes)
    store, found = storage.current(), {}
    for row in rows:
        upload = _upload_of(row)
        assert upload.sha256 is not None, "a complete upload has its hash"
        allowed = Pass(
            may="get",
            key=storage.content_key(upload.sha256),
            until=row["now"] + lasts,
            media_type=upload.media_type,
            file_name=upload.file_name,
        )
        found[upload.id] = (upload, store.address(allowed))
    return [found.get(each) for each in ids]


async def open_address(token: str) -> tuple[Pass, AsyncIterator[bytes]]:
    """Return what a presigned address lets its bearer fetch; raises NotFound where it does not."""
    allowed = Pass.read(token, may="get")
    store = storage.current()
    if allowed.until <= await clock.now() or not await store.exists(allowed.key):
        raise NotFound
    return allowed, store.read(allowed.key)


async def sweep() -> int:
    """Forget uploads that were never completed, and what arrived of them; returns how many."""
    store = storage.current()
    async with database.transaction():
        rows = await database.fetch(_EXPIRED, _GRACE)
        ids = [row["id"] for row in rows]
        for each in ids:
            await store.delete(storage.incoming_key(each))
        await database.execute("DELETE FROM kernel_upload WHERE id = ANY($1)", ids)
    await store.tidy()
    return len(ids)


def _upload_of(row: database.Row | None) -> Upload:
    assert row is not None, "a statement that returns a row returned none"
    values: dict[str, Any] = {name: row[name] for name in Upload.__slots__}
    values["state"] = UploadState(values["state"])
    values["sha256"] = bytes(values["sha256"]) if values["sha256"] is not None else None
    return Upload(**values)
