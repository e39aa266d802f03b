"""Help for a miss: right hints for wrong typing, none for right typing, from the typing alone."""

from dataclasses import replace

import pytest

from jinbang.lookup.cards import TicketShape
from jinbang.lookup.sealing import QueryInputs
from jinbang.lookup.self_check import findings
from tests.lookup.world import HEADER, LIN

OTHER = replace(HEADER, release="other", title="2025年度社会工作者职业资格考试", ticket_shape=TicketShape((11,)))


def hints(**typed: str) -> str:
    fields = {"ticket_number": LIN.ticket, "document_number": LIN.document, "name": "林小满", **typed}
    return "\n".join(findings(QueryInputs.typed(**fields), HEADER, others=[HEADER, OTHER]))


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
    assert findings(inputs, replace(HEADER, ticket_shape=TicketShape()), others=[OTHER]) == ()
