"""The shape of what is handed in for a group."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jinbang.application.group.sheet import MEGABYTE, MEGABYTES_MAX


class SheetForm(forms.Form):
    """A sheet for one exam region."""

    region = forms.ChoiceField(label=_("考试和考区"), widget=forms.RadioSelect)
    sheet = forms.FileField(
        label=_("报名表"),
        help_text=_("CSV 或 XLSX，5 MB、1000 行以内。请使用模板，证件号码一列设成文本。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": _("请选择报名表。"), "empty": _("这个文件是空的，请重新选择。")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,  # noqa: ANN401  # Django's own type of uploads is not public
        *,
        regions: Sequence[tuple[str, str]],
    ) -> None:
        """Offer the regions in which one can apply now; the only one is chosen already."""
        super().__init__(data, files)
        field = cast("forms.ChoiceField", self.fields["region"])
        field.choices = list(regions)
        if len(regions) == 1:
            field.initial = regions[0][0]

    def clean_sheet(self) -> "UploadedFile[Any]":
        """Refuse by size before a byte is read."""
        uploaded: UploadedFile[Any] = self.cleaned_data["sheet"]
        if uploaded.size is None or uploaded.size > MEGABYTES_MAX * MEGABYTE:
            raise forms.ValidationError(_("文件超过 5 MB，请分成几份上传。"), code="too_large")
        return uploaded
