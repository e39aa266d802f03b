"""Release by two people: draft, validate, seal, sign twice, arm, and let the instant come.

Judging and sealing are long work of the worker. Nothing becomes visible here: `lookup` comes looking for approved
releases and publishes their sealed snapshot; the key opens only at the instant the officers signed. Any way back to the
draft voids every signature. No step trusts a flag of an earlier one: outcomes are held against what they were judged
on, signatures and contents against the warrant.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.audit.long_work import AT_ONCE, Steps, enqueue
from jinbang.audit.models import LongWork
from jinbang.kernel.actors import SYSTEM, Actor
from jinbang.kernel.crypto import sign
from jinbang.kernel.crypto.passkey import Assertion, verify_assertion
from jinbang.kernel.spread import Spread, here
from jinbang.people.queries import Staff, find_officer_key
from jinbang.people.states import KeyKind, Role
from jinbang.results import basis, description, queries
from jinbang.results.actions.outcomes import JudgedOutcomes, judge_outcomes, store_in_steps
from jinbang.results.actions.recount import recount_outcomes
from jinbang.results.checks import open_points
from jinbang.results.errors import (
    NoOfficerKey,
    PasskeyRefused,
    ReleaseNotDue,
    ReleaseNotReady,
    ReleaseTooLate,
    SamePersonTwice,
    SameUnitTwice,
    WarrantChanged,
    WarrantNotApproved,
)
from jinbang.results.models import Release, WarrantSignature
from jinbang.results.states import ReleaseEvent, ReleaseState
from jinbang.results.warrant import hash_of, is_approved
from jinbang.sittings.models import ExamRegion

BASIS_CHANGED: Final = "basis_changed"
_ATTEMPTS_MOST: Final = 3


class _MovedMeanwhile(Exception):  # no error: everybody is judged again
    """What was judged on has changed before it could be stored."""


# Step 5 of docs/cycles/release.md.
@transaction.atomic
def draft_release(*, region: ExamRegion, opens_at: datetime, by: Staff, now: datetime) -> Release:
    """Draft the region's release for an instant, or move the instant of one that is not sealed yet.

    Refuses an instant that is past.
    """
    region = queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
    _require_ahead(opens_at, now=now)
    release = queries.lock_release_of(region.pk)
    if release is None:
        release = Release(region=region, code=f"{region.sitting.code}-{region.authority.code}")
    elif not ReleaseState(release.state).takes_marks:
        raise WarrantChanged(release=release.code)
    release.opens_at = opens_at
    release.save()
    audit.record(release, by=by, event=queries.DRAFTED, at=now, details={"opens_at": opens_at.isoformat()})
    return release


# Step 6 of docs/cycles/release.md.
@transaction.atomic
def ask_for_validation(*, release_id: UUID, by: Staff, now: datetime) -> LongWork:
    """Have the worker judge everybody and go through the list. Refuses here and now what stands in the way already."""
    release = queries.lock_release(release_id, by=by, role=Role.MARKS_CLERK)
    release.move(ReleaseEvent.VALIDATE)
    _require_ready(release, now=now, is_judged=False)
    return _enqueue("jinbang.results.tasks.validate_release", release, by=by, now=now)


# Step 6 of docs/cycles/release.md.
def validate_release(*, release_id: UUID, by: Staff, now: datetime, keep: Steps = AT_ONCE) -> Release:
    """Judge everybody, store it in steps, recount it, and walk the go/no-go list. Refuses while a point on it is open.

    No lock is held while anything is judged or stored. If what was judged on has changed meanwhile, everybody is judged
    again; if it will not stand still, nothing has been validated.
    """
    release = queries.get_release(release_id, by=by, roles=(Role.MARKS_CLERK,))
    release.move(ReleaseEvent.VALIDATE)  # refuses before any work; stored under the lock below
    _require_ready(release, now=now, is_judged=False)
    for _attempt in range(_ATTEMPTS_MOST):
        judged = judge_outcomes(release=release, now=now, renew=keep.renew)
        store_in_steps(release, judged, keep=keep)
        recount_outcomes(release, basis_hash=judged.basis_hash, keep=keep)
        with suppress(_MovedMeanwhile), keep.last_step():
            return _validated(release_id, judged, by=by, now=now)
    raise WarrantChanged(release=release.code)


def _validated(release_id: UUID, judged: JudgedOutcomes, *, by: Staff, now: datetime) -> Release:
    release = queries.lock_release(release_id, by=by, role=Role.MARKS_CLERK)
    if basis.basis_hash_of(release) != judged.basis_hash:
        raise _MovedMeanwhile
    before = release.state
    release.move(ReleaseEvent.VALIDATE)
    release.basis_hash = judged.basis_hash
    _require_ready(release, now=now, present_basis=judged.basis_hash)
    release.save(update_fields=("state", "basis_hash"))
    audit.record(release, by=by, event=ReleaseEvent.VALIDATE, at=now, from_state=before)
    return release


# Step 7 of docs/cycles/release.md.
@transaction.atomic
def ask_for_sealing(*, release_id: UUID, by: Staff, now: datetime) -> LongWork:
    """Have the worker write the warrant. Refuses here and now what stands in the way already."""
    release = queries.lock_release(release_id, by=by, role=Role.MARKS_CLERK)
    _require_sealable(release, now=now)
    return _enqueue("jinbang.results.tasks.seal_release", release, by=by, now=now)


# Step 7 of docs/cycles/release.md.
def seal_release(*, release_id: UUID, by: Staff, now: datetime, keep: Steps = AT_ONCE) -> Release:
    """Write the warrant: the canonical description of exactly what is released, whose hash the officers sign.

    Every outcome is recounted once more as it is stored by now, read and hashed, before the lock is taken. Refuses an
    instant that is past, outcomes judged on something that has changed since, and any that the recount does not agree
    with.
    """
    seen = queries.get_release(release_id, by=by, roles=(Role.MARKS_CLERK,))
    _require_sealable(seen, now=now)
    recount_outcomes(seen, basis_hash=seen.basis_hash, keep=keep)
    keep.renew()
    warrant = description.describe(seen, sealed_at=now)
    facts = warrant.facts()
    with keep.last_step():
        release = queries.lock_release(release_id, by=by, role=Role.MARKS_CLERK)
        before = release.state
        _require_sealable(release, now=now)
        if _rests_on(release) != _rests_on(seen):
            raise WarrantChanged(release=release.code)
        release.kind, release.warrant, release.warrant_hash = warrant.kind, facts, hash_of(facts)
        release.save(update_fields=("state", "kind", "warrant", "warrant_hash"))
        details = {"warrant_hash": release.warrant_hash}
        audit.record(release, by=by, event=ReleaseEvent.SEAL, at=now, from_state=before, details=details)
        return release


def _require_sealable(release: Release, *, now: datetime) -> None:
    _require_ahead(release.opens_at, now=now)
    release.move(ReleaseEvent.SEAL)
    _require_ready(release, now=now)


def _rests_on(release: Release) -> tuple[object, ...]:
    return release.basis_hash, release.generation, release.opens_at


def _enqueue(task: str, release: Release, *, by: Staff, now: datetime) -> LongWork:
    people = queries.people_of(release.region)
    return enqueue(task, subject=release, arguments={"release_id": str(release.pk)}, total=people, by=by, now=now)


# Step 8 of docs/cycles/release.md.
def sign_release(  # what was on the screen, and either of the two ways to sign it
    *,
    release_id: UUID,
    warrant_hash: str,
    by: Staff,
    now: datetime,
    passphrase: str = "",
    assertion: Assertion | None = None,
) -> Release:
    """Sign the warrant that was on the officer's screen, with the officer's own passkey or Ed25519 key.

    Refuses an author of what is released, a second signature by one person or unit, a warrant or contents that have
    changed meanwhile, an instant that is past, and a wrong passphrase or passkey. The second valid signature approves
    the release. Contents are read and hashed before the lock is taken.
    """
    seen = queries.get_release(release_id, by=by, roles=(Role.RELEASE_OFFICER,))
    _require_signable(seen, warrant_hash=warrant_hash, now=now)
    _require_as_sealed(seen)
    with transaction.atomic():
        release = queries.lock_release(release_id, by=by, role=Role.RELEASE_OFFICER)
        _require_signable(release, warrant_hash=warrant_hash, now=now)
        unit = _signing_unit(release, by=by)
        made = _signature(release, by=by, passphrase=passphrase, assertion=assertion)
        WarrantSignature.objects.create(
            release=release, officer_id=by.account_id, officer_name=by.name, unit=unit, signed_at=now, **made
        )
        details = {"warrant_hash": warrant_hash, "unit": unit}
        audit.record(release, by=by, event=queries.SIGNED, at=now, from_state=release.state, details=details)
        if _is_approved(release):
            release.move(ReleaseEvent.APPROVE)
            release.save(update_fields=("state",))
            audit.record(release, by=by, event=ReleaseEvent.APPROVE, at=now, from_state=ReleaseState.SEALED)
        return release


def _require_signable(release: Release, *, warrant_hash: str, now: datetime) -> None:
    if release.state != ReleaseState.SEALED.value or release.warrant_hash != warrant_hash:
        raise WarrantChanged(release=release.code)
    _require_ahead(release.opens_at, now=now)


def _signature(release: Release, *, by: Staff, passphrase: str, assertion: Assertion | None) -> dict[str, str]:
    """Return the columns of a signature over the warrant's hash by the key that the officer has in use."""
    key = find_officer_key(by.account_id)
    if key is None:
        raise NoOfficerKey
    content_hash = bytes.fromhex(release.warrant_hash)
    made = {"warrant_hash": release.warrant_hash, "public_key": key.public_key}
    if key.kind != KeyKind.PASSKEY:
        signature = sign(bytes(key.private_key_sealed), content_hash, passphrase=passphrase)
        return {**made, "signature": signature.hex()}
    cose_key = bytes.fromhex(key.public_key)
    if assertion is None or not verify_assertion(cose_key, content_hash, assertion, relying_party=key.relying_party):
        raise PasskeyRefused
    return {
        **made,
        "signature": assertion.signature.hex(),
        "client_data": assertion.client_data.hex(),
        "authenticator_data": assertion.authenticator_data.hex(),
    }


# Step 9 of docs/cycles/release.md.
def arm_release(
    *, release_id: UUID, now: datetime, renew: Callable[[], None] = AT_ONCE.renew, spread: Spread = here
) -> Release:
    """Arm an approved release, after holding contents and signatures against the warrant once more. The system does."""
    return _moved_by_system(release_id, ReleaseEvent.ARM, now=now, renew=renew, spread=spread)


# Step 10 of docs/cycles/release.md.
def release_results(*, release_id: UUID, now: datetime) -> Release:
    """Note that the instant has come: from here on messages go out and later phases may begin. The system does this."""
    return _moved_by_system(release_id, ReleaseEvent.RELEASE, now=now)


def _moved_by_system(
    release_id: UUID,
    event: ReleaseEvent,
    *,
    now: datetime,
    renew: Callable[[], None] = AT_ONCE.renew,
    spread: Spread = here,
) -> Release:
    """Hold contents against the warrant without a lock, then move what is still the same, under it."""
    seen = queries.get_release_for_system(release_id)
    _require_movable(seen, event, now=now)
    _require_as_sealed(seen, renew=renew, spread=spread)
    with transaction.atomic():
        release = queries.lock_release_for_system(release_id)
        before = release.state
        _require_movable(release, event, now=now)
        if (release.warrant, release.warrant_hash) != (seen.warrant, seen.warrant_hash):
            raise WarrantChanged(release=release.code)
        _require_approved(release)
        if event is ReleaseEvent.RELEASE:
            release.released_at, release.out = release.opens_at, release.warrant
        release.save(update_fields=("state", "released_at", "out"))
        audit.record(release, by=SYSTEM, event=event, at=now, from_state=before)
        return release


def _require_movable(release: Release, event: ReleaseEvent, *, now: datetime) -> None:
    if event is ReleaseEvent.RELEASE and now < release.opens_at:
        raise ReleaseNotDue(opens_at=release.opens_at)
    release.move(event)


# Step 7 of docs/cycles/release.md.
@transaction.atomic
def void_if_changed(*, release_id: UUID, now: datetime) -> bool:
    """Take a sealed release back to the draft if anything has changed that it rests on: any edit voids.

    The system does this, and returns whether it did. What has come to its instant stays: it is corrected.
    """
    release = queries.lock_release_for_system(release_id)
    if not ReleaseState(release.state).is_sealed or now >= release.opens_at:
        return False
    if release.basis_hash == basis.basis_hash_of(release):
        return False
    _back_to_draft(release, event=ReleaseEvent.REOPEN, reason=BASIS_CHANGED, by=SYSTEM, now=now)
    return True


@transaction.atomic
def reopen_release(*, release_id: UUID, reason: str, by: Staff, now: datetime) -> Release:
    """Take a release back to the draft before its instant: the emergency stop. Every signature becomes void."""
    release = queries.lock_release(release_id, by=by, role=Role.RELEASE_OFFICER)
    if release.state == ReleaseState.ARMED.value and now >= release.opens_at:
        raise ReleaseTooLate(opens_at=release.opens_at)
    return _back_to_draft(release, event=ReleaseEvent.REOPEN, reason=reason, by=by, now=now)


@transaction.atomic
def correct_release(*, release_id: UUID, opens_at: datetime, reason: str, by: Staff, now: datetime) -> Release:
    """Begin a new generation of a released release: a correction, or a pass mark that came later.

    What is out stays out until the new generation has been signed and its instant has come.
    """
    release = queries.lock_release(release_id, by=by, role=Role.MARKS_CLERK)
    _require_ahead(opens_at, now=now)
    release.generation += 1
    release.opens_at = opens_at
    return _back_to_draft(release, event=ReleaseEvent.CORRECT, reason=reason, by=by, now=now)


def _back_to_draft(release: Release, *, event: ReleaseEvent, reason: str, by: Actor, now: datetime) -> Release:
    before = release.state
    release.move(event)
    release.warrant, release.warrant_hash, release.basis_hash, release.recount = {}, "", "", None
    release.save(update_fields=("state", "warrant", "warrant_hash", "basis_hash", "recount", "generation", "opens_at"))
    audit.record(release, by=by, event=event, at=now, from_state=before, reason=reason)
    return release


def _require_ahead(opens_at: datetime, *, now: datetime) -> None:
    if opens_at <= now:
        raise ReleaseTooLate(opens_at=opens_at)


def _require_ready(release: Release, *, now: datetime, is_judged: bool = True, present_basis: str = "") -> None:
    if count := open_points(release, now=now, is_judged=is_judged, present_basis=present_basis):
        raise ReleaseNotReady(open_points=count)


def _require_as_sealed(release: Release, *, renew: Callable[[], None] = AT_ONCE.renew, spread: Spread = here) -> None:
    if not description.is_as_sealed(release, renew=renew, spread=spread):
        raise WarrantChanged(release=release.code)


def _require_approved(release: Release) -> None:
    if not _is_approved(release):
        raise WarrantNotApproved(release=release.code)


def _is_approved(release: Release) -> bool:
    return is_approved(
        queries.signatures_of(release), warrant_hash=release.warrant_hash, author_ids=queries.authors_of(release)
    )


def _signing_unit(release: Release, *, by: Staff) -> str:
    """Return the unit for which this officer signs. Refuses an author, one who has signed, and a unit that has."""
    if str(by.account_id) in queries.authors_of(release):
        raise SamePersonTwice(step="sign_release")
    signed = [row for row in queries.signatures_of(release) if row.warrant_hash == release.warrant_hash]
    if str(by.account_id) in {row.officer_id for row in signed}:
        raise SamePersonTwice(step="sign_release")
    unit = min(by.units(Role.RELEASE_OFFICER, release.region.authority.path))
    if unit in {row.unit for row in signed}:
        raise SameUnitTwice(unit=unit)
    return unit
