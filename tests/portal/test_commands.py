"""The command line, run as people run it: in a process and a home folder of its own."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.env import Environment
from jinbang.kernel.crypto import KeyRing
from jinbang.lookup.pointer import PointerKeys
from jinbang.portal.cli import WORLD, home_of
from jinbang.portal.commands import cli


def jinbang(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JINBANG_", "DJANGO_"))}
    environment["JINBANG_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "jinbang.portal.cli", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_catalogue_check_prints_one_line_per_programme(tmp_path: Path) -> None:
    done = jinbang("catalogue", "check", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 31


def test_catalogue_check_fails_on_a_broken_file_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "broken.2026-01-01.toml").write_text('code = "broken"\n', encoding="utf-8")
    done = jinbang("catalogue", "check", "--folder", str(tmp_path), home=tmp_path)
    assert done.returncode == 1
    assert "broken.2026-01-01.toml" in done.stdout


def test_catalogue_show_prints_a_programme_and_refuses_an_unknown_one(tmp_path: Path) -> None:
    assert "社会工作" in jinbang("catalogue", "show", "social-worker", home=tmp_path).stdout
    refused = jinbang("catalogue", "show", "nothing", home=tmp_path)
    assert refused.returncode == 1
    assert "nothing" in refused.stderr
    assert "jinbang catalogue check" in refused.stderr
    assert "programme_unknown" not in refused.stderr


@pytest.mark.parametrize(
    "words,said",
    [
        (("rehearse", "--candidates", "0"), "x>=24"),
        (("rehearse", "--candidates", "-3"), "x>=24"),
        (("rehearse", "--province", "x"), "例如 14（山西）"),
        (("rehearse", "--province", "1４"), "例如 14（山西）"),
        (("serve", "--port", "99999"), "0<=x<=65535"),
        (("demo", "--people", "0"), "x>=1"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_before_anything_is_made(words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 2
    assert said in done.output


def test_a_demo_stays_one_and_is_served_where_nothing_else_was_set_up(tmp_path: Path) -> None:
    def home(command: str, **given: str) -> tuple[Path, bool]:
        return home_of(command, Environment(given), var=tmp_path)

    assert home("demo") == (tmp_path / "demo", True)
    assert home("serve") == (tmp_path / "local", False)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / WORLD).touch()
    assert home("serve") == (tmp_path / "demo", True)
    assert home("setup") == (tmp_path / "local", False)
    assert home("serve", JINBANG_HOME=str(tmp_path / "demo")) == (tmp_path / "demo", True)
    assert home("serve", JINBANG_HOME=str(tmp_path)) == (tmp_path, False)
    assert home("serve", JINBANG_DATABASE_URL="postgres://db/jinbang") == (tmp_path / "local", False)
    (tmp_path / "local").mkdir()
    with closing(sqlite3.connect(tmp_path / "local" / "jinbang.sqlite3")) as database:
        database.execute("PRAGMA journal_mode = WAL")  # as a command that was refused leaves it
        assert home("serve") == (tmp_path / "demo", True)
        database.execute("CREATE TABLE one (id)")
    assert home("serve") == (tmp_path / "local", False), "what was set up comes before the demo"


def test_the_demo_says_what_to_do_where_no_world_was_built(tmp_path: Path) -> None:
    done = jinbang("demo", "--show", home=tmp_path)
    assert done.returncode == 1
    assert "make demo" in done.stderr


@pytest.mark.parametrize("role", [(), ("web",), ("worker",)])
def test_serving_a_home_that_was_not_set_up_says_what_to_do(tmp_path: Path, *, role: tuple[str, ...]) -> None:
    done = jinbang("serve", *role, "--port", "0", home=tmp_path)
    assert done.returncode == 1
    assert "请先运行 jinbang setup" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_stops_the_program_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "JINBANG_HOME": str(tmp_path), "JINBANG_DEBUGG": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "jinbang.portal.cli", "setup"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "JINBANG_DEBUGG is not a setting" in done.stderr


def test_pointer_keys_are_those_of_the_installations_ring(tmp_path: Path) -> None:
    done = jinbang("pointer-keys", home=tmp_path)
    assert done.stdout.strip() == PointerKeys.of_ring(KeyRing.load(tmp_path / "key_ring.json")).text()


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Rehearse the same small season twice, in two homes."""
    outputs = []
    for _ in range(2):
        home = tmp_path_factory.mktemp("rehearsal")
        done = jinbang("rehearse", "--candidates", "90", "--province", "14", "--seed", "5", home=home)
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
    return outputs


def test_a_rehearsal_agrees_with_its_input_and_ends_with_a_table(rehearsed: list[str]) -> None:
    assert "与输入一致：成绩、状态、座位" in rehearsed[0]
    assert "合计" in rehearsed[0]
    assert "账目合计（应为 0 分）：0" in rehearsed[0]


def test_a_rehearsal_is_the_same_for_the_same_seed(rehearsed: list[str]) -> None:
    digests = [output.split("摘要 ")[1][:16] for output in rehearsed]
    assert digests[0] == digests[1]
