"""What an anomaly report may be about. Pure."""

import re
from enum import StrEnum
from typing import Final

RECEIPT: Final = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}")


class AnomalyKind(StrEnum):
    """What somebody finds wrong with what a query answered."""

    MISSING = "missing"  # sat the examination, and nothing is found (漏登)
    WRONG_MARK = "wrong_mark"  # a mark that cannot be theirs (错登)
    ABSENT = "absent"  # recorded as absent, and was there
    IDENTITY = "identity"  # name, number, level or specialty is wrong
    OTHER = "other"


def is_receipt(written: str) -> bool:
    """Whether this could be a receipt number of a query: three groups of four capitals or digits."""
    return RECEIPT.fullmatch(written) is not None
