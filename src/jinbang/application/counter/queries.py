"""Reads of a counter: the points where somebody takes applications, who stands there, and what was entered."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from jinbang.application.counter.errors import CounterNotFound
from jinbang.application.counter.rules import Card
from jinbang.application.counter.text import PLEDGE_ITEM
from jinbang.application.models import Application, Evidence
from jinbang.application.states import ApplicationState
from jinbang.kernel.identity import DocumentKind
from jinbang.people import queries as people
from jinbang.people.queries import Staff, within
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import Site
from jinbang.sittings.states import SittingState, WindowKind

_WHOLE = ("sitting__programme_version", "sitting__owner", "region__authority", "region__sitting", "site", "person")


@dataclass(frozen=True)
class Point:
    """A registration point with its window, as the list of counters shows it."""

    site: Site
    opens: datetime | None
    closes: datetime | None
    is_open: bool


def points_of(by: Staff, *, now: datetime) -> tuple[Point, ...]:
    """Return the registration points of running sittings in scope, the open ones first. A query for each."""
    points = []
    for site in _points(by).filter(region__sitting__state=SittingState.PUBLISHED.value):
        window = sittings.window_of(site.region, WindowKind.ON_SITE_APPLICATION)
        points.append(
            Point(
                site,
                window.opens if window else None,
                window.closes if window else None,
                is_open=site.region.is_held and sittings.is_open(window, now),
            )
        )
    return tuple(sorted(points, key=lambda point: not point.is_open))


def _points(by: Staff) -> QuerySet[Site]:
    scope = within(by, Role.REGISTRAR, path_field="authority__path")
    return (
        Site.objects.filter(scope, is_registration_point=True)
        .select_related("authority", "region__authority", "region__sitting__programme_version")
        .order_by("region__sitting__first_day", "code")
    )


def get_point(site_id: UUID, *, by: Staff) -> Site:
    """Return one registration point in scope."""
    point = _points(by).filter(pk=site_id).first()
    if point is None:
        raise CounterNotFound
    return point


@dataclass(frozen=True)
class Visitor:
    """Who stands at the counter: known, with the name on record and whatever they have applied for; or new."""

    name: str = field(repr=False)
    is_known: bool
    application: Application | None


def visitor_of(card: Card, point: Site) -> Visitor:
    """Return what is on record of a document, for whoever holds it in their hand. Two queries.

    The clerk has the original before them; what they see is the name and, for this sitting, the one application.
    """
    person = people.find_person_by_document(kind=DocumentKind(card.kind), number=card.number)
    if person is None:
        return Visitor(card.name, is_known=False, application=None)
    living = Application.objects.filter(person=person, sitting=point.region.sitting_id).exclude(
        state=ApplicationState.WITHDRAWN.value
    )
    return Visitor(person.name, is_known=True, application=living.first())


def applications_at_counters(by: Staff) -> QuerySet[Application]:
    """Return what was entered on site where this person takes applications, or by them."""
    scope = within(by, Role.REGISTRAR, path_field="site__authority__path") | within(
        by, Role.REGISTRAR, path_field="region__authority__path"
    )
    own = Q(entered_by_id=by.account_id) if by.paths(Role.REGISTRAR) else Q(pk__in=())
    return Application.objects.filter(scope | own, is_on_site=True).select_related(*_WHOLE).order_by("-id")


def get_counter_application(application_id: UUID, *, by: Staff) -> Application:
    """Return one application of the counter."""
    return _one(applications_at_counters(by).filter(pk=application_id))


def lock_counter_application(application_id: UUID, *, by: Staff) -> Application:
    """Lock one application of the counter."""
    return _one(applications_at_counters(by).filter(pk=application_id).select_for_update(of=("self",)))


def _one(rows: QuerySet[Application]) -> Application:
    application = rows.first()
    if application is None:
        raise CounterNotFound
    return application


def find_pledge(application: Application) -> Evidence | None:
    """Return the latest scan of the signed pledge, without the file itself. One query."""
    return Evidence.objects.filter(application=application, item=PLEDGE_ITEM).defer("sealed").order_by("-id").first()
