"""The shape of an upload of evidence: several files at once, refused by number and size before a byte is read.

A form like those of `forms`, which has no room left. What the files hold is judged by `evidence`.
"""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jinbang.application.evidence import ACCEPT, BYTES_READ_MAX, PAGES_MAX


class ManyFiles(forms.FileInput):
    """A control that takes several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, each clean by itself."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":  # noqa: ANN401  # Django's signature
        """Return every file that came, refusing all with the first that is empty or too large."""
        if not data and not self.required:
            return []
        one = super().clean
        files = [one(each, initial) for each in data] if isinstance(data, list) and data else [one(None, initial)]
        if len(files) > PAGES_MAX:
            raise forms.ValidationError(_("一次最多选择 %(most)s 个文件。") % {"most": PAGES_MAX}, code="too_many")
        if any(file.size is None or file.size > BYTES_READ_MAX for file in files):
            raise forms.ValidationError(_("有文件超过 10 MB，请换一个小一些的文件。"), code="too_large")
        return files


class EvidenceForm(forms.Form):
    """Pages of one item of evidence, photographed or scanned."""

    pages = ManyFilesField(
        label=_("选择文件"),
        help_text=_("可以一次选择多个：手机照片（JPG、PNG、HEIC）或 PDF，每个 10 MB 以内。"),
        widget=ManyFiles(attrs={"accept": ACCEPT, "multiple": True}),
        error_messages={
            "empty": _("有文件是空的，请重新选择。"),
            "required": _("请选择文件。"),
            "max_length": _("有文件的名字太长，请改短后再选。"),
        },
    )
