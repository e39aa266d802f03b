"""The shape of what is typed to enter somebody in the integrity record, and to lift a record."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.people.forms import IdentityForm
from jinbang.people.integrity.labels import GROUNDS
from jinbang.people.models import Authority

_NO_SUCH_DAY = _("请填写真实存在的日期，例如 2026-07-01。")


class DecisionForm(IdentityForm):
    """A written decision: who it names, on which ground, its number, from when until when, and whose it is."""

    ground = forms.ChoiceField(
        label=_("依据"), choices=[(ground.value, label) for ground, label in GROUNDS.items()], widget=forms.RadioSelect
    )
    document_number = forms.CharField(
        label=_("处理决定的文号"), max_length=64, help_text=_("例如：晋人考处〔2026〕3号。请不要写个人信息。")
    )
    starts_on = forms.DateField(
        label=_("记录自"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _NO_SUCH_DAY},
    )
    ends_on = forms.DateField(
        label=_("记录至"),
        required=False,
        help_text=_("照决定书填写最后一天，系统会与所选依据的期限核对；长期记录的留空。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _NO_SUCH_DAY},
    )
    authority = forms.ChoiceField(label=_("作出决定的机构"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, authorities: Iterable[Authority]) -> None:
        """Offer the authorities at which whoever types this reviews."""
        super().__init__(data)
        choices = [(str(one.pk), one.name) for one in authorities]
        self.fields["authority"] = forms.ChoiceField(
            label=self.fields["authority"].label, choices=choices, initial=choices[0][0] if choices else ""
        )
        self.fields["name"].help_text = _("与决定书和证件一致。")
        self.fields["name"].widget.attrs["autocomplete"] = "off"


class LiftingForm(forms.Form):
    """The decision that lifts a record, and from which day on."""

    document_number = forms.CharField(
        label=_("撤销或更正决定的文号"), max_length=64, help_text=_("例如：晋人考处〔2026〕3号。请不要写个人信息。")
    )
    lifted_on = forms.DateField(
        label=_("自哪一天起不再计入"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _NO_SUCH_DAY},
    )
