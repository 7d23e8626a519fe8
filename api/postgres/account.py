"""PostgreSQL refuses to run as root, so as root it runs under an unprivileged account.

The account must exist already: none is created, and no folder of another's is opened up for it.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from api.postgres.failure import PostgresUnavailable

_CANDIDATES = ("nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """Who the server runs as; `switches` where that is not who we are."""

    name: str
    uid: int
    gid: int
    switches: bool


def account_for(cluster: Path) -> Account:
    """Choose the account: our own, or as root the cluster's owner or one without privileges."""
    if os.geteuid() != 0:
        own = os.geteuid()
        if cluster.exists() and cluster.stat().st_uid != own:
            raise PostgresUnavailable(
                f"{cluster} belongs to another account (uid {cluster.stat().st_uid});"
                " run as that account, or set GONGYI_DATA_DIR to a folder of your own"
            )
        return Account(name=str(own), uid=own, gid=os.getegid(), switches=False)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(name=str(owner.st_uid), uid=owner.st_uid, gid=owner.st_gid, switches=True)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid, switches=True)
    raise PostgresUnavailable(
        "PostgreSQL refuses to run as root, and this machine has no account"
        f" {' or '.join(_CANDIDATES)}; run as an ordinary user, or set DATABASE_URL"
    )


def _environment() -> dict[str, str]:
    """Return our environment without what would steer PostgreSQL's own programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_MESSAGES": "C", "TZ": "UTC"}


def start(
    account: Account, command: Sequence[str | Path], *, output: int | IO[bytes]
) -> "subprocess.Popen[bytes]":
    """Start a program as the account, in a session of its own so that Ctrl-C is not for it."""
    try:
        return subprocess.Popen(  # noqa: S603 - our own command, and no shell
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            user=account.uid if account.switches else None,
            group=account.gid if account.switches else None,
            extra_groups=[] if account.switches else None,
        )
    except OSError as error:
        raise PostgresUnavailable(
            f"cannot run {command[0]} as {account.name}: {error.strerror};"
            " run as an ordinary user, or set DATABASE_URL"
        ) from error


def run(account: Account, command: Sequence[str | Path]) -> tuple[int, str]:
    """Run a program as the account to its end; return its status and what it said."""
    with start(account, command, output=subprocess.PIPE) as process:
        said, _ = process.communicate()
    return process.returncode, said.decode(errors="replace").strip()


def may_enter(account: Account, folder: Path) -> bool:
    """Try whether the account can reach and enter a folder; permissions alone do not tell."""
    if not account.switches:
        return os.access(folder, os.X_OK)
    status, _ = run(account, ["/bin/sh", "-c", 'cd "$1"', "sh", folder])
    return status == 0
