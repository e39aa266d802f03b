"""The words on screens for the sittings phase: kinds, states and instants. Only words; nothing is decided here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings.errors import FaultKind, Gap, GapKind, SittingFault
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
    "send_ticket_numbers": gettext_lazy("开通短信找回准考证号"),
    "keep_ticket_numbers": gettext_lazy("停用短信找回准考证号"),
}

PROVISIONAL: Final = gettext_lazy("（暂定）")
"""Stands behind a time that was counted in working days of a year whose holidays are not announced yet."""

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


def deadline(closes: datetime, *, is_provisional: bool) -> str:
    """Return a deadline that was counted in working days, with a word where it may still move."""
    return moment(closes, closing=True) + (str(PROVISIONAL) if is_provisional else "")


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


FAULTS: Final[Mapping[FaultKind, Promise]] = {
    FaultKind.NOT_TEXT_FILE: gettext_lazy("不是 UTF-8 文本。请另存为 UTF-8 编码。"),
    FaultKind.NOT_TOML: gettext_lazy("不符合 TOML 格式（%(value)s）。请改正这一行；日期写成 2027-03-01，文字加引号。"),
    FaultKind.MISSING: gettext_lazy("缺少这一项，请补上。"),
    FaultKind.UNKNOWN_KEY: gettext_lazy("没有这个键。请核对拼写，或者删去。"),
    FaultKind.EMPTY: gettext_lazy("是空的，请填写。"),
    FaultKind.TOO_LONG: gettext_lazy("太长，最多 %(value)s 个字符。请缩短。"),
    FaultKind.NOT_TEXT: gettext_lazy("“%(value)s”不是文字，请加引号。"),
    FaultKind.NOT_NUMBER: gettext_lazy("“%(value)s”不是整数，请写整数，不加引号；金额以分为单位。"),
    FaultKind.NOT_YES_NO: gettext_lazy("只能是 true 或 false，不加引号。请改正。"),
    FaultKind.NOT_TABLE: gettext_lazy("应当是一个表，例如 [windows.payment]；重复的写成 [[subjects]]。请改正。"),
    FaultKind.NOT_DATE: gettext_lazy("“%(value)s”不是日期，请写成 2027-03-01。"),
    FaultKind.NOT_INSTANT: gettext_lazy("“%(value)s”不是日期或时刻，请写成 2027-03-01 或 2027-03-01T09:00:00。"),
    FaultKind.NOT_CODE: gettext_lazy("“%(value)s”不能作代码，请用小写字母、数字和单个连字符。"),
    FaultKind.NOT_URL: gettext_lazy("“%(value)s”不是网址，请以 https:// 开头。"),
    FaultKind.NOT_KNOWN: gettext_lazy("没有这个词，请写下列之一：%(value)s。"),
    FaultKind.OUT_OF_RANGE: gettext_lazy("超出范围，界限是 %(value)s。请改正。"),
    FaultKind.HOURS_UNCLEAR: gettext_lazy("“%(value)s”不是开放时间，请写成 09:00-12:00 13:30-17:00。"),
    FaultKind.HALF_A_SESSION: gettext_lazy("starts 和 ends 只有一个，请补上另一个。"),
    FaultKind.ENDS_EARLY: gettext_lazy("不晚于开始的时间，请核对两个时间。"),
    FaultKind.OUTSIDE_DAYS: gettext_lazy("%(value)s 不在 first_day 和 last_day 之间，请核对。"),
    FaultKind.TWICE: gettext_lazy("写了两次，请只留一个。"),
    FaultKind.NO_PROGRAMME: gettext_lazy(
        "今天没有有效的考试项目“%(value)s”。请用 jinbang catalogue check 查看全部代码。"
    ),
    FaultKind.NO_LEVEL: gettext_lazy("这个项目没有这个级别，请写下列之一：%(value)s。"),
    FaultKind.NO_SUBJECT: gettext_lazy("这个级别没有这个科目，请写下列之一：%(value)s。"),
    FaultKind.NO_AUTHORITY: gettext_lazy("没有代码为“%(value)s”的机构。请核对，或者先用 jinbang authority add 增设。"),
    FaultKind.OTHER_REGION: gettext_lazy("“%(value)s”不在这个考区之内，请改正考点所在的市。"),
    FaultKind.UNCLEAR: gettext_lazy("“%(value)s”不能用在这里。请对照 docs/sitting.example.toml。"),
}


def fault_sentence(fault: SittingFault) -> str:
    """Return one fault of a sitting's file: where it stands, what is wrong, and what to do."""
    said = gap_sentence(fault.gap) if fault.gap else str(FAULTS[fault.kind]) % {"value": fault.value}
    return f"{fault.key}  {said}" if fault.key else said


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
