"""The shape of what is typed to lift an integrity record."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LiftingForm(forms.Form):
    """The decision that lifts a record, and from which day on."""

    document_number = forms.CharField(
        label=_("撤销或更正决定的文号"), max_length=64, help_text=_("例如：晋人考处〔2026〕3号。请不要写个人信息。")
    )
    lifted_on = forms.DateField(
        label=_("自哪一天起不再计入"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("请填写真实存在的日期，例如 2026-07-01。")},
    )
