"""The code that a room shows for check-in on the spot: it changes every few seconds. Pure."""

import base64
import hmac

import segno

_SIGNED_BYTES = 10
PURPOSE = "meetings.check-in"


def window_of(epoch_s: float, *, lasts_s: int) -> int:
    """Return the number of the window that an instant lies in."""
    return int(epoch_s // lasts_s)


def payload_of(meeting: bytes, window: int) -> bytes:
    """Return what is signed for a window."""
    return meeting + window.to_bytes(8)


def written(window: int, signature: bytes) -> str:
    """Return the code as it is shown: the window and the beginning of its signature."""
    signed = base64.b32encode(signature[:_SIGNED_BYTES]).decode()
    return f"{window:x}.{signed}"


def read(code: str) -> tuple[int, str] | None:
    """Return the window and signature that a code claims; None where it is not a code."""
    text, dot, signed = code.strip().partition(".")
    if not dot or not 1 <= len(text) <= 12 or len(signed) != 16 or not signed.isalnum():
        return None
    try:
        return int(text, 16), signed.upper()
    except ValueError:
        return None


def same(expected: str, claimed: tuple[int, str]) -> bool:
    """Whether a claimed code is the expected one, compared in constant time."""
    return hmac.compare_digest(expected.partition(".")[2].encode(), claimed[1].encode())


def drawn(code: str) -> str:
    """Return the code as a QR code in SVG, to be put on a page as it is."""
    return segno.make_qr(code, error="m").svg_inline(scale=8)
