"""What enters the log: a record that commits to each part of what was published, alone.

A leaf is the canonical JSON of a record; the record holds a hash of each part and not the
part itself. So a part that must leave the public again, because the law says so, can leave,
and all others are proved as before. Each hash is over a nonce of 32 bytes and the part's
canonical JSON: who has no nonce cannot try out what a short part might have said.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import canonical

RECORD_FORMAT = "gongyi.record/1"
SALT_BYTES = 32

Parts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What a leaf tells of: a version of something public."""

    kind: str
    id: UUID
    version: int

    def __str__(self) -> str:
        return f"{self.kind} {self.id}, version {self.version}"


def nonce_of(salt: bytes, part: str) -> bytes:
    """Return the nonce of a part, from the salt that is kept with the leaf."""
    assert len(salt) == SALT_BYTES, "a salt is as long as a hash"
    return hmac.digest(salt, part.encode(), "sha256")


def commitment(nonce: bytes, content: object) -> bytes:
    """Return the hash that stands for a part in its record."""
    return hashlib.sha256(nonce + canonical.json_bytes(content)).digest()


def record_of(log_id: UUID, source: Source, parts: Parts, *, salt: bytes) -> bytes:
    """Return the canonical bytes of a record: what the leaf hashes."""
    return canonical.json_bytes(
        {
            "format": RECORD_FORMAT,
            "log": str(log_id),
            "source": {"kind": source.kind, "id": str(source.id), "version": source.version},
            "parts": {
                name: commitment(nonce_of(salt, name), content).hex()
                for name, content in parts.items()
            },
        }
    )


def shown(parts: Parts, *, salt: bytes) -> dict[str, Any]:
    """Return parts as a copy shows them: each with the nonce that opens its hash."""
    return {
        name: {"nonce": nonce_of(salt, name).hex(), "content": content}
        for name, content in parts.items()
    }
