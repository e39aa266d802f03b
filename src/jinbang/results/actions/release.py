"""Release by two people: draft, validate, seal, sign twice, arm, and let the instant come.

Nothing becomes visible here. `lookup` comes looking for approved releases and publishes their sealed snapshot; the key
opens only at the instant the officers signed. Any way back to the draft voids every signature. No step trusts a flag
of an earlier one: outcomes are held against what they were judged on, signatures and contents against the warrant.
"""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.crypto import sign
from jinbang.kernel.digests import content_hash
from jinbang.people.queries import Staff, find_officer_key
from jinbang.people.states import Role
from jinbang.results import basis, queries
from jinbang.results.actions.outcomes import JudgedOutcomes, judge_outcomes, store_outcomes
from jinbang.results.checks import open_points
from jinbang.results.errors import (
    NoOfficerKey,
    ReleaseNotDue,
    ReleaseNotReady,
    ReleaseTooLate,
    SamePersonTwice,
    SameUnitTwice,
    WarrantChanged,
    WarrantNotApproved,
)
from jinbang.results.models import MarkBatch, Release, WarrantSignature
from jinbang.results.states import BatchState, Overall, ReleaseEvent, ReleaseState
from jinbang.results.warrant import NOT_YET, Warrant, hash_of, is_approved, root_of
from jinbang.sittings.models import ExamRegion

_NONCE_BYTES: Final = 16


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


def prepare_validation(*, release_id: UUID, by: Staff, now: datetime) -> JudgedOutcomes:
    """Judge everybody before any lock is taken; `validate_release` stores it if nothing has changed by then."""
    release = queries.get_release(release_id, by=by)
    by.require(Role.MARKS_CLERK, release.region.authority.path)
    return judge_outcomes(release=release, now=now)


# Step 6 of docs/cycles/release.md.
@transaction.atomic
def validate_release(*, release_id: UUID, by: Staff, now: datetime, judged: JudgedOutcomes | None = None) -> Release:
    """Store everybody's outcome and go through the go/no-go list. Refuses while a point on it is open.

    `judged` is what `prepare_validation` returned; without it, or when something has changed since, everybody is judged
    here, under the lock.
    """
    release = queries.lock_release(release_id, by=by, role=Role.MARKS_CLERK)
    before = release.state
    release.move(ReleaseEvent.VALIDATE)
    if judged is None or judged.basis_hash != basis.basis_hash_of(release):
        judged = judge_outcomes(release=release, now=now)
    store_outcomes(release=release, judged=judged)
    _require_ready(release, now=now)
    release.save(update_fields=("state", "basis_hash"))
    audit.record(release, by=by, event=ReleaseEvent.VALIDATE, at=now, from_state=before)
    return release


# Step 7 of docs/cycles/release.md.
@transaction.atomic
def seal_release(*, release_id: UUID, by: Staff, now: datetime) -> Release:
    """Write the warrant: the canonical description of exactly what is released, whose hash the officers sign.

    Refuses an instant that is past, and outcomes judged on something that has changed since.
    """
    release = queries.lock_release(release_id, by=by, role=Role.MARKS_CLERK)
    _require_ahead(release.opens_at, now=now)
    before = release.state
    release.move(ReleaseEvent.SEAL)
    _require_ready(release, now=now)
    description = _warrant_of(release, sealed_at=now).facts()
    release.warrant, release.warrant_hash = description, hash_of(description)
    release.save(update_fields=("state", "warrant", "warrant_hash"))
    details = {"warrant_hash": release.warrant_hash}
    audit.record(release, by=by, event=ReleaseEvent.SEAL, at=now, from_state=before, details=details)
    return release


# Step 8 of docs/cycles/release.md.
@transaction.atomic
def sign_release(*, release_id: UUID, warrant_hash: str, passphrase: str, by: Staff, now: datetime) -> Release:
    """Sign the warrant that was on the officer's screen, with the officer's own Ed25519 key.

    Refuses an author of what is released, a second signature by one person or unit, a warrant or contents that have
    changed meanwhile, an instant that is past, and a wrong passphrase. The second valid signature approves the release.
    """
    release = queries.lock_release(release_id, by=by, role=Role.RELEASE_OFFICER)
    if release.state != ReleaseState.SEALED.value or release.warrant_hash != warrant_hash:
        raise WarrantChanged(release=release.code)
    _require_ahead(release.opens_at, now=now)
    _require_as_sealed(release)
    unit = _signing_unit(release, by=by)
    key = find_officer_key(by.account_id)
    if key is None:
        raise NoOfficerKey
    signature = sign(bytes(key.private_key_sealed), bytes.fromhex(warrant_hash), passphrase=passphrase)
    WarrantSignature.objects.create(
        release=release,
        warrant_hash=warrant_hash,
        officer_id=by.account_id,
        officer_name=by.name,
        unit=unit,
        public_key=key.public_key,
        signature=signature.hex(),
        signed_at=now,
    )
    details = {"warrant_hash": warrant_hash, "unit": unit}
    audit.record(release, by=by, event=queries.SIGNED, at=now, from_state=release.state, details=details)
    if _is_approved(release):
        release.move(ReleaseEvent.APPROVE)
        release.save(update_fields=("state",))
        audit.record(release, by=by, event=ReleaseEvent.APPROVE, at=now, from_state=ReleaseState.SEALED)
    return release


# Step 9 of docs/cycles/release.md.
@transaction.atomic
def arm_release(*, release_id: UUID, now: datetime) -> Release:
    """Arm an approved release, after holding contents and signatures against the warrant once more. The system does."""
    release = queries.lock_release_for_system(release_id)
    before = release.state
    release.move(ReleaseEvent.ARM)
    _require_as_sealed(release)
    _require_approved(release)
    release.save(update_fields=("state",))
    audit.record(release, by=SYSTEM, event=ReleaseEvent.ARM, at=now, from_state=before)
    return release


# Step 10 of docs/cycles/release.md.
@transaction.atomic
def release_results(*, release_id: UUID, now: datetime) -> Release:
    """Note that the instant has come: from here on messages go out and later phases may begin. The system does this."""
    release = queries.lock_release_for_system(release_id)
    if now < release.opens_at:
        raise ReleaseNotDue(opens_at=release.opens_at)
    before = release.state
    release.move(ReleaseEvent.RELEASE)
    _require_as_sealed(release)
    _require_approved(release)
    release.released_at = release.opens_at
    release.save(update_fields=("state", "released_at"))
    audit.record(release, by=SYSTEM, event=ReleaseEvent.RELEASE, at=now, from_state=before)
    return release


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


def _back_to_draft(release: Release, *, event: ReleaseEvent, reason: str, by: Staff, now: datetime) -> Release:
    before = release.state
    release.move(event)
    release.warrant, release.warrant_hash, release.basis_hash = {}, "", ""
    release.save(update_fields=("state", "warrant", "warrant_hash", "basis_hash", "generation", "opens_at"))
    audit.record(release, by=by, event=event, at=now, from_state=before, reason=reason)
    return release


def _require_ahead(opens_at: datetime, *, now: datetime) -> None:
    if opens_at <= now:
        raise ReleaseTooLate(opens_at=opens_at)


def _require_ready(release: Release, *, now: datetime) -> None:
    if count := open_points(release, now=now):
        raise ReleaseNotReady(open_points=count)


def _require_as_sealed(release: Release) -> None:
    if not queries.is_as_sealed(release):
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


def _warrant_of(release: Release, *, sealed_at: datetime) -> Warrant:
    outcomes = queries.outcomes_of(release)
    awaited = outcomes.filter(overall=Overall.AWAITING_PASS_MARK.value).exists()
    marks = {f"{level}/{subject}": mark for (level, subject), mark in basis.pass_marks_of(release.region).items()}
    pinned = release.region.sitting.programme_version.sha256
    manifests = MarkBatch.objects.filter(region=release.region, state=BatchState.VALID.value).order_by("sha256")
    return Warrant(
        release=release.code,
        sitting=str(release.region.sitting_id),
        region=str(release.region_id),
        generation=release.generation,
        environment="demo" if settings.JINBANG_DEMO else "production",
        row_count=outcomes.count(),
        marks_root=root_of(queries.canonical_outcomes(release)),
        control_sums=content_hash([dict(row.manifest) for row in manifests]).hex(),
        pass_mark_hash=NOT_YET if awaited else content_hash({"rows": marks, "programme": pinned}).hex(),
        opens_at=release.opens_at.isoformat(),
        sealed_at=sealed_at.isoformat(),
        nonce=secrets.token_hex(_NONCE_BYTES),
    )
