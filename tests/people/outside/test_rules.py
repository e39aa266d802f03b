"""Who may link, when the last way in is reached, which address is ours: tables, and a corpus of five hundred."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from django.test import Client
from django.utils.http import url_has_allowed_host_and_scheme

from jinbang.people.errors import IdentityNotBound, PhoneNotVerified
from jinbang.people.outside.errors import OutsideLastWayIn, OutsideNeverForStaff
from jinbang.people.outside.rules import (
    PENDING_MOST,
    Linker,
    WaysIn,
    is_address_to_speak_with,
    is_path_of_ours,
    is_still_pending,
    require_another_way_in,
    require_can_link,
)
from jinbang.people.states import AccountKind
from tests.cast import NOW, PASSWORD, Cast

_PREFIXES = ("", "/", "//", "///", "\\", "/\\", "\\/", "/\t/", "\n//", " //", "/ /", "/%09/", "/.//", "/..//", "\x00//")
_HOSTS = (
    "evil.example", "evil.example/me/", "testserver@evil.example", "evil.example#testserver", "evil。example",
    "evil．example", "[::1]", "0x7f000001", "evil.example:443", "testserver.evil.example", "evil%E3%80%82example",
)  # fmt: skip
_SCHEMES = ("http:", "https:", "HTTPS:", "javascript:", "data:text/html,", "vbscript:", "ftp:", "h\tttps:", "mailto:")
CORPUS = sorted(
    {prefix + host for prefix, host in product(_PREFIXES, _HOSTS)}
    | {scheme + slashes + host for scheme, slashes, host in product(_SCHEMES, ("", "/", "//", "\\\\"), _HOSTS)}
)
# What looks odd and yet leads nowhere but to a path of this site.
HARMLESS = {prefix + host for prefix in ("/",) for host in _HOSTS} | {"/%09/" + host for host in _HOSTS}


def linker(**changes: object) -> Linker:
    words: dict[str, object] = {"kind": AccountKind.CANDIDATE, "is_bound": True, "phone_verified": True}
    return Linker(**(words | changes))  # type: ignore[arg-type]  # a table of cases


def test_a_candidate_who_has_shown_who_they_are_may_link() -> None:
    require_can_link(linker())


@pytest.mark.parametrize(
    "changes,refusal",
    [
        ({"kind": AccountKind.STAFF}, OutsideNeverForStaff),
        ({"phone_verified": False}, PhoneNotVerified),
        ({"is_bound": False}, IdentityNotBound),
        ({"kind": AccountKind.STAFF, "phone_verified": False, "is_bound": False}, OutsideNeverForStaff),
    ],
    ids=["staff", "no telephone", "nobody", "all"],
)
def test_nobody_else_may(changes: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        require_can_link(linker(**changes))


@pytest.mark.parametrize("password,phone,others", list(product((False, True), (False, True), (0, 1, 2))))
def test_only_the_last_way_in_is_kept(password: bool, phone: bool, others: int) -> None:  # noqa: FBT001  # a table
    ways = WaysIn(has_password=password, has_proved_phone=phone, other_identities=others)
    if password or phone or others:
        require_another_way_in(ways)
    else:
        with pytest.raises(OutsideLastWayIn):
            require_another_way_in(ways)


@pytest.mark.parametrize(
    "now,waits",
    [
        (NOW - timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + PENDING_MOST - timedelta(microseconds=1), True),
        (NOW + PENDING_MOST, False),
    ],
    ids=["before", "at once", "just in time", "ten minutes"],
)
def test_what_waits_waits_for_less_than_ten_minutes(now: datetime, waits: bool) -> None:  # noqa: FBT001  # a table
    assert is_still_pending(NOW, now=now) is waits


@pytest.mark.parametrize(
    "address,speaks",
    [
        ("https://card.example/token", True),
        ("http://card.example/token", False),
        ("http://127.0.0.1:8000/token", True),
        ("http://localhost/token", True),
        ("http://localhost.evil.example/token", False),
        ("https://user:secret@card.example/", False),
        ("ftp://card.example/", False),
        ("https://", False),
        ("", False),
    ],
)
def test_providers_are_asked_over_tls_or_on_this_machine(address: str, speaks: bool) -> None:  # noqa: FBT001  # a table
    assert is_address_to_speak_with(address) is speaks


# ---------------------------------------------------------------- never off the site
def test_the_corpus_is_large_and_none_of_it_leads_away() -> None:
    assert len(CORPUS) >= 500
    assert [address for address in CORPUS if is_path_of_ours(address) and address not in HARMLESS] == []


def test_paths_of_ours_lead_on() -> None:
    for path in ("/", "/me/", "/me/exams/?page=2&q=%E6%9E%97", "/account/3rdparty/link/", "/x#y", "/evil.example"):
        assert is_path_of_ours(path)


def test_the_usual_check_alone_would_let_another_of_our_names_through() -> None:
    """The twin: a host that the program also answers to is another origin, with another cookie."""
    address = "http://127.0.0.1/me/"
    assert url_has_allowed_host_and_scheme(address, allowed_hosts={"127.0.0.1", "testserver"})
    assert not is_path_of_ours(address)


@pytest.mark.django_db
def test_no_address_of_the_corpus_is_followed_after_signing_in(cast: Cast) -> None:
    away = []
    for number, address in enumerate(CORPUS):
        if address in HARMLESS or number % 5:  # the rule was held against all; the page against every fifth
            continue
        client = Client()
        answer = client.post("/account/login/", {"login": "lin", "password": PASSWORD, "next": address})
        if answer.status_code != 302 or answer.headers["Location"] != "/me/":
            away.append((address, answer.headers.get("Location")))
    assert away == []


@pytest.mark.django_db
def test_no_address_of_the_corpus_is_followed_by_any_other_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.lin.account)
    for address in CORPUS:
        if address not in HARMLESS:
            assert client.get("/me/identity/", {"next": address}).headers["Location"] == "/me/", address
