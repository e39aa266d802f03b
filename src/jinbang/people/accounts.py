"""Accounts by what their owner has proved: opening one, changing a telephone or e-mail, a new password. Writes.

A candidate's account is written only when a code has come back from its telephone or e-mail address, so there is never
one with neither. Every act that could take an account from its owner is told to where the owner was reached before.
"""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.crypto import key_ring, seal
from jinbang.kernel.identity import DocumentKind
from jinbang.people import actions, codes, limits, queries, rules, sessions
from jinbang.people.errors import ContactTaken, IdentityNotRecognised, IdentityTaken, TooManyClaims
from jinbang.people.models import Account, Person
from jinbang.people.queries import Candidate
from jinbang.people.states import AccountKind

_NAME_DIGITS: Final = 9


def find_by_contact(contact: str) -> Account | None:
    """Return the candidate's account that signs in with this telephone number or e-mail address. One query."""
    field = "email" if rules.is_email(contact) else "phone"
    candidates = Account.objects.filter(kind=AccountKind.CANDIDATE.value, is_active=True)
    return candidates.filter(**{field: contact}).first()


def get_account(account_id: UUID) -> Account:
    """Return an account whose owner has just shown, by a code, that it is theirs."""
    return Account.objects.get(pk=account_id)


def contacts_of(account: Account) -> tuple[str, ...]:
    """Return what an account has proved to be its own, the telephone first."""
    phone = account.phone if account.phone_verified else ""
    return tuple(one for one in (phone, account.email if account.email_verified else "") if one)


def contact_to_ask(account: Account, *, by_email: bool) -> str:
    """Return where the owner is asked before a contact changes: that contact, else the other; empty for none."""
    known = contacts_of(account)
    same = [one for one in known if rules.is_email(one) is by_email]
    return next(iter((*same, *known)), "")


# Step 2 of docs/cycles/account.md.
@transaction.atomic
def sign_up(contact: str, *, password: str, now: datetime) -> Account:
    """Open a candidate's account for a proved contact. `password` is a hash made at the form. Refuses a taken one."""
    account = Account(kind=AccountKind.CANDIDATE.value, username=_new_username(), password=password, date_joined=now)
    _set_contact(account, contact)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise ContactTaken from error
    by = queries.get_candidate(account)
    audit.record(account, by=by, event="account_opened", at=now)
    audit.record(account, by=by, event=_proved(contact), at=now)
    return account


def _new_username() -> str:
    """Return a name that nobody has: a letter, so that it is never taken for a telephone number, and nine digits."""
    while True:
        name = f"k{secrets.randbelow(10**_NAME_DIGITS):0{_NAME_DIGITS}d}"
        if not Account.objects.filter(username=name).exists():
            return name


def _set_contact(account: Account, contact: str) -> None:
    if rules.is_email(contact):
        account.email, account.email_verified = contact, True
    else:
        account.phone, account.phone_verified = contact, True


def _proved(contact: str) -> str:
    return "email_verified" if rules.is_email(contact) else "phone_verified"


@transaction.atomic
def note_proof(account: Account, contact: str, *, now: datetime) -> None:
    """Note that a code came back from a contact that an account had and had not proved yet."""
    was = account.email_verified if rules.is_email(contact) else account.phone_verified
    if was:
        return
    _set_contact(account, contact)
    account.save(update_fields=("phone", "phone_verified", "email", "email_verified"))
    audit.record(account, by=queries.get_candidate(account), event=_proved(contact), at=now)


# Step 7 of docs/cycles/account.md.
@transaction.atomic
def change_contact(account_id: UUID, contact: str, *, by: Actor, now: datetime) -> Account:
    """Give an account another telephone or e-mail, proved before; the person on record is reached there as well.

    Ends nothing and opens nothing: sessions and second factors stay. Whoever was reached before is told.
    """
    account = queries.lock_account(account_id)
    before = contacts_of(account)
    _set_contact(account, contact)
    try:
        with transaction.atomic():
            account.save(update_fields=("phone", "phone_verified", "email", "email_verified"))
    except IntegrityError as error:
        raise ContactTaken from error
    if account.person_id is not None:
        put_on_record(queries.lock_person(account.person_id), contact)
    audit.record(account, by=by, event="email_changed" if rules.is_email(contact) else "phone_changed", at=now)
    text = _("您的账号刚刚更换了登录手机或邮箱。如果不是您本人操作，请立即带证件原件到报名点办理。")
    transaction.on_commit(lambda: _tell(before, text, now=now))
    return account


def put_on_record(person: Person, contact: str) -> None:
    """Seal a person's telephone or e-mail under their key, in place of the one before."""
    column = "email" if rules.is_email(contact) else "phone"
    place = queries.place_of(person, f"{column}_sealed")
    sealed = seal(bytes(person.wrapped_key), contact.encode(), aad=place, ring=key_ring())
    index = queries.email_index(contact) if rules.is_email(contact) else queries.phone_index(contact)
    setattr(person, f"{column}_sealed", sealed)
    setattr(person, f"{column}_index", index)
    person.save(update_fields=(f"{column}_sealed", f"{column}_index"))


# Step 6 of docs/cycles/account.md.
@transaction.atomic
def reset_password(account_id: UUID, password: str, *, now: datetime) -> Account:
    """Set a new password for whoever has proved a contact. Every session ends; second factors stay and are asked."""
    account = queries.lock_account(account_id)
    account.set_password(password)
    account.save(update_fields=("password",))
    by = queries.get_candidate(account)
    audit.record(account, by=by, event="password_reset", at=now)
    sessions.end_sessions(account, by=by, now=now)
    text = _("您的账号刚刚用验证码重设了密码。如果不是您本人操作，请立即带证件原件到报名点办理。")
    transaction.on_commit(lambda: _tell(contacts_of(account), text, now=now))
    return account


def _tell(contacts: tuple[str, ...], text: str, *, now: datetime) -> None:
    for contact in contacts:
        codes.notify(contact, text, now=now)


def tell_owner(account: Account, text: str, *, now: datetime) -> None:
    """Tell whoever owns an account, at everything they have proved, that something about it has changed."""
    _tell(contacts_of(account), text, now=now)


# ---------------------------------------------------------------- who one is
# Step 3 of docs/cycles/account.md.
def claim_identity(*, name: str, kind: DocumentKind, number: str, by: Candidate, now: datetime) -> Person | None:
    """Bind the account to the person whom a document names, or say nothing: a stranger must not learn who is on record.

    None where the document is another's or the record differs; then whoever is on record is told. Refuses more than
    three claims a day, which is all that a prober would get of what follows from a claim.
    """
    if not limits.take(limits.CLAIMS_A_DAY, str(by.account_id), now=now):
        raise TooManyClaims
    try:
        return actions.bind_person(name=name, kind=kind, number=number, by=by, now=now)
    except (IdentityNotRecognised, IdentityTaken):
        person = queries.find_person_by_document(kind=kind, number=number)
    audit.record(queries.lock_account(by.account_id), by=by, event="identity_claim_held", at=now)
    if person is not None:
        text = _("有人用您的证件号码登记考试账号，我们没有通过。您的号码已经登记；如果是您本人，请用原来的账号登录。")
        codes.notify(queries.phone_of(person) or queries.email_of(person), text, now=now)
    return None


# ---------------------------------------------------------------- second factors
def factors_of(account_id: UUID) -> tuple[int, bool, int]:
    """Return how many passkeys, whether an authenticator app, and how many recovery codes an account has."""
    rows = list(Authenticator.objects.filter(user_id=account_id))
    keys = sum(row.type == Authenticator.Type.WEBAUTHN for row in rows)
    has_app = any(row.type == Authenticator.Type.TOTP for row in rows)
    recovery = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return keys, has_app, sum(len(row.wrap().get_unused_codes()) for row in recovery)
