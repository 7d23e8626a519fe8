"""Codes that change every few seconds, shown on the spot: who has one now is there now.

A code is the number of its window and the beginning of that window's signature, made for one
purpose and one subject. The one before is still taken, for who was just scanning.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import segno

from domains.kernel import crypto

_SIGNED_BYTES = 10


@dataclass(frozen=True, slots=True)
class RotatingCode:
    """A code, and the first instant at which another one is shown."""

    text: str
    ends_at: datetime


def shown(purpose: str, subject: UUID, *, now: datetime, lasts_s: int) -> RotatingCode:
    """Return the code that is to be shown now."""
    window = _window_of(now, lasts_s=lasts_s)
    ends_at = datetime.fromtimestamp((window + 1) * lasts_s, tz=UTC)
    return RotatingCode(_written(purpose, subject, window), ends_at)


def stands(code: str, purpose: str, subject: UUID, *, now: datetime, lasts_s: int) -> bool:
    """Whether a code is the one shown now or the one before, compared in constant time."""
    claimed = _read(code)
    present = _window_of(now, lasts_s=lasts_s)
    if claimed is None or not present - 1 <= claimed[0] <= present:
        return False
    expected = _written(purpose, subject, claimed[0])
    return hmac.compare_digest(expected.partition(".")[2].encode(), claimed[1].encode())


def drawn(text: str) -> str:
    """Return a text as a QR code in SVG, to be put on a page as it is."""
    return segno.make_qr(text, error="m").svg_inline(scale=8)


def _window_of(now: datetime, *, lasts_s: int) -> int:
    return int(now.timestamp() // lasts_s)


def _written(purpose: str, subject: UUID, window: int) -> str:
    signature = crypto.sign(subject.bytes + window.to_bytes(8), purpose=purpose)
    return f"{window:x}.{base64.b32encode(signature[:_SIGNED_BYTES]).decode()}"


def _read(code: str) -> tuple[int, str] | None:
    text, dot, signed = code.strip().partition(".")
    if not dot or not 1 <= len(text) <= 12 or len(signed) != 16:
        return None
    if not (text.isascii() and signed.isascii() and signed.isalnum()):
        return None
    try:
        return int(text, 16), signed.upper()
    except ValueError:
        return None
