"""One process that answers, and works besides where it is asked to: shared by serve and run."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api import logs
from api.app import create_app
from api.commands.outcome import CommandFailed
from api.server import Server, server_of
from domains.kernel import settings
from jobs.__main__ import run_worker

_BACKLOG = 2048


def bound(host: str, port: int) -> socket.socket:
    """Take an address before anything slow begins; port 0 takes any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        # Listening tells at once where another process has the port; uvicorn listens again.
        taken.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        taken.close()
        raise CommandFailed(_why_not(host, port, error)) from error
    taken.setblocking(False)
    return taken


def _why_not(host: str, port: int, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {port} is in use on {host}: choose another with --port"
    if number == errno.EACCES:
        return f"port {port} needs privileges: choose one above 1023 with --port"
    words = os.strerror(number) if number and number > 0 else str(error)
    return f"cannot listen on {host} port {port}: {words}"


def address_of(taken: socket.socket) -> str:
    """Return where a reader's browser finds the server."""
    host, port = taken.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104 - compared, not bound
    return f"http://{shown or (f'[{host}]' if ':' in host else host)}:{port}"


async def serve(taken: socket.socket, *, worker: bool, when_ready: Callable[[], object]) -> None:
    """Serve on a socket until a signal, with a pool of its own on the migrated database."""
    logs.configure(settings.current().environment)
    app = create_app(beside=run_worker if worker else None)
    server = server_of(app, host="", port=0)
    ready = asyncio.create_task(_tell(server, when_ready))
    try:
        with _signals_are_the_servers():
            await server.serve(sockets=[taken])
    finally:
        ready.cancel()
    if not server.started:
        raise CommandFailed("the server did not start; its log says why")


async def _tell(server: Server, when_ready: Callable[[], object]) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag and no event
        await asyncio.sleep(0.02)
    when_ready()


@contextmanager
def _signals_are_the_servers() -> Iterator[None]:
    """Leave signals to uvicorn, which raises each once more at its end, when it is long obeyed."""
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    before = {each: signal.signal(each, _obeyed) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _obeyed(_signal: int, _frame: object) -> None:
    """Do nothing: the server has already stopped for this signal."""
