"""A database's address as people write it: SQLite's path, a server by its host or by its folder of sockets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.databases import database_from_url
from config.env import SettingError


@pytest.mark.parametrize(
    "address, host, port, name",
    [
        ("postgres://jinbang@db.example.cn/marks", "db.example.cn", "", "marks"),
        ("postgresql://jinbang:p%40ss@DB.example.cn:5433/marks", "db.example.cn", "5433", "marks"),
        ("postgres://jinbang@[::1]:5432/marks", "::1", "5432", "marks"),
        ("postgres://jinbang@%2Frun%2Fpostgresql/marks", "/run/postgresql", "", "marks"),
        ("postgres://jinbang:p%3Ass@%2fVar%2fSockets:5433/marks", "/Var/Sockets", "5433", "marks"),
        ("postgres:///marks", "", "", "marks"),
    ],
)
def test_a_server_is_found_by_its_host_or_by_its_folder_of_sockets(
    address: str, host: str, port: str, *, name: str
) -> None:
    found = database_from_url(address)
    assert (found["HOST"], found["PORT"], found["NAME"]) == (host, port, name)


def test_what_is_escaped_in_a_name_or_a_password_is_read_as_it_was_meant() -> None:
    found = database_from_url("postgres://zhang%20san:p%40ss%3A%2F@db/marks")
    assert (found["USER"], found["PASSWORD"]) == ("zhang san", "p@ss:/")


def test_a_path_is_sqlites_and_its_folder_is_made(tmp_path: Path) -> None:
    found = database_from_url(f"sqlite:///{tmp_path}/of/one.sqlite3")
    assert found["NAME"] == str(tmp_path / "of" / "one.sqlite3")
    assert (tmp_path / "of").is_dir()


@pytest.mark.parametrize(
    "address, said",
    [
        ("mysql://db/marks", "begins with sqlite:/// or postgres://, not mysql://"),
        ("marks.sqlite3", "begins with sqlite:/// or postgres://"),
        ("postgres://db:abc/marks", "a port that is no number"),
        ("postgres://db:70000/marks", "a port that is no number"),
    ],
)
def test_any_other_address_is_refused_in_a_sentence(address: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        database_from_url(address)


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"JINBANG_DATABASE_URL": "mysql://db/marks"}, "设置有误，没有开始：JINBANG_DATABASE_URL begins with"),
        ({"JINBANG_DATABASE_URI": "sqlite:///x"}, "设置有误，没有开始：JINBANG_DATABASE_URI is not a setting"),
        ({"JINBANG_DATABASE_URL": "postgres://x@%2Fnowhere/marks"}, "连不上数据库："),
    ],
)
def test_a_command_that_cannot_begin_says_why_and_what_to_do(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("JINBANG_")}
    command = [sys.executable, "-m", "jinbang.portal.cli", "setup"]
    environment = {
        **plain,
        "JINBANG_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        **settings,
    }
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
