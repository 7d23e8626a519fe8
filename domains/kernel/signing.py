"""What is signed here can be checked anywhere, with the public half of a key alone.

Ed25519. The first of the log keys in settings signs. To rotate: put a new key first and
restart; the old one may then be removed, because whoever signs also keeps the public half of
the key that was signed with. Outside production an installation without keys of its own uses
one derived from the phrase in crypto.py, whose signatures prove nothing to anybody.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domains.kernel import crypto, settings

_PUBLIC_BYTES = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that everybody may have, under its name."""

    key_id: str
    raw: bytes

    def __str__(self) -> str:
        return f"{self.key_id}:{base64.b64encode(self.raw).decode()}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, and the key that made it."""

    key: PublicKey
    raw: bytes


@dataclass(frozen=True, slots=True)
class SigningRing:
    """The keys that one installation signs with, the first one now."""

    keys: Mapping[str, Ed25519PrivateKey] = field(repr=False)

    def __post_init__(self) -> None:
        assert self.keys, "a ring signs with its first key"

    def sign(self, payload: bytes) -> Signature:
        """Sign with the first key."""
        key_id, key = next(iter(self.keys.items()))
        return Signature(PublicKey(key_id, key.public_key().public_bytes_raw()), key.sign(payload))

    def public_keys(self) -> list[PublicKey]:
        """Return the public halves, the one that signs now first."""
        return [
            PublicKey(key_id, key.public_key().public_bytes_raw())
            for key_id, key in self.keys.items()
        ]


class _Latest:
    """The ring of the settings that were current when it was last asked for."""

    of: settings.Settings | None = None
    ring: SigningRing


def ring() -> SigningRing:
    """Return the ring that the current settings describe."""
    chosen = settings.current()
    if _Latest.of is not chosen:
        _Latest.ring = _ring_of(chosen)
        _Latest.of = chosen
    return _Latest.ring


def _ring_of(chosen: settings.Settings) -> SigningRing:
    seeds = {name: settings.key_bytes(key) for name, key in chosen.log_keys.items()}
    if chosen.environment is settings.Environment.PRODUCTION and not seeds:
        raise RuntimeError("production signs only with keys of its own")
    seeds = seeds or {crypto.DEVELOPMENT_KEY_ID: crypto.development_key("log")}
    return SigningRing(
        {name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in seeds.items()}
    )


def sign(payload: bytes) -> Signature:
    """Sign a payload with the key that signs now."""
    return ring().sign(payload)


def is_signed(payload: bytes, signature: bytes, *, by: PublicKey) -> bool:
    """Whether the key's owner signed exactly this payload."""
    try:
        Ed25519PublicKey.from_public_bytes(by.raw).verify(signature, payload)
    except InvalidSignature:
        return False
    return True


def public_key(text: str) -> PublicKey:
    """Read a public key written id:base64; raises ValueError where it is none."""
    key_id, colon, encoded = text.strip().partition(":")
    if not colon or not key_id:
        raise ValueError("a public key is written id:base64")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a public key is 32 bytes in base64: this is not base64") from None
    if len(raw) != _PUBLIC_BYTES:
        raise ValueError(f"a public key is 32 bytes in base64: this one has {len(raw)} bytes")
    return PublicKey(key_id, raw)
