"""Entering many at once: the same rules, row by row, all or none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from jinbang.application import actions, queries
from jinbang.application.actions import NewApplication
from jinbang.application.errors import AlreadyApplied, ApplicationNotFound, EntryRefused, NotIndependent, PhotoMissing
from jinbang.application.evidence import clean_file
from jinbang.application.models import Application, ApplicationSubject
from jinbang.application.photo import make_portrait
from jinbang.application.queries import answers_of, open_photo, open_photo_of_case
from jinbang.application.rules import evidence_items
from jinbang.application.states import ApplicationState
from jinbang.application.versions import changed_lines, from_json
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people.actions import NewPerson, register_people
from jinbang.people.models import Person
from jinbang.sittings.errors import SiteFull, WindowClosed, WindowNotAnnounced
from jinbang.sittings.models import Site
from tests.application.world import AFTER_CLOSE, LATER, SMALL_PHOTO, World, drawn_photo, returned, row, started, submit
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    return register_people(
        [
            NewPerson(
                name=f"考生{number}",
                kind=DocumentKind.RESIDENT_ID,
                number=make_resident_id("140303", date(1990, 1, 1), number),
            )
            for number in range(100, 112)
        ],
        by=SYSTEM,
        now=NOW,
    )


def test_enters_submitted_applications_in_the_order_of_the_rows(cast: Cast, world: World, people: list[Person]) -> None:
    entered = actions.enter_applications([row(person.pk, world) for person in people], by=SYSTEM, now=NOW)
    assert [one.person_id for one in entered] == [person.pk for person in people]
    stored = Application.objects.filter(state=ApplicationState.SUBMITTED)
    assert stored.count() == len(people)
    assert set(stored.values_list("review_due_at", flat=True)) == {entered[0].review_due_at}
    assert ApplicationSubject.objects.count() == 2 * len(people)
    assert StateChange.objects.filter(event="submit").count() == len(people)
    assert Site.objects.get(pk=world.first.pk).taken == len(people)


def test_the_queries_do_not_grow_with_the_rows(
    world: World, people: list[Person], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    rows = [row(person.pk, world) for person in people]
    with django_assert_num_queries(15):  # type: ignore[operator]  # pytest-django types it as a fixture
        actions.enter_applications(rows, by=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    "spoil,code",
    [
        (lambda good: replace(good, specialty_code="bridges"), "choice_unknown"),
        (lambda good: replace(good, subject_codes=()), "application_incomplete"),
        (lambda good: replace(good, work_years=0), "condition_not_met"),
        (lambda good: replace(good, site_id=None), "application_incomplete"),
        (lambda good: replace(good, site_id=good.region_id), "site_not_offered"),
        (lambda good: replace(good, employer=""), "application_incomplete"),
    ],
)
def test_one_bad_row_refuses_the_whole_and_is_named(
    world: World,
    people: list[Person],
    *,
    spoil: Callable[[NewApplication], NewApplication],
    code: str,
) -> None:
    rows = [row(person.pk, world) for person in people]
    rows[4] = spoil(rows[4])
    with pytest.raises(EntryRefused) as refused:
        actions.enter_applications(rows, by=SYSTEM, now=NOW)
    assert (refused.value.row, refused.value.refusal.code) == (5, code)
    assert Application.objects.count() == 0
    assert Site.objects.get(pk=world.first.pk).taken == 0


def test_refuses_a_person_who_has_applied_or_stands_twice_in_the_list(
    cast: Cast, world: World, people: list[Person]
) -> None:
    started(cast.lin.candidate)
    for rows in (
        [row(people[0].pk, world), row(cast.lin.bound.pk, world)],
        [row(people[0].pk, world), row(people[0].pk, world)],
    ):
        with pytest.raises(EntryRefused) as refused:
            actions.enter_applications(rows, by=SYSTEM, now=NOW)
        assert refused.value.row == 2
        assert isinstance(refused.value.refusal, AlreadyApplied)


def test_refuses_more_people_than_a_site_holds(cast: Cast, world: World, people: list[Person]) -> None:
    rows = [row(person.pk, world, site=world.last_place) for person in people[:2]]
    with pytest.raises(SiteFull):
        actions.enter_applications(rows, by=SYSTEM, now=NOW)
    assert Application.objects.count() == 0


def test_refuses_outside_the_windows(cast: Cast, world: World, people: list[Person]) -> None:
    with pytest.raises(WindowClosed):
        actions.enter_applications([row(people[0].pk, world)], by=SYSTEM, now=AFTER_CLOSE)
    with pytest.raises(WindowNotAnnounced):
        actions.enter_applications([replace(row(people[0].pk, world), is_on_site=True)], by=SYSTEM, now=NOW)


def test_a_portrait_is_sealed_under_its_own_persons_key(cast: Cast, world: World, people: list[Person]) -> None:
    portrait = make_portrait(SMALL_PHOTO)
    with_photo, without = actions.enter_applications(
        [replace(row(people[0].pk, world), portrait=portrait), row(people[1].pk, world)], by=SYSTEM, now=NOW
    )
    kept = Application.objects.get(pk=with_photo.pk)
    assert open_photo(kept) == portrait.jpeg
    assert portrait.jpeg not in bytes(kept.photos.get().sealed)
    assert open_photo_of_case(kept.pk, by=cast.zhou.staff) == portrait.jpeg
    with pytest.raises(ApplicationNotFound):
        open_photo_of_case(kept.pk, by=cast.zheng.staff)
    with pytest.raises(PhotoMissing):
        open_photo(Application.objects.get(pk=without.pk))


def test_whoever_enters_does_not_review(cast: Cast, world: World, people: list[Person]) -> None:
    (entered,) = actions.enter_applications([row(people[0].pk, world)], by=cast.zhou.staff, now=NOW)
    with pytest.raises(NotIndependent):
        actions.approve_application(application_id=entered.pk, version=1, by=cast.zhou.staff, now=NOW)


def test_what_was_entered_is_the_first_version_and_what_comes_back_is_told_apart(
    cast: Cast, world: World, people: list[Person]
) -> None:
    asked = evidence_items(row(cast.lin.bound.pk, world).answers, queries.offer_of(world.sitting))
    scan = clean_file(drawn_photo())
    rows = [
        replace(
            row(cast.lin.bound.pk, world),
            portrait=make_portrait(SMALL_PHOTO),
            employer=" 阳泉一建 ",
            papers=dict.fromkeys(asked, (scan,)),
        ),
        row(people[1].pk, world),
    ]
    entered, _ = actions.enter_applications(rows, by=SYSTEM, now=NOW)
    kept, now_read = from_json(entered.versions.get().answers), answers_of(Application.objects.get(pk=entered.pk))
    assert changed_lines(kept, now_read) == ()
    assert tuple(page.item for page in kept.evidence) == asked != ()
    by = cast.lin.candidate
    returned(entered.pk, {"employer": "请填写全称。"}, by=cast.zhou.staff)
    assert queries.find_last_submitted(entered) == kept
    actions.fill_employer(application_id=entered.pk, employer="阳泉市第一建筑工程公司", by=by, now=LATER)
    submit(entered.pk, by=by, now=LATER)
    (change,) = queries.differences(entered)
    assert (change.line, change.before.employer, change.after.employer) == (
        "employer",
        "阳泉一建",
        "阳泉市第一建筑工程公司",
    )
