"""The words of a result: one table for the page, its JSON and the demo's list of what each sample must show.

`_` marks the texts of the lookup for translation as everywhere, but comes from the standard library: the hot path knows
no Django. The shell is rendered in one language, and so are the pages inside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Final, TypedDict

from jinbang.lookup.cards import ReleaseHeader, ResultCard, SubjectLine, mark_text
from jinbang.results.states import MarkStatus, Overall, Verdict

_ = NullTranslations().gettext

STATUS_WORDS: Final[Mapping[MarkStatus | None, str]] = {
    None: _("未报考"),
    MarkStatus.SCORED: "",  # the verdict speaks
    MarkStatus.ABSENT: _("缺考"),
    MarkStatus.VIOLATION: _("违纪"),
    MarkStatus.VOID: _("成绩无效"),
    MarkStatus.WITHHELD: _("待核查"),
    MarkStatus.SIMILAR: _("雷同，待处理"),
}

VERDICT_WORDS: Final[Mapping[Verdict, str]] = {
    Verdict.PASSED: _("合格"),
    Verdict.FAILED: _("不合格"),
    Verdict.AWAITING_PASS_MARK: _("合格标准待公布"),
    Verdict.NONE: "",  # the status speaks
    Verdict.RETAINED: _("已合格（保留）"),
    Verdict.EXEMPT: _("免试"),
    Verdict.PASSED_LOCALLY: _("合格（单独划线）"),
}

LAPSING: Final = _("下一次考试不再计入")
"""What stands in a card's `until` where a pass has counted for the last time."""

OVERALL_WORDS: Final[Mapping[Overall, str]] = {
    Overall.PASSED: _("合格"),
    Overall.PASSED_LOCALLY: _("合格（单独划线）"),
    Overall.PARTIAL: _("部分科目合格"),
    Overall.FAILED: _("不合格"),
    Overall.ABSENT: _("缺考"),
    Overall.AWAITING_PASS_MARK: _("合格标准待公布"),
    Overall.WITHHELD: _("待核查"),
    Overall.VIOLATION: _("违纪"),
    Overall.VOID: _("成绩无效"),
}


@dataclass(frozen=True, slots=True)
class ShownSubject:
    """One subject as a person reads it. An empty `mark` means that there is none (and `status` says why)."""

    code: str
    name: str
    mark: str
    full_mark: str
    status: str
    pass_mark: str


class Expected(TypedDict):
    """What a page shows, for the demo's list: each subject has `name`, `mark`, `status` and `pass_mark`."""

    subjects: list[dict[str, str]]
    overall: str


def status_words(line: SubjectLine) -> str:
    """Return the one word for a subject: of its status where nothing was scored, else of its verdict."""
    if line.verdict in {Verdict.RETAINED, Verdict.EXEMPT}:
        return VERDICT_WORDS[line.verdict]
    return STATUS_WORDS[line.status] or VERDICT_WORDS[line.verdict]


def shown_subjects(header: ReleaseHeader, card: ResultCard) -> tuple[ShownSubject, ...]:
    """Return every subject of a card in words, in the card's order."""
    return tuple(_shown(header, line) for line in card.subjects)


def expected_of(header: ReleaseHeader, card: ResultCard) -> Expected:
    """Return what the page of this card shows: `{subjects: [{name, mark, status, pass_mark}], overall}`."""
    subjects = [
        {"name": subject.name, "mark": subject.mark, "status": subject.status, "pass_mark": subject.pass_mark}
        for subject in shown_subjects(header, card)
    ]
    return {"subjects": subjects, "overall": OVERALL_WORDS[card.overall]}


def _shown(header: ReleaseHeader, line: SubjectLine) -> ShownSubject:
    heading = header.subjects[line.code]
    awaiting = line.verdict is Verdict.AWAITING_PASS_MARK
    pass_mark = "" if line.pass_mark_hundredths is None or awaiting else mark_text(line.pass_mark_hundredths)
    return ShownSubject(
        code=line.code,
        name=heading.name,
        mark="" if line.mark_hundredths is None else mark_text(line.mark_hundredths),
        full_mark=mark_text(heading.full_mark_hundredths),
        status=status_words(line),
        pass_mark=pass_mark,
    )
