"""The commands that keep sealed fields and the audit in order, run as processes of their own."""

import asyncio
import base64
import os
import sys
from pathlib import Path
from uuid import UUID, uuid4

from domains.kernel import audit, crypto, database
from domains.kernel.actor import SYSTEM
from domains.kernel.crypto import Keyring

ROOT = Path(__file__).parents[2]
COMMUNITY = UUID("0190a1b2-c3d4-7000-8000-00000000000c")
PLACE = {"table": "membership_person", "column": "phone_sealed"}


async def gongyi(url: str, folder: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    """Run a command to its end; returns its exit code and what it said."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {"DATABASE_URL": url, "GONGYI_DATA_DIR": str(folder), "NO_COLOR": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api", *arguments),
        cwd=ROOT,
        env=kept | own | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def a_sealed_phone(ring: Keyring, *, row: UUID, written_for: UUID) -> None:
    await database.execute(
        "INSERT INTO membership_person (id, name, phone_sealed, phone_index, created_at)"
        " VALUES ($1, '林', $2, sha256($2), kernel_now())",
        row,
        ring.seal("13800138000", **PLACE, row=written_for),
    )


def ring(text: str) -> Keyring:
    keys = {"old": base64.b64decode(text)}
    return Keyring(field_keys=keys, blind_index_key=bytes(32), token_key=bytes(32))


async def test_keys_are_rotated_from_the_command_line(db, tmp_path):
    old, new, person = crypto.new_key(), crypto.new_key(), uuid4()
    await a_sealed_phone(ring(old), row=person, written_for=person)

    code, said = await gongyi(db, tmp_path, "rotate-keys", GONGYI_FIELD_KEYS=f"new:{new},old:{old}")

    sealed = await database.fetch_value("SELECT phone_sealed FROM membership_person")
    assert (code, said.splitlines()[-1]) == (
        0,
        "Sealed 1 values anew; all are under the key 'new'.",
    )
    assert bytes(sealed)[2:5] == b"new"


async def test_a_value_that_does_not_open_makes_rotation_fail_and_name_it(db, tmp_path):
    old, new, person = crypto.new_key(), crypto.new_key(), uuid4()
    await a_sealed_phone(ring(old), row=person, written_for=uuid4())

    code, said = await gongyi(db, tmp_path, "rotate-keys", GONGYI_FIELD_KEYS=f"new:{new},old:{old}")

    assert code == 1
    assert said.splitlines()[-2:] == [
        f"membership_person.phone_sealed of {person} does not open.",
        "gongyi: 0 values sealed anew, 1 do not open: keep the old keys",
    ]


async def test_the_audit_is_verified_from_the_command_line(db, tmp_path):
    for chain in (None, COMMUNITY):
        async with database.transaction():
            await audit.record(SYSTEM, command="x", chain=chain, subject=("poll", None), details={})
    whole = await gongyi(db, tmp_path, "verify-audit")
    await database.execute(
        "INSERT INTO kernel_audit SELECT gen_random_uuid(), chain, 2, at, actor_id, session_id,"
        " 'forged', subject_kind, subject_id, details, hash, hash FROM kernel_audit"
        " WHERE chain = $1",
        COMMUNITY,
    )

    code, said = await gongyi(db, tmp_path, "verify-audit")

    assert (whole[0], whole[1].splitlines()[-1]) == (0, "All 2 chains of the audit are whole.")
    assert code == 1
    assert said.splitlines()[-2:] == [
        f"The chain of community {COMMUNITY} is broken at entry 2.",
        "gongyi: 1 of 2 chains of the audit are broken",
    ]
