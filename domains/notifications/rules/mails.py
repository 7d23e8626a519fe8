"""E-mail addresses, in one spelling: what every mail server takes (RFC 5321, no quoting)."""

import re

LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def normalised(text: str) -> str | None:
    """Return the address with its domain in small letters and in ASCII, None where it is none."""
    local, at, domain = text.strip().rpartition("@")
    if not at or len(local) > 64 or _LOCAL.fullmatch(local) is None:
        return None
    try:
        plain = domain.encode("idna").decode().lower()
    except UnicodeError:
        return None
    labels = plain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return None
    address = f"{local}@{plain}"
    return address if len(address) <= LONGEST else None


def masked(address: str) -> str:
    """Return the first character and the domain: enough for its owner to know it."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
