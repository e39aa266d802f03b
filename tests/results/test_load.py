"""Storing many marks: ids in rising order and all different, chunks, and two loads of one batch at once."""

from uuid import UUID

import pytest
from django.db import IntegrityError

from jinbang.results.actions import load, marks
from jinbang.results.models import Mark, MarkBatch
from tests.cast import NOW
from tests.results.world import World, marks_csv, stage


def test_ids_made_together_are_uuids_of_version_7_in_rising_order() -> None:
    made = [UUID(text) for text in load.fresh_ids(5_000, at=NOW)]
    assert len(set(made)) == 5_000
    assert made == sorted(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert {int.from_bytes(one.bytes[:6], "big") for one in made} == {int(NOW.timestamp() * 1000)}
    assert len({one.bytes[11:] for one in made}) > 4_900


@pytest.mark.django_db
def test_another_load_of_the_same_batch_in_between_is_completed_and_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else stores the very rows just before ours: ours are refused by the database, and the rest follows."""
    monkeypatch.setattr(marks, "ROWS_AT_ONCE", 2)
    inserted = load.insert_rows
    calls = []

    def meanwhile(rows: object) -> None:
        calls.append(rows)
        if len(calls) == 2:
            inserted(rows)  # type: ignore[arg-type]  # the rows that were to be stored
            raise IntegrityError
        inserted(rows)  # type: ignore[arg-type]  # the same

    monkeypatch.setattr(load, "insert_rows", meanwhile)
    batch = stage(world)
    assert (Mark.objects.count(), load.stored_count(batch)) == (6, 6)


@pytest.mark.django_db
def test_what_the_database_will_not_take_is_no_endless_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(rows: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(load, "insert_rows", refuse)
    with pytest.raises(IntegrityError):
        marks.stage_marks(
            region=world.region, file_name="f", content=marks_csv(world, {}), by=world.cast.chu.staff, now=NOW
        )
    assert (Mark.objects.count(), MarkBatch.objects.get().state) == (0, "staged")
