"""What goes to another system and what comes back, line by line. Pure.

A record goes under its key with a hash of all that it says; an answer names the key and the
hash that it answers, so that nobody mistakes one for another.
"""

import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domains.kernel import canonical
from domains.volunteering.values.exchange import ExchangeAnswer

MOST_LINES = 500
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other end says of one line that it was sent."""

    key: str
    sha256: bytes
    answer: ExchangeAnswer
    reason: str | None


def digest_of(record: Mapping[str, Any]) -> bytes:
    """Return the hash of all that a record says."""
    return hashlib.sha256(canonical.json_bytes(dict(record))).digest()


def line_of(record: Mapping[str, Any]) -> bytes:
    """Return a record as a line of an exchange file: canonical, so that twice is the same."""
    return canonical.json_bytes({**record, "sha256": digest_of(record).hex()}) + b"\n"


def answers_of(text: str) -> Iterator[tuple[int, Answer | None]]:
    """Yield the answers of a file with their line numbers; None where a line is not one.

    A line is `{"key": …, "sha256": …, "answer": "accepted" | "refused", "reason": …}`.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, _answer(line)


def _answer(line: str) -> Answer | None:
    try:
        given = json.loads(line)
        key, reason = given["key"], given.get("reason")
        sha256 = binascii.unhexlify(given["sha256"])
        answer = ExchangeAnswer(given["answer"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_key = isinstance(key, str) and 1 <= len(key) <= 80 and "\x00" not in key
    is_reason = reason is None or (isinstance(reason, str) and "\x00" not in reason)
    if not is_key or not is_reason or len(sha256) != 32:
        return None
    refused = answer is ExchangeAnswer.REFUSED
    return Answer(
        key, sha256, answer, (reason or "")[:_LONGEST_REASON] or None if refused else None
    )
