"""The shape of what changes a record: a candidate's request, and what a registrar types at the counter."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.people.forms import PhoneField, check_number
from jinbang.people.labels import DOCUMENT_KINDS


class AmendmentForm(forms.Form):
    """What is to be changed on record, and the paper that shows it."""

    name = forms.CharField(
        label=_("变更后的姓名"),
        max_length=64,
        help_text=_("姓名不变的，保留现在的姓名。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    kind = forms.ChoiceField(
        label=_("新证件的类型"), choices=[(kind.value, label) for kind, label in DOCUMENT_KINDS.items()]
    )
    number = forms.CharField(
        label=_("新证件的号码"),
        required=False,
        max_length=40,
        help_text=_("证件号码不变的，不用填写。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    authority = forms.ChoiceField(label=_("由哪里审核"))
    evidence = forms.FileField(
        label=_("证明材料"),
        help_text=_("户口簿变更页、新证件或公安机关证明的照片，JPG 或 PNG，不超过 10 MB。只有审核人员能看。"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, authorities: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer these authorities."""
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["authority"]).choices = authorities

    def clean(self) -> dict[str, Any]:
        """Refuse a number that cannot be one of this kind."""
        cleaned = super().clean() or self.cleaned_data
        check_number(self, cleaned)
        return cleaned


class CounterForm(forms.Form):
    """The document that lies on the counter. A card reader types the number and ends with Enter, which submits."""

    number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        help_text=_("把证件放在读卡器上，或者手工输入后按回车。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )
    kind = forms.ChoiceField(
        label=_("证件类型"), choices=[(kind.value, label) for kind, label in DOCUMENT_KINDS.items()]
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a number that cannot be one of this kind."""
        cleaned = super().clean() or self.cleaned_data
        check_number(self, cleaned)
        return cleaned


class RebindingForm(forms.Form):
    """The new telephone of whoever stands at the counter, and that their document was seen."""

    phone = PhoneField(label=_("新手机号"), help_text=_("请本人报出，验证码会发到这个号码。"))
    is_seen = forms.BooleanField(label=_("已核对证件原件，照片与本人一致"), required=False)


class RefusalForm(forms.Form):
    """Why something is not approved, as the candidate reads it."""

    reason = forms.CharField(
        label=_("不通过的原因"),
        max_length=400,
        help_text=_("考生会看到，请不要写姓名和号码。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
