"""The sealed snapshot: one immutable LMDB file per generation of a release.

    <folder>/<release>/0001-<random>.lmdb     header in clear, records sealed, all of one size

`build` writes a file that nobody sees yet; `pointer.arm` names it to the nodes, which read through `generations`. Free
of Django; nothing here keeps a key.

Records are sealed into heaps by the first bits of their locators, by one process or by several; the heaps are then
sorted one by one and appended to the file, which so comes out dense. Heaps hold sealed records only: no plain text
touches the disk.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Self

import lmdb

from jinbang.kernel.errors import SealBroken
from jinbang.kernel.merkle import leaf_hash, root_over
from jinbang.kernel.spread import Spread, here
from jinbang.lookup.cards import (
    Entry,
    ReleaseHeader,
    Shorthand,
    encode_header,
    header_hash,
    record_size_for,
)
from jinbang.lookup.errors import RecordTooLong, ReleaseNotAsSigned, SameInputsTwice, SnapshotDamaged
from jinbang.lookup.sealing import Edition, RecordSeal

HEADER_KEY: Final = b"header"
LOCATOR_BYTES: Final = 32
_HEAPS: Final = 64
_CHUNK: Final = 1 << 20
_SAMPLE: Final = 100
_ROOM_PER_RECORD: Final = 8_192  # address space, not disk: twice what a record of up to one page can take

Progress = Callable[[int], None]
Share = Callable[[], Iterable[Entry]]


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
    base_version: int = 0

    def is_open(self, now: datetime) -> bool:
        """Whether its instant has come."""
        return datetime.fromisoformat(self.opens_at) <= now


class SignedEntries:
    """Entries that are made from what was signed: read to the end, they know the root over it (RFC 6962)."""

    def __init__(self, read: Callable[[Callable[[bytes], object]], Iterable[Entry]]) -> None:
        """Read them with what is to be told the leaf of each."""
        self._leaves: list[bytes] = []
        self._entries = read(lambda leaf: self._leaves.append(leaf_hash(leaf)))

    def __iter__(self) -> Iterator[Entry]:
        """Yield them, once."""
        return iter(self._entries)

    @property
    def root(self) -> bytes:
        """The root over every leaf so far."""
        return root_over(self._leaves)


def edition_of(header: ReleaseHeader) -> Edition:
    """Return what the records of this header are sealed for."""
    digest = header_hash(encode_header(header))
    return Edition(header.release, header.version, header.environment, header.query_kind, digest)


def build(  # everything that a file is made of, and by whom
    header: ReleaseHeader,
    shares: Sequence[Share],
    *,
    folder: Path,
    release_key: bytes,
    spread: Spread = here,
    signed_root: str = "",
    record_size: int | None = None,
    progress: Progress | None = None,
) -> Publication:
    """Seal every entry into a new file of `folder/<release>/` and try a sample of them. Nobody reads it yet.

    Together the shares name everybody once. Several processes take them one by one: a share is pickled to the process
    and called there, so that entries are read where they are sealed. `progress` is told how many shares are sealed,
    after each (make many more of them than processes), and once more after each heap that is sorted.

    Refuses a card too long for the record size (`RecordTooLong` says what would hold it), two people with the same
    inputs, and, where a root is given, entries that were not made from just what stands under it.
    """
    size = record_size or record_size_for(header)
    with _Workshop(header, folder, release_key=release_key, size=size) as workshop:
        done = []
        for share in spread(_seal_share, [(share, workshop.task(number)) for number, share in enumerate(shares)]):
            done.append(share)
            if progress is not None:
                progress(len(done))
        if needed := max((share.size_needed for share in done), default=0):
            raise RecordTooLong(needed=needed)
        if signed_root and root_over(share.root for share in done).hex() != signed_root:
            raise ReleaseNotAsSigned(release=header.release)
        return workshop.finished(done, progress=progress)


# ------------------------------------------------------------------------------------------------ sealing into heaps


@dataclass(frozen=True, slots=True)
class _Task:
    """What a process needs to seal a share: handed over in memory, key included."""

    number: int
    folder: Path
    header: ReleaseHeader
    size: int
    release_key: bytes


@dataclass(frozen=True, slots=True)
class _Done:
    """How many records a share became, a sample, the root over what was signed, the size its longest card needs."""

    count: int
    sample: Sequence[Entry]
    root: bytes = b""
    size_needed: int = 0


def _seal_share(given: tuple[Share, _Task]) -> _Done:
    """Seal a share, in whatever process. A refusal comes back as a value: it has fields, and crosses a pipe."""
    share, task = given
    try:
        return _seal_heaps(share(), task)
    except RecordTooLong as refusal:
        return _Done(0, (), size_needed=int(str(refusal.fields["needed"])))


def _seal_heaps(entries: Iterable[Entry], task: _Task) -> _Done:
    seal = RecordSeal(task.release_key, edition_of(task.header))
    shorthand = Shorthand(task.header)
    sample = _Sample()
    count = 0
    with ExitStack() as stack:
        heaps: dict[int, BinaryIO] = {}
        for count, entry in enumerate(sample.watching(entries), 1):  # noqa: B007  # how many there were, afterwards
            locator = seal.locator(entry.inputs)
            record = seal.seal(entry.inputs, shorthand.encode(entry.card), size=task.size)
            number = locator[0] * _HEAPS >> 8
            heap = heaps.get(number)
            if heap is None:
                path = _heap_path(task.folder, number, task.number)
                heap = heaps[number] = stack.enter_context(path.open("wb"))
            heap.write(locator + record)
    return _Done(count, sample.entries, root=entries.root if isinstance(entries, SignedEntries) else b"")


def _heap_path(folder: Path, heap: int, task: int) -> Path:
    return folder / f"{heap:02d}-{task}"


class _Sample:
    """A hundred entries drawn evenly from all that pass by (reservoir sampling), to be read back afterwards."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def watching(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for position, entry in enumerate(entries):
            if position < _SAMPLE:
                self.entries.append(entry)
            elif (place := secrets.randbelow(position + 1)) < _SAMPLE:
                self.entries[place] = entry
            yield entry


# ------------------------------------------------------------------------------------------------ from heaps to a file


class _Workshop:
    """A folder of heaps beside the file that they become; nothing of it stays behind, whatever happens."""

    def __init__(self, header: ReleaseHeader, folder: Path, *, release_key: bytes, size: int) -> None:
        self._header = header
        self._release_key = release_key
        self._size = size
        self._place = folder / header.release
        self._path = self._place / f"{header.version:04d}-{secrets.token_hex(4)}.lmdb"
        self._draft = self._path.with_suffix(".draft")
        self._heaps = self._path.with_suffix(".heaps")

    def __enter__(self) -> Self:
        self._place.mkdir(parents=True, exist_ok=True)
        for left in self._place.glob(f"{self._header.version:04d}-*.heaps"):  # by a process that was killed
            shutil.rmtree(left)
        for left in self._place.glob(f"{self._header.version:04d}-*.draft"):
            left.unlink()
        self._heaps.mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._heaps, ignore_errors=True)
        self._draft.unlink(missing_ok=True)

    def task(self, number: int) -> _Task:
        return _Task(number, self._heaps, self._header, self._size, self._release_key)

    def finished(self, shares: Sequence[_Done], *, progress: Progress | None) -> Publication:
        """Write the file, read the samples back from it, and give it its name."""
        count = sum(share.count for share in shares)
        self._write(count, partial(progress or bool, len(shares)))
        self._require_readable([entry for share in shares for entry in share.sample], count)
        digest = checksum(self._draft)
        self._draft.chmod(0o440)
        self._draft.replace(self._path)
        header = self._header
        return Publication(
            release=header.release,
            version=header.version,
            file=self._path.name,
            sha256=digest,
            opens_at=header.opens_at.isoformat(),
            header_hash=edition_of(header).header_hash,
            records=count,
            record_size=self._size,
            base_version=header.base_version,
        )

    def _write(self, count: int, goes_on: Callable[[], object]) -> None:
        # `meminit` stays on: without it LMDB pads its pages with what lay in memory before, names and marks included.
        environment = lmdb.open(
            str(self._draft),
            subdir=False,
            lock=False,
            map_size=(count + 1_000) * max(_ROOM_PER_RECORD, 3 * self._size),
            sync=False,
            meminit=True,
            readahead=False,
        )
        try:
            written = 0
            for number in range(_HEAPS):
                written += self._append(environment, number, written)
                goes_on()
            with environment.begin(write=True) as transaction:
                transaction.put(HEADER_KEY, encode_header(self._header))
            environment.sync(force=True)
        finally:
            environment.close()

    def _append(self, environment: lmdb.Environment, number: int, written: int) -> int:
        """Sort a heap and append it. Refuses two records at one place."""
        length = LOCATOR_BYTES + self._size
        paths = sorted(self._heaps.glob(f"{number:02d}-*"))
        content = b"".join(path.read_bytes() for path in paths)
        for path in paths:
            path.unlink()
        rows = sorted(content[at : at + length] for at in range(0, len(content), length))
        with environment.begin(write=True) as transaction:
            for position, row in enumerate(rows):
                # An appended key has to be greater than the last one; the same key again is not.
                if not transaction.put(row[:LOCATOR_BYTES], row[LOCATOR_BYTES:], append=True, overwrite=False):
                    raise SameInputsTwice(position=written + position)
        return len(rows)

    def _require_readable(self, sample: Iterable[Entry], count: int) -> None:
        """Hold the file against what went in: one record for everybody, and each of the sample as it was."""
        seal = RecordSeal(self._release_key, edition_of(self._header))
        shorthand = Shorthand(self._header)
        environment = lmdb.open(str(self._draft), subdir=False, readonly=True, lock=False)
        try:
            with environment.begin() as transaction:
                if transaction.stat()["entries"] != count + 1:
                    raise SnapshotDamaged(problem="count")
                for entry in sample:
                    record = transaction.get(seal.locator(entry.inputs)) or b""
                    if shorthand.decode(seal.open(entry.inputs, record)) != entry.card:
                        raise SnapshotDamaged(problem="sample")
        except SealBroken as error:
            raise SnapshotDamaged(problem="sample") from error
        finally:
            environment.close()


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file; as a side effect its pages lie in the page cache afterwards."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
