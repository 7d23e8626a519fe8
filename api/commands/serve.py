"""`gongyi serve`: answer over HTTP, and work besides unless workers run apart."""

from typing import Annotated

import typer

from api.commands import ground, serving

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any that is free.")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Run due work inside this process too.")
    ] = True,
) -> None:
    """Serve the API until a signal; the database must be migrated."""
    ground.run(_serve(host, port, worker=worker))


async def _serve(host: str, port: int, *, worker: bool) -> None:
    with serving.bound(host, port) as taken:
        async with ground.migrated():
            await serving.serve(
                taken,
                worker=worker,
                when_ready=lambda: ground.remark(f"Serving at {serving.address_of(taken)}"),
            )
