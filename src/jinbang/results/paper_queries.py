"""Reads for what is made of results that are out: statistics for the desk, reports for candidates and for everybody.

Nothing is found here before a release's instant; after it, only what everybody it concerns can read by then.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from jinbang.application.commitment.queries import false_findings
from jinbang.kernel.crypto import key_ring, open_sealed
from jinbang.people.queries import Candidate, place_of
from jinbang.results import basis, queries
from jinbang.results.errors import ReportNotFound
from jinbang.results.models import Outcome, Release, ReportKey, ResultReport, ResultStatistics, RosterEntry
from jinbang.results.reports import ReportKind, Standing, outcome_hash, standing_of
from jinbang.results.states import Overall, ReleaseState
from jinbang.results.statistics import Registrant, age_band
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState

_OUTCOME: Final = ("overall", "subjects", "is_void")
_COUNTED: Final = (*_OUTCOME, "entry__level_code", "entry__district", "entry__person__born_on")


def generation_out(release: Release) -> int:
    """Return the generation of a release that everybody can read, 0 for none."""
    return release.generation if release.state == ReleaseState.RELEASED.value else release.generation - 1


# ---------------------------------------------------------------- statistics
def releases_to_count() -> QuerySet[Release]:
    """Return the releases that are out and have no statistics, or statistics of what is no longer so. One query.

    Out of date is a generation that was corrected, and a count from before a commitment was found false.
    """
    released = Q(state=ReleaseState.RELEASED.value)
    stale = Q(statistics__isnull=True) | (
        (released & ~Q(statistics__generation=F("generation")))
        | (~released & ~Q(statistics__generation=F("generation") - 1))
    )
    found_false = false_findings().filter(
        commitment__application__region=OuterRef("region"), closed_at__gt=OuterRef("statistics__counted_at")
    )
    out = released | (~released & Q(generation__gt=1))
    return Release.objects.filter(out).filter(stale | Exists(found_false)).order_by("opens_at", "code")


def entries_to_count(release: Release) -> list[UUID]:
    """Return everybody on the roster of a release's region. One query."""
    return list(RosterEntry.objects.filter(region=release.region_id).order_by("id").values_list("id", flat=True))


def registrants(release: Release, entries: Sequence[UUID]) -> Iterator[Registrant]:
    """Yield what is counted of each of these people: of what is out, and of nothing else. One query."""
    rows = basis.with_findings(basis.outcomes_that_are_out()).filter(entry__in=entries)
    first_day = release.region.sitting.first_day
    for row in rows.values(*_COUNTED):
        yield Registrant(
            level=row["entry__level_code"],
            district=row["entry__district"],
            age=age_band(row["entry__person__born_on"], on=first_day),
            overall=Overall(row["overall"]),
            subjects=row["subjects"],
            is_void=row["is_void"],
        )


def find_statistics(release: Release) -> ResultStatistics | None:
    """Return the statistics of what is out of a release; None before its instant, and until they are counted."""
    return ResultStatistics.objects.filter(release=release, generation=generation_out(release)).first()


def statistics_of_sitting(sitting: Sitting) -> tuple[dict[str, ResultStatistics], int]:
    """Return the code of each region of a sitting → its statistics, and how many regions' are awaited. Two queries."""
    held = ExamRegion.objects.filter(sitting=sitting, is_held=True).values_list("authority__code", flat=True)
    rows = ResultStatistics.objects.filter(release__region__sitting=sitting).select_related(
        "release__region__authority"
    )
    found = {row.release.region.authority.code: row for row in rows if row.generation == generation_out(row.release)}
    return found, len(set(held) - set(found))


def full_marks_of(release: Release) -> dict[tuple[str, str], int]:
    """Return (level, subject) → full mark in hundredths, in the programme's order."""
    return {
        (level.code, subject.code): subject.full_mark_hundredths
        for level in queries.programme_of(release.region).levels
        for subject in level.subjects_in(release.region.sitting.year)
    }


# ---------------------------------------------------------------- reports
def own_outcomes(entry_id: UUID, kind: ReportKind, *, by: Candidate) -> list[Outcome]:
    """Return what a report of a candidate rests on, the latest sitting first: with `is_void`, and only what is out.

    Two queries. Refuses, with `ReportNotFound`, an entry that is somebody else's, is not out, or does not exist: alike.
    """
    mine = (
        basis.outcomes_that_are_out()
        .filter(entry__person=by.require_person(), entry__sitting__results_here=True)
        .exclude(entry__sitting__state=SittingState.CANCELLED.value)
    )
    rows = basis.with_findings(mine).select_related(
        "entry__region__authority", "entry__region__sitting__owner", "entry__sitting__programme_version"
    )
    asked = rows.filter(entry=entry_id).first()
    if asked is None:
        raise ReportNotFound
    if kind is ReportKind.SITTING:
        return [asked]
    programme = asked.entry.sitting.programme_version.code
    years = rows.filter(
        entry__sitting__programme_version__code=programme, entry__sitting__owner=asked.entry.sitting.owner_id
    )
    return list(years.order_by("-entry__sitting__first_day", "-entry__sitting__code"))


def reports_of(entry_id: UUID, kind: ReportKind) -> QuerySet[ResultReport]:
    """Return the reports of a kind issued for an entry, newest first; whoever asks was let through to the entry."""
    return ResultReport.objects.filter(entry=entry_id, kind=kind.value).order_by("-issued_at", "-id")


def get_own_report(report_id: UUID, *, by: Candidate) -> ResultReport:
    """Return a candidate's own report. Refuses, with `ReportNotFound`, anybody else's as if there were none."""
    found = ResultReport.objects.filter(pk=report_id, entry__person=by.require_person())
    report = found.select_related("entry__person").first()
    if report is None:
        raise ReportNotFound
    return report


def paper_of(report: ResultReport) -> bytes:
    """Return the signed PDF of a report, byte for byte as issued; `entry__person` has been loaded."""
    person = report.entry.person
    place = place_of(report, "paper_sealed")
    return open_sealed(bytes(person.wrapped_key), bytes(report.paper_sealed), aad=place, ring=key_ring())


def find_report(code: str) -> ResultReport | None:
    """Return the report of a report code, for everybody who has the code. One query."""
    return ResultReport.objects.filter(code=code).first() if code else None


def outcomes_out(entries: Iterable[str]) -> dict[str, str]:
    """Return roster entry → hash of what is out of it at this moment. One query."""
    rows = basis.with_findings(basis.outcomes_that_are_out().filter(entry__in=list(entries)))
    return {
        str(row["entry_id"]): outcome_hash(overall=row["overall"], subjects=row["subjects"], is_void=row["is_void"])
        for row in rows.values("entry_id", *_OUTCOME)
    }


def standing_now(report: ResultReport) -> Standing:
    """Return whether a report still says what is out. One query."""
    issued = {year["entry"]: year["outcome"] for year in report.years}
    return standing_of(issued, out=outcomes_out(issued))


def current_key() -> ReportKey | None:
    """Return the key that signs, if one has been made."""
    return ReportKey.objects.order_by("-number").first()


def certificates() -> list[bytes]:
    """Return the certificates (DER) of every key that ever signed, the latest first. One query."""
    return [bytes(one) for one in ReportKey.objects.order_by("-number").values_list("certificate", flat=True)]
