"""The words on screens for the attendance phase. The articles are those of 人社部令第31号."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinbang.attendance.states import Article, RecordState

STATES: Final[Mapping[RecordState, Promise]] = {
    RecordState.OPEN: gettext_lazy("待登记"),
    RecordState.CLOSED: gettext_lazy("已完成"),
}

COLOURS: Final[Mapping[RecordState, str]] = {RecordState.OPEN: "blue", RecordState.CLOSED: "green"}

ARTICLES: Final[Mapping[Article, Promise]] = {
    Article.SUBJECT: gettext_lazy("第六条：当次该科目考试成绩无效"),
    Article.SITTING: gettext_lazy("第七条：当次全部科目考试成绩无效，记入诚信档案库五年"),
    Article.GRAVE: gettext_lazy("第八条：当次全部科目考试成绩无效，长期记入诚信档案库"),
}

EVENTS: Final[Mapping[str, Promise]] = {
    "open_records": gettext_lazy("建立考场记录"),
    "note_absences": gettext_lazy("登记缺考"),
    "note_violation": gettext_lazy("登记违纪"),
    "remove_violation": gettext_lazy("删除误登的违纪"),
    "close": gettext_lazy("完成登记"),
    "reopen": gettext_lazy("重新打开"),
}


def seat_choice(*, seat: int, name: str, number: str) -> str:
    """Return a seat as the form offers it; of the number only the end, which is on the desk's label."""
    return _("%(seat)s 号　%(name)s　…%(tail)s") % {"seat": f"{seat:02d}", "name": name, "tail": number[-5:]}
