"""A server in a process of its own, and what it has used: processor time and memory."""

import asyncio
import contextlib
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """Return the seconds of processor time used so far, in user and in system mode."""
        after_name = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(after_name[11]) + int(after_name[12])) * _TICK_S

    def memory_mb(self) -> float:
        """Return the resident memory."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE / 1e6


def ours() -> tuple[str, Sequence[str]]:
    """Return the product's own command line, without a worker inside."""
    return "ours", ("-m", "api", "serve", "--no-worker", "--port")


def bare() -> tuple[str, Sequence[str]]:
    """Return the bare endpoints, served with the same loop and the same parser."""
    return "bare", (
        *("-m", "uvicorn", "--factory", "bench.bare:create_bare", "--loop", "uvloop"),
        *("--http", "httptools", "--no-access-log", "--log-level", "warning", "--port"),
    )


@asynccontextmanager
async def running(what: tuple[str, Sequence[str]]) -> AsyncIterator[Server]:
    """Start a server on a free port, wait until it answers, and stop it at the end."""
    name, arguments = what
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        str(port),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while not await _answers(port):
                if process.returncode is not None:
                    raise RuntimeError(f"{name} ended with {process.returncode}")
                await asyncio.sleep(0.05)
        yield Server(name, port, process.pid)
    finally:
        await _stopped(process)


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(10):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False


def processor() -> str:
    """Return the processor's name, or its architecture where the system does not tell."""
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
        if found:
            return found[1]
    return os.uname().machine
