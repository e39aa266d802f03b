"""A column that nobody reads is named wherever a file is taken; names are understood as files write them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jinbang.audit.long_work import run_next
from jinbang.results.forms import AT_ONCE_BYTES_MAX
from jinbang.results.models import HandedOverFile, IncomingFile, RosterEntry
from tests.cast import Cast
from tests.portal.test_bringing import run
from tests.results.test_actions_enrol import HEADING, lines, number
from tests.results.test_actions_handover import HEADING as PASSES
from tests.results.test_actions_handover import line
from tests.results.test_views_desk import ClientOf, text_of, url
from tests.results.test_views_imports import send
from tests.results.world import World, csv_of, new_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
SAID = "以下各列没有读取：报考的科目。"
TAIL = b"\n" * AT_ONCE_BYTES_MAX
PEOPLE = ["准考证号", "姓名", "证件号码", "级别", "科目"]


def roster_file() -> bytes:
    """Return a roster whose column of subjects is called as nobody here calls it: everybody would sit everything."""
    heading, rows = [*HEADING], lines()
    heading[5] = "报考的科目"
    return csv_of([heading, *rows]).encode()


def passes_file() -> bytes:
    return csv_of([[*PASSES, "报考的科目"], [*line("林某", number(1)), "实务"]]).encode()


@pytest.mark.parametrize("page,content", [("import-roster", roster_file), ("handover", passes_file)])
def test_a_dry_run_and_the_import_both_name_what_was_not_read(
    cast: Cast, client_of: ClientOf, *, page: str, content: Callable[[], bytes]
) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    address = url(page, world.region.pk)
    assert SAID in text_of(send(client, address, content(), dry_run="on"))
    taken = send(client, address, content())
    assert SAID in text_of(client.get(taken["Location"]))


def test_a_file_without_such_a_column_says_nothing_of_the_kind(cast: Cast, client_of: ClientOf) -> None:
    world = new_world(cast)
    content = csv_of([HEADING, *lines()]).encode()
    checked = send(client_of(cast.chu), url("import-roster", world.region.pk), content, dry_run="on")
    assert "没有读取" not in text_of(checked)


def test_so_does_the_command(cast: Cast, tmp_path: Path) -> None:
    world = new_world(cast)
    assert run(world, roster_file(), tmp_path, dry_run=True)[1].endswith(SAID)
    assert run(world, roster_file(), tmp_path) == (0, f"名册新增 3 人，0 人已在名册上。{SAID}")
    assert run(world, passes_file(), tmp_path, contains="passes")[1].endswith(SAID)


def test_of_a_large_file_it_is_said_when_it_is_handed_in(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    kept = send(client, url("import-roster", world.region.pk), roster_file() + TAIL)
    assert SAID in text_of(client.get(kept["Location"]))
    run_next()
    assert RosterEntry.objects.count() == 3


@pytest.mark.parametrize("page", ["import-roster", "handover", "stage-marks"])
def test_a_large_file_that_lacks_a_column_is_asked_about_at_once(
    world: World, cast: Cast, client_of: ClientOf, *, page: str
) -> None:
    client, people = client_of(cast.chu), RosterEntry.objects.count()
    refused = send(client, url(page, world.region.pk), csv_of([["考号", "考生"], ["1", "林某"]]).encode() + TAIL)
    assert (refused.status_code, "缺少必需的列" in text_of(refused)) == (422, True)
    assert "这些列对应什么" in text_of(refused)
    assert (IncomingFile.objects.count(), HandedOverFile.objects.count()) == (0, 0)
    assert RosterEntry.objects.count() == people


@pytest.mark.parametrize("level", ["中级", "社会工作师"])
def test_either_half_of_a_name_in_brackets_will_do(cast: Cast, tmp_path: Path, *, level: str) -> None:
    world = new_world(cast, code="social-worker")
    row = ["27001", "林某", number(1), level, "社会工作实务、社会工作法规与政策", "１４０３００"]
    assert run(world, csv_of([[*PEOPLE, "区划代码"], row]).encode(), tmp_path)[0] == 0
    entry = RosterEntry.objects.get()
    assert (entry.level_code, entry.subject_codes) == ("intermediate", ["law-policy", "practice"])
    assert entry.district == "140300"


@pytest.mark.parametrize(
    "code,level,subjects",
    [
        ("psychological-counsellor-2017", "心理咨询师", ""),  # two levels bear it
        ("social-worker", "中级", "中级"),  # what stands in the brackets is no subject's name
    ],
)
def test_a_half_that_may_mean_several_is_still_asked_for(
    cast: Cast, tmp_path: Path, *, code: str, level: str, subjects: str
) -> None:
    world = new_world(cast, code=code)
    assert run(world, csv_of([PEOPLE, ["1", "林某", number(1), level, subjects]]).encode(), tmp_path)[0] == 1


def test_the_page_says_how_levels_and_subjects_are_written(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast, code="social-worker"), client_of(cast.chu)
    for page in ("import-roster", "handover"):
        shown = text_of(client.get(url(page, world.region.pk)))
        assert "中级（社会工作师）" in shown
        assert "社会工作实务（中级）" in shown
