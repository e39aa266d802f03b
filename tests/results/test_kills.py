"""An import of marks whose process is killed at any instant: nobody's marks count or everybody's, and it can be redone.

The child is a real process and the kill is SIGKILL. What counts is asked of the tables by SQL of the test's own.
`test_actions_marks` stops the same import at each of its statements, within one process.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Account
from jinbang.people.queries import get_staff
from jinbang.results.actions import marks
from jinbang.results.errors import MarksFileAlreadyIn
from jinbang.results.models import Mark, MarkBatch
from jinbang.sittings.models import ExamRegion
from tests.cast import NOW, Cast
from tests.insert_only import laid_open
from tests.mortal import Mortal
from tests.results.world import World, enrol, many_people, marks_csv, new_world, paper_totals
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)
CHUNKS = 40
IMPORT = "tests.results.test_kills.bring_in"


def bring_in(
    *, region: str, clerk: str, verifier: str, file: str, totals: dict[str, int | str], rows_at_once: int
) -> None:
    """Stage a file and make it count, as two people would at two desks; go on from where it stands."""
    marks.ROWS_AT_ONCE = rows_at_once
    with frozen_at(NOW):
        by = [get_staff(Account.objects.get(pk=UUID(one)), today=NOW.date()) for one in (clerk, verifier)]
        place = ExamRegion.objects.select_related("authority", "sitting__programme_version").get(pk=UUID(region))
        with suppress(MarksFileAlreadyIn):
            marks.stage_marks(region=place, file_name="marks.csv", content=Path(file).read_bytes(), by=by[0], now=NOW)
        for batch in MarkBatch.objects.filter(region=place, state="staged"):
            marks.validate_batch(batch_id=batch.pk, totals=totals, by=by[1], now=NOW)


@pytest.fixture
def full(cast: Cast, tier: Tier) -> World:
    world = new_world(cast)
    enrol(world, many_people(tier[Measure.IMPORT_PEOPLE]))
    return world


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    with Mortal(IMPORT) as one:
        yield one


def counting(*, only_valid: bool = True) -> tuple[int, int]:
    """Return how many marks count and their sum in hundredths; or all that stand in the table, whatever they are."""
    where = "WHERE b.state = 'valid'" if only_valid else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), coalesce(sum(m.mark_hundredths), 0) FROM {Mark._meta.db_table} m"  # noqa: S608  # two words of our own
            f" JOIN {MarkBatch._meta.db_table} b ON b.id = m.batch_id {where}"
        )
        rows, total = cursor.fetchone()
    return int(rows), int(total)


def test_killed_at_any_instant_all_marks_count_or_none_and_again_completes_it(
    full: World, mortal: Mortal, *, tier: Tier, tmp_path: Path
) -> None:
    given = {entry.ticket_number: {"basics": str(tier.random.randint(0, 100))} for entry in full.entries}
    file, totals = tmp_path / "marks.csv", paper_totals(full, given)
    file.write_bytes(marks_csv(full, given))
    task = {
        "region": str(full.region.pk),
        "clerk": str(full.cast.chu.account.pk),
        "verifier": str(full.cast.wei.account.pk),
        "file": str(file),
        "totals": totals,
        "rows_at_once": totals["marks"] // CHUNKS,
    }
    whole = (totals["marks"], totals["sum:basics"] + totals["sum:practice"])
    lifetime = max(timed(mortal, task) for _ in range(3))
    half_written = killed = 0
    for _ in range(tier[Measure.IMPORT_KILLS]):
        begin_again()
        killed += mortal.live(task, kill_after=tier.random.uniform(0, lifetime)).was_killed
        assert counting() in {(0, 0), whole}
        half_written += 0 < counting(only_valid=False)[0] < whole[0]
        bring_in(**task)
        assert counting() == counting(only_valid=False) == whole
        bring_in(**task)
        assert counting() == whole
    assert killed > tier[Measure.IMPORT_KILLS] // 5, "hardly anything died: the lifetime was measured wrongly"
    # The twin: half a file does stand in the table, and whoever does not ask for the state of its batch counts it.
    assert half_written > 0


def timed(mortal: Mortal, task: Mapping[str, object]) -> float:
    """Return how long the whole import takes when nobody kills it."""
    begin_again()
    return mortal.live(task).seconds


def begin_again() -> None:
    with laid_open():
        Mark.objects.all().delete()
    MarkBatch.objects.all().delete()
