"""Storing many marks: ids in rising order and all different, chunks, and two loads of one batch at once."""

from uuid import UUID

import polars as pl
import pytest
from django.db import IntegrityError

from jinbang.results.actions import load, marks
from jinbang.results.models import Mark, MarkBatch, RosterEntry
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
def test_rows_of_every_kind_come_back_as_they_were_stored(world: World) -> None:
    """Unlike rows in turn: numbers, noughts and none, texts in Chinese and empty, with and without a person."""
    batch = stage(world)
    before = set(Mark.objects.values_list("pk", flat=True))
    marks = pl.DataFrame(
        {
            "entry_id": [entry.pk.hex for entry in RosterEntry.objects.order_by("pk")[:2] for _ in range(3)],
            "subject_code": ["甲", "b", "c" * 32] * 2,
            "status": ["scored", "scored", "absent", "violation", "scored", "similar"],
            "mark_hundredths": [0, 10_000, None, None, 6_050, None],
        },
        schema_overrides={"mark_hundredths": pl.Int32},
    )
    rows = load.rows_of(marks, batch=batch, versions={(UUID(marks["entry_id"][1]), "b"): 7}).with_columns(
        pl.Series("by", [None, world.cast.chu.account.pk.hex] * 3, dtype=pl.String),
        pl.Series("reason", ["", "复核后更正，“引号”", "", "", "a,b\n", ""]),
    )
    load.insert_rows(load.readied(rows))
    stored = {mark.pk: mark for mark in Mark.objects.exclude(pk__in=before)}
    assert len(stored) == rows.height
    for row in rows.iter_rows(named=True):
        mark = stored[UUID(row["id"])]
        assert (mark.batch_id, mark.entry_id, mark.at) == (batch.pk, UUID(row["entry_id"]), batch.staged_at)
        assert mark.by == (row["by"] and UUID(row["by"]))
        assert {name: getattr(mark, name) for name in (*marks.columns[1:], "version", "reason")} == {
            name: row[name] for name in (*marks.columns[1:], "version", "reason")
        }
    assert sorted(mark.version for mark in stored.values()) == [1] * 5 + [7]


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
