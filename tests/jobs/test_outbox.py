import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from domains.kernel import database, live, outbox
from domains.kernel.database import transaction
from domains.kernel.events import name_of
from domains.voting.events import PollOpened
from jobs import outbox as relaying


async def an_event() -> UUID:
    poll_id = uuid4()
    async with transaction():
        await outbox.record(PollOpened(poll_id, "xz/"))
    return poll_id


async def waiting():
    return await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE delivered_at IS NULL AND parked_at IS NULL"
    )


def reacting(reaction):
    return {name_of(PollOpened): (reaction,)}


async def test_an_event_reaches_its_reactions_once(db):
    poll_id, seen = await an_event(), []

    async def note(event_id, payload):
        seen.append(payload)

    delivered = [await relaying.relay(reacting(note)) for _ in range(2)]

    assert delivered == [1, 0]
    assert seen == [{"poll_id": str(poll_id), "area_path": "xz/"}]


async def test_relays_side_by_side_deliver_each_event_once(db):
    for _ in range(25):
        await an_event()
    seen: list[UUID] = []

    async def note(event_id, payload):
        await asyncio.sleep(0)
        seen.append(event_id)

    await asyncio.gather(*(relaying.relay(reacting(note)) for _ in range(4)))

    assert len(seen) == len(set(seen)) == 25
    assert await waiting() == 0


async def test_a_failing_reaction_is_undone_alone_and_tried_again_later(moved_clock):
    await an_event()
    attempts = []

    async def fail_once(event_id, payload):
        await database.execute(
            "INSERT INTO kernel_idempotency (actor_id, key, command,"
            " input_hash, claimed_at) VALUES"
            " (gen_random_uuid(), gen_random_uuid(), 'x', '', kernel_now())"
        )
        attempts.append(event_id)
        if len(attempts) == 1:
            raise ValueError("not yet")

    first = await relaying.relay(reacting(fail_once))
    too_soon = await relaying.relay(reacting(fail_once))
    await moved_clock.advance(timedelta(minutes=1))
    later = await relaying.relay(reacting(fail_once))

    assert (first, too_soon, later) == (0, 0, 1)
    assert await database.fetch_value("SELECT count(*) FROM kernel_idempotency") == 1
    assert await database.fetch_value("SELECT failure FROM kernel_outbox") == "ValueError"


async def test_one_failing_event_holds_up_no_other(db):
    bad, good = await an_event(), await an_event()
    seen = []

    async def refuse_the_first(event_id, payload):
        if payload["poll_id"] == str(bad):
            await database.execute("SELECT 1 / 0")
        seen.append(payload["poll_id"])

    delivered = await relaying.relay(reacting(refuse_the_first))

    assert delivered == 1
    assert seen == [str(good)]


async def test_after_ten_failures_an_event_is_parked(moved_clock):
    await an_event()

    async def fail(event_id, payload):
        raise ValueError("never")

    for _ in range(12):
        await relaying.relay(reacting(fail))
        await moved_clock.advance(timedelta(minutes=11))

    row = await database.fetch_one("SELECT attempts, parked_at FROM kernel_outbox")
    assert row["attempts"] == 10
    assert row["parked_at"] is not None
    assert await waiting() == 0


async def test_the_relay_alone_notifies_and_once_a_batch(db):
    poll_id = await an_event()
    heard = []
    listener = await asyncpg.connect(**database.connection_arguments(db))
    await listener.add_listener(live.CHANNEL, lambda *told: heard.append(live.decode(told[-1])))
    try:
        await relaying.relay({})
        async with asyncio.timeout(30):
            while not heard:  # noqa: ASYNC110 - asyncpg calls back and waits for nobody
                await asyncio.sleep(0.01)
    finally:
        await listener.close()

    assert heard == [{live.topic("poll", poll_id): {"event": "voting.PollOpened"}}]


async def test_a_relay_that_dies_in_the_middle_leaves_its_batch_to_the_next(db):
    await an_event()
    started, seen = asyncio.Event(), []

    async def hang(event_id, payload):
        started.set()
        await asyncio.sleep(60)

    async def note(event_id, payload):
        seen.append(event_id)

    dying = asyncio.create_task(relaying.relay(reacting(hang)))
    await started.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)

    delivered = await relaying.relay(reacting(note))

    assert delivered == 1
    assert len(seen) == 1


async def test_delivered_events_are_swept_after_their_time(moved_clock):
    await an_event()
    await relaying.relay({})

    early = await outbox.sweep()
    await moved_clock.advance(timedelta(days=31))
    late = await outbox.sweep()

    assert (early, late) == (0, 1)
