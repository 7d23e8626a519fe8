"""What is sealed can be read only in its own place, and only with a key that settings hold.

Sealed bytes are `version, length of key id, key id, nonce, ciphertext and tag` (AES-256-GCM).
Table, column and row are bound in as associated data, so that a sealed value copied to
another row, column or table does not open. The first of the field keys seals, the others
only open: that is how keys are rotated (see rotation.py).

Outside production an installation without keys uses keys derived from a phrase that is
printed in this file: convenient on a developer's machine, and no secret at all. Settings
refuse to load in production without keys of their own, and this module refuses again.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domains.kernel import settings

_VERSION = 1
_NONCE_BYTES = 12
_TAG_BYTES = 16
_TOKEN_BYTES = 32
DEVELOPMENT_KEY_ID = "development"
_DEVELOPMENT_PHRASE = b"gongyi: for development only, refused in production"


class BrokenSeal(Exception):
    """Sealed bytes that were altered, moved to another place, or never sealed here."""


class UnknownKey(BrokenSeal):
    """The bytes were sealed with a key that settings no longer hold."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one installation; module functions use the one that settings describe."""

    field_keys: Mapping[str, bytes] = field(repr=False)
    blind_index_key: bytes = field(repr=False)
    token_key: bytes = field(repr=False)
    _ciphers: Mapping[str, AESGCM] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        assert self.field_keys, "a keyring seals with its first key"
        ciphers = {key_id: AESGCM(key) for key_id, key in self.field_keys.items()}
        object.__setattr__(self, "_ciphers", ciphers)

    @property
    def sealing_key_id(self) -> str:
        """Return the id of the key that seals."""
        return next(iter(self.field_keys))

    @property
    def header(self) -> bytes:
        """Return how all that the sealing key seals begins."""
        key_id = self.sealing_key_id.encode()
        return bytes((_VERSION, len(key_id))) + key_id

    def seal(self, text: str, *, table: str, column: str, row: UUID) -> bytes:
        """Encrypt a text for one place in the database."""
        assert column.endswith("_sealed"), "rotation finds sealed columns by this ending"
        header = self.header
        nonce = os.urandom(_NONCE_BYTES)
        place = _place(header, table, column, row)
        sealed = self._ciphers[self.sealing_key_id].encrypt(nonce, text.encode(), place)
        return header + nonce + sealed

    def unseal(self, sealed: bytes, *, table: str, column: str, row: UUID) -> str:
        """Decrypt what was sealed for this place.

        Raises UnknownKey where the key is gone, BrokenSeal where the bytes were
        altered or belong to another place.
        """
        key_id, start = _key_id_of(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(f"{table}.{column}: no field key is called {key_id!r}")
        nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            text = cipher.decrypt(nonce, body, _place(sealed[:start], table, column, row))
        except InvalidTag:
            raise BrokenSeal(f"{table}.{column} of {row} was altered or moved") from None
        return text.decode()

    def needs_resealing(self, sealed: bytes) -> bool:
        """Whether the bytes were sealed with another key than the one that seals now."""
        return _key_id_of(sealed)[0] != self.sealing_key_id

    def blind_index(self, text: str, *, purpose: str) -> bytes:
        """Return the keyed fingerprint by which a sealed text is found.

        The caller normalises the text first; each purpose has fingerprints of its own.
        """
        return _keyed_hash(self.blind_index_key, text.encode(), purpose)

    def sign(self, payload: bytes, *, purpose: str) -> bytes:
        """Return the signature of a payload that leaves the house and must come back unaltered."""
        return _keyed_hash(self.token_key, payload, purpose)

    def verify(self, payload: bytes, signature: bytes, *, purpose: str) -> bool:
        """Whether the signature is ours, compared in constant time."""
        return hmac.compare_digest(self.sign(payload, purpose=purpose), signature)


def _key_id_of(sealed: bytes) -> tuple[str, int]:
    """Return the key id and where the nonce begins."""
    start = 2 + sealed[1] if len(sealed) > 2 else 0
    if not start or sealed[0] != _VERSION or len(sealed) < start + _NONCE_BYTES + _TAG_BYTES:
        raise BrokenSeal("these bytes were not sealed here")
    try:
        return sealed[2:start].decode("ascii"), start
    except UnicodeDecodeError:
        raise BrokenSeal("these bytes were not sealed here") from None


def _place(header: bytes, table: str, column: str, row: UUID) -> bytes:
    """Return the associated data, unambiguous because a name holds no zero byte."""
    return b"\0".join((header, table.encode(), column.encode(), row.bytes))


def _keyed_hash(key: bytes, payload: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + payload, "sha256")


class _Latest:
    """The keyring of the settings that were current when it was last asked for."""

    of: settings.Settings | None = None
    ring: Keyring


def keyring() -> Keyring:
    """Return the keyring that the current settings describe."""
    chosen = settings.current()
    if _Latest.of is not chosen:
        _Latest.ring = _keyring_of(chosen)
        _Latest.of = chosen
    return _Latest.ring


def _keyring_of(chosen: settings.Settings) -> Keyring:
    keys = {name: settings.key_bytes(key) for name, key in chosen.field_keys.items()}
    blind, token_key = (
        settings.key_bytes(key) if key.get_secret_value() else None
        for key in (chosen.blind_index_key, chosen.token_key)
    )
    if chosen.environment is settings.Environment.PRODUCTION and not (keys and blind and token_key):
        raise RuntimeError("production runs only with keys of its own")
    return Keyring(
        field_keys=keys or {DEVELOPMENT_KEY_ID: development_key("field")},
        blind_index_key=blind or development_key("blind index"),
        token_key=token_key or development_key("token"),
    )


def development_key(purpose: str) -> bytes:
    """Return the 32 bytes that stand in for a key outside production; they are no secret."""
    return hmac.digest(_DEVELOPMENT_PHRASE, purpose.encode(), "sha256")


def new_key() -> str:
    """Make a key as settings want it: 32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def seal(text: str, *, table: str, column: str, row: UUID) -> bytes:
    """Encrypt a text for one place in the database."""
    return keyring().seal(text, table=table, column=column, row=row)


def unseal(sealed: bytes, *, table: str, column: str, row: UUID) -> str:
    """Decrypt what was sealed for this place; raises BrokenSeal where it was not."""
    return keyring().unseal(sealed, table=table, column=column, row=row)


def needs_resealing(sealed: bytes) -> bool:
    """Whether the bytes were sealed with another key than the one that seals now."""
    return keyring().needs_resealing(sealed)


def blind_index(text: str, *, purpose: str) -> bytes:
    """Return the keyed fingerprint by which a sealed, normalised text is found."""
    return keyring().blind_index(text, purpose=purpose)


def sign(payload: bytes, *, purpose: str) -> bytes:
    """Return the 32-byte signature of a payload that must come back unaltered."""
    return keyring().sign(payload, purpose=purpose)


def verify(payload: bytes, signature: bytes, *, purpose: str) -> bool:
    """Whether the signature of the payload is ours for this purpose, in constant time."""
    return keyring().verify(payload, signature, purpose=purpose)


def token() -> str:
    """Make an opaque token of 256 random bits, safe in addresses and headers."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token: its SHA-256, which opens nothing."""
    return hashlib.sha256(token.encode()).digest()
