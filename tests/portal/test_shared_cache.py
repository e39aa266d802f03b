"""Forty signed-in people behind one cache that keeps whatever it may: each page is its reader's, and none is kept.

The query page has a test of its own with more people (`tests/lookup/test_shared_cache.py`); here are all other pages
that somebody signed in can open without a number in the address.
"""

import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.urls import get_resolver
from pytest_django.live_server_helper import LiveServer

from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.identity import DocumentKind
from jinbang.people import actions
from jinbang.people.audiences import Audience
from tests.cast import PASSWORD, client_of
from tests.house.test_addresses import patterns
from tests.proxies import caching_proxy
from tests.tiers import Measure, Tier

PEOPLE = 40
_DIGITS = "零一二三四五六七八九"
_SAID = re.compile(r"丁([零一二三四五六七八九]{2})甲|reader77(\d\d)")
DECEIVING = ("x/score.css", "score.css", ";score.css", "%2Fscore.css", "?score.css", "..%2Fscore.js", "%00.css")


def people_in(text: str) -> set[int]:
    """Return whose name or user name stands in a text."""
    words = ("".join(str(_DIGITS.index(word)) for word in name) or user for name, user in _SAID.findall(text))
    return {int(digits) for digits in words}


def pages_of_ones_own() -> list[str]:
    """Return every address of a candidate's own that takes no argument."""
    found = {
        f"/{where}"
        for where, entry in patterns(get_resolver())
        if getattr(entry.callback, "audience", None) == Audience.CANDIDATE and "<" not in where
    }
    return sorted(found)


@dataclass
class Readers:
    """Forty people with a session each, who load pages over one connection."""

    port: int
    random: Random
    cookies: list[str] = field(default_factory=list)
    foreign: list[tuple[int, str]] = field(default_factory=list)
    without_header: set[str] = field(default_factory=set)
    shown: Counter[str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)

    def sign_in(self) -> None:
        """Give each a person, an account and a session."""
        now = clock.now()
        for number in range(PEOPLE):
            name = "丁" + "".join(_DIGITS[int(digit)] for digit in f"{number:02d}") + "甲"
            person = actions.register_person(
                name=name, kind=DocumentKind.PASSPORT, number=f"E770{number:02d}440", by=SYSTEM, now=now
            )
            account = actions.create_candidate(
                username=f"reader77{number:02d}",
                phone=f"139000077{number:02d}",
                password=PASSWORD,
                person=person,
                by=SYSTEM,
                now=now,
            )
            self.cookies.append(client_of(account).cookies[settings.SESSION_COOKIE_NAME].value)

    def load(self, pages: int) -> None:
        """Load so many pages, each of anybody's, some under an address that looks like a file; one leak is enough."""
        addresses = pages_of_ones_own()
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            for _ in range(pages):
                if self.foreign:
                    return
                number, path = self.random.randrange(PEOPLE), self.random.choice(addresses)
                end = self.random.choice(DECEIVING) if self.random.random() < 0.3 else ""
                cookie = f"{settings.SESSION_COOKIE_NAME}={self.cookies[number]}"
                connection.request("GET", path + end, headers={"Cookie": cookie, "Host": "localhost"})
                response = connection.getresponse()
                self._judge(number, path, response)

    def _judge(self, number: int, path: str, response: HTTPResponse) -> None:
        body, headers = response.read().decode(errors="replace"), response.headers
        found = people_in(body)
        self.shown[path] += number in found
        if found - {number}:
            self.foreign.append((number, path))
        if body and headers["X-Kept"] == "HIT":  # that a method is not allowed may be kept: it says nothing
            self.kept.add(path)
        if found and not {"no-store", "private"} <= set(headers.get("Cache-Control", "").split(", ")):
            self.without_header.add(path)


def readers_behind(
    folder: Path, server: LiveServer, tier: Tier, *, is_deaf: bool, pages: int
) -> tuple[Readers, list[bytes]]:
    """Let everybody sign in and load pages through a cache; return what they saw and what it kept."""
    with caching_proxy(folder / "nginx", server.thread.port, is_deaf=is_deaf) as proxy:
        readers = Readers(proxy.port, tier.random)
        readers.sign_in()
        readers.load(pages)
        return readers, proxy.kept_bodies()


@pytest.mark.django_db(transaction=True)
def test_behind_a_shared_cache_each_page_is_its_readers_and_none_is_kept(
    live_server: LiveServer, tmp_path: Path, tier: Tier
) -> None:
    readers, kept = readers_behind(
        tmp_path, live_server, tier, is_deaf=False, pages=tier[Measure.PAGES_THROUGH_A_CACHE]
    )
    assert readers.foreign == []
    assert readers.without_header == set()
    assert [body for body in kept if people_in(body.decode(errors="replace"))] == []
    assert readers.kept == set()
    assert readers.shown["/me/profile/"] > 0  # a page that says who reads it


@pytest.mark.django_db(transaction=True)
def test_a_cache_that_does_not_listen_shows_people_each_others_pages(
    live_server: LiveServer, tmp_path: Path, tier: Tier
) -> None:
    """The twin."""
    readers, kept = readers_behind(tmp_path, live_server, tier, is_deaf=True, pages=2_000)
    assert readers.foreign
    assert [body for body in kept if people_in(body.decode(errors="replace"))]
