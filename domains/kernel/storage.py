"""Where files lie: one small interface, and the local disk behind it by default.

A file arrives under `incoming/<upload>`, may be sent again until it is taken, and is kept
under the hash of its content, so that what is kept never changes. An address that a
client is given holds its own authority: what may be done with which key, signed, until
an instant. Keys are made here and checked here; nothing that a caller says becomes a path.
"""

import asyncio
import base64
import binascii
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, Self
from uuid import UUID

from domains.kernel import canonical, crypto, settings
from domains.kernel.errors import NotFound, UploadMissing, UploadTooLarge

CHUNK_BYTES = 256 * 1024
_KEY = re.compile(r"incoming/[0-9a-f]{32}|content/[0-9a-f]{2}/[0-9a-f]{64}")
_SIGNATURE_BYTES = 32
_LEFT_BEHIND_S = 24 * 60 * 60


def incoming_key(upload_id: UUID) -> str:
    """Return where the file of an upload arrives."""
    return f"incoming/{upload_id.hex}"


def content_key(sha256: bytes) -> str:
    """Return where content of this hash is kept."""
    return f"content/{sha256.hex()[:2]}/{sha256.hex()}"


@dataclass(frozen=True, slots=True)
class Held:
    """A file that arrived, pinned: nobody can change it while it is looked at."""

    path: Path
    sha256: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Pass:
    """What the bearer of an address may do: send at most so many bytes, or fetch as this file."""

    may: Literal["put", "get"]
    key: str
    until: datetime
    most_bytes: int = 0
    media_type: str = ""
    file_name: str = ""

    def signed(self) -> str:
        """Return the pass as a token for an address."""
        said = {
            "may": self.may,
            "key": self.key,
            "until": int(self.until.timestamp()),
            "most": self.most_bytes,
            "type": self.media_type,
            "name": self.file_name,
        }
        payload = canonical.json_bytes(said)
        signature = crypto.sign(payload, purpose="upload")
        return base64.urlsafe_b64encode(signature + payload).decode().rstrip("=")

    @classmethod
    def read(cls, token: str, *, may: Literal["put", "get"]) -> Self:
        """Read a token; raises NotFound where it is not ours, or is for something else."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise NotFound from None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not crypto.verify(payload, signature, purpose="upload"):
            raise NotFound
        said = json.loads(payload)
        if said["may"] != may:
            raise NotFound
        return cls(
            may=said["may"],
            key=said["key"],
            until=datetime.fromtimestamp(said["until"], tz=UTC),
            most_bytes=said["most"],
            media_type=said["type"],
            file_name=said["name"],
        )


class Storage(Protocol):
    """What the product asks of a place for files."""

    def address(self, allowed: Pass) -> str:
        """Return the presigned address that lets its bearer do what the pass says."""
        ...

    async def write(self, key: str, chunks: AsyncIterator[bytes], *, most_bytes: int) -> None:
        """Write the whole file or nothing; raises UploadTooLarge past the limit."""
        ...

    def read(self, key: str) -> AsyncIterator[bytes]:
        """Yield the file in chunks; raises NotFound where there is none."""
        ...

    def hold(self, key: str) -> AbstractAsyncContextManager[Held]:
        """Pin what arrived, to be looked at; raises UploadMissing where nothing did."""
        ...

    async def keep(self, held: Held) -> None:
        """Keep what is held under the hash of its content."""
        ...

    async def exists(self, key: str) -> bool:
        """Whether there is a file."""
        ...

    async def delete(self, key: str) -> None:
        """Remove the file, if there is one."""
        ...

    async def tidy(self) -> None:
        """Remove what transfers left behind that were interrupted a day ago or more."""
        ...


class LocalDisk:
    """Files in a folder of this machine: written aside, flushed, and renamed into place."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def address(self, allowed: Pass) -> str:
        """Return the path, on the product's own origin, of the presigned address."""
        return f"/uploads/{allowed.signed()}"

    async def write(self, key: str, chunks: AsyncIterator[bytes], *, most_bytes: int) -> None:
        """Write the whole file or nothing; raises UploadTooLarge past the limit."""
        target, aside = self._path(key), self._aside()
        file = await asyncio.to_thread(_create, aside)
        try:
            with file:
                written = 0
                async for chunk in chunks:
                    written += len(chunk)
                    if written > most_bytes:
                        raise UploadTooLarge(most_bytes=most_bytes)
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_flush, file)
            await asyncio.to_thread(_rename, aside, target)
        finally:
            aside.unlink(missing_ok=True)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """Yield the file in chunks; raises NotFound where there is none."""
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except FileNotFoundError:
            raise NotFound from None
        with file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[Held]:
        """Pin what arrived by a second name: a file once in place is replaced, never written to."""
        pinned = self._aside()
        try:
            await asyncio.to_thread(_link, self._path(key), pinned)
        except FileNotFoundError:
            raise UploadMissing from None
        try:
            sha256, size_bytes = await asyncio.to_thread(_digest, pinned)
            yield Held(path=pinned, sha256=sha256, size_bytes=size_bytes)
        finally:
            pinned.unlink(missing_ok=True)

    async def keep(self, held: Held) -> None:
        """Keep what is held under the hash of its content; it may be there already."""
        target = self._path(content_key(held.sha256))
        with suppress(FileExistsError):
            await asyncio.to_thread(_link, held.path, target)

    async def exists(self, key: str) -> bool:
        """Whether there is a file."""
        return await asyncio.to_thread(self._path(key).is_file)

    async def delete(self, key: str) -> None:
        """Remove the file, if there is one."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def tidy(self) -> None:
        """Remove what transfers left behind that were interrupted a day ago or more."""
        await asyncio.to_thread(_remove_old, self._root / "aside")

    def _path(self, key: str) -> Path:
        assert _KEY.fullmatch(key), "keys are made by this module"
        return self._root / key

    def _aside(self) -> Path:
        return self._root / "aside" / secrets.token_hex(16)


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("xb")


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _rename(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.replace(target)
    _flush_folder(target.parent)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.link(source, target)
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_old(folder: Path) -> None:
    before = time.time() - _LEFT_BEHIND_S
    for each in folder.glob("*"):
        with suppress(FileNotFoundError):
            if each.stat().st_mtime < before:
                each.unlink()


def _digest(path: Path) -> tuple[bytes, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        return digest, file.tell()


def current() -> Storage:
    """Return the storage of this installation."""
    return LocalDisk(settings.current().data_dir / "uploads")
