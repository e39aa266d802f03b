"""The table of classes, and from which instant something is due. Pure, but for reading the table beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final


class RetentionClass(StrEnum):
    """What is kept for a time: drafts never submitted, what was refused or given up, rows of group entries."""

    DRAFT = "draft"
    CLOSED = "closed"
    GROUP_ROW = "group_row"


class Trigger(StrEnum):
    """From when the time counts."""

    APPLICATION_CLOSES = "application_closes"
    SITTING_ENDS = "sitting_ends"


class Then(StrEnum):
    """What happens when the time is over."""

    ERASE = "erase"
    STRIP = "strip"


@dataclass(frozen=True)
class Term:
    """One row of the table."""

    legal_basis: str
    trigger: Trigger
    keep: timedelta
    then: Then


def _terms() -> Mapping[RetentionClass, Term]:
    table = tomllib.loads((Path(__file__).parent / "classes.toml").read_text(encoding="utf-8"))
    return {
        RetentionClass(name): Term(
            row["legal_basis"], Trigger(row["trigger"]), timedelta(days=row["keep_days"]), Then(row["then"])
        )
        for name, row in table.items()
    }


TERMS: Final = _terms()


def kept_until(which: RetentionClass, *, triggered: datetime | None) -> datetime | None:
    """Return the instant from which something of this class is due; None while what triggers it is not announced."""
    return None if triggered is None else triggered + TERMS[which].keep


def is_due(which: RetentionClass, *, triggered: datetime | None, now: datetime) -> bool:
    """Whether the time is over: from that very instant on."""
    until = kept_until(which, triggered=triggered)
    return until is not None and now >= until
