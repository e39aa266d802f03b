"""Reads of the results phase. Loaders check the officer's role and scope as they load; outside there is no such row.

A candidate reads their own years alone, and of them only what is out: before the release instant a result does not
exist, and at the instant `lookup` answers. What outcomes are judged on stands in `basis`.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet

from jinbang.application.commitment.queries import false_findings
from jinbang.audit.models import StateChange
from jinbang.catalogue.programme import Level, Programme, Subject
from jinbang.kernel.actors import Actor, ActorKind
from jinbang.people.models import OfficerKey
from jinbang.people.queries import Candidate, Staff, appointments_in_force, within
from jinbang.people.rules import is_within
from jinbang.people.states import Role
from jinbang.results import roster_rows
from jinbang.results.errors import ResultsNotFound
from jinbang.results.models import (
    HandedOverFile,
    MarkBatch,
    Outcome,
    OutcomeChange,
    PassMark,
    Release,
    RosterEntry,
    ViolationCase,
    WarrantSignature,
)
from jinbang.results.states import BatchState, Overall, PassMarkState, ReleaseEvent, ReleaseState
from jinbang.results.warrant import SignatureFacts
from jinbang.seating.models import AdmissionTicket
from jinbang.seating.states import PlanState
from jinbang.sittings.amendments import ADOPTED, CALLED_OFF, RESTORED
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState

RESULTS_ROLES: Final = (Role.MARKS_CLERK, Role.MARKS_VERIFIER, Role.PASS_MARK_OFFICER, Role.RELEASE_OFFICER)
DRAWN_UP: Final = "draw_up_roster"
STAGED: Final = "stage"
DRAFTED: Final = "draft"
SIGNED: Final = "sign"
AMENDED: Final = (CALLED_OFF, RESTORED, ADOPTED)
_MAKES_A_RELEASE: Final = (DRAFTED, ReleaseEvent.VALIDATE.value, ReleaseEvent.SEAL.value, ReleaseEvent.CORRECT.value)

_Row = TypeVar("_Row", bound=Model)


# ---------------------------------------------------------------- regions, files, pass marks: by role and scope
def regions_in_scope(by: Staff, *roles: Role) -> QuerySet[ExamRegion]:
    """Return the regions in which this officer holds one of these roles, newest sitting first. One query."""
    return (
        ExamRegion.objects.filter(within(by, *roles, path_field="authority__path"), sitting__results_here=True)
        .select_related("sitting__programme_version", "sitting__owner", "authority")
        .order_by("-sitting__first_day", "sitting__code", "authority__code")
    )


def get_region(region_id: UUID, *, by: Staff, roles: tuple[Role, ...] = RESULTS_ROLES) -> ExamRegion:
    """Return a region in which this officer holds one of these roles."""
    return _one(regions_in_scope(by, *roles), region_id)


def lock_region(region_id: UUID, *, by: Staff, role: Role) -> ExamRegion:
    """Return a region locked for the length of the transaction, for an officer who holds this role there."""
    return _one(regions_in_scope(by, role).select_for_update(of=("self",)), region_id)


def get_batch(batch_id: UUID, *, by: Staff) -> MarkBatch:
    """Return a file of marks in a region where this officer brings in or verifies marks."""
    return _one(_batches(by, Role.MARKS_CLERK, Role.MARKS_VERIFIER), batch_id)


def lock_batch(batch_id: UUID, *, by: Staff, role: Role) -> MarkBatch:
    """Return a locked batch of marks in a region where this officer holds this role."""
    return _one(_batches(by, role).select_for_update(of=("self",)), batch_id)


def _batches(by: Staff, *roles: Role) -> QuerySet[MarkBatch]:
    return MarkBatch.objects.select_related("region__authority", "region__sitting__programme_version").filter(
        within(by, *roles, path_field="region__authority__path")
    )


def get_release(release_id: UUID, *, by: Staff, roles: tuple[Role, ...] = RESULTS_ROLES) -> Release:
    """Return a release of a region in which this officer holds one of these roles."""
    return _one(_releases().filter(within(by, *roles, path_field="region__authority__path")), release_id)


def lock_release(release_id: UUID, *, by: Staff, role: Role) -> Release:
    """Return a locked release of a region where this officer holds this role."""
    releases = _releases().filter(within(by, role, path_field="region__authority__path"))
    return _one(releases.select_for_update(of=("self",)), release_id)


def get_release_for_system(release_id: UUID) -> Release:
    """Return a release for the system's own steps, which have no scope."""
    return _one(_releases(), release_id)


def lock_release_for_system(release_id: UUID) -> Release:
    """Return a locked release for the system's own steps, which have no scope."""
    return _one(_releases().select_for_update(of=("self",)), release_id)


def _releases() -> QuerySet[Release]:
    return Release.objects.select_related(
        "region__authority", "region__sitting__programme_version", "region__sitting__owner"
    )


def get_pass_mark(pass_mark_id: UUID, *, by: Staff) -> PassMark:
    """Return a pass mark of a sitting whose owner, or whose region, lies in this officer's scope."""
    return _one(_pass_marks(by), pass_mark_id)


def lock_pass_mark(pass_mark_id: UUID, *, by: Staff) -> PassMark:
    """Return a locked pass mark of a sitting whose owner, or whose region, lies in this officer's scope."""
    return _one(_pass_marks(by).select_for_update(of=("self",)), pass_mark_id)


def _pass_marks(by: Staff) -> QuerySet[PassMark]:
    scope = within(by, Role.PASS_MARK_OFFICER, path_field="region__authority__path") | (
        Q(region__isnull=True) & within(by, Role.PASS_MARK_OFFICER, path_field="sitting__owner__path")
    )
    return PassMark.objects.filter(scope).select_related("sitting")


def _one(rows: QuerySet[_Row], key: UUID) -> _Row:
    """Return one row, or refuse as if it did not exist: whoever may not see it learns nothing."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise ResultsNotFound
    return found


# ---------------------------------------------------------------- lists
def find_release(region: ExamRegion) -> Release | None:
    """Return the region's release, if one was drafted."""
    return _releases().filter(region=region).first()


def lock_release_of(region_id: UUID) -> Release | None:
    """Return the region's release, locked, if there is one: whoever changes marks locks it before anything else."""
    return Release.objects.select_for_update(of=("self",)).filter(region=region_id).first()


def lock_releases_resting_on(pass_mark: PassMark) -> list[Release]:
    """Return the releases, locked, that are judged by this pass mark: its region's, or all of its sitting's."""
    releases = Release.objects.select_for_update(of=("self",)).order_by("id")
    if pass_mark.region_id is not None:
        return list(releases.filter(region=pass_mark.region_id))
    return list(releases.filter(region__sitting=pass_mark.sitting_id))


def releases_awaiting(state: ReleaseState) -> QuerySet[Release]:
    """Return the releases in a state, for the system's own steps: publishing, arming, releasing."""
    return _releases().filter(state=state.value).order_by("opens_at", "code")


def releases_out() -> QuerySet[Release]:
    """Return the releases of which a generation is out whose passes are not noted for applications yet."""
    released = Q(state=ReleaseState.RELEASED.value, passes_noted__lt=F("generation"))
    corrected = ~Q(state=ReleaseState.RELEASED.value) & Q(passes_noted__lt=F("generation") - 1)
    return _releases().filter(released | corrected).order_by("opens_at", "code")


def generations_out(codes: Collection[str]) -> dict[str, int]:
    """Return of these releases which generation is out, leaving out those of which none is. One query."""
    return dict(Release.objects.filter(code__in=codes).exclude(out={}).values_list("code", "out__generation"))


def batches_of(region: ExamRegion) -> QuerySet[MarkBatch]:
    """Return the region's files of marks, newest first."""
    return MarkBatch.objects.filter(region=region).order_by("-staged_at", "-id")


def proposals_of(region: ExamRegion) -> QuerySet[PassMark]:
    """Return the pass marks proposed, approved or rejected for this region or its whole sitting, newest first."""
    rows = PassMark.objects.filter(Q(region=region) | Q(region__isnull=True), sitting=region.sitting)
    return rows.order_by("-proposed_at", "level_code", "subject_code")


def open_proposals_of(region: ExamRegion) -> QuerySet[PassMark]:
    """Return the pass marks proposed for this region or its whole sitting that nobody has decided yet, oldest first."""
    return proposals_of(region).filter(state=PassMarkState.PROPOSED.value).order_by("proposed_at", "id")


def people_of(region: ExamRegion) -> int:
    """Return how many people stand on the roster. One query."""
    return RosterEntry.objects.filter(region=region).count()


def ticket_numbers_of(region: ExamRegion) -> list[str]:
    """Return every ticket number on the roster. One query."""
    return list(RosterEntry.objects.filter(region=region).order_by().values_list("ticket_number", flat=True))


def has_tickets(region: ExamRegion) -> bool:
    """Whether anybody holds a ticket that counts: a roster is drawn up from those. One query."""
    counting = [state.value for state in PlanState if state.has_seats]
    return AdmissionTicket.objects.filter(region=region, region__seat_plan__state__in=counting).exists()


def programme_of(region: ExamRegion) -> Programme:
    """Return the programme in the version that the sitting pinned."""
    return region.sitting.programme_version.programme


def subjects_of(entry: RosterEntry, programme: Programme) -> tuple[Subject, ...]:
    """Return what the entry's level, specialty and track ask for."""
    return programme.subjects_for(level=entry.level_code, specialty=entry.specialty_code, track=entry.track_code)


def subject_names(region: ExamRegion) -> dict[str, str]:
    """Return subject code → name. Levels that share a code under different names are all named."""
    names: dict[str, list[str]] = defaultdict(list)
    for level in programme_of(region).levels:
        for subject in level.subjects_in(region.sitting.year):
            if subject.name not in names[subject.code]:
                names[subject.code].append(subject.name)
    return {code: " / ".join(found) for code, found in names.items()}


def subject_name(entry: RosterEntry, subject_code: str) -> str:
    """Return what a subject of an entry is called, by its specialty. No queries where the sitting is loaded."""
    programme = entry.sitting.programme_version.programme
    names = {subject.code: subject.name for subject in subjects_of(entry, programme)}
    return {**programme.level(entry.level_code).earlier_names(), **names}.get(subject_code, subject_code)


def levels_on_roster(region: ExamRegion) -> list[Level]:
    """Return the levels that somebody on the roster sits, in the programme's order. One query."""
    codes = set(RosterEntry.objects.filter(region=region).order_by().values_list("level_code", flat=True).distinct())
    return [level for level in programme_of(region).levels if level.code in codes]


def people_who_changed(release: Release) -> QuerySet[OutcomeChange]:
    """Return whom the last judging anew made something different of, in the order of their ticket numbers."""
    rows = OutcomeChange.objects.filter(entry__region=release.region_id, basis_hash=release.differences_basis or "-")
    return rows.select_related("entry").order_by("entry__ticket_number")


# ---------------------------------------------------------------- a person's own, over the years
def own_entries(by: Candidate) -> list[RosterEntry]:
    """Return every sitting that a candidate stands on the roster of, the latest first. One query."""
    entries = RosterEntry.objects.filter(person=by.person_id, sitting__results_here=True).exclude(
        sitting__state=SittingState.CANCELLED.value
    )
    return list(
        entries.select_related(
            "region__authority", "region__release", "sitting__programme_version", "sitting__owner"
        ).order_by("-sitting__first_day", "sitting__code")
    )


# ---------------------------------------------------------------- what is sealed and who signed
def outcomes_of(release: Release) -> QuerySet[Outcome]:
    """Return the outcomes of a release's generation in the order of their ticket numbers."""
    return (
        Outcome.objects.filter(entry__region=release.region_id, generation=release.generation)
        .select_related("entry")
        .order_by("entry__ticket_number")
    )


def settled_outcomes(region: ExamRegion) -> QuerySet[Outcome]:
    """Return what is out and leads further: certificates, post-exam review and reports may start from these alone.

    Nothing that a pass mark is still awaited for, nothing withheld, and nothing of a generation that is being prepared.
    """
    release = find_release(region)
    generation = release.out.get("generation", 0) if release is not None else 0
    unsettled = (Overall.AWAITING_PASS_MARK.value, Overall.WITHHELD.value)
    return Outcome.objects.filter(entry__region=region, generation=generation).exclude(overall__in=unsettled)


def approver_of(release: Release) -> Actor:
    """Return who signed last, as an actor without any power: it was this signature that approved the release."""
    last = WarrantSignature.objects.filter(release=release, warrant_hash=release.warrant_hash).latest("signed_at", "id")
    return Staff(last.officer_id, last.officer_name)


def signatures_of(release: Release) -> tuple[SignatureFacts, ...]:
    """Return every signature under this release that was made with a key its officer enrolled. Two queries.

    Which of them count, `warrant` says.
    """
    rows = list(WarrantSignature.objects.filter(release=release).order_by("signed_at", "id"))
    officers = {row.officer_id for row in rows}
    keys = OfficerKey.objects.filter(account__in=officers).values_list("account_id", "public_key", "relying_party")
    enrolled = {(account_id, public_key): relying_party for account_id, public_key, relying_party in keys}
    return tuple(
        SignatureFacts(
            officer_id=str(row.officer_id),
            unit=row.unit,
            public_key=row.public_key,
            signature=row.signature,
            warrant_hash=row.warrant_hash,
            client_data=row.client_data,
            authenticator_data=row.authenticator_data,
            relying_party=enrolled[row.officer_id, row.public_key],
        )
        for row in rows
        if (row.officer_id, row.public_key) in enrolled
    )


def authors_of(release: Release) -> frozenset[str]:
    """Return the ids of everybody who made what is released: they may not sign it.

    Whoever drew up the roster, corrected a row of it or struck one off, brought in, verified or took back a file of
    marks, proposed or approved a pass mark, brought in, linked, unlinked or rejected earlier passes of the programme,
    noted a year of it as held or not or adopted another rule for it, dealt with a violation, had a commitment found
    false, or drafted, validated, sealed or corrected the release itself. Seven queries.
    """
    batches = MarkBatch.objects.filter(region=release.region_id)
    cases = ViolationCase.objects.filter(entry__region=release.region_id)
    made = (
        Q(subject_kind="sittings.examregion", subject_id=release.region_id, event=DRAWN_UP)
        | Q(subject_kind="results.release", subject_id=release.pk, event__in=_MAKES_A_RELEASE)
        | Q(subject_kind="results.markbatch", subject_id__in=batches.values("id"))
        | Q(subject_kind="sittings.sitting", subject_id__in=_sittings_like(release).values("id"), event__in=AMENDED)
        | Q(subject_kind="results.violationcase", subject_id__in=cases.values("id"), actor_kind=ActorKind.STAFF.value)
    )
    people = set(StateChange.objects.filter(made, actor_id__isnull=False).values_list("actor_id", flat=True))
    people |= roster_rows.who_changed_rows(release.region_id)
    # Of the whole programme: nothing says on whose roster a link stood that was undone.
    files = HandedOverFile.objects.filter(programme_code=release.region.sitting.programme_version.code)
    filed = StateChange.objects.filter(subject_kind="results.handedoverfile", subject_id__in=files.values("id"))
    people |= set(filed.filter(actor_id__isnull=False).values_list("actor_id", flat=True).distinct())
    false = false_findings().filter(commitment__application__region__sitting__in=_sittings_like(release))
    people |= {person for row in false.values_list("charged_by_id", "decided_by_id") for person in row}
    valid = batches.filter(state=BatchState.VALID.value)
    people |= {person for row in valid.values_list("staged_by", "validated_by") for person in row}
    marks = PassMark.objects.filter(sitting=release.region.sitting_id, state=PassMarkState.APPROVED.value)
    people |= {person for row in marks.values_list("proposed_by", "approved_by") for person in row}
    return frozenset(str(person) for person in people if person is not None)


def _sittings_like(release: Release) -> QuerySet[Sitting]:
    """Return the sittings of all years over which passes are counted here."""
    sitting = release.region.sitting
    return Sitting.objects.filter(programme_version__code=sitting.programme_version.code, owner=sitting.owner_id)


def stagers_of(batch: MarkBatch) -> frozenset[UUID]:
    """Return everybody who took this file in, wholly or again after an interruption: none of them verifies it."""
    rows = StateChange.objects.filter(subject_kind="results.markbatch", subject_id=batch.pk, event=STAGED)
    people = set(rows.values_list("actor_id", flat=True)) | {batch.staged_by}
    return frozenset(person for person in people if person is not None)


def units_that_can_sign(release: Release, *, today: date) -> frozenset[str]:
    """Return the units with a release officer who has a key and made nothing of what is released. Nine queries."""
    authors = authors_of(release)
    path = release.region.authority.path
    officers = appointments_in_force(today).filter(role=Role.RELEASE_OFFICER.value).select_related("authority")
    with_key = set(OfficerKey.objects.filter(retired_at__isnull=True).values_list("account_id", flat=True))
    return frozenset(
        officer.unit
        for officer in officers
        if officer.account_id in with_key
        and str(officer.account_id) not in authors
        and is_within(path, (officer.authority.path,))
    )
