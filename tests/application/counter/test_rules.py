"""What a card reader types and what somebody pastes. No database."""

import pytest

from jinbang.application.counter.rules import read_card
from jinbang.application.counter.text import PLEDGES
from jinbang.kernel.identity import DocumentKind
from tests.cast import LIN_NUMBER

ID = DocumentKind.RESIDENT_ID


@pytest.mark.parametrize(
    "text,number,name,kind",
    [
        (LIN_NUMBER, LIN_NUMBER, "", ID),
        (f"  {LIN_NUMBER}\n", LIN_NUMBER, "", ID),
        (f"林晓 女 汉 19950601 山西省阳泉市城区 {LIN_NUMBER}", LIN_NUMBER, "林晓", ID),
        (f"姓名：林晓\n性别：女\n民族：汉\n公民身份号码：{LIN_NUMBER}", LIN_NUMBER, "林晓", ID),
        (f"姓名林晓性别女民族汉公民身份号码{LIN_NUMBER}", LIN_NUMBER, "林晓", ID),
        (f"{LIN_NUMBER},买买提·艾山,男", LIN_NUMBER, "买买提·艾山", ID),
        ("11010519491231002x", "11010519491231002X", "", ID),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", "", ID),
        ("110105491231002", "110105491231002", "", ID),
        ("810000199003070015", "810000199003070015", "", DocumentKind.HMT_RESIDENCE),
        ("H12345678", "H12345678", "", DocumentKind.HK_MACAO_PERMIT),
    ],
)
def test_reads_a_number_and_a_name(text: str, number: str, name: str, *, kind: DocumentKind) -> None:
    card = read_card(text)
    assert (card.number, card.name, card.kind) == (number, name, kind)


def test_a_card_shows_nothing_in_logs() -> None:
    assert LIN_NUMBER not in repr(read_card(f"林晓 {LIN_NUMBER}"))


def test_the_pledge_is_never_edited() -> None:
    assert PLEDGES["2026-1-pledge"].sha256 == "d61ba085c1e701f0e82e93ed86b7612ad55d3c1562c625b81915159a9576c676"
