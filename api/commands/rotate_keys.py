"""`gongyi rotate-keys`: seal personal fields anew under the first field key."""

import typer

from api.commands import ground
from api.commands.outcome import CommandFailed
from domains.kernel import crypto, database, rotation


def rotate_keys() -> None:
    """Seal personal fields anew under the first of GONGYI_FIELD_KEYS, so that the others can go.

    May be stopped and run again at any moment, while the product works. Values that do not
    open are left as they are, named by table, column and id, and make the command fail.
    """
    ground.run(_rotate())


async def _rotate() -> None:
    async with ground.migrated() as url, database.connected(url):
        done = await rotation.rotate(
            lambda where, count: ground.remark(f"{where.table}.{where.column}: {count} in all")
        )
    for where, row in done.broken:
        typer.echo(f"{where.table}.{where.column} of {row} does not open.")
    if done.broken:
        raise CommandFailed(
            f"{done.resealed} values sealed anew, {len(done.broken)} do not open: keep the old keys"
        )
    key_id = crypto.keyring().sealing_key_id
    typer.echo(f"Sealed {done.resealed} values anew; all are under the key {key_id!r}.")
