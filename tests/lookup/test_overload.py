"""More people than can be answered: some are answered rightly, all others at once and kindly, and then it is over."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import pytest

from jinbang.lookup.exchange import Request, Response
from jinbang.lookup.node import Node
from jinbang.lookup.overload import (
    RETRY_SECONDS_LEAST,
    RETRY_SECONDS_LONGEST,
    RETRY_SECONDS_MOST,
    Admission,
    retry_page,
)
from tests.lookup.roles import Browser, Role, running
from tests.lookup.world import CASES, FORM, JSON, LIN, RELEASE, House, presolved, query
from tests.tiers import Measure, Tier

PAGE = f"/lookup/{RELEASE}"


class Turns:
    """A loop whose turns the test ends itself."""

    def __init__(self) -> None:
        """Have nothing to do."""
        self.waiting: list[object] = []

    def later(self, function: object) -> None:
        """Remember what is to be done at the next turn."""
        self.waiting.append(function)

    def end(self) -> None:
        """Do it."""
        waiting, self.waiting = self.waiting, []
        for function in waiting:
            function()  # type: ignore[operator]  # a function of the admission


def test_a_turn_admits_until_its_time_is_over_and_the_next_begins_afresh() -> None:
    admission, turns = Admission(seconds=0.25), Turns()
    assert [admission.admits(at, turns.later) for at in (10.0, 10.2, 10.249, 10.25, 10.3)] == [True] * 3 + [False] * 2
    turns.end()
    assert admission.admits(10.3, turns.later)
    assert admission.refused == 2
    assert len(turns.waiting) == 1


def busy(house: House) -> Node:
    """Return a node whose time is over from the second request on."""
    house.publish()
    node = Node(house.service(), admission=Admission(seconds=0.0))
    ask(node, "GET", "/lookup/")
    return node


def ask(
    node: Node, method: str, path: str, *, headers: Mapping[str, str] = MappingProxyType({}), body: bytes = b""
) -> Response:
    return node.answer(method=method, path=path, peer="::1", headers=headers, body=body, later=lambda _end: None)


def test_whoever_is_refused_keeps_the_form_the_challenge_and_a_place_in_time(house: House) -> None:
    typed = {**LIN.fields, "altcha": "c29sdmVk", "name": '林"<小>满'}
    response = ask(busy(house), "POST", PAGE, headers=FORM, body=urlencode(typed).encode())
    page, headers = response.body.decode(), dict(response.headers)
    assert response.status == 503
    assert RETRY_SECONDS_LEAST <= int(headers["retry-after"]) <= RETRY_SECONDS_MOST
    assert (
        f'<form class="jb-retry" method="post" action="{PAGE}" data-retry-seconds="{headers["retry-after"]}">' in page
    )
    assert f'name="ticket_number" value="{LIN.ticket}"' in page
    assert 'name="altcha" value="c29sdmVk"' in page
    assert 'name="name" value="林&quot;&lt;小&gt;满"' in page
    assert len(page) < 2_500
    assert headers["cache-control"] == "no-store"


def test_a_page_that_was_only_looked_at_reloads_by_itself(house: House) -> None:
    response = ask(busy(house), "GET", PAGE)
    assert response.status == 503
    assert dict(response.headers)["refresh"] == dict(response.headers)["retry-after"]


def test_programs_are_told_when_to_come_back(house: House) -> None:
    response = ask(busy(house), "GET", PAGE, headers=JSON)
    assert b'"code":"node_busy"' in response.body
    assert b'"retry_after_seconds":' in response.body


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/lookup/challenge"])
def test_what_costs_little_and_is_needed_then_is_always_answered(house: House, path: str) -> None:
    response = ask(busy(house), "GET", path)
    assert response.status == 200


def test_a_form_that_cannot_be_read_gets_the_page_without_its_fields() -> None:
    page = retry_page(Request("POST", PAGE, "::1", FORM, b"\xff"), seconds=5)
    assert page.status == 503
    assert 'type="hidden"' not in page.main


def test_those_refused_together_do_not_come_back_together() -> None:
    admission = Admission(seconds=0.0)
    waits = Counter(admission.wait(10.0) for _ in range(2_000))
    assert len(waits) == RETRY_SECONDS_MOST - RETRY_SECONDS_LEAST + 1
    assert max(waits.values()) < 2 * 2_000 / len(waits)


def refused_at_once(people: int) -> list[int]:
    """Return how long each waits of so many whom a node refuses that answers forty in a second."""
    admission, turns = Admission(seconds=0.25), Turns()
    assert sum(admission.admits(10 + 0.025 * number, turns.later) for number in range(11)) == 10
    return [admission.wait(10.25) for _ in range(people)]


def test_the_more_are_refused_the_longer_they_are_spread() -> None:
    assert max(refused_at_once(300)) == RETRY_SECONDS_MOST
    waits = refused_at_once(1_600)  # at half of forty a second, eighty seconds' worth
    assert 60 < max(waits) <= 80
    per_second = Counter(waits)
    assert max(per_second.values()) < 60  # twenty are expected; within twenty seconds it would be ninety
    assert sum(per_second[second] for second in range(RETRY_SECONDS_MOST + 1)) < len(waits) / 2
    assert max(refused_at_once(20_000)) == RETRY_SECONDS_LONGEST


def test_the_spread_is_over_when_they_have_come_back() -> None:
    admission, turns = Admission(seconds=0.25), Turns()
    for number in range(10):
        admission.admits(10 + 0.025 * number, turns.later)
    for _ in range(1_600):
        admission.wait(10.25)
    assert max(admission.wait(95.0) for _ in range(100)) == RETRY_SECONDS_MOST


# ------------------------------------------------------------------------------------------------ a real crowd


@dataclass
class Arrivals:
    """People who arrive at a rate, whether or not those before them have been answered (an open loop)."""

    port: int
    bodies: Iterator[tuple[str, bytes]]
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    lost: int = 0
    longest: float = 0.0

    async def arrive(self, *, per_second: float, seconds: float) -> None:
        """Let people arrive for so long, at random moments, and wait until the last of them has gone."""
        began = time.monotonic()
        people: set[asyncio.Task[None]] = set()
        at = began
        while at < began + seconds:
            at += random.expovariate(per_second)  # a crowd, no secret
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            task = asyncio.create_task(self._one())
            people.add(task)
            task.add_done_callback(people.discard)
        await asyncio.gather(*people)

    async def _one(self) -> None:
        words, body = next(self.bodies)
        began = time.monotonic()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(
                f"POST {PAGE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
                f"Content-Type: {FORM['content-type']}\r\n\r\n".encode()
                + body
            )
            answer = await asyncio.wait_for(reader.read(), 60)
            writer.close()
        except OSError:
            self.lost += 1
            return
        self.longest = max(self.longest, time.monotonic() - began)
        status = int(answer[9:12])
        self.statuses[status] += 1
        if (status == 200) != (words.encode() in answer):
            self.wrong += 1


SLOW_MS = 20  # fifty people a second
PROOF_KEY = "5a" * 32


@contextmanager
def slow_role(house: House, **environment: str) -> Iterator[Role]:
    house.publish()
    with running(house, "slow", SLOW_MS=str(SLOW_MS), PROOF_KEY=PROOF_KEY, **environment) as found:
        yield found


def crowd() -> Iterator[tuple[str, bytes]]:
    """Yield what somebody's page says, with the body that asks for it, each with a solved challenge of its own."""
    people = [case for case in CASES.values() if "<" not in case.card.name]
    for case in cycle(people):
        body = {**case.fields, "altcha": presolved(bytes.fromhex(PROOF_KEY))}
        yield f'<span class="jb-full">{case.ticket}</span>', urlencode(body).encode()


def anonymous_bytes(role: Role) -> int:
    (worker,) = role.children()
    lines = Path(f"/proc/{worker}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:"))


def seconds_until_answered(role: Role) -> float:
    """Return how long it takes from now until a query is answered with a result."""
    began = time.monotonic()
    while "73.41" not in query(Browser(role.port), LIN.fields).text:
        assert time.monotonic() < began + 60
    return time.monotonic() - began


def test_ten_times_too_many_are_answered_rightly_or_told_to_come_back(house: House, tier: Tier) -> None:
    with slow_role(house) as role:
        arrivals = Arrivals(role.port, crowd())
        asyncio.run(arrivals.arrive(per_second=500, seconds=max(1, tier[Measure.ARRIVALS_SECONDS] / 5)))
        before = anonymous_bytes(role)
        asyncio.run(arrivals.arrive(per_second=500, seconds=tier[Measure.ARRIVALS_SECONDS]))
        recovered = seconds_until_answered(role)
        grown = anonymous_bytes(role) - before
    assert set(arrivals.statuses) == {200, 503}
    assert (arrivals.wrong, arrivals.lost) == (0, 0)
    assert arrivals.statuses[200] > 10 * tier[Measure.ARRIVALS_SECONDS]
    assert recovered < 2
    assert grown < 16_000_000


def test_without_admission_people_wait_for_those_before_them_and_it_goes_on_afterwards(house: House) -> None:
    """The twin: the same crowd for two seconds, and the last of them waits longer than anybody would."""
    with slow_role(house, NO_ADMISSION="1") as role:
        arrivals = Arrivals(role.port, crowd())
        asyncio.run(arrivals.arrive(per_second=300, seconds=2))
    assert arrivals.longest > 5
