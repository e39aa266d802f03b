"""What is asked before a sheet of marks is opened. Its cells are no form's fields: `screens.sheets` names them."""

from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _


class ChosenSheet(TypedDict):
    """What a filled-in `SheetForm` holds."""

    level_code: str
    subject_code: str
    in_parts: bool


class SheetForm(forms.Form):
    """Whose marks are keyed by hand: a level's subject, as a whole or in its parts."""

    subject = forms.ChoiceField(label=_("级别与科目"))

    def __init__(self, *args: Any, subjects: list[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # Django's own arguments, passed on
        """Offer the subjects of the sitting."""
        super().__init__(*args, **kwargs)
        field = self.fields["subject"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above; this tells the type checker
        field.choices = subjects

    def chosen(self) -> ChosenSheet:
        """Return what is to be keyed, as the action wants it."""
        level, subject, *in_parts = self.cleaned_data["subject"].split("/")
        return {"level_code": level, "subject_code": subject, "in_parts": bool(in_parts)}
