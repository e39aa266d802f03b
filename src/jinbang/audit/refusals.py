"""A refusal that is read later than it was raised: its fields as plain values, and back again.

Only what a sentence is filled with: words, numbers, instants, days, and the labels of our own enumerations.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Final, cast

from django.utils.module_loading import import_string

from jinbang.audit.errors import TaskUnknown
from jinbang.kernel.digests import Json
from jinbang.kernel.errors import DomainError

_OURS: Final = "jinbang."


def kept_fields(refusal: DomainError) -> dict[str, Json]:
    """Return the fields of a refusal as plain values."""
    return {name: _plain(value) for name, value in refusal.fields.items()}


def kept_refusal(code: str, fields: Mapping[str, Json]) -> DomainError:
    """Return a refusal as it was raised, for the table of problems: the same code, and fields that read the same."""
    refusal = DomainError(**{name: _revived(value) for name, value in fields.items()})
    refusal.code = code  # type: ignore[misc]  # of this one object, which stands for any of the classes
    return refusal


def _plain(value: object) -> Json:
    match value:
        case StrEnum():
            kind = type(value)
            return {"word": value.value, "of": f"{kind.__module__}.{kind.__qualname__}"}
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case None | bool() | int() | str():
            return value
        case tuple() | list() | set() | frozenset():
            return [_plain(part) for part in value]
        case _:
            return str(value)


def _revived(value: Json) -> object:
    match value:
        case {"instant": str(text)}:
            return datetime.fromisoformat(text)
        case {"day": str(text)}:
            return date.fromisoformat(text)
        case {"word": str(word), "of": str(name)}:
            return _kind(name)(word)
        case list():
            return tuple(_revived(part) for part in value)
        case _:
            return value


def _kind(name: str) -> type[StrEnum]:
    kind = import_string(name) if name.startswith(_OURS) else None
    if not (isinstance(kind, type) and issubclass(kind, Enum)):
        raise TaskUnknown(task=name)
    return cast("type[StrEnum]", kind)
