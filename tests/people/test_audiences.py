"""Who gets onto which page: candidates, staff with and without a second factor, 吴, strangers, ended sessions."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory

from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.people import actions, audiences, errors
from jinbang.people.models import Account
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import Role
from tests.cast import NOW, CandidateMember, Cast, StaffMember

Page = Callable[[HttpRequest], HttpResponseBase]


@audiences.account_page
def account_only(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    return HttpResponse(str(candidate.account_id))


@audiences.candidate_page
def bound_only(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    return HttpResponse(str(candidate.person_id))


@audiences.desk_page(Role.REVIEWER, Role.BURSAR)
def review(request: HttpRequest, staff: Staff) -> HttpResponse:
    return HttpResponse(staff.name)


@audiences.desk_page()
def anyones_desk(request: HttpRequest, staff: Staff) -> HttpResponse:
    return HttpResponse(staff.name)


def request_of(
    account: Account | None, *, second_factor: bool = True, signed_in: datetime = NOW, seen: datetime = NOW
) -> HttpRequest:
    """Return a request with the session that signing in leaves."""
    request = RequestFactory().get("/desk/here/?page=2")
    request.session = SessionStore()
    request.user = account or AnonymousUser()
    if account is not None:
        methods = ["password", "mfa"] if second_factor else ["password"]
        request.session["account_authentication_methods"] = [{"method": method, "at": 0.0} for method in methods]
        request.session["account_authentication_methods_user"] = str(account.pk)
        request.session[audiences.SIGNED_IN_AT] = signed_in.isoformat()
        request.session[audiences.SEEN_AT] = seen.isoformat()
    return request


def shown(page: Page, member: CandidateMember | StaffMember | None) -> HttpResponseBase:
    return page(request_of(member.account if member else None))


def test_every_page_declares_its_audience() -> None:
    open_to_all = audiences.public_page(lambda request: HttpResponse(request.path))
    machine = audiences.system_page(lambda request: HttpResponse(request.path))
    pages = (open_to_all, machine, account_only, bound_only, review)
    assert [vars(page)["audience"] for page in pages] == ["public", "system", "candidate", "candidate", "desk"]
    assert vars(review)["roles"] == (Role.REVIEWER, Role.BURSAR)


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sign_in_of_each_kind_and_back(cast: Cast) -> None:
    back = "next=/desk/here/%3Fpage%3D2"
    for page, sign_in in (
        (account_only, "/account/login/"),
        (bound_only, "/account/login/"),
        (review, "/desk/sign-in/"),
    ):
        response = shown(page, None)
        assert response.status_code == 302
        assert response.headers["Location"] == f"{sign_in}?{back}"


@pytest.mark.django_db
def test_a_candidate_without_identity_is_led_to_bind_one_and_back(cast: Cast) -> None:
    assert shown(account_only, cast.sun).status_code == 200
    response = shown(bound_only, cast.sun)
    assert response.status_code == 302
    assert response.headers["Location"] == "/me/identity/?next=%2Fdesk%2Fhere%2F%3Fpage%3D2"
    assert getattr(shown(bound_only, cast.lin), "content", b"") == str(cast.lin.bound.pk).encode()


@pytest.mark.django_db
def test_staff_and_candidates_do_not_see_each_others_pages(cast: Cast) -> None:
    with pytest.raises(errors.StaffOnly):
        shown(review, cast.lin)
    for page in (account_only, bound_only):
        with pytest.raises(errors.CandidatesOnly):
            shown(page, cast.zhou)


@pytest.mark.django_db
def test_any_of_the_roles_opens_the_desk_and_no_other(cast: Cast) -> None:
    assert getattr(shown(review, cast.zhou), "content", b"") == "周审".encode()
    assert shown(review, cast.gu).status_code == 200
    with pytest.raises(errors.NotAppointed) as refusal:
        shown(review, cast.he)
    assert refusal.value.roles == ("reviewer", "bursar")


@pytest.mark.django_db
def test_wu_who_may_do_nothing_sees_no_desk_page_at_all(cast: Cast) -> None:
    for page in (review, anyones_desk):
        with pytest.raises(errors.NotAppointed):
            shown(page, cast.wu)
    assert shown(anyones_desk, cast.he).status_code == 200


@pytest.mark.django_db
def test_without_a_second_factor_the_desk_leads_to_setting_one_up(cast: Cast) -> None:
    response = review(request_of(cast.zhou.account, second_factor=False))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/2fa/totp/activate/?next=")


@pytest.mark.django_db
def test_a_second_factor_not_shown_in_this_session_is_asked_for(cast: Cast) -> None:
    actions.enrol_second_factor(account=cast.zhou.account, by=SYSTEM, now=NOW)
    response = review(request_of(cast.zhou.account, second_factor=False))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/2fa/reauthenticate/?next=")


@pytest.mark.django_db
def test_a_second_factor_shown_for_another_account_does_not_count(cast: Cast) -> None:
    request = request_of(cast.zhou.account)
    request.session["account_authentication_methods_user"] = str(cast.gu.account.pk)
    assert review(request).status_code == 302


MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "signed_in_ago,seen_ago,is_over",
    [
        (HOUR, 15 * MINUTE - SECOND, False),
        (HOUR, 15 * MINUTE, True),
        (8 * HOUR - SECOND, MINUTE, False),
        (8 * HOUR, MINUTE, True),
    ],
)
def test_a_session_of_staff_ends_after_a_quarter_idle_or_eight_hours(
    cast: Cast, signed_in_ago: timedelta, seen_ago: timedelta, *, is_over: bool
) -> None:
    request = request_of(cast.zhou.account, signed_in=NOW - signed_in_ago, seen=NOW - seen_ago)
    response = review(request)
    assert (response.status_code == 302) is is_over
    assert request.user.is_authenticated is not is_over
    if is_over:
        assert response.headers["Location"].startswith("/desk/sign-in/?next=")


@pytest.mark.django_db
def test_each_visit_keeps_the_session_from_lying_idle_but_not_past_its_end(cast: Cast) -> None:
    request = request_of(cast.zhou.account)
    for minutes in range(0, 8 * 60, 14):
        with frozen_at(NOW + minutes * MINUTE):
            assert review(request).status_code == 200
    with frozen_at(NOW + 8 * HOUR):
        assert review(request).status_code == 302


@pytest.mark.django_db
def test_a_session_that_never_noted_its_beginning_is_over(cast: Cast) -> None:
    request = request_of(cast.zhou.account)
    del request.session[audiences.SIGNED_IN_AT]
    assert review(request).status_code == 302


@pytest.mark.django_db
def test_pages_about_people_stay_out_of_every_cache(cast: Cast) -> None:
    for page, member in ((account_only, cast.lin), (bound_only, cast.lin), (review, cast.zhou)):
        assert "no-store" in shown(page, member).headers["Cache-Control"]
