"""A sitting to seat people in: two subjects on one morning and afternoon, two sites, paid applications as asked.

Applications and orders are put in as rows: the phases that make them have tests of their own, and thousands are needed.
"""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from PIL import Image

from jinbang.application.actions.portray import sealed_photo
from jinbang.application.models import Application, ApplicationSubject
from jinbang.application.photo import Portrait
from jinbang.application.photo_likeness import Likeness
from jinbang.application.photo_versions import SEAL
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.catalogue.models import ProgrammeVersion
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.digests import sha256_hex
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.payment.models import Order
from jinbang.payment.states import OrderState
from jinbang.people.actions import NewPerson, register_people
from jinbang.people.models import Authority, Person
from jinbang.sittings import actions as sittings
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.plan import FeePlan, RegionPlan, SessionPlan, SitePlan, SittingPlan, WindowPlan
from jinbang.sittings.states import SitePolicy, WindowKind
from tests.sittings.plans import load_once

CODE = "sx-cost-engineer-2-2026"
LEVEL, SPECIALTY = "level-2", "installation"
EXAM_DAY = date(2026, 6, 6)
AFTER_PAYMENT = datetime(2026, 4, 20, 9, 0, tzinfo=SHANGHAI)
WHILE_PRINTING = datetime(2026, 5, 28, 9, 0, tzinfo=SHANGHAI)
BEFORE_PRINTING = datetime(2026, 5, 1, 9, 0, tzinfo=SHANGHAI)
AFTER_PRINTING = datetime(2026, 6, 7, 9, 0, tzinfo=SHANGHAI)
AFTER_EXAM = datetime(2026, 6, 8, 9, 0, tzinfo=SHANGHAI)
SEED = "5e" * 32


@dataclass(frozen=True)
class World:
    """A sitting in one exam region, with its paid applications in the order in which they were made."""

    sitting: Sitting
    region: ExamRegion
    applications: list[Application]
    subjects: tuple[str, ...]


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(EXAM_DAY.year, EXAM_DAY.month, EXAM_DAY.day, hour, minute, tzinfo=SHANGHAI)


def build_world(  # a world is made of these
    authority: Authority,
    people: list[Person],
    *,
    employers: list[str] | None = None,
    capacities: tuple[int, ...] = (300, 300),
    policy: SitePolicy = SitePolicy.CANDIDATE,
    code: str = CODE,
    together: bool = False,
) -> World:
    """Build the sitting and pay for everybody; sites are filled in turn unless the centre places."""
    load_once(datetime(2026, 1, 1, tzinfo=UTC))
    programme = ProgrammeVersion.objects.filter(code="cost-engineer-2").latest("effective_from").programme
    level = programme.levels[0].code
    subjects = tuple(subject.code for subject in programme.levels[0].subjects)
    hours = [(at(9), at(11, 30)), (at(9), at(12)) if together else (at(14), at(17))]
    sitting = sittings.create_sitting(
        SittingPlan(
            code=code,
            programme_code="cost-engineer-2",
            owner_code=authority.code,
            name="2026年度二级造价工程师（安装工程）职业资格考试",
            year=2026,
            first_day=EXAM_DAY,
            last_day=EXAM_DAY,
            site_policy=policy,
            windows=(
                WindowPlan.of_dates(WindowKind.APPLICATION, date(2026, 3, 1), date(2026, 3, 20)),
                WindowPlan.of_dates(WindowKind.REVIEW, date(2026, 3, 1), date(2026, 3, 25)),
                WindowPlan.of_dates(WindowKind.PAYMENT, date(2026, 3, 10), date(2026, 4, 7)),
                WindowPlan.of_dates(WindowKind.TICKET_PRINTING, date(2026, 5, 25), date(2026, 6, 5)),
                WindowPlan.of_dates(WindowKind.EXAMINATION, EXAM_DAY, EXAM_DAY),
            ),
            sessions=tuple(SessionPlan(level, subject, *when) for subject, when in zip(subjects, hours, strict=True)),
            regions=(
                RegionPlan(
                    authority.code,
                    sites=tuple(
                        SitePlan(f"{i:02d}", f"第{i}考点", f"体育路{i}号", capacity)
                        for i, capacity in enumerate(capacities, 1)
                    ),
                ),
            ),
            fees=tuple(FeePlan(level, subject, 6500) for subject in subjects),
        ),
        by=SYSTEM,
        now=datetime(2026, 2, 1, tzinfo=UTC),
    )
    sittings.publish_sitting(sitting_id=sitting.pk, by=SYSTEM, now=datetime(2026, 2, 2, tzinfo=UTC))
    region = ExamRegion.objects.select_related("sitting", "authority").get(sitting=sitting)
    applications = pay(
        region, people, employers=employers, subjects=subjects, level=level, placed=policy is SitePolicy.CENTRE
    )
    return World(sitting, region, applications, subjects)


def pay(  # the facts of an application
    region: ExamRegion,
    people: list[Person],
    *,
    employers: list[str] | None,
    subjects: tuple[str, ...],
    level: str,
    placed: bool,
) -> list[Application]:
    sites = list(region.sites.order_by("code"))
    applications = [
        Application(
            sitting_id=region.sitting_id,
            region=region,
            person=person,
            level_code=level,
            specialty_code=SPECIALTY,
            employer=employers[i] if employers else "",
            site=None if placed else sites[i % len(sites)],
            state=ApplicationState.APPROVED.value,
        )
        for i, person in enumerate(people)
    ]
    Application.objects.bulk_create(applications)
    ApplicationSubject.objects.bulk_create(
        [ApplicationSubject(application=one, subject_code=code) for one in applications for code in subjects]
    )
    due = datetime(2026, 4, 8, tzinfo=SHANGHAI)
    Order.objects.bulk_create(
        [
            Order(
                number=f"{region.pk.hex[-8:]}{i:06d}",
                application=one,
                amount_fen=13_000,
                due_at=due,
                created_at=due - timedelta(days=20),
                paid_at=due - timedelta(days=1),
                state=OrderState.PAID.value,
            )
            for i, one in enumerate(applications)
        ]
    )
    return applications


def many_people(count: int, *, name: str = "考生") -> list[Person]:
    """Register synthetic people; their numbers have right check digits."""
    return register_people(
        [
            NewPerson(
                name=f"{name}{i}",
                kind=DocumentKind.RESIDENT_ID,
                number=make_resident_id("140303", date(1980, 1, 1) + timedelta(days=i // 900), i % 900 + 1),
                phone="",
            )
            for i in range(count)
        ],
        by=SYSTEM,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


def give_photo(application: Application) -> bytes:
    """Seal a drawn portrait for an application, as if it had been approved with it, and return its JPEG."""
    picture = io.BytesIO()
    Image.new("RGB", (295, 413), "lightsteelblue").save(picture, "JPEG", quality=80)
    jpeg = picture.getvalue()
    portrait = Portrait(jpeg, sha256_hex(jpeg), 295, 413, Likeness(0, 0))
    sealed_photo(portrait, application, person=application.person, by=SYSTEM, now=AFTER_PAYMENT).save()
    audit.record(
        application,
        by=SYSTEM,
        event=ApplicationEvent.APPROVE,
        at=AFTER_PAYMENT,
        details={SEAL: portrait.sha256},
    )
    return jpeg
