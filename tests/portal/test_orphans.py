"""A `jinbang serve` that is killed, as nobody can catch it, leaves nothing of its roles behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from jinbang.portal import serving
from tests import bereaved
from tests.lookup.roles import free_port, wait_for
from tests.portal.test_commands import jinbang


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of an installation that was only set up."""
    home = tmp_path_factory.mktemp("installation")
    done = jinbang("setup", home=home)
    assert done.returncode == 0, done.stderr
    return home


@contextmanager
def bereft(home: Path, module: str) -> Iterator[tuple[int, list[int]]]:
    """Serve, kill what serves once it answers, and hand over the port and what was below it; end what is left."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JINBANG_", "DJANGO_"))}
    words = [sys.executable, "-m", module, "serve", "--port", str(port)]
    process = subprocess.Popen(words, env={**environment, "JINBANG_HOME": str(home)})
    begun: list[int] = []
    try:
        wait_for(port, process)
        begun = bereaved.below(process.pid)
        assert len(begun) == 3, "the worker, Granian and the process in which Granian answers"
        bereaved.kill(process)
        yield port, begun
    finally:
        process.kill()
        bereaved.end_all(begun)


def test_nothing_outlives_a_serve_that_is_killed_and_its_port_is_free(home: Path) -> None:
    with bereft(home, "jinbang.portal.cli") as (port, begun):
        assert bereaved.still_running(begun) == []
        serving.require_free(port)


def test_roles_that_are_not_told_of_their_parent_outlive_it_and_hold_the_port(home: Path) -> None:
    """The twin."""
    with bereft(home, "tests.portal.careless_serve") as (port, begun):
        assert bereaved.still_running(begun, within=3) == begun
        with pytest.raises(click.ClickException, match="已被占用"):
            serving.require_free(port)
