"""Dealing with a violation: open, charge, serve the notice, hear, decide by a second person, serve the decision.

And to enter that a decision was overturned on review or in court.

A decision on what stands under a sealed release is refused until the release is reopened; on what is out, it takes
effect with the next generation.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.ids import new_id
from jinbang.people.integrity.actions import enter_integrity_record, lift_overturned_record
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import Role
from jinbang.results import queries as results
from jinbang.results.errors import MarksSealed
from jinbang.results.models import MarkBatch
from jinbang.results.states import MarkStatus, ReleaseState
from jinbang.results.violations import documents, labels, queries, rules
from jinbang.results.violations.errors import CaseEnteredTwice, CaseNotFound, DefenceStandsAlready, TicketsUnknown
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseArticle, CaseEvent, CaseOrigin, CaseState, Remedy, Service
from jinbang.sittings import queries as sittings
from jinbang.sittings import rules as sitting_rules
from jinbang.sittings.models import ExamRegion

OPENED: Final = "open"
STATED: Final = "state"
STATED_ON_PAPER: Final = "state_on_paper"
ROWS_AT_ONCE: Final = 500


# Step 1 of docs/cycles/violation.md.
@transaction.atomic
def open_noted_cases(*, now: datetime) -> int:
    """Open a case for each violation that a signed record notes of somebody on a roster; return how many.

    The system does this; repeating adds only what came since. A case bears the time of the record that was signed,
    whenever the system came round to it.
    """
    cases = [
        ViolationCase(
            entry=violation.seat.ticket.application.roster_entry,
            subject_code=violation.seat.session.subject_code,
            origin=CaseOrigin.ROOM.value,
            noted=violation,
            article=violation.article,
            facts=violation.facts,
            opened_at=violation.record.closed_at or violation.noted_at,
        )
        for violation in queries.violations_without_case()[:ROWS_AT_ONCE]
    ]
    ViolationCase.objects.bulk_create(cases)
    audit.record_many(cases, by=SYSTEM, event=OPENED, at=now)
    return len(cases)


# Step 1 of docs/cycles/violation.md.
def open_marked_cases(*, batch: MarkBatch, now: datetime) -> int:
    """Open a case for each 违纪 and 雷同 of a batch that now counts, where none stands; return how many.

    Part of making the batch count, in its transaction and under its entry in the history: an entry for each would tell
    how many marks are none. A file names no article: of a violation an officer does. What a
    room has noted of the same subject, and waits for its record to be signed, is dealt with in the same case.
    """
    held = queries.held_without_case(batch)
    noted = queries.noted_in_rooms(batch.region_id) if held else {}
    cases = []
    for entry_id, subject, status, line in held:
        room = noted.get((entry_id, subject))
        article = CaseArticle.SIMILAR.value if status is MarkStatus.SIMILAR else room.article if room else ""
        told = str(labels.FACTS[status] % {"file": batch.file_name, "line": line})
        cases.append(
            ViolationCase(
                entry_id=entry_id,
                subject_code=subject,
                origin=CaseOrigin.FILE.value,
                noted=room,
                batch=batch,
                line=line,
                article=article,
                facts=f"{told}\n{room.facts}" if room else told,
                opened_at=now,
            )
        )
    ViolationCase.objects.bulk_create(cases)
    return len(cases)


def drop_withdrawn_cases(*, batch: MarkBatch, by: Staff, now: datetime) -> int:
    """Drop the cases that only a batch spoke of, and nobody has charged anybody in, when it is taken back.

    Part of taking it back, as opening them was part of making it count.
    """
    cases = list(queries.cases_of(batch))
    for case in cases:
        case.move(CaseEvent.DROP)
        case.reason, case.decided_by, case.decided_at = str(labels.WITHDRAWN), by.account_id, now
        case.save(update_fields=("state", "reason", "decided_by", "decided_at"))
    return len(cases)


# Step 1 of docs/cycles/violation.md.
@transaction.atomic
def note_similar_answers(  # similar answers are where, in what, whose, and on which evidence
    *, region: ExamRegion, subject_code: str, tickets: Iterable[str], facts: str, by: Staff, now: datetime
) -> list[ViolationCase]:
    """Open a case for everybody whose answers in a subject were found alike. Their results are withheld from now on.

    Refuses fewer than two, ticket numbers that nobody here has for this subject, and what is entered already.
    """
    region = results.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
    _require_unsealed(region)
    given = rules.require_several(tickets)
    entries = queries.entries_sitting(region, subject_code=subject_code, tickets=given)
    if unknown := tuple(ticket for ticket in given if ticket not in entries):
        raise TicketsUnknown(tickets=unknown)
    alike, facts = new_id(), rules.require_words(facts)
    cases = [
        ViolationCase(
            entry=entries[ticket],
            subject_code=subject_code,
            origin=CaseOrigin.MARKING.value,
            alike=alike,
            article=CaseArticle.SIMILAR.value,
            facts=facts,
            opened_at=now,
        )
        for ticket in given
    ]
    try:
        with transaction.atomic():
            ViolationCase.objects.bulk_create(cases)
    except IntegrityError as error:
        raise CaseEnteredTwice(tickets=given) from error
    audit.record_many(cases, by=by, event=OPENED, at=now)
    return cases


# Step 2 of docs/cycles/violation.md.
@transaction.atomic
def charge_violation(*, case_id: UUID, article: CaseArticle, charge: str, by: Staff, now: datetime) -> ViolationCase:
    """Draw up the notice (告知书): what is held, why, and under which article. Whoever does this does not decide.

    Every word of it is kept with the case. Drawn up anew, it takes the place of one that was not served yet; one that
    was stays with the case, with what was answered to it, and the candidate is heard on the new one.
    """
    charge = rules.require_words(charge)
    case = queries.lock_case(case_id, by=by)
    _require_unsealed(case.entry.region)
    before = case.state
    case.move(CaseEvent.CHARGE)
    if case.notified_at is not None:
        _lay_aside_notice(case)
    case.article, case.charge = article.value, charge
    case.notified_by, case.charged_at = by.account_id, now
    case.notice = documents.written_notice(case, at=now)
    case.save()
    details = {"article": article.value}
    audit.record(case, by=by, event=CaseEvent.CHARGE, at=now, from_state=before, details=details)
    return case


def _lay_aside_notice(case: ViolationCase) -> None:
    """Keep the notice that was served, and what was answered to it, beside the one that is drawn up anew."""
    served_on, stated_at, paper_on = case.notice_served_on, case.stated_at, case.paper_on
    laid_aside = {
        "by": str(case.notified_by),
        "article": case.article,
        "charge": case.charge,
        "notice": case.notice,
        "service": case.notice_service,
        "served_on": served_on.isoformat() if served_on else "",
        "statement": case.statement,
        "stated_at": stated_at.isoformat() if stated_at else "",
        "paper_on": paper_on.isoformat() if paper_on else "",
        "paper_scan": case.paper_scan,
    }
    case.earlier = [*case.earlier, laid_aside]
    case.notified_at = case.notice_served_on = case.defence_until = case.stated_at = case.paper_on = None
    case.notice_service = case.statement = case.paper_scan = ""


# Step 2 of docs/cycles/violation.md.
@transaction.atomic
def notify_violation(*, case_id: UUID, service: Service, served_on: date, by: Staff, now: datetime) -> ViolationCase:
    """Note how and when the notice reached the candidate, who may answer from that day on (陈述申辩).

    The time runs in working days, as many as the programme gives for a defence. Refuses a day before the notice was
    drawn up, or to come.
    """
    case = queries.lock_case(case_id, by=by)
    before = case.state
    case.move(CaseEvent.NOTIFY)
    since = (case.charged_at or now).astimezone(SHANGHAI).date()
    rules.require_servable(served_on, since=since, today=now.astimezone(SHANGHAI).date())
    case.notified_at, case.notice_service, case.notice_served_on = now, service.value, served_on
    case.defence_until = sitting_rules.review_deadline(
        datetime.combine(served_on, time(), tzinfo=SHANGHAI),
        working_days=case.entry.sitting.programme_version.programme.application.defence_working_days,
        is_working=sittings.workday_calendar().is_working,
    )
    case.save(update_fields=("state", "notified_at", "notice_service", "notice_served_on", "defence_until"))
    details = {"service": service.value, "served_on": served_on.isoformat(), "until": case.defence_until.isoformat()}
    audit.record(case, by=by, event=CaseEvent.NOTIFY, at=now, from_state=before, details=details)
    return case


# Step 3 of docs/cycles/violation.md.
@transaction.atomic
def state_defence(*, case_id: UUID, statement: str, by: Candidate, now: datetime) -> ViolationCase:
    """Answer within the time; a later answer within it takes the place of the earlier one."""
    case = queries.lock_own_case(case_id, by=by)
    if case.defence_until is None or not queries.is_heard(case):
        raise CaseNotFound
    rules.require_still_heard(now, until=case.defence_until)
    case.statement, case.stated_at = rules.require_words(statement), now
    case.paper_on, case.paper_scan = None, ""
    case.save(update_fields=("statement", "stated_at", "paper_on", "paper_scan"))
    audit.record(case, by=by, event=STATED, at=now, from_state=case.state)
    return case


# Step 3 of docs/cycles/violation.md.
@transaction.atomic
def enter_paper_defence(
    *, case_id: UUID, statement: str, received_on: date, scan: str, by: Staff, now: datetime
) -> ViolationCase:
    """Enter an answer that the candidate handed in on paper: its words, the day it came, and where its scan is kept.

    What came in time may be typed later, until there is a decision. Refuses a paper out of time, and to type over what
    the candidate wrote on the page; a mistake in an entry is mended by entering it again.
    """
    case = queries.lock_case(case_id, by=by)
    if not queries.is_heard(case) or case.defence_until is None or case.notified_at is None:
        raise CaseNotFound
    since = case.notice_served_on or case.notified_at.astimezone(SHANGHAI).date()
    if case.stated_at is not None and case.paper_on is None:
        raise DefenceStandsAlready
    today = now.astimezone(SHANGHAI).date()
    rules.require_paper_in_time(received_on, since=since, until=case.defence_until, today=today)
    case.statement, case.stated_at = rules.require_words(statement), now
    case.paper_on, case.paper_scan = received_on, rules.require_words(scan)
    case.save(update_fields=("statement", "stated_at", "paper_on", "paper_scan"))
    details = {"received_on": received_on.isoformat(), "scan": case.paper_scan}
    audit.record(case, by=by, event=STATED_ON_PAPER, at=now, from_state=case.state, details=details)
    return case


# Step 4 of docs/cycles/violation.md.
@transaction.atomic
def find_violation(
    *, case_id: UUID, article: CaseArticle, document_number: str, by: Staff, now: datetime
) -> ViolationCase:
    """Decide, as a second person and after the hearing, that there was a violation, by a decision with a number.

    The marks follow the article when outcomes are next computed; under Articles 7 and 8 the person is entered in the
    integrity record. Refuses whoever told the candidate, an early decision, an article that the notice did not name
    unless it is milder, and marks that are sealed. Every word of the decision is kept with the case.
    """
    document_number = rules.require_words(document_number)
    case = _to_decide(case_id, by=by, now=now)
    before = case.state
    case.move(CaseEvent.FIND)
    rules.require_told(article, told=CaseArticle(case.article))
    case.article, case.document_number = article.value, document_number
    case.decided_by, case.decided_at = by.account_id, now
    case.decision = documents.written_decision(case, at=now)
    case.save()
    details = {"article": article.value, "document_number": document_number}
    audit.record(case, by=by, event=CaseEvent.FIND, at=now, from_state=before, details=details)
    if (ground := rules.GROUNDS.get(article)) is not None:
        enter_integrity_record(
            person_id=case.entry.person_id,
            authority=case.entry.region.authority,
            ground=ground,
            document_number=document_number,
            starts_on=now.astimezone(SHANGHAI).date(),
            by=by,
            now=now,
        )
    return case


# Step 4 of docs/cycles/violation.md.
@transaction.atomic
def drop_violation(*, case_id: UUID, reason: str, by: Staff, now: datetime) -> ViolationCase:
    """Drop a case, with the reason: nothing was found. Of one the candidate was told about, a second person says so."""
    reason = rules.require_words(reason)
    case = queries.lock_case(case_id, by=by)
    _require_unsealed(case.entry.region)
    rules.require_second_person(told_by=queries.told_by(case), decider=by.account_id)
    before = case.state
    case.move(CaseEvent.DROP)
    case.reason, case.decided_by, case.decided_at = reason, by.account_id, now
    case.save(update_fields=("state", "reason", "decided_by", "decided_at"))
    audit.record(case, by=by, event=CaseEvent.DROP, at=now, from_state=before)
    return case


# Step 5 of docs/cycles/violation.md.
@transaction.atomic
def serve_decision(*, case_id: UUID, service: Service, served_on: date, by: Staff, now: datetime) -> ViolationCase:
    """Note how and when the written decision reached the candidate. Refuses a day before the decision, or to come."""
    case = queries.lock_case(case_id, by=by)
    before = case.state
    case.move(CaseEvent.SERVE)
    if case.decided_at is not None:
        decided_on = case.decided_at.astimezone(SHANGHAI).date()
        rules.require_servable(served_on, since=decided_on, today=now.astimezone(SHANGHAI).date())
    case.service, case.served_on = service.value, served_on
    case.save(update_fields=("state", "service", "served_on"))
    details = {"service": service.value, "served_on": served_on.isoformat()}
    audit.record(case, by=by, event=CaseEvent.SERVE, at=now, from_state=before, details=details)
    return case


# Step 6 of docs/cycles/violation.md.
@transaction.atomic
def overturn_decision(
    *, case_id: UUID, remedy: Remedy, document_number: str, decided_on: date, reason: str, by: Staff, now: datetime
) -> ViolationCase:
    """Enter that a decision was overturned on review (行政复议) or in court (行政诉讼), by a document with a number.

    From then on nothing is held: marks count as where a case is dropped, what is out changes with the next generation,
    and the integrity record ends on the day of the document. Refuses whoever made the decision, a day before it or to
    come, a case without a decision in force, and marks that are sealed.
    """
    document_number, reason = rules.require_words(document_number), rules.require_words(reason)
    case = queries.lock_case(case_id, by=by)
    _require_unsealed(case.entry.region)
    rules.require_decision(CaseState(case.state))
    rules.require_other_decider(decided_by=case.decided_by, by=by.account_id)
    assert case.decided_at is not None  # noqa: S101  # the state says so
    since, today = (one.astimezone(SHANGHAI).date() for one in (case.decided_at, now))
    rules.require_overturnable(decided_on, since=since, today=today)
    before = case.state
    case.move(CaseEvent.OVERTURN)
    case.overturned_through, case.overturned_number, case.overturned_on = remedy.value, document_number, decided_on
    case.overturned_reason, case.overturned_by, case.overturned_at = reason, by.account_id, now
    case.save()
    details = {"through": remedy.value, "document_number": document_number, "decided_on": decided_on.isoformat()}
    audit.record(case, by=by, event=CaseEvent.OVERTURN, at=now, from_state=before, details=details, reason=reason)
    if CaseArticle(case.article) in rules.GROUNDS:
        lift_overturned_record(
            person_id=case.entry.person_id,
            overturned=case.document_number,
            document_number=document_number,
            lifted_on=decided_on,
            by=by,
            now=now,
        )
    return case


def _to_decide(case_id: UUID, *, by: Staff, now: datetime) -> ViolationCase:
    case = queries.lock_case(case_id, by=by)
    _require_unsealed(case.entry.region)
    rules.require_second_person(told_by=queries.told_by(case), decider=by.account_id)
    if case.defence_until is not None:
        rules.require_heard(now, has_answered=case.stated_at is not None, until=case.defence_until)
    return case


def _require_unsealed(region: ExamRegion) -> None:
    """Refuse to change what two people are about to sign, or have signed, until they reopen it."""
    release = results.lock_release_of(region.pk)
    if release is not None and ReleaseState(release.state).is_sealed:
        raise MarksSealed(release=release.code)
