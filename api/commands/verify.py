"""`gongyi verify FILE --key KEY`: hold what was published against the log, and nothing else."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands import ground, keys
from api.commands.outcome import CommandFailed, ExitCode
from domains.disclosure.rules import proofs
from domains.disclosure.rules.heads import SignedHead
from domains.kernel import signing
from domains.kernel.signing import PublicKey


def verify(
    file: Annotated[
        Path,
        typer.Argument(help="A copy, a growth or a head of the log.", exists=True, dir_okay=False),
    ],
    key: Annotated[
        list[str],
        typer.Option(help="A public key of the log, id:base64, or a file of them, one a line."),
    ],
    head: Annotated[
        Path | None,
        typer.Option(help="A head kept from before, to hold it against.", dir_okay=False),
    ] = None,
) -> None:
    """Check what was published against a signed head, without database or network.

    Prints each check; exits 1 with what differs.
    """
    public_keys = _keys(key)
    kept = None if head is None else _kept(head)
    content = _content(file)
    checks = list(proofs.verify(content, public_keys, kept=kept))
    for check in checks:
        typer.echo(f"{'ok' if check.holds else 'FAIL':<5} {check.name:<13} {check.found}")
    failed = [check.name for check in checks if not check.holds]
    if failed:
        about = proofs.subject(content) or file.name
        raise CommandFailed(f"{about}: what differs: {', '.join(failed)}")
    typer.echo("It is as the log has it.")


def log_keys() -> None:
    """Print the public keys of this installation's log, the one that signs now first."""
    keys.provide(ground.remark)
    for each in signing.ring().public_keys():
        typer.echo(str(each))


def _keys(given: list[str]) -> list[PublicKey]:
    """Read keys as they are given, or from files of them."""
    lines: list[str] = []
    for each in given:
        path = Path(each)
        text = _content(path).decode(errors="replace") if ":" not in each else each
        lines.extend(filter(None, (line.strip() for line in text.splitlines())))
    try:
        return [signing.public_key(line) for line in lines]
    except ValueError as error:
        raise CommandFailed(f"--key: {error}", code=ExitCode.USAGE) from error


def _kept(file: Path) -> SignedHead:
    try:
        return proofs.read_head(_content(file))
    except proofs.Unreadable as fault:
        raise CommandFailed(f"--head {file.name}: {fault}", code=ExitCode.USAGE) from fault


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > proofs.MOST_BYTES:
            raise CommandFailed(f"{file}: larger than {proofs.MOST_BYTES} bytes")
        return file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}", code=ExitCode.USAGE) from error
