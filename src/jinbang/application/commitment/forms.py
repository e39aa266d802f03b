"""The shape of what is typed around commitments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.application.commitment.text import CURRENT_COMMITMENT
from jinbang.application.evidence import ACCEPT

SIGN = "sign"
DECLINE = "decline"


class AnswerForm(forms.Form):
    """Sign the wording that was read, or decline."""

    version = forms.CharField(widget=forms.HiddenInput, initial=CURRENT_COMMITMENT.version)
    answer = forms.ChoiceField(
        label=_("您的选择"),
        choices=[
            (SIGN, _("我已阅读并签署告知承诺书")),
            (DECLINE, _("不签署，由我上传证明材料，接受人工核查")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择签署或者不签署。")},
    )


class StatementForm(forms.Form):
    """The answer to a charge."""

    statement = forms.CharField(
        label=_("陈述和申辩"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("请写下您的意见。")},
    )


class ScanForm(forms.Form):
    """A scanned paper."""

    scan = forms.FileField(
        label=_("证明材料"),
        help_text=_("PDF、JPG、PNG 或 HEIC，10 MB 以内；可以直接拍照。可以多次上传。"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": _("请选择文件。"), "empty": _("这个文件是空的，请重新选择。")},
    )


class ChargeForm(forms.Form):
    """What is held to be false, as the candidate reads it."""

    charge = forms.CharField(
        label=_("拟认定的事实、理由和依据"),
        max_length=4_000,
        help_text=_("考生会看到这段话，并据此陈述申辩。"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class FindingForm(forms.Form):
    """The number of the written decision."""

    document_number = forms.CharField(
        label=_("处理决定书文号"), max_length=64, help_text=_("例如：晋人考处〔2026〕3号。请不要写个人信息。")
    )
