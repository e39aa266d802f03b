"""演示身份: the demo's own service, walked by hand, and gone everywhere else."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from pytest_django import Settings
from requests.adapters import BaseAdapter

from jinbang.people.outside.views import demo
from tests.cast import Cast
from tests.people.outside.conftest import leave

ISSUER = "http://localhost/demo-identity"
DOOR = {
    "kind": "openid_connect",
    "name": "演示身份",
    "client_id": "jinbang-demo",
    "secret": "kept",
    "settings": {"server_url": ISSUER},
}


class _Itself(BaseAdapter):
    """Carries what the program asks of itself to its own pages, as its port would."""

    def send(self, request: requests.PreparedRequest, **_kwargs: object) -> requests.Response:  # type: ignore[override]  # what it needs of it
        """Ask through the test client."""
        path = (request.url or "").removeprefix("http://localhost")
        client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        body = request.body or ""
        kind = "application/x-www-form-urlencoded"
        page = client.post(path, body, content_type=kind) if request.method == "POST" else client.get(path)
        answer = requests.Response()
        answer.status_code, answer._content = page.status_code, page.content
        answer.headers["content-type"] = page.headers.get("Content-Type", "")
        answer.url, answer.request = request.url or "", request
        return answer

    def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Make this a demo that can reach itself, and return somebody's browser."""
    settings.JINBANG_DEMO, settings.JINBANG_OUTSIDE = True, {"demo": DOOR}
    monkeypatch.setattr(requests.Session, "get_adapter", lambda _self, url: _Itself())  # noqa: ARG005  # requests' signature
    return Client(SERVER_NAME="localhost")


def choose(client: Client, person: str) -> str:
    """Open the page to which the button leads, choose, and return where that leads."""
    address = leave(client, "demo").removeprefix("http://localhost")
    assert "演示用户甲" in client.get(address).text
    return str(client.post(address, {"person": person}).headers["Location"]).removeprefix("http://localhost")


def code_of(back: str) -> str:
    return parse_qs(urlsplit(back).query)["code"][0]


@pytest.mark.django_db
def test_a_newcomer_goes_all_the_way_and_is_asked_whose_account_it_is(cast: Cast, own: Client) -> None:
    assert "用演示身份登录" in own.get("/account/login/").text
    back = choose(own, "demo-one")
    answer = own.get(back)
    assert answer.headers["Location"] == "/account/3rdparty/signup/", answer.content.decode()
    assert "绑定演示身份" in own.get("/account/3rdparty/signup/").text


@pytest.mark.django_db
def test_saying_no_leads_to_the_page_that_says_so(cast: Cast, own: Client) -> None:
    page = own.get(choose(own, ""), follow=True)
    assert "没有绑定任何账号" in page.text


@pytest.mark.django_db
def test_a_code_fits_the_browser_it_was_made_for(cast: Cast, own: Client) -> None:
    words = {"code": code_of(choose(own, "demo-two")), "client_secret": "kept", "code_verifier": "another browser's"}
    assert own.post("/demo-identity/token/", words).json() == {"error": "invalid_grant"}
    assert own.post("/demo-identity/token/", {**words, "client_secret": "no"}).status_code == 401


@pytest.mark.django_db
def test_a_code_counts_once_and_for_a_minute(cast: Cast, own: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    code, late = code_of(choose(own, "demo-two")), code_of(choose(own, "demo-two"))
    asked = demo._asked_with(code)
    assert asked is not None
    assert asked["person"] == "demo-two"
    assert demo._asked_with(code) is None
    assert demo._asked_with(late + "x") is None
    monkeypatch.setattr(demo, "CODE_SECONDS", -1)
    assert demo._asked_with(late) is None


@pytest.mark.django_db
def test_it_sends_nobody_anywhere_but_to_the_demos_own_way_back(cast: Cast, own: Client) -> None:
    address = leave(own, "demo").removeprefix("http://localhost")
    for wrong in (
        address.replace("callback", "elsewhere"),
        address.replace("localhost", "evil.example"),
        address.replace("jinbang-demo", "another"),
    ):
        assert own.get(wrong).status_code == 404
        assert own.post(wrong, {"person": "demo-one"}).status_code == 404


@pytest.mark.django_db
def test_outside_the_demo_there_is_nothing_of_it(client: Client, settings: Settings) -> None:
    settings.JINBANG_OUTSIDE = {"demo": DOOR}
    for path in (".well-known/openid-configuration", "keys/", "authorize/", "token/"):
        assert client.get(f"/demo-identity/{path}").status_code in {404, 405}, path
    assert client.post("/demo-identity/token/", {}).status_code == 404
