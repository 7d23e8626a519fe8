"""One way to write a value down, so that its hash means the same everywhere and for ever."""

import hashlib
import json

_PLAIN = "text, whole numbers, truth values, nothing, lists and objects with text keys"


def json_bytes(value: object) -> bytes:
    """Return the value as canonical JSON: sorted keys, no spaces, UTF-8.

    Raises TypeError on floats, which have no one way to be written, and on whatever is not JSON.
    """
    _require_plain(value)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def sha256(value: object) -> bytes:
    """Return the SHA-256 of the value in canonical JSON."""
    return hashlib.sha256(json_bytes(value)).digest()


def _require_plain(value: object) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {type(key).__name__}")
            _require_plain(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _require_plain(each)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"{type(value).__name__} has no canonical form; use {_PLAIN}")
