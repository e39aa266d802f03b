"""A sitting in a file: the example that is shipped, and every way in which a planner can get it wrong."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from jinbang.audit.models import StateChange
from jinbang.catalogue.check import find_programme_in_files
from jinbang.people.errors import NotYours
from jinbang.sittings import actions, planning
from jinbang.sittings.errors import FaultKind, GapKind, SittingCodeTaken, SittingFault, SittingFileFaulty
from jinbang.sittings.labels import FAULTS, fault_sentence
from jinbang.sittings.models import Sitting
from jinbang.sittings.plan import FeePlan, RegionPlan, SittingPlan
from jinbang.sittings.plan_check import plan_faults
from jinbang.sittings.sitting_file import KINDS, read_sitting_file
from jinbang.sittings.states import SittingState, WindowKind
from tests.cast import NOW, Cast
from tests.sittings.plans import NATIONAL, SHANXI, at, load_once, site
from tests.sittings.test_queries import shanxi_planner

EXAMPLE = Path(__file__).parents[2] / "docs" / "sitting.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
PLACES = {
    code: (path, code) for code, path in (("cn", "cn/"), ("14", "cn/14/"), ("1403", "cn/14/1403/"), ("50", "cn/50/"))
}


def faults_in(text: str) -> list[tuple[str, FaultKind]]:
    with pytest.raises(SittingFileFaulty) as refused:
        read_sitting_file(text.encode())
    return [(fault.key, fault.kind) for fault in refused.value.faults]


def faults_of(plan: SittingPlan) -> list[tuple[str, FaultKind]]:
    programme = find_programme_in_files("cost-engineer-2")
    return [(fault.key, fault.kind) for fault in plan_faults(plan, programme=programme, authorities=PLACES)]


# ---------------------------------------------------------------- the example
def test_the_example_says_what_its_comments_say() -> None:
    plan = read_sitting_file(EXAMPLE.read_bytes())
    windows = {window.kind: (window.opens, window.closes) for window in plan.windows}
    assert windows[WindowKind.APPLICATION] == (at(date(2027, 3, 1), 9), at(date(2027, 3, 20), 0))
    assert windows[WindowKind.EXAMINATION] == (at(date(2027, 5, 22), 0), at(date(2027, 5, 24), 0))
    assert [(one.subject_code, one.starts) for one in plan.sessions] == [
        ("basics", at(date(2027, 5, 22), 9)),
        ("practice", at(date(2027, 5, 22), 14)),
    ]
    assert [fee.fee_fen for fee in plan.fees] == [6100, 6100]
    (region,) = plan.regions
    assert [(one.code, one.authority_code, one.capacity) for one in region.sites] == [
        ("001", "1401", 600),
        ("002", "1403", 300),
    ]
    assert region.sites[0].is_registration_point
    assert (plan.name_required, plan.sends_ticket_numbers, plan.results_here) == (True, True, True)
    assert plan.review_working_days == 2


@pytest.mark.django_db
def test_the_example_is_created_and_can_be_published_and_is_created_once(cast: Cast) -> None:
    load_once(NOW)
    content = EXAMPLE.read_bytes()
    plan = planning.check_sitting_file(content, by=cast.qian.staff, now=NOW)
    assert Sitting.objects.count() == 0
    sitting = actions.create_sitting(plan, by=cast.qian.staff, now=NOW)
    assert planning.gaps_of(sitting, sitting.programme_version.programme) == ()
    published = actions.publish_sitting(sitting_id=sitting.pk, by=cast.qian.staff, now=NOW)
    assert published.state == SittingState.PUBLISHED
    assert StateChange.objects.get(subject_id=sitting.pk, event="create").actor_id == cast.qian.account.pk
    with pytest.raises(SittingCodeTaken):
        planning.check_sitting_file(content, by=cast.qian.staff, now=NOW)


@pytest.mark.django_db
def test_a_file_of_another_authority_is_refused(cast: Cast) -> None:
    load_once(NOW)
    theirs = TEXT.replace('owner = "14"', 'owner = "50"').encode()
    with pytest.raises(NotYours):
        planning.check_sitting_file(theirs, by=shanxi_planner(cast), now=NOW)
    with pytest.raises(NotYours):
        planning.check_sitting_file(EXAMPLE.read_bytes(), by=cast.wu.staff, now=NOW)
    assert Sitting.objects.count() == 0


# ---------------------------------------------------------------- form
@pytest.mark.parametrize(
    "was,becomes,key,kind",
    [
        ('owner = "14"', "owner = 14", "owner", FaultKind.NOT_TEXT),
        ('owner = "14"', "", "owner", FaultKind.MISSING),
        ('owner = "14"', 'owner = "14"\ncolour = "red"', "colour", FaultKind.UNKNOWN_KEY),
        ("year = 2027\n", 'year = "2027"\n', "year", FaultKind.NOT_NUMBER),
        ("year = 2027\n", "year = 27\n", "year", FaultKind.OUT_OF_RANGE),
        ("first_day = 2027-05-22", 'first_day = "22.5.2027"', "first_day", FaultKind.NOT_DATE),
        ("first_day = 2027-05-22", "first_day = 0001-01-01", "first_day", FaultKind.NOT_DATE),
        ("name_required = true", 'name_required = "yes"', "name_required", FaultKind.NOT_YES_NO),
        ('site_policy = "candidate"', 'site_policy = "anybody"', "site_policy", FaultKind.NOT_KNOWN),
        ('code = "sx-cost', 'code = "SX cost', "code", FaultKind.NOT_CODE),
        ('name = "2027年度二级造价工程师职业资格考试"', 'name = " "', "name", FaultKind.EMPTY),
        ('name = "太原市第一职业中学"', f'name = "{"学" * 121}"', "regions.14.sites.001.name", FaultKind.TOO_LONG),
        ("\npayment = {", "\npaymnt = {", "windows.paymnt", FaultKind.NOT_KNOWN),
        ("closes = 2027-04-07 }", 'closes = "四月七日" }', "windows.payment.closes", FaultKind.NOT_INSTANT),
        ("closes = 2027-04-07 }", "closes = 9999-12-31 }", "windows.payment.closes", FaultKind.NOT_INSTANT),
        (
            "payment = { opens = 2027-03-03, closes = 2027-04-07 }",
            "payment = 3",
            "windows.payment",
            FaultKind.NOT_TABLE,
        ),
        (
            "fee_fen = 6100\n\n[[subjects]]",
            "fee_fen = 61.5\n\n[[subjects]]",
            "subjects.level-2/basics.fee_fen",
            FaultKind.NOT_NUMBER,
        ),
        ("ends = 2027-05-22T11:30:00", "", "subjects.level-2/basics", FaultKind.HALF_A_SESSION),
        ("places = 600", "places = 0", "regions.14.sites.001.places", FaultKind.OUT_OF_RANGE),
        ("09:00-12:00 13:30-17:00", "上午", "regions.14.sites.001.opening_hours", FaultKind.HOURS_UNCLEAR),
        ('# forward_url = "https://', 'forward_url = "ftp://', "forward_url", FaultKind.NOT_URL),
        ('kind = "formal"', 'kind = "rumour"', "notices.1.kind", FaultKind.NOT_KNOWN),
        ('owner = "14"', "owner = 14th", "", FaultKind.NOT_TOML),
    ],
)
def test_a_wrong_value_is_named_by_its_key(was: str, becomes: str, *, key: str, kind: FaultKind) -> None:
    assert TEXT.count(was) == 1
    assert faults_in(TEXT.replace(was, becomes)) == [(key, kind)]


def test_everything_wrong_is_said_at_once() -> None:
    text = (
        TEXT.replace("year = 2027\n", "")
        .replace("places = 600", "places = 0")
        .replace("closes = 2027-04-07", "closes = 1")
    )
    assert {key for key, _kind in faults_in(text)} == {"year", "regions.14.sites.001.places", "windows.payment.closes"}


def test_a_fault_of_toml_says_the_line_and_a_file_in_another_encoding_is_told_so() -> None:
    with pytest.raises(SittingFileFaulty) as refused:
        read_sitting_file(b'code = "a"\nyear = = 2\n')
    assert "line 2" in fault_sentence(refused.value.faults[0])
    with pytest.raises(SittingFileFaulty) as refused:
        read_sitting_file(TEXT.encode("gb18030"))
    assert "UTF-8" in fault_sentence(refused.value.faults[0])


def test_every_kind_of_fault_has_a_sentence_that_says_what_to_do() -> None:
    assert set(FAULTS) == set(FaultKind) - {FaultKind.GAP}
    assert set(KINDS.values()) <= set(FAULTS)
    for kind in FAULTS:
        assert fault_sentence(SittingFault("owner", kind, "x")).startswith("owner  ")
        assert fault_sentence(SittingFault("owner", kind, "x")).endswith("。")


# ---------------------------------------------------------------- meaning
def test_a_whole_plan_has_no_fault() -> None:
    assert faults_of(SHANXI) == []
    assert faults_of(NATIONAL) == []


@pytest.mark.parametrize(
    "changes,faults",
    [
        (
            {"last_day": date(2026, 5, 22)},
            [
                ("last_day", FaultKind.ENDS_EARLY),
                ("subjects.level-2/basics.starts", FaultKind.OUTSIDE_DAYS),
                ("subjects.level-2/practice.starts", FaultKind.OUTSIDE_DAYS),
            ],
        ),
        ({"owner_code": "99"}, [("owner", FaultKind.NO_AUTHORITY)]),
        (
            {"windows": (*SHANXI.windows[1:], replace(SHANXI.windows[0], closes=SHANXI.windows[0].opens))},
            [("windows.application.closes", FaultKind.ENDS_EARLY)],
        ),
        (
            {"sessions": (replace(SHANXI.sessions[0], ends=SHANXI.sessions[0].starts), SHANXI.sessions[1])},
            [("subjects.level-2/basics.ends", FaultKind.ENDS_EARLY)],
        ),
        ({"sessions": (*SHANXI.sessions, SHANXI.sessions[0])}, [("subjects.level-2/basics", FaultKind.TWICE)]),
        (
            {"fees": (*SHANXI.fees, FeePlan("level-9", "basics", 1))},
            [("subjects.level-9/basics.level", FaultKind.NO_LEVEL)],
        ),
        (
            {"fees": (*SHANXI.fees, FeePlan("level-2", "alchemy", 1))},
            [("subjects.level-2/alchemy.subject", FaultKind.NO_SUBJECT)],
        ),
        ({"regions": (RegionPlan("99", sites=(site("01"),)),)}, [("regions.99.authority", FaultKind.NO_AUTHORITY)]),
        (
            {"regions": (RegionPlan("14", sites=(site("01", city="50"),)),)},
            [("regions.14.sites.01.city", FaultKind.OTHER_REGION)],
        ),
        ({"regions": (RegionPlan("14", sites=(site("01"), site("01"))),)}, [("regions.14.sites.01", FaultKind.TWICE)]),
        (
            {"regions": (RegionPlan("14", sites=(site("01"),), fees=(FeePlan("level-2", "basics", 1),) * 2),)},
            [("regions.14.fees.level-2/basics", FaultKind.TWICE)],
        ),
        ({"regions": SHANXI.regions * 2}, [("regions.14", FaultKind.TWICE)]),
        ({"sessions": SHANXI.sessions[:1]}, [("subjects", FaultKind.GAP)]),
        ({"fees": SHANXI.fees[:1]}, [("subjects", FaultKind.GAP)]),
        ({"windows": SHANXI.windows[:2]}, [("windows", FaultKind.GAP)] * 3),
        ({"regions": (RegionPlan("14"),)}, [("regions.sites", FaultKind.GAP)]),
        ({"regions": ()}, [("regions", FaultKind.GAP)]),
        ({"results_here": False}, [("forward_url", FaultKind.GAP)]),
    ],
)
def test_a_plan_that_does_not_fit_is_told_where(
    changes: dict[str, object], *, faults: list[tuple[str, FaultKind]]
) -> None:
    assert sorted(faults_of(replace(SHANXI, **changes))) == sorted(faults)  # type: ignore[arg-type]  # a plan's own fields


def test_an_unknown_programme_is_one_fault_and_hides_no_other() -> None:
    faults = plan_faults(replace(SHANXI, owner_code="99"), programme=None, authorities=PLACES)
    assert {(fault.key, fault.kind) for fault in faults} == {
        ("programme", FaultKind.NO_PROGRAMME),
        ("owner", FaultKind.NO_AUTHORITY),
    }


def test_a_gap_is_said_in_the_words_of_the_desk() -> None:
    (fault,) = plan_faults(
        replace(SHANXI, fees=SHANXI.fees[:1]), programme=find_programme_in_files("cost-engineer-2"), authorities=PLACES
    )
    assert fault.gap is not None
    assert fault.gap.kind is GapKind.FEE
    assert "建设工程计量与计价实务" in fault_sentence(fault)
