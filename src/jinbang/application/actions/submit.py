"""Starting an application and submitting it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.application import queries, rules
from jinbang.application.declaration import CURRENT_DECLARATION
from jinbang.application.errors import AlreadyApplied, DeclarationNotAccepted, OnSiteOnly
from jinbang.application.models import Application
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

    A sitting that holds one level leaves nothing to choose there, so the level is filled in.
    """
    person_id = by.require_person()
    sitting = sittings.get_published_sitting(sitting_code)
    region = sittings.get_region(sitting, authority_code)
    if sitting.programme_version.programme.application.on_site_only:
        raise OnSiteOnly(sitting=sitting.name)
    sittings.require_open(region, WindowKind.APPLICATION, now=now)
    application = _create(region, person_id=person_id, by=by)
    levels = queries.offer_of(sitting).levels
    if len(levels) == 1:
        application.level_code = levels[0].code
        application.save(update_fields=("level_code",))
    audit.record(application, by=by, event=STARTED, at=now)
    return application


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
    rules.require_complete(
        queries.answers_of(application),
        queries.offer_of(application.sitting),
        today=now.astimezone(SHANGHAI).date(),
    )
    if declaration_version != CURRENT_DECLARATION.version:
        raise DeclarationNotAccepted(version=CURRENT_DECLARATION.version)
    application.move(ApplicationEvent.SUBMIT)
    if from_state is ApplicationState.RETURNED:
        application.version += 1
    application.submitted_at, application.reason = now, ""
    application.review_due_at = sittings.review_deadline(application.sitting, now)
    application.declaration_version = CURRENT_DECLARATION.version
    application.declaration_hash = CURRENT_DECLARATION.sha256
    application.save()
    audit.record(
        application,
        by=by,
        event=ApplicationEvent.SUBMIT,
        at=now,
        from_state=from_state,
        details=declared(application.version),
    )
    return application


def declared(version: int) -> dict[str, str | int]:
    """Return what a submission leaves in the history: which version of it, under which declaration."""
    return {
        "version": version,
        "declaration": CURRENT_DECLARATION.version,
        "declaration_sha256": CURRENT_DECLARATION.sha256,
    }
