"""`gongyi seed`: plant a town of made-up people, by the product's own commands."""

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from api.commands import ground
from api.commands.outcome import CommandFailed
from domains.kernel import database, settings
from domains.kernel.settings import Environment
from seeds import demo, town


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


def plant_town() -> None:
    """Plant 12,532 residents in 4,377 households, 7 estates and 82 buildings, in under a minute."""
    ground.run(_plant_town())


async def _plant_town() -> None:
    refuse_in_production("gongyi seed town")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed())
    async with ground.migrated() as url, database.connected(url):
        with Progress(*columns, console=Console(stderr=True)) as bars:
            planted = await town.plant(_Steps(bars).told)
    typer.echo(
        f"The town stands: {planted.residents:,} residents in {planted.households:,} households."
        f" Sign in as {planted.sign_in_hint}"
    )


class _Steps:
    """One bar a step, in the order in which the steps come."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._known: dict[str, TaskID] = {}

    def told(self, step: str, done: int, total: int) -> None:
        """Show how much of a step is done."""
        if step not in self._known:
            self._known[step] = self._bars.add_task(step, total=total)
        self._bars.update(self._known[step], completed=done, total=total)
