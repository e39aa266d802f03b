"""Shape of what results officers type: files, control totals, pass marks, instants and passphrases."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NotRequired, TypeAlias, TypedDict
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.crypto.passkey import Assertion
from jinbang.kernel.identity import DocumentKind
from jinbang.people.labels import DOCUMENT_KINDS
from jinbang.results.labels import COVERAGES, TOTALS, sum_label, sums_of
from jinbang.results.mark_rows import Declared
from jinbang.results.states import Coverage, Reach
from jinbang.results.tables import FILE_BYTES_MAX, Encoding

REASON_MAX = 200
COUNT_MAX = 1_000_000_000
AT_ONCE_BYTES_MAX = 1024 * 1024
"""What is larger, some twenty thousand lines, is the worker's."""
LIST = "list"
"""The name of the button that asks for the list of everything that is wrong with a file."""
Choices: TypeAlias = Sequence[tuple[str, str | Promise]]


class ChosenPassMark(TypedDict):
    """What a filled-in `PassMarkForm` proposes."""

    level_code: str
    subject_code: str
    mark_hundredths: int
    document_number: str


ENCODINGS = (
    ("", _("由文件自己说明")),
    (Encoding.UTF_8.value, "UTF-8"),
    (Encoding.GB_18030.value, _("GB 18030（含 GBK、GB 2312）")),
)


class Given(TypedDict):
    """What a filled-in `TableFileForm` holds."""

    content: bytes
    encoding: Encoding | None


class TableFileForm(forms.Form):
    """One table made by another system, in which encoding, and whether it is only to be checked."""

    file = forms.FileField(
        label=_("文件（CSV、XLSX 或 DBF）"),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的，请重新导出。")},
    )
    encoding = forms.ChoiceField(label=_("编码"), choices=ENCODINGS, required=False)
    dry_run = forms.BooleanField(label=_("只核对，先不存"), required=False)

    def clean_file(self) -> Any:  # noqa: ANN401  # Django hands over its own kind of file
        """Refuse a file larger than what is read at once."""
        given = self.cleaned_data["file"]
        if given.size > FILE_BYTES_MAX:
            raise forms.ValidationError(_("文件超过 256 MB，请按考区分开导出。"))
        return given

    def given(self) -> Given:
        """Return the content, and the encoding where one was said."""
        said = self.cleaned_data["encoding"]
        return {"content": self.cleaned_data["file"].read(), "encoding": Encoding(said) if said else None}

    @property
    def wants_list(self) -> bool:
        """Whether everything that is wrong is to come as one list, by the form's second button."""
        return LIST in self.data

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is to be stored. Whoever asks for the list of what is wrong asks for no more."""
        return self.wants_list or bool(self.cleaned_data["dry_run"])

    @property
    def is_long(self) -> bool:
        """Whether the worker reads it in, and not this request."""
        return bool(self.cleaned_data["file"].size > AT_ONCE_BYTES_MAX)


class MarksFileForm(TableFileForm):
    """One file of marks, and where it takes the place of marks that count, why."""

    coverage = forms.ChoiceField(
        label=_("文件里有什么"),
        choices=[(one.value, label) for one, label in COVERAGES.items()],
        widget=forms.RadioSelect,
        initial=Coverage.WHOLE.value,
        required=False,
    )
    reason = forms.CharField(
        label=_("更正原因"),
        max_length=REASON_MAX,
        required=False,
        help_text=_("文件更正已经生效的成绩时必填，原因与成绩一同保存；第一次读入的不填。"),
    )
    field_order = ("file", "encoding", "coverage", "reason", "dry_run")

    @property
    def declared(self) -> Declared:
        """What was declared of the file; all of the roster where nothing was said."""
        return Declared(Coverage(self.cleaned_data["coverage"] or Coverage.WHOLE), self.cleaned_data["reason"])


def meant(asked: Mapping[str, str]) -> dict[str, str]:
    """Return what a link to the form has chosen already: how much the file is to hold."""
    return {"coverage": Coverage(asked["coverage"])} if asked.get("coverage") in set(Coverage) else {}


class ColumnsForm(forms.Form):
    """What each column of a file is called here."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # Django's own arguments, passed on
        found: Iterable[str],
        ours: list[tuple[str, str]],
        said: Mapping[str, str] | None = None,
        **kwargs: Any,  # noqa: ANN401  # Django's own arguments, passed on
    ) -> None:
        """Ask for each heading that was found; what was `said` of it before stands there."""
        super().__init__(*args, **kwargs)
        for place, name in enumerate(found):
            self.fields[f"name_{place}"] = forms.CharField(widget=forms.HiddenInput, initial=name)
            self.fields[f"means_{place}"] = forms.ChoiceField(
                label=name,
                choices=[("", _("不读这一列，或列名已认得")), *ours],
                initial=(said or {}).get(name, ""),
                required=False,
            )

    def names(self) -> dict[str, str]:
        """Return heading of the file → our heading."""
        places = range(len(self.fields) // 2)
        return {self.cleaned_data[f"name_{at}"]: self.cleaned_data[f"means_{at}"] for at in places}


class LinkForm(forms.Form):
    """The document of whoever a file handed over belongs to."""

    kind = forms.ChoiceField(label=_("证件类型"), choices=[])
    number = forms.CharField(
        label=_("本人登记的证件号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own arguments, passed on
        """Offer every kind of document."""
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        field.choices = [(kind.value, DOCUMENT_KINDS[kind]) for kind in DocumentKind]


class FindFileForm(LinkForm):
    """The document that a file handed over bears."""

    number = forms.CharField(
        label=_("档案里的证件号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("kind", "number")


class TotalsForm(forms.Form):
    """The control totals, entered from the paper that came with the file, without seeing what the file counts."""

    def __init__(self, *args: Any, names: Iterable[str], sum_names: dict[str, str], **kwargs: Any) -> None:  # noqa: ANN401  # Django's own arguments, passed on
        """Ask for exactly the totals that the manifest has, the subjects in the programme's order."""
        super().__init__(*args, **kwargs)
        counted = set(names)
        for name in (name for name in (*TOTALS, *sums_of(sum_names)) if name in counted):
            if name.startswith("sum:"):
                label = sum_label(name, sum_names)
                self.fields[name] = forms.DecimalField(
                    label=label, min_value=Decimal(0), decimal_places=2, max_digits=15
                )
            else:
                self.fields[name] = forms.IntegerField(label=str(TOTALS[name]), min_value=0, max_value=COUNT_MAX)
        if "sha256" in counted:
            self.fields["sha256"] = forms.CharField(
                label=_("文件校验值（SHA-256）"),
                help_text=_("64 位，阅卷单位写在控制数单上；可以分组输入，空格和大小写不计。"),
                max_length=160,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def clean_sha256(self) -> str:
        """Return the hash in its one form; refuse what cannot be one."""
        typed = "".join(unicodedata.normalize("NFKC", str(self.cleaned_data["sha256"])).split()).lower()
        if re.fullmatch(r"[0-9a-f]{64}", typed) is None:
            raise forms.ValidationError(_("校验值是 64 位的数字和字母 a 至 f，请照控制数单重新输入。"))
        return typed

    def totals(self) -> dict[str, int | str]:
        """Return the totals in the units of the manifest: counts, sums in hundredths, the hash in small letters."""
        return {name: self._total(name, value) for name, value in self.cleaned_data.items()}

    def _total(self, name: str, value: Any) -> int | str:  # noqa: ANN401  # whatever kind of field it came from
        if name == "sha256":
            return str(value)
        return int(value * 100) if name.startswith("sum:") else int(value)


class PassMarkForm(forms.Form):
    """One subject's pass mark and the document that sets it."""

    reach = forms.ChoiceField(label=_("适用范围"), widget=forms.RadioSelect)
    district = forms.ChoiceField(
        label=_("单独划线的地区"), required=False, help_text=_("只有选择“单独划线地区”时才需要。证书仅在当地有效。")
    )
    subject = forms.ChoiceField(label=_("级别与科目"))
    mark = forms.DecimalField(label=_("合格标准（分）"), min_value=Decimal("0.01"), decimal_places=2, max_digits=8)
    document_number = forms.CharField(
        label=_("文件号"), max_length=64, help_text=_("例如：晋人社厅函〔2026〕31号。"), strip=True
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # Django's own arguments, passed on
        subjects: Choices,
        reaches: Choices,
        districts: Choices,
        **kwargs: Any,  # noqa: ANN401  # the same
    ) -> None:
        """Offer the subjects of the sitting, for whom this officer may set a mark, and the region's districts."""
        kwargs["initial"] = {"reach": Reach.REGION.value, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        offered = {"subject": subjects, "reach": reaches, "district": [("", _("（不选）")), *districts]}
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
            field.choices = choices
        if not districts:
            del self.fields["district"]

    def clean(self) -> dict[str, Any]:
        """Ask for the district where the line is drawn for one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reach") == Reach.DISTRICT.value and not cleaned.get("district"):
            self.add_error("district", forms.ValidationError(_("请选择单独划线的地区。")))
        return cleaned

    def reach_and_district(self) -> tuple[Reach, str]:
        """Return for whom the mark is set."""
        return Reach(self.cleaned_data["reach"]), self.cleaned_data.get("district", "")

    def chosen(self) -> ChosenPassMark:
        """Return what is proposed, as the action wants it."""
        level, subject = self.cleaned_data["subject"].split("/", 1)
        return {
            "level_code": level,
            "subject_code": subject,
            "mark_hundredths": int(self.cleaned_data["mark"] * 100),
            "document_number": self.cleaned_data["document_number"],
        }


class InstantForm(forms.Form):
    """The instant of a release, in Asia/Shanghai."""

    day = forms.DateField(label=_("发布日期"), widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label=_("发布时刻"), widget=forms.TimeInput(attrs={"type": "time"}))

    def instant(self) -> datetime:
        """Return the aware instant."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], tzinfo=SHANGHAI)


class ScheduleForm(InstantForm):
    """Which regions are released when: the first at an instant, each next one so many minutes later."""

    regions = forms.MultipleChoiceField(
        label=_("考区"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一个考区。")},
        help_text=_("按考试日期和考区的顺序排列发布时刻。"),
    )
    gap = forms.IntegerField(
        label=_("相邻考区间隔（分钟）"), min_value=0, max_value=1_440, initial=0, help_text=_("0 表示同时发布。")
    )
    field_order = ("regions", "day", "time", "gap")

    def __init__(self, *args: Any, regions: Choices, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own arguments, passed on
        """Offer the regions whose instant may still be set."""
        super().__init__(*args, **kwargs)
        field = self.fields["regions"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        field.choices = regions

    def region_ids(self) -> list[UUID]:
        """Return the chosen regions."""
        return [UUID(region) for region in self.cleaned_data["regions"]]

    def gap_between(self) -> timedelta:
        """Return how much later each next one is."""
        return timedelta(minutes=self.cleaned_data["gap"])


class CorrectionForm(InstantForm):
    """When a corrected generation is to be released, and why it is needed."""

    reason = forms.CharField(label=_("更正原因"), max_length=200)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=_("原因"), max_length=200, error_messages={"required": _("请写明原因，它会留在办理记录里。")}
    )


class HexField(forms.CharField):
    """Bytes in hexadecimal digits, which nobody types."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        """Take no more than an assertion has."""
        super().__init__(max_length=32_768, error_messages={"required": _("没有收到通行密钥的签名，请重试。")})

    def clean(self, value: Any) -> Any:  # noqa: ANN401  # Django's own signature
        """Return the bytes."""
        try:
            return bytes.fromhex(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(_("没有收到通行密钥的签名，请重试。")) from error


class Signed(TypedDict):
    """What a filled-in `SignForm` or `PasskeyForm` holds."""

    warrant_hash: str
    passphrase: NotRequired[str]
    assertion: NotRequired[Assertion]


class SignForm(forms.Form):
    """A release officer's passphrase for the warrant that stood on the screen."""

    warrant_hash = forms.CharField(widget=forms.HiddenInput)
    passphrase = forms.CharField(
        label=_("签名口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("只有您本人知道的口令，用来打开您的签名密钥。它不是登录密码。"),
    )

    def signed(self) -> Signed:
        """Return what the action wants."""
        return {"warrant_hash": self.cleaned_data["warrant_hash"], "passphrase": self.cleaned_data["passphrase"]}


class PasskeyForm(forms.Form):
    """A passkey's answer to the warrant that stood on the screen, in hexadecimal digits; a script fills it in."""

    warrant_hash = forms.CharField(widget=forms.HiddenInput)
    client_data = HexField()
    authenticator_data = HexField()
    signature = HexField()

    def signed(self) -> Signed:
        """Return what the action wants."""
        given = self.cleaned_data
        assertion = Assertion(given["client_data"], given["authenticator_data"], given["signature"])
        return {"warrant_hash": given["warrant_hash"], "assertion": assertion}


class FindByDocumentForm(forms.Form):
    """A document number alone."""

    document_number = forms.CharField(label=_("证件号码"), max_length=32)


class FindByNameForm(forms.Form):
    """Name and birth date."""

    name = forms.CharField(label=_("姓名"), max_length=64)
    born_on = forms.DateField(
        label=_("出生日期"),
        help_text=_("例如 1990-03-07"),
        error_messages={"invalid": _("请照 1990-03-07 的样子填写出生日期。")},
    )
