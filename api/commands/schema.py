"""`gongyi schema`: the contract in the schema definition language."""

import difflib
from pathlib import Path
from typing import Annotated

import typer

from api.commands.outcome import CommandFailed
from schema import contract


def schema(
    check: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, readable=True, help="Compare with this file instead."
        ),
    ] = None,
) -> None:
    """Print the GraphQL schema, or with --check exit 1 where a file differs from it."""
    present = contract.printed()
    if check is None:
        typer.echo(present, nl=False)
        return
    committed = check.read_text(encoding="utf-8")
    if committed == present:
        typer.echo(f"{check} is the present schema.")
        return
    difference = difflib.unified_diff(
        committed.splitlines(), present.splitlines(), str(check), "present", lineterm=""
    )
    typer.echo("\n".join(difference))
    raise CommandFailed(f"{check} differs from the present schema")
