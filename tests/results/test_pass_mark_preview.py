"""For whom a pass mark is set, lines drawn for districts, and what is shown before one is approved."""

import json
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from jinbang.people.errors import NotYours
from jinbang.people.states import Role
from jinbang.results import basis
from jinbang.results.actions import pass_marks
from jinbang.results.actions.outcomes import judge_outcomes
from jinbang.results.actions.pass_marks import Whom
from jinbang.results.districts import district_names
from jinbang.results.errors import DistrictElsewhere
from jinbang.results.local_lines import judged_locally, lines_for
from jinbang.results.models import Outcome, PassMark, RosterEntry
from jinbang.results.preview import preview_proposals
from jinbang.results.rules import Judgement, SubjectOutcome
from jinbang.results.states import MarkStatus, Overall, PassMarkState, Reach, Verdict
from tests.cast import NOW, Cast, StaffMember
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.world import (
    World,
    bring_in,
    enrol,
    many_people,
    outcome_of,
    sealed,
    set_pass_marks,
    validated,
    with_roles,
)

COUNTY, CITY = "140311", "140300"
GIVEN = {
    "T00001": {"basics": "55", "practice": "70"},
    "T00002": {"basics": "55", "practice": "40"},
    "T00003": {"basics": "80", "practice": "80"},
    "T00004": {"basics": "55", "practice": "缺考"},
}


# ---------------------------------------------------------------- the pure rule
def test_a_county_has_its_own_line_before_its_citys_and_others_have_none() -> None:
    key = ("level-2", "basics")
    lines = {CITY: {key: 5500}, COUNTY: {key: 5000}}
    assert lines_for(COUNTY, lines) == {key: 5000}
    assert lines_for("140321", lines) == {key: 5500}
    assert lines_for("140100", lines) == lines_for("", lines) == {}


def line(number: int | None, *, pass_mark: int = 6000, code: str = "a") -> SubjectOutcome:
    if number is None:
        return SubjectOutcome(code, MarkStatus.ABSENT, None, pass_mark, Verdict.NONE)
    verdict = Verdict.PASSED if number >= pass_mark else Verdict.FAILED
    return SubjectOutcome(code, MarkStatus.SCORED, number, pass_mark, verdict)


@pytest.mark.parametrize(
    "numbers,overall",
    [
        ((5500, 6000), Overall.PASSED_LOCALLY),
        ((5000, 5000), Overall.PASSED_LOCALLY),
        ((4999, 9000), Overall.FAILED),
        ((5500, None), Overall.FAILED),
    ],
)
def test_every_subject_of_the_same_sitting_must_reach_the_local_line(
    numbers: tuple[int | None, ...], overall: Overall
) -> None:
    lines = tuple(line(number, code=code) for number, code in zip(numbers, "ab", strict=True))
    judged = judged_locally(
        Judgement(Overall.FAILED, lines, {}), level_code="l", lines={("l", "a"): 5000, ("l", "b"): 5000}
    )
    assert judged.overall is overall


def test_a_pass_from_an_earlier_year_does_not_join_a_local_one() -> None:
    lines = (line(5500), replace(line(None, code="b"), verdict=Verdict.RETAINED))
    judged = judged_locally(Judgement(Overall.PARTIAL, lines, {}), level_code="l", lines={("l", "a"): 5000})
    assert judged.overall is Overall.PARTIAL


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000)), min_size=1, max_size=4), st.integers(1, 6000))
def test_a_local_line_never_takes_a_pass_away_and_gives_one_just_where_all_reach_it(
    numbers: list[int | None], local: int
) -> None:
    lines = tuple(line(number, code=str(place)) for place, number in enumerate(numbers))
    passed = all(number is not None and number >= 6000 for number in numbers)
    before = Judgement(Overall.PASSED if passed else Overall.FAILED, lines, {})
    after = judged_locally(before, level_code="l", lines={("l", str(place)): local for place in range(len(numbers))})
    reached = all(number is not None and number >= local for number in numbers)
    expected = Overall.PASSED if passed else Overall.PASSED_LOCALLY if reached else Overall.FAILED
    assert after.overall is expected


pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- proposing
@pytest.fixture
def counties(world: World) -> World:
    """Return four people, the first two and the last registered in a county, the third elsewhere."""
    enrol(world, many_people(2)[1:])
    for place, district in enumerate((COUNTY, COUNTY, "140100", COUNTY)):
        RosterEntry.objects.filter(pk=world.entries[place].pk).update(district=district)
    return world


def propose(world: World, mark: int, whom: Whom, *, subject: str = "basics", by: StaffMember | None = None) -> PassMark:
    return pass_marks.propose_pass_mark(
        region=world.region,
        level_code="level-2",
        subject_code=subject,
        mark_hundredths=mark,
        document_number="晋人社厅函〔2026〕31号",
        by=(by or world.cast.jiang).staff,
        now=NOW,
        whom=whom,
    )


def approve(world: World, proposed: PassMark) -> None:
    pass_marks.approve_pass_mark(pass_mark_id=proposed.pk, by=world.cast.shen.staff, now=NOW)


def test_a_mark_for_the_whole_sitting_holds_where_no_region_has_its_own(counties: World) -> None:
    approve(counties, propose(counties, 5000, Whom(Reach.SITTING)))
    assert basis.pass_marks_of(counties.region) == {("level-2", "basics"): 5000}
    assert PassMark.objects.get().region is None
    approve(counties, propose(counties, 5800, Whom()))
    assert basis.pass_marks_of(counties.region) == {("level-2", "basics"): 5800}


def test_only_whoever_works_for_its_owner_sets_a_mark_for_a_whole_sitting(counties: World, cast: Cast) -> None:
    type(counties.region.sitting).objects.update(owner=cast.nation)
    provincial = with_roles(cast.han, Role.PASS_MARK_OFFICER, at=cast.shanxi)
    propose(counties, 5000, Whom(), by=provincial)
    with pytest.raises(NotYours):
        propose(counties, 5000, Whom(Reach.SITTING), by=provincial)


@pytest.mark.parametrize("district", ["", "500100", "140200"])
def test_a_line_is_drawn_only_for_a_district_of_people_on_the_roster(counties: World, district: str) -> None:
    with pytest.raises(DistrictElsewhere):
        propose(counties, 5000, Whom(Reach.DISTRICT, district))


@pytest.mark.parametrize("district", [COUNTY, CITY])
def test_whoever_reaches_only_the_districts_line_passes_there_only(counties: World, district: str) -> None:
    set_pass_marks(counties)
    bring_in(counties, GIVEN)
    approve(counties, propose(counties, 5000, Whom(Reach.DISTRICT, district)))
    validated(counties)
    found = [outcome_of(counties, place) for place in range(4)]
    assert [outcome.overall for outcome in found] == ["passed_locally", "failed", "passed", "failed"]
    local = found[0].subjects[0]
    assert (local["verdict"], local["pass_mark_hundredths"]) == ("passed_locally", 5000)


def test_a_districts_line_is_part_of_what_is_judged_on_and_of_what_is_signed(counties: World) -> None:
    set_pass_marks(counties)
    bring_in(counties, GIVEN)
    before = sealed(counties)
    hash_before, basis_before = before.warrant["pass_mark_hash"], before.basis_hash
    type(before).objects.update(state="draft")
    approve(counties, propose(counties, 5000, Whom(Reach.DISTRICT, COUNTY)))
    after = sealed(counties)
    assert after.warrant["pass_mark_hash"] != hash_before
    assert after.basis_hash != basis_before


# ---------------------------------------------------------------- the preview
@pytest.fixture
def proposed(counties: World) -> World:
    """Return the same with marks, an approved pass mark of 60, and 50 proposed for the county."""
    set_pass_marks(counties)
    bring_in(counties, GIVEN)
    propose(counties, 5000, Whom(Reach.DISTRICT, COUNTY))
    return counties


def test_the_preview_is_what_really_happens_when_it_is_approved(proposed: World) -> None:
    """The oracle: approve it, judge everybody, and count."""
    shown = preview_proposals(proposed.region)
    before = {outcome.entry_id: outcome.overall for outcome in judged(proposed)}
    approve(proposed, PassMark.objects.get(state=PassMarkState.PROPOSED.value))
    after = {outcome.entry_id: outcome.overall for outcome in judged(proposed)}
    assert {change.entry.pk: (change.before.value, change.after.value) for change in shown.changes} == {
        pk: (before[pk], after[pk]) for pk in before if before[pk] != after[pk]
    }
    assert [(change.before, change.after) for change in shown.changes] == [(Overall.PARTIAL, Overall.PASSED_LOCALLY)]
    basics = shown.by_subject["level-2", "basics"]
    assert (basics.scored, basics.before, basics.after) == (4, 1, 4)
    there = shown.by_district[COUNTY, ("level-2", "basics")]
    assert (there.scored, there.before, there.after) == (3, 0, 3)
    assert shown.by_district["140100", ("level-2", "basics")].after == 1


def judged(world: World) -> tuple[Outcome, ...]:
    from jinbang.results.models import Release

    release = Release(region=world.region, generation=1, code="as-if", opens_at=NOW)
    return judge_outcomes(release=release, now=NOW).outcomes


def test_looking_at_it_writes_nothing(proposed: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        preview_proposals(proposed.region)
    verbs = {one["sql"].split(maxsplit=1)[0].upper() for one in queries}
    assert verbs <= {"SELECT", "DECLARE", "FETCH", "CLOSE"}, "reads, and PostgreSQL's cursors for them"
    assert len(queries) <= 45
    assert not Outcome.objects.exists()


@pytest.mark.usefixtures("now")
def test_the_page_shows_table_chart_and_who_changes_to_those_who_decide_and_to_nobody_else(
    proposed: World, cast: Cast, client_of: ClientOf
) -> None:
    address = url("preview-pass-marks", proposed.region.pk)
    for client in (client_of(cast.jiang), client_of(cast.shen)):
        shown = text_of(client.get(address))
        assert "T00001" in shown.split("结论会变的人")[-1]
        assert "T00003" not in shown
        assert "60（单独划线 50）" in shown, "the line that lets them pass stands beside the ordinary one"
        assert "1（25.0%）" in shown
        assert "4（100.0%）" in shown
        chart = re.search(r'<script id="chart-by-subject" type="application/json">(.*?)</script>', shown)
        assert chart is not None
        assert json.loads(chart[1])["series"] == {"现在合格": [1, 2], "批准以后合格": [4, 2]}
    assert "批准" in text_of(client_of(cast.shen).get(address))
    for member in (cast.wu, cast.chu, cast.wei, cast.he, cast.lyu, cast.zhou, cast.han, cast.qian, cast.chen):
        assert client_of(member).get(address).status_code == 403
    outsider = with_roles(cast.zheng, Role.PASS_MARK_OFFICER, at=cast.chongqing)
    assert client_of(outsider).get(address).status_code == 404


@pytest.mark.usefixtures("now")
def test_nobody_approves_from_a_page_that_does_not_show_what_would_come_of_it(
    proposed: World, cast: Cast, client_of: ClientOf
) -> None:
    shown = text_of(client_of(cast.shen).get(url("region", proposed.region.pk)))
    preview = url("preview-pass-marks", proposed.region.pk)
    approving = url("approve-pass-mark", PassMark.objects.get(state=PassMarkState.PROPOSED.value).pk)
    assert approving not in shown
    assert preview in shown
    assert approving in text_of(client_of(cast.shen).get(preview))


@pytest.mark.usefixtures("now")
def test_whoever_decides_sees_what_is_left_in_the_light_of_what_was_decided(
    proposed: World, cast: Cast, client_of: ClientOf
) -> None:
    more = propose(proposed, 5500, Whom(), subject="practice")
    first = PassMark.objects.exclude(pk=more.pk).get(state=PassMarkState.PROPOSED.value)
    shen = client_of(cast.shen)
    answer = post(shen, url("approve-pass-mark", first.pk))
    assert answer["Location"] == url("preview-pass-marks", proposed.region.pk)
    answer = post(shen, url("reject-pass-mark", more.pk), {"reason": "文件号有误"})
    assert answer["Location"] == url("region", proposed.region.pk)


def test_a_city_is_named_by_its_code_with_or_without_the_two_zeros(cast: Cast) -> None:
    assert cast.yangquan.code == "1403"
    assert district_names([CITY, "1403", COUNTY]) == {
        CITY: "阳泉市（140300）",
        "1403": "阳泉市（1403）",
        COUNTY: COUNTY,
    }


@pytest.mark.usefixtures("now")
def test_a_line_for_the_whole_sitting_is_shown_with_its_totals_over_all_regions_in_reach(
    counties: World, cast: Cast, client_of: ClientOf
) -> None:
    address = url("preview-pass-marks", counties.region.pk)
    set_pass_marks(counties)
    bring_in(counties, GIVEN)
    propose(counties, 5000, Whom(Reach.DISTRICT, COUNTY))
    assert "个考区合计" not in text_of(client_of(cast.jiang).get(address))
    other = World(cast, counties.region.sitting.regions.create(authority=cast.chongqing))
    other.entries.extend(counties.entries)  # ticket numbers go on from here
    enrol(other, many_people(9)[4:])
    del other.entries[: len(counties.entries)]
    clerk = with_roles(cast.chu, Role.MARKS_CLERK, at=cast.chongqing)
    verifier = with_roles(cast.wei, Role.MARKS_VERIFIER, at=cast.chongqing)
    bring_in(replace(other, cast=replace(cast, chu=clerk, wei=verifier)), {"T00005": {"basics": "61"}})
    with CaptureQueriesContext(connection) as few:
        shown = text_of(client_of(cast.jiang).get(address))
    chart = re.search(r'<script id="chart-over-regions" type="application/json">(.*?)</script>', shown)
    assert "全部 2 个考区合计" in shown
    assert chart is not None
    here, there = preview_proposals(counties.region).by_subject, preview_proposals(other.region).by_subject
    keys = list(here)
    assert json.loads(chart[1])["series"] == {
        "现在合格": [here[key].before + there[key].before for key in keys],
        "批准以后合格": [here[key].after + there[key].after for key in keys],
    }
    assert len(few) <= 75
    rows = re.findall(
        r'<a class="govuk-link" href="([^"]*)">([^<]*)</a></th>\s*<td[^>]*>(\d+)</td>\s*<td[^>]*>(\d+)（', shown
    )
    assert {(where, int(scored), int(before)) for where, _name, scored, before in rows} == {
        (url("preview-pass-marks", world.region.pk), tally.scored, tally.before)
        for world, tallies in ((counties, here), (other, there))
        for tally in tallies.values()
    }
    assert {name.split(" · ")[0] for _where, name, _scored, _before in rows} == {"山西省", "重庆市"}
    local = with_roles(cast.zheng, Role.PASS_MARK_OFFICER, at=cast.shanxi)
    assert "个考区合计" not in text_of(client_of(local).get(address))


@pytest.mark.usefixtures("now")
def test_a_line_for_a_district_is_proposed_over_the_page(counties: World, cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.jiang), url("propose-pass-mark", counties.region.pk)
    given = {"subject": "level-2/basics", "mark": "50", "document_number": "晋人社厅函〔2026〕32号"}
    assert "请选择单独划线的地区" in text_of(post(client, address, {**given, "reach": "district"}))
    answer = post(client, address, {**given, "reach": "district", "district": COUNTY})
    assert answer["Location"] == reverse("results:preview-pass-marks", args=[counties.region.pk])
    assert (PassMark.objects.get().district, PassMark.objects.get().region) == (COUNTY, counties.region)
    post(client, address, {**given, "reach": "sitting"})
    assert PassMark.objects.filter(region=None).count() == 1
    shown = text_of(client.get(url("region", counties.region.pk)))
    assert "单独划线" in shown
    assert "全部考区（统一标准）" in shown
