"""A registration point with its own window, and a registrar at it."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from jinbang.catalogue.models import ProgrammeVersion
from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions as people
from jinbang.people.queries import get_staff
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site
from jinbang.sittings.plan import RegionPlan, SittingPlan, WindowPlan
from jinbang.sittings.states import WindowKind
from tests.cast import NOW, PASSWORD, SINCE, Cast, StaffMember
from tests.sittings.plans import SHANXI, publish, site

ON_SITE = (date(2026, 3, 9), date(2026, 3, 24))
WINDOWS = (*SHANXI.windows, WindowPlan.of_dates(WindowKind.ON_SITE_APPLICATION, *ON_SITE))
COST = replace(SHANXI, windows=WINDOWS, regions=(RegionPlan("14", sites=(site("01", capacity=2), site("02"))),))


@dataclass(frozen=True)
class Counter:
    """The point, its region, and who takes applications there."""

    point: Site
    region: ExamRegion
    clerk: StaffMember


def registrar(cast: Cast, *roles: Role) -> StaffMember:
    account = people.create_staff(username="sun2", display_name="孙受理", password=PASSWORD, by=SYSTEM, now=NOW)
    for role, authority in ((Role.REGISTRAR, cast.yangquan), *((role, cast.shanxi) for role in roles)):
        people.appoint(
            account=account, authority=authority, role=role, unit="报名大厅", starts_on=SINCE, by=SYSTEM, now=NOW
        )
    return StaffMember(account, get_staff(account, today=NOW.date()))


def opened(cast: Cast, plan: SittingPlan, *roles: Role) -> Counter:
    region = sittings.get_region(publish(plan), "14")
    return Counter(sittings.sites_of(region)[0], region, registrar(cast, *roles))


@pytest.fixture
def counter(cast: Cast) -> Counter:
    """Return a point of 阳泉市 whose on-site window closes four days after the one for applying online."""
    return opened(cast, COST)


@pytest.fixture
def approving(cast: Cast) -> Counter:
    """Return a point of a programme that lets its counters approve; its registrar takes the money as well."""
    at_counter = opened(cast, COST, Role.BURSAR)
    version = at_counter.region.sitting.programme_version
    rule = {**version.content["application"], "counter_approves": True}
    ProgrammeVersion.objects.filter(pk=version.pk).update(content={**version.content, "application": rule})
    return at_counter
