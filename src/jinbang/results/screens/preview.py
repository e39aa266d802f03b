"""What proposed pass marks would come to, for those who propose and approve them: tables, charts, who changes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.catalogue.programme import Level
from jinbang.kernel.digests import Json
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import labels, queries
from jinbang.results.districts import district_names
from jinbang.results.preview import Change, LinesInForce, Preview, SubjectKey, Tally, preview_proposals, tallies_of
from jinbang.results.rules import SubjectMark
from jinbang.results.screens.regions import PassMarkRow, pass_mark_rows
from jinbang.results.states import MarkStatus, Overall, PassMarkState
from jinbang.sittings.models import ExamRegion

SHOWN_MOST: Final = 200


@dataclass(frozen=True)
class CountRow:
    """One line of a table: how many were scored, how many pass before and after, and the lines themselves.

    `url` leads to where the people are named, for a row of another region.
    """

    name: str
    scored: int
    before: int
    after: int
    line_before: str = ""
    line_after: str = ""
    url: str = ""

    @property
    def rate_before(self) -> str:
        """The share that passes now, of those who were scored."""
        return _percent(self.before, of=self.scored)

    @property
    def rate_after(self) -> str:
        """The share that would pass."""
        return _percent(self.after, of=self.scored)

    @property
    def difference(self) -> str:
        """How many more, or fewer."""
        return f"{self.after - self.before:+d}" if self.after != self.before else "0"


@dataclass(frozen=True)
class ChangeRow:
    """One person whose result would be another, without a name."""

    ticket_number: str
    district: str
    marks: str
    before: Promise
    after: Promise


@dataclass(frozen=True)
class PreviewScreen:
    """What would come of the open proposals of a region, with totals over all regions of its sitting in reach."""

    region: ExamRegion
    proposals: tuple[PassMarkRow, ...]
    subjects: tuple[CountRow, ...]
    subject_chart: Mapping[str, Json]
    districts: tuple[CountRow, ...]
    district_chart: Mapping[str, Json]
    has_local_lines: bool
    totals: tuple[CountRow, ...]  # empty where there is no other region
    totals_heading: str
    totals_chart: Mapping[str, Json]
    regions: tuple[CountRow, ...]  # the same, region by region
    gained: int
    lost: int
    changed: int
    tally: tuple[tuple[Promise, Promise, int], ...]
    changes: tuple[ChangeRow, ...]
    is_cut: bool


_PASSING: Final = frozenset({Overall.PASSED, Overall.PASSED_LOCALLY})


def preview_screen(region: ExamRegion, *, by: Staff) -> PreviewScreen:
    """Gather the page. About thirty-five queries, and six for each further region in reach; nothing is stored."""
    found = preview_proposals(region)
    names = _subject_names(queries.levels_on_roster(region))
    regions = _regions_in_reach(region, by=by)
    tallies = {one: tallies_of(one) for one in regions}
    totals = tuple(_total_rows(tallies))
    places = district_names(district for district, _key in found.by_district)
    subjects = tuple(_subject_rows(found, names))
    districts = tuple(_district_rows(found, names, places=places))
    turned = Counter((change.before, change.after) for change in found.changes)
    return PreviewScreen(
        region=region,
        proposals=tuple(row for row in pass_mark_rows(region, by=by) if row.pass_mark.state == PassMarkState.PROPOSED),
        subjects=subjects,
        subject_chart=_chart(subjects),
        districts=districts,
        district_chart=_chart(districts),
        has_local_lines=any(lines.drawn_below(key) for lines in (found.before, found.after) for key in names),
        totals=totals,
        totals_heading=_("全部 %(count)d 个考区合计") % {"count": len(regions)},
        totals_chart=_chart(totals),
        regions=tuple(_region_rows(tallies)),
        gained=sum(count for (was, would), count in turned.items() if was not in _PASSING and would in _PASSING),
        lost=sum(count for (was, would), count in turned.items() if was in _PASSING and would not in _PASSING),
        changed=len(found.changes),
        tally=tuple(
            (labels.OVERALLS[was], labels.OVERALLS[would], count) for (was, would), count in sorted(turned.items())
        ),
        changes=tuple(_change_row(change, names, places=places) for change in found.changes[:SHOWN_MOST]),
        is_cut=len(found.changes) > SHOWN_MOST,
    )


def _regions_in_reach(region: ExamRegion, *, by: Staff) -> list[ExamRegion]:
    """Return the regions of the sitting in this officer's reach; none where this is the only one."""
    regions = list(queries.regions_in_scope(by, Role.PASS_MARK_OFFICER).filter(sitting=region.sitting_id))
    return regions if len(regions) > 1 else []


def _total_rows(tallies: Mapping[ExamRegion, Mapping[SubjectKey, Tally]]) -> Iterator[CountRow]:
    """Yield a row for each subject over all these regions together."""
    for key, name in _names_over(tallies).items():
        found = [of_region[key] for of_region in tallies.values() if key in of_region]
        if found:
            yield _count_row(name, reduce(Tally.with_all, found))


def _region_rows(tallies: Mapping[ExamRegion, Mapping[SubjectKey, Tally]]) -> Iterator[CountRow]:
    """Yield a row for each subject of each region, which leads to that region's own page with the people on it."""
    names = _names_over(tallies)
    for region, of_region in tallies.items():
        url = reverse("results:preview-pass-marks", args=[region.pk])
        for key, name in names.items():
            if key in of_region:
                row = _count_row(f"{region.authority.name} · {name}", of_region[key])
                yield replace(row, url=url)


def _names_over(tallies: Mapping[ExamRegion, Mapping[SubjectKey, Tally]]) -> dict[SubjectKey, str]:
    """Return what the subjects are called of which anybody has a mark in any of these regions."""
    used = {level for of_region in tallies.values() for level, _subject in of_region}
    region = next(iter(tallies), None)
    levels = queries.programme_of(region).levels if region is not None else ()
    return _subject_names([level for level in levels if level.code in used])


def _count_row(name: str, tally: Tally) -> CountRow:
    return CountRow(name, tally.scored, tally.before, tally.after)


def _subject_names(levels: Sequence[Level]) -> dict[SubjectKey, str]:
    """Return what each subject is called; its level stands before it only where there are several."""
    return {
        (level.code, subject.code): f"{level.name} · {subject.name}" if len(levels) > 1 else subject.name
        for level in levels
        for subject in level.subjects
    }


def _subject_rows(found: Preview, names: Mapping[SubjectKey, str]) -> list[CountRow]:
    rows = []
    for key, name in names.items():
        if (tally := found.by_subject.get(key)) is not None:
            before, after = (_lines(lines, key) for lines in (found.before, found.after))
            rows.append(CountRow(name, tally.scored, tally.before, tally.after, before, after))
    return rows


def _district_rows(found: Preview, names: Mapping[SubjectKey, str], *, places: Mapping[str, str]) -> list[CountRow]:
    rows = []
    for (district, key), tally in sorted(found.by_district.items()):
        name = f"{places.get(district, _('未登记地区'))} · {names[key]}"
        before, after = (_line(lines.of(key, district)) for lines in (found.before, found.after))
        rows.append(CountRow(name, tally.scored, tally.before, tally.after, before, after))
    return rows


def _lines(lines: LinesInForce, key: SubjectKey) -> str:
    """Return the pass mark, with the lines of districts beside it that lie below."""
    ordinary, drawn = _line(lines.ordinary.get(key)), [labels.format_mark(one) for one in lines.drawn_below(key)]
    if not drawn:
        return ordinary
    return _("%(mark)s（单独划线 %(lines)s）") % {"mark": ordinary, "lines": "、".join(drawn)}


def _percent(part: int, *, of: int) -> str:
    return f"{100 * part / of:.1f}%" if of else ""


def _line(mark: int | None) -> str:
    return labels.format_mark(mark) if mark is not None else _("待公布")


def _chart(rows: tuple[CountRow, ...]) -> dict[str, Json]:
    """Return the numbers of a chart with two bars for each name: passing before and after."""
    return {
        "kind": "groups",
        "names": [row.name for row in rows],
        "series": {_("现在合格"): [row.before for row in rows], _("批准以后合格"): [row.after for row in rows]},
    }


def _change_row(change: Change, names: Mapping[SubjectKey, str], *, places: Mapping[str, str]) -> ChangeRow:
    entry = change.entry
    marks = [
        f"{names[entry.level_code, code]} {_mark(mark)}"
        for code, mark in sorted(change.marks.items())
        if (entry.level_code, code) in names
    ]
    return ChangeRow(
        ticket_number=entry.ticket_number,
        district=places.get(entry.district, ""),
        marks="；".join(marks),
        before=labels.OVERALLS[change.before],
        after=labels.OVERALLS[change.after],
    )


def _mark(mark: SubjectMark) -> str:
    if mark.status is MarkStatus.SCORED and mark.mark_hundredths is not None:
        return labels.format_mark(mark.mark_hundredths)
    return str(labels.MARK_STATUSES[mark.status])
