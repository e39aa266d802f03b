"""Reads of the review desk: the queue and its filters, who holds a case, whose hands it went through, what is agreed.

Like `queries`, whose loaders it builds on, it shows a reviewer nothing outside their scope. Nothing is written here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from jinbang.application import photo_versions
from jinbang.application.errors import ApplicationNotFound
from jinbang.application.models import (
    Appeal,
    Application,
    ApprovalRun,
    LineMark,
    ListedReason,
    ReviewPlan,
    ReviewTerms,
)
from jinbang.application.queries import applications_in_scope
from jinbang.application.reviewing import (
    USUAL_TERMS,
    Claim,
    LineVerdict,
    Plan,
    ReasonKind,
    Terms,
    is_machine_verified,
)
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import queries as audit
from jinbang.audit.models import StateChange
from jinbang.people.models import Account
from jinbang.people.queries import Staff, verifications_by_person, within
from jinbang.people.states import Role
from jinbang.people.verification.queries import VerificationFacts
from jinbang.people.verification.states import VerificationKind
from jinbang.sittings.models import ExamRegion

APPLICATION: Final = "application.application"
ON_THE_DESK: Final = tuple(state.value for state in ApplicationState if state.is_on_the_desk)
NEXT_TRIES: Final = 8
"""So many cases are tried when others are taking the next one at the same instant; then the queue is asked anew."""
LOOKED_AT: Final = (ApplicationEvent.PROPOSE_REFUSAL.value, ApplicationEvent.SAMPLE.value)
"""What one reviewer did that a second has to look at."""
REFUSED_BY: Final = (ApplicationEvent.PROPOSE_REFUSAL.value, ApplicationEvent.REFUSE.value)
"""What the two reviewers did who together refused."""

# ---------------------------------------------------------------- the queue


@dataclass(frozen=True)
class Filters:
    """What a reviewer narrows the queue to. Empty fields narrow nothing."""

    region: str = ""  # an exam region's id
    city: str = ""  # the code of the authority a site lies in
    level: str = ""
    condition: str = ""
    state: str = ""
    mine: bool = False
    resubmitted: bool = False
    overdue: bool = False
    verified: bool = False
    doubtful_photo: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return any(getattr(self, one.name) for one in fields(self))


def cases_on_desk(by: Staff) -> QuerySet[Application]:
    """Return what waits for a reviewer of this scope, the earliest deadline first.

    What a second tier has drawn is only for those who review at the region itself or above it.
    """
    above = within(by, Role.REVIEWER, path_field="region__authority__path")
    return (
        applications_in_scope(by)
        .filter(state__in=ON_THE_DESK)
        .exclude(Q(state=ApplicationState.SAMPLED.value) & ~above)
        .order_by("review_due_at", "submitted_at", "id")
    )


def matching(filters: Filters, *, by: Staff, now: datetime) -> QuerySet[Application]:
    """Return the queue as narrowed. One query; what registers said and the server saw is asked for first."""
    cases = cases_on_desk(by)
    columns = {
        "region_id": filters.region,
        "site__authority__code": filters.city,
        "level_code": filters.level,
        "condition_code": filters.condition,
        "state": filters.state,
    }
    cases = cases.filter(**{column: value for column, value in columns.items() if value})
    if filters.mine:
        cases = cases.filter(claimed_by_id=by.account_id, claimed_until__gt=now)
    if filters.resubmitted:
        cases = cases.filter(version__gt=1)
    if filters.overdue:
        cases = cases.filter(review_due_at__lte=now)
    if filters.verified:
        cases = cases.filter(pk__in=machine_verified(cases))
    if filters.doubtful_photo:
        cases = cases.filter(pk__in=photo_versions.doubted_among(cases))
    return cases


def approvable(filters: Filters, *, by: Staff, now: datetime) -> list[tuple[UUID, int]]:
    """Return id and version of all that match and this reviewer may approve, in the order of the queue. One query."""
    cases = matching(filters, by=by, now=now).filter(free_for(by, now), state=ApplicationState.SUBMITTED.value)
    return list(cases.exclude(entered_by_id=by.account_id).select_related(None).values_list("pk", "version"))


def nearest(cases: QuerySet[Application], *, after: Application | None) -> list[Application]:
    """Return the first few cases behind this one; at the end of the queue, from its front. At most two queries."""
    if after is None or after.review_due_at is None:
        return list(cases[:NEXT_TRIES])
    due = after.review_due_at
    behind = Q(review_due_at__gt=due) | Q(review_due_at=due, submitted_at__gt=after.submitted_at)
    behind |= Q(review_due_at=due, submitted_at=after.submitted_at, id__gt=after.pk)
    return list(cases.filter(behind)[:NEXT_TRIES]) or list(cases.exclude(pk=after.pk)[:NEXT_TRIES])


def free_for(by: Staff, now: datetime) -> Q:
    """Return the condition under which this reviewer may act on a case: `Claim.is_free_for`, for the database."""
    return Q(claimed_by_id=None) | Q(claimed_by_id=by.account_id) | Q(claimed_until__lte=now)


def for_reviewer(cases: QuerySet[Application], *, by: Staff) -> QuerySet[Application]:
    """Leave only the cases that this person may decide: entered by another, with another's hand on the step before.

    The same judgments stand in the actions, which ask again; this spares people cases that would be refused to them.
    """
    me = by.account_id
    changes = StateChange.objects.filter(subject_kind=APPLICATION, subject_id=OuterRef("pk"))
    last_hand = changes.filter(event__in=LOOKED_AT).order_by("-id").values("actor_id")[:1]
    second_look = (ApplicationState.REFUSAL_PROPOSED.value, ApplicationState.SAMPLED.value)
    refused_by_me = Exists(changes.filter(event__in=REFUSED_BY, actor_id=me))
    return (
        cases.exclude(entered_by_id=me)
        .exclude(
            pk__in=cases.order_by()
            .filter(state__in=second_look)
            .alias(hand=Subquery(last_hand))
            .filter(hand=me)
            .values("pk")
        )
        .exclude(pk__in=cases.order_by().filter(refused_by_me, state=ApplicationState.APPEALED.value).values("pk"))
    )


def is_for(application: Application, *, by: Staff) -> bool:
    """Whether this person may take the step that the case waits for. One query."""
    return for_reviewer(cases_on_desk(by).filter(pk=application.pk), by=by).exists()


def counts_of(cases: QuerySet[Application], *, now: datetime) -> Mapping[str, int]:
    """Return how many of these cases stand in each state, how many are overdue, and all of them. Two queries."""
    by_state = cases.order_by().values_list("state").annotate(count=Count("pk"))
    counted = {**dict.fromkeys(ON_THE_DESK, 0), **dict(by_state)}
    return {**counted, "overdue": cases.filter(review_due_at__lte=now).count(), "all": sum(counted.values())}


@dataclass(frozen=True)
class Choices:
    """What the queue can be narrowed to: only what occurs in it."""

    regions: tuple[tuple[str, str], ...]
    cities: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str], ...]


def choices_for(by: Staff) -> Choices:
    """Return what the queue can be narrowed to. Five queries, whatever its length."""
    cases = cases_on_desk(by).select_related(None).order_by()
    regions = ExamRegion.objects.filter(pk__in=cases.values("region_id")).select_related(
        "sitting__programme_version", "authority"
    )
    cities = cases.exclude(site=None).values_list("site__authority__code", "site__authority__name").distinct()
    held = set(cases.values_list("level_code", "condition_code"))
    programmes = {one.sitting.programme_version_id: one.sitting.programme_version.programme for one in regions}
    levels = [level for programme in programmes.values() for level in programme.levels]
    return Choices(
        regions=tuple((str(one.pk), f"{one.authority.name} · {one.sitting.name}") for one in regions),
        cities=tuple(sorted(cities)),
        levels=tuple(sorted({(one.code, one.name) for one in levels if one.code in {level for level, _ in held}})),
        conditions=tuple(
            sorted(
                {
                    (one.code, one.text)
                    for level in levels
                    for one in level.conditions
                    if one.code in {condition for _, condition in held}
                }
            )
        ),
    )


# ---------------------------------------------------------------- what registers have said


def machine_verified(cases: QuerySet[Application]) -> list[UUID]:
    """Return the ids of the cases whose person is verified by machine. One query, three more for each five hundred."""
    people = dict(cases.order_by().values_list("pk", "person_id"))
    facts = verifications_by_person(set(people.values()))
    return [case for case, person in people.items() if is_machine_verified(_passed(facts.get(person, ())))]


def is_verified(checks: Iterable[VerificationFacts]) -> bool:
    """Whether these checks of one person confirm identity and a diploma."""
    return is_machine_verified(_passed(checks))


def _passed(facts: Iterable[VerificationFacts]) -> frozenset[VerificationKind]:
    return frozenset(one.kind for one in facts if one.is_machine_verified)


# ---------------------------------------------------------------- claims and hands


def claim_of(application: Application) -> Claim:
    """Return who has a case on the table."""
    return Claim(application.claimed_by_id, application.claimed_until)


def names_of(account_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return what colleagues are called. One query."""
    accounts = Account.objects.filter(pk__in=[one for one in account_ids if one is not None])
    return {account.pk: account.display_name or account.username for account in accounts}


def hands_of(application: Application, events: Collection[str]) -> frozenset[UUID | None]:
    """Return who did any of these things to a case, at any time. One query."""
    return frozenset(audit.history_of(application).filter(event__in=events).values_list("actor_id", flat=True))


def last_hand_of(application: Application, events: Collection[str]) -> UUID | None:
    """Return who did one of these things to a case last. One query."""
    change = audit.history_of(application).filter(event__in=events).last()
    return change.actor_id if change else None


def marks_of(application: Application) -> dict[str, LineMark]:
    """Return what is ticked on the checklist of the version that stands. One query."""
    return {mark.line: mark for mark in LineMark.objects.filter(application=application, version=application.version)}


def verdicts_of(application: Application) -> dict[str, LineVerdict]:
    """Return what is ticked, without the words. One query."""
    return {line: LineVerdict(mark.verdict) for line, mark in marks_of(application).items()}


def appeals_of(application: Application) -> tuple[Appeal, ...]:
    """Return every appeal of an application, oldest first. One query."""
    return tuple(Appeal.objects.filter(application=application).order_by("id"))


# ---------------------------------------------------------------- what an authority has laid down


def terms_of(region: ExamRegion, *, today: date) -> Terms:
    """Return the terms in force in a region: of the nearest authority that has set any. One query."""
    rows = ReviewTerms.objects.filter(starts_on__lte=today).annotate(path=F("authority__path"))
    reaching = [row for row in rows if region.authority.path.startswith(row.path)]
    if not reaching:
        return USUAL_TERMS
    row = max(reaching, key=lambda one: (len(one.path), one.starts_on, one.pk))
    return Terms(row.lease_minutes, row.appeal_working_days)


def find_plan(region_id: UUID) -> ReviewPlan | None:
    """Return the plan of review in force in a region, if one has been laid down. One query."""
    return ReviewPlan.objects.filter(region=region_id).order_by("-id").first()


def plan_of(region_id: UUID) -> Plan:
    """Return whether a second tier samples here. One query."""
    row = find_plan(region_id)
    return Plan(row.tiers, row.sample_percent, row.seed) if row else Plan()


def reasons_kept(by: Staff) -> list[ListedReason]:
    """Return the sentences in force that authorities of this scope have listed, kind by kind. One query."""
    rows = ListedReason.objects.filter(within(by, Role.REVIEWER, path_field="authority__path"))
    latest = {
        (row.kind, row.authority_id, row.programme_code, row.code): row
        for row in rows.select_related("authority").order_by("id")
    }
    return [row for _key, row in sorted(latest.items(), key=lambda pair: (pair[1].kind, pair[1].pk)) if row.is_offered]


def texts_of(kind: ReasonKind, codes: Collection[str]) -> dict[str, str]:
    """Return the latest words of listed reasons by code, whether they are still offered or not. One query."""
    rows = ListedReason.objects.filter(kind=kind.value, code__in=list(codes)).exclude(text="").order_by("id")
    return dict(rows.values_list("code", "text"))


def listed_reasons(application: Application) -> dict[ReasonKind, dict[str, str | None]]:
    """Return code and text of the sentences listed for a case, by kind; None takes a sentence off. One query.

    Of two authorities the nearer one counts, of one authority the row for this programme, and of those the latest.
    """
    programme = application.sitting.programme_version.code
    rows = ListedReason.objects.filter(programme_code__in=("", programme)).annotate(path=F("authority__path"))
    path = application.region.authority.path
    reaching = [row for row in rows if path.startswith(row.path)]
    reaching.sort(key=lambda row: (len(row.path), bool(row.programme_code), row.pk))
    listed: dict[ReasonKind, dict[str, str | None]] = {kind: {} for kind in ReasonKind}
    for row in reaching:
        listed[ReasonKind(row.kind)][row.code] = row.text if row.is_offered else None
    return listed


# ---------------------------------------------------------------- many at once


def get_run(run_id: UUID, *, by: Staff) -> ApprovalRun:
    """Return one's own run of approvals. Another's does not exist for them."""
    run = ApprovalRun.objects.filter(pk=run_id, account_id=by.account_id).first()
    if run is None:
        raise ApplicationNotFound
    return run


def runs_to_go_on() -> list[UUID]:
    """Return the runs that are not at their end, the oldest first. One query."""
    return list(ApprovalRun.objects.filter(finished_at=None).order_by("id").values_list("pk", flat=True))
