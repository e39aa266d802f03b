"""The rows of the benchmark. A row names what is measured and something real to hold it against."""

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import lmdb

from benchmarks.imports import import_rows
from benchmarks.measure import Row, measure
from benchmarks.validity import validity_row
from benchmarks.workers import submission_rows
from jinbang.kernel.crypto import KeyRing, associated_data, new_data_key, seal
from jinbang.kernel.identity import DocumentKind, make_resident_id, parse_number
from jinbang.kernel.ids import new_id
from jinbang.kernel.merkle import root
from jinbang.lookup.cards import Desk, Entry, ReleaseHeader, ResultCard, SubjectHeading, SubjectLine, masked_document_of
from jinbang.lookup.sealing import QueryKind, new_release_key
from jinbang.lookup.snapshot import build
from jinbang.results.states import MarkStatus, Overall, Verdict

PEOPLE = 5_000


def measured_rows() -> Iterator[Row]:
    """Measure every row, one after the other."""
    yield _document_numbers()
    yield _sealed_fields()
    yield _merkle_root()
    yield _snapshot()
    yield validity_row()
    yield from import_rows()
    yield from submission_rows()


def _numbers(count: int) -> list[str]:
    return [make_resident_id("140105", date(1985 + i % 20, 1 + i % 12, 1 + i % 28), 1 + i % 998) for i in range(count)]


def _document_numbers() -> Row:
    numbers = _numbers(PEOPLE)

    def ours() -> int:
        return len([parse_number(number, kind=DocumentKind.RESIDENT_ID) for number in numbers])

    def other() -> int:
        return len([hashlib.sha256(number.encode()).hexdigest() for number in numbers])

    return measure("identity numbers read and checked", ours, against="their SHA-256", other=other)


def _sealed_fields() -> Row:
    ring = KeyRing.generate()
    wrapped, aad = new_data_key(ring), associated_data("people_person", "phone_sealed", row=new_id())
    texts = [number.encode() for number in _numbers(PEOPLE)]

    def ours() -> int:
        return len([seal(wrapped, text, aad=aad, ring=ring) for text in texts])

    def other() -> int:
        return len([hashlib.sha256(text).digest() for text in texts])

    return measure("fields sealed under a person's key", ours, against="their SHA-256", other=other)


def _merkle_root() -> Row:
    leaves = [number.encode() * 8 for number in _numbers(PEOPLE)]

    def other() -> int:
        digest = hashlib.sha256()
        for leaf in leaves:
            digest.update(leaf)
        digest.hexdigest()
        return len(leaves)

    return measure(
        "leaves under a Merkle root", lambda: len(leaves) if root(leaves) else 0, against="one SHA-256", other=other
    )


def _snapshot() -> Row:
    header = ReleaseHeader(
        release="bench",
        version=1,
        environment="rehearsal",
        title="bench",
        opens_at=datetime(2026, 1, 1, tzinfo=UTC),
        query_kind=QueryKind.TICKET_DOCUMENT,
        subjects={"basics": SubjectHeading("basics", 10_000)},
        desk=Desk("bench", ""),
    )
    entries = [_entry(position, number) for position, number in enumerate(_numbers(PEOPLE))]

    def ours() -> int:
        with tempfile.TemporaryDirectory() as folder:
            return build(header, [lambda: entries], folder=Path(folder), release_key=new_release_key()).records

    def other() -> int:
        with (
            tempfile.TemporaryDirectory() as folder,
            lmdb.open(folder, map_size=1 << 28) as environment,
            environment.begin(write=True) as transaction,
        ):
            for entry in entries:
                transaction.put(entry.inputs.document_number.encode(), bytes(768))
        return len(entries)

    return measure("result records sealed into a snapshot", ours, against="plain records put into LMDB", other=other)


def _entry(position: int, number: str) -> Entry:
    line = SubjectLine("basics", MarkStatus.SCORED, Verdict.PASSED, 8_600, 6_000)
    card = ResultCard("林小满", masked_document_of(number), Overall.PASSED, (line,))
    return Entry.of(card, ticket_number=f"2614{position:08d}", document_number=number)
