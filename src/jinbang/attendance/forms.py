"""What the room clerk types: ticked seats, a violation, the reason of a reopening."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.attendance import labels
from jinbang.attendance.queries import SeatLine
from jinbang.attendance.states import Article

FACTS_MOST = 1_000
REASON_MOST = 200


def seat_choices(lines: Iterable[SeatLine]) -> list[tuple[str, str]]:
    """Return the seats of a room as a form offers them."""
    return [
        (
            str(line.seat.number),
            labels.seat_choice(
                seat=line.seat.number,
                name=line.seat.ticket.application.applicant_name,
                number=line.seat.ticket.number,
            ),
        )
        for line in lines
    ]


class AbsenceForm(forms.Form):
    """The seats that stayed empty."""

    absent = forms.MultipleChoiceField(
        label=_("缺考的座位"),
        help_text=_("勾选缺考的座位。没有缺考的，不用勾选，直接保存。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("这个考场没有这个座位，请重新勾选。")},
    )

    def __init__(self, *args: Any, seats: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's own
        """Offer the seats of this room."""
        super().__init__(*args, **kwargs)
        self.fields["absent"].choices = list(seats)  # type: ignore[attr-defined]  # a choice field, declared above

    @property
    def seats(self) -> frozenset[int]:
        """The numbers ticked; only asked of a valid form."""
        return frozenset(int(number) for number in self.cleaned_data["absent"])


class ViolationForm(forms.Form):
    """What was seen at one seat."""

    seat = forms.ChoiceField(
        label=_("座位"), error_messages={"required": _("请选择座位。"), "invalid_choice": _("这个考场没有这个座位。")}
    )
    article = forms.ChoiceField(
        label=_("适用条款"),
        help_text=_("《专业技术人员资格考试违纪违规行为处理规定》（人社部令第31号）"),
        choices=[(article.value, label) for article, label in labels.ARTICLES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择适用条款。")},
    )
    facts = forms.CharField(
        label=_("事实经过"),
        help_text=_("按考场情况记录表填写：时间、行为、物品、考生签字或拒签情况。"),
        max_length=FACTS_MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("请填写事实经过。")},
    )

    def __init__(self, *args: Any, seats: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's own
        """Offer the seats of this room."""
        super().__init__(*args, **kwargs)
        self.fields["seat"].choices = list(seats)  # type: ignore[attr-defined]  # a choice field, declared above

    @property
    def noted_article(self) -> Article:
        """The article chosen; only asked of a valid form."""
        return Article(self.cleaned_data["article"])


class ReopenForm(forms.Form):
    """Why a signed record is opened again."""

    reason = forms.CharField(
        label=_("重新打开的原因"),
        help_text=_("原因会记入办理记录。"),
        max_length=REASON_MOST,
        error_messages={"required": _("请填写重新打开的原因。")},
    )
