"""How a record is found and opened: by the release key *and* by what the person types, never by one of them alone.

`locator = HMAC(k1, release ‖ kind of query ‖ inputs)` says where the record lies, `HMAC(k2, …)` over the same is the
key that opens it; k1 and k2 come from the release key, bound to release, environment and (k2) generation. The header's
hash is part of the associated data, so a record opens only under the header it was published with. Free of Django.
"""

import os
import struct
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from jinbang.kernel.crypto.suites import INTL
from jinbang.kernel.errors import SealBroken
from jinbang.kernel.identity import normalise_typed
from jinbang.kernel.names import matching_name
from jinbang.lookup.errors import RecordTooLong

RELEASE_KEY_BYTES: Final = 32
_LENGTH: Final = struct.Struct(">H")
OVERHEAD: Final = INTL.nonce_bytes + INTL.tag_bytes + _LENGTH.size


class QueryKind(StrEnum):
    """What a query of a release needs. More kinds (an account, a code by message) will point to the same records."""

    TICKET_DOCUMENT = "ticket_document"
    TICKET_DOCUMENT_NAME = "ticket_document_name"


_WITHOUT_NAME: Final = QueryKind.TICKET_DOCUMENT.value
_WITH_NAME: Final = QueryKind.TICKET_DOCUMENT_NAME.value


@dataclass(slots=True)
class QueryInputs:
    """What identifies a record, each in its one written form. Left out of representations, hence out of logs."""

    ticket_number: str = field(repr=False)
    document_number: str = field(repr=False)
    name: str = field(repr=False)

    @classmethod
    def typed(cls, *, ticket_number: str, document_number: str, name: str = "") -> "QueryInputs":
        """Fold what was typed, or what a roster holds, into the one form; meaning the same gives the same."""
        return cls(normalise_ticket(ticket_number), normalise_typed(document_number), matching_name(name))

    def message(self, kind: QueryKind) -> bytes:
        """Return these inputs as one text in which no part can flow into the next."""
        ticket, document = self.ticket_number, self.document_number
        if kind is QueryKind.TICKET_DOCUMENT:
            return f"{_WITHOUT_NAME}|{len(ticket)}:{ticket}|{len(document)}:{document}".encode()
        name = self.name
        return f"{_WITH_NAME}|{len(ticket)}:{ticket}|{len(document)}:{document}|{len(name)}:{name}".encode()


def normalise_ticket(raw: str) -> str:
    """Return a ticket number without what people add to it (spaces, hyphens), in plain characters and capitals."""
    if raw.isascii() and raw.isalnum():  # what nearly everybody types
        return raw.upper()
    capitals = unicodedata.normalize("NFKC", raw).upper()
    return "".join(character for character in capitals if character.isascii() and character.isalnum())


def new_release_key() -> bytes:
    """Return a fresh release key. One generation of one release uses it, and nothing else."""
    return os.urandom(RELEASE_KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which records a seal is for: one generation of one release in one environment, under one header."""

    release: str
    version: int
    environment: str
    query_kind: QueryKind
    header_hash: str


class RecordSeal:
    """Seals and opens the records of one edition. Holds keys made from the release key: lives in memory only."""

    def __init__(self, release_key: bytes, edition: Edition) -> None:
        """Derive the two keys once (HKDF)."""
        scope = f"jinbang|lookup|{edition.environment}|{edition.release}"
        self._mac_of_locator = INTL.keyed_mac(INTL.derive(release_key, info=f"{scope}|locator".encode()))
        self._mac_of_key = INTL.keyed_mac(INTL.derive(release_key, info=f"{scope}|{edition.version}|record".encode()))
        self._kind = edition.query_kind
        self._release = edition.release.encode() + b"|"
        self._aad = f"{edition.release}|{edition.version}|{edition.header_hash}".encode()

    def find(self, inputs: QueryInputs) -> tuple[bytes, bytes]:
        """Return where the record of these inputs lies, and the key that opens it: 32 bytes each, by two HMACs."""
        message = self._release + inputs.message(self._kind)
        return self._mac_of_locator(message), self._mac_of_key(message)

    def locator(self, inputs: QueryInputs) -> bytes:
        """Return where the record of these inputs lies, 32 bytes."""
        locator, _key = self.find(inputs)
        return locator

    def seal(self, inputs: QueryInputs, content: bytes, *, size: int) -> bytes:
        """Return the record, exactly `size` bytes long whatever the content. Refuses with `RecordTooLong`."""
        room = size - OVERHEAD
        if len(content) > room:
            raise RecordTooLong(needed=len(content) + OVERHEAD)
        padded = _LENGTH.pack(len(content)) + content.ljust(room, b"\0")
        nonce = os.urandom(INTL.nonce_bytes)
        _locator, key = self.find(inputs)
        return nonce + INTL.cipher(key).encrypt(nonce, padded, self._aad)

    def open(self, inputs: QueryInputs, record: bytes) -> bytes:
        """Return the content. Refuses, with `SealBroken`, other inputs, another edition and an altered record."""
        _locator, key = self.find(inputs)
        return self.open_with(key, record)

    def open_with(self, key: bytes, record: bytes) -> bytes:
        """Return the content of a record whose key has been found."""
        if len(record) < OVERHEAD:
            raise SealBroken
        nonce, ciphertext = record[: INTL.nonce_bytes], record[INTL.nonce_bytes :]
        padded = INTL.open(INTL.cipher(key), nonce=nonce, ciphertext=ciphertext, aad=self._aad)
        (length,) = _LENGTH.unpack_from(padded)
        return padded[_LENGTH.size : _LENGTH.size + length]

    def open_nothing(self, key: bytes, record: bytes) -> None:
        """Do the work of `open_with` for a miss, so that a miss takes as long as looking at a record does."""
        try:
            self.open_with(key, record)
        except SealBroken:
            return
