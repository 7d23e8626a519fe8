"""The matcher in a process of its own: towns of two sizes, beside greed and a broadcast.

Time and memory are those of the whole process, from reading the snapshot to writing the proposal.
`python -m bench.matching` measures this alone, without a database.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from bench import report
from bench.planted import a_town
from bench.report import Figure
from domains.matching.solving import checking, comparators
from domains.matching.solving.comparators import Fare
from domains.matching.solving.proposal import Proposal
from domains.matching.solving.snapshot import Snapshot, Terms

SIZES = ((2_000, 10_000), (20_000, 100_000))
SECONDS = 110
_SECTION = "matching"


@dataclass(frozen=True, slots=True)
class _Run:
    proposal: Proposal
    seconds: float
    processor_seconds: float
    megabytes: float


async def matching() -> list[Figure]:
    """Arrange a town of each size, and the smaller one with shifts that overlap."""
    figures = []
    for needs, volunteers in SIZES:
        town = a_town(needs, volunteers, terms=Terms(seconds=SECONDS))
        name = f"{needs:,} needs, {volunteers:,} volunteers"
        figures += await asyncio.to_thread(_figures, name, town)
    crossing = a_town(*SIZES[0], overlapping=True, terms=Terms(seconds=60))
    return figures + await asyncio.to_thread(_figures, "overlapping shifts", crossing)


def _figures(name: str, town: Snapshot) -> list[Figure]:
    run = _arranged(town)
    proposal = run.proposal
    broken = checking.breaches(town, proposal)
    if broken:
        raise RuntimeError(f"the proposal breaks rules: {broken[:3]}")
    rows = [
        ("whole process", "s", run.seconds),
        ("whole process, processor", "s", run.processor_seconds),
        ("peak memory", "MB", run.megabytes),
    ]
    for stage in proposal.stages:
        rows += [
            (f"stage {stage.name}", "s", stage.milliseconds / 1000),
            (f"stage {stage.name}: objective ({stage.method})", "points", stage.objective),
            (f"stage {stage.name}: gap", "points", stage.gap or 0),
        ]
    rows.append(("rounds between the stages", "rounds", proposal.rounds))
    for who, fare in comparators.compare(town, proposal).items():
        rows += _fares(who, fare)
    return [Figure(_SECTION, f"{name}: {said}", unit, [value]) for said, unit, value in rows]


def _fares(who: str, fare: Fare) -> list[tuple[str, str, float]]:
    return [
        (f"{who}: filled", "%", 100 * fare.filled / fare.places),
        (f"{who}: distance", "m", fare.metres),
        (f"{who}: unevenness of turns (Gini)", "1/1000", fare.uneven_permille),
    ]


def _arranged(town: Snapshot) -> _Run:
    """Run the matcher's own process, and ask the system what it took."""
    with tempfile.TemporaryFile() as snapshot, tempfile.TemporaryFile() as answer:
        snapshot.write(town.to_bytes())
        snapshot.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "domains.matching.solving"],
            stdin=snapshot,
            stdout=answer,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"the matcher ended with {process.returncode}")
        answer.seek(0)
        return _Run(
            Proposal.from_bytes(answer.read()),
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024,
        )


if __name__ == "__main__":
    report.show(asyncio.run(matching()), {})
