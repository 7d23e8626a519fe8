"""Programs as users run them: processes of their own on an empty database of their own."""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import _address_of, _administer, _drop

ROOT = Path(__file__).parents[2]


class Program:
    """A command of `gongyi` that runs until it is stopped or killed; its output is a file."""

    def __init__(self, database: str, output: Path, *arguments: str) -> None:
        self.output = output
        with output.open("ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api", *arguments],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": database, "PYTHONUNBUFFERED": "1"},
                stdout=sink,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def said(self, pattern: str, *, within_s: float = 120) -> str:
        """Wait until the output holds the pattern, and return its first group."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            found = re.search(pattern, self.output.read_text())
            if found:
                return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"never said {pattern}:\n{self.output.read_text()}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as an operator would; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=90)


class Programs:
    """Starts programs on one database, and ends them with the test."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.started: list[Program] = []

    def start(self, *arguments: str) -> Program:
        """Start a command."""
        output = self.folder / f"{len(self.started)}-{arguments[0]}.log"
        output.touch()
        program = Program(self.database, output, *arguments)
        self.started.append(program)
        return program

    def run(self, *arguments: str) -> None:
        """Run a command to its end."""
        program = self.start(*arguments)
        assert program.process.wait(timeout=300) == 0, program.output.read_text()


@pytest.fixture
async def programs(server: str, tmp_path: Path) -> AsyncIterator[Programs]:
    """Programs on an empty database of this test's own."""
    name = f"gongyi_journey_{secrets.token_hex(6)}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    running = Programs(_address_of(server, name), tmp_path)
    try:
        yield running
    finally:
        for each in running.started:
            if each.process.poll() is None:
                each.kill()
        await _drop(server, name)


@pytest.fixture
async def programs_here(db: str, tmp_path: Path) -> AsyncIterator[Programs]:
    """Programs on the database that the test itself is connected to."""
    running = Programs(db, tmp_path)
    yield running
    for each in running.started:
        if each.process.poll() is None:
            each.kill()
