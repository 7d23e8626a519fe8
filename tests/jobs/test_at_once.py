"""Everything that falls due, done by several workers at once: each thing once, and no failure.

Workers take what is due by a lock that others pass over. Who gets the lock just after another
let go of it looks at the row as it was before; so what is done must be seen on that row, or be
asked for again under the lock. These tests bring that instant about, again and again.
"""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from domains.kernel import database, settings
from domains.pledges import service as promises
from jobs import meetings, pledges
from jobs.schedule import TIMETABLE
from seeds import demo
from tests.meetings.test_recurring import a_convened_meeting
from tests.pledges import factories as pledging
from tests.pledges.test_deadlines import change, keyed

WORKERS = 8
ROUNDS = 5
# A room's news say only that there is some: two changes of one instant are told alike.
_SAID = """
SELECT name || ' ' || payload::text AS said FROM kernel_outbox
WHERE name <> 'meetings.RoomChanged'
"""
_FAILING = "SELECT name, failure FROM kernel_outbox WHERE attempts > 0"


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """Where files of this test lie."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def said() -> Counter[str]:
    """What was told until now, and how often."""
    return Counter(row["said"] for row in await database.fetch(_SAID))


async def twice(before: Counter[str]) -> list[str]:
    """What was told more than once since."""
    return sorted(each for each, times in (await said() - before).items() if times > 1)


async def at_once(job, *, workers=WORKERS):
    """Let so many workers do it at the same instant."""
    await asyncio.gather(*(job() for _ in range(workers)))


async def test_four_workers_at_each_tick_of_a_year_do_nothing_twice_and_never_fail(
    folder, moved_clock
):
    await demo.plant()
    doubled: dict[str, list[str]] = {}

    for hours in (0, 1, 12, 24, 48, 72, 24 * 15, 24 * 60, 24 * 300):
        await moved_clock.advance(timedelta(hours=hours))
        for tick in TIMETABLE:
            before = await said()
            await at_once(tick.run, workers=4)
            doubled[tick.name] = doubled.get(tick.name, []) + await twice(before)

    assert {name: found for name, found in doubled.items() if found} == {}
    assert [tuple(row) for row in await database.fetch(_FAILING)] == []


async def test_eight_workers_tell_of_each_near_meeting_once(moved_clock):
    for _ in range(ROUNDS):
        await a_convened_meeting(30)
    await moved_clock.advance(timedelta(hours=7))

    await at_once(meetings.remind_of_near_meetings)
    a_day = await told("meetings.MeetingNear")
    await moved_clock.advance(timedelta(hours=22, minutes=30))
    await at_once(meetings.remind_of_near_meetings)

    assert (a_day, await told("meetings.MeetingNear")) == (ROUNDS, 2 * ROUNDS)


async def test_eight_workers_put_each_change_into_force_once_or_see_it_withdrawn(moved_clock):
    town = await pledging.a_town()
    noticed = [await pledging.a_noticed_pledge(town) for _ in range(2 * ROUNDS)]
    await moved_clock.advance(timedelta(days=16))
    await pledges.commit_due_pledges()
    changes = [
        await change(town.keeper, each, await keyed(town, each, days=260)) for each in noticed
    ]
    await moved_clock.advance(timedelta(days=16))

    withdrawn = [promises.withdraw_change(town.keeper, each) for each in changes[:ROUNDS]]
    failures, *_ = await asyncio.gather(
        at_once(pledges.apply_due_changes), *withdrawn, return_exceptions=True
    )
    await pledges.apply_due_changes()

    acts = await database.fetch(
        "SELECT subject_id, count(*) AS many FROM pledges_history"
        " WHERE act IN ('change_in_force', 'change_withdrawn') GROUP BY subject_id"
    )
    ended = await told("pledges.PledgeChanged") + await told("pledges.PledgeChangeDropped")
    assert failures is None
    assert {row["subject_id"]: row["many"] for row in acts} == dict.fromkeys(changes, 1)
    assert ended == 2 * ROUNDS


async def told(name: str) -> int:
    """How often an event was recorded."""
    found: int = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = $1", name
    )
    return found
