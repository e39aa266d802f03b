"""`jinbang sitting import`: the same answers as at the desk, and an exit code."""

from pathlib import Path

import pytest

from jinbang.portal.bringing import bring_in
from jinbang.results.models import HandedOverFile, RosterEntry
from tests.cast import Cast
from tests.results.test_actions_enrol import HEADING, lines, number
from tests.results.test_actions_handover import file_of, line
from tests.results.world import World, csv_of, new_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def run(world: World, content: bytes, folder: Path, **more: object) -> tuple[int, str]:
    path = folder / "roster.csv"
    said: list[str] = []
    path.write_bytes(content)
    given: dict[str, object] = {
        "code": world.region.sitting.code,
        "region": world.region.authority.code,
        "username": world.cast.chu.account.username,
        "contains": "roster",
        "encoding": None,
        "dry_run": False,
        **more,
    }
    code = bring_in(file=path, echo=said.append, **given)  # type: ignore[arg-type]  # as the command has them
    return code, "\n".join(said)


def test_a_roster_is_checked_brought_in_and_once_more_nothing(cast: Cast, tmp_path: Path) -> None:
    world, content = new_world(cast), csv_of([HEADING, *lines()]).encode()
    assert run(world, content, tmp_path, dry_run=True)[0] == 0
    assert RosterEntry.objects.count() == 0
    assert run(world, content, tmp_path) == (0, "名册新增 3 人，0 人已在名册上。")
    assert run(world, content, tmp_path) == (0, "名册新增 0 人，3 人已在名册上。")


def test_every_wrong_line_is_said_and_nobody_is_stored(cast: Cast, tmp_path: Path) -> None:
    world, rows = new_world(cast), lines()
    rows[0][3], rows[2][6] = "九级", "x"
    code, said = run(world, csv_of([HEADING, *rows]).encode(), tmp_path)
    assert code == 1
    assert "第 2 行 级别 九级：认不出级别" in said
    assert "第 4 行 区划代码 x" in said
    assert said.endswith("共 2 处要改，一行也没有存。")
    assert RosterEntry.objects.count() == 0


def test_earlier_passes_come_the_same_way(cast: Cast, tmp_path: Path) -> None:
    world = new_world(cast)
    code, said = run(world, file_of(line("某", number(3))), tmp_path, contains="passes")
    assert (code, HandedOverFile.objects.count()) == (0, 1)
    assert "待人工关联 1 人" in said
    more = file_of(line("某", number(3)), line("某", number(3), "建设工程计量与计价实务"))
    code, said = run(world, more, tmp_path, contains="passes", dry_run=True)
    assert (code, HandedOverFile.objects.count()) == (0, 1)
    assert "第 3 行：增加 1 科。" in said


@pytest.mark.parametrize("more", [{"username": "wu"}, {"code": "nowhere"}, {"encoding": "utf-8"}])
def test_a_refusal_is_a_sentence_and_code_1(cast: Cast, tmp_path: Path, more: dict[str, object]) -> None:
    world = new_world(cast)
    code, said = run(world, csv_of([HEADING, *lines()]).encode("gb18030"), tmp_path, **more)
    assert code == 1
    assert "：" in said
