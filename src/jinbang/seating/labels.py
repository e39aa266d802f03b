"""The words on screens and papers for the seating phase: states, policies, the ticket. Nothing is decided here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinbang.kernel.clock import SHANGHAI
from jinbang.seating.arrangement import TailPolicy
from jinbang.seating.states import PlanState
from jinbang.sittings.labels import WEEKDAYS

STATES: Final[Mapping[PlanState, Promise]] = {
    PlanState.COMMITTED: gettext_lazy("已公布种子摘要，待编排"),
    PlanState.DRAWING: gettext_lazy("正在编排"),
    PlanState.DRAWN: gettext_lazy("已编排"),
    PlanState.PUBLISHED: gettext_lazy("已公布种子"),
}

COLOURS: Final[Mapping[PlanState, str]] = {
    PlanState.COMMITTED: "blue",
    PlanState.DRAWING: "yellow",
    PlanState.DRAWN: "green",
    PlanState.PUBLISHED: "grey",
}

WHAT_HAPPENS_NEXT: Final[Mapping[PlanState, Promise]] = {
    PlanState.COMMITTED: gettext_lazy("缴费结束后，由考务人员编排考场和座位。"),
    PlanState.DRAWING: gettext_lazy("系统正在保存座位，全部保存后一起生效。"),
    PlanState.DRAWN: gettext_lazy("全部场次结束后，由考务人员公布种子，任何人都可以重新推算。"),
    PlanState.PUBLISHED: gettext_lazy("种子已公布，任何人都可以重新推算座位。"),
}

TAIL_POLICIES: Final[Mapping[TailPolicy, Promise]] = {
    TailPolicy.OWN_ROOM: gettext_lazy("不足一个考场的人数单设考场"),
    TailPolicy.EVEN: gettext_lazy("各考场人数尽量平均"),
    TailPolicy.MERGE: gettext_lazy("余下 1 至 3 人并入前面的考场"),
}

EVENTS: Final[Mapping[str, Promise]] = {
    "commit": gettext_lazy("公布种子摘要"),
    "prepare_rooms": gettext_lazy("准备考场"),
    "begin": gettext_lazy("开始编排"),
    "draw": gettext_lazy("编排完成"),
    "publish": gettext_lazy("公布种子"),
    "issue_ticket": gettext_lazy("准考证已生成"),
    "print_ticket": gettext_lazy("首次打印准考证"),
}

TICKET: Final[Mapping[str, Promise]] = {
    "ticket": gettext_lazy("准考证"),
    "demo": gettext_lazy("演示"),
    "number": gettext_lazy("准考证号"),
    "photo": gettext_lazy("考生照片"),
    "qr": gettext_lazy("入场核验码"),
    "address": gettext_lazy("考点地址"),
    "notes_title": gettext_lazy("考生须知"),
    "responsibility": gettext_lazy("在规定时间内未打印准考证而影响考试的，责任由考生自负。"),
}

SEAT_COLUMNS: Final[tuple[Promise, ...]] = (
    gettext_lazy("科目"),
    gettext_lazy("考试时间"),
    gettext_lazy("考点"),
    gettext_lazy("考场"),
    gettext_lazy("座位"),
)

FACTS: Final[Mapping[str, Promise]] = {
    "name": gettext_lazy("姓　　名"),
    "sex": gettext_lazy("性　　别"),
    "document_kind": gettext_lazy("证件类型"),
    "document_number": gettext_lazy("证件号码"),
    "level": gettext_lazy("报考级别"),
    "site": gettext_lazy("考　　点"),
}

NOTES: Final[tuple[Promise, ...]] = (
    gettext_lazy("请核对本准考证上的姓名、证件号码、照片和报考科目；有误的，请在考试前联系考试机构。"),
    gettext_lazy("请用 A4 纸打印，保证字迹、照片清晰；在打印时间内可以多次打印。"),
    gettext_lazy(
        "考试当天，请持本准考证和有效身份证件原件（须与报名时使用的证件一致），到指定的考点、考场和座位参加考试。"
    ),
    gettext_lazy("请提前熟悉考点位置和交通路线，至少提前 30 分钟到达考点；入场时间和迟到的规定以考试公告为准。"),
    gettext_lazy("黑色墨水笔、2B 铅笔、橡皮、计算器等应试用具，以考试公告的规定为准。"),
    gettext_lazy("手机、智能手表、耳机等电子设备不得带至座位；违纪违规行为按国家有关规定处理。"),
    gettext_lazy("请妥善保管本准考证，查询成绩时需要准考证号。"),
)

ROOM: Final[Mapping[str, Promise]] = {
    "title": gettext_lazy("考场座次表"),
    "demo": gettext_lazy("演示"),
    "front": gettext_lazy("讲　台"),
    "sign": gettext_lazy("监考人员签名：＿＿＿＿＿＿＿＿　＿＿＿＿＿＿＿＿"),
}


def room_label(number: int) -> str:
    """Return what signs and tickets call a room."""
    return _("第%(number)s考场") % {"number": f"{number:03d}"}


def seat_label(number: int) -> str:
    """Return a seat's number as it stands on the desk."""
    return f"{number:02d}"


def day_label(instant: datetime) -> str:
    """Return the day of a session with its weekday: 2026年6月6日 星期六."""
    local = instant.astimezone(SHANGHAI)
    return _("%(year)s年%(month)s月%(day)s日 %(weekday)s") % {
        "year": local.year,
        "month": local.month,
        "day": local.day,
        "weekday": WEEKDAYS[local.weekday()],
    }


def time_label(starts: datetime, ends: datetime) -> str:
    """Return the hours of a session: 09:00–11:30."""
    return f"{starts.astimezone(SHANGHAI):%H:%M}–{ends.astimezone(SHANGHAI):%H:%M}"


def printing_window(opens: str, closes: str) -> str:
    """Return the line at the foot of the ticket."""
    return _("打印时间：%(opens)s 至 %(closes)s") % {"opens": opens, "closes": closes}


def contact(phone: str) -> str:
    """Return whom to call; nothing where no number is known."""
    return _("咨询电话：%(phone)s") % {"phone": phone} if phone else ""


def people_count(count: int) -> str:
    """Return how many people a room holds."""
    return _("应到 %(count)s 人") % {"count": count}
