"""Appeals (申诉): a candidate against a refusal, decided by somebody who had no part in it; and what time settles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import caseload, queries, reviewing, rules
from jinbang.application.actions.attach import sealed_page
from jinbang.application.actions.decide import already_decided, write_decision
from jinbang.application.actions.leave import free_places_of
from jinbang.application.caseload import REFUSED_BY
from jinbang.application.errors import AppealClosed, EvidencePagesFull, EvidenceRepeated
from jinbang.application.evidence import PAGES_MAX, CleanFile
from jinbang.application.labels import evidence_label
from jinbang.application.models import Appeal, Application, Evidence
from jinbang.application.reviewing import APPEAL_ITEM, AppealVerdict
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.people.queries import Candidate, Staff
from jinbang.sittings import queries as sittings

NOT_APPEALED: Final = "not_appealed"
IN_ONE_QUERY: Final = 500


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def appeal_refusal(
    *, application_id: UUID, words: str, by: Candidate, now: datetime, pages: Sequence[CleanFile] = ()
) -> Appeal:
    """Appeal against the refusal of one's own application, while the time for it runs. The desk's clock starts anew.

    `pages`: what proves it, clean already. Refuses the same page twice, and more pages than an item takes.
    """
    if len({page.sha256 for page in pages}) < len(pages):
        raise EvidenceRepeated(item=evidence_label(APPEAL_ITEM))
    if len(pages) > PAGES_MAX:
        raise EvidencePagesFull(item=evidence_label(APPEAL_ITEM), pages_max=PAGES_MAX)
    application = queries.lock_own_application(application_id, by=by)
    if application.state != ApplicationState.REFUSED:
        raise AppealClosed(until=None)
    words = reviewing.require_appeal(words, until=application.appeal_until, now=now)
    application.move(ApplicationEvent.APPEAL)
    application.review_due_at = sittings.review_deadline(application.sitting, now)
    application.save(update_fields=("state", "review_due_at"))
    appeal = Appeal.objects.create(application=application, words=words, submitted_at=now)
    Evidence.objects.bulk_create([sealed_page(page, application, item=APPEAL_ITEM, now=now) for page in pages])
    audit.record(application, by=by, event=ApplicationEvent.APPEAL, at=now, from_state=ApplicationState.REFUSED)
    return appeal


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def uphold_refusal(*, application_id: UUID, version: int, reason: str, by: Staff, now: datetime) -> Application:
    """Find that the refusal was right. This is final; the place is freed. The answer is shown to the candidate."""
    answer = rules.require_reason(reason)
    case = _get_appealed(application_id, version=version, by=by)
    case = write_decision(case, ApplicationEvent.UPHOLD, by=by, now=now, reason=case.reason, told=answer)
    _answer(case, AppealVerdict.UPHELD, answer=answer, now=now)
    free_places_of((case,))
    return case


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def reopen_application(*, application_id: UUID, version: int, reason: str, by: Staff, now: datetime) -> Application:
    """Find that the appeal is right: review begins anew with a clock of its own. The place was kept all along."""
    answer = rules.require_reason(reason)
    case = _get_appealed(application_id, version=version, by=by)
    case.appeal_until = None
    case.review_due_at = sittings.review_deadline(case.sitting, now)
    case = write_decision(case, ApplicationEvent.REOPEN, by=by, now=now, told=answer)
    _answer(case, AppealVerdict.REOPENED, answer=answer, now=now)
    return case


def _get_appealed(application_id: UUID, *, version: int, by: Staff) -> Application:
    """Return the case for a third person: neither who entered it nor either of those who refused it."""
    case = queries.get_case(application_id, by=by)
    rules.require_independent_reviewer(entered_by_id=case.entered_by_id, reviewer_id=by.account_id)
    if case.state != ApplicationState.APPEALED or case.version != version:
        raise already_decided(case)
    reviewing.require_other_hands(caseload.hands_of(case, REFUSED_BY), reviewer_id=by.account_id)
    return case


def _answer(case: Application, verdict: AppealVerdict, *, answer: str, now: datetime) -> None:
    Appeal.objects.filter(application=case, decided_at=None).update(verdict=verdict, answer=answer, decided_at=now)


# Step 7 of docs/cycles/application.md.
def settle_refusals(*, now: datetime) -> int:
    """Let stand the refusals against which nobody appealed in time, and free their places. Safe to repeat."""
    over = Application.objects.filter(state=ApplicationState.REFUSED.value).exclude(appeal_until__gt=now)
    ids = list(over.values_list("pk", flat=True))
    return sum(_settle(ids[start : start + IN_ONE_QUERY], now=now) for start in range(0, len(ids), IN_ONE_QUERY))


@transaction.atomic
def _settle(ids: Sequence[UUID], *, now: datetime) -> int:
    refused = ApplicationState.REFUSED
    rows = Application.objects.filter(pk__in=ids, state=refused.value).exclude(appeal_until__gt=now)
    settled = list(rows.select_related("site").select_for_update(of=("self",)))
    Application.objects.filter(pk__in=[one.pk for one in settled]).update(state=ApplicationState.REFUSED_FINALLY.value)
    for one in settled:
        one.move(ApplicationEvent.STAND)
    free_places_of(settled)
    audit.record_many(settled, by=SYSTEM, event=ApplicationEvent.STAND, at=now, from_state=refused, reason=NOT_APPEALED)
    return len(settled)
