"""Serving: uvicorn with what was measured to be fast, and an orderly end.

On the first signal the process says that it is not ready, goes on accepting for
`drain_notice_s`, then stops accepting, closes sockets with 1012 and lets running
requests finish for `drain_s`. A second signal ends it at once.
"""

import asyncio
import gc
import signal
import socket
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from api.edge import Edge

WEBSOCKET_BYTES = 1_000_000
_COLLECT_AFTER = (10_000, 20, 20)  # new objects, and young and middle collections


class Server(uvicorn.Server):
    """uvicorn's server, which tells the edge first that it is going to stop."""

    def __init__(self, config: uvicorn.Config, edge: Edge) -> None:
        super().__init__(config)
        self.edge = edge

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and leave what startup made out of garbage collection: it stays to the end.

        Walking the schema's objects again and again was a fifth of a request's time.
        """
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain on the first signal, leave on the second."""
        if self.edge.draining:
            self.should_exit = True
            self.force_exit = sig == signal.SIGINT
            return
        self._captured_signals.append(sig)
        self.drain()

    def drain(self) -> None:
        """Say that the process is not ready, and stop accepting a little later."""
        self.edge.draining = True
        notice = self.edge.settings.drain_notice_s
        asyncio.get_running_loop().call_later(notice, self._stop)

    def _stop(self) -> None:
        self.edge.groups.finish()
        self.should_exit = True


def server_of(app: Starlette, *, host: str, port: int) -> Server:
    """Return a server for the application, not yet started."""
    edge: Edge = app.state.edge
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=WEBSOCKET_BYTES,
        ws_per_message_deflate=False,
        lifespan="on",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(edge.settings.drain_s),
    )
    return Server(config, edge)
