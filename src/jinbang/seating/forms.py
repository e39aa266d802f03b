"""The forms of seating: how rooms are filled."""

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.seating import labels
from jinbang.seating.arrangement import Rules, TailPolicy

SEATS_MOST = 60


class CommitForm(forms.Form):
    """Seats to a room and what happens to the tail. Both are fixed together with the seed."""

    seats_per_room = forms.IntegerField(
        label=_("每个考场的人数"),
        help_text=_("通常为 30 人。"),
        min_value=1,
        max_value=SEATS_MOST,
        initial=30,
        error_messages={"invalid": _("请填写 1 至 60 的整数。"), "required": _("请填写每个考场的人数。")},
    )
    tail_policy = forms.ChoiceField(
        label=_("余下的人数怎样安排"),
        choices=[(policy.value, label) for policy, label in labels.TAIL_POLICIES.items()],
        widget=forms.RadioSelect,
        initial=TailPolicy.OWN_ROOM.value,
        error_messages={"required": _("请选择余下的人数怎样安排。")},
    )

    @property
    def rules(self) -> Rules:
        """Return the rules chosen; only asked of a valid form."""
        return Rules(
            seats_per_room=self.cleaned_data["seats_per_room"], tail=TailPolicy(self.cleaned_data["tail_policy"])
        )
