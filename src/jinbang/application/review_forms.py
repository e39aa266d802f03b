"""The forms of the review desk: shape and syntax of what a reviewer sends. Who may decide what is said by the rules."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from jinbang.application import labels
from jinbang.application.casefile import Line
from jinbang.application.caseload import ON_THE_DESK, Choices, Filters
from jinbang.application.evidence import ACCEPT
from jinbang.application.reviewing import LineVerdict, ReasonKind
from jinbang.application.states import ApplicationState
from jinbang.application.uploads import ManyFiles, ManyFilesField
from jinbang.application.worklist import is_id
from jinbang.people.verification.states import VerificationEvent

WORDS_MOST: Final = 300
NO_CHOICE: Final = ("", _("全部"))


class FilterForm(forms.Form):
    """What the queue is narrowed to. An answer that is none of the choices narrows nothing."""

    state = forms.ChoiceField(label=_("环节"), required=False)
    region = forms.ChoiceField(label=_("考区和考试"), required=False)
    city = forms.ChoiceField(label=_("考点所在地"), required=False)
    level = forms.ChoiceField(label=_("级别"), required=False)
    condition = forms.ChoiceField(label=_("报考条件"), required=False)
    mine = forms.BooleanField(label=_("我领取的"), required=False)
    resubmitted = forms.BooleanField(label=_("重新提交的"), required=False)
    overdue = forms.BooleanField(label=_("已超期的"), required=False)
    verified = forms.BooleanField(label=_("身份和学历已核验的"), required=False)
    doubtful_photo = forms.BooleanField(label=_("照片存疑的"), required=False)

    def __init__(self, data: Mapping[str, Any], *, choices: Choices) -> None:
        """Offer what occurs in the queue; a choice between one thing is none."""
        super().__init__(data, auto_id="filter_%s")
        states = [(state, str(labels.STEPS_OF_REVIEW[ApplicationState(state)])) for state in ON_THE_DESK]
        listed = {
            "state": states,
            "region": choices.regions,
            "city": choices.cities,
            "level": choices.levels,
            "condition": choices.conditions,
        }
        for name, values in listed.items():
            if len(values) > 1:
                cast("forms.ChoiceField", self.fields[name]).choices = [NO_CHOICE, *values]
            else:
                del self.fields[name]


def filters_in(query: Mapping[str, str]) -> Filters:
    """Return what an address narrows the queue to; what is malformed narrows nothing. No query."""
    region, state = query.get("region", ""), query.get("state", "")
    return Filters(
        region=region if is_id(region) else "",
        city=query.get("city", ""),
        level=query.get("level", ""),
        condition=query.get("condition", ""),
        state=state if state in ON_THE_DESK else "",
        mine=bool(query.get("mine")),
        resubmitted=bool(query.get("resubmitted")),
        overdue=bool(query.get("overdue")),
        verified=bool(query.get("verified")),
        doubtful_photo=bool(query.get("doubtful_photo")),
    )


class DecisionForm(forms.Form):
    """A decision on one version of a case; `seen_at` says which proposal was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen_at(self) -> datetime | None:
        """Return the instant of the proposal that was read; None where there was none to read."""
        return parse_datetime(self.cleaned_data["seen_at"]) if self.cleaned_data["seen_at"] else None


class WordsForm(DecisionForm):
    """A decision that somebody else must be able to act on: why it is sent back, why an appeal is right or not."""

    words = forms.CharField(
        label=_("理由"),
        max_length=500,
        help_text=_("请不要写证件号码等个人信息。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由。")},
    )


class CheckForm(forms.Form):
    """What looking at the originals came to, and on what it rests."""

    verdict = forms.ChoiceField(
        label=_("核查结果"),
        choices=[(VerificationEvent.PASS.value, _("核验通过")), (VerificationEvent.FAIL.value, _("核验未通过"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("例如：已核对毕业证书原件和学信网报告。请不要写姓名和号码。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明核查的依据。")},
    )


class RevealForm(forms.Form):
    """Why a document number has to be seen in full."""

    purpose = forms.CharField(
        label=_("查看完整证件号码的事由"),
        max_length=120,
        help_text=_("查看会留下记录。"),
        error_messages={"required": _("请写明事由。")},
    )


class CaseForm(DecisionForm):
    """The checklist and the reasons of a case: one form whose buttons lead to different decisions.

    Each line brings `verdict-<n>` and `words-<n>`, by its place in the list; `lines` names them, so that a list that
    has become another is noticed instead of ticked wrongly.
    """

    lines = forms.CharField(required=False, widget=forms.HiddenInput)
    return_reason = forms.ChoiceField(label=_("退回原因"), required=False)
    refuse_reason = forms.ChoiceField(label=_("不通过的原因"), required=False)
    words = forms.CharField(
        label=_("补充说明"),
        required=False,
        max_length=500,
        help_text=_("考生会看到这段话。请不要写证件号码等个人信息。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        lines: Sequence[Line],
        reasons: Mapping[ReasonKind, Mapping[str, str]],
        initial: Mapping[str, object] | None = None,
    ) -> None:
        """Offer the listed reasons of both kinds, and three verdicts beside each line."""
        super().__init__(data, initial={"lines": _names_of(lines), **(initial or {})}, auto_id="case_%s")
        self.texts, self.checked = reasons, lines
        for kind, name in ((ReasonKind.RETURN, "return_reason"), (ReasonKind.REFUSE, "refuse_reason")):
            cast("forms.ChoiceField", self.fields[name]).choices = [("", _("请选择")), *reasons[kind].items()]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each line with the names of its controls and what stands in them: what was typed, else what was kept."""
        return [
            {
                "line": line,
                "number": number,
                "verdict": self._typed(f"verdict-{number}", line.verdict),
                "words": self._typed(f"words-{number}", line.words),
                "choices": [(one.value, labels.LINE_VERDICTS[one], one.value) for one in LineVerdict],
            }
            for number, line in enumerate(self.checked, start=1)
        ]

    @property
    def marks(self) -> dict[str, tuple[LineVerdict | None, str]]:
        """What is ticked by line, None for nothing; empty when the page did not show this very list."""
        if not self.is_bound or self.data.get("lines", "") != _names_of(self.checked):
            return {}
        found: dict[str, tuple[LineVerdict | None, str]] = {}
        for number, line in enumerate(self.checked, start=1):
            verdict = str(self.data.get(f"verdict-{number}", ""))
            words = str(self.data.get(f"words-{number}", ""))[:WORDS_MOST].strip()
            found[line.code] = (LineVerdict(verdict) if verdict in set(LineVerdict) else None, words)
        return found

    def _typed(self, name: str, kept: str) -> str:
        return str(self.data.get(name, kept)) if self.is_bound and "lines" in self.data else kept

    def reason(self, kind: ReasonKind) -> str:
        """Return the reason as the candidate reads it: the listed sentence, the lines marked, the reviewer's words."""
        code, words = self.code(kind), self.cleaned_data["words"].strip()
        listed = "" if code in {"", labels.OTHER_REASON} else self.texts[kind][code]
        return f"{listed}{''.join(self._marked(kind))}{words}"

    def code(self, kind: ReasonKind) -> str:
        """Return the code of the listed reason, for the statistics."""
        return str(self.cleaned_data[f"{kind.value}_reason"])

    def _marked(self, kind: ReasonKind) -> Iterable[str]:
        """Yield what was written beside the lines that this decision is about."""
        about = LineVerdict.TO_FIX if kind is ReasonKind.RETURN else LineVerdict.NOT_MET
        names = {line.code: line.label for line in self.checked}
        for code, (verdict, words) in self.marks.items():
            if verdict is about:
                yield labels.marked_line(names[code], words)

    def require_words_for(self, kind: ReasonKind) -> bool:
        """Return whether the reason says something the candidate can act on; otherwise write what is missing."""
        name = f"{kind.value}_reason"
        if self.reason(kind):
            return True
        if self.code(kind) == labels.OTHER_REASON:
            self.add_error("words", forms.ValidationError(_("选择“其他”时，请写明原因。"), code="required"))
        else:
            self.add_error(name, forms.ValidationError(_("请选择原因，或在核对项里标明问题。"), code="required"))
        return False


def _names_of(lines: Iterable[Line]) -> str:
    return "|".join(line.code for line in lines)


class SelectionForm(forms.Form):
    """Cases ticked in the queue, each with the version that was seen."""

    case = forms.CharField(required=False)

    @property
    def versions(self) -> dict[UUID, int]:
        """The selected cases by id with the version seen; what is malformed is left out, as if never ticked."""
        values = self.data.getlist("case") if hasattr(self.data, "getlist") else []
        found: dict[UUID, int] = {}
        for value in values:
            case, _sign, version = str(value).partition(":")
            try:
                found[UUID(case)] = int(version)
            except ValueError:
                continue
        return found


class ReasonForm(forms.Form):
    """A sentence for the list."""

    kind = forms.ChoiceField(
        label=_("用于"),
        widget=forms.RadioSelect,
        choices=[(kind.value, label) for kind, label in labels.REASON_KINDS.items()],
        initial=ReasonKind.RETURN.value,
    )
    text = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("考生读到的句子，写清楚怎么办，例如“学历证书扫描件看不清，请重新上传”。"),
        error_messages={"required": _("请填写原因。")},
    )
    programme = forms.ChoiceField(label=_("适用的考试项目"), required=False)
    authority = forms.ChoiceField(label=_("适用的地区"))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, choices: Mapping[str, Sequence[tuple[str, str]]]
    ) -> None:
        """Offer the authorities of one's scope, and the programmes that are examined there or all together."""
        super().__init__(data)
        cast("forms.ChoiceField", self.fields["programme"]).choices = [NO_CHOICE, *choices["programmes"]]
        cast("forms.ChoiceField", self.fields["authority"]).choices = list(choices["authorities"])


class TermsForm(forms.Form):
    """How long a claim lasts and a refusal can be appealed against, from which day."""

    authority = forms.ChoiceField(label=_("适用的地区"))
    starts_on = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("请填写日期。")},
    )
    lease_minutes = forms.IntegerField(
        label=_("领取后保留的时间（分钟）"),
        min_value=1,
        max_value=240,
        error_messages={"required": _("请填写分钟数。")},
    )
    appeal_working_days = forms.IntegerField(
        label=_("申诉期限（工作日）"),
        min_value=0,
        max_value=60,
        help_text=_("从不通过的次日起算；0 表示不接受申诉。"),
        error_messages={"required": _("请填写工作日数。")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, authorities: Sequence[tuple[str, str]]) -> None:
        """Offer the authorities of one's scope."""
        super().__init__(data)
        cast("forms.ChoiceField", self.fields["authority"]).choices = list(authorities)


class PlanForm(forms.Form):
    """Whether a second tier samples, and what share."""

    region = forms.ChoiceField(label=_("考区和考试"))
    tiers = forms.ChoiceField(
        label=_("审核层级"),
        widget=forms.RadioSelect,
        choices=[("1", _("一级：审核通过即生效")), ("2", _("两级：下级审核通过后，上级抽查一部分"))],
    )
    sample_percent = forms.IntegerField(
        label=_("抽查比例（%）"), min_value=0, max_value=100, error_messages={"required": _("请填写比例。")}
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, regions: Sequence[tuple[str, str]]) -> None:
        """Offer the exam regions of one's scope."""
        super().__init__(data)
        cast("forms.ChoiceField", self.fields["region"]).choices = list(regions)


class AppealForm(forms.Form):
    """Why a refusal is thought to be wrong, with pictures of what proves it."""

    words = forms.CharField(
        label=_("申诉理由"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("请写明哪里有误，以及依据什么。请不要写证件号码。"),
        error_messages={"required": _("请填写申诉理由。")},
    )
    proof = ManyFilesField(
        label=_("证明材料"),
        required=False,
        help_text=_("可以不传，也可以一次选择多个：手机照片（JPG、PNG、HEIC）或 PDF，每个 10 MB 以内。"),
        widget=ManyFiles(attrs={"accept": ACCEPT, "multiple": True}),
        error_messages={
            "empty": _("有文件是空的，请重新选择。"),
            "max_length": _("有文件的名字太长，请改短后再选。"),
        },
    )
