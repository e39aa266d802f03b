"""The pointer of a release: which of its generations are armed, in which file, from which instant on.

    <folder>/<release>/pointer.json           signed by the installation, numbered, replaced at once

The files that it names are sealed, but it decides which of them people see. Whoever can write the store that snapshots
travel through could otherwise put back a generation that has been corrected. So it is signed (Ed25519, by a key that
follows from the key ring), and each state has a higher number than the one before: a node refuses what is not signed,
and what is older than what it has seen. A node holds public keys only. Free of Django.
"""

import base64
import binascii
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jinbang.kernel.crypto.keyring import KeyRing, Purpose
from jinbang.kernel.digests import canonical_json
from jinbang.lookup.errors import SnapshotDamaged
from jinbang.lookup.snapshot import Publication

POINTER: Final = "pointer.json"


@dataclass(frozen=True)
class PointerKeys:
    """The public keys by which what an installation has published is known, by the numbers of the key ring."""

    keys: Mapping[int, Ed25519PublicKey]

    @classmethod
    def of_ring(cls, ring: KeyRing) -> Self:
        """Return those of the installation that this ring is of."""
        return cls({number: _private(ring, number).public_key() for number in ring.key_ids(Purpose.RELEASE)})

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return those that somebody wrote down. Raises `ValueError` where they are not what `text` gives out."""
        try:
            pairs = [pair.partition(":") for pair in text.split(",")]
            return cls({int(number): Ed25519PublicKey.from_public_bytes(_decoded(key)) for number, _, key in pairs})
        except ValueError as error:
            raise ValueError("JINBANG_POINTER_KEYS is not what `jinbang pointer-keys` prints") from error

    def text(self) -> str:
        """Return them as a setting of a node: public, one line."""
        return ",".join(f"{number}:{_encoded(key.public_bytes_raw())}" for number, key in sorted(self.keys.items()))

    def require_signed(self, content: bytes, *, key_id: int, signature: bytes) -> None:
        """Refuse with `SnapshotDamaged` what none of these keys has signed."""
        try:
            self.keys[key_id].verify(signature, content)
        except (KeyError, InvalidSignature) as error:
            raise SnapshotDamaged(problem="signature") from error


class PointerSigner:
    """Signs for an installation. Only the worker has one."""

    def __init__(self, ring: KeyRing) -> None:
        """Take the current key of the ring."""
        self.keys = PointerKeys.of_ring(ring)
        self.key_id = ring.current_id(Purpose.RELEASE)
        self._private = _private(ring, self.key_id)

    def sign(self, content: bytes) -> bytes:
        """Return a signature of 64 bytes."""
        return self._private.sign(content)


def _private(ring: KeyRing, key_id: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ring.derive(Purpose.RELEASE, "lookup|pointer", key_id=key_id))


@dataclass(frozen=True, slots=True)
class Pointer:
    """One state of a release. `generations` are the armed ones by number; number 0 is before the first state."""

    release: str
    number: int = 0
    generations: Mapping[int, Publication] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, release: str, *, keys: PointerKeys) -> Self:
        """Return the state in this folder. Refuses with `SnapshotDamaged` what is not the installation's own."""
        try:
            content = (folder / release / POINTER).read_bytes()
        except FileNotFoundError:
            return cls(release)
        return cls.parsed(content, release, keys=keys)

    @classmethod
    def parsed(cls, content: bytes, release: str, *, keys: PointerKeys) -> Self:
        """Return what was signed for this release. Refuses anything else with `SnapshotDamaged`."""
        try:
            written = json.loads(content)
            number, rows = int(written["number"]), written["generations"]
            key_id, signature = int(written["key_id"]), _decoded(written["signature"])
            publications = [Publication(**row) for row in rows]
            signed = _signed_part(release, number, rows)
        except (ValueError, TypeError, KeyError) as error:
            raise SnapshotDamaged(problem="pointer") from error
        keys.require_signed(signed, key_id=key_id, signature=signature)
        return cls(release, number, {publication.version: publication for publication in publications})

    def require_not_before(self, number: int) -> None:
        """Refuse with `SnapshotDamaged` to go back from a state of this number."""
        if self.number < number:
            raise SnapshotDamaged(problem="older", number=self.number, known=number)

    def followed_by(self, generations: Mapping[int, Publication]) -> "Pointer":
        """Return the state after this one. A folder that was lost begins with the time: past all it had counted to."""
        return Pointer(self.release, max(self.number + 1, int(time.time())), generations)

    def signed(self, signer: PointerSigner) -> bytes:
        """Return it as it is written."""
        rows = [asdict(self.generations[version]) for version in sorted(self.generations)]
        signature = signer.sign(_signed_part(self.release, self.number, rows))
        written = {
            "number": self.number,
            "generations": rows,
            "key_id": signer.key_id,
            "signature": _encoded(signature),
        }
        return json.dumps(written, ensure_ascii=False, indent=1).encode()


def arm(folder: Path, publication: Publication, *, signer: PointerSigner) -> None:
    """Let nodes see a published generation: before its instant the countdown, from then on its records.

    An armed generation of the same number is replaced, and its file removed; the vault refuses that for a generation
    that is already open.
    """
    known = Pointer.read(folder, publication.release, keys=signer.keys)
    replaced = known.generations.get(publication.version)
    state = known.followed_by({**known.generations, publication.version: publication})
    write(folder, publication.release, content=state.signed(signer))
    if replaced is not None and replaced.file != publication.file:
        (folder / publication.release / replaced.file).unlink(missing_ok=True)


def withdraw(folder: Path, publication: Publication, *, signer: PointerSigner) -> None:
    """Take a generation out of the pointer and remove its file; nodes stop announcing it within a second."""
    known = Pointer.read(folder, publication.release, keys=signer.keys)
    kept = {version: other for version, other in known.generations.items() if other.file != publication.file}
    write(folder, publication.release, content=known.followed_by(kept).signed(signer))
    (folder / publication.release / publication.file).unlink(missing_ok=True)


def write(folder: Path, release: str, *, content: bytes) -> None:
    """Replace the pointer of a release at once: whoever reads sees the old state or this one."""
    draft = folder / release / f".{POINTER}.{secrets.token_hex(4)}"
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / release / POINTER)


def _signed_part(release: str, number: int, rows: list[Any]) -> bytes:
    return canonical_json(["jinbang|lookup|pointer", release, number, rows])


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
