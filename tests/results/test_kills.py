"""An import whose process is killed at any instant: of marks or of a roster, nobody's or everybody's, and once more.

The child is a real process and the kill is SIGKILL. What counts is asked of the tables by SQL of the test's own.
`test_actions_marks` stops the import of marks at each of its statements, within one process.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import connection

from jinbang.application.models import EarlierPass
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people.actions import NewPerson, register_people
from jinbang.people.models import Account, IdentityDocument, Person
from jinbang.people.queries import document_numbers_of, get_staff
from jinbang.results.actions import enrol as enrol_file
from jinbang.results.actions import handover, marks
from jinbang.results.errors import MarksFileAlreadyIn
from jinbang.results.models import HandedOverFile, Mark, MarkBatch, RosterEntry
from jinbang.sittings.models import ExamRegion
from tests.cast import NOW, Cast
from tests.insert_only import laid_open
from tests.mortal import Mortal
from tests.results.world import World, csv_of, enrol, many_people, marks_csv, new_world, paper_totals
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)
CHUNKS = 40
IMPORT = "tests.results.test_kills.bring_in"
IMPORT_OF_FILES = "tests.results.test_kills.bring_in_files"
IMPORT_OF_ROSTER = "tests.results.test_kills.bring_in_roster"
PEOPLE_AT_ONCE = 20


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
    whole = (totals["marks"], totals["sum:level-2/basics"] + totals["sum:level-2/practice"])
    for _ in range(3):
        begin_again()
        mortal.live(task)
    half_written = killed = kills = 0
    while kills < tier[Measure.IMPORT_KILLS] or (not half_written and kills < 5 * tier[Measure.IMPORT_KILLS]):
        kills += 1
        begin_again()
        killed += mortal.live(task, kill_after=tier.random.uniform(0, mortal.lifetime))
        assert counting() in {(0, 0), whole}
        half_written += 0 < counting(only_valid=False)[0] < whole[0]
        bring_in(**task)
        assert counting() == counting(only_valid=False) == whole
        bring_in(**task)
        assert counting() == whole
    assert killed > tier[Measure.IMPORT_KILLS] // 5, "hardly anything died: the lifetime was measured wrongly"
    # The twin: half a file does stand in the table, and whoever does not ask for the state of its batch counts it.
    assert half_written > 0


def begin_again() -> None:
    with laid_open():
        Mark.objects.all().delete()
    MarkBatch.objects.all().delete()


# ---------------------------------------------------------------- a roster
def bring_in_roster(*, region: str, clerk: str, file: str, people_first: bool = False) -> None:
    """Import a roster, as somebody at a desk would; or register the people before it, some at a time."""
    with frozen_at(NOW):
        by = get_staff(Account.objects.get(pk=UUID(clerk)), today=NOW.date())
        place = ExamRegion.objects.select_related("authority", "sitting__programme_version").get(pk=UUID(region))
        if people_first:
            numbers = [line.split(",")[2] for line in Path(file).read_text(encoding="utf-8").splitlines()[1:]]
            people = [NewPerson("某人", DocumentKind.RESIDENT_ID, number) for number in numbers]
            for start in range(0, len(people), PEOPLE_AT_ONCE):
                register_people(people[start : start + PEOPLE_AT_ONCE], by=SYSTEM, now=NOW)
            return
        enrol_file.import_roster(region=place, content=Path(file).read_bytes(), by=by, now=NOW)


def standing() -> tuple[int, int, int]:
    """Return how many rows there are of people, of documents, and of rosters."""
    counts = []
    with connection.cursor() as cursor:
        for model in (Person, IdentityDocument, RosterEntry):
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")  # noqa: S608  # a name of our own
            counts.append(int(cursor.fetchone()[0]))
    return counts[0], counts[1], counts[2]


def test_killed_at_any_instant_a_roster_has_everybody_or_nobody_and_again_completes_it(
    cast: Cast, *, tier: Tier, tmp_path: Path
) -> None:
    region, people, file = new_world(cast).region, tier[Measure.IMPORT_PEOPLE], tmp_path / "roster.csv"
    file.write_bytes(roster_csv(people))
    task: dict[str, Any] = {"region": str(region.pk), "clerk": str(cast.chu.account.pk), "file": str(file)}
    nobody = standing()
    everybody = (nobody[0] + people, nobody[1] + people, people)
    killed_before = 0
    with Mortal(IMPORT_OF_ROSTER) as mortal:
        for _ in range(3):
            mortal.live(task)
            assert standing() == everybody
            strike_out(region)
        for _ in range(tier[Measure.IMPORT_KILLS]):
            was_killed = mortal.live(task, kill_after=tier.random.uniform(0, mortal.lifetime))
            found = standing()
            assert found in {nobody, everybody}
            killed_before += was_killed and found == nobody
            bring_in_roster(**task)
            assert standing() == everybody
            bring_in_roster(**task)
            assert standing() == everybody
            strike_out(region)
    assert killed_before > tier[Measure.IMPORT_KILLS] // 5, "hardly anything died: the lifetime was measured wrongly"


def test_the_twin_people_registered_before_the_roster_are_left_behind_in_part(
    cast: Cast, *, tier: Tier, tmp_path: Path
) -> None:
    region, people, file = new_world(cast).region, tier[Measure.IMPORT_PEOPLE], tmp_path / "roster.csv"
    file.write_bytes(roster_csv(people))
    task = {"region": str(region.pk), "clerk": str(cast.chu.account.pk), "file": str(file), "people_first": True}
    before = set(Person.objects.values_list("pk", flat=True))
    with Mortal(IMPORT_OF_ROSTER) as mortal:
        mortal.live(task)
        for _ in range(100):
            IdentityDocument.objects.exclude(person__in=before).delete()
            Person.objects.exclude(pk__in=before).delete()
            mortal.live(task, kill_after=tier.random.uniform(0, mortal.lifetime))
            if 0 < Person.objects.count() - len(before) < people:
                return
    pytest.fail("a hundred kills left nobody behind")


def roster_csv(people: int) -> bytes:
    """Return a roster of so many people whom nobody knows yet."""
    born = date(1960, 1, 1)
    rows = [
        [
            f"26{at:06d}",
            f"名册{chr(0x4E00 + at)}",
            make_resident_id("140303", born + timedelta(days=at), 7),
            "二级",
            "安装工程",
        ]
        for at in range(people)
    ]
    return csv_of([["准考证号", "姓名", "证件号码", "级别", "专业"], *rows]).encode()


def strike_out(region: ExamRegion) -> None:
    """Take everybody away who came with the roster."""
    ours = list(RosterEntry.objects.filter(region=region).values_list("person_id", flat=True))
    RosterEntry.objects.filter(region=region).delete()
    for start in range(0, len(ours), 500):
        IdentityDocument.objects.filter(person__in=ours[start : start + 500]).delete()
        Person.objects.filter(pk__in=ours[start : start + 500]).delete()


# ---------------------------------------------------------------- files of earlier years
def bring_in_files(*, region: str, clerk: str, file: str) -> None:
    """Bring in what another system knows of earlier years, as somebody at a desk would."""
    with patch.object(handover, "FILES_AT_ONCE", PEOPLE_AT_ONCE), frozen_at(NOW):
        by = get_staff(Account.objects.get(pk=UUID(clerk)), today=NOW.date())
        place = ExamRegion.objects.select_related("authority", "sitting__programme_version").get(pk=UUID(region))
        handover.import_handover(region=place, content=Path(file).read_bytes(), by=by, now=NOW)


def files(*, only_counting: bool = True) -> int:
    """Return how many files count; or all that stand in the table, whatever they are."""
    where = "WHERE state IN ('waiting', 'linked')" if only_counting else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {HandedOverFile._meta.db_table} {where}")  # noqa: S608  # two words of our own
        return int(cursor.fetchone()[0])


def told() -> int:
    """Return how many passes applications have been told of."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {EarlierPass._meta.db_table}")  # noqa: S608  # a name of our own
        return int(cursor.fetchone()[0])


def test_killed_at_any_instant_everybodys_file_counts_or_nobodys_and_again_completes_it(
    cast: Cast, *, tier: Tier, tmp_path: Path
) -> None:
    world, file = new_world(cast), tmp_path / "files.csv"
    known = many_people(tier[Measure.IMPORT_PEOPLE] // 2)
    file.write_bytes(files_csv(known, strangers=len(known)))
    everybody = 2 * len(known)
    task: dict[str, Any] = {"region": str(world.region.pk), "clerk": str(cast.chu.account.pk), "file": str(file)}
    half_written = killed = 0
    with Mortal(IMPORT_OF_FILES) as mortal:
        for _ in range(3):
            lay_files_aside()
            mortal.live(task)
            assert (files(), told()) == (everybody, len(known))
        for _ in range(tier[Measure.IMPORT_KILLS]):
            lay_files_aside()
            killed += mortal.live(task, kill_after=tier.random.uniform(0, mortal.lifetime))
            assert files() in {0, everybody}
            half_written += 0 < files(only_counting=False) < everybody
            bring_in_files(**task)
            assert files() == files(only_counting=False) == everybody
            assert told() == len(known)
    assert killed > tier[Measure.IMPORT_KILLS] // 5, "hardly anything died: the lifetime was measured wrongly"
    # The twin: half a file does stand in the table, and whoever does not ask for the state of its rows counts it.
    assert half_written > 0


def files_csv(known: Sequence[Person], *, strangers: int) -> bytes:
    """Return a file of these people, each with a pass, and of as many whom nobody knows."""
    numbers = document_numbers_of([person.pk for person in known])
    born = date(1950, 1, 1)
    rows = [
        [f"D{at:06d}", person.name, numbers[person.pk].number, "安装工程", "basics", "2025", ""]
        for at, person in enumerate(known)
    ]
    rows += [
        [
            f"E{at:06d}",
            "某人",
            make_resident_id("140321", born + timedelta(days=at), 7),
            "安装工程",
            "practice",
            "2025",
            "",
        ]
        for at in range(strangers)
    ]
    return csv_of([["档案号", "姓名", "证件号码", "专业", "合格科目", "合格年度", "有效至"], *rows]).encode()


def lay_files_aside() -> None:
    HandedOverFile.objects.all().delete()
    EarlierPass.objects.all().delete()
