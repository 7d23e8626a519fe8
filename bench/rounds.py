"""Two servers, round by round in turn, so that what else the machine does falls on both."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.client import Load, load
from bench.report import Figure
from bench.server import Server

Make = Callable[[int], bytes]


@dataclass
class Rounds:
    """What one server did in each round."""

    cpu_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    last: Load | None = None

    def note(self, ran: Load, cpu_s: float) -> None:
        """Add a round."""
        self.cpu_ms.append(cpu_s * 1000 / len(ran.latencies_ms))
        self.per_second.append(ran.per_second)
        self.p50_ms.append(ran.percentile(0.5))
        self.p99_ms.append(ran.percentile(0.99))
        self.last = ran


async def one(server: Server, into: Rounds, *, clients: int, requests: int, make: Make) -> None:
    """Run one round and note it; every answer must be 200."""
    before = server.cpu_s()
    ran = await load(server.port, clients=clients, requests=requests, make=make)
    into.note(ran, server.cpu_s() - before)
    if set(ran.statuses) != {200}:
        raise RuntimeError(f"{server.name} answered {ran.statuses}: {ran.first_body[:300]!r}")


def figures(section: str, of: str, ours: Rounds, bare: Rounds) -> list[Figure]:
    """Return what the rounds came to."""
    return [
        Figure(section, f"processor time per {of}", "ms", ours.cpu_ms, bare.cpu_ms),
        Figure(section, f"{of}s per second", "1/s", ours.per_second, bare.per_second),
        Figure(section, "latency p50", "ms", ours.p50_ms, bare.p50_ms),
        Figure(section, "latency p99", "ms", ours.p99_ms, bare.p99_ms),
    ]
