"""Shape of what is typed to correct a roster: a ticket, and what is to stand there of one person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.catalogue.programme import WHOLE_LEVEL, Programme
from jinbang.results.actions.roster import Standing
from jinbang.results.models import RosterEntry
from jinbang.results.roster_file import TICKET_MAX, tracks_of


class TicketForm(forms.Form):
    """The ticket of whom somebody looks for."""

    ticket = forms.CharField(
        label=_("准考证号"), max_length=TICKET_MAX, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class EntryForm(forms.Form):
    """What is to stand on the roster of one person, and why it is changed."""

    way = forms.ChoiceField(label=_("级别、专业、考试类别"))
    subjects = forms.MultipleChoiceField(
        label=_("科目"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一科。整个人不该在名册上的，请移出名册。")},
    )
    district = forms.RegexField(
        regex=r"[0-9]{2,12}",
        label=_("区划代码"),
        required=False,
        error_messages={"invalid": _("区划代码应为 2 至 12 位数字，没有可留空。")},
    )
    reason = forms.CharField(
        label=_("更正原因"), max_length=200, error_messages={"required": _("请写明原因，它会留在办理记录里。")}
    )

    def __init__(self, *args: Any, entry: RosterEntry, programme: Programme, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own arguments, passed on
        """Offer every way through the programme and all of its subjects; what stands there is chosen."""
        super().__init__(*args, **kwargs)
        way = "/".join((entry.level_code, entry.specialty_code, entry.track_code or WHOLE_LEVEL))
        self.initial = {"way": way, "subjects": entry.subject_codes, "district": entry.district}
        ways, subjects = self.fields["way"], self.fields["subjects"]
        assert isinstance(ways, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        assert isinstance(subjects, forms.MultipleChoiceField)  # noqa: S101  # the same
        ways.choices = _ways(programme)
        subjects.choices = _subjects(programme)

    def standing(self) -> Standing:
        """Return what is to stand there."""
        level, specialty, track = self.cleaned_data["way"].split("/")
        subjects = tuple(sorted(self.cleaned_data["subjects"]))
        return Standing(level, specialty, track, subjects, self.cleaned_data["district"])


def _ways(programme: Programme) -> list[tuple[str, str]]:
    """Return level/specialty/track → its name, of every way through a programme."""
    return [
        (f"{level.code}/{specialty}/{track}", " · ".join(filter(None, (level.name, name, track_name))))
        for level in programme.levels
        for specialty, name in [(one.code, one.name) for one in level.specialties] or [("", "")]
        for track, track_name in tracks_of(level)
    ]


def _subjects(programme: Programme) -> list[tuple[str, str]]:
    """Return code → name; levels that share a code under different names are all named."""
    names: dict[str, list[str]] = {}
    for level in programme.levels:
        for subject in level.subjects:
            if subject.name not in names.setdefault(subject.code, []):
                names[subject.code].append(subject.name)
    return [(code, " / ".join(found)) for code, found in names.items()]
