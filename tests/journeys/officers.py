"""The officers of the demo world at their desks, each signed in once, and a file of marks in their hands."""

import csv
import hashlib
import io
import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final, TypeVar

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, FilePayload, Page

from jinbang.kernel.clock import SHANGHAI
from tests.journeys.conftest import Visitor, World, new_visitor

Found = TypeVar("Found")

SURVEYORS: Final = "注册测绘师资格考试"  # sat, its room records closed, and nobody has marked it yet
HEAD: Final = 2  # ticket number and name stand before the subjects
WORDS: Final[Mapping[str, str]] = {
    "缺考": "缺考条数",
    "违纪": "违纪条数",
    "成绩无效": "成绩无效条数",
    "待核查": "待核查条数",
    "雷同": "雷同条数",
}
DESK: Final = ("/desk/", "/account/2fa/", "/account/password/")
FILES: Final = re.compile(r"\.(pdf|csv|jpg|xlsx)$")


def kind_of(address: str) -> str:
    """Return an address without what differs from one object to the next."""
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", re.split(r"[?#]", address, maxsplit=1)[0])
    return re.sub(r"(?<=^/desk/sittings/)[a-z0-9-]+", "*", path)


@dataclass
class Officer(Visitor):
    """A member of staff at a browser."""

    complaints: list[str] = field(default_factory=list)

    def open_region(self, sitting: str) -> None:
        """Open the results of one sitting, from the list."""
        self.visit("/desk/results/")
        self.follow(sitting)

    def fill(self, fields: Mapping[str, str]) -> None:
        """Fill in a form by its labels."""
        for label, value in fields.items():
            self.page.get_by_role("main").get_by_label(label, exact=True).fill(value)

    def hand_in(self, content: bytes, *, name: str, media_type: str = "text/csv") -> None:
        """Choose a file for the page's file field."""
        chosen: FilePayload = {"name": name, "mimeType": media_type, "buffer": content}
        self.page.locator("main input[type=file]").set_input_files(files=[chosen])

    def post(self, path: str, fields: Mapping[str, str]) -> APIResponse:
        """Send a form that no page of theirs shows, with everything a real one carries."""
        cookies = {one["name"]: one["value"] for one in self.page.context.cookies()}
        return self.page.context.request.post(
            f"{self.world.url}{path}",
            form={**fields, "submission_key": secrets.token_urlsafe(24)},
            headers={"X-CSRFToken": cookies["csrftoken"], "Referer": self.page.url},
        )

    def main(self) -> str:
        """Return what the page says, without menu, header and footer."""
        return self.page.get_by_role("main").inner_text()

    def links(self) -> list[str]:
        """Return the desk's addresses that this page leads to, menu included."""
        found = self.page.locator("main a[href], nav a[href]").evaluate_all("all => all.map(a => a.pathname)")
        return [address for address in found if address.startswith(DESK)]

    def walk(self, start: str = "/desk/") -> set[str]:
        """Open one page of each kind that can be reached by links, check it, and return the kinds."""
        ahead, seen = [start], {}
        while ahead:
            address = ahead.pop(0)
            if kind_of(address) in seen:
                continue
            seen[kind_of(address)] = address
            if FILES.search(address):
                answer = self.page.context.request.get(f"{self.world.url}{address}")
                assert answer.ok, f"{address}: {answer.status}"
            else:
                self.visit(address)
                ahead += self.links()
        return set(seen)


class Officers:
    """Everybody who works here. Each signs in when first asked for, and stays signed in."""

    def __init__(self, browser: Browser, world: World) -> None:
        """Nobody has come yet."""
        self.browser = browser
        self.world = world
        self.here: dict[str, Officer] = {}
        self.contexts: list[BrowserContext] = []

    def __getitem__(self, username: str) -> Officer:
        """Return an officer, signed in with password and code."""
        if username not in self.here:
            self.here[username] = officer = self.newcomer()
            officer.sign_in(username)
            assert officer.page.url == f"{self.world.url}/desk/"
        return self.here[username]

    def newcomer(self) -> Officer:
        """Return somebody at a fresh browser, not signed in."""
        visitor, context = new_visitor(self.browser, self.world)
        self.contexts.append(context)
        officer = Officer(visitor.page, self.world)
        officer.page.on("console", lambda said: officer.complaints.append(said.text))
        return officer

    def go_home(self) -> None:
        """Close every browser; a violation of the content security policy on any page is a failure."""
        complaints = [said for officer in self.here.values() for said in officer.complaints]
        for context in self.contexts:
            context.close()
        assert not [said for said in complaints if "Content Security" in said], complaints


@dataclass(frozen=True)
class MarksTable:
    """A file of marks as somebody fills it in: heading, then one row per person."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of_template(cls, content: bytes) -> "MarksTable":
        """Fill the roster in: everybody has a mark in everything, as if nobody had stayed away."""
        heading, *rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        subjects = heading[HEAD:]
        filled = [(*row[:HEAD], *(_mark(row[0], subject) for subject in subjects)) for row in rows]
        return cls(tuple(heading), tuple(filled))

    def with_cell(self, line: int, column: str, value: str) -> "MarksTable":
        """Change one cell; lines are counted as a spreadsheet does."""
        at, rows = self.heading.index(column), list(self.rows)
        row = rows[line - 2]
        rows[line - 2] = (*row[:at], value, *row[at + 1 :])
        return MarksTable(self.heading, tuple(rows))

    def without(self, column: str) -> "MarksTable":
        """Leave a column out."""
        at = self.heading.index(column)
        rows = tuple((*row[:at], *row[at + 1 :]) for row in self.rows)
        return MarksTable((*self.heading[:at], *self.heading[at + 1 :]), rows)

    def file(self, encoding: str = "utf-8-sig") -> bytes:
        """Return it as a CSV file."""
        text = io.StringIO()
        csv.writer(text).writerows([self.heading, *self.rows])
        return text.getvalue().encode(encoding)

    def totals(self, encoding: str = "utf-8-sig") -> dict[str, str]:
        """Count the control totals from the paper, by the labels they bear on the desk."""
        cells = [cell for row in self.rows for cell in row[HEAD:]]
        numbers = [cell for cell in cells if cell not in WORDS]
        counted = {label: str(cells.count(word)) for word, label in WORDS.items()}
        counted |= {"人数": str(len(self.rows)), "成绩条数": str(len(cells)), "有分数的条数": str(len(numbers))}
        counted["零分条数"] = str(sum(Decimal(number) == 0 for number in numbers))
        for at, subject in enumerate(self.heading[HEAD:], start=HEAD):
            scored = [Decimal(row[at]) for row in self.rows if row[at] not in WORDS]
            counted[f"{subject} 总分"] = str(sum(scored, Decimal(0)))
        counted["文件校验值（SHA-256）"] = hashlib.sha256(self.file(encoding)).hexdigest()
        return counted


def faults_on(page: Page) -> list[dict[str, str]]:
    """Return the faults that the page lists: line, column, what stands there, what to do."""
    rows = page.get_by_role("region", name="要改的地方").locator("tbody tr")
    cells = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))")
    return [dict(zip(("line", "column", "value", "remedy"), row, strict=True)) for row in cells]


def eventually(look: Callable[[], Found | None], *, seconds: float, what: str) -> Found:
    """Look until there is something to see."""
    until = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > until:
            pytest.fail(f"in {seconds} seconds there was no {what}")
        time.sleep(0.25)
    return found


def _mark(ticket_number: str, subject: str) -> str:
    """Make a mark up, the same for the same person and subject: from 40 to 99."""
    return str(40 + int(sha256(f"{ticket_number}|{subject}".encode()).hexdigest(), 16) % 60)


# ---------------------------------------------------------------- the world from outside
def page_at(url: str, *, having: str) -> str | None:
    """Return the page there if it has something, else None."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own server
            body: str = answer.read().decode()
    except urllib.error.HTTPError:
        return None
    return body if having in body else None


def opened_page_at(url: str) -> str | None:
    """Return the query page once it counts down no more."""
    page = page_at(url, having='id="ticket_number"')
    return page if page and "jb-countdown" not in page else None


def now_of(world: World) -> datetime:
    """Return what time it is in the demo world, whose clock began when it was built."""
    for code in re.findall(
        r'href="/lookup/([a-z0-9-]+)"', page_at(f"{world.url}/lookup/", having="fire-engineer") or ""
    ):
        if "fire-engineer" in code:
            request = urllib.request.Request(f"{world.url}/lookup/{code}", headers={"Accept": "application/json"})  # noqa: S310  # our own server
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # our own server
                return datetime.fromisoformat(json.load(answer)["now"]).astimezone(SHANGHAI)
    pytest.fail("tomorrow's release has no countdown")


def numbers_of(world: World, *ticket_numbers: str) -> list[str]:
    """Return the document numbers of those who hold these tickets: they know them, and no desk shows one whole."""
    said = _said_inside(
        world,
        "from jinbang.results.models import RosterEntry; from jinbang.people.queries import document_numbers_of;"
        "people = [RosterEntry.objects.get(ticket_number=ticket).person_id for ticket in sys.argv[1:]];"
        "found = document_numbers_of(people); print(*(found[person].number for person in people))",
        *ticket_numbers,
    )
    return said.split()


def noted_in_rooms(world: World) -> frozenset[str]:
    """Return the ticket numbers of everybody of whom a room noted an act, in whichever sitting."""
    said = _said_inside(
        world,
        "from jinbang.attendance.models import Violation;"
        "print(*Violation.objects.values_list('seat__ticket__number', flat=True))",
    )
    return frozenset(said.split())


def _said_inside(world: World, script: str, *arguments: str) -> str:
    """Return what a few lines print that run beside the server, in the same world."""
    environment = {
        **os.environ,
        "JINBANG_HOME": str(world.home),
        "JINBANG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
    }
    command = [sys.executable, "-c", f"import sys, django; django.setup();{script}", *arguments]
    return subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout.strip()
