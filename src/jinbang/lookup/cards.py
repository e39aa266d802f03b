"""What a result is made of, as it is sealed: the card of one person, and the header that one release shares.

A card holds codes; the words and the names of subjects stand once, in the header. The header is public before the
release instant, so nothing in it may depend on anybody's marks: pass marks stand on the cards. `results` (through
`actions`) makes these; `snapshot` seals them in the shorthand of their release; `result_page` shows them. Times are
aware.
"""

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from jinbang.kernel.digests import canonical_json, sha256_hex
from jinbang.kernel.masking import mask_document, mask_name
from jinbang.lookup.errors import SnapshotDamaged
from jinbang.lookup.sealing import QueryInputs, QueryKind
from jinbang.results.states import MarkStatus, Overall, Verdict

RECORD_FORM: Final = 2  # of locators and cards: a process that knew only another would find nobody, so it must not try
RECORD_STEP: Final = 256
_BASE_BYTES: Final = 224
_BYTES_PER_SUBJECT: Final = 72  # 35 in the ordinary case, 60 with where a pass comes from and how long it counts
_SOME_MARK: Final = 1
_BETWEEN: Final = "\0"
_BETWEEN_BYTES: Final = _BETWEEN.encode()


@dataclass(frozen=True, slots=True)
class SubjectHeading:
    """A subject's name and full mark, the same for everybody of a release."""

    name: str
    full_mark_hundredths: int


@dataclass(frozen=True, slots=True)
class TicketShape:
    """What is publicly known of ticket numbers here: possible lengths, whether digits only, what all begin with."""

    lengths: tuple[int, ...] = ()
    digits_only: bool = False
    beginning: str = ""

    def fits(self, ticket_number: str) -> bool:
        """Whether a number looks like one of these, as far as anything is known of them."""
        return (not self.lengths or len(ticket_number) in self.lengths) and ticket_number.startswith(self.beginning)

    @property
    def says_something(self) -> bool:
        """Whether a number can be told from others by it."""
        return bool(self.lengths or self.beginning)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers for a release: the authority's name and telephone, and the one address that is official."""

    name: str
    phone: str
    official_url: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseHeader:
    """The public facts of one release in one generation.

    `release` is the code in the address. `environment` (production, demo, rehearsal) is bound into every key, so that
    a rehearsal's approval opens nothing real. `labels` names level, specialty and track codes; `sentences` are what
    `Note` refers to, with `{0}`, `{1}`… for its values. `next_chance` is what someone who did not pass reads first.
    `subjects_each` is the most that one person sits: it sets the record size. `base_version` is 0 for a complete
    generation; an overlay holds corrected records and decoys, and names the complete generation that has all others.
    """

    release: str
    version: int
    environment: str
    title: str
    opens_at: datetime
    query_kind: QueryKind
    subjects: Mapping[str, SubjectHeading]
    desk: Desk
    labels: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    ticket_shape: TicketShape = TicketShape()
    pass_mark_document: str = ""
    recheck_opens_at: datetime | None = None
    recheck_closes_at: datetime | None = None
    next_chance: str = ""
    subjects_each: int = 0
    base_version: int = 0

    @property
    def asks_name(self) -> bool:
        """Whether a query needs the name as well."""
        return self.query_kind is QueryKind.TICKET_DOCUMENT_NAME


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One subject on a card. `code` is its key in the header's `subjects`; `status` None means not sat this time.

    `earned` says where an earlier pass comes from (2025 年度通过), `until` how long a pass counts (保留至 2027 年度).
    """

    code: str
    status: MarkStatus | None
    verdict: Verdict
    mark_hundredths: int | None = None
    pass_mark_hundredths: int | None = None
    earned: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the header with this person's values: how long passes are kept, what is still to be done."""

    key: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultCard:
    """What one person's query shows. The document number is here only masked; the name is shown masked at first."""

    name: str = field(repr=False)
    document_masked: str
    overall: Overall
    subjects: tuple[SubjectLine, ...]
    level: str = ""
    specialty: str = ""
    track: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of the roster: what has to be typed, and the card that is then shown."""

    inputs: QueryInputs
    card: ResultCard

    @classmethod
    def of(cls, card: ResultCard, *, ticket_number: str, document_number: str) -> "Entry":
        """Return the entry of a card whose name, ticket and document are these (in any written form)."""
        inputs = QueryInputs.typed(ticket_number=ticket_number, document_number=document_number, name=card.name)
        return cls(inputs, card)


def masked_document_of(document_number: str) -> str:
    """Return the form of a document number that a card may hold."""
    return mask_document(QueryInputs.typed(ticket_number="", document_number=document_number).document_number)


def record_size_for(header: ReleaseHeader) -> int:
    """Return the record size that holds an ordinary card of this release: a multiple of 256 bytes."""
    return round_up(_BASE_BYTES + _BYTES_PER_SUBJECT * (header.subjects_each or len(header.subjects)))


def round_up(size: int) -> int:
    """Return the next multiple of 256."""
    return -(-size // RECORD_STEP) * RECORD_STEP


class Shorthand:
    """The short text in which the cards of one release are sealed: two lines.

    The first line is the card's kind, as JSON: all but the marks, the name and the document. Many share it, letter by
    letter, so that a page is drawn once for them all. The second is one's own, each part HTML already and after a zero
    byte: the document, the name masked and in full, and the marks other than 0 in the order of their subjects. A
    subject is the place of its code in the sorted header.
    """

    def __init__(self, header: ReleaseHeader) -> None:
        """Give each subject of this release its place."""
        self._codes = sorted(header.subjects)
        self._places = {code: place for place, code in enumerate(self._codes)}

    def encode(self, card: ResultCard) -> bytes:
        """Return the text of a card. A subject that the header does not name is a fault, as is a name with a zero."""
        rows = [_without_blanks(self._row(line)) for line in card.subjects]
        notes = [[note.key, *note.values] for note in card.notes]
        kind = [card.overall, [card.level, card.specialty, card.track], rows, notes]
        marks = [mark_text(line.mark_hundredths) for line in card.subjects if line.mark_hundredths]
        own = [html.escape(part) for part in (card.document_masked, mask_name(card.name), card.name, *marks)]
        if any(_BETWEEN in part for part in own):
            raise ValueError("a name or a number holds a zero byte")
        return f"{json.dumps(kind, ensure_ascii=False, separators=(',', ':'))}\n{_BETWEEN.join(own)}".encode()

    def decode(self, content: bytes) -> ResultCard:
        """Return the card that was encoded."""
        kind, own = kind_and_own(content)
        document, _masked, name, *marks = (html.unescape(part.decode()) for part in own)
        return replace(self.card(kind, list(map(_hundredths, marks))), name=name, document_masked=document)

    def card(self, kind: bytes, marks: Iterable[int]) -> ResultCard:
        """Return the card of a kind with these marks and no name. `marks` may go on: each takes what it needs."""
        overall, (level, specialty, track), rows, notes = json.loads(kind)
        taken = iter(marks)
        return ResultCard(
            name="",
            document_masked="",
            overall=Overall(overall),
            subjects=tuple(self._line(row, taken) for row in rows),
            level=level,
            specialty=specialty,
            track=track,
            notes=tuple(Note(key, tuple(values)) for key, *values in notes),
        )

    def _row(self, line: SubjectLine) -> list[str | int | None]:
        mark = _SOME_MARK if line.mark_hundredths else line.mark_hundredths
        place = self._places[line.code]
        return [place, line.status, line.verdict, mark, line.pass_mark_hundredths, line.earned, line.until]

    def _line(self, row: Sequence[Any], marks: Iterator[int]) -> SubjectLine:
        place, status, verdict, *rest = row
        line = SubjectLine(self._codes[place], MarkStatus(status) if status else None, Verdict(verdict), *rest)
        return replace(line, mark_hundredths=next(marks)) if line.mark_hundredths else line


def kind_and_own(content: bytes) -> tuple[bytes, list[bytes]]:
    """Return the two lines of a card in shorthand, the second in its parts: document, masked name, name, marks."""
    kind, _, own = content.partition(b"\n")
    return kind, own.split(_BETWEEN_BYTES)


def mark_text(hundredths: int) -> str:
    """Return a mark without trailing zeros: 86, 86.5, 0."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def _hundredths(mark: str) -> int:
    whole, _, rest = mark.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))


def _without_blanks(row: list[str | int | None]) -> list[str | int | None]:
    while row[-1] in ("", None):
        row.pop()
    return row


def encode_header(header: ReleaseHeader) -> bytes:
    """Return the canonical text of a header; its hash is bound into every record (see `header_hash`)."""
    content: dict[str, Any] = asdict(header)
    for name in ("opens_at", "recheck_opens_at", "recheck_closes_at"):
        instant = content[name]
        content[name] = None if instant is None else instant.isoformat()
    return canonical_json({**content, "form": RECORD_FORM})


def decode_header(content: bytes) -> ReleaseHeader:
    """Return the header that was encoded. Refuses, with `SnapshotDamaged`, one whose records are of another form."""
    given: dict[str, Any] = json.loads(content)
    if given.pop("form", 1) != RECORD_FORM:
        raise SnapshotDamaged(problem="form")
    for name in ("opens_at", "recheck_opens_at", "recheck_closes_at"):
        given[name] = None if given[name] is None else datetime.fromisoformat(given[name])
    given["query_kind"] = QueryKind(given["query_kind"])
    given["subjects"] = {code: SubjectHeading(**heading) for code, heading in given["subjects"].items()}
    given["desk"] = Desk(**given["desk"])
    shape = given["ticket_shape"]
    given["ticket_shape"] = TicketShape(
        tuple(shape["lengths"]), digits_only=shape["digits_only"], beginning=shape["beginning"]
    )
    return ReleaseHeader(**given)


def header_hash(content: bytes) -> str:
    """Return the hash of an encoded header."""
    return sha256_hex(content)
