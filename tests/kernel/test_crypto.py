import base64
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domains.kernel import crypto, settings

PLACE = {"table": "membership_person", "column": "phone_sealed"}
ROW = UUID("0190a1b2-c3d4-7000-8000-000000000001")


def ring(*key_ids: str) -> crypto.Keyring:
    keys = {key_id: key_id.encode().ljust(32, b"k") for key_id in key_ids}
    return crypto.Keyring(field_keys=keys, blind_index_key=b"b" * 32, token_key=b"t" * 32)


def base64_of(byte: bytes) -> str:
    return base64.b64encode(byte * 32).decode()


@given(text=st.text(max_size=200), row=st.uuids())
def test_what_was_sealed_opens_in_its_own_place(text, row):
    sealed = crypto.seal(text, **PLACE, row=row)

    assert crypto.unseal(sealed, **PLACE, row=row) == text


def test_the_same_text_never_looks_the_same_twice():
    first, second = (crypto.seal("13800138000", **PLACE, row=ROW) for _ in range(2))

    assert first != second
    assert b"13800138000" not in first


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"table": "membership_household"},
        {"column": "identity_sealed"},
        {"row": uuid4()},
    ],
)
def test_a_sealed_value_moved_to_another_place_does_not_open(elsewhere):
    sealed = crypto.seal("13800138000", **PLACE, row=ROW)

    with pytest.raises(crypto.BrokenSeal, match="altered or moved"):
        crypto.unseal(sealed, **({**PLACE, "row": ROW} | elsewhere))


@given(position=st.integers(min_value=0), flipped=st.integers(min_value=1, max_value=255))
def test_one_changed_byte_breaks_the_seal(position, flipped):
    sealed = bytearray(crypto.seal("330106199001011234", **PLACE, row=ROW))
    sealed[position % len(sealed)] ^= flipped

    with pytest.raises(crypto.BrokenSeal):
        crypto.unseal(bytes(sealed), **PLACE, row=ROW)


@given(noise=st.binary(max_size=80))
def test_noise_is_not_a_seal(noise):
    with pytest.raises(crypto.BrokenSeal):
        crypto.unseal(noise, **PLACE, row=ROW)


def test_an_old_key_still_opens_and_asks_for_resealing():
    sealed = ring("k1").seal("13800138000", **PLACE, row=ROW)

    rotated = ring("k2", "k1")

    assert rotated.unseal(sealed, **PLACE, row=ROW) == "13800138000"
    assert rotated.needs_resealing(sealed) is True
    assert rotated.needs_resealing(rotated.seal("1", **PLACE, row=ROW)) is False


def test_a_key_that_is_gone_is_named():
    sealed = ring("k1").seal("13800138000", **PLACE, row=ROW)

    with pytest.raises(crypto.UnknownKey, match="'k1'"):
        ring("k2").unseal(sealed, **PLACE, row=ROW)


def test_a_keyring_does_not_print_its_keys():
    assert repr(ring("k1")) == "Keyring()"


def test_blind_indexes_are_steady_and_part_by_purpose():
    phone = crypto.blind_index("13800138000", purpose="phone")

    assert phone == crypto.blind_index("13800138000", purpose="phone")
    assert len(phone) == 32
    assert phone != crypto.blind_index("13800138000", purpose="identity")
    assert phone != crypto.blind_index("13800138001", purpose="phone")


def test_a_signature_holds_for_its_payload_and_purpose_only():
    signature = crypto.sign(b"cursor", purpose="polls")

    assert crypto.verify(b"cursor", signature, purpose="polls") is True
    assert crypto.verify(b"cursor", signature, purpose="people") is False
    assert crypto.verify(b"cursors", signature, purpose="polls") is False
    assert crypto.verify(b"cursor", signature[:-1], purpose="polls") is False


def test_tokens_hold_256_bits_and_are_stored_hashed():
    tokens = {crypto.token() for _ in range(100)}

    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    assert len(crypto.token_hash("token")) == 32


@pytest.fixture
def environment(monkeypatch) -> Iterator[pytest.MonkeyPatch]:
    settings.current.cache_clear()
    yield monkeypatch
    settings.current.cache_clear()


def test_keys_come_from_the_environment_and_the_first_one_seals(environment):
    environment.setenv("GONGYI_FIELD_KEYS", f"k2:{base64_of(b'2')}, k1:{base64_of(b'1')}")

    held = crypto.keyring()

    assert list(held.field_keys.items()) == [("k2", b"2" * 32), ("k1", b"1" * 32)]
    assert held.sealing_key_id == "k2"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("GONGYI_FIELD_KEYS", "k1", "each key is written id:base64"),
        ("GONGYI_FIELD_KEYS", f"k 1:{base64_of(b'1')}", "a key's id is"),
        ("GONGYI_FIELD_KEYS", f"k1:{base64_of(b'1')},k1:{base64_of(b'2')}", "given twice"),
        ("GONGYI_FIELD_KEYS", "k1:c2hvcnQ=", "this one has 5 bytes"),
        ("GONGYI_BLIND_INDEX_KEY", "secret!", "this is not base64"),
        ("GONGYI_TOKEN_KEY", "c2hvcnQ=", "this one has 5 bytes"),
        ("GONGYI_LOG_KEYS", "k1:c2hvcnQ=", "this one has 5 bytes"),
    ],
)
def test_a_malformed_key_is_refused_without_being_shown(environment, name, value, complaint):
    environment.setenv(name, value)

    with pytest.raises(ValidationError, match=complaint) as refused:
        settings.current()

    assert value not in str(refused.value)


def test_production_refuses_to_start_without_keys(environment):
    environment.setenv("GONGYI_ENVIRONMENT", "production")
    environment.setenv("GONGYI_FIELD_KEYS", f"k1:{crypto.new_key()}")

    with pytest.raises(
        ValidationError,
        match="production needs GONGYI_BLIND_INDEX_KEY, GONGYI_TOKEN_KEY, GONGYI_LOG_KEYS",
    ):
        settings.current()


def test_production_starts_with_keys_of_its_own(environment):
    environment.setenv("GONGYI_ENVIRONMENT", "production")
    environment.setenv("GONGYI_FIELD_KEYS", f"k1:{crypto.new_key()}")
    environment.setenv("GONGYI_BLIND_INDEX_KEY", crypto.new_key())
    environment.setenv("GONGYI_TOKEN_KEY", crypto.new_key())
    environment.setenv("GONGYI_LOG_KEYS", f"l1:{crypto.new_key()}")

    assert crypto.keyring().sealing_key_id == "k1"
