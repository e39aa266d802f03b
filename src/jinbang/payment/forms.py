"""The shape of what is typed about money: what a bursar looks for, and what was taken at the counter."""

from datetime import date
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.errors import BadAmount
from jinbang.kernel.money import AmountProblem, parse_yuan
from jinbang.payment.errors import ReceiptMissing
from jinbang.payment.rules import RECEIPT_LENGTH_MAX, normalise_receipt

AMOUNT_PROBLEMS: Final = {
    AmountProblem.EMPTY: _("请填写实收金额。"),
    AmountProblem.NOT_A_SUM: _("请用数字填写金额，例如 65 或 65.50。"),
    AmountProblem.NEGATIVE: _("金额不能是负数。"),
    AmountProblem.FINER_THAN_FEN: _("金额最多到分，也就是两位小数。"),
    AmountProblem.TOO_LARGE: _("金额太大，请核对。"),
}


class SearchForm(forms.Form):
    """What a bursar looks for: an order number, a document number or the beginning of a name."""

    q = forms.CharField(
        label=_("订单号、证件号码或姓名"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CounterPaymentForm(forms.Form):
    """A fee taken at the counter."""

    reference = forms.CharField(
        label=_("票据号"),
        max_length=RECEIPT_LENGTH_MAX,
        help_text=_("开给考生的票据上的号码。同一张票据只能入账一次。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount = forms.CharField(
        label=_("实收金额（元）"),
        max_length=24,
        help_text=_("必须与应缴金额一分不差，例如 130 或 130.00。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal", "class": "govuk-input--width-10"}),
    )

    def clean_reference(self) -> str:
        """Return the receipt's number in its one form."""
        try:
            return normalise_receipt(self.cleaned_data["reference"])
        except ReceiptMissing as error:
            raise forms.ValidationError(_("请填写票据号。"), code="required") from error

    def clean_amount(self) -> int:
        """Return the sum in fen."""
        try:
            return parse_yuan(self.cleaned_data["amount"])
        except BadAmount as error:
            raise forms.ValidationError(AMOUNT_PROBLEMS[AmountProblem(error.problem)], code=error.problem) from error


class DayForm(forms.Form):
    """Which day's takings."""

    day = forms.DateField(
        label=_("日期"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("请填写真实存在的日期，例如 2026-03-10。")},
    )

    def day_or(self, today: date) -> date:
        """Return the day asked for; today where none was, or none that exists."""
        return (self.cleaned_data.get("day") if self.is_valid() else None) or today


class WithdrawForm(forms.Form):
    """A candidate's word that the application is to be withdrawn."""

    sure = forms.BooleanField(
        label=_("我确认撤回这次报名"), error_messages={"required": _("请勾选确认，或返回不撤回。")}
    )


class WithdrawCommitmentForm(forms.Form):
    """A candidate's word that the informed commitment is to be withdrawn."""

    sure = forms.BooleanField(
        label=_("我确认撤回告知承诺"), error_messages={"required": _("请勾选确认，或返回不撤回。")}
    )
