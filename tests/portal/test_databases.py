"""A database's address as people write it: SQLite's path, a server by its host or by its folder of sockets."""

from pathlib import Path

import pytest

from config.databases import database_from_url


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


def test_any_other_address_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="begins with sqlite:/// or postgres://, not mysql://"):
        database_from_url("mysql://db/marks")
