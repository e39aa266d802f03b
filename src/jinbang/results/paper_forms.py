"""Shape of what is asked about a result report: which one a candidate wants, which one a stranger checks."""

from typing import Any, Final, TypedDict
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.results.errors import ReportNotFound
from jinbang.results.reports import ReportKind, normalise_code

PAPER_BYTES_MAX: Final = 5 * 1024 * 1024


class WantedReport(TypedDict):
    """Which report a candidate wants."""

    entry_id: UUID
    kind: ReportKind


class WantedReportForm(forms.Form):
    """Which report a candidate wants; the page fills it in, and nobody types."""

    entry = forms.UUIDField()
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in ReportKind])

    def wanted(self) -> WantedReport:
        """Return what the action wants. Refuses, with `ReportNotFound`, what the page cannot have sent."""
        if not self.is_valid():
            raise ReportNotFound
        return {"entry_id": self.cleaned_data["entry"], "kind": ReportKind(self.cleaned_data["kind"])}


class VerifyReportForm(forms.Form):
    """A report code as it stands on the paper, and the PDF to be held against what was issued."""

    code = forms.CharField(
        label=_("核验码"),
        max_length=64,
        help_text=_("在证明下方，16 位字母和数字。不分大小写，中间的横线可以不输。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("请输入证明上的核验码。")},
    )
    file = forms.FileField(
        label=_("PDF 文件"),
        required=False,
        help_text=_("有电子文件的，可以一并核对它是否与签发时一字不差。文件只用来比对，不会保存。"),
        error_messages={"empty": _("文件是空的，请重新选择。")},
    )

    def clean_code(self) -> str:
        """Return the code in its stored form."""
        code = normalise_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("核验码是 16 位字母和数字，请对照证明再输一遍。"))
        return code

    def clean_file(self) -> Any:  # noqa: ANN401  # Django hands over its own kind of file
        """Refuse a file that is larger than any report."""
        given = self.cleaned_data["file"]
        if given and given.size > PAPER_BYTES_MAX:
            raise forms.ValidationError(_("文件超过 5 MB，不会是成绩证明。"))
        return given
