"""The figures of the review desk, read for one reviewer's scope. The arithmetic stands in `statistics`."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from jinbang.application import caseload, labels, statistics
from jinbang.application.models import LineRequest
from jinbang.application.queries import applications_in_scope
from jinbang.application.reviewing import ReasonKind
from jinbang.application.rules import EVIDENCE_LINE, Task
from jinbang.application.states import ApplicationEvent
from jinbang.application.statistics import Step
from jinbang.audit.models import StateChange
from jinbang.kernel.clock import SHANGHAI
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings

LOOKED_BACK: Final = timedelta(days=60)
"""So long before the period a submission may lie that was answered in it."""
BY_A_REVIEWER: Final = (
    ApplicationEvent.APPROVE.value,
    ApplicationEvent.SAMPLE.value,
    ApplicationEvent.RETURN.value,
    ApplicationEvent.PROPOSE_REFUSAL.value,
    ApplicationEvent.REFUSE.value,
    ApplicationEvent.SEND_BACK.value,
    ApplicationEvent.UPHOLD.value,
    ApplicationEvent.REOPEN.value,
)
ANSWERS: Final = (ApplicationEvent.APPROVE, ApplicationEvent.RETURN, ApplicationEvent.PROPOSE_REFUSAL)


@dataclass(frozen=True)
class Table:
    """One table of the page, and the chart drawn of it."""

    name: str
    title: str
    heading: str
    rows: list[tuple[str, int]]

    @property
    def chart(self) -> dict[str, Any]:
        """What the script draws: bars, one for each row."""
        return {"kind": "bars", "names": [name for name, _n in self.rows], "values": [n for _name, n in self.rows]}


@dataclass(frozen=True)
class Figures:
    """What the page shows of a period."""

    waiting: int
    overdue: int
    decided: int
    median_hours: float | None
    days: list[date]
    by_day: dict[str, list[int]]
    tables: tuple[Table, ...]

    @property
    def day_rows(self) -> list[tuple[date, list[int]]]:
        """The table beside the chart of the days, latest first."""
        columns = list(self.by_day.values())
        return [(day, [column[i] for column in columns]) for i, day in reversed(list(enumerate(self.days)))]

    @property
    def day_chart(self) -> dict[str, Any]:
        """What the script draws of the days: one line for each kind of answer."""
        return {"kind": "lines", "names": [f"{day:%m-%d}" for day in self.days], "series": self.by_day}


def figures_of(by: Staff, *, days: int, now: datetime) -> Figures:
    """Return the figures of the last days for everything this person may review or audit. Eight queries."""
    today = now.astimezone(SHANGHAI).date()
    period = [today - timedelta(days=back) for back in reversed(range(days))]
    since = datetime.combine(period[0], datetime.min.time(), tzinfo=SHANGHAI)
    scope = _scope(by)
    changes = StateChange.objects.filter(subject_kind=caseload.APPLICATION, subject_id__in=scope.values("pk"))
    steps = [
        Step(*row)
        for row in changes.filter(
            event__in=(*statistics.STARTS, *statistics.ENDS), at__gte=since - LOOKED_BACK
        ).values_list("subject_id", "event", "at")
    ]
    ended = statistics.waits(steps, since=since)
    waiting = scope.filter(state__in=caseload.ON_THE_DESK)
    return Figures(
        waiting=waiting.count(),
        overdue=waiting.filter(review_due_at__lte=now).count(),
        decided=len(ended),
        median_hours=statistics.median_hours(ended, is_working=sittings.workday_calendar().is_working),
        days=period,
        by_day={
            str(labels.EVENTS[event]): statistics.by_day([s.at for s in steps if s.event == event], period)
            for event in ANSWERS
        },
        tables=_tables(by, changes=changes, since=since),
    )


def _scope(by: Staff) -> Any:  # noqa: ANN401  # a queryset with whatever its loader joined
    return (applications_in_scope(by) | applications_in_scope(by, Role.AUDITOR)).select_related(None).order_by()


def _tables(by: Staff, *, changes: Any, since: datetime) -> tuple[Table, ...]:  # noqa: ANN401  # the same
    done = list(changes.filter(event__in=BY_A_REVIEWER, at__gte=since, actor_kind="staff").values_list(
        "event", "details", "actor_name"
    ))  # fmt: skip
    asked = LineRequest.objects.filter(application__in=_scope(by), application__decided_at__gte=since)
    returned = _reasons(done, ApplicationEvent.RETURN, ReasonKind.RETURN)
    refused = _reasons(done, ApplicationEvent.PROPOSE_REFUSAL, ReasonKind.REFUSE)
    lines = Counter(_line_name(line) for line in asked.values_list("line", flat=True))
    load = Counter(name for _event, _details, name in done)
    return (
        Table("returned", _("退回原因"), _("原因"), statistics.in_order(returned)),
        Table("refused", _("不通过原因"), _("原因"), statistics.in_order(refused)),
        Table("lines", _("要求补正的项目"), _("项目"), statistics.in_order(lines)),
        Table("load", _("各审核人员的工作量"), _("审核人员"), sorted(load.items())),  # by name: a load, not a ranking
    )


def _reasons(done: Any, event: ApplicationEvent, kind: ReasonKind) -> Counter[str]:  # noqa: ANN401  # rows of values
    listed = labels.LISTED_REASONS[kind]
    codes = Counter(details.get("reason_code", "") for happened, details, _name in done if happened == event)
    own = caseload.texts_of(kind, [code for code in codes if code and code not in listed])
    named: Counter[str] = Counter()
    for code, count in codes.items():
        named[own.get(code) or str(listed.get(code, _("未选列表原因")))] += count
    return named


def _line_name(line: str) -> str:
    if line.startswith(EVIDENCE_LINE):
        return labels.evidence_label(line.removeprefix(EVIDENCE_LINE))
    return str(labels.TASKS[Task(line)]) if line in set(Task) else line
