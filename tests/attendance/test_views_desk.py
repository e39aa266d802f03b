"""The room clerk's desk, from opening the records to signing one off, and the closed doors of everybody else."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from jinbang.attendance import actions, queries
from jinbang.attendance.models import Absence, RoomRecord, Violation
from jinbang.attendance.states import Article, RecordState
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from tests.attendance.test_actions import EVENING, STARTS
from tests.cast import Cast
from tests.seating.world import World, build_world, many_people

pytestmark = pytest.mark.django_db

ClientOf = Callable[..., Client]


def key_of(html: str) -> str:
    found = re.search(r'name="submission_key" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def test_the_whole_way_from_opening_to_signing_off(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    region = reverse("attendance:desk_region", args=[drawn.region.pk])
    with frozen_at(EVENING):
        client = client_of(cast.chen)
        assert region in client.get(reverse("attendance:sessions")).content.decode()
        key = key_of(client.get(region).content.decode())
        opening = reverse("attendance:desk_open", args=[drawn.region.pk])
        assert client.post(opening, {"submission_key": key}).status_code == 302
        record = queries.records_of(drawn.region, by=SYSTEM)[0]
        site = reverse("attendance:desk_site", args=[drawn.region.pk, record.session_id, record.room.site_id])
        assert site in client.get(region).content.decode()
        here = reverse("attendance:desk_record", args=[record.pk])
        assert here in client.get(site).content.decode()
        key = key_of(client.get(here).content.decode())
        assert client.post(here, {"absent": ["3", "7"], "submission_key": key}).status_code == 302
        adding = reverse("attendance:desk_add_violation", args=[record.pk])
        key = key_of(client.get(adding).content.decode())
        typed = {"seat": "4", "article": "article_6", "facts": "手机未按规定放置", "submission_key": key}
        assert client.post(adding, typed).status_code == 302
        html = client.get(here).content.decode()
        assert "手机未按规定放置" in html
        assert "第六条" in html
        closing = reverse("attendance:desk_close", args=[record.pk])
        assert client.post(closing, {"submission_key": key_of(html)}).status_code == 302
    assert sorted(Absence.objects.values_list("seat__number", flat=True)) == [3, 7]
    assert RoomRecord.objects.get(pk=record.pk).state == RecordState.CLOSED


def test_records_are_offered_where_people_have_seats_and_nowhere_else(
    drawn: World, cast: Cast, client_of: ClientOf
) -> None:
    other = build_world(cast.shanxi, many_people(70)[69:], code="another", capacities=(30,))
    for world, offered in ((drawn, True), (other, False)):
        page = client_of(cast.chen).get(reverse("attendance:desk_region", args=[world.region.pk])).content.decode()
        assert (reverse("attendance:desk_open", args=[world.region.pk]) in page) == offered
        assert ("座位还没有编排" in page) != offered


def test_a_form_sent_twice_counts_once(record: RoomRecord, cast: Cast, client_of: ClientOf) -> None:
    adding = reverse("attendance:desk_add_violation", args=[record.pk])
    with frozen_at(EVENING):
        client = client_of(cast.chen)
        key = key_of(client.get(adding).content.decode())
        typed = {"seat": "4", "article": "article_6", "facts": "手机", "submission_key": key}
        assert [client.post(adding, typed).status_code for _ in range(2)] == [302, 302]
    assert Violation.objects.count() == 1


def test_a_contradiction_is_shown_on_the_form_with_its_sentence(
    record: RoomRecord, cast: Cast, client_of: ClientOf
) -> None:
    actions.note_violation(record_id=record.pk, seat=4, article=Article.SUBJECT, facts="手机", by=SYSTEM, now=EVENING)
    here = reverse("attendance:desk_record", args=[record.pk])
    with frozen_at(EVENING):
        client = client_of(cast.chen)
        key = key_of(client.get(here).content.decode())
        response = client.post(here, {"absent": ["4"], "submission_key": key})
    assert response.status_code == 422
    assert "04" in response.content.decode()
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"seat": "31", "article": "article_6", "facts": "x"},
        {"seat": "4", "article": "article_9", "facts": "x"},
        {"seat": "4", "article": "article_6", "facts": " "},
        {},
    ],
)
def test_nonsense_is_shown_again(*, record: RoomRecord, cast: Cast, client_of: ClientOf, typed: dict[str, str]) -> None:
    adding = reverse("attendance:desk_add_violation", args=[record.pk])
    with frozen_at(EVENING):
        response = client_of(cast.chen).post(adding, {**typed, "submission_key": "k" * 32})
    assert response.status_code == 422
    assert not Violation.objects.exists()


def test_a_mistake_is_taken_back_and_a_signed_record_reopened(
    record: RoomRecord, cast: Cast, client_of: ClientOf
) -> None:
    violation = actions.note_violation(
        record_id=record.pk, seat=4, article=Article.GRAVE, facts="替考", by=SYSTEM, now=EVENING
    )
    with frozen_at(EVENING):
        client = client_of(cast.chen)
        key = key_of(client.get(reverse("attendance:desk_record", args=[record.pk])).content.decode())
        removal = reverse("attendance:desk_remove_violation", args=[record.pk, violation.pk])
        assert client.post(removal, {"submission_key": key}).status_code == 302
        actions.close_record(record_id=record.pk, by=SYSTEM, now=EVENING)
        reopening = reverse("attendance:desk_reopen", args=[record.pk])
        key = key_of(client.get(reopening).content.decode())
        assert client.post(reopening, {"reason": "", "submission_key": key}).status_code == 422
        assert client.post(reopening, {"reason": "漏登", "submission_key": key}).status_code == 302
    assert not Violation.objects.exists()
    assert RoomRecord.objects.get(pk=record.pk).state == RecordState.OPEN


def test_before_the_session_the_page_offers_nothing_to_enter(
    record: RoomRecord, cast: Cast, client_of: ClientOf
) -> None:
    here = reverse("attendance:desk_record", args=[record.pk])
    with frozen_at(STARTS.replace(hour=8)):
        html = client_of(cast.chen).get(here).content.decode()
    assert "还没有开始" in html
    assert 'name="absent"' not in html


def test_wu_may_do_nothing(*, record: RoomRecord, opened: World, cast: Cast, client_of: ClientOf) -> None:
    violation = actions.note_violation(
        record_id=record.pk, seat=4, article=Article.SUBJECT, facts="手机", by=SYSTEM, now=EVENING
    )
    region, one = [opened.region.pk], [record.pk]
    reads = [
        reverse("attendance:sessions"),
        reverse("attendance:desk_region", args=region),
        reverse("attendance:desk_site", args=[opened.region.pk, record.session_id, record.room.site_id]),
        reverse("attendance:desk_record", args=one),
        reverse("attendance:desk_add_violation", args=one),
        reverse("attendance:desk_reopen", args=one),
    ]
    writes = [
        reverse("attendance:desk_open", args=region),
        reverse("attendance:desk_close", args=one),
        reverse("attendance:desk_remove_violation", args=[record.pk, violation.pk]),
        *reads[3:],
    ]
    with frozen_at(EVENING):
        wu = client_of(cast.wu)
        assert [wu.get(address).status_code for address in reads] == [403] * len(reads)
        assert [wu.post(address).status_code for address in writes] == [403] * len(writes)
        assert [Client().post(address).status_code for address in writes] == [302] * len(writes)
        assert [client_of(cast.lin).get(address).status_code for address in reads] == [403] * len(reads)
    assert Violation.objects.count() == 1


def test_a_clerk_of_elsewhere_finds_nothing(
    *, record: RoomRecord, opened: World, cast: Cast, client_of: ClientOf
) -> None:
    held = cast.chen.account.appointments.get()
    held.authority = cast.chongqing
    held.save()
    with frozen_at(EVENING):
        client = client_of(cast.chen)
        assert client.get(reverse("attendance:desk_region", args=[opened.region.pk])).status_code == 404
        assert client.get(reverse("attendance:desk_record", args=[record.pk])).status_code == 404
        assert str(opened.region.pk) not in client.get(reverse("attendance:sessions")).content.decode()
