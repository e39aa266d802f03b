"""A programme as every later phase sees it: frozen, complete, checked, and free of Django.

Nothing is decided here about a person; `rules.py` judges conditions and `results` judges marks. `seeds.py` makes these
from a file or from a stored row. Marks are whole hundredths, money whole fen, and names are the official Chinese ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from jinbang.catalogue.errors import ProgrammePartUnknown
from jinbang.catalogue.regulations import (
    ApplicationRule,
    CertificateRule,
    PanelRule,
    PhotoSpec,
    Provenance,
    RecheckRule,
    SiteChoice,
    Source,
)
from jinbang.catalogue.validity import Validity

FULL_MARK_HUNDREDTHS: Final = 10_000
"""What a subject is marked out of where nothing else is said."""


class ProgrammeKind(StrEnum):
    """What a certificate of the programme is for."""

    ACCESS = "access"
    PROFICIENCY = "proficiency"
    SKILL_APPRAISAL = "skill_appraisal"


class AuthorityLevel(StrEnum):
    """Who owns the marks and sets the pass mark: the nation or each province."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"


class ResultKind(StrEnum):
    """What a full pass yields: the certificate, or a proof of the marks that a further step turns into one."""

    CERTIFICATE = "certificate"
    PROOF = "proof"


class Questions(StrEnum):
    """How a subject is marked: by machine, by people, or both. A recheck depends on it."""

    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"
    MIXED = "mixed"


class Delivery(StrEnum):
    """How a subject is sat: on paper, at a computer, or before a panel (thesis and defence)."""

    PAPER = "paper"
    COMPUTER = "computer"
    PANEL = "panel"


class Education(StrEnum):
    """The highest education a person holds, in rising order."""

    SECONDARY = "secondary"
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    SECOND_BACHELOR = "second_bachelor"
    MASTER = "master"
    DOCTOR = "doctor"

    @property
    def rank(self) -> int:
        """The place in the rising order, for comparing two of them."""
        return _EDUCATION_ORDER.index(self)


_EDUCATION_ORDER: Final = tuple(Education)


class Rounding(StrEnum):
    """How a mark made of weighted parts comes to the last digit that counts."""

    HALF_UP = "half_up"
    DOWN = "down"


@dataclass(frozen=True)
class SubjectPart:
    """A part of a subject with its own weight, as in the appraisal of psychological counsellors.

    A part is marked out of `full_mark_hundredths`, whatever its weight.
    """

    code: str
    name: str
    weight_percent: int
    questions: Questions
    question_count: int | None = None
    full_mark_hundredths: int = 10_000


@dataclass(frozen=True)
class Subject:
    """One subject. `pass_mark_hundredths` None: the province sets it. `name` is already the specialty's own name.

    A mark made of weighted `parts` is rounded once, to a multiple of `mark_step_hundredths`.
    """

    code: str
    name: str
    full_mark_hundredths: int
    pass_mark_hundredths: int | None
    questions: Questions
    delivery: Delivery
    minutes: int
    provenance: Provenance
    by_specialty: bool = False
    specialty_names: tuple[tuple[str, str], ...] = ()
    parts: tuple[SubjectPart, ...] = ()
    mark_step_hundredths: int = 1
    rounding: Rounding = Rounding.HALF_UP
    panel: PanelRule | None = None

    def named_for(self, specialty: str | None) -> "Subject":
        """Return the subject under the name it has in this specialty."""
        return replace(self, name=dict(self.specialty_names).get(specialty or "", self.name))


@dataclass(frozen=True)
class Specialty:
    """A branch of a level; a few branches yield a certificate of another name."""

    code: str
    name: str
    certificate_name: str = ""


@dataclass(frozen=True)
class Track:
    """A way through a level that sits fewer subjects, with its own validity, and perhaps another result.

    `evidence` is what proves the exemption, beside what the condition asks for.
    """

    code: str
    name: str
    exempt_subjects: tuple[str, ...]
    validity: Validity
    yields: ResultKind
    provenance: Provenance
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """One way of being eligible, as the notice words it, with what can be judged as data.

    `education` None asks for none. `graduating_students` lets those in who get their diploma this year.
    `tracks` empty: it opens the whole level; otherwise only those tracks. `work_years` counts `work_field`, and where
    `held_certificate` is set, since that certificate. `any_of` are the level's own conditions, where the notice says
    "符合任一报考条件": one of them has to be met, and education and years stand there.
    """

    code: str
    text: str
    education: Education | None
    work_years: int
    evidence: tuple[str, ...]
    provenance: Provenance
    needs_major: str = ""
    work_field: str = ""
    held_certificate: str = ""
    training: str = ""
    graduating_students: bool = False
    tracks: tuple[str, ...] = ()
    any_of: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Level:
    """One level: its subjects, and how a person may come to it and pass it."""

    code: str
    name: str
    result: ResultKind
    validity: Validity
    subjects: tuple[Subject, ...]
    provenance: Provenance
    specialties: tuple[Specialty, ...] = ()
    tracks: tuple[Track, ...] = ()
    conditions: tuple[Condition, ...] = ()
    further_step: str = ""
    site_choice: SiteChoice | None = None

    def earlier_names(self) -> dict[str, str]:
        """Return code → name of the subjects that a change of the syllabus has ended."""
        return {
            code: name
            for change in self.validity.changes
            for equivalence in change.equivalences
            for code, name in equivalence.earlier
        }

    def subjects_in(self, year: int) -> tuple["Subject", ...]:
        """Return whatever may be sat in a year: the subjects, and those of an earlier syllabus that still are."""
        return (*self.subjects, *self.earlier_subjects(year=year))

    def earlier_subjects(self, *, year: int | None = None) -> tuple["Subject", ...]:
        """Return the subjects that a change of the syllabus has ended; of a year, those that are still sat in it.

        What is not known of one any more is that of the subject it became. Its pass mark is set as that of any other.
        """
        found: dict[str, Subject] = {}
        subjects = {subject.code: subject for subject in self.subjects}
        for change in self.validity.changes:
            for one in change.equivalences if year is None or year <= change.year else ():
                full_marks = dict(one.full_marks)
                for code, name in one.earlier:
                    found[code] = replace(
                        subjects[one.subject],
                        code=code,
                        name=name,
                        full_mark_hundredths=full_marks.get(code, FULL_MARK_HUNDREDTHS),
                        pass_mark_hundredths=None,
                        by_specialty=False,
                        specialty_names=(),
                        parts=(),
                        panel=None,
                    )
        return tuple(found.values())


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_Part = TypeVar("_Part", bound=_Coded)

WHOLE_LEVEL: Final = "full"
"""The track code of people who sit every subject; "" and None mean the same. No programme may declare it."""


def is_whole_level(track: str | None) -> bool:
    """Whether this track code means every subject of the level."""
    return track in {None, "", WHOLE_LEVEL}


@dataclass(frozen=True)
class Programme:
    """One dated version of a programme: everything an authority announces about it."""

    code: str
    name: str
    kind: ProgrammeKind
    authority_level: AuthorityLevel
    effective_from: date
    levels: tuple[Level, ...]
    application: ApplicationRule
    photo: PhotoSpec
    recheck: RecheckRule
    certificate: CertificateRule
    sources: tuple[Source, ...]
    provenance: Provenance
    closed_on: date | None = None

    def level(self, code: str) -> Level:
        """Return this level. Refuses a code the programme does not have."""
        return self._part("level", code, self.levels)

    def specialty(self, code: str, *, level: str) -> Specialty:
        """Return this specialty of a level."""
        return self._part("specialty", code, self.level(level).specialties)

    def track(self, code: str, *, level: str) -> Track:
        """Return this track of a level."""
        return self._part("track", code, self.level(level).tracks)

    def subject(self, code: str, *, level: str, specialty: str | None = None) -> Subject:
        """Return this subject of a level, an earlier one too, under its specialty's name."""
        found = self.level(level)
        return self._part("subject", code, (*found.subjects, *found.earlier_subjects())).named_for(specialty)

    def condition(self, code: str, *, level: str) -> Condition:
        """Return this condition of a level."""
        return self._part("condition", code, self.level(level).conditions)

    def subjects_for(
        self, *, level: str, specialty: str | None = None, track: str | None = None
    ) -> tuple[Subject, ...]:
        """Return what a person of this specialty and track sits, in the order of the timetable."""
        if specialty:
            self.specialty(specialty, level=level)
        taken = self._track_or_none(level, track)
        exempt = taken.exempt_subjects if taken else ()
        return tuple(s.named_for(specialty) for s in self.level(level).subjects if s.code not in exempt)

    def validity_for(self, *, level: str, track: str | None = None) -> Validity:
        """Return how long passes count; exempted subjects shorten it."""
        return (self._track_or_none(level, track) or self.level(level)).validity

    def validity_provenance_for(self, *, level: str, track: str | None = None) -> Provenance:
        """Return the source of how long passes count."""
        return (self._track_or_none(level, track) or self.level(level)).provenance

    def result_for(self, *, level: str, track: str | None = None) -> ResultKind:
        """Return what a full pass yields; an added specialty yields a proof only."""
        taken = self._track_or_none(level, track)
        return taken.yields if taken else self.level(level).result

    def conditions_for(self, *, level: str, track: str | None = None) -> tuple[Condition, ...]:
        """Return the conditions that open the whole level, or this track."""
        taken = self._track_or_none(level, track)
        wanted = self.level(level).conditions
        return tuple(c for c in wanted if (taken.code in c.tracks if taken else not c.tracks))

    def site_choice_for(self, *, level: str) -> SiteChoice:
        """Return who decides the site of this level."""
        return self.level(level).site_choice or self.application.site_choice

    def source(self, source_id: str) -> Source:
        """Return the source behind a `Provenance`."""
        for source in self.sources:
            if source.id == source_id:
                return source
        raise ProgrammePartUnknown(programme=self.code, kind="source", part=source_id)

    def unverified_values(self) -> tuple[str, ...]:
        """Return the places of values that must never be printed as facts, in the order of the file."""
        return tuple(_unverified(self))

    def _track_or_none(self, level: str, track: str | None) -> Track | None:
        return None if track is None or is_whole_level(track) else self.track(track, level=level)

    def _part(self, kind: str, code: str, parts: tuple[_Part, ...]) -> _Part:
        for part in parts:
            if part.code == code:
                return part
        raise ProgrammePartUnknown(programme=self.code, kind=kind, part=code)


def _unverified(programme: Programme) -> Iterable[str]:
    yield from _marked("programme", programme.provenance)
    for place, rule in (
        ("application", programme.application.provenance),
        ("photo", programme.photo.provenance),
        ("recheck", programme.recheck.provenance),
        ("certificate", programme.certificate.provenance),
    ):
        yield from _marked(place, rule)
    for level in programme.levels:
        yield from _marked(level.code, level.provenance)
        for change in level.validity.changes:
            yield from _marked(f"{level.code}.changes.{change.year}", change.provenance)
        for over in level.validity.passed_over:
            yield from _marked(f"{level.code}.passed_over.{over.year}", over.provenance)
        for subject in level.subjects:
            yield from _marked(f"{level.code}.{subject.code}", subject.provenance)
        for track in level.tracks:
            yield from _marked(f"{level.code}.{track.code}", track.provenance)
        for condition in level.conditions:
            yield from _marked(f"{level.code}.{condition.code}", condition.provenance)


def _marked(place: str, provenance: Provenance) -> Iterable[str]:
    if not provenance.verified:
        yield place
    else:
        yield from (f"{place}.{key}" for key in provenance.unverified)
