"""Writes about people: authorities and appointments, persons and their documents, accounts and their keys.

One person per document number, for ever: whoever registers somebody known is given the person on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import IntegrityError, transaction
from django.db.models import Model

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.crypto import key_ring, new_data_key, new_officer_key, seal
from jinbang.kernel.identity import DocumentKind, IdentityNumber, Sex, birth_date, parse_number, sex
from jinbang.kernel.names import normalise_name
from jinbang.people import passkeys, queries, rules
from jinbang.people.errors import AlreadyAppointed, CodeTaken, NameDiffers, NotStaff, ReasonMissing, UsernameTaken
from jinbang.people.models import Account, Appointment, Authority, IdentityDocument, OfficerKey, Person
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import AccountKind, AuthorityKind, KeyKind, Role

_ROWS_AT_ONCE: Final = 1_000


@dataclass(frozen=True)
class NewPerson:
    """Somebody to register. `sex` and `born_on` count only where the document's number states none."""

    name: str = field(repr=False)
    kind: DocumentKind
    number: str = field(repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    sex: Sex | None = None
    born_on: date | None = None


# ---------------------------------------------------------------- authorities and staff
@transaction.atomic
def create_authority(  # noqa: PLR0913  # an authority is what its letterhead says
    *,
    code: str,
    name: str,
    kind: AuthorityKind,
    parent: Authority | None,
    by: Actor,
    now: datetime,
    organisation: str = "",
    phone: str = "",
    address: str = "",
) -> Authority:
    """Add an authority to the tree. Refuses a kind that cannot stand there, and a code that is taken."""
    rules.require_place_in_tree(kind, parent_kind=AuthorityKind(parent.kind) if parent is not None else None)
    if queries.find_authority(code) is not None:
        raise CodeTaken(authority_code=code)
    authority = Authority.objects.create(
        code=code,
        name=name,
        kind=kind.value,
        parent=parent,
        path=rules.path_below(parent.path if parent is not None else "", code),
        organisation=organisation,
        phone=phone,
        address=address,
    )
    audit.record(authority, by=by, event="authority_created", at=now)
    return authority


@transaction.atomic
def create_staff(
    *,
    username: str,
    display_name: str,
    password: str | None,
    by: Actor,
    now: datetime,
    must_replace_password: bool = False,
) -> Account:
    """Open an account for a member of staff. It can do nothing until it is appointed and has a second factor.

    Without a password nobody can sign in to it; one that must be replaced opens the page that replaces it, and no desk.
    """
    account = Account(
        kind=AccountKind.STAFF.value,
        username=username,
        display_name=display_name,
        must_replace_password=must_replace_password,
        date_joined=now,
    )
    return _open_account(account, password=password, by=by, now=now)


@transaction.atomic
def create_candidate(
    *, username: str, phone: str, password: str, by: Actor, now: datetime, person: Person | None = None
) -> Account:
    """Open a candidate's account with a telephone number known to be theirs, bound to a person where one is given."""
    account = Account(
        kind=AccountKind.CANDIDATE.value,
        username=username,
        phone=rules.parse_phone(phone),
        phone_verified=True,
        person=person,
        date_joined=now,
    )
    return _open_account(account, password=password, by=by, now=now)


def _open_account(account: Account, *, password: str | None, by: Actor, now: datetime) -> Account:
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise UsernameTaken from error
    audit.record(account, by=by, event="account_opened", at=now)
    return account


@transaction.atomic
def appoint(
    *,
    account: Account,
    authority: Authority,
    role: Role,
    unit: str,
    starts_on: date,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
) -> Appointment:
    """Give a member of staff a role at an authority and everything below it. Refuses the same one twice.

    A unit is kept as names are: two who write theirs with another space are still of one unit.
    """
    unit = normalise_name(unit)
    if account.kind != AccountKind.STAFF:
        raise NotStaff
    rules.require_period(starts_on, ends_on)
    same = Appointment.objects.filter(account=account, authority=authority, role=role.value, unit=unit)
    if any(rules.is_overlapping((starts_on, ends_on), (held.starts_on, held.ends_on)) for held in same):
        raise AlreadyAppointed(role=role)
    appointment = Appointment.objects.create(
        account=account, authority=authority, role=role.value, unit=unit, starts_on=starts_on, ends_on=ends_on
    )
    details = {"role": role.value, "authority": authority.code, "unit": unit}
    audit.record(account, by=by, event="appointed", at=now, details=details)
    return appointment


@transaction.atomic
def enrol_officer_passkey(
    *, account: Account, authenticator_id: int, relying_party: str, by: Actor, now: datetime
) -> OfficerKey:
    """Let an officer sign with one of their own passkeys; the earlier key is retired.

    `relying_party` is the host for which the passkey was made. Refuses whatever is no passkey of this account. Its
    public half is kept here: removing the passkey from the account later takes nothing away from what was signed.
    """
    if account.kind != AccountKind.STAFF:
        raise NotStaff
    passkey = passkeys.get_passkey(account, authenticator_id=authenticator_id)
    OfficerKey.objects.filter(account=account, retired_at__isnull=True).update(retired_at=now)
    key = OfficerKey.objects.create(
        account=account,
        kind=KeyKind.PASSKEY.value,
        public_key=passkey.public_key.hex(),
        credential_id=passkey.credential_id.hex(),
        relying_party=relying_party,
        created_at=now,
    )
    audit.record(key, by=by, event="officer_key_enrolled", at=now, details={"public_key": key.public_key})
    return key


@transaction.atomic
def enrol_officer_key(*, account: Account, passphrase: str, by: Actor, now: datetime) -> OfficerKey:
    """Make an officer a signing key sealed under a passphrase nobody keeps; the earlier key is retired.

    Takes about a tenth of a second, on purpose. A lost passphrase means a new key.
    """
    if account.kind != AccountKind.STAFF:
        raise NotStaff
    rules.require_passphrase(passphrase)
    pair = new_officer_key(passphrase)
    OfficerKey.objects.filter(account=account, retired_at__isnull=True).update(retired_at=now)
    key = OfficerKey.objects.create(
        account=account,
        public_key=pair.public_key.hex(),
        private_key_sealed=pair.sealed_private_key,
        created_at=now,
    )
    audit.record(key, by=by, event="officer_key_enrolled", at=now, details={"public_key": key.public_key})
    return key


@transaction.atomic
def enrol_second_factor(*, account: Account, by: Actor, now: datetime) -> str:
    """Give a member of staff an authenticator secret and return it, to be handed over once; the earlier one is void."""
    if account.kind != AccountKind.STAFF:
        raise NotStaff
    Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    audit.record(account, by=by, event="second_factor_enrolled", at=now)
    return str(secret)


# ---------------------------------------------------------------- persons
def register_person(
    *,
    name: str,
    kind: DocumentKind,
    number: str,
    by: Actor,
    now: datetime,
    phone: str = "",
    email: str = "",
) -> Person:
    """Return the person whom a document names, registering them if they are new. Refuses another name on record."""
    somebody = NewPerson(name=name, kind=kind, number=number, phone=phone, email=email)
    return register_people([somebody], by=by, now=now)[0]


@dataclass(frozen=True)
class Newcomer:
    """Somebody who may be new, with the rows that would be written: everything sealed, nothing stored."""

    name: str
    number: IdentityNumber
    person: Person
    document: IdentityDocument


def prepare_people(people: Sequence[NewPerson], *, now: datetime) -> list[Newcomer]:
    """Return what `register_prepared` writes. Sealing is what takes long, and holds no lock here. No queries.

    Refuses a number that cannot be one.
    """
    today = now.astimezone(SHANGHAI).date()
    found = []
    for somebody in people:
        number = parse_number(somebody.number, kind=somebody.kind, today=today)
        person = _person(somebody, number, now=now)
        found.append(Newcomer(somebody.name, number, person, _document(person, number)))
    return found


def register_people(people: Sequence[NewPerson], *, by: Actor, now: datetime) -> list[Person]:
    """Return one person for each entry, in order, registering those who are new. All or none.

    Refuses a number that cannot be one, and a name other than the one on record. About three queries for each thousand.
    What is on record is not changed: telephone and e-mail count for new persons only.
    """
    return register_prepared(prepare_people(people, now=now), by=by, now=now)


@transaction.atomic
def register_prepared(people: Sequence[Newcomer], *, by: Actor, now: datetime) -> list[Person]:
    """Do the same with what was prepared."""
    try:
        with transaction.atomic():
            return _register(people, by=by, now=now)
    except IntegrityError:
        # Somebody else has registered one of them in between, and committed: now they are found.
        return _register(people, by=by, now=now)


def _register(people: Sequence[Newcomer], *, by: Actor, now: datetime) -> list[Person]:
    known = queries.persons_by_document([somebody.number for somebody in people])
    newcomers: list[Newcomer] = []
    for row, somebody in enumerate(people, start=1):
        person = known.get(somebody.number)
        if person is None:
            known[somebody.number] = somebody.person
            newcomers.append(somebody)
        elif not rules.is_same_name(somebody.name, person.name):
            raise NameDiffers(row=row)
    Person.objects.bulk_create([one.person for one in newcomers], batch_size=_ROWS_AT_ONCE)
    IdentityDocument.objects.bulk_create([one.document for one in newcomers], batch_size=_ROWS_AT_ONCE)
    audit.record_many([one.person for one in newcomers], by=by, event="person_registered", at=now)
    return [known[somebody.number] for somebody in people]


def _person(somebody: NewPerson, number: IdentityNumber, *, now: datetime) -> Person:
    stated_sex = sex(number) or somebody.sex
    phone = rules.parse_phone(somebody.phone) if somebody.phone else ""
    person = Person(
        name=normalise_name(somebody.name),
        sex=stated_sex.value if stated_sex is not None else "",
        born_on=birth_date(number) or somebody.born_on,
        wrapped_key=new_data_key(key_ring()),
        phone_index=queries.phone_index(phone),
        email_index=queries.email_index(somebody.email),
        created_at=now,
    )
    person.phone_sealed = _sealed(person, "phone_sealed", text=phone, person=person)
    person.email_sealed = _sealed(person, "email_sealed", text=somebody.email, person=person)
    return person


def _document(person: Person, number: IdentityNumber) -> IdentityDocument:
    document = IdentityDocument(
        person=person, kind=number.kind.value, number_index=queries.document_index(number), number_sealed=b""
    )
    document.number_sealed = _sealed(document, "number_sealed", text=number.number, person=person) or b""
    return document


def _sealed(row: Model, column: str, *, text: str, person: Person) -> bytes | None:
    """Return a text sealed under a person's key for this column of this row; None for an empty one."""
    if not text:
        return None
    return seal(bytes(person.wrapped_key), text.encode(), aad=queries.place_of(row, column), ring=key_ring())


# Step 3 of docs/cycles/application.md.
@transaction.atomic
def bind_person(*, name: str, kind: DocumentKind, number: str, by: Candidate, now: datetime) -> Person:
    """Bind a candidate's account to the person whom a document names, once and for ever.

    Somebody on record must bear the same name and the telephone number or e-mail address the account has proved to be
    its own. Binding the same person again changes nothing.
    """
    account = queries.lock_account(by.account_id)
    somebody = queries.find_person_by_document(kind=kind, number=number) or register_person(
        name=name,
        kind=kind,
        number=number,
        phone=account.phone or "",
        email=account.email if account.email_verified else "",
        by=by,
        now=now,
    )
    person = queries.lock_person(somebody.pk)
    rules.require_can_bind(_claim(account, name), _on_record(person))
    if account.person_id is None:
        account.person = person
        account.save(update_fields=("person",))
        audit.record(account, by=by, event="identity_bound", at=now, details={"person": str(person.pk)})
    return person


def _claim(account: Account, name: str) -> rules.Claim:
    return rules.Claim(
        name=name,
        phone=queries.phone_index(account.phone or "") if account.phone_verified else "",
        email=queries.email_index(account.email) if account.email_verified else "",
        is_verified=account.phone_verified or account.email_verified,
        bound_to=account.person_id,
    )


def _on_record(person: Person) -> rules.PersonOnRecord:
    account = Account.objects.filter(person=person).only("id").first()
    return rules.PersonOnRecord(
        person_id=person.pk,
        name=person.name,
        phone=person.phone_index,
        email=person.email_index,
        account_id=account.pk if account is not None else None,
    )


@transaction.atomic
def reveal_document(*, person_id: UUID, by: Staff, reason: str, now: datetime) -> IdentityNumber:
    """Open a person's document number for a member of staff to see, and write down that it was opened and why.

    Whoever calls this has loaded an object of that person within their scope first. The reason names no person.
    """
    if not reason.strip():
        raise ReasonMissing
    person = queries.get_person(person_id)
    number = queries.document_number_of(person)
    audit.record(person, by=by, event="document_revealed", at=now, reason=reason.strip())
    return number
