"""`gongyi seed`: plant a town of made-up people, by the product's own commands."""

import typer

from api.commands import ground
from api.commands.outcome import CommandFailed
from domains.kernel import database, settings
from domains.kernel.settings import Environment
from seeds import demo


def refuse_in_production(command: str) -> None:
    """Keep made-up people out of a register of real ones."""
    if settings.current().environment is Environment.PRODUCTION:
        raise CommandFailed(
            f"`{command}` plants made-up people, so not in production:"
            " use `gongyi migrate` and `gongyi serve`"
        )


def plant_demo() -> None:
    """Plant a small town within seconds, with polls to look at; planting twice is planting once."""
    ground.run(_plant_demo())


async def _plant_demo() -> None:
    refuse_in_production("gongyi seed demo")
    async with ground.migrated() as url, database.connected(url):
        planted = await demo.plant()
    typer.echo(f"The demo town stands. Sign in as {planted.sign_in_hint}")
