"""The vault and the key holder: who may open a release, and when.

The vault keeps each release key wrapped, one file per generation, apart from the snapshots. A key is first *kept*,
which opens nothing; arming binds it to the instant T and to the hash of the warrant that two officers signed, as
associated data, so that moving T in the file destroys the key. The holder gives an armed key at or after T, and only
while the clock of the machine agrees with a steady one. In the default it lives inside `serve`; `holder_socket` makes
it a process of its own. Free of Django.
"""

import base64
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import structlog

from jinbang.kernel import clock
from jinbang.kernel.crypto.keyring import KeyRing, Purpose
from jinbang.kernel.crypto.suites import INTL, Cipher
from jinbang.kernel.digests import canonical_json
from jinbang.kernel.errors import SealBroken
from jinbang.lookup.errors import ClocksDisagree, GenerationAlreadyOpen, ReleaseNotOpen, WarrantMissing
from jinbang.lookup.snapshot import Publication

log = structlog.get_logger(__name__)
CLOCK_TOLERANCE: Final = timedelta(seconds=1)
_TOLERANCE_SECONDS: Final = CLOCK_TOLERANCE.total_seconds()
OWNER_ONLY: Final = 0o600
VAULT_FOLDER: Final = "vault"  # under the home folder, beside the snapshots and never among them


@dataclass(frozen=True, slots=True)
class _Kept:
    """One file of the vault. `warrant_hash` is empty until the key is armed."""

    release: str
    version: int
    file: str
    header_hash: str
    opens_at: str
    warrant_hash: str
    key_id: int
    wrapped: str = field(default="", repr=False)

    @property
    def aad(self) -> bytes:
        """All that must not change without the key being lost."""
        return canonical_json(
            ["release-key", self.release, self.version, self.file, self.header_hash, self.opens_at, self.warrant_hash]
        )

    def instant(self) -> datetime:
        """Return the instant before which nobody gets the key."""
        return datetime.fromisoformat(self.opens_at)


@dataclass(frozen=True, slots=True)
class ArmedKey:
    """A key that may be given at `opens_at`, on the warrant whose hash this is. `unwrap` does the giving."""

    opens_at: datetime
    warrant_hash: str
    unwrap: Callable[[], bytes] = field(repr=False)


class KeyVault:
    """Release keys in a folder, wrapped under the key ring's purpose `release`."""

    def __init__(self, folder: Path, ring: KeyRing) -> None:
        """Remember the folder; nothing is read yet."""
        self._folder = folder
        self._ring = ring

    def keep(self, publication: Publication, release_key: bytes) -> None:
        """Keep the key of a finished snapshot file. It opens nothing until it is armed."""
        self._write(publication, release_key, warrant_hash="")

    def arm(self, publication: Publication, *, warrant_hash: str, now: datetime) -> None:
        """Bind the kept key to its instant and to the warrant (64 hexadecimal digits).

        Refuses when no key was kept for this file, and when an armed generation of the same number is already open.
        """
        if not warrant_hash:
            raise WarrantMissing
        for other in self._of(publication.release, publication.version):
            if other.file != publication.file and other.warrant_hash and other.instant() <= now:
                raise GenerationAlreadyOpen
        release_key = self._unwrapped(self._read(publication))
        for other in self._of(publication.release, publication.version):
            if other.file != publication.file:
                self._path(other.release, other.file).unlink(missing_ok=True)
        self._write(publication, release_key, warrant_hash=warrant_hash)

    def forget(self, publication: Publication) -> None:
        """Destroy the key of a generation: its file can then never be opened."""
        self._path(publication.release, publication.file).unlink(missing_ok=True)

    def armed_key(self, publication: Publication) -> ArmedKey:
        """Return the armed key of a generation, still wrapped. Refuses with `WarrantMissing`."""
        kept = self._read(publication)
        if not kept.warrant_hash:
            raise WarrantMissing
        return ArmedKey(kept.instant(), kept.warrant_hash, lambda: self._unwrapped(kept))

    def warrant_hash_of(self, publication: Publication) -> str:
        """Return the hash of the warrant a generation was armed with; empty where there is none."""
        try:
            return self._read(publication).warrant_hash
        except WarrantMissing:
            return ""

    def _of(self, release: str, version: int) -> list[_Kept]:
        paths = sorted((self._folder / release).glob("*.json"))
        kept = [_Kept(**json.loads(path.read_text(encoding="utf-8"))) for path in paths]
        return [one for one in kept if one.version == version]

    def _read(self, publication: Publication) -> _Kept:
        try:
            content = json.loads(self._path(publication.release, publication.file).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise WarrantMissing from error
        return _Kept(**content)

    def _write(self, publication: Publication, release_key: bytes, *, warrant_hash: str) -> None:
        kept = _Kept(
            release=publication.release,
            version=publication.version,
            file=publication.file,
            header_hash=publication.header_hash,
            opens_at=publication.opens_at,
            warrant_hash=warrant_hash,
            key_id=self._ring.current_id(Purpose.RELEASE),
        )
        nonce = os.urandom(INTL.nonce_bytes)
        blob = nonce + self._cipher(kept.key_id).encrypt(nonce, release_key, kept.aad)
        row = asdict(replace(kept, wrapped=base64.b64encode(blob).decode()))
        path = self._path(publication.release, publication.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
            json.dump(row, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _unwrapped(self, kept: _Kept) -> bytes:
        blob = base64.b64decode(kept.wrapped)
        nonce, ciphertext = blob[: INTL.nonce_bytes], blob[INTL.nonce_bytes :]
        try:
            return INTL.open(self._cipher(kept.key_id), nonce=nonce, ciphertext=ciphertext, aad=kept.aad)
        except SealBroken as error:
            raise WarrantMissing from error

    def _cipher(self, key_id: int) -> Cipher:
        return INTL.cipher(self._ring.derive(Purpose.RELEASE, "lookup|vault", key_id=key_id))

    def _path(self, release: str, file: str) -> Path:
        return self._folder / release / f"{Path(file).stem}.json"


class SteadyClock:
    """A clock that nobody can set: what the machine said at the start, plus the time that has passed since."""

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        """Read the machine's clock once."""
        self._booted_at = machine() - time.clock_gettime(time.CLOCK_BOOTTIME)

    def __call__(self) -> float:
        """Return the seconds since 1970, whatever was done to the machine's clock since the start."""
        return self._booted_at + time.clock_gettime(time.CLOCK_BOOTTIME)


class Holder(Protocol):
    """What a lookup process needs of a key holder, inside it or elsewhere (`holder_socket`)."""

    def require_right_clock(self) -> None:
        """Refuse with `ClocksDisagree` where this process's clock cannot be relied on. Costs next to nothing."""

    def release_key(self, publication: Publication) -> bytes:
        """Return the key of a generation, at or after its instant."""


class KeyHolder:
    """Gives a release key at or after T: for an armed warrant, on two clocks that agree. Keeps no key itself."""

    def __init__(
        self,
        vault: KeyVault,
        *,
        now: Callable[[], datetime] = clock.now,
        machine: Callable[[], float] = time.time,
        steady: Callable[[], float] | None = None,
        is_warranted: Callable[[Publication, str], bool] | None = None,
    ) -> None:
        """Take the clock that decides (`now`, which the demo shifts) and the two, in seconds, that must agree.

        `is_warranted` checks the officers' signatures under a warrant's hash once more; where the holder stands apart
        from them, the vault, which was armed after that check, has to do.
        """
        self._vault = vault
        self._now = now
        self._machine = machine
        self._steady = steady if steady is not None else SteadyClock(machine)
        self._is_warranted = is_warranted

    def require_right_clock(self) -> None:
        """Refuse with `ClocksDisagree` where the machine's clock was moved since the start."""
        if abs(self._machine() - self._steady()) > _TOLERANCE_SECONDS:
            raise ClocksDisagree

    def release_key(self, publication: Publication, *, asker: str = "") -> bytes:
        """Return the key. Refuses before T, without an armed warrant, and while the clocks disagree.

        Each that is given out is logged, with `asker`: who asked from outside this process.
        """
        key = self._vault.armed_key(publication)
        self.require_right_clock()
        if self._now() < key.opens_at:
            raise ReleaseNotOpen(opens_at=key.opens_at)
        if self._is_warranted is not None and not self._is_warranted(publication, key.warrant_hash):
            raise WarrantMissing
        release_key = key.unwrap()
        log.info(
            "release_key_given",
            release=publication.release,
            generation=publication.version,
            file=publication.file,
            asker=asker or f"this process, uid {os.geteuid()}",
        )
        return release_key
