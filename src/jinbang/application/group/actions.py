"""Writes of group entries: hand in a sheet, confirm or decline one's own row, let the unconfirmed lapse."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.application import queries as applications
from jinbang.application import rules as application_rules
from jinbang.application.actions.submit import STARTED
from jinbang.application.errors import AlreadyApplied
from jinbang.application.group import labels, queries, rules
from jinbang.application.group.errors import (
    GroupNameDiffers,
    GroupRowAnswered,
    SheetHeadingsMissing,
    SheetUnreadable,
)
from jinbang.application.group.models import GroupRow, GroupUpload
from jinbang.application.group.rules import Accepted, Ground, Refused
from jinbang.application.group.sheet import read_sheet
from jinbang.application.group.states import Column, GroupRowEvent, GroupRowState, Reason
from jinbang.application.models import Application, ApplicationSubject
from jinbang.application.rules import Answers
from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.masking import mask_document
from jinbang.people.models import IdentityDocument, Person
from jinbang.people.queries import Candidate, Staff, document_index
from jinbang.people.rules import is_same_name
from jinbang.people.states import Role
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.states import WindowKind

HANDED_IN: Final = "hand_in"
ASKED: Final = "ask"
IN_ONE_QUERY: Final = 500


def hand_in_sheet(*, region_id: UUID, raw: bytes, by: Staff, now: datetime) -> GroupUpload:
    """Take a sheet and answer every row of it: accepted, to be confirmed by the person, or refused with its column.

    Registers nobody and submits nothing. Refuses a file that is too large or none, one without its headings, and a
    region that is not the agent's or not open. About ten queries, whatever the rows.
    """
    region = queries.get_region_for_agent(region_id, by=by, now=now)
    sheet = read_sheet(raw)
    columns = _columns(sheet[0])
    if len(sheet) == 1:
        raise SheetUnreadable
    ground = queries.ground_of(region, now=now)
    judged = _judged(sheet[0], sheet[1:], columns=columns, ground=ground)
    return _keep(region, judged, digest=sha256(raw).hexdigest(), by=by, now=now)


def _columns(headings: Sequence[str]) -> dict[str, Column]:
    known = {str(label): column for column, label in labels.HEADINGS.items()}
    missing = [heading for heading in known if heading not in headings]
    if missing:
        raise SheetHeadingsMissing(missing="、".join(missing))
    return known


def _judged(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, columns: dict[str, Column], ground: Ground
) -> list[Accepted | Refused]:
    judged: list[Accepted | Refused] = []
    seen: set[str] = set()
    for row in rows:
        verdict = rules.judge_row(rules.arrange(headings, row, columns=columns), ground)
        if isinstance(verdict, Accepted):
            index = document_index(verdict.number)
            if index in seen:
                verdict = Refused(Column.NUMBER, Reason.TWICE)
            seen.add(index)
        judged.append(verdict)
    return judged


@transaction.atomic
def _keep(
    region: ExamRegion, judged: Sequence[Accepted | Refused], *, digest: str, by: Staff, now: datetime
) -> GroupUpload:
    upload = GroupUpload.objects.create(
        account_id=by.account_id, employer=_employer_of(by, region), region=region, sha256=digest, uploaded_at=now
    )
    rows = [_row(upload, number, verdict) for number, verdict in enumerate(judged, start=2)]
    known = _holders([row.document_index for row in rows if row.document_index])
    for row in rows:
        row.person_id = known.get((row.document_kind, row.document_index))
    GroupRow.objects.bulk_create(rows, batch_size=IN_ONE_QUERY)
    counts = {state.value: sum(row.state == state for row in rows) for state in GroupRowState}
    audit.record(upload, by=by, event=HANDED_IN, at=now, details={"sha256": digest, **counts})
    # Whoever is on record hears of it; everybody else hears of it from their employer.
    audit.record_many(
        [row for row in rows if row.person_id is not None and row.state == GroupRowState.AWAITING],
        by=by,
        event=ASKED,
        at=now,
    )
    return upload


def _employer_of(by: Staff, region: ExamRegion) -> str:
    units = by.units(Role.GROUP_AGENT, region.authority.path)
    return next(iter(sorted(units)), "")


def _row(upload: GroupUpload, number: int, verdict: Accepted | Refused) -> GroupRow:
    row = GroupRow(upload=upload, number=number)
    if isinstance(verdict, Refused):
        row.move(GroupRowEvent.REFUSE)
        row.column, row.reason = verdict.column.value, verdict.reason.value
        return row
    row.move(GroupRowEvent.ACCEPT)
    row.name = verdict.name
    row.document_kind = verdict.number.kind.value
    row.document_index = document_index(verdict.number)
    row.document_masked = mask_document(verdict.number.number)
    row.answers = _as_json(verdict.answers)
    return row


def _holders(indexes: Sequence[str]) -> dict[tuple[str, str], UUID]:
    found: dict[tuple[str, str], UUID] = {}
    for start in range(0, len(indexes), IN_ONE_QUERY):
        documents = IdentityDocument.objects.filter(number_index__in=indexes[start : start + IN_ONE_QUERY])
        found.update(
            ((kind, index), person)
            for kind, index, person in documents.values_list("kind", "number_index", "person_id")
        )
    return found


def _as_json(answers: Answers) -> dict[str, Any]:
    return {
        **asdict(answers),
        "graduated_on": answers.graduated_on.isoformat() if answers.graduated_on else None,
        "subject_codes": list(answers.subject_codes),
        "site_id": str(answers.site_id) if answers.site_id else None,
    }


def answers_of_row(row: GroupRow) -> Answers:
    """Return what a row says, as the rules read it."""
    kept = {name: value for name, value in row.answers.items() if name in _KEPT}
    return Answers(
        **{
            **kept,
            "graduated_on": date.fromisoformat(kept["graduated_on"]) if kept.get("graduated_on") else None,
            "subject_codes": tuple(kept.get("subject_codes", ())),
            "site_id": UUID(kept["site_id"]) if kept.get("site_id") else None,
        }
    )


_KEPT: Final = frozenset(
    {
        "level_code",
        "specialty_code",
        "track_code",
        "condition_code",
        "education",
        "graduated_on",
        "work_years",
        "employer",
        "subject_codes",
        "site_id",
    }
)


# ---------------------------------------------------------------- the person's word


@transaction.atomic
def confirm_group_row(*, row_id: UUID, by: Candidate, now: datetime) -> Application:
    """Confirm one's own row: begins an ordinary application, filled in; photo and declaration are still to do.

    Everything is judged again. Refuses outside the window, a row answered before, another name than the one on record,
    a second living application, and a full site.
    """
    row = _lock_awaiting(row_id, by=by)
    region = row.upload.region
    sittings.require_open(region, WindowKind.APPLICATION, now=now)
    person = Person.objects.get(pk=by.require_person())
    if not is_same_name(row.name, person.name):
        raise GroupNameDiffers
    answers = answers_of_row(row)
    offer = applications.offer_of(region.sitting)
    application_rules.require_complete(answers, offer, today=now.astimezone(SHANGHAI).date(), needs_photo=False)
    application = _begin(row, answers, person=person, now=now)
    row.move(GroupRowEvent.CONFIRM)
    row.person, row.application = person, application
    row.save(update_fields=("state", "person", "application"))
    audit.record(row, by=by, event=GroupRowEvent.CONFIRM, at=now, from_state=GroupRowState.AWAITING)
    audit.record(application, by=by, event=STARTED, at=now, details={"group_row": str(row.pk)})
    return application


def _begin(row: GroupRow, answers: Answers, *, person: Person, now: datetime) -> Application:
    region = row.upload.region
    try:
        with transaction.atomic():
            application = Application.objects.create(
                sitting=region.sitting,
                region=region,
                person=person,
                level_code=answers.level_code,
                specialty_code=answers.specialty_code,
                track_code=answers.track_code,
                condition_code=answers.condition_code,
                education=answers.education,
                graduated_on=answers.graduated_on,
                work_years=answers.work_years,
                employer=answers.employer,
                site_id=answers.site_id,
                touched_at=now,
                entered_by_id=row.upload.account_id,  # the clerk typed it, and will not review it
            )
    except IntegrityError as error:
        raise AlreadyApplied(sitting=region.sitting.name) from error
    if answers.site_id is not None:
        sittings_actions.take_place(sittings.get_site(region, answers.site_id))
    ApplicationSubject.objects.bulk_create(
        ApplicationSubject(application=application, subject_code=code) for code in answers.subject_codes
    )
    return application


@transaction.atomic
def decline_group_row(*, row_id: UUID, by: Candidate, now: datetime) -> GroupRow:
    """Decline: nothing is begun in one's name, and the clerk sees that."""
    row = _lock_awaiting(row_id, by=by)
    row.move(GroupRowEvent.DECLINE)
    row.save(update_fields=("state",))
    audit.record(row, by=by, event=GroupRowEvent.DECLINE, at=now, from_state=GroupRowState.AWAITING)
    return row


def _lock_awaiting(row_id: UUID, *, by: Candidate) -> GroupRow:
    row = queries.lock_own_row(row_id, by=by)
    state = GroupRowState(row.state)
    if state is not GroupRowState.AWAITING:
        raise GroupRowAnswered(state=state)
    return row


def lapse_group_rows(*, now: datetime) -> int:
    """Let lapse what nobody confirmed before the window of its region closed. Safe to repeat; an extension counts."""
    count = 0
    waiting = ExamRegion.objects.filter(group_uploads__rows__state=GroupRowState.AWAITING.value).distinct()
    for region in waiting.select_related("sitting"):
        window = sittings.window_of(region, WindowKind.APPLICATION)
        if window is None or now < window.closes:
            continue
        count += _lapse_in(region, now=now)
    return count


@transaction.atomic
def _lapse_in(region: ExamRegion, *, now: datetime) -> int:
    rows = GroupRow.objects.filter(upload__region=region, state=GroupRowState.AWAITING.value)
    lapsing = list(rows.select_for_update(of=("self",)))
    for row in lapsing:
        row.move(GroupRowEvent.LAPSE)
    GroupRow.objects.bulk_update(lapsing, ["state"], batch_size=IN_ONE_QUERY)
    audit.record_many(lapsing, by=SYSTEM, event=GroupRowEvent.LAPSE, at=now, from_state=GroupRowState.AWAITING)
    return len(lapsing)
