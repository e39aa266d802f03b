"""Changing a name or a document on record (身份信息变更), by request, evidence and review. Reads and writes.

The promise: nothing of a person's history is lost by a new name or number. The person stays the same row, an old
document goes on finding them, and what was made under the old name (applications, tickets, results) keeps it. A
candidate asks, a reviewer of the chosen province decides within two working days; nobody decides who has bound a new
telephone for the same person lately.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from jinbang.audit import actions as audit
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.crypto import key_ring, open_sealed, seal
from jinbang.kernel.identity import DocumentKind, IdentityNumber, birth_date, parse_number, sex
from jinbang.kernel.names import normalise_name
from jinbang.people import accounts, codes, evidence, queries, rules
from jinbang.people.errors import (
    AmendmentDecided,
    AmendmentNotFound,
    AmendmentOpen,
    DocumentOfAnother,
    NothingToAmend,
    NotIndependentHere,
    ReasonMissing,
)
from jinbang.people.models import Account, Amendment, Authority, IdentityDocument, Person, Rebinding
from jinbang.people.queries import Candidate, Staff, place_of, within
from jinbang.people.states import AmendmentEvent, AmendmentState, AuthorityKind, RebindingState, Role
from jinbang.people.verification.actions import restart_verifications

# So long somebody who bound a telephone for a person keeps their hands off that person's record.
KEPT_APART: Final = timedelta(days=30)


@dataclass(frozen=True)
class Wanted:
    """What a candidate asks for. An empty number: only the name changes."""

    name: str = field(repr=False)
    kind: DocumentKind
    number: str = field(repr=False)
    evidence: bytes = field(repr=False)
    authority_code: str


# ---------------------------------------------------------------- the candidate
def amendments_of(by: Candidate) -> QuerySet[Amendment]:
    """Return a candidate's own requests, newest first."""
    return Amendment.objects.filter(person_id=by.require_person()).select_related("authority").order_by("-id")


def provinces() -> QuerySet[Authority]:
    """Return the authorities that review such requests."""
    return Authority.objects.filter(kind=AuthorityKind.PROVINCE.value).order_by("code")


@transaction.atomic
def request_amendment(wanted: Wanted, *, by: Candidate, now: datetime) -> Amendment:
    """Ask for another name or document. Refuses what changes nothing, and a second request while one is open.

    A number that is another person's is taken like any other: the reviewer finds out, the candidate is not told here.
    """
    person = queries.lock_person(by.require_person())
    today = now.astimezone(SHANGHAI).date()
    name = normalise_name(wanted.name)
    number = parse_number(wanted.number, kind=wanted.kind, today=today) if wanted.number else None
    if number is not None and _is_theirs(person, number):
        number = None
    if name == person.name and number is None:
        raise NothingToAmend
    amendment = Amendment(
        person=person,
        authority=provinces().get(code=wanted.authority_code),
        old_name=person.name,
        new_name=name,
        submitted_at=now,
        due_at=rules.amendment_deadline(now, is_working=_is_working()),
    )
    _put_in(amendment, number, picture=evidence.to_jpeg(wanted.evidence))
    try:
        with transaction.atomic():
            amendment.save(force_insert=True)
    except IntegrityError as error:
        raise AmendmentOpen from error
    audit.record(amendment, by=by, event="amendment_requested", at=now)
    return amendment


def _is_theirs(person: Person, number: IdentityNumber) -> bool:
    """Whether this is a document by which the person is known today."""
    index = queries.document_index(number)
    return IdentityDocument.objects.filter(person=person, number_index=index, valid_to__isnull=True).exists()


def _is_working() -> Callable[[date], bool]:
    """Return the question "is this day worked?". A later phase keeps the calendar; the settings name it."""
    question: Callable[[date], bool] = import_string(settings.JINBANG_WORKDAYS)().is_working
    return question


def _put_in(amendment: Amendment, number: IdentityNumber | None, *, picture: bytes) -> None:
    key = bytes(amendment.person.wrapped_key)
    amendment.evidence_sealed = seal(key, picture, aad=place_of(amendment, "evidence_sealed"), ring=key_ring())
    if number is not None:
        place = place_of(amendment, "new_number_sealed")
        amendment.new_kind = number.kind.value
        amendment.new_number_index = queries.document_index(number)
        amendment.new_number_sealed = seal(key, number.number.encode(), aad=place, ring=key_ring())


@transaction.atomic
def withdraw_amendment(amendment_id: UUID, *, by: Candidate, now: datetime) -> Amendment:
    """Take one's own request back. Refuses one that was decided."""
    rows = Amendment.objects.filter(pk=amendment_id, person_id=by.require_person())
    return _close(_locked(rows), AmendmentEvent.WITHDRAW, by=by, now=now)


# ---------------------------------------------------------------- the reviewer
def amendments_awaiting(by: Staff) -> QuerySet[Amendment]:
    """Return what waits for a reviewer in their scope, the earliest deadline first."""
    return _in_scope(by).filter(state=AmendmentState.SUBMITTED.value).order_by("due_at", "id")


def get_amendment(amendment_id: UUID, *, by: Staff) -> Amendment:
    """Return one request within a reviewer's scope. Another province's does not exist for them."""
    found = _in_scope(by).filter(pk=amendment_id).first()
    if found is None:
        raise AmendmentNotFound
    return found


def _in_scope(by: Staff) -> QuerySet[Amendment]:
    scope = within(by, Role.REVIEWER, path_field="authority__path")
    return Amendment.objects.filter(scope).select_related("person", "authority")


def open_number(amendment: Amendment) -> IdentityNumber | None:
    """Return the number that is asked for, in clear; None where only the name changes. No query."""
    if amendment.new_number_sealed is None:
        return None
    return IdentityNumber(DocumentKind(amendment.new_kind), _opened(amendment, "new_number_sealed").decode())


@transaction.atomic
def open_evidence(amendment_id: UUID, *, by: Staff, now: datetime) -> bytes:
    """Open the scan for a reviewer to see, and write down that it was opened before anything is shown."""
    amendment = get_amendment(amendment_id, by=by)
    audit.record(amendment, by=by, event="evidence_opened", at=now)
    return _opened(amendment, "evidence_sealed")


def _opened(amendment: Amendment, column: str) -> bytes:
    key, blob = bytes(amendment.person.wrapped_key), bytes(getattr(amendment, column))
    return open_sealed(key, blob, aad=place_of(amendment, column), ring=key_ring())


@transaction.atomic
def approve_amendment(amendment_id: UUID, *, by: Staff, now: datetime) -> Amendment:
    """Change the record as asked. The old document ends today and goes on finding the person; the old name is kept."""
    amendment = _locked(_in_scope(by).filter(pk=amendment_id))
    _require_independent(amendment, by=by, now=now)
    person, number = queries.lock_person(amendment.person_id), open_number(amendment)
    amendment.person = person
    today = now.astimezone(SHANGHAI).date()
    if number is not None:
        _add_document(person, number, today=today)
    if amendment.new_name != person.name:
        person.former_names = [*person.former_names, {"name": person.name, "until": today.isoformat()}]
        person.name = amendment.new_name
    person.save(update_fields=("name", "former_names", "sex", "born_on"))
    audit.record(person, by=by, event="identity_amended", at=now, details={"amendment": str(amendment.pk)})
    restart_verifications(person_id=person.pk, by=by, now=now)  # what was checked was another name or number
    return _close(amendment, AmendmentEvent.APPROVE, by=by, now=now)


def _add_document(person: Person, number: IdentityNumber, *, today: date) -> None:
    index = queries.document_index(number)
    known = IdentityDocument.objects.filter(kind=number.kind.value, number_index=index).order_by("returns").last()
    if known is not None and known.person_id != person.pk:
        raise DocumentOfAnother
    IdentityDocument.objects.filter(person=person, valid_to__isnull=True).update(valid_to=today)
    document = IdentityDocument(person=person, kind=number.kind.value, number_index=index, valid_from=today)
    if known is not None:  # a row of its own: the days on which it named them before stay as they are
        document.returns = known.returns + 1
    place = place_of(document, "number_sealed")
    document.number_sealed = seal(bytes(person.wrapped_key), number.number.encode(), aad=place, ring=key_ring())
    document.save(force_insert=True)
    stated = sex(number)
    person.sex, person.born_on = stated.value if stated else person.sex, birth_date(number) or person.born_on


@transaction.atomic
def refuse_amendment(amendment_id: UUID, *, reason: str, by: Staff, now: datetime) -> Amendment:
    """Leave the record as it is, with a reason that the candidate reads. The reason names no person and no number."""
    if not reason.strip():
        raise ReasonMissing
    amendment = _locked(_in_scope(by).filter(pk=amendment_id))
    _require_independent(amendment, by=by, now=now)
    amendment.reason = reason.strip()
    return _close(amendment, AmendmentEvent.REFUSE, by=by, now=now)


def _require_independent(amendment: Amendment, *, by: Staff, now: datetime) -> None:
    """Refuse whoever took part in binding a telephone for this person: alone they could become this person."""
    took_part = Rebinding.objects.filter(person_id=amendment.person_id, opened_at__gt=now - KEPT_APART).exclude(
        state=RebindingState.STOPPED.value
    )
    if by.account_id in {one for pair in took_part.values_list("opened_by", "confirmed_by") for one in pair}:
        raise NotIndependentHere


def _locked(rows: QuerySet[Amendment]) -> Amendment:
    amendment = rows.select_for_update(of=("self",)).select_related("person").first()
    if amendment is None:
        raise AmendmentNotFound
    if AmendmentState(amendment.state).is_final:
        raise AmendmentDecided(state=amendment.state)
    return amendment


def _close(amendment: Amendment, event: AmendmentEvent, *, by: Staff | Candidate, now: datetime) -> Amendment:
    before = amendment.state
    amendment.move(event)
    amendment.decided_at = now
    amendment.save(update_fields=("state", "decided_at", "reason"))
    audit.record(amendment, by=by, event=event, at=now, from_state=before, reason=amendment.reason)
    if event is not AmendmentEvent.WITHDRAW:
        account = Account.objects.filter(person_id=amendment.person_id).first()
        text = _("您的身份信息变更申请已有审核结果，请登录后在“账号与身份”中查看。")
        transaction.on_commit(lambda: _tell(amendment.person, account, text, now=now))
    return amendment


def _tell(person: Person, account: Account | None, text: str, *, now: datetime) -> None:
    if account is not None:
        accounts.tell_owner(account, text, now=now)
    elif contact := queries.phone_of(person) or queries.email_of(person):
        codes.notify(contact, text, now=now)
