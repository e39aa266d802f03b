"""Two hundred people behind one cache that keeps whatever it may: nobody ever reads of anybody else.

The cache is nginx and knows an answer by method and address alone, as a careless provider's would. What each person's
page says stands on nobody else's: a name, two numbers, a mark. The twin is the same cache, deaf to what it is told.
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from queue import SimpleQueue
from random import Random
from urllib.parse import urlencode

import pytest

from tests.lookup.roles import running
from tests.lookup.test_overload import PROOF_KEY
from tests.lookup.world import FORM, HEADER, JSON, LIN, RELEASE, Answer, Case, House, T, card, presolved
from tests.proxies import CLIENT_HEADER, CachingProxy, caching_proxy
from tests.tiers import Measure, Tier

PEOPLE = 200
CLIENTS = 4
_DIGITS = "零一二三四五六七八九"
_SAID = re.compile(r"丁([零一二三四五六七八九]{3})甲|26140(\d{3})0019|M77(\d{3})440|(?<![\d.])9([0-2]\.\d[1-9])(?!\d)")
# Addresses that look like a file to a cache that judges by the end of a name, below one that is personal.
DECEIVING = (
    "/x/score.css",
    "/score.css",
    ".css",
    ";score.css",
    "%3Bscore.css",
    "%2Fscore.css",
    "/..%2Fscore.css",
    "%00.css",
    "%0A.css",
    "%23.js",
    "%3F.png",
    "/picture/score.png",
    "//score.jpg",
    "/.svg",
    "?/score.css",
    "?v=1.js",
    "/%2e%2e/static/css/lookup.css",
    "/robots.txt",
)


@cache
def person(number: int) -> Case:
    """Return somebody of whom everything that is said is said of nobody else."""
    words = "".join(_DIGITS[int(digit)] for digit in f"{number:03d}")
    document = f"M77{number:03d}440"
    first, second = LIN.card.subjects
    tenths, hundredths = divmod(number, 9)
    lines = (replace(first, mark_hundredths=9_000 + tenths * 10 + hundredths + 1), second)
    return replace(
        LIN,
        ticket=f"26140{number:03d}0019",
        document=document,
        card=card(f"丁{words}甲", document, LIN.card.overall, *lines),
    )


def people_in(text: str) -> set[int]:
    """Return of whom a text says something."""
    found = set()
    for words, ticket, document, mark in _SAID.findall(text):
        if mark:
            tenths, hundredths = divmod(int(mark.replace(".", "")), 10)
            found.add(tenths * 9 + hundredths - 1)
        else:
            digits = "".join(str(_DIGITS.index(word)) for word in words)
            found.add(int(digits or ticket or document))
    return found


@dataclass
class Crowd:
    """The two hundred, each from an address of their own, and what they found."""

    port: int
    random: Random
    foreign: list[tuple[int, str]] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    personal_without_header: list[str] = field(default_factory=list)
    _connections: "SimpleQueue[HTTPConnection]" = field(default_factory=SimpleQueue)

    def ask(self, requests: int) -> None:
        """Make so many requests, several at a time."""
        orders = [
            (self.random.randrange(PEOPLE), self.random.random(), self.random.randrange(1 << 24))
            for _ in range(requests)
        ]
        with ExitStack() as stack, ThreadPoolExecutor(CLIENTS) as pool:
            for _ in range(CLIENTS):
                self._connections.put(stack.enter_context(closing(HTTPConnection("127.0.0.1", self.port, timeout=30))))
            list(pool.map(self._one, orders))

    def _one(self, order: tuple[int, float, int]) -> None:
        number, kind, any_number = order
        somebody = person(number)
        page = f"/lookup/{RELEASE}"
        address = f"10.9.{number // 250}.{number % 250}"
        if kind < 0.8:
            solved = {**somebody.fields, "altcha": presolved(bytes.fromhex(PROOF_KEY))}
        if kind < 0.5:
            answer = self._sent(page, solved, client=address)
            self._judge("result", number, answer, own=True)
            if kind < 0.004:
                fields = {
                    **somebody.fields,
                    "picture_pass": _hidden(answer, "picture_pass"),
                    "receipt": _hidden(answer, "receipt"),
                }
                self._judge("picture", number, self._sent(f"{page}/picture", fields, client=address))
        elif kind < 0.6:
            self._judge("json", number, self._sent(page, solved, client=address, accept=JSON), own=True)
        elif kind < 0.7:
            wrong = {**solved, "ticket_number": f"9{any_number:011d}", "document_number": f"G{any_number:08d}"}
            stranger = f"10.{any_number >> 16}.{any_number >> 8 & 255}.{any_number & 255}"
            self._judge("miss", number, self._sent(page, wrong, client=stranger))
        elif kind < 0.8:
            end = DECEIVING[any_number % len(DECEIVING)]
            self._judge("deceiving form", number, self._sent(page + end, solved, client=address))
        elif kind < 0.9:
            end = DECEIVING[any_number % len(DECEIVING)]
            self._judge("deceiving link", number, self._asked("GET", page + end, client=address))
        else:
            path = (page, "/lookup/", "/lookup/challenge", "/lookup/official", f"/lookup/{SOON}")[any_number % 5]
            self._judge(path, number, self._asked("GET", path, client=address))

    def _judge(self, what: str, number: int, answer: Answer, *, own: bool = False) -> None:
        found = people_in(answer.text)
        self.seen[f"{what} {answer.status}"] += 1
        self.kept[f"{what} {answer.headers.get('x-kept', '')}"] += 1
        if found - {number}:
            self.foreign.append((number, what))
        if own and (answer.status, found) != (200, {number}):
            self.foreign.append((number, f"{what} without them"))
        if found and answer.headers.get("cache-control") != "no-store":
            self.personal_without_header.append(what)

    def _sent(self, path: str, fields: dict[str, str], *, client: str, accept: dict[str, str] | None = None) -> Answer:
        headers = {**FORM, **(accept or {})}
        return self._asked("POST", path, client=client, headers=headers, body=urlencode(fields).encode())

    def _asked(
        self, method: str, path: str, *, client: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Ask, and again where the node is busy: what is to be seen here is who gets which answer."""
        connection = self._connections.get()
        try:
            while True:
                connection.request(method, path, body or None, {CLIENT_HEADER: client, **(headers or {})})
                response = connection.getresponse()
                names = {name.lower(): value for name, value in response.getheaders()}
                answer = Answer(response.status, names, response.read())
                if answer.status != 503 or "retry-after" not in names:
                    return answer
                assert names["cache-control"] == "no-store"
        finally:
            self._connections.put(connection)


def _hidden(answer: Answer, name: str) -> str:
    """Return a hidden field of a page; nothing where a cache gave the page of somebody who asked for JSON."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    return found[1] if found else ""


SOON = "opens-later"


@contextmanager
def crowd_behind(folder: Path, tier: Tier, *, is_deaf: bool) -> Iterator[tuple[Crowd, CachingProxy]]:
    """Publish a release of the two hundred and one that is not open yet, and put a cache in front of the role."""
    house = House(folder / "house")
    house.publish(entries=[person(number).entry for number in range(PEOPLE)])
    house.publish(replace(HEADER, release=SOON, opens_at=T.replace(year=2027)), [LIN.entry])
    with (
        running(house, "slow", SLOW_MS="0", PROOF_KEY=PROOF_KEY, JINBANG_TRUSTED_PROXIES="1") as role,
        caching_proxy(folder / "nginx", role.port, is_deaf=is_deaf, kept_too=("POST",)) as proxy,
    ):
        yield Crowd(proxy.port, tier.random), proxy


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path


def test_behind_a_shared_cache_nobody_sees_anybody_else_and_nothing_of_anybody_is_kept(place: Path, tier: Tier) -> None:
    with crowd_behind(place, tier, is_deaf=False) as (crowd, proxy):
        crowd.ask(tier[Measure.REQUESTS_THROUGH_A_CACHE])
        kept = proxy.kept_bodies()
    assert crowd.foreign == []
    assert crowd.personal_without_header == []
    assert [body for body in kept if people_in(body.decode(errors="replace"))] == []
    # It is a cache, and it works: what is the same for everybody comes from it.
    assert crowd.kept[f"/lookup/{SOON} HIT"] > 0
    assert len(kept) >= 1
    assert {what for what in crowd.kept if what.endswith((" HIT", " STALE"))} == {f"/lookup/{SOON} HIT"}
    assert not [what for what in crowd.seen if what.endswith(" 500")]
    assert crowd.seen["picture 200"] > 0


def test_a_cache_that_does_not_listen_mixes_people_up(place: Path, tier: Tier) -> None:
    """The twin: without the header, one person's page is kept and shown to others."""
    with crowd_behind(place, tier, is_deaf=True) as (crowd, proxy):
        crowd.ask(50)
        kept = proxy.kept_bodies()
    assert [what for _number, what in crowd.foreign if what == "result"]
    assert [body for body in kept if people_in(body.decode(errors="replace"))]
