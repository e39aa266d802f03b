"""演示 lies across all that a demo prints or draws, and nothing else: every paper, and the picture of a result."""

import io
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from django.conf import settings as house
from PIL import Image, ImageChops
from pytest_django import Settings

from jinbang.application.counter import documents as counter
from jinbang.application.declaration import Declaration
from jinbang.application.models import Application
from jinbang.kernel.identity import DocumentKind, IdentityNumber
from jinbang.lookup.query_form import Typed
from jinbang.lookup.result_picture import WIDTH, result_picture
from jinbang.people.models import Authority, Person
from jinbang.portal.rehearsal.attachments import Sheet, attachment_pdf
from jinbang.results import documents as results
from jinbang.results.report_contents import ReportContents
from jinbang.results.reports import ReportKind
from jinbang.results.screens.statistics import StatisticsScreen
from jinbang.results.violations import documents as violations
from jinbang.results.violations.states import CaseArticle
from jinbang.seating import documents as seating
from jinbang.sittings.models import ExamRegion, Sitting
from tests.lookup.world import CASES, HEADER, T
from tests.seating.test_documents import MORNING, PAPER

AT = datetime(2026, 5, 28, 1, 0, tzinfo=UTC)
NUMBER = IdentityNumber(DocumentKind.RESIDENT_ID, "11010519491231002X")
SITTING = Sitting(name="2026年度考试", code="sx-2026", year=2026)
AUTHORITY = Authority(name="山西省", organisation="山西省人事考试中心")


def ticket() -> bytes:
    return seating.tickets_pdf([PAPER], at=AT)


def room() -> bytes:
    sheet = seating.RoomSheet(
        sitting=PAPER.sitting,
        authority=PAPER.authority,
        site=PAPER.site,
        room=12,
        rows=6,
        columns=5,
        subject="造价管理",
        starts=MORNING[0],
        ends=MORNING[1],
        people={1: ("林晓", "26140700000100000")},
    )
    return seating.room_pdf(sheet, at=AT)


def pledge() -> bytes:
    region = ExamRegion(sitting=SITTING, authority=AUTHORITY)
    application = Application(person=Person(name="林晓"), region=region, sitting=SITTING)
    text = Declaration(version="2026-1", title="诚信承诺书", paragraphs=("本人承诺如下。",))
    return counter.pledge_pdf(application, text, summary=(), at=AT)


def report() -> bytes:
    contents = ReportContents(
        kind=ReportKind.SITTING,
        entry_id=SITTING.pk,
        person=Person(name="林晓"),
        authority="山西省人事考试中心",
        phone="0351-0000000",
        document_number=NUMBER.number,
        ticket_numbers=(),
        holder={"name": "林晓", "document_kind": "居民身份证"},
        years=[],
    )
    return results.report_pdf(contents, code="7K2M0000ABCDWXYZ", at=AT)


def statistics() -> bytes:
    screen = StatisticsScreen(SITTING, "山西省", AUTHORITY, AT, ("人数少于五人的不列出。",))
    return results.statistics_pdf(screen, at=AT)


def case() -> Any:  # noqa: ANN401  # as much of a case as its letters print
    programme = SimpleNamespace(application=SimpleNamespace(defence_working_days=5))
    sitting = SimpleNamespace(name=SITTING.name, programme_version=SimpleNamespace(programme=programme))
    region = SimpleNamespace(authority=AUTHORITY)
    entry = SimpleNamespace(
        person=Person(name="林晓"), ticket_number="26140700000100000", sitting=sitting, region=region
    )
    told = {"charge": "交卷以后仍在作答。", "article": CaseArticle.SUBJECT.value, "subject_code": "basics"}
    when = {"charged_at": AT, "decided_at": AT, "stated_at": None}
    unserved = {"notice_service": "", "notice_served_on": None, "service": "", "served_on": None, "decision": None}
    made = SimpleNamespace(entry=entry, document_number="晋人考处〔2026〕1号", **when, **told, **unserved)
    made.notice = violations.written_notice(made, at=AT)  # type: ignore[arg-type]  # as much of a case as it prints
    return made


def attachment() -> bytes:
    sheet = Sheet("考点", ("考点", "地址"), (("太原市第一职业中学", "学府街18号"),))
    return attachment_pdf(sheet, number=4, sitting=SITTING.name, author=AUTHORITY.organisation, at=AT)


PAPERS: Final[Mapping[str, Callable[[], bytes]]] = {
    "attachment.typ": attachment,
    "decision.typ": lambda: violations.decision_pdf(case(), at=AT),
    "notice.typ": lambda: violations.notice_pdf(case(), at=AT),
    "pledge.typ": pledge,
    "report.typ": report,
    "room.typ": room,
    "statistics.typ": statistics,
    "ticket.typ": ticket,
}


@pytest.fixture
def number_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pledge and letters print a number and a subject that lie in no table."""
    monkeypatch.setattr(counter, "document_number_of", lambda _person: NUMBER)
    monkeypatch.setattr(violations, "document_number_of", lambda _person, **_day: NUMBER)
    monkeypatch.setattr(violations, "subject_name", lambda _entry, _code: "造价管理")


def test_every_paper_is_among_these() -> None:
    """And `letter.typ`, which notice and decision are set in."""
    papers = sorted(path.name for path in Path(house.BASE_DIR, "src").rglob("*.typ"))
    assert papers == sorted([*PAPERS, "letter.typ"])


@pytest.mark.usefixtures("number_on_record")
@pytest.mark.parametrize("is_demo", [True, False], ids=["demo", "real"])
@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_bears_the_word_in_a_demo_alone(
    paper: str, settings: Settings, tmp_path: Path, *, is_demo: bool
) -> None:
    settings.JINBANG_DEMO = is_demo
    file = tmp_path / "paper.pdf"
    file.write_bytes(PAPERS[paper]())
    read = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True)  # noqa: S607  # found on the path
    assert ("演" in read.stdout) is is_demo  # set aslant, one character to a line


# ---------------------------------------------------------------- the picture of a result


def picture(environment: str, who: str = "passed") -> Image.Image:
    case = CASES[who]
    header = replace(HEADER, environment=environment)
    made = result_picture(header, case.card, typed=Typed(**case.fields), receipt="R", now=T)
    return Image.open(io.BytesIO(made)).convert("RGB")


@pytest.mark.parametrize("who", ["passed", "failed", "awaiting"])
@pytest.mark.parametrize("environment", ["demo", "rehearsal"])
def test_the_picture_of_an_invented_result_bears_the_word_across_it(environment: str, who: str) -> None:
    real, invented = picture("production", who), picture(environment, who)
    assert real.size == invented.size
    apart = ImageChops.difference(real, invented).convert("L").point(lambda value: 255 if value > 12 else 0)
    box = apart.getbbox()
    assert box is not None
    assert box[2] - box[0] > WIDTH / 2
    inked = apart.histogram()[255] / (apart.width * apart.height)
    assert 0.02 < inked < 0.3


def test_the_picture_of_a_real_result_is_the_same_every_time() -> None:
    """The control of the test above: without the word there is no difference to find."""
    assert ImageChops.difference(picture("production"), picture("production")).getbbox() is None
