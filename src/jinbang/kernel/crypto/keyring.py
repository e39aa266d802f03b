"""The key ring: the few root keys of an installation, in one file outside the database.

Each purpose has numbered keys, one of which is current: new values are made under the current one, old ones still open
under theirs. The ring is never changed in place; `with_new_key` returns another, which is then saved. Losing the file
loses every sealed value, so the backup procedure names it first.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from jinbang.kernel.crypto.suites import INTL
from jinbang.kernel.errors import InvariantBroken, KeyRingUnreadable, UnknownKey

FORM: Final = 1
KEY_BYTES: Final = 32
KEY_ID_MAX: Final = 2**32 - 1
OWNER_ONLY: Final = 0o600


class Purpose(StrEnum):
    """What a root key is for. A key never serves two purposes."""

    KEK = "kek"
    INDEX = "index"
    TICKET = "ticket"
    RELEASE = "release"
    SUBMISSION = "submission"


@dataclass(frozen=True)
class _Keys:
    current: int
    keys: Mapping[int, bytes] = field(repr=False)


@dataclass(frozen=True, eq=False)
class KeyRing:
    """Root keys by purpose and number. Compared by identity; its representation shows no key."""

    _purposes: Mapping[str, _Keys] = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Return a ring with one fresh key for each purpose."""
        return cls(
            MappingProxyType({str(purpose): _Keys(1, {1: secrets.token_bytes(KEY_BYTES)}) for purpose in Purpose})
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the ring kept in this file. Refuses, with `KeyRingUnreadable`, any other file."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise KeyRingUnreadable(path=str(path), problem="missing") from error
        except ValueError as error:
            raise KeyRingUnreadable(path=str(path), problem="not_json") from error
        try:
            return cls(MappingProxyType(_purposes_of(content)))
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
            raise KeyRingUnreadable(path=str(path), problem="not_a_key_ring") from error

    def save(self, path: Path) -> None:
        """Write the ring, readable by its owner only, so that a crash leaves either the old file or the new one."""
        content = {
            "form": FORM,
            "purposes": {
                purpose: {
                    "current": kept.current,
                    "keys": {str(number): base64.b64encode(key).decode() for number, key in kept.keys.items()},
                }
                for purpose, kept in self._purposes.items()
            },
        }
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
                json.dump(content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def with_new_key(self, purpose: str) -> Self:
        """Return a ring in which this purpose has one more key, which is current; older ones still open."""
        kept = self._of(purpose)
        number = max(kept.keys) + 1
        keys = {**kept.keys, number: secrets.token_bytes(KEY_BYTES)}
        return type(self)(MappingProxyType({**self._purposes, str(purpose): _Keys(number, keys)}))

    def current_id(self, purpose: str) -> int:
        """Return the number of the key under which new values of this purpose are made."""
        return self._of(purpose).current

    def key_ids(self, purpose: str) -> tuple[int, ...]:
        """Return the numbers of all keys of this purpose, oldest first."""
        return tuple(sorted(self._of(purpose).keys))

    def key(self, purpose: str, key_id: int | None = None) -> bytes:
        """Return a root key, the current one unless a number is given. Refuses, with `UnknownKey`, one it lacks."""
        kept = self._of(purpose)
        number = kept.current if key_id is None else key_id
        try:
            return kept.keys[number]
        except KeyError:
            raise UnknownKey(purpose=str(purpose), key_id=number) from None

    def derive(self, purpose: str, info: str, *, key_id: int | None = None, length: int = KEY_BYTES) -> bytes:
        """Return key material bound to a purpose and to `info` (HKDF). Costs a few microseconds: keep the result."""
        return INTL.derive(self.key(purpose, key_id), info=f"jinbang|{purpose}|{info}".encode(), length=length)

    def _of(self, purpose: str) -> _Keys:
        try:
            return self._purposes[purpose]
        except KeyError:
            raise UnknownKey(purpose=str(purpose), key_id=0) from None


def _purposes_of(content: Mapping[str, Any]) -> dict[str, _Keys]:
    if content["form"] != FORM:
        message = "unknown form"
        raise ValueError(message)
    purposes = {name: _keys_of(kept) for name, kept in content["purposes"].items()}
    if missing := {str(purpose) for purpose in Purpose} - set(purposes):
        message = f"purposes without a key: {sorted(missing)}"
        raise ValueError(message)
    return purposes


def _keys_of(kept: Mapping[str, object]) -> _Keys:
    current, keys = kept["current"], kept["keys"]
    if not isinstance(current, int) or not isinstance(keys, dict):
        message = "a purpose needs a current number and keys"
        raise TypeError(message)
    decoded = {int(number): base64.b64decode(key, validate=True) for number, key in keys.items()}
    fits = all(0 < number <= KEY_ID_MAX and len(key) == KEY_BYTES for number, key in decoded.items())
    if current not in decoded or not fits:
        message = "the current key is missing, or a key has a wrong number or length"
        raise ValueError(message)
    return _Keys(current, decoded)


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_bound: KeyRing | None = None


def bind_key_ring(ring: KeyRing) -> None:
    """Give this process its key ring. `config` does it once at start; tests and rotation may do it again."""
    global _bound  # noqa: PLW0603  # one process has one ring; passing it through every model field is no safer
    _bound = ring


def key_ring() -> KeyRing:
    """Return the ring of this process. Having none is a fault of the start-up, not a refusal."""
    if _bound is None:
        message = "no key ring is bound to this process"
        raise InvariantBroken(message)
    return _bound
