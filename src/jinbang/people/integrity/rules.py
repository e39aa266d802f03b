"""The integrity record (诚信档案): who stands in it on a day, and until when. Pure.

Grounds and periods are those of 人力资源和社会保障部令第31号: five years under Article 7, for good under Article 8, and
Article 10 (false papers, which a false commitment is) is dealt with as Article 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jinbang.people.integrity.errors import RecordEndsOtherwise, RecordHasNoEnd
from jinbang.people.states import IntegrityGround

YEARS: Final[Mapping[IntegrityGround, int | None]] = {
    IntegrityGround.ARTICLE_7: 5,
    IntegrityGround.ARTICLE_8: None,
    IntegrityGround.ARTICLE_10: 5,
    IntegrityGround.FALSE_COMMITMENT: 5,
}


@dataclass(frozen=True)
class Entry:
    """One record as it is judged. `ends_on` is its last day, `lifted_on` the first on which it no longer counts."""

    starts_on: date
    ends_on: date | None
    lifted_on: date | None = None


def last_day_of(ground: IntegrityGround, *, starts_on: date) -> date | None:
    """Return the last day of a record that starts on this one; None for a long-term one."""
    years = YEARS[ground]
    if years is None:
        return None
    try:
        anniversary = starts_on.replace(year=starts_on.year + years)
    except ValueError:  # begun on 29 February: the year it ends in has none
        anniversary = date(starts_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def require_last_day(ground: IntegrityGround, *, starts_on: date, ends_on: date | None) -> None:
    """Refuse a last day, as typed from the decision, that its article does not give: one of them was misread."""
    last = last_day_of(ground, starts_on=starts_on)
    if last is None and ends_on is not None:
        raise RecordHasNoEnd
    if ends_on != last:
        raise RecordEndsOtherwise(ends_on=last)


def is_in_force(entry: Entry, *, on: date) -> bool:
    """Whether a record counts on a day: from its first day to its last, both included, unless it has been lifted."""
    if on < entry.starts_on or (entry.ends_on is not None and on > entry.ends_on):
        return False
    return entry.lifted_on is None or on < entry.lifted_on
