"""The words on screens for the sittings phase: kinds, states and instants. Only words; nothing is decided here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings.errors import Gap, GapKind
from jinbang.sittings.rules import ONE_DAY, Phase, Step, Turn, WindowFacts, is_end_of_day
from jinbang.sittings.states import NoticeKind, SitePolicy, SittingEvent, SittingState, WindowKind

WINDOW_KINDS: Final[Mapping[WindowKind, Promise]] = {
    WindowKind.APPLICATION: gettext_lazy("网上报名"),
    WindowKind.ON_SITE_APPLICATION: gettext_lazy("现场报名"),
    WindowKind.REVIEW: gettext_lazy("资格审核"),
    WindowKind.PAYMENT: gettext_lazy("缴费"),
    WindowKind.TICKET_PRINTING: gettext_lazy("打印准考证"),
    WindowKind.EXAMINATION: gettext_lazy("考试"),
    WindowKind.RELEASE: gettext_lazy("成绩查询"),
    WindowKind.RECHECK: gettext_lazy("成绩复核"),
    WindowKind.POST_EXAM_REVIEW: gettext_lazy("考后资格审核"),
    WindowKind.PUBLICATION: gettext_lazy("公示"),
}

SITTING_STATES: Final[Mapping[SittingState, Promise]] = {
    SittingState.DRAFT: gettext_lazy("未发布"),
    SittingState.PUBLISHED: gettext_lazy("已发布"),
    SittingState.CLOSED: gettext_lazy("已结束"),
    SittingState.CANCELLED: gettext_lazy("已取消"),
}

NOTICE_KINDS: Final[Mapping[NoticeKind, Promise]] = {
    NoticeKind.FORECAST: gettext_lazy("预告"),
    NoticeKind.FORMAL: gettext_lazy("正式公告"),
    NoticeKind.EXTENSION: gettext_lazy("延期公告"),
    NoticeKind.PASS_MARK: gettext_lazy("合格标准"),
    NoticeKind.RESULTS: gettext_lazy("成绩公告"),
}

SITE_POLICIES: Final[Mapping[SitePolicy, Promise]] = {
    SitePolicy.CANDIDATE: gettext_lazy("报名时由考生选择考点"),
    SitePolicy.CENTRE: gettext_lazy("考点由考试中心统一安排"),
    SitePolicy.POINT: gettext_lazy("报名点即为考点"),
}

PHASES: Final[Mapping[Phase, Promise]] = {
    Phase.NOT_YET: gettext_lazy("未开始"),
    Phase.OPEN: gettext_lazy("进行中"),
    Phase.OVER: gettext_lazy("已结束"),
}

TURNS: Final[Mapping[Turn, Promise]] = {
    Turn.CANDIDATE: gettext_lazy("轮到考生"),
    Turn.REVIEWER: gettext_lazy("轮到审核人员"),
    Turn.CENTRE: gettext_lazy("考试机构准备中"),
    Turn.EVERYBODY: gettext_lazy("接受社会监督"),
    Turn.NOBODY: gettext_lazy("全部环节已结束"),
}

STEPS: Final[Mapping[Step, Promise]] = {
    Step.APPLY: gettext_lazy("我要报名"),
    Step.APPLY_ON_SITE: gettext_lazy("查看现场报名点"),
    Step.PAY: gettext_lazy("登录后缴费"),
    Step.PRINT_TICKET: gettext_lazy("登录后打印准考证"),
    Step.QUERY_RESULTS: gettext_lazy("查询成绩"),
    Step.ELSEWHERE: gettext_lazy("查询成绩"),
    Step.ADD_TO_CALENDAR: gettext_lazy("加入日历"),
}

EVENTS: Final[Mapping[str, Promise]] = {
    "create": gettext_lazy("新建"),
    SittingEvent.PUBLISH: gettext_lazy("发布"),
    SittingEvent.CLOSE: gettext_lazy("结束"),
    SittingEvent.CANCEL: gettext_lazy("取消"),
    "call_off_region": gettext_lazy("记为考区未举行"),
    "restore_region": gettext_lazy("恢复为考区举行"),
    "adopt_version": gettext_lazy("改用新的考试项目版本"),
}

WEEKDAYS: Final = (
    gettext_lazy("星期一"),
    gettext_lazy("星期二"),
    gettext_lazy("星期三"),
    gettext_lazy("星期四"),
    gettext_lazy("星期五"),
    gettext_lazy("星期六"),
    gettext_lazy("星期日"),
)

Word = WindowKind | SittingState | NoticeKind | SitePolicy | Phase | Turn | Step


def label_of(word: Word) -> str:  # noqa: PLR0911  # one table for each kind of word
    """Return what screens call a window kind, a state, a notice kind, a site policy, a phase, a turn or a step."""
    match word:
        case WindowKind():
            return str(WINDOW_KINDS[word])
        case SittingState():
            return str(SITTING_STATES[word])
        case NoticeKind():
            return str(NOTICE_KINDS[word])
        case SitePolicy():
            return str(SITE_POLICIES[word])
        case Phase():
            return str(PHASES[word])
        case Turn():
            return str(TURNS[word])
        case Step():
            return str(STEPS[word])


def window_label(kind: str) -> str:
    """Return what screens call a kind of window that was read back from a row or a refusal as plain text."""
    return label_of(WindowKind(kind))


def moment(instant: datetime, *, closing: bool = False) -> str:
    """Return an instant as people read it: 2017年5月8日（星期一）09:00.

    A closing instant at 00:00 belongs to the day before: 2017年4月7日（星期五）24:00.
    """
    local = instant.astimezone(SHANGHAI)
    is_midnight = closing and is_end_of_day(instant)
    shown = local - ONE_DAY if is_midnight else local
    return f"{day(shown)}24:00" if is_midnight else f"{day(shown)}{shown:%H:%M}"


def day(instant: datetime) -> str:
    """Return the day of an instant as people read it: 2017年5月20日（星期六）."""
    local = instant.astimezone(SHANGHAI)
    return _("%(year)s年%(month)s月%(day)s日（%(weekday)s）") % {
        "year": local.year,
        "month": local.month,
        "day": local.day,
        "weekday": WEEKDAYS[local.weekday()],
    }


def beginning(window: WindowFacts) -> str:
    """Return when a window opens; the days of an examination are named without an hour."""
    return day(window.opens) if window.is_in_days else moment(window.opens)


def ending(window: WindowFacts) -> str:
    """Return when a window closes; the days of an examination are named without an hour."""
    return day(window.closes - ONE_DAY) if window.is_in_days else moment(window.closes, closing=True)


def event_label(event: str) -> str:
    """Return what the history calls an event of a sitting."""
    return str(EVENTS.get(event, event))


def gap_sentence(gap: Gap) -> str:
    """Return what a planner still has to do before a sitting can be published."""
    where = gap.where or _("整个考试")
    what = window_label(gap.what) if gap.kind is GapKind.WINDOW else gap.what
    sentences = {
        GapKind.REGION: _("还没有考区，请至少设置一个开考的考区。"),
        GapKind.WINDOW: _("%(where)s：还没有“%(what)s”的时间，请补充。"),
        GapKind.SESSION: _("还没有考试场次，请补充各科目的考试时间。"),
        GapKind.SUBJECT_SESSION: _("科目“%(what)s”还没有考试场次，请补充。"),
        GapKind.FEE: _("%(where)s：科目“%(what)s”还没有收费标准，请补充。"),
        GapKind.SITE: _("%(where)s：由考生选择考点，但还没有考点，请补充。"),
        GapKind.FORWARD_URL: _("成绩不在本系统发布，但还没有填写国家查询页面的网址，请补充。"),
    }
    return sentences[gap.kind] % {"where": where, "what": what}
