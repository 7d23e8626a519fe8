"""`gongyi jobs`: what it does and says, beside a worker that lives."""

import asyncio

import pytest
from typer.testing import CliRunner

from api.__main__ import JOBS, app
from api.commands import timetable
from api.commands.outcome import CommandFailed, ExitCode
from domains.kernel.errors import InvalidInput
from domains.kernel.operations.values import JobFilter
from tests.api.test_upkeep import gongyi
from tests.jobs.machine_room import Work, a_worker


@pytest.fixture
async def living(db):
    """A job, and a worker whose heart beats beside the test."""
    work = Work()
    work.answer = 3
    worker = await a_worker(work)
    beating = asyncio.create_task(worker.live())
    yield work
    beating.cancel()
    await asyncio.wait([beating])
    await worker.end()


@pytest.mark.parametrize("command", [["jobs"], *(["jobs", each] for each in JOBS)])
def test_every_command_says_what_it_does_and_how_it_ends(command):
    said = CliRunner().invoke(app, [*command, "--help"])

    assert said.exit_code == 0
    assert "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 settings or" in said.output


def test_a_pause_needs_a_reason():
    assert CliRunner().invoke(app, ["jobs", "pause", "test.work"]).exit_code == 2


async def test_a_job_is_run_from_the_command_line_and_what_came_of_it_is_told(db, living, tmp_path):
    code, said = await gongyi(db, tmp_path, "jobs", "run", "test.work")

    assert (code, said.splitlines()[-1].split(" in ")[0]) == (0, "Ran test.work: 3 done")
    assert living.runs == 1


async def test_a_job_that_nobody_knows_is_wrong_usage(db, living, tmp_path):
    code, said = await gongyi(db, tmp_path, "jobs", "resume", "test.none")

    assert (code, said.splitlines()[-1]) == (
        2,
        "gongyi: no job is called 'test.none': `gongyi jobs list` names those that workers know",
    )


async def test_a_job_is_paused_listed_with_its_reason_and_resumed(living, capsys):
    await timetable.pause("test.work", "维护")
    await timetable.tell_of(JobFilter.PAUSED)
    listed = capsys.readouterr().out.splitlines()
    await timetable.resume("test.work")
    await timetable.tell_of(JobFilter.PAUSED)

    assert [line.split() for line in listed] == [
        ["job", "every", "last", "began", "did", "late", "failing", "state"],
        ["test.work", "5", "s", "never", "-", "0.0", "s", "-", "paused:", "维护"],
    ]
    assert capsys.readouterr().err.splitlines() == ["Resumed test.work.", "No such job."]
    assert (await living.row())["paused_at"] is None


async def test_a_run_that_fails_is_a_failure_told_by_its_class(living):
    living.failure = ValueError("13800138000")

    with pytest.raises(CommandFailed) as failed:
        await timetable.run_once("test.work", 30)

    assert (str(failed.value), failed.value.code) == (
        "test.work ended as failed: ValueError",
        ExitCode.FAILED,
    )


async def test_a_run_that_no_worker_takes_says_so_and_waits(db):
    work = Work()
    await (await a_worker(work)).end()

    with pytest.raises(CommandFailed, match="no worker has taken"):
        await timetable.run_once("test.work", 0.1)

    assert work.runs == 0


async def test_a_run_may_be_asked_for_without_waiting(living, capsys):
    await timetable.run_once("test.work", 0)

    assert capsys.readouterr().err == "Asked for test.work.\n"


async def test_a_blank_reason_is_refused_and_pauses_nothing(living):
    with pytest.raises(InvalidInput):
        await timetable.pause("test.work", " ")

    assert (await living.row())["paused_at"] is None


async def test_before_any_worker_ran_there_is_nothing_to_list(db, capsys):
    await timetable.tell_of()

    assert capsys.readouterr().err == "No worker has run here yet.\n"
