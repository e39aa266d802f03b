"""The lookup role as a process of its own: Granian, no Django, no database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from jinbang.lookup.shell import FILE_NAME
from tests.lookup.world import FORM, HEADER, LIN, RELEASE, SHELL, Answer, House, query

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def role(house: House) -> Iterator[int]:
    """Start the role over a release that has been open since 1 June 2026 and return its port."""
    shift = int((house.now - datetime.now(UTC)).total_seconds())
    house.publish()
    (house.snapshots / FILE_NAME).write_text(SHELL, encoding="utf-8")
    house.ring.save(house.home / "key_ring.json")
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JINBANG_")},
        "JINBANG_HOME": str(house.home),
        "JINBANG_CLOCK_SHIFT": str(shift),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    command = ["granian", "--interface", "rsgi", "--port", str(port), "--no-ws", "--log-level", "warning"]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "jinbang.lookup.rsgi:application"], env=environment, start_new_session=True
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=20)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the lookup role ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    message = "the lookup role did not answer within 30 seconds"
    raise TimeoutError(message)


class Browser:
    """Asks the role over HTTP."""

    def __init__(self, port: int) -> None:
        """Remember the port."""
        self._port = port

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, *, body: bytes = b""
    ) -> Answer:
        """Ask over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            response = connection.getresponse()
            return Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()


def test_the_role_answers_over_http(role: int) -> None:
    ask = Browser(role)
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
