"""Reads around violation cases: an officer's queue, a candidate's own, and what `basis` judges marks by."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from jinbang.attendance.models import Violation
from jinbang.attendance.states import RecordState
from jinbang.people.queries import Candidate, Staff, within
from jinbang.people.states import Role
from jinbang.results.models import Mark, MarkBatch, RosterEntry
from jinbang.results.states import BatchState, MarkSource, MarkStatus
from jinbang.results.violations import rules
from jinbang.results.violations.errors import CaseNotFound
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.rules import Finding
from jinbang.results.violations.states import CaseArticle, CaseOrigin, CaseState
from jinbang.sittings.models import ExamRegion

OFFICERS: Final = (Role.MARKS_CLERK, Role.MARKS_VERIFIER)
_OPEN: Final = tuple(state.value for state in CaseState if state.is_open)
_LIFTED: Final = tuple(state.value for state in CaseState if state.is_lifted)
_WHOLE: Final = (
    "entry__person",
    "entry__region__authority",
    "entry__region__release",
    "entry__sitting__programme_version",
    "batch",
)


# ---------------------------------------------------------------- the desk
def cases_in_scope(by: Staff) -> QuerySet[ViolationCase]:
    """Return the cases where this officer keeps marks, in the order of their work: what waits, the oldest first.

    One that was dropped or overturned waits as long as its subject has no mark.
    """
    order = {CaseState.NOTED: 0, CaseState.CHARGED: 1, CaseState.NOTIFIED: 2, CaseState.FOUND: 3}
    rank = Case(
        *(When(state=state.value, then=Value(place)) for state, place in order.items()),
        When(_lacks_mark(), then=Value(len(order))),
        default=Value(len(order) + 1),
        output_field=IntegerField(),
    )
    scope = within(by, *OFFICERS, path_field="entry__region__authority__path")
    return ViolationCase.objects.filter(scope).select_related(*_WHOLE).order_by(rank, "opened_at", "id")


def cases_waiting(by: Staff) -> QuerySet[ViolationCase]:
    """Return the cases in scope that nobody has ended, and those held no more where a mark is still to come."""
    ended = [state.value for state in CaseState if state.whose_turn == "nobody"]
    return cases_in_scope(by).filter(~Q(state__in=ended) | _lacks_mark())


def get_case(case_id: UUID, *, by: Staff) -> ViolationCase:
    """Return one case in scope. Another place's does not exist for this officer."""
    return _one(cases_in_scope(by).filter(pk=case_id))


def get_case_with_notice(case_id: UUID, *, by: Staff) -> ViolationCase:
    """Return one case in scope whose notice is to be served, or was: whatever was decided since."""
    to_serve_or_served = Q(state=CaseState.CHARGED.value) | Q(notified_at__isnull=False)
    return _one(cases_in_scope(by).filter(to_serve_or_served, pk=case_id, notice__isnull=False))


def get_decided_case(case_id: UUID, *, by: Staff) -> ViolationCase:
    """Return one case in scope on which there is a written decision."""
    return _one(cases_in_scope(by).filter(pk=case_id).exclude(document_number=""))


def lock_case(case_id: UUID, *, by: Staff) -> ViolationCase:
    """Lock one case in scope."""
    return _one(cases_in_scope(by).filter(pk=case_id).select_for_update(of=("self",)))


def entries_sitting(region: ExamRegion, *, subject_code: str, tickets: tuple[str, ...]) -> dict[str, RosterEntry]:
    """Return ticket number → entry of those on the roster who sit a subject. One query."""
    rows = RosterEntry.objects.filter(region=region, ticket_number__in=tickets)
    return {row.ticket_number: row for row in rows if subject_code in row.subject_codes}


def alike_with(case: ViolationCase) -> QuerySet[ViolationCase]:
    """Return the other cases of the same similar answers."""
    if case.alike is None:
        return ViolationCase.objects.none()
    return ViolationCase.objects.filter(alike=case.alike).exclude(pk=case.pk).select_related("entry")


def held_without_case(batch: MarkBatch) -> list[tuple[UUID, str, MarkStatus, int]]:
    """Return (entry, subject, status, line) of each 违纪 and 雷同 of a batch on which no case stands. One query."""
    held = [(UUID(entry), subject, MarkStatus(status), line) for entry, subject, status, line in batch.held]
    cases = ViolationCase.objects.filter(entry__region=batch.region_id).exclude(state__in=_LIFTED)
    standing = set(cases.values_list("entry_id", "subject_code")) if held else set()
    return [one for one in held if one[:2] not in standing]


def noted_in_rooms(region_id: UUID) -> dict[tuple[UUID, str], Violation]:
    """Return (entry, subject) → what a room noted and nobody has opened a case for yet. One query."""
    noted = Violation.objects.filter(case__isnull=True, seat__ticket__application__roster_entry__region=region_id)
    rows = noted.select_related("seat__session", "seat__ticket__application__roster_entry").order_by("-id")
    return {(row.seat.ticket.application.roster_entry.pk, row.seat.session.subject_code): row for row in rows}


def cases_of(batch: MarkBatch) -> QuerySet[ViolationCase]:
    """Lock the cases that a batch opened and nobody has taken up yet."""
    return batch.violation_cases.filter(state=CaseState.NOTED.value).select_for_update().order_by("id")


def violations_without_case() -> QuerySet[Violation]:
    """Return what signed records note of people who stand on a roster, and nobody has opened a case for."""
    return (
        Violation.objects.filter(
            record__state=RecordState.CLOSED.value,
            case__isnull=True,
            seat__ticket__application__roster_entry__isnull=False,
        )
        .select_related("record", "seat__session", "seat__ticket__application__roster_entry")
        .order_by("id")
    )


# ---------------------------------------------------------------- the candidate
def own_cases(by: Candidate) -> QuerySet[ViolationCase]:
    """Return one's own cases, newest first; what a file says only once the notice is served: before it is a mark."""
    return (
        ViolationCase.objects.filter(
            ~Q(origin=CaseOrigin.FILE.value) | Q(notified_at__isnull=False) | ~Q(earlier=[]),
            entry__person_id=by.require_person(),
        )
        .select_related(*_WHOLE)
        .order_by("-opened_at", "-id")
    )


def get_own_case(case_id: UUID, *, by: Candidate) -> ViolationCase:
    """Return one's own case. Another's does not exist."""
    return _one(own_cases(by).filter(pk=case_id))


def lock_own_case(case_id: UUID, *, by: Candidate) -> ViolationCase:
    """Lock one's own case."""
    return _one(own_cases(by).filter(pk=case_id).select_for_update(of=("self",)))


def told_by(case: ViolationCase) -> frozenset[UUID]:
    """Return who drew up a notice of a case that was served, and the one that counts: none of them decides."""
    before = (UUID(one["by"]) for one in case.earlier)
    return frozenset(one for one in (*before, case.notified_by) if one is not None)


def is_heard(case: ViolationCase) -> bool:
    """Whether the candidate has been told and nothing has been decided."""
    return case.state == CaseState.NOTIFIED.value


def can_answer(case: ViolationCase, *, now: datetime) -> bool:
    """Whether the time to answer is running."""
    return is_heard(case) and rules.days_left(now, until=case.defence_until) > 0


def _one(rows: QuerySet[ViolationCase]) -> ViolationCase:
    found = rows.first()
    if found is None:
        raise CaseNotFound
    return found


# ---------------------------------------------------------------- what marks are judged by
@dataclass(frozen=True)
class Known:
    """What is held against somebody on a roster: noted, charged or found."""

    entry_id: UUID
    subject_code: str
    article: str
    is_decided: bool


def findings_of(region: ExamRegion) -> dict[UUID, tuple[Finding, ...]]:
    """Return entry → what is found against it. Two queries."""
    return findings_in(known_of(region))


def findings_in(known: Iterable[Known]) -> dict[UUID, tuple[Finding, ...]]:
    """Return entry → what is found against it."""
    found: dict[UUID, list[Finding]] = defaultdict(list)
    for one in known:
        article = CaseArticle(one.article) if one.article else None
        found[one.entry_id].append(Finding(one.subject_code, article, one.is_decided))
    return {entry_id: tuple(findings) for entry_id, findings in found.items()}


def findings_basis(known: Iterable[Known]) -> list[list[str]]:
    """Return what changes whenever a finding changes: a part of what outcomes are judged on."""
    return sorted(
        [str(one.entry_id), one.subject_code, one.article, "decided" if one.is_decided else "open"] for one in known
    )


def undecided_in(region: ExamRegion) -> int:
    """Return how many people's results are withheld for what is not decided yet, with a case or without. Three queries.

    Without: 违纪 or 雷同 stands in the place of a mark, and the case on it was dropped or never opened.
    """
    known = known_of(region)
    marks = rules.undecided_marks(held_marks(region), findings_in(known))
    return len({one.entry_id for one in known if not one.is_decided} | {entry_id for entry_id, _ in marks})


def held_marks(region: ExamRegion) -> list[tuple[UUID, str]]:
    """Return (entry, subject) of every 违纪 and 雷同 that stands in the place of a mark and counts. One query."""
    rows = _held_marks().filter(entry__region=region)
    return list(rows.order_by("entry_id", "subject_code").values_list("entry_id", "subject_code"))


# ---------------------------------------------------------------- where a case was dropped and no mark has come
@dataclass(frozen=True)
class MarkToCome:
    """A subject that is withheld though no case is left: whose it is, and the case that ended last."""

    entry: RosterEntry
    subject_code: str
    case_id: UUID | None


def marks_to_come(region: ExamRegion) -> list[MarkToCome]:
    """Return whose 违纪 or 雷同 nobody stands by any more, so that a mark has to take its place. Two queries."""
    rows = _marks_to_come().filter(entry__region=region).select_related("entry__person")
    found = list(rows.order_by("entry__ticket_number", "subject_code"))
    last = Coalesce("overturned_at", "decided_at")
    lifted = ViolationCase.objects.filter(entry__in={row.entry_id for row in found}).order_by(last, "id")
    cases = {(case.entry_id, case.subject_code): case.pk for case in lifted}
    return [MarkToCome(row.entry, row.subject_code, cases.get((row.entry_id, row.subject_code))) for row in found]


def subjects_to_come(cases: Iterable[ViolationCase]) -> dict[UUID, MarkSource]:
    """Return those of the cases held no more whose subject has no mark yet, and how it came in. One query."""
    lifted = [case.pk for case in cases if case.state in _LIFTED]
    if not lifted:
        return {}
    sources = Subquery(_marks_to_come(of_case=True).values("batch__source")[:1])
    rows = ViolationCase.objects.filter(_lacks_mark(), pk__in=lifted).annotate(source=sources)
    return {case_id: MarkSource(source) for case_id, source in rows.values_list("pk", "source")}


def _held_marks() -> QuerySet[Mark]:
    """Return every 违纪 and 雷同 that stands in the place of a mark and counts."""
    valid = Mark.objects.filter(batch__state=BatchState.VALID.value)
    later = valid.filter(
        entry=OuterRef("entry"), subject_code=OuterRef("subject_code"), version__gt=OuterRef("version")
    )
    return valid.filter(~Exists(later), status__in=rules.HELD)


def _marks_to_come(*, of_case: bool = False) -> QuerySet[Mark]:
    """Return those of them on which no case stands, none is decided either that voids the sitting; or a case's own."""
    decided = [state.value for state in CaseState if not state.is_open]
    voiding = [article.value for article in CaseArticle if article.voids_sitting]
    standing = ViolationCase.objects.filter(
        Q(subject_code=OuterRef("subject_code")) | Q(state__in=decided, article__in=voiding), entry=OuterRef("entry")
    ).exclude(state__in=_LIFTED)
    rows = _held_marks().filter(~Exists(standing))
    return rows.filter(entry=OuterRef("entry"), subject_code=OuterRef("subject_code")) if of_case else rows


def _lacks_mark() -> Q:
    """Return the filter for cases that are held no more while their subject has no mark but what opened them."""
    return Q(state__in=_LIFTED) & Q(Exists(_marks_to_come(of_case=True)))


def known_of(region: ExamRegion) -> list[Known]:
    """Return every case that is held still, and what has no case yet. Two queries.

    What a room noted withholds from the first moment, whether its record is signed or not. What came up after the
    results were out is left aside until it is decided: nobody's published mark is taken back on a suspicion.
    """
    cases = ViolationCase.objects.filter(
        ~Q(state__in=_OPEN) | _before_release("opened_at", region="entry__region"), entry__region=region
    ).exclude(state__in=_LIFTED)
    known = [
        Known(entry_id, subject, article, state not in _OPEN)
        for entry_id, subject, article, state in cases.order_by("id").values_list(
            "entry_id", "subject_code", "article", "state"
        )
    ]
    entry = "seat__ticket__application__roster_entry"
    noted = Violation.objects.filter(
        _before_release("noted_at", region=f"{entry}__region"), case__isnull=True, **{f"{entry}__region": region}
    ).order_by("id")
    rows = noted.values_list(f"{entry}__id", "seat__session__subject_code", "article")
    return [*known, *(Known(entry_id, subject, article, is_decided=False) for entry_id, subject, article in rows)]


def _before_release(moment: str, *, region: str) -> Q:
    """Return the filter for what came up before the results were out: only that withholds while it is undecided."""
    released_at = f"{region}__release__released_at"
    return Q(**{f"{released_at}__isnull": True}) | Q(**{f"{moment}__lt": F(released_at)})
