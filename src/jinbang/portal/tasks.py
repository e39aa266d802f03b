"""What the worker does every few seconds: whatever the clock or somebody's decision has made due.

Each part is safe to repeat and to interrupt; a refusal of one release does not hold up the others. Long work goes on
beside it in `serving`, and never before it: a release does not wait for a draw, and is published here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from jinbang.application import actions as application
from jinbang.application.group import actions as group
from jinbang.application.retention import actions as retention
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.lookup import tasks as lookup
from jinbang.messaging import actions as messaging
from jinbang.payment import actions as payment
from jinbang.people import limits
from jinbang.people.limits import Limit
from jinbang.people.verification import actions as verification
from jinbang.results.actions import passes, recompute, statistics
from jinbang.results.violations import actions as violations

log = structlog.get_logger(__name__)
ERASURES: Final = Limit("erasures", 1, timedelta(hours=1))


def do_what_is_due() -> None:
    """Open orders, let deadlines take effect, publish and open releases, check names, send messages."""
    now = clock.now()
    for part in (
        lambda: payment.open_orders(now=now),
        lambda: payment.cancel_void_orders(now=now),
        lambda: payment.lapse_orders(now=now),
        lambda: application.carry_on_runs(now=now),
        lambda: application.lapse_returned_applications(now=now),
        lambda: application.end_holds(now=now),
        lambda: application.settle_refusals(now=now),
        lambda: group.lapse_group_rows(now=now),
        lambda: _erase_what_is_due(now),
        lambda: violations.open_noted_cases(now=now),
        lookup.look_for_releases,
        lambda: passes.look_for_passes(now=now),
        lambda: recompute.look_for_changes(now=now),
        lambda: statistics.look_for_statistics(now=now),
        lambda: verification.open_verifications(now=now),
        lambda: verification.look_at_due(now=now),
        lambda: messaging.collect_messages(now=now),
        lambda: messaging.deliver_messages(now=now),
    ):
        _try(part)


def _erase_what_is_due(now: datetime) -> None:
    """Look through every region at most once an hour, however many workers there are: what is due waited for weeks."""
    if limits.take(ERASURES, now=now):
        retention.erase_what_is_due(now=now)


def _try(part: Callable[[], object]) -> None:
    try:
        part()
    except DomainError as refusal:
        log.warning("due_work_refused", code=refusal.code)
