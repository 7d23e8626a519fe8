"""A worker: what it counts, what it is told, and what it leaves behind."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from domains.kernel import database, settings
from domains.kernel.actor import SYSTEM
from domains.kernel.errors import InvalidInput, NotFound
from domains.kernel.operations import commands, working
from jobs.__main__ import run_worker
from jobs.tallies import Tallies
from tests.jobs.machine_room import Work, a_worker, an_administrator, ran


async def counted(work):
    row = await work.row()
    return row["ticks"], row["items"], row["failures"], row["consecutive_failures"]


async def test_ticks_that_find_nothing_are_counted_and_leave_no_run(db):
    work = Work()
    worker = await a_worker(work)

    for _ in range(40):
        await worker.tick(work.tick)
    await worker.tell()

    assert (await counted(work), await ran()) == ((40, 0, 0, 0), [])


async def test_ticks_that_do_something_are_one_run_of_some_seconds(db):
    work = Work()
    worker = await a_worker(work)

    for work.answer in (3, 0, 4):
        await worker.tick(work.tick)
    await worker.tell()

    (run,) = await ran()
    row = await work.row()
    assert (run["state"], run["ticks"], run["count"], run["failure"]) == ("done", 2, 7, None)
    assert (run["worker_id"], run["job_id"]) == (worker.id, work.id)
    assert run["started_at"] <= run["ended_at"] <= row["last_ended_at"]
    assert (row["last_count"], row["items"]) == (4, 7)


async def test_a_failure_is_kept_by_its_class_alone(db):
    work = Work()
    work.failure = ValueError("the phone is 13800138000")
    worker = await a_worker(work)

    await worker.tick(work.tick)
    await worker.tell()

    (run,) = await ran()
    row = await work.row()
    assert (run["state"], run["failure"]) == ("failed", "ValueError")
    assert (row["last_failure"], row["consecutive_failures"]) == ("ValueError", 1)
    assert "13800138000" not in str([dict(run), dict(row)])


async def test_a_job_that_goes_on_failing_alike_is_logged_once_and_once_when_it_works(db):
    work = Work()
    worker = await a_worker(work)

    with capture_logs() as logs:
        for work.failure in (*[ValueError("13800138000")] * 20, KeyError(), None, None):
            await worker.tick(work.tick)

    said = [(each["log_level"], each["event"], each.get("failure")) for each in logs]
    assert said == [
        ("error", "job failed", "ValueError"),
        ("error", "job failed", "KeyError"),
        ("warning", "job works again", None),
    ]


async def test_failures_in_a_row_add_up_until_a_tick_succeeds(db):
    work = Work()
    worker = await a_worker(work)
    seen = []

    for work.failure in (KeyError("a"), KeyError("b"), None, KeyError("c")):
        await worker.tick(work.tick)
        await worker.tell()
        seen.append((await work.row())["consecutive_failures"])

    assert seen == [1, 2, 0, 1]
    assert await counted(work) == (4, 0, 3, 1)


async def test_what_could_not_be_told_is_told_later_and_once(db):
    work = Work()
    worker = await a_worker(work)
    work.answer = 2
    await worker.tick(work.tick)
    await database.execute("ALTER TABLE kernel_job_run RENAME TO kernel_job_run_away")
    try:
        with pytest.raises(Exception, match="kernel_job_run"):
            await worker.tell()
        untold = await counted(work)
        work.answer = 5
        await worker.tick(work.tick)
    finally:
        await database.execute("ALTER TABLE kernel_job_run_away RENAME TO kernel_job_run")

    await worker.tell()
    await worker.tell()

    (run,) = await ran()
    assert (untold, await counted(work)) == ((0, 0, 0, 0), (2, 7, 0, 0))
    assert (run["ticks"], run["count"]) == (2, 7)


def test_what_is_kept_while_the_database_is_away_does_not_grow_with_time():
    tallies = Tallies()

    for second in range(10_000):
        tallies.begin("test.work", 1.0, second)
        failure = "OSError" if second % 2 else None
        tallies.end("test.work", started=second, ended=second + 0.5, count=1, failure=failure)
        tallies.put_back(tallies.take())

    (kept,) = tallies.take().values()
    assert (kept.ticks, kept.items, kept.failures) == (10_000, 10_000, 5_000)
    assert sorted(map(str, kept.spells)) == ["None", "OSError"]


def test_a_tick_is_late_by_what_passed_beyond_its_rhythm_and_never_for_a_pause():
    tallies = Tallies()

    tallies.begin("test.work", 5.0, 100.0)
    tallies.begin("test.work", 5.0, 112.5)
    late = tallies.take()["test.work"].late_s
    tallies.leave_out("test.work")
    tallies.begin("test.work", 5.0, 500.0)
    after_a_pause = tallies.take()["test.work"].late_s

    assert (late, after_a_pause) == (7.5, 0.0)


async def test_a_paused_job_runs_on_neither_of_two_workers_until_it_is_resumed(db):
    work, other = Work(), Work("test.other")
    workers = [await a_worker(work, other) for _ in range(2)]
    administrator = await an_administrator()

    await commands.pause_job(administrator, work.id, reason="维护")
    for worker in workers:
        await worker.beat()
        await worker.tick(work.tick)
        await worker.tick(other.tick)
    paused = (work.runs, other.runs)
    await commands.resume_job(administrator, work.id)
    for worker in workers:
        await worker.beat()
        await worker.tick(work.tick)

    assert (paused, work.runs) == ((0, 2), 2)


async def test_a_worker_that_begins_knows_what_is_paused_before_its_first_tick(db):
    work = Work()
    await a_worker(work)
    await commands.pause_job(SYSTEM, work.id, reason="维护")

    worker = await a_worker(work)
    await worker.tick(work.tick)

    assert work.runs == 0


async def test_a_run_on_order_runs_once_though_eight_workers_hear_of_it(db):
    work = Work()
    work.answer = 3
    workers = [await a_worker(work) for _ in range(8)]
    administrator = await an_administrator()
    run_id, _ = await commands.run_job_now(administrator, work.id, key=uuid4())

    await asyncio.gather(*(worker.beat() for worker in workers))
    for worker in workers:
        await worker.end()

    (run,) = await ran()
    assert work.runs == 1
    assert (run["id"], run["state"], run["count"]) == (run_id, "done", 3)
    assert run["asked_by_id"] == administrator.person_id
    assert await counted(work) == (1, 3, 0, 0)


async def test_a_paused_job_runs_once_on_order_and_stays_paused(db):
    work = Work()
    worker = await a_worker(work)
    await commands.pause_job(SYSTEM, work.id, reason="维护")

    await commands.run_job_now(SYSTEM, work.id, key=uuid4())
    await worker.beat()
    await worker.tick(work.tick)
    await worker.end()

    assert work.runs == 1
    assert (await work.row())["paused_reason"] == "维护"


async def test_two_orders_that_wait_are_one_run_and_a_key_is_one_order(db):
    work = Work()
    worker = await a_worker(work)
    key = uuid4()

    first = await commands.run_job_now(SYSTEM, work.id, key=key)
    second = await commands.run_job_now(SYSTEM, work.id, key=uuid4())
    await worker.beat()
    await worker.end()
    again = await commands.run_job_now(SYSTEM, work.id, key=key)

    assert (first, second, again) == ((first[0], False), (first[0], False), (first[0], True))
    assert (work.runs, len(await ran())) == (1, 1)


async def test_an_ordered_run_that_fails_says_so_by_its_class(db):
    work = Work()
    work.failure = RuntimeError("13800138000")
    worker = await a_worker(work)
    await commands.run_job_now(SYSTEM, work.id, key=uuid4())

    await worker.beat()
    await worker.end()

    (run,) = await ran()
    assert (run["state"], run["failure"]) == ("failed", "RuntimeError")
    assert await counted(work) == (1, 0, 1, 1)


async def test_what_was_missed_while_no_worker_ran_is_due_at_once(moved_clock):
    hourly, daily = Work("test.hourly", every_s=3600), Work("test.daily", every_s=86_400)
    worker = await a_worker(hourly, daily)
    await worker.tick(hourly.tick)
    await worker.tick(daily.tick)
    await worker.end()
    await moved_clock.advance(timedelta(hours=3))

    due_in_s = await working.register(
        database.new_id(), name="next", jobs={"test.hourly": 3600, "test.daily": 86_400}
    )

    assert due_in_s["test.hourly"] == 0
    assert due_in_s["test.daily"] == pytest.approx(21 * 3600, abs=60)


async def test_a_clock_that_was_put_back_delays_nothing_beyond_its_rhythm(moved_clock):
    hourly = Work("test.hourly", every_s=3600)
    worker = await a_worker(hourly)
    await worker.tick(hourly.tick)
    await worker.end()
    await moved_clock.advance(timedelta(days=-10))

    due_in_s = await working.register(database.new_id(), name="next", jobs={"test.hourly": 3600})

    assert due_in_s == {"test.hourly": 3600}


async def test_a_job_that_the_timetable_no_longer_has_is_retired_and_may_come_back(db):
    old, new = Work("test.old"), Work("test.new")
    await a_worker(old)

    await a_worker(new)
    retired = (await old.row())["retired_at"]
    with pytest.raises(NotFound):
        await commands.pause_job(SYSTEM, old.id, reason="维护")
    await a_worker(old, new)

    assert retired is not None
    assert ((await old.row())["retired_at"], (await old.row())["paused_at"]) == (None, None)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201, "a\x00b"])
async def test_a_pause_without_a_reason_is_refused_and_pauses_nothing(db, reason):
    work = Work()
    await a_worker(work)

    with pytest.raises(InvalidInput):
        await commands.pause_job(SYSTEM, work.id, reason=reason)

    assert (await work.row())["paused_at"] is None
    assert await database.fetch_value("SELECT count(*) FROM kernel_audit") == 0


async def test_pausing_twice_keeps_the_first_reason_and_is_audited_once(db):
    work = Work()
    await a_worker(work)
    administrator = await an_administrator()

    for reason in ("第一", "第二"):
        await commands.pause_job(administrator, work.id, reason=reason)
    for _ in range(2):
        await commands.resume_job(administrator, work.id)

    entries = await database.fetch("SELECT command, actor_id FROM kernel_audit ORDER BY sequence")
    assert [(each["command"], each["actor_id"]) for each in entries] == [
        ("pauseJob", administrator.person_id),
        ("resumeJob", administrator.person_id),
    ]
    assert (await work.row())["paused_at"] is None


async def test_runs_alarms_and_workers_of_long_ago_are_forgotten(moved_clock):
    work = Work()
    work.answer = 1
    worker = await a_worker(work)
    await worker.tick(work.tick)
    await worker.end()
    kept = settings.current().job_runs_kept_days

    await moved_clock.advance(timedelta(days=kept - 1))
    early = await working.sweep()
    await moved_clock.advance(timedelta(days=2))
    late = await working.sweep()

    assert (early, late) == (0, 2)
    assert await ran() == []
    assert await database.fetch_value("SELECT count(*) FROM kernel_worker") == 0
    assert await counted(work) == (1, 1, 0, 0)


async def test_a_whole_worker_ticks_tells_and_stops_in_order(db):
    work = Work(every_s=0.05)
    work.answer = 1
    stop = asyncio.Event()
    running = asyncio.create_task(run_worker(stop, [work.tick]))

    async with asyncio.timeout(30):
        await work.has_run_often.wait()
    stop.set()
    await running

    worker = await database.fetch_one("SELECT * FROM kernel_worker")
    assert (await counted(work))[:3] == (work.runs, work.runs, 0)
    assert worker["stopped_at"] is not None
    assert {row["worker_id"] for row in await ran()} == {worker["id"]}
