"""From what happened to one notice a person: who is told, once, and who is not."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import asyncpg

from domains.kernel import database
from domains.notifications.service import templates
from domains.notifications.service.expansion import expand_due_occasion
from domains.voting import service as voting
from domains.voting.values import Secrecy
from jobs import outbox
from jobs.due import until_none
from tests.notifications.telling import (
    a_poll_that_closes_soon,
    all_told,
    noted,
    occasions,
    people_told,
    unread,
)
from tests.voting import factories


async def test_who_has_not_voted_and_only_they_are_told_that_a_poll_closes(moved_clock):
    town, poll_id = await a_poll_that_closes_soon(moved_clock)

    await all_told()

    waiting = sorted([*(each.person_id for each in town.residents[1:]), town.committee.person_id])
    on_roll = await database.fetch(
        "SELECT voter_id FROM voting_roll_entry WHERE poll_id = $1 ORDER BY voter_id", poll_id
    )
    expected = [row["voter_id"] for row in on_roll if row["voter_id"] in waiting]
    assert await people_told("POLL_CLOSING_SOON") == expected
    assert [await unread(each) for each in expected] == [1] * len(expected)


async def test_of_a_secret_poll_too_only_marks_on_the_roll_tell_who_has_voted(moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock, secrecy=Secrecy.SECRET)

    await all_told()

    assert town.residents[0].person_id not in await people_told("POLL_CLOSING_SOON")
    assert {each.person_id for each in town.residents[1:]} <= set(
        await people_told("POLL_CLOSING_SOON")
    )


async def test_a_reminder_that_comes_after_the_close_is_not_told(moved_clock):
    await a_poll_that_closes_soon(moved_clock)
    await moved_clock.advance(timedelta(hours=2))

    await all_told()

    assert await people_told("POLL_CLOSING_SOON") == []
    assert ("POLL_CLOSING_SOON", "stale") in await occasions()


async def test_reminders_of_a_cancelled_poll_are_taken_back_where_they_are_unread(moved_clock):
    town, poll_id = await a_poll_that_closes_soon(moved_clock)
    await all_told()
    reader, other = town.residents[1], town.residents[2]
    await database.execute(
        "UPDATE notifications_notice SET read_at = kernel_now() WHERE person_id = $1",
        reader.person_id,
    )

    await voting.cancel_poll(town.committee, poll_id, reason="本次表决取消,另行安排。")
    await all_told()

    assert await people_told("POLL_CLOSING_SOON") == [reader.person_id]
    assert await unread(other.person_id) == 0


async def test_the_same_event_twice_tells_once(moved_clock):
    await a_poll_that_closes_soon(moved_clock)
    await all_told()
    before = await people_told("POLL_CLOSING_SOON")

    await database.execute("UPDATE kernel_outbox SET delivered_at = NULL")
    await all_told()

    assert await people_told("POLL_CLOSING_SOON") == before
    assert [kind for kind, _ in await occasions()].count("POLL_CLOSING_SOON") == 1


async def test_two_workers_and_small_batches_tell_each_once(moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock, residents=9)
    await all_told()
    await noted()

    await asyncio.gather(*(until_none(partial(expand_due_occasion, 2)) for _ in range(3)))

    told = await people_told("POLL_CLOSING_SOON")
    assert {each.person_id for each in town.residents[1:]} <= set(told)
    assert len(told) == len(set(told))
    assert [await unread(each) for each in told] == [1] * len(told)


async def test_a_batch_whose_connection_is_killed_leaves_nothing_and_the_next_goes_on(
    db, moved_clock
):
    await a_poll_that_closes_soon(moved_clock, residents=5)
    await templates.sync_presets()
    await outbox.relay()
    expected = await still_to_vote()
    await expand_due_occasion(2)

    async with the_box_of(db, expected[3]):
        batch = asyncio.create_task(expand_due_occasion(2))
        await kill_who_waits()
        await batch
    half = await people_told("POLL_CLOSING_SOON")
    await database.execute("UPDATE notifications_occasion SET turn_at = kernel_now()")
    await until_none(partial(expand_due_occasion, 2))

    assert half == expected[:2]
    assert await people_told("POLL_CLOSING_SOON") == expected
    assert [await unread(each) for each in expected] == [1] * len(expected)


async def still_to_vote():
    """Who is on the one roll and has not voted, by id."""
    rows = await database.fetch(
        "SELECT r.voter_id FROM voting_roll_entry r LEFT JOIN voting_participation t"
        " ON (t.poll_number, t.voter_number) = (r.poll_number, r.number)"
        " WHERE t.casts IS NULL ORDER BY r.voter_id"
    )
    return [row["voter_id"] for row in rows]


@asynccontextmanager
async def the_box_of(url, person_id):
    """Hold somebody's box from a connection of its own."""
    holder = await asyncpg.connect(**database.connection_arguments(url))
    try:
        await holder.execute("BEGIN")
        await holder.execute("INSERT INTO notifications_box (person_id) VALUES ($1)", person_id)
        yield
        await holder.execute("ROLLBACK")
    finally:
        await holder.close()


async def kill_who_waits():
    """End the connection that waits for a box, once there is one."""
    async with asyncio.timeout(30):
        while not await database.fetch_value(  # noqa: ASYNC110  # the lock tells nobody
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.01)


async def test_a_clock_that_jumped_ahead_and_back_holds_nothing_up(moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock)
    await templates.sync_presets()
    await outbox.relay()
    await database.execute(
        "UPDATE notifications_occasion SET turn_at = kernel_now() + interval '1 day'"
    )

    await until_none(expand_due_occasion)

    assert await unread(town.residents[1].person_id) == 1


async def test_a_secret_ballot_leaves_no_trace_among_notices(moved_clock):
    town, poll_id = await a_poll_that_closes_soon(moved_clock, secrecy=Secrecy.SECRET)
    await all_told()
    before = await everything_of_notices()

    await factories.cast(town.residents[1], poll_id, 2)
    await all_told()

    assert await everything_of_notices() == before
    assert await made_at_once("POLL_CLOSING_SOON") == 1


async def everything_of_notices():
    """Every row of every table of notices, as text."""
    tables = await database.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'notifications_%'"
        " ORDER BY relname"
    )
    found = {}
    for (table,) in tables:
        rows = await database.fetch(f"SELECT t::text AS row FROM {table} t ORDER BY 1")
        found[table] = [row["row"] for row in rows]
    return found


async def made_at_once(kind):
    """At how many instants the notices of a kind were made."""
    return await database.fetch_value(
        "SELECT count(DISTINCT created_at) FROM notifications_notice WHERE kind = $1", kind
    )
