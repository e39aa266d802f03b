"""The shape of what is typed around violations."""

import re
from collections.abc import Collection
from typing import Final, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.results.mark_rows import ticket_of
from jinbang.results.violations.labels import ARTICLES, REMEDIES, SERVICES
from jinbang.results.violations.states import CaseArticle, Remedy, Service

_BETWEEN: Final = re.compile(r"[、,，;；\s]+")
_ARTICLE_CHOICES = [(article.value, label) for article, label in ARTICLES.items()]


class SimilarForm(forms.Form):
    """Similar answers that a panel has confirmed: who, in which subject, on what evidence."""

    subject = forms.ChoiceField(label=_("科目"))
    tickets = forms.CharField(
        label=_("准考证号"),
        max_length=4_000,
        help_text=_("认定为相互雷同的全部准考证号，至少两个；一行一个，或者用顿号、逗号隔开。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    facts = forms.CharField(
        label=_("认定的依据"),
        max_length=2_000,
        help_text=_("甄别方法、雷同的题目和数量、专家组的意见。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: object, subjects: list[tuple[str, str]], **kwargs: object) -> None:
        """Offer the subjects of the sitting."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on
        field = self.fields["subject"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        field.choices = subjects

    def clean_tickets(self) -> list[str]:
        """Return the ticket numbers as they are compared, however they were set apart and typed."""
        return [ticket_of(one) for one in _BETWEEN.split(str(self.cleaned_data["tickets"])) if one]


class NoticeForm(forms.Form):
    """What the candidate is told before anything is decided."""

    article = forms.ChoiceField(
        label=_("拟适用的条款（人社部令第31号）"), choices=[("", _("请选择")), *_ARTICLE_CHOICES]
    )
    charge = forms.CharField(
        label=_("拟认定的事实、理由和依据"),
        max_length=4_000,
        help_text=_("印在告知书上，考生据此陈述申辩。"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def chosen(self) -> CaseArticle:
        """Return the article."""
        return CaseArticle(self.cleaned_data["article"])


class DecisionForm(forms.Form):
    """The written decision."""

    article = forms.ChoiceField(label=_("适用的条款（人社部令第31号）"), choices=_ARTICLE_CHOICES)
    document_number = forms.CharField(
        label=_("处理决定书文号"), max_length=64, help_text=_("例如：晋人考处〔2026〕3号。请不要写个人信息。")
    )

    def offer(self, articles: Collection[CaseArticle]) -> Self:
        """Offer these articles alone: those of which the candidate was told, and milder ones."""
        field = self.fields["article"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        field.choices = [(article.value, ARTICLES[article]) for article in articles]
        return self

    def chosen(self) -> CaseArticle:
        """Return the article."""
        return CaseArticle(self.cleaned_data["article"])


class DropForm(forms.Form):
    """Why a case is dropped."""

    reason = forms.CharField(label=_("不予处理的原因"), max_length=200, help_text=_("请不要写个人信息。"))


class ServiceForm(forms.Form):
    """How and when a notice or a decision reached the candidate."""

    service = forms.ChoiceField(
        label=_("送达方式"), choices=[(service.value, label) for service, label in SERVICES.items()]
    )
    served_on = forms.DateField(label=_("送达日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def chosen(self) -> Service:
        """Return the way of service."""
        return Service(self.cleaned_data["service"])


class OverturnForm(forms.Form):
    """What a reviewing body or a court has decided: that the decision is taken back."""

    remedy = forms.ChoiceField(
        label=_("撤销的途径"),
        choices=[(remedy.value, label) for remedy, label in REMEDIES.items()],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("请选择行政复议或者行政诉讼。")),
    )
    document_number = forms.CharField(
        label=_("复议决定书或者判决书文号"),
        max_length=64,
        help_text=_("例如：晋人社复决〔2026〕7号，（2026）晋01行初12号。"),
        error_messages={"required": _("请填写复议决定书或者判决书的文号。")},
    )
    decided_on = forms.DateField(
        label=_("文书日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("请填写复议决定书或者判决书的日期。"),
            "invalid": _("请填写真实存在的日期，例如 2026-07-01。"),
        },
    )
    reason = forms.CharField(
        label=_("撤销的原因"),
        max_length=200,
        help_text=_("照文书摘要填写。请不要写个人信息。"),
        error_messages={"required": _("请写明撤销的原因。")},
    )

    def chosen(self) -> Remedy:
        """Return the way."""
        return Remedy(self.cleaned_data["remedy"])


class PaperDefenceForm(forms.Form):
    """An answer that came in on paper, as the desk types it."""

    statement = forms.CharField(
        label=_("书面陈述和申辩"),
        max_length=4_000,
        help_text=_("照原件录入，不增不减。"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("请照原件录入。")},
    )
    received_on = forms.DateField(label=_("收到日期"), widget=forms.DateInput(attrs={"type": "date"}))
    scan = forms.CharField(
        label=_("扫描件编号"), max_length=64, help_text=_("原件扫描后在档案系统里的编号。请不要写个人信息。")
    )


class StatementForm(forms.Form):
    """The candidate's answer."""

    statement = forms.CharField(
        label=_("陈述和申辩"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("请写下您的意见。")},
    )
