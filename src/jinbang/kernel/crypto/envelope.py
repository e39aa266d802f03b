"""Sealed values: each person has a data key, wrapped by the key ring; personal fields are encrypted under it.

Destroying the wrapped data key makes everything sealed under it unreadable, in every backup too. A sealed value is tied
to its table, column and row by associated data, so it does not open anywhere else. Its layout, which never changes
without another first byte:

    form (1) | suite (1) | key id (4) | nonce (12) | ciphertext and tag

The key id of a wrapped data key is the number of the ring's key; that of a value is a check value of its data key.
The first six bytes are authenticated together with the associated data.
"""

import os
from functools import lru_cache
from typing import Final
from uuid import UUID

from jinbang.kernel.crypto.keyring import KeyRing, Purpose
from jinbang.kernel.crypto.suites import INTL, Cipher, Suite, suite_by_id
from jinbang.kernel.errors import SealBroken

FORM: Final = 1
_KEY_ID_BYTES: Final = 4
_HEADER_BYTES: Final = 2 + _KEY_ID_BYTES
_DATA_KEY_AAD: Final = b"jinbang|data key"
_CHECK_VALUE: Final = b"jinbang|check value|"
_DATA_KEYS_KEPT: Final = 8192


def associated_data(table: str, column: str, *, row: UUID) -> bytes:
    """Return where a sealed value belongs, as every caller must write it: table|column|row-uuid."""
    return f"{table}|{column}|{row}".encode()


def new_data_key(ring: KeyRing) -> bytes:
    """Return a fresh data key, wrapped under the current key of the ring. Only the wrapped form is ever stored."""
    return _wrap(os.urandom(INTL.key_bytes), ring)


def rewrap_data_key(wrapped: bytes, *, ring: KeyRing) -> bytes:
    """Return the same data key under the ring's current key: what rotation stores instead of the old form."""
    return _wrap(_unwrap(wrapped, ring), ring)


def seal(wrapped: bytes, plaintext: bytes, *, aad: bytes, ring: KeyRing) -> bytes:
    """Return the plaintext sealed under this data key, for this one place. Sealing twice gives different bytes."""
    cipher, check_value = _data_key(ring, wrapped, INTL)
    return _sealed(cipher, plaintext, key_id=check_value, aad=aad)


def open_sealed(wrapped: bytes, blob: bytes, *, aad: bytes, ring: KeyRing) -> bytes:
    """Return what was sealed. Refuses, with `SealBroken`, a value altered, moved or sealed under another data key."""
    suite, key_id = _header(blob)
    cipher, check_value = _data_key(ring, wrapped, suite)
    if key_id != check_value:
        raise SealBroken
    return _opened(suite, cipher, blob, aad=aad)


def forget_data_keys() -> None:
    """Drop the opened data keys this process keeps: after an erasure or a rotation."""
    _data_key.cache_clear()


@lru_cache(maxsize=_DATA_KEYS_KEPT)
def _data_key(ring: KeyRing, wrapped: bytes, suite: Suite) -> tuple[Cipher, bytes]:
    # Kept, because every page of a person opens several values, and a bulk import seals four for each.
    key = _unwrap(wrapped, ring)
    return suite.cipher(key), suite.digest(_CHECK_VALUE + key)[:_KEY_ID_BYTES]


@lru_cache(maxsize=16)
def _wrapping_cipher(ring: KeyRing, key_id: int, suite: Suite) -> Cipher:
    return suite.cipher(ring.key(Purpose.KEK, key_id))


def _wrap(key: bytes, ring: KeyRing) -> bytes:
    number = ring.current_id(Purpose.KEK)
    return _sealed(
        _wrapping_cipher(ring, number, INTL), key, key_id=number.to_bytes(_KEY_ID_BYTES, "big"), aad=_DATA_KEY_AAD
    )


def _unwrap(wrapped: bytes, ring: KeyRing) -> bytes:
    suite, key_id = _header(wrapped)
    cipher = _wrapping_cipher(ring, int.from_bytes(key_id, "big"), suite)
    return _opened(suite, cipher, wrapped, aad=_DATA_KEY_AAD)


def _sealed(cipher: Cipher, plaintext: bytes, *, key_id: bytes, aad: bytes) -> bytes:
    header = bytes((FORM, INTL.number)) + key_id
    nonce = os.urandom(INTL.nonce_bytes)
    return header + nonce + cipher.encrypt(nonce, plaintext, header + aad)


def _header(blob: bytes) -> tuple[Suite, bytes]:
    if len(blob) < _HEADER_BYTES or blob[0] != FORM:
        raise SealBroken
    suite = suite_by_id(blob[1])
    if len(blob) < _HEADER_BYTES + suite.nonce_bytes + suite.tag_bytes:
        raise SealBroken
    return suite, blob[2:_HEADER_BYTES]


def _opened(suite: Suite, cipher: Cipher, blob: bytes, *, aad: bytes) -> bytes:
    body = _HEADER_BYTES + suite.nonce_bytes
    return suite.open(cipher, nonce=blob[_HEADER_BYTES:body], ciphertext=blob[body:], aad=blob[:_HEADER_BYTES] + aad)
