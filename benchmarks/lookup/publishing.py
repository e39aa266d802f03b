"""How long it takes from two officers' signatures to an armed snapshot: the whole action, from a database of its own.

    python -m benchmarks.lookup.publishing --people 100000

Everybody is registered, judged and released as in life; only the marks are written at once. Then one mark is corrected,
and the correction goes out as an overlay.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import click

R = TypeVar("R")
PEOPLE_AT_ONCE = 10_000


@click.command()
@click.option("--people", default=100_000, show_default=True, help="people on the roster")
def main(*, people: int) -> None:
    """Measure publishing from the database."""
    with tempfile.TemporaryDirectory(prefix="jinbang-publishing-") as home:
        os.environ["JINBANG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        os.environ["JINBANG_DATABASE_URL"] = f"sqlite:///{home}/jinbang.sqlite3"
        for line in measured(people):
            click.echo(line)


def measured(people: int) -> Iterator[str]:
    """Make the world, publish, correct, and yield a line for each of the two."""
    import django  # noqa: PLC0415  # the home has been chosen

    django.setup()
    from django.conf import settings  # noqa: PLC0415  # the same
    from django.core.management import call_command  # noqa: PLC0415  # the same

    from jinbang.audit.long_work import AtOnce  # noqa: PLC0415  # the same
    from jinbang.kernel.clock import frozen_at  # noqa: PLC0415  # the same
    from jinbang.lookup import actions, tasks  # noqa: PLC0415  # the same
    from jinbang.results.actions import release  # noqa: PLC0415  # the same
    from tests.cast import NOW, build_cast  # noqa: PLC0415  # the same
    from tests.results import world as results  # noqa: PLC0415  # the same

    call_command("migrate", verbosity=0)
    with frozen_at(NOW):
        world = results.new_world(build_cast())
        _enrol(world, people)
        results.bring_in(world)
        results.set_pass_marks(world)
        ready = results.approved(world)
        publication, seconds = _timed(lambda: actions.publish_snapshot(release_id=ready.pk, keep=AtOnce(_said)))
    size = (Path(settings.JINBANG_SNAPSHOTS) / publication.release / publication.file).stat().st_size
    rate = people / seconds
    yield f"publishing {publication.records:,} people: {seconds:.0f} s ({rate:,.0f} a second), {size / 1e6:,.0f} MB"
    with frozen_at(results.AFTER):
        tasks.look_for_releases()
        opens_at = results.AFTER + timedelta(days=1)
        chu = world.cast.chu.staff
        release.correct_release(release_id=ready.pk, opens_at=opens_at, reason="bench", by=chu, now=results.AFTER)
        results.bring_in(world, {"T00001": {"basics": "61"}})
        ready = results.approved(world, opens_at=opens_at, now=results.AFTER)
        overlay, seconds = _timed(lambda: actions.publish_snapshot(release_id=ready.pk))
    size = (Path(settings.JINBANG_SNAPSHOTS) / overlay.release / overlay.file).stat().st_size
    yield f"a correction of one of them, among {overlay.records:,} records: {seconds:.0f} s, {size / 1e3:,.0f} kB"


def _enrol(world: object, people: int) -> None:
    from datetime import date  # noqa: PLC0415  # used here alone

    from jinbang.kernel.actors import SYSTEM  # noqa: PLC0415  # Django has been set up
    from jinbang.kernel.identity import DocumentKind, make_resident_id  # noqa: PLC0415  # the same
    from jinbang.people.actions import NewPerson, register_people  # noqa: PLC0415  # the same
    from tests.cast import NOW  # noqa: PLC0415  # the same
    from tests.results.world import World, enrol  # noqa: PLC0415  # the same

    assert isinstance(world, World)  # noqa: S101  # told to the type checker
    for first in range(0, people, PEOPLE_AT_ONCE):
        registered = register_people(
            [
                NewPerson(
                    name=f"考生{chr(0x4E00 + number % 5000)}{chr(0x5E00 + number // 5000 % 5000)}",
                    kind=DocumentKind.RESIDENT_ID,
                    number=make_resident_id(
                        f"14{number // 900 % 9000 + 1000:04d}", date(1990, 1, 1) + timedelta(days=number % 900), 7
                    ),
                )
                for number in range(first, min(first + PEOPLE_AT_ONCE, people))
            ],
            by=SYSTEM,
            now=NOW,
        )
        enrol(world, registered)


def _timed(act: Callable[[], R]) -> tuple[R, float]:
    began = time.perf_counter()
    return act(), time.perf_counter() - began


def _said(sealed: int) -> None:
    click.echo(f"… {sealed:,}", err=True)


if __name__ == "__main__":
    main()
