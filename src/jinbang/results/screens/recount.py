"""What the recount of a release came to: for how many people, for whom not and why, and in whom the two differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.results import labels, queries
from jinbang.results.models import Release, RosterEntry
from jinbang.results.recount import Apart, Figures
from jinbang.results.states import Overall, RecountPoint, Verdict

Word = Promise | str


@dataclass(frozen=True)
class ApartRow:
    """One person in whom the stored outcome and the recount differ, and each point of it."""

    ticket_number: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class RecountScreen:
    """A recount in figures, with the first of those in whom the two differ."""

    compared: int
    agreeing: int
    differing: int
    not_compared: tuple[tuple[Word, int], ...]
    rows: tuple[ApartRow, ...]
    is_cut: bool


def recount_screen(release: Release) -> RecountScreen | None:
    """Gather what is kept of a release's recount, if there was one. One query, and only where somebody differs."""
    if release.recount is None:
        return None
    figures = Figures.on(release.recount["basis"], release.recount)
    return RecountScreen(
        compared=figures.compared,
        agreeing=figures.agreeing,
        differing=figures.differing,
        not_compared=tuple((labels.NOT_COMPARED[why], count) for why, count in figures.not_compared.items() if count),
        rows=tuple(_rows(figures, names=queries.subject_names(release.region))) if figures.shown else (),
        is_cut=figures.differing > len(figures.shown),
    )


def _rows(figures: Figures, *, names: Mapping[str, str]) -> Iterator[ApartRow]:
    entries = RosterEntry.objects.filter(pk__in=[entry for entry, _points in figures.shown])
    tickets = {str(pk): ticket for pk, ticket in entries.values_list("pk", "ticket_number")}
    found = [ApartRow(tickets[entry], tuple(_said(points, names))) for entry, points in figures.shown]
    yield from sorted(found, key=lambda row: row.ticket_number)


def _said(points: Sequence[Apart], names: Mapping[str, str]) -> Iterator[str]:
    for one in points:
        point = str(labels.RECOUNT_POINTS[one.point])
        subject = names.get(one.subject_code, one.subject_code)
        about = f"{subject}{_('：')}{point}" if subject else point
        if one.point in {RecountPoint.OVERALL, RecountPoint.VERDICT}:
            stored, second = _word(one.point, one.stored), _word(one.point, one.second)
            about = _("%(about)s，存下的是“%(stored)s”，复算是“%(second)s”") % {
                "about": about,
                "stored": stored,
                "second": second,
            }
        yield about


def _word(point: RecountPoint, word: str) -> Word:
    """Return the label of an outcome or a verdict."""
    if not word:
        return _("无法识别")
    if point is RecountPoint.OVERALL:
        return labels.OVERALLS[Overall(word)]
    return labels.VERDICTS[Verdict(word)] or _("无结论")
