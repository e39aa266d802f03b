"""What is said when the attendance phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "room_record_not_found": Problem(
        404,
        _("没有找到这份考场记录"),
        _("没有找到这份考场记录，或者它不在您的管辖范围内。"),
        _("请从“考场情况登记”重新进入。"),
    ),
    "room_record_closed": Problem(
        409,
        _("考场记录已完成"),
        _("这份考场记录已经完成登记。"),
        _("需要更改的，请先写明原因重新打开。"),
    ),
    "session_not_begun": Problem(
        409,
        _("考试还没有开始"),
        _("这一场{starts}开始，之前不能登记。"),
        _("请在考试结束后按签字的记录表登记。"),
    ),
    "no_seats_drawn": Problem(
        409,
        _("还没有编排座位"),
        _("这个考区还没有编排座位，没有考场可以登记。"),
        _("请等考场编排完成后再来。"),
    ),
    "seat_not_in_room": Problem(
        422,
        _("座位不在这个考场"),
        _("这一场这个考场没有 {seats} 号座位的考生。"),
        _("请对照座次表核对后重新登记。"),
    ),
    "absent_and_violating": Problem(
        422,
        _("缺考与违纪矛盾"),
        _("{seats} 号座位同时登记了缺考和违纪。"),
        _("缺考的人不会违纪，请对照记录表核对。"),
    ),
    "violation_facts_missing": Problem(
        422,
        _("缺少事实经过"),
        _("登记违纪必须写明事实经过。"),
        _("请按考场情况记录表填写后再保存。"),
    ),
    "reopen_reason_missing": Problem(
        422,
        _("缺少原因"),
        _("重新打开已完成的记录必须写明原因。"),
        _("请填写原因后再提交。"),
    ),
    "violation_not_found": Problem(
        404,
        _("没有找到这条违纪"),
        _("这份记录里没有这条违纪，可能已经删除。"),
        _("请刷新页面查看。"),
    ),
}
