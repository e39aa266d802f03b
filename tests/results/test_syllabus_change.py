"""A change of the syllabus over real rows: earlier subjects sat in its year, and what becomes of their passes after it.

The first-class architects of 2023: nine subjects became six, all passes stay on their eight years, and whoever came
before could still sit the earlier subjects in 2023.
"""

import pytest
from django.test import Client

from jinbang.lookup import queries as lookup
from jinbang.people.queries import document_number_of
from jinbang.results.actions import enrol, marks, statistics
from jinbang.results.models import Outcome, RosterEntry
from jinbang.results.roster_file import RosterFaultKind
from tests.cast import NOW, Cast
from tests.results.test_views_desk import ClientOf, text_of, url
from tests.results.world import OPENS, World, csv_of, new_world, outcome_of, released, set_pass_mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing", "now")]
STRUCTURE, PHYSICS, DESIGN = "建筑结构", "建筑物理与建筑设备", "建筑设计（知识题）"
MERGED, MERGED_NAME = "structure-physics", "建筑结构、建筑物理与设备（知识题）"


def roster_file(cast: Cast, *subjects: str) -> bytes:
    lin = cast.lin.bound
    number = document_number_of(lin, on=NOW.date()).number
    heading = ["准考证号", "姓名", "证件号码", "科目"]
    return csv_of([heading, ["T00001", lin.name, number, "、".join(subjects)]]).encode()


def year_of(cast: Cast, year: int, **given: str) -> World:
    """Play one year for 林: onto the roster by file, marks by file, pass marks where none is fixed, and out."""
    world = new_world(cast, code="architect-1", year=year)
    enrol.import_roster(region=world.region, content=roster_file(cast, *given), by=cast.chu.staff, now=NOW)
    world.entries += RosterEntry.objects.filter(region=world.region)
    for code in set(world.entries[0].subject_codes) & {"structure", "physics"}:
        set_pass_mark(world, code, 6_000, level="level-1")
    content = csv_of([["准考证号", *given], ["T00001", *given.values()]]).encode()
    batch = marks.stage_marks(region=world.region, file_name="f", content=content, by=cast.chu.staff, now=NOW)
    marks.validate_batch(batch_id=batch.pk, totals=batch.manifest, by=cast.wei.staff, now=NOW)
    released(world)
    return world


def lines_of(outcome: Outcome) -> dict[str, tuple[str, int | None]]:
    """Return subject → verdict and the year it is from, of whatever has come to something."""
    return {
        line["code"]: (line["verdict"], line["passed_year"]) for line in outcome.subjects if line["verdict"] != "none"
    }


def test_passes_of_two_years_become_one_subject_and_are_not_lost_the_year_after(cast: Cast) -> None:
    first = outcome_of(year_of(cast, 2022, **{STRUCTURE: "60", PHYSICS: "59"}))
    assert lines_of(first) == {"structure": ("passed", None), "physics": ("failed", None)}
    changed = outcome_of(year_of(cast, 2023, **{PHYSICS: "75"}))
    assert lines_of(changed) == {"physics": ("passed", None), MERGED: ("retained", 2022)}
    assert (changed.overall, changed.validity["kept"]) == ("partial", [[MERGED, 2022, 2029]])
    after = outcome_of(year_of(cast, 2024, **{DESIGN: "80"}))
    assert lines_of(after) == {"design": ("passed", None), MERGED: ("retained", 2022)}
    assert after.validity["kept"] == [["design", 2024, 2031], [MERGED, 2022, 2029]]


def test_both_merged_subjects_passed_in_the_year_of_the_change_stand_the_year_after(cast: Cast) -> None:
    changed = outcome_of(year_of(cast, 2023, **{STRUCTURE: "60", PHYSICS: "61"}))
    assert lines_of(changed)[MERGED] == ("retained", 2023)
    after = outcome_of(year_of(cast, 2024, **{DESIGN: "10"}))
    assert lines_of(after) == {"design": ("failed", None), MERGED: ("retained", 2023)}


def test_an_earlier_subject_sat_beside_what_it_became_counts_for_nothing(cast: Cast) -> None:
    changed = outcome_of(year_of(cast, 2023, **{STRUCTURE: "60", PHYSICS: "61", MERGED_NAME: "20"}))
    assert lines_of(changed) == {MERGED: ("failed", None)}
    assert changed.overall == "failed"


def test_whoever_sat_earlier_subjects_alone_and_came_to_none_is_absent(cast: Cast) -> None:
    assert outcome_of(year_of(cast, 2023, **{STRUCTURE: "缺考", PHYSICS: "缺考"})).overall == "absent"


def test_earlier_subjects_are_over_after_the_year_of_the_change(cast: Cast) -> None:
    world = new_world(cast, code="architect-1", year=2024)
    answer = enrol.check_roster(region=world.region, content=roster_file(cast, STRUCTURE), by=cast.chu.staff)
    assert [fault.kind for fault in answer.read.faults] == [RosterFaultKind.SUBJECT_UNKNOWN]


def test_an_earlier_subject_has_its_name_and_mark_wherever_results_are_read(cast: Cast, client_of: ClientOf) -> None:
    world = year_of(cast, 2023, **{STRUCTURE: "60", PHYSICS: "61.5"})
    shown = lookup.get_release(world.release.pk)
    card = next(iter(lookup.entries_of(shown))).card
    header = lookup.header_of(shown)
    named = {header.subjects[line.code].name: line.mark_hundredths for line in card.subjects}
    assert (named[STRUCTURE], named[PHYSICS]) == (6_000, 6_150)
    assert len(card.subjects) <= header.subjects_each
    assert statistics.count_results(release_id=world.release.pk, now=OPENS) is not None
    client: Client = client_of(cast.jiang)
    assert f"{PHYSICS}（满分 100）" in text_of(client.get(url("propose-pass-mark", world.region.pk)))
    assert PHYSICS in text_of(client_of(cast.chu).get(url("cross-checks", world.region.pk)))
