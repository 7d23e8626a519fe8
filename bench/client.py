"""A load client that costs little: raw HTTP/1.1 over kept-alive sockets, bounded in count."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Load:
    """What a run of requests came to."""

    seconds: float
    latencies_ms: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def first_body(self) -> bytes:
        """Return what was answered first."""
        return self.bodies[0] if self.bodies else b""

    @property
    def per_second(self) -> float:
        """Return requests a second."""
        return len(self.latencies_ms) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency below which this share of the requests stayed, in milliseconds."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def request_bytes(path: str, body: bytes, *, token: str | None = None) -> bytes:
    """Return a POST as bytes on the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/graphql-response+json",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def load(port: int, *, clients: int, requests: int, make: Callable[[int], bytes]) -> Load:
    """Send the requests numbered 0 to `requests` from so many clients, each waiting its turn."""
    numbers = iter(range(requests))
    result = Load(seconds=0)

    async def a_client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for number in numbers:
                began = time.perf_counter()
                writer.write(make(number))
                status, body = await _answer(reader)
                result.latencies_ms.append((time.perf_counter() - began) * 1000)
                result.statuses[status] = result.statuses.get(status, 0) + 1
                result.bodies.append(body)
        finally:
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(a_client() for _ in range(clients)))
    result.seconds = time.perf_counter() - began
    return result


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    length = int(lowered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)
