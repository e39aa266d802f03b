"""Earlier years' passes and candidate file numbers: linked by number, or by a person; noted where they are read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jinbang.application.models import EarlierPass
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.identity import DocumentKind
from jinbang.people import actions as people
from jinbang.people.models import Person
from jinbang.people.queries import document_number_of
from jinbang.people.states import Role
from jinbang.results import basis, handed_over, queries
from jinbang.results.actions import handover
from jinbang.results.actions.columns import name_columns
from jinbang.results.errors import (
    NobodyOnRecord,
    ResultsNotFound,
    RosterFileFaulty,
    SamePersonTwice,
    TableWithoutColumn,
)
from jinbang.results.models import HandedOverFile
from jinbang.results.roster_file import RosterFaultKind as Kind
from jinbang.sittings.models import ExamRegion
from tests.cast import LIN_NUMBER, NOW, Cast
from tests.results.test_actions_enrol import LONG, OLD, number
from tests.results.test_actions_marks import Killed, killed_at
from tests.results.world import (
    World,
    bring_in,
    csv_of,
    enrol,
    many_people,
    new_world,
    outcome_of,
    sealed,
    set_pass_mark,
    set_pass_marks,
    signed,
    validated,
    with_roles,
)

pytestmark = pytest.mark.django_db
HEADING = ["档案号", "姓名", "证件号码", "级别", "专业", "合格科目", "合格年度", "有效至"]
BASICS, PRACTICE = "建设工程造价管理基础知识", "建设工程计量与计价实务"


@pytest.fixture
def region(cast: Cast) -> ExamRegion:
    return new_world(cast).region


@pytest.fixture
def zhao(cast: Cast) -> Person:
    return people.register_person(name="老赵", kind=DocumentKind.RESIDENT_ID, number=LONG, by=SYSTEM, now=NOW)


def file_of(*rows: list[str]) -> bytes:
    return csv_of([HEADING, *rows]).encode()


def line(name: str, document: str, subject: str = BASICS, *, year: str = "2025", file_number: str = "D1") -> list[str]:
    return [file_number, name, document, "二级", "安装工程", subject, year, "2026"]


def bring(region: ExamRegion, cast: Cast, *rows: list[str]) -> handover.HandoverAnswer:
    return handover.import_handover(region=region, content=file_of(*rows), by=cast.chu.staff, now=NOW)


def noted(person: Person) -> list[tuple[str, int, int | None]]:
    rows = EarlierPass.objects.filter(person=person).order_by("year", "subject_code")
    return list(rows.values_list("subject_code", "year", "counts_through"))


def test_a_document_number_links_and_its_passes_are_noted(region: ExamRegion, cast: Cast, zhao: Person) -> None:
    answer = bring(region, cast, line("老赵", OLD), line("老赵", LONG, PRACTICE, year="2024"))
    assert (answer.linked, answer.waiting, answer.standing) == (1, 0, 0)
    row = HandedOverFile.objects.get()
    assert (row.state, row.person_id, row.file_number) == ("linked", zhao.pk, "D1")
    assert noted(zhao) == [("practice", 2024, 2026), ("basics", 2025, 2026)]


@pytest.mark.parametrize("called", ["有效期至", None])
def test_a_file_that_does_not_say_until_when_a_pass_counts_is_not_taken_to_mean_for_good(
    region: ExamRegion, cast: Cast, zhao: Person, *, called: str | None
) -> None:
    heading = [*HEADING[:-1], *([called] if called else [])]
    row = line("老赵", LONG)[: len(heading)]
    with pytest.raises(TableWithoutColumn) as refusal:
        stated_in(region, cast, heading, row)
    assert refusal.value.fields["column"] == "有效至"
    assert noted(zhao) == []
    bring(region, cast, [*line("老赵", LONG)[:-1], ""])
    assert noted(zhao) == [("basics", 2025, None)]


def test_columns_that_are_not_read_are_named(region: ExamRegion, cast: Cast, zhao: Person) -> None:
    content = csv_of([[*HEADING, "备注"], [*line("老赵", LONG), "补考"]]).encode()
    answer = handover.check_handover(region=region, content=content, by=cast.chu.staff)
    assert answer.read.ignored == ("备注",)


def test_a_name_alone_links_nobody_and_another_name_waits(region: ExamRegion, cast: Cast, zhao: Person) -> None:
    answer = bring(region, cast, line("老赵", number(1)), line("小赵", LONG, file_number="D2"))
    assert (answer.linked, answer.waiting) == (0, 2)
    assert noted(zhao) == []
    other = next(row for row in map(handed_over.opened, HandedOverFile.objects.all()) if row.other_name)
    assert (other.name, other.other_name, other.number.number) == ("小赵", "老赵", LONG)


def test_the_same_file_again_changes_nothing_and_another_content_is_a_fault(
    region: ExamRegion, cast: Cast, zhao: Person
) -> None:
    bring(region, cast, line("老赵", LONG))
    assert bring(region, cast, line("老赵", OLD)).standing == 1
    with pytest.raises(RosterFileFaulty) as refusal:
        bring(region, cast, line("老赵", LONG, year="2024"))
    assert [fault.kind for fault in refusal.value.read.faults] == [Kind.STANDS_OTHERWISE]
    assert HandedOverFile.objects.count() == 1


def test_somebody_links_what_waits_and_undoes_a_wrong_link(region: ExamRegion, cast: Cast, zhao: Person) -> None:
    bring(region, cast, line("赵某", number(1)))
    row = HandedOverFile.objects.get()
    with pytest.raises(NobodyOnRecord):
        handover.link_file(file_id=row.pk, kind=DocumentKind.RESIDENT_ID, number=number(2), by=cast.chu.staff, now=NOW)
    handover.link_file(file_id=row.pk, kind=DocumentKind.RESIDENT_ID, number=OLD, by=cast.chu.staff, now=NOW)
    assert noted(zhao) == [("basics", 2025, 2026)]
    handover.unlink_file(file_id=row.pk, reason="同名", by=cast.chu.staff, now=NOW)
    assert noted(zhao) == []
    handover.reject_file(file_id=row.pk, reason="查无此人", by=cast.chu.staff, now=NOW)
    assert HandedOverFile.objects.get().state == "rejected"
    assert bring(region, cast, line("赵某", number(1))).waiting == 1, "what was rejected may come again"


def test_what_was_noted_otherwise_stays(region: ExamRegion, cast: Cast, zhao: Person) -> None:
    EarlierPass.objects.create(
        person=zhao,
        programme_code="cost-engineer-2",
        level_code="level-2",
        specialty_code="installation",
        subject_code="practice",
        year=2023,
        counts_through=2026,
    )
    bring(region, cast, line("老赵", LONG))
    assert noted(zhao) == [("practice", 2023, 2026), ("basics", 2025, 2026)]
    handover.unlink_file(file_id=HandedOverFile.objects.get().pk, reason="错", by=cast.chu.staff, now=NOW)
    assert noted(zhao) == [("practice", 2023, 2026)]


@pytest.mark.parametrize(
    "at,value,kind",
    [
        (0, "D" * 33, Kind.FILE_NUMBER_WRONG),
        (1, "", Kind.NAME_MISSING),
        (2, "110105194912310021", Kind.NUMBER_WRONG),
        (3, "九级", Kind.LEVEL_UNKNOWN),
        (4, "航天", Kind.SPECIALTY_UNKNOWN),
        (5, "英语", Kind.SUBJECT_UNKNOWN),
        (6, "25", Kind.YEAR_WRONG),
        (7, "2024", Kind.YEAR_WRONG),
    ],
)
def test_one_wrong_line_and_nothing_is_taken(
    region: ExamRegion, cast: Cast, zhao: Person, *, at: int, value: str, kind: Kind
) -> None:
    wrong = line("老赵", LONG)
    wrong[at] = value
    with pytest.raises(RosterFileFaulty) as refusal:
        bring(region, cast, line("甲", number(3), file_number="D3"), wrong)
    assert [(fault.line, fault.kind) for fault in refusal.value.read.faults] == [(3, kind)]
    assert not HandedOverFile.objects.exists()


def test_only_the_regions_marks_clerk_sees_or_links(region: ExamRegion, cast: Cast, zhao: Person) -> None:
    bring(region, cast, line("赵某", number(1)))
    row = HandedOverFile.objects.get()
    for member in (cast.wu, cast.wei, cast.he):
        with pytest.raises(ResultsNotFound):
            handover.reject_file(file_id=row.pk, reason="x", by=member.staff, now=NOW)


@pytest.mark.parametrize("is_linked", [True, False])
def test_what_another_systems_file_states_completes_the_level_once_it_is_linked(
    cast: Cast, zhao: Person, *, is_linked: bool
) -> None:
    world = new_world(cast)
    enrol(world, [zhao], subjects=("practice",))
    set_pass_marks(world)
    bring_in(world)
    before = basis.basis_hash_of(validated(world))
    if is_linked:
        bring(world.region, cast, line("老赵", LONG))
    release = validated(world)
    assert (basis.basis_hash_of(release) != before) == is_linked
    verdicts = {one["code"]: one["verdict"] for one in outcome_of(world).subjects}
    assert verdicts == {"basics": "retained" if is_linked else "none", "practice": "passed"}
    assert outcome_of(world).overall == ("passed" if is_linked else "partial")


@pytest.mark.parametrize("deed", ["bring", "link", "unlink", "reject"])
def test_whoever_dealt_with_an_earlier_pass_does_not_sign_what_rests_on_it(
    world: World, cast: Cast, quick_signing: None, *, deed: str
) -> None:
    """What was passed before makes somebody's outcome as much as a mark does."""
    lyu = with_roles(cast.lyu, Role.MARKS_CLERK, at=cast.shanxi)
    first = lyu if deed == "bring" else cast.chu
    content = file_of(line("某人", number(3)))
    handover.import_handover(region=world.region, content=content, by=first.staff, now=NOW)
    waiting = HandedOverFile.objects.get().pk
    if deed in {"link", "unlink"}:
        by = (lyu if deed == "link" else cast.chu).staff
        handover.link_file(file_id=waiting, kind=DocumentKind.RESIDENT_ID, number=LIN_NUMBER, by=by, now=NOW)
    if deed == "unlink":
        handover.unlink_file(file_id=waiting, reason="另一人", by=lyu.staff, now=NOW)
    if deed == "reject":
        handover.reject_file(file_id=waiting, reason="无此人", by=lyu.staff, now=NOW)
    set_pass_marks(world)
    bring_in(world)
    release = sealed(world)
    assert str(lyu.account.pk) in queries.authors_of(release)
    with pytest.raises(SamePersonTwice):
        signed(release, lyu)
    assert signed(release, cast.he).state == "sealed"


# ---------------------------------------------------------------- the way and the syllabus of a pass
def stated_in(region: ExamRegion, cast: Cast, heading: list[str], *rows: list[str]) -> None:
    content = csv_of([heading, *rows]).encode()
    handover.import_handover(region=region, content=content, by=cast.chu.staff, now=NOW)


def test_a_pass_made_on_a_shorter_way_counts_for_whoever_goes_that_way(cast: Cast, zhao: Person) -> None:
    world = new_world(cast, code="constructor-1")
    level = world.region.sitting.programme_version.programme.levels[0]
    track = level.tracks[0]
    specialty = level.specialties[0]
    subjects = world.region.sitting.programme_version.programme.subjects_for(
        level=level.code, specialty=specialty.code, track=track.code
    )
    first, *others = [one.code for one in subjects]
    entries = enrol(world, [zhao], subjects=others, level=level.code, specialty=specialty.code, track=track.code)
    assert entries
    heading = ["姓名", "证件号码", "专业", "考试类别", "合格科目", "合格年度", "有效至"]
    stated_in(world.region, cast, heading, ["老赵", LONG, specialty.name, track.name, first, "2025", "2026"])
    for code in (one.code for one in subjects):
        set_pass_mark(world, code, 60, level=level.code)
    bring_in(world)
    validated(world)
    outcome = outcome_of(world)
    assert {one["code"]: one["verdict"] for one in outcome.subjects}[first] == "retained"
    assert outcome.overall == "passed"


def test_a_subject_that_the_way_is_exempt_from_cannot_have_been_passed_on_it(cast: Cast, zhao: Person) -> None:
    world = new_world(cast)
    heading = ["姓名", "证件号码", "专业", "考试类别", "合格科目", "合格年度", "有效至"]
    with pytest.raises(RosterFileFaulty) as refusal:
        stated_in(world.region, cast, heading, ["老赵", LONG, "安装工程", "exempt-basics", BASICS, "2025", ""])
    assert [fault.kind for fault in refusal.value.read.faults] == [Kind.SUBJECT_UNKNOWN]
    with pytest.raises(RosterFileFaulty) as refusal:
        stated_in(world.region, cast, heading, ["老赵", LONG, "安装工程", "免三科", PRACTICE, "2025", ""])
    assert [fault.kind for fault in refusal.value.read.faults] == [Kind.TRACK_UNKNOWN]


def test_a_pass_of_the_earlier_syllabus_stands_for_the_subject_it_has_become(cast: Cast, zhao: Person) -> None:
    world = new_world(cast, code="real-estate-appraiser")
    programme = world.region.sitting.programme_version.programme
    new = [one.code for one in programme.levels[0].subjects]
    others = [code for code in new if code != "practice"]
    enrol(world, [zhao], subjects=others, level="registered", specialty="")
    heading = ["姓名", "证件号码", "合格科目", "合格年度", "有效至"]
    stated_in(world.region, cast, heading, ["老赵", LONG, "房地产开发经营与管理", "2020", "2026"])
    for code in new:
        set_pass_mark(world, code, 60, level="registered")
    bring_in(world)
    validated(world)
    verdicts = {one["code"]: (one["verdict"], one["passed_year"]) for one in outcome_of(world).subjects}
    assert verdicts["practice"] == ("retained", 2020)
    assert outcome_of(world).overall == "passed"
    assert noted(zhao) == [("practice", 2020, 2026)], "whoever applies chooses among the new subjects"
    handover.unlink_file(file_id=HandedOverFile.objects.get().pk, reason="错", by=cast.chu.staff, now=NOW)
    assert noted(zhao) == []


def test_what_no_longer_counts_under_the_new_syllabus_is_said_to_have_lapsed(cast: Cast, zhao: Person) -> None:
    world = new_world(cast, code="real-estate-appraiser")
    new = [one.code for one in world.region.sitting.programme_version.programme.levels[0].subjects]
    enrol(world, [zhao], subjects=[code for code in new if code != "practice"], level="registered", specialty="")
    heading = ["姓名", "证件号码", "合格科目", "合格年度", "有效至"]
    stated_in(world.region, cast, heading, ["老赵", LONG, "房地产开发经营与管理", "2020", "2022"])
    for code in new:
        set_pass_mark(world, code, 60, level="registered")
    bring_in(world)
    validated(world)
    assert outcome_of(world).overall == "partial"
    assert outcome_of(world).validity["lapsed"] == [["practice", 2020]]


# ---------------------------------------------------------------- in short steps, and all or none
PEOPLE = 5


def everybody(cast: Cast) -> list[list[str]]:
    """Return lines for somebody on record and four whom nobody knows."""
    known = line("老赵", LONG, file_number="D0")
    return [known, *(line(f"名册{at}", number(at), file_number=f"D{at}") for at in range(1, PEOPLE))]


def counting() -> int:
    return HandedOverFile.objects.filter(state__in=["waiting", "linked"]).count()


def count_of_links(row: HandedOverFile) -> int:
    return StateChange.objects.filter(subject_id=row.pk, event="link").count()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the dead leave their cursors open
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_all_files_count_or_none_and_again_completes_it(
    region: ExamRegion, cast: Cast, zhao: Person, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "FILES_AT_ONCE", 2)
    half_written = unnoted = 0
    for nth in range(1, 200):
        try:
            with killed_at(monkeypatch, nth):
                bring(region, cast, *everybody(cast))
        except Killed:
            assert counting() in {0, PEOPLE}
            half_written += 0 < HandedOverFile.objects.count() < PEOPLE
            unnoted += counting() == PEOPLE and noted(zhao) == []
            bring(region, cast, *everybody(cast))
            assert (counting(), HandedOverFile.objects.count()) == (PEOPLE, PEOPLE)
            assert noted(zhao) == [("basics", 2025, 2026)]
            assert count_of_links(HandedOverFile.objects.get(person=zhao)) == 1
            HandedOverFile.objects.all().delete()
            EarlierPass.objects.all().delete()
        else:
            break
    assert nth > 20, "the loop never reached the end"
    # The twin: files of interrupted imports do stand in the table, and only their state keeps them out.
    assert half_written >= 2
    assert unnoted >= 2


def test_what_only_arrived_is_nobodys_to_see_and_makes_way_to_another_file(
    region: ExamRegion, cast: Cast, zhao: Person, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "_take_in", lambda *_args, **_others: True)
    bring(region, cast, *everybody(cast))
    monkeypatch.undo()
    row = HandedOverFile.objects.filter(state="arriving").first()
    assert row is not None
    assert handed_over.waiting_count(region) == 0
    assert not handed_over.files_in(region, by=cast.chu.staff).exists()
    with pytest.raises(ResultsNotFound):
        handed_over.get_file(row.pk, by=cast.chu.staff)
    bring(region, cast, line("老赵", LONG, PRACTICE, file_number="D9"))
    assert (counting(), HandedOverFile.objects.count()) == (1, PEOPLE)
    assert noted(zhao) == [("practice", 2025, 2026)]
    handover.forget_arriving(region, content=file_of(*everybody(cast)))
    assert HandedOverFile.objects.count() == 1


def test_the_same_bytes_read_otherwise_are_taken_as_they_are_read_now(
    region: ExamRegion, cast: Cast, zhao: Person, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_columns(region=region, names={"档案号": "备注"}, by=cast.chu.staff, now=NOW)
    monkeypatch.setattr(handover, "_take_in", lambda *_args, **_others: True)
    bring(region, cast, line("老赵", LONG))
    monkeypatch.undo()
    assert HandedOverFile.objects.get().file_number == ""
    name_columns(region=region, names={"档案号": ""}, by=cast.chu.staff, now=NOW)
    bring(region, cast, line("老赵", LONG))
    assert HandedOverFile.objects.get().file_number == "D1"
    assert noted(zhao) == [("basics", 2025, 2026)]


def test_forty_people_cost_fewer_statements_than_there_are_people(region: ExamRegion, cast: Cast) -> None:
    people = many_people(40)
    rows = [line(one.name, document_number_of(one).number, file_number="") for one in people]
    with CaptureQueriesContext(connection) as asked:
        bring(region, cast, *rows)
    assert counting() == len(people)
    assert EarlierPass.objects.count() == len(people)
    assert len(asked) < len(people), "not one statement for each of them"


# ---------------------------------------------------------------- a later file says more of somebody
def test_a_later_file_adds_what_it_says_more_and_again_adds_nothing(
    region: ExamRegion, cast: Cast, zhao: Person
) -> None:
    bring(region, cast, line("老赵", LONG))
    later = [line("名册1", number(1), file_number="D2"), line("老赵", OLD), line("老赵", LONG, PRACTICE)]
    checked = handover.check_handover(region=region, content=file_of(*later), by=cast.chu.staff)
    answer = bring(region, cast, *later)
    assert answer == checked
    assert (answer.linked, answer.waiting, answer.standing, answer.added) == (0, 1, 1, {4: 1})
    assert noted(zhao) == [("basics", 2025, 2026), ("practice", 2025, 2026)]
    first, second = HandedOverFile.objects.filter(person=zhao).order_by("addition")
    assert [len(one.passes) for one in (first, second)] == [1, 1]
    again = bring(region, cast, *later)
    assert (again.standing, again.added, HandedOverFile.objects.count()) == (2, {}, 3)
    assert bring(region, cast, line("老赵", LONG, PRACTICE)).standing == 1, "what it leaves out stands"
    assert bring(region, cast, line("老赵", LONG, file_number="")).standing == 1


def test_what_is_added_goes_where_the_first_was_linked_and_waits_where_that_waits(
    region: ExamRegion, cast: Cast, zhao: Person
) -> None:
    bring(region, cast, line("赵某", number(1)), line("名册2", number(2), file_number="D2"))
    by_hand = next(row for row in HandedOverFile.objects.all() if handed_over.name_of(row) == "赵某")
    handover.link_file(file_id=by_hand.pk, kind=DocumentKind.RESIDENT_ID, number=OLD, by=cast.chu.staff, now=NOW)
    people.register_person(name="名册2", kind=DocumentKind.RESIDENT_ID, number=number(2), by=SYSTEM, now=NOW)
    answer = bring(
        region, cast, line("赵某", number(1), PRACTICE), line("名册2", number(2), PRACTICE, file_number="D2")
    )
    assert answer.added == {2: 1, 3: 1}
    assert noted(zhao) == [("basics", 2025, 2026), ("practice", 2025, 2026)]
    assert handed_over.waiting_count(region) == 2, "nobody has said yet whose the first is"
    handover.unlink_file(file_id=by_hand.pk, reason="同名", by=cast.chu.staff, now=NOW)
    assert noted(zhao) == [("practice", 2025, 2026)]
    assert list(handed_over.files_beside(by_hand, by=cast.chu.staff).values_list("addition", flat=True)) == [1]


@pytest.mark.parametrize(
    "row,kind",
    [
        (line("老赵", LONG, year="2024"), Kind.STANDS_OTHERWISE),
        ([*line("老赵", LONG)[:-1], "2027"], Kind.STANDS_OTHERWISE),
        ([*line("老赵", LONG)[:-1], ""], Kind.STANDS_OTHERWISE),
        (line("老赵", LONG, file_number="D9"), Kind.STANDS_OTHERWISE),
        (line("小赵", LONG), Kind.NAME_DIFFERS),
    ],
)
def test_a_contradiction_is_refused_with_its_line_and_nothing_is_added(
    *, region: ExamRegion, cast: Cast, zhao: Person, row: list[str], kind: Kind
) -> None:
    bring(region, cast, line("老赵", LONG))
    more = [*row[:1], row[1], row[2], *row[3:5], PRACTICE, *row[6:]]
    is_of_subject = kind is Kind.STANDS_OTHERWISE and row[0] == "D1"
    given = [more, row] if is_of_subject else [more]
    with pytest.raises(RosterFileFaulty) as refusal:
        bring(region, cast, *given)
    assert [(one.line, one.kind) for one in refusal.value.read.faults] == [(len(given) + 1, kind)]
    assert noted(zhao) == [("basics", 2025, 2026)]
    assert HandedOverFile.objects.count() == 1


def test_what_is_judged_on_an_earlier_file_is_stale_once_a_later_one_adds_to_it(cast: Cast, zhao: Person) -> None:
    world = new_world(cast)
    enrol(world, [zhao], subjects=("practice",))
    set_pass_marks(world)
    bring_in(world, {"T00001": {"practice": "0"}})
    bring(world.region, cast, line("老赵", LONG))
    before = basis.basis_hash_of(validated(world))
    bring(world.region, cast, line("老赵", LONG, PRACTICE, year="2024"))
    assert basis.basis_hash_of(world.release) != before
    validated(world)
    assert {one["code"]: one["verdict"] for one in outcome_of(world).subjects}["basics"] == "retained"
    assert outcome_of(world).overall == "passed"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the dead leave their cursors open
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_all_is_added_or_nothing_and_again_completes_it(
    region: ExamRegion, cast: Cast, zhao: Person, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "FILES_AT_ONCE", 2)
    bring(region, cast, *everybody(cast))
    later = [[*row[:5], PRACTICE, *row[6:]] for row in everybody(cast)]
    half_written = 0
    for nth in range(1, 200):
        try:
            with killed_at(monkeypatch, nth):
                bring(region, cast, *later)
        except Killed:
            assert counting() in {PEOPLE, 2 * PEOPLE}
            half_written += PEOPLE < HandedOverFile.objects.count() < 2 * PEOPLE
            bring(region, cast, *later)
            assert (counting(), HandedOverFile.objects.count()) == (2 * PEOPLE, 2 * PEOPLE)
            assert noted(zhao) == [("basics", 2025, 2026), ("practice", 2025, 2026)]
            HandedOverFile.objects.filter(addition=1).delete()
            EarlierPass.objects.filter(subject_code="practice").delete()
        else:
            break
    assert nth > 20, "the loop never reached the end"
    assert half_written >= 2
