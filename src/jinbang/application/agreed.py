"""What has been laid down for review, as pages show it: reasons, terms, tiers, and the sample for everybody to redo.

Reads only. The desk's pages show no more than a scope reaches; the sample is public, its seed when reviewing is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q

from jinbang.application import caseload, labels
from jinbang.application.models import ListedReason, ReviewPlan, ReviewTerms
from jinbang.application.queries import applications_in_scope
from jinbang.application.reviewing import Plan, ReasonKind, is_sampled, require_seed_public
from jinbang.application.states import ApplicationEvent
from jinbang.audit.models import StateChange
from jinbang.catalogue.models import ProgrammeVersion
from jinbang.people.queries import Staff, authorities_of, within
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import WindowKind

CODES_OF_THE_REDOING: Final = "SHA-256(seed:id)[0:4] * 100 < share * 2^32"


# ---------------------------------------------------------------- reasons


@dataclass(frozen=True)
class ReasonsPage:
    """The reasons that a desk lists: the built-in ones, and those that authorities of the scope have listed."""

    built_in: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, ListedReason], ...]
    choices: Mapping[str, Sequence[tuple[str, str]]]


def reasons_page_of(by: Staff) -> ReasonsPage:
    """Return the page of listed reasons. Four queries."""
    programmes = dict(
        ProgrammeVersion.objects.filter(
            pk__in=applications_in_scope(by).select_related(None).values("sitting__programme_version")
        ).values_list("code", "name")
    )
    return ReasonsPage(
        built_in=tuple(
            (str(labels.REASON_KINDS[kind]), str(text))
            for kind, reasons in labels.LISTED_REASONS.items()
            for code, text in reasons.items()
            if code != labels.OTHER_REASON
        ),
        kept=tuple((str(labels.REASON_KINDS[ReasonKind(row.kind)]), row) for row in caseload.reasons_kept(by)),
        choices={
            "programmes": sorted(programmes.items()),
            "authorities": [(str(one.pk), one.name) for one in authorities_of(by, Role.REVIEWER)],
        },
    )


# ---------------------------------------------------------------- terms and tiers


@dataclass(frozen=True)
class TermsPage:
    """The terms laid down in a planner's scope, the latest first, and where others can be laid down."""

    rows: tuple[ReviewTerms, ...]
    authorities: tuple[tuple[str, str], ...]
    today: date


def terms_page_of(by: Staff, *, today: date) -> TermsPage:
    """Return the page of terms. Two queries."""
    rows = ReviewTerms.objects.filter(within(by, Role.PLANNER, path_field="authority__path"))
    rows = rows.select_related("authority").order_by("-starts_on", "-id")
    return TermsPage(tuple(rows), tuple((str(one.pk), one.name) for one in authorities_of(by, Role.PLANNER)), today)


@dataclass(frozen=True)
class PlansPage:
    """The regions of a planner's scope with the plan in force in each."""

    regions: tuple[tuple[ExamRegion, ReviewPlan | None], ...]

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The regions for which a plan can be laid down."""
        return tuple((str(one.pk), f"{one.authority.name} · {one.sitting.name}") for one, _plan in self.regions)


def plans_page_of(by: Staff) -> PlansPage:
    """Return the page of tiers. Two queries."""
    regions = ExamRegion.objects.filter(within(by, Role.PLANNER, path_field="authority__path"), is_held=True)
    regions = regions.select_related("authority", "sitting").order_by("-sitting__first_day", "authority__code")
    plans = {row.region_id: row for row in ReviewPlan.objects.filter(region__in=regions).order_by("id")}
    return PlansPage(tuple((one, plans.get(one.pk)) for one in regions))


# ---------------------------------------------------------------- the sample, for everybody


@dataclass(frozen=True)
class Sample:
    """How one region is reviewed. `seed` is empty until reviewing is over."""

    region: ExamRegion
    plan: ReviewPlan
    seed: str
    public_from: datetime | None


def samples_of(code: str, *, now: datetime) -> tuple[Sitting, tuple[Sample, ...]]:
    """Return how each region of a sitting is sampled, as far as a second tier does. Two queries and two a region."""
    sitting = sittings.get_shown_sitting(code)
    found = []
    for plan in _plans(Q(region__sitting=sitting)):
        closes = _review_closes(plan.region)
        is_public = closes is not None and now >= closes
        found.append(Sample(plan.region, plan, plan.seed if is_public else "", closes))
    return sitting, tuple(found)


def sample_to_redo(code: str, authority_code: str, *, now: datetime) -> dict[str, Any]:
    """Return all that is needed to redo the draws of a region: for each plan its seed, and each id with what it drew.

    Refuses while reviewing goes on. The ids are those that the first tier approved; they name nobody.
    """
    region = sittings.get_region(sittings.get_shown_sitting(code), authority_code)
    require_seed_public(_review_closes(region), now=now)
    plans = list(_plans(Q(region=region), only_in_force=False))
    changes = StateChange.objects.filter(
        subject_kind=caseload.APPLICATION,
        subject_id__in=region.applications.values("pk"),
        event__in=(ApplicationEvent.APPROVE.value, ApplicationEvent.SAMPLE.value),
        from_state="submitted",
    ).order_by("id")
    first_tier = list(changes.values_list("subject_id", "event", "at"))
    draws = []
    for plan, until in zip(plans, [*(one.created_at for one in plans[1:]), now], strict=True):
        facts = Plan(plan.tiers, plan.sample_percent, plan.seed)
        drawn = [
            {"id": str(pk), "drawn": is_sampled(pk, facts), "waited": event == ApplicationEvent.SAMPLE}
            for pk, event, at in first_tier
            if plan.created_at <= at < until
        ]
        draws.append(
            {
                "seed": plan.seed,
                "seed_sha256": plan.seed_commitment,
                "share_percent": plan.sample_percent,
                "tiers": plan.tiers,
                "from": plan.created_at.isoformat(),
                "applications": drawn,
            }
        )
    return {"rule": CODES_OF_THE_REDOING, "region": region.authority.code, "draws": draws}


def _plans(where: Q, *, only_in_force: bool = True) -> list[ReviewPlan]:
    rows = list(ReviewPlan.objects.filter(where).select_related("region__authority", "region__sitting").order_by("id"))
    if not only_in_force:
        return rows
    latest = {row.region_id: row for row in rows}
    return [row for row in latest.values() if row.tiers > 1]


def _review_closes(region: ExamRegion) -> datetime | None:
    """Return when reviewing is over in a region, which is when nobody's choice can follow the seed any more."""
    windows = sittings.windows_of(region)
    last = windows.get(WindowKind.REVIEW) or windows.get(WindowKind.APPLICATION)
    return last.closes if last else None
