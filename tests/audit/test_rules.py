"""Leases, attempts, names of tasks, percentages: both sides of each boundary."""

from datetime import UTC, datetime, timedelta

import pytest

from jinbang.audit import rules
from jinbang.audit.errors import TaskUnknown
from jinbang.audit.states import WorkEvent, WorkState

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "state,leased_until,event",
    [
        (WorkState.WAITING, None, WorkEvent.START),
        (WorkState.RUNNING, NOW + SECOND, None),
        (WorkState.RUNNING, NOW, WorkEvent.TAKE_UP),
        (WorkState.RUNNING, NOW - SECOND, WorkEvent.TAKE_UP),
        (WorkState.DONE, None, None),
        (WorkState.REFUSED, None, None),
        (WorkState.FAILED, None, None),
    ],
)
def test_work_is_taken_when_it_waits_or_its_lease_has_run_out(
    state: WorkState, leased_until: datetime | None, event: WorkEvent | None
) -> None:
    assert rules.event_of_taking(state=state, leased_until=leased_until, now=NOW) is event


def test_work_is_given_up_after_three_attempts_without_a_step() -> None:
    assert [rules.is_to_be_given_up(attempts) for attempts in (0, 2, 3, 4)] == [False, False, True, True]


@pytest.mark.parametrize("name", ["jinbang.seating.tasks.draw_seats", "jinbang.lookup.tasks.publish"])
def test_a_task_bears_the_name_of_a_task(name: str) -> None:
    assert rules.require_task_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "jinbang.seating.actions.draw_seats",
        "jinbang.seating.tasks",
        "jinbang.seating.tasks.actions.draw_seats",
        "jinbang.seating.tasks.draw_seats ",
        "jinbang.seating.tasks.draw_seats\n",
        "xjinbang.seating.tasks.draw_seats",
        "",
    ],
)
def test_any_other_dotted_name_is_refused(name: str) -> None:
    with pytest.raises(TaskUnknown):
        rules.require_task_name(name)


@pytest.mark.parametrize(
    "done,total,percent", [(0, 0, 0), (0, 7, 0), (1, 7, 14), (6, 7, 85), (7, 7, 100), (9, 7, 100), (999, 1000, 99)]
)
def test_a_hundred_percent_means_everything(done: int, total: int, percent: int) -> None:
    assert rules.percent(done, total) == percent
