"""What a role is started with: the address that pages print is the one at which they are served."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import click
import pytest
from django.test import override_settings

from jinbang.portal import serving

pytestmark = pytest.mark.django_db


class Started(Exception):
    """The process became the role; here it only says so."""


@pytest.fixture
def becoming(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be started: the process would become the server."""

    def become(_program: str, _words: list[str]) -> None:
        raise Started

    monkeypatch.setattr(os, "execv", become)
    monkeypatch.setattr(sys, "argv", ["jinbang"])


@pytest.mark.parametrize(
    "configured,printed", [(None, "http://localhost:8123"), ("https://kaoshi.cn", "https://kaoshi.cn")]
)
def test_the_address_is_the_configured_one_or_the_one_that_is_served(
    becoming: None, monkeypatch: pytest.MonkeyPatch, *, configured: str | None, printed: str
) -> None:
    monkeypatch.delenv("JINBANG_PUBLIC_URL", raising=False)
    if configured:
        monkeypatch.setenv("JINBANG_PUBLIC_URL", configured)
    with pytest.raises(Started):
        serving.serve_role("web", port=8123)
    assert os.environ.pop("JINBANG_PUBLIC_URL") == printed


def test_without_asking_a_home_that_was_not_set_up_would_be_served(
    becoming: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "require_set_up", lambda: None)
    monkeypatch.setenv("JINBANG_PUBLIC_URL", "https://kaoshi.cn")
    with pytest.raises(Started):
        serving.serve_role("web", port=8123)


def test_the_key_holder_needs_a_socket_and_no_database(becoming: None) -> None:
    with override_settings(JINBANG_KEY_HOLDER=""), pytest.raises(click.ClickException, match="JINBANG_KEY_HOLDER"):
        serving.serve_role("keyholder", port=8123)
    with override_settings(JINBANG_KEY_HOLDER="/run/holder.sock"), pytest.raises(Started):
        serving.serve_role("keyholder", port=8123)


def test_on_one_machine_there_is_nothing_to_pull() -> None:
    with pytest.raises(click.ClickException, match="JINBANG_SNAPSHOT_STORE"):
        serving.pull_snapshots(every=0)


# ---------------------------------------------------------------- a role that is killed
@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch) -> "Iterator[serving._Role]":
    """Begin a role that does nothing: an interpreter of ours that sleeps, and a child of it that does the same."""
    sleeping = "import os, time; os.fork(); time.sleep(600)"
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda _words, **options: popen([sys.executable, "-c", sleeping], **options)
    )
    role = serving._Role("worker", port=0, environment=os.environ)
    yield role
    serving._end(role.process)


def killed(role: "serving._Role") -> int:
    os.kill(role.process.pid, signal.SIGKILL)
    role.process.wait()
    return role.process.pid


def is_group_alive(leader: int) -> bool:
    with suppress(ProcessLookupError):
        os.killpg(leader, 0)
        return True
    return False


def test_a_role_that_is_killed_is_begun_again_and_what_is_left_of_it_is_ended(
    role: "serving._Role", monkeypatch: pytest.MonkeyPatch
) -> None:
    assert role.goes_on()
    monkeypatch.setattr(serving, "SETTLED_SECONDS", 0.0)
    time.sleep(0.5)  # until it has its child
    before = killed(role)
    assert is_group_alive(before), "its child would go on answering"
    assert role.goes_on()
    assert role.process.pid != before
    assert role.process.poll() is None
    until = time.monotonic() + 10
    while is_group_alive(before) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_group_alive(before)


def test_a_role_that_ends_as_soon_as_it_has_begun_is_not_begun_for_ever(role: "serving._Role") -> None:
    killed(role)
    assert not role.goes_on()
