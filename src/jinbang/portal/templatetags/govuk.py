"""What the shared partials need to set any Django form, list or table in the kit's markup.

Only shape: which class a control bears, which notes describe it, where an error leads. Templates in `templates/_*.html`
are the only users.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

CLASSES: Final[tuple[tuple[type[forms.Widget], str], ...]] = (
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.Widget, "govuk-input"),
)
# A browser's own picker sends and expects ISO 8601, whatever the language of the page.
PICKERS: Final[tuple[tuple[type[forms.DateInput | forms.DateTimeInput | forms.TimeInput], str, str], ...]] = (
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.TimeInput, "time", "%H:%M"),
)
_SHORT: Final = 20


@register.filter
def control_kind(field: BoundField) -> str:
    """Name the markup a field needs: radios, checkboxes, checkbox or control."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "control"


@register.filter
def described_by(field: BoundField) -> str:
    """Return the ids of the hint and the errors of a field, for aria-describedby."""
    notes = [f"{field.auto_id}-hint"] if field.help_text else []
    return " ".join([*notes, f"{field.auto_id}-error"] if field.errors else notes)


@register.filter
def error_target(field: BoundField) -> str:
    """Return the id an error leads to: the control, or the first of several."""
    if control_kind(field) in {"radios", "checkboxes"}:
        return str(field.subwidgets[0].id_for_label) if field.subwidgets else str(field.auto_id)
    return field.id_for_label or str(field.auto_id)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Print the control of a field with the kit's classes, its description and the browser's own pickers."""
    widget = field.field.widget
    for kind, input_type, pattern in PICKERS:
        if isinstance(widget, kind) and type(widget) is kind:
            widget.input_type, widget.format = input_type, pattern
    widget.attrs.pop("placeholder", None)  # it repeats the label, and goes as soon as somebody types
    name = next(name for kind, name in CLASSES if isinstance(widget, kind))
    given = str(widget.attrs.get("class", ""))
    classes = [given, name, *([f"{name}--error"] if field.errors and name != "govuk-checkboxes__input" else [])]
    limit = getattr(field.field, "max_length", None)
    if name == "govuk-input" and limit and limit <= _SHORT and "width" not in given:
        classes.append("govuk-input--width-20")
    attrs: dict[str, Any] = {"class": " ".join(part for part in classes if part)}
    if notes := described_by(field):
        attrs["aria-describedby"] = notes
    return field.as_widget(attrs=attrs)


@dataclass(frozen=True)
class SummaryRow:
    """One line of a summary list."""

    key: object
    lines: tuple[object, ...]
    url: str = ""
    action: str = ""


@register.filter
def summary_rows(rows: Iterable[Any]) -> list[SummaryRow]:
    """Return pairs, mappings or objects with `key` and `value` as the lines of a summary list."""
    return [_summary_row(row) for row in rows]


def _summary_row(row: Any) -> SummaryRow:  # noqa: ANN401  # whatever a view gives a partial
    if isinstance(row, tuple | list):
        return SummaryRow(row[0], _lines(row[1]))
    read = row.get if isinstance(row, Mapping) else lambda name, default="": getattr(row, name, default)
    return SummaryRow(read("key", ""), _lines(read("value", "")), read("url", "") or "", read("action", "") or "")


def _lines(value: object) -> tuple[object, ...]:
    if isinstance(value, list | tuple):
        return tuple(value)
    return () if value is None or value == "" else (value,)


@dataclass(frozen=True)
class Cell:
    """One cell of a table."""

    text: object
    url: str = ""
    is_number: bool = False


@register.filter
def table_cells(row: Iterable[Any], columns: Sequence[Any]) -> list[Cell]:
    """Return the cells of a row, each knowing whether its column holds numbers."""
    numbers = [bool(getattr(column, "is_number", False)) for column in columns]
    cells = []
    for index, cell in enumerate(row):
        is_number = index < len(numbers) and numbers[index]
        cells.append(Cell(getattr(cell, "text", cell), getattr(cell, "url", "") or "", is_number))
    return cells


@register.filter
def time_left(now: datetime, until: datetime) -> dict[str, str]:
    """Return the days, hours, minutes and seconds from one instant to another, as a countdown first shows them."""
    left = max(0, int((until - now).total_seconds()))
    days, rest = divmod(left, 86_400)
    return {
        "days": str(days),
        "hours": f"{rest // 3600:02d}",
        "minutes": f"{rest % 3600 // 60:02d}",
        "seconds": f"{rest % 60:02d}",
    }
