"""Every refusal becomes a page that says what to do; faults stay faults, with a number to find them by."""

import json
import logging
from datetime import date, datetime
from string import Formatter

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.test import Client, RequestFactory

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import DomainError, IllegalTransition
from jinbang.portal.middleware import ProblemMiddleware
from jinbang.portal.problems import PROBLEMS, sentence_of, title_of
from jinbang.portal.problems.table import in_words
from jinbang.portal.views.problems import fault
from jinbang.sittings.errors import WindowClosed
from jinbang.sittings.states import WindowKind
from tests.cast import Cast, client_of


def refused(error: Exception, **headers: str) -> tuple[int, str]:
    request = RequestFactory(headers=headers).get("/somewhere/")
    response = middleware().process_exception(request, error)
    assert response is not None
    return response.status_code, response.content.decode()


def middleware() -> ProblemMiddleware:
    def unused(request: HttpRequest) -> None:
        raise AssertionError(request)

    return ProblemMiddleware(unused)  # type: ignore[arg-type]  # the chain is not what is tested


def test_every_sentence_can_be_filled_with_named_fields_only() -> None:
    for code, problem in PROBLEMS.items():
        fields = [name for _, name, _, _ in Formatter().parse(problem.sentence) if name is not None]
        assert all(name.isidentifier() for name in fields), code
        assert str(problem.title), code


def test_a_refusal_becomes_its_page_with_its_status() -> None:
    status, html = refused(IllegalTransition(state="paid", event="pay"))
    assert status == PROBLEMS["illegal_transition"].status == 409
    assert title_of(IllegalTransition()) in html
    assert "查询成绩" in html


def test_a_program_is_answered_in_json() -> None:
    status, text = refused(IllegalTransition(), accept="application/json")
    assert status == 409
    assert json.loads(text) == {
        "code": "illegal_transition",
        "title": title_of(IllegalTransition()),
        "detail": sentence_of(IllegalTransition()),
    }


def test_a_browser_that_takes_anything_is_answered_in_html() -> None:
    _status, text = refused(IllegalTransition(), accept="text/html,application/json;q=0.9,*/*;q=0.8")
    assert text.startswith("<!DOCTYPE html>")


def test_what_lies_outside_ones_scope_is_not_there() -> None:
    status, html = refused(ObjectDoesNotExist())
    assert status == 404
    assert "没有这个页面" in html


def test_a_fault_is_not_dressed_up_as_a_refusal() -> None:
    assert middleware().process_exception(RequestFactory().get("/"), ValueError("a bug")) is None


def test_a_refusal_that_nobody_described_crashes() -> None:
    class Undescribed(DomainError):
        code = "undescribed"

    with pytest.raises(KeyError):
        refused(Undescribed())
    del Undescribed


def test_a_deadline_is_told_as_people_say_it() -> None:
    closes = datetime(2026, 4, 8, 0, 0, tzinfo=SHANGHAI)
    sentence = sentence_of(WindowClosed(kind=WindowKind.PAYMENT, opens=closes, closes=closes))
    assert "{" not in sentence
    assert "缴费" in sentence


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("closes", datetime(2026, 4, 8, 0, 0, tzinfo=SHANGHAI), "2026年4月7日（星期二）24:00"),
        ("opens", datetime(2026, 4, 8, 9, 0, tzinfo=SHANGHAI), "2026年4月8日（星期三）09:00"),
        ("on", date(2026, 4, 8), "2026年4月8日"),
        ("kind", WindowKind.TICKET_PRINTING, "打印准考证"),
        ("fee_fen", 6500, "¥65.00"),
        ("count", 3, "3"),
        ("kinds", (WindowKind.PAYMENT, WindowKind.RECHECK), "缴费、成绩复核"),
        ("nothing", None, ""),
    ],
)
def test_fields_are_put_into_words(name: str, value: object, words: str) -> None:
    assert in_words(name, value) == words


def test_a_field_that_was_not_given_leaves_no_brace() -> None:
    for code, problem in PROBLEMS.items():
        kind = type("Bare", (), {})
        bare = DomainError()
        vars(bare)["code"] = code
        assert "{" not in sentence_of(bare), (code, problem, kind)


@pytest.mark.django_db
def test_whoever_works_at_the_desk_is_led_back_to_it(cast: Cast) -> None:
    for member, is_offered in ((cast.zhou, True), (cast.lin, False)):
        page = client_of(member).get("/no/such/page/").content.decode().split("<main", 1)[1]
        assert ('href="/desk/"' in page) is is_offered
        assert ("工作人员登录" in page) is not is_offered


@pytest.mark.django_db
def test_an_address_that_takes_forms_alone_says_so_to_whoever_opens_it(cast: Cast) -> None:
    response = client_of(cast.lin).get("/me/sign-ins/end-others/")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    page = response.content.decode().split("<main", 1)[1]
    assert "这个网址不能直接打开" in page
    assert 'href="/me/sign-ins/"' in page
    assert 'href="/me/"' in page


@pytest.mark.django_db
def test_an_unknown_address_offers_the_score_query(client: Client) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert 'href="/lookup/"' in response.content.decode()


@pytest.mark.django_db
def test_a_fault_has_a_number_that_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="jinbang.faults"):
        response = fault(RequestFactory().get("/orders/"))
    assert response.status_code == 500
    number = caplog.records[0].args[0] if isinstance(caplog.records[0].args, tuple) else ""
    assert str(number)
    assert str(number) in response.content.decode()


def test_the_page_of_a_fault_asks_the_database_nothing() -> None:
    """Without the database mark, any query fails this test."""
    assert "系统出错了" in fault(RequestFactory().get("/")).content.decode()


@pytest.mark.django_db
def test_a_stale_form_is_told_to_be_reloaded() -> None:
    response = Client(enforce_csrf_checks=True).post("/account/login/", {})
    assert response.status_code == 403
    assert "刷新" in response.content.decode()
