"""`gongyi recount FILE`: count a decided poll again from its sealed file, and nothing else."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from api.commands.outcome import CommandFailed
from domains.voting.rules import bundle


def recount(
    file: Annotated[
        Path, typer.Argument(help="The sealed bundle of a poll.", exists=True, dir_okay=False)
    ],
    sha256: Annotated[
        str | None, typer.Option(help="What the file must hash to, as published with the result.")
    ] = None,
) -> None:
    """Count a poll again from its sealed bundle, without database or network.

    Prints each check; exits 1 with what differs.
    """
    content = file.read_bytes()
    checks = [*_published(content, sha256), *bundle.verify(content)]
    for check in checks:
        typer.echo(f"{'ok' if check.holds else 'FAIL':<5} {check.name:<13} {check.found}")
    failed = [check.name for check in checks if not check.holds]
    if failed:
        raise CommandFailed(f"what differs: {', '.join(failed)}")
    typer.echo("The recount gives the same bytes.")


def _published(content: bytes, expected: str | None) -> list[bundle.Check]:
    """Hold the file's hash against the published one, where the caller has it."""
    digest = hashlib.sha256(content).hexdigest()
    if expected is None:
        return [bundle.Check("sha256", True, digest)]
    same = digest == expected.strip().lower()
    return [bundle.Check("sha256", same, digest if same else f"{digest}, not the published one")]
