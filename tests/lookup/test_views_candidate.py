"""A result by account: nothing is typed, nobody else's is opened, and nothing is shown before its instant."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from jinbang.kernel.clock import frozen_at
from jinbang.lookup import actions, adapters, tasks
from jinbang.lookup.exchange import FORM_TYPE
from jinbang.lookup.gate import Gate
from jinbang.lookup.sealing import QueryInputs
from tests.cast import LIN_NUMBER, CandidateMember, Cast, StaffMember, client_of
from tests.lookup.test_actions import LIN, MARKS, ask
from tests.results.world import AFTER, OPENS, World, approved, bring_in, enrol, many_people, new_world, set_pass_marks


@pytest.fixture
def world(cast: Cast, settings: Settings, tmp_path: Path) -> Iterator[World]:
    """林 who passed, 赵 who was absent and one more, armed, with snapshots in a folder of the test's own."""
    settings.JINBANG_HOME = tmp_path
    settings.JINBANG_SNAPSHOTS = tmp_path / "snapshots"
    world = new_world(cast)
    enrol(world, [cast.lin.bound, cast.zhao.bound, *many_people(1)])
    bring_in(world, MARKS)
    set_pass_marks(world)
    actions.publish_snapshot(release_id=approved(world).pk)
    yield world
    adapters._own_service.cache_clear()


def own(world: World, member: CandidateMember | StaffMember | None) -> HttpResponse:
    client = client_of(member) if member else Client()
    response = client.get(reverse("lookup:own", args=[world.release.code]))
    assert isinstance(response, HttpResponse)
    return response


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_whoever_has_signed_in_reads_their_own_result_without_typing(world: World) -> None:
    with frozen_at(OPENS):
        mine, theirs = own(world, world.cast.lin), own(world, world.cast.zhao)
    assert "<strong>73.41</strong>" in text(mine)
    assert 'data-overall="passed"' in text(mine)
    assert "缺考" in text(theirs)
    assert "73.41" not in text(theirs)
    assert LIN_NUMBER not in text(theirs)
    for response in (mine, theirs):
        assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
        assert "noindex" in response.headers["X-Robots-Tag"]


def test_the_page_knows_who_reads_it(world: World) -> None:
    with frozen_at(OPENS):
        page = text(own(world, world.cast.lin))
    assert "退出" in page
    assert page.count("<main") == 1
    assert "@@" not in page
    assert "<!--" not in page


def test_before_the_instant_there_is_the_countdown_and_the_form_is_filled_in(world: World) -> None:
    early = text(own(world, world.cast.lin))
    assert "data-opens-at" in early
    assert "73.41" not in early
    assert "data-overall" not in early
    assert f'value="{LIN_NUMBER}"' in early
    with frozen_at(OPENS):
        assert "73.41" in text(own(world, world.cast.lin))  # the control: it is there a moment later


def test_early_the_page_is_the_same_whatever_is_sealed(world: World) -> None:
    """林 passed and 赵 was absent: without what is their own, both read the same bytes."""
    pages: set[str] = set()
    for member in (world.cast.lin, world.cast.zhao):
        page = re.sub(r' value="[^"]*"', "", text(own(world, member)))
        for name in (member.account.username, member.bound.name):
            page = page.replace(f">{name}<", "><")
        pages.add(re.sub(r'nonce="[^"]*"', "", page))
    assert len(pages) == 1


def picture(world: World, member: CandidateMember | StaffMember | None) -> HttpResponse:
    client = client_of(member) if member else Client()
    response = client.get(reverse("lookup:own-picture", args=[world.release.code]))
    assert isinstance(response, HttpResponse)
    return response


def test_its_picture_needs_no_verification_and_no_node_of_the_lookup(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nodes stand apart they know no pass of the web role: the page sends nobody to them, and it asks none."""
    with frozen_at(OPENS):
        page = text(own(world, world.cast.lin))
        assert f'href="{reverse("lookup:own-picture", args=[world.release.code])}"' in page
        assert f"/lookup/{world.release.code}/picture" not in page
        assert "picture_pass" not in page
        monkeypatch.setattr(adapters, "service", lambda: pytest.fail("the node was asked"))
        shown = picture(world, world.cast.lin)
    assert "data:image/png;base64," in text(shown)
    assert "退出" in text(shown)
    assert {"no-store", "private"} <= set(shown.headers["Cache-Control"].split(", "))


def test_a_pass_of_the_web_role_opens_nothing_at_a_node_that_stands_apart(world: World) -> None:
    """The control of the test above: why the page of an account must not send its reader there."""
    gate = Gate()
    inputs = QueryInputs.typed(ticket_number=LIN["ticket_number"], document_number=LIN["document_number"], name="")
    with frozen_at(OPENS):
        given = gate.picture_pass(release=world.release.code, inputs=inputs)
        sent = ask("POST", f"/lookup/{world.release.code}/picture", {**LIN, "picture_pass": given, "receipt": "R"})
    assert sent.status == 422
    assert "data:image/png" not in sent.text


def test_its_picture_is_its_owners_and_not_there_before_the_instant(world: World) -> None:
    early = text(picture(world, world.cast.lin))
    assert "data-opens-at" in early
    assert "data:image/png" not in early
    with frozen_at(OPENS):
        assert picture(world, None).status_code == 302
        assert picture(world, world.cast.sun).status_code == 302
        assert picture(world, world.cast.wu).status_code == 403
        assert client_of(world.cast.lin).get(reverse("lookup:own-picture", args=["another-2026"])).status_code == 404


def test_others_have_to_query_as_before(world: World) -> None:
    """What lets the signed-in pass lets nobody else."""
    with frozen_at(OPENS):
        own(world, world.cast.lin)
        response = Client().post(f"/lookup/{world.release.code}", urlencode(LIN).encode(), content_type=FORM_TYPE)
    assert response.status_code == 422
    assert "73.41" not in response.content.decode()


def test_nobody_else_gets_there(world: World) -> None:
    with frozen_at(AFTER):
        assert own(world, None).status_code == 302
        assert own(world, world.cast.sun).status_code == 302  # has yet to say who they are
        assert own(world, world.cast.wu).status_code == 403
        assert own(world, world.cast.he).status_code == 403
        elsewhere = client_of(world.cast.lin).get(reverse("lookup:own", args=["another-2026"]))
    assert elsewhere.status_code == 404


def test_my_results_lead_there(world: World) -> None:
    with frozen_at(OPENS):
        tasks.look_for_releases()
        page = client_of(world.cast.lin).get(reverse("results:record")).content.decode()
    assert f'href="{reverse("lookup:own", args=[world.release.code])}"' in page
