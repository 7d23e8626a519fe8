import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.kernel import database, settings, uploads
from domains.kernel.actor import ANONYMOUS, Actor
from domains.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    SignInRequired,
    TooManyUploads,
    UploadAltered,
    UploadExpired,
    UploadMissing,
    UploadTooLarge,
    UploadTypeRefused,
)
from domains.kernel.storage import LocalDisk
from domains.kernel.values import UploadState
from tests.kernel.files import CSV, PDF

LIN = Actor(person_id=UUID("0190a1b2-c3d4-7000-8000-000000000001"))
WANG = Actor(person_id=UUID("0190a1b2-c3d4-7000-8000-000000000002"))


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GONGYI_UPLOAD_PENDING_MOST", "3")
    settings.current.cache_clear()
    yield tmp_path / "uploads"
    settings.current.cache_clear()


def files_in(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder).parent) for path in folder.rglob("*") if path.is_file()
    )


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


async def announce(actor: Actor = LIN, **changes: Any) -> uploads.Announced:
    given: dict[str, Any] = {
        "file_name": "公告.pdf",
        "media_type": "application/pdf",
        "size_bytes": 1_000,
        "key": uuid4(),
    }
    return await uploads.create_upload(actor, **(given | changes))


async def chunks(*content: bytes) -> AsyncIterator[bytes]:
    for each in content:
        yield each


async def send(announced: uploads.Announced, *content: bytes) -> None:
    assert announced.put_address is not None
    await uploads.receive(announced.put_address.removeprefix("/uploads/"), chunks(*content))


async def complete(announced: uploads.Announced, content: bytes = PDF) -> uploads.Upload:
    return await uploads.complete_upload(LIN, announced.upload.id, sha256=sha256(content))


async def states() -> list[str]:
    rows = await database.fetch("SELECT state FROM kernel_upload ORDER BY id")
    return [row["state"] for row in rows]


async def fetched(upload: uploads.Upload) -> bytes:
    address = await uploads.download_address(upload)
    assert address is not None
    _, found = await uploads.open_address(address.removeprefix("/uploads/"))
    return b"".join([chunk async for chunk in found])


async def test_a_file_is_announced_sent_completed_and_fetched(folder):
    announced = await announce()
    await send(announced, PDF[:4], PDF[4:])

    upload = await complete(announced)

    assert upload.state is UploadState.COMPLETE
    assert (upload.sha256, upload.size_bytes, upload.expires_at) == (sha256(PDF), len(PDF), None)
    assert await fetched(upload) == PDF
    assert files_in(folder) == [f"content/{sha256(PDF).hex()[:2]}"]


async def test_completing_again_answers_the_same(folder):
    announced = await announce()
    await send(announced, PDF)

    first, second = await complete(announced), await complete(announced)
    with pytest.raises(UploadAltered):
        await complete(announced, CSV)

    assert second == first


async def test_announcing_again_with_the_same_key_answers_the_same_upload(folder):
    key = uuid4()

    first, second = await announce(key=key), await announce(key=key)
    with pytest.raises(IdempotencyKeyReused):
        await announce(key=key, size_bytes=2_000)

    assert (first.replayed, second.replayed) == (False, True)
    assert (second.upload, second.put_address) == (first.upload, first.put_address)
    assert await states() == ["pending"]


async def test_the_same_content_is_kept_once_and_stays(folder):
    first, second = await announce(), await announce()
    await send(first, PDF)
    await send(second, PDF)

    found = [await complete(first), await complete(second)]

    assert files_in(folder) == [f"content/{sha256(PDF).hex()[:2]}"]
    assert [await fetched(each) for each in found] == [PDF, PDF]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"file_name": ""}, InvalidInput),
        ({"file_name": "../../etc/passwd.pdf"}, InvalidInput),
        ({"file_name": "..\\x.pdf"}, InvalidInput),
        ({"file_name": "a\x00.pdf"}, InvalidInput),
        ({"file_name": "a\r\nSet-Cookie: x.pdf"}, InvalidInput),
        ({"file_name": ".pdf"}, InvalidInput),
        ({"file_name": "x" * 200 + ".pdf"}, InvalidInput),
        ({"size_bytes": 0}, InvalidInput),
        ({"size_bytes": -1}, InvalidInput),
        ({"size_bytes": 20_000_001}, UploadTooLarge),
        ({"media_type": "text/html"}, UploadTypeRefused),
        ({"file_name": "公告.exe"}, UploadTypeRefused),
    ],
)
async def test_what_cannot_be_taken_is_refused_before_it_is_sent(folder, change, refusal):
    with pytest.raises(refusal):
        await announce(**change)

    assert await states() == []


async def test_the_nameless_announce_nothing(folder):
    with pytest.raises(SignInRequired):
        await announce(ANONYMOUS)

    assert await states() == []


async def test_a_caller_has_so_many_uploads_under_way_and_no_more(folder):
    for _ in range(3):
        await announce()

    with pytest.raises(TooManyUploads):
        await announce()
    await announce(WANG)

    assert await states() == ["pending"] * 4


async def test_more_than_was_announced_is_not_written(folder):
    announced = await announce(size_bytes=len(PDF))

    with pytest.raises(UploadTooLarge):
        await send(announced, PDF, b"!")

    assert files_in(folder) == []


async def test_an_interrupted_transfer_leaves_nothing(folder):
    async def broken() -> AsyncIterator[bytes]:
        yield PDF
        raise ConnectionResetError

    announced = await announce()
    assert announced.put_address is not None

    with pytest.raises(ConnectionResetError):
        await uploads.receive(announced.put_address.removeprefix("/uploads/"), broken())

    assert files_in(folder) == []


@pytest.mark.parametrize(
    ("sent", "claimed", "refusal"),
    [
        (None, PDF, UploadMissing),
        (PDF, PDF + b"x", UploadAltered),
        (b"MZ\x90\x00", b"MZ\x90\x00", UploadTypeRefused),
        (b"<html><script>", b"<html><script>", UploadTypeRefused),
    ],
)
async def test_what_did_not_arrive_as_claimed_is_not_completed(folder, sent, claimed, refusal):
    announced = await announce()
    if sent is not None:
        await send(announced, sent)

    with pytest.raises(refusal):
        await complete(announced, claimed)

    assert await states() == ["pending"]
    assert files_in(folder) == ([] if sent is None else ["incoming"])


async def test_a_refused_file_may_be_sent_again(folder):
    announced = await announce()
    await send(announced, b"%PDF-1.")
    with pytest.raises(UploadAltered):
        await complete(announced)

    await send(announced, PDF)
    upload = await complete(announced)

    assert upload.sha256 == sha256(PDF)


async def test_anothers_upload_does_not_exist(folder):
    announced = await announce()
    await send(announced, PDF)

    with pytest.raises(NotFound):
        await uploads.complete_upload(WANG, announced.upload.id, sha256=sha256(PDF))

    assert await states() == ["pending"]
    assert await uploads.uploads_by_id(WANG, [announced.upload.id]) == [None]
    assert await uploads.uploads_by_id(ANONYMOUS, [announced.upload.id]) == [None]
    assert await uploads.uploads_by_id(LIN, [uuid4(), announced.upload.id]) == [
        None,
        announced.upload,
    ]


async def test_many_may_complete_at_once_and_one_does(folder):
    announced = await announce()
    await send(announced, PDF)

    found = await asyncio.gather(*(complete(announced) for _ in range(5)))

    assert [each.sha256 for each in found] == [sha256(PDF)] * 5
    assert await states() == ["complete"]


async def test_an_upload_expires_and_is_swept_with_its_bytes(folder, moved_clock):
    announced, kept = await announce(), await announce()
    await send(announced, PDF)
    await send(kept, PDF)
    await complete(kept)

    await moved_clock.advance(timedelta(minutes=31))
    with pytest.raises(UploadExpired):
        await complete(announced)
    with pytest.raises(NotFound):
        await send(announced, PDF)
    too_early = await uploads.sweep()
    await moved_clock.advance(timedelta(hours=1))
    swept = await uploads.sweep()

    assert (too_early, swept, await uploads.sweep()) == (0, 1, 0)
    assert await states() == ["complete"]
    assert files_in(folder) == [f"content/{sha256(PDF).hex()[:2]}"]


async def test_an_address_to_fetch_ends_by_itself(folder, moved_clock):
    announced = await announce()
    await send(announced, PDF)
    address = await uploads.download_address(await complete(announced))
    assert address is not None

    await moved_clock.advance(timedelta(minutes=10))

    with pytest.raises(NotFound):
        await uploads.open_address(address.removeprefix("/uploads/"))


@pytest.mark.parametrize("broken", ["", "x", "é", "A" * 80, "../../etc/passwd"])
async def test_an_address_that_we_did_not_sign_is_nothing(folder, broken):
    with pytest.raises(NotFound):
        await uploads.open_address(broken)
    with pytest.raises(NotFound):
        await uploads.receive(broken, chunks(PDF))

    assert files_in(folder) == []


async def test_an_address_to_send_to_does_not_fetch(folder):
    announced = await announce()
    await send(announced, PDF)
    assert announced.put_address is not None

    with pytest.raises(NotFound):
        await uploads.open_address(announced.put_address.removeprefix("/uploads/"))


@pytest.mark.parametrize("key", ["../x", "incoming/../../x", "content/aa/..", "/etc/passwd", ""])
async def test_only_our_own_keys_become_paths(tmp_path, key):
    with pytest.raises(AssertionError, match="keys are made by this module"):
        await LocalDisk(tmp_path).exists(key)


async def test_what_a_killed_transfer_left_is_tidied_away_after_a_day(tmp_path):
    import os

    disk, left, fresh = LocalDisk(tmp_path), tmp_path / "aside" / "a", tmp_path / "aside" / "b"
    left.parent.mkdir()
    left.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(left, (0, 0))

    await disk.tidy()

    assert [path.name for path in left.parent.iterdir()] == ["b"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_upload SET state = 'complete'",
        "UPDATE kernel_upload SET sha256 = sha256('x')",
        "UPDATE kernel_upload SET expires_at = NULL",
        "UPDATE kernel_upload SET size_bytes = 0",
        "UPDATE kernel_upload SET state = 'other'",
    ],
)
async def test_the_table_itself_keeps_states_honest(folder, statement):
    await announce()

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(statement)

    assert await states() == ["pending"]
