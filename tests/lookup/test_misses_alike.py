"""Six kinds of query that find nothing, held against each other: bytes, headers, counts, and the time they take.

The times are medians over one kept connection, the kinds interleaved in random order, compared by a permutation test: a
difference counts that is over 50 microseconds, has p < 0.001, and is there twice in a row. The control adds 200
microseconds to one kind and must be noticed.
"""

import multiprocessing
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.client import HTTPConnection
from urllib.parse import urlencode

import numpy as np
import pytest

from jinbang.kernel.identity import make_resident_id
from jinbang.lookup import self_check, spent
from jinbang.lookup.exchange import Request, Response
from jinbang.lookup.gate import Gate
from jinbang.lookup.limits import Misses, MissLimits
from jinbang.lookup.sealing import QueryInputs
from jinbang.lookup.server import LookupService
from jinbang.lookup.spent import SpentTable
from tests.lookup.conftest import directly
from tests.lookup.test_limits import counted
from tests.lookup.world import (
    CASES,
    FORM,
    HEADER,
    LIN,
    LIN_DOCUMENT,
    RELEASE,
    House,
    T,
    query,
    solve,
    without_echo,
    without_nonces,
)
from tests.tiers import Measure, Tier

ELSEWHERE = replace(CASES["failed"], ticket="261403077777", document=make_resident_id("140105", date(1988, 3, 9), 25))
KINDS: Mapping[str, Mapping[str, str]] = {
    "no such document": {**LIN.fields, "document_number": make_resident_id("110105", date(1949, 12, 31), 4)},
    "ticket wrong": {**LIN.fields, "ticket_number": "261403012346"},
    "document wrong": {**LIN.fields, "document_number": CASES["failed"].document},
    "other exam": ELSEWHERE.fields,
    "name wrong": {**LIN.fields, "name": "林大满"},
    "malformed but plausible": {**LIN.fields, "document_number": f"{LIN_DOCUMENT[:-1]}1"},
}
FIRST, *OTHERS = KINDS
NO_LIMITS = MissLimits(*[10**9] * 4)
DIFFERENCE_SECONDS = 50e-6
P_MAX = 0.001
PERMUTATIONS = 2_000


@pytest.fixture
def full_house(house: House) -> House:
    """Return everybody's records of one release, and another release with somebody of its own."""
    house.publish()
    house.publish(replace(HEADER, release="another-release"), entries=[ELSEWHERE.entry])
    return house


def test_the_six_kinds_are_one_page_with_the_same_headers(full_house: House) -> None:
    ask = directly(full_house.service(gate=Gate(misses=Misses(NO_LIMITS))))
    assert "不合格" in query(ask, ELSEWHERE.fields, release="another-release").text  # they are somebody, elsewhere
    answers = {kind: query(ask, fields) for kind, fields in KINDS.items()}
    assert {answer.status for answer in answers.values()} == {200}
    assert len({tuple(sorted(answer.headers.items())) for answer in answers.values()}) == 1
    assert len({without_help(answers[kind].text, KINDS[kind]) for kind in KINDS}) == 1
    lengths = {len(without_echo(without_nonces(answer.text), KINDS[kind])) for kind, answer in answers.items()}
    assert len(lengths) == 2  # the control: a wrong check digit can be seen by anybody, and is said


def without_help(page: str, fields: Mapping[str, str]) -> str:
    """Return a miss page without its help, which must be what anybody could compute from the typing alone."""
    found = re.search("<h2[^>]*>从您填的内容看</h2><ul[^>]*>(.*?)</ul>", page)
    said = tuple(re.findall("<li>(.*?)</li>", found[1])) if found else ()
    others = [replace(HEADER, release="another-release")]
    assert said == self_check.findings(QueryInputs.typed(**fields), HEADER, others=others, now=T)
    return without_echo(without_nonces(page.replace(found[0], "") if found else page), fields)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_leaves_the_same_counts(full_house: House, kind: str) -> None:
    gate = Gate()
    query(directly(full_house.service(gate=gate)), KINDS[kind])
    assert [count for _key, count in counted(gate.misses._networks)] == [1]
    assert [count for _key, count in counted(gate.misses._numbers)] == [1, 1]
    assert counted(gate.misses._found) == []
    assert (held(gate.proof._spent), held(gate.codes._spent)) == (1, 0)


def held(table: SpentTable) -> int:
    """Return how many tokens are remembered."""
    buckets = spent._BUCKET.iter_unpack(table._memory.bytes)
    return sum(1 for _forgotten, *tokens in buckets for token in tokens if token)


# ------------------------------------------------------------------------------------------------ time


def serve(service: LookupService, listener: socket.socket, leak: Callable[[Request], None]) -> None:
    """Answer every request of one kept connection."""
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = connection.makefile("rb")
    while line := stream.readline():
        headers = {}
        while field := stream.readline().decode().strip().lower():
            name, _, value = field.partition(": ")
            headers[name] = value
        method, path, _version = line.decode().split()
        body = stream.read(int(headers.get("content-length", "0")))
        request = Request(method, path, "203.0.113.9", headers, body)
        response: Response = service.answer(request)
        leak(request)
        fields = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
        head = f"HTTP/1.1 {response.status} OK\r\n{fields}content-length: {len(response.body)}\r\n\r\n"
        connection.sendall(head.encode() + response.body)


def nothing_leaks(_request: Request) -> None:
    """Take no time over anything."""


def leaks_the_person(request: Request) -> None:
    """Take 200 microseconds longer over a document that somebody of this release has."""
    if CASES["failed"].document.encode() in request.body:
        until = time.perf_counter() + 200e-6
        while time.perf_counter() < until:
            pass


@contextmanager
def connected(house: House, leak: Callable[[Request], None]) -> Iterator[tuple[HTTPConnection, Gate]]:
    """Serve a house in a process of its own, and hold one connection to it."""
    gate = Gate(misses=Misses(NO_LIMITS))
    service = house.service(gate=gate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.get_context("fork").Process(target=serve, args=(service, listener, leak))
        process.start()
        connection = HTTPConnection(*listener.getsockname())
        try:
            yield connection, gate
        finally:
            connection.close()
            process.join(timeout=10)
            process.terminate()


def timed(house: House, tier: Tier, kinds: Sequence[str], *, leak: Callable[[Request], None]) -> dict[str, list[float]]:
    """Return how long each query of each kind took, in seconds, all in one connection and in random order."""
    order = [kind for kind in kinds for _ in range(tier[Measure.MISSES_OF_EACH_KIND])]
    tier.random.shuffle(order)
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    with connected(house, leak) as (connection, gate):
        for kind in order:
            # The served process has this gate's key, so a challenge is as good from here.
            body = urlencode({**KINDS[kind], "altcha": solve(gate.proof.challenge(hardest=1))})
            began = time.perf_counter()
            connection.request("POST", f"/lookup/{RELEASE}", body, FORM)
            page = connection.getresponse().read()
            seconds[kind].append(time.perf_counter() - began)
            assert "没有查到成绩".encode() in page
    return seconds


def tells_apart(one: Sequence[float], other: Sequence[float], *, seed: int) -> bool:
    """Whether two samples differ by more than the median of chance: 50 microseconds, with p < 0.001."""
    difference = abs(float(np.median(one) - np.median(other)))
    if difference <= DIFFERENCE_SECONDS:
        return False
    random = np.random.default_rng(seed)
    pooled = np.array([*one, *other])
    extreme = 0
    for _ in range(PERMUTATIONS):
        random.shuffle(pooled)
        extreme += abs(float(np.median(pooled[: len(one)]) - np.median(pooled[len(one) :]))) >= difference
    return (extreme + 1) / (PERMUTATIONS + 1) < P_MAX


def told_apart_twice(house: House, tier: Tier, kinds: Sequence[str], *, leak: Callable[[Request], None]) -> set[str]:
    """Return the kinds that took another time than the first kind, twice in a row."""
    suspected = set(kinds) - {FIRST}
    for _ in range(2):
        if suspected:
            seconds = timed(house, tier, [FIRST, *sorted(suspected)], leak=leak)
            suspected = {
                kind
                for kind in suspected
                if tells_apart(seconds[FIRST], seconds[kind], seed=tier.random.randrange(2**32))
            }
    return suspected


@pytest.fixture
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the cost out of the proof, for it would be most of the run's time and none of what is timed."""
    monkeypatch.setattr("jinbang.lookup.limits.EASY", 1)


@pytest.mark.usefixtures("easy")
def test_no_kind_of_miss_can_be_told_by_its_time(full_house: House, tier: Tier) -> None:
    assert told_apart_twice(full_house, tier, list(KINDS), leak=nothing_leaks) == set()


@pytest.mark.usefixtures("easy")
def test_two_hundred_microseconds_would_be_noticed(full_house: House, tier: Tier) -> None:
    """The control of the test above: the same measurement finds a leak where there is one."""
    assert told_apart_twice(full_house, tier, [FIRST, "document wrong"], leak=leaks_the_person) == {"document wrong"}
