"""The demo world's seasons, by code, relative to the day it is built."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from jinbang.kernel.clock import SHANGHAI
from jinbang.portal.rehearsal.cast import PROVINCES
from jinbang.portal.rehearsal.dry_run import SOCIAL_WORKERS
from jinbang.portal.rehearsal.plans import (
    Days,
    SeasonPlan,
    Share,
    Stage,
    Where,
    announcement,
    programme_in_force,
    season_plan,
)
from jinbang.sittings.plan import SessionPlan
from jinbang.sittings.states import SitePolicy

INSTALLATION = (Share("level-2", "installation"),)
COST_ENGINEERS = (
    Share("level-2", "installation", weight=5),
    Share("level-2", "civil", weight=8),
    Share("level-2", "transport", weight=2),
)
SHANXI = Where("14", PROVINCES["14"][3], owner="14")
CHONGQING = Where("50", PROVINCES["50"][3], owner="50")


def demo_seasons(today: date, *, scale: float) -> Iterator[SeasonPlan]:
    """Yield every season in the order of their examinations. `scale` 1 is about four thousand people."""
    makers = (_counsellors_2017, _cost_engineers_before, _social_workers_before, _awaiting_pass_mark, _software)
    # What is open for application now was announced before the latest results: they name it as the next chance.
    for maker in (*makers, _applying, _social_workers, _tomorrow, _awaiting_marks, _printing, _reviewing):
        yield maker(today, scale)


def _people(count: int, scale: float) -> int:
    return max(24, round(count * scale))


def _days(examination: date, *, release: datetime, length: int = 2) -> Days:
    """Return the days of a season whose only fixed points are the examination and the release."""
    back = timedelta
    return Days(
        announced=examination - back(days=75),
        apply=(examination - back(days=70), examination - back(days=60)),
        pay=(examination - back(days=68), examination - back(days=55)),
        tickets=(examination - back(days=10), examination - back(days=1)),
        examination=(examination, examination + back(days=length - 1)),
        release=release,
    )


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)


def _sessions_2017() -> tuple[SessionPlan, ...]:
    """Return the sessions of May 2017 as laid down for the country: on paper on the 20th, at computers on the 21st.

    The province sets the day of the panel: an afternoon made up here.
    """
    hours = {"theory": ((8, 30), (10, 0)), "skills": ((10, 30), (12, 30)), "review": ((14, 0), (14, 30))}
    days = {"level-3": date(2017, 5, 20), "level-2": date(2017, 5, 21)}
    held = (("level-3", "theory"), ("level-3", "skills"), *(("level-2", subject) for subject in hours))
    return tuple(
        SessionPlan(
            level, subject, *(datetime.combine(days[level], time(*hour), tzinfo=SHANGHAI) for hour in hours[subject])
        )
        for level, subject in held
    )


def _counsellors_2017(_today: date, scale: float) -> SeasonPlan:
    days = Days(
        announced=date(2017, 3, 13),
        apply=(date(2017, 3, 13), date(2017, 4, 5)),
        pay=(date(2017, 3, 15), date(2017, 4, 7)),
        tickets=(date(2017, 5, 8), date(2017, 5, 19)),
        examination=(date(2017, 5, 20), date(2017, 5, 21)),
        release=_at(date(2017, 7, 20)),
        on_site=(date(2017, 3, 13), date(2017, 4, 7)),
    )
    name = "2017年上半年心理咨询师国家职业资格全国统一鉴定（重庆）"
    season = season_plan(
        "psychological-counsellor-2017",
        code="cq-counsellor-2017-1",
        name=name,
        where=CHONGQING,
        days=days,
        people=_people(220, scale),
        shares=(Share("level-3", weight=3), Share("level-2", weight=2)),
        first=3_000,
    )
    remark = "本网站为演示环境。现场报名、缴费的截止日期和打印准考证、考试的日期取自当年的公告，其余均为虚构。"
    notices = (announcement(name, days=days, remark=remark),)
    return replace(season, sitting=replace(season.sitting, notices=notices, sessions=_sessions_2017()))


def _cost_engineers(examination: date, *, people: int, shares: tuple[Share, ...], release: datetime) -> SeasonPlan:
    """Return a Shanxi season of second-level cost engineers; the pass mark is the province's to set."""
    season = season_plan(
        "cost-engineer-2",
        code=f"sx-cost-engineer-2-{examination.year}",
        name=f"{examination.year}年度山西省二级造价工程师职业资格考试",
        where=SHANXI,
        days=_days(examination, release=release, length=1),
        people=people,
        shares=shares,
        first=1_800,
    )
    return replace(season, sitting=replace(season.sitting, name_required=True))


def _cost_engineers_before(today: date, scale: float) -> SeasonPlan:
    examination, release = today - timedelta(days=75 + 364), _at(today - timedelta(days=380))
    season = _cost_engineers(examination, people=_people(420, scale), shares=INSTALLATION, release=release)
    return replace(season, pass_mark_percent=60, pass_mark_document=f"演示厅函〔{release.year}〕31号")


def _awaiting_pass_mark(today: date, scale: float) -> SeasonPlan:
    examination, release = today - timedelta(days=75), _at(today - timedelta(days=12))
    return _cost_engineers(examination, people=_people(640, scale), shares=COST_ENGINEERS, release=release)


def _social_workers_of(examination: date, *, people: int, release: datetime) -> SeasonPlan:
    return season_plan(
        "social-worker",
        code=f"sx-social-worker-{examination.year}",
        name=f"{examination.year}年度社会工作者职业资格考试（山西）",
        where=SHANXI,
        days=_days(examination, release=release),
        people=people,
        shares=SOCIAL_WORKERS,
    )


def _social_workers_before(today: date, scale: float) -> SeasonPlan:
    examination, release = today - timedelta(days=60 + 364), _at(today - timedelta(days=364))
    return _social_workers_of(examination, people=_people(620, scale), release=release)


def _social_workers(today: date, scale: float) -> SeasonPlan:
    examination, release = today - timedelta(days=60), _at(today - timedelta(days=1))
    return _social_workers_of(examination, people=_people(900, scale), release=release)


def _software(today: date, scale: float) -> SeasonPlan:
    examination = today - timedelta(days=58)
    days = _days(examination, release=_at(today - timedelta(days=1), 15))
    levels = programme_in_force("software-qualification", on=days.announced).levels
    season = season_plan(
        "software-qualification",
        code=f"cq-software-{examination.year}-2",
        name=f"{examination.year}年下半年计算机技术与软件专业技术资格（水平）考试（重庆）",
        where=CHONGQING,
        days=days,
        people=_people(260, scale),
        shares=tuple(Share(level.code, level.specialties[0].code if level.specialties else "") for level in levels),
        first=3_400,
    )
    return replace(season, sitting=replace(season.sitting, ordinal=2))


def _tomorrow(today: date, scale: float) -> SeasonPlan:
    examination = today - timedelta(days=50)
    season = season_plan(
        "fire-engineer-1",
        code=f"sx-fire-engineer-1-{examination.year}",
        name=f"{examination.year}年度一级注册消防工程师资格考试（山西）",
        where=SHANXI,
        days=_days(examination, release=_at(today + timedelta(days=1))),
        people=_people(300, scale),
        first=2_500,
    )
    return replace(season, until=Stage.ARMED)


def _awaiting_marks(today: date, scale: float) -> SeasonPlan:
    examination = today - timedelta(days=20)
    season = season_plan(
        "surveyor-registered",
        code=f"sx-surveyor-{examination.year}",
        name=f"{examination.year}年度注册测绘师资格考试（山西）",
        where=SHANXI,
        days=_days(examination, release=_at(today + timedelta(days=30)), length=1),
        people=_people(90, scale),
        first=2_850,
    )
    return replace(season, until=Stage.SAT)


def _printing(today: date, scale: float) -> SeasonPlan:
    examination, people = today + timedelta(days=5), _people(360, scale)
    season = season_plan(
        "cost-engineer-2",
        code=f"cq-cost-engineer-2-{examination.year}",
        name=f"{examination.year}年度重庆市二级造价工程师职业资格考试",
        where=CHONGQING,
        days=_days(examination, release=_at(examination + timedelta(days=60)), length=1),
        people=people,
        shares=COST_ENGINEERS,
        first=3_800,
    )
    return replace(season, until=Stage.PRINTING, portraits=people)


def _reviewing(today: date, scale: float) -> SeasonPlan:
    examination, people = today + timedelta(days=55), _people(240, scale)
    season = season_plan(
        "environmental-impact-engineer",
        code=f"sx-eia-engineer-{examination.year}",
        name=f"{examination.year}年度环境影响评价工程师职业资格考试（山西）",
        where=replace(SHANXI, site_policy=SitePolicy.CANDIDATE),  # so that a city knows which cases are its own
        days=Days(
            announced=today - timedelta(days=22),
            apply=(today - timedelta(days=18), today - timedelta(days=1)),
            pay=(today - timedelta(days=15), today + timedelta(days=6)),
            tickets=(examination - timedelta(days=10), examination - timedelta(days=1)),
            examination=(examination, examination + timedelta(days=1)),
            release=_at(examination + timedelta(days=60)),
        ),
        people=people,
        shares=(Share("eia"),),
        first=4_300,
    )
    arrivals = (today - timedelta(days=2), today - timedelta(days=1))  # so what the sample drew is not late yet
    return replace(season, until=Stage.REVIEWING, sample_percent=20, arrivals=arrivals, portraits=people)


def _applying(today: date, scale: float) -> SeasonPlan:
    examination, people = today + timedelta(days=118), _people(160, scale)
    season = season_plan(
        "social-worker",
        code=f"sx-social-worker-{examination.year}-open",
        name=f"{examination.year}年度社会工作者职业资格考试（山西）",
        # the one season in which a visitor applies shows every step
        where=replace(SHANXI, site_policy=SitePolicy.CANDIDATE),
        days=Days(
            announced=today - timedelta(days=9),
            apply=(today - timedelta(days=4), today + timedelta(days=9)),
            pay=(today - timedelta(days=2), today + timedelta(days=14)),
            tickets=(examination - timedelta(days=10), examination - timedelta(days=1)),
            examination=(examination, examination + timedelta(days=1)),
            release=_at(examination + timedelta(days=60)),
        ),
        people=people,
        shares=SOCIAL_WORKERS,
        first=700,
    )
    arrivals = tuple(today - timedelta(days=ago) for ago in (4, 3, 2, 1))
    return replace(season, until=Stage.APPLYING, arrivals=arrivals, portraits=people)
