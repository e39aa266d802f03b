"""The lookup role as a process of its own, by either server: no Django, no database."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from jinbang.lookup.shell import FILE_NAME
from tests.lookup.roles import ROOT, SERVERS, Browser, running
from tests.lookup.world import FORM, HEADER, LIN, RELEASE, House, query


@pytest.fixture(params=SERVERS)
def port(request: pytest.FixtureRequest, house: House) -> Iterator[int]:
    """Start the role over a release that has been open since 1 June 2026 and return its port."""
    house.publish()
    with running(house, request.param) as role:
        yield role.port


def test_the_role_answers_over_http(port: int) -> None:
    ask = Browser(port)
    assert HEADER.title in ask("GET", "/lookup/").text
    assert "73.41" in query(ask, LIN.fields).text
    assert "没有查到成绩" in query(ask, {**LIN.fields, "ticket_number": "261403012346"}).text
    assert ask("POST", f"/lookup/{RELEASE}", FORM, body=b"name=" + b"x" * 100_000).status == 413
    assert ask("HEAD", "/lookup/").body == b""


def test_the_role_loads_neither_django_nor_a_database_driver() -> None:
    code = "import sys, jinbang.lookup.rsgi; print(sorted({'django', 'sqlite3', 'psycopg'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_role_does_not_start_without_its_frame(house: House) -> None:
    house.publish()
    house.ring.save(house.home / "key_ring.json")
    environment = {**os.environ, "JINBANG_HOME": str(house.home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    code = "from jinbang.lookup.node import node_from_environment as begin; begin()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert FILE_NAME in done.stderr
