import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domains.kernel import clock, database, idempotency
from domains.kernel.actor import Actor
from domains.kernel.errors import IdempotencyKeyReused


async def test_a_transaction_refuses_to_nest_and_rolls_back(db):
    with pytest.raises(RuntimeError, match="do not nest"):
        async with database.transaction():
            await database.execute(
                "INSERT INTO kernel_outbox (id, name, payload, recorded_at)"
                " VALUES ($1, 'x', '{}', kernel_now())",
                database.new_id(),
            )
            async with database.transaction():
                pass

    assert await database.fetch_value("SELECT count(*) FROM kernel_outbox") == 0


async def test_the_clock_is_the_databases_and_can_be_moved(moved_clock):
    before = await clock.now()

    await moved_clock.advance(timedelta(days=20))

    assert timedelta(days=20) <= await clock.now() - before < timedelta(days=20, minutes=1)


async def test_a_repeated_key_answers_the_first_result(db):
    actor, key = Actor(person_id=uuid4()), uuid4()

    async with database.transaction():
        first = await idempotency.claim(actor, key, "createPoll", {"title": "舞"})
        await idempotency.settle(actor, key, {"poll": "p1"})
    async with database.transaction():
        second = await idempotency.claim(actor, key, "createPoll", {"title": "舞"})

    assert (first, second) == (None, {"poll": "p1"})


async def test_a_key_with_another_input_is_refused(db):
    actor, key = Actor(person_id=uuid4()), uuid4()
    async with database.transaction():
        await idempotency.claim(actor, key, "createPoll", {"title": "舞"})
        await idempotency.settle(actor, key, {"poll": "p1"})

    with pytest.raises(IdempotencyKeyReused):
        async with database.transaction():
            await idempotency.claim(actor, key, "createPoll", {"title": "歌"})


async def test_ids_are_version_7_and_in_order_of_time():
    ids = [database.new_id() for _ in range(3)]

    assert [each.version for each in ids] == [7, 7, 7]
    assert all(isinstance(each, UUID) for each in ids)
    assert all(str(each)[14] == "7" for each in ids)


async def test_keys_are_forgotten_after_their_days_and_not_before(moved_clock):
    actor, old, fresh = Actor(person_id=uuid4()), uuid4(), uuid4()
    await _used(actor, old)
    await moved_clock.advance(timedelta(days=idempotency.KEPT_DAYS, minutes=-1))
    await _used(actor, fresh)

    too_early = await idempotency.sweep()
    await moved_clock.advance(timedelta(minutes=2))
    swept = await idempotency.sweep()

    assert (too_early, swept) == (0, 1)
    assert await database.fetch_value("SELECT key FROM kernel_idempotency") == fresh


async def _used(actor: Actor, key: UUID) -> None:
    async with database.transaction():
        await idempotency.claim(actor, key, "createPoll", {})
        await idempotency.settle(actor, key, {"poll": "p1"})


async def test_a_key_that_is_used_twice_at_once_does_its_work_once(db):
    actor, key = Actor(person_id=uuid4()), uuid4()

    async def act() -> bool:
        async with database.transaction():
            first = await idempotency.claim(actor, key, "createPoll", {})
            if first is None:
                await idempotency.settle(actor, key, {"poll": "p1"})
            return first is None

    done = await asyncio.gather(*(act() for _ in range(8)))

    assert sorted(done) == [False] * 7 + [True]
