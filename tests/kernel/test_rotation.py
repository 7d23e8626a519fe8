from collections.abc import Callable
from uuid import UUID

import pytest

from domains.kernel import crypto, database, rotation, settings
from domains.kernel.rotation import SealedColumn

PHONES = SealedColumn("membership_person", "phone_sealed")
PLACE = {"table": "membership_person", "column": "phone_sealed"}
KEYS = {name: crypto.new_key() for name in ("old", "new")}

UseKeys = Callable[..., None]


@pytest.fixture
def use_keys(db, monkeypatch):
    def use(*names: str) -> None:
        monkeypatch.setenv("GONGYI_FIELD_KEYS", ",".join(f"{name}:{KEYS[name]}" for name in names))
        settings.current.cache_clear()

    yield use
    settings.current.cache_clear()


async def people(count: int) -> dict[UUID, str]:
    """Put people with sealed telephones in; returns whose is which."""
    phones = {database.new_id(): f"138{number:08}" for number in range(count)}
    await database.execute_many(
        "INSERT INTO membership_person (id, name, phone_sealed, phone_index, created_at)"
        " VALUES ($1, '林', $2, $3, kernel_now())",
        [
            (each, crypto.seal(phone, **PLACE, row=each), crypto.blind_index(phone, purpose="x"))
            for each, phone in phones.items()
        ],
    )
    return phones


async def telephones() -> dict[UUID, str]:
    rows = await database.fetch("SELECT id, phone_sealed FROM membership_person ORDER BY id")
    return {
        row["id"]: crypto.unseal(bytes(row["phone_sealed"]), **PLACE, row=row["id"]) for row in rows
    }


async def test_every_sealed_column_is_found_by_its_name(db):
    found = await rotation.sealed_columns()

    assert SealedColumn("membership_person", "identity_sealed") in found
    assert PHONES in found
    assert {each.column.rsplit("_", 1)[-1] for each in found} == {"sealed"}


async def test_every_sealed_column_stands_beside_an_id(db):
    for each in await rotation.sealed_columns():
        kind = await database.fetch_value(
            "SELECT atttypid::regtype::text FROM pg_attribute"
            " WHERE attrelid = $1::text::regclass AND attname = 'id'",
            each.table,
        )

        assert (each.table, kind) == (each.table, "uuid")


async def test_after_rotation_the_old_key_can_be_thrown_away(use_keys: UseKeys):
    use_keys("old")
    phones = await people(1_203)
    use_keys("new", "old")
    told: list[tuple[SealedColumn, int]] = []
    before = await rotation.waiting(PHONES)

    done = await rotation.rotate(lambda where, count: told.append((where, count)))
    use_keys("new")

    assert (before, await rotation.waiting(PHONES)) == (1_203, 0)
    assert (done.resealed, done.broken) == (1_203, [])
    assert [count for where, count in told if where == PHONES] == [500, 1_000, 1_203]
    assert await telephones() == phones


async def test_a_second_run_finds_nothing_to_do(use_keys: UseKeys):
    use_keys("old")
    await people(3)
    use_keys("new", "old")

    first, second = await rotation.rotate(), await rotation.rotate()

    assert (first.resealed, second.resealed) == (3, 0)


async def test_a_run_that_was_stopped_is_taken_up_again(use_keys: UseKeys):
    use_keys("old")
    phones = await people(700)
    use_keys("new", "old")

    def stop(where: SealedColumn, count: int) -> None:
        if count:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rotation.rotate(stop)
    left = await rotation.waiting(PHONES)
    again = await rotation.rotate()

    assert (left, again.resealed) == (200, 200)
    assert await telephones() == phones


async def test_a_value_that_does_not_open_is_left_and_reported(use_keys: UseKeys):
    use_keys("old")
    ids = list(await people(3))
    await database.execute(
        "UPDATE membership_person SET phone_sealed ="
        " (SELECT phone_sealed FROM membership_person WHERE id = $1) WHERE id = $2",
        ids[0],
        ids[1],
    )
    use_keys("new", "old")

    done = await rotation.rotate()

    assert (done.resealed, done.broken) == (2, [(PHONES, ids[1])])
    assert await rotation.waiting(PHONES) == 1
