"""Authorities, accounts, persons and their documents, appointments.

Personal data: names stay clear for search; document numbers, telephone and e-mail are sealed under the person's own
data key, and equality goes through keyed blind indexes. Destroying `Person.wrapped_key` erases what was sealed.
"""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from jinbang.kernel.identity import DocumentKind
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.integrity.models import IntegrityLifting, IntegrityRecord
from jinbang.people.rules import name_borne_on
from jinbang.people.states import (
    AMENDMENT_TRANSITIONS,
    REBINDING_TRANSITIONS,
    AccountKind,
    AmendmentEvent,
    AmendmentState,
    AuthorityKind,
    CodePurpose,
    KeyKind,
    RebindingEvent,
    RebindingState,
    Role,
)
from jinbang.people.verification.models import Verification

__all__ = [
    "Account",
    "AccountManager",
    "Amendment",
    "Appointment",
    "Authority",
    "IdentityDocument",
    "IntegrityLifting",
    "IntegrityRecord",
    "OfficerKey",
    "Person",
    "Rebinding",
    "SentCode",
    "SignIn",
    "Tally",
    "Verification",
]


class Authority(models.Model):
    """One node of the tree nation > province > city > point. `path` is its codes joined by slashes, ending in one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in AuthorityKind])
    code = models.CharField(max_length=16, unique=True)  # GB/T 2260 digits, or "cn" for the nation
    name = models.CharField(max_length=80)  # 山西省
    organisation = models.CharField(max_length=120, blank=True)  # 山西省人事考试中心
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=80, unique=True)

    class Meta:
        """Subtrees are read by prefix of the path."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in AuthorityKind]), name="people_authority_kind"
            ),
        )

    def __str__(self) -> str:
        """Name the authority."""
        return self.name


class Person(models.Model):
    """A human being, however many accounts, documents or applications they have had.

    Personal data: name, sex and birth date in clear; telephone and e-mail sealed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=64)  # personal: as on the document
    former_names = models.JSONField(default=list)  # personal: [{"name": …, "until": "2026-03-10"}], the oldest first
    sex = models.CharField(max_length=8, blank=True)  # personal: male, female or empty
    born_on = models.DateField(null=True)  # personal
    wrapped_key = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)  # personal, sealed
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)  # keyed hash
    email_sealed = models.BinaryField(null=True)  # personal, sealed
    email_index = models.CharField(max_length=64, blank=True, db_index=True)  # keyed hash
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row, not the person."""
        return f"person {self.pk}"

    def name_on(self, day: date | None) -> str:
        """Return the name borne on a day; today's where no day is given. No query, so that lists stay lists."""
        return self.name if day is None else name_borne_on(day, name=self.name, former_names=self.former_names)


class IdentityDocument(models.Model):
    """A document that names a person, for a time. Personal data: the number, sealed; equality by blind index.

    Whoever returns to an earlier document has a row for each time, so that every day has its document.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in DocumentKind])
    number_sealed = models.BinaryField()  # personal, sealed
    number_index = models.CharField(max_length=64)  # keyed hash
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)  # how often its person has come back to it

    class Meta:
        """One number of one kind names one person, for ever: a second one is refused the first row."""

        constraints = (
            models.UniqueConstraint(fields=["kind", "number_index", "returns"], name="people_one_person_per_document"),
        )

    def __str__(self) -> str:
        """Name the kind, never the number."""
        return f"{self.kind} {self.pk}"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts for Django's authentication."""


class Account(AbstractBaseUser):
    """What one signs in with. A candidate's may be bound to one person; a member of staff's never is.

    Personal data: the sign-in name, the display name of staff, telephone and e-mail for signing in.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(
        max_length=16, choices=[(kind.value, kind.value) for kind in AccountKind], default=AccountKind.CANDIDATE.value
    )
    username = models.CharField(max_length=64, unique=True)  # personal
    display_name = models.CharField(max_length=64, blank=True)  # personal: staff only
    email = models.EmailField(blank=True)  # personal
    phone = models.CharField(max_length=32, null=True, unique=True)  # noqa: DJ001  # personal; absent is not equal to absent
    phone_verified = models.BooleanField(default=False)
    email_verified = models.BooleanField(default=False)
    person = models.OneToOneField(Person, null=True, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    must_replace_password = models.BooleanField(default=False)  # handed over by somebody: opens no desk
    date_joined = models.DateTimeField()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = AccountManager()

    class Meta:
        """Staff accounts are never bound to a person; capitals do not tell two names or two addresses apart."""

        constraints = (
            models.CheckConstraint(
                condition=~models.Q(kind=AccountKind.STAFF.value) | models.Q(person__isnull=True),
                name="people_staff_are_not_candidates",
            ),
            models.UniqueConstraint(Lower("username"), name="people_one_account_per_username"),
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="people_one_account_per_email"),
        )

    def __str__(self) -> str:
        """Name the row, not the person."""
        return f"{self.kind} {self.pk}"


class Appointment(models.Model):
    """A role at an authority, from one day to another; it reaches everything below that authority."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="appointments")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in Role])
    unit = models.CharField(max_length=80)  # two officers who sign together are of different units
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    def __str__(self) -> str:
        """Name the role and where it is held."""
        return f"{self.role} @ {self.authority_id}"


class OfficerKey(models.Model):
    """A release officer's signing key: Ed25519, its private half sealed under a passphrase, or one of their passkeys.

    A passkey's private half never leaves the device that made it; its public half is a COSE key.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="officer_keys")
    kind = models.CharField(
        max_length=8, choices=[(kind.value, kind.value) for kind in KeyKind], default=KeyKind.ED25519.value
    )
    public_key = models.TextField()  # hex: 32 bytes, or a COSE key
    private_key_sealed = models.BinaryField(default=bytes)  # empty for a passkey
    credential_id = models.TextField(blank=True)  # hex, of a passkey
    relying_party = models.CharField(max_length=253, blank=True)  # the host for which the passkey was made
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name the public half."""
        return self.public_key[:16]


class SentCode(models.Model):
    """A code of six digits that went to a telephone or an e-mail address. Personal data: none; both are keyed hashes.

    The id never leaves the server: it lies in the session that asked for the code, so no other session can use it. A
    row whose `answer` is empty belongs to an address without an account: it counts the same tries and is never right.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    purpose = models.CharField(max_length=16, choices=[(purpose.value, purpose.value) for purpose in CodePurpose])
    address_index = models.CharField(max_length=64)  # keyed hash
    answer = models.CharField(max_length=64, blank=True)  # keyed hash of the digits and the row's id
    sent_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()
    spent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name the purpose, never the digits."""
        return f"{self.purpose} {self.pk}"


class Tally(models.Model):
    """How often something limited was done since an instant. Personal data: none; whom it counts is a keyed hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=64, unique=True)  # keyed hash of the limit and of whom it limits
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Name the row."""
        return f"tally {self.pk}"


class SignIn(models.Model):
    """One signing in and the session that it began. Personal data: when, and with what kind of browser.

    The network is a keyed hash: it only tells whether this account has come from there before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField()
    ways = models.CharField(max_length=64)  # what was shown, in order: "password mfa"
    device = models.CharField(max_length=64, blank=True)  # personal: family of browser and system, no version
    network = models.CharField(max_length=64)  # keyed hash
    session_key = models.CharField(max_length=40)  # empty once the session has ended
    is_shared = models.BooleanField(default=False)  # the computer is used by others as well

    class Meta:
        """A person's sign-ins are read newest first."""

        indexes = (models.Index(fields=["account", "-id"], name="people_sign_ins"),)

    def __str__(self) -> str:
        """Name the row."""
        return f"sign-in {self.pk}"


class Amendment(models.Model):
    """A candidate's request that their name or document be changed on record, with the evidence.

    Personal data: both names; the new number and the scan of the evidence, sealed under the person's key.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="amendments")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="amendments")
    old_name = models.CharField(max_length=64)  # personal
    new_name = models.CharField(max_length=64)  # personal: the same as the old where only the document changes
    new_kind = models.CharField(max_length=24, blank=True)  # empty where only the name changes
    new_number_sealed = models.BinaryField(null=True)  # personal, sealed
    new_number_index = models.CharField(max_length=64, blank=True)  # keyed hash
    evidence_sealed = models.BinaryField()  # personal, sealed: a JPEG that we encoded ourselves
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)  # why it was refused, as the candidate reads it
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in AmendmentState],
        default=AmendmentState.SUBMITTED.value,
    )

    class Meta:
        """A person has one open request at a time; reviewers read the queue by deadline."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in AmendmentState]), name="people_amendment_state"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(state=AmendmentState.SUBMITTED.value),
                name="people_one_open_amendment",
            ),
        )
        indexes = (models.Index(fields=["state", "due_at"], name="people_amendment_queue"),)

    def __str__(self) -> str:
        """Name the row."""
        return f"amendment {self.pk}"

    def move(self, event: AmendmentEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(AMENDMENT_TRANSITIONS, AmendmentState(self.state), event).value


class Rebinding(models.Model):
    """A new telephone for somebody who showed their document at a counter. Personal data: that number, sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rebindings")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="rebindings")
    opened_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    document_kind = models.CharField(max_length=24)  # of the original that was seen
    phone_sealed = models.BinaryField()  # personal, sealed
    code_id = models.UUIDField()  # of the code that went to the new telephone
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in RebindingState],
        default=RebindingState.OPENED.value,
    )

    class Meta:
        """A person has one at a time; nobody confirms their own."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RebindingState]), name="people_rebinding_state"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(state__in=[RebindingState.OPENED.value, RebindingState.PROVEN.value]),
                name="people_one_open_rebinding",
            ),
            models.CheckConstraint(
                condition=~models.Q(opened_by=models.F("confirmed_by")), name="people_rebinding_by_two"
            ),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"rebinding {self.pk}"

    def move(self, event: RebindingEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(REBINDING_TRANSITIONS, RebindingState(self.state), event).value
