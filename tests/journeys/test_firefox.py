"""The query in Debian's Firefox, over Marionette: the protocol Firefox itself speaks, JSON on a plain socket.

Playwright drives only a Firefox of its own making, and Debian has no geckodriver, which would do no more than translate
into this protocol. So nothing is needed here but the browser and the standard library.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.journeys.conftest import World

pytestmark = pytest.mark.journey

FIREFOX = Path("/usr/bin/firefox-esr")
PREFERENCES = {
    "marionette.port": 0,  # any free one: it is written into the profile
    "app.normandy.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "intl.accept_languages": "zh-CN",
}
PATIENCE_SECONDS = 30


@dataclass
class Firefox:
    """A Firefox that does what it is told."""

    connection: socket.socket
    answers: BinaryIO
    asked: int = 0

    def hear(self) -> Any:  # noqa: ANN401  # JSON
        """Return the next message: its length, a colon, and as much JSON."""
        length = b""
        while (digit := self.answers.read(1)) != b":":
            assert digit, "Firefox hung up"
            length += digit
        return json.loads(self.answers.read(int(length)))

    def do(self, command: str, **values: object) -> Any:  # noqa: ANN401  # JSON
        """Have one command done and return what it comes to."""
        self.asked += 1
        message = json.dumps([0, self.asked, command, values]).encode()
        self.connection.sendall(b"%d:%b" % (len(message), message))
        _, number, refusal, found = self.hear()
        assert number == self.asked
        assert refusal is None, (command, values, refusal)
        return found

    def run(self, script: str) -> Any:  # noqa: ANN401  # JSON
        """Return what an expression comes to in the page."""
        return self.do("WebDriver:ExecuteScript", script=f"return {script}", args=[])["value"]

    def visit(self, url: str) -> None:
        """Open an address."""
        self.do("WebDriver:Navigate", url=url)

    def element(self, selector: str) -> str:
        """Return the handle of the first element that a selector finds."""
        found = self.do("WebDriver:FindElement", using="css selector", value=selector)["value"]
        return str(next(iter(found.values())))

    def type(self, selector: str, text: str) -> None:
        """Type into a field, key by key."""
        self.do("WebDriver:ElementSendKeys", id=self.element(selector), text=text)

    def press(self, selector: str) -> None:
        """Press what a selector finds, where it stands on the screen."""
        self.do("WebDriver:ElementClick", id=self.element(selector))

    def wait_until(self, script: str) -> None:
        """Wait until an expression holds in the page."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.run(script):
            assert time.monotonic() < until, f"{script} never held:\n{self.text('body')}"
            time.sleep(0.1)

    def text(self, selector: str) -> str:
        """Return the words that a reader sees there."""
        return str(self.run(f"document.querySelector({selector!r}).innerText"))


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    """Start Debian's Firefox with an empty profile, as somebody has it who opens it for the first time."""
    if not FIREFOX.exists():
        pytest.fail("this journey needs the Debian package firefox-esr (`make test-setup`)")
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (tmp_path / "user.js").write_text("\n".join(lines), encoding="utf-8")
    browser = subprocess.Popen(
        [FIREFOX, "--headless", "--no-remote", "--marionette", "--profile", tmp_path],
        env={**os.environ, "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with (
            socket.create_connection(("127.0.0.1", port_of(tmp_path, browser=browser))) as connection,
            connection.makefile("rb") as answers,
        ):
            started = Firefox(connection, answers)
            assert started.hear()["marionetteProtocol"] == 3
            started.do("WebDriver:NewSession", capabilities={"alwaysMatch": {}})
            yield started
            started.do("Marionette:Quit", flags=["eForceQuit"])
        browser.wait(timeout=PATIENCE_SECONDS)
    finally:
        browser.kill()
        browser.wait(timeout=PATIENCE_SECONDS)


def port_of(profile: Path, *, browser: subprocess.Popen[bytes]) -> int:
    """Wait until Firefox listens, and return where."""
    said = profile / "MarionetteActivePort"
    until = time.monotonic() + PATIENCE_SECONDS
    while not (said.exists() and said.read_text(encoding="ascii").strip()):
        assert browser.poll() is None, "Firefox ended before it listened"
        assert time.monotonic() < until, "Firefox never listened"
        time.sleep(0.1)
    return int(said.read_text(encoding="ascii"))


def test_a_person_with_firefox_queries_from_the_home_page_to_the_marks(firefox: Firefox, world: World) -> None:
    sample = world.facts["samples"][0]
    code = sample["url"].rsplit("/", 1)[1]
    firefox.visit(world.url)
    firefox.press(f'main a[href$="/lookup/{code}"]')
    firefox.wait_until("document.querySelector('#ticket_number') !== null")
    firefox.type("#ticket_number", sample["fields"]["ticket_number"])
    firefox.type("#document_number", sample["fields"]["document_number"])
    if firefox.run("document.querySelector('#name') !== null"):
        firefox.type("#name", sample["fields"]["name"])
    firefox.wait_until("(document.querySelector('input[name=altcha]')?.value ?? '').length > 50")
    firefox.press("main form button[type=submit]:last-of-type")
    firefox.wait_until("document.querySelector('#ticket_number') === null && document.readyState === 'complete'")
    said = firefox.text("main")
    assert sample["expected"]["overall"] in said
    for subject in sample["expected"]["subjects"]:
        for part in (subject["name"], subject["mark"], subject["status"], subject["pass_mark"]):
            assert str(part) in said, (subject, said)
    assert sample["fields"]["document_number"] not in said


def test_a_wrong_ticket_number_in_firefox_finds_nothing_and_keeps_what_was_typed(
    firefox: Firefox, world: World
) -> None:
    sample = world.facts["samples"][0]
    firefox.visit(sample["url"])
    firefox.type("#ticket_number", sample["fields"]["ticket_number"][::-1])
    firefox.type("#document_number", sample["fields"]["document_number"])
    if firefox.run("document.querySelector('#name') !== null"):
        firefox.type("#name", sample["fields"]["name"])
    firefox.wait_until("(document.querySelector('input[name=altcha]')?.value ?? '').length > 50")
    firefox.press("main form button[type=submit]:last-of-type")
    firefox.wait_until("document.body.innerText.includes('未查到')")
    assert sample["expected"]["overall"] not in firefox.text("main")
    assert firefox.run("document.querySelector('#document_number').value") == sample["fields"]["document_number"]
