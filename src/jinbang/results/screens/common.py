"""What several pages share: a history in words, a number in groups, the one next step."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.audit.models import StateChange
from jinbang.kernel.actors import ActorKind

GROUP = 8
_NO_CODES: Final[Mapping[str, Promise]] = MappingProxyType({})
Act = Callable[[], str]


@dataclass(frozen=True)
class HistoryRow:
    """One thing that happened, in words."""

    label: Promise | str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class NextStep:
    """The one thing to do now: a sentence, and for whoever may do it a button that leads or posts to an address."""

    sentence: Promise | str
    label: Promise | str = ""
    url: str = ""
    is_post: bool = False


def history_rows(
    changes: Iterable[StateChange],
    names: Mapping[str, Promise],
    *,
    reasons: Mapping[str, Promise] = _NO_CODES,
) -> tuple[HistoryRow, ...]:
    """Return a history in words, oldest first. `reasons` are those that the system gives as a code."""
    return tuple(
        HistoryRow(
            names.get(change.event, change.event),
            change.at,
            _("系统") if change.actor_kind == ActorKind.SYSTEM.value else change.actor_name,
            str(reasons.get(change.reason, change.reason)),
        )
        for change in changes
    )


def in_groups(digits: str) -> str:
    """Return a long number in groups of eight, so that two people can compare it aloud."""
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))
