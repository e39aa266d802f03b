"""Members of staff taken on from the command line, and their first way in: a password of their own, a second factor."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from jinbang.audit.queries import history_of
from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions, queries, rules, staffing
from jinbang.people.adapters import current_code_of
from jinbang.people.errors import AlreadyAppointed, NoSuchStaff, UsernameTaken
from jinbang.people.models import Account
from jinbang.people.states import Role
from tests.cast import NOW, PASSWORD, SINCE, Cast, client_of

CHOSEN = "shan-chuan-yi-yu-2026"
LAST = date(2026, 6, 30)


def taken_on(username: str = "mei") -> tuple[Account, str]:
    password = staffing.take_on(username=username, display_name="梅新", by=SYSTEM, now=NOW)
    return staffing.get_member(username), password


def sign_in(client: Client, username: str, password: str) -> str:
    answer = client.post("/desk/sign-in/", {"login": username, "password": password})
    return answer.headers.get("Location", f"{answer.status_code}")


# ---------------------------------------------------------------- taken on, appointed, listed
@pytest.mark.django_db
def test_somebody_new_gets_a_password_that_is_nowhere_kept(cast: Cast) -> None:
    account, password = taken_on()
    assert account.check_password(password)
    assert account.must_replace_password
    assert [change.event for change in history_of(account)] == ["account_opened"]
    assert password not in str([change.details for change in history_of(account)])
    assert taken_on("another")[1] != password
    with pytest.raises(UsernameTaken):
        taken_on("MEI")


@pytest.mark.django_db
def test_a_candidate_is_no_member_of_staff_and_capitals_do_not_count(cast: Cast) -> None:
    assert staffing.get_member("ZHOU") == cast.zhou.account
    for name in ("lin", "nobody"):
        with pytest.raises(NoSuchStaff):
            staffing.get_member(name)


@pytest.mark.parametrize(
    "other,shared",
    [
        ((SINCE, None), True),
        ((LAST, None), True),
        ((LAST + timedelta(days=1), None), False),
        ((date(2025, 1, 1), SINCE), True),
        ((date(2025, 1, 1), SINCE - timedelta(days=1)), False),
    ],
)
def test_periods_share_their_first_and_last_days(other: rules.Period, *, shared: bool) -> None:
    assert rules.is_overlapping((SINCE, LAST), other) is shared
    assert rules.is_overlapping(other, (SINCE, LAST)) is shared


@pytest.mark.django_db
def test_the_same_appointment_is_refused_twice_and_another_is_not(cast: Cast) -> None:
    account, _password = taken_on()

    def appoint(starts_on: date, *, unit: str = "考务处") -> None:
        actions.appoint(
            account=account,
            authority=cast.shanxi,
            role=Role.PLANNER,
            unit=unit,
            starts_on=starts_on,
            ends_on=LAST,
            by=SYSTEM,
            now=NOW,
        )

    appoint(SINCE)
    for unit in ("考务处", "考务处 ", "考　务处"):
        with pytest.raises(AlreadyAppointed):
            appoint(LAST, unit=unit)
    appoint(SINCE, unit="计划处")
    assert len(queries.get_staff(account, today=NOW.date()).appointments) == 2


@pytest.mark.django_db
def test_the_list_says_who_holds_what_and_who_has_not_come_in_yet(cast: Cast) -> None:
    taken_on()
    actions.enrol_second_factor(account=cast.zhou.account, by=SYSTEM, now=NOW)
    listed = {member.username: member for member in staffing.members(today=NOW.date())}
    assert "lin" not in listed
    assert (listed["mei"].must_replace_password, listed["mei"].appointments) == (True, ())
    (held,) = listed["zhou"].appointments
    assert (held.role, held.authority_code, listed["zhou"].has_second_factor) == (Role.REVIEWER, "14", True)
    assert not listed["gu"].has_second_factor


# ---------------------------------------------------------------- the first way in
@pytest.mark.django_db
def test_a_first_sign_in_leads_over_a_new_password_and_an_authenticator_to_the_desk(cast: Cast, client: Client) -> None:
    account, password = taken_on()
    actions.appoint(
        account=account, authority=cast.shanxi, role=Role.PLANNER, unit="考务处", starts_on=SINCE, by=SYSTEM, now=NOW
    )
    assert sign_in(client, "mei", password) == "/desk/"
    change = "/account/password/change/?next=%2Fdesk%2F"
    assert client.get("/desk/").headers["Location"] == change
    page = client.get(change).text
    assert "您现在用的是发给您的一次性密码" in page
    assert "请联系系统管理员，重新领一个一次性密码" in page
    kept = {"oldpassword": password, "password1": password, "password2": password}
    assert "换一个只有您自己知道的" in client.post(change, kept).text
    assert client.get("/desk/").headers["Location"] == change
    chosen = {**kept, "password1": CHOSEN, "password2": CHOSEN, "next": "/desk/"}
    assert client.post(change, chosen).headers["Location"] == "/desk/"
    activate = "/account/2fa/totp/activate/?next=%2Fdesk%2F"
    assert client.get("/desk/").headers["Location"] == activate
    secret = secret_shown(client, activate, password=CHOSEN)
    assert client.post(activate, {"code": code_for(secret)}).headers["Location"] == "/account/2fa/recovery-codes/"
    assert "进入工作台" in client.get("/account/2fa/recovery-codes/").text
    again = client.get("/desk/").headers["Location"]
    assert again.startswith("/account/2fa/reauthenticate/")
    client.post(again, {"code": code_for(secret)})
    assert client.get("/desk/").status_code == 200
    assert sign_in(Client(), "mei", CHOSEN) == "/account/2fa/authenticate/"
    assert sign_in(Client(), "mei", password) == "200"


def secret_shown(client: Client, activate: str, *, password: str) -> str:
    """Show the password once more, as before any change of factors, and read the secret that an app would scan."""
    again = client.get(activate).headers["Location"]
    assert again.startswith("/account/reauthenticate/")
    client.post(again, {"password": password})
    return str(client.get(activate).context["form"].secret)


def code_for(secret: str) -> str:
    """Return what an app shows that has just been given this secret."""
    from allauth.mfa.totp.internal import auth

    return str(auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time())))))


@pytest.mark.django_db
def test_a_wrong_code_binds_nothing_and_opens_no_desk(cast: Cast, client: Client) -> None:
    assert sign_in(client, "zhou", PASSWORD) == "/desk/"
    secret = secret_shown(client, "/account/2fa/totp/activate/", password=PASSWORD)
    wrong = f"{(int(code_for(secret)) + 1) % 1_000_000:06d}"
    assert client.post("/account/2fa/totp/activate/", {"code": wrong}).status_code == 200
    assert not Authenticator.objects.exists()
    assert client.get("/desk/").headers["Location"].startswith("/account/2fa/totp/activate/")


@pytest.mark.django_db
def test_somebody_who_lost_their_ways_in_begins_anew_and_the_old_ones_are_void(cast: Cast) -> None:
    account = cast.zhou.account
    actions.enrol_second_factor(account=account, by=SYSTEM, now=NOW)
    old = Client()
    assert sign_in(old, "zhou", PASSWORD) == "/account/2fa/authenticate/"
    old.post("/account/2fa/authenticate/", {"code": current_code_of(account)})
    assert old.get("/desk/").status_code == 200
    password = staffing.let_in_anew(username="zhou", by=SYSTEM, now=NOW)
    assert old.get("/desk/").headers["Location"].startswith("/desk/sign-in/")
    assert sign_in(Client(), "zhou", PASSWORD) == "200"
    new = Client()
    assert sign_in(new, "zhou", password) == "/desk/"
    assert new.get("/desk/").headers["Location"].startswith("/account/password/change/")
    assert [change.event for change in history_of(account)][-2:] == ["access_renewed", "sessions_ended"]
    with pytest.raises(NoSuchStaff):
        staffing.let_in_anew(username="lin", by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_a_password_handed_over_opens_no_desk_even_with_a_second_factor(cast: Cast) -> None:
    account = cast.zhou.account
    assert client_of(cast.zhou).get("/desk/").status_code == 200
    Account.objects.filter(pk=account.pk).update(must_replace_password=True)
    assert client_of(cast.zhou).get("/desk/").headers["Location"] == "/account/password/change/?next=%2Fdesk%2F"
