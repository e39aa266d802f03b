"""Rows that many tests begin with are built once a process by the program's own actions, and written again after that.

Whatever a builder adds to the database is remembered after its first call. Later calls write the very same rows, ids
included, in one insert a table, and return a copy of what the first call returned. A builder that changes rows which
stood before it, or depends on more than what its key names, must not be replayed.
"""

import copy
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from django.apps import apps
from django.core.serializers import sort_dependencies
from django.db.models import AutoField, Model

T = TypeVar("T")
_kept: dict[Hashable, tuple[list[list[Model]], object]] = {}


def replayed(key: Hashable, build: Callable[[], T]) -> T:
    """Return what `build` returns: built the first time this key is met in the process, written again later."""
    if key not in _kept:
        before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in _tables()}
        made = build()
        added = [list(model._default_manager.exclude(pk__in=before[model])) for model in _tables()]
        _kept[key] = ([rows for rows in added if rows], copy.deepcopy(made))
        return made
    tables, made_then = _kept[key]
    for rows in tables:
        type(rows[0])._default_manager.bulk_create([_again(row) for row in rows])
    return copy.deepcopy(made_then)  # type: ignore[return-value]  # it is what `build` of this key returned


def _tables() -> Iterable[type[Model]]:
    """Return every table, each after those it points to."""
    ours = [(config, None) for config in apps.get_app_configs() if config.label not in {"contenttypes", "auth"}]
    return sort_dependencies(ours)


def _again(row: Model) -> Model:
    twin = copy.copy(row)
    if isinstance(row._meta.pk, AutoField):
        twin.pk = None  # a number given out by the database, which must go on from where it stands
    return twin
