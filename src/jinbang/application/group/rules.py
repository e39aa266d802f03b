"""Reading one row: what its cells mean for this sitting, or the column and the reason for which it is refused. Pure.

The rules of applying are those of `application.rules`; here their refusals become a column and a reason. Whether a
person has applied already, or is on record anywhere, is never asked here: an employer must not learn it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from jinbang.application import rules as application_rules
from jinbang.application.errors import (
    ApplicationIncomplete,
    ChoiceUnknown,
    ConditionNotMet,
    SiteNotOffered,
    SubjectsIncomplete,
)
from jinbang.application.group.states import Column, Reason
from jinbang.application.rules import NO_EDUCATION_LISTED, Answers, Offer, SiteFacts, Task
from jinbang.catalogue.programme import WHOLE_LEVEL, Education
from jinbang.kernel.errors import BadIdentityNumber, DomainError
from jinbang.kernel.identity import DocumentKind, IdentityNumber, guess_kind, parse_number
from jinbang.kernel.names import normalise_name

NAME_LENGTH_MAX: Final = 64
EMPLOYER_LENGTH_MAX: Final = 120
_SEPARATORS: Final = re.compile(r"[、，,;；/\s]+")
_NOT_A_DIGIT: Final = re.compile(r"[^0-9]+")
_CUT: Final = re.compile(r"\d(\.\d+)?[eE]\+\d+|\d{15}0{3}")

_COLUMN_OF_TASK: Final[Mapping[Task, Column]] = {
    Task.LEVEL: Column.LEVEL,
    Task.SPECIALTY: Column.SPECIALTY,
    Task.TRACK: Column.TRACK,
    Task.EDUCATION: Column.EDUCATION,
    Task.CONDITION: Column.CONDITION,
    Task.EMPLOYER: Column.EMPLOYER,
    Task.SUBJECTS: Column.SUBJECTS,
    Task.SITE: Column.SITE,
}
_COLUMN_OF_KIND: Final[Mapping[str, Column]] = {
    "level": Column.LEVEL,
    "specialty": Column.SPECIALTY,
    "track": Column.TRACK,
    "condition": Column.CONDITION,
    "subject": Column.SUBJECTS,
}


@dataclass(frozen=True)
class Ground:
    """What rows are judged by: the offer, the sites by code, words for educations and kinds of document, and today."""

    offer: Offer
    region_id: UUID
    sites: Mapping[str, tuple[UUID, SiteFacts]]
    educations: Mapping[str, str]
    kinds: Mapping[str, DocumentKind]
    today: date


@dataclass(frozen=True)
class Refused:
    """A row that cannot be taken: in which column, and why."""

    column: Column
    reason: Reason


@dataclass(frozen=True)
class Accepted:
    """A row that can be taken once the person confirms it."""

    name: str = field(repr=False)
    number: IdentityNumber
    answers: Answers


class _Refusal(Exception):  # it never leaves this module: a way out of nested reading
    def __init__(self, column: Column, reason: Reason) -> None:
        super().__init__(column, reason)
        self.refused = Refused(column, reason)


def judge_row(cells: Mapping[Column, str], ground: Ground) -> Accepted | Refused:
    """Return what a row means, or why it is refused; of several reasons the first in the order of the columns."""
    try:
        name, number = _name(cells), _number(cells, ground)
        answers = _answers(cells, ground)
        _require_rules(answers, ground)
    except _Refusal as refusal:
        return refusal.refused
    return Accepted(name, number, answers)


def _name(cells: Mapping[Column, str]) -> str:
    name = normalise_name(cells[Column.NAME])
    if not name:
        raise _Refusal(Column.NAME, Reason.EMPTY)
    if len(name) > NAME_LENGTH_MAX:
        raise _Refusal(Column.NAME, Reason.TOO_LONG)
    return name


def _number(cells: Mapping[Column, str], ground: Ground) -> IdentityNumber:
    typed, word = cells[Column.NUMBER], cells[Column.KIND]
    if not typed:
        raise _Refusal(Column.NUMBER, Reason.EMPTY)
    kind = ground.kinds.get(word) if word else guess_kind(typed) or DocumentKind.RESIDENT_ID
    if kind is None:
        raise _Refusal(Column.KIND, Reason.UNKNOWN)
    try:
        return parse_number(typed, kind=kind, today=ground.today)
    except BadIdentityNumber as error:
        reason = Reason.NUMBER_CUT if _CUT.fullmatch(typed) else Reason.BAD_NUMBER
        raise _Refusal(Column.NUMBER, reason) from error


def _answers(cells: Mapping[Column, str], ground: Ground) -> Answers:
    offer = ground.offer
    levels = {one.code: one.name for one in offer.levels}
    only = next(iter(levels)) if len(levels) == 1 else ""
    level_code = _coded(cells, Column.LEVEL, levels) or only
    if not level_code:
        raise _Refusal(Column.LEVEL, Reason.EMPTY)
    level = offer.programme.level(level_code)
    track = _coded(cells, Column.TRACK, {one.code: one.name for one in level.tracks}) or WHOLE_LEVEL
    shape = Answers(level_code=level_code, track_code=track)
    conditions = application_rules.conditions_offered(shape, offer)
    specialty = _coded(cells, Column.SPECIALTY, {one.code: one.name for one in level.specialties})
    subjects = application_rules.subjects_offered(
        Answers(level_code=level_code, specialty_code=specialty, track_code=track), offer
    )
    site = cells[Column.SITE]
    if site and site not in ground.sites:
        raise _Refusal(Column.SITE, Reason.SITE_NOT_OFFERED)
    return Answers(
        level_code=level_code,
        specialty_code=specialty,
        track_code=track,
        condition_code=_coded(cells, Column.CONDITION, {one.code: one.text for one in conditions}),
        education=_coded(cells, Column.EDUCATION, dict(ground.educations)),
        graduated_on=_day(cells),
        work_years=_years(cells),
        employer=_employer(cells),
        subject_codes=_subjects(cells, {one.code: one.name for one in subjects}),
        site_id=ground.sites[site][0] if site else None,
    )


def _coded(cells: Mapping[Column, str], column: Column, known: Mapping[str, str]) -> str:
    """Return the code of what a cell names by code or by name; nothing for an empty cell."""
    word = unicodedata.normalize("NFKC", cells[column]).strip()
    if not word:
        return ""
    for code, name in known.items():
        if word in {code, unicodedata.normalize("NFKC", name)}:
            return code
    raise _Refusal(column, Reason.UNKNOWN)


def _day(cells: Mapping[Column, str]) -> date | None:
    digits = [part for part in _NOT_A_DIGIT.split(unicodedata.normalize("NFKC", cells[Column.GRADUATED_ON])) if part]
    text = "".join(part.zfill(2) for part in digits)
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError as error:
        raise _Refusal(Column.GRADUATED_ON, Reason.BAD_DATE) from error


def _years(cells: Mapping[Column, str]) -> int:
    text = unicodedata.normalize("NFKC", cells[Column.WORK_YEARS]).removesuffix("年").strip()
    if not text:
        raise _Refusal(Column.WORK_YEARS, Reason.EMPTY)
    if not (text.isdecimal() and text.isascii() and int(text) <= application_rules.WORK_YEARS_MAX):
        raise _Refusal(Column.WORK_YEARS, Reason.BAD_YEARS)
    return int(text)


def _employer(cells: Mapping[Column, str]) -> str:
    employer = " ".join(unicodedata.normalize("NFKC", cells[Column.EMPLOYER]).split())
    if len(employer) > EMPLOYER_LENGTH_MAX:
        raise _Refusal(Column.EMPLOYER, Reason.TOO_LONG)
    return employer


def _subjects(cells: Mapping[Column, str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the named subjects; an empty cell means all of them."""
    whole = unicodedata.normalize("NFKC", cells[Column.SUBJECTS]).strip()
    if not whole:
        return tuple(known)
    words = [whole] if whole in known.values() else [word for word in _SEPARATORS.split(whole) if word]
    return tuple(_coded({Column.SUBJECTS: word}, Column.SUBJECTS, known) for word in words)


def _require_rules(answers: Answers, ground: Ground) -> None:
    """Judge the row like an application, and tell in which column it fails."""
    if not answers.employer:
        raise _Refusal(Column.EMPLOYER, Reason.EMPTY)
    if not answers.education:
        raise _Refusal(Column.EDUCATION, Reason.EMPTY)
    site = next((facts for pk, facts in ground.sites.values() if pk == answers.site_id), None)
    try:
        application_rules.require_complete(answers, ground.offer, today=ground.today, needs_photo=False)
        application_rules.require_site(
            site, region_id=ground.region_id, policy=ground.offer.policy_for(answers.level_code)
        )
    except DomainError as refusal:
        raise _Refusal(*_placed(refusal)) from refusal


def _placed(refusal: DomainError) -> tuple[Column, Reason]:
    match refusal:
        case ApplicationIncomplete():
            missing = refusal.fields["missing"]
            first = next(iter(missing if isinstance(missing, tuple | list) else ()), Task.CONDITION)
            return _COLUMN_OF_TASK.get(Task(first), Column.CONDITION), Reason.EMPTY
        case ChoiceUnknown():
            return _COLUMN_OF_KIND.get(str(refusal.fields["kind"]), Column.LEVEL), Reason.UNKNOWN
        case SubjectsIncomplete():
            return Column.SUBJECTS, Reason.SUBJECTS_MISSING
        case ConditionNotMet():
            return Column.CONDITION, Reason.NOT_ELIGIBLE
        case SiteNotOffered():
            return Column.SITE, Reason.SITE_NOT_OFFERED
        case _:
            raise refusal


def educations_by_word(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the educations a sheet may name: those a condition can ask for, and none of them."""
    listed = [*(one.value for one in Education), NO_EDUCATION_LISTED]
    return {code: labels[code] for code in listed if code in labels}


def arrange(headings: Sequence[str], row: Sequence[str], *, columns: Mapping[str, Column]) -> dict[Column, str]:
    """Return the cells of a row by column; a row may be shorter than its headings."""
    cells = dict.fromkeys(Column, "")
    for heading, cell in zip(headings, row, strict=False):
        if heading in columns:
            cells[columns[heading]] = cell
    return cells
