"""Starting an application and submitting it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.application import passes, queries, rules, versions
from jinbang.application.actions.attach import drop_unneeded_evidence
from jinbang.application.commitment.facts import facts_of, require_standing
from jinbang.application.declaration import CURRENT_DECLARATION
from jinbang.application.errors import AlreadyApplied, DeclarationNotAccepted, OnSiteOnly
from jinbang.application.models import Application, SubmittedVersion
from jinbang.application.rules import Answers
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.clock import SHANGHAI
from jinbang.people.queries import Candidate
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.states import WindowKind

STARTED: Final = "start"


# Step 4 of docs/cycles/application.md.
@transaction.atomic
def start_application(*, sitting_code: str, authority_code: str, by: Candidate, now: datetime) -> Application:
    """Begin an application in one exam region. Refuses a second living one for the sitting, whatever the region.

    A sitting that holds one level leaves nothing to choose there, so the level is filled in, unless passes of another
    level would be given up by that: then the page asks.
    """
    person_id = by.require_person()
    sitting = sittings.get_published_sitting(sitting_code)
    region = sittings.get_region(sitting, authority_code)
    if sitting.programme_version.programme.application.on_site_only:
        raise OnSiteOnly(sitting=sitting.name)
    sittings.require_open(region, WindowKind.APPLICATION, now=now)
    application = _create(region, person_id=person_id, by=by)
    levels = queries.offer_of(sitting).levels
    if len(levels) == 1 and not _loses_passes(application, levels[0].code):
        application.level_code = levels[0].code
        application.save(update_fields=("level_code",))
    audit.record(application, by=by, event=STARTED, at=now)
    return application


def _loses_passes(application: Application, level_code: str) -> bool:
    standing = passes.passes_standing(
        [one.facts() for one in queries.earlier_passes_of(application)], year=application.sitting.year
    )
    programme = application.sitting.programme_version.programme
    return bool(passes.lost_by_level(level_code, standing, programme=programme))


def _create(region: ExamRegion, *, person_id: UUID, by: Candidate) -> Application:
    """Let the constraint decide: two first clicks at the same instant both see nothing yet."""
    try:
        with transaction.atomic():
            return Application.objects.create(
                sitting=region.sitting, region=region, person_id=person_id, entered_by_id=by.account_id
            )
    except IntegrityError as error:
        raise AlreadyApplied(sitting=region.sitting.name) from error


# Step 6 of docs/cycles/application.md.
@transaction.atomic
def submit_application(*, application_id: UUID, declaration_version: str, by: Candidate, now: datetime) -> Application:
    """Submit what is complete; from here on it is locked. Keeps version and hash of the declaration agreed to.

    Refuses outside the window, while anything is missing or does not fit together, and another wording of the
    declaration than the one now in force. At most 15 SQL statements.
    """
    application = queries.lock_own_application(application_id, by=by)
    from_state = ApplicationState(application.state)
    rules.require_editable(from_state)
    queries.require_open_for(application, now=now)
    today = now.astimezone(SHANGHAI).date()
    commitment = facts_of(application, today=today)
    answers, offer = queries.answers_of(application, commitment=commitment), queries.offer_of(application.sitting)
    rules.require_complete(answers, offer, today=today)
    require_standing(commitment)
    if declaration_version != CURRENT_DECLARATION.version:
        raise DeclarationNotAccepted(version=CURRENT_DECLARATION.version)
    answers = _without_strays(application, answers, rules.evidence_needed(answers, offer))
    application.move(ApplicationEvent.SUBMIT)
    if from_state is ApplicationState.RETURNED:
        application.version += 1
    application.submitted_at, application.reason = now, ""
    application.review_due_at = sittings.review_deadline(application.sitting, now)
    application.declaration_version = CURRENT_DECLARATION.version
    application.declaration_hash = CURRENT_DECLARATION.sha256
    application.save()
    keep_version(application, answers, at=now)
    audit.record(
        application,
        by=by,
        event=ApplicationEvent.SUBMIT,
        at=now,
        from_state=from_state,
        details=declared(application.version),
    )
    return application


def keep_version(application: Application, answers: Answers, *, at: datetime) -> None:
    """Keep what this submission said, for the difference that the next one makes."""
    version_of(application, answers, at=at).save(force_insert=True)


def version_of(application: Application, answers: Answers, *, at: datetime) -> SubmittedVersion:
    """Return the unsaved row of what this submission said."""
    return SubmittedVersion(
        application=application,
        version=application.version,
        answers=versions.as_json(answers),
        submitted_at=at,
    )


def _without_strays(application: Application, answers: Answers, needed: Sequence[str]) -> Answers:
    """Leave out, and take out, pages of a condition that was chosen before another one."""
    kept = tuple(page for page in answers.evidence if page.item in needed)
    if len(kept) < len(answers.evidence):
        drop_unneeded_evidence(application, needed)
    return replace(answers, evidence=kept)


def declared(version: int) -> dict[str, str | int]:
    """Return what a submission leaves in the history: which version of it, under which declaration."""
    return {
        "version": version,
        "declaration": CURRENT_DECLARATION.version,
        "declaration_sha256": CURRENT_DECLARATION.sha256,
    }
