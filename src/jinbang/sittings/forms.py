"""The shape of what planners type. Dates are read the ways people write them; what they may be is for the rules."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings.amendments import Order
from jinbang.sittings.attachments import KINDS, LARGEST_MEGABYTES
from jinbang.sittings.errors import HoursUnclear
from jinbang.sittings.labels import NOTICE_KINDS, WINDOW_KINDS
from jinbang.sittings.opening import HOURS_LONGEST, tidy_hours
from jinbang.sittings.plan import AttachmentPlan, NoticePlan, SitePlan
from jinbang.sittings.rules import closing_of
from jinbang.sittings.states import NoticeKind, WindowKind

DATES_AS_WRITTEN: Final = ("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
TIMES_AS_WRITTEN: Final = ("%H:%M", "%H:%M:%S", "%H时%M分", "%H点")
EVERY_REGION: Final = "all"
SITE_PLACES_MAX: Final = 100_000


def _folded(value: Any) -> Any:  # noqa: ANN401  # text, or what a field was given as its initial value
    """Return typed text with full-width digits and signs made plain; years, months and days stay as they are."""
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


class WrittenDateField(forms.DateField):
    """A date as people write it: 2017-04-08, 2017年4月8日, ２０１７／４／８."""

    def to_python(self, value: Any) -> date | None:  # noqa: ANN401  # Django's signature
        """Return the date."""
        return super().to_python(_folded(value))


class WrittenTimeField(forms.TimeField):
    """A time as people write it: 16:00, １６：００, 16点."""

    def to_python(self, value: Any) -> time | None:  # noqa: ANN401  # Django's signature
        """Return the time."""
        return super().to_python(_folded(value))


def _not_a_date() -> dict[str, Any]:
    return {"invalid": _("请按 2017-04-07 的形式填写日期。"), "required": _("请填写日期。")}


class NoticeFields(forms.Form):
    """What every notice has."""

    title = forms.CharField(
        label=_("公告标题"),
        max_length=160,
        error_messages={"required": _("请填写公告标题，考生在公告列表里先看到它。")},
    )
    document_number = forms.CharField(
        label=_("文号"), max_length=64, required=False, help_text=_("例如：晋人考〔2026〕12号")
    )
    body = forms.CharField(
        label=_("公告正文"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("段落之间空一行。"),
        error_messages={"required": _("请填写公告正文。")},
    )


class ExtensionForm(NoticeFields):
    """Which window closes later, until when, why, and what candidates read about it."""

    kind = forms.ChoiceField(
        label=_("延长哪一个环节"), choices=[(kind.value, label) for kind, label in WINDOW_KINDS.items()]
    )
    closes_on = WrittenDateField(
        label=_("新的截止日期"),
        input_formats=DATES_AS_WRITTEN,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages=_not_a_date(),
    )
    closes_at = WrittenTimeField(
        label=_("截止时刻"),
        required=False,
        input_formats=TIMES_AS_WRITTEN,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("不填时，截止日期当天全天有效，即当日 24:00 截止。"),
        error_messages={"invalid": _("请按 16:00 的形式填写时刻；全天有效请留空。")},
    )
    reason = forms.CharField(
        label=_("延长的原因"),
        max_length=200,
        help_text=_("记入办理记录，例如：报名系统访问量过大。"),
        error_messages={"required": _("请填写原因，它会记入办理记录。")},
    )
    field_order = ("kind", "region", "closes_on", "closes_at", "reason", "title", "document_number", "body")

    def __init__(self, *args: Any, regions: Iterable[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's
        """Offer the regions this planner may act in."""
        super().__init__(*args, **kwargs)
        self.fields["region"] = forms.ChoiceField(label=_("适用范围"), choices=list(regions))
        self.order_fields(self.field_order)

    @property
    def closes(self) -> datetime:
        """When the window would close: a date without a time includes the whole day."""
        day, at = self.cleaned_data["closes_on"], self.cleaned_data["closes_at"]
        return datetime.combine(day, at, tzinfo=SHANGHAI) if at else closing_of(day)

    @property
    def region_id(self) -> UUID | None:
        """The exam region it is for; None for all that have no window of their own."""
        return None if self.cleaned_data["region"] == EVERY_REGION else UUID(self.cleaned_data["region"])

    @property
    def window_kind(self) -> WindowKind:
        """Which window is meant."""
        return WindowKind(self.cleaned_data["kind"])

    @property
    def notice(self) -> NoticePlan:
        """The notice that announces it."""
        return NoticePlan(
            kind=NoticeKind.EXTENSION,
            title=self.cleaned_data["title"],
            body=self.cleaned_data["body"],
            document_number=self.cleaned_data["document_number"],
        )


class SeveralFilesInput(forms.ClearableFileInput):
    """A file input that takes more than one file."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Files, as many as were chosen."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":  # noqa: ANN401  # Django's signature
        """Return the chosen files, each of them checked as one file is."""
        files = data if isinstance(data, list | tuple) else [data]
        checked = [super(SeveralFilesField, self).clean(file, initial) for file in files if file]
        return [file for file in checked if file is not None]


class NoticeForm(NoticeFields):
    """A notice with its attachments."""

    kind = forms.ChoiceField(label=_("公告种类"), choices=[(kind.value, label) for kind, label in NOTICE_KINDS.items()])
    attachments = SeveralFilesField(
        label=_("附件"),
        required=False,
        widget=SeveralFilesInput(attrs={"accept": ",".join(KINDS)}),
        help_text=format_lazy(
            _("可以一次选择多个。PDF、Word、Excel 或图片，每个不超过 {megabytes} MB。"), megabytes=LARGEST_MEGABYTES
        ),
    )
    field_order = ("kind", "title", "document_number", "body", "attachments")

    @property
    def notice(self) -> NoticePlan:
        """The notice to issue."""
        return NoticePlan(
            kind=NoticeKind(self.cleaned_data["kind"]),
            title=self.cleaned_data["title"],
            body=self.cleaned_data["body"],
            document_number=self.cleaned_data["document_number"],
            attachments=tuple(
                AttachmentPlan(title=name.rsplit(".", 1)[0], file_name=name, content=file.read())
                for file in self.cleaned_data["attachments"]
                if (name := file.name or "")
            ),
        )


class SiteForm(forms.Form):
    """A site: where it is and how many people it seats."""

    code = forms.RegexField(
        label=_("考点代码"),
        regex=r"^[0-9A-Za-z]{1,8}$",
        help_text=_("1 至 8 位数字或字母，在本考区内不能重复，例如：01。"),
        error_messages={"invalid": _("考点代码只能是 1 至 8 位数字或字母。"), "required": _("请填写考点代码。")},
    )
    name = forms.CharField(label=_("考点名称"), max_length=120, error_messages={"required": _("请填写考点名称。")})
    address = forms.CharField(
        label=_("详细地址"), max_length=200, error_messages={"required": _("请填写考生能找到的详细地址。")}
    )
    capacity = forms.IntegerField(
        label=_("可容纳人数"),
        min_value=1,
        max_value=SITE_PLACES_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("请填写可容纳人数。"),
            "invalid": _("可容纳人数请填写整数。"),
            "min_value": _("可容纳人数至少为 1。"),
            "max_value": _("可容纳人数不能超过 100000，请检查是否多写了 0。"),
        },
    )
    is_registration_point = forms.BooleanField(label=_("也是现场报名点"), required=False)
    opening_hours = forms.CharField(
        label=_("报名点的开放时间"),
        required=False,
        max_length=HOURS_LONGEST,
        help_text=_("工作日的时段，例如：09:00-12:00 13:30-17:00。不是报名点的不填。"),
    )

    def __init__(self, *args: Any, regions: Iterable[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's
        """Offer the regions this planner may act in."""
        super().__init__(*args, **kwargs)
        self.fields["region"] = forms.ChoiceField(label=_("考区"), choices=list(regions))
        self.order_fields(("region", "code", "name", "address", "capacity", "is_registration_point", "opening_hours"))

    def clean_opening_hours(self) -> str:
        """Return the hours in the one form in which they are kept, or say how they are written."""
        try:
            return tidy_hours(self.cleaned_data["opening_hours"])
        except HoursUnclear as error:
            raise forms.ValidationError(_("时段看不明白，请写成 09:00-12:00 13:30-17:00 这样，前后不重叠。")) from error

    @property
    def region_id(self) -> UUID:
        """The exam region it belongs to."""
        return UUID(self.cleaned_data["region"])

    @property
    def plan(self) -> SitePlan:
        """The site to add."""
        return SitePlan(
            code=self.cleaned_data["code"],
            name=self.cleaned_data["name"],
            address=self.cleaned_data["address"],
            capacity=self.cleaned_data["capacity"],
            is_registration_point=self.cleaned_data["is_registration_point"],
            opening_hours=self.cleaned_data["opening_hours"],
        )


class RemindersForm(forms.Form):
    """Whether forgotten ticket numbers of a sitting are sent out."""

    are_sent = forms.TypedChoiceField(
        label=_("忘了准考证号的考生，可以让系统把号码发到登记的手机吗？"),
        choices=[("yes", _("可以")), ("no", _("不可以"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择可以或者不可以。")},
    )


class CancelForm(forms.Form):
    """Why a sitting is called off."""

    reason = forms.CharField(
        label=_("取消的原因"),
        max_length=200,
        help_text=_("记入办理记录。向考生说明请另发公告。"),
        error_messages={"required": _("请填写取消的原因。")},
    )


class OrderForm(forms.Form):
    """The document that orders a change of a published sitting, and why."""

    document_number = forms.CharField(
        label=_("文号"), max_length=80, error_messages={"required": _("请填写作出决定的文件文号。")}
    )
    reason = forms.CharField(
        label=_("原因"), max_length=200, error_messages={"required": _("请写明原因，它会留在办理记录里。")}
    )

    @property
    def order(self) -> Order:
        """The order."""
        return Order(self.cleaned_data["document_number"], self.cleaned_data["reason"])


class HoldingForm(OrderForm):
    """Whether an exam region holds a sitting."""

    region = forms.ChoiceField(label=_("考区"))
    is_held = forms.ChoiceField(
        label=_("本次考试"),
        choices=[("no", _("没有举行（成绩有效期顺延，本年度不计入）")), ("yes", _("照常举行"))],
        widget=forms.RadioSelect,
    )
    field_order = ("region", "is_held", "document_number", "reason")

    def __init__(self, *args: Any, regions: Iterable[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's own arguments, passed on
        """Offer these regions."""
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        field.choices = list(regions)

    @property
    def region_id(self) -> UUID:
        """The chosen region."""
        return UUID(self.cleaned_data["region"])


class VersionForm(OrderForm):
    """Which later version of its programme a sitting goes by."""

    version = forms.ChoiceField(label=_("考试项目版本"), widget=forms.RadioSelect)
    field_order = ("version", "document_number", "reason")

    def __init__(self, *args: Any, versions: Iterable[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's own arguments, passed on
        """Offer these versions."""
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        field.choices = list(versions)


class ExamFilterForm(forms.Form):
    """Which exams a list shows. What is not a year or a region on the list is left out without a word."""

    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    region = forms.ChoiceField(label=_("考区"), required=False)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # Django's
        years: Iterable[int],
        regions: Iterable[tuple[str, str]],
        **kwargs: Any,  # noqa: ANN401  # Django's
    ) -> None:
        """Offer the years and regions that have exams."""
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        self.fields["year"].choices = every + [(year, str(year)) for year in years]  # type: ignore[attr-defined]  # a choice field
        self.fields["region"].choices = every + list(regions)  # type: ignore[attr-defined]  # the same
        self.is_valid()

    @property
    def chosen_year(self) -> int | None:
        """The year asked for, if it is one of those offered."""
        return self.cleaned_data.get("year") or None

    @property
    def chosen_region(self) -> str | None:
        """The code of the authority asked for, if it is one of those offered."""
        return self.cleaned_data.get("region") or None
