"""What a marking house sends back: marks drawn for synthetic people, as a CSV, with control totals counted apart.

The totals are counted here while the marks are drawn, not read back from the file: they are the paper that comes with
it, and the oracle against which a rehearsal checks its database.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from jinbang.catalogue.programme import Questions, Subject
from jinbang.results.states import MarkStatus

WORDS: Final[Mapping[MarkStatus, str]] = {
    MarkStatus.ABSENT: "缺考",
    MarkStatus.VIOLATION: "违纪",
    MarkStatus.VOID: "成绩无效",
    MarkStatus.WITHHELD: "待核查",
    MarkStatus.SIMILAR: "雷同",
}


@dataclass(frozen=True)
class Paper:
    """One person's papers to be marked: what was sat, and who stayed away or was noted in the room."""

    key: str  # what the marks are drawn by: the same for the same person, whatever the ticket's number
    ticket_number: str
    name: str
    ability: float
    level: str
    subjects: tuple[Subject, ...]
    absent: frozenset[str] = frozenset()
    noted: frozenset[str] = frozenset()


@dataclass
class MarkedFile:
    """The CSV, its control totals, and every person's marks."""

    content: bytes
    totals: dict[str, int]
    marks: dict[str, dict[str, tuple[MarkStatus, int | None]]] = field(default_factory=dict)

    @property
    def manifest(self) -> dict[str, int | str]:
        """The paper that comes with the file: its totals and its hash."""
        return {**self.totals, "sha256": hashlib.sha256(self.content).hexdigest()}


def mark_papers(papers: Sequence[Paper], *, seed: str) -> MarkedFile:
    """Mark every paper. The first get what every real file has: a zero, a void, a withheld, a similar one."""
    totals: Counter[str] = Counter({"people": len(papers), "marks": 0, "zero": 0})
    totals.update({status.value: 0 for status in MarkStatus})
    marked: dict[str, dict[str, tuple[MarkStatus, int | None]]] = {}
    specials = _specials(papers)
    for paper in papers:
        random = Random(f"marks|{seed}|{paper.key}")  # noqa: S311  # made-up marks
        marked[paper.ticket_number] = {
            subject.code: specials.get((paper.ticket_number, subject.code)) or _mark(paper, subject, random=random)
            for subject in paper.subjects
        }
        for code, (status, number) in marked[paper.ticket_number].items():
            totals["marks"] += 1
            totals[status.value] += 1
            if number is not None:
                totals[f"sum:{paper.level}/{code}"] += number
                totals["zero"] += number == 0
    content = _file(papers, marked)
    return MarkedFile(content, dict(totals), marked)


def _specials(papers: Sequence[Paper]) -> dict[tuple[str, str], tuple[MarkStatus, int | None]]:
    """Give four ordinary people a zero, a void, a withheld and a similar subject."""
    wanted: list[tuple[MarkStatus, int | None]] = [
        (MarkStatus.SCORED, 0),
        (MarkStatus.VOID, None),
        (MarkStatus.WITHHELD, None),
        (MarkStatus.SIMILAR, None),
    ]
    plain = [paper for paper in papers if not paper.absent and not paper.noted]
    step = max(1, len(plain) // 7)
    chosen = plain[step // 2 :: step][: len(wanted)]
    return {(paper.ticket_number, paper.subjects[-1].code): what for paper, what in zip(chosen, wanted, strict=False)}


def _mark(paper: Paper, subject: Subject, *, random: Random) -> tuple[MarkStatus, int | None]:
    if subject.code in paper.absent:
        return MarkStatus.ABSENT, None
    if subject.code in paper.noted:
        return MarkStatus.VIOLATION, None
    share = min(0.99, max(0.0, random.gauss(paper.ability, 0.09)))
    points = share * subject.full_mark_hundredths / 100
    halves = subject.questions is not Questions.OBJECTIVE
    return MarkStatus.SCORED, round(points * 2) * 50 if halves else round(points) * 100


def _file(papers: Sequence[Paper], marked: Mapping[str, Mapping[str, tuple[MarkStatus, int | None]]]) -> bytes:
    codes = sorted({subject.code for paper in papers for subject in paper.subjects})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["准考证号", "姓名", *codes])
    for paper in papers:
        cells = marked[paper.ticket_number]
        writer.writerow([paper.ticket_number, paper.name, *(_cell(cells.get(code)) for code in codes)])
    return out.getvalue().encode("gb18030")


def _cell(mark: tuple[MarkStatus, int | None] | None) -> str:
    if mark is None:
        return ""
    status, number = mark
    return WORDS[status] if number is None else f"{number / 100:.2f}".rstrip("0").rstrip(".")
