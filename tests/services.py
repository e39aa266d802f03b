"""Services the tests start for themselves: a PostgreSQL of their own on a free port, in a temporary folder.

`pytest --database=postgresql` runs the same tests there. A missing server is a failure that names the package, never
a skip. The plugin is loaded early (`-p tests.services`) because settings read the address when they are imported.
"""

import argparse
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

_running: list["PostgresServer"] = []


class PostgresServer:
    """A PostgreSQL cluster that lives as long as the test run, owned by `postgres` when the run is root's."""

    def __init__(self) -> None:
        """Find the server's programs and a free port."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
        if not found:
            message = "PostgreSQL is not installed: the tests need the Debian package postgresql (`make test-setup`)"
            raise pytest.UsageError(message)
        self.programs = found[-1].parent
        self.folder = Path(tempfile.mkdtemp(prefix="jinbang-pg-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    def _run(self, *command: str) -> None:
        """Run one of the server's programs as its own user."""
        user = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []} if self.account else {}
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **user)  # type: ignore[call-overload]  # the three keywords go together

    def start(self) -> str:
        """Start it and return its address: by its folder of sockets, where a query costs a tenth less than over TCP."""
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        data = self.folder / "data"
        self._run(
            str(self.programs / "initdb"), "-D", str(data), "-U", "jinbang", "--auth=trust", "-E", "UTF8", "--no-sync"
        )
        # Planning is half of what this server does: for tables of ten rows no order of joining is worth looking for.
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=450"
            " -c jit=off -c join_collapse_limit=1 -c shared_buffers=256MB"
        )
        log = self.folder / "log"
        self._run(str(self.programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(log), "-o", options, "start")
        return f"postgres://jinbang@{quote(str(self.folder), safe='')}:{self.port}/postgres"

    def stop(self) -> None:
        """Stop it and leave nothing behind."""
        self._run(str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of database."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the tests run on")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: Sequence[str]) -> None:
    """Start what was chosen before anything imports the settings. Workers of xdist inherit the address."""
    known = argparse.Namespace()
    parser.parse_known_args(list(args), namespace=known)
    if getattr(known, "database", "sqlite") != "postgresql" or "JINBANG_DATABASE_URL" in os.environ:
        return
    server = PostgresServer()
    os.environ["JINBANG_DATABASE_URL"] = server.start()
    _running.append(server)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what asks a database: a pure rule says the same everywhere, and SQLite's run has asked it."""
    if config.getoption("database") != "postgresql":
        return
    asking = {"db", "transactional_db", "live_server", "world"}
    pure = [
        item
        for item in items
        if not item.get_closest_marker("django_db") and asking.isdisjoint(getattr(item, "fixturenames", ()))
    ]
    kept = set(items) - set(pure)
    items[:] = [item for item in items if item in kept]
    config.hook.pytest_deselected(items=pure)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this run started."""
    while _running:
        _running.pop().stop()
