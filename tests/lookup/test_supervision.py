"""The processes of the lookup's own server: reload, end and death under load, and generations that change meanwhile."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from jinbang.lookup.cards import Entry
from tests.lookup.roles import SERVERS, Browser, Role, Wire, running
from tests.lookup.test_overload import PROOF_KEY
from tests.lookup.world import FORM, HEADER, LIN, RELEASE, House, presolved, query, solve

SOON = 10.0
LIST = b"GET /lookup/ HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class Crowd:
    """Clients that ask one after the other until told to stop, each on one connection for as long as it lasts."""

    port: int
    pages: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Query for 林 over and over, opening a new connection only where the server said it would close."""
        while not self.over.is_set():
            try:
                with Wire(self.port) as wire:
                    self._ask_on(wire)
            except OSError as error:
                self.failures.append(repr(error))

    def _ask_on(self, wire: Wire) -> None:
        while not self.over.is_set():
            wire.send(b"GET /lookup/challenge HTTP/1.1\r\nHost: x\r\n\r\n")
            challenge = wire.answer()
            if challenge is None or challenge.headers.get("connection") == "close":
                if challenge is None:
                    self.failures.append("no answer to the first request of a pair")
                return
            body = urlencode({**LIN.fields, "altcha": solve(challenge.json)})
            wire.send(
                f"POST /lookup/{RELEASE} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['content-type']}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            answer = wire.answer()
            if answer is None:
                self.failures.append("no answer to a query")
                return
            self.pages.append(answer.text)
            if answer.headers.get("connection") == "close":
                return


@contextmanager
def crowd_at(port: int, clients: int = 4) -> Iterator[Crowd]:
    """Let a crowd ask for the length of the block."""
    crowd = Crowd(port)
    threads = [threading.Thread(target=crowd.ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.over.set()
        for thread in threads:
            thread.join(timeout=30)


def until(condition: "object", *, within: float = SOON) -> bool:
    """Wait for a condition (a function), and return whether it came."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        with suppress(OSError):
            if condition():  # type: ignore[operator]  # a function of the test
                return True
        time.sleep(0.05)
    return False


def is_shut(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def corrected(mark: int) -> list[Entry]:
    first, second = LIN.card.subjects
    card = replace(LIN.card, subjects=(replace(first, mark_hundredths=mark), second))
    return [Entry.of(card, ticket_number=LIN.ticket, document_number=LIN.document)]


@pytest.fixture
def role(house: House) -> Iterator[Role]:
    house.publish()
    with running(house) as found:
        yield found


def test_a_reload_under_load_loses_no_request(role: Role) -> None:
    before = role.children()
    with crowd_at(role.port) as crowd:
        assert until(lambda: len(crowd.pages) > 20)
        os.kill(role.process.pid, signal.SIGHUP)
        assert until(lambda: role.children() and not set(before) & set(role.children()), within=30)
        count = len(crowd.pages)
        assert until(lambda: len(crowd.pages) > count + 20)
    assert crowd.failures == []
    # A challenge that the old process signed is unknown to the new one: the form comes back, with the code beside it.
    strangers = [page for page in crowd.pages if "73.41" not in page]
    assert all('name="image_code"' in page and LIN.ticket in page for page in strangers)
    assert len(strangers) <= 8


def test_a_new_generation_under_load_loses_no_request_and_shows_everybody_the_new_mark(
    house: House, role: Role
) -> None:
    with crowd_at(role.port) as crowd:
        assert until(lambda: len(crowd.pages) > 20)
        house.publish(replace(HEADER, version=2), corrected(9900))
        assert until(lambda: "<strong>99</strong>" in crowd.pages[-1])
        seen = len(crowd.pages)
        assert until(lambda: len(crowd.pages) > seen + 20)
    assert crowd.failures == []
    assert all("<strong>86.5</strong>" in page or "<strong>99</strong>" in page for page in crowd.pages)
    first = next(at for at, page in enumerate(crowd.pages) if "<strong>99</strong>" in page)
    assert all("<strong>99</strong>" in page for page in crowd.pages[first + 4 :])  # four were under way


def test_the_end_lets_a_request_that_has_begun_finish(role: Role) -> None:
    with Wire(role.port) as wire:
        wire.send(LIST[:20])
        time.sleep(0.2)
        os.kill(role.process.pid, signal.SIGTERM)
        assert until(lambda: is_shut(role.port))
        wire.send(LIST[20:])
        answer = wire.answer()
        assert answer is not None
        assert answer.status == 200
        assert answer.headers["connection"] == "close"
        assert wire.is_closed()
    assert role.process.wait(timeout=SOON) == 0


def test_a_worker_that_dies_is_replaced(role: Role) -> None:
    (worker,) = role.children()
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: role.children() not in ([], [worker]), within=30)
    assert "73.41" in query(Browser(role.port), LIN.fields).text


@pytest.mark.parametrize("server", SERVERS)
def test_without_its_parent_a_worker_stops_answering(house: House, server: str) -> None:
    house.publish()
    with running(house, server) as role, Wire(role.port) as wire:
        wire.send(LIST)
        assert wire.answer() is not None  # and the connection stays open
        workers = role.children()
        assert workers
        os.kill(role.process.pid, signal.SIGKILL)
        role.process.wait(timeout=SOON)
        assert until(lambda: is_shut(role.port))
        assert until(lambda: all(not Path(f"/proc/{worker}").exists() or is_zombie(worker) for worker in workers))


def test_without_looking_after_its_parent_a_worker_of_granian_goes_on_answering(house: House) -> None:
    """The twin: an orphan keeps the port, and the generations that it knows."""
    house.publish()
    with running(house, "careless") as role:
        os.kill(role.process.pid, signal.SIGKILL)
        role.process.wait(timeout=SOON)
        time.sleep(3)
        assert Browser(role.port)("GET", "/lookup/").status == 200


def is_zombie(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"


def test_a_draining_worker_says_so_to_whoever_balances(house: House) -> None:
    house.publish()
    with running(house) as role, Wire(role.port) as wire:
        wire.send(LIST)
        assert wire.answer() is not None
        os.kill(role.process.pid, signal.SIGTERM)
        assert until(lambda: is_shut(role.port))
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = wire.answer()
        assert answer is not None
        assert (answer.status, answer.json["problems"]) == (503, ["draining"])


def test_a_release_that_opens_while_the_role_runs_is_open_within_five_seconds(house: House) -> None:
    house.now = HEADER.opens_at - timedelta(seconds=8)
    house.publish()
    with running(house) as role:
        ask = Browser(role.port)
        assert "data-opens-at" in query(ask, LIN.fields).text
        assert until(lambda: "73.41" in query(ask, LIN.fields).text, within=13)


# ------------------------------------------------------------------------------------------------ what they share


def sent(role: Role, solved: str) -> str:
    """Send 林's query over a connection of its own, which any of the workers may take."""
    body = urlencode({**LIN.fields, "altcha": solved}).encode()
    return Browser(role.port)("POST", f"/lookup/{RELEASE}", FORM, body=body).text


def replayed(role: Role) -> list[int]:
    """Solve eight challenges, send each solution thirty times at once, and return how often each was accepted."""
    accepted = []
    for _ in range(8):
        solved = presolved(bytes.fromhex(PROOF_KEY))
        with ThreadPoolExecutor(6) as pool:
            accepted.append(
                sum("73.41" in page for page in pool.map(lambda _n, one=solved: sent(role, one), range(30)))
            )
    return accepted


def test_what_one_process_of_a_node_has_taken_no_other_takes_again(house: House) -> None:
    house.publish()
    with running(house, "slow", WORKERS="2", SLOW_MS="2", PROOF_KEY=PROOF_KEY) as role:
        assert replayed(role) == [1] * 8


def test_processes_that_do_not_tell_each_other_accept_a_solution_once_each(house: House) -> None:
    """The twin."""
    house.publish()
    with running(house, "slow", WORKERS="2", SLOW_MS="2", PROOF_KEY=PROOF_KEY, APART="1") as role:
        assert max(replayed(role)) == 2


def test_what_one_process_has_signed_every_other_accepts_before_and_after_a_reload(house: House) -> None:
    house.publish()
    with running(house, WORKERS="2") as role:
        solved = [solve(Browser(role.port)("GET", "/lookup/challenge").json) for _ in range(12)]
        assert all("73.41" in sent(role, one) for one in solved[:8])
        before = set(role.children())
        os.kill(role.process.pid, signal.SIGHUP)
        until = time.monotonic() + SOON
        while before & set(role.children()) and time.monotonic() < until:
            time.sleep(0.1)
        assert all("73.41" in sent(role, one) for one in solved[8:])
        assert not [one for one in solved if "73.41" in sent(role, one)]


def test_whichever_process_is_asked_tells_what_all_of_them_have_counted(house: House) -> None:
    house.publish()
    with running(house, WORKERS="2") as role:
        for _ in range(40):
            assert Browser(role.port)("GET", "/lookup/").status == 200
        assert until(lambda: {counted(role) for _ in range(8)} == {40})
        before = set(role.children())
        os.kill(role.process.pid, signal.SIGHUP)
        assert until(lambda: role.children() and not before & set(role.children()), within=30)
        assert {counted(role) for _ in range(8)} == {40}


def counted(role: Role) -> int:
    """Return how many requests for the list a process of the node says there were."""
    lines = Browser(role.port)("GET", "/metrics").text.splitlines()
    found = [line for line in lines if line.startswith('jinbang_lookup_requests_total{route="list"')]
    return sum(int(float(line.split()[-1])) for line in found)


def test_nothing_of_a_node_is_left_in_memory_when_it_ends(house: House) -> None:
    house.publish()
    with running(house, WORKERS="2") as role:
        folder = shared_by(role)
        assert oct(folder.stat().st_mode)[-3:] == "700"
    assert not folder.exists()
    with running(house, WORKERS="2") as role:
        folder = shared_by(role)
        role.process.kill()
        assert until(lambda: not folder.exists())
    assert not folder.exists()


def shared_by(role: Role) -> Path:
    """Return the folder in memory that the workers of a role were given."""
    words = Path(f"/proc/{role.children()[0]}/cmdline").read_text(encoding="utf-8").split("\0")
    folder = Path(words[words.index("--shared") + 1])
    assert folder.is_relative_to("/dev/shm")  # noqa: S108  # where it has to be
    assert (folder / "key").exists()
    return folder
