"""The desk's pages: who gets in, what is shown to whom, one step at a time, all the way from file to signatures."""

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse

from jinbang.audit import long_work
from jinbang.audit.models import StateChange
from jinbang.people.states import Role
from jinbang.results import basis
from jinbang.results.actions import sheets
from jinbang.results.actions.incoming import receive_file
from jinbang.results.forms import TotalsForm
from jinbang.results.models import HandedOverFile, MarkBatch, PassMark, Release, RosterEntry, WarrantSignature
from jinbang.results.states import FileContent
from tests.cast import NOW, PASSPHRASE, Cast, StaffMember
from tests.results.world import (
    World,
    approved,
    bring_in,
    enrol,
    many_people,
    marks_csv,
    new_world,
    paper_totals,
    released,
    sealed,
    set_pass_marks,
    stage,
    validated,
    with_roles,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
GIVEN = {"T00001": {"basics": "86.5"}, "T00002": {"basics": "0", "practice": "缺考"}}
ClientOf = Callable[[StaffMember], Client]


def url(name: str, *args: object) -> str:
    return reverse(f"results:{name}", args=args)


def post(client: Client, address: str, data: Mapping[str, object] | None = None, *, key: str = "") -> HttpResponseBase:
    return client.post(address, {"submission_key": key or f"key-{uuid4()}", **(data or {})})


def upload(client: Client, world: World, content: bytes) -> HttpResponseBase:
    file = BytesIO(content)
    file.name = "成绩.csv"
    return client.post(url("stage-marks", world.region.pk), {"file": file})


def text_of(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def test_the_sums_are_asked_for_in_the_order_of_the_programme() -> None:
    names = ("sum:level-2/basics", "zero", "sum:level-2/practice", "people")
    form = TotalsForm(names=names, sum_names={"level-2/practice": "实务", "level-2/basics": "基础"})
    assert list(form.fields) == ["people", "zero", "sum:level-2/practice", "sum:level-2/basics"]


# ---------------------------------------------------------------- who gets in
def addresses(world: World) -> dict[str, tuple[str, str]]:
    """Return every address of the phase: name → method and address, with objects that exist."""
    set_pass_marks(world)
    batch = stage(world)
    release = Release.objects.create(code="r", region=world.region, opens_at=NOW)
    pass_mark = PassMark.objects.first()
    assert pass_mark is not None
    chu = world.cast.chu.staff
    sheet = sheets.open_sheet(region=world.region, level_code="level-2", subject_code="basics", by=chu, now=NOW)
    large = receive_file(
        region=world.region, contains=FileContent.MARKS, file_name="f", content=b"x", encoding=None, by=chu, now=NOW
    )
    handed = HandedOverFile.objects.create(
        region=world.region, wrapped_key=b"", name_sealed=b"", number_sealed=b"", passes=[], brought_at=NOW
    )
    pages = ("region", "roster-file", "stage-marks", "import-roster", "sheets", "cross-checks", "handover")
    region_of = {name: ("GET", url(name, world.region.pk)) for name in pages}
    return {
        "regions": ("GET", url("regions")),
        **region_of,
        "propose-pass-mark": ("GET", url("propose-pass-mark", world.region.pk)),
        "batch": ("GET", url("batch", batch.pk)),
        "release": ("GET", url("release", release.pk)),
        "draw-up-roster": ("POST", url("draw-up-roster", world.region.pk)),
        "name-columns": ("POST", url("name-columns", world.region.pk)),
        "incoming-file": ("GET", url("incoming-file", large.pk)),
        "drop-incoming": ("POST", url("drop-incoming", large.pk)),
        "sheet": ("GET", url("sheet", sheet.pk)),
        "find-handed-over": ("POST", url("find-handed-over", world.region.pk)),
        "handed-over-file": ("GET", url("handed-over-file", handed.pk)),
        **{f"{step}-file": ("POST", url(f"{step}-file", handed.pk)) for step in ("link", "unlink", "reject")},
        "draft-release": ("POST", url("draft-release", world.region.pk)),
        "discard-batch": ("POST", url("discard-batch", batch.pk)),
        "approve-pass-mark": ("POST", url("approve-pass-mark", pass_mark.pk)),
        "reject-pass-mark": ("POST", url("reject-pass-mark", pass_mark.pk)),
        **{
            f"{step}-release": ("POST", url(f"{step}-release", release.pk))
            for step in ("validate", "seal", "sign", "reopen", "correct")
        },
    }


def status(client: Client, method: str, address: str) -> int:
    return client.get(address).status_code if method == "GET" else post(client, address, {"reason": "x"}).status_code


def test_wu_and_everybody_without_a_results_role_get_in_nowhere(world: World, cast: Cast, client_of: ClientOf) -> None:
    listed = addresses(world)
    before = list(Release.objects.values_list("state", "opens_at"))
    for member in (cast.wu, cast.zhou, cast.gu, cast.han):
        client = client_of(member)
        refused = {name: status(client, *where) for name, where in listed.items()}
        assert set(refused.values()) == {403}, (member.account.username, refused)
    assert list(Release.objects.values_list("state", "opens_at")) == before


def test_candidates_and_strangers_are_kept_out(world: World, cast: Cast, client_of: Callable[..., Client]) -> None:
    for name, (method, address) in addresses(world).items():
        assert status(client_of(cast.lin), method, address) == 403, name
        assert status(Client(), method, address) == 302, name


def test_the_same_role_elsewhere_finds_nothing_here(world: World, cast: Cast, client_of: ClientOf) -> None:
    listed = addresses(world)
    outsider = cast.zheng
    for role in (Role.MARKS_CLERK, Role.MARKS_VERIFIER, Role.PASS_MARK_OFFICER, Role.RELEASE_OFFICER):
        outsider = with_roles(outsider, role, at=cast.chongqing)
    client = client_of(outsider)
    found = {name: status(client, *where) for name, where in listed.items()}
    assert found.pop("regions") == 200
    assert set(found.values()) == {404}, found
    assert "2026年度考试" not in text_of(client.get(url("regions")))


@pytest.mark.parametrize(
    "name,kept_out",
    [
        ("stage-marks", ("wei", "jiang", "he")),
        ("roster-file", ("wei", "jiang", "he")),
        ("propose-pass-mark", ("chu", "wei", "he")),
        ("batch", ("jiang", "he")),
        ("seal-release", ("wei", "jiang", "he")),
        ("sign-release", ("chu", "wei", "jiang")),
        ("reopen-release", ("chu", "wei", "jiang")),
        ("approve-pass-mark", ("chu", "wei", "he")),
    ],
)
def test_each_role_keeps_to_its_own_pages(
    *, world: World, cast: Cast, client_of: ClientOf, name: str, kept_out: tuple[str, ...]
) -> None:
    method, address = addresses(world)[name]
    for member in kept_out:
        assert status(client_of(getattr(cast, member)), method, address) == 403


# ---------------------------------------------------------------- the list and a region
def test_the_list_shows_each_region_with_its_people_and_state(world: World, cast: Cast, client_of: ClientOf) -> None:
    new_world(cast, year=2025)
    shown = text_of(client_of(cast.chu).get(url("regions")))
    assert shown.count("年度考试") >= 2
    assert "尚未拟定发布" in shown


def test_the_list_takes_as_many_queries_for_ten_regions_as_for_one(
    *, world: World, cast: Cast, client_of: ClientOf, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = client_of(cast.chu)
    client.get(url("regions"))
    for year in range(2010, 2020):
        new_world(cast, year=year)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]  # pytest-django's own context manager
        assert client.get(url("regions")).status_code == 200


def test_a_region_names_the_one_next_step_to_whoever_may_take_it(world: World, cast: Cast, client_of: ClientOf) -> None:
    page = url("region", world.region.pk)
    clerk, verifier = client_of(cast.chu), client_of(cast.wei)
    assert url("stage-marks", world.region.pk) in text_of(clerk.get(page))
    assert "等待成绩录入岗办理" in text_of(verifier.get(page))
    batch = stage(world)
    assert "打开待核对的文件" in text_of(verifier.get(page))
    assert url("batch", batch.pk) not in text_of(client_of(cast.he).get(page))
    assert "等待成绩核对岗输入控制数" in text_of(client_of(cast.he).get(page))


def test_a_region_without_seats_offers_no_roster_and_says_why(cast: Cast, client_of: ClientOf) -> None:
    world = new_world(cast)
    client = client_of(cast.chu)
    page = text_of(client.get(url("region", world.region.pk)))
    assert "座位还没有编排" in page
    assert url("draw-up-roster", world.region.pk) not in page
    response = post(client, url("draw-up-roster", world.region.pk))
    assert response.status_code == 409
    assert "请先完成考场编排" in text_of(response)


def test_the_roster_is_handed_out_as_a_table_and_that_is_written_down(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    response = client_of(cast.chu).get(url("roster-file", world.region.pk))
    assert response.content.startswith(b"\xef\xbb\xbf")
    lines = response.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "准考证号,姓名,建设工程造价管理基础知识,建设工程计量与计价实务"
    assert lines[1] == "T00001,林晓,,"
    assert "no-store" in response["Cache-Control"]
    assert StateChange.objects.get(event="hand_out_roster").details == {"people": 3}


# ---------------------------------------------------------------- files of marks
def test_a_faultless_file_is_staged_and_waits_for_its_second_person(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    response = upload(client_of(cast.chu), world, marks_csv(world, GIVEN))
    batch = MarkBatch.objects.get()
    assert (response.status_code, response["Location"]) == (302, url("batch", batch.pk))
    assert (batch.file_name, batch.state) == ("成绩.csv", "staged")


def test_a_faulty_file_is_answered_line_by_line_with_what_to_do(world: World, cast: Cast, client_of: ClientOf) -> None:
    content = marks_csv(world, {"T00001": {"basics": "100.5"}, "T00003": {"practice": ""}})
    response = upload(client_of(cast.chu), world, content + b"T00009,\xe7\x94\xb2,1,1\n")
    shown = text_of(response)
    assert response.status_code == 422
    assert "共 3 处要改" in shown
    rows = re.findall(r"<tr class=\"govuk-table__row\">(.*?)</tr>", shown, re.DOTALL)
    cells = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)] for row in rows
    ]
    found = {int(row[0]): row[1:] for row in cells if row}
    assert list(found) == [2, 4, 5]
    assert found[2] == ["建设工程造价管理基础知识", "100.5", "分数高于本科目满分。请核对是否错列或多写了一位。"]
    assert found[4][:2] == ["建设工程计量与计价实务", ""]
    assert "没有分数请写明" in found[4][2]
    assert found[5][:2] == ["准考证号", "T00009"]
    assert "名册里没有这个准考证号" in found[5][2]
    assert not MarkBatch.objects.exists()


@pytest.mark.parametrize(
    "content,sentence",
    [
        (b"PK\x03\x04\x00", "请从原系统重新导出"),
        (b"", "文件是空的"),
        ("编号,basics\n1,2\n".encode(), "没有“准考证号”这一列"),
        ("准考证号,basics,basics\n1,2,3\n".encode(), "有不止一列表示“basics”"),
    ],
)
def test_what_is_no_file_of_marks_gets_a_sentence_saying_what_to_do(
    *, world: World, cast: Cast, client_of: ClientOf, content: bytes, sentence: str
) -> None:
    response = upload(client_of(cast.chu), world, content)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_the_same_file_again_leads_to_the_one_that_is_in(world: World, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.chu)
    upload(client, world, marks_csv(world, GIVEN))
    response = upload(client, world, marks_csv(world, GIVEN))
    assert response.status_code == 409
    assert url("batch", MarkBatch.objects.get().pk) in text_of(response)


def test_columns_that_were_not_read_are_named_on_the_files_page(world: World, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.chu)
    lines = marks_csv(world, GIVEN).decode().splitlines()
    content = "\r\n".join([lines[0] + ",备注", *(line + ",无" for line in lines[1:])]).encode()
    upload(client, world, content)
    shown = text_of(client.get(url("batch", MarkBatch.objects.get().pk)))
    assert "没有读取：备注" in shown


def form_of(totals: dict[str, Any]) -> dict[str, object]:
    return {name: value / 100 if name.startswith("sum:") else value for name, value in totals.items()}


def test_nobody_sees_the_totals_of_a_file_that_waits(world: World, cast: Cast, client_of: ClientOf) -> None:
    batch = stage(world, GIVEN)
    page = url("batch", batch.pk)
    shown = {name: text_of(client_of(getattr(cast, name)).get(page)) for name in ("chu", "wei")}
    for text in shown.values():
        for value in ("146.5", "120", batch.sha256[:8]):
            assert value not in text
    assert 'name="sum:level-2/basics"' in shown["wei"]
    assert 'name="sum:level-2/basics"' not in shown["chu"]


def test_the_verifiers_totals_make_the_file_count(world: World, cast: Cast, client_of: ClientOf) -> None:
    batch = stage(world, GIVEN)
    client = client_of(cast.wei)
    response = post(client, url("batch", batch.pk), form_of(paper_totals(world, GIVEN)))
    assert (response.status_code, response["Location"]) == (302, url("region", world.region.pk))
    shown = text_of(client.get(url("batch", batch.pk)))
    assert "146.5" in shown
    assert len(basis.current_marks(world.region)) == 3


def test_totals_that_differ_are_refused_noted_and_keep_what_was_typed(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    batch = stage(world, GIVEN)
    typed = {**form_of(paper_totals(world, GIVEN)), "sum:level-2/basics": "147.25"}
    response = post(client_of(cast.wei), url("batch", batch.pk), typed)
    shown = text_of(response)
    assert response.status_code == 422
    assert "控制数不一致" in shown
    assert 'value="147.25"' in shown
    assert "146.5" not in shown
    assert StateChange.objects.filter(subject_id=batch.pk, event="totals_differ").count() == 1
    assert MarkBatch.objects.get().state == "staged"


@pytest.mark.parametrize("value", ["", "abc", "-1", "1e999999", "9" * 40])
def test_totals_that_are_no_numbers_are_asked_for_again(
    *, world: World, cast: Cast, client_of: ClientOf, value: str
) -> None:
    batch = stage(world, GIVEN)
    typed = {**form_of(paper_totals(world, GIVEN)), "sum:level-2/basics": value}
    assert post(client_of(cast.wei), url("batch", batch.pk), typed).status_code == 422
    assert MarkBatch.objects.get().state == "staged"


def test_a_clerk_cannot_verify_even_as_a_verifier_too(world: World, cast: Cast, client_of: ClientOf) -> None:
    totals = form_of(paper_totals(world, GIVEN))
    batch = stage(world, GIVEN)
    assert post(client_of(cast.chu), url("batch", batch.pk), totals).status_code == 404
    both = with_roles(cast.chu, Role.MARKS_VERIFIER, at=cast.shanxi)
    client = client_of(both)
    assert "须由另一人输入控制数" in text_of(client.get(url("batch", batch.pk)))
    assert post(client, url("batch", batch.pk), totals).status_code == 403
    assert MarkBatch.objects.get().state == "staged"


def test_a_file_is_taken_back_with_a_reason(world: World, cast: Cast, client_of: ClientOf) -> None:
    batch = bring_in(world, GIVEN)
    client = client_of(cast.chu)
    assert post(client, url("discard-batch", batch.pk), {"reason": " "}).status_code == 422
    response = post(client, url("discard-batch", batch.pk), {"reason": "发错文件"})
    assert (response.status_code, MarkBatch.objects.get().state) == (302, "discarded")
    assert "发错文件" in text_of(client.get(url("batch", batch.pk)))


# ---------------------------------------------------------------- pass marks
def test_a_pass_mark_is_proposed_by_one_and_approved_by_another(world: World, cast: Cast, client_of: ClientOf) -> None:
    data = {"reach": "region", "subject": "level-2/basics", "mark": "58.5", "document_number": "晋人社厅函〔2026〕31号"}
    proposer, approver = client_of(cast.jiang), client_of(cast.shen)
    assert post(proposer, url("propose-pass-mark", world.region.pk), data).status_code == 302
    row = PassMark.objects.get()
    for page in (url("region", world.region.pk), url("preview-pass-marks", world.region.pk)):
        assert url("approve-pass-mark", row.pk) not in text_of(proposer.get(page))
        assert "须由另一人批准" in text_of(proposer.get(page))
    assert url("preview-pass-marks", world.region.pk) in text_of(approver.get(url("region", world.region.pk)))
    assert url("approve-pass-mark", row.pk) in text_of(approver.get(url("preview-pass-marks", world.region.pk)))
    assert post(proposer, url("approve-pass-mark", row.pk)).status_code == 403
    assert post(approver, url("approve-pass-mark", row.pk)).status_code == 302
    assert basis.pass_marks_of(world.region) == {("level-2", "basics"): 5850}


def test_a_pass_mark_above_the_full_mark_says_so_on_the_form(world: World, cast: Cast, client_of: ClientOf) -> None:
    data = {"reach": "region", "subject": "level-2/basics", "mark": "100.5", "document_number": "x"}
    response = post(client_of(cast.jiang), url("propose-pass-mark", world.region.pk), data)
    assert response.status_code == 422
    assert "不高于满分 100 分" in text_of(response)


def test_a_proposal_is_rejected_with_a_reason_only(world: World, cast: Cast, client_of: ClientOf) -> None:
    data = {"reach": "region", "subject": "level-2/basics", "mark": "60", "document_number": "x"}
    post(client_of(cast.jiang), url("propose-pass-mark", world.region.pk), data)
    row = PassMark.objects.get()
    client = client_of(cast.shen)
    post(client, url("reject-pass-mark", row.pk), {"reason": ""})
    assert PassMark.objects.get().state == "proposed"
    post(client, url("reject-pass-mark", row.pk), {"reason": "文件号有误"})
    assert PassMark.objects.get().state == "rejected"


# ---------------------------------------------------------------- the release
def test_the_whole_way_from_marks_to_two_signatures(world: World, cast: Cast, client_of: ClientOf) -> None:
    set_pass_marks(world)
    bring_in(world, GIVEN)
    clerk, he, lyu = client_of(cast.chu), client_of(cast.he), client_of(cast.lyu)
    response = post(clerk, url("draft-release", world.region.pk), {"day": "2026-03-11", "time": "10:00"})
    release = Release.objects.get()
    page = url("release", release.pk)
    assert response["Location"] == page
    assert "计算并核验" in text_of(clerk.get(page))
    assert "计算并核验" not in text_of(he.get(page))
    assert post(clerk, url("validate-release", release.pk)).status_code == 302
    assert "data-long-work" in text_of(clerk.get(page))
    assert url("validate-release", release.pk) not in text_of(clerk.get(page)), "what is under way is not offered again"
    assert long_work.run_next()
    assert "封存，交付签发" in text_of(clerk.get(page))
    assert post(clerk, url("seal-release", release.pk)).status_code == 302
    assert long_work.run_next()
    for client, state in ((he, "sealed"), (lyu, "approved")):
        shown = text_of(client.get(page))
        warrant_hash = re.search(r'name="warrant_hash" value="([0-9a-f]{64})"', shown)
        assert warrant_hash is not None
        assert " ".join(re.findall("........", warrant_hash[1])) in shown
        data = {"warrant_hash": warrant_hash[1], "passphrase": PASSPHRASE}
        assert post(client, url("sign-release", release.pk), data).status_code == 302
        release.refresh_from_db()
        assert release.state == state
        assert ("您已签发" in text_of(client.get(page))) == (state == "sealed")
    assert "何发" in text_of(clerk.get(page))


def test_a_release_that_is_not_ready_says_which_points_are_open(world: World, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.chu)
    post(client, url("draft-release", world.region.pk), {"day": "2026-03-11", "time": "10:00"})
    release = Release.objects.get()
    response = post(client, url("validate-release", release.pk))
    shown = text_of(response)
    assert response.status_code == 422
    assert "还有 1 项没有满足" in shown
    assert "每人每科都有成绩或状态" in shown
    assert "发布时刻还没有到，还有" in shown
    assert "1\N{NO-BREAK SPACE}日" in shown
    assert Release.objects.get().state == "draft"


@pytest.mark.parametrize("day", ["2026-03-10", "2025-01-01", "", "2026-13-01"])
def test_an_instant_that_is_past_or_none_is_refused_on_the_page(
    *, world: World, cast: Cast, client_of: ClientOf, day: str
) -> None:
    response = post(client_of(cast.chu), url("draft-release", world.region.pk), {"day": day, "time": "10:00"})
    assert response.status_code == 422
    assert not Release.objects.exists()


def test_a_wrong_passphrase_and_a_stale_screen_are_refused_on_the_page(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = sealed(world)
    client = client_of(cast.he)
    wrong = {"warrant_hash": release.warrant_hash, "passphrase": "不是这个口令不是这个口令"}
    response = post(client, url("sign-release", release.pk), wrong)
    assert (response.status_code, "口令不正确" in text_of(response)) == (422, True)
    assert "不是这个口令" not in text_of(response)
    stale = {"warrant_hash": "00" * 32, "passphrase": PASSPHRASE}
    response = post(client, url("sign-release", release.pk), stale)
    assert (response.status_code, "内容已经变化" in text_of(response)) == (422, True)
    assert not WarrantSignature.objects.exists()


def test_an_author_and_an_officer_without_a_key_are_told_why_they_cannot_sign(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    set_pass_marks(world)
    bring_in(world)
    page = url("release", sealed(world).pk)
    author = with_roles(cast.wei, Role.RELEASE_OFFICER, at=cast.shanxi, unit="监察室")
    shown = text_of(client_of(author).get(page))
    assert "按规定不能签发" in shown
    assert 'name="passphrase"' not in shown
    keyless = with_roles(cast.han, Role.RELEASE_OFFICER, at=cast.shanxi, unit="监察室")
    assert "还没有签名密钥" in text_of(client_of(keyless).get(page))


def test_the_emergency_stop_asks_for_a_reason_and_voids_the_signatures(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = approved(world)
    client = client_of(cast.he)
    page = url("release", release.pk)
    assert "紧急停止" in text_of(client.get(page))
    assert "紧急停止" not in text_of(client_of(cast.chu).get(page))
    assert post(client, url("reopen-release", release.pk), {"reason": ""}).status_code == 422
    assert post(client, url("reopen-release", release.pk), {"reason": "名单有误"}).status_code == 302
    assert Release.objects.get().state == "draft"
    shown = text_of(client.get(page))
    assert "名单有误" in shown
    assert "签发的内容" not in shown


def test_what_is_released_can_only_be_corrected(world: World, cast: Cast, client_of: ClientOf) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = released(world, opens_at=NOW.replace(hour=11))
    client = client_of(cast.chu)
    page = url("release", release.pk)
    assert "开始更正" in text_of(client.get(page))
    assert 'id="next-step"' not in text_of(client.get(url("region", world.region.pk)))
    assert "紧急停止" not in text_of(client_of(cast.he).get(page))
    data = {"day": "2026-03-12", "time": "10:00", "reason": "漏登一人"}
    assert post(client, url("correct-release", release.pk), data).status_code == 302
    release.refresh_from_db()
    assert (release.state, release.generation) == ("draft", 2)


def test_a_form_sent_twice_takes_effect_once(world: World, cast: Cast, client_of: ClientOf) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = validated(world)
    client = client_of(cast.chu)
    first = post(client, url("seal-release", release.pk), key="the-same-key-twice-1")
    assert long_work.run_next()
    sealed_hash = Release.objects.get().warrant_hash
    second = post(client, url("seal-release", release.pk), key="the-same-key-twice-1")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Release.objects.get().warrant_hash == sealed_hash
    assert not long_work.run_next()
    assert StateChange.objects.filter(event="seal").count() == 1


def test_someone_new_on_the_roster_is_seen_on_the_list_before_sealing(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = validated(world)
    assert "结论合计" in text_of(client_of(cast.chu).get(url("release", release.pk)))
    enrol(world, many_people(2)[1:])
    shown = text_of(client_of(cast.chu).get(url("release", release.pk)))
    assert "还不能继续" in shown
    assert "重新计算并核验" in shown
    assert "封存，交付签发" not in shown
    assert "结论合计" not in shown, "these figures are of before"
    assert RosterEntry.objects.count() == 4
