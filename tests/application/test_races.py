"""Two at the same instant: one wins and the other is told. Each race has its twin with the defence left out."""

from functools import partial
from threading import Barrier

import pytest

from jinbang.application import actions, queries
from jinbang.application.errors import AlreadyApplied, AlreadyDecided
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.models import IdempotencyKey, StateChange
from jinbang.audit.submission import perform_once
from jinbang.kernel.clock import frozen_at
from jinbang.sittings.errors import SiteFull
from jinbang.sittings.models import Site
from tests.application.world import LATER, World, build_world, filled, started, submit, submitted
from tests.cast import NOW, Cast, build_cast
from tests.racing import Contest, together
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> tuple[Cast, World]:
    with frozen_at(NOW):
        cast = build_cast()
        return cast, build_world(cast)


def test_of_two_reviewers_one_decides_and_the_other_is_told(stage: tuple[Cast, World], tier: Tier) -> None:
    cast, world = stage
    pk = submitted(cast.lin.candidate, site=world.first).pk
    zhou = cast.zhou.staff
    acts = [
        partial(actions.approve_application, application_id=pk, version=1, by=zhou, now=LATER),
        partial(actions.return_application, application_id=pk, version=1, reason="请改。", by=zhou, now=LATER),
        partial(actions.propose_refusal, application_id=pk, version=1, reason="不符。", by=zhou, now=LATER),
    ]
    winners = set()
    with Contest(len(acts)) as contest:
        for number in range(1, tier[Measure.RACE_ROUNDS] + 1):
            tier.random.shuffle(acts)
            outcomes = contest.race(acts)
            (winner,) = (one for one in outcomes if isinstance(one, Application))
            losers = [one for one in outcomes if isinstance(one, AlreadyDecided)]
            stored = Application.objects.get(pk=pk)
            assert {loser.fields["state"] for loser in losers} == {stored.state} == {winner.state}
            assert len(losers) == len(acts) - 1
            decided = StateChange.objects.filter(
                subject_id=pk, event__in=("approve", "return", "propose_refusal")
            ).count()
            assert decided == number
            winners.add(stored.state)
            # Nobody is reviewed twice in one version, so the round is put aside by rows to play it again.
            Application.objects.filter(pk=pk).update(state=ApplicationState.SUBMITTED, decided_at=None)
    assert len(winners) > 1, "one contender won every round: no race was run"


def test_without_the_comparison_both_reviewers_decide(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    pk = submitted(cast.lin.candidate, site=world.first).pk
    both_have_looked = Barrier(2)

    def decide(state: ApplicationState) -> bool:
        seen = Application.objects.get(pk=pk)
        both_have_looked.wait(timeout=20)
        if seen.state != ApplicationState.SUBMITTED:
            return False
        Application.objects.filter(pk=pk).update(state=state)
        return True

    outcomes = together(lambda: decide(ApplicationState.APPROVED), lambda: decide(ApplicationState.REFUSED))
    assert outcomes == [True, True]


def test_two_first_clicks_start_one_application(stage: tuple[Cast, World]) -> None:
    cast, _ = stage
    outcomes = together(*[lambda: started(cast.lin.candidate)] * 4)
    assert sum(isinstance(one, Application) for one in outcomes) == 1
    assert sum(isinstance(one, AlreadyApplied) for one in outcomes) == 3
    assert Application.objects.count() == 1


def test_a_form_sent_twice_at_once_submits_once(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    lin = cast.lin.candidate
    pk = filled(lin, site=world.first).pk

    def send() -> str:
        def act() -> str:
            submit(pk, by=lin)
            return f"/applications/{pk}/"

        return perform_once(key="k" * 24, account_id=lin.account_id, action="submit", body={"agree": "on"}, act=act)

    assert together(*[send] * 4) == [f"/applications/{pk}/"] * 4
    assert StateChange.objects.filter(subject_id=pk, event="submit").count() == 1
    assert IdempotencyKey.objects.count() == 1


def test_the_last_place_goes_to_one_and_the_other_keeps_theirs(stage: tuple[Cast, World], tier: Tier) -> None:
    cast, world = stage
    mine = {one: filled(one, site=world.first).pk for one in (cast.lin.candidate, cast.zhao.candidate)}
    with Contest(len(mine)) as contest:
        for _ in range(tier[Measure.RACE_ROUNDS]):
            outcomes = contest.race(
                [
                    partial(actions.fill_site, application_id=pk, site_id=world.last_place.pk, by=by, now=NOW)
                    for by, pk in mine.items()
                ]
            )
            assert sum(isinstance(one, Application) for one in outcomes) == 1
            assert sum(isinstance(one, SiteFull) for one in outcomes) == 1
            for site in Site.objects.all():
                assert site.taken == Application.objects.filter(site=site, state__in=queries.HOLDING_A_PLACE).count()
            # The winner goes back to the first site by rows, and the last place is free again.
            Application.objects.filter(site=world.last_place).update(site=world.first)
            Site.objects.filter(pk=world.last_place.pk).update(taken=0)
            Site.objects.filter(pk=world.first.pk).update(taken=2)
