"""What is said when the seating phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "ticket_not_found": Problem(
        404,
        _("没有找到这张准考证"),
        _("没有找到这张准考证。"),
        _("请从“我的准考证”重新进入；座位编排以后才有准考证。"),
    ),
    "room_not_found": Problem(
        404,
        _("没有找到这个考场"),
        _("没有找到这个考场，或者这一场没有人在这里考试。"),
        _("请从考区页面重新选择。"),
    ),
    "seat_plan_not_found": Problem(
        404,
        _("还没有公布"),
        _("这个考区还没有公布种子摘要，或者种子要到考试结束后才公布。"),
        _("请稍后再来查看。"),
    ),
    "seed_already_committed": Problem(
        409,
        _("种子摘要已公布"),
        _("这个考区的种子摘要已经公布，不能再次产生。"),
        _("请返回考区页面继续办理。"),
    ),
    "bad_seed": Problem(
        422,
        _("种子格式不对"),
        _("种子应为 64 位十六进制小写数字。"),
        _("请核对后重新填写，或留空由系统随机产生。"),
    ),
    "payment_still_open": Problem(
        409,
        _("缴费还没有结束"),
        _("缴费到{closes}结束，之前还可能有人缴费。"),
        _("请在缴费结束后再编排座位。"),
    ),
    "draw_under_way": Problem(
        409,
        _("正在编排"),
        _("这个考区正在保存座位。"),
        _("请稍候刷新页面查看进度。"),
    ),
    "nobody_to_seat": Problem(
        409,
        _("没有可以编排的考生"),
        _("这个考区没有已缴费的考生。"),
        _("请先核对审核和缴费情况。"),
    ),
    "site_without_rooms": Problem(
        409,
        _("考点没有考场"),
        _("{site}还没有考场。"),
        _("请先点击“按容量准备考场”，再编排座位。"),
    ),
    "rooms_too_few": Problem(
        409,
        _("考场不够"),
        _("{site}同一时间需要 {needed} 个座位，只有 {available} 个。"),
        _("请增加考场后再编排。"),
    ),
    "places_too_few": Problem(
        409,
        _("考点名额不够"),
        _("需要安排 {needed} 人，全部考点只剩 {available} 个名额。"),
        _("请先增加考点或容量。"),
    ),
    "session_missing": Problem(
        409,
        _("科目没有考试场次"),
        _("有人报考的科目（{subject}）没有考试场次。"),
        _("请考务计划人员补充场次后再编排。"),
    ),
    "examination_not_over": Problem(
        409,
        _("考试还没有结束"),
        _("最后一场{ends}结束，之后才能公布种子。"),
        _("请在考试结束后再来办理。"),
    ),
    "unprintable_name": Problem(
        409,
        _("姓名暂时无法打印"),
        _("姓名中有现有字体没有的字（{characters}），为避免印成方框，暂时不能打印。"),
        _("请联系考试机构，由工作人员补充字体后再打印。"),
    ),
}
