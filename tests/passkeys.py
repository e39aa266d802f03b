"""A passkey in software, for tests: it answers as a device with its holder there and verified would."""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from jinbang.kernel.crypto.passkey import Assertion

HOST = "localhost.test"
THERE_AND_VERIFIED = 0x05


class SoftPasskey:
    """One P-256 key and its credential."""

    def __init__(self) -> None:
        """Make the pair."""
        self._private = ec.generate_private_key(ec.SECP256R1())
        key = ES256.from_cryptography_key(self._private.public_key())  # type: ignore[no-untyped-call]  # fido2's own
        self.public_key = cbor.encode(dict(key))
        self.credential_id = os.urandom(16)

    def sign(
        self,
        content_hash: bytes,
        *,
        host: str = HOST,
        origin: str = "",
        kind: str = "webauthn.get",
        challenge: bytes = b"",
        flags: int = THERE_AND_VERIFIED,
        is_cross_origin: bool = False,
    ) -> Assertion:
        """Answer a challenge; each argument spoils one thing of a good answer."""
        client = json.dumps(
            {
                "type": kind,
                "challenge": websafe_encode(challenge or content_hash),
                "origin": origin or f"https://{host}",
                "crossOrigin": is_cross_origin,
            }
        ).encode()
        data = hashlib.sha256(host.encode()).digest() + bytes([flags]) + (7).to_bytes(4, "big")
        signed = data + hashlib.sha256(client).digest()
        return Assertion(client, data, self._private.sign(signed, ec.ECDSA(hashes.SHA256())))

    def registration(self, *, host: str = HOST) -> dict[str, object]:
        """Return what a browser hands over when the passkey is made, as the sign-in library keeps it."""
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.credential_id, CoseKey.parse(cast("Mapping[int, Any]", cbor.decode(self.public_key)))
        )
        made = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), made, 0, credential)
        client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"challenge", f"https://{host}")
        return {
            "id": websafe_encode(self.credential_id),
            "rawId": websafe_encode(self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": websafe_encode(client),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            },
        }
