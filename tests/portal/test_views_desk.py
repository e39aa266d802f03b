"""The desk's first page shows what waits for one's roles and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from jinbang.application.group import actions as group
from jinbang.application.group.models import GroupRow
from jinbang.attendance import actions as attendance
from jinbang.attendance.models import RoomRecord
from jinbang.audit import labels as work_labels
from jinbang.audit import long_work
from jinbang.audit.models import LongWork
from jinbang.audit.states import WorkState
from jinbang.kernel.actors import SYSTEM, Actor
from jinbang.kernel.clock import frozen_at
from jinbang.people.states import Role
from jinbang.portal import queries
from jinbang.portal.queries import queues_of
from jinbang.results.actions import handover
from jinbang.results.models import HandedOverFile, MarkBatch
from jinbang.results.states import BatchState
from jinbang.seating import actions as seating
from tests.application.group.test_group import agent_of, hand_in, line
from tests.application.world import World, build_world, submitted
from tests.cast import NOW, ZHAO_NUMBER, Cast, StaffMember
from tests.payment.world import opened
from tests.results.test_actions_enrol import number
from tests.results.test_actions_handover import file_of
from tests.results.test_actions_handover import line as pass_line
from tests.results.world import new_world as results_world
from tests.seating.world import AFTER_EXAM, AFTER_PAYMENT, many_people
from tests.seating.world import World as SeatedWorld
from tests.seating.world import build_world as seated_world
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
    assert waiting(cast.zhou) == {"待审核的报名": 1, "待审核的身份变更": 0}
    assert waiting(cast.zheng) == {"待审核的报名": 0, "待审核的身份变更": 0}


def test_a_bursar_sees_what_is_owed(cast: Cast, world: World) -> None:
    opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    assert waiting(cast.gu) == {"待缴费的报名": 1}


def test_a_planner_sees_what_is_not_published(cast: Cast) -> None:
    create()
    assert waiting(cast.qian) == {"未发布的考试": 1}


@pytest.fixture
def seated(cast: Cast) -> SeatedWorld:
    """林 and three others with seats."""
    world = seated_world(cast.shanxi, [cast.lin.bound, *many_people(3)])
    seating.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.draw_seats(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    return world


def test_a_seating_officer_sees_regions_to_draw_before_the_examination_and_to_publish_after_it(
    cast: Cast, seated: SeatedWorld
) -> None:
    with frozen_at(AFTER_PAYMENT):
        assert waiting(cast.feng) == {"待编排的考区": 0}
        seated_world(cast.shanxi, many_people(5)[4:], code="another", capacities=(30,))
        assert waiting(cast.feng) == {"待编排的考区": 1}
    with frozen_at(AFTER_EXAM):
        assert waiting(cast.feng) == {"待编排的考区": 1}
        seating.publish_plan(region_id=seated.region.pk, by=SYSTEM, now=AFTER_EXAM)
        assert waiting(cast.feng) == {"待编排的考区": 0}


def test_a_room_clerk_sees_records_of_sessions_that_are_over(cast: Cast, seated: SeatedWorld) -> None:
    attendance.open_room_records(region_id=seated.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    with frozen_at(AFTER_PAYMENT):
        assert waiting(cast.chen) == {"待完成的考场记录": 0}
    with frozen_at(AFTER_EXAM):
        before = waiting(cast.chen)["待完成的考场记录"]
        record = RoomRecord.objects.earliest("id")
        attendance.close_record(record_id=record.pk, by=cast.chen.staff, now=AFTER_EXAM)
        assert waiting(cast.chen)["待完成的考场记录"] == before - 1


def test_a_marks_clerk_sees_regions_that_were_sat_and_have_no_marks(cast: Cast, seated: SeatedWorld) -> None:
    with frozen_at(AFTER_PAYMENT):
        assert waiting(cast.chu)["待读入成绩的考区"] == 0
    with frozen_at(AFTER_EXAM):
        assert waiting(cast.chu)["待读入成绩的考区"] == 1
        batch = MarkBatch.objects.create(region=seated.region, sha256="0" * 64, manifest={}, staged_at=AFTER_EXAM)
        assert waiting(cast.chu)["待读入成绩的考区"] == 0
        batch.state = BatchState.DISCARDED.value
        batch.save()
        assert waiting(cast.chu)["待读入成绩的考区"] == 1


def test_a_marks_clerk_sees_files_handed_over_that_nobody_linked(cast: Cast, client_of: SignIn) -> None:
    region = results_world(cast).region
    content = file_of(pass_line("某人", number(1)), pass_line("另一人", number(2), file_number="D2"))
    handover.import_handover(region=region, content=content, by=cast.chu.staff, now=NOW)
    assert waiting(cast.chu)["待关联的移交档案"] == 2
    assert "待关联的移交档案" in client_of(cast.chu).get("/desk/").content.decode()
    row = HandedOverFile.objects.earliest("id")
    handover.reject_file(file_id=row.pk, reason="查无此人", by=cast.chu.staff, now=NOW)
    assert waiting(cast.chu)["待关联的移交档案"] == 1
    assert "待关联的移交档案" not in waiting(cast.wei)


@pytest.mark.parametrize("name", ["wei", "jiang", "he"])
def test_the_officers_of_results_each_see_one_queue(cast: Cast, name: str) -> None:
    publish()
    assert list(waiting(getattr(cast, name)).values()) == [0]


def test_an_employers_agent_sees_whom_to_remind_and_nobody_elses_people(
    cast: Cast, world: World, client_of: SignIn
) -> None:
    agent, other = (agent_of(cast, username, f"{username}公司") for username in ("dan", "shao"))
    hand_in(agent, world, line(), line("赵敏", ZHAO_NUMBER), line("", ZHAO_NUMBER))
    assert (waiting(agent), waiting(other)) == ({"待本人确认的集体报名": 2}, {"待本人确认的集体报名": 0})
    row = GroupRow.objects.earliest("number")
    group.confirm_group_row(row_id=row.pk, by=cast.lin.candidate, now=NOW)
    assert waiting(agent) == {"待本人确认的集体报名": 1}
    assert "请提醒他们" in client_of(agent).get("/desk/").content.decode()


def test_every_queue_has_a_role_and_leads_to_a_page(cast: Cast, client_of: SignIn) -> None:
    roles = {role for role, *_rest in queries.QUEUES}
    assert roles == set(Role) - {Role.AUDITOR}  # who looks up; nothing waits for them
    for member in (cast.zhou, cast.gu, cast.qian, cast.feng, cast.chen, cast.chu, cast.wei, cast.he):
        for queue in queues_of(member.staff):
            assert client_of(member).get(queue.url).status_code == 200, queue.url


def test_the_page_shows_queues_and_menu(cast: Cast, world: World, client_of: SignIn) -> None:
    submitted(cast.lin.candidate, site=world.first)
    html = client_of(cast.zhou).get("/desk/").content.decode()
    assert "待审核的报名" in html
    assert 'href="/desk/application/"' in html
    assert 'href="/desk/payment/"' not in html


def test_whoever_holds_no_queue_is_told_to_use_the_menu(cast: Cast, client_of: SignIn) -> None:
    assert "请从菜单进入" in client_of(cast.han).get("/desk/").content.decode()


def test_wu_who_may_do_nothing_is_refused(cast: Cast, client_of: SignIn) -> None:
    response = client_of(cast.wu).get("/desk/")
    assert response.status_code == 403
    assert "没有这项岗位" in response.content.decode()


def test_strangers_sign_in_first_and_candidates_are_told_so(cast: Cast, client: Client, client_of: SignIn) -> None:
    assert client.get("/desk/")["Location"] == "/desk/sign-in/?next=/desk/"
    assert client_of(cast.lin).get("/desk/").status_code == 403


# ---------------------------------------------------------------- long work


@pytest.fixture
def asked(cast: Cast, seated: SeatedWorld) -> LongWork:
    """Return long work that 冯 has asked for, and another piece that the program asked for itself."""

    def ask(subject: Model, by: Actor) -> LongWork:
        arguments = {"region_id": str(seated.region.pk)}
        task = "jinbang.seating.tasks.draw_seats"
        return long_work.enqueue(task, subject=subject, arguments=arguments, total=4, by=by, now=AFTER_PAYMENT)

    ask(cast.taiyuan, SYSTEM)
    return ask(seated.region, cast.feng.staff)


def test_whoever_asked_sees_how_far_it_is_and_whose_turn_it_is(cast: Cast, asked: LongWork, client_of: SignIn) -> None:
    client = client_of(cast.feng)
    LongWork.objects.filter(pk=asked.pk).update(state="running", done=3)
    listed = client.get(reverse("portal:work_list")).content.decode()
    assert listed.count(">编排座位</a>") == 1
    assert "3 / 4 人" in listed
    page = client.get(reverse("portal:work", args=[asked.pk])).content.decode()
    assert 'max="100" value="75"' in page
    assert "轮到系统" in page
    assert reverse("seating:desk_region", args=[asked.arguments["region_id"]]) in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page


@pytest.mark.parametrize("state", list(WorkState))
def test_every_end_of_long_work_is_told_in_words(  # noqa: PLR0917  # fixtures come by name
    cast: Cast, asked: LongWork, client_of: SignIn, state: WorkState
) -> None:
    LongWork.objects.filter(pk=asked.pk).update(
        state=state, refusal_code="nobody_to_seat" if state == "refused" else ""
    )
    page = client_of(cast.feng).get(reverse("portal:work", args=[asked.pk])).content.decode()
    assert str(work_labels.STATES[state]) in page
    assert str(work_labels.WHAT_HAPPENS_NEXT[state]) in page
    assert ("这个考区没有已缴费的考生" in page) == (state is WorkState.REFUSED)
    assert ("http-equiv" in page) == (not state.is_final)


def test_wu_sees_no_long_work_and_others_see_only_their_own(cast: Cast, asked: LongWork, client_of: SignIn) -> None:
    addresses = [reverse("portal:work_list"), reverse("portal:work", args=[asked.pk])]
    for address in addresses:
        assert client_of(cast.wu).get(address).status_code == 403
        assert client_of(cast.lin).get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert "您还没有交给系统处理的事项" in client_of(cast.zhou).get(addresses[0]).content.decode()
    assert client_of(cast.zhou).get(addresses[1]).status_code == 404


def test_a_request_reads_the_appointments_once_and_the_next_one_reads_them_anew(
    cast: Cast, client_of: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(cast.zhou)
    with django_assert_num_queries(5):  # session, account, appointments, and two counts of what waits
        assert client.get("/desk/").status_code == 200
    cast.zhou.account.appointments.update(ends_on=NOW.date() - timedelta(days=1))
    assert client.get("/desk/").status_code == 403
