"""The statistics of a release as tables of words and numbers: for the page, and for the papers made of them.

The same tables are shown, printed and put into a spreadsheet. Only what was stored as publishable is read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.functional import Promise

from jinbang.people.models import Authority
from jinbang.results import labels, paper_labels, paper_queries, queries
from jinbang.results.errors import StatisticsNotReady
from jinbang.results.models import Release
from jinbang.results.nationwide import nationwide
from jinbang.results.paper_labels import KEPT_BACK, NONE, STATISTICS
from jinbang.results.statistics import AgeBand, Band, Column, Figures, Sheet, levels_of, sheet_of
from jinbang.sittings.models import ExamRegion, Sitting

Word = Promise | str
_ALWAYS: Final = (Column.REGISTERED, Column.PRESENT, Column.PASSED)
_WHERE_THERE: Final = (Column.PARTIAL, Column.AWAITING)
_ORDER: Final = (Column.PARTIAL, Column.FAILED, Column.AWAITING, Column.ABSENT, Column.VIOLATION, Column.VOID,
                 Column.WITHHELD, Column.SIMILAR)  # fmt: skip
_RATES_LEAST: Final = 2


@dataclass(frozen=True)
class Value:
    """One cell: how it is written, and the number in it where there is one."""

    text: str
    number: int | float | None = None


@dataclass(frozen=True)
class Row:
    """One row: what of, and the cells."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """One table with its caption, and the chart drawn of it where there is one."""

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    chart: Mapping[str, object] | None = None
    chart_title: str = ""

    @property
    def lines(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Return each row with its cells by the names of their columns, which a telephone shows beside them."""
        texts = ((row.name, [value.text for value in row.values]) for row in self.rows)
        return tuple((name, tuple(zip(self.columns[1:], some, strict=True))) for name, some in texts)


@dataclass(frozen=True)
class Chapter:
    """One sheet with its tables: a level, or one of its subjects."""

    key: str
    name: str
    is_whole: bool
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class StatisticsScreen:
    """Everything of one release, or of a sitting's. `summaries`: a table for each level; `chapters`: everything.

    `author`: who publishes it. `awaited`: of how many regions a sitting's tables still wait.
    """

    sitting: Sitting
    place: str
    author: Authority
    counted_at: datetime | None
    notes: tuple[str, ...]
    summaries: tuple[Table, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chosen: Chapter | None = None
    awaited: int = 0

    @property
    def heading(self) -> str:
        """Of what the tables are."""
        return f"{self.sitting.name} · {self.place}"


def statistics_screen(release: Release, *, chosen: str = "") -> StatisticsScreen:
    """Gather the page. Three queries. Before the release instant it says when there will be some, and nothing else."""
    region = release.region
    empty = StatisticsScreen(region.sitting, region.authority.name, region.authority, None, ())
    found = paper_queries.find_statistics(release)
    if found is None:
        return empty
    sheets = [sheet_of(facts) for facts in found.sheets]
    filled = _filled(empty, sheets, _Names.of(region, sheets), fewest=found.fewest_shown, chosen=chosen)
    return replace(filled, counted_at=found.counted_at)


def national_screen(region: ExamRegion, *, chosen: str = "") -> StatisticsScreen:
    """Gather the page of all regions of a region's sitting. Three queries. Nothing before the last one is out."""
    counted, awaited = paper_queries.statistics_of_sitting(region.sitting)
    place = str(STATISTICS["all_regions"])
    empty = StatisticsScreen(region.sitting, place, region.sitting.owner, None, (), awaited=awaited)
    if awaited or not counted:
        return empty
    programme = queries.programme_of(region)
    order = [(level.code, code) for level in programme.levels for code in ("", *(one.code for one in level.subjects))]
    by_region = {code: [sheet_of(facts) for facts in row.sheets] for code, row in counted.items()}
    sheets = nationwide(by_region, order=order)
    names = _Names.of(region, sheets, by="region")
    filled = _filled(empty, sheets, names, fewest=max(row.fewest_shown for row in counted.values()), chosen=chosen)
    return replace(
        filled,
        counted_at=max(row.counted_at for row in counted.values()),
        notes=(*filled.notes, str(paper_labels.STATISTICS_NATIONWIDE)),
    )


def _filled(
    screen: StatisticsScreen, sheets: Sequence[Sheet], names: "_Names", *, fewest: int, chosen: str
) -> StatisticsScreen:
    chapters = tuple(_chapter(sheet, names) for sheet in sheets)
    kept_back = str(paper_labels.STATISTICS_KEPT_BACK) % {"fewest": fewest}
    return replace(
        screen,
        notes=(*(str(note) for note in paper_labels.STATISTICS_NOTES), kept_back),
        summaries=tuple(_summary(level, group, names) for level, group in levels_of(sheets)),
        chapters=chapters,
        chosen=next((one for one in chapters if one.key == chosen), chapters[0] if chapters else None),
    )


def printed(screen: StatisticsScreen) -> StatisticsScreen:
    """Return what is printed. Refuses, with `StatisticsNotReady`, while nothing is out or counted."""
    if screen.counted_at is None:
        raise StatisticsNotReady
    return screen


@dataclass(frozen=True)
class _Names:
    """What codes are called, and by what the rows that are no age bands are divided: districts, or regions."""

    by: str
    levels: Mapping[str, str]
    subjects: Mapping[tuple[str, str], str]
    districts: Mapping[str, str]

    @classmethod
    def of(cls, region: ExamRegion, sheets: Iterable[Sheet], *, by: str = "district") -> "_Names":
        levels = queries.programme_of(region).levels
        codes = {row.group for sheet in sheets for row in sheet.by_district}
        return cls(
            by=by,
            levels={level.code: level.name for level in levels},
            subjects={
                (level.code, subject.code): subject.name
                for level in levels
                for subject in (*level.earlier_subjects(), *level.subjects)
            },
            districts=dict(Authority.objects.filter(code__in=codes).values_list("code", "name")),
        )

    def of_sheet(self, sheet: Sheet) -> str:
        if sheet.is_whole:
            return str(STATISTICS["whole"])
        return self.subjects.get((sheet.level, sheet.subject), sheet.subject)

    def of_district(self, code: str) -> str:
        return self.districts.get(code, code) if code else str(STATISTICS["no_district"])


def _summary(level: str, sheets: Sequence[Sheet], names: _Names) -> Table:
    rows = [(names.of_sheet(sheet), sheet.everybody) for sheet in sheets]
    heading = str(STATISTICS["subject"])
    return _table(f"level-{level}", rows, caption=names.levels[level], heading=heading, has_mean=True)


def _chapter(sheet: Sheet, names: _Names) -> Chapter:
    key = f"{sheet.level}.{sheet.subject}" if sheet.subject else sheet.level
    name = f"{names.levels[sheet.level]} · {names.of_sheet(sheet)}"
    everybody = (str(STATISTICS["everybody"]), sheet.everybody)
    has_mean = not sheet.is_whole
    tables = []
    if sheet.histogram:
        tables.append(_histogram(sheet.histogram, key=key))
    if any(row.group for row in sheet.by_district):
        rows = [(names.of_district(row.group), row) for row in sheet.by_district]
        tables.append(_division(names.by, key, [*rows, everybody], has_mean=has_mean))
    rows = [(str(paper_labels.AGE_BANDS[AgeBand(row.group)]), row) for row in sheet.by_age]
    tables.append(_division("age", key, [*rows, everybody], has_mean=has_mean))
    return Chapter(key, name, sheet.is_whole, tuple(tables))


def _division(by: str, key: str, rows: Sequence[tuple[str, Figures]], *, has_mean: bool) -> Table:
    caption, heading = str(STATISTICS[f"by_{by}"]), str(STATISTICS[by])
    return _table(f"{by}-{key}", rows, caption=caption, heading=heading, has_mean=has_mean, has_chart=True)


def _table(
    key: str,
    rows: Sequence[tuple[str, Figures]],
    *,
    caption: str,
    heading: str,
    has_mean: bool,
    has_chart: bool = False,
) -> Table:
    later = [
        one for one in _ORDER if one not in _WHERE_THERE or any(row.counts.get(one, 0) != 0 for _name, row in rows)
    ]
    columns = [str(paper_labels.COLUMNS[one]) for one in _ALWAYS]
    columns += [str(paper_labels.PASS_RATE), *([str(paper_labels.MEAN)] if has_mean else [])]
    columns += [str(paper_labels.COLUMNS[one]) for one in later]

    def values(row: Figures) -> Iterator[Value]:
        yield from (_count(row[one]) for one in _ALWAYS)
        yield _rate(row)
        if has_mean:
            yield _mean(row)
        yield from (_count(row[one]) if one in row.counts else Value(NONE) for one in later)

    rates = [(name, round(row.pass_rate, 1)) for name, row in rows if row.pass_rate is not None]
    chart = None
    if has_chart and len(rates) > _RATES_LEAST:  # everybody is one of them
        chart = {"kind": "bars", "names": [name for name, _r in rates], "values": [rate for _n, rate in rates]}
    shown = tuple(Row(name, tuple(values(row))) for name, row in rows)
    return Table(key, caption, (heading, *columns), shown, chart, str(paper_labels.PASS_RATE))


def _count(number: int | None) -> Value:
    return Value(KEPT_BACK) if number is None else Value(str(number), number)


def _rate(row: Figures) -> Value:
    if row.pass_rate is None:
        return Value(_why_none(row, Column.PASSED))
    return Value(f"{row.pass_rate:.1f}", round(row.pass_rate, 1))


def _mean(row: Figures) -> Value:
    mean = row.mean_hundredths
    if mean is None:
        return Value(_why_none(row, Column.MARKS))
    return Value(labels.format_mark(mean), mean / 100)


def _why_none(row: Figures, column: Column) -> str:
    if column not in row.counts:
        return NONE
    return KEPT_BACK if row[column] is None or row[Column.PRESENT] is None else NONE


def _histogram(bands: Sequence[Band], *, key: str) -> Table:
    names = [_band(band, is_last=band is bands[-1]) for band in bands]
    counts = [band.people for band in bands]
    rows = tuple(Row(name, (Value(str(count), count),)) for name, count in zip(names, counts, strict=True))
    title = str(STATISTICS["histogram"])
    chart = {"kind": "columns", "names": names, "values": counts}
    columns = (str(STATISTICS["band"]), str(STATISTICS["people"]))
    return Table(f"histogram-{key}", title, columns, rows, chart, str(STATISTICS["people"]))


def _band(band: Band, *, is_last: bool) -> str:
    """Return a band as people write it: 60–69.99; marks have two decimals at most, and the last band ends in itself."""
    ends = band.ends if is_last else band.ends - 1
    return f"{labels.format_mark(band.begins)}–{labels.format_mark(ends)}"
