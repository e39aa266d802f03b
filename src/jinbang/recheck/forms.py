"""The shape of an anomaly report. The receipt and the query come along from the page that answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.recheck.rules import RECEIPT, AnomalyKind

KINDS = (
    (AnomalyKind.MISSING.value, _("参加了考试，但查不到成绩")),
    (AnomalyKind.WRONG_MARK.value, _("分数与实际情况明显不符")),
    (AnomalyKind.ABSENT.value, _("参加了考试，但显示缺考")),
    (AnomalyKind.IDENTITY.value, _("姓名、号码、级别或专业有误")),
    (AnomalyKind.OTHER.value, _("其他")),
)


class ReportForm(forms.Form):
    """What somebody finds wrong, and how to reach them."""

    release = forms.SlugField(max_length=64, widget=forms.HiddenInput)
    receipt = forms.RegexField(
        RECEIPT.pattern,
        label=_("查询回执编号"),
        max_length=14,
        help_text=_("查询结果页下方的编号，如 7K2M-9QXD-4TRA。"),
        error_messages={"invalid": _("回执编号是三组四位的字母和数字，请照查询结果页填写。")},
    )
    kind = forms.ChoiceField(label=_("哪里不对"), choices=KINDS, widget=forms.RadioSelect)
    name = forms.CharField(label=_("姓名"), max_length=64)
    ticket_number = forms.CharField(label=_("准考证号"), max_length=32, required=False)
    document_number = forms.CharField(label=_("证件号码"), max_length=32)
    phone = forms.CharField(label=_("联系电话"), max_length=20, help_text=_("核查有结果时，工作人员按这个号码联系您。"))
    description = forms.CharField(
        label=_("具体情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )

    def content(self) -> dict[str, str]:
        """Return what is personal in it."""
        names = ("name", "ticket_number", "document_number", "phone", "description")
        return {name: self.cleaned_data[name] for name in names}
