"""Marks and pass mark, together or apart; what is signed with a passkey; and that any edit voids."""

from datetime import timedelta

import pytest

from jinbang.audit.models import StateChange
from jinbang.kernel.errors import WrongPassphrase
from jinbang.people.models import OfficerKey
from jinbang.people.states import KeyKind
from jinbang.results import queries
from jinbang.results.actions import release as actions
from jinbang.results.errors import PasskeyRefused, WarrantNotApproved
from jinbang.results.models import Mark, Release, WarrantSignature
from jinbang.results.violations import actions as violations
from jinbang.results.warrant import hash_of
from tests.cast import NOW, Cast, StaffMember
from tests.insert_only import RELEASES, laid_open
from tests.passkeys import HOST, SoftPasskey
from tests.results.world import (
    OPENS,
    World,
    approved,
    bring_in,
    enrol,
    many_people,
    outcome_of,
    released,
    sealed,
    set_pass_mark,
    set_pass_marks,
    signed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
LATER = OPENS + timedelta(days=3)


def next_generation(world: World, reason: str) -> None:
    actions.correct_release(
        release_id=world.release.pk, opens_at=LATER, reason=reason, by=world.cast.chu.staff, now=OPENS
    )


# ---------------------------------------------------------------- together or apart
def test_marks_alone_are_a_warrant_of_their_own_and_nothing_downstream_may_start(world: World) -> None:
    bring_in(world, {"T00003": {"basics": "缺考", "practice": "缺考"}})
    release = released(world)
    assert (release.kind, release.warrant["kind"], release.out) == ("marks", "marks", release.warrant)
    assert {outcome_of(world, place).overall for place in (0, 1)} == {"awaiting_pass_mark"}
    assert [outcome.entry for outcome in queries.settled_outcomes(world.region)] == [world.entries[2]]


def test_the_pass_mark_that_was_missing_is_a_warrant_over_the_very_same_marks(world: World) -> None:
    bring_in(world, {"T00002": {"basics": "59"}})
    first = released(world)
    set_pass_marks(world)
    next_generation(world, "公布合格标准")
    second = released(world, opens_at=LATER, now=OPENS)
    assert (second.kind, second.generation) == ("pass_mark", 2)
    assert second.warrant["scores_root"] == first.warrant["scores_root"]
    assert second.warrant["marks_root"] != first.warrant["marks_root"]
    assert second.warrant["continues"] == first.warrant_hash == hash_of(first.warrant)
    assert [outcome_of(world, place, generation=2).overall for place in (0, 1)] == ["passed", "partial"]
    assert queries.settled_outcomes(world.region).count() == 3


def test_a_pass_mark_that_comes_with_another_mark_is_no_warrant_for_a_pass_mark_alone(world: World) -> None:
    bring_in(world)
    released(world)
    set_pass_marks(world)
    next_generation(world, "公布合格标准")
    bring_in(world, {"T00001": {"basics": "61"}})
    assert sealed(world, opens_at=LATER, now=OPENS).kind == "marks_and_pass_mark"


def test_together_and_a_later_correction_stay_together(world: World) -> None:
    set_pass_marks(world)
    bring_in(world)
    assert released(world).kind == "marks_and_pass_mark"
    next_generation(world, "更正")
    assert sealed(world, opens_at=LATER, now=OPENS).kind == "marks_and_pass_mark"


def test_what_is_being_prepared_is_not_out(world: World) -> None:
    set_pass_marks(world)
    bring_in(world)
    sealed(world)
    assert not queries.settled_outcomes(world.region).exists()


# ---------------------------------------------------------------- passkeys
def give_passkey(member: StaffMember, *, host: str = HOST) -> SoftPasskey:
    """Let an officer sign with a passkey in software from now on."""
    passkey = SoftPasskey()
    OfficerKey.objects.filter(account=member.account).update(retired_at=NOW)
    OfficerKey.objects.create(
        account=member.account,
        kind=KeyKind.PASSKEY.value,
        public_key=passkey.public_key.hex(),
        credential_id=passkey.credential_id.hex(),
        relying_party=host,
        created_at=NOW,
    )
    return passkey


def by_passkey(release: Release, member: StaffMember, passkey: SoftPasskey, *, over: str = "") -> Release:
    return actions.sign_release(
        release_id=release.pk,
        warrant_hash=release.warrant_hash,
        assertion=passkey.sign(bytes.fromhex(over or release.warrant_hash)),
        by=member.staff,
        now=NOW,
    )


@pytest.fixture
def ready(world: World) -> World:
    """Return the world, ready to be released."""
    set_pass_marks(world)
    bring_in(world)
    return world


def test_a_passkey_and_an_ed25519_key_release_together(ready: World, cast: Cast) -> None:
    passkey = give_passkey(cast.he)
    release = sealed(ready)
    assert by_passkey(release, cast.he, passkey).state == "sealed"
    assert signed(release, cast.lyu).state == "approved"
    assert actions.arm_release(release_id=release.pk, now=NOW).state == "armed"


def test_a_passkey_signs_nothing_but_the_hash_on_the_screen_and_only_its_own_officer_signs_with_it(
    ready: World, cast: Cast
) -> None:
    passkey = give_passkey(cast.he)
    release = sealed(ready)
    with pytest.raises(PasskeyRefused):
        by_passkey(release, cast.he, passkey, over="ab" * 32)
    with pytest.raises(PasskeyRefused):
        by_passkey(release, cast.he, SoftPasskey())
    with pytest.raises(PasskeyRefused):  # a passphrase does not stand in for it
        signed(release, cast.he)
    assert not WarrantSignature.objects.exists()


def test_whoever_has_a_passphrase_key_does_not_sign_with_a_passkey(
    ready: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real signing, which opens the sealed key
    release = sealed(ready)
    with pytest.raises(WrongPassphrase):
        by_passkey(release, cast.he, SoftPasskey())


@pytest.mark.parametrize("column", ["client_data", "authenticator_data", "signature", "public_key"])
def test_a_passkeys_signature_that_was_altered_in_the_table_counts_for_nothing(
    ready: World, cast: Cast, column: str
) -> None:
    passkey = give_passkey(cast.he)
    release = sealed(ready)
    by_passkey(release, cast.he, passkey)
    signed(release, cast.lyu)
    row = WarrantSignature.objects.get(officer_id=cast.he.account.pk)
    setattr(row, column, ("00" if not getattr(row, column).startswith("00") else "01") + getattr(row, column)[2:])
    row.save()
    with pytest.raises(WarrantNotApproved):
        actions.arm_release(release_id=release.pk, now=NOW)


def test_a_retired_passkey_goes_on_holding_up_what_was_signed_with_it(ready: World, cast: Cast) -> None:
    passkey = give_passkey(cast.he)
    release = sealed(ready)
    by_passkey(release, cast.he, passkey)
    give_passkey(cast.he)
    assert signed(release, cast.lyu).state == "approved"


# ---------------------------------------------------------------- any edit voids
@pytest.mark.parametrize("change", ["pass mark", "violation", "mark", "roster"])
def test_any_edit_under_a_sealed_release_voids_it(ready: World, cast: Cast, change: str) -> None:
    """Actions refuse such edits; this is what becomes of those that come behind their back."""
    release = approved(ready)
    assert not actions.void_if_changed(release_id=release.pk, now=NOW)
    Release.objects.update(state="draft")
    if change == "pass mark":
        set_pass_mark(ready, "basics", 6100)
    elif change == "violation":
        violations.note_similar_answers(
            region=ready.region,
            subject_code="basics",
            tickets=["T00001", "T00002"],
            facts="x",
            by=cast.chu.staff,
            now=NOW,
        )
    elif change == "mark":
        bring_in(ready, {"T00001": {"basics": "61"}})
    else:
        enrol(ready, many_people(2)[1:])
    with laid_open(RELEASES):
        Release.objects.update(state="armed")
    assert not actions.void_if_changed(release_id=release.pk, now=OPENS), "what is out is corrected, not taken back"
    assert actions.void_if_changed(release_id=release.pk, now=NOW)
    assert not actions.void_if_changed(release_id=release.pk, now=NOW)
    voided = ready.release
    assert (voided.state, voided.warrant, voided.warrant_hash, voided.basis_hash) == ("draft", {}, "", "")
    last = StateChange.objects.filter(subject_id=release.pk).latest("id")
    assert (last.event, last.actor_name, last.reason) == ("reopen", "system", "basis_changed")


def test_marks_themselves_are_insert_only_so_that_their_batches_name_them(ready: World) -> None:
    assert Mark.objects.count() == 6
