"""Money: whole fen as an integer, everywhere. Here is how a sum is written and read; what is owed is `payment`'s."""

import re
import unicodedata
from enum import StrEnum
from typing import Final

from jinbang.kernel.errors import BadAmount

FEN_IN_YUAN: Final = 100


class AmountProblem(StrEnum):
    """What is wrong with a typed sum."""

    EMPTY = "empty"
    NOT_A_SUM = "not_a_sum"
    NEGATIVE = "negative"
    FINER_THAN_FEN = "finer_than_fen"
    TOO_LARGE = "too_large"


LARGEST_FEN: Final = 10**15
"""Ten trillion yuan: past any fee, and inside every database's 64-bit integer."""

_SUM: Final = re.compile(
    r"(?P<minus>-)?(?:RMB|CNY|[¥￥])?(?P<minus_inside>-)?"
    r"(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]+))?元?",
    re.IGNORECASE,
)


def format_fen(fen: int) -> str:
    """Return the sum as people read it: "¥1,234.50"; what is taken back stands behind a minus: "-¥5.00"."""
    yuan, rest = divmod(abs(fen), FEN_IN_YUAN)
    return f"{'-' if fen < 0 else ''}¥{yuan:,}.{rest:02d}"


def parse_yuan(text: str) -> int:
    """Return the fen of a sum typed in yuan ("65", "65.5", "¥1,234.00", "６５元"). Refuses with `BadAmount`."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    if not folded:
        raise BadAmount(problem=AmountProblem.EMPTY)
    found = _SUM.fullmatch(folded)
    if found is None:
        raise BadAmount(problem=AmountProblem.NOT_A_SUM)
    if found["minus"] or found["minus_inside"]:
        raise BadAmount(problem=AmountProblem.NEGATIVE)
    part = (found["part"] or "").rstrip("0")
    if len(part) > 2:  # noqa: PLR2004  # a yuan has two decimal places
        raise BadAmount(problem=AmountProblem.FINER_THAN_FEN)
    # The length is looked at first: Python refuses, with a fault, to read thousands of digits.
    yuan = found["yuan"].replace(",", "").lstrip("0") or "0"
    if len(yuan) > len(str(LARGEST_FEN)) or (fen := int(yuan) * FEN_IN_YUAN + int(part.ljust(2, "0"))) > LARGEST_FEN:
        raise BadAmount(problem=AmountProblem.TOO_LARGE)
    return fen
