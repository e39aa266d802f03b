"""What a candidate sees of their own account and record, gathered for one page. Reads only; nothing of it in full.

One obvious next step stands at the top: the first thing that is missing.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.identity import DocumentKind
from jinbang.kernel.masking import mask_document, mask_email, mask_phone
from jinbang.people import accounts, amendments, labels, queries, rebinding, sessions
from jinbang.people.models import Account, Amendment, IdentityDocument, Person, Rebinding, SignIn
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import RebindingState

LAST: Final = 3


@dataclass(frozen=True)
class Document:
    """One document of the person, masked, and for how long it names them."""

    kind: DocumentKind
    number_masked: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Visit:
    """One signing in as its owner recognises it."""

    row: SignIn
    device: str
    ways: str
    is_here: bool

    @property
    def is_open(self) -> bool:
        """Whether its session still lasts."""
        return bool(self.row.session_key)


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next, and where."""

    text: Promise
    label: Promise
    url_name: str


@dataclass(frozen=True)
class Profile:
    """Who a candidate is to us, and what they sign in with."""

    username: str
    phone_masked: str
    email_masked: str
    name: str
    sex: str
    born_on: date | None
    contact_masked: str
    documents: tuple[Document, ...]
    passkeys: int
    has_app: bool
    recovery_codes: int

    @property
    def has_second_factor(self) -> bool:
        """Whether anything is asked beside the password."""
        return bool(self.passkeys) or self.has_app

    @property
    def is_bound(self) -> bool:
        """Whether the account knows whose it is."""
        return bool(self.name)

    @property
    def next_step(self) -> NextStep | None:
        """The first thing that is missing; None where nothing is."""
        if not self.is_bound:
            return NextStep(_("还没有登记身份，登记后才能报名。"), _("登记身份"), "people:identity")
        if not self.phone_masked and not self.email_masked:
            return NextStep(_("还没有验证过的手机或邮箱，忘记密码时无法找回。"), _("添加手机号"), "people:change_phone")
        if self.has_second_factor and not self.recovery_codes:
            return NextStep(_("恢复码已经用完，手机丢失时将无法登录。"), _("生成恢复码"), "mfa_generate_recovery_codes")
        return None


def profile_of(by: Candidate) -> Profile:
    """Return a candidate's own account and record, masked. At most five queries."""
    account = Account.objects.select_related("person").get(pk=by.account_id)
    person = account.person
    keys, has_app, recovery = accounts.factors_of(account.pk)
    return Profile(
        username=account.username,
        phone_masked=mask_phone(account.phone) if account.phone and account.phone_verified else "",
        email_masked=mask_email(account.email) if account.email_verified else "",
        name=person.name if person is not None else "",
        sex=person.sex if person is not None else "",
        born_on=person.born_on if person is not None else None,
        contact_masked=mask_phone(queries.phone_of(person)) if person is not None else "",
        documents=_documents_of(person) if person is not None else (),
        passkeys=keys,
        has_app=has_app,
        recovery_codes=recovery,
    )


def _documents_of(person: Person) -> tuple[Document, ...]:
    rows = list(IdentityDocument.objects.filter(person=person).order_by("-id"))
    for row in rows:
        row.person = person
    return tuple(
        Document(DocumentKind(row.kind), mask_document(queries.open_document(row).number), row.valid_from, row.valid_to)
        for row in rows
    )


@dataclass(frozen=True)
class Visitor:
    """Somebody at the counter, as a registrar sees them beside the document in their hand."""

    person: Person
    name: str
    phone_masked: str
    has_account: bool


def visitor_of(person_id: UUID) -> Visitor:
    """Return somebody who was found by the whole number of a document at hand. Two queries."""
    person = queries.get_person(person_id)
    has_account = Account.objects.filter(person=person).exists()
    return Visitor(person, person.name, mask_phone(queries.phone_of(person)), has_account)


@dataclass(frozen=True)
class Comparison:
    """Old and new side by side, for a reviewer. Numbers are masked; the new one is compared with the evidence."""

    old_name: str
    new_name: str
    old_documents: tuple[Document, ...]
    new_document: Document | None

    @property
    def is_new_name(self) -> bool:
        """Whether the name changes."""
        return self.old_name != self.new_name


def comparison_of(amendment: Amendment) -> Comparison:
    """Return what a request would change. One query. The new number is shown whole: it is compared with the paper."""
    number = amendments.open_number(amendment)
    new = Document(number.kind, number.number, None, None) if number is not None else None
    return Comparison(amendment.old_name, amendment.new_name, _documents_of(amendment.person), new)


@dataclass(frozen=True)
class RebindingCase:
    """One binding of a new telephone, and what whoever looks at it may do now."""

    standing: labels.Standing
    name: str
    phone_masked: str
    opened_by: str
    awaits_code: bool
    may_confirm: bool


def rebinding_case(row: Rebinding, *, by: Staff) -> RebindingCase:
    """Return one as a registrar sees it. No query where person and opener are loaded."""
    state = RebindingState(row.state)
    return RebindingCase(
        standing=labels.Standing.of(row),
        name=row.person.name,
        phone_masked=mask_phone(rebinding.phone_of(row)),
        opened_by=row.opened_by.display_name,
        awaits_code=state is RebindingState.OPENED,
        may_confirm=state is RebindingState.PROVEN and row.opened_by_id != by.account_id,
    )


def visits_of(account_id: UUID, *, here: str) -> tuple[Visit, ...]:
    """Return the last sign-ins of an account; `here` is the key of the session that asks. Two queries."""
    return tuple(
        Visit(
            row,
            labels.device_label(row.device),
            labels.ways_label(row.ways),
            is_here=bool(row.session_key) and row.session_key == here,
        )
        for row in sessions.sign_ins_of(account_id)
    )
