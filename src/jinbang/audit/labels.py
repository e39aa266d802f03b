"""The words on screen for long work: where it stands, whose turn it is, what happens next. Nothing is decided here."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.audit.states import WorkState

STATES: Final[Mapping[WorkState, Promise]] = {
    WorkState.WAITING: _("等待处理"),
    WorkState.RUNNING: _("正在处理"),
    WorkState.DONE: _("已完成"),
    WorkState.REFUSED: _("没有办成"),
    WorkState.FAILED: _("出现故障"),
}

COLOURS: Final[Mapping[WorkState, str]] = {
    WorkState.WAITING: "blue",
    WorkState.RUNNING: "yellow",
    WorkState.DONE: "green",
    WorkState.REFUSED: "red",
    WorkState.FAILED: "red",
}

WHAT_HAPPENS_NEXT: Final[Mapping[WorkState, Promise]] = {
    WorkState.WAITING: _("轮到系统：几秒钟内开始。您可以离开本页，处理不会中断。"),
    WorkState.RUNNING: _("轮到系统：正在处理，您可以离开本页。如果系统中途重启，会从断点继续，不会重复。"),
    WorkState.DONE: _("已经办好，不需要您再做什么。"),
    WorkState.REFUSED: _("轮到您：请按上面的原因处理，再重新办理。"),
    WorkState.FAILED: _("轮到您：多次尝试都没有完成，请记下编号，联系系统管理员查看日志后再重新办理。"),
}
