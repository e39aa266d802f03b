"""A roster out of a file: who is matched by what, every line answered, everybody or nobody, twice the same is once."""

from datetime import date

import pytest

from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people import actions as people
from jinbang.people.models import Person
from jinbang.results.actions import enrol
from jinbang.results.errors import MarksSealed, ResultsNotFound, RosterFileFaulty, TableWithoutColumn
from jinbang.results.models import RosterEntry
from jinbang.results.roster_file import RosterFaultKind as Kind
from jinbang.sittings.models import ExamRegion
from tests.cast import NOW, Cast
from tests.results.world import World, bring_in, csv_of, new_world, sealed, set_pass_marks

pytestmark = pytest.mark.django_db
OLD = "110105491231002"
LONG = "11010519491231002X"
HEADING = ["准考证号", "姓名", "证件号码", "级别", "专业", "科目", "区划代码"]


def number(at: int) -> str:
    return make_resident_id("140303", date(1990, 1, 1 + at), 100 + at)


def lines(count: int = 3) -> list[list[str]]:
    return [
        [f"26{at:04d}", f"名册{chr(0x4E00 + at)}", number(at), "二级", "安装工程", "", "140300"] for at in range(count)
    ]


def content(rows: list[list[str]]) -> bytes:
    return csv_of([HEADING, *rows]).encode()


@pytest.fixture
def region(cast: Cast) -> ExamRegion:
    return new_world(cast).region


def bring(region: ExamRegion, rows: list[list[str]], cast: Cast) -> enrol.RosterAnswer:
    return enrol.import_roster(region=region, content=content(rows), by=cast.chu.staff, now=NOW)


def faults(region: ExamRegion, rows: list[list[str]], cast: Cast) -> list[tuple[int, Kind]]:
    answer = enrol.check_roster(region=region, content=content(rows), by=cast.chu.staff)
    return [(fault.line, fault.kind) for fault in answer.read.faults]


def test_everybody_in_the_file_comes_onto_the_roster(region: ExamRegion, cast: Cast) -> None:
    answer = bring(region, lines(), cast)
    assert (answer.new_people, answer.known_people, answer.added, answer.standing) == (3, 0, 3, 0)
    entry = RosterEntry.objects.get(ticket_number="260001")
    assert (entry.level_code, entry.specialty_code, entry.track_code) == ("level-2", "installation", "full")
    assert (entry.subject_codes, entry.district, entry.application_id) == (["basics", "practice"], "140300", None)


def test_the_dry_run_stores_nothing(region: ExamRegion, cast: Cast) -> None:
    before = Person.objects.count()
    answer = enrol.check_roster(region=region, content=content(lines()), by=cast.chu.staff)
    assert (answer.added, RosterEntry.objects.count(), Person.objects.count()) == (3, 0, before)


def test_the_same_file_again_changes_nothing(region: ExamRegion, cast: Cast) -> None:
    bring(region, lines(), cast)
    before = (Person.objects.count(), StateChange.objects.count())
    answer = bring(region, lines(), cast)
    assert (answer.added, answer.standing) == (0, 3)
    assert (Person.objects.count(), StateChange.objects.count()) == before
    assert bring(region, lines(4), cast).added == 1


def test_fifteen_digits_find_the_person_of_eighteen_and_a_name_alone_finds_nobody(
    region: ExamRegion, cast: Cast
) -> None:
    known = people.register_person(name="老赵", kind=DocumentKind.RESIDENT_ID, number=LONG, by=SYSTEM, now=NOW)
    rows = lines(2)
    rows[0][1:3] = ["老赵", OLD]
    rows[1][1] = "老赵"  # of the same name, with a number of their own
    answer = bring(region, rows, cast)
    assert (answer.known_people, answer.new_people) == (1, 1)
    assert RosterEntry.objects.get(ticket_number="260000").person_id == known.pk
    assert RosterEntry.objects.get(ticket_number="260001").person_id != known.pk


def test_one_wrong_line_and_nobody_is_taken(region: ExamRegion, cast: Cast) -> None:
    rows = lines()
    rows[1][2] = rows[1][2][:-1] + ("0" if rows[1][2][-1] != "0" else "1")
    before = Person.objects.count()
    with pytest.raises(RosterFileFaulty) as refusal:
        bring(region, rows, cast)
    assert [(fault.line, fault.kind) for fault in refusal.value.read.faults] == [(3, Kind.NUMBER_WRONG)]
    assert refusal.value.read.faults[0].value == "", "a document number is shown to nobody"
    assert (RosterEntry.objects.count(), Person.objects.count()) == (0, before)


@pytest.mark.parametrize(
    "column,value,kind",
    [
        (0, "", Kind.TICKET_MISSING),
        (0, "2" * 33, Kind.TICKET_MISSING),
        (0, "２６0000", Kind.TICKET_TWICE),
        (1, "", Kind.NAME_MISSING),
        (2, number(0), Kind.PERSON_TWICE),
        (3, "三级", Kind.LEVEL_UNKNOWN),
        (4, "航天", Kind.SPECIALTY_UNKNOWN),
        (4, "", Kind.SPECIALTY_UNKNOWN),
        (5, "实务（甲）", Kind.SUBJECT_UNKNOWN),
        (6, "山西", Kind.DISTRICT_WRONG),
    ],
)
def test_each_fault_names_its_line(region: ExamRegion, cast: Cast, *, column: int, value: str, kind: Kind) -> None:
    rows = lines()
    rows[2][column] = value
    assert faults(region, rows, cast) == [(4, kind)]


def test_what_contradicts_who_is_on_record_or_on_the_roster_is_a_fault(region: ExamRegion, cast: Cast) -> None:
    bring(region, lines(), cast)
    renamed, other_ticket, taken = lines(), lines(), lines(4)
    renamed[0][1] = "别人"
    other_ticket[0][0] = "269999"
    taken[3][0] = "260001"
    del taken[1]
    assert faults(region, renamed, cast) == [(2, Kind.NAME_DIFFERS)]
    assert faults(region, other_ticket, cast) == [(2, Kind.STANDS_OTHERWISE)]
    assert faults(region, taken, cast) == [(4, Kind.TICKET_TAKEN)]


def test_a_missing_column_is_named(region: ExamRegion, cast: Cast) -> None:
    with pytest.raises(TableWithoutColumn) as refusal:
        enrol.check_roster(region=region, content="准考证号,姓名\n1,甲\n".encode(), by=cast.chu.staff)
    assert refusal.value.fields["column"] == "证件号码"


def test_marks_follow_on_an_imported_roster(cast: Cast) -> None:
    world = new_world(cast)
    bring(world.region, lines(), cast)
    world.entries = list(RosterEntry.objects.order_by("ticket_number").select_related("person"))
    assert bring_in(world).state == "valid"


def test_sealed_results_take_nobody(world: World, cast: Cast) -> None:
    bring_in(world)
    set_pass_marks(world)
    sealed(world)
    with pytest.raises(MarksSealed):
        bring(world.region, lines(), cast)


def test_only_a_marks_clerk_of_the_region_brings_a_roster_in(region: ExamRegion, cast: Cast) -> None:
    for member in (cast.wu, cast.wei, cast.he):
        with pytest.raises(ResultsNotFound):
            enrol.import_roster(region=region, content=content(lines()), by=member.staff, now=NOW)


# ---------------------------------------------------------------- whoever stands there already
def test_another_district_is_said_and_none_is_not(region: ExamRegion, cast: Cast) -> None:
    bring(region, lines(), cast)
    moved = lines()
    moved[1][6] = "140321"
    assert faults(region, moved, cast) == [(3, Kind.STANDS_OTHERWISE)]
    moved[1][6] = ""
    assert faults(region, moved, cast) == []


def test_another_track_is_said_although_the_subjects_are_the_same(region: ExamRegion, cast: Cast) -> None:
    rows = lines(1)
    rows[0][5] = "practice"
    bring(region, rows, cast)
    with_track = csv_of([[*HEADING, "考试类别"], [*rows[0], "exempt-basics"]]).encode()
    answer = enrol.check_roster(region=region, content=with_track, by=cast.chu.staff)
    assert [(fault.line, fault.kind) for fault in answer.read.faults] == [(2, Kind.STANDS_OTHERWISE)]


def test_whoever_stands_in_another_region_of_the_sitting_is_named_as_such(region: ExamRegion, cast: Cast) -> None:
    bring(region, lines(), cast)
    other = ExamRegion.objects.create(sitting=region.sitting, authority=cast.yangquan)
    found = ExamRegion.objects.select_related("authority", "sitting__programme_version").get(pk=other.pk)
    assert faults(found, lines(), cast) == [(line, Kind.STANDS_ELSEWHERE) for line in (2, 3, 4)]
    with pytest.raises(RosterFileFaulty):
        bring(found, lines(), cast)
    assert not RosterEntry.objects.filter(region=found).exists()
