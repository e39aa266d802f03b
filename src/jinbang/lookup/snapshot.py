"""The sealed snapshot: one immutable LMDB file per generation of a release, and the pointer that names it.

    <folder>/<release>/0001-<random>.lmdb     header in clear, records sealed, all of one size
    <folder>/<release>/pointer.json           which generations are armed, with file, instant and checksum

`publish` writes a file that nobody sees yet; `arm` puts it into the pointer, which is replaced atomically. Nodes read
through `Snapshots`. Free of Django; nothing here holds a key.
"""

import hashlib
import itertools
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import lmdb

from jinbang.lookup.cards import (
    Entry,
    ReleaseHeader,
    decode_card,
    decode_header,
    encode_card,
    encode_header,
    header_hash,
    record_size_for,
)
from jinbang.lookup.errors import SameInputsTwice, SnapshotDamaged, UnknownRelease
from jinbang.lookup.sealing import Edition, RecordSeal

POINTER: Final = "pointer.json"
_HEADER_KEY: Final = b"header"
_BATCH: Final = 5_000
_FIRST_MAP_BYTES: Final = 1 << 26
_CHUNK: Final = 1 << 20
_SAMPLE: Final = 100
_POINTER_CHECK_SECONDS: Final = 1.0

Progress = Callable[[int], None]
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """A finished file that is not armed yet: what it holds and how to know it again."""

    release: str
    version: int
    file: str
    sha256: str
    opens_at: str
    header_hash: str
    records: int
    record_size: int


def edition_of(header: ReleaseHeader) -> Edition:
    """Return what the records of this header are sealed for."""
    digest = header_hash(encode_header(header))
    return Edition(header.release, header.version, header.environment, header.query_kind, digest)


def build(
    header: ReleaseHeader,
    entries: Iterable[Entry],
    *,
    folder: Path,
    release_key: bytes,
    record_size: int | None = None,
    progress: Progress | None = None,
) -> Publication:
    """Seal every entry into a new file of `folder/<release>/` and try a sample of them. Nobody reads it yet.

    Refuses a card too long for the record size (`RecordTooLong` says what would hold it) and two people with the same
    inputs. `progress` is told the number of records sealed so far. No plain text touches the disk.
    """
    seal = RecordSeal(release_key, edition_of(header))
    size = record_size or record_size_for(header)
    sample = _Sample()
    place = folder / header.release
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{header.version:04d}-{secrets.token_hex(4)}.lmdb"
    draft = path.with_suffix(".draft")
    try:
        records = _write(draft, header, _sealed(sample.watching(entries), seal, size=size), progress=progress)
        sample.require_readable(draft, seal)
        digest = _checksum(draft)
        draft.chmod(0o440)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Publication(
        release=header.release,
        version=header.version,
        file=path.name,
        sha256=digest,
        opens_at=header.opens_at.isoformat(),
        header_hash=edition_of(header).header_hash,
        records=records,
        record_size=size,
    )


def _sealed(entries: Iterable[Entry], seal: RecordSeal, *, size: int) -> Iterator[tuple[bytes, bytes]]:
    for entry in entries:
        yield seal.locator(entry.inputs), seal.seal(entry.inputs, encode_card(entry.card), size=size)


class _Sample:
    """A hundred entries drawn evenly from all that pass by (reservoir sampling), to be read back afterwards."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def watching(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for position, entry in enumerate(entries):
            if position < _SAMPLE:
                self._entries.append(entry)
            elif (place := secrets.randbelow(position + 1)) < _SAMPLE:
                self._entries[place] = entry
            yield entry

    def require_readable(self, path: Path, seal: RecordSeal) -> None:
        environment = lmdb.open(str(path), subdir=False, readonly=True, lock=False)
        try:
            with environment.begin() as transaction:
                for entry in self._entries:
                    record = transaction.get(seal.locator(entry.inputs))
                    if record is None or decode_card(seal.open(entry.inputs, record)) != entry.card:
                        raise SnapshotDamaged(problem="sample")
        finally:
            environment.close()


def _write(
    path: Path, header: ReleaseHeader, records: Iterator[tuple[bytes, bytes]], *, progress: Progress | None
) -> int:
    """Write header and records in batches, widening the map as they grow. Returns the number of records."""
    # `meminit` stays on: without it LMDB pads its pages with what lay in memory before, names and marks included.
    environment = lmdb.open(
        str(path), subdir=False, lock=False, map_size=_FIRST_MAP_BYTES, sync=False, meminit=True, readahead=False
    )
    written = 0
    try:
        with environment.begin(write=True) as transaction:
            transaction.put(_HEADER_KEY, encode_header(header))
        while batch := sorted(itertools.islice(records, _BATCH)):
            _put(environment, batch, written)
            written += len(batch)
            if progress is not None:
                progress(written)
        environment.sync(force=True)
    finally:
        environment.close()
    return written


def _put(environment: lmdb.Environment, batch: list[tuple[bytes, bytes]], written: int) -> None:
    while True:
        try:
            with environment.begin(write=True) as transaction:
                for position, (locator, record) in enumerate(batch):
                    if not transaction.put(locator, record, overwrite=False):
                        raise SameInputsTwice(position=written + position)
        except lmdb.MapFullError:
            environment.set_mapsize(environment.info()["map_size"] * 2)
        else:
            return


def _checksum(path: Path) -> str:
    """Return the SHA-256 of a file; as a side effect its pages lie in the page cache afterwards."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


# ------------------------------------------------------------------------------------------------ the pointer


def read_pointer(folder: Path, release: str) -> dict[int, Publication]:
    """Return the armed generations of a release by number; none where there is no pointer."""
    try:
        content = json.loads((folder / release / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    publications = (Publication(**row) for row in content)
    return {publication.version: publication for publication in publications}


def arm(folder: Path, publication: Publication) -> None:
    """Let nodes see a published generation: before its instant the countdown, from then on its records.

    An armed generation of the same number is replaced, and its file removed; the vault refuses that for a generation
    that is already open.
    """
    generations = read_pointer(folder, publication.release)
    replaced = generations.get(publication.version)
    generations[publication.version] = publication
    _write_pointer(folder, publication.release, generations)
    if replaced is not None and replaced.file != publication.file:
        (folder / publication.release / replaced.file).unlink(missing_ok=True)


def withdraw(folder: Path, publication: Publication) -> None:
    """Take a generation out of the pointer and remove its file; nodes stop announcing it within a second."""
    generations = read_pointer(folder, publication.release)
    kept = {version: other for version, other in generations.items() if other.file != publication.file}
    _write_pointer(folder, publication.release, kept)
    (folder / publication.release / publication.file).unlink(missing_ok=True)


def _write_pointer(folder: Path, release: str, generations: dict[int, Publication]) -> None:
    place = folder / release
    draft = place / f".{POINTER}.{secrets.token_hex(4)}"
    rows = [asdict(generations[version]) for version in sorted(generations)]
    with draft.open("w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place / POINTER)


# ------------------------------------------------------------------------------------------------ reading


_opened: WeakValueDictionary[str, "Generation"] = WeakValueDictionary()
_opening: Final = threading.Lock()


class Generation:
    """One open snapshot file. Immutable, shared by threads; a get costs about 2 µs once its page is in memory."""

    def __init__(self, path: Path, publication: Publication) -> None:
        """Open a file and check that it is the one published. Refuses any other with `SnapshotDamaged`."""
        self.publication = publication
        try:
            if _checksum(path) != publication.sha256:
                raise SnapshotDamaged(problem="checksum")
            self._environment = lmdb.open(
                str(path), subdir=False, readonly=True, lock=False, readahead=False, max_spare_txns=8
            )
        except (OSError, lmdb.Error) as error:
            raise SnapshotDamaged(problem="unreadable") from error
        encoded = self.record(_HEADER_KEY) or b""
        if header_hash(encoded) != publication.header_hash:
            raise SnapshotDamaged(problem="header")
        self.header = decode_header(encoded)
        self.edition = edition_of(self.header)
        self.nothing = secrets.token_bytes(publication.record_size)

    @classmethod
    def of(cls, path: Path, publication: Publication) -> "Generation":
        """Return the file as this process has it open, opening it once: LMDB forbids a second time."""
        with _opening:
            key = f"{path.resolve()}|{publication.sha256}"
            generation = _opened.get(key)
            if generation is None:
                generation = _opened[key] = cls(path, publication)
            return generation

    def record(self, locator: bytes) -> bytes | None:
        """Return the record at a locator, or None."""
        with self._environment.begin() as transaction:
            return transaction.get(locator)


@dataclass(frozen=True, slots=True)
class _Known:
    stamp: tuple[int, int]
    generations: tuple[Generation, ...]


class Snapshots:
    """All releases of one folder, as a node sees them. Looks at the pointers at most once a second."""

    def __init__(self, folder: Path) -> None:
        """Begin with nothing open: the first question looks at the folder."""
        self._folder = folder
        self._known: dict[str, _Known] = {}
        self._damaged: set[str] = set()
        self._looked_at = -_POINTER_CHECK_SECONDS
        self._lock = threading.Lock()

    def current(self, release: str, *, now: datetime) -> Generation:
        """Return the newest generation whose instant has come, else the one that comes first."""
        self._look()
        if release in self._damaged:
            raise SnapshotDamaged(problem="release")
        known = self._known.get(release)
        if known is None or not known.generations:
            raise UnknownRelease
        open_now = [generation for generation in known.generations if generation.header.opens_at <= now]
        return open_now[-1] if open_now else known.generations[0]

    def all_current(self, *, now: datetime) -> list[Generation]:
        """Return the current generation of every release, the latest instant first."""
        self._look()
        releases = [name for name, known in self._known.items() if known.generations and name not in self._damaged]
        found = [self.current(release, now=now) for release in releases]
        return sorted(found, key=lambda one: (one.header.opens_at, one.header.release), reverse=True)

    def look_again(self) -> None:
        """Look at the pointers now, whatever the last time was (after a publication in the same process)."""
        self._looked_at = -_POINTER_CHECK_SECONDS
        self._look()

    def _look(self) -> None:
        recent = time.monotonic() - self._looked_at < _POINTER_CHECK_SECONDS
        # Only the first question ever waits for the files to be opened; later ones go on with what is open.
        if recent or not self._lock.acquire(blocking=not self._known):
            return
        try:
            pointers = {path.parent.name: path for path in self._folder.glob(f"*/{POINTER}")}
            known: dict[str, _Known] = {}
            damaged: set[str] = set()
            for release, pointer in pointers.items():
                try:
                    known[release] = self._reopened(release, pointer)
                except SnapshotDamaged as error:
                    _log.error("snapshot of %s is damaged: %s", release, error.fields)
                    damaged.add(release)
            self._known, self._damaged = known, damaged
            self._looked_at = time.monotonic()
        finally:
            self._lock.release()

    def _reopened(self, release: str, pointer: Path) -> _Known:
        """Return what is open already, opening only files that are new; old ones close with their last reader."""
        status = pointer.stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        known = self._known.get(release)
        if known is not None and known.stamp == stamp:
            return known
        publications = read_pointer(self._folder, release)
        generations = tuple(
            Generation.of(pointer.parent / publication.file, publication)
            for _, publication in sorted(publications.items())
        )
        return _Known(stamp, generations)
