"""What goes with a notice of the demo world: timetable, plan of the papers, registration points, sites; each is a PDF.

Made of the plan itself, so that a file says what the pages say. The appraisal of 2017 had one more, on the points of
another occupation, which is not held here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from jinbang.catalogue.check import say_mark
from jinbang.catalogue.programme import Delivery, Programme, Questions, Subject
from jinbang.kernel.clock import SHANGHAI
from jinbang.seating.documents import compiled
from jinbang.sittings.labels import moment
from jinbang.sittings.plan import AttachmentPlan, SitePlan, SittingPlan

TEMPLATE: Final = Path(__file__).resolve().parent / "attachment.typ"
QUESTIONS: Final = {
    Questions.OBJECTIVE: "客观题",
    Questions.SUBJECTIVE: "主观题",
    Questions.MIXED: "客观题和主观题",
}
DELIVERIES: Final = {Delivery.PAPER: "纸笔", Delivery.COMPUTER: "上机", Delivery.PANEL: "综合评审"}


@dataclass(frozen=True)
class Sheet:
    """One attachment: what it is called, its columns, and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def with_attachments(plan: SittingPlan, programme: Programme, *, author: str, at: datetime) -> SittingPlan:
    """Return the plan whose first notice carries its attachments."""
    notice, *others = plan.notices
    files = tuple(
        AttachmentPlan(
            title=f"附件{number}：{sheet.name}",
            file_name=f"附件{number} {sheet.name}.pdf",
            content=attachment_pdf(sheet, number=number, sitting=plan.name, author=author, at=at),
        )
        for number, sheet in enumerate(_sheets(plan, programme), start=1)
    )
    return replace(plan, notices=(replace(notice, attachments=files), *others))


def attachment_pdf(sheet: Sheet, *, number: int, sitting: str, author: str, at: datetime) -> bytes:
    """Return one attachment, on A4."""
    given = {
        "demo_word": "演示",
        "number": f"附件{number}",
        "title": sheet.name,
        "sitting": sitting,
        "author": author,
        "columns": list(sheet.columns),
        "rows": [list(row) for row in sheet.rows],
    }
    return compiled(TEMPLATE, given, at=at)


def _sheets(plan: SittingPlan, programme: Programme) -> Iterator[Sheet]:
    sites = [site for region in plan.regions for site in region.sites]
    yield Sheet("考试时间安排", ("级别", "科目", "时间"), tuple(_timetable(plan, programme)))
    columns = ("级别", "科目", "满分", "合格标准", "题型", "方式", "时长")
    yield Sheet("考核方案", columns, tuple(_papers(plan, programme)))
    yield Sheet("报名点", ("报名点", "地址", "开放时间（工作日）"), tuple(_points(sites)))
    yield Sheet("考点", ("考点", "地址"), tuple((site.name, site.address) for site in sites))


def _timetable(plan: SittingPlan, programme: Programme) -> Iterator[tuple[str, ...]]:
    for session in sorted(plan.sessions, key=lambda session: session.starts):
        subject = programme.subject(session.subject_code, level=session.level_code)
        until = session.ends.astimezone(SHANGHAI)
        yield programme.level(session.level_code).name, subject.name, f"{moment(session.starts)}–{until:%H:%M}"


def _papers(plan: SittingPlan, programme: Programme) -> Iterator[tuple[str, ...]]:
    for session in plan.sessions:
        subject = programme.subject(session.subject_code, level=session.level_code)
        yield programme.level(session.level_code).name, *_paper(subject)


def _paper(subject: Subject) -> tuple[str, ...]:
    passing = subject.pass_mark_hundredths
    return (
        subject.name,
        say_mark(subject.full_mark_hundredths),
        "另行公布" if passing is None else say_mark(passing),
        QUESTIONS[subject.questions],
        DELIVERIES[subject.delivery],
        f"{subject.minutes}分钟",
    )


def _points(sites: Sequence[SitePlan]) -> Iterator[tuple[str, ...]]:
    for site in sites:
        if site.is_registration_point:
            yield site.name, site.address, site.opening_hours.replace(" ", "，").replace("-", "–")
