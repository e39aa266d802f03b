"""The desk's pages for rosters, files, sheets, cross-checks and what was handed over, walked with their refusals."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from jinbang.audit.long_work import run_next
from jinbang.people.states import Role
from jinbang.results import columns, sheets
from jinbang.results.forms import AT_ONCE_BYTES_MAX
from jinbang.results.models import ColumnNames, HandedOverFile, IncomingFile, Keying, MarkBatch, MarkSheet, RosterEntry
from tests.cast import Cast
from tests.results.test_actions_enrol import HEADING, lines, number
from tests.results.test_actions_handover import file_of, line
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.world import World, bring_in, csv_of, marks_csv, new_world, paper_totals, with_roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def send(client: Client, address: str, content: bytes, **more: object) -> HttpResponse:
    file = BytesIO(content)
    file.name = "文件.csv"
    answer: Any = client.post(address, {"file": file, **more})
    return answer  # type: ignore[no-any-return]  # the test client's own answer


def roster_of(rows: list[list[str]]) -> bytes:
    return csv_of([HEADING, *rows]).encode()


# ---------------------------------------------------------------- rosters
def test_a_roster_is_checked_and_then_taken(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    address = url("import-roster", world.region.pk)
    checked = send(client, address, roster_of(lines()), dry_run="on")
    assert "核对过，没有存" in text_of(checked)
    assert "新增 3 人（其中 3 人首次登记）" in text_of(checked)
    assert RosterEntry.objects.count() == 0
    assert send(client, address, roster_of(lines())).status_code == 302
    assert RosterEntry.objects.count() == 3


def test_a_faulty_roster_lists_its_lines(cast: Cast, client_of: ClientOf) -> None:
    world = new_world(cast)
    rows = lines()
    rows[1][3] = "九级"
    response = send(client_of(cast.chu), url("import-roster", world.region.pk), roster_of(rows))
    assert response.status_code == 422
    assert "认不出级别" in text_of(response)
    assert "一个人也没有存" in text_of(response)


def test_columns_of_another_name_are_said_once_and_remembered(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    content = roster_of(lines()).decode().replace("证件号码", "身份号").encode()
    response = send(client, url("import-roster", world.region.pk), content)
    assert response.status_code == 422
    assert "这些列对应什么" in text_of(response)
    said = {"name_0": "身份号", "means_0": "证件号码"}
    assert post(client, url("name-columns", world.region.pk), said).status_code == 302
    assert dict(columns.names_of(world.region.sitting)) == {"身份号": "证件号码"}
    assert send(client, url("import-roster", world.region.pk), content).status_code == 302
    assert (RosterEntry.objects.count(), ColumnNames.objects.count()) == (3, 1)


@pytest.mark.parametrize("wrong", ["姓名", "专业"])
def test_a_column_said_to_be_what_it_is_not_is_asked_for_again(*, cast: Cast, client_of: ClientOf, wrong: str) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    content = roster_of(lines()).decode().replace("证件号码", "身份号").encode()
    names, address = url("name-columns", world.region.pk), url("import-roster", world.region.pk)
    post(client, names, {"name_0": "身份号", "means_0": wrong})
    refused = send(client, address, content)
    assert refused.status_code == 422
    assert 'value="身份号"' in text_of(refused)
    assert f'<option value="{wrong}" selected' in text_of(refused)
    post(client, names, {"name_0": "身份号", "means_0": "证件号码"})
    assert send(client, address, content).status_code == 302


def test_what_was_said_of_columns_is_listed_changed_and_forgotten(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    page, names = url("region", world.region.pk), url("name-columns", world.region.pk)
    assert "列的对应关系" not in text_of(client.get(page))
    post(client, names, {"name_0": "身份号", "means_0": "姓名", "name_1": "考号", "means_1": "准考证号"})
    shown = text_of(client.get(page))
    assert 'value="身份号"' in shown
    assert '<option value="姓名" selected' in shown
    assert "列的对应关系" not in text_of(client_of(cast.he).get(page)), "a release officer brings in no files"
    post(client, names, {"name_0": "考号", "means_0": "准考证号", "name_1": "身份号", "means_1": ""})
    assert dict(columns.names_of(world.region.sitting)) == {"考号": "准考证号"}


def test_a_file_of_earlier_years_asks_for_its_columns_too(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    content = file_of(line("甲", number(4))).decode().replace("证件号码", "身份号").encode()
    assert "这些列对应什么" in text_of(send(client, url("handover", world.region.pk), content))
    post(client, url("name-columns", world.region.pk), {"name_0": "身份号", "means_0": "证件号码"})
    assert send(client, url("handover", world.region.pk), content).status_code == 302


# ---------------------------------------------------------------- marks
def test_a_dry_run_of_marks_stores_nothing_and_tells_no_sum(world: World, cast: Cast, client_of: ClientOf) -> None:
    response = send(
        client_of(cast.chu),
        url("stage-marks", world.region.pk),
        marks_csv(world, {"T00001": {"basics": "61.25"}}),
        dry_run="on",
    )
    assert "3 人、6 条成绩或状态，没有发现问题" in text_of(response)
    assert "181.25" not in text_of(response)
    assert not MarkBatch.objects.exists()


def test_an_unclear_encoding_is_asked_for(world: World, cast: Cast, client_of: ClientOf) -> None:
    content = (
        marks_csv(world, {}).decode().replace("准考证号", "ticket_number").replace("姓名", "name").encode("gb18030")
    )
    client, address = client_of(cast.chu), url("stage-marks", world.region.pk)
    refused = send(client, address, content)
    assert (refused.status_code, "请指明文件的编码" in text_of(refused)) == (422, True)
    assert send(client, address, content, encoding="gb18030").status_code == 302
    assert MarkBatch.objects.get().encoding == "gb18030"


def long_file(world: World, *, wrong: bool = False) -> bytes:
    """Return a file larger than what is taken at once: the roster's marks, and blank lines."""
    content = marks_csv(world, {"T00001": {"basics": "1000"}} if wrong else {})
    return content + b"\r\n" * (AT_ONCE_BYTES_MAX // 2)


def test_a_large_file_is_the_workers_and_shows_how_far_it_is(world: World, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.chu)
    response = send(client, url("stage-marks", world.region.pk), long_file(world))
    row = IncomingFile.objects.get()
    assert response["Location"] == url("incoming-file", row.pk)
    assert "<progress" in text_of(client.get(response["Location"]))
    assert not any(b"T00001" in bytes(piece.sealed) for piece in row.pieces.all()), "it lies there sealed"
    assert run_next()
    assert (MarkBatch.objects.get().manifest["marks"], row.pieces.count()) == (6, 0)
    assert url("batch", MarkBatch.objects.get().pk) in text_of(client.get(response["Location"]))


def test_a_file_that_takes_the_place_of_marks_asks_why_at_once_and_at_the_workers(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    bring_in(world)
    client, address = client_of(cast.chu), url("stage-marks", world.region.pk)
    asked = send(client, address, marks_csv(world, {"T00001": {"basics": "61"}}))
    assert (asked.status_code, "请写明为什么更正" in text_of(asked)) == (422, True)
    taken = send(client, address, marks_csv(world, {"T00001": {"basics": "61"}}), reason="漏加一题")
    assert "更正原因：漏加一题" in text_of(client.get(taken["Location"]))
    large = send(client, address, long_file(world))
    assert run_next()
    assert "没有写明更正原因" in text_of(client.get(large["Location"]))
    send(client, address, long_file(world) + b"\r\n", reason="换表")
    assert run_next()
    assert MarkBatch.objects.filter(reason="换表").count() == 1


def test_a_large_file_that_is_wrong_lists_its_lines_until_it_is_dropped(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.chu)
    send(client, url("stage-marks", world.region.pk), long_file(world, wrong=True))
    assert run_next()
    row = IncomingFile.objects.get()
    shown = text_of(client.get(url("incoming-file", row.pk)))
    assert "分数高于本科目满分" in shown
    assert not MarkBatch.objects.exists()
    assert post(client, url("drop-incoming", row.pk)).status_code == 302
    assert row.pieces.count() == 0


def test_a_large_roster_is_the_workers_too(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    content = roster_of(lines(4)) + b"\r\n" * (AT_ONCE_BYTES_MAX // 2)
    send(client, url("import-roster", world.region.pk), content)
    assert run_next()
    assert RosterEntry.objects.count() == 4


def test_the_hash_is_asked_for_and_a_wrong_one_is_no_agreement(world: World, cast: Cast, client_of: ClientOf) -> None:
    send(client_of(cast.chu), url("stage-marks", world.region.pk), marks_csv(world, {}))
    totals = {k: v / 100 if k.startswith("sum:") else v for k, v in paper_totals(world, {}).items()}
    client, address = client_of(cast.wei), url("batch", MarkBatch.objects.get().pk)
    assert "SHA-256" in text_of(client.get(address))
    assert post(client, address, {**totals, "sha256": "0" * 64}).status_code == 422
    assert MarkBatch.objects.get().state == "staged"
    spaced = " ".join(totals["sha256"][at : at + 8].upper() for at in range(0, 64, 8))
    assert post(client, address, {**totals, "sha256": spaced}).status_code == 302
    assert MarkBatch.objects.get().state == "valid"


# ---------------------------------------------------------------- sheets
def typed(world: World, *texts: str) -> dict[str, str]:
    return {f"cell-{entry.pk}-0": text for entry, text in zip(world.entries, texts, strict=True)}


def test_a_sheet_is_opened_and_keyed_by_two_who_see_nothing_of_each_other(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    first, second = client_of(cast.chu), client_of(cast.wei)
    opened = post(first, url("sheets", world.region.pk), {"subject": "level-2/practice"})
    sheet = MarkSheet.objects.get()
    address = url("sheet", sheet.pk)
    assert opened["Location"] == address
    assert post(first, address, typed(world, "61.25", "0", "缺考")).status_code == 302
    assert "您已录过这张表" in text_of(first.get(address))
    assert "61.25" not in text_of(second.get(address))
    assert "等待第二人录入" in text_of(second.get(url("sheets", world.region.pk)))
    wrong = post(second, address, typed(world, "61.25", "999", "缺考"))
    assert (wrong.status_code, "分数高于本科目满分" in text_of(wrong)) == (422, True)
    assert 'value="61.25"' in text_of(wrong), "what was typed is kept"
    assert post(second, address, typed(world, "61.25", "0", "缺考")).status_code == 302
    assert MarkBatch.objects.get().state == "valid"
    assert second.get(address)["Location"] == url("batch", sheet.batch_id)
    assert "手工录分表" not in text_of(second.get(url("batch", sheet.batch_id)))


def test_a_sheet_sent_twice_or_too_late_leads_to_what_has_become_of_it(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    first, second = client_of(cast.chu), client_of(cast.wei)
    post(first, url("sheets", world.region.pk), {"subject": "level-2/practice"})
    sheet = MarkSheet.objects.get()
    address, batch = url("sheet", sheet.pk), url("batch", sheet.batch_id)
    read = typed(world, "61.25", "0", "缺考")
    stored = post(first, address, read)
    assert "已存，等待第二人录入。" in text_of(first.get(stored["Location"]))
    other = typed(world, "61.25", "1", "缺考")
    body = {**other, "submission_key": "sent-by-the-second"}
    differs = second.post(address, body)
    assert "与第一遍不一致" in text_of(second.get(differs["Location"]))
    assert second.post(address, body)["Location"] == differs["Location"], "the same form once more"
    third = client_of(with_roles(cast.lyu, Role.MARKS_CLERK, at=cast.shanxi))
    third.post(address, {**read, "submission_key": "sent-by-the-third"})
    assert MarkBatch.objects.get().state == "valid"
    before = Keying.objects.count()
    for again in (third.post(address, {**read, "submission_key": "sent-by-the-third"}), third.get(address)):
        assert (again.status_code, again["Location"]) == (302, batch)
    assert "已经生效或者撤回" in text_of(third.get(batch))
    assert Keying.objects.count() == before
    assert client_of(cast.he).get(address).status_code in {403, 404}, "nobody else is led anywhere"


def test_an_open_sheet_waits_on_its_batch_page_without_a_form_for_totals(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    post(client_of(cast.chu), url("sheets", world.region.pk), {"subject": "level-2/practice"})
    shown = text_of(client_of(cast.wei).get(url("batch", MarkBatch.objects.get().pk)))
    assert "手工录分表" in shown
    assert "核对控制数" not in shown
    again = post(client_of(cast.chu), url("sheets", world.region.pk), {"subject": "level-2/practice"})
    assert (again.status_code, "没有要录的人" in text_of(again)) == (422, True)


def test_the_third_types_only_what_differs(world: World, cast: Cast, client_of: ClientOf) -> None:
    post(client_of(cast.chu), url("sheets", world.region.pk), {"subject": "level-2/practice"})
    sheet = MarkSheet.objects.get()
    post(client_of(cast.chu), url("sheet", sheet.pk), typed(world, "61", "0", "缺考"))
    post(client_of(cast.wei), url("sheet", sheet.pk), typed(world, "62", "0", "缺考"))
    assert len(sheets.cells_asked(sheet, sheets.keyings_of(sheet))) == 1


def test_a_sheet_asks_why_where_a_file_has_been_quicker(world: World, cast: Cast, client_of: ClientOf) -> None:
    post(client_of(cast.chu), url("sheets", world.region.pk), {"subject": "level-2/practice"})
    address = url("sheet", MarkSheet.objects.get().pk)
    post(client_of(cast.chu), address, typed(world, "61", "0", "缺考"))
    bring_in(world)
    asked = post(client_of(cast.wei), address, typed(world, "61", "0", "缺考"))
    assert (asked.status_code, 'name="reason"' in text_of(asked)) == (422, True)
    given = {**typed(world, "61", "0", "缺考"), "reason": "以纸面为准"}
    assert post(client_of(cast.wei), address, given).status_code == 302
    assert "更正原因：以纸面为准" in text_of(client_of(cast.wei).get(url("batch", MarkSheet.objects.get().batch_id)))


# ---------------------------------------------------------------- cross-checks and files handed over
def test_the_cross_checks_are_shown_with_a_chart(world: World, cast: Cast, client_of: ClientOf) -> None:
    send(client_of(cast.chu), url("stage-marks", world.region.pk), marks_csv(world, {}))
    for member in (cast.chu, cast.wei, cast.he):
        shown = client_of(member).get(url("cross-checks", world.region.pk))
        assert "成绩与考场记录没有矛盾" in text_of(shown)
    assert client_of(cast.jiang).get(url("cross-checks", world.region.pk)).status_code == 403


def test_what_was_handed_over_is_brought_in_linked_unlinked_and_rejected(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    address = url("handover", world.region.pk)
    content = file_of(line("林某", number(1)))
    assert "待人工关联 1 人" in text_of(send(client, address, content, dry_run="on"))
    assert send(client, address, content).status_code == 302
    row = HandedOverFile.objects.get()
    shown = text_of(client.get(url("handed-over-file", row.pk)))
    assert "林某" in shown
    assert number(1) not in shown, "the number is masked"
    nobody = post(client, url("link-file", row.pk), {"kind": "resident_id", "number": number(2)})
    assert (nobody.status_code, "系统里没有这个人" in text_of(nobody)) == (422, True)
    roster = new_world(cast, month=2)
    send(client, url("import-roster", roster.region.pk), roster_of(lines()))
    assert post(client, url("link-file", row.pk), {"kind": "resident_id", "number": number(2)}).status_code == 302
    assert post(client, url("unlink-file", row.pk), {"reason": "关联错人"}).status_code == 302
    assert post(client, url("reject-file", row.pk), {"reason": ""}).status_code == 422
    assert post(client, url("reject-file", row.pk), {"reason": "查无此人"}).status_code == 302
    assert HandedOverFile.objects.get().state == "rejected"


def test_what_a_later_file_adds_is_said_row_by_row_and_what_contradicts_with_its_line_and_what_to_do(
    cast: Cast, client_of: ClientOf
) -> None:
    address, client = url("handover", new_world(cast).region.pk), client_of(cast.chu)
    first, more = line("林某", number(1)), line("林某", number(1), "建设工程计量与计价实务")
    send(client, address, file_of(first))
    checked = text_of(send(client, address, file_of(first, more), dry_run="on"))
    assert "1 人原已在库。其中 1 人增加合格记录。" in checked
    assert "<li>第 3 行：增加 1 科。</li>" in checked
    assert HandedOverFile.objects.count() == 1
    refused = text_of(send(client, address, file_of(more, line("林某", number(1), year="2024"))))
    assert re.search(r'data-label="行">3</td>', refused)
    assert "先在已读入的档案上取消关联、不采用，再读入" in refused
    assert HandedOverFile.objects.count() == 1
    assert send(client, address, file_of(first, more)).status_code == 302
    old, new = HandedOverFile.objects.order_by("addition")
    assert f'href="{url("handed-over-file", new.pk)}"' in text_of(client.get(url("handed-over-file", old.pk)))
    assert "1 人原已在库" in text_of(client.get(send(client, address, file_of(first, more))["Location"]))


def test_why_a_file_of_earlier_years_is_refused_stands_above_the_list_of_those_that_wait(
    cast: Cast, client_of: ClientOf
) -> None:
    address, client = url("handover", new_world(cast).region.pk), client_of(cast.chu)
    send(client, address, file_of(line("外人", number(7))))
    refused = text_of(send(client, address, csv_of([["姓名", "证件号码", "科目名"], ["某", number(1), "x"]]).encode()))
    assert refused.index("缺少必需的列") < refused.index("这些列对应什么") < refused.index("外人")
    assert refused.count("缺少必需的列") == 1


def test_every_file_handed_over_can_be_reached_and_those_that_wait_say_why(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    monkeypatch.setattr("jinbang.results.screens.handover.ON_ONE_PAGE", 2)
    send(client, url("import-roster", new_world(cast, month=2).region.pk), roster_of(lines()))
    names = {row[2]: row[1] for row in lines()}
    rows = [line(names[number(0)], number(0)), line("别人", number(1)), *(line("外人", number(at)) for at in (7, 8))]
    address = url("handover", world.region.pk)
    assert send(client, address, file_of(*rows)).status_code == 302
    linked, waiting = HandedOverFile.objects.get(state="linked"), text_of(client.get(address))
    assert "证件号码登记在别的姓名下" in waiting
    assert "证件号码没有登记过" in waiting
    assert "第 1 页，共 2 页，3 条" in waiting
    assert url("handed-over-file", linked.pk) not in waiting
    assert url("handed-over-file", linked.pk) in text_of(client.get(address, {"state": "linked"}))
    assert "外人" in text_of(client.get(address, {"page": "2"}))
    assert "没有这样的记录" in text_of(client.get(address, {"state": "rejected"}))
    assert "3 条" in text_of(client.get(address, {"state": "arriving"})), "what still arrives is nobody's to see"
    find = url("find-handed-over", world.region.pk)
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in number(0))
    found = client.post(find, {"kind": "resident_id", "number": typed})
    assert found["Location"] == url("handed-over-file", linked.pk)
    for wrong in ({"kind": "resident_id", "number": number(9)}, {"kind": "passport", "number": ""}):
        nobody = client.post(find, wrong)
        assert nobody["Location"] == address
        assert "没有这个证件号码" in text_of(client.get(address))


def test_a_large_file_of_earlier_years_is_the_workers_too_and_a_wrong_one_lists_its_lines(
    cast: Cast, client_of: ClientOf
) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    heading = ["档案号", "姓名", "证件号码"]
    tail = b"\r\n" * (AT_ONCE_BYTES_MAX // 2)
    wrong = send(client, url("handover", world.region.pk), csv_of([heading, ["D1", "", number(1)]]).encode() + tail)
    assert run_next()
    shown = text_of(client.get(wrong["Location"]))
    assert "没有姓名" in shown
    right = send(client, url("handover", world.region.pk), csv_of([heading, ["D1", "林某", number(1)]]).encode() + tail)
    assert "<progress" in text_of(client.get(right["Location"]))
    assert run_next()
    assert HandedOverFile.objects.get().state == "waiting"
    assert not IncomingFile.objects.get(pk=right["Location"].rstrip("/").rsplit("/", 1)[-1]).pieces.exists()
    assert post(client, url("drop-incoming", IncomingFile.objects.earliest("brought_at").pk)).status_code == 302


def test_a_column_of_a_file_of_earlier_years_is_named_once_too(cast: Cast, client_of: ClientOf) -> None:
    world, client = new_world(cast), client_of(cast.chu)
    content = csv_of([["档案号", "姓名", "身份号"], ["D1", "林某", number(1)]]).encode()
    refused = send(client, url("handover", world.region.pk), content)
    assert (refused.status_code, "这些列对应什么" in text_of(refused)) == (422, True)
    post(client, url("name-columns", world.region.pk), {"name_0": "身份号", "means_0": "证件号码"})
    assert send(client, url("handover", world.region.pk), content).status_code == 302
    assert HandedOverFile.objects.get().file_number == "D1"
