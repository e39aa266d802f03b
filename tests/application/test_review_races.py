"""Reviewers at the same instant: one wins and the other is told. Each race has a twin with its defence left out."""

from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from jinbang.application import actions, caseload
from jinbang.application.errors import AlreadyDecided, CaseClaimed
from jinbang.application.models import Application
from jinbang.application.reviewing import USUAL_TERMS
from jinbang.application.states import ApplicationState as S
from jinbang.audit.models import StateChange
from jinbang.kernel.clock import frozen_at
from jinbang.people.queries import Staff
from tests.application.world import LATER, World, build_world, submitted
from tests.cast import NOW, Cast, build_cast
from tests.racing import Contest, together
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = USUAL_TERMS.lease
FREE: dict[str, Any] = {"claimed_by_id": None, "claimed_until": None}


@pytest.fixture
def stage() -> tuple[Cast, World]:
    with frozen_at(NOW):
        cast = build_cast()
        return cast, build_world(cast)


def put_back(pk: UUID, **columns: datetime | None) -> None:
    """Put a round aside by rows to play it again: nobody is reviewed twice in one version otherwise."""
    Application.objects.filter(pk=pk).update(state=S.SUBMITTED, decided_at=None, reason="", **{**FREE, **columns})


def decisions(pk: UUID) -> int:
    events = ("approve", "return", "propose_refusal", "refuse", "send_back")
    return StateChange.objects.filter(subject_id=pk, event__in=events).count()


def test_confirm_against_send_back(stage: tuple[Cast, World], tier: Tier) -> None:
    cast, world = stage
    pk = submitted(cast.lin.candidate, site=world.first).pk
    winners = set()
    with Contest(2) as contest:
        for number in range(1, tier[Measure.RACE_ROUNDS] + 1):
            seen: dict[str, Any] = {"application_id": pk, "version": 1, "now": LATER}
            proposed = actions.propose_refusal(**seen, reason="学历不符。", by=cast.zhou.staff)
            acts = [
                partial(actions.confirm_refusal, **seen, by=cast.bai.staff, seen_at=proposed.decided_at),
                partial(actions.send_back, **seen, reason="再看。", by=cast.shi.staff, seen_at=proposed.decided_at),
            ]
            tier.random.shuffle(acts)
            outcomes = contest.race(acts)
            (winner,) = (one for one in outcomes if isinstance(one, Application))
            (loser,) = (one for one in outcomes if isinstance(one, AlreadyDecided))
            assert loser.fields["state"] == Application.objects.get(pk=pk).state == winner.state
            assert decisions(pk) == number * 2
            winners.add(winner.state)
            put_back(pk, appeal_until=None)
    assert len(winners) > 1, "one contender won every round: no race was run"


def test_two_who_ask_for_the_next_case_never_get_the_same(stage: tuple[Cast, World], tier: Tier) -> None:
    cast, world = stage
    cases = {submitted(one.candidate, site=world.first) for one in (cast.lin, cast.zhao)}
    acts = [partial(actions.claim_next_case, by=one.staff, now=LATER) for one in (cast.zhou, cast.bai, cast.shi)]
    with Contest(len(acts)) as contest:
        for _ in range(tier[Measure.RACE_ROUNDS]):
            taken = contest.race(acts)
            assert len([one for one in taken if one is None]) == 1, "three ask and there are two"
            assert {one for one in taken if one is not None} == cases
            Application.objects.update(**FREE)


def test_a_lease_that_ends_is_either_decided_under_or_taken_over(stage: tuple[Cast, World], tier: Tier) -> None:
    cast, world = stage
    pk = submitted(cast.lin.candidate, site=world.first).pk
    over = LATER + LEASE
    acts = [
        partial(actions.approve_application, application_id=pk, version=1, by=cast.zhou.staff, now=over),
        partial(actions.claim_case, application_id=pk, by=cast.bai.staff, now=over),
    ]
    endings = set()
    with Contest(2) as contest:
        for _ in range(tier[Measure.RACE_ROUNDS]):
            actions.claim_case(application_id=pk, by=cast.zhou.staff, now=LATER)
            decided, _taken = contest.race(acts)
            stored = Application.objects.get(pk=pk)
            if isinstance(decided, CaseClaimed):
                assert (stored.state, stored.claimed_by_id) == (S.SUBMITTED, cast.bai.staff.account_id)
            else:
                assert isinstance(decided, Application)
                assert (stored.state, stored.claimed_by_id) == (S.APPROVED, None)
            endings.add(stored.state)
            put_back(pk)
    assert endings <= {S.SUBMITTED, S.APPROVED}


# ---------------------------------------------------------------- the twins: the same, with the defence left out


def test_without_the_comparison_a_refusal_is_confirmed_and_sent_back(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    pk = submitted(cast.lin.candidate, site=world.first).pk
    actions.propose_refusal(application_id=pk, version=1, reason="学历不符。", by=cast.zhou.staff, now=LATER)
    both_have_looked = Barrier(2)

    def decide(state: S) -> bool:
        seen = Application.objects.get(pk=pk)
        both_have_looked.wait(timeout=60)
        return seen.state == S.REFUSAL_PROPOSED and Application.objects.filter(pk=pk).update(state=state) == 1

    assert together(partial(decide, S.REFUSED), partial(decide, S.SUBMITTED)) == [True, True]


def test_without_the_condition_two_get_the_same_next_case(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    pk = submitted(cast.lin.candidate, site=world.first).pk
    both_have_looked = Barrier(2)

    def take(by: Staff) -> UUID:
        free = caseload.cases_on_desk(by).filter(caseload.free_for(by, LATER)).first()
        both_have_looked.wait(timeout=60)
        assert free is not None
        Application.objects.filter(pk=free.pk).update(claimed_by_id=by.account_id, claimed_until=LATER + LEASE)
        return free.pk

    assert together(partial(take, cast.zhou.staff), partial(take, cast.bai.staff)) == [pk, pk]


def test_without_the_claim_in_the_comparison_a_lease_thief_commits(
    stage: tuple[Cast, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, world = stage
    pk = submitted(cast.lin.candidate, site=world.first).pk
    over = LATER + LEASE + timedelta(seconds=1)
    actions.claim_case(application_id=pk, by=cast.zhou.staff, now=LATER)
    actions.claim_case(application_id=pk, by=cast.bai.staff, now=over)
    stolen = partial(actions.approve_application, application_id=pk, version=1, by=cast.zhou.staff, now=over)
    with pytest.raises(CaseClaimed):
        stolen()
    monkeypatch.setattr(caseload, "free_for", lambda by, now: Q())  # noqa: ARG005  # the defence left out
    assert stolen().state == S.APPROVED
