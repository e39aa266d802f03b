"""How checks stand: for their owner, for later phases that approve many at once, and for the worker. Reads only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from jinbang.kernel.crypto import associated_data, blind_index, key_ring, open_sealed
from jinbang.people.models import IdentityDocument, Person
from jinbang.people.verification.errors import NoSuchVerification
from jinbang.people.verification.models import Verification
from jinbang.people.verification.rules import LEASE
from jinbang.people.verification.states import Reason, VerificationKind, VerificationState

_IN_ONE_QUERY: Final = 500


@dataclass(frozen=True)
class VerificationFacts:
    """How one check stands, for whoever decides with it. Holds nothing that names a person."""

    id: UUID
    kind: VerificationKind
    state: VerificationState
    reason: Reason
    checked_at: datetime | None
    school: str = ""

    @property
    def is_machine_verified(self) -> bool:
        """Whether a register, or whoever looked at the original, has confirmed it: nobody need look again."""
        return self.state is VerificationState.PASSED

    @property
    def is_editable(self) -> bool:
        """Whether its owner may still correct it here; a name is corrected elsewhere."""
        return self.kind is not VerificationKind.REAL_NAME and not self.is_machine_verified

    @property
    def is_for_a_person(self) -> bool:
        """Whether a reviewer has to look, and `reason` says why."""
        return self.state.whose_turn == "reviewer"


def verifications_of(person_id: UUID) -> tuple[VerificationFacts, ...]:
    """Return how the checks of one person stand: the real name first, then diplomas as they were stated. Two queries.

    An answer about another name or document than today's counts as "not checked".
    """
    return verifications_by_person([person_id]).get(person_id, ())


def verifications_by_person(person_ids: Iterable[UUID]) -> dict[UUID, tuple[VerificationFacts, ...]]:
    """Return the same for many: three queries for each five hundred."""
    ids = list(person_ids)
    found: dict[UUID, list[VerificationFacts]] = defaultdict(list)
    for start in range(0, len(ids), _IN_ONE_QUERY):
        some = ids[start : start + _IN_ONE_QUERY]
        names = dict(Person.objects.filter(pk__in=some).values_list("pk", "name"))
        documents = dict(
            IdentityDocument.objects.filter(person_id__in=some).order_by("id").values_list("person_id", "number_index")
        )
        for row in Verification.objects.filter(person_id__in=some).order_by("id"):
            today = basis_of(
                name=names[row.person_id], document=documents.get(row.person_id, ""), evidence=row.evidence_index
            )
            found[row.person_id].append(_facts(row, is_current=row.basis == today))
    return {person_id: tuple(sorted(facts, key=_order)) for person_id, facts in found.items()}


def find_real_name(person_id: UUID) -> VerificationFacts | None:
    """Return how the check of one's name stands, if it has begun."""
    return next((one for one in verifications_of(person_id) if one.kind is VerificationKind.REAL_NAME), None)


def basis_of(*, name: str, document: str, evidence: str) -> str:
    """Return a keyed hash of what a check is about: the name, the document's own hash, the diploma's."""
    return blind_index(key_ring(), purpose="verification|basis", value=f"{name}|{document}|{evidence}")


def evidence_index(kind: VerificationKind, *, number: str) -> str:
    """Return the blind index of a diploma's number. Each kind has its own."""
    return blind_index(key_ring(), purpose=f"diploma|{kind}", value=number)


def diploma_number_of(row: Verification) -> str:
    """Return the number of a diploma in clear; empty for a real name. For its owner and for whoever checks it."""
    if row.evidence_sealed is None:
        return ""
    place = associated_data("people_verification", "evidence_sealed", row=row.pk)
    return open_sealed(bytes(row.person.wrapped_key), bytes(row.evidence_sealed), aad=place, ring=key_ring()).decode()


def get_own(person_id: UUID, *, verification_id: UUID) -> Verification:
    """Return a check of this person. Refuses any other's."""
    row = Verification.objects.filter(person_id=person_id, pk=verification_id).first()
    if row is None:
        raise NoSuchVerification
    return row


def lock_own(person_id: UUID, *, verification_id: UUID) -> Verification:
    """Return a check of this person, locked until the transaction ends. Refuses any other's."""
    row = Verification.objects.select_for_update().filter(person_id=person_id, pk=verification_id).first()
    if row is None:
        raise NoSuchVerification
    return row


def due(now: datetime, *, limit: int) -> list[UUID]:
    """Return the checks that are due and of which no question is on its way, longest due first."""
    free = Q(asked_at__isnull=True) | Q(asked_at__lte=now - LEASE)
    rows = Verification.objects.filter(free, due_at__lte=now, state=VerificationState.NOT_CHECKED.value)
    return list(rows.order_by("due_at", "id").values_list("pk", flat=True)[:limit])


def people_unchecked(*, limit: int) -> QuerySet[Person]:
    """Return candidates with an account whose real name nobody has begun to check."""
    begun = Verification.objects.filter(kind=VerificationKind.REAL_NAME.value).values("person_id")
    return Person.objects.filter(account__isnull=False).exclude(pk__in=begun).order_by("id")[:limit]


def _facts(row: Verification, *, is_current: bool) -> VerificationFacts:
    return VerificationFacts(
        id=row.pk,
        kind=VerificationKind(row.kind),
        state=VerificationState(row.state) if is_current else VerificationState.NOT_CHECKED,
        reason=Reason(row.reason) if is_current else Reason.NOT_COVERED,
        checked_at=row.checked_at if is_current else None,
        school=row.school,
    )


def _order(facts: VerificationFacts) -> tuple[int, UUID]:
    return list(VerificationKind).index(facts.kind), facts.id
