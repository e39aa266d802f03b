"""Help for a miss: right hints for wrong typing, none for right typing, from the typing alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jinbang.lookup.cards import ReleaseHeader, TicketShape
from jinbang.lookup.sealing import QueryInputs
from jinbang.lookup.self_check import findings
from tests.lookup.world import HEADER, LIN, T

OTHER = replace(HEADER, release="other", title="2025年度社会工作者职业资格考试", ticket_shape=TicketShape((11,)))


AHEAD = replace(
    HEADER,
    release="ahead",
    title="2026年度一级建造师资格考试",
    opens_at=T + timedelta(days=9),
    ticket_shape=TicketShape((12,), digits_only=True, beginning="261499"),
)
BEGINNING = replace(HEADER, ticket_shape=TicketShape((12,), digits_only=True, beginning="261403"))


def hints(header: ReleaseHeader = HEADER, /, **typed: str) -> str:
    fields = {"ticket_number": LIN.ticket, "document_number": LIN.document, "name": "林小满", **typed}
    return "\n".join(findings(QueryInputs.typed(**fields), header, others=[header, OTHER, AHEAD], now=T))


def test_nothing_is_said_about_what_may_well_be_right() -> None:
    for document in (LIN.document, "H12345678", "E12345678", "810000199003070015", "军字第1234567号"):
        assert hints(document_number=document) == ""


@pytest.mark.parametrize(
    "typed, hint",
    [
        ({"document_number": "110105194912310021"}, "最后一位与前面 17 位对不上"),
        ({"document_number": "110105199902310020"}, "出生日期不存在"),
        ({"document_number": "1101051949123100"}, "共 16 位"),
        ({"document_number": "@@@"}, "不像任何一种"),
        ({"ticket_number": LIN.document}, "像是身份证号码"),
        ({"ticket_number": "2614030123"}, "12 位，您填了 10 位"),
        ({"ticket_number": "26140301234O"}, "只有数字"),
        ({"ticket_number": "26140301234"}, "社会工作者"),
        ({"name": "林小满1"}, "姓名中有数字"),
    ],
)
def test_what_can_be_seen_from_the_typing_is_said(typed: dict[str, str], hint: str) -> None:
    assert hint in hints(**typed)


def test_a_release_that_announces_no_shape_says_nothing_about_it() -> None:
    inputs = QueryInputs.typed(ticket_number="x", document_number=LIN.document, name="林小满")
    assert findings(inputs, replace(HEADER, ticket_shape=TicketShape()), others=[OTHER], now=T) == ()


def test_the_ticket_of_another_sitting_is_told_by_how_it_begins() -> None:
    assert hints(BEGINNING) == ""
    assert "以 261403 开头" in hints(BEGINNING, ticket_number="251403012345")
    assert "一级建造师" not in hints(BEGINNING, ticket_number="251403012345")


def test_an_exam_that_is_not_released_yet_is_said_to_open_later() -> None:
    said = hints(BEGINNING, ticket_number="261499012345")
    assert "一级建造师资格考试”的，那次考试的成绩 2026年6月10日 10:00 才开放查询" in said
