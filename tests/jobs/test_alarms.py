"""What is amiss is noticed once, told to those who administer, and over when it is over."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from structlog.testing import capture_logs

from domains.kernel import database, outbox, settings
from domains.kernel.actor import SYSTEM
from domains.kernel.database import transaction
from domains.kernel.operations import commands, events, working
from domains.voting.events import PollOpened
from jobs.watching import Watch
from tests.jobs.machine_room import Work, a_worker, alarms, is_alarmed, ran, time_passes, told

MISSED = timedelta(seconds=settings.current().worker_missed_after_s + 1)
LATE = timedelta(seconds=settings.current().job_late_after_s + 1)


async def look():
    """Look twice, as somebody who comes by, and return what changed."""
    somebody = Watch()
    changes = [*await somebody.look(), *await somebody.look()]
    return [(each.kind, each.is_raised) for each in changes]


async def test_where_all_is_well_looking_changes_nothing(db, statements):
    await a_worker(Work())
    statements.clear()

    changes = await Watch().look()
    cost = len(statements)

    assert (changes, cost, await alarms()) == ([], 3, [])


async def test_a_clock_that_jumps_a_month_is_no_alarm(moved_clock):
    workers = [await a_worker(Work(every_s=3600)) for _ in range(2)]
    watch = Watch()
    await watch.look()

    await moved_clock.advance(timedelta(days=30))
    at_once = await watch.look()
    for worker in workers:
        await worker.beat()
    heard_again = await watch.look()
    later = await watch.look()

    assert (at_once, heard_again, later, await alarms()) == ([], [], [], [])


async def test_a_worker_that_is_not_heard_of_is_missed_and_its_return_is_told(db):
    living, silent = await a_worker(Work()), await a_worker(Work())
    await time_passes(MISSED)
    await living.beat()

    raised = await look()
    again = await look()
    await silent.beat()
    over = await look()

    assert raised == [("worker_missed", True)]
    assert again == []
    assert over == [("worker_missed", False)]
    assert await alarms() == [("worker_missed", silent.name, False)]
    assert await told(events.WorkerMissed, events.WorkerRecovered) == [
        "WorkerMissed",
        "WorkerRecovered",
    ]


async def test_a_worker_that_stopped_in_order_is_not_missed(db):
    stopped, living = await a_worker(Work()), await a_worker(Work())
    await stopped.end()
    await time_passes(MISSED)
    await living.beat()

    assert (await look(), await alarms()) == ([], [])


async def test_a_restart_is_no_alarm_and_a_worker_that_never_comes_back_is_one(db):
    worker = await a_worker(Work())
    await worker.end()
    restarting = await look()
    await time_passes(MISSED)

    gone = await look()

    assert (restarting, gone) == ([], [("no_worker", True)])


async def test_each_missed_worker_is_replaced_by_one_that_began_since(db):
    dead = [await a_worker(Work()) for _ in range(2)]
    await time_passes(MISSED)
    first = await a_worker(Work())
    await look()

    await look()
    one_over = await alarms()
    second = await a_worker(Work())
    await look()

    assert one_over == [
        ("worker_missed", dead[0].name, False),
        ("worker_missed", dead[1].name, True),
    ]
    assert [each[2] for each in await alarms()] == [False, False]
    rows = await database.fetch(
        "SELECT replaced_by_id FROM kernel_worker WHERE replaced_by_id IS NOT NULL ORDER BY id"
    )
    assert [row["replaced_by_id"] for row in rows] == [first.id, second.id]


async def test_where_no_worker_is_alive_one_alarm_says_it_instead_of_one_a_job(db):
    dead = await a_worker(*(Work(f"test.{number}") for number in range(5)))
    await time_passes(MISSED + LATE)

    with capture_logs() as logs:
        raised = await look()
    alarmed = await is_alarmed()
    await a_worker(Work())
    await look()
    await look()

    assert raised == [("no_worker", True), ("worker_missed", True)]
    assert [(each["log_level"], each["event"]) for each in logs] == [
        ("error", "no worker is alive"),
        ("error", "worker missed"),
    ]
    assert logs[1]["subject"] == dead.name
    assert (alarmed, await is_alarmed()) == (True, False)
    assert await told(events.WorkersGone, events.WorkersBack) == ["WorkersGone", "WorkersBack"]


async def test_a_job_is_late_beyond_its_rhythm_and_its_allowance_only(db):
    work = Work(every_s=600)
    worker = await a_worker(work)
    await worker.tick(work.tick)
    await worker.tell()

    await time_passes(timedelta(seconds=600))
    await worker.beat()
    in_time = await look()
    await time_passes(LATE)
    await worker.beat()
    late = await look()
    await worker.tick(work.tick)
    await worker.tell()
    over = await look()

    assert (in_time, late, over) == ([], [("job_late", True)], [("job_late", False)])
    assert await alarms() == [("job_late", work.tick.name, False)]
    assert await told(events.JobLate, events.JobInTime) == ["JobLate", "JobInTime"]


async def test_a_job_that_hangs_is_late(db):
    work = Work(every_s=5)
    worker = await a_worker(work)
    begun, released = asyncio.Event(), asyncio.Event()

    async def hang():
        begun.set()
        await released.wait()
        return 0

    hanging = type(work.tick)(work.tick.name, 5, hang)
    task = asyncio.create_task(worker.tick(hanging))
    await begun.wait()
    await worker.tell()
    await time_passes(LATE + timedelta(seconds=5))
    await worker.beat()

    raised = await look()
    released.set()
    await task

    assert raised == [("job_late", True)]


async def test_a_paused_job_is_not_late_nor_is_it_just_after_it_was_resumed(db):
    work = Work(every_s=5)
    worker = await a_worker(work)
    await commands.pause_job(SYSTEM, work.id, reason="维护")
    await time_passes(timedelta(hours=5))
    await worker.beat()
    paused = await look()

    await commands.resume_job(SYSTEM, work.id)
    resumed = await look()

    assert (paused, resumed, await alarms()) == ([], [], [])


async def test_a_job_that_fails_again_and_again_is_told_once(db):
    work = Work()
    work.failure = ValueError("13800138000")
    worker = await a_worker(work)
    seen = []

    for _ in range(5):
        await worker.tick(work.tick)
        await worker.tell()
        seen.append(await look())
    work.failure = None
    await worker.tick(work.tick)
    await worker.tell()
    seen.append(await look())

    assert seen == [[], [], [("job_failing", True)], [], [], [("job_failing", False)]]
    assert await told(events.JobFailing, events.JobMended) == ["JobFailing", "JobMended"]


async def test_eight_that_look_at_the_same_time_raise_one_alarm_and_end_it_once(db):
    living, silent = await a_worker(Work()), await a_worker(Work())
    await time_passes(MISSED)
    await living.beat()

    raised = await asyncio.gather(*(look() for _ in range(8)))
    await silent.beat()
    over = await asyncio.gather(*(look() for _ in range(8)))

    assert [each for one in raised for each in one] == [("worker_missed", True)]
    assert [each for one in over for each in one] == [("worker_missed", False)]
    assert await told(events.WorkerMissed, events.WorkerRecovered) == [
        "WorkerMissed",
        "WorkerRecovered",
    ]


async def test_an_ordered_run_whose_worker_was_killed_is_lost(db):
    work = Work()
    worker = await a_worker(work)
    await commands.run_job_now(SYSTEM, work.id, key=uuid4())
    await database.execute(
        "UPDATE kernel_job_run SET state = 'running', worker_id = $1, started_at = kernel_now()",
        worker.id,
    )
    await time_passes(MISSED)

    await look()

    (run,) = await ran()
    assert (run["state"], run["failure"]) == ("lost", None)


async def test_a_parked_event_is_an_alarm_until_it_is_dismissed(db):
    await a_worker(Work())
    async with transaction():
        event_id = await outbox.record(PollOpened(uuid4(), "xz/"))
    await database.execute("UPDATE kernel_outbox SET parked_at = kernel_now()")

    raised = await look()
    await commands.dismiss_parked_event(SYSTEM, event_id, reason="测试数据")
    over = await look()

    assert (raised, over) == ([("events_parked", True)], [("events_parked", False)])


async def test_a_worker_missed_for_a_day_is_given_up(db):
    work = Work()
    living = await a_worker(work)
    await a_worker(work)
    await time_passes(timedelta(hours=25))
    await living.beat()
    await living.tick(work.tick)
    await living.tell()

    missed = await look()
    await working.sweep()
    given_up = await look()

    assert (missed, given_up) == ([("worker_missed", True)], [("worker_missed", False)])
