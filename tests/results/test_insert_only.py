"""Marks are insert-only because the database says so, whoever asks; the twin takes that away and changes one."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from jinbang.results.models import Mark
from tests.insert_only import TABLE, laid_open
from tests.results.world import World, bring_in

pytestmark = pytest.mark.django_db

ATTEMPTS: dict[str, Callable[[], object]] = {
    "update": lambda: Mark.objects.update(mark_hundredths=10_000),
    "update of one row": lambda: Mark.objects.filter(pk=Mark.objects.first().pk).update(reason="x"),  # type: ignore[union-attr]  # there are some
    "delete": lambda: Mark.objects.all().delete(),
    "raw update": lambda: run(f"UPDATE {TABLE} SET mark_hundredths = 10000"),  # noqa: S608  # a word of our own
    "raw delete": lambda: run(f"DELETE FROM {TABLE}"),  # noqa: S608  # the same
}


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def standing() -> list[tuple[object, ...]]:
    return sorted(Mark.objects.values_list("id", "status", "mark_hundredths", "reason"))


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_no_mark_is_changed_or_deleted(world: World, attempt: Callable[[], object]) -> None:
    bring_in(world)
    before = standing()
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        attempt()
    assert standing() == before


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_the_twin_without_the_refusal_every_attempt_succeeds(world: World, attempt: Callable[[], object]) -> None:
    bring_in(world)
    before = standing()
    with laid_open():
        attempt()
    assert standing() != before


def test_a_role_that_is_no_superuser_has_not_even_the_right_on_postgresql(world: World) -> None:
    """The program's own role owns the table and has taken these rights from itself; SQLite has no roles to ask."""
    bring_in(world)
    if connection.vendor != "postgresql":
        assert {"results_mark_no_update", "results_mark_no_delete"} <= triggers()
        return
    run("CREATE ROLE jinbang_program_of_a_test")
    run(f"ALTER TABLE {TABLE} OWNER TO jinbang_program_of_a_test")
    run("GRANT USAGE ON SCHEMA public TO jinbang_program_of_a_test")
    for right in ("UPDATE", "DELETE", "TRUNCATE", "INSERT", "SELECT"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('jinbang_program_of_a_test', %s, %s)", [TABLE, right])
            assert cursor.fetchone() == (right in {"INSERT", "SELECT"},), right


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


def test_each_mark_says_who_brought_it_in_and_which_version_it_is(world: World) -> None:
    bring_in(world)
    bring_in(world, {"T00001": {"basics": "61"}})
    rows = Mark.objects.filter(entry=world.entries[0], subject_code="basics").order_by("version")
    assert [(row.version, row.by, row.mark_hundredths) for row in rows] == [
        (1, world.cast.chu.account.pk, 6000),
        (2, world.cast.chu.account.pk, 6100),
    ]
