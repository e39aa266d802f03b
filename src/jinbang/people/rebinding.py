"""A new telephone for somebody who stands at a counter with their document (窗口换绑). Reads and writes.

The promise: whoever has lost the telephone and the e-mail gets back in the same day, and no member of staff alone gets
into anybody's account. One sees the original and sends a code to the new telephone; another looks again and confirms.
The old telephone is told at the beginning and at the end and its owner can stop it. Nobody learns or sets a password.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jinbang.audit import actions as audit
from jinbang.kernel.crypto import key_ring, open_sealed, seal
from jinbang.kernel.identity import DocumentKind
from jinbang.people import accounts, codes, queries, sessions
from jinbang.people.errors import (
    ContactTaken,
    NotIndependentHere,
    OriginalNotSeen,
    PersonNotFound,
    RebindingClosed,
    RebindingNotFound,
    RebindingOpen,
)
from jinbang.people.models import Account, Authority, Person, Rebinding
from jinbang.people.queries import Candidate, Staff, place_of, within
from jinbang.people.states import CodePurpose, RebindingEvent, RebindingState, Role

LOOKED_UP: str = "jinbang_at_the_counter"
_OPEN = (RebindingState.OPENED.value, RebindingState.PROVEN.value)


def find_at_counter(*, kind: DocumentKind, number: str, by: Staff, now: datetime) -> Person:
    """Return the person whose document lies on the counter, and write down who looked. Refuses an unknown document.

    Anybody may come to any counter, so this goes by the whole number of a document at hand and by no list.
    """
    person = queries.find_person_by_document(kind=kind, number=number)
    if person is None:
        raise PersonNotFound
    audit.record(person, by=by, event="looked_up_at_counter", at=now)
    return person


def authority_of(by: Staff) -> Authority:
    """Return the authority at whose counter a registrar sits: the nearest, where they hold the role at several."""
    held = [one for one in by.appointments if one.role is Role.REGISTRAR]
    return Authority.objects.get(pk=max(held, key=lambda one: len(one.path)).authority_id)


def open_rebindings(by: Staff) -> QuerySet[Rebinding]:
    """Return what is under way at the counters of a registrar, the oldest first."""
    return _in_scope(by).filter(state__in=_OPEN).order_by("id")


def get_rebinding(rebinding_id: UUID, *, by: Staff) -> Rebinding:
    """Return one within a registrar's scope. Another province's does not exist for them."""
    found = _in_scope(by).filter(pk=rebinding_id).first()
    if found is None:
        raise RebindingNotFound
    return found


def _in_scope(by: Staff) -> QuerySet[Rebinding]:
    scope = within(by, Role.REGISTRAR, path_field="authority__path")
    return Rebinding.objects.filter(scope).select_related("person", "authority", "opened_by")


def phone_of(rebinding: Rebinding) -> str:
    """Return the new number in clear. No query where the person is loaded."""
    key, blob = bytes(rebinding.person.wrapped_key), bytes(rebinding.phone_sealed)
    return open_sealed(key, blob, aad=place_of(rebinding, "phone_sealed"), ring=key_ring()).decode()


@transaction.atomic
def start(
    *, person: Person, phone: str, kind: DocumentKind, is_seen: bool, network: str, by: Staff, now: datetime
) -> Rebinding:  # what is written down at a counter
    """Write down that the original was seen and send a code to the new telephone; the old one is told."""
    if not is_seen:
        raise OriginalNotSeen
    _require_free(phone, person)
    if Rebinding.objects.filter(person=person, state__in=_OPEN).exists():
        raise RebindingOpen
    code_id = codes.send_code(phone, purpose=CodePurpose.COUNTER, network=network, now=now)
    rebinding = Rebinding(
        person=person,
        authority=authority_of(by),
        opened_by_id=by.account_id,
        document_kind=kind.value,
        code_id=code_id,
        opened_at=now,
    )
    place = place_of(rebinding, "phone_sealed")
    rebinding.phone_sealed = seal(bytes(person.wrapped_key), phone.encode(), aad=place, ring=key_ring())
    try:
        with transaction.atomic():
            rebinding.save(force_insert=True)
    except IntegrityError as error:
        raise RebindingOpen from error
    audit.record(rebinding, by=by, event="original_seen", at=now, details={"document_kind": kind.value})
    text = _("有人持您的证件在%(where)s办理换绑手机。如果不是您本人，请登录后在“账号与身份”中立即停止。")
    said = text % {"where": rebinding.authority.name}
    transaction.on_commit(lambda: _tell_old(person, said, now=now))
    return rebinding


def _require_free(phone: str, person: Person) -> None:
    """Refuse a number by which another account signs in."""
    holder = queries.find_account_by_phone(phone)
    if holder is not None and holder.person_id != person.pk:
        raise ContactTaken


# Step 2 of docs/cycles/account.md.
def prove(rebinding_id: UUID, digits: str, *, by: Staff, now: datetime) -> Rebinding:
    """Take the code that the new telephone received. A try counts, so this is no single transaction."""
    rebinding = get_rebinding(rebinding_id, by=by)
    if rebinding.state != RebindingState.OPENED:
        raise RebindingClosed
    codes.prove({rebinding.code_id: digits}, purposes=(CodePurpose.COUNTER,), now=now)
    with transaction.atomic():
        return _move(_locked(_in_scope(by), rebinding_id), RebindingEvent.PROVE, by=by, now=now)


@transaction.atomic
def confirm(rebinding_id: UUID, *, by: Staff, now: datetime) -> Rebinding:
    """Bind the new telephone. Refuses whoever opened it: it takes two. Every session of the account ends."""
    rebinding = _locked(_in_scope(by), rebinding_id)
    if rebinding.opened_by_id == by.account_id:
        raise NotIndependentHere
    person, phone = queries.lock_person(rebinding.person_id), phone_of(rebinding)
    _require_free(phone, person)
    before = queries.phone_of(person)
    rebinding.confirmed_by_id = by.account_id
    _move(rebinding, RebindingEvent.CONFIRM, by=by, now=now)
    account = Account.objects.select_for_update().filter(person=person).first()
    if account is None:
        accounts.put_on_record(person, phone)
    else:
        accounts.change_contact(account.pk, phone, by=by, now=now)  # tells the old telephone as well
        sessions.end_sessions(account, by=by, now=now)
    text = _("您的新手机已经绑定。请用它收验证码登录，并重设密码。")
    transaction.on_commit(lambda: codes.notify(phone, text, now=now))
    if account is None and before:
        transaction.on_commit(lambda: codes.notify(before, _("您登记的手机号刚刚在报名点更换。"), now=now))
    return rebinding


@transaction.atomic
def stop(rebinding_id: UUID, *, by: Staff, now: datetime) -> Rebinding:
    """Stop it at the counter."""
    return _move(_locked(_in_scope(by), rebinding_id), RebindingEvent.STOP, by=by, now=now)


def find_own(by: Candidate) -> Rebinding | None:
    """Return what is under way for a candidate, who may know nothing of it."""
    if by.person_id is None:
        return None
    return Rebinding.objects.filter(person_id=by.person_id, state__in=_OPEN).select_related("authority").first()


@transaction.atomic
def stop_own(rebinding_id: UUID, *, by: Candidate, now: datetime) -> Rebinding:
    """Stop what somebody else began with one's document."""
    own = Rebinding.objects.filter(person_id=by.require_person()).select_related("person", "authority")
    return _move(_locked(own, rebinding_id), RebindingEvent.STOP, by=by, now=now)


def _locked(rows: QuerySet[Rebinding], rebinding_id: UUID) -> Rebinding:
    rebinding = rows.filter(pk=rebinding_id).select_for_update(of=("self",)).first()
    if rebinding is None:
        raise RebindingNotFound
    if RebindingState(rebinding.state).is_final:
        raise RebindingClosed
    return rebinding


def _move(rebinding: Rebinding, event: RebindingEvent, *, by: Staff | Candidate, now: datetime) -> Rebinding:
    before = rebinding.state
    rebinding.move(event)
    rebinding.closed_at = now if RebindingState(rebinding.state).is_final else None
    rebinding.save(update_fields=("state", "closed_at", "confirmed_by"))
    audit.record(rebinding, by=by, event=event, at=now, from_state=before)
    return rebinding


def _tell_old(person: Person, text: str, *, now: datetime) -> None:
    account = Account.objects.filter(person=person).first()
    known = set(accounts.contacts_of(account)) if account is not None else set()
    for contact in known | {one for one in (queries.phone_of(person), queries.email_of(person)) if one}:
        codes.notify(contact, text, now=now)
