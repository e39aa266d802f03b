"""Help for a query that found nothing, computed only from what was typed and from public facts.

No fact about any person is used here, so it can be frank: whether the document number can be one at all, whether the
ticket number has the length and the beginning that this release announces, whether the two fields were swapped, which
other query the ticket number looks like and whether that is open yet. The same typing always gives the same help,
whoever exists.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from jinbang.kernel.errors import BadIdentityNumber
from jinbang.kernel.identity import DocumentKind, NumberProblem, guess_kind, parse_number
from jinbang.kernel.names import has_han
from jinbang.lookup.cards import ReleaseHeader, TicketShape
from jinbang.lookup.pages import instant
from jinbang.lookup.sealing import QueryInputs
from jinbang.lookup.words import _

_OF_18: Final = 18
_CHECKED_KINDS: Final = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.HMT_RESIDENCE})
_PROBLEM_WORDS: Final = {
    NumberProblem.CHECK_DIGIT: _("证件号码的最后一位与前面 17 位对不上，其中可能有一位写错了。"),
    NumberProblem.BIRTH_DATE: _("证件号码中的出生日期不存在，请核对第 7 位到第 14 位。"),
    NumberProblem.REGION: _("证件号码的前 6 位不像居民身份证的开头，请核对。"),
}


def findings(
    inputs: QueryInputs, header: ReleaseHeader, *, others: Iterable[ReleaseHeader], now: datetime
) -> tuple[str, ...]:
    """Return what can be seen from the typing alone, in sentences that say what to look at."""
    return (
        *_of_document(inputs.document_number),
        *_of_ticket(inputs, header.ticket_shape),
        *_of_name(inputs.name, header),
        *_of_exam(inputs.ticket_number, header, others, now=now),
    )


def _of_document(number: str) -> Iterator[str]:
    kind = guess_kind(number)
    if kind is None:
        if number[: _OF_18 - 1].isdigit():
            yield _("证件号码共 {count} 位，居民身份证号码应为 18 位（老证 15 位）。").format(count=len(number))
        else:
            yield _("证件号码不像任何一种报名可用的证件，请核对字母和数字。")
    elif kind in _CHECKED_KINDS:
        try:
            parse_number(number, kind=kind)
        except BadIdentityNumber as refusal:
            words = _PROBLEM_WORDS.get(NumberProblem(str(refusal.fields["problem"])))
            if words is not None:
                yield words


def _of_ticket(inputs: QueryInputs, shape: TicketShape) -> Iterator[str]:
    ticket = inputs.ticket_number
    if ticket == inputs.document_number or (len(ticket) == _OF_18 and _is_resident_number(ticket)):
        yield _("准考证号一栏填的像是身份证号码，请看准考证上的“准考证号”。")
        return
    if shape.lengths and len(ticket) not in shape.lengths:
        lengths = _(" 或 ").join(str(length) for length in shape.lengths)
        announced = _("本次考试的准考证号是 {lengths} 位，您填了 {count} 位。")
        yield announced.format(lengths=lengths, count=len(ticket))
    elif not shape.fits(ticket) and ticket.isdigit():
        yield _("本次考试的准考证号以 {beginning} 开头，请核对是不是本次考试的准考证。").format(
            beginning=shape.beginning
        )
    if shape.digits_only and not (ticket.isdigit() and ticket.isascii()):
        yield _("本次考试的准考证号只有数字，请检查是否把字母 O、I 当成了数字 0、1。")


def _is_resident_number(number: str) -> bool:
    try:
        parse_number(number, kind=DocumentKind.RESIDENT_ID)
    except BadIdentityNumber:
        return False
    return True


def _of_name(name: str, header: ReleaseHeader) -> Iterator[str]:
    if header.asks_name and has_han(name) and any(character.isdigit() for character in name):
        yield _("姓名中有数字，请核对。")


def _of_exam(ticket: str, header: ReleaseHeader, others: Iterable[ReleaseHeader], *, now: datetime) -> Iterator[str]:
    """Yield the other queries that a ticket number looks like, where it does not look like one of this query."""
    if header.ticket_shape.fits(ticket):
        return
    for other in others:
        shape = other.ticket_shape
        if other.release == header.release or not shape.says_something or not shape.fits(ticket):
            continue
        if now < other.opens_at:
            later = _("这个准考证号像是“{title}”的，那次考试的成绩 {time} 才开放查询。")
            yield later.format(title=other.title, time=instant(other.opens_at))
        else:
            yield _("这个准考证号像是“{title}”的，请确认您选对了考试。").format(title=other.title)
