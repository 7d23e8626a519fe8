import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg

from api.live import Hub
from domains.kernel import database, live


@contextlib.asynccontextmanager
async def hearing(url: str) -> AsyncIterator[Hub]:
    hub = Hub()
    task = asyncio.create_task(hub.run(url))
    await asyncio.wait_for(hub.connected.wait(), 30)
    try:
        yield hub
    finally:
        task.cancel()
        await asyncio.wait([task])


async def notify(batch: live.Batch) -> None:
    for text in live.encode(batch):
        await database.execute("SELECT pg_notify($1, $2)", live.CHANNEL, text)


async def test_what_the_database_tells_is_heard_by_those_who_listen(db: str):
    poll, other = live.topic("poll", uuid4()), live.topic("poll", uuid4())

    async with hearing(db) as hub:
        ear, deaf = hub.listen(poll), hub.listen(live.topic("poll", uuid4()))
        await notify({poll: {"version": 2}, other: {"version": 9}})
        heard = await asyncio.wait_for(anext(ear), 30)
        hub.tell({poll: {"version": 3}})
        hub.tell({poll: {"version": 4}})
        latest = await asyncio.wait_for(anext(ear), 30)
        deaf.close()
        nothing = [each async for each in deaf]

    assert (heard, latest, nothing) == ({"version": 2}, {"version": 4}, [])


async def test_nonsense_on_the_channel_is_passed_over(db: str):
    poll = live.topic("poll", uuid4())

    async with hearing(db) as hub:
        ear = hub.listen(poll)
        for text in ("", "nonsense", "[]", "{}", '{"topics": 7}'):
            await database.execute("SELECT pg_notify($1, $2)", live.CHANNEL, text)
        await notify({poll: {"version": 1}})

        assert await asyncio.wait_for(anext(ear), 30) == {"version": 1}


async def test_a_lost_connection_is_opened_again_and_nothing_false_is_told(db: str):
    poll = live.topic("poll", uuid4())

    async with hearing(db) as hub:
        ear = hub.listen(poll)
        killer = await asyncpg.connect(**database.connection_arguments(db))
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gongyi live' AND datname = current_database()"
        )
        await killer.close()
        gap = await asyncio.wait_for(anext(ear), 30)
        await notify({poll: {"version": 5}})
        after = await asyncio.wait_for(anext(ear), 30)

    assert (gap, after) == ({}, {"version": 5})


async def test_an_ear_that_is_dropped_is_forgotten():
    hub = Hub()
    kept = hub.listen("a", "b")
    dropped = hub.listen("b", "c")

    hub.leave(dropped, ("b", "c"))
    del dropped

    assert len(hub) == 2
    hub.leave(kept, ("a", "b"))
    assert len(hub) == 0


def test_a_batch_is_parted_into_texts_that_postgresql_carries():
    batch = {live.topic("poll", uuid4()): {"version": each} for each in range(1_000)}

    texts = live.encode(batch)

    assert all(len(text.encode()) < 8_000 for text in texts)
    assert {name: told for text in texts for name, told in live.decode(text).items()} == batch
    assert live.encode({}) == []
