"""Sealed values: they open where they belong and nowhere else, and every attack has its twin with the defence off."""

import os
import time
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.crypto import (
    INTL,
    KeyRing,
    Purpose,
    associated_data,
    forget_data_keys,
    new_data_key,
    open_sealed,
    rewrap_data_key,
    seal,
    suite_by_id,
    suite_named,
)
from jinbang.kernel.errors import SealBroken, UnknownKey
from jinbang.kernel.ids import new_id

RING = KeyRing.generate()
WRAPPED = new_data_key(RING)
ROW, OTHER_ROW = new_id(), new_id()
HERE = associated_data("people_person", "phone", row=ROW)


def sealed_here(plaintext: bytes = b"13812345678") -> bytes:
    return seal(WRAPPED, plaintext, aad=HERE, ring=RING)


@settings(deadline=None)
@given(plaintext=st.binary(max_size=300), aad=st.binary(max_size=60))
def test_what_is_sealed_opens(plaintext: bytes, aad: bytes) -> None:
    blob = seal(WRAPPED, plaintext, aad=aad, ring=RING)
    assert open_sealed(WRAPPED, blob, aad=aad, ring=RING) == plaintext
    assert len(blob) == len(plaintext) + 6 + 12 + 16


def test_the_place_of_a_value_is_written_in_one_way() -> None:
    row = UUID("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
    assert associated_data("people_person", "phone", row=row) == (
        b"people_person|phone|0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
    )


@pytest.mark.parametrize(
    "elsewhere",
    [
        associated_data("people_person", "phone", row=OTHER_ROW),
        associated_data("people_person", "email", row=ROW),
        associated_data("people_document", "phone", row=ROW),
        b"",
    ],
    ids=["row", "column", "table", "nothing"],
)
def test_a_value_moved_to_another_row_column_or_table_does_not_open(elsewhere: bytes) -> None:
    with pytest.raises(SealBroken) as refusal:
        open_sealed(WRAPPED, sealed_here(), aad=elsewhere, ring=RING)
    assert refusal.value.code == "seal_broken"


def test_two_rows_that_exchange_their_ciphertext_are_both_refused() -> None:
    there = associated_data("people_person", "phone", row=OTHER_ROW)
    one, other = sealed_here(), seal(WRAPPED, b"13987654321", aad=there, ring=RING)
    for blob, aad in ((other, HERE), (one, there)):
        with pytest.raises(SealBroken):
            open_sealed(WRAPPED, blob, aad=aad, ring=RING)


def test_without_associated_data_the_exchange_would_pass_unseen() -> None:
    one, other = (seal(WRAPPED, phone, aad=b"", ring=RING) for phone in (b"13812345678", b"13987654321"))
    one, other = other, one
    assert open_sealed(WRAPPED, one, aad=b"", ring=RING) == b"13987654321"
    assert open_sealed(WRAPPED, other, aad=b"", ring=RING) == b"13812345678"


def test_another_persons_data_key_opens_nothing_even_when_moved_along() -> None:
    other = new_data_key(RING)
    with pytest.raises(SealBroken):
        open_sealed(other, sealed_here(), aad=HERE, ring=RING)
    moved_along = seal(other, b"13987654321", aad=associated_data("people_person", "phone", row=OTHER_ROW), ring=RING)
    with pytest.raises(SealBroken):
        open_sealed(other, moved_along, aad=HERE, ring=RING)


def test_any_turned_bit_is_noticed() -> None:
    blob = sealed_here()
    for place in range(len(blob)):
        for bit in range(8):
            changed = bytearray(blob)
            changed[place] ^= 1 << bit
            with pytest.raises(SealBroken):
                open_sealed(WRAPPED, bytes(changed), aad=HERE, ring=RING)


def test_any_cut_is_noticed() -> None:
    blob = sealed_here()
    for length in range(len(blob)):
        with pytest.raises(SealBroken):
            open_sealed(WRAPPED, blob[:length], aad=HERE, ring=RING)


def test_a_bit_turned_under_a_cipher_without_a_tag_goes_unseen() -> None:
    key, nonce = AESGCM.generate_key(256), os.urandom(12)
    stream = bytearray(AESGCM(key).encrypt(nonce, b"13812345678", None)[:11])
    stream[10] ^= 1
    mask = AESGCM(key).encrypt(nonce, bytes(11), None)[:11]
    assert bytes(a ^ b for a, b in zip(stream, mask, strict=True)) == b"13812345679"


def test_the_same_value_is_never_sealed_into_the_same_bytes() -> None:
    assert len({sealed_here() for _ in range(100)}) == 100


def test_the_blob_names_its_form_its_suite_and_its_key() -> None:
    blob, other = sealed_here(), seal(new_data_key(RING), b"x", aad=HERE, ring=RING)
    assert tuple(blob[:2]) == (1, INTL.number)
    assert blob[2:6] == sealed_here()[2:6] != other[2:6]
    assert WRAPPED[2:6] == (1).to_bytes(4, "big")


def test_a_wrapped_data_key_shows_nothing_of_itself_and_any_change_is_noticed() -> None:
    blob = sealed_here()
    for place in range(len(WRAPPED)):
        changed = bytearray(WRAPPED)
        changed[place] ^= 1
        with pytest.raises((SealBroken, UnknownKey)):
            open_sealed(bytes(changed), blob, aad=HERE, ring=RING)


def test_another_installations_ring_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        open_sealed(WRAPPED, sealed_here(), aad=HERE, ring=KeyRing.generate())


def test_rotation_keeps_old_values_readable_and_wraps_anew() -> None:
    blob = sealed_here()
    turned = RING.with_new_key(Purpose.KEK)
    assert open_sealed(WRAPPED, blob, aad=HERE, ring=turned) == b"13812345678"
    rewrapped = rewrap_data_key(WRAPPED, ring=turned)
    assert rewrapped[2:6] == (2).to_bytes(4, "big")
    assert open_sealed(rewrapped, blob, aad=HERE, ring=turned) == b"13812345678"
    with pytest.raises(UnknownKey):
        open_sealed(rewrapped, blob, aad=HERE, ring=RING)


def test_forgetting_the_opened_keys_changes_nothing_but_the_cost() -> None:
    blob = sealed_here()
    forget_data_keys()
    assert open_sealed(WRAPPED, blob, aad=HERE, ring=RING) == b"13812345678"


def test_a_suite_never_given_out_is_refused() -> None:
    assert suite_by_id(1) is suite_named("intl") is INTL
    with pytest.raises(SealBroken):
        suite_by_id(0)
    with pytest.raises(ValueError, match="gm"):
        suite_named("gm")
    with pytest.raises(ValueError, match="32 bytes"):
        INTL.cipher(b"short")


def test_derivation_is_that_of_rfc_5869() -> None:
    # Appendix A.3: no salt, no info.
    derived = INTL.derive(b"\x0b" * 22, info=b"", length=42)
    assert derived.hex() == ("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")


def test_twenty_thousand_people_with_four_fields_are_sealed_in_three_seconds() -> None:
    began = time.process_time()
    for _ in range(20_000):
        wrapped = new_data_key(RING)
        for column in (b"number", b"phone", b"email", b"address"):
            seal(wrapped, b"11010519491231002X", aad=b"people_person|" + column, ring=RING)
    assert time.process_time() - began < 3
