"""The table of a whole sitting, over all its regions. Pure.

It is added up from the published tables of the regions and from nothing else: a column that one region keeps back is
kept back here too. So this table tells nobody more than the regions' tables do already. Whoever subtracts region after
region from it ends with what was published, and no cell that a region keeps back is worked out. Distributions of marks
are left out: regions join their bands differently, and the difference would tell of single bands.
"""

from collections.abc import Iterable, Mapping, Sequence

from jinbang.results.statistics import AgeBand, Column, Figures, Sheet


def nationwide(regions: Mapping[str, Sequence[Sheet]], *, order: Iterable[tuple[str, str]]) -> tuple[Sheet, ...]:
    """Return the sheets of all regions (by code) together, in the order of these levels and subjects.

    The rows that a region's sheet has by district, these have by region.
    """
    found = []
    for key in order:
        here = {
            code: sheet
            for code, sheets in sorted(regions.items())
            for sheet in sheets
            if (sheet.level, sheet.subject) == key
        }
        if here:
            found.append(_together(here))
    return tuple(found)


def _together(regions: Mapping[str, Sheet]) -> Sheet:
    some = next(iter(regions.values()))
    ages: dict[str, list[Figures]] = {}
    for sheet in regions.values():
        for row in sheet.by_age:
            ages.setdefault(row.group, []).append(row)
    return Sheet(
        level=some.level,
        subject=some.subject,
        full_mark_hundredths=some.full_mark_hundredths,
        everybody=added_up([sheet.everybody for sheet in regions.values()], group=""),
        by_district=tuple(Figures(code, sheet.everybody.counts) for code, sheet in regions.items()),
        by_age=tuple(added_up(ages[band.value], group=band.value) for band in AgeBand if band.value in ages),
        histogram=(),
    )


def added_up(rows: Sequence[Figures], *, group: str) -> Figures:
    """Return the sum of these rows, column by column; None where one of them keeps its number back."""
    counts: dict[Column, int | None] = {}
    for column in Column:
        parts = [row.counts[column] for row in rows if column in row.counts]
        if parts:
            known = [part for part in parts if part is not None]
            counts[column] = sum(known) if len(known) == len(parts) else None
    return Figures(group, counts)
