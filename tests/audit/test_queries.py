"""One object's history, and everything after a cursor."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jinbang.audit import actions, queries
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM, ActorKind
from tests.cast import NOW, Cast

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_a_record_names_actor_subject_and_where_the_event_led(cast: Cast) -> None:
    change = actions.record(
        cast.point, by=cast.zhou.staff, event="looked_at", at=NOW, from_state="old", reason="例行检查", details={"n": 1}
    )
    change.refresh_from_db()
    assert (change.actor_kind, change.actor_id, change.actor_name) == (
        ActorKind.STAFF,
        cast.zhou.account.pk,
        "周审",
    )
    assert (change.subject_kind, change.subject_id) == ("people.authority", cast.point.pk)
    assert (change.event, change.from_state, change.to_state) == ("looked_at", "old", "")
    assert (change.reason, change.details, change.at) == ("例行检查", {"n": 1}, NOW)


@pytest.mark.django_db
def test_the_history_of_one_object_holds_only_its_own_rows_in_order(cast: Cast) -> None:
    for event in ("first", "second", "third"):
        actions.record(cast.point, by=SYSTEM, event=event, at=NOW)
        actions.record(cast.taiyuan, by=SYSTEM, event="elsewhere", at=NOW)
    assert [change.event for change in queries.history_of(cast.point)] == [
        "authority_created",
        "first",
        "second",
        "third",
    ]


@pytest.mark.django_db
def test_a_candidate_is_never_named_in_the_history(cast: Cast) -> None:
    change = actions.record(cast.lin.account, by=cast.lin.candidate, event="signed", at=NOW)
    assert change.actor_name == ""
    assert change.actor_id == cast.lin.account.pk


@pytest.mark.django_db
def test_many_records_are_written_many_at_a_time(cast: Cast) -> None:
    places = [cast.point, cast.taiyuan, cast.yangquan] * 700
    with CaptureQueriesContext(connection) as queries_made:
        actions.record_many(places, by=SYSTEM, event="counted", at=NOW)
    assert len(queries_made) < 30
    assert StateChange.objects.filter(event="counted").count() == 2_100


def written_at(milliseconds: int, *, event: str) -> StateChange:
    """Write a row whose id was given out at this instant, as a long transaction does that commits later."""
    return StateChange.objects.create(
        id=UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | 5),
        at=NOW,
        actor_kind="system",
        subject_kind="test",
        subject_id=UUID(int=1),
        event=event,
    )


@pytest.mark.django_db
def test_a_row_that_commits_late_with_an_earlier_id_is_found_by_looking_back() -> None:
    cursor = written_at(10_000, event="seen")
    written_at(9_500, event="late")
    written_at(10_001, event="next")
    found = [change.event for change in queries.changes_after(cursor.pk, overlap=SECOND)]
    assert found == ["late", "seen", "next"]


@pytest.mark.django_db
def test_without_looking_back_the_late_row_would_be_lost() -> None:
    cursor = written_at(10_000, event="seen")
    written_at(9_500, event="late")
    found = [change.event for change in queries.changes_after(cursor.pk, overlap=timedelta(0))]
    assert "late" not in found


@pytest.mark.django_db
def test_no_cursor_means_everything_and_an_overlap_past_the_beginning_is_no_fault() -> None:
    early = written_at(3, event="early")
    assert [change.pk for change in queries.changes_after(None, overlap=SECOND)] == [early.pk]
    assert [change.pk for change in queries.changes_after(early.pk, overlap=SECOND)] == [early.pk]
