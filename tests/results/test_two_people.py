"""Whatever six officers do in whatever order, nothing is released that two others have not signed as it stands.

A state machine drives the program's own actions, and tampers with its tables behind them. The oracle knows none of its
code: it reads the rows, canonicalises, hashes and verifies by itself, and keeps its own list of who had a hand in it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from jinbang.kernel.crypto import verify
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind
from jinbang.people.models import OfficerKey
from jinbang.people.states import Role
from jinbang.results import warrant
from jinbang.results.actions import handover, marks, pass_marks, roster
from jinbang.results.actions import release as actions
from jinbang.results.actions.roster import Standing
from jinbang.results.models import (
    HandedOverFile,
    MarkBatch,
    Outcome,
    PassMark,
    Release,
    RosterEntry,
    ViolationCase,
    WarrantSignature,
)
from jinbang.results.states import BatchState, PassMarkState
from jinbang.results.violations import actions as violations
from jinbang.results.violations.states import CaseArticle, Remedy, Service
from tests.cast import LIN_NUMBER, NOW, PASSPHRASE, Cast, StaffMember
from tests.insert_only import RELEASES, laid_open
from tests.results.conftest import give_plain_key
from tests.results.own_root import canonical, leaves, merkle
from tests.results.test_actions_enrol import number as number_of
from tests.results.test_actions_handover import file_of, line
from tests.results.world import CORRECTED, World, marks_csv, with_roles
from tests.tiers import Measure, Tier

OUT = {"armed", "released"}
STEPS = 50
SIX = ("he", "lyu", "feng", "chu", "wei", "jiang")
officers = st.sampled_from(SIX)


class ReleaseMachine(RuleBasedStateMachine):
    """Six officers, four roles given and ended, files, pass marks, every step of a release, and tampering."""

    world: World
    staff: dict[str, StaffMember]

    def __init__(self) -> None:
        """Open a savepoint that the end of the example rolls back."""
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = NOW
        self.serial = 0
        self.authors: dict[int, set[str]] = {}  # per generation: who had a hand in what is in it
        self.hands: set[str] = set()
        self.current = dict(self.staff)
        self.is_drafted = False  # once there is a release it stays: asked of the table it would cost half the time

    def teardown(self) -> None:
        """Roll back whatever this example did."""
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, name: str, act: Callable[[], Any], *, is_author: bool = True) -> Any:  # noqa: ANN401  # whatever the action returns
        """Let an officer try something; whoever succeeds with an edit has a hand in what is released."""
        try:
            done = act()
        except DomainError:
            return None
        if is_author:
            self.hands.add(str(self.staff[name].account.pk))
        return done

    @property
    def release(self) -> Release | None:
        """The release as it stands."""
        return Release.objects.filter(region=self.world.region).first()

    # ------------------------------------------------------------ who may what
    @rule(name=officers, role=st.sampled_from([Role.MARKS_CLERK, Role.MARKS_VERIFIER, Role.RELEASE_OFFICER]))
    def grant(self, name: str, role: Role) -> None:
        unit = {"he": "考务处", "lyu": "信息处", "feng": "考务处"}.get(name, "第三处")
        self.current[name] = with_roles(self.current[name], role, at=self.world.cast.shanxi, unit=unit)

    @rule(name=officers)
    def revoke(self, name: str) -> None:
        self.current[name] = StaffMember(self.staff[name].account, self.staff[name].staff)

    # ------------------------------------------------------------ edits
    @rule(name=officers, number=st.integers(0, 100))
    def stage(self, name: str, number: int) -> None:
        self.serial += 1
        given = {"T00001": {"basics": f"{number}", "practice": f"{self.serial % 100}"}}
        content = marks_csv(self.world, given)
        by = self.current[name].staff
        self.attempt(
            name,
            lambda: marks.stage_marks(
                region=self.world.region, file_name="f", content=content, declared=CORRECTED, by=by, now=self.now
            ),
        )

    @rule(name=officers)
    def verify(self, name: str) -> None:
        batch = MarkBatch.objects.filter(state=BatchState.STAGED.value).first()
        if batch is not None:
            by = self.current[name].staff
            self.attempt(
                name,
                lambda: marks.validate_batch(batch_id=batch.pk, totals=batch.manifest, by=by, now=self.now),
            )

    @rule(name=officers)
    def discard(self, name: str) -> None:
        batch = MarkBatch.objects.exclude(state=BatchState.DISCARDED.value).order_by("-id").first()
        if batch is not None:
            by = self.current[name].staff
            self.attempt(name, lambda: marks.discard_batch(batch_id=batch.pk, reason="x", by=by, now=self.now))

    @rule(mark=st.integers(1, 10_000), name=st.sampled_from(["jiang", "shen"]))
    def set_pass_mark(self, mark: int, name: str) -> None:
        by = self.world.cast.jiang.staff
        self.attempt(
            "jiang",
            lambda: pass_marks.propose_pass_mark(
                region=self.world.region,
                level_code="level-2",
                subject_code="basics",
                mark_hundredths=mark,
                document_number="x",
                by=by,
                now=self.now,
            ),
        )
        waiting = PassMark.objects.filter(state=PassMarkState.PROPOSED.value).first()
        if waiting is not None:
            decider = getattr(self.world.cast, name).staff
            self.attempt(
                "jiang", lambda: pass_marks.approve_pass_mark(pass_mark_id=waiting.pk, by=decider, now=self.now)
            )

    @rule(name=officers, other=officers, is_found=st.booleans())
    def deal_with_a_violation(self, name: str, other: str, *, is_found: bool) -> None:
        """Open a case, or take the next step of the one that is open."""
        by, decider = self.current[name].staff, self.current[other].staff
        case = ViolationCase.objects.exclude(state__in=["dropped", "overturned"]).order_by("id").first()
        if case is None:
            given: dict[str, Any] = {
                "region": self.world.region,
                "subject_code": "basics",
                "tickets": ["T00001", "T00002"],
            }
            self.attempt(name, lambda: violations.note_similar_answers(**given, facts="x", by=by, now=self.now))
        elif case.state == "noted":
            given = {"case_id": case.pk, "article": CaseArticle.SIMILAR, "charge": "x"}
            self.attempt(name, lambda: violations.charge_violation(**given, by=by, now=self.now))
        elif case.state == "charged":
            given = {"case_id": case.pk, "service": Service.IN_PERSON, "served_on": self.now.date()}
            self.attempt(name, lambda: violations.notify_violation(**given, by=by, now=self.now))
        elif case.state == "found":
            given = {"case_id": case.pk, "remedy": Remedy.COURT, "document_number": "x", "reason": "x"}
            day = self.now.date()
            self.attempt(other, lambda: violations.overturn_decision(**given, decided_on=day, by=decider, now=self.now))
        elif is_found:
            given = {"case_id": case.pk, "article": CaseArticle.SIMILAR, "document_number": f"{self.serial}"}
            self.attempt(other, lambda: violations.find_violation(**given, by=decider, now=self.now))
        else:
            self.attempt(
                other, lambda: violations.drop_violation(case_id=case.pk, reason="x", by=decider, now=self.now)
            )

    @rule(name=officers, other=officers)
    def hand_over_an_earlier_pass(self, name: str, other: str) -> None:
        """Bring in what another system says of an earlier year, have it linked, or undo the link."""
        by, linking = self.current[name].staff, self.current[other].staff
        row = HandedOverFile.objects.first()
        if row is None:
            content = file_of(line("某人", number_of(3)))
            given: dict[str, Any] = {"region": self.world.region, "content": content}
            self.attempt(name, lambda: handover.import_handover(**given, by=by, now=self.now))
        elif row.state == "waiting":
            given = {"file_id": row.pk, "kind": DocumentKind.RESIDENT_ID, "number": LIN_NUMBER}
            self.attempt(other, lambda: handover.link_file(**given, by=linking, now=self.now))
        else:
            self.attempt(other, lambda: handover.unlink_file(file_id=row.pk, reason="x", by=linking, now=self.now))

    @rule(name=officers, district=st.sampled_from(["140311", "140321", "140100"]))
    def correct_a_row_of_the_roster(self, name: str, district: str) -> None:
        """Register somebody elsewhere, where another line may hold."""
        entry, by = RosterEntry.objects.get(ticket_number="T00001"), self.current[name].staff
        to = replace(Standing.of(entry), district=district)
        if to != Standing.of(entry):
            given: dict[str, Any] = {"entry_id": entry.pk, "to": to, "reason": "x"}
            self.attempt(name, lambda: roster.correct_entry(**given, by=by, now=self.now))

    # ------------------------------------------------------------ the release
    @rule(name=officers, hours=st.integers(1, 48))
    def draft(self, name: str, hours: int) -> None:
        by, opens_at = self.current[name].staff, self.now + timedelta(hours=hours)
        drafted = self.attempt(
            name,
            lambda: actions.draft_release(region=self.world.region, opens_at=opens_at, by=by, now=self.now),
        )
        self.is_drafted = self.is_drafted or drafted is not None

    @precondition(lambda self: self.is_drafted)
    @rule(name=officers, is_sealed_too=st.booleans())
    def validate(self, name: str, *, is_sealed_too: bool) -> None:
        by, key = self.current[name].staff, self.release.pk  # type: ignore[union-attr]  # the precondition
        self.attempt(name, lambda: actions.validate_release(release_id=key, by=by, now=self.now))
        if is_sealed_too:
            self.attempt(name, lambda: actions.seal_release(release_id=key, by=by, now=self.now))

    @precondition(lambda self: self.is_drafted)
    @rule(names=st.lists(officers, min_size=1, max_size=3))
    def sign(self, names: list[str]) -> None:
        for name in names:
            release = self.release
            assert release is not None
            by = self.current[name].staff
            self.attempt(
                name,
                lambda release=release, by=by: actions.sign_release(  # type: ignore[misc]  # bound as defaults on purpose
                    release_id=release.pk,
                    warrant_hash=release.warrant_hash or "00" * 32,
                    passphrase=PASSPHRASE,
                    by=by,
                    now=self.now,
                ),
                is_author=False,
            )

    @precondition(lambda self: self.is_drafted)
    @rule(name=officers)
    def reopen(self, name: str) -> None:
        by, key = self.current[name].staff, self.release.pk  # type: ignore[union-attr]  # the precondition
        self.attempt(
            name,
            lambda: actions.reopen_release(release_id=key, reason="x", by=by, now=self.now),
            is_author=False,
        )

    @precondition(lambda self: self.is_drafted)
    @rule(number=st.integers(0, 100))
    def seal_something_else(self, number: int) -> None:
        """Open it again, seal other marks, and let one of the two sign those: both old signatures are still there."""
        self.reopen(name="he")
        self.stage(name="chu", number=number)
        self.verify(name="wei")
        self.validate(name="chu", is_sealed_too=True)
        self.sign(names=["he"])

    @precondition(lambda self: self.is_drafted)
    @rule(name=officers)
    def correct(self, name: str) -> None:
        by, key = self.current[name].staff, self.release.pk  # type: ignore[union-attr]  # the precondition
        opens_at = self.now + timedelta(hours=5)
        self.attempt(
            name,
            lambda: actions.correct_release(release_id=key, opens_at=opens_at, reason="x", by=by, now=self.now),
        )

    @precondition(lambda self: self.is_drafted)
    @rule(hours=st.integers(0, 30))
    def let_the_system_go_on(self, hours: int) -> None:
        release = self.release
        assert release is not None
        self.attempt("he", lambda: actions.void_if_changed(release_id=release.pk, now=self.now), is_author=False)
        before = self.release.state  # type: ignore[union-attr]  # the same row
        self.attempt("he", lambda: actions.arm_release(release_id=release.pk, now=self.now), is_author=False)
        self.require_two_people(before)
        self.now += timedelta(hours=hours)
        before = self.release.state  # type: ignore[union-attr]  # the same row
        self.attempt("he", lambda: actions.release_results(release_id=release.pk, now=self.now), is_author=False)
        self.require_two_people(before)

    @initialize(steps=st.integers(0, 8), number=st.integers(0, 100))
    def begin_somewhere(self, steps: int, number: int) -> None:
        """Begin anywhere on the way, at its end as well: Hypothesis leaves some rules out of an example altogether."""
        self.go_ahead(steps=steps, number=number)

    @rule(steps=st.integers(1, 6), number=st.integers(0, 100))
    def go_ahead(self, steps: int, number: int) -> None:
        """Take the next steps as a well-ordered centre would: chance alone would hardly ever get to the end."""
        for _ in range(steps):
            release = self.release
            if not MarkBatch.objects.filter(state=BatchState.VALID.value).exists():
                self.stage(name="chu", number=number)
                self.verify(name="wei")
            elif release is None or (release.opens_at <= self.now and release.state in {"draft", "validated"}):
                self.draft(name="chu", hours=12)
            elif release.state in {"draft", "validated"}:
                self.validate(name="chu", is_sealed_too=True)
            elif release.state == "sealed":
                self.sign(names=["he", "lyu"])
            else:
                self.let_the_system_go_on(hours=13)

    # ------------------------------------------------------------ behind the program's back
    @precondition(lambda self: self.is_drafted)
    @rule(what=st.sampled_from(["outcome", "bearer", "state", "hash", "instant", "replay", "rename"]))
    def tamper(self, what: str) -> None:
        rows = Release.objects.filter(region=self.world.region).exclude(state__in=OUT)
        signatures = WarrantSignature.objects.all()
        if what == "outcome":
            Outcome.objects.filter(generation=1).update(overall="passed")
        elif what == "bearer":
            RosterEntry.objects.filter(ticket_number="T00001").update(district="140321")
        elif what == "state":
            with laid_open(RELEASES):
                rows.update(state="approved")
        elif what == "hash" and (old := signatures.first()) is not None:
            rows.update(warrant_hash=old.warrant_hash)
        elif what == "instant":
            rows.update(opens_at=self.now + timedelta(minutes=1))
        elif what == "replay" and (release := self.release) is not None:
            signatures.filter(officer_id=self.staff["he"].account.pk).exclude(
                warrant_hash=release.warrant_hash
            ).delete()
        elif what == "rename" and (row := signatures.last()) is not None:
            row.pk = None
            row.officer_id, row.unit = self.staff["feng"].account.pk, "改名处"
            row._state.adding = True
            if not signatures.filter(officer_id=row.officer_id, warrant_hash=row.warrant_hash).exists():
                row.save()

    # ------------------------------------------------------------ the oracle
    def require_two_people(self, before: str) -> None:
        """Whenever something has just become armed or released: two valid signatures of two others, over just this."""
        release = self.release
        assert release is not None
        if release.state not in OUT or release.state == before:
            return
        COUNTED["out"] += 1
        description = release.warrant
        assert hashlib.sha256(canonical(description)).hexdigest() == release.warrant_hash
        assert description["marks_root"] == merkle(leaves(release)).hex()
        assert datetime.fromisoformat(description["opens_at"]) == release.opens_at
        good = [row for row in WarrantSignature.objects.filter(release=release) if self.is_good(row, release)]
        assert len({row.officer_id for row in good}) >= 2, "fewer than two people"
        assert len({row.unit for row in good}) >= 2, "fewer than two units"

    def is_good(self, row: WarrantSignature, release: Release) -> bool:
        """Whether a signature is over the present hash, by the officer's own key, of nobody who had a hand in it."""
        own = OfficerKey.objects.filter(account=row.officer_id, public_key=row.public_key).exists()
        if not own or str(row.officer_id) in self.hands:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(row.public_key)).verify(
                bytes.fromhex(row.signature), bytes.fromhex(release.warrant_hash)
            )
        except InvalidSignature:
            return False
        return True


class SignedMachine(ReleaseMachine):
    """The same, begun where the signatures stand and nothing is armed yet: what comes next decides."""

    @initialize(steps=st.just(4), number=st.integers(0, 100))
    def begin_somewhere(self, steps: int, number: int) -> None:
        """Stage, draft, seal, sign."""
        self.go_ahead(steps=steps, number=number)


COUNTED = {"out": 0}


@pytest.fixture
def machine(world: World, cast: Cast, quick_signing: None) -> type[ReleaseMachine]:
    """Return the machine, standing in a region whose marks and roles are there."""
    for name in ("feng", "chu", "wei", "jiang"):
        give_plain_key(getattr(cast, name))
    ReleaseMachine.world = world  # and of the machine that is one of these
    ReleaseMachine.staff = {name: getattr(cast, name) for name in SIX}
    COUNTED["out"] = 0
    return ReleaseMachine


def run(machine: type[ReleaseMachine], *, examples: int, phases: tuple[Phase, ...] = (Phase.generate,)) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_nothing_is_released_without_two_others_signatures_over_just_this(
    machine: type[ReleaseMachine], tier: Tier
) -> None:
    run(machine, examples=tier[Measure.RULE_STEPS_IN_DATABASE] // STEPS, phases=(Phase.generate, Phase.shrink))
    assert COUNTED["out"] > 10, "hardly any example got as far as a release: the test proves nothing"


@pytest.mark.django_db
@pytest.mark.usefixtures("machine")
def test_without_the_binding_to_the_hash_the_machine_finds_a_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: signatures are verified over the hash they were made for, which need not be the one now sealed."""

    def is_over_something(signature: warrant.SignatureFacts, _warrant_hash: str) -> bool:
        return verify(*(bytes.fromhex(x) for x in (signature.public_key, signature.warrant_hash, signature.signature)))

    monkeypatch.setattr(warrant, "_is_over", is_over_something)
    with pytest.raises(AssertionError, match="fewer than two people"):
        run(SignedMachine, examples=400)
