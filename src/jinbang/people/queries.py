"""Who acts and where they may, who a person is, what lies sealed with them. Reads only.

`Staff` and `Candidate` are what every action receives as `by`. A loader of a later phase filters by `within` or calls
`Staff.require`, so that nobody holds an object without having been checked for it. Opening a sealed value here is for
papers and snapshots that the system itself makes; a member of staff who wants to *see* one needs
`actions.reveal_document`, which writes down that they did.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from jinbang.kernel import clock
from jinbang.kernel.actors import ActorKind
from jinbang.kernel.crypto import associated_data, blind_index, key_ring, open_sealed
from jinbang.kernel.identity import DocumentKind, IdentityNumber, normalise_typed
from jinbang.kernel.names import matching_name
from jinbang.people.errors import BadPhone, IdentityNotBound, NoSuchDocument, NotYours
from jinbang.people.models import Account, Appointment, Authority, IdentityDocument, OfficerKey, Person
from jinbang.people.rules import is_within, parse_phone
from jinbang.people.states import Role
from jinbang.people.verification.queries import VerificationFacts as VerificationFacts  # noqa: PLC0414  # handed on
from jinbang.people.verification.queries import verifications_by_person as verifications_by_person  # noqa: PLC0414  # the same
from jinbang.people.verification.queries import verifications_of as verifications_of  # noqa: PLC0414  # the same

_IN_ONE_QUERY: Final = 500
_DOCUMENTS: Final = IdentityDocument._meta.db_table  # noqa: SLF001  # Django's documented door to a model's names
_TO_OPEN: Final = ("person_id", "kind", "person__wrapped_key", "number_sealed", "id")
_IN_FORCE_LAST: Final = F("valid_to").asc(nulls_last=True)
_HELD: Final = ("role", "authority__path", "authority_id", "authority__name", "unit")
_MAIN_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


# ---------------------------------------------------------------- who acts
@dataclass(frozen=True)
class HeldRole:
    """A role that a member of staff holds today, and where."""

    role: Role
    path: str
    authority_id: UUID
    authority_name: str
    unit: str


@dataclass(frozen=True)
class Staff:
    """A member of staff with the roles of today. What is written into the history is their name."""

    account_id: UUID
    name: str
    appointments: tuple[HeldRole, ...] = ()

    @property
    def actor_kind(self) -> ActorKind:
        """A member of staff."""
        return ActorKind.STAFF

    @property
    def actor_id(self) -> UUID:
        """The account's id."""
        return self.account_id

    @property
    def actor_name(self) -> str:
        """The display name, which colleagues know."""
        return self.name

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(held.role for held in self.appointments)

    def paths(self, *roles: Role) -> tuple[str, ...]:
        """Return the authority paths at which any of these roles is held; each reaches everything below it."""
        return tuple(sorted({held.path for held in self.appointments if held.role in roles}))

    def units(self, role: Role, path: str) -> frozenset[str]:
        """Return the units for which this role is held at an authority: two signatures need two units."""
        return frozenset(held.unit for held in self.appointments if held.role == role and is_within(path, (held.path,)))

    def holds(self, role: Role, path: str) -> bool:
        """Whether this role is held at or above an authority's path."""
        return is_within(path, self.paths(role))

    def require(self, role: Role, path: str) -> None:
        """Refuse, with `NotYours`, whoever does not hold this role at or above an authority's path."""
        if not self.holds(role, path):
            raise NotYours(role=role)


@dataclass(frozen=True)
class Candidate:
    """A candidate's account and, once bound, the person. The history never names a candidate."""

    account_id: UUID
    person_id: UUID | None
    name: str = field(default="", repr=False)

    @property
    def actor_kind(self) -> ActorKind:
        """A candidate."""
        return ActorKind.CANDIDATE

    @property
    def actor_id(self) -> UUID:
        """The account's id."""
        return self.account_id

    @property
    def actor_name(self) -> str:
        """Nothing: the record outlives an erasure."""
        return ""

    def require_person(self) -> UUID:
        """Return the person's id. Refuses, with `IdentityNotBound`, an account that is not bound yet."""
        if self.person_id is None:
            raise IdentityNotBound
        return self.person_id


def get_staff(account: Account, *, today: date | None = None) -> Staff:
    """Return a member of staff with the appointments in force today. One query."""
    held = appointments_in_force(today or clock.today()).filter(account=account)
    return Staff(
        account_id=account.pk,
        name=account.display_name or account.username,
        appointments=tuple(HeldRole(Role(role), *place) for role, *place in held.values_list(*_HELD)),
    )


def get_candidate(account: Account) -> Candidate:
    """Return a candidate. One query when a person is bound and not loaded yet, otherwise none."""
    person = account.person
    return Candidate(
        account_id=account.pk,
        person_id=person.pk if person is not None else None,
        name=person.name if person is not None else "",
    )


def appointments_in_force(today: date) -> QuerySet[Appointment]:
    """Return the appointments that hold today; their last day counts. Accounts that were closed hold none."""
    return Appointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today, account__is_active=True
    ).order_by("authority__path", "role", "id")


def within(staff: Staff, *roles: Role, path_field: str) -> Q:
    """Return the filter that leaves only what lies where any of these roles is held.

    `path_field` leads from the filtered model to an authority's path, as in "exam_region__authority__path".
    """
    scope = Q(pk__in=())
    for path in staff.paths(*roles):
        scope |= Q(**{f"{path_field}__startswith": path})
    return scope


# ---------------------------------------------------------------- accounts and keys
def get_account(username: str) -> Account:
    """Return the account of this sign-in name; capitals do not count."""
    return Account.objects.get(username__iexact=username)


def lock_account(account_id: UUID) -> Account:
    """Return an account, locked until the transaction ends."""
    return Account.objects.select_for_update().get(pk=account_id)


def find_account_by_phone(phone: str) -> Account | None:
    """Return the account that signs in with this number (+86…), if there is one."""
    return Account.objects.filter(phone=phone).first()


def find_account_by_login(login: str) -> Account | None:
    """Return the account that somebody may mean who types a name, a number or an address to sign in. One query."""
    typed = login.strip()
    meant = Q(username__iexact=typed) | Q(email=typed.lower(), email__gt="")
    with suppress(BadPhone):
        meant |= Q(phone=parse_phone(typed))
    return Account.objects.filter(meant).order_by("id").first()


def has_second_factor(account: Account) -> bool:
    """Whether the account has an authenticator app or a passkey; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=account, type__in=_MAIN_FACTORS).exists())


def with_second_factor() -> frozenset[UUID]:
    """Return the accounts that have one. One query."""
    return frozenset(Authenticator.objects.filter(type__in=_MAIN_FACTORS).values_list("user_id", flat=True))


def find_officer_key(account_id: UUID) -> OfficerKey | None:
    """Return the officer's key in use, if one has been enrolled."""
    return OfficerKey.objects.filter(account_id=account_id, retired_at__isnull=True).order_by("-id").first()


# ---------------------------------------------------------------- authorities
def get_authority(code: str) -> Authority:
    """Return the authority of this code: GB/T 2260 digits, or "cn"."""
    return Authority.objects.get(code=code)


def find_authority(code: str) -> Authority | None:
    """Return the authority of this code, if there is one."""
    return Authority.objects.filter(code=code).first()


def authorities_below(path: str) -> QuerySet[Authority]:
    """Return an authority and everything below it, in the order of the tree."""
    return Authority.objects.filter(path__startswith=path).order_by("path")


def authorities_of(staff: Staff, *roles: Role) -> QuerySet[Authority]:
    """Return every authority at or below those where any of these roles is held, in the order of the tree."""
    return Authority.objects.filter(within(staff, *roles, path_field="path")).order_by("path")


def get_authority_of(staff: Staff, role: Role, *, authority_id: UUID) -> Authority:
    """Return an authority where this role is held. Refuses, with `NotYours`, any other; 404 where there is none."""
    authority = get_object_or_404(Authority, pk=authority_id)
    staff.require(role, authority.path)
    return authority


# ---------------------------------------------------------------- persons
def document_index(number: IdentityNumber) -> str:
    """Return the blind index under which a document is found. Each kind has its own, so that kinds cannot be joined."""
    return blind_index(key_ring(), purpose=f"document|{number.kind}", value=number.number)


def phone_index(phone: str) -> str:
    """Return the blind index of a telephone number in its one form (+86…); empty for none."""
    return blind_index(key_ring(), purpose="phone", value=phone) if phone else ""


def email_index(address: str) -> str:
    """Return the blind index of an e-mail address, whose capitals do not count; empty for none."""
    return blind_index(key_ring(), purpose="email", value=address.casefold()) if address else ""


def find_person_by_document(*, kind: DocumentKind, number: str) -> Person | None:
    """Return the person whom this document names, if on record. However it is typed: 15 digits find the 18."""
    typed = IdentityNumber(kind, normalise_typed(number))
    document = (
        IdentityDocument.objects.filter(kind=kind.value, number_index=document_index(typed))
        .select_related("person")
        .first()
    )
    return document.person if document is not None else None


def persons_born_on(born_on: date, *, name: str) -> list[Person]:
    """Return everybody on record who bears this name, however it is written, and was born on this day. One query."""
    sought = matching_name(name)
    return [person for person in Person.objects.filter(born_on=born_on) if matching_name(person.name) == sought]


def persons_by_document(numbers: Sequence[IdentityNumber]) -> dict[IdentityNumber, Person]:
    """Return the persons on record among these documents. One query for each five hundred."""
    sought = {(number.kind.value, document_index(number)): number for number in numbers}
    indexes = [index for _kind, index in sought]
    found: dict[IdentityNumber, Person] = {}
    for start in range(0, len(indexes), _IN_ONE_QUERY):
        documents = IdentityDocument.objects.filter(number_index__in=indexes[start : start + _IN_ONE_QUERY])
        for document in documents.select_related("person"):
            number = sought.get((document.kind, document.number_index))
            if number is not None:
                found[number] = document.person
    return found


def get_person(person_id: UUID) -> Person:
    """Return a person. Whoever asks has been let through to an object that names this person."""
    return Person.objects.get(pk=person_id)


def lock_person(person_id: UUID) -> Person:
    """Return a person, locked until the transaction ends."""
    return Person.objects.select_for_update().get(pk=person_id)


def get_document_of(person: Person, *, on: date | None = None) -> IdentityDocument:
    """Return the document by which a person is known, or was on a day: of those in force the one registered last."""
    rows = _in_force(IdentityDocument.objects.filter(person=person), on)
    document = rows.order_by(_IN_FORCE_LAST, "id").last()
    if document is None:
        raise NoSuchDocument
    return document


def _in_force(documents: QuerySet[IdentityDocument], on: date | None) -> QuerySet[IdentityDocument]:
    """Return those that named their person on a day; all of them where no day is given."""
    return documents if on is None else documents.exclude(valid_to__lte=on).exclude(valid_from__gt=on)


def document_index_on(person: str, *, on: date) -> Subquery:
    """Return, to annotate with, the blind index of the document by which the person in a column was known on a day."""
    rows = _in_force(IdentityDocument.objects.filter(person=OuterRef(person)), on).order_by(_IN_FORCE_LAST, "id")
    return Subquery(rows.reverse().values("number_index")[:1])


def open_document(document: IdentityDocument) -> IdentityNumber:
    """Return a document's number in clear. Costs a query when its person is not loaded."""
    number = _opened(document, "number_sealed", blob=document.number_sealed, person=document.person)
    return IdentityNumber(DocumentKind(document.kind), number)


def document_number_of(person: Person, *, on: date | None = None) -> IdentityNumber:
    """Return the number of the document by which a person is known, or was on a day, in clear. One query."""
    document = get_document_of(person, on=on)
    document.person = person
    return open_document(document)


def document_numbers_of(person_ids: Iterable[UUID], *, on: date | None = None) -> dict[UUID, IdentityNumber]:
    """Return the number by which each person is known in clear, or was on a day. One query for each five hundred."""
    ids = list(person_ids)
    numbers: dict[UUID, IdentityNumber] = {}
    for start in range(0, len(ids), _IN_ONE_QUERY):
        documents = IdentityDocument.objects.filter(person_id__in=ids[start : start + _IN_ONE_QUERY])
        rows = _in_force(documents, on).order_by(_IN_FORCE_LAST, "id").values_list(*_TO_OPEN)  # no object for each
        for person_id, kind, wrapped_key, blob, row in rows:
            place = associated_data(_DOCUMENTS, "number_sealed", row=row)
            number = open_sealed(bytes(wrapped_key), bytes(blob), aad=place, ring=key_ring())
            numbers[person_id] = IdentityNumber(DocumentKind(kind), number.decode())
    return numbers


def phone_of(person: Person) -> str:
    """Return a person's telephone number in clear; empty when there is none on record."""
    return _opened(person, "phone_sealed", blob=person.phone_sealed, person=person)


def email_of(person: Person) -> str:
    """Return a person's e-mail address in clear; empty when there is none on record."""
    return _opened(person, "email_sealed", blob=person.email_sealed, person=person)


def place_of(row: Model, column: str) -> bytes:
    """Return the associated data of a sealed column of one row."""
    table = row._meta.db_table  # noqa: SLF001  # `_meta` is Django's documented door to a model's names
    return associated_data(table, column, row=row.pk)


def _opened(row: Model, column: str, *, blob: bytes | memoryview | None, person: Person) -> str:
    if blob is None:
        return ""
    # PostgreSQL's driver hands binary columns over as memory views.
    return open_sealed(bytes(person.wrapped_key), bytes(blob), aad=place_of(row, column), ring=key_ring()).decode()
