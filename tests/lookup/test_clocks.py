"""Clocks that are wrong: a node that runs fast opens nothing early, one that runs slow says so, and both stay shut."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jinbang.lookup.errors import ClocksDisagree, ReleaseNotOpen, WarrantMissing
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.holder_socket import Answers, HolderServer, RemoteHolder, at_socket
from jinbang.lookup.keyholder import KeyHolder, SteadyClock
from jinbang.lookup.server import LookupService
from jinbang.lookup.shell import Shell
from tests.lookup.conftest import directly
from tests.lookup.roles import ROOT, Browser, Role, environment_of, running
from tests.lookup.world import HEADER, JSON, LIN, RELEASE, SHELL, House, T, query

LIBFAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


@contextmanager
def holding(house: House, *, holder: KeyHolder | None = None) -> Iterator[Path]:
    """Let a holder answer from a thread of this process, by the house's clock."""
    path = house.home / "run" / "holder.sock"
    answers = Answers(holder or KeyHolder(house.vault, now=house.clock), now=house.clock)
    with HolderServer(path, answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()


def off_by(house: House, path: Path, seconds: float) -> RemoteHolder:
    """Return a process's view of the holder, whose own clock is off."""
    remote = RemoteHolder(at_socket(path), now=lambda: house.now + timedelta(seconds=seconds))
    remote._compare()
    return remote


def test_the_key_comes_over_the_socket_at_the_instant_and_not_before(house: House) -> None:
    house.now = T - timedelta(seconds=1)
    publication = house.publish()
    with holding(house) as path:
        remote = off_by(house, path, 0)
        with pytest.raises(ReleaseNotOpen) as refusal:
            remote.release_key(publication)
        assert refusal.value.fields["opens_at"] == T
        house.now = T
        assert remote.release_key(publication) == KeyHolder(house.vault, now=house.clock).release_key(publication)
        with pytest.raises(WarrantMissing):
            remote.release_key(replace(publication, release="another"))


@pytest.mark.parametrize(
    "seconds, is_right",
    [(0, True), (0.9, True), (-0.9, True), (1.5, False), (-1.5, False), (300, False), (-300, False)],
)
def test_a_clock_off_by_more_than_a_second_stays_shut_and_says_so(
    house: House, *, seconds: float, is_right: bool
) -> None:
    publication = house.publish()
    with holding(house) as path:
        remote = off_by(house, path, seconds)
        service = LookupService(Snapshots(house.snapshots, house.signer.keys), remote, Shell(SHELL), now=remote._now)
        answer = directly(service)("GET", f"/lookup/{RELEASE}", JSON)
        assert answer.status == (200 if is_right else 503)
        assert service.problems() == ([] if is_right else ["clock"])
        assert service.gauges()["clock_is_right"] == is_right
        assert abs(remote.offset_seconds - seconds) < 0.2
        if not is_right:
            assert answer.json["code"] == "clocks_disagree"
            with pytest.raises(ClocksDisagree):
                remote.release_key(publication)


def test_without_anybody_to_compare_with_nothing_opens_and_what_is_open_goes_on(house: House) -> None:
    house.publish()
    path = house.home / "run" / "holder.sock"
    alone = off_by(house, path, 0)
    with pytest.raises(ClocksDisagree):
        alone.require_right_clock()
    with holding(house):
        service = LookupService(Snapshots(house.snapshots, house.signer.keys), alone, Shell(SHELL), now=house.clock)
        alone._compare()
        assert "73.41" in query(directly(service), LIN.fields).text
    alone._compare()
    assert "73.41" in query(directly(service), LIN.fields).text


def test_a_holder_whose_own_clock_was_moved_shuts_everybody(house: House) -> None:
    house.publish()
    steady = SteadyClock()
    moved = KeyHolder(house.vault, now=house.clock, machine=lambda: steady() + 5, steady=steady)
    with holding(house, holder=moved) as path, pytest.raises(ClocksDisagree):
        off_by(house, path, 0).require_right_clock()


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"release": 1}', b'"x"', b"x" * 10_000])
def test_nonsense_on_the_socket_gets_no_key(house: House, line: bytes) -> None:
    answer = Answers(KeyHolder(house.vault, now=house.clock), now=house.clock).to(line, asker="nobody")
    assert answer.keys() == {"refused", "now"}


@pytest.mark.parametrize("line", [b"", b"[]\n", b"1\n", b"null\n", b"{}\n", b'{"now": 1}\n', b'{"now": "soon"}\n'])
def test_nonsense_from_a_holder_proves_no_clock_and_ends_nothing(line: bytes) -> None:
    others: list[socket.socket] = []

    def connect() -> socket.socket:
        asking, answering = socket.socketpair()
        answering.sendall(line)
        answering.shutdown(socket.SHUT_WR)
        others.append(answering)
        return asking

    remote = RemoteHolder(connect)
    remote._compare()
    with pytest.raises(ClocksDisagree):
        remote.require_right_clock()
    for other in others:
        other.close()


def test_the_socket_is_its_owners(house: House) -> None:
    with holding(house) as path:
        assert path.stat().st_mode & 0o077 == 0


# ------------------------------------------------------------------------------------------------ five processes


def faked(spec: str, **more: str) -> dict[str, str]:
    """Return the environment of a process whose clock libfaketime moves."""
    assert LIBFAKETIME is not None, "the tests need the Debian package libfaketime (`make test-setup`)"
    return {"LD_PRELOAD": str(LIBFAKETIME), "FAKETIME": spec, "FAKETIME_DONT_FAKE_MONOTONIC": "1", **more}


@contextmanager
def holder_process(house: House) -> Iterator[Path]:
    """Run the holder as a process of its own, by the machine's clock."""
    path = house.home / "holder.sock"
    house.ring.save(house.home / "key_ring.json")
    words = [sys.executable, "-m", "jinbang.lookup.holder_socket", str(path)]
    process = subprocess.Popen(words, env={**environment_of(house), "JINBANG_CLOCK_SHIFT": "0"}, cwd=ROOT)
    try:
        until = time.monotonic() + 20
        while not path.exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        yield path
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def in_seconds(house: House, seconds: float) -> datetime:
    """Publish a release that opens so many seconds from now, by the machine's clock."""
    opens_at = datetime.now(UTC) + timedelta(seconds=seconds)
    house.now = datetime.now(UTC)
    house.publish(replace(HEADER, opens_at=opens_at))
    return opens_at


def test_five_processes_with_clocks_up_to_five_minutes_off_show_nothing_early(house: House) -> None:
    jumping = house.home / "jumping"
    jumping.write_text("+300\n", encoding="ascii")
    by_file = faked("", FAKETIME_TIMESTAMP_FILE=str(jumping), FAKETIME_NO_CACHE="1")
    del by_file["FAKETIME"]
    clocks = {"+300": faked("+300s"), "-300": faked("-300s"), "+2": faked("+2s"), "right": {}, "jumping": by_file}
    house.ring.save(house.home / "key_ring.json")
    opens_at = in_seconds(house, 30)
    with holder_process(house) as path, ExitStack() as stack:
        shared = {"JINBANG_KEY_HOLDER": str(path), "JINBANG_CLOCK_SHIFT": "0"}
        roles = {name: stack.enter_context(running(house, **shared, **more)) for name, more in clocks.items()}
        assert datetime.now(UTC) < opens_at - timedelta(seconds=3), (
            "starting took too long for this test to say anything"
        )
        early, asked = watched(roles, jumping, until=opens_at)
        assert early == []
        assert min(asked.values()) >= 3
        time.sleep(max(0.0, (opens_at + timedelta(seconds=4.5) - datetime.now(UTC)).total_seconds()))
        pages = {name: query(Browser(role.port), LIN.fields, json=True) for name, role in roles.items()}
        assert "73.41" in pages["right"].text
        for name in ("+300", "-300", "+2"):
            assert pages[name].json["code"] == "clocks_disagree"
            assert "clock" in str(Browser(roles[name].port)("GET", "/healthz").json["problems"])
        assert Browser(roles["right"].port)("GET", "/healthz").status == 200


def watched(roles: dict[str, Role], jumping: Path, *, until: datetime) -> tuple[list[str], dict[str, int]]:
    """Ask everybody for 林's result until the instant; returns who showed it, and how often each was asked.

    Four times a second, so that other tests have the machine as well, and without a pause in the last two seconds.
    """
    early: list[str] = []
    asked = dict.fromkeys(roles, 0)
    while (now := datetime.now(UTC)) < until:
        time.sleep(0.25 if until - now > timedelta(seconds=2) else 0)
        jumping.write_text("+300\n" if "-" in jumping.read_text(encoding="ascii") else "-300\n", encoding="ascii")
        for name, role in roles.items():
            page = query(Browser(role.port), LIN.fields).text
            if datetime.now(UTC) >= until:
                break
            asked[name] += 1
            if "73.41" in page or "86.5" in page:
                early.append(name)
    return early, asked


def test_a_fast_process_that_opens_the_vault_itself_would_show_results_early(house: House) -> None:
    """The twin: without a holder elsewhere nothing tells such a process that its clock was wrong from the start."""
    house.ring.save(house.home / "key_ring.json")
    opens_at = in_seconds(house, 60)
    with running(house, **faked("+300s"), JINBANG_CLOCK_SHIFT="0") as role:
        page = query(Browser(role.port), LIN.fields).text
        assert datetime.now(UTC) < opens_at
        assert "73.41" in page


def test_lookup_processes_need_neither_ring_nor_vault(house: House) -> None:
    """With a holder, what a node has on its disk opens nothing, before the instant and after it."""
    opens_at = in_seconds(house, -1)
    assert opens_at < datetime.now(UTC)
    with holder_process(house) as path:
        node = House(house.home / "node")
        node.home.mkdir()
        node.snapshots.symlink_to(house.snapshots)
        settings = {"JINBANG_KEY_HOLDER": str(path), "JINBANG_CLOCK_SHIFT": "0"}
        with running(node, **settings) as role:  # its own ring is no reason to believe what the house has published
            assert query(Browser(role.port), LIN.fields).status == 503
        with running(node, **settings, JINBANG_POINTER_KEYS=house.signer.keys.text()) as role:
            (node.home / "key_ring.json").unlink()
            assert "73.41" in query(Browser(role.port), LIN.fields).text
        assert not (node.home / "vault").exists()
