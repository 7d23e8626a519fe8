"""One balance and 64 who spend it: at once, and while servers and databases are killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from api.postgres import embedded
from tests.api.test_postgres import _server_of
from tests.api.test_postgres import folder as folder  # noqa: PLC0414  # a fixture, used by name
from tests.journey.clients import insistently
from tests.journey.conftest import ROOT, Programs
from tests.journey.test_killed import SERVING
from tests.timebank import apart
from tests.timebank.apart import EACH, SPENDERS
from tests.timebank.test_ledger import SOUND

GIVE = """
mutation ($input: GiveMinutesInput!) { giveMinutes(input: $input) {
  __typename ... on UserError { code } } }
"""
Killing = Callable[[list[str]], Awaitable[None]]


async def _gives(town: list[str], token: str, given: dict[str, Any]) -> str:
    """Repeat one gift with one key until it is answered."""
    keyed = given | {"idempotencyKey": str(uuid4())}
    said = (await insistently(town, token, GIVE, input=keyed))["giveMinutes"]
    return str(said.get("code", said["__typename"]))


async def _spend(planted: dict[str, Any], address: list[str], killing: Killing) -> dict[str, int]:
    """All 64 give at once while something is killed; returns how often each was answered."""
    given = {"fromId": planted["fromId"], "toId": planted["toId"], "minutes": EACH}
    gifts = [_gives(address, token, given) for token in planted["tokens"]]
    *answers, _ = await asyncio.gather(*gifts, killing(address))
    said = [str(each) for each in answers]
    return {each: said.count(each) for each in sorted(set(said))}


async def _nothing(address: list[str]) -> None:
    """Kill nothing."""


async def test_64_clients_spend_one_balance_over_http_and_no_minute_more(programs_here: Programs):
    planted = await apart.plant(10 * EACH)
    program = programs_here.start("serve", "--port", "0", "--no-worker")

    answers = await _spend(planted, [program.said(SERVING)], _nothing)

    found = await apart.check(planted["fromId"], planted["toId"])
    assert answers == {"INSUFFICIENT_BALANCE": SPENDERS - 10, "MinutesMoved": 10}
    assert found == {"held": [0, 10 * EACH], "gifts": 10, "faults": SOUND}
    assert program.stop() == 0


async def test_a_server_killed_while_minutes_move_loses_and_doubles_none(programs_here: Programs):
    planted = await apart.plant(50 * EACH)
    program = programs_here.start("serve", "--port", "0", "--no-worker")

    async def kill_twice(address: list[str]) -> None:
        nonlocal program
        for _ in range(2):
            await asyncio.sleep(0.15)
            program.kill()
            program = programs_here.start("serve", "--port", "0", "--no-worker")
            address[0] = await asyncio.to_thread(program.said, SERVING)

    answers = await _spend(planted, [program.said(SERVING)], kill_twice)

    found = await apart.check(planted["fromId"], planted["toId"])
    assert answers == {"INSUFFICIENT_BALANCE": SPENDERS - 50, "MinutesMoved": 50}
    assert found == {"held": [0, 50 * EACH], "gifts": 50, "faults": SOUND}
    assert program.stop() == 0


def _apart(url: str, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.timebank.apart", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


async def test_a_database_killed_while_minutes_move_loses_and_doubles_none(
    folder: Path, tmp_path: Path
):
    async with embedded(folder) as url:
        programs = Programs(url, tmp_path)
        await asyncio.to_thread(programs.run, "migrate")
        planted = await asyncio.to_thread(_apart, url, "plant", str(50 * EACH))
        program = programs.start("serve", "--port", "0", "--no-worker")
        address = [await asyncio.to_thread(program.said, SERVING)]
        killed = []

        async def kill_the_database(address: list[str]) -> None:
            await asyncio.sleep(0.1)
            server = _server_of(folder)
            assert server is not None
            os.kill(server, signal.SIGKILL)
            killed.append(server)

        try:
            answers = await _spend(planted, address, kill_the_database)
            found = await asyncio.to_thread(
                _apart, url, "check", planted["fromId"], planted["toId"]
            )
            again = _server_of(folder)
        finally:
            program.kill()

    assert answers == {"INSUFFICIENT_BALANCE": SPENDERS - 50, "MinutesMoved": 50}
    assert found == {"held": [0, 50 * EACH], "gifts": 50, "faults": SOUND}
    assert killed != [again]
