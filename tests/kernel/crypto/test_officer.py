"""Officers' keys: only the passphrase signs, only the very content verifies, nothing altered is used."""

import hashlib
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jinbang.kernel.crypto import OfficerKeyPair, new_officer_key, sign, verify
from jinbang.kernel.errors import WrongPassphrase

PASSPHRASE = "correct horse 电池 staple"
CONTENT = hashlib.sha256(b"release").digest()
OTHER = hashlib.sha256(b"another release").digest()


@pytest.fixture(scope="module")
def he() -> OfficerKeyPair:
    return new_officer_key(PASSPHRASE)


@pytest.fixture(scope="module")
def lyu() -> OfficerKeyPair:
    return new_officer_key("another passphrase")


@pytest.fixture(scope="module")
def signature(he: OfficerKeyPair) -> bytes:
    return sign(he.sealed_private_key, CONTENT, passphrase=PASSPHRASE)


def test_a_signature_verifies_here_and_with_any_ed25519(he: OfficerKeyPair, signature: bytes) -> None:
    assert verify(he.public_key, CONTENT, signature)
    Ed25519PublicKey.from_public_bytes(he.public_key).verify(signature, CONTENT)


def test_it_verifies_for_no_other_content_officer_or_bytes(
    he: OfficerKeyPair, lyu: OfficerKeyPair, signature: bytes
) -> None:
    assert not verify(he.public_key, OTHER, signature)
    assert not verify(lyu.public_key, CONTENT, signature)
    assert not verify(b"no key", CONTENT, signature)
    assert not verify(he.public_key, CONTENT, b"")
    for place in range(len(signature)):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not verify(he.public_key, CONTENT, bytes(changed))


@pytest.mark.parametrize("passphrase", ["", "correct horse 电池 stapl", PASSPHRASE + " "])
def test_a_wrong_passphrase_signs_nothing(he: OfficerKeyPair, passphrase: str) -> None:
    with pytest.raises(WrongPassphrase) as refusal:
        sign(he.sealed_private_key, CONTENT, passphrase=passphrase)
    assert refusal.value.code == "wrong_passphrase"


def test_a_passphrase_typed_in_full_width_is_the_same(he: OfficerKeyPair) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in PASSPHRASE)
    assert wide != PASSPHRASE
    assert verify(he.public_key, CONTENT, sign(he.sealed_private_key, CONTENT, passphrase=wide))


@pytest.mark.parametrize("place", [0, 5, 20, 21, 52, 53, 64, 65, 112])
def test_an_altered_sealed_key_signs_nothing(he: OfficerKeyPair, place: int) -> None:
    changed = bytearray(he.sealed_private_key)
    changed[place] ^= 1
    with pytest.raises(WrongPassphrase):
        sign(bytes(changed), CONTENT, passphrase=PASSPHRASE)


def test_a_cut_sealed_key_signs_nothing(he: OfficerKeyPair) -> None:
    for length in (0, 10, 53, 60, 64, len(he.sealed_private_key) - 1):
        with pytest.raises(WrongPassphrase):
            sign(he.sealed_private_key[:length], CONTENT, passphrase=PASSPHRASE)


@pytest.mark.parametrize("cost", [(0, 64, 4), (11, 64, 4), (3, 0, 4), (3, 1025, 4), (3, 64, 0), (3, 64, 17)])
def test_a_sealed_key_that_would_exhaust_the_machine_is_not_tried(
    he: OfficerKeyPair, cost: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stretched(*_arguments: object, **_named: object) -> bytes:
        pytest.fail("the passphrase was stretched at a cost the system never chose")

    monkeypatch.setattr("jinbang.kernel.crypto.officer.hash_secret_raw", stretched)
    altered = he.sealed_private_key[:1] + struct.pack(">BHB", *cost) + he.sealed_private_key[5:]
    with pytest.raises(WrongPassphrase):
        sign(altered, CONTENT, passphrase=PASSPHRASE)


def test_another_officers_public_key_cannot_be_put_on_a_sealed_key(he: OfficerKeyPair, lyu: OfficerKeyPair) -> None:
    swapped = he.sealed_private_key.replace(he.public_key, lyu.public_key)
    assert swapped != he.sealed_private_key
    with pytest.raises(WrongPassphrase):
        sign(swapped, CONTENT, passphrase=PASSPHRASE)


def test_the_private_key_is_not_printed(he: OfficerKeyPair) -> None:
    assert repr(he.sealed_private_key) not in repr(he)


@pytest.mark.parametrize("content", [b"", b"release", CONTENT + b"\x00"])
def test_only_a_hash_is_signed_or_verified(he: OfficerKeyPair, content: bytes, signature: bytes) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        sign(he.sealed_private_key, content, passphrase=PASSPHRASE)
    with pytest.raises(ValueError, match="SHA-256"):
        verify(he.public_key, content, signature)


def test_two_pairs_under_one_passphrase_have_nothing_in_common(he: OfficerKeyPair) -> None:
    other = new_officer_key(PASSPHRASE)
    assert other.public_key != he.public_key
    assert other.sealed_private_key[5:21] != he.sealed_private_key[5:21]
