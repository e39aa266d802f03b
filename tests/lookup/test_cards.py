"""Cards, headers and words: everything survives its encoding, and every status has a word."""

import json
from dataclasses import replace

import pytest

from jinbang.lookup.cards import decode_header, encode_header, header_hash, mark_text, masked_document_of
from jinbang.lookup.errors import SnapshotDamaged
from jinbang.lookup.result_page import LEADS, PANELS, REMEDIES, kept_lines
from jinbang.lookup.words import LAPSING, OVERALL_WORDS, STATUS_WORDS, VERDICT_WORDS, expected_of
from jinbang.results.states import MarkStatus, Overall, Verdict
from tests.lookup.world import BASICS, CASES, HEADER, LIN, LIN_DOCUMENT, PRACTICE, card, line


def test_a_header_survives_its_encoding() -> None:
    assert decode_header(encode_header(HEADER)) == HEADER
    assert header_hash(encode_header(decode_header(encode_header(HEADER)))) == header_hash(encode_header(HEADER))


def test_a_header_of_records_in_another_form_is_refused_instead_of_finding_nobody() -> None:
    written = json.loads(encode_header(HEADER))
    for other in ({**written, "form": 1}, {name: value for name, value in written.items() if name != "form"}):
        with pytest.raises(SnapshotDamaged) as refusal:
            decode_header(json.dumps(other).encode())
        assert refusal.value.fields["problem"] == "form"


def test_a_header_holds_no_mark_and_no_pass_mark() -> None:
    assert b"6000" not in encode_header(HEADER)


def test_every_status_has_a_word_a_panel_and_a_remedy() -> None:
    assert set(STATUS_WORDS) == {None, *MarkStatus}
    assert set(VERDICT_WORDS) == set(Verdict)
    assert set(OVERALL_WORDS) == set(PANELS) == set(LEADS) == set(Overall)
    assert set(REMEDIES) == set(MarkStatus) - {MarkStatus.SCORED}


@pytest.mark.parametrize(
    "hundredths, shown", [(0, "0"), (8600, "86"), (8650, "86.5"), (8605, "86.05"), (5, "0.05"), (15000, "150")]
)
def test_marks_are_shown_without_trailing_zeros(hundredths: int, shown: str) -> None:
    assert mark_text(hundredths) == shown


@pytest.mark.parametrize(
    "who, status, mark, overall",
    [
        ("passed", "合格", "86.5", "合格"),
        ("failed", "不合格", "5", "不合格"),
        ("partial", "合格", "60", "部分科目合格"),
        ("retained", "已合格（保留）", "", "合格"),
        ("absent", "缺考", "", "缺考"),
        ("zero", "不合格", "0", "不合格"),
        ("violation", "违纪", "", "违纪"),
        ("void", "成绩无效", "", "成绩无效"),
        ("withheld", "待核查", "", "待核查"),
        ("awaiting", "合格标准待公布", "66", "合格标准待公布"),
        ("exempt", "免试", "", "合格"),
        ("not_sat", "未报考", "", "不合格"),
    ],
)
def test_what_a_page_is_expected_to_show(*, who: str, status: str, mark: str, overall: str) -> None:
    expected = expected_of(HEADER, CASES[who].card)
    first = expected["subjects"][0]
    assert (first["status"], first["mark"], expected["overall"]) == (status, mark, overall)


def test_while_the_pass_mark_is_awaited_none_is_shown_and_nothing_is_judged() -> None:
    subjects = expected_of(HEADER, CASES["awaiting"].card)["subjects"]
    assert [row["pass_mark"] for row in subjects] == ["", ""]


def test_a_card_holds_the_document_only_masked() -> None:
    assert LIN.card.document_masked == masked_document_of(LIN.document) == "110***********002X"


def test_a_pass_that_has_counted_for_the_last_time_is_to_be_passed_again() -> None:
    basics = replace(line(BASICS, Verdict.PASSED, mark=6000), until="保留至 2027 年度")
    kept = card("林小满", LIN_DOCUMENT, Overall.PARTIAL, basics, line(PRACTICE, Verdict.FAILED, mark=5999))
    assert [*kept_lines(HEADER, kept)][1:] == [f"还需通过《{HEADER.subjects[PRACTICE].name}》。"]
    lapsing = replace(kept, subjects=(replace(basics, until=LAPSING), kept.subjects[1]))
    assert [*kept_lines(HEADER, lapsing)] == [
        f"《{HEADER.subjects[BASICS].name}》合格成绩下一次考试不再计入。",
        f"还需通过《{HEADER.subjects[BASICS].name}》《{HEADER.subjects[PRACTICE].name}》。",
    ]
