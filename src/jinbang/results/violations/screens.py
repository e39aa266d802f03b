"""What the pages about violations show, gathered into frozen values: templates show them and decide nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from jinbang.audit.queries import history_of
from jinbang.people.queries import Staff
from jinbang.results import queries as results
from jinbang.results.screens.common import HistoryRow, history_rows
from jinbang.results.violations import labels, queries, rules
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseArticle, CaseOrigin, CaseState, Service


@dataclass(frozen=True)
class CaseRow:
    """One case in a list."""

    case: ViolationCase
    subject: str
    article: Promise
    origin: Promise
    state: Promise
    colour: str
    days_left: int


@dataclass(frozen=True)
class CaseScreen:
    """One case on its page, and what its reader may do now."""

    row: CaseRow
    turn: Promise
    next: Promise
    service: Promise | str
    alike: tuple[ViolationCase, ...]
    history: tuple[HistoryRow, ...]
    may_notify: bool
    may_enter_paper: bool
    may_decide: bool
    is_own_charge: bool
    is_too_early: bool
    may_serve: bool
    may_answer: bool


def case_rows(cases: Iterable[ViolationCase], *, now: datetime) -> list[CaseRow]:
    """Return the rows of a list. No queries where entries are loaded."""
    return [_row(case, now=now) for case in cases]


def _row(case: ViolationCase, *, now: datetime) -> CaseRow:
    state = CaseState(case.state)
    return CaseRow(
        case=case,
        subject=results.subject_name(case.entry, case.subject_code),
        article=labels.ARTICLES[CaseArticle(case.article)],
        origin=labels.ORIGINS[CaseOrigin(case.origin)],
        state=labels.STATES[state],
        colour=labels.COLOURS[state],
        days_left=rules.days_left(now, until=case.defence_until) if state.is_open else 0,
    )


def desk_screen(case: ViolationCase, *, by: Staff, now: datetime) -> CaseScreen:
    """Gather one case's page for an officer. About three queries."""
    state = CaseState(case.state)
    is_own = case.notified_by == by.account_id
    may_hear = queries.can_answer(case, now=now) and case.stated_at is None
    return CaseScreen(
        row=_row(case, now=now),
        turn=labels.TURNS[state.whose_turn],
        next=labels.DESK_NEXT_HEARD if state is CaseState.NOTIFIED and not may_hear else labels.DESK_NEXT[state],
        service=labels.SERVICES[Service(case.service)] if case.service else "",
        alike=tuple(queries.alike_with(case)),
        history=history_rows(history_of(case), labels.EVENTS),
        may_notify=state is CaseState.NOTED,
        may_enter_paper=state is CaseState.NOTIFIED and (case.stated_at is None or case.paper_on is not None),
        may_decide=state is CaseState.NOTIFIED and not is_own,
        is_own_charge=state is CaseState.NOTIFIED and is_own,
        is_too_early=may_hear,
        may_serve=state is CaseState.FOUND,
        may_answer=False,
    )


def own_screen(case: ViolationCase, *, now: datetime) -> CaseScreen:
    """Gather one case's page for the candidate, who reads no officer's name. No queries."""
    state = CaseState(case.state)
    return CaseScreen(
        row=_row(case, now=now),
        turn=labels.TURNS[state.whose_turn],
        next=labels.WHAT_HAPPENS_NEXT[state],
        service=labels.SERVICES[Service(case.service)] if case.service else "",
        alike=(),
        history=(),
        may_notify=False,
        may_enter_paper=False,
        may_decide=False,
        is_own_charge=False,
        is_too_early=False,
        may_serve=False,
        may_answer=queries.can_answer(case, now=now),
    )
