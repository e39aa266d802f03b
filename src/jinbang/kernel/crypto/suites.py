"""Named suites of algorithms. The number of the suite travels in every sealed value, so that a value outlives a change.

`intl` is AES-256-GCM, SHA-256, HMAC-SHA-256 and HKDF. A suite of the national algorithms will be one more object in
`SUITES`; a number, once used, is never given to another.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jinbang.kernel.errors import SealBroken

_BLOCK_BYTES: Final = 64
_PADS: Final = (0x36, 0x5C)


class Cipher(Protocol):
    """Authenticated encryption with one key already in it."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return the ciphertext followed by its tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return the plaintext, or raise `InvalidTag`."""


@dataclass(frozen=True)
class Suite:
    """One consistent choice of algorithms. Keys are `key_bytes` long, nonces `nonce_bytes`."""

    number: int
    name: str
    key_bytes: int = 32
    nonce_bytes: int = 12
    tag_bytes: int = 16

    def cipher(self, key: bytes) -> Cipher:
        """Return the cipher with its key schedule made: worth keeping when a key is used more than once."""
        if len(key) != self.key_bytes:
            message = f"a key of {self.name} has {self.key_bytes} bytes"
            raise ValueError(message)
        return AESGCM(key)

    def open(self, cipher: Cipher, *, nonce: bytes, ciphertext: bytes, aad: bytes) -> bytes:
        """Return the plaintext. Refuses, with `SealBroken`, anything but what was sealed, with this key and aad."""
        try:
            return cipher.decrypt(nonce, ciphertext, aad)
        except InvalidTag as error:
            raise SealBroken from error

    def digest(self, content: bytes) -> bytes:
        """Return the hash of the content."""
        return hashlib.sha256(content).digest()

    def mac(self, key: bytes, content: bytes) -> bytes:
        """Return the keyed hash of the content."""
        return hmac.digest(key, content, "sha256")

    def keyed_mac(self, key: bytes) -> Callable[[bytes], bytes]:
        """Return `mac` with its key schedule made (RFC 2104): a third of the cost where a key is used often."""
        block = key if len(key) <= _BLOCK_BYTES else self.digest(key)
        inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block.ljust(_BLOCK_BYTES, b"\0"))) for pad in _PADS)

        def mac(content: bytes) -> bytes:
            within, around = inner.copy(), outer.copy()
            within.update(content)
            around.update(within.digest())
            return around.digest()

        return mac

    def derive(self, key: bytes, *, info: bytes, length: int = 32) -> bytes:
        """Return key material bound to `info` (HKDF, RFC 5869; no salt, because the input is a uniform key)."""
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)


INTL: Final = Suite(number=1, name="intl")
SUITES: Final = (INTL,)


def suite_named(name: str) -> Suite:
    """Return the suite that a setting names."""
    for suite in SUITES:
        if suite.name == name:
            return suite
    message = f"no suite is called {name!r}"
    raise ValueError(message)


def suite_by_id(number: int) -> Suite:
    """Return the suite that a sealed value names. Refuses, with `SealBroken`, a number never given out."""
    for suite in SUITES:
        if suite.number == number:
            return suite
    raise SealBroken
