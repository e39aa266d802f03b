"""One set of HTTP tests for both servers of the lookup role.

What two readers could understand differently, what never ends, what is too large, and what is unusual but right.
`GRANIAN_TAKES` names what only our own server refuses.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from jinbang.kernel.crypto import KeyRing
from tests.lookup.roles import SERVERS, Browser, Role, Wire, running
from tests.lookup.world import FORM, JSON, LIN, RELEASE, House, T, payload_of, query, solve
from tests.tiers import Measure, Tier

HOST = b"Host: localhost\r\n"
SMUGGLED = b"GET /lookup/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
LIST = b"GET /lookup/ HTTP/1.1\r\n" + HOST + b"\r\n"


@pytest.fixture(scope="module", params=SERVERS)
def role(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Role]:
    """Run one role for all tests of a server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    house = House(Path(tmp_path_factory.mktemp(request.param)), T + timedelta(minutes=5), KeyRing.generate())
    house.publish()
    try:
        with running(house, request.param) as found:
            yield found
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def is_own(request: pytest.FixtureRequest) -> bool:
    return "own" in request.node.name


def post(*lines: bytes, body: bytes) -> bytes:
    """Return a request with these header lines."""
    return b"POST /lookup/x HTTP/1.1\r\n" + HOST + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked"
ENDED = b"0\r\n\r\n"

AMBIGUOUS = {
    "length and chunks": post(b"Content-Length: 5", CHUNKED, body=ENDED + SMUGGLED),
    "chunks and length": post(CHUNKED, b"Content-Length: 5", body=ENDED + SMUGGLED),
    "two lengths": post(b"Content-Length: 0", b"Content-Length: 5", body=SMUGGLED),
    "two lengths in one line": post(b"Content-Length: 0, 5", body=SMUGGLED),
    "the same length twice": post(b"Content-Length: 1", b"Content-Length: 1", body=b"x" + SMUGGLED),
    "a length with a sign": post(b"Content-Length: +5", body=SMUGGLED),
    "a negative length": post(b"Content-Length: -1", body=SMUGGLED),
    "a hexadecimal length": post(b"Content-Length: 0x5", body=SMUGGLED),
    "a length with a space": post(b"Content-Length: 1 0", body=SMUGGLED),
    "a length past 64 bits": post(b"Content-Length: 18446744073709551617", body=SMUGGLED),
    "an unknown coding": post(b"Transfer-Encoding: xchunked", body=ENDED + SMUGGLED),
    "a coding after chunks": post(b"Transfer-Encoding: chunked, identity", body=ENDED + SMUGGLED),
    "two codings": post(CHUNKED, b"Transfer-Encoding: identity", body=ENDED + SMUGGLED),
    "chunks twice": post(CHUNKED, CHUNKED, body=ENDED + SMUGGLED),
    "a coding behind a tab": post(b"Transfer-Encoding:\x0bchunked", body=ENDED + SMUGGLED),
    "a space before the colon": post(b"Transfer-Encoding : chunked", body=ENDED + SMUGGLED),
    "a folded line": post(b"X-One: 1", b" Transfer-Encoding: chunked", body=ENDED + SMUGGLED),
    "a zero byte": post(b"X-One: \x00", body=SMUGGLED),
    "a bare carriage return": post(b"X-One: 1\rTransfer-Encoding: chunked", body=ENDED + SMUGGLED),
    "chunks in HTTP/1.0": post(CHUNKED, body=ENDED + SMUGGLED).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "no host": b"GET /lookup/ HTTP/1.1\r\n\r\n" + SMUGGLED,
    "two hosts": b"GET /lookup/ HTTP/1.1\r\n" + HOST + b"Host: other\r\n\r\n" + SMUGGLED,
    "bare line feeds": LIST.replace(b"\r\n", b"\n") + SMUGGLED,
    "another version": LIST.replace(b"HTTP/1.1", b"HTTP/9.9") + SMUGGLED,
    "a space in the address": LIST.replace(b"/lookup/", b"/lookup/ x") + SMUGGLED,
    "no request at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + SMUGGLED,
}
MALFORMED_CHUNKS = {
    "no number": b"zz\r\nabc\r\n",
    "a negative size": b"-1\r\nabc\r\n",
    "a prefix": b"0x3\r\nabc\r\n",
    "a size past 64 bits": b"fffffffffffffffff\r\nabc\r\n",
    "no line end after a chunk": b"3\r\nabcX0\r\n\r\n",
    "a chunk longer than it says": b"3\r\nabcdef\r\n0\r\n\r\n",
    "a line feed for a line end": b"3\nabc\n0\n\n",
    "a carriage return in an extension": b"3;a=\rb\r\nabc\r\n0\r\n\r\n",
}
# What hyper, the parser in Granian, takes: the twin of the tests below, and why nginx must stand in front of Granian.
GRANIAN_TAKES = frozenset(
    {
        "bare line feeds",
        "chunks and length",
        "chunks twice",
        "length and chunks",
        "no host",
        "the same length twice",
        "two hosts",
    }
)


@pytest.mark.parametrize("kind", sorted(AMBIGUOUS))
def test_what_two_readers_could_understand_differently_is_refused_and_the_connection_closed(
    role: Role, kind: str, *, is_own: bool
) -> None:
    with Wire(role.port) as wire:
        wire.send(AMBIGUOUS[kind])
        if kind in GRANIAN_TAKES and not is_own:
            taken = wire.answer()
            assert taken is not None
            assert taken.status in {200, 404}
            return
        answers = wire.answers()
    assert [answer.status for answer in answers if answer.status not in {400, 501, 505}] == []
    assert len(answers) <= 1
    assert Browser(role.port)("GET", "/lookup/").status == 200


@pytest.mark.parametrize("kind", sorted(MALFORMED_CHUNKS))
def test_a_malformed_chunk_ends_the_connection(role: Role, kind: str) -> None:
    with Wire(role.port) as wire:
        wire.send(post(b"Content-Type: " + FORM["content-type"].encode(), CHUNKED, body=MALFORMED_CHUNKS[kind]))
        wire.send(SMUGGLED)
        answers = wire.answers()
    assert all(answer.status >= 400 for answer in answers)
    assert not any(b"smuggled" in answer.body for answer in answers)
    assert len(answers) <= 1


def test_one_readers_request_is_answered_by_both(role: Role) -> None:
    """The control of the two tests above: the same shapes, made right, are answered and the connection goes on."""
    with Wire(role.port) as wire:
        wire.send(post(b"Content-Type: text/plain", CHUNKED, body=b"3\r\nabc\r\n" + ENDED) + LIST)
        first, second = wire.answer(), wire.answer()
    assert first is not None
    assert first.status in {404, 415}
    assert second is not None
    assert second.status == 200


def test_a_query_in_chunks_is_understood(role: Role) -> None:
    solved = solve(Browser(role.port)("GET", "/lookup/challenge").json)
    body = urlencode({**LIN.fields, "altcha": solved}).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[at : at + 50]), body[at : at + 50]) for at in range(0, len(body), 50))
    head = f"POST /lookup/{RELEASE} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['content-type']}\r\n".encode()
    with Wire(role.port) as wire:
        wire.send(head + CHUNKED + b"\r\n\r\n" + chunks + ENDED)
        answer = wire.answer()
    assert answer is not None
    assert "73.41" in answer.text


def test_a_program_may_send_what_altchas_clients_send(role: Role) -> None:
    ask = Browser(role.port)
    challenge = ask("GET", "/lookup/challenge").json
    body = urlencode({**LIN.fields, "altcha": payload_of(challenge, solve(challenge))}).encode()
    assert "73.41" in ask("POST", f"/lookup/{RELEASE}", FORM, body=body).text


def test_headers_and_addresses_have_an_end(role: Role) -> None:
    for request in (
        LIST[:-2] + b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(1000)) + b"\r\n",
        LIST.replace(b"/lookup/", b"/lookup/" + b"x" * 1_000_000),
        LIST[:-2] + b"X-Long: " + b"y" * 1_000_000 + b"\r\n\r\n",
    ):
        with Wire(role.port) as wire:
            wire.send(request)
            answers = wire.answers()
        assert [answer.status for answer in answers if answer.status not in {400, 414, 431}] == []


def test_a_body_that_is_too_large_is_not_waited_for(role: Role) -> None:
    head = post(b"Content-Type: " + FORM["content-type"].encode(), b"Content-Length: 1000000000", body=b"")
    with Wire(role.port) as wire:
        wire.send(head.replace(b"/lookup/x", f"/lookup/{RELEASE}".encode()) + b"x" * 100_000)
        answer = wire.answer()
    assert answer is None or answer.status == 413
    endless = b"fff0\r\n" + b"x" * 0xFFF0 + b"\r\n"
    with Wire(role.port) as wire:
        wire.send(head.replace(b"Content-Length: 1000000000", CHUNKED) + endless * 4)
        answer = wire.answer()
    assert answer is None or answer.status in {404, 413}


def test_requests_sent_ahead_are_answered_in_their_order(role: Role) -> None:
    paths = ["/lookup/", "/lookup/challenge", f"/lookup/{RELEASE}", "/lookup/nothing-here"] * 3
    with Wire(role.port) as wire:
        wire.send(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))
        statuses = [answer.status for _ in paths if (answer := wire.answer()) is not None]
    assert statuses == [200, 200, 200, 404] * 3


def test_a_connection_serves_one_request_after_the_other(role: Role) -> None:
    with Wire(role.port) as wire:
        for _ in range(50):
            wire.send(LIST)
            answer = wire.answer()
            assert answer is not None
            assert answer.status == 200
        wire.send(LIST[:-2] + b"Connection: close\r\n\r\n")
        assert wire.answer() is not None
        assert wire.is_closed()


def test_an_old_client_gets_its_answer_and_the_end(role: Role) -> None:
    with Wire(role.port) as wire:
        wire.send(b"GET /lookup/ HTTP/1.0\r\n\r\n")
        answer = wire.answer()
        assert answer is not None
        assert answer.status == 200
        assert wire.is_closed()


def test_who_has_said_everything_may_close_that_half(role: Role, *, is_own: bool) -> None:
    """Granian drops such a client; browsers do not do it, some probes and libraries do."""
    with Wire(role.port) as wire:
        wire.send(LIST)
        wire.socket.shutdown(1)
        answer = wire.answer()
        if not is_own:
            return
        assert answer is not None
        assert answer.status == 200
        assert wire.is_closed()


def test_who_closes_in_the_middle_is_forgotten(role: Role) -> None:
    for cut in (5, len(LIST) - 2):
        with Wire(role.port) as wire:
            wire.send(LIST[:cut])
            wire.socket.shutdown(1)
            assert [answer.status for answer in wire.answers() if answer.status != 400] == []
    assert Browser(role.port)("GET", "/lookup/").status == 200


def test_a_body_is_asked_for_where_the_client_waits_for_that(role: Role) -> None:
    solved = solve(Browser(role.port)("GET", "/lookup/challenge").json)
    body = urlencode({**LIN.fields, "altcha": solved}).encode()
    head = (
        f"POST /lookup/{RELEASE} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        f"Content-Type: {FORM['content-type']}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with Wire(role.port) as wire:
        wire.send(head)
        first = wire.answer()
        assert first is not None
        assert first.status == 100
        wire.send(body)
        second = wire.answer()
    assert second is not None
    assert "73.41" in second.text


def test_slow_clients_hold_nobody_up(role: Role) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(Wire(role.port)) for _ in range(100)]
        for wire in slow:
            wire.send(LIST[:20])
        began = time.monotonic()
        assert "73.41" in query(Browser(role.port), LIN.fields).text
        assert time.monotonic() - began < 5
        for wire in slow:
            wire.send(LIST[20:])
        assert {answer.status for wire in slow if (answer := wire.answer()) is not None} == {200}


def test_many_idle_connections_cost_nobody_their_answer(role: Role, tier: Tier) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(Wire(role.port)) for _ in range(tier[Measure.IDLE_CONNECTIONS])]
        assert "73.41" in query(Browser(role.port), LIN.fields).text
        for wire in tier.random.sample(idle, 20):
            wire.send(LIST)
            answer = wire.answer()
            assert answer is not None
            assert answer.status == 200


def test_both_servers_send_the_same_headers(role: Role) -> None:
    answer = Browser(role.port)("GET", f"/lookup/{RELEASE}", JSON)
    assert set(answer.headers) - {"date", "server"} == {
        "content-length",
        "content-type",
        "cache-control",
        "content-security-policy",
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "x-robots-tag",
    }
    assert "date" in answer.headers
    assert Browser(role.port)("HEAD", "/lookup/").body == b""


@pytest.mark.parametrize("method", ["DELETE", "TRACE", "PATCH"])
def test_another_method_is_refused_with_a_page_and_the_connection_goes_on(role: Role, method: str) -> None:
    with Wire(role.port) as wire:
        wire.send(LIST.replace(b"GET", method.encode()) + LIST)
        refused, listed = wire.answer(), wire.answer()
    assert refused is not None
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, POST")
    assert "不支持这种请求方式" in refused.text
    assert listed is not None
    assert listed.status == 200


def test_the_role_says_how_it_is(role: Role) -> None:
    ask = Browser(role.port)
    query(ask, LIN.fields)
    assert ask("GET", "/healthz").json == {"status": "ok", "problems": []}
    metrics = ask("GET", "/metrics").text
    assert 'jinbang_lookup_requests_total{route="query",status="200"}' in metrics
    assert "jinbang_lookup_answer_seconds_bucket" in metrics
    assert LIN.ticket not in metrics
