"""`gongyi verify-audit`: find out whether anybody has changed the audit."""

import typer

from api.commands import ground
from api.commands.outcome import CommandFailed
from domains.kernel import audit, database


def verify_audit() -> None:
    """Follow every chain of the audit from its first entry; exits 1 where one is broken."""
    ground.run(_verify())


async def _verify() -> None:
    async with ground.migrated() as url, database.connected(url):
        found = {chain: await audit.verify(chain) for chain in await audit.chains()}
    broken = {chain: sequence for chain, sequence in found.items() if sequence is not None}
    for chain, sequence in broken.items():
        typer.echo(f"{_name(chain)} is broken at entry {sequence}.")
    if broken:
        raise CommandFailed(f"{len(broken)} of {len(found)} chains of the audit are broken")
    typer.echo(f"All {len(found)} chains of the audit are whole.")


def _name(chain: object) -> str:
    return "The platform's chain" if chain == audit.PLATFORM else f"The chain of community {chain}"
