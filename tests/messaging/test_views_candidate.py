"""A candidate's inbox: one's own messages and nobody else's."""

import pytest
from django.test import Client

from jinbang.application import actions as applications
from jinbang.messaging import actions
from jinbang.messaging.views.candidate import ON_A_PAGE
from jinbang.people.models import Person
from tests.application.world import World
from tests.cast import NOW, Cast, client_of
from tests.messaging.world import SOON, armed_release, entered, on_roster, paid, release

pytestmark = pytest.mark.django_db
INBOX = "/me/messages/"


def test_shows_each_step_newest_first_with_the_way_it_went(cast: Cast, world: World) -> None:
    order = paid(world, cast, cast.lin.bound)
    actions.collect_messages(NOW)
    page = client_of(cast.lin).get(INBOX).text
    titles = ["缴费成功，报名完成", "请按时缴费", "资格审核已通过", "报名已提交"]
    places = [page.index(f">{title}<") for title in titles]
    assert places == sorted(places)
    assert "短信" in page
    assert f"/applications/{order.application_id}/" in page
    assert "¥130.00" in page


def test_shows_the_reviewers_reason_with_markup_made_harmless(cast: Cast, world: World) -> None:
    application = entered(world, cast.lin.bound)
    applications.return_application(
        application_id=application.pk, version=1, reason="请上传<b>近期</b>照片。", by=cast.zhou.staff, now=SOON
    )
    actions.collect_messages(SOON)
    page = client_of(cast.lin).get(INBOX).text
    assert "请上传&lt;b&gt;近期&lt;/b&gt;照片。" in page


def test_shows_nothing_of_anybody_else(cast: Cast, world: World) -> None:
    paid(world, cast, cast.lin.bound)
    actions.collect_messages(NOW)
    page = client_of(cast.zhao).get(INBOX)
    assert page.status_code == 200
    assert "还没有消息" in page.text
    assert world.sitting.name not in page.text


def test_turns_pages(cast: Cast, world: World) -> None:
    on_roster(world, cast.lin.bound)
    armed = armed_release(world)
    for _ in range(ON_A_PAGE + 1):
        release(armed)
    actions.collect_messages(NOW)
    client = client_of(cast.lin)
    assert client.get(INBOX).text.count("成绩信息有更新</h2>") == ON_A_PAGE
    assert "成绩现可查询</h2>" in client.get(f"{INBOX}?page=2").text


def test_leads_a_stranger_to_sign_in_and_the_unbound_to_say_who_they_are(client: Client, cast: Cast) -> None:
    assert client.get(INBOX).headers["Location"].startswith("/account/login/")
    assert client_of(cast.sun).get(INBOX).headers["Location"].startswith("/me/identity/")


def test_refuses_a_member_of_staff_who_may_do_nothing_and_one_who_may(cast: Cast) -> None:
    assert client_of(cast.wu).get(INBOX).status_code == 403
    assert client_of(cast.zhou).get(INBOX).status_code == 403


def test_is_kept_out_of_every_cache_and_only_read(cast: Cast) -> None:
    client = client_of(cast.lin)
    assert "no-store" in client.get(INBOX).headers["Cache-Control"]
    assert client.post(INBOX).status_code == 405


def test_keeps_what_was_told_before_the_account_was_opened(cast: Cast, world: World) -> None:
    person = Person.objects.get(pk=cast.lin.bound.pk)
    cast.lin.account.person = None
    cast.lin.account.save()
    entered(world, person)
    actions.collect_messages(NOW)
    cast.lin.account.person = person
    cast.lin.account.save()
    assert "报名已提交" in client_of(cast.lin).get(INBOX).text
