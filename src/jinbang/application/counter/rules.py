"""What a card reader or a paste brings, and what a counter may do. Pure."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from jinbang.application.counter.errors import PledgeMissing
from jinbang.kernel.identity import DocumentKind, guess_kind

_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])")
_LABELLED_NAME: Final = re.compile(r"姓名[:：\s]*([\u3400-\u9fff\U00020000-\U000323af·•・]{2,25})")
_WORD: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]{1,}(?:[·•・][\u3400-\u9fff]+)*")
_NOT_NAMES: Final = frozenset(
    {"姓名", "性别", "民族", "出生", "住址", "公民身份号码", "身份证号码", "男", "女", "汉", "证件号码"}
)
_NAME_LENGTH: Final = range(2, 26)


@dataclass(frozen=True)
class Card:
    """What a reader typed or somebody pasted: a number, and a name where the text holds one."""

    number: str = field(repr=False)
    name: str = field(repr=False)
    kind: DocumentKind


def read_card(text: str) -> Card:
    """Return what a reader's text says: a bare number with Enter behind it, or all that stands on the card.

    A number that looks like no resident's card stays as it was typed; the form then asks for its kind.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    found = _NUMBER.search(folded)
    if found is None:
        return Card(folded, "", guess_kind(folded) or DocumentKind.PASSPORT)
    number = found.group(1).upper()
    return Card(number, _name_in(folded[: found.start()] + " " + folded[found.end() :]), _kind_of(number))


def _kind_of(number: str) -> DocumentKind:
    return guess_kind(number) or DocumentKind.RESIDENT_ID


def _name_in(text: str) -> str:
    labelled = _LABELLED_NAME.search(text)
    if labelled:
        return _without_label(labelled.group(1))
    for word in _WORD.findall(text):
        if word not in _NOT_NAMES and len(word) in _NAME_LENGTH:
            return str(word)
    return ""


def _without_label(name: str) -> str:
    """Cut what runs on after a name where the reader puts no space: 姓名张三性别男."""
    return re.split(r"性别|民族|出生", name, maxsplit=1)[0]


def require_pledge(*, has_pledge: bool) -> None:
    """Refuse to submit before the pledge has been signed: 须在报名时先签订《考试诚信承诺书》."""
    if not has_pledge:
        raise PledgeMissing
