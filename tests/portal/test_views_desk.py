"""The desk's first page shows what waits for one's roles and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jinbang.people.states import Role
from jinbang.portal import queries
from jinbang.portal.queries import queues_of
from tests.application.world import World, build_world, submitted
from tests.cast import Cast, StaffMember
from tests.payment.world import opened
from tests.sittings.plans import create, publish

SignIn = Callable[[Any], Client]


@pytest.fixture
def world(cast: Cast) -> World:
    """One sitting that people apply for."""
    return build_world(cast)


def waiting(member: StaffMember) -> dict[str, int]:
    return {str(queue.name): queue.count for queue in queues_of(member.staff)}


def test_a_reviewer_sees_what_is_to_be_reviewed_and_nothing_else(cast: Cast, world: World) -> None:
    submitted(cast.lin.candidate, site=world.first)
    assert waiting(cast.zhou) == {"待审核的报名": 1}
    assert waiting(cast.zheng) == {"待审核的报名": 0}


def test_a_bursar_sees_what_is_owed(cast: Cast, world: World) -> None:
    opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    assert waiting(cast.gu) == {"待缴费的报名": 1}


def test_a_planner_sees_what_is_not_published(cast: Cast) -> None:
    create()
    assert waiting(cast.qian) == {"未发布的考试": 1}


def test_a_seating_officer_sees_regions_without_seats(cast: Cast) -> None:
    publish()
    assert waiting(cast.feng) == {"未公布座位的考区": 1}


@pytest.mark.parametrize("name", ["chu", "wei", "jiang", "he"])
def test_the_officers_of_results_each_see_one_queue(cast: Cast, name: str) -> None:
    publish()
    assert list(waiting(getattr(cast, name)).values()) == [0]


def test_every_queue_has_a_role_and_leads_to_a_page(cast: Cast, client_of: SignIn) -> None:
    roles = {role for role, *_rest in queries.QUEUES}
    assert roles == set(Role) - {Role.ROOM_CLERK, Role.AUDITOR}  # these look things up; nothing queues for them
    for member in (cast.zhou, cast.gu, cast.qian, cast.feng, cast.chu, cast.wei, cast.he):
        for queue in queues_of(member.staff):
            assert client_of(member).get(queue.url).status_code == 200, queue.url


def test_the_page_shows_queues_and_menu(cast: Cast, world: World, client_of: SignIn) -> None:
    submitted(cast.lin.candidate, site=world.first)
    html = client_of(cast.zhou).get("/desk/").content.decode()
    assert "待审核的报名" in html
    assert 'href="/desk/application/"' in html
    assert 'href="/desk/payment/"' not in html


def test_whoever_holds_no_queue_is_told_to_use_the_menu(cast: Cast, client_of: SignIn) -> None:
    assert "请从菜单进入" in client_of(cast.chen).get("/desk/").content.decode()


def test_wu_who_may_do_nothing_is_refused(cast: Cast, client_of: SignIn) -> None:
    response = client_of(cast.wu).get("/desk/")
    assert response.status_code == 403
    assert "没有这项岗位" in response.content.decode()


def test_strangers_sign_in_first_and_candidates_are_told_so(cast: Cast, client: Client, client_of: SignIn) -> None:
    assert client.get("/desk/")["Location"] == "/desk/sign-in/?next=/desk/"
    assert client_of(cast.lin).get("/desk/").status_code == 403
