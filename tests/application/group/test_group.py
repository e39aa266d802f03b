"""An employer's sheet, answered row by row, and each person's own word on it."""

import csv
import io
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jinbang.application.errors import AlreadyApplied
from jinbang.application.group import actions, queries
from jinbang.application.group.errors import (
    GroupNameDiffers,
    GroupNotFound,
    GroupRowAnswered,
    SheetHeadingsMissing,
)
from jinbang.application.group.labels import HEADINGS as HEADING_LABELS
from jinbang.application.group.models import GroupRow, GroupUpload
from jinbang.application.group.sheet import read_sheet, write_csv
from jinbang.application.group.states import Column, GroupRowState, Reason
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.models import StateChange
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.identity import make_resident_id
from jinbang.messaging import actions as messaging
from jinbang.messaging.models import Message
from jinbang.messaging.states import MessageKind
from jinbang.people import actions as people
from jinbang.people.models import Person
from jinbang.people.queries import get_staff
from jinbang.people.states import Role
from jinbang.sittings.errors import SiteFull, WindowClosed
from jinbang.sittings.models import Site
from tests.application.commitment.test_actions import extend_application_window
from tests.application.world import AFTER_CLOSE, World, commit, photographed, started, submit
from tests.cast import LIN_NUMBER, NOW, PASSWORD, SINCE, ZHAO_NUMBER, Cast, StaffMember, client_of

pytestmark = pytest.mark.django_db

HEADINGS = list(map(str, HEADING_LABELS.values()))
STRANGER = make_resident_id("140303", date(1991, 1, 1), 15)


def line(name: str = "林晓", number: str = LIN_NUMBER, **changes: str) -> list[str]:
    cells = {
        "姓名": name,
        "证件类型": "居民身份证",
        "证件号码": number,
        "级别": "二级",
        "专业": "安装工程",
        "报考方式": "",
        "报考条件": "bachelor-related-1",
        "学历": "大学本科",
        "毕业日期": "2018/7/1",
        "工作年限": "3年",
        "工作单位": "阳泉市第一建筑工程公司",
        "科目": "",
        "考点代码": "01",
        **changes,
    }
    return [cells[heading] for heading in HEADINGS]


def sheet(*rows: list[str]) -> bytes:
    return write_csv([HEADINGS, *rows])


@pytest.fixture
def agent(cast: Cast) -> StaffMember:
    return agent_of(cast, "dan", "阳泉市第一建筑工程公司")


def agent_of(cast: Cast, username: str, employer: str) -> StaffMember:
    account = people.create_staff(username=username, display_name="单经办", password=PASSWORD, by=SYSTEM, now=NOW)
    people.appoint(
        account=account,
        authority=cast.shanxi,
        role=Role.GROUP_AGENT,
        unit=employer,
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )
    return StaffMember(account, get_staff(account, today=NOW.date()))


def hand_in(agent: StaffMember, world: World, *rows: list[str]) -> GroupUpload:
    return actions.hand_in_sheet(region_id=world.region.pk, raw=sheet(*rows), by=agent.staff, now=NOW)


# ---------------------------------------------------------------- the sheet


def test_a_sheet_registers_nobody_and_submits_nothing(agent: StaffMember, world: World) -> None:
    before = Person.objects.count()
    upload = hand_in(agent, world, line(), line("郑陌生", STRANGER))
    assert [row.state for row in upload.rows.order_by("number")] == ["awaiting", "awaiting"]
    assert Person.objects.count() == before
    assert not Application.objects.exists()
    assert Site.objects.get(pk=world.first.pk).taken == 0
    assert STRANGER not in str(list(GroupRow.objects.values()))


@pytest.mark.parametrize(
    "changes,column,reason",
    [
        ({"name": ""}, Column.NAME, Reason.EMPTY),
        ({"number": ""}, Column.NUMBER, Reason.EMPTY),
        ({"number": "110105194912310021"}, Column.NUMBER, Reason.BAD_NUMBER),
        ({"number": "1.40303199506011E+17"}, Column.NUMBER, Reason.NUMBER_CUT),
        ({"证件类型": "借书证"}, Column.KIND, Reason.UNKNOWN),
        ({"级别": "特级"}, Column.LEVEL, Reason.UNKNOWN),
        ({"专业": ""}, Column.SPECIALTY, Reason.EMPTY),
        ({"专业": "航天工程"}, Column.SPECIALTY, Reason.UNKNOWN),
        ({"报考条件": ""}, Column.CONDITION, Reason.EMPTY),
        ({"工作年限": "0"}, Column.CONDITION, Reason.NOT_ELIGIBLE),
        ({"工作年限": "三年"}, Column.WORK_YEARS, Reason.BAD_YEARS),
        ({"工作年限": "61"}, Column.WORK_YEARS, Reason.BAD_YEARS),
        ({"学历": "大学专科"}, Column.CONDITION, Reason.NOT_ELIGIBLE),
        ({"毕业日期": "2018-02-30"}, Column.GRADUATED_ON, Reason.BAD_DATE),
        ({"工作单位": ""}, Column.EMPLOYER, Reason.EMPTY),
        ({"科目": "basics、音乐"}, Column.SUBJECTS, Reason.UNKNOWN),
        ({"考点代码": "99"}, Column.SITE, Reason.SITE_NOT_OFFERED),
        ({"考点代码": ""}, Column.SITE, Reason.EMPTY),
    ],
)
def test_a_bad_row_is_answered_with_its_column_and_holds_up_no_other(
    agent: StaffMember, world: World, *, changes: dict[str, str], column: Column, reason: Reason
) -> None:
    upload = hand_in(agent, world, line(**changes), line("赵敏·艾山", ZHAO_NUMBER))
    bad, good = upload.rows.order_by("number")
    assert (bad.state, bad.column, bad.reason) == (GroupRowState.REFUSED, column, reason)
    assert bad.name == ""  # of a refused row nothing is kept
    assert good.state == GroupRowState.AWAITING


def test_the_same_document_twice_counts_once(agent: StaffMember, world: World) -> None:
    upload = hand_in(agent, world, line(), line())
    assert list(upload.rows.order_by("number").values_list("state", "reason")) == [
        ("awaiting", ""),
        ("refused", "twice"),
    ]


def test_the_answer_tells_nothing_of_who_is_on_record_or_has_applied(
    cast: Cast, agent: StaffMember, world: World
) -> None:
    started(cast.lin.candidate)
    upload = hand_in(agent, world, line(), line("郑陌生", STRANGER), line("姓名不符", ZHAO_NUMBER))
    assert {one.state for one in queries.answer_lines(upload)} == {GroupRowState.AWAITING}
    answer = list(csv.reader(io.StringIO(queries.answer_sheet(upload).decode("utf-8-sig"))))
    assert [row[3] for row in answer[1:]] == ["待本人确认"] * 3
    for secret in (LIN_NUMBER, STRANGER, "林晓", "郑陌生"):
        assert secret not in str(answer)


def test_a_sheet_without_its_headings_is_refused_as_a_whole(agent: StaffMember, world: World) -> None:
    with pytest.raises(SheetHeadingsMissing) as refusal:
        actions.hand_in_sheet(
            region_id=world.region.pk, raw=write_csv([HEADINGS[:-1], line()[:-1]]), by=agent.staff, now=NOW
        )
    assert refusal.value.fields["missing"] == "考点代码"


def test_the_template_can_be_filled_in_and_handed_in(agent: StaffMember, world: World) -> None:
    rows = read_sheet(queries.template_sheet(world.region, now=NOW))
    assert rows[0] == HEADINGS
    rows[1][0], rows[1][2], rows[1][10] = "林晓", LIN_NUMBER, "某公司"
    upload = actions.hand_in_sheet(region_id=world.region.pk, raw=write_csv(rows), by=agent.staff, now=NOW)
    assert upload.rows.get().state == GroupRowState.AWAITING


def test_hands_in_only_while_one_can_apply(agent: StaffMember, world: World) -> None:
    with pytest.raises(GroupNotFound):
        actions.hand_in_sheet(region_id=world.region.pk, raw=sheet(line()), by=agent.staff, now=AFTER_CLOSE)


def test_the_queries_do_not_grow_with_the_rows(
    agent: StaffMember, world: World, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    rows = [line(f"张{number}", make_resident_id("140303", date(1990, 1, 1), number)) for number in range(100, 160)]
    with django_assert_max_num_queries(24):  # type: ignore[operator]  # pytest-django types it as a fixture
        hand_in(agent, world, *rows)


# ---------------------------------------------------------------- the person's word


def test_confirming_begins_ones_own_application_and_submitting_stays_ones_own(
    cast: Cast, agent: StaffMember, world: World
) -> None:
    row = hand_in(agent, world, line()).rows.get()
    by = cast.lin.candidate
    application = actions.confirm_group_row(row_id=row.pk, by=by, now=NOW)
    assert application.state == ApplicationState.DRAFT
    assert application.submitted_at is None
    assert application.entered_by_id == agent.account.pk
    assert set(application.subjects.values_list("subject_code", flat=True)) == {"basics", "practice"}
    assert Site.objects.get(pk=world.first.pk).taken == 1
    row.refresh_from_db()
    assert (row.state, row.application_id, row.person_id) == ("confirmed", application.pk, cast.lin.bound.pk)
    photographed(application.pk, by=by)
    commit(application.pk, by=by)
    assert submit(application.pk, by=by).state == ApplicationState.SUBMITTED


def test_nobody_confirms_for_another(cast: Cast, agent: StaffMember, world: World) -> None:
    row = hand_in(agent, world, line()).rows.get()
    with pytest.raises(GroupNotFound):
        actions.confirm_group_row(row_id=row.pk, by=cast.zhao.candidate, now=NOW)
    assert not Application.objects.exists()


def test_a_row_is_answered_once(cast: Cast, agent: StaffMember, world: World) -> None:
    row = hand_in(agent, world, line()).rows.get()
    actions.decline_group_row(row_id=row.pk, by=cast.lin.candidate, now=NOW)
    with pytest.raises(GroupRowAnswered):
        actions.confirm_group_row(row_id=row.pk, by=cast.lin.candidate, now=NOW)
    assert not Application.objects.exists()


def test_another_name_than_the_one_on_record_cannot_be_confirmed(cast: Cast, agent: StaffMember, world: World) -> None:
    row = hand_in(agent, world, line("林小")).rows.get()
    with pytest.raises(GroupNameDiffers):
        actions.confirm_group_row(row_id=row.pk, by=cast.lin.candidate, now=NOW)


def test_whoever_has_applied_confirms_nothing_more(cast: Cast, agent: StaffMember, world: World) -> None:
    started(cast.lin.candidate)
    row = hand_in(agent, world, line()).rows.get()
    with pytest.raises(AlreadyApplied):
        actions.confirm_group_row(row_id=row.pk, by=cast.lin.candidate, now=NOW)
    assert Site.objects.get(pk=world.first.pk).taken == 0


def test_a_full_site_is_found_when_confirming_and_leaves_nothing_behind(
    cast: Cast, agent: StaffMember, world: World
) -> None:
    first, second = hand_in(
        agent, world, line(考点代码="02"), line("赵敏·艾山", ZHAO_NUMBER, 考点代码="02")
    ).rows.order_by("number")
    actions.confirm_group_row(row_id=first.pk, by=cast.lin.candidate, now=NOW)
    with pytest.raises(SiteFull):
        actions.confirm_group_row(row_id=second.pk, by=cast.zhao.candidate, now=NOW)
    assert Application.objects.count() == 1
    assert GroupRow.objects.get(pk=second.pk).state == GroupRowState.AWAITING


def test_what_nobody_confirms_lapses_when_the_window_closes_and_not_before(
    cast: Cast, agent: StaffMember, world: World
) -> None:
    row = hand_in(agent, world, line()).rows.get()
    last = datetime(2026, 3, 20, 23, 59, tzinfo=NOW.tzinfo)
    assert actions.lapse_group_rows(now=last) == 0
    with pytest.raises(WindowClosed):
        actions.confirm_group_row(row_id=row.pk, by=cast.lin.candidate, now=AFTER_CLOSE)
    assert actions.lapse_group_rows(now=AFTER_CLOSE) == 1
    assert actions.lapse_group_rows(now=AFTER_CLOSE) == 0
    assert StateChange.objects.filter(subject_id=row.pk, event="lapse").count() == 1


def test_an_extension_keeps_rows_open_at_once(cast: Cast, agent: StaffMember, world: World) -> None:
    row = hand_in(agent, world, line()).rows.get()
    extend_application_window(cast, world)
    assert actions.lapse_group_rows(now=AFTER_CLOSE) == 0
    assert actions.confirm_group_row(row_id=row.pk, by=cast.lin.candidate, now=AFTER_CLOSE)


def test_whoever_is_on_record_is_told_and_nobody_else(cast: Cast, agent: StaffMember, world: World) -> None:
    hand_in(agent, world, line(), line("郑陌生", STRANGER))
    messaging.collect_messages(now=NOW)
    told = Message.objects.filter(kind=MessageKind.GROUP_ROW_TO_CONFIRM)
    assert set(told.values_list("person_id", flat=True)) == {cast.lin.bound.pk}


# ---------------------------------------------------------------- pages


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def test_from_the_template_to_a_confirmed_row(cast: Cast, agent: StaffMember, world: World) -> None:
    desk, mine = client_of(agent), client_of(cast.lin)
    assert "下载模板" in desk.get("/desk/group/").text
    template = desk.get(f"/desk/group/regions/{world.region.pk}/template.csv")
    assert template.headers["Content-Type"].startswith("text/csv")
    assert desk.post("/desk/group/", keyed(region=str(world.region.pk))).status_code == 422
    broken = SimpleUploadedFile("a.csv", b"\x00", "text/csv")
    assert desk.post("/desk/group/", keyed(region=str(world.region.pk), sheet=broken)).status_code == 422
    good = SimpleUploadedFile("a.csv", sheet(line(), line("郑某", "123")), "text/csv")
    answer = desk.post("/desk/group/", keyed(region=str(world.region.pk), sheet=good))
    assert answer.status_code == 302, answer.text
    page = desk.get(answer.headers["Location"]).text
    assert "待本人确认" in page
    assert "证件号码不对" in page
    assert "林晓" not in page
    assert LIN_NUMBER not in page
    row = GroupRow.objects.get(state="awaiting")
    assert str(row.pk) in mine.get("/me/group-entries/").text
    assert "阳泉市第一建筑工程公司" in mine.get(f"/me/group-entries/{row.pk}/").text
    confirmed = mine.post(f"/me/group-entries/{row.pk}/", keyed())
    assert confirmed.headers["Location"].endswith("/photo/")  # the one thing the sheet cannot hold
    assert "查看我的报名" in mine.get(f"/me/group-entries/{row.pk}/").text
    assert "本人已确认" in desk.get(answer.headers["Location"]).text


def test_a_refusal_to_confirm_says_why_and_a_no_is_heard(cast: Cast, agent: StaffMember, world: World) -> None:
    started(cast.lin.candidate)
    row, mine = hand_in(agent, world, line()).rows.get(), client_of(cast.lin)
    page = mine.post(f"/me/group-entries/{row.pk}/", keyed())
    assert page.status_code == 409
    assert "每人每次考试只能报名一次" in page.text
    assert mine.post(f"/me/group-entries/{row.pk}/decline/", keyed()).status_code == 302
    assert GroupRow.objects.get().state == GroupRowState.DECLINED


def test_an_agent_sees_only_their_own_uploads(cast: Cast, agent: StaffMember, world: World) -> None:
    upload = hand_in(agent, world, line())
    other = client_of(agent_of(cast, "bie", "别家公司"))
    for page in ("", "answer.csv"):
        assert other.get(f"/desk/group/{upload.pk}/{page}").status_code == 404
    assert str(upload.pk) not in other.get("/desk/group/").text


def test_strangers_have_no_business_here(cast: Cast, agent: StaffMember, world: World) -> None:
    upload = hand_in(agent, world, line())
    row = upload.rows.get()
    for member in (cast.wu, cast.zhou):
        pages = ("", f"{upload.pk}/", f"{upload.pk}/answer.csv", f"regions/{world.region.pk}/template.csv")
        for page in pages:
            assert client_of(member).get(f"/desk/group/{page}").status_code == 403
    zhao = client_of(cast.zhao)
    assert zhao.get(f"/me/group-entries/{row.pk}/").status_code == 404
    assert zhao.post(f"/me/group-entries/{row.pk}/", keyed()).status_code == 404
    assert zhao.post(f"/me/group-entries/{row.pk}/decline/", keyed()).status_code == 404
