"""What a node has open: every armed generation of every release, looked at again once a second.

A generation is checked against its published checksum before anything is read from it, which also brings its pages into
the page cache. A file that is not what was published shuts its own generation and nothing else. A pointer that the
installation has not signed, or that is older than one seen before, changes nothing but what `/healthz` says. Free of
Django.
"""

import logging
import secrets
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import lmdb

from jinbang.lookup.cards import decode_header, header_hash
from jinbang.lookup.errors import SnapshotDamaged, UnknownRelease
from jinbang.lookup.pointer import POINTER, Pointer, PointerKeys
from jinbang.lookup.snapshot import HEADER_KEY, Publication, checksum, edition_of

_POINTER_CHECK_SECONDS: Final = 1.0
_log: Final = logging.getLogger(__name__)

_opened: WeakValueDictionary[str, "Generation"] = WeakValueDictionary()
_opening: Final = threading.Lock()


class Generation:
    """One open snapshot file. Immutable, shared by threads; a get costs about 2 µs once its page is in memory.

    `base` is the complete generation that an overlay of corrections lies on.
    """

    def __init__(self, path: Path, publication: Publication, *, base: "Generation | None" = None) -> None:
        """Open a file and check that it is the one published. Refuses any other with `SnapshotDamaged`."""
        self.publication = publication
        self.base = base
        try:
            if checksum(path) != publication.sha256:
                raise SnapshotDamaged(problem="checksum")
            self._environment = lmdb.open(str(path), subdir=False, readonly=True, lock=False, readahead=False)
        except (OSError, lmdb.Error) as error:
            raise SnapshotDamaged(problem="unreadable") from error
        self._reading = threading.local()
        encoded = self.record(HEADER_KEY) or b""
        if header_hash(encoded) != publication.header_hash:
            raise SnapshotDamaged(problem="header")
        self.header = decode_header(encoded)
        if (base.header.version if base else 0) != self.header.base_version:
            raise SnapshotDamaged(problem="base")
        self.edition = edition_of(self.header)
        self.nothing = secrets.token_bytes(publication.record_size)

    @classmethod
    def of(cls, path: Path, publication: Publication, *, base: "Generation | None" = None) -> "Generation":
        """Return the file as this process has it open, opening it once: LMDB forbids a second time."""
        with _opening:
            key = f"{path.resolve()}|{publication.sha256}"
            generation = _opened.get(key)
            if generation is None:
                generation = _opened[key] = cls(path, publication, base=base)
            return generation

    @property
    def layers(self) -> "tuple[Generation, ...]":
        """What is searched, in this order: the corrections, then what they correct."""
        return (self,) if self.base is None else (self, self.base)

    def record(self, locator: bytes) -> bytes | None:
        """Return the record at a locator, or None. A thread keeps its transaction: nothing in the file ever changes."""
        reading = self._reading
        try:
            get = reading.get
        except AttributeError:
            get = reading.get = self._environment.begin().get
        found: bytes | None = get(locator)
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    """An armed generation: open, or damaged, in which case nothing is shown from its instant on."""

    publication: Publication
    opens_at: datetime
    generation: Generation | None


@dataclass(frozen=True, slots=True)
class _Known:
    """A release as it was last found. `fault` says why its pointer was not followed: then what was open stays."""

    stamp: tuple[int, ...] = ()
    places: tuple[_Place, ...] = ()
    fault: str = ""


_UNKNOWN: Final = _Known()


class Snapshots:
    """All releases of one folder, as a node sees them."""

    def __init__(self, folder: Path, keys: PointerKeys) -> None:
        """Begin with nothing open: the first question looks at the folder, and believes what these keys have signed."""
        self._folder = folder
        self._keys = keys
        self._known: dict[str, _Known] = {}
        self._numbers: dict[str, int] = {}
        self._looked_at = -_POINTER_CHECK_SECONDS
        self._lock = threading.Lock()
        self._is_watched = False
        self._ended = threading.Event()

    def watch(self) -> None:
        """Look now, and from then on once a second from a thread of its own, so that no question ever waits for it."""
        self.look_again()
        self._is_watched = True
        threading.Thread(target=self._watch, name="snapshots", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()

    def current(self, release: str, *, now: datetime) -> Generation:
        """Return the newest generation whose instant has come, else the one that comes first.

        Refuses with `SnapshotDamaged` where that one is not what was published, whatever older ones there are.
        """
        self._look_if_due()
        known = self._known.get(release, _UNKNOWN)
        if not known.places:
            if known.fault:
                raise SnapshotDamaged(problem=known.fault)
            raise UnknownRelease
        open_now = [place for place in known.places if place.opens_at <= now]
        generation = (open_now[-1] if open_now else known.places[0]).generation
        if generation is None:
            raise SnapshotDamaged(problem="release")
        return generation

    def all_current(self, *, now: datetime) -> list[Generation]:
        """Return the current generation of every release that has a sound one, the latest instant first."""
        self._look_if_due()
        found = []
        for release in list(self._known):
            try:
                found.append(self.current(release, now=now))
            except (SnapshotDamaged, UnknownRelease):
                continue
        return sorted(found, key=lambda one: (one.header.opens_at, one.header.release), reverse=True)

    def damaged(self) -> list[str]:
        """Return the releases of which the pointer or some generation is not what was published."""
        known = dict(self._known)
        return sorted(
            name for name, one in known.items() if one.fault or any(place.generation is None for place in one.places)
        )

    def look_again(self) -> None:
        """Look at the pointers now, whatever the last time was (after a publication in the same process)."""
        with self._lock:
            self._look()

    def _watch(self) -> None:
        while not self._ended.wait(_POINTER_CHECK_SECONDS):
            try:
                self.look_again()
            except OSError:
                _log.exception("the folder of snapshots cannot be read")

    def _look_if_due(self) -> None:
        recent = self._is_watched or time.monotonic() - self._looked_at < _POINTER_CHECK_SECONDS
        # Only the first question ever waits for the files to be opened; later ones go on with what is open.
        if recent or not self._lock.acquire(blocking=not self._known):
            return
        try:
            self._look()
        finally:
            self._lock.release()

    def _look(self) -> None:
        pointers = {path.parent.name: path for path in self._folder.glob(f"*/{POINTER}")}
        self._known = {release: self._reopened(release, pointer) for release, pointer in pointers.items()}
        self._looked_at = time.monotonic()

    def _reopened(self, release: str, pointer: Path) -> _Known:
        """Return what is open already, opening only files that are new; old ones close with their last reader."""
        stamp = _stamp(pointer)
        known = self._known.get(release)
        if known is not None and known.stamp[: len(stamp)] == stamp and self._stamps(known, release) == known.stamp:
            return known
        try:
            state = Pointer.read(self._folder, release, keys=self._keys)
            state.require_not_before(self._numbers.get(release, 0))
        except SnapshotDamaged as refusal:
            _log.error("the pointer of %s is not followed: %s", release, refusal.fields)  # the reason is all there is
            return replace(known or _UNKNOWN, stamp=stamp, fault=str(refusal.fields["problem"]))
        self._numbers[release] = state.number
        places: dict[int, _Place] = {}
        for version, publication in sorted(state.generations.items()):
            places[version] = self._opened(pointer.parent / publication.file, publication, places)
        found = _Known(stamp, tuple(places.values()))
        return _Known(self._stamps(found, release), found.places)

    def _opened(self, path: Path, publication: Publication, earlier: dict[int, _Place]) -> _Place:
        opens_at = datetime.fromisoformat(publication.opens_at)
        try:
            base = earlier[publication.base_version].generation if publication.base_version else None
            generation = Generation.of(path, publication, base=base)
        except (SnapshotDamaged, KeyError) as error:
            fields = error.fields if isinstance(error, SnapshotDamaged) else {"problem": "base"}
            _log.error("snapshot %s of %s is damaged: %s", publication.file, publication.release, fields)
            return _Place(publication, opens_at, None)
        return _Place(publication, opens_at, generation)

    def _stamps(self, known: _Known, release: str) -> tuple[int, ...]:
        """Return the stamp of the pointer, then of each damaged file: one that was replaced is tried again."""
        damaged = [place.publication.file for place in known.places if place.generation is None]
        pointer = known.stamp[:2]
        return (*pointer, *(part for file in damaged for part in _stamp(self._folder / release / file)))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_ino)
