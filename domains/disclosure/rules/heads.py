"""Heads: what a community's log says of itself on a day, signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domains.kernel import canonical, signing
from domains.kernel.signing import PublicKey

HEAD_FORMAT = "gongyi.head/1"


@dataclass(frozen=True, slots=True)
class Head:
    """How many leaves a log has on a day, and the root over them."""

    log_id: UUID
    day: date
    size: int
    root: bytes
    signed_at: datetime

    def statement(self, key_id: str) -> dict[str, Any]:
        """Return what is signed, as plain values."""
        return {
            "format": HEAD_FORMAT,
            "log": str(self.log_id),
            "day": self.day.isoformat(),
            "size": self.size,
            "root": self.root.hex(),
            "signedAt": self.signed_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "key": key_id,
        }

    def payload(self, key_id: str) -> bytes:
        """Return the bytes that are signed."""
        return canonical.json_bytes(self.statement(key_id))


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head, who signed it, and the signature."""

    head: Head
    key_id: str
    signature: bytes

    def shown(self) -> dict[str, Any]:
        """Return the head as its file shows it."""
        return {**self.head.statement(self.key_id), "signature": self.signature.hex()}

    def fault(self, keys: Sequence[PublicKey]) -> str | None:
        """Return what is wrong with the signature, or None where one of the keys made it."""
        named = [key for key in keys if key.key_id == self.key_id]
        if not named:
            return f"signed with the key {self.key_id!r}, which was not given"
        payload = self.head.payload(self.key_id)
        if not any(signing.is_signed(payload, self.signature, by=key) for key in named):
            return f"the key {self.key_id!r} did not sign this"
        return None
