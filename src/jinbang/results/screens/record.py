"""A candidate's results over the years: what was passed when, what counts until when, and what would complete it.

Only what has been released is read. What counts is reckoned anew for today by the same rules that judge: a year in
which somebody did not register goes by without any result of theirs. A sitting whose results are not out yet is named
as such, whatever came of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jinbang.catalogue.programme import Programme, is_whole_level
from jinbang.catalogue.regulations import Provenance, Source
from jinbang.catalogue.validity import Validity
from jinbang.people.queries import Candidate
from jinbang.results import basis, handed_over, labels, queries
from jinbang.results.models import Outcome, RosterEntry
from jinbang.results.rules import History, completing_ways
from jinbang.results.screens.validity_words import lapsed_words, remark_on, rule_sentences
from jinbang.results.states import MarkStatus, Overall, Verdict, YearStatus
from jinbang.results.validity import (
    HeldSitting,
    Registration,
    Retention,
    StatedPass,
    kept_for_next,
    lapsed_subjects,
    next_year_of,
    one_spelling,
    own_attempts,
    own_stated,
)

Word = Promise | str


class _Way(TypedDict):
    """In which way somebody goes: whatever was passed in another does not count, or not all of it."""

    level: str
    track: str
    specialty: str
    own: frozenset[str]
    lasts: bool


@dataclass(frozen=True)
class SubjectRow:
    """One subject of one sitting in words: the mark or why there is none, the pass mark, what it means."""

    name: str
    mark: Word
    pass_mark: str
    verdict: Word
    tone: str


@dataclass(frozen=True)
class YearRow:
    """One sitting, or a year without one of theirs."""

    year: int
    title: str
    label: Word
    colour: str
    subjects: tuple[SubjectRow, ...] = ()
    remark: Word = ""
    entry: RosterEntry | None = None  # of what is out: a report of it can be had


@dataclass(frozen=True)
class StandingRow:
    """A passed subject that counts: from which year, until when, and whether the next year is the last."""

    name: str
    earned: str
    until: str
    is_last: bool


@dataclass(frozen=True)
class ProgrammeRecord:
    """One programme's years for one person."""

    name: str
    way: str
    headline: str
    further: str  # what a pass is good for where that is less than a certificate for everywhere; else nothing
    is_complete: bool
    standing: tuple[StandingRow, ...]
    lapsed: tuple[str, ...]
    ending: tuple[str, ...]  # passed in the last year itself, and kept for no later one
    completes: tuple[tuple[str, str], ...]
    years: tuple[YearRow, ...]
    rules: tuple[str, ...]
    source: Source | None
    is_verified: bool
    years_out: int
    history_entry: RosterEntry | None  # the latest that is out: a report of all years is asked for by it


def record_screen(by: Candidate, *, today: date) -> tuple[ProgrammeRecord, ...]:
    """Gather every programme that a candidate has been on a roster of. About five queries for each."""

    def programme_and_owner(entry: RosterEntry) -> tuple[str, str]:
        return entry.sitting.programme_version.code, str(entry.sitting.owner_id)

    entries = sorted(queries.own_entries(by), key=programme_and_owner)
    groups = [list(group) for _key, group in groupby(entries, key=programme_and_owner)]
    groups.sort(key=lambda group: group[0].sitting.first_day, reverse=True)
    return tuple(_record(group, today=today) for group in groups)


@dataclass(frozen=True)
class _Years:
    """What one person's years in one programme come to today."""

    entry: RosterEntry  # the latest: it says in which way they go now
    programme: Programme
    outcomes: Mapping[str, Outcome]  # sitting code → what is out
    registrations: tuple[Registration, ...]
    sittings: tuple[
        HeldSitting, ...
    ]  # those that have used up a year or not by today; none that results are awaited of
    awaited: tuple[RosterEntry, ...]
    stated: tuple[StatedPass, ...]  # what files of other systems say of years before ours

    @property
    def last(self) -> HeldSitting:
        """The last year that has been used up or not; before any of ours, the year before the first."""
        if self.sittings:
            return self.sittings[-1]
        first = min((entry.sitting.first_day for entry in self.awaited), default=self.entry.sitting.first_day)
        return HeldSitting("", first.year - 1, first.replace(year=first.year - 1, day=1))

    @property
    def validity(self) -> Validity:
        return self.programme.validity_for(level=self.entry.level_code, track=self.entry.track_code)

    @property
    def provenance(self) -> Provenance:
        return self.programme.validity_provenance_for(level=self.entry.level_code, track=self.entry.track_code)

    @property
    def is_rule_verified(self) -> bool:
        return self.provenance.is_verified("validity")

    @property
    def names(self) -> dict[str, str]:
        return _subject_names(self.entry, self.programme)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(subject.code for subject in queries.subjects_of(self.entry, self.programme))

    @property
    def has_certificate(self) -> bool:
        """Whether the last result that is out completed the level: what comes after begins anew."""
        return bool(self.registrations) and self.registrations[-1].is_complete

    @property
    def is_complete(self) -> bool:
        return self.has_certificate and not self.awaited

    @property
    def local_pass(self) -> Outcome | None:
        """The last result, where nothing is awaited and it is a pass by the line of a district only."""
        if self.awaited or not self.registrations:
            return None
        last = self.outcomes[self.registrations[-1].code]
        return last if last.overall == Overall.PASSED_LOCALLY.value and not is_void_since(last) else None


def _record(entries: Sequence[RosterEntry], *, today: date) -> ProgrammeRecord:
    years = _years(entries, today=today)
    kept, lapsed = _standing(years)
    names = years.names
    missing = [code for code in years.required if code not in {item.subject_code for item in kept}]
    return ProgrammeRecord(
        name=years.programme.name,
        way=way_of(years.entry, years.programme),
        headline=_headline(years, missing=len(missing)),
        further=_further(years, missing=len(missing)),
        is_complete=years.is_complete,
        standing=tuple(_standing_row(item, names, next_year=years.last.year + 1) for item in kept),
        lapsed=tuple(lapsed_words(lapsed, names, of=lambda year: year < years.last.year)),
        ending=tuple(lapsed_words(lapsed, names, of=lambda year: year >= years.last.year)),
        completes=() if years.has_certificate else tuple(_completes(years, kept)),
        years=tuple(_year_rows(years, entries)),
        rules=tuple(rule_sentences(years.validity, years.programme)),
        source=years.programme.source(years.provenance.source),
        is_verified=years.is_rule_verified,
        years_out=len(years.outcomes),
        history_entry=next((one for one in entries if one.sitting.code in years.outcomes), None),
    )


def _years(entries: Sequence[RosterEntry], *, today: date) -> _Years:
    latest = entries[0]
    rows = basis.outcomes_over_the_years(latest)
    outcomes = {row.entry.sitting.code: row for row in rows}
    awaited = tuple(entry for entry in entries if entry.sitting.code not in outcomes)
    first_awaited = min((entry.sitting.first_day for entry in awaited), default=None)
    sittings = basis.sittings_until(latest.region, today=today)
    return _Years(
        entry=latest,
        programme=latest.sitting.programme_version.programme,
        outcomes=outcomes,
        registrations=tuple(basis.registration_of(row, is_void=is_void_since(row)) for row in rows),
        sittings=tuple(one for one in sittings if first_awaited is None or one.first_day < first_awaited),
        awaited=awaited,
        stated=_stated(latest),
    )


def _stated(entry: RosterEntry) -> tuple[StatedPass, ...]:
    code = entry.sitting.programme_version.code
    found = handed_over.stated_passes(RosterEntry.objects.filter(pk=entry.pk), programme_code=code)
    return found.get(entry.person_id, ())


def _standing(years: _Years) -> tuple[tuple[Retention, ...], dict[str, int]]:
    """Return what counts in the next sitting, and what once counted and does so no longer."""
    if years.is_complete:
        return (), {}
    known = {sitting.code for sitting in years.sittings}
    way: _Way = {
        "level": years.entry.level_code,
        "track": one_spelling(years.entry.track_code),
        "specialty": years.entry.specialty_code,
        "own": frozenset(code for code in years.required if _is_by_specialty(code, years)),
        "lasts": years.validity.outlasts_a_year,
    }
    attempts = own_attempts([one for one in years.registrations if one.code in known], **way)
    stated = own_stated(years.stated, years.registrations, **way)
    sittings = years.sittings or (years.last,)
    kept = kept_for_next(sittings=sittings, attempts=attempts, validity=years.validity, stated=stated)
    following = (*sittings, next_year_of(sittings[-1]))
    lapsed = lapsed_subjects(sittings=following, attempts=attempts, validity=years.validity, stated=stated)
    required = set(years.required)
    return (
        tuple(item for item in kept if item.subject_code in required),
        {code: year for code, year in lapsed.items() if code in required},
    )


def _is_by_specialty(code: str, years: _Years) -> bool:
    return years.programme.subject(code, level=years.entry.level_code).by_specialty


def _subject_names(entry: RosterEntry, programme: Programme) -> dict[str, str]:
    level = programme.level(entry.level_code)
    own = {subject.code: subject.named_for(entry.specialty_code).name for subject in level.subjects}
    return {**level.earlier_names(), **own}


def way_of(entry: RosterEntry, programme: Programme) -> str:
    """Return level, specialty and track as people name them."""
    parts = [programme.level(entry.level_code).name]
    if entry.specialty_code:
        parts.append(programme.specialty(entry.specialty_code, level=entry.level_code).name)
    if not is_whole_level(entry.track_code):
        parts.append(programme.track(entry.track_code, level=entry.level_code).name)
    return " · ".join(parts)


def _headline(years: _Years, *, missing: int) -> str:
    if years.awaited:
        return _("%(year)d 年度的成绩还没有公布。") % {"year": max(entry.sitting.year for entry in years.awaited)}
    if years.is_complete:
        year = years.outcomes[years.registrations[-1].code].entry.sitting.year
        return _("已全部合格（%(year)d 年度）。") % {"year": year}
    if years.local_pass is not None:
        return _("已按单独划线合格（%(year)d 年度）。") % {"year": years.local_pass.entry.sitting.year}
    return ngettext("还差 %(count)d 科。", "还差 %(count)d 科。", missing) % {"count": missing}


def _further(years: _Years, *, missing: int) -> str:
    """Return what still stands between a pass and a certificate for everywhere."""
    if years.local_pass is not None:
        return _("证书只在规定的地区内有效。要取得各地都有效的证书，按统一的合格标准还差 %(count)d 科。") % {
            "count": missing
        }
    step = years.programme.level(years.entry.level_code).further_step
    if not years.is_complete or not step:
        return ""
    if years.validity.proof_years is None:
        return _("取得证书之前，还须通过%(step)s。") % {"step": step}
    values = {"years": years.validity.proof_years, "step": step}
    if not years.is_rule_verified:
        return _("成绩合格证明有有效期，以证明和当年公告为准；其间还须通过%(step)s，才能取得证书。") % values
    return _("成绩合格证明 %(years)d 年内有效（起止日期以证明为准），其间还须通过%(step)s，才能取得证书。") % values


def _standing_row(item: Retention, names: Mapping[str, str], *, next_year: int) -> StandingRow:
    through = item.counts_through_year
    is_last = through is not None and through <= next_year
    until = _("长期有效")
    if through is not None:
        until = _("计入 %(year)d 年度，之后失效") if is_last else _("可计入至 %(year)d 年度")
        until %= {"year": through}
    earned = _("%(year)d 年度通过") % {"year": item.passed_year}
    return StandingRow(names.get(item.subject_code, item.subject_code), earned, until, is_last)


def _completes(years: _Years, kept: Sequence[Retention]) -> Iterator[tuple[str, str]]:
    """Yield until when, and what has to be passed by then."""
    names = years.names
    ways = completing_ways(years.required, kept=kept)
    if years.validity.same_sitting:
        ways = ways[-1:]
    for year, codes in ways:
        if year is None and len(ways) > 1:
            when = _("再往后")
        else:
            when = _("在一次考试内") if year is None else _("%(year)d 年度及以前") % {"year": year}
        yield when, _("、").join(names.get(str(code), str(code)) for code in codes)


def _year_rows(years: _Years, entries: Sequence[RosterEntry]) -> Iterator[YearRow]:
    """Yield every year since the first, the latest first: each sitting of theirs, and the years between."""
    rows = [sitting_row(entry, years.outcomes.get(entry.sitting.code)) for entry in entries]
    if years.sittings:
        attempts = {one.code: one.attempt for one in years.registrations}
        history = History((*years.sittings, next_year_of(years.sittings[-1])), attempts, years.validity)
        theirs = {row.year for row in rows}
        for year, status in history.years:
            if year not in theirs:
                rows.append(YearRow(year, "", labels.YEARS[status], "grey"))
            elif status is YearStatus.ABSENT:
                rows = [_with_remark(row, labels.YEARS[status]) if row.year == year else row for row in rows]
    rows += _rows_stated(years.stated, years.programme)
    yield from sorted(rows, key=lambda row: row.year, reverse=True)


def _rows_stated(stated: Sequence[StatedPass], programme: Programme) -> Iterator[YearRow]:
    """Yield a row for each year of which another system's file states passes."""
    label = labels.VERDICTS[Verdict.PASSED]
    for year in sorted({one.retention.passed_year for one in stated}):
        subjects = (
            SubjectRow(handed_over.subject_name(one, programme), "", "", label, Verdict.PASSED.value)
            for one in stated
            if one.retention.passed_year == year
        )
        yield YearRow(year, "", _("其他系统移交的合格记录"), "grey", tuple(subjects))


def _with_remark(row: YearRow, remark: Word) -> YearRow:
    return replace(row, remark=row.remark or remark)


def sitting_row(entry: RosterEntry, outcome: Outcome | None) -> YearRow:
    """Return one sitting in words; without an outcome it is not out."""
    if outcome is None:
        return YearRow(entry.sitting.year, entry.sitting.name, _("成绩未公布"), "blue")
    programme = entry.sitting.programme_version.programme
    overall = Overall(outcome.overall)
    names = _subject_names(entry, programme)
    is_void = is_void_since(outcome)
    return YearRow(
        year=entry.sitting.year,
        title=entry.sitting.name,
        label=labels.OVERALLS[Overall.VOID] if is_void else labels.OVERALLS[overall],
        colour=labels.OVERALL_COLOURS[Overall.VOID if is_void else overall],
        subjects=tuple(_subject_row(line, names) for line in outcome.subjects),
        remark=remark_on(overall, is_void=is_void),
        entry=entry,
    )


def is_void_since(outcome: Outcome) -> bool:
    """Whether a commitment found false has voided it since; the query that loads it says so."""
    return bool(vars(outcome)["is_void"])


def _subject_row(line: Mapping[str, Any], names: Mapping[str, str]) -> SubjectRow:
    status = MarkStatus(line["status"]) if line["status"] else None
    verdict = Verdict(line["verdict"])
    name = names.get(line["code"], line["code"])
    label: Word = labels.VERDICTS[verdict]
    if verdict is Verdict.RETAINED:
        label = _("%(year)d 年度已合格，仍计入") % {"year": line["passed_year"]}
    if status is None:
        return SubjectRow(name, "" if verdict is Verdict.RETAINED else _("没有报考"), "", label, verdict.value)
    if status is not MarkStatus.SCORED:
        return SubjectRow(name, labels.MARK_STATUSES[status], "", label, status.value)
    mark = _("%(mark)s 分") % {"mark": labels.format_mark(line["mark_hundredths"])}
    passing = line["pass_mark_hundredths"]
    against = _("合格标准 %(mark)s 分") % {"mark": labels.format_mark(passing)} if passing is not None else ""
    return SubjectRow(name, mark, against, label, verdict.value)
