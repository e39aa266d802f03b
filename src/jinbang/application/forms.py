"""The shape of what is typed on each page of an application and at the reviewer's desk. Rules stand in `rules`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, Protocol, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.application import labels, rules
from jinbang.application.declaration import CURRENT_DECLARATION
from jinbang.application.eligibility import Fit
from jinbang.application.passes import EarlierPass, passes_standing
from jinbang.application.rules import Answers, Offer, Task
from jinbang.catalogue.programme import Subject

_NOT_A_DIGIT: Final = re.compile(r"[^0-9]+")


class Choosable(Protocol):
    """A site as the page shows it."""

    pk: UUID
    name: str
    address: str
    capacity: int
    taken: int


class DayField(forms.DateField):
    """A day however people write it: with hyphens, dots, slashes or Chinese characters between, or in a row."""

    def to_python(self, value: Any) -> date | None:  # noqa: ANN401  # Django's signature
        """Return the day that the digits name."""
        if isinstance(value, str):
            value = _NOT_A_DIGIT.sub("-", unicodedata.normalize("NFKC", value)).strip("-")
        return super().to_python(value)


class RegionForm(forms.Form):
    """In which exam region to apply."""

    region = forms.ChoiceField(label=_("在哪个考区报名"), widget=forms.RadioSelect)

    def __init__(self, data: Mapping[str, Any] | None = None, *, regions: Sequence[tuple[str, str]]) -> None:
        """Offer the regions open now, by authority code and name; the only one is chosen already."""
        super().__init__(data)
        field = cast("forms.ChoiceField", self.fields["region"])
        field.choices = list(regions)
        if len(regions) == 1:
            field.initial = regions[0][0]


class StepForm(forms.Form):
    """One page of an application. Built from what was answered so far and what the sitting offers."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        answers: Answers,
        offer: Offer,
        today: date,
        sites: Sequence[Choosable] = (),
    ) -> None:
        """Keep what the page is built from, then let each page lay out its own choices."""
        super().__init__(data)
        self.answers, self.offer, self.today, self.sites = answers, offer, today, sites
        self.lay_out()

    def lay_out(self) -> None:
        """Set choices and what was answered before."""

    def offer_choices(self, name: str, choices: Sequence[tuple[str, str]], *, initial: object = "") -> None:
        """Give a field its choices and the answer of before."""
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = list(choices)
        field.initial = initial


class SwitchForm(StepForm):
    """A choice that may give up earlier passes; whoever would lose some is told before, and confirms it."""

    confirm = forms.BooleanField(
        label=_("我知道更改级别或报考方式后按新考生处理，以前通过的科目成绩不再计入"), required=False
    )

    def lay_out(self) -> None:
        """Ask only who has something to lose."""
        standing = passes_standing(self.answers.passes, year=self.offer.year)
        if not standing:
            del self.fields["confirm"]


class LevelForm(SwitchForm):
    """Which level."""

    level = forms.ChoiceField(label=_("报考级别"), widget=forms.RadioSelect)
    field_order = ("level", "confirm")

    def lay_out(self) -> None:
        """Offer the levels of the programme."""
        super().lay_out()
        levels = [(level.code, level.name) for level in self.offer.levels]
        self.offer_choices("level", levels, initial=self.answers.level_code)


class SpecialtyForm(StepForm):
    """Which specialty of the level."""

    specialty = forms.ChoiceField(label=_("报考专业"), widget=forms.RadioSelect)

    def lay_out(self) -> None:
        """Offer the specialties of the chosen level."""
        level = self.offer.programme.level(self.answers.level_code)
        specialties = [(specialty.code, specialty.name) for specialty in level.specialties]
        self.offer_choices("specialty", specialties, initial=self.answers.specialty_code)


class TrackForm(SwitchForm):
    """All subjects, or a track that exempts from some."""

    track = forms.ChoiceField(label=_("报考方式"), widget=forms.RadioSelect)
    field_order = ("track", "confirm")

    def lay_out(self) -> None:
        """Offer sitting every subject first, then the tracks of the level, each with the subjects it still sits."""
        super().lay_out()
        level = self.offer.programme.level(self.answers.level_code)
        tracks = [
            (code, self._named(code, name or str(labels.WHOLE_LEVEL_NAME)))
            for code, name, _ in rules.tracks_offered(level)
        ]
        self.offer_choices("track", tracks, initial=self.answers.track_code)

    def _named(self, code: str, name: str) -> str:
        offered = rules.subjects_offered(replace(self.answers, track_code=code), self.offer)
        said = {"name": name, "subjects": "、".join(subject.name for subject in offered)}
        return str(_("%(name)s（考：%(subjects)s）") % said)


class EducationForm(StepForm):
    """What a person has learned, and for how long they have worked in the field."""

    education = forms.ChoiceField(label=_("最高学历"), widget=forms.Select)
    graduated_on = DayField(
        label=_("毕业日期"),
        required=False,
        input_formats=("%Y-%m-%d", "%Y%m%d"),
        help_text=_("毕业证书上的日期，例如 2015-07-01。应届毕业生填预计毕业日期；没有毕业证书的不填。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("请填写真实存在的日期，例如 2015-07-01。")},
    )
    work_years = forms.IntegerField(
        label=_("从事相关工作的年限"),
        min_value=0,
        max_value=rules.WORK_YEARS_MAX,
        help_text=_("满多少年填多少，不满一年填 0。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages={
            "invalid": _("请填写整数年限，例如 4。"),
            "min_value": _("年限不能小于 0。"),
            "max_value": _("年限不能大于 %(limit_value)s，请核对。"),
        },
    )

    def lay_out(self) -> None:
        """Offer every education known here."""
        educations = [("", str(_("请选择"))), *((code, str(name)) for code, name in labels.EDUCATIONS.items())]
        self.offer_choices("education", educations, initial=self.answers.education)
        self.fields["graduated_on"].initial = self.answers.graduated_on
        self.fields["work_years"].initial = self.answers.work_years

    def clean_graduated_on(self) -> date | None:
        """Return the day, which no diploma has before 1940."""
        day: date | None = self.cleaned_data["graduated_on"]
        if day is not None and day.year < 1940:  # noqa: PLR2004  # nobody who applies graduated earlier
            raise forms.ValidationError(_("请核对毕业日期的年份。"), code="too_early")
        return day


class ConditionForm(StepForm):
    """Which condition fits: each tried for this person, those that fit first."""

    condition = forms.ChoiceField(
        label=_("符合哪一条报考条件"),
        widget=forms.RadioSelect,
        help_text=_("已按您填写的学历和年限逐条核对，符合的排在前面。专业、证书等由审核人员核对。"),
    )

    def lay_out(self) -> None:
        """Offer each condition with what it says of this person; the only fitting one is chosen already."""
        fits = rules.conditions_tried(self.answers, self.offer, today=self.today)
        choices = [(fit.condition.code, _tried(fit)) for fit in fits]
        fitting = [fit.condition.code for fit in fits if fit.verdict.is_met]
        only = fitting[0] if len(fitting) == 1 else ""
        self.offer_choices("condition", choices, initial=self.answers.condition_code or only)


class EmployerForm(StepForm):
    """Where a person works."""

    employer = forms.CharField(
        label=_("工作单位"),
        max_length=120,
        help_text=_("填写单位全称，与营业执照或单位公章一致；没有工作单位的填“无”。"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def lay_out(self) -> None:
        """Show what was told before."""
        self.fields["employer"].initial = self.answers.employer

    def clean_employer(self) -> str:
        """Return the name of the employer with full-width letters and digits folded."""
        return " ".join(unicodedata.normalize("NFKC", self.cleaned_data["employer"]).split())


class SubjectsForm(StepForm):
    """Which subjects. What was passed before and still counts is not ticked, and says until when."""

    subjects = forms.MultipleChoiceField(label=_("报考科目"), widget=forms.CheckboxSelectMultiple)

    def lay_out(self) -> None:
        """Offer the subjects of the choices made; all are ticked until somebody unticks one."""
        offered, kept = rules.subjects_offered(self.answers, self.offer), rules.subjects_kept(self.answers, self.offer)
        open_ones = tuple(subject.code for subject in offered if subject.code not in kept)
        chosen = self.answers.subject_codes or open_ones
        names = [(one.code, _with_pass(one, kept.get(one.code))) for one in offered]
        self.offer_choices("subjects", names, initial=list(chosen))
        if rules.needs_every_subject(self.answers, self.offer):
            self.fields["subjects"].help_text = _("这一级别须在同一次考试中通过全部科目，请全部选择。")


class SiteForm(StepForm):
    """Which site, with the places left."""

    site = forms.TypedChoiceField(label=_("考点"), widget=forms.RadioSelect, coerce=UUID)

    def lay_out(self) -> None:
        """Offer the sites with what is left at each; a full one says so, and taking a place there is refused."""
        self.offer_choices(
            "site",
            [(str(site.pk), self._named(site)) for site in self.sites],
            initial=str(self.answers.site_id or ""),
        )

    def _named(self, site: Choosable) -> str:
        left = site.capacity - site.taken
        rest = _("剩余 %(left)s 个名额") % {"left": left} if left > 0 else str(_("已满"))
        return f"{site.name}（{site.address}，{rest}）"


STEP_FORMS: Final[Mapping[Task, type[StepForm]]] = {
    Task.LEVEL: LevelForm,
    Task.SPECIALTY: SpecialtyForm,
    Task.TRACK: TrackForm,
    Task.EDUCATION: EducationForm,
    Task.CONDITION: ConditionForm,
    Task.SUBJECTS: SubjectsForm,
    Task.EMPLOYER: EmployerForm,
    Task.SITE: SiteForm,
}


class DeclarationForm(forms.Form):
    """Agreement to one wording of the declaration."""

    version = forms.CharField(widget=forms.HiddenInput, initial=CURRENT_DECLARATION.version)
    agree = forms.BooleanField(
        label=_("我已阅读并同意以上声明"), error_messages={"required": _("请先阅读声明并勾选同意。")}
    )


def _tried(fit: Fit) -> str:
    """Return what a condition says of this person, its words, and the papers it needs."""
    condition = fit.condition
    words = {"fit": labels.fit_sentence(fit), "text": condition.text, "papers": "、".join(condition.evidence)}
    return str(_("【%(fit)s】%(text)s（证明材料：%(papers)s）") % words)


def _with_pass(subject: Subject, kept: EarlierPass | None) -> str:
    """Return a subject's name, with the earlier pass that makes it unnecessary."""
    if kept is None:
        return subject.name
    return labels.pass_label(subject.name, year=kept.year, through=kept.counts_through)
