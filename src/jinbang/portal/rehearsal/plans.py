"""The seasons of the demo world: a sitting at every stage relative to the day it is built, and the two of the sources.

Days are chosen so that each stage is open on that day. Only the Chongqing appraisal of 2017 has its real dates
(on site and payment by 7 April, tickets from 8 to 19 May, examination on 20 and 21 May); everything else is made up.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import Final

from jinbang.catalogue.models import ProgrammeVersion
from jinbang.catalogue.programme import Programme
from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings.plan import (
    FeePlan,
    NoticePlan,
    RegionPlan,
    SessionPlan,
    SitePlan,
    SittingPlan,
    WindowPlan,
)
from jinbang.sittings.states import NoticeKind, SitePolicy, WindowKind

FEE_FEN: Final = 6_100
ROOM_PEOPLE: Final = 30
RECHECK_DAYS: Final = 30
SESSION_STARTS: Final = (time(9, 0), time(14, 0))


class Stage(IntEnum):
    """How far a season is played."""

    ANNOUNCED = 0
    APPLYING = 1
    REVIEWING = 2
    PRINTING = 3
    SAT = 4
    ARMED = 5
    RELEASED = 6


@dataclass(frozen=True)
class Share:
    """A part of the people: their level, specialty and track, and its weight among the parts."""

    level_code: str
    specialty_code: str = ""
    track_code: str = ""
    weight: int = 1


@dataclass(frozen=True)
class Days:
    """The days of one season, each window by its first and last whole day."""

    announced: date
    apply: tuple[date, date]
    pay: tuple[date, date]
    tickets: tuple[date, date]
    examination: tuple[date, date]
    release: datetime
    on_site: tuple[date, date] | None = None  # without one, from the notice until applications close

    @property
    def at_points(self) -> tuple[date, date]:
        """The days on which registration points take applications."""
        return self.on_site or (self.announced, self.apply[1])

    def windows(self) -> tuple[WindowPlan, ...]:
        """Return every window of the season."""
        review = (self.apply[0], max(self.apply[1], self.pay[1]))
        recheck = (self.release.date(), self.release.date() + timedelta(days=RECHECK_DAYS - 1))
        of = WindowPlan.of_dates
        return (
            of(WindowKind.APPLICATION, *self.apply),
            of(WindowKind.ON_SITE_APPLICATION, *self.at_points),
            of(WindowKind.REVIEW, *review),
            of(WindowKind.PAYMENT, *self.pay),
            of(WindowKind.TICKET_PRINTING, *self.tickets),
            of(WindowKind.EXAMINATION, *self.examination),
            WindowPlan(WindowKind.RELEASE, self.release, self.release + timedelta(days=60)),
            WindowPlan(WindowKind.RECHECK, self.release, of(WindowKind.RECHECK, *recheck).closes),
        )


HOURS: Final = "09:00-12:00 13:30-17:00"


@dataclass(frozen=True)
class SeasonPlan:
    """One season: the sitting, where, how many of which people (`first` skips over the earlier ones), how far."""

    sitting: SittingPlan
    province: str
    days: Days
    people: int
    shares: tuple[Share, ...]
    until: Stage
    first: int = 0
    arrivals: tuple[date, ...] = ()  # without any, all apply on the first day one can
    sample_percent: int = 0  # where the city's reviewer approves first: how many of a hundred the province looks at
    portraits: int = 240  # how many applications carry a photo: it is the one thing that is large
    pass_mark_percent: int | None = None  # set by the province where the programme leaves it open; None: still awaited
    pass_mark_document: str = ""

    @property
    def days_of_arrival(self) -> tuple[date, ...]:
        """The days on which they apply."""
        return self.arrivals or (self.days.apply[0],)

    @property
    def unpaid_share(self) -> float:
        """The share of those approved who do not pay: far more while there is time left."""
        return 0.4 if self.until is Stage.REVIEWING else 0.03


def programme_in_force(code: str, *, on: date) -> Programme:
    """Return the programme as it stood on a day."""
    versions = ProgrammeVersion.objects.filter(code=code, effective_from__lte=on).order_by("-effective_from")
    return versions[0].programme


def sessions_of(programme: Programme, *, days: tuple[date, date]) -> tuple[SessionPlan, ...]:
    """Lay every level's subjects into mornings and afternoons from the first day on."""
    plans = []
    for level in programme.levels:
        for position, subject in enumerate(level.subjects):
            day = min(days[0] + timedelta(days=position // 2), max(days[1], days[0] + timedelta(days=position // 2)))
            starts = datetime.combine(day, SESSION_STARTS[position % 2], tzinfo=SHANGHAI)
            plans.append(SessionPlan(level.code, subject.code, starts, starts + timedelta(minutes=subject.minutes)))
    return tuple(plans)


def sites_of(*, cities: tuple[tuple[str, str], ...], people: int) -> tuple[SitePlan, ...]:
    """Return enough sites for everybody, spread over the cities, the first of each also taking applications."""
    wanted = max(len(cities), -(-people * 5 // (4 * 20 * ROOM_PEOPLE)))
    capacity = -(-people * 5 // (4 * wanted * ROOM_PEOPLE)) * ROOM_PEOPLE + ROOM_PEOPLE
    kinds = ("第一职业中学", "财经学校", "第五中学", "工业技师学院", "实验中学")
    plans = []
    for position in range(wanted):
        code, city = cities[position % len(cities)]
        kind = kinds[(position // len(cities)) % len(kinds)]
        turn = position // (len(cities) * len(kinds))
        plans.append(
            SitePlan(
                code=f"{position + 1:03d}",
                name=f"{city}{kind}" + (f"（{turn + 1}校区）" if turn else ""),
                address=f"{city}学府街{position * 6 + 18}号",
                capacity=capacity,
                authority_code=code,
                is_registration_point=position < len(cities),
                opening_hours=HOURS if position < len(cities) else "",
            )
        )
    return tuple(plans)


@dataclass(frozen=True)
class Where:
    """The province a sitting is held in, with its cities and the authority that owns the sitting.

    Who decides the site is the programme's word unless `site_policy` says otherwise.
    """

    province: str
    cities: tuple[tuple[str, str], ...]
    owner: str
    site_policy: SitePolicy | None = None


def sitting_plan(
    *,
    code: str,
    programme: Programme,
    name: str,
    where: Where,
    days: Days,
    people: int,
) -> SittingPlan:
    """Return a whole sitting: windows, sessions, one region with sites, fees, and the notice that announces it."""
    sessions = sessions_of(programme, days=days.examination)
    last_day = max(session.starts.astimezone(SHANGHAI).date() for session in sessions)
    policy = where.site_policy or SitePolicy(programme.application.site_choice.value)
    return SittingPlan(
        code=code,
        programme_code=programme.code,
        owner_code=where.owner,
        name=name,
        year=days.examination[0].year,
        first_day=days.examination[0],
        last_day=last_day,
        windows=days.windows(),
        sessions=sessions,
        regions=(
            RegionPlan(
                authority_code=where.province,
                sites=sites_of(cities=where.cities, people=people),
            ),
        ),
        fees=tuple(
            FeePlan(level.code, subject.code, FEE_FEN) for level in programme.levels for subject in level.subjects
        ),
        notices=(announcement(name, days=days),),
        sends_ticket_numbers=True,
        site_policy=SitePolicy.CANDIDATE if policy is SitePolicy.POINT else policy,
    )


def announcement(name: str, *, days: Days, remark: str = "本网站为演示环境，以上信息均为虚构。") -> NoticePlan:
    """Return the notice that opens a season, dates and all. It ends with what is made up in it."""
    body = (
        f"现将{name}报名工作有关事项通知如下。\n\n"
        f"一、网上报名：{_day(days.apply[0])}至{_day(days.apply[1])}。请在本网站注册账户，"
        "选择级别、专业、科目和符合的报考条件，上传近期免冠照片，阅读声明后提交。\n\n"
        f"二、现场报名：{_day(days.at_points[0])}至{_day(days.at_points[1])}，在公布的报名点办理。"
        "须先签订《考试诚信承诺书》，再登记并当场缴费。\n\n"
        "三、资格初审：提交后2个工作日内反馈审核意见。未通过的写明理由并退回，可以修改后再次提交。\n\n"
        f"四、缴费：审核通过后，须在{_day(days.pay[1])}24:00前缴费，逾期未缴费视为自动放弃。\n\n"
        f"五、打印准考证：{_day(days.tickets[0])}至{_day(days.tickets[1])}。请使用A4纸打印，保证字迹、照片清晰；"
        "在规定时间内未打印准考证而影响考试的，责任由考生自负。\n\n"
        f"六、考试时间：{_day(days.examination[0])}起，以准考证为准。\n\n"
        f"{remark}"
    )
    number = f"演示〔{days.announced.year}〕1号"
    return NoticePlan(NoticeKind.FORMAL, f"关于做好{name}报名工作的通知", body, document_number=number)


def results_forecast(name: str, *, days: Days) -> NoticePlan:
    """Return the notice that says beforehand from when on results can be queried, with what, and what comes after."""
    opens = days.release.astimezone(SHANGHAI)
    last = opens.date() + timedelta(days=RECHECK_DAYS - 1)
    body = (
        f"{name}的成绩定于{_day(opens.date())}{opens:%H:%M}起在本网站“成绩查询”栏目开放查询。\n\n"
        "一、查询时请填写准考证号和证件号码；查询页面要求填写姓名的，一并填写。忘记准考证号的，登录后在“我的考试”中查看。\n\n"
        f"二、对成绩有疑问的，可以在{_day(opens.date())}至{_day(last)}申请复核。"
        "复核只核查分数的登记、汇总和录入，不重新评阅试卷。\n\n"
        "三、查询成绩不收费。请直接输入本网站的网址，不要点击来路不明的链接。"
    )
    number = f"演示〔{opens.year}〕2号"
    return NoticePlan(NoticeKind.FORECAST, f"关于{name}成绩查询的预告", body, document_number=number)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def season_plan(
    programme_code: str,
    *,
    code: str,
    name: str,
    where: Where,
    days: Days,
    people: int,
    shares: tuple[Share, ...] = (),
    first: int = 0,
) -> SeasonPlan:
    """Return a whole season, released, of a programme as it stood then. Without shares all sit for its first level."""
    programme = programme_in_force(programme_code, on=days.announced)
    sitting = sitting_plan(code=code, programme=programme, name=name, where=where, days=days, people=people)
    shares = shares or (Share(programme.levels[0].code),)
    return SeasonPlan(sitting, where.province, days, people, shares, Stage.RELEASED, first)
