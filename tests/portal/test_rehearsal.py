"""A rehearsal notices when one row is not what went in, and the demo holds what it promises to show."""

import io
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import F
from rich.console import Console

from jinbang.catalogue.actions import load_programmes
from jinbang.catalogue.check import find_programme_in_files
from jinbang.catalogue.seeds import read_seed, seed_files
from jinbang.catalogue.validity import ValidityShape
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI, frozen_at
from jinbang.kernel.errors import InvariantBroken
from jinbang.portal.rehearsal.attachments import with_attachments
from jinbang.portal.rehearsal.dry_run import build_season
from jinbang.portal.rehearsal.plans import SeasonPlan, Stage, results_forecast
from jinbang.portal.rehearsal.report import Report
from jinbang.portal.rehearsal.season import Season
from jinbang.portal.rehearsal.seasons import demo_seasons
from jinbang.portal.rehearsal.sums import counted_marks, digest_of_marks
from jinbang.results.models import Mark
from jinbang.results.states import MarkStatus
from jinbang.seating.models import Seat
from jinbang.sittings.attachments import content_type_of
from jinbang.sittings.models import Session
from jinbang.sittings.states import NoticeKind, WindowKind
from tests.insert_only import laid_open

TODAY = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)

pytestmark = pytest.mark.django_db


def played() -> Season:
    """Return a season of forty people, played until its results are out."""
    with frozen_at(TODAY):
        load_programmes(by=SYSTEM, now=TODAY)
        season = build_season(candidates=40, province="14", seed=5, report=Report(Console(file=io.StringIO())))
        season.play()
    return season


def scored(season: Season) -> Mark:
    """Return one mark that is a number."""
    rows = Mark.objects.filter(entry__region=season.region, status=MarkStatus.SCORED.value)
    return rows.select_related("entry__person", "batch").order_by("entry__ticket_number", "subject_code")[0]


def one_mark_more(season: Season) -> None:
    Mark.objects.filter(pk=scored(season).pk).update(mark_hundredths=F("mark_hundredths") + 50)


def one_mark_less(season: Season) -> None:
    Mark.objects.filter(pk=scored(season).pk).delete()


def one_who_was_away(season: Season) -> None:
    Mark.objects.filter(pk=scored(season).pk).update(status=MarkStatus.ABSENT.value, mark_hundredths=None)


def one_seat_less(season: Season) -> None:
    Seat.objects.filter(pk=Seat.objects.filter(plan__region=season.region).order_by("id")[0].pk).delete()


def one_seat_more(season: Season) -> None:
    seat = Seat.objects.filter(plan__region=season.region).select_related("session", "ticket").order_by("id")[0]
    other = Session.objects.filter(sitting=season.region.sitting).exclude(level_code=seat.session.level_code)[0]
    Seat.objects.create(plan=seat.plan, ticket=seat.ticket, room=seat.room, session=other, number=999)


def refuses(season: Season, mutate: Callable[[Season], None]) -> bool:
    """Whether the season is refused with one row changed. The row is put back."""
    with transaction.atomic():
        with laid_open():
            mutate(season)
        try:
            season.require_agreement()
        except InvariantBroken:
            return True
        finally:
            transaction.set_rollback(True)
    return False


def test_one_row_that_is_not_what_went_in_fails_the_season() -> None:
    season = played()
    counted = counted_marks(season.region)
    assert (counted["zero"], counted[MarkStatus.VIOLATION.value]) == (1, 1)  # every season shows one of each
    mutations = (one_mark_more, one_mark_less, one_who_was_away, one_seat_less, one_seat_more)
    assert [mutate.__name__ for mutate in mutations if not refuses(season, mutate)] == []
    season.require_agreement()  # and it holds as it was
    assert_swapped_marks_change_the_digest(season)


def assert_swapped_marks_change_the_digest(season: Season) -> None:
    """Two people's marks of one subject change places: no total tells, the digest of everybody does."""
    numbers = {pk: one.number for pk, one in season.by_person.items()}
    one = scored(season)
    level = one.entry.level_code  # two levels may have a subject of one code, and are added up apart
    same = {"subject_code": one.subject_code, "entry__level_code": level, "status": one.status}
    alike = Mark.objects.filter(batch=one.batch, **same)
    other = alike.exclude(mark_hundredths=one.mark_hundredths).order_by("id")[0]
    totals, digest = counted_marks(season.region), digest_of_marks(season.region, numbers=numbers)
    with laid_open():
        Mark.objects.filter(pk=one.pk).update(mark_hundredths=other.mark_hundredths)
        Mark.objects.filter(pk=other.pk).update(mark_hundredths=one.mark_hundredths)
    assert counted_marks(season.region) == totals
    assert digest_of_marks(season.region, numbers=numbers) != digest


# ---------------------------------------------------------------- what the demo shows
def plans() -> dict[str, SeasonPlan]:
    """Return the demo's seasons by the code of their sitting."""
    with frozen_at(TODAY):
        load_programmes(by=SYSTEM, now=TODAY)
    return {plan.sitting.code: plan for plan in demo_seasons(TODAY.date(), scale=1)}


def test_the_demo_has_released_results_of_every_kind_of_validity_there_is() -> None:
    released = {plan.sitting.programme_code for plan in plans().values() if plan.until is Stage.RELEASED}
    shown = {level.validity.shape for code in released for level in find_programme_in_files(code).levels}
    known = {level.validity.shape for path in seed_files() for level in read_seed(path).programme.levels}
    assert shown == known
    assert len(known) >= len(ValidityShape) - 1


def test_the_demo_has_a_sitting_at_every_stage() -> None:
    assert {plan.until for plan in plans().values()} >= set(Stage) - {Stage.ANNOUNCED}


def test_the_chongqing_appraisal_of_2017_keeps_the_dates_of_its_notice() -> None:
    sitting = plans()["cq-counsellor-2017-1"].sitting
    windows = {window.kind: window for window in sitting.windows}
    payment, tickets = windows[WindowKind.PAYMENT], windows[WindowKind.TICKET_PRINTING]
    assert payment.closes == datetime(2017, 4, 8, tzinfo=SHANGHAI)  # 4月7日24:00
    assert (tickets.opens, tickets.closes) == (
        datetime(2017, 5, 8, tzinfo=SHANGHAI),
        datetime(2017, 5, 20, tzinfo=SHANGHAI),
    )
    on_site = windows[WindowKind.ON_SITE_APPLICATION]
    assert on_site.closes == datetime(2017, 4, 8, tzinfo=SHANGHAI)  # 发文之日至4月7日
    assert (sitting.first_day, sitting.last_day) == (date(2017, 5, 20), date(2017, 5, 21))
    hours = {
        (session.level_code, session.subject_code): f"{session.starts:%d %H:%M}-{session.ends:%H:%M}"
        for session in sitting.sessions
    }
    assert hours == {  # on paper on the 20th, at computers on the 21st; the panel's time is the province's
        ("level-3", "theory"): "20 08:30-10:00",
        ("level-3", "skills"): "20 10:30-12:30",
        ("level-2", "theory"): "21 08:30-10:00",
        ("level-2", "skills"): "21 10:30-12:30",
        ("level-2", "review"): "21 14:00-14:30",
    }
    programme = find_programme_in_files("psychological-counsellor-2017")
    assert hours.keys() == {(level.code, subject.code) for level in programme.levels for subject in level.subjects}
    notice = sitting.notices[0]
    assert notice.document_number == "演示〔2017〕1号"
    assert "现场报名：2017年3月13日至2017年4月7日" in notice.body


def test_the_notices_of_the_demo_bring_their_attachments_along(tmp_path: Path) -> None:
    plan = plans()["cq-counsellor-2017-1"].sitting
    programme = find_programme_in_files("psychological-counsellor-2017")
    files = with_attachments(plan, programme, author="重庆市职业技能鉴定指导中心", at=TODAY).notices[0].attachments
    assert [file.title for file in files] == ["附件1：考试时间安排", "附件2：考核方案", "附件3：报名点", "附件4：考点"]
    assert {content_type_of(file) for file in files} == {"application/pdf"}
    read = [words_of(file.content, tmp_path) for file in files]
    assert "2017年5月21日（星期日）08:30–10:00" in read[0]
    assert "综合评审" in read[1]
    points = [site for region in plan.regions for site in region.sites if site.is_registration_point]
    assert len(points) > 0
    assert all(site.name in read[2] and site.name in read[3] for site in points)


def test_the_forecast_of_results_names_the_instant_and_the_last_day_of_rechecks() -> None:
    plan = plans()["cq-counsellor-2017-1"]
    notice = results_forecast(plan.sitting.name, days=plan.days)
    assert notice.kind is NoticeKind.FORECAST
    assert "2017年7月20日10:00起" in notice.body
    recheck = next(window for window in plan.sitting.windows if window.kind is WindowKind.RECHECK)
    assert recheck.closes == datetime(2017, 8, 19, tzinfo=SHANGHAI)
    assert "2017年7月20日至2017年8月18日" in notice.body


def words_of(pdf: bytes, folder: Path) -> str:
    """Return the words of a PDF, without the blanks between them."""
    file = folder / "attachment.pdf"
    file.write_bytes(pdf)
    read = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True)  # noqa: S607  # found on the path
    return "".join(read.stdout.split())
