"""Foreign keys point to earlier phases, every row has a UUIDv7 of ours, and personal data is named as such."""

import sys

import pytest
from django.apps import apps
from django.db import models

from jinbang.kernel.ids import new_id
from tests.house.survey import PHASES, phase_of

OURS = [model for model in apps.get_models() if model.__module__.startswith("jinbang.")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_foreign_keys_point_to_the_same_or_an_earlier_phase(model: type[models.Model]) -> None:
    here = PHASES.index(phase_of(model.__module__))
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey | models.ManyToManyField):
            target = field.related_model
            assert isinstance(target, type)
            assert target.__module__.startswith("jinbang."), field
            assert PHASES.index(phase_of(target.__module__)) <= here, field


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_row_is_named_by_an_id_of_ours(model: type[models.Model]) -> None:
    key = model._meta.pk
    assert isinstance(key, models.UUIDField)
    assert key.default is new_id
    assert "__str__" in vars(model)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_the_module_says_what_personal_data_it_holds(model: type[models.Model]) -> None:
    words = f"{sys.modules[model.__module__].__doc__} {model.__doc__}".lower()
    assert "personal data" in words


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_sealed_fields_are_bytes_and_nothing_else_calls_itself_sealed(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if getattr(field, "name", "").endswith("_sealed"):
            assert isinstance(field, models.BinaryField), field


def test_the_models_of_the_journey_are_all_here() -> None:
    assert len(OURS) >= 30
