"""The words of the sittings phase in templates: instants as people read them, and the names of kinds and states."""

from datetime import datetime
from typing import Final

from django import template
from django.shortcuts import resolve_url

from jinbang.kernel.money import format_fen
from jinbang.sittings import labels
from jinbang.sittings.queries import SittingOverview, is_provisional
from jinbang.sittings.redirects import LOOKUP, SIGNED_IN
from jinbang.sittings.rules import Phase, Step, WindowFacts
from jinbang.sittings.states import NoticeKind, SitePolicy, SittingState

register = template.Library()

PHASE_TAGS: Final = {
    Phase.NOT_YET: "govuk-tag--blue",
    Phase.OPEN: "govuk-tag--green",
    Phase.OVER: "govuk-tag--grey",
}
BYTES_IN_KILOBYTE: Final = 1024


@register.filter
def moment(instant: datetime) -> str:
    """Print an opening or any other instant: 2017年5月8日（星期一）09:00."""
    return labels.moment(instant)


@register.filter
def closing(instant: datetime) -> str:
    """Print a closing instant; midnight is 24:00 of the day before."""
    return labels.moment(instant, closing=True)


@register.filter
def deadline(closes: datetime) -> str:
    """Print a deadline that was counted in working days; 暂定 where the holidays of its year are not announced."""
    return labels.deadline(closes, is_provisional=is_provisional(closes))


@register.filter
def provisional(closes: datetime) -> str:
    """Print 暂定 beside a time on a working day whose year is not announced yet, and nothing beside any other."""
    return str(labels.PROVISIONAL) if is_provisional(closes) else ""


@register.filter
def beginning(window: WindowFacts) -> str:
    """Print when a window opens."""
    return labels.beginning(window)


@register.filter
def ending(window: WindowFacts) -> str:
    """Print when a window closes."""
    return labels.ending(window)


@register.filter
def label(word: labels.Word) -> str:
    """Print the name of a phase, turn, step or kind."""
    return labels.label_of(word)


@register.filter
def window_kind(kind: str) -> str:
    """Print the name of a kind of window."""
    return labels.window_label(kind)


@register.filter
def notice_kind(kind: str) -> str:
    """Print the name of a kind of notice."""
    return labels.label_of(NoticeKind(kind))


@register.filter
def sitting_state(state: str) -> str:
    """Print the name of a sitting's state."""
    return labels.label_of(SittingState(state))


@register.filter
def site_policy(policy: str) -> str:
    """Print who decides the site."""
    return labels.label_of(SitePolicy(policy))


@register.filter
def phase_tag(phase: Phase) -> str:
    """Print the class of a phase's tag."""
    return PHASE_TAGS[phase]


@register.filter
def step_address(overview: SittingOverview) -> str:
    """Print where the one next step of a sitting is taken."""
    code = overview.sitting.code
    match overview.step:
        case Step.APPLY:
            return f"/apply/{code}/"
        case Step.PAY | Step.PRINT_TICKET:
            return SIGNED_IN
        case Step.QUERY_RESULTS:
            return LOOKUP
        case Step.APPLY_ON_SITE:
            return "#sites"
        case Step.ELSEWHERE:
            return resolve_url("sittings:exam_results", code)
        case Step.ADD_TO_CALENDAR | Step.NONE:
            return resolve_url("sittings:exam_calendar", code)


@register.filter
def yuan(fen: int) -> str:
    """Print a sum of money: ¥65.00."""
    return format_fen(fen)


@register.filter
def kilobytes(size: int) -> str:
    """Print the size of a file in whole kilobytes, at least one."""
    return f"{max(1, round(size / BYTES_IN_KILOBYTE)):,} KB"
