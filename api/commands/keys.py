"""Keys for a developer's machine, made once, so that `make run` needs no configuration.

They are kept in the data folder, readable by its owner alone. Production never reads
them: there settings refuse to load without keys of their own.
"""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from api.commands.outcome import CommandFailed, ExitCode
from domains.kernel import settings
from domains.kernel.settings import Environment

_NAMES = ("GONGYI_FIELD_KEYS", "GONGYI_BLIND_INDEX_KEY", "GONGYI_TOKEN_KEY", "GONGYI_LOG_KEYS")
# Of these a key has a name of its own.
_NAMED = ("GONGYI_FIELD_KEYS", "GONGYI_LOG_KEYS")
# Nothing that is kept needs this one: a file from before it was known is completed.
_ADDED_LATER = "GONGYI_LOG_KEYS"


def provide(say: Callable[[str], object]) -> None:
    """In development, put the machine's own keys into the environment where none are set."""
    chosen = settings.current()
    missing = [name for name in _NAMES if not os.environ.get(name)]
    if chosen.environment is not Environment.DEVELOPMENT or not missing:
        return
    file = chosen.data_dir / "keys.env"
    if not file.exists():
        _make(file)
        say(f"Made keys for this machine in {file}.")
    kept = _read(file)
    os.environ.update({name: kept[name] for name in missing})
    settings.current.cache_clear()


def _make(file: Path) -> None:
    """Write fresh keys, whole or not at all."""
    growing = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        growing.touch(mode=0o600)
        growing.write_text("".join(map(_fresh, _NAMES)))
        # A link fails where another process was quicker; then its keys are used.
        os.link(growing, file)
    except FileExistsError:
        return
    except OSError as error:
        raise CommandFailed(
            f"cannot write {file}: {error.strerror}", code=ExitCode.UNAVAILABLE
        ) from error
    finally:
        growing.unlink(missing_ok=True)


def _fresh(name: str) -> str:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return f"{name}={'local:' if name in _NAMED else ''}{key}\n"


def _read(file: Path) -> dict[str, str]:
    kept = _kept(file)
    if any(name not in kept for name in _NAMES if name != _ADDED_LATER):
        raise CommandFailed(
            f"{file} does not hold {', '.join(_NAMES)}: restore it, or remove it and the data"
            " that were encrypted with it",
            code=ExitCode.UNAVAILABLE,
        )
    if _ADDED_LATER not in kept:
        with file.open("a") as end:
            end.write(_fresh(_ADDED_LATER))
        kept = _kept(file)
    return kept


def _kept(file: Path) -> dict[str, str]:
    """Return what the file holds; of two processes that completed it, the first one's key."""
    kept: dict[str, str] = {}
    for line in file.read_text().splitlines():
        name, _, value = line.partition("=")
        kept.setdefault(name, value)
    return kept
