"""The first hour of an installation at the command line: authorities, staff, working days, a sitting from a file."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jinbang.audit.models import StateChange
from jinbang.people.models import Account, Appointment, Authority
from jinbang.portal.commands import cli
from jinbang.sittings.models import Sitting, Workday
from tests.cast import NOW, Cast
from tests.sittings.plans import load_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "sitting.example.toml"


def run(command: str) -> Result:
    """Type a command, as at a terminal."""
    done = CliRunner().invoke(cli, shlex.split(command, comments=True))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_the_first_hour_can_be_typed_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    load_once(NOW)
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "first-hour.md").read_text(encoding="utf-8"), re.DOTALL)
    typed = re.findall(r"^jinbang ((?:authority|staff|workday|sitting) .*)", "".join(blocks), re.MULTILINE)
    assert len(typed) > 10
    assert [(command, done.stderr) for command in typed if (done := run(command)).exit_code] == []
    assert Sitting.objects.get().state == "draft"


def test_authorities_are_added_from_the_nation_down_and_listed_as_a_tree() -> None:
    assert run("authority add cn 全国 --kind nation").exit_code == 0
    added = run("authority add 14 山西省 --kind province --under cn --organisation 山西省人事考试中心 --phone 0351-1")
    assert added.output == "  14  山西省  省、自治区、直辖市  山西省人事考试中心  0351-1\n"
    run("authority add 1401 太原市 --kind city --under 14")
    lines = run("authority list").output.splitlines()
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 2, 4]
    assert StateChange.objects.filter(event="authority_created").count() == 3


@pytest.mark.parametrize(
    "command,said",
    [
        ("authority add 14 山西 --kind province --under cn", "机构代码 14 已经使用"),
        ("authority add 1405 晋城市 --kind city --under cn", "请按国家、省、市、考点的顺序"),
        ("authority add 1405 晋城市 --kind city --under 15", "没有代码为“15”的地区或机构"),
        ("staff add ZHOU 周二", "这个用户名或手机号已经有账号"),
        ("staff appoint nobody --at 14 --role planner --unit 考务处", "jinbang staff list"),
        ("staff appoint lin --at 14 --role planner --unit 考务处", "没有登录名为“lin”的工作人员"),
        ("staff appoint zhou --at 14 --role reviewer --unit 资格审核科", "已经担任"),
        ("staff appoint wu --at 14 --role planner --unit 考务处 --from 2026-05-02 --until 2026-05-01", "任期"),
        ("staff appoint wu --at 15 --role planner --unit 考务处", "没有代码为“15”的地区或机构"),
        ("staff renew lin", "没有登录名为“lin”的工作人员"),
        ("workday set 2027-02-08 off --reason 放假 --by wu", "不在您的管辖范围"),
        ("workday set 2027-02-08 off --reason ' ' --by qian", "请写明通知的名称和文号"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence_and_nothing_is_written(cast: Cast, command: str, *, said: str) -> None:
    before = [model.objects.count() for model in (Authority, Account, Appointment, Workday, StateChange)]
    done = run(command)
    assert done.exit_code == 1
    assert said in done.stderr
    assert [model.objects.count() for model in (Authority, Account, Appointment, Workday, StateChange)] == before


def test_a_day_that_is_none_is_asked_for_again(cast: Cast) -> None:
    done = run("workday set 2027-02-30 off --reason 放假 --by qian")
    assert done.exit_code == 2
    assert "请写成 2027-03-01" in done.stderr


def test_an_officer_is_taken_on_and_appointed_and_the_password_is_printed_once(cast: Cast) -> None:
    password = re.search(r"一次性密码 (\S+)", run("staff add mei 梅新").output)
    assert password is not None
    assert Account.objects.get(username="mei").check_password(password[1])
    assert "尚未用一次性密码登录" in run("staff list").output
    done = run("staff appoint mei --at 14 --role planner --unit 考务处 --until 2026-12-31")
    assert done.output == "梅新：山西省 考务计划（考务处）\n"
    listed = run("staff list").output
    assert "    14 山西省  planner 考务计划（考务处）  2026-03-10 至 2026-12-31" in listed
    assert password[1] not in listed
    assert password[1] not in run("staff renew mei").output
    assert not Account.objects.get(username="mei").check_password(password[1])


def test_a_day_is_set_by_whoever_plans_for_the_nation(cast: Cast) -> None:
    done = run("workday set 2027-02-08 off --reason 国办发明电〔2026〕7号 --by qian")
    assert done.output == "2027-02-08：休息日\n"
    assert not Workday.objects.get().is_working


def test_a_sitting_is_checked_created_and_not_created_twice(cast: Cast) -> None:
    load_once(NOW)
    command = f"sitting create {EXAMPLE} --by qian"
    checked = run(f"{command} --check")
    assert (checked.exit_code, Sitting.objects.count()) == (0, 0)
    assert "缴费：2027年3月3日（星期三）00:00至2027年4月7日（星期三）24:00" in checked.output
    assert "考区 14：2 个考点，900 个名额" in checked.output
    created = run(command)
    assert (created.exit_code, Sitting.objects.get().state) == (0, "draft")
    assert "/desk/sittings/sx-cost-engineer-2-2027/" in created.output
    for again in (command, f"{command} --check"):
        done = run(again)
        assert done.exit_code == 1
        assert "同一次考试不必再建" in done.stderr
    assert Sitting.objects.count() == 1


def test_every_fault_of_a_file_is_said_and_nothing_is_created(cast: Cast, tmp_path: Path) -> None:
    load_once(NOW)
    broken = tmp_path / "broken.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    broken.write_text(text.replace('authority = "14"', 'authority = "15"').replace('"practice"', '"alchemy"', 1))
    done = run(f"sitting create {broken} --by qian")
    assert done.exit_code == 1
    assert "regions.15.authority  没有代码为“15”的机构" in done.stderr
    assert "subjects.level-2/alchemy.subject  这个级别没有这个科目，请写下列之一：basics、practice。" in done.stderr
    assert "科目“建设工程计量与计价实务”还没有考试场次" in done.stderr
    assert done.stderr.endswith("没有建立考试。\n")
    assert not Sitting.objects.exists()


def test_nobody_creates_a_sitting_for_somebody_else(cast: Cast) -> None:
    load_once(NOW)
    done = run(f"sitting create {EXAMPLE} --by wu")
    assert done.exit_code == 1
    assert "不在您的管辖范围" in done.stderr
    assert not Sitting.objects.exists()
