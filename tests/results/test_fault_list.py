"""Every row answered: of whatever is brought in, a page lists the first faults and a table holds all of them."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jinbang.audit.long_work import run_next
from jinbang.audit.models import StateChange
from jinbang.people.states import Role
from jinbang.results.forms import AT_ONCE_BYTES_MAX
from jinbang.results.mark_rows import FAULTS_SHOWN_MAX
from jinbang.results.models import HandedOverFile, IncomingFile, MarkBatch, RosterEntry
from tests.cast import Cast
from tests.results.test_actions_enrol import HEADING as ROSTER_HEADING
from tests.results.test_actions_enrol import lines
from tests.results.test_actions_handover import HEADING as PASSES_HEADING
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.test_views_imports import long_file, send
from tests.results.world import World, csv_of, marks_csv, new_world, with_roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
MANY = 50_000
Faulty = Callable[[int], bytes]


def faulty_marks(count: int) -> bytes:
    return csv_of(
        [["准考证号", "姓名", "basics", "practice"], *([f"=X{at}", "甲", "60", "60"] for at in range(count))]
    ).encode()


def faulty_roster(count: int) -> bytes:
    return csv_of(
        [ROSTER_HEADING, *([f"26{at:06d}", "甲", f"{at:018d}", "=九级", *[""] * 3] for at in range(count))]
    ).encode()


def faulty_passes(count: int) -> bytes:
    return csv_of([PASSES_HEADING, *(["D1", "甲", f"{at:018d}", *[""] * 5] for at in range(count))]).encode()


FILES = [
    pytest.param("stage-marks", faulty_marks, 1, id="marks"),
    pytest.param("import-roster", faulty_roster, 2, id="roster"),
    pytest.param("handover", faulty_passes, 1, id="passes"),
]


def table_of(response: Any) -> list[list[str]]:  # noqa: ANN401  # the test client's own answer
    assert response["Content-Type"].startswith("text/csv")
    assert response.content.startswith(b"\xef\xbb\xbf"), "spreadsheets read it as Chinese"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def nothing_is_stored() -> bool:
    return not any(model.objects.exists() for model in (MarkBatch, HandedOverFile, IncomingFile))


@pytest.mark.parametrize("page,faulty,each", FILES)
def test_the_page_shows_two_hundred_and_the_list_holds_all(  # what a parameter says and what a test is given
    *, world: World, cast: Cast, client_of: ClientOf, page: str, faulty: Faulty, each: int
) -> None:
    client, address = client_of(cast.chu), url(page, world.region.pk)
    shown = text_of(send(client, address, faulty(300), dry_run="on"))
    assert shown.count('data-label="行"') == FAULTS_SHOWN_MAX
    assert "这里只列出前 200 处" in shown
    assert 'name="list"' in shown
    answer = send(client, address, faulty(300), list="1")
    heading, *rows = table_of(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    assert heading == ["行", "列", "文件里的内容", "怎么办"]
    assert {row[0] for row in rows} >= {str(line) for line in range(2, 302)}, "every line is answered"
    assert len(rows) >= 300 * each
    assert all(row[3] for row in rows), "and each says what to do"
    assert nothing_is_stored()


@pytest.mark.parametrize("page,faulty,each", FILES)
def test_fifty_thousand_faults_are_listed(  # the same
    *, cast: Cast, client_of: ClientOf, page: str, faulty: Faulty, each: int
) -> None:
    world = new_world(cast)
    if page == "stage-marks":
        send(client_of(cast.chu), url("import-roster", world.region.pk), csv_of([ROSTER_HEADING, *lines()]).encode())
    answer = send(client_of(cast.chu), url(page, world.region.pk), faulty(MANY), list="1")
    assert len(table_of(answer)) > MANY * each


def test_no_cell_of_the_list_is_a_formula(world: World, cast: Cast, client_of: ClientOf) -> None:
    rows = table_of(send(client_of(cast.chu), url("stage-marks", world.region.pk), faulty_marks(1), list="1"))
    assert [row[2] for row in rows if row[0] == "2"] == ["'=X0"]


def test_asking_for_the_list_stores_nothing_even_of_a_faultless_file(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.chu)
    answer = send(client, url("stage-marks", world.region.pk), marks_csv(world, {}), list="1")
    assert "核对过，没有存" in text_of(answer)
    people = RosterEntry.objects.count()
    roster = csv_of([ROSTER_HEADING, *lines()]).encode()
    assert "核对过，没有存" in text_of(send(client, url("import-roster", world.region.pk), roster, list="1"))
    assert (RosterEntry.objects.count(), nothing_is_stored()) == (people, True)


def test_that_a_list_was_handed_out_is_written_down(world: World, cast: Cast, client_of: ClientOf) -> None:
    send(client_of(cast.chu), url("stage-marks", world.region.pk), faulty_marks(2), list="1")
    noted = StateChange.objects.get(event="hand_out_faults")
    assert (noted.details, noted.actor_name) == ({"faults": 5}, cast.chu.account.display_name)


# ---------------------------------------------------------------- large files, which are kept until they are dropped
def kept(world: World, client: Client, *, content: bytes | None = None, page: str = "stage-marks") -> IncomingFile:
    send(client, url(page, world.region.pk), content or long_file(world, wrong=True))
    assert run_next()
    return IncomingFile.objects.get()


@pytest.mark.parametrize("page,faulty,each", FILES)
def test_all_faults_of_a_large_file_are_had_from_its_page(
    *, world: World, cast: Cast, client_of: ClientOf, page: str, faulty: Faulty, each: int
) -> None:
    client = client_of(cast.chu)
    row = kept(world, client, content=faulty(300) + b"\r\n" * (AT_ONCE_BYTES_MAX // 2), page=page)
    shown = text_of(client.get(url("incoming-file", row.pk)))
    assert "这里只列出前 200 处" in shown
    assert url("incoming-faults", row.pk) in shown
    assert len(table_of(client.get(url("incoming-faults", row.pk)))) > 300 * each
    assert StateChange.objects.get(event="hand_out_faults").subject_id == row.pk
    assert post(client, url("drop-incoming", row.pk)).status_code == 302
    assert client.get(url("incoming-faults", row.pk)).status_code == 404, "with the content its faults are gone"


def test_the_list_of_a_large_file_is_for_those_who_bring_marks_in_there(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    row = kept(world, client_of(cast.chu))
    address = url("incoming-faults", row.pk)
    assert client_of(cast.chu).get(address).status_code == 200
    for nobody in (cast.wu, cast.zhou, cast.he, cast.wei):
        assert client_of(nobody).get(address).status_code == 403
    elsewhere = with_roles(cast.zheng, Role.MARKS_CLERK, at=cast.chongqing)
    assert client_of(elsewhere).get(address).status_code == 404


def test_nobody_else_has_a_list_of_a_file_they_bring(world: World, cast: Cast, client_of: ClientOf) -> None:
    address = url("stage-marks", world.region.pk)
    for nobody in (cast.wu, cast.zhou, cast.he, cast.wei):
        assert send(client_of(nobody), address, faulty_marks(2), list="1").status_code == 403
    elsewhere = with_roles(cast.zheng, Role.MARKS_CLERK, at=cast.chongqing)
    assert send(client_of(elsewhere), address, faulty_marks(2), list="1").status_code == 404
