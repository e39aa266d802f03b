"""A passkey's assertion over a SHA-256: what makes it count, and each single thing that makes it count for nothing."""

import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from hypothesis import given
from hypothesis import strategies as st

from jinbang.kernel.crypto.passkey import Assertion, verify_assertion
from tests.passkeys import HOST, SoftPasskey

HASH = hashlib.sha256(b"warrant").digest()
OTHER = hashlib.sha256(b"another").digest()
KEY = SoftPasskey()
MADE = KEY.sign(HASH)
ANYTHING = st.binary(max_size=80)


def is_good(assertion: Assertion, *, key: bytes = KEY.public_key, over: bytes = HASH, host: str = HOST) -> bool:
    return verify_assertion(key, over, assertion, relying_party=host)


def test_the_holders_answer_over_this_hash_for_this_host_counts() -> None:
    assert is_good(MADE)
    assert is_good(KEY.sign(HASH, origin=f"https://ks.{HOST}"))


def test_it_counts_for_nothing_else() -> None:
    assert not is_good(MADE, over=OTHER)
    assert not is_good(MADE, key=SoftPasskey().public_key)
    assert not is_good(MADE, host="example.org")
    assert not is_good(MADE, over=HASH[:31])


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "webauthn.create"},
        {"origin": "https://example.org"},
        {"origin": f"http://{HOST}"},
        {"is_cross_origin": True},
        {"flags": 0x01},  # there, and not verified
        {"flags": 0x04},  # verified, and not there
        {"host": "example.org"},
        {"challenge": OTHER},
    ],
    ids=str,
)
def test_each_thing_that_is_not_as_it_must_be_voids_it(changes: dict[str, object]) -> None:
    assert not is_good(KEY.sign(HASH, **changes))  # type: ignore[arg-type]  # a table of whichever


@given(st.integers(0, 2), st.integers(min_value=0), st.integers(1, 255))
def test_no_changed_byte_of_any_part_is_let_through(part: int, place: int, change: int) -> None:
    name = ("client_data", "authenticator_data", "signature")[part]
    blob = bytearray(getattr(MADE, name))
    blob[place % len(blob)] ^= change
    assert not is_good(replace(MADE, **{name: bytes(blob)}))


@given(client=ANYTHING, data=ANYTHING, signature=ANYTHING, key=ANYTHING)
def test_whatever_is_handed_in_is_answered_with_no(*, client: bytes, data: bytes, signature: bytes, key: bytes) -> None:
    assert not is_good(Assertion(client, data, signature), key=key)
    assert not is_good(Assertion(MADE.client_data, MADE.authenticator_data, MADE.signature), key=key)
    assert not is_good(Assertion(client, MADE.authenticator_data, MADE.signature))


def test_boxes_within_boxes_are_answered_with_no() -> None:
    assert not is_good(replace(MADE, client_data=b"[" * 16_000))
    assert not is_good(MADE, key=b"\x81" * 16_000)


@pytest.mark.parametrize("origin", ["https://[", "", f"https://{HOST}.example.org", 5, None])
def test_an_origin_that_is_no_address_of_ours_is_answered_with_no(origin: object) -> None:
    told = {**json.loads(MADE.client_data), "origin": origin}
    assert not is_good(replace(MADE, client_data=json.dumps(told).encode()))


@pytest.mark.parametrize("client", [b"[]", b"null", b"1", b'{"type": 1}', b'{"type":"webauthn.get","challenge":5}'])
def test_client_data_of_another_shape_is_answered_with_no(client: bytes) -> None:
    assert not is_good(replace(MADE, client_data=client))


def test_a_key_of_no_known_kind_and_one_of_another_curve_are_answered_with_no() -> None:
    assert not is_good(MADE, key=cbor.encode({1: 2, 3: -65_535}))
    assert not is_good(MADE, key=cbor.encode({1: 2, 3: ES256.ALGORITHM, -1: 7, -2: b"x", -3: b"y"}))


def test_the_signature_covers_the_hash_of_the_client_data() -> None:
    """The oracle: the same by hand, as the standard says it."""
    private = ec.generate_private_key(ec.SECP256R1())
    client = json.dumps(
        {"type": "webauthn.get", "challenge": websafe_encode(HASH), "origin": f"https://{HOST}"}
    ).encode()
    data = hashlib.sha256(HOST.encode()).digest() + bytes([0x05]) + (0).to_bytes(4, "big")
    signature = private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
    numbers = private.public_key().public_numbers()
    key = cbor.encode({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
    assert is_good(Assertion(client, data, signature), key=key)
