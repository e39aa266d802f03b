"""The desk's pages for correcting a roster: found by ticket, put right or struck with a reason; not under a seal."""

import pytest

from jinbang.results.actions.roster import Standing
from jinbang.results.models import RosterEntry
from tests.cast import Cast
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.world import World, bring_in, sealed, set_pass_marks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "quick_signing")]
RIGHT = {"way": "level-2/installation/full", "subjects": ["basics", "practice"], "district": "140321"}


def test_somebody_is_found_by_ticket_and_corrected_with_a_reason(world: World, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.chu)
    assert url("find-entry", world.region.pk) in text_of(client.get(url("region", world.region.pk)))
    unknown = post(client, url("find-entry", world.region.pk), {"ticket": "X"})
    assert (unknown.status_code, "没有这个准考证号" in text_of(unknown)) == (422, True)
    found = post(client, url("find-entry", world.region.pk), {"ticket": " T00001"})
    entry = RosterEntry.objects.get(ticket_number="T00001")
    assert found["Location"] == url("roster-entry", entry.pk)
    shown = text_of(client.get(found["Location"]))
    assert "林" in shown
    assert post(client, found["Location"], RIGHT).status_code == 422, "without a reason"
    wrong = post(client, found["Location"], {**RIGHT, "district": "1x", "reason": "区划有误"})
    assert (wrong.status_code, "2 至 12 位数字" in text_of(wrong)) == (422, True)
    assert post(client, found["Location"], {**RIGHT, "reason": "区划有误"}).status_code == 302
    assert Standing.of(RosterEntry.objects.get(pk=entry.pk)).district == "140321"
    assert "区划有误" in text_of(client.get(found["Location"]))


def test_somebody_is_struck_off_unless_anything_is_recorded_of_them(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    client, entry = client_of(cast.chu), world.entries[2]
    assert post(client, url("strike-entry", entry.pk), {"reason": ""}).status_code == 422
    assert post(client, url("strike-entry", entry.pk), {"reason": "重复"}).status_code == 302
    assert not RosterEntry.objects.filter(pk=entry.pk).exists()
    world.entries.pop()
    bring_in(world)
    refused = post(client, url("strike-entry", world.entries[0].pk), {"reason": "重复"})
    assert (refused.status_code, "不能移出名册" in text_of(refused)) == (422, True)
    fewer = {**RIGHT, "subjects": ["basics"], "reason": "报错"}
    refused = post(client, url("roster-entry", world.entries[0].pk), fewer)
    assert (refused.status_code, "没有了归属" in text_of(refused)) == (422, True)


def test_under_a_seal_nothing_is_offered(world: World, cast: Cast, client_of: ClientOf) -> None:
    set_pass_marks(world)
    bring_in(world)
    sealed(world)
    address = url("roster-entry", world.entries[0].pk)
    assert "不能再改" in text_of(client_of(cast.chu).get(address))
    assert post(client_of(cast.chu), address, {**RIGHT, "reason": "x"}).status_code == 409


def test_nobody_else_gets_there(world: World, cast: Cast, client_of: ClientOf) -> None:
    for member in (cast.wu, cast.wei, cast.he):
        for address in (url("find-entry", world.region.pk), url("roster-entry", world.entries[0].pk)):
            assert client_of(member).get(address).status_code in {403, 404}
