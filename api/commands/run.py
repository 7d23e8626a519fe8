"""`gongyi run`: everything at once, for a first look; what `make run` calls."""

import typer

from api.commands import ground, migrate, seed, serving
from api.commands.serve import Host, Port
from domains.kernel import database
from seeds import demo


def run(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Set up a database if need be, migrate, plant the demo town, and serve with a worker."""
    ground.run(_run(host, port))


async def _run(host: str, port: int) -> None:
    seed.refuse_in_production("gongyi run")
    with serving.bound(host, port) as taken:
        async with ground.standing() as url:
            await migrate.bring_up(url)
            async with database.connected(url):
                hint = await _sign_in_hint()
            address = serving.address_of(taken)
            await serving.serve(taken, worker=True, when_ready=lambda: _welcome(address, hint))


async def _sign_in_hint() -> str:
    """Plant the demo town where the database is empty, and say who may sign in."""
    found = await demo.find()
    if found is None and not await demo.is_planted():
        found = await demo.plant()
    return found.sign_in_hint if found else "as a person of the register, by phone and code."


def _welcome(address: str, hint: str) -> None:
    typer.echo(f"\nGongyi is ready at {address}\nSign in as {hint}\nCtrl-C stops it.\n")
