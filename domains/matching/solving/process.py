"""The matcher in a process of its own, with a wall clock and a limit of memory.

Whatever goes wrong there (it dies, hangs, is short of memory, or answers nonsense) ends in the
greedy arrangement, which says so. Nothing is believed: every answer is checked here again.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from domains.matching.solving import checking
from domains.matching.solving.proposal import Proposal
from domains.matching.solving.snapshot import Snapshot

SOLVER = (sys.executable, "-m", "domains.matching.solving")
MEMORY_BYTES = 4 << 30
GRACE_S = 15
_ROOT = Path(__file__).resolve().parents[3]
_MOST_SAID = 300


class ProcessFailedError(RuntimeError):
    """The process gave no lawful proposal; the message is for a log and for staff."""


async def propose(
    snapshot: Snapshot,
    *,
    solver: Sequence[str] = SOLVER,
    memory_bytes: int = MEMORY_BYTES,
    wall_s: float | None = None,
) -> Proposal:
    """Return the best arrangement, or where that fails a greedy one with `exact=False` and why.

    The wall clock is half as much again as the snapshot's seconds, and a little grace for starting
    and writing, unless one is given. It raises
    ProcessFailedError only if even the greedy arrangement fails.
    """
    wall = snapshot.terms.seconds * 3 / 2 + GRACE_S if wall_s is None else wall_s
    content = await asyncio.to_thread(snapshot.to_bytes)
    limit = f"--memory={memory_bytes}"
    try:
        return await _proposed(snapshot, content, [*solver, limit], wall_s=wall)
    except ProcessFailedError as failure:
        note = f"A greedy arrangement, because the solver failed: {failure}"
    command = [*SOLVER, f"--memory={MEMORY_BYTES}", f"--greedily={note}"]
    return await _proposed(snapshot, content, command, wall_s=max(60, snapshot.terms.seconds * 2))


async def _proposed(
    snapshot: Snapshot, content: bytes, command: Sequence[str], *, wall_s: float
) -> Proposal:
    answer = await _run(command, content, wall_s=wall_s)
    try:
        proposal = Proposal.from_bytes(answer)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProcessFailedError("it answered nonsense") from error
    broken = await asyncio.to_thread(_breaches, snapshot, proposal)
    if broken:
        raise ProcessFailedError(f"it broke rules: {'; '.join(broken)[:_MOST_SAID]}")
    return proposal


def _breaches(snapshot: Snapshot, proposal: Proposal) -> list[str]:
    try:
        return checking.breaches(snapshot, proposal)
    except (TypeError, AttributeError, ValueError) as error:
        return [f"it answered nonsense ({error})"]


async def _run(command: Sequence[str], content: bytes, *, wall_s: float) -> bytes:
    """Run a command to its end or to its time, and return what it wrote."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            env=_environment(),
        )
    except OSError as error:
        raise ProcessFailedError(f"it could not be started: {error}") from error
    try:
        answer, said = await asyncio.wait_for(process.communicate(content), wall_s)
    except TimeoutError as error:
        raise ProcessFailedError(f"it took more than {wall_s:g} s") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        last = said.decode(errors="replace").strip().rsplit("\n", 1)[-1][:_MOST_SAID]
        raise ProcessFailedError(f"it ended with {process.returncode}: {last}")
    return answer


def _environment() -> dict[str, str]:
    """Return what a solver has to know: where the code is, and no secret of the server's.

    Linear algebra by one thread: more would reserve memory for each and win nothing here.
    """
    path = os.environ.get("PYTHONPATH", "")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(part for part in (str(_ROOT), path) if part),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
