"""What only our own server promises: every time and every size has an end. In one process, with short times."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
import uvloop

from jinbang.lookup import wire
from jinbang.lookup.node import Node
from jinbang.lookup.wire import Connection, Server
from tests.hostile import mutated_bytes
from tests.lookup.roles import Browser, Wire
from tests.lookup.world import RELEASE, House
from tests.tiers import Measure, Tier

LIST = b"GET /lookup/ HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def serving(house: House, *, connections_max: int = 100) -> Iterator[tuple[int, Server]]:
    """Serve from a thread of this process; yields the port and the server."""
    begun: list[tuple[int, Server, asyncio.AbstractEventLoop, asyncio.Event]] = []
    is_up = threading.Event()

    async def serve() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        server = Server(Node(house.service()), loop, connections_max=connections_max)
        listening = socket.create_server(("127.0.0.1", 0))
        begun.append((int(listening.getsockname()[1]), server, loop, stop))
        is_up.set()
        await server.serve(listening, stop)

    thread = threading.Thread(target=lambda: uvloop.run(serve()))
    thread.start()
    assert is_up.wait(20)
    port, server, loop, stop = begun[0]
    try:
        yield port, server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)


@pytest.fixture(autouse=True)
def _short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "REQUEST_SECONDS", 1.0)
    monkeypatch.setattr(wire, "WRITE_SECONDS", 1.0)
    monkeypatch.setattr(wire, "IDLE_SECONDS", 2.0)
    monkeypatch.setattr(wire, "DRAIN_SECONDS", 0.5)


@pytest.mark.parametrize(
    "begun",
    [
        LIST[:10],
        LIST[:-2],
        b"POST /lookup/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        b"POST /lookup/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_request_that_never_ends_is_ended(house: House, begun: bytes) -> None:
    house.publish()
    with serving(house) as (port, server), Wire(port) as client:
        client.send(begun)
        assert [answer.status for answer in client.answers()] == [408]
    assert server.connections == set()


def test_a_client_that_sends_a_byte_at_a_time_is_ended_all_the_same(house: House) -> None:
    with serving(house) as (port, _), Wire(port) as client:
        ended = threading.Event()

        def trickle() -> None:
            client.send(LIST[:-2] + b"X-Long: ")
            while not ended.wait(0.2):
                client.send(b"y")

        thread = threading.Thread(target=trickle)
        thread.start()
        answers = client.answers()
        ended.set()
        thread.join()
    assert [answer.status for answer in answers] == [408]


def test_an_idle_connection_is_closed_in_the_end(house: House) -> None:
    with serving(house) as (port, _), Wire(port) as client:
        client.send(LIST)
        assert client.answer() is not None
        assert client.is_closed(within=6)


def test_a_client_that_takes_no_answers_is_not_written_to_without_end(house: House) -> None:
    house.publish()
    page = f"GET /lookup/{RELEASE} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with serving(house) as (port, server), Wire(port, timeout=2) as client:
        client.socket.settimeout(0)
        sent = 0
        for _ in range(2_000):
            try:
                sent += client.socket.send(page * 10)
            except BlockingIOError:
                break
            except (BrokenPipeError, ConnectionResetError):
                break
        held = sum(cast("Any", one)._transport.get_write_buffer_size() for one in list(server.connections))
        assert held < 2_000_000
        client.socket.settimeout(6)
        assert client.is_closed(within=8)
    assert server.connections == set()


def test_requests_sent_ahead_have_an_end(house: House) -> None:
    with serving(house) as (port, _), Wire(port) as client:
        client.send(LIST * 100)
        answers = client.answers()
    assert len(answers) == wire.AT_ONCE_MAX
    assert answers[-1].headers["connection"] == "close"


def test_past_the_most_connections_there_is_a_plain_no(house: House) -> None:
    with serving(house, connections_max=3) as (port, _):
        held = [Wire(port) for _ in range(3)]
        for client in held:
            client.send(LIST)
            assert client.answer() is not None
        with Wire(port) as client:
            assert [answer.status for answer in client.answers()] == [503]
        held[0].socket.close()
        for client in held[1:]:
            client.socket.close()
        assert Browser(port)("GET", "/lookup/").status == 200


def test_what_follows_a_refusal_is_dropped_and_bounded(house: House) -> None:
    with serving(house) as (port, _), Wire(port) as client:
        client.send(b"nonsense\r\n\r\n")
        assert client.answer() is not None
        for _ in range(200):
            client.send(b"x" * 65_536)
        assert client.is_closed()


class Deaf:
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        """Take anything."""
        self.written = b""
        self.is_over = False

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        return ("203.0.113.9", 1)

    def write(self, content: bytes) -> None:
        assert not self.is_over
        self.written += content

    def write_eof(self) -> None:
        self.is_over = True

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        self.is_over = True


GOOD = [
    LIST * 2,
    b"POST /lookup/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 8\r\n\r\nname=abc" + LIST,
    b"POST /lookup/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + LIST,
    b"HEAD /lookup/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n",
    b"GET /lookup/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
]


def test_hostile_bytes_are_answered_or_refused_and_break_nothing(house: House, tier: Tier) -> None:
    """Whatever is sent, in whatever pieces, every answer is whole, and after a refusal nothing more is written."""
    loop = asyncio.new_event_loop()
    server = Server(Node(house.service()), loop)
    seen: set[int] = set()
    for raw in mutated_bytes(GOOD, random=tier.random, count=tier[Measure.BAD_INPUTS]):
        connection, deaf = Connection(server), Deaf()
        connection.connection_made(cast("asyncio.Transport", deaf))
        cut = tier.random.randrange(len(raw) + 1)
        for piece in (raw[:cut], raw[cut:]):
            if piece:
                connection.data_received(piece)
        answers = deaf.written.split(b"HTTP/1.1 ")[1:]
        seen.update(int(answer[:3]) for answer in answers)
        assert 500 not in seen, raw
        refused = [at for at, answer in enumerate(answers) if answer.endswith(answer.partition(b"\r")[0] + b"\n")]
        assert refused in ([], [len(answers) - 1]), raw
        connection.connection_lost(None)
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert {100, 200, 400, 404} <= seen


class Recorder:
    """A transport that takes down what is written to it."""

    def __init__(self, written: list[tuple[str, bytes]], name: str) -> None:
        """Begin open."""
        self.written, self.name, self.is_gone = written, name, False

    def is_closing(self) -> bool:
        return self.is_gone

    def write(self, data: bytes) -> None:
        assert not self.is_gone
        self.written.append((self.name, data))


class OneTurn:
    """A server whose loop goes on to its next turn only when it is told to, and two clients of it."""

    def __init__(self, house: House) -> None:
        """Begin a turn."""
        self.later: list[Any] = []
        loop = SimpleNamespace(time=float, call_soon=self.later.append)
        self.server = Server(Node(house.service()), cast("asyncio.AbstractEventLoop", loop))
        self.written: list[tuple[str, bytes]] = []
        self.first, self.second = Recorder(self.written, "first"), Recorder(self.written, "second")

    def send(self, transport: Recorder, data: bytes) -> None:
        self.server.send(cast("asyncio.Transport", transport), data)

    def end(self) -> None:
        later, self.later[:] = list(self.later), []
        for run in later:
            run()


def test_what_is_answered_in_one_turn_is_written_at_its_end_in_order(house: House) -> None:
    turn = OneTurn(house)
    for transport, data in [(turn.first, b"1"), (turn.second, b"2"), (turn.first, b"3")]:
        turn.send(transport, data)
    assert turn.written == []
    turn.end()
    assert turn.written == [("first", b"1"), ("second", b"2"), ("first", b"3")]
    turn.send(turn.second, b"4")
    turn.end()
    assert turn.written[3:] == [("second", b"4")]


def test_who_left_before_the_end_of_the_turn_keeps_no_answer_from_the_others(house: House) -> None:
    turn = OneTurn(house)
    turn.send(turn.first, b"1")
    turn.send(turn.second, b"2")
    turn.first.is_gone = True
    turn.end()
    assert turn.written == [("second", b"2")]


def test_a_long_turn_keeps_nobody_waiting_for_its_end(house: House) -> None:
    turn = OneTurn(house)
    for number in range(wire.SENT_TOGETHER_MAX):
        assert turn.written == []
        turn.send(turn.first, b"%d" % number)
    assert [data for _name, data in turn.written] == [b"%d" % number for number in range(wire.SENT_TOGETHER_MAX)]
    turn.end()
    assert len(turn.written) == wire.SENT_TOGETHER_MAX
