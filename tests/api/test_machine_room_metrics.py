"""What Prometheus reads of the machine room: of all workers, from any server."""

from datetime import timedelta

from api import metrics
from domains.kernel.operations import queries
from domains.kernel.settings import current
from jobs.watching import Watch
from tests.jobs.machine_room import Work, a_worker, time_passes


async def lines():
    """What is told, one line a figure."""
    metrics.MACHINE_ROOM.figures = await queries.figures()
    return metrics.text().decode().splitlines()


async def test_jobs_workers_and_alarms_are_told_and_nobody_is_named(db):
    work = Work()
    worker = await a_worker(work)
    work.answer = 3
    await worker.tick(work.tick)
    work.failure = ValueError("13800138000")
    await worker.tick(work.tick)
    await worker.tell()
    await time_passes(timedelta(seconds=current().worker_missed_after_s + 5))
    watch = Watch()
    await watch.look()
    await watch.look()

    told = await lines()

    for figure in (
        'gongyi_job_seconds_count{job="test.work"} 2.0',
        'gongyi_job_items_total{job="test.work"} 3.0',
        'gongyi_job_failures_total{job="test.work"} 1.0',
        'gongyi_job_paused{job="test.work"} 0.0',
        'gongyi_alarms{kind="no_worker"} 1.0',
        'gongyi_alarms{kind="worker_missed"} 1.0',
    ):
        assert figure in told
    (silent,) = [each for each in told if each.startswith("gongyi_worker_silent_seconds{")]
    assert float(silent.rsplit(" ", 1)[1]) >= current().worker_missed_after_s
    assert "13800138000" not in str(told)
