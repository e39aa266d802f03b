"""Deciding one case (资格审核): approve, return, propose to refuse; and the second look at a proposal or a sample.

Every decision is one compare-and-set over state, version, the last decision and the claim: the first counts, the second
is told what the first decided and changes nothing. Whoever's lease has gone to another cannot commit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import caseload, labels, photo_versions, queries, reviewing, rules
from jinbang.application.actions.claims import claimed_by_another, take_hold
from jinbang.application.caseload import LOOKED_AT
from jinbang.application.errors import AlreadyDecided, NotIndependent
from jinbang.application.models import Application, LineMark, LineRequest
from jinbang.application.reviewing import LineVerdict
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.digests import Json
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings

LOST: Final = "lost"
WORDS_MOST: Final = 300  # what a line request holds
REASON_CODE: Final = "reason_code"


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def approve_application(*, application_id: UUID, version: int, by: Staff, now: datetime) -> Application:
    """Approve this version. Where a second tier samples, what it draws waits for it instead of being approved.

    Refuses whoever entered it, whoever comes second, and a case with a line that is not fine.
    """
    case = _get(application_id, version=version, by=by, frm=ApplicationState.SUBMITTED)
    reviewing.require_lines_fine(caseload.verdicts_of(case))
    return write_decision(case, approval_of(case, by=by), by=by, now=now)


def approval_of(case: Application, *, by: Staff, plan: reviewing.Plan | None = None) -> ApplicationEvent:
    """Return what an approval by this reviewer is: final, or the first of two. One query without a plan in hand."""
    if by.holds(Role.REVIEWER, case.region.authority.path):
        return ApplicationEvent.APPROVE  # the second tier itself
    plan = plan or caseload.plan_of(case.region_id)
    return ApplicationEvent.SAMPLE if reviewing.is_sampled(case.pk, plan) else ApplicationEvent.APPROVE


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def return_application(
    *, application_id: UUID, version: int, reason: str, by: Staff, now: datetime, reason_code: str = ""
) -> Application:
    """Return it to be corrected, with what is to be put right line by line.

    The reason is what the candidate reads above all lines. Where no line is marked, the whole form is theirs again.
    """
    case = _get(application_id, version=version, by=by, frm=ApplicationState.SUBMITTED)
    lines = _lines_to_fix(case)
    if not lines or reason.strip():
        reason = rules.require_reason(reason)
    case = write_decision(
        case, ApplicationEvent.RETURN, by=by, now=now, reason=reason, details={REASON_CODE: reason_code}
    )
    LineRequest.objects.bulk_create(
        [LineRequest(application=case, version=version, line=line, words=words) for line, words in lines.items()]
    )
    return case


def _lines_to_fix(case: Application) -> dict[str, str]:
    """Return what is asked of the candidate, by the line under which it can be put right; same lines are joined."""
    asked: dict[str, str] = {}
    for line, mark in caseload.marks_of(case).items():
        task = reviewing.task_of_line(line)
        if mark.verdict == LineVerdict.TO_FIX and task:
            asked[task] = f"{asked.get(task, '')}{mark.words}"[:WORDS_MOST]
    return asked


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def propose_refusal(
    *, application_id: UUID, version: int, reason: str, by: Staff, now: datetime, reason_code: str = ""
) -> Application:
    """Propose to refuse. Nothing is refused yet: another reviewer of the same scope confirms it or sends it back."""
    reason = rules.require_reason(reason)
    case = _get(application_id, version=version, by=by, frm=ApplicationState.SUBMITTED)
    event = ApplicationEvent.PROPOSE_REFUSAL
    return write_decision(case, event, by=by, now=now, reason=reason, details={REASON_CODE: reason_code})


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def confirm_refusal(
    *, application_id: UUID, version: int, by: Staff, now: datetime, seen_at: datetime | None = None
) -> Application:
    """Refuse what another reviewer proposed to refuse, for their reason. From here the time for an appeal runs.

    `seen_at`: when the proposal that was read was made; another one since is not what was agreed to.
    """
    case = _get(application_id, version=version, by=by, frm=ApplicationState.REFUSAL_PROPOSED, seen_at=seen_at)
    _require_second(case, by=by)
    days = caseload.terms_of(case.region, today=now.date()).appeal_working_days
    case.appeal_until = reviewing.appeal_deadline(
        now, working_days=days, is_working=sittings.workday_calendar().is_working
    )
    return write_decision(case, ApplicationEvent.REFUSE, by=by, now=now, reason=case.reason)


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def confirm_approval(
    *, application_id: UUID, version: int, by: Staff, now: datetime, seen_at: datetime | None = None
) -> Application:
    """Approve, as the second tier, what the first approved and the sample drew."""
    case = _get(application_id, version=version, by=by, frm=ApplicationState.SAMPLED, seen_at=seen_at)
    _require_second(case, by=by)
    return write_decision(case, ApplicationEvent.APPROVE, by=by, now=now)


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def send_back(
    *, application_id: UUID, version: int, reason: str, by: Staff, now: datetime, seen_at: datetime | None = None
) -> Application:
    """Send a proposal or a sampled approval back to the first reviewers, who read the reason and decide anew."""
    reason = rules.require_reason(reason)
    case = queries.get_case(application_id, by=by)
    looked_at = (ApplicationState.REFUSAL_PROPOSED, ApplicationState.SAMPLED)
    frm = ApplicationState(case.state) if case.state in looked_at else ApplicationState.REFUSAL_PROPOSED
    case = _get(application_id, version=version, by=by, frm=frm, seen_at=seen_at)
    _require_second(case, by=by)
    return write_decision(case, ApplicationEvent.SEND_BACK, by=by, now=now, told=reason)


def _get(
    application_id: UUID, *, version: int, by: Staff, frm: ApplicationState, seen_at: datetime | None = None
) -> Application:
    """Return the case if it is still what was seen. Refuses whoever entered it, and whoever comes second."""
    case = queries.get_case(application_id, by=by)
    rules.require_independent_reviewer(entered_by_id=case.entered_by_id, reviewer_id=by.account_id)
    is_as_seen = seen_at is None or case.decided_at == seen_at
    if case.state != frm or case.version != version or not is_as_seen:
        raise already_decided(case)
    return case


def _require_second(case: Application, *, by: Staff) -> None:
    """Refuse whoever did the first half, and the first tier where the second has to look."""
    reviewing.require_other_hands({caseload.last_hand_of(case, LOOKED_AT)}, reviewer_id=by.account_id)
    if case.state == ApplicationState.SAMPLED and not by.holds(Role.REVIEWER, case.region.authority.path):
        raise NotIndependent


def write_decision(
    case: Application,
    event: ApplicationEvent,
    *,
    by: Staff,
    now: datetime,
    reason: str = "",
    told: str = "",
    details: Mapping[str, Json] | None = None,
) -> Application:
    """Write a decision only if the row is still what the reviewer saw and nobody else holds it, and end the claim.

    `reason` stays with the application; `told` is written into the history alone.
    """
    seen, seen_at = ApplicationState(case.state), case.decided_at
    case.move(event)
    case.decided_at, case.reason = now, reason
    case.claimed_by_id = case.claimed_until = None
    written = {"state", "decided_at", "reason", "claimed_by_id", "claimed_until", "appeal_until", "review_due_at"}
    unchanged = Application.objects.filter(pk=case.pk, state=seen.value, version=case.version, decided_at=seen_at)
    free = unchanged.filter(caseload.free_for(by, now))
    if free.update(**{name: getattr(case, name) for name in written}) != 1:
        raise claimed_by_another(case) if unchanged.exists() else already_decided(queries.get_case(case.pk, by=by))
    sealed = seals_for((case,), event).get(case.pk, {})
    known = {**sealed, **{name: value for name, value in (details or {}).items() if value}}
    audit.record(case, by=by, event=event, at=now, from_state=seen, reason=told or reason, details=known)
    return case


def seals_for(cases: Sequence[Application], event: ApplicationEvent) -> Mapping[UUID, dict[str, str]]:
    """Return what the history of these decisions says of each photo: every approval seals it. At most one query.

    The one place that every approval passes, whoever makes it and however many at once: a ticket is printed only of
    the photo that was sealed.
    """
    return photo_versions.seals_of(cases) if event is ApplicationEvent.APPROVE else {}


def already_decided(application: Application) -> AlreadyDecided:
    """Return the refusal that carries the winner's decision."""
    decision = queries.last_decision(application)
    return AlreadyDecided(
        state=ApplicationState(application.state),
        decided_by=labels.actor_label(decision.actor_kind, name=decision.actor_name) if decision else "",
        decided_at=decision.at if decision else None,
        reason=application.reason,
    )


@transaction.atomic
def note_lost_attempt(*, application_id: UUID, tried: str, by: Staff, now: datetime) -> None:
    """Write down that somebody tried to decide and came second: both attempts stand in the history."""
    application = queries.get_case(application_id, by=by)
    audit.record(application, by=by, event=LOST, at=now, from_state=application.state, details={"tried": tried})


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def mark_lines(
    *, application_id: UUID, version: int, marks: Mapping[str, tuple[LineVerdict | None, str]], by: Staff, now: datetime
) -> Application:
    """Keep the checklist of this version as it is ticked; None takes a mark away.

    Renews one's lease or takes a free case; refuses while another holds it.
    """
    case = _get(application_id, version=version, by=by, frm=ApplicationState.SUBMITTED)
    if not take_hold(case, by=by, now=now):  # takes the row too, so that marks never fall beside a decision
        raise claimed_by_another(case)
    marked = [
        LineMark(
            application=case, version=version, line=line, verdict=verdict.value, words=words.strip(),
            marked_by_id=by.account_id, marked_at=now,
        )
        for line, (verdict, words) in marks.items()
        if verdict is not None
    ]  # fmt: skip
    LineMark.objects.filter(application=case, version=version, line__in=list(marks)).delete()
    LineMark.objects.bulk_create(marked)
    return case
