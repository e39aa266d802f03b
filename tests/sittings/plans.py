"""Sittings to test with: one of Shanxi's own, and one of the nation's held in two provinces."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time

from jinbang.catalogue.actions import load_programmes
from jinbang.catalogue.models import ProgrammeVersion
from jinbang.catalogue.seeds import seed_files
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings import actions
from jinbang.sittings.models import Sitting
from jinbang.sittings.plan import (
    AttachmentPlan,
    FeePlan,
    NoticePlan,
    RegionPlan,
    SessionPlan,
    SitePlan,
    SittingPlan,
    WindowPlan,
)
from jinbang.sittings.states import NoticeKind, WindowKind
from tests.cast import NOW
from tests.replay import replayed

PDF = b"%PDF-1.7\n% a timetable\n"
LEVEL = "level-2"
SUBJECTS = ("basics", "practice")

WINDOWS: Mapping[WindowKind, tuple[date, date]] = {
    WindowKind.APPLICATION: (date(2026, 3, 2), date(2026, 3, 20)),
    WindowKind.REVIEW: (date(2026, 3, 2), date(2026, 3, 27)),
    WindowKind.PAYMENT: (date(2026, 3, 4), date(2026, 4, 7)),
    WindowKind.TICKET_PRINTING: (date(2026, 5, 8), date(2026, 5, 19)),
    WindowKind.EXAMINATION: (date(2026, 5, 23), date(2026, 5, 23)),
    WindowKind.RELEASE: (date(2026, 7, 20), date(2026, 12, 31)),
}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


def window_plans(*without: WindowKind) -> tuple[WindowPlan, ...]:
    return tuple(
        WindowPlan.of_dates(kind, first, last) for kind, (first, last) in WINDOWS.items() if kind not in without
    )


def site(code: str, *, city: str = "1403", capacity: int = 30) -> SitePlan:
    return SitePlan(
        code=code,
        name=f"第{code}中学",
        address="山西省阳泉市城区学院路1号",
        capacity=capacity,
        authority_code=city,
        is_registration_point=code == "01",
    )


def fees(fen: int = 6500) -> tuple[FeePlan, ...]:
    return tuple(FeePlan(LEVEL, subject, fen) for subject in SUBJECTS)


NOTICE = NoticePlan(
    kind=NoticeKind.FORMAL,
    title="关于2026年度二级造价工程师职业资格考试的公告",
    body="报名时间见日程。\n\n请按时缴费。",
    document_number="晋人考〔2026〕12号",
    attachments=(AttachmentPlan("考试时间安排", "考试时间安排.pdf", PDF),),
)

SHANXI = SittingPlan(
    code="sx-cost-engineer-2-2026",
    programme_code="cost-engineer-2",
    owner_code="14",
    name="2026年度二级造价工程师（安装工程）职业资格考试",
    year=2026,
    first_day=date(2026, 5, 23),
    last_day=date(2026, 5, 23),
    windows=window_plans(),
    sessions=(
        SessionPlan(LEVEL, "basics", at(date(2026, 5, 23), 9), at(date(2026, 5, 23), 11, 30)),
        SessionPlan(LEVEL, "practice", at(date(2026, 5, 23), 14), at(date(2026, 5, 23), 17)),
    ),
    regions=(RegionPlan("14", sites=(site("01"), site("02", capacity=1))),),
    fees=fees(),
    notices=(NOTICE,),
)

NATIONAL = replace(
    SHANXI,
    code="cn-cost-engineer-2-2026",
    owner_code="cn",
    name="2026年度全国造价工程师职业资格考试",
    regions=(
        RegionPlan("14", sites=(site("01"),)),
        RegionPlan(
            "50",
            sites=(site("01", city="50"),),
            windows=(WindowPlan.of_dates(WindowKind.APPLICATION, date(2026, 3, 16), date(2026, 4, 3)),),
            fees=(FeePlan(LEVEL, "basics", 7000),),
        ),
    ),
    notices=(),
)


def load_once(now: datetime) -> None:
    """Load whatever programmes are not there yet; reading their files takes a tenth of a second."""
    there = ProgrammeVersion.objects.count()
    if not there:
        replayed(("programmes", now), lambda: load_programmes(by=SYSTEM, now=now))
    elif there < len(seed_files()):
        load_programmes(by=SYSTEM, now=now)


def create(plan: SittingPlan = SHANXI, *, now: datetime = NOW) -> Sitting:
    load_once(now)
    return actions.create_sitting(plan, by=SYSTEM, now=now)


def publish(plan: SittingPlan = SHANXI, *, now: datetime = NOW) -> Sitting:
    sitting = create(plan, now=now)
    return actions.publish_sitting(sitting_id=sitting.pk, by=SYSTEM, now=now)
