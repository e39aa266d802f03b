"""Officers' keys: an Ed25519 pair whose private half is sealed under a passphrase that only the officer knows.

The system stores both halves and can use neither alone: it asks for the passphrase at each signature and forgets it.
What is signed is always the SHA-256 of a canonical description, never the description. Layout of the sealed half:

    form (1) | passes (1) | memory in MiB (2) | lanes (1) | salt (16) | public key (32) | nonce (12) | ciphertext, tag

All that stands before the nonce is authenticated. The passphrase is stretched by Argon2id (RFC 9106).
"""

import os
import struct
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jinbang.kernel.crypto.suites import INTL, Cipher
from jinbang.kernel.errors import SealBroken, WrongPassphrase

FORM: Final = 1
HASH_BYTES: Final = 32
PUBLIC_KEY_BYTES: Final = 32
PRIVATE_KEY_BYTES: Final = 32
_PASSES: Final = 3
_MEMORY_MIB: Final = 64
_LANES: Final = 4
_SALT_BYTES: Final = 16
_HEADER: Final = struct.Struct(f">BBHB{_SALT_BYTES}s{PUBLIC_KEY_BYTES}s")
# A sealed half that asks for more than this was not made here: it would only exhaust the machine.
_MOST_PASSES: Final = 10
_MOST_MEMORY_MIB: Final = 1024
_MOST_LANES: Final = 16


@dataclass(frozen=True)
class OfficerKeyPair:
    """The public key (32 bytes, for everybody) and the private one, sealed (for the officer's passphrase only)."""

    public_key: bytes
    sealed_private_key: bytes = field(repr=False)


def new_officer_key(passphrase: str) -> OfficerKeyPair:
    """Return a fresh pair. The passphrase is not kept and cannot be recovered: a lost one means a new pair."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    header = _HEADER.pack(FORM, _PASSES, _MEMORY_MIB, _LANES, os.urandom(_SALT_BYTES), public)
    nonce = os.urandom(INTL.nonce_bytes)
    sealed = _cipher(passphrase, header).encrypt(nonce, private.private_bytes_raw(), header)
    return OfficerKeyPair(public_key=public, sealed_private_key=header + nonce + sealed)


def sign(sealed_private_key: bytes, content_hash: bytes, *, passphrase: str) -> bytes:
    """Return the officer's Ed25519 signature (64 bytes) over a SHA-256. Takes about a tenth of a second.

    Refuses a wrong passphrase, and a sealed key that has been altered, alike: `WrongPassphrase`.
    """
    _require_hash(content_hash)
    size = _HEADER.size
    if len(sealed_private_key) != size + INTL.nonce_bytes + PRIVATE_KEY_BYTES + INTL.tag_bytes:
        raise WrongPassphrase
    header, nonce = sealed_private_key[:size], sealed_private_key[size : size + INTL.nonce_bytes]
    _require_known_header(header)
    try:
        private = INTL.open(
            _cipher(passphrase, header),
            nonce=nonce,
            ciphertext=sealed_private_key[size + INTL.nonce_bytes :],
            aad=header,
        )
    except SealBroken as error:
        raise WrongPassphrase from error
    return Ed25519PrivateKey.from_private_bytes(private).sign(content_hash)


def verify(public_key: bytes, content_hash: bytes, signature: bytes, /) -> bool:
    """Whether the signature over this SHA-256 was made with the private half of this public key."""
    _require_hash(content_hash)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content_hash)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cipher(passphrase: str, header: bytes) -> Cipher:
    _, passes, memory_mib, lanes, salt, _ = _HEADER.unpack(header)
    key = hash_secret_raw(
        # An input method that was left in full-width mode must not lock an officer out on release day.
        unicodedata.normalize("NFKC", passphrase).encode(),
        salt,
        time_cost=passes,
        memory_cost=memory_mib * 1024,
        parallelism=lanes,
        hash_len=INTL.key_bytes,
        type=Type.ID,
    )
    return INTL.cipher(key)


def _require_known_header(header: bytes) -> None:
    form, passes, memory_mib, lanes, _, _ = _HEADER.unpack(header)
    within = 1 <= passes <= _MOST_PASSES and 1 <= memory_mib <= _MOST_MEMORY_MIB and 1 <= lanes <= _MOST_LANES
    if form != FORM or not within:
        raise WrongPassphrase


def _require_hash(content_hash: bytes) -> None:
    if len(content_hash) != HASH_BYTES:
        message = "an officer signs a SHA-256, nothing else"
        raise ValueError(message)
