"""Writes about working days: the announced ones of a year, and a day that an authority sets itself.

Deadlines that were computed before stay what they are: they were told to people.
"""

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor, SystemActor
from jinbang.kernel.digests import Json
from jinbang.people.states import Role
from jinbang.sittings import queries, rules
from jinbang.sittings.models import Workday
from jinbang.sittings.planning import Planner
from jinbang.sittings.workdays import announced_days

NATION: Final = "cn"
LOADED: Final = "load_workday"
SET: Final = "set_workday"


@transaction.atomic
def load_workdays(year: int, *, by: Actor, now: datetime) -> int:
    """Write the announced rest days and 调休 days of a year that are not there yet; return how many were written.

    Rows that stand, such as those an authority set itself, are left alone. A year not announced yet gives 0.
    """
    present = set(Workday.objects.filter(day__year=year).values_list("day", flat=True))
    rows = [
        Workday(day=announced.day, is_working=announced.is_working, name=announced.name)
        for announced in announced_days(year)
        if announced.day not in present
    ]
    try:
        with transaction.atomic():
            Workday.objects.bulk_create(rows)
            audit.record_many(rows, by=by, event=LOADED, at=now)
    except IntegrityError:  # another process has just written them
        return 0
    return len(rows)


@transaction.atomic
def set_workday(day: date, *, is_working: bool, reason: str, by: Planner, now: datetime) -> Workday:
    """Say that a day is worked, or is not, whatever was announced: the calendar is one for all exam regions.

    Refuses whoever does not plan for the whole nation of this installation, and a day set without a reason.
    """
    if not isinstance(by, SystemActor):
        by.require(Role.PLANNER, queries.get_authority(NATION).path)
    rules.require_reason(reason)
    before = queries.workday_calendar().is_working(day)
    row = Workday.objects.select_for_update().filter(day=day).first() or Workday(day=day, is_working=is_working)
    row.is_working = is_working
    row.save()
    details: dict[str, Json] = {"day": day.isoformat(), "was_working": before, "is_working": is_working}
    audit.record(row, by=by, event=SET, at=now, reason=reason.strip(), details=details)
    return row
