"""What the home page, a candidate's own page and the desk show, gathered from every phase. Reads only.

The view-models hold words and addresses, so that templates decide nothing. Costs in queries stand where pages are hot.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from jinbang.application import labels as application_labels
from jinbang.application.caseload import cases_on_desk
from jinbang.application.group.queries import rows_to_remind_of
from jinbang.application.states import ApplicationState
from jinbang.attendance.queries import records_to_close
from jinbang.kernel import clock
from jinbang.payment import labels as payment_labels
from jinbang.payment.queries import Journey, journeys_of, orders_in_scope
from jinbang.payment.rules import NextStep
from jinbang.payment.states import OrderState
from jinbang.people.amendments import amendments_awaiting
from jinbang.people.queries import Candidate, Staff
from jinbang.people.rebinding import open_rebindings
from jinbang.people.states import Role
from jinbang.portal import labels
from jinbang.results.handed_over import files_waiting
from jinbang.results.models import MarkBatch, PassMark, Release
from jinbang.results.queries import regions_in_scope
from jinbang.results.states import BatchState, PassMarkState, ReleaseState
from jinbang.results.violations.queries import cases_waiting, own_cases
from jinbang.seating.models import AdmissionTicket
from jinbang.seating.queries import regions_of as regions_to_seat
from jinbang.seating.queries import tickets_of
from jinbang.seating.states import PlanState
from jinbang.sittings import rules as sitting_rules
from jinbang.sittings.models import ExamRegion, Notice
from jinbang.sittings.planning import sittings_of
from jinbang.sittings.queries import SittingOverview, is_open, notices_on_show, sittings_on_show, window_of
from jinbang.sittings.redirects import LOOKUP
from jinbang.sittings.rules import Phase, Step, Turn
from jinbang.sittings.states import SittingState, WindowKind

NOTICES_ON_HOME: Final = 6
# Where no recheck was announced, a release stays at the top as long as most of them take.
_SHOWN_AFTER_RELEASE: Final = timedelta(days=60)
_KEPT: Final = timedelta(seconds=2)


# ---------------------------------------------------------------- home
@dataclass(frozen=True)
class Opening:
    """Results that can be queried, or will be at an instant already announced. `region`: where there are several."""

    title: str
    region: str
    opens: datetime
    url: str
    is_open: bool


@dataclass(frozen=True)
class SittingCard:
    """A sitting on the home page. `open`: the windows that concern its readers, what closes first standing first."""

    overview: SittingOverview
    open: tuple[sitting_rules.WindowFacts, ...]

    @property
    def is_yours(self) -> bool:
        """Whether candidates have something to do."""
        return self.overview.stage.turn is Turn.CANDIDATE


@dataclass(frozen=True)
class Home:
    """The home page, from top to bottom."""

    open: tuple[Opening, ...]
    ahead: tuple[Opening, ...]
    applying: tuple[SittingCard, ...]
    under_way: tuple[SittingCard, ...]
    notices: tuple[Notice, ...]

    def kept_seconds(self, now: datetime) -> int:
        """Return for how long the page may be shown as it is: a moment, and past an instant by less than a second.

        Not kept at all, it would be asked for by everybody at once in the second before.
        """
        left = min((opening.opens - now for opening in self.ahead), default=_KEPT)
        return max(1, min(left, _KEPT) // timedelta(seconds=1))


def home_page(now: datetime) -> Home:
    """Return the home page: open queries, countdowns, what can be applied for, what is under way. Five queries."""
    overviews = [overview for overview in sittings_on_show(now) if not overview.is_off]
    openings = _openings(overviews, now)
    cards = [_sitting_card(overview) for overview in overviews if overview.stage.turn is not Turn.NOBODY]
    return Home(
        open=tuple(sorted((one for one in openings if one.is_open), key=lambda one: one.opens, reverse=True)),
        ahead=tuple(sorted((one for one in openings if not one.is_open), key=lambda one: one.opens)),
        applying=tuple(card for card in cards if card.overview.step is Step.APPLY),
        under_way=tuple(card for card in cards if card.overview.step is not Step.APPLY),
        notices=tuple(notices_on_show()[:NOTICES_ON_HOME]),
    )


def _sitting_card(overview: SittingOverview) -> SittingCard:
    """Return a card with the windows of candidates; of everybody's, where none of theirs is open."""
    theirs = tuple(window for window in overview.stage.open if sitting_rules.TURNS[window.kind] is Turn.CANDIDATE)
    return SittingCard(overview, theirs or overview.stage.open)


def _openings(overviews: Iterable[SittingOverview], now: datetime) -> list[Opening]:
    """Return one opening for each exam region that has a release on show or ahead. One query."""
    known = Release.objects.filter(Q(state=ReleaseState.ARMED.value) | Q(released_at__isnull=False))
    releases = {release.region_id: release for release in known}
    found = []
    for overview in overviews:
        if not overview.sitting.results_here:
            found += _elsewhere(overview, now)
            continue
        held = [region for region in overview.regions if region.is_held]
        for region in held:
            opening = _opening(overview, region, release=releases.get(region.pk), now=now)
            if opening is not None:
                found.append(opening)
    return found


def _opening(
    overview: SittingOverview, region: ExamRegion, *, release: Release | None, now: datetime
) -> Opening | None:
    """Return what a region's release puts on the home page: until the recheck closes, or as soon as it is forecast."""
    windows = sitting_rules.effective_windows(overview.own_windows, region.pk)
    is_one_of_several = sum(one.is_held for one in overview.regions) > 1
    title, where = overview.sitting.name, region.authority.name if is_one_of_several else ""
    if release is not None:
        recheck = windows.get(WindowKind.RECHECK)
        until = recheck.closes if recheck else release.opens_at + _SHOWN_AFTER_RELEASE
        if now >= until:
            return None
        return Opening(title, where, release.opens_at, url=f"{LOOKUP}{release.code}", is_open=now >= release.opens_at)
    forecast, examination = windows.get(WindowKind.RELEASE), windows.get(WindowKind.EXAMINATION)
    is_sat = examination is not None and examination.phase(now) is Phase.OVER
    if forecast is None or not is_sat or forecast.phase(now) is not Phase.NOT_YET:
        return None
    return Opening(title, where, forecast.opens, url=LOOKUP, is_open=False)


def _elsewhere(overview: SittingOverview, now: datetime) -> list[Opening]:
    """Return the opening of a sitting whose results another authority shows: our page says which, and leads there."""
    window = overview.windows.get(WindowKind.RELEASE)
    if window is None or window.phase(now) is not Phase.OPEN:
        return []
    url = reverse("sittings:exam_results", args=[overview.sitting.code])
    return [Opening(overview.sitting.name, "", window.opens, url=url, is_open=True)]


# ---------------------------------------------------------------- a candidate's own page
@dataclass(frozen=True)
class Link:
    """Somewhere to go."""

    label: Promise
    url: str


@dataclass(frozen=True)
class ExamCard:
    """One application on the candidate's own page: where it stands, whose turn it is, and the one next step."""

    title: str
    region: str
    state: Promise
    colour: str
    turn: Promise
    is_yours: bool
    next: Promise
    action: Link | None
    links: tuple[Link, ...]


def exams_of(by: Candidate, *, now: datetime) -> tuple[ExamCard, ...]:
    """Return everything a candidate has applied for, newest first. Four queries, and one for each ticket."""
    journeys = journeys_of(by)
    tickets = {ticket.application_id: ticket for ticket in tickets_of(by)}
    regions = [journey.application.region_id for journey in journeys]
    released = Release.objects.filter(region_id__in=regions, released_at__isnull=False, opens_at__lte=now)
    codes = {release.region_id: release.code for release in released}
    return tuple(
        _exam_card(
            journey,
            ticket=tickets.get(journey.application.pk),
            release=codes.get(journey.application.region_id),
            now=now,
        )
        for journey in journeys
    )


def violations_against(by: Candidate) -> int:
    """Return how many violation cases concern a candidate, whatever became of them. One query."""
    return own_cases(by).count() if by.person_id else 0


def _exam_card(journey: Journey, *, ticket: AdmissionTicket | None, release: str | None, now: datetime) -> ExamCard:
    application = journey.application
    state, colour, turn, following = _standing(journey)
    action, is_yours = _action_of(journey)
    if ticket is not None and release is not None:
        action = Link(labels.QUERY_RESULT, reverse("lookup:own", args=[release]))
        state, turn, following = labels.RESULTS_OUT, labels.EXAMINATION_OVER, labels.QUERY_RESULT_NEXT
    elif ticket is not None and is_open(window_of(ticket.region, WindowKind.TICKET_PRINTING), now):
        action, is_yours = Link(labels.PRINT_TICKET, reverse("seating:ticket", args=[ticket.pk])), True
        following = labels.PRINT_TICKET_NEXT
    return ExamCard(
        title=application.sitting.name,
        region=application.region.authority.name,
        state=state,
        colour=colour,
        turn=labels.TURN_YOURS if is_yours else turn,
        is_yours=is_yours,
        next=following,
        action=action,
        links=_links_of(journey, ticket, action),
    )


def _standing(journey: Journey) -> tuple[Promise, str, Promise, Promise]:
    """Return the state in words, its colour, whose turn it is and what happens next: the order's, once there is one."""
    state = ApplicationState(journey.application.state)
    if journey.order is not None and state is ApplicationState.APPROVED:
        paying = OrderState(journey.order.state)
        turn = payment_labels.TURNS[paying.whose_turn]
        return (
            payment_labels.STATES[paying],
            payment_labels.COLOURS[paying],
            turn,
            (payment_labels.WHAT_HAPPENS_NEXT[paying]),
        )
    turn = application_labels.TURNS[state.whose_turn]
    words = application_labels.WHAT_HAPPENS_NEXT[state]
    return application_labels.STATES[state], application_labels.COLOURS[state], turn, words


def _action_of(journey: Journey) -> tuple[Link | None, bool]:
    application, label = journey.application, payment_labels.STEPS[journey.step]
    if journey.step in {NextStep.FILL_IN, NextStep.CORRECT}:
        return Link(label, reverse("application:tasks", args=[application.pk])), True
    if ApplicationState(application.state).can_be_appealed:
        return Link(labels.APPEAL, reverse("application:appeal", args=[application.pk])), True
    if journey.step is NextStep.PAY and journey.order is not None:
        return Link(label, reverse("payment:order", args=[journey.order.pk])), True
    return None, False


def _links_of(journey: Journey, ticket: AdmissionTicket | None, action: Link | None) -> tuple[Link, ...]:
    links = [Link(labels.SEE_APPLICATION, reverse("application:show", args=[journey.application.pk]))]
    if journey.order is not None:
        links.append(Link(labels.SEE_ORDER, reverse("payment:order", args=[journey.order.pk])))
    elif journey.step is NextStep.AWAIT_ORDER:  # once there is an order, its own page offers this
        links.append(Link(labels.WITHDRAW, reverse("payment:withdraw", args=[journey.application.pk])))
    if ticket is not None:
        links.append(Link(labels.SEE_TICKET, reverse("seating:ticket", args=[ticket.pk])))
    return tuple(link for link in links if action is None or link.url != action.url)


# ---------------------------------------------------------------- the desk
@dataclass(frozen=True)
class Queue:
    """Work that waits for a member of staff."""

    name: Promise
    note: Promise
    count: int
    url: str


def queues_of(by: Staff) -> tuple[Queue, ...]:
    """Return what waits for somebody, in the order of a season; only what their roles are for. One query a queue."""
    return tuple(
        Queue(name, note, waiting(by).count(), reverse(url_name))
        for role, name, note, url_name, waiting in QUEUES
        if role in by.roles
    )


def _sittings_unpublished(by: Staff) -> QuerySet[Any]:
    return sittings_of(by).filter(state=SittingState.DRAFT.value)


def _orders_owed(by: Staff) -> QuerySet[Any]:
    return orders_in_scope(by).filter(state=OrderState.OWED.value)


def _regions_to_seat(by: Staff) -> QuerySet[Any]:
    """Return the regions in which something is to be done: a draw before the examination, its seed after it."""
    is_drawn = Q(seat_plan__state=PlanState.DRAWN.value)
    is_ahead = Q(sitting__last_day__gte=clock.today())
    undrawn = Q(seat_plan=None) | Q(seat_plan__state__in=[one.value for one in PlanState if not one.has_seats])
    return regions_to_seat(by).filter(
        (is_ahead & undrawn) | (~is_ahead & is_drawn), sitting__state=SittingState.PUBLISHED.value
    )


def _records_to_close(by: Staff) -> QuerySet[Any]:
    return records_to_close(by, now=clock.now())


def _regions_without_marks(by: Staff) -> QuerySet[Any]:
    has_seats = [state.value for state in PlanState if state.has_seats]
    sat = regions_in_scope(by, Role.MARKS_CLERK).filter(
        sitting__state=SittingState.PUBLISHED.value,
        sitting__last_day__lt=clock.today(),
        seat_plan__state__in=has_seats,
    )
    return sat.exclude(mark_batches__state__in=[BatchState.STAGED.value, BatchState.VALID.value])


def _batches_to_verify(by: Staff) -> QuerySet[Any]:
    return MarkBatch.objects.filter(region__in=_region_ids(by, Role.MARKS_VERIFIER), state=BatchState.STAGED.value)


def _pass_marks_to_approve(by: Staff) -> QuerySet[Any]:
    region_ids = _region_ids(by, Role.PASS_MARK_OFFICER)
    here = Q(region__in=region_ids) | Q(region=None, sitting__regions__in=region_ids)
    return PassMark.objects.filter(here, state=PassMarkState.PROPOSED.value).distinct()


def _releases_to_seal(by: Staff) -> QuerySet[Any]:
    preparing = (ReleaseState.DRAFT.value, ReleaseState.VALIDATED.value)
    return Release.objects.filter(region__in=_region_ids(by, Role.MARKS_CLERK), state__in=preparing)


def _releases_to_sign(by: Staff) -> QuerySet[Any]:
    return Release.objects.filter(region__in=_region_ids(by, Role.RELEASE_OFFICER), state=ReleaseState.SEALED.value)


def _region_ids(by: Staff, role: Role) -> QuerySet[Any, UUID]:
    return regions_in_scope(by, role).order_by().values_list("pk", flat=True)


QUEUES: Final[tuple[tuple[Role, Promise, Promise, str, Callable[[Staff], QuerySet[Any]]], ...]] = (
    (Role.PLANNER, labels.TO_PUBLISH, labels.TO_PUBLISH_NOTE, "sittings:desk_sitting_list", _sittings_unpublished),
    (Role.REVIEWER, labels.TO_REVIEW, labels.TO_REVIEW_NOTE, "application:queue", cases_on_desk),
    (Role.REVIEWER, labels.TO_AMEND, labels.TO_AMEND_NOTE, "people:amendment_queue", amendments_awaiting),
    (Role.REGISTRAR, labels.TO_REBIND, labels.TO_REBIND_NOTE, "people:counter", open_rebindings),
    (Role.GROUP_AGENT, labels.TO_REMIND, labels.TO_REMIND_NOTE, "application:group_uploads", rows_to_remind_of),
    (Role.BURSAR, labels.TO_PAY, labels.TO_PAY_NOTE, "payment:counter", _orders_owed),
    (Role.SEATING_OFFICER, labels.TO_SEAT, labels.TO_SEAT_NOTE, "seating:desk_regions", _regions_to_seat),
    (Role.ROOM_CLERK, labels.TO_RECORD, labels.TO_RECORD_NOTE, "attendance:sessions", _records_to_close),
    (Role.MARKS_CLERK, labels.TO_BRING_IN, labels.TO_BRING_IN_NOTE, "results:regions", _regions_without_marks),
    (Role.MARKS_VERIFIER, labels.TO_VERIFY, labels.TO_VERIFY_NOTE, "results:regions", _batches_to_verify),
    (Role.MARKS_CLERK, labels.TO_DEAL_WITH, labels.TO_DEAL_WITH_NOTE, "results:violations", cases_waiting),
    (Role.MARKS_CLERK, labels.TO_LINK, labels.TO_LINK_NOTE, "results:regions", files_waiting),
    (Role.PASS_MARK_OFFICER, labels.TO_APPROVE, labels.TO_APPROVE_NOTE, "results:regions", _pass_marks_to_approve),
    (Role.MARKS_CLERK, labels.TO_SEAL, labels.TO_SEAL_NOTE, "results:regions", _releases_to_seal),
    (Role.RELEASE_OFFICER, labels.TO_SIGN, labels.TO_SIGN_NOTE, "results:regions", _releases_to_sign),
)
