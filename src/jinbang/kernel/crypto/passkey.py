"""Officers' passkeys: a WebAuthn assertion whose challenge is the SHA-256 that is signed.

The browser puts the challenge into the client data, the authenticator signs its own data and the hash of the client
data: so the signature covers the content hash, the page's host, and that the holder was there and verified (PIN,
finger, face). Nothing is trusted that was not signed; the counter is not used, because synchronised passkeys keep none.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from fido2.cbor import decode as cbor_decode
from fido2.cose import CoseKey
from fido2.rpid import verify_rp_id
from fido2.utils import websafe_encode

HASH_BYTES: Final = 32
# Of authenticator data: the hash of the host, one byte of flags, a counter of four.
_LEAST_AUTHENTICATOR_BYTES: Final = HASH_BYTES + 5
_PRESENT_AND_VERIFIED: Final = 0x05
# A hand-written assertion must not make the parser work for long.
_MOST_BYTES: Final = 16_384


@dataclass(frozen=True)
class Assertion:
    """The three parts of an assertion, as the browser hands them over: client data, authenticator data, signature."""

    client_data: bytes = field(repr=False)
    authenticator_data: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def verify_assertion(public_key: bytes, content_hash: bytes, assertion: Assertion, /, *, relying_party: str) -> bool:
    """Whether the holder of this COSE key (CBOR), present and verified, signed this SHA-256 for this host.

    What cannot be read as an assertion is none.
    """
    parts = (assertion.client_data, assertion.authenticator_data, assertion.signature, public_key)
    if len(content_hash) != HASH_BYTES or any(not part or len(part) > _MOST_BYTES for part in parts):
        return False
    if not _is_meant(_told_by(assertion.client_data), content_hash, relying_party=relying_party):
        return False
    if not _is_held(assertion.authenticator_data, relying_party):
        return False
    signed = assertion.authenticator_data + hashlib.sha256(assertion.client_data).digest()
    return _has_signed(public_key, signed, assertion.signature)


def _told_by(client_data: bytes) -> Mapping[str, object]:
    """Return what the browser says it was asked for; nothing where this is no JSON object."""
    try:
        told = json.loads(client_data)
    except (ValueError, RecursionError):  # no text, no JSON, or brackets upon brackets
        return {}
    return told if isinstance(told, dict) else {}


def _is_meant(told: Mapping[str, object], content_hash: bytes, *, relying_party: str) -> bool:
    """Whether the browser was asked to sign exactly this, on a page of this host itself."""
    origin = told.get("origin")
    return (
        told.get("type") == "webauthn.get"
        and told.get("challenge") == websafe_encode(content_hash)
        and told.get("crossOrigin", False) is False
        and isinstance(origin, str)
        and _is_of(relying_party, origin)
    )


def _is_of(relying_party: str, origin: str) -> bool:
    try:
        return verify_rp_id(relying_party, origin)
    except ValueError:  # an address that is none
        return False


def _is_held(data: bytes, relying_party: str) -> bool:
    """Whether the authenticator answered for this host, with its holder there and verified."""
    host, flags = data[:HASH_BYTES], data[HASH_BYTES : HASH_BYTES + 1]
    if len(data) < _LEAST_AUTHENTICATOR_BYTES or host != hashlib.sha256(relying_party.encode()).digest():
        return False
    return flags[0] & _PRESENT_AND_VERIFIED == _PRESENT_AND_VERIFIED


def _has_signed(public_key: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether the key made this signature. A key that cannot be read, or is of no known kind, has signed nothing."""
    try:
        key = CoseKey.parse(cast("Mapping[int, Any]", cbor_decode(public_key)))
        key.verify(signed, signature)
    # The reader of CBOR has no error of its own: it trips over another shape as Python does, here and in `verify`,
    # which looks the numbers of the curve up as it needs them. RuntimeError is a kind
    # of key nobody knows, or boxes within boxes.
    except (InvalidSignature, RuntimeError, ValueError, LookupError, TypeError, AttributeError, struct.error):
        return False
    return True
