"""What a role is started with: the address that pages print is the one at which they are served."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.core.files.storage import FileSystemStorage
from django.test import override_settings
from pytest_django.fixtures import Settings

from jinbang.lookup import distribution
from jinbang.lookup.shell import FILE_NAME
from jinbang.portal import serving
from jinbang.portal.commands import cli
from tests.certificates import Authority
from tests.lookup.roles import Browser, Role, Wire, environment_of, free_port, running, started
from tests.lookup.world import LIN, House, query

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


# ---------------------------------------------------------------- what `serve lookup` becomes
@pytest.mark.parametrize(
    "command,is_own,processes", [("serve", True, len(os.sched_getaffinity(0))), ("serve --granian", False, 1)]
)
def test_the_command_of_an_operator_answers_on_the_server_that_it_names(
    tmp_path: Path, command: str, *, is_own: bool, processes: int
) -> None:
    house = House(tmp_path)
    house.publish()
    with running(house, command, DJANGO_SETTINGS_MODULE="config.settings.local") as role:
        assert "73.41" in query(Browser(role.port), LIN.fields).text
        assert len(role.children()) == processes
        assert {core_dump_most(process) for process in (role.process.pid, *role.children())} == {"0"}
        words = Path(f"/proc/{role.process.pid}/cmdline").read_bytes().decode().split("\0")
        assert ("jinbang.lookup.supervision" in words, "granian" in words) == (is_own, not is_own)
        with Wire(role.port) as wire:  # which only our own server refuses
            wire.send(b"GET /lookup/ HTTP/1.1\r\n\r\n")
            answer = wire.answer()
    assert answer is not None
    assert answer.status == (400 if is_own else 200)


def core_dump_most(process: int) -> str:
    """Return how large a core dump of a process may become, by its hard limit."""
    lines = Path(f"/proc/{process}/limits").read_text(encoding="ascii").splitlines()
    return next(line for line in lines if line.startswith("Max core file size")).split()[5]


def test_a_running_lookup_takes_the_frame_of_a_new_version(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.publish()
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.local"}
    with running(house, "serve", **settings) as role:
        frame, draft = house.snapshots / FILE_NAME, house.snapshots / "draft"
        draft.write_text(f"{frame.read_text(encoding='utf-8')}<!-- of an earlier version -->", encoding="utf-8")
        draft.replace(frame)  # at once, as the program does: another worker may be about to read it
        assert "of an earlier version" in reloaded(role)
        command = [sys.executable, "-m", "jinbang.portal.cli", "write-frame"]
        subprocess.run(command, env=environment_of(house, **settings), check=True)
        assert "of an earlier version" not in reloaded(role)


def reloaded(role: Role) -> str:
    """Have every worker replaced, and return the list of queries as the new ones show it."""
    before = set(role.children())
    os.kill(role.process.pid, signal.SIGHUP)
    until = time.monotonic() + 30
    while not role.children() or before & set(role.children()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return Browser(role.port)("GET", "/lookup/").text


def test_what_an_earlier_version_has_collected_stays(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "earlier.0123456789ab.css").touch()
    serving.collect_static_files()
    assert (tmp_path / "earlier.0123456789ab.css").exists()
    assert (tmp_path / "css" / "jinbang.css").exists()


@pytest.mark.parametrize(
    "words,sentence",
    [
        ("lookup --granian --workers 2", "只能有一个"),
        ("web --workers 2", "只用于查询角色"),
        ("worker --granian", "只用于查询角色"),
        ("worker --host 0.0.0.0", "只用于查询角色和网页角色"),
        ("--workers 2", "只用于单个角色"),
    ],
)
def test_what_would_be_asked_for_in_vain_is_refused_in_a_sentence(becoming: None, words: str, sentence: str) -> None:
    done = CliRunner().invoke(cli, ["serve", *words.split()])
    assert done.exit_code == 1
    assert sentence in done.output


def test_the_words_of_the_command_reach_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _program, words: became.append(words))
    for words in ("lookup --workers 3 --host ::1 --port 8123", "lookup --workers 1 --granian --host 10.0.0.7"):
        CliRunner().invoke(cli, ["serve", *words.split()], catch_exceptions=False)
    own, granian = became
    assert own[3:] == ["--host", "::1", "--port", "8123", "--workers", "3"]
    assert granian[granian.index("--host") + 1] == "10.0.0.7"
    assert granian[granian.index("--workers") + 1] == "1"


# ---------------------------------------------------------------- docs/operations.md
def test_a_node_that_is_set_up_as_the_paper_says_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Holder, pulling and lookup by their commands and under production settings; the node's own ring opens nothing."""
    house, node, store = House(tmp_path / "house"), tmp_path / "node", tmp_path / "store"
    node.mkdir()
    house.publish()
    house.ring.save(house.home / "key_ring.json")
    monkeypatch.setattr(distribution, "key_ring", lambda: house.ring)
    distribution.offer(FileSystemStorage(store), house.snapshots)
    holder, authority = free_port(), Authority(tmp_path)
    common = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "JINBANG_KEY_HOLDER": f"tls://127.0.0.1:{holder}",
        "JINBANG_KEY_HOLDER_AUTHORITY": str(authority.path),
    }
    certificates = {name: str(authority.issue(name)) for name in ("holder", "node-1")}
    at_home = environment_of(house, **common, JINBANG_KEY_HOLDER_CERTIFICATE=certificates["holder"])
    at_node = {
        **at_home,
        "JINBANG_HOME": str(node),
        "JINBANG_KEY_HOLDER_CERTIFICATE": certificates["node-1"],
        "JINBANG_SNAPSHOT_STORE": str(store),
        "JINBANG_POINTER_KEYS": said(at_home, "pointer-keys").strip(),
    }
    said(at_node, "make-keys")
    assert "snapshot_pulled" in said(at_node, "pull-snapshots")
    words = [sys.executable, "-m", "jinbang.portal.cli", "serve", "keyholder"]
    holding = subprocess.Popen(words, env=at_home, stdout=subprocess.PIPE, text=True)
    try:
        with started(at_node, "serve") as role:
            until = time.monotonic() + 20
            while "73.41" not in (page := query(Browser(role.port), LIN.fields).text) and time.monotonic() < until:
                time.sleep(0.2)
            assert "73.41" in page
    finally:
        holding.terminate()
        logged, _ = holding.communicate(timeout=20)
    assert "of node-1" in logged
    assert not (node / "vault").exists()


def said(environment: dict[str, str], *words: str) -> str:
    """Return what a command of ours says."""
    command = [sys.executable, "-m", "jinbang.portal.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


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
