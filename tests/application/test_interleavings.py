"""An application under random hands: a candidate, three reviewers, the clock, an extension; against an obvious model.

Each step is drawn, told to the model and done for real; the answer and what stands in the database have to be the
model's. The model knows the sentences of docs/cycles/application.md and nothing of the code. What is drawn follows from
the seed of the run, so a failure can be walked again.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from jinbang.application import actions
from jinbang.application.actions.portray import sealed_photo
from jinbang.application.models import Application, LineRequest
from jinbang.application.photo import make_portrait
from jinbang.application.rules import Task
from jinbang.kernel.errors import DomainError
from jinbang.people.queries import Staff
from jinbang.sittings.models import Window
from jinbang.sittings.states import WindowKind
from tests.application.world import (
    AFTER_CLOSE,
    AFTER_REVIEW,
    GOOD_BACKGROUND,
    GOOD_CONDITION,
    SMALL_PHOTO,
    World,
    commit,
    started,
    submit,
)
from tests.cast import NOW, Cast
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db

DURING, BETWEEN, OVER = NOW, AFTER_CLOSE, AFTER_REVIEW
SHARES = 4
"""Walks that may run beside each other; each begins with its own numbers."""
FINAL = {"refused_finally", "withdrawn", "lapsed"}
CANNOT_LEAVE = {*FINAL, "refused", "appealed"}
OPENED_BY = {"employer": {"employer"}, "site": {"site"}, "specialty": {"specialty", "subjects"}, "photo": {"photo"}}
"""Of a return by lines: what one may change then, in the words of the cycle."""


WAITS_IN = {
    "returned": "submitted",
    "approved": "submitted",
    "refusal_proposed": "submitted",
    "refused": "refusal_proposed",
    "sent_back": "refusal_proposed",
    "reopened": "appealed",
    "refused_finally": "appealed",
}
"""What a reviewer may make of a case, and what it has to be then."""
BECOMES = {"sent_back": "submitted", "reopened": "submitted"}


@dataclass
class Model:
    """What the sentences say."""

    state: str = "draft"
    version: int = 1
    lines: set[str] = field(default_factory=set)
    time: str = "during"
    is_extended: bool = False
    has_been_submitted: bool = False
    refused_in: str = ""

    def may_write(self) -> bool:
        """In the window; what was returned, as long as reviewing goes on; an extension makes the window longer."""
        if self.time == "during" or (self.time == "between" and self.is_extended):
            return True
        return self.time == "between" and self.state == "returned"

    def edit(self, line: str) -> str:
        """Return the refusal, or nothing."""
        if self.state not in {"draft", "returned"}:
            return "application_not_editable"
        opened = set().union(*(OPENED_BY[one] for one in self.lines))
        if self.state == "returned" and self.lines and line not in opened:
            return "application_line_locked"
        return "" if self.may_write() else "window_closed"

    def submit(self) -> str:
        if self.state not in {"draft", "returned"}:
            return "application_not_editable"
        if not self.may_write():
            return "window_closed"
        self.version += self.state == "returned"
        self.state, self.lines = "submitted", set()
        return ""

    def withdraw(self) -> str:
        if self.state in CANNOT_LEAVE:
            return "illegal_transition"
        self.state = "withdrawn"
        return ""

    def decide(self, becomes: str, *, seen: int, lines: set[str]) -> str:
        """Decide as the case waits to be decided, on the version that stands."""
        if not self.has_been_submitted:
            return "application_not_found"
        if self.state != WAITS_IN[becomes] or seen != self.version:
            return "already_decided"
        self.state, self.lines = BECOMES.get(becomes, becomes), lines
        if becomes == "refused":
            self.refused_in = self.time
        return ""

    def appeal(self) -> str:
        """While the time for it runs: five working days, which are over in the next of the three times."""
        if self.state != "refused" or self.refused_in != self.time:
            return "appeal_closed"
        self.state = "appealed"
        return ""

    def lapse(self) -> str:
        if self.state == "returned" and self.time == "over":
            self.state = "lapsed"
        if self.state == "refused" and self.refused_in != self.time:
            self.state = "refused_finally"
        return ""

    @property
    def holds_a_place(self) -> bool:
        return self.state not in FINAL


class Hands:
    """Everybody who acts, on one application after the other."""

    def __init__(self, cast: Cast, world: World, *, seed: int) -> None:
        """Draw everything from one seed."""
        self.cast, self.world, self.random = cast, world, random.Random(seed)  # noqa: S311  # to be repeated
        self.pk = self.complete_draft()
        self.untouched = transaction.savepoint()
        self.begin()

    def begin(self) -> None:
        """Start afresh: the season before its extension, an application that is complete and a draft."""
        transaction.savepoint_rollback(self.untouched)
        self.model = Model()
        self.seen: dict[str, int] = {}

    def complete_draft(self) -> UUID:
        by = self.cast.lin.candidate
        pk = started(by).pk
        actions.fill_specialty(application_id=pk, specialty_code="civil", by=by, now=NOW)
        actions.fill_track(application_id=pk, track_code="full", by=by, now=NOW)
        actions.fill_background(application_id=pk, answer=GOOD_BACKGROUND, by=by, now=NOW)
        actions.fill_condition(application_id=pk, condition_code=GOOD_CONDITION, by=by, now=NOW)
        actions.fill_subjects(application_id=pk, subject_codes=("basics", "practice"), by=by, now=NOW)
        actions.fill_employer(application_id=pk, employer="某公司", by=by, now=NOW)
        actions.fill_site(application_id=pk, site_id=self.world.first.pk, by=by, now=NOW)
        row = Application.objects.select_related("person").get(pk=pk)
        portrait = make_portrait(SMALL_PHOTO)
        sealed_photo(portrait, row, person=row.person, by=by, now=NOW).save(force_insert=True)
        commit(pk, by=by)
        return pk

    @property
    def now(self) -> datetime:
        return {"during": DURING, "between": BETWEEN, "over": OVER}[self.model.time]

    def walk(self, steps: int) -> None:
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        """Draw one act, and hold the world against the model."""
        if self.model.state in FINAL and self.random.random() < 0.6:
            self.begin()
        draw = self.random.choice(
            (
                *("edit", "edit", "submit", "submit", "look", "look", "decide", "decide", "decide"),
                *("look_again", "look_again", "appeal", "clock", "withdraw"),
            )
        )
        expected, got = getattr(self, draw)()
        assert got == expected, (draw, self.model)
        stands = Application.objects.values_list("state", "version", "site__taken").get(pk=self.pk)
        assert stands == (self.model.state, self.model.version, int(self.model.holds_a_place)), draw

    def edit(self) -> tuple[str, str]:
        by, pk, now = self.cast.lin.candidate, self.pk, self.now
        line = self.random.choice(("employer", "specialty", "subjects", "site"))
        acts = {
            "employer": lambda: actions.fill_employer(application_id=pk, employer="另一公司", by=by, now=now),
            "specialty": lambda: actions.fill_specialty(application_id=pk, specialty_code="civil", by=by, now=now),
            "subjects": lambda: actions.fill_subjects(application_id=pk, subject_codes=("basics",), by=by, now=now),
            "site": lambda: actions.fill_site(application_id=pk, site_id=self.world.first.pk, by=by, now=now),
        }
        return self.model.edit(line), refusal_of(acts[line])

    def submit(self) -> tuple[str, str]:
        expected = self.model.submit()
        self.model.has_been_submitted |= not expected
        return expected, refusal_of(lambda: submit(self.pk, by=self.cast.lin.candidate, now=self.now))

    def withdraw(self) -> tuple[str, str]:
        if self.random.random() < 0.7:  # rarely, or nothing else would happen
            return "", ""
        by = self.cast.lin.candidate
        return self.model.withdraw(), refusal_of(
            lambda: actions.withdraw_application(application_id=self.pk, by=by, now=self.now)
        )

    def look(self) -> tuple[str, str]:
        """One of two reviewers opens the page and keeps the version they saw, perhaps for long."""
        self.seen[self.random.choice(("first", "second"))] = self.model.version
        return "", ""

    def decide(self) -> tuple[str, str]:
        who = self.random.choice(("first", "second"))
        seen, becomes = (
            self.seen.get(who, 1),
            self.random.choice(("returned", "returned", "approved", "refusal_proposed")),
        )
        lines = set(self.random.sample(sorted(OPENED_BY), self.random.randrange(3))) if becomes == "returned" else set()
        expected = self.model.decide(becomes, seen=seen, lines=lines)
        return expected, refusal_of(
            lambda: self.really_decide(becomes, seen=seen, lines=lines, by=self.cast.zhou.staff)
        )

    def really_decide(self, becomes: str, *, seen: int, lines: set[str], by: Staff) -> None:
        if becomes == "approved":
            actions.approve_application(application_id=self.pk, version=seen, by=by, now=self.now)
        elif becomes == "refusal_proposed":
            actions.propose_refusal(application_id=self.pk, version=seen, reason="不符合。", by=by, now=self.now)
        else:
            actions.return_application(application_id=self.pk, version=seen, reason="请修改。", by=by, now=self.now)
            LineRequest.objects.bulk_create(
                [
                    LineRequest(application_id=self.pk, version=seen, line=Task(line).value, words="请修改")
                    for line in sorted(lines)
                ]
            )

    def look_again(self) -> tuple[str, str]:
        """Let a second reviewer judge a proposal, or a third one an appeal."""
        who, act = self.random.choice(
            (
                (self.cast.bai, "refused"),
                (self.cast.bai, "sent_back"),
                (self.cast.shi, "reopened"),
                (self.cast.shi, "refused_finally"),
            )
        )
        seen = self.random.choice((self.model.version, self.model.version, self.seen.get("second", 1)))
        expected = self.model.decide(act, seen=seen, lines=set())
        return expected, refusal_of(lambda: self.really_look_again(act, seen=seen, by=who.staff))

    def really_look_again(self, becomes: str, *, seen: int, by: Staff) -> None:
        if becomes == "refused":
            actions.confirm_refusal(application_id=self.pk, version=seen, by=by, now=self.now)
        else:
            act = {
                "sent_back": actions.send_back,
                "reopened": actions.reopen_application,
                "refused_finally": actions.uphold_refusal,
            }[becomes]
            act(application_id=self.pk, version=seen, reason="已核对。", by=by, now=self.now)

    def appeal(self) -> tuple[str, str]:
        by = self.cast.lin.candidate
        return self.model.appeal(), refusal_of(
            lambda: actions.appeal_refusal(application_id=self.pk, words="有误。", by=by, now=self.now)
        )

    def clock(self) -> tuple[str, str]:
        """Let time pass to the next of three times and its worker run, or extend the window; time never goes back."""
        if self.model.time == "between" and not self.model.is_extended and self.random.random() < 0.5:
            window = Window.objects.get(sitting=self.world.sitting, region=None, kind=WindowKind.APPLICATION)
            Window.objects.create(
                sitting=self.world.sitting,
                kind=WindowKind.APPLICATION,
                opens=window.opens,
                closes=AFTER_REVIEW,
                version=2,
                created_at=BETWEEN,
            )
            self.model.is_extended = True
            return "", ""
        if self.random.random() < 0.3:
            self.model.time = {"during": "between", "between": "over", "over": "over"}[self.model.time]
        self.model.lapse()
        actions.lapse_returned_applications(now=self.now)
        actions.settle_refusals(now=self.now)
        return "", ""


def refusal_of(act: Callable[[], object]) -> str:
    """Return the code of the refusal, or nothing."""
    try:
        act()
    except DomainError as refusal:
        return refusal.code
    return ""


@pytest.fixture(params=range(SHARES))
def hands(cast: Cast, world: World, tier: Tier) -> Hands:
    return Hands(cast, world, seed=tier.random.getrandbits(32))


def test_no_interleaving_leaves_the_sentences(hands: Hands, tier: Tier) -> None:
    is_server = connection.vendor == "postgresql"
    measure = Measure.INTERLEAVED_STEPS_ON_A_SERVER if is_server else Measure.INTERLEAVED_STEPS
    hands.walk(tier[measure] // SHARES)


def test_the_model_would_notice_a_lock_left_open(cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: with the defence left out the walk fails within a few hundred steps."""
    monkeypatch.setattr("jinbang.application.locks.may_edit", lambda *_, **__: True)
    with pytest.raises(AssertionError):
        Hands(cast, world, seed=2026).walk(2_000)
