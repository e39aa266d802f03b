"""What the pages about violations show, gathered into frozen values: templates show them and decide nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise

from jinbang.audit.queries import history_of
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries as results
from jinbang.results.models import Release
from jinbang.results.screens.common import HistoryRow, NextStep, history_rows
from jinbang.results.states import Coverage, MarkSource, ReleaseState
from jinbang.results.violations import labels, queries, rules
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseArticle, CaseOrigin, CaseState, Remedy, Service
from jinbang.sittings.models import ExamRegion


@dataclass(frozen=True)
class CaseRow:
    """One case in a list."""

    case: ViolationCase
    subject: str
    article: Promise
    origin: Promise
    line: str  # of which file or sheet; empty: of none
    state: Promise
    colour: str
    days_left: int
    lacks: Promise | str  # what is missing though nothing is held any more
    step: NextStep | None  # and what to do about it


@dataclass(frozen=True)
class EarlierNotice:
    """A notice that was served before the one that counts, and what was answered to it."""

    served: str
    article: Promise
    charge: str
    statement: str


@dataclass(frozen=True)
class CaseScreen:
    """One case on its page, and what its reader may do now."""

    row: CaseRow
    turn: Promise
    next: Promise
    service: Promise | str
    notice_service: Promise | str
    alike: tuple[ViolationCase, ...]
    earlier: tuple[EarlierNotice, ...]
    articles: tuple[CaseArticle, ...]  # under which may be decided what was told
    history: tuple[HistoryRow, ...]
    may_charge: bool
    may_charge_anew: bool
    may_notify: bool
    may_drop_charge: bool
    shows_charge: bool
    has_notice: bool
    is_copy: bool  # and it was served already
    has_decision: bool
    may_enter_paper: bool
    may_decide: bool
    is_own_charge: bool
    is_too_early: bool
    may_serve: bool
    may_overturn: bool
    is_own_decision: bool
    remedy: Promise | str  # through which way the decision was overturned
    correction: NextStep | None  # where what is out still rests on it
    may_answer: bool


def case_rows(cases: Iterable[ViolationCase], *, by: Staff, now: datetime) -> list[CaseRow]:
    """Return the rows of an officer's list. One query where entries are loaded."""
    listed = list(cases)
    to_come = queries.subjects_to_come(listed)
    return [_row(case, now=now, step=_step(case, to_come.get(case.pk), by=by)) for case in listed]


def own_rows(cases: Iterable[ViolationCase], *, now: datetime) -> list[CaseRow]:
    """Return the rows of a candidate's list. No queries where entries are loaded."""
    return [_row(case, now=now) for case in cases]


def _step(case: ViolationCase, source: MarkSource | None, *, by: Staff) -> NextStep | None:
    """Return how the mark comes in that a case held no more still lacks; the way there for whoever may bring it."""
    if source is None:
        return None
    region: ExamRegion = case.entry.region
    release: Release | None = getattr(region, "release", None)
    if release is not None and not ReleaseState(release.state).takes_marks:
        return NextStep(labels.MARK_SEALED, labels.TO_RELEASE, reverse("results:release", args=[release.pk]))
    if not by.holds(Role.MARKS_CLERK, region.authority.path):
        return NextStep(labels.MARK_CLERKS)
    door = {
        MarkSource.FILE: reverse("results:stage-marks", args=[region.pk]) + f"?coverage={Coverage.CORRECTIONS.value}",
        MarkSource.HAND: reverse("results:sheets", args=[region.pk]),
    }[source]
    return NextStep(labels.MARK_STEPS[source], labels.MARK_DOORS[source], door)


def _row(case: ViolationCase, *, now: datetime, step: NextStep | None = None) -> CaseRow:
    state = CaseState(case.state)
    return CaseRow(
        case=case,
        subject=results.subject_name(case.entry, case.subject_code),
        article=labels.ARTICLES[CaseArticle(case.article)] if case.article else labels.NO_ARTICLE,
        origin=labels.ORIGINS[CaseOrigin(case.origin)],
        line=str(labels.FROM_LINE % {"file": case.batch.file_name, "line": case.line}) if case.batch else "",
        state=labels.STATES[state],
        colour=labels.COLOURS[state],
        days_left=rules.days_left(now, until=case.defence_until) if state.is_open else 0,
        lacks=labels.MARK_TO_COME if step else "",
        step=step,
    )


def desk_screen(case: ViolationCase, *, by: Staff, now: datetime) -> CaseScreen:
    """Gather one case's page for an officer. About four queries."""
    state = CaseState(case.state)
    is_own = by.account_id in queries.told_by(case)
    may_hear = queries.can_answer(case, now=now) and case.stated_at is None
    return CaseScreen(
        row=case_rows([case], by=by, now=now)[0],
        turn=labels.TURNS[state.whose_turn],
        next=labels.DESK_NEXT_HEARD if state is CaseState.NOTIFIED and not may_hear else labels.DESK_NEXT[state],
        service=_service(case.service),
        notice_service=_service(case.notice_service),
        alike=tuple(queries.alike_with(case)),
        earlier=_earlier(case),
        articles=rules.articles_open(CaseArticle(case.article)) if case.article else (),
        history=history_rows(history_of(case), labels.EVENTS),
        may_charge=state is CaseState.NOTED,
        may_charge_anew=state in {CaseState.CHARGED, CaseState.NOTIFIED},
        may_notify=state is CaseState.CHARGED,
        may_drop_charge=state is CaseState.CHARGED and not is_own,
        shows_charge=bool(case.charge),
        has_notice=state is CaseState.CHARGED or case.notified_at is not None,
        is_copy=case.notified_at is not None,
        has_decision=bool(case.document_number),
        may_enter_paper=state is CaseState.NOTIFIED and (case.stated_at is None or case.paper_on is not None),
        may_decide=state is CaseState.NOTIFIED and not is_own,
        is_own_charge=state is CaseState.NOTIFIED and is_own,
        is_too_early=may_hear,
        may_serve=state is CaseState.FOUND,
        may_overturn=state.has_decision and by.account_id != case.decided_by,
        is_own_decision=state.has_decision and by.account_id == case.decided_by,
        remedy=_remedy(case),
        correction=_correction(case),
        may_answer=False,
    )


def own_screen(case: ViolationCase, *, now: datetime) -> CaseScreen:
    """Gather one case's page for the candidate, who reads no officer's name. No queries."""
    state = CaseState(case.state)
    return CaseScreen(
        row=_row(case, now=now),
        turn=labels.TURNS[state.whose_turn],
        next=labels.WHAT_HAPPENS_NEXT[state],
        service=_service(case.service),
        notice_service=_service(case.notice_service),
        alike=(),
        earlier=_earlier(case),
        articles=(),
        history=(),
        may_charge=False,
        may_charge_anew=False,
        may_notify=False,
        may_drop_charge=False,
        shows_charge=case.notified_at is not None,
        has_notice=False,
        is_copy=False,
        has_decision=False,
        may_enter_paper=False,
        may_decide=False,
        is_own_charge=False,
        is_too_early=False,
        may_serve=False,
        may_overturn=False,
        is_own_decision=False,
        remedy=_remedy(case),
        correction=None,
        may_answer=queries.can_answer(case, now=now),
    )


def _service(way: str) -> Promise | str:
    return labels.SERVICES[Service(way)] if way else ""


def _remedy(case: ViolationCase) -> Promise | str:
    return labels.REMEDIES[Remedy(case.overturned_through)] if case.overturned_through else ""


def _correction(case: ViolationCase) -> NextStep | None:
    """Return the way to a correction where the results came out between a decision and its overturning."""
    release: Release | None = getattr(case.entry.region, "release", None)
    if case.overturned_at is None or case.decided_at is None or release is None or release.released_at is None:
        return None
    if not case.decided_at < release.released_at <= case.overturned_at:
        return None
    return NextStep(labels.TO_CORRECT, labels.TO_RELEASE, reverse("results:release", args=[release.pk]))


def _earlier(case: ViolationCase) -> tuple[EarlierNotice, ...]:
    return tuple(
        EarlierNotice(
            str(labels.SERVED_ON) % {"way": _service(one["service"]), "day": one["served_on"]},
            labels.ARTICLES[CaseArticle(one["article"])],
            one["charge"],
            one["statement"],
        )
        for one in case.earlier
    )
