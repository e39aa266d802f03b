"""The nginx that is shipped, in front of the lookup behind Granian: what reaches it, and what the world is not told."""

import gzip
import os
import signal
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from jinbang.kernel.crypto import KeyRing
from tests import proxies
from tests.lookup.roles import Browser, Role, Wire, free_port, running
from tests.lookup.test_http import AMBIGUOUS
from tests.lookup.test_overload import PROOF_KEY
from tests.lookup.test_supervision import until
from tests.lookup.world import FORM, LIN, RELEASE, Answer, House, T, presolved, solve
from tests.proxies import SHIPPED, Ports, production_proxy

# What nginx understands in one way only and passes on rewritten: a line may end without a carriage return.
REWRITTEN = frozenset({"bare line feeds"})
ABOUT_ITSELF = [
    "/healthz",
    "/metrics",
    "//healthz",
    "/metrics?x",
    "/%68ealthz",
    "/./metrics",
    "/lookup/../healthz",
    "/lookup/..%2fmetrics",
    "/lookup/%2e%2e/healthz",
]


@pytest.fixture(scope="module")
def role(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Role]:
    """Run the lookup behind Granian, which takes some of what must not arrive."""
    house = House(Path(tmp_path_factory.mktemp("house")), T + timedelta(minutes=5), KeyRing.generate())
    house.publish()
    with running(house, "granian", JINBANG_TRUSTED_PROXIES="1") as found:
        yield found


@pytest.fixture(scope="module")
def ports(role: Role, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Run nginx before it. What is the web role's goes to the lookup as well: whatever is passed on is answered."""
    with production_proxy(tmp_path_factory.mktemp("nginx") / "conf", lookup=role.port, web=role.port) as found:
        yield found


@cache
def trusting_anybody() -> ssl.SSLContext:
    """Return what a client speaks TLS by that believes any certificate: the default one reads those of the machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def wire(ports: Ports) -> Wire:
    return Wire(ports.tls, timeout=5, context=trusting_anybody())


def asked(role: Role) -> int:
    """Return how many requests have reached the role, those for its own measures aside."""
    lines = Browser(role.port)("GET", "/metrics").text.splitlines()
    counts = [line for line in lines if line.startswith("jinbang_lookup_requests_total{")]
    return sum(int(float(line.split()[-1])) for line in counts if "metrics" not in line and "healthz" not in line)


def got(ports: Ports, path: str, *, more: str = "", body: str = "") -> Answer:
    method = "POST" if body else "GET"
    with wire(ports) as asking:
        asking.send(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n{body}".encode())
        answer = asking.answer()
    assert answer is not None
    return answer


@pytest.mark.parametrize("kind", sorted(AMBIGUOUS))
def test_what_two_readers_could_understand_differently_does_not_reach_the_role(
    role: Role, ports: Ports, kind: str
) -> None:
    before = asked(role)
    with wire(ports) as asking:
        asking.send(AMBIGUOUS[kind])
        if kind in REWRITTEN:
            assert [answer.status for _ in range(2) if (answer := asking.answer()) is not None] == [200, 404]
            assert asked(role) - before == 2  # nginx and the role have read the same two requests
            return
        (answer,) = asking.answers()
    assert answer.status in {400, 501, 505}
    assert asked(role) == before


def test_style_sheets_go_out_as_they_were_compressed_and_pages_as_they_are(
    role: Role, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "var" / "static"
    static.mkdir(parents=True)
    sheet = b".jb { color: red }" * 500
    (static / "some.css").write_bytes(sheet)
    (static / "some.css.gz").write_bytes(gzip.compress(sheet))
    monkeypatch.setattr(proxies, "ROOT", tmp_path)
    with production_proxy(tmp_path / "conf", lookup=role.port) as ports:
        taken = got(ports, "/static/some.css", more="Accept-Encoding: gzip, br\r\n")
        plain = got(ports, "/static/some.css")
        page = got(ports, f"/lookup/{RELEASE}", more="Accept-Encoding: gzip, br\r\n")
    assert taken.headers["content-encoding"] == "gzip"
    assert taken.headers["vary"] == "Accept-Encoding"
    assert int(taken.headers["content-length"]) < len(sheet) / 4
    assert int(plain.headers["content-length"]) == len(sheet)
    assert "content-encoding" not in page.headers


def test_a_reload_behind_it_loses_no_query(tmp_path: Path) -> None:
    house = House(tmp_path / "house", T + timedelta(minutes=5), KeyRing.generate())
    house.publish()
    answers: Counter[tuple[int, bool]] = Counter()
    over = threading.Event()

    def query_over_and_over(port: int) -> None:
        with closing(HTTPSConnection("127.0.0.1", port, context=trusting_anybody(), timeout=30)) as asking:
            while not over.is_set():
                body = urlencode({**LIN.fields, "altcha": presolved(bytes.fromhex(PROOF_KEY))})
                asking.request("POST", f"/lookup/{RELEASE}", body, {**FORM, "Host": "localhost"})
                answer = asking.getresponse()
                answers[answer.status, b"73.41" in answer.read()] += 1

    with (
        running(house, "slow", WORKERS="2", SLOW_MS="0", PROOF_KEY=PROOF_KEY) as role,
        production_proxy(tmp_path / "conf", lookup=role.port) as ports,
        ThreadPoolExecutor(4) as pool,
    ):
        asking = [pool.submit(query_over_and_over, ports.tls) for _ in range(4)]
        before = set(role.children())
        try:
            os.kill(role.process.pid, signal.SIGHUP)
            assert until(lambda: role.children() and not before & set(role.children()), within=60)
        finally:
            over.set()
        assert [one.result() for one in asking] == [None] * 4
    assert set(answers) == {(200, True)}
    assert answers.total() > 100


@dataclass
class Web:
    """A web role that counts how often it is asked, and says what it says of each page."""

    keeps: str
    asked: int = 0
    takes: float = 0.0

    def __call__(self, environ: Mapping[str, str], start: Callable[..., object]) -> list[bytes]:
        self.asked += 1
        time.sleep(self.takes)
        start("200 OK", [("Content-Type", "text/plain"), ("Vary", "Cookie"), ("Cache-Control", self.keeps)])
        return [f"{self.asked} for {environ.get('HTTP_COOKIE', 'anybody')}".encode()]


@pytest.fixture(params=["public, max-age=2", "no-store"])
def web(request: pytest.FixtureRequest, role: Role, tmp_path: Path) -> Iterator[tuple[Web, Ports]]:
    """Run nginx before a web role that lets its pages be kept, and before one that does not."""
    counting = Web(request.param)
    with make_server("127.0.0.1", 0, counting, handler_class=Silent) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with production_proxy(tmp_path / "conf", lookup=role.port, web=server.server_port) as ports:
            yield counting, ports
        server.shutdown()
        thread.join()


class Silent(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_crowd_at_the_home_page_asks_the_web_role_as_often_as_the_page_says(web: tuple[Web, Ports]) -> None:
    counting, ports = web
    texts = {got(ports, path).text for path in ("/", "/?a", "/?b=1") for _ in range(10)}
    if counting.keeps == "no-store":
        assert counting.asked == 30
        return
    assert texts == {"1 for anybody"}
    time.sleep(3.1)
    assert got(ports, "/").text == "2 for anybody"


def test_while_the_home_page_is_made_anew_everybody_else_gets_the_last_one_at_once(web: tuple[Web, Ports]) -> None:
    counting, ports = web
    if counting.keeps == "no-store":
        return
    got(ports, "/")
    time.sleep(3.1)  # its two seconds, which nginx counts as whole ones, are over
    counting.takes = 0.5
    with ThreadPoolExecutor(12) as pool:
        texts = Counter(answer.text for answer in pool.map(lambda _number: got(ports, "/"), range(12)))
    assert counting.asked == 2
    assert texts["1 for anybody"] >= 11


def test_whoever_brings_a_cookie_gets_a_page_of_their_own_and_leaves_none(web: tuple[Web, Ports]) -> None:
    counting, ports = web
    own = [got(ports, "/", more=f"Cookie: who={number}\r\n").text for number in range(3)]
    assert own == ["1 for who=0", "2 for who=1", "3 for who=2"]
    assert got(ports, "/").text == "4 for anybody"
    assert got(ports, "/", more="Cookie: who=9\r\n").text == "5 for who=9"
    assert [got(ports, "/exams/").text for _ in range(2)] == ["6 for anybody", "7 for anybody"]
    assert counting.asked == 7


def test_where_nobody_answers_a_candidate_reads_what_to_do(tmp_path: Path) -> None:
    with production_proxy(tmp_path / "conf", lookup=free_port()) as ports:
        answer = got(ports, f"/lookup/{RELEASE}")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert "成绩不会受影响" in answer.text
    assert 'href="/lookup/"' in answer.text


def test_a_query_is_answered_as_without_nginx_and_only_over_tls(ports: Ports) -> None:
    solved = solve(got(ports, "/lookup/challenge").json)
    body = urlencode({**LIN.fields, "altcha": solved})
    more = f"Content-Type: {FORM['content-type']}\r\nContent-Length: {len(body)}\r\n"
    answer = got(ports, f"/lookup/{RELEASE}", more=more, body=body)
    assert "73.41" in answer.text
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["server"] == "nginx"  # and not which
    plain = Browser(ports.plain)("GET", f"/lookup/{RELEASE}?x", {"Host": "localhost"})
    assert (plain.status, plain.headers["location"]) == (301, f"https://localhost/lookup/{RELEASE}?x")


def test_a_body_that_is_too_large_does_not_reach_the_role(role: Role, ports: Ports) -> None:
    before = asked(role)
    more = f"Content-Type: {FORM['content-type']}\r\nContent-Length: 9000\r\n"
    assert got(ports, f"/lookup/{RELEASE}", more=more, body="x" * 9000).status == 413
    assert asked(role) == before


@pytest.mark.parametrize("path", ABOUT_ITSELF)
def test_the_world_is_not_told_how_a_process_is(ports: Ports, path: str) -> None:
    answer = got(ports, path)
    assert answer.status == 404
    assert "problems" not in answer.text
    assert "jinbang_lookup" not in answer.text


def test_without_two_lines_of_it_the_world_would_be_told(
    role: Role, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)
    careless = tmp_path / "careless.conf"
    careless.write_text("".join(line for line in lines if "return 404" not in line), encoding="utf-8")
    monkeypatch.setattr(proxies, "SHIPPED", careless)
    with production_proxy(tmp_path / "conf", lookup=role.port, web=role.port) as ports:
        assert "problems" in got(ports, "/healthz").text
        assert "jinbang_lookup" in got(ports, "/metrics").text


def test_what_a_browser_says_of_its_own_address_is_replaced(ports: Ports) -> None:
    """Whoever misses from one address and says that it is another's each time is asked for the code all the same."""
    more = f"Content-Type: {FORM['content-type']}\r\n"
    page = ""
    for number in range(60):
        solved = solve(got(ports, "/lookup/challenge").json)
        fields = {**LIN.fields, "ticket_number": f"2614039{number:05d}", "document_number": f"M8{number:07d}"}
        body = urlencode({**fields, "altcha": solved})
        spoofed = f"{more}X-Forwarded-For: 198.51.100.{number}\r\nContent-Length: {len(body)}\r\n"
        page = got(ports, f"/lookup/{RELEASE}", more=spoofed, body=body).text
    assert "没有查到成绩" in page
    assert int(str(got(ports, "/lookup/challenge", more="X-Forwarded-For: 192.0.2.7\r\n").json["maxnumber"])) > 16_000
