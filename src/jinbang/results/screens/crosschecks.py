"""The page of cross-checks: each kind of conflict in words with its rows, and a chart for each subject."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.results import crosschecks, labels, queries
from jinbang.results.crosschecks import BANDS, Conflicts, Distribution
from jinbang.sittings.models import ExamRegion


@dataclass(frozen=True)
class ConflictTable:
    """One kind of conflict: what it is, what to do, how many, and the first rows."""

    name: str
    title: Promise
    remedy: Promise
    count: int
    rows: tuple[tuple[str, str], ...]
    is_cut: bool


@dataclass(frozen=True)
class SpreadTable:
    """How one subject's marks are spread: the chart's data and the same as a table."""

    name: str
    title: str
    chart: dict[str, Any]
    rows: tuple[tuple[str, int, int], ...]
    mean: str
    earlier_mean: str
    is_far: bool


@dataclass(frozen=True)
class CrossCheckScreen:
    """Everything on the page."""

    conflicts: tuple[ConflictTable, ...]
    spreads: tuple[SpreadTable, ...]
    is_clean: bool


def cross_check_screen(region: ExamRegion) -> CrossCheckScreen:
    """Gather the page. About twelve queries."""
    found = crosschecks.cross_checks(region)
    names = queries.subject_names(region)
    tables = tuple(_table(name, getattr(found, name), names) for name in labels.CONFLICTS)
    spreads = tuple(_spread(one, region) for one in crosschecks.distributions(region))
    return CrossCheckScreen(tables, spreads, is_clean=not any(table.count for table in tables))


def _table(name: str, conflicts: Conflicts, names: dict[str, str]) -> ConflictTable:
    title, remedy = labels.CONFLICTS[name]
    rows = tuple((row.ticket_number, names.get(row.subject_code, row.subject_code)) for row in conflicts.rows)
    return ConflictTable(name, title, remedy, conflicts.count, rows, is_cut=conflicts.count > len(rows))


def _spread(one: Distribution, region: ExamRegion) -> SpreadTable:
    level = queries.programme_of(region).level(one.level_code)
    subject = queries.programme_of(region).subject(one.subject_code, level=one.level_code)
    full = subject.full_mark_hundredths
    bands = [_band(at, full) for at in range(BANDS)]
    series = {_("本次"): _shares(one.bands)}
    if one.earlier_mean_hundredths is not None:
        series[_("上一次")] = _shares(one.earlier_bands)
    return SpreadTable(
        name=f"{one.level_code}-{one.subject_code}",
        title=f"{level.name} · {subject.name}",
        chart={"kind": "lines", "names": bands, "series": series},
        rows=tuple(zip(bands, one.bands, one.earlier_bands, strict=True)),
        mean=_mark(one.mean_hundredths),
        earlier_mean=_mark(one.earlier_mean_hundredths),
        is_far=one.is_far,
    )


def _band(at: int, full: int) -> str:
    return f"{labels.format_mark(full * at // BANDS)}–{labels.format_mark(full * (at + 1) // BANDS)}"


def _shares(bands: tuple[int, ...]) -> list[float]:
    """Return each band in per cent of all, so that sittings of different size can be held against each other."""
    total = sum(bands) or 1
    return [round(100 * count / total, 1) for count in bands]


def _mark(hundredths: int | None) -> str:
    return labels.format_mark(hundredths) if hundredths is not None else _("无")
