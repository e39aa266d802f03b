"""The shape of a diploma as its owner states it. Whether it exists is for others to say."""

import re
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.people.verification.labels import KINDS
from jinbang.people.verification.states import VerificationKind

_NUMBER = re.compile(r"[0-9A-Z]{6,32}")


class DiplomaForm(forms.Form):
    """Kind, number and school, as they stand on the diploma."""

    kind = forms.ChoiceField(
        label=_("证书类型"),
        choices=[(kind.value, KINDS[kind]) for kind in (VerificationKind.EDUCATION, VerificationKind.DEGREE)],
    )
    number = forms.CharField(
        label=_("证书编号"),
        max_length=64,
        help_text=_("印在证书上，6 到 32 位数字或字母。空格、横线和全角数字都可以。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    school = forms.CharField(
        label=_("学校或颁发单位"),
        max_length=80,
        help_text=_("与证书上的完全一致。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """Return the number in its one form."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["number"]).upper()
        number = re.sub(r"[\s\-—–_]+", "", text)
        if not _NUMBER.fullmatch(number):
            raise forms.ValidationError(
                _("证书编号应为 6 到 32 位数字或字母。请对照证书重新填写。"), code="bad_diploma_number"
            )
        return number


class DiplomaChangeForm(DiplomaForm):
    """The same without the kind: a diploma does not become a degree."""

    kind = None  # type: ignore[assignment]  # Django's way of taking a field away
