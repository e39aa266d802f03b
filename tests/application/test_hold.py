"""A draft keeps its place for some days or until it can no longer be submitted, and not a second longer.

Submitting and the end of the hold may come at one instant: then one of them sees what the other did, and the place is
counted as often as it is held. The twin takes the second look under the lock away.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from jinbang.application import actions, holds, queries, rules
from jinbang.application.actions import hold
from jinbang.application.errors import ApplicationIncomplete
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.models import StateChange
from jinbang.kernel.clock import SHANGHAI, frozen_at
from jinbang.messaging.actions import collect_messages
from jinbang.messaging.models import Message
from jinbang.people.queries import Candidate
from jinbang.portal.tasks import do_what_is_due
from jinbang.sittings.models import Site
from tests.application.world import AFTER_CLOSE, AFTER_REVIEW, World, build_world, filled, started, submit, submitted
from tests.cast import NOW, Cast, build_cast

SECOND = timedelta(seconds=1)
ENDS = datetime(2026, 3, 14, tzinfo=SHANGHAI)  # touched on the tenth, three whole days: the thirteenth at 24:00


@pytest.fixture
def world(cast: Cast) -> World:
    """One sitting that people apply for; it closes on 20 March at 24:00."""
    return build_world(cast)


def taken(site: Site) -> int:
    return Site.objects.get(pk=site.pk).taken


# ---------------------------------------------------------------- the rule


@pytest.mark.parametrize("hour,minute", [(0, 0), (10, 0), (23, 59)])
def test_so_many_whole_days_after_the_day_it_was_touched(hour: int, minute: int) -> None:
    touched = datetime(2026, 3, 10, hour, minute, tzinfo=SHANGHAI)
    assert rules.hold_ends(touched_at=touched, days=3) == ENDS
    assert rules.untouched_since(now=ENDS - SECOND, days=3) <= touched < rules.untouched_since(now=ENDS, days=3)
    assert rules.hold_ends(touched_at=touched, days=0) == datetime(2026, 3, 11, tzinfo=SHANGHAI)


# ---------------------------------------------------------------- both sides of the boundary


@pytest.mark.django_db
def test_a_draft_keeps_its_place_to_the_last_second_and_loses_nothing_else(cast: Cast, world: World) -> None:
    pk = filled(cast.lin.candidate, site=world.last_place).pk
    assert actions.end_holds(now=ENDS - SECOND) == 0
    assert taken(world.last_place) == 1
    assert actions.end_holds(now=ENDS) == 1
    assert actions.end_holds(now=ENDS) == 0
    draft = Application.objects.get(pk=pk)
    assert (draft.state, draft.site, taken(world.last_place)) == (ApplicationState.DRAFT, None, 0)
    assert draft.specialty_code == "installation"
    assert queries.answers_of(draft).has_photo
    change = StateChange.objects.get(subject_id=pk, event="hold_ended")
    assert (change.actor_kind, change.from_state, change.to_state) == ("system", "draft", "draft")


@pytest.mark.django_db
def test_the_place_goes_to_somebody_else_and_the_first_is_told_to_choose_again(cast: Cast, world: World) -> None:
    lin, zhao = cast.lin.candidate, cast.zhao.candidate
    pk = filled(lin, site=world.last_place).pk
    actions.end_holds(now=ENDS)
    assert filled(zhao, site=world.last_place, now=ENDS).site == world.last_place
    with pytest.raises(ApplicationIncomplete):
        submit(pk, by=lin, now=ENDS)
    actions.fill_site(application_id=pk, site_id=world.first.pk, by=lin, now=ENDS)
    assert submit(pk, by=lin, now=ENDS).state == ApplicationState.SUBMITTED


@pytest.mark.django_db
def test_saving_any_page_counts_the_days_anew(cast: Cast, world: World) -> None:
    lin = cast.lin.candidate
    pk = filled(lin, site=world.first).pk
    actions.fill_subjects(application_id=pk, subject_codes=("practice", "basics"), by=lin, now=ENDS - SECOND)
    assert actions.end_holds(now=ENDS) == 0
    assert holds.find_hold_end(Application.objects.get(pk=pk)) == ENDS + timedelta(days=3)
    assert actions.end_holds(now=ENDS + timedelta(days=3)) == 1


@pytest.mark.django_db
def test_the_sitting_says_how_many_days(cast: Cast, world: World) -> None:
    type(world.sitting).objects.filter(pk=world.sitting.pk).update(place_held_days=1)
    filled(cast.lin.candidate, site=world.first)
    assert actions.end_holds(now=ENDS - timedelta(days=2) - SECOND) == 0
    assert actions.end_holds(now=ENDS - timedelta(days=2)) == 1


@pytest.mark.django_db
def test_no_draft_holds_a_place_past_the_window(cast: Cast, world: World) -> None:
    pk = filled(cast.lin.candidate, site=world.first, now=AFTER_CLOSE - timedelta(days=1)).pk
    assert holds.find_hold_end(Application.objects.get(pk=pk)) == AFTER_CLOSE
    assert actions.end_holds(now=AFTER_CLOSE - SECOND) == 0
    assert actions.end_holds(now=AFTER_CLOSE) == 1
    assert StateChange.objects.filter(subject_id=pk, event="hold_closed").count() == 1
    assert taken(world.first) == 0


@pytest.mark.django_db
def test_what_was_submitted_or_returned_keeps_its_place_whatever_the_day(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    assert actions.end_holds(now=AFTER_REVIEW) == 0
    Application.objects.filter(pk=pk).update(state=ApplicationState.RETURNED)
    assert actions.end_holds(now=AFTER_REVIEW) == 0
    assert taken(world.first) == 1
    assert holds.find_hold_end(Application.objects.get(pk=pk)) is None


@pytest.mark.django_db
def test_a_draft_from_before_there_were_holds_keeps_its_place_to_the_end_of_the_window(
    cast: Cast, world: World
) -> None:
    pk = filled(cast.lin.candidate, site=world.first).pk
    Application.objects.filter(pk=pk).update(touched_at=None)
    assert holds.find_hold_end(Application.objects.get(pk=pk)) == AFTER_CLOSE
    assert actions.end_holds(now=AFTER_CLOSE - SECOND) == 0
    assert actions.end_holds(now=AFTER_CLOSE) == 1


# ---------------------------------------------------------------- told and shown


@pytest.mark.django_db
def test_the_worker_ends_holds_and_the_person_is_told(cast: Cast, world: World) -> None:
    filled(cast.lin.candidate, site=world.first)
    with frozen_at(ENDS):
        do_what_is_due()
        collect_messages(now=ENDS)
    message = Message.objects.get(kind="place_freed")
    assert message.person_id == cast.lin.bound.pk


@pytest.mark.django_db
def test_the_page_says_until_when_the_place_is_kept(cast: Cast, world: World, client_of: Callable[..., Client]) -> None:
    pk = started(cast.lin.candidate).pk
    client = client_of(cast.lin)
    tasks = reverse("application:tasks", args=[pk])
    assert "为您保留到" not in client.get(tasks).content.decode()
    Application.objects.filter(pk=pk).delete()
    pk = filled(cast.lin.candidate, site=world.first).pk
    for address in (reverse("application:tasks", args=[pk]), f"{reverse('application:show', args=[pk])}site/"):
        html = client.get(address).content.decode()
        assert f"{world.first.name}的名额为您保留到 2026年3月13日（星期五）24:00" in html
        assert "重新保留 3 天" in html


# ---------------------------------------------------------------- at one instant


@pytest.fixture
def stage(transactional_db: None) -> Iterator[tuple[Candidate, World]]:
    """林 with a draft whose hold is over and who submits at this very moment."""
    with frozen_at(NOW):
        cast = build_cast()
        yield cast.lin.candidate, build_world(cast)


def at_one_instant(*acts: Callable[[], Any]) -> list[Any]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:  # noqa: ANN401  # what each act returns
        try:
            barrier.wait(timeout=20)
            return act()
        except ApplicationIncomplete as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_submitting_and_the_end_of_the_hold_one_sees_the_other(stage: tuple[Candidate, World]) -> None:
    lin, world = stage
    for _ in range(5):
        pk = filled(lin, site=world.first).pk
        outcome, ended = at_one_instant(
            lambda pk=pk: submit(pk, by=lin, now=ENDS),  # type: ignore[misc]  # bound now
            lambda: actions.end_holds(now=ENDS),
        )
        stored = Application.objects.get(pk=pk)
        assert isinstance(outcome, ApplicationIncomplete) == (ended == 1)
        assert (stored.state == ApplicationState.SUBMITTED) == (ended == 0)
        assert taken(world.first) == (0 if ended else 1) == (0 if stored.site is None else 1)
        actions.withdraw_application(application_id=pk, by=lin, now=ENDS)
        assert taken(world.first) == 0


@pytest.mark.django_db(transaction=True)
def test_without_the_second_look_somebody_is_submitted_without_a_place(
    stage: tuple[Candidate, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    lin, world = stage
    pk = filled(lin, site=world.first).pk
    looked, sent = Event(), Event()
    before = list(holds.holds_untouched(world.region, now=ENDS).select_related("site"))

    def careless(_over: QuerySet[Application]) -> list[Application]:
        return before  # as it was read before somebody submitted

    monkeypatch.setattr(hold, "_locked", careless)

    def submitting() -> Application:
        looked.wait(timeout=20)
        done = submit(pk, by=lin, now=ENDS)
        sent.set()
        return done

    def ending() -> int:
        looked.set()
        sent.wait(timeout=20)
        return hold._end(Application.objects.none(), event=hold.HOLD_ENDED, now=ENDS)

    at_one_instant(submitting, ending)
    stored = Application.objects.get(pk=pk)
    assert (stored.state, stored.site, taken(world.first)) == (ApplicationState.SUBMITTED, None, 0)
