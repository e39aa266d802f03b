"""Reads for what is made of results that are out: statistics for the desk, reports for candidates and for everybody.

Nothing is found here before a release's instant; after it, only what everybody it concerns can read by then.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from jinbang.application.commitment.queries import false_findings
from jinbang.results import basis, queries
from jinbang.results.models import Outcome, Release, ResultStatistics, RosterEntry
from jinbang.results.states import Overall, ReleaseState
from jinbang.results.statistics import Registrant, age_band


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
    for row in rows.values(
        "overall", "subjects", "is_void", "entry__level_code", "entry__district", "entry__person__born_on"
    ):
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


def full_marks_of(release: Release) -> dict[tuple[str, str], int]:
    """Return (level, subject) → full mark in hundredths, in the programme's order."""
    return {
        (level.code, subject.code): subject.full_mark_hundredths
        for level in queries.programme_of(release.region).levels
        for subject in level.subjects
    }
