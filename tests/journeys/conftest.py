"""A small demo world, built and served once for all journeys, and a browser that checks every page it opens.

Each page is held against axe, must not scroll sideways at 320 px, and must raise no violation of the content security
policy. The browser is Debian's Chromium; nothing is downloaded.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

if TYPE_CHECKING:
    from tests.journeys.officers import Officers

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PEOPLE = 240
HERE: Final = Path(__file__).parent
SHAPE: Final = """() => {
  const told = /^(id|for|role|type|lang|autocomplete|tabindex|aria-.*)$/;
  const value = a => told.test(a.name) ? '=' + a.value.replace(/[0-9a-f]{8,}|[0-9]+/g, '*') : '';
  const part = e => e ? `${e.tagName}.${e.className}[${[...e.attributes].map(a => a.name + value(a)).join()}]` : '';
  const all = [...document.querySelectorAll('*')];
  const headings = all.filter(e => /^H[1-6]$/.test(e.tagName)).map(e => e.tagName);
  return [...new Set(all.map(e => part(e.parentElement) + '>' + part(e)))].sort().join(' ') + headings.join();
}"""
"""What axe and a narrow screen look at and words do not change: which elements stand in which, how they are marked."""
NARROWEST = 320
APART = 10
SHOWN_ALL_THE_SAME: Final = """() => [...document.querySelectorAll('[hidden]')]
  .filter(one => getComputedStyle(one).display !== 'none').map(one => one.outerHTML.slice(0, 120))"""
ON_NARROW: Final = f"""() => {{
  const [link, heading] = ['.govuk-back-link', 'h1'].map(one => document.querySelector(one));
  const words = document.createRange();
  if (link) words.selectNodeContents(link);
  const lines = link && heading ? [...words.getClientRects()] : null;
  return {{
    wide: document.documentElement.scrollWidth,
    shown: ({SHOWN_ALL_THE_SAME})(),
    apart: lines && heading.getBoundingClientRect().top - Math.max(...lines.map(line => line.bottom)),
  }};
}}"""
"""How wide a page is, what it shows though hidden, how far the heading stands below the last line of the way back."""
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of what is in order nobody reads the report, a third of its work
}

BRINGS_AXE: Final = f"Object.defineProperty(window, 'bringAxe', {{ value: () => {{ {AXE_SCRIPT} }} }})"
"""Lies in every page and is read only where it is called: half a megabyte goes to a browser once, not every time."""
RUNS_AXE: Final = f"""() => {{
  if (!window.axe) window.bringAxe();
  return axe.run({json.dumps(AXE_OPTIONS)}).then(found => ({{ violations: found.violations }}));
}}"""


def jinbang(*words: str, home: Path, module: str = "jinbang.portal.cli") -> str:
    """Run the program's own command line in a home folder."""
    environment = {**os.environ, "JINBANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        check=True,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.stdout


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the one journey that builds a world of its own and mostly waits: the other worker has all the rest."""
    items.sort(key=lambda item: item.path.name != "test_two_files.py" and item.path.parent == HERE)


@dataclass(frozen=True)
class World:
    """A served demo world: where it answers, who can sign in, what the samples must show."""

    url: str
    home: Path
    facts: dict[str, Any]

    def login(self, username: str) -> dict[str, str]:
        """Return one login."""
        found: dict[str, str] = next(one for one in self.facts["logins"] if one["username"] == username)
        return found

    def code(self, username: str) -> str:
        """Return a staff login's code of this moment, as an authenticator makes it of the secret (RFC 6238)."""
        key, counter = base64.b32decode(self.login(username)["totp_secret"]), int(time.time()) // 30
        digest = hmac.digest(key, counter.to_bytes(8, "big"), "sha1")
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFF_FFFF) % 1_000_000:06d}"


def folder_of_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers of this run see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(autouse=True, scope="session")
def _shapes_shared(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let one worker tell the others which shapes of pages it has found in order."""
    Visitor.in_order = folder_of_run(tmp_path_factory) / "in-order"
    Visitor.in_order.mkdir(exist_ok=True)


def built_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a world that no test touches: whichever worker comes first builds it, the others wait."""
    shared = folder_of_run(tmp_path_factory)
    home = shared / f"built-{'server' if 'JINBANG_DATABASE_URL' in os.environ else 'embedded'}"
    with (shared / "building").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not (home / "whole").exists():
            jinbang("demo", "--build-only", "--people", str(PEOPLE), home=home, module="tests.journeys.built_quickly")
            (home / "whole").touch()
    return home


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve a world of a few hundred people on a free port for as long as the tests run."""
    home = tmp_path_factory.mktemp("world")
    shutil.copytree(built_world(tmp_path_factory), home, dirs_exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "JINBANG_HOME": str(home),
        "JINBANG_PUBLIC_URL": f"http://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
    }
    command = [sys.executable, "-m", "jinbang.portal.cli", "serve", "--port", str(port)]
    log = (home / "serve.log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    facts = json.loads(jinbang("demo", "--show", "--port", str(port), home=home))
    try:
        await_answer(facts["url"], server=server, log=home / "serve.log")
        with urllib.request.urlopen(facts["url"]) as answer:  # noqa: S310  # an address of our own
            assert "演示时间" in answer.read().decode(), "a world built as a demo says so, whoever serves it"
        yield World(facts["url"], home, facts)
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def await_answer(url: str, *, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the home page answers."""
    for _ in range(240):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own server on this machine
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.25)
    pytest.fail(f"nothing answered at {url}:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start the driver once."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    if not Path(CHROMIUM).exists():
        pytest.fail("the journeys need the Debian package chromium-headless-shell (`make test-setup`)")
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()


@contextmanager
def next_page(page: Page) -> Iterator[None]:
    """Wait for what is done here to lead to another document, loaded: a change of the address alone is none."""
    page.evaluate("document.documentElement.dataset.left = ''")
    yield
    for _ in range(1_200):
        with suppress(PlaywrightError):  # between two documents
            if page.evaluate("document.readyState === 'complete' && !('left' in document.documentElement.dataset)"):
                return
        page.wait_for_timeout(25)
    pytest.fail(f"nothing led away from {page.url}")


@dataclass
class Visitor:
    """Somebody at a browser. Every page they come to is checked."""

    page: Page
    world: World
    has_scripts: ClassVar[bool] = True
    in_order: ClassVar[Path]
    """A folder with an empty file for every shape of page that was found in order."""

    def visit(self, path: str) -> Page:
        """Open an address and check the page."""
        address = path if path.startswith("http") else f"{self.world.url}{path}"
        try:
            answer = self.page.goto(address)
        except PlaywrightError as fault:
            if "net::ERR_ABORTED" not in fault.message:
                raise
            answer = self.page.goto(address)  # the page there was coming anew by itself at the same moment
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        self.check()
        return self.page

    def press(self, name: str, *, exact: bool = False) -> Page:
        """Press a button, wait for the page it leads to, and check that."""
        with next_page(self.page):
            self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.check()
        return self.page

    def follow(self, name: str) -> Page:
        """Follow a link and check the page it leads to."""
        with next_page(self.page):
            self.page.get_by_role("link", name=name).first.click()
        self.check()
        return self.page

    def await_verification(self) -> None:
        """Wait until the proof of work has solved itself."""
        for _ in range(150):
            solution = self.page.evaluate("document.querySelector('input[name=altcha]')?.value || ''")
            if len(solution) > 50:
                return
            self.page.wait_for_timeout(100)
        pytest.fail("the verification never solved itself")

    def text(self) -> str:
        """Return what the page says."""
        return self.page.locator("body").inner_text()

    def check(self) -> None:
        """Hold the page against axe and against the narrowest screen: every shape of page once in a run."""
        while True:
            try:
                return self._check_once()
            except PlaywrightError as error:  # a page with a bar comes anew by itself, in the middle of it all as well
                if "context was destroyed" not in error.message:
                    raise

    def _check_once(self) -> None:
        shape = self.in_order / hashlib.sha256(str(self.page.evaluate(SHAPE)).encode()).hexdigest()
        if shape.exists():
            return
        found = AxeResults(self.page.evaluate(RUNS_AXE))
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        with self._as_narrow_as_can_be():
            seen = self.page.evaluate(ON_NARROW)
        wide, apart = seen["wide"], seen["apart"]
        assert wide <= NARROWEST, f"{self.page.url} is {wide} px wide at {NARROWEST}"
        assert seen["shown"] == [], f"{self.page.url} shows what is hidden"
        assert apart is None or apart >= APART, f"{self.page.url}: the heading {apart} px below the way back"
        shape.touch()

    @contextmanager
    def _as_narrow_as_can_be(self) -> Iterator[None]:
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": NARROWEST, "height": 800})
        try:
            yield
        finally:
            if size:
                self.page.set_viewport_size(size)

    def sign_in(self, username: str) -> None:
        """Sign in as one of the world's logins, staff with their second factor."""
        login = self.world.login(username)
        is_staff = bool(login["totp_secret"])
        self.visit("/desk/sign-in/" if is_staff else "/account/login/")
        self.page.locator("input[name=login]").fill(username)
        self.page.locator("input[name=password]").fill(login["password"])
        with next_page(self.page):
            self.page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
        if is_staff:
            self.check()
            for _ in range(3):  # a code may run out between reading and typing it: people then type the next one
                if not self.page.locator("input[name=code]").count():
                    break
                self.page.locator("input[name=code]").fill(self.world.code(username))
                with next_page(self.page):
                    self.page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
            self.show_next_code(username)

    def show_next_code(self, username: str) -> None:
        """Show the code of the next half minute where this one was used before: a code opens one door only."""
        shown = self.world.code(username)
        while self.page.locator("input[name=code]").count():
            while self.world.code(username) == shown:
                self.page.wait_for_timeout(500)
            shown = self.world.code(username)
            self.page.locator("input[name=code]").fill(shown)
            with next_page(self.page):
                self.page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()


def new_visitor(browser: Browser, world: World, *, javascript: bool = True) -> tuple[Visitor, BrowserContext]:
    """Open a fresh browser profile on a phone's screen; console errors about the policy fail the test at its end."""
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="zh-CN", java_script_enabled=javascript
    )
    context.set_default_timeout(15_000)
    if javascript:
        context.add_init_script(BRINGS_AXE)
    return Visitor(context.new_page(), world), context


@pytest.fixture
def visitor(browser: Browser, world: World) -> Iterator[Visitor]:
    """Somebody new at a phone. A violation of the content security policy is a failure."""
    somebody, context = new_visitor(browser, world)
    complaints: list[str] = []
    somebody.page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield somebody
    context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def officers(browser: Browser, world: World) -> "Iterator[Officers]":
    """Everybody at their desks, for as long as the journeys take."""
    from tests.journeys.officers import Officers  # built of the visitors above

    here = Officers(browser, world)
    yield here
    here.go_home()
