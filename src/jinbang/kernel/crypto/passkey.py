"""Officers' passkeys: a WebAuthn assertion whose challenge is the SHA-256 that is signed.

The browser puts the challenge into the client data, the authenticator signs its own data and the hash of the client
data: so the signature covers the content hash, the page's host, and that the holder was there and verified (PIN,
finger, face). Nothing is trusted that was not signed; the counter is not used, because synchronised passkeys keep none.
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from fido2.cbor import decode as cbor_decode
from fido2.cose import CoseKey
from fido2.rpid import verify_rp_id
from fido2.webauthn import AuthenticatorData, CollectedClientData

HASH_BYTES: Final = 32
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
    try:
        client = CollectedClientData(assertion.client_data)
        data = AuthenticatorData(assertion.authenticator_data)
        key = CoseKey.parse(cast("Mapping[int, Any]", cbor_decode(public_key)))  # another shape is refused below
        if not _is_meant(client, content_hash, relying_party=relying_party) or not _is_held(data, relying_party):
            return False
        key.verify(assertion.authenticator_data + client.hash, assertion.signature)
    # Bytes of a stranger: the readers of CBOR, COSE and JSON raise whatever another shape than theirs trips over
    # (a number where a map belongs, a missing key, too few bytes), and each of it means the same: no assertion.
    except (InvalidSignature, NotImplementedError, ValueError, LookupError, TypeError, AttributeError, struct.error):
        return False
    return True


def _is_meant(client: CollectedClientData, content_hash: bytes, *, relying_party: str) -> bool:
    """Whether the browser was asked to sign exactly this, on a page of this host itself."""
    return (
        client.type == CollectedClientData.TYPE.GET
        and client.challenge == content_hash
        and not client.cross_origin
        and verify_rp_id(relying_party, client.origin)
    )


def _is_held(data: AuthenticatorData, relying_party: str) -> bool:
    """Whether the authenticator answered for this host, with its holder there and verified."""
    is_ours = data.rp_id_hash == hashlib.sha256(relying_party.encode()).digest()
    return is_ours and data.is_user_present() and data.is_user_verified()
