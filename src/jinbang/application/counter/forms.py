"""The shape of what is typed at a counter: one form in the order in which a hand goes through the papers.

The choices are those of the level; everything that has only one answer, or a usual one, is answered already.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jinbang.application import labels, rules
from jinbang.application.counter import rules as counter_rules
from jinbang.application.evidence import ACCEPT
from jinbang.application.evidence import BYTES_READ_MAX as PAPER_BYTES_MAX
from jinbang.application.forms import DayField
from jinbang.application.photo import BYTES_READ_MAX
from jinbang.application.rules import Answers, Offer
from jinbang.catalogue.programme import WHOLE_LEVEL, Education
from jinbang.kernel.errors import BadIdentityNumber
from jinbang.kernel.identity import DocumentKind, NumberProblem, parse_number
from jinbang.kernel.names import normalise_name
from jinbang.people.forms import PhoneField
from jinbang.people.labels import DOCUMENT_KINDS, NUMBER_PROBLEMS

USUAL_EDUCATION: Final = Education.BACHELOR.value
_OFF: Final = {"autocomplete": "off", "spellcheck": "false"}


class CardForm(forms.Form):
    """What a card reader types, Enter and all, or what somebody pastes from one."""

    card = forms.CharField(
        label=_("刷身份证，或者输入证件号码"),
        max_length=400,
        help_text=_("读卡器读出后会自动回车；也可以粘贴读卡软件里的整段文字。"),
        widget=forms.TextInput(attrs={**_OFF, "autofocus": True, "autocapitalize": "characters"}),
        error_messages={"required": _("请刷身份证，或者输入证件号码。")},
    )
    level = forms.ChoiceField(label=_("报考级别"), widget=forms.RadioSelect)

    def __init__(self, data: Mapping[str, Any] | None = None, *, offer: Offer) -> None:
        """Offer the levels; the only one is not asked."""
        super().__init__(data)
        levels = [(level.code, level.name) for level in offer.levels]
        field = cast("forms.ChoiceField", self.fields["level"])
        field.choices = levels
        field.initial = levels[0][0] if levels else ""
        if len(levels) == 1:
            field.widget = forms.HiddenInput()

    def clean_card(self) -> str:
        """Refuse a mistyped digit of a card at once, and not after everything else has been typed as well."""
        text: str = self.cleaned_data["card"]
        card = counter_rules.read_card(text)
        try:
            parse_number(card.number, kind=card.kind)
        except BadIdentityNumber as error:
            if NumberProblem(error.problem) is NumberProblem.CHECK_DIGIT:
                raise forms.ValidationError(str(NUMBER_PROBLEMS[NumberProblem.CHECK_DIGIT])) from error
        return text


class EntryForm(forms.Form):
    """Everything of one application, at once."""

    number = forms.CharField(label=_("证件号码"), max_length=40, widget=forms.TextInput(attrs=_OFF))
    kind = forms.ChoiceField(
        label=_("证件类型"), choices=[(kind.value, label) for kind, label in DOCUMENT_KINDS.items()]
    )
    name = forms.CharField(label=_("姓名"), max_length=64, widget=forms.TextInput(attrs=_OFF))
    phone = PhoneField(help_text=_("用于接收审核、缴费和准考证的通知。"))
    level = forms.CharField(widget=forms.HiddenInput)
    specialty = forms.ChoiceField(label=_("报考专业"))
    track = forms.ChoiceField(label=_("报考方式"))
    condition = forms.ChoiceField(label=_("报考条件"))
    education = forms.ChoiceField(label=_("最高学历"), initial=USUAL_EDUCATION)
    graduated_on = DayField(
        label=_("毕业日期"),
        required=False,
        input_formats=("%Y-%m-%d", "%Y%m%d"),
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "numeric"}),  # eight digits are faster than a picker
        help_text=_("例如 20150701。"),
        error_messages={"invalid": _("请填写真实存在的日期，例如 20150701。")},
    )
    work_years = forms.IntegerField(
        label=_("从事相关工作的年限"),
        min_value=0,
        max_value=rules.WORK_YEARS_MAX,
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages={"invalid": _("请填写整数年限，例如 4。")},
    )
    employer = forms.CharField(label=_("工作单位"), max_length=120, widget=forms.TextInput(attrs=_OFF))
    subjects = forms.MultipleChoiceField(label=_("报考科目"), widget=forms.CheckboxSelectMultiple)
    photo = forms.FileField(
        label=_("照片"),
        help_text=_("用摄像头拍照，或者选择文件；系统会自动裁剪和压缩。"),
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png", "capture": "user", "data-webcam": str(_("用摄像头拍照"))}
        ),
        error_messages={"required": _("请拍照或者选择一张照片。"), "empty": _("这个文件是空的，请重新选择。")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,  # noqa: ANN401  # Django's own type of uploads is not public
        *,
        offer: Offer,
        level: str,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """Lay out the choices of this level; what it does not have is not asked."""
        super().__init__(data, files, initial={"level": level, **(initial or {})})
        chosen = next((one for one in offer.levels if one.code == level), offer.levels[0])
        answers = Answers(level_code=chosen.code, track_code=WHOLE_LEVEL)
        conditions = [
            condition
            for track in (WHOLE_LEVEL, *(track.code for track in chosen.tracks))
            for condition in offer.programme.conditions_for(level=chosen.code, track=track)
        ]
        tracks = rules.tracks_offered(chosen) if chosen.tracks else ()
        self._choose("specialty", [(one.code, one.name) for one in chosen.specialties])
        self._choose("track", [(code, name or str(labels.WHOLE_LEVEL_NAME)) for code, name, _rest in tracks])
        self._choose("condition", [(one.code, one.text) for one in conditions])
        self._choose("education", [(code, str(name)) for code, name in labels.EDUCATIONS.items()])
        self._choose("subjects", [(one.code, one.name) for one in rules.subjects_offered(answers, offer)])
        first = "phone" if self.initial.get("name") else "name"
        self.fields[first].widget.attrs["autofocus"] = True  # where the hand goes on after the card
        self.fields["subjects"].initial = [one.code for one in rules.subjects_offered(answers, offer)]

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        if not choices:
            del self.fields[name]
            return
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    def clean_name(self) -> str:
        """Return the name in the form in which it is kept."""
        name = normalise_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("请填写证件上的姓名。"), code="required")
        return name

    def clean_photo(self) -> "UploadedFile[Any]":
        """Refuse by size before a byte is read."""
        uploaded: UploadedFile[Any] = self.cleaned_data["photo"]
        if uploaded.size is None or uploaded.size > BYTES_READ_MAX:
            raise forms.ValidationError(_("文件超过 15 MB，请换一张小一些的照片。"), code="too_large")
        return uploaded

    def clean(self) -> dict[str, Any]:
        """Refuse a number that cannot be one of this kind, in a sentence that says where to look."""
        cleaned = super().clean() or self.cleaned_data
        kind, number = cleaned.get("kind"), cleaned.get("number")
        if kind and number:
            try:
                cleaned["number"] = parse_number(number, kind=DocumentKind(kind)).number
            except BadIdentityNumber as error:
                self.add_error("number", forms.ValidationError(str(NUMBER_PROBLEMS[NumberProblem(error.problem)])))
        return cleaned


class PledgeForm(forms.Form):
    """The scan of the signed pledge."""

    pledge = forms.FileField(
        label=_("签好的承诺书"),
        help_text=_("扫描件或者照片：PDF、JPG、PNG、HEIC，10 MB 以内。"),
        widget=forms.FileInput(attrs={"accept": ACCEPT, "capture": "environment", "autofocus": True}),
        error_messages={
            "required": _("请先打印承诺书，请考生签名后上传。"),
            "empty": _("这个文件是空的，请重新选择。"),
        },
    )

    def clean_pledge(self) -> "UploadedFile[Any]":
        """Refuse by size before a byte is read."""
        uploaded: UploadedFile[Any] = self.cleaned_data["pledge"]
        if uploaded.size is None or uploaded.size > PAPER_BYTES_MAX:
            raise forms.ValidationError(_("文件超过 10 MB，请缩小后再上传。"), code="too_large")
        return uploaded
