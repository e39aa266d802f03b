"""The desk's statistics: nothing before the instant, for results officers alone, the same figures on page and paper."""

import re
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jinbang.audit.models import LongWork
from jinbang.people.states import Role
from jinbang.results import paper_queries
from jinbang.results.actions import release as release_actions
from jinbang.results.actions import statistics
from jinbang.results.models import Release, ResultStatistics
from tests.cast import NOW, Cast, client_of
from tests.results.world import (
    AFTER,
    OPENS,
    World,
    approved,
    bring_in,
    decide_all,
    enrol,
    many_people,
    new_world,
    released,
    set_pass_marks,
    with_roles,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "quick_signing")]
NAMES = ("statistics", "statistics-pdf", "statistics-xlsx")
WAITING = "公布以前没有任何统计"


def crowd(cast: Cast, people: int = 40) -> World:
    """Return a region where the first were absent, the next noted, and the rest passed or failed by turns."""
    world = new_world(cast)
    entries = enrol(world, many_people(people))
    for position, entry in enumerate(entries):
        entry.district = ("1401", "1403")[position % 2]
        entry.save()
    set_pass_marks(world)
    fates = ["缺考"] * 6 + ["违纪"] * 2 + ["0"] * 5
    given = {
        entry.ticket_number: {"basics": fates[place] if place < len(fates) else ("75", "45")[place % 2]}
        for place, entry in enumerate(entries)
    }
    bring_in(world, given)
    decide_all(world)
    return world


def counted(world: World) -> Release:
    found = released(world)
    statistics.count_results(release_id=found.pk, now=AFTER)
    return world.release


def address(name: str, found: Release) -> str:
    return reverse(f"results:{name}", args=[found.pk])


def text_of(response: object) -> str:
    assert isinstance(response, HttpResponse)
    return re.sub(r"\s+", " ", response.content.decode())


def cells(text: str, caption: str, row: str) -> dict[str, str]:
    """Return one row of the table under this heading: column → cell."""
    table = re.split(f">{caption}</h[23]>", text, maxsplit=1)[1].split("</table>", 1)[0]
    columns = re.findall(r'<th scope="col"[^>]*>([^<]*)<', table)
    body = table.split(f">{row}</th>", 1)[1].split("</tr>", 1)[0]
    return dict(zip(columns[1:], re.findall(r"<td[^>]*>([^<]*)<", body), strict=True))


def test_the_level_sheet_counts_a_violation_as_one_and_only_those_present_who_have_a_mark(cast: Cast) -> None:
    world = new_world(cast)
    fates = [("违纪", "违纪")] * 8 + [("缺考", "违纪")] * 7 + [("70", "40")] * 25
    entries = enrol(world, many_people(len(fates)))
    set_pass_marks(world)
    bring_in(
        world,
        {
            one.ticket_number: dict(zip(("basics", "practice"), fate, strict=True))
            for one, fate in zip(entries, fates, strict=True)
        },
    )
    decide_all(world)
    page = client_of(cast.he).get(address("statistics", counted(world))).content.decode()
    row = cells(page, "二级", "全部科目")
    assert [row[name] for name in ("报考", "实考", "违纪")] == ["40", "25", "15"]
    assert [row.get(name, "0") for name in ("不合格", "成绩无效", "缺考")] == ["0", "0", "0"]
    assert "按各科中最重的一种只计一次" in page


def test_the_whole_sitting_waits_for_its_last_region_and_adds_up_what_each_publishes(cast: Cast) -> None:
    first = crowd(cast)
    sitting = first.region.sitting
    second = World(cast, sitting.regions.create(authority=cast.chongqing))
    reader = client_of(cast.chu)
    counted(first)
    where = reverse("results:national-statistics", args=[first.region.pk])
    assert "还有 1 个考区没有公布成绩" in text_of(reader.get(where))
    assert reader.get(reverse("results:national-statistics-pdf", args=[first.region.pk])).status_code == 409
    second.region.is_held = False
    second.region.save()
    with CaptureQueriesContext(connection) as queries:
        page = text_of(reader.get(f"{where}?of=level-2.basics"))
    assert len(queries) <= 12
    row = cells(page, "按考区", "山西省")
    assert row["报考"] == "40"
    assert cells(page, "按考区", "合计") == row
    for name, kind in (("pdf", "application/pdf"), ("xlsx", "spreadsheetml")):
        paper = reader.get(reverse(f"results:national-statistics-{name}", args=[first.region.pk]))
        assert kind in paper["Content-Type"]
    assert client_of(cast.zhou).get(where).status_code == 403
    assert client_of(cast.wu).get(where).status_code == 403


def test_there_is_nothing_before_the_instant_and_nothing_can_be_counted(cast: Cast) -> None:
    world = crowd(cast)
    found = approved(world)
    assert statistics.look_for_statistics(now=NOW) == 0
    assert statistics.count_results(release_id=found.pk, now=NOW) is None
    assert not ResultStatistics.objects.exists()
    client = client_of(cast.chu)
    assert WAITING in text_of(client.get(address("statistics", found)))
    for name in NAMES[1:]:
        assert client.get(address(name, found)).status_code == 409


def test_the_worker_counts_once_what_is_out_and_again_what_was_corrected(cast: Cast) -> None:
    world = crowd(cast)
    found = released(world)
    assert statistics.look_for_statistics(now=AFTER) == 1
    assert LongWork.objects.filter(task="jinbang.results.tasks.count_results").count() == 1
    statistics.count_results(release_id=found.pk, now=AFTER)
    assert statistics.look_for_statistics(now=AFTER) == 0
    release_actions.correct_release(
        release_id=found.pk, opens_at=OPENS.replace(day=20), reason="错登", by=cast.chu.staff, now=OPENS
    )
    assert statistics.look_for_statistics(now=AFTER) == 0
    assert WAITING not in text_of(client_of(cast.chu).get(address("statistics", found)))
    released(world, opens_at=OPENS.replace(day=20), now=OPENS)
    assert list(paper_queries.releases_to_count()) == [world.release]


def test_the_page_shows_every_status_in_its_own_column(cast: Cast) -> None:
    found = counted(crowd(cast))
    row = cells(text_of(client_of(cast.he).get(address("statistics", found))), "二级", "建设工程造价管理基础知识")
    assert (row["报考"], row["缺考"]) == ("40", "＊")  # kept back as cover for the two noted
    assert (row["违纪"], row["成绩无效"], row["待核查"]) == ("＊", "0", "0")
    assert (row["实考"], row["合格"], row["不合格"]) == ("32", "13", "19")
    assert (row["合格率（%）"], row["平均分"]) == ("40.6", "50.16")


def test_on_a_telephone_each_figure_of_a_wide_table_stands_beside_its_name(cast: Cast) -> None:
    found = counted(crowd(cast))
    page = text_of(client_of(cast.he).get(f"{address('statistics', found)}?of=level-2.basics"))
    wide, narrow = (
        '<table class="govuk-table jb-figures-table jb-rows">',
        '<table class="govuk-table jb-figures-table">',
    )
    for table in page.split(wide)[1:]:
        columns = re.findall(r'<th scope="col"[^>]*>([^<]*)<', table.split("</thead>", 1)[0])[1:]
        rows = table.split("<tbody", 1)[1].split("</table>", 1)[0].split("</tr>")[:-1]
        assert rows
        assert all(re.findall(r'<td[^>]* data-label="([^"]*)">', row) == columns for row in rows)
    assert page.count(narrow) == 1  # marks and how many: two columns go on any screen
    assert page.count(wide) >= 3


def test_one_subject_is_shown_by_district_age_and_band_with_its_charts(cast: Cast) -> None:
    found = counted(crowd(cast))
    page = text_of(client_of(cast.chu).get(f"{address('statistics', found)}?of=level-2.basics"))
    assert set(re.findall(r'data-chart="chart-(\w+)-', page)) >= {"histogram"}
    assert "阳泉市" in page
    histogram = page.split(">分数分布</h3>", 1)[1].split("</table>", 1)[0]
    people = [int(number) for number in re.findall(r"<td[^>]*>(\d+)<", histogram)]
    assert sum(people) == 32
    assert people[0] == 5  # the zeros, and nobody who has no mark


def test_the_workbook_holds_the_same_figures_as_numbers_and_no_formula(cast: Cast) -> None:
    found = counted(crowd(cast))
    response = client_of(cast.chu).get(address("statistics-xlsx", found))
    assert response.headers["Content-Disposition"] == f'attachment; filename="statistics-{found.code}.xlsx"'
    book = openpyxl.load_workbook(BytesIO(response.content))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    subject = next(row for row in rows if row[0] == "建设工程造价管理基础知识")
    assert subject[1:4] == [40, 32, 13]
    assert not [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 4


def test_the_paper_is_a_pdf(cast: Cast) -> None:
    response = client_of(cast.chu).get(address("statistics-pdf", counted(crowd(cast))))
    assert response.content.startswith(b"%PDF-")
    assert response.headers["Cache-Control"]


def test_no_other_role_and_no_other_place_sees_them(cast: Cast) -> None:
    found = counted(crowd(cast))
    outsider = cast.zheng
    for role in (Role.MARKS_CLERK, Role.MARKS_VERIFIER, Role.PASS_MARK_OFFICER, Role.RELEASE_OFFICER):
        outsider = with_roles(outsider, role, at=cast.chongqing)
    for name in NAMES:
        where = address(name, found)
        for member in (cast.wu, cast.zhou, cast.gu, cast.han, cast.lin):
            assert client_of(member).get(where).status_code == 403, name
        assert client_of(outsider).get(where).status_code == 404, name
        assert Client().get(where).status_code == 302, name
        for member in (cast.chu, cast.wei, cast.jiang, cast.he):
            assert client_of(member).get(where).status_code == 200, name


def test_counting_takes_as_many_queries_for_eighty_people_as_for_forty(cast: Cast) -> None:
    found = released(crowd(cast))
    with CaptureQueriesContext(connection) as asked:
        statistics.count_results(release_id=found.pk, now=AFTER)
    assert len(asked) <= 20
