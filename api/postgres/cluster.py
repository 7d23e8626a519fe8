"""One cluster on disk and the server process over it: made, launched, found again, stopped.

Everything here is blocking and takes no lock; `server` holds the locks.
"""

import json
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from api.postgres import account as accounts
from api.postgres import binaries
from api.postgres.account import Account
from api.postgres.failure import PostgresUnavailable

SUPERUSER = "postgres"
APPLICATION = "gongyi"
_PORT = 5432  # names the socket's file only: no TCP port is opened
_SOCKET_PATH_LIMIT = 103  # sun_path is 108 bytes on Linux and 104 on macOS, one of them for the end
_LOG_LIMIT = 10_000_000
_STATE_ROOTS = ("/var/lib", "/var/db")

_SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A log line must never join a voter to a ballot: no parameters, no DETAIL with key values.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
_THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}

# Servers that others still use when we leave; a Popen that is dropped while it runs would warn.
_left_running: list["subprocess.Popen[bytes]"] = []


class Cluster:
    """A PostgreSQL cluster in a folder of ours."""

    def __init__(self, folder: Path, account: Account, *, durable: bool) -> None:
        self.folder = folder
        self.data = folder / "cluster"
        self.log = folder / "server.log"
        self.account = account
        self.durable = durable
        self._programs = binaries.programs(account, wheel=binaries.installation(), beside=folder)
        self._socket_folder = _socket_folder(folder, account)
        self._passwords = _passwords(folder, made=self.data.exists())
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    def url(self, role: str, database: str) -> str:
        """Return the address of a database as seen by a role."""
        where = urlencode({"host": os.fspath(self._socket_folder), "port": _PORT})
        return f"postgresql://{role}:{quote(self._passwords[role])}@/{database}?{where}"

    def password(self, role: str) -> str:
        """Return a role's password."""
        return self._passwords[role]

    def make(self) -> None:
        """Initialise the cluster where there is none yet; half-made ones are begun again."""
        if self.data.exists():
            self._require_same_version()
            return
        growing = self.folder / "cluster.new"
        secret = self.folder / "password.new"
        shutil.rmtree(growing, ignore_errors=True)
        growing.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(self._passwords[SUPERUSER])
        if self.account.switches:
            os.chown(growing, self.account.uid, self.account.gid)
            os.chown(secret, self.account.uid, self.account.gid)
        try:
            status, said = accounts.run(
                self.account,
                [
                    *(self._programs / "initdb", "-D", growing, "-U", SUPERUSER),
                    *(f"--pwfile={secret}", "--auth=scram-sha-256", "--no-instructions"),
                    *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
                    *("--lc-messages=C",),
                    *(() if self.durable else ("--no-sync",)),
                ],
            )
        finally:
            secret.unlink()
        if status != 0:
            raise PostgresUnavailable(f"initdb failed: {said}")
        growing.rename(self.data)

    def _require_same_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        _, said = accounts.run(self.account, [self._programs / "postgres", "--version"])
        ours = re.search(r"(\d+)", said)
        if ours is None or ours[1] != made_by:
            raise PostgresUnavailable(
                f"{self.data} was made by PostgreSQL {made_by}, but the installed wheel brings"
                f" `{said}`: dump it with the old version and load it with the new one,"
                " or move the folder away"
            )

    def server_process(self) -> int | None:
        """Return the process that serves this cluster, ours or one that outlived its owner."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        recorded = self._recorded_process()
        return recorded if recorded is not None and self._serves(recorded) else None

    def _recorded_process(self) -> int | None:
        try:
            first = (self.data / "postmaster.pid").read_text().split("\n", 1)[0].strip()
        except FileNotFoundError:
            return None
        return int(first) if first.isdigit() else None

    def _serves(self, process: int) -> bool:
        """Tell our server from a stranger that came to bear its number."""
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return False
        try:
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            _, said = accounts.run(
                self.account, ["ps", "-ww", "-o", "command=", "-p", str(process)]
            )
            command = said.encode()
        return os.fsencode(self.data) in command and b"postgres" in command

    def has_lost_its_socket(self) -> bool:
        """Say whether a ready server can no longer be reached, its socket being swept away."""
        if (self._socket_folder / f".s.PGSQL.{_PORT}").exists():
            return False
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def launch(self) -> None:
        """Start the server; it is ready only once it answers."""
        self._disown_stranger()
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        chosen = _SERVER_SETTINGS | ({} if self.durable else _THROWAWAY_SETTINGS)
        chosen |= {"unix_socket_directories": os.fspath(self._socket_folder)}
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = accounts.start(
                self.account,
                [self._programs / "postgres", "-D", self.data, "-p", str(_PORT), *options],
                output=log,
            )

    def _disown_stranger(self) -> None:
        """Let PostgreSQL overlook a process that bears a dead server's number.

        It would refuse to start beside it. It overlooks its own parent's number, and
        keeps its other guard, the shared memory of survivors, so ours is written there.
        """
        file = self.data / "postmaster.pid"
        if self._recorded_process() is None:
            return
        _, rest = file.read_text().split("\n", 1)
        file.write_text(f"{os.getpid()}\n{rest}")

    def last_words(self) -> str:
        """Return what the server logged since it was launched."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read(100_000).decode(errors="replace").strip()

    def stop(self) -> None:
        """Stop the server: politely, then without ceremony, which recovery makes good."""
        for sent, patience_s in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            process = self.server_process()
            if process is None:
                return
            os.kill(process, sent)
            until = time.monotonic() + patience_s
            while self.server_process() is not None and time.monotonic() < until:
                time.sleep(0.02)

    def leave_running(self) -> None:
        """Let go of a server that others still use."""
        if self._process is not None:
            _left_running.append(self._process)


def find(data_dir: Path, *, durable: bool, say: Callable[[str], object]) -> Cluster:
    """Return the cluster of a data folder, its folder being made where there is none."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        link = data_dir.resolve() / "postgres"
        if link.is_symlink() and not link.exists():
            link.unlink()
        account = accounts.account_for(link / "cluster")
        if not link.exists():
            _make_folder(link, account, say)
        folder = link.resolve()
        if not accounts.may_enter(account, folder):
            raise PostgresUnavailable(f"the account {account.name} cannot enter {folder}")
        return Cluster(folder, account, durable=durable)
    except OSError as error:
        raise PostgresUnavailable(f"cannot use {data_dir} for the database: {error}") from error


def _make_folder(link: Path, account: Account, say: Callable[[str], object]) -> None:
    """Make the folder within the data folder, or a link to one that the account can enter."""
    if accounts.may_enter(account, link.parent):
        link.mkdir()
        link.chmod(0o711 if account.switches else 0o700)
        return
    roots = [each for each in _STATE_ROOTS if os.access(each, os.W_OK)]
    elsewhere = Path(tempfile.mkdtemp(prefix="gongyi-", dir=roots[0] if roots else None))
    elsewhere.chmod(0o711)
    link.symlink_to(elsewhere)
    say(f"The database lies in {elsewhere}: the account {account.name} cannot enter {link.parent}.")


def _socket_folder(folder: Path, account: Account) -> Path:
    """Return a folder for the socket: its path short enough, and the account's alone."""
    link = folder / "socket"
    if link.exists() and _is_private(link.resolve(), account):
        return link.resolve()
    if link.is_symlink():
        link.unlink()
    if len(os.fsencode(link / f".s.PGSQL.{_PORT}")) <= _SOCKET_PATH_LIMIT:
        link.mkdir(mode=0o700, exist_ok=True)
        chosen = link
    else:
        roomy = len(os.fsencode(tempfile.gettempdir())) < _SOCKET_PATH_LIMIT - 40
        chosen = Path(tempfile.mkdtemp(prefix="gongyi-", dir=None if roomy else "/tmp"))  # noqa: S108 - mkdtemp makes it private
        link.symlink_to(chosen)
    if account.switches:
        os.chown(chosen, account.uid, account.gid)
    chosen.chmod(0o700)
    return chosen.resolve()


def _is_private(folder: Path, account: Account) -> bool:
    seen = folder.lstat()
    return (
        stat.S_ISDIR(seen.st_mode)
        and seen.st_uid == account.uid
        and stat.S_IMODE(seen.st_mode) == 0o700
    )


def _passwords(folder: Path, *, made: bool) -> dict[str, str]:
    """Return the roles' passwords, random ones being kept before the cluster is made."""
    file = folder / "passwords.json"
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
    if made:
        raise PostgresUnavailable(
            f"{file} is missing, so nobody can enter {folder}/cluster: restore it,"
            f" or move {folder} away to begin with an empty database"
        )
    fresh = {role: secrets.token_hex(24) for role in (SUPERUSER, APPLICATION)}
    growing = file.with_suffix(".new")
    growing.unlink(missing_ok=True)
    growing.touch(mode=0o600)
    growing.write_text(json.dumps(fresh))
    growing.rename(file)
    return fresh
