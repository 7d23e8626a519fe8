"""Signatures that anybody can check, and keys that change."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import crypto, settings, signing


def a_ring(*key_ids: str) -> signing.SigningRing:
    return signing.SigningRing(
        {each: Ed25519PrivateKey.from_private_bytes(each.encode().ljust(32)) for each in key_ids}
    )


@pytest.fixture
def environment(monkeypatch):
    settings.current.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.current.cache_clear()


# RFC 8032, section 7.1, test 3.
SEED = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
PUBLIC = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
SIGNED = (
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)


def test_signatures_are_those_of_the_standard():
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED))

    signature = signing.SigningRing({"k": key}).sign(bytes.fromhex("af82"))

    assert (signature.raw.hex(), signature.key.raw.hex()) == (SIGNED, PUBLIC)


@given(payload=st.binary(min_size=1, max_size=200), at=st.integers(0), flipped=st.integers(1, 255))
def test_a_changed_byte_is_no_longer_signed(payload, at, flipped):
    signature = a_ring("k1").sign(payload)
    other = bytearray(payload)
    other[at % len(other)] ^= flipped

    checked = [
        signing.is_signed(each, signature.raw, by=signature.key) for each in (payload, bytes(other))
    ]

    assert checked == [True, False]


def test_the_first_key_signs_and_what_older_ones_signed_stays_checkable():
    before, after = a_ring("old"), a_ring("new", "old")
    signature = before.sign(b"head")

    assert after.sign(b"head").key.key_id == "new"
    assert [each.key_id for each in after.public_keys()] == ["new", "old"]
    assert signing.is_signed(b"head", signature.raw, by=after.public_keys()[1])
    assert not signing.is_signed(b"head", signature.raw, by=after.public_keys()[0])


def test_a_public_key_is_read_as_it_is_written():
    key = a_ring("k1").public_keys()[0]

    assert signing.public_key(str(key)) == key


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nonsense", "id:base64"),
        (":AAAA", "id:base64"),
        ("k1:???", "not base64"),
        ("k1:c2hvcnQ=", "5 bytes"),
    ],
)
def test_a_malformed_public_key_is_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        signing.public_key(text)


def test_settings_say_which_keys_sign(environment):
    environment.setenv("GONGYI_LOG_KEYS", f"l2:{crypto.new_key()},l1:{crypto.new_key()}")

    assert [each.key_id for each in signing.ring().public_keys()] == ["l2", "l1"]
    assert signing.sign(b"head").key.key_id == "l2"
