"""Whatever comes from outside, each parser either refuses it in its own words or returns what it promises to return.

Bad inputs are made of good ones (`tests/hostile.py`). The promises are checked by expressions of their own, not by the
parser's. A parser that never got to return anything would prove nothing, so each must also accept some.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from django import forms
from django.http import QueryDict

from jinbang.application.forms import DayField
from jinbang.application.review_forms import SelectionForm
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind, make_resident_id, parse_number
from jinbang.kernel.money import parse_yuan
from jinbang.kernel.names import matching_name, normalise_name
from jinbang.lookup.challenge import ProofOfWork
from jinbang.lookup.exchange import FIELDS, FORM_TYPE, Request, read_form
from jinbang.lookup.image_code import ImageCode, ImageCodes
from jinbang.lookup.query_form import Typed, query_form
from jinbang.lookup.sealing import normalise_ticket
from jinbang.payment.rules import normalise_order_number, normalise_receipt, order_number
from jinbang.people.forms import PhoneField
from jinbang.people.rules import parse_phone
from jinbang.results.marks_file import Expected, MarksFile, read_marks
from jinbang.results.reports import normalise_code
from jinbang.results.states import MarkStatus
from jinbang.sittings.forms import WrittenDateField, WrittenTimeField
from jinbang.sittings.plan import SittingPlan
from jinbang.sittings.sitting_file import read_sitting_file
from tests.hostile import mutated, mutated_bytes
from tests.lookup.world import HEADER, solve
from tests.tiers import Measure, Tier

REFUSALS = (DomainError, forms.ValidationError)


@dataclass(frozen=True)
class Parser:
    """Something that reads text from outside, with inputs it likes and what it promises of whatever it returns."""

    read: Callable[[str], object]
    good: Sequence[str]
    keeps: Callable[[object], object]


def is_number_of(kind: DocumentKind) -> Callable[[object], bool]:
    """Return the promise of a document number: its shape, and where it has them its date and its check character."""

    def keeps(found: object) -> bool:
        number = getattr(found, "number", "")
        if SHAPES[kind].fullmatch(number) is None:
            return False
        if len(number) != 18 or not number[:17].isdigit():
            return True
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        digits = [10 if each == "X" else int(each) for each in number]
        return sum(digit * pow(2, 17 - place, 11) for place, digit in enumerate(digits)) % 11 == 1  # ISO 7064 MOD 11-2

    return keeps


SHAPES = {
    DocumentKind.RESIDENT_ID: re.compile(r"[1-8][0-9]{16}[0-9X]"),
    DocumentKind.HMT_RESIDENCE: re.compile(r"8[123]0000[0-9]{11}[0-9X]"),
    DocumentKind.FOREIGNER_RESIDENCE: re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"),
    DocumentKind.HK_MACAO_PERMIT: re.compile(r"[HM]([0-9]{8}|[0-9]{10})"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"[0-9]{8}|[0-9]{10}"),
    DocumentKind.PASSPORT: re.compile(r"[0-9A-Z]{5,15}"),
    DocumentKind.MILITARY_ID: re.compile(r"([\u4e00-\u9fff]{1,3}字第[0-9A-Z]{4,12}号)|[0-9A-Z]{4,12}"),
}
NUMBERS = {
    DocumentKind.RESIDENT_ID: [make_resident_id("140303", date(1995, 6, 1), 12), "110105491231002"],
    DocumentKind.HMT_RESIDENCE: [make_resident_id("810000", date(1990, 2, 28), 33)],
    DocumentKind.FOREIGNER_RESIDENCE: [make_resident_id("911110", date(1980, 1, 31), 7), "USA110085010101"],
    DocumentKind.HK_MACAO_PERMIT: ["H12345678", "M1234567801"],
    DocumentKind.TAIWAN_PERMIT: ["12345678", "1234567801"],
    DocumentKind.PASSPORT: ["E12345678", "PA0940443", "X1234567A"],
    DocumentKind.MILITARY_ID: ["军字第2001988号", "士字第20190012号", "20190012"],
}
NAMES = ["林晓", "赵敏·艾山", "张　三", "Mary-Jane O'Neill", "王\u20087", "欧阳㐂", "É. Müller"]
PHONES = [
    "13800138000",
    "+86 138 0013 8000",
    "0086-13900139000",
    "+85261234567",
    "+447911123456",
    "１３８００１３８０００",
]
DAYS = ["2015-07-01", "2015年7月1日", "20150701", "2015/7/1", "2015.07.01", "２０１５－０７－０１"]
HOURS = ["16:00", "１６：００", "16点", "9:30", "00:00", "24:00"]
ORDERS = [order_number(date(2026, 3, 10), serial) for serial in (0, 1234567890, 9999999999)]


def is_kept_name(found: object) -> bool:
    name = str(found)
    return (
        normalise_name(name) == name.strip() == name
        and "  " not in name
        and matching_name(matching_name(name)) == matching_name(name)
    )


def is_telephone(found: object) -> bool:
    return re.fullmatch(r"\+[1-9][0-9]{6,14}", str(found)) is not None and parse_phone(str(found)) == found


def is_sum(found: object) -> bool:
    return isinstance(found, int) and 0 <= found <= 10**15


def is_day(found: object) -> bool:
    return type(found) is date


def is_hour(found: object) -> bool:
    return type(found) is time and found.tzinfo is None


def is_order_number(found: object) -> bool:
    return isinstance(found, str) and re.fullmatch(r"[0-9]{17}", found) is not None


def is_receipt(found: object) -> bool:
    return isinstance(found, str) and 0 < len(found) <= 64 and found == found.strip()


def is_plain_ticket(found: object) -> bool:
    return isinstance(found, str) and (found == "" or found.isalnum()) and normalise_ticket(found) == found


def is_report_code(found: object) -> bool:
    return re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{16})?", str(found)) is not None and normalise_code(str(found)) == found


def selection_of(text: str) -> object:
    ticked = QueryDict(mutable=True)
    ticked["case"] = text
    return SelectionForm(ticked).versions


def is_selection(found: object) -> bool:
    return isinstance(found, dict) and all(type(k) is UUID and type(v) is int for k, v in found.items())


SITTINGS = [
    'code = "sx-2027"\nprogramme = "cost-engineer-2"\nowner = "14"\nname = "考试"\nyear = 2027\n'
    "first_day = 2027-05-22\nlast_day = 2027-05-23\n[windows]\n"
    "payment = { opens = 2027-03-03T09:00:00, closes = 2027-04-07 }\n# "
    + "报名、审核、缴费、打印准考证，每个环节一行。"
    * 12
]


def is_plan(found: object) -> bool:
    return (
        isinstance(found, SittingPlan)
        and re.fullmatch(r"[a-z0-9-]{1,64}", found.code) is not None
        and 0 < len(found.name) <= 120
        and type(found.first_day) is date
        and all(window.opens.tzinfo is not None is not window.closes.tzinfo for window in found.windows)
    )


PARSERS = {
    **{
        f"document number: {kind.value}": Parser(
            lambda text, kind=kind: parse_number(text, kind=kind),  # type: ignore[misc]  # bound as a default on purpose
            good,
            is_number_of(kind),
        )
        for kind, good in NUMBERS.items()
    },
    "name": Parser(normalise_name, NAMES, is_kept_name),
    "telephone": Parser(parse_phone, PHONES, is_telephone),
    "telephone, typed into a form": Parser(PhoneField().clean, PHONES, is_telephone),
    "ticket number": Parser(normalise_ticket, ["261403012345", "ab-12 34", "２６１４"], is_plain_ticket),
    "report code": Parser(
        normalise_code, ["7K2M-0000-ABCD-WXYZ", "7k2mooooabcdwxyz", "７Ｋ２Ｍ00000000ABCD"], is_report_code
    ),
    "sum of money": Parser(parse_yuan, ["65", "¥1,234.50", "６５元", "0.01", "RMB 130.00"], is_sum),
    "order number": Parser(normalise_order_number, ORDERS, is_order_number),
    "receipt": Parser(normalise_receipt, ["NO0001", "晋财 2026-0001", "Ａ１"], is_receipt),
    "day of an application": Parser(DayField(input_formats=("%Y-%m-%d", "%Y%m%d")).clean, DAYS, is_day),
    "day of a notice": Parser(
        WrittenDateField(input_formats=("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d")).clean, DAYS, is_day
    ),
    "hour of a notice": Parser(WrittenTimeField(input_formats=("%H:%M", "%H点")).clean, HOURS, is_hour),
    "sitting in a file": Parser(lambda text: read_sitting_file(text.encode()), SITTINGS, is_plan),
    "selection of cases": Parser(selection_of, [f"{UUID(int=1)}:1", f"{UUID(int=7)}:20"], is_selection),
}


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_refuses_or_keeps_its_promise(name: str, tier: Tier) -> None:
    parser = PARSERS[name]
    accepted = 0
    for text in mutated(parser.good, random=tier.random, count=tier[Measure.BAD_INPUTS]):
        with suppress(*REFUSALS):
            found = parser.read(text)
            assert parser.keeps(found), (text, found)
            accepted += 1
    assert accepted > 100, "hardly anything was ever accepted: the promise was not tried"


# ---------------------------------------------------------------- a file of marks
ROSTER = {
    number: Expected(
        entry_id=number,
        name=name,
        full_marks={"basics": 10000, "practice": 10000},
        headings={"basics": "basics", "基础": "basics", "practice": "practice", "实务": "practice"},
    )
    for number, name in (("T001", "林晓"), ("T002", "赵敏·艾山"), ("T003", "孙"))
}
FILES = [
    "准考证号,姓名,基础,实务\nT001,林晓,86.5,60\nT002,赵敏·艾山,缺考,0\nT003,孙,违纪,-1\n".encode(),
    "姓名\t准考证号\tbasics\tpractice\r\n林晓\tT001\t１００\t59.99\r\n赵敏•艾山\tT002\t0\t待核查\r\n孙\tT003\t1\t2\r\n".encode(),
    '"准考证号";"基础";"实务";"备注"\n"T001";"60";"61";"a""b"\n"T002";"62";"63";""\n"T003";"64";"65";"\n"\n'.encode(),
]


def test_a_file_of_marks_is_refused_whole_or_taken_whole(tier: Tier) -> None:
    taken = 0
    for content in mutated_bytes(FILES, random=tier.random, count=tier[Measure.BAD_INPUTS]):
        with suppress(DomainError):
            taken += is_whole_or_nothing(read_marks(content, roster=ROSTER))
    assert taken > 100


def is_whole_or_nothing(found: MarksFile) -> bool:
    """Whether every mark of everybody was taken, each within its bounds; else there are faults and not one mark."""
    if found.fault_count:
        assert found.rows == ()
        assert 0 < len(found.faults) <= found.fault_count
        return False
    assert sorted((row.entry_id, row.subject_code) for row in found.rows) == sorted(
        (number, code) for number in ROSTER for code in ("basics", "practice")
    )
    for row in found.rows:
        assert (row.mark_hundredths is not None) == (row.status is MarkStatus.SCORED)
        assert row.mark_hundredths is None or 0 <= row.mark_hundredths <= 10000
    assert sum(total for name, total in found.totals.items() if name.startswith("sum:")) == sum(
        row.mark_hundredths or 0 for row in found.rows
    )
    return True


# ---------------------------------------------------------------- the form of a query
BODIES = [
    urlencode({"ticket_number": "261403012345", "document_number": "11010519491231002X", "name": "林小满"}).encode(),
    urlencode(
        {"ticket_number": "１", "name": "a b+c", "altcha": "e30=", "image_code": "7", "image_token": "x"}
    ).encode(),
]


def test_a_body_is_the_form_of_a_query_or_refused(tier: Tier) -> None:
    read = 0
    for body in mutated_bytes(BODIES, random=tier.random, count=tier[Measure.BAD_INPUTS]):
        with suppress(DomainError):
            fields = read_form(Request("POST", "/lookup/x", "", {"content-type": FORM_TYPE}, body))
            assert fields.keys() == FIELDS.keys()
            assert all(len(value) <= FIELDS[name] for name, value in fields.items())
            assert not any(re.search(r"[\x00-\x1f\x7f]", value) for value in fields.values())
            sent = dict(parse_qsl(body.decode(), keep_blank_values=True))
            assert {name: value for name, value in fields.items() if value} == {k: v for k, v in sent.items() if v}
            read += 1
    assert read > 100


class Skeleton(HTMLParser):
    """What a page is made of: its elements with the names of their attributes, and the values of its fields."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, *given))
        if tag == "input":
            self.values[given["name"] or ""] = given.get("value") or ""


def skeleton_of(typed: Typed) -> Skeleton:
    found = Skeleton()
    found.feed(query_form(HEADER, ImageCode("token", "二加三等于几？"), typed=typed, show_code=True))
    return found


def test_a_form_shown_again_holds_what_was_typed_and_nothing_else(tier: Tier) -> None:
    plain = skeleton_of(Typed("1", "2", "3")).elements
    good = ['"><script>alert(1)</script>', "林小满", "261403012345", "' onfocus=x ", "&quot;&#34;", "</form>"]
    for text in mutated(good, random=tier.random, count=tier[Measure.BAD_INPUTS] // 10):
        found = skeleton_of(Typed(text, text[::-1], text))
        assert found.elements == plain, text
        # A NUL has no place in HTML; no form brings one, as the reader above refuses it.
        assert (found.values["ticket_number"], found.values["document_number"]) == (text, text[::-1])


# ---------------------------------------------------------------- proofs of work and image codes
def test_a_changed_solution_is_refused_and_the_right_one_counts_once(tier: Tier) -> None:
    proof = ProofOfWork()
    right = solve(proof.challenge(hardest=50))
    accepted = 0
    for text in mutated([right], random=tier.random, count=tier[Measure.BAD_INPUTS]):
        with suppress(DomainError):
            proof.require_solved(text)
            assert "".join(text.lower().split()) == right
            accepted += 1
    assert accepted <= 1
    if not accepted:
        proof.require_solved(right)
    with pytest.raises(DomainError):
        proof.require_solved(right)


def test_a_solution_that_only_says_the_right_number_is_refused() -> None:
    """The twin: whoever need not sign a challenge makes one whose answer is known. Only the signature refuses it."""
    until = int(datetime(2099, 1, 1, tzinfo=UTC).timestamp())
    solved = f"0000.{until:012d}.00016000.7"
    with pytest.raises(DomainError):
        ProofOfWork(key=b"ours").require_solved(f"{solved}.{signed(b'theirs', solved)}")
    ProofOfWork(key=b"ours").require_solved(f"{solved}.{signed(b'ours', solved)}")


def signed(key: bytes, solved: str) -> str:
    """Return the signature that whoever has the key puts under a challenge with this solution."""
    return hmac.digest(key, solved.encode(), "sha256").hex()


def test_a_changed_image_code_is_refused(tier: Tier) -> None:
    codes = ImageCodes()
    token = codes.issue().token
    for text in mutated([token], random=tier.random, count=tier[Measure.BAD_INPUTS]):
        if text != token:
            with pytest.raises(DomainError):
                codes.require_answer(text, "7")


def answers_to(codes: ImageCodes, texts: Iterable[str]) -> int:
    """Count which of these texts are taken as answers, each to a code of its own."""
    taken = 0
    for text in texts:
        code = codes.issue()
        with suppress(DomainError):
            codes.require_answer(code.token, text)
            assert "".join(text.split()).strip() != ""
            taken += 1
    return taken


def test_hardly_any_typed_answer_is_right_by_chance(tier: Tier) -> None:
    count = tier[Measure.BAD_INPUTS]
    taken = answers_to(ImageCodes(), mutated(["10", "十一", "A2B3C", "七"], random=tier.random, count=count))
    assert taken < count / 10
