"""The words on screens for the payment phase: states, steps, accounts. Nothing is decided here."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.payment.rules import NextStep
from jinbang.payment.states import OrderEvent, OrderState

STATES: Final[Mapping[OrderState, Promise]] = {
    OrderState.OWED: _("待缴费"),
    OrderState.PAID: _("已缴费"),
    OrderState.LAPSED: _("逾期未缴费"),
    OrderState.CANCELLED: _("已取消"),
}

COLOURS: Final[Mapping[OrderState, str]] = {
    OrderState.OWED: "orange",
    OrderState.PAID: "green",
    OrderState.LAPSED: "grey",
    OrderState.CANCELLED: "grey",
}

TURNS: Final[Mapping[str, Promise]] = {
    "candidate": _("现在轮到您缴费"),
    "nobody": _("缴费环节已结束"),
}

WHAT_HAPPENS_NEXT: Final[Mapping[OrderState, Promise]] = {
    OrderState.OWED: _("请在截止时间前到报名点缴费，逾期未缴费视为自动放弃。"),
    OrderState.PAID: _("报名完成。请在规定时间内打印准考证。缴费后不再变更，也不退费。"),
    OrderState.LAPSED: _("未在规定时间内缴费，视为自动放弃本次考试。"),
    OrderState.CANCELLED: _("报名已撤回，无需缴费。"),
}

EVENTS: Final[Mapping[str, Promise]] = {
    "open": _("生成缴费单"),
    OrderEvent.PAY.value: _("缴费成功"),
    OrderEvent.LAPSE.value: _("逾期未缴费"),
    OrderEvent.CANCEL.value: _("取消缴费单"),
}

STEPS: Final[Mapping[NextStep, Promise]] = {
    NextStep.FILL_IN: _("继续填写报名信息"),
    NextStep.CORRECT: _("按退回原因修改并重新提交"),
    NextStep.AWAIT_REVIEW: _("等待审核"),
    NextStep.AWAIT_ORDER: _("等待公布缴费时间"),
    NextStep.PAY: _("去缴费"),
    NextStep.AWAIT_TICKET: _("等待打印准考证"),
    NextStep.REFUSED: _("查看审核意见"),
    NextStep.WITHDRAWN: _("报名已撤回"),
    NextStep.LAPSED: _("已视为放弃"),
    NextStep.VOIDED: _("报名已作废，请查看决定"),
}


def state_label(state: str) -> str:
    """Return what screens call the state of an order."""
    return str(STATES[OrderState(state)])
