"""What is said when the payment phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "order_not_found": Problem(
        404,
        _("没有找到缴费单"),
        _("没有找到这张缴费单。"),
        _("请核对订单号，或用证件号码、姓名查找。"),
    ),
    "order_number_mistyped": Problem(
        422,
        _("订单号有误"),
        _("订单号应为 17 位数字，输入的有一位不对或位数不够。"),
        _("请对照缴费单逐位核对。"),
    ),
    "amount_mismatch": Problem(
        422,
        _("金额不符"),
        _("应缴 {owed_fen}，填写的是 {given_fen}。"),
        _("必须一分不差，请核对实收金额。"),
    ),
    "order_already_paid": Problem(
        409,
        _("已经缴过费"),
        _("订单 {number} 已经缴费，不能重复收取。"),
        _("请把钱退还给考生。"),
    ),
    "order_not_payable": Problem(
        409,
        _("不能缴费"),
        _("订单 {number} 已逾期或已取消，不能再缴费。"),
        _("请不要收款，并请考生查看“我的考试”。"),
    ),
    "receipt_used": Problem(
        409,
        _("票据号已用过"),
        _("票据号 {reference} 已经用于另一笔入账。"),
        _("请核对票据号，一张票据只能入账一次。"),
    ),
    "receipt_missing": Problem(
        422,
        _("缺少票据号"),
        _("请填写开给考生的票据号（64 个字以内）。"),
    ),
    "paid_not_withdrawable": Problem(
        409,
        _("已缴费，不能撤回"),
        _("缴费后不再变更，也不退费，因此不能撤回。"),
        _("如不参加考试，不打印准考证即可。"),
    ),
    "nothing_owed": Problem(
        409,
        _("还没有缴费单"),
        _("审核通过并公布缴费时间后才有缴费单。"),
        _("请稍后在“我的考试”里查看。"),
    ),
    "application_not_payable": Problem(
        409,
        _("现在不能缴费"),
        _("这份报名目前是“{state}”，审核通过以后才能缴费。"),
        _("请先在“我的考试”里查看进度。"),
    ),
}
