"""`gongyi jobs`, as a reader meets it: run as a process of its own beside a worker that lives."""

import asyncio

import pytest
from typer.testing import CliRunner

from api.__main__ import JOBS, app
from tests.api.test_upkeep import gongyi
from tests.jobs.machine_room import Work, a_worker


@pytest.fixture
async def living(db):
    """A job, and a worker whose heart beats beside the test."""
    work = Work()
    work.answer = 3
    worker = await a_worker(work)
    stop = asyncio.Event()
    beating = asyncio.create_task(worker.live(stop))
    yield work
    stop.set()
    await beating
    await worker.end()


@pytest.mark.parametrize("command", [["jobs"], *(["jobs", each] for each in JOBS)])
def test_every_command_says_what_it_does_and_how_it_ends(command):
    said = CliRunner().invoke(app, [*command, "--help"])

    assert said.exit_code == 0
    assert "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 settings or" in said.output


async def test_a_job_is_paused_listed_with_its_reason_and_resumed(db, living, tmp_path):
    paused = await gongyi(db, tmp_path, "jobs", "pause", "test.work", "--reason", "维护")
    listed = await gongyi(db, tmp_path, "jobs", "list", "--which", "paused")
    resumed = await gongyi(db, tmp_path, "jobs", "resume", "test.work")
    none_left = await gongyi(db, tmp_path, "jobs", "list", "--which", "paused")

    assert (paused[0], paused[1].splitlines()[-1]) == (0, "Paused test.work.")
    assert listed[1].splitlines()[-1].split() == [
        *("test.work", "5", "s", "never", "-", "0.0", "s", "-", "paused:", "维护")
    ]
    assert (resumed[0], none_left[1].splitlines()[-1]) == (0, "No such job.")
    assert (await living.row())["paused_at"] is None


async def test_a_job_is_run_once_and_what_came_of_it_is_told(db, living, tmp_path):
    code, said = await gongyi(db, tmp_path, "jobs", "run", "test.work")

    assert (code, said.splitlines()[-1].split(" in ")[0]) == (0, "Ran test.work: 3 done")
    assert living.runs == 1


async def test_a_run_that_fails_is_a_failure_told_by_its_class(db, living, tmp_path):
    living.failure = ValueError("13800138000")

    code, said = await gongyi(db, tmp_path, "jobs", "run", "test.work")

    assert code == 1
    assert said.splitlines()[-1] == "gongyi: test.work ended as failed: ValueError"
    assert "13800138000" not in said


async def test_a_run_that_no_worker_takes_says_so_and_waits(db, tmp_path):
    work = Work()
    await (await a_worker(work)).end()

    code, said = await gongyi(db, tmp_path, "jobs", "run", "test.work", "--wait-s", "0.1")

    assert (code, said.splitlines()[-1]) == (
        1,
        "gongyi: no worker has taken test.work yet; it waits for the first that comes",
    )
    assert work.runs == 0


@pytest.mark.parametrize(
    "command", [("pause", "test.none", "--reason", "维护"), ("resume", "test.none")]
)
async def test_a_job_that_nobody_knows_is_wrong_usage(db, living, tmp_path, command):
    code, said = await gongyi(db, tmp_path, "jobs", *command)

    assert (code, said.splitlines()[-1]) == (
        2,
        "gongyi: no job is called 'test.none': `gongyi jobs list` names those that workers know",
    )


async def test_a_pause_without_a_reason_is_wrong_usage(db, living, tmp_path):
    missing = await gongyi(db, tmp_path, "jobs", "pause", "test.work")
    blank = await gongyi(db, tmp_path, "jobs", "pause", "test.work", "--reason", " ")

    assert (missing[0], blank[0]) == (2, 1)
    assert blank[1].splitlines()[-1] == ("gongyi: Invalid input: a reason has 1 to 200 characters.")
    assert (await living.row())["paused_at"] is None


async def test_before_any_worker_ran_there_is_nothing_to_list(db, tmp_path):
    code, said = await gongyi(db, tmp_path, "jobs", "list")

    assert (code, said.splitlines()[-1]) == (0, "No worker has run here yet.")
