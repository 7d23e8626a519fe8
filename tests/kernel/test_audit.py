import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.kernel import audit, database
from domains.kernel.actor import SYSTEM, Actor

COMMUNITY = UUID("0190a1b2-c3d4-7000-8000-00000000000c")


async def record(command: str = "publishPoll", *, chain: UUID | None = COMMUNITY) -> None:
    actor = Actor(person_id=uuid4(), session_id=uuid4())
    async with database.transaction():
        await audit.record(
            actor,
            command=command,
            chain=chain,
            subject=("poll", uuid4()),
            details={"roll": 12, "title": "舞"},
        )


async def sequences(chain: UUID = COMMUNITY) -> list[int]:
    rows = await database.fetch(
        "SELECT sequence FROM kernel_audit WHERE chain = $1 ORDER BY sequence", chain
    )
    return [row["sequence"] for row in rows]


async def take_rights_back() -> None:
    """Take, as the owner of the tables may, what the migration gave up."""
    await database.execute(
        "GRANT UPDATE, DELETE, TRUNCATE ON kernel_audit, kernel_audit_head TO CURRENT_USER"
    )


async def tamper(statement: str) -> None:
    """Do what only the owner of the tables can: go behind rights and triggers."""
    async with database.transaction():
        await take_rights_back()
        for table in ("kernel_audit", "kernel_audit_head"):
            await database.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await database.execute(statement)
        for table in ("kernel_audit", "kernel_audit_head"):
            await database.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        await database.execute("REVOKE UPDATE, DELETE, TRUNCATE ON kernel_audit FROM CURRENT_USER")
        await database.execute("REVOKE DELETE, TRUNCATE ON kernel_audit_head FROM CURRENT_USER")


async def test_entries_follow_one_another_in_chains_of_their_own(db):
    for _ in range(3):
        await record()
    await record(chain=None)

    assert await sequences() == [1, 2, 3]
    assert await sequences(audit.PLATFORM) == [1]
    assert await audit.chains() == [audit.PLATFORM, COMMUNITY]
    assert [await audit.verify(each) for each in (None, COMMUNITY, uuid4())] == [None] * 3


async def test_an_entry_outside_a_command_is_our_mistake(db):
    with pytest.raises(RuntimeError, match="inside a command's transaction"):
        await audit.record(SYSTEM, command="x", chain=None, subject=("poll", None), details={})

    assert await audit.chains() == []


async def test_an_entry_goes_with_its_command(db):
    await record()

    with pytest.raises(ZeroDivisionError):
        async with database.transaction():
            await audit.record(
                SYSTEM, command="x", chain=COMMUNITY, subject=("poll", None), details={}
            )
            raise ZeroDivisionError
    await record()

    assert await sequences() == [1, 2]
    assert await audit.verify(COMMUNITY) is None


@pytest.mark.parametrize("leak", ["电话 13800138000", "33010619900101123X"])
async def test_personal_data_in_details_is_our_mistake(db, leak):
    with pytest.raises(ValueError, match="'note' holds some"):
        async with database.transaction():
            await audit.record(
                SYSTEM, command="x", chain=None, subject=("poll", None), details={"note": leak}
            )

    assert await audit.chains() == []


async def test_each_reading_of_a_sensitive_field_is_an_entry(db):
    reader, seen = Actor(person_id=uuid4()), [uuid4(), uuid4()]

    async with database.transaction():
        await audit.record_read(
            reader, chain=COMMUNITY, kind="person", ids=seen, fields=["phone", "identity"]
        )

    rows = await database.fetch(
        "SELECT actor_id, command, subject_id, details->>'fields' AS fields"
        " FROM kernel_audit ORDER BY sequence"
    )
    assert [tuple(row.values()) for row in rows] == [
        (reader.person_id, "read", each, "identity,phone") for each in seen
    ]
    assert await audit.verify(COMMUNITY) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_audit SET command = 'nothing'",
        "DELETE FROM kernel_audit",
        "TRUNCATE kernel_audit",
        "DELETE FROM kernel_audit_head",
        "TRUNCATE kernel_audit_head",
        "UPDATE kernel_audit_head SET sequence = 0",
    ],
)
async def test_the_audit_is_only_ever_added_to(db, statement):
    await record()

    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        async with database.transaction():
            await take_rights_back()
            await database.execute(statement)

    assert database.broken_constraint(refused.value) == "kernel_audit_append_only"
    assert await sequences() == [1]
    assert await audit.verify(COMMUNITY) is None


async def test_the_products_own_role_lost_the_right_to_change_the_audit(db):
    rights = await database.fetch(
        """
        SELECT c.relname || ' ' || right_.privilege_type AS held
        FROM pg_class c, aclexplode(c.relacl) right_
        WHERE c.relname IN ('kernel_audit', 'kernel_audit_head')
          AND right_.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
        """
    )

    assert [row["held"] for row in rights] == ["kernel_audit_head UPDATE"]


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE kernel_audit SET command = 'x' WHERE sequence = 2", 2),
        ("UPDATE kernel_audit SET details = '{}' WHERE sequence = 1", 1),
        ("UPDATE kernel_audit SET at = at + interval '1 microsecond' WHERE sequence = 3", 3),
        ("UPDATE kernel_audit SET actor_id = NULL WHERE sequence = 4", 4),
        ("UPDATE kernel_audit SET hash = sha256('x') WHERE sequence = 2", 2),
        ("DELETE FROM kernel_audit WHERE sequence = 2", 2),
        ("DELETE FROM kernel_audit WHERE sequence = 4", 4),
        ("DELETE FROM kernel_audit", 1),
        ("DELETE FROM kernel_audit_head", 1),
        ("UPDATE kernel_audit_head SET hash = sha256('x')", 4),
        ("UPDATE kernel_audit_head SET sequence = 9", 5),
    ],
)
async def test_tampering_behind_the_triggers_is_found(db, statement, broken_at):
    for _ in range(4):
        await record()

    await tamper(statement)

    assert await audit.verify(COMMUNITY) == broken_at


async def test_a_long_chain_is_read_in_batches(db):
    async with database.transaction():
        await audit.record_read(
            SYSTEM,
            chain=COMMUNITY,
            kind="person",
            ids=[uuid4() for _ in range(2_001)],
            fields=["phone"],
        )
    await tamper("UPDATE kernel_audit SET subject_id = NULL WHERE sequence = 2001")

    assert await audit.verify(COMMUNITY) == 2_001


async def test_concurrent_entries_keep_the_chain_whole(db):
    await asyncio.gather(*(record() for _ in range(30)))

    assert await sequences() == list(range(1, 31))
    assert await audit.verify(COMMUNITY) is None
