"""The shape of a programme file: one pydantic table per part of a `Programme`. Pure: no Django, no reading of files.

Every table names its `source` (an id of `[sources]`), says `verified = false` where nobody has verified it as a whole,
or lists single values in `unverified`; `note` records what sources disagree about. Marks are written as people read
them (`full_mark = 100`, `pass_mark = 86.5`). `seeds.py` reads files through it, `models.py` stored rows.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from jinbang.catalogue.programme import (
    WHOLE_LEVEL,
    AuthorityLevel,
    Delivery,
    Education,
    ProgrammeKind,
    Questions,
    ResultKind,
    Rounding,
)
from jinbang.catalogue.regulations import (
    DayUnit,
    EvidenceRule,
    MarkAnomaly,
    PanelRule,
    PaperCertificate,
    RecheckScope,
    SiteChoice,
)
from jinbang.catalogue.tables import (
    PERCENT_TOTAL,
    Code,
    Count,
    Mark,
    Percent,
    Sourced,
    Table,
    Text,
    Year,
    broken,
    plain,
    require_distinct,
    require_known,
)


class SourceTable(Table):
    """One entry of `[sources]`."""

    text: Text
    url: str = ""


class ValidityTable(Table):
    """How long passes count: exactly one of the first three."""

    consecutive_sittings: Count | None = None
    long_term: bool = False
    same_sitting: bool = False
    resits: Count | None = None
    within_months: Count | None = None
    proof_years: Count | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        """Refuse two clocks at once, and none."""
        if (self.consecutive_sittings is not None) + self.long_term + self.same_sitting != 1:
            raise broken(
                problem="says how long passes count never or twice",
                remedy="write exactly one of: consecutive_sittings = N, long_term = true, same_sitting = true",
            )
        if (self.resits is None) != (self.within_months is None):
            raise broken(
                problem="bounds resits without a time, or a time without resits", remedy="write both or neither"
            )
        return self


class EquivalenceTable(Table):
    """A subject of the new syllabus and the earlier ones that stand for it: code = name. Full marks other than 100."""

    subject: Code
    any_of: dict[Code, Text] = {}
    all_of: dict[Code, Text] = {}
    full_marks: dict[Code, Mark] = {}

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        """Refuse an equivalence with nothing, and one that is both."""
        if bool(self.any_of) == bool(self.all_of):
            raise broken(
                problem="names no earlier subjects, or two kinds of them", remedy="write exactly one of: any_of, all_of"
            )
        require_known("earlier subject", named=self.full_marks, known=tuple(self.any_of or self.all_of))
        return self


class SyllabusChangeTable(Sourced):
    """What earlier passes become from a year on."""

    year: Year
    earlier_sittings: Count | None = None
    equivalences: Annotated[tuple[EquivalenceTable, ...], Field(min_length=1)]


class PassedOverYearTable(Sourced):
    """A year that uses up nothing for those who were not registered in it."""

    year: Year


class PartTable(Table):
    """A weighted part of a subject, marked out of `full_mark`."""

    code: Code
    name: Text
    weight_percent: Percent
    questions: Questions
    question_count: Count | None = None
    full_mark: Mark = Decimal(100)


class SubjectTable(Sourced):
    """One subject of a level."""

    code: Code
    name: Text
    full_mark: Mark
    pass_mark: Mark | None = None
    pass_mark_set_by: Literal["province"] | None = None
    questions: Questions
    delivery: Delivery
    minutes: Annotated[int, Field(gt=0, le=720)]
    by_specialty: bool = False
    specialty_names: dict[Code, Text] = {}
    parts: tuple[PartTable, ...] = ()
    mark_step: Mark = Decimal("0.01")  # of a mark made of parts
    rounding: Rounding = Rounding.HALF_UP
    panel: PanelRule | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """Refuse marks and weights that cannot be."""
        if (self.pass_mark is None) == (self.pass_mark_set_by is None):
            raise broken(
                problem="names no pass mark, or two",
                remedy='write pass_mark, or pass_mark_set_by = "province" where the province sets it',
            )
        if self.full_mark == 0:
            raise broken(problem="full_mark is 0", remedy="write the full mark of the paper")
        if self.pass_mark is not None and self.pass_mark > self.full_mark:
            raise broken(
                problem=f"pass_mark {plain(self.pass_mark)} is above full_mark {plain(self.full_mark)}",
                remedy="correct one of them against the source",
            )
        if self.specialty_names and not self.by_specialty:
            raise broken(
                problem="has specialty_names without by_specialty = true",
                remedy="add by_specialty = true, or remove the names",
            )
        if self.mark_step == 0 or any(part.full_mark == 0 for part in self.parts):
            raise broken(problem="has a step or a part of nothing", remedy="write mark_step and full_mark above 0")
        require_distinct("part", (part.code for part in self.parts))
        if self.parts and (weights := sum(part.weight_percent for part in self.parts)) != PERCENT_TOTAL:
            raise broken(problem=f"weights of the parts add up to {weights}", remedy="make them add up to 100")
        return self


class SpecialtyTable(Table):
    """One branch of a level."""

    code: Code
    name: Text
    certificate_name: str = ""


class TrackTable(Sourced):
    """A way through the level with fewer subjects."""

    code: Code
    name: Text
    exempt_subjects: tuple[Code, ...]
    evidence: tuple[Text, ...] = ()  # of the exemption; rows stored before it was asked for have none
    validity: ValidityTable
    yields: ResultKind = ResultKind.CERTIFICATE

    @model_validator(mode="after")
    def _leaves_its_name_free(self) -> Self:
        """Refuse the code that means no track at all."""
        if self.code == WHOLE_LEVEL:
            raise broken(problem=f"the code {WHOLE_LEVEL} means every subject", remedy="give this track another code")
        return self


class ConditionTable(Sourced):
    """One way of being eligible."""

    code: Code
    text: Text
    education: Education | None = None
    work_years: Annotated[int, Field(ge=0, le=50)] = 0
    evidence: Annotated[tuple[Text, ...], Field(min_length=1)]
    needs_major: str = ""
    work_field: str = ""
    held_certificate: str = ""
    training: str = ""
    graduating_students: bool = False
    meets_level_condition: bool = False  # 符合任一报考条件: one of those that open the whole level
    tracks: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        """Refuse a condition that everybody meets, and years of nothing."""
        if self.meets_level_condition and (self.education is not None or self.work_years or not self.tracks):
            raise broken(
                problem="asks for a condition of the level and for one of its own",
                remedy="leave out education and work_years, and name the tracks it opens",
            )
        is_silent = self.education is None and not self.held_certificate and not self.needs_major
        if is_silent and not self.meets_level_condition:
            raise broken(
                problem="asks for no education, certificate or title", remedy="write education, or held_certificate"
            )
        if self.work_years and not self.work_field:
            raise broken(problem="asks for years of work without saying of what", remedy="write work_field")
        return self


class LevelTable(Sourced):
    """One level with everything that hangs on it."""

    code: Code
    name: Text
    result: ResultKind = ResultKind.CERTIFICATE
    further_step: str = ""
    validity: ValidityTable
    site_choice: SiteChoice | None = None
    specialties: tuple[SpecialtyTable, ...] = ()
    subjects: Annotated[tuple[SubjectTable, ...], Field(min_length=1)]
    tracks: tuple[TrackTable, ...] = ()
    conditions: tuple[ConditionTable, ...] = ()
    changes: tuple[SyllabusChangeTable, ...] = ()
    passed_over: tuple[PassedOverYearTable, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        """Refuse parts that share a code or name parts that are not there."""
        subjects = tuple(subject.code for subject in self.subjects)
        specialties = tuple(specialty.code for specialty in self.specialties)
        tracks = tuple(track.code for track in self.tracks)
        require_distinct("subject", subjects)
        require_distinct("specialty", specialties)
        require_distinct("track", tracks)
        require_distinct("condition", (condition.code for condition in self.conditions))
        for track in self.tracks:
            require_known("subject", named=track.exempt_subjects, known=subjects)
            if set(track.exempt_subjects) == set(subjects):
                raise broken(
                    problem=f"track {track.code} exempts from every subject", remedy="leave at least one to sit"
                )
        for condition in self.conditions:
            require_known("track", named=condition.tracks, known=tracks)
        for subject in self.subjects:
            require_known("specialty", named=subject.specialty_names, known=specialties)
        self._require_changes_known(subjects)
        if self.result is ResultKind.PROOF and not (self.further_step and self.validity.proof_years):
            raise broken(
                problem="yields a proof that leads nowhere",
                remedy="write further_step, and proof_years in validity, or another result",
            )
        return self

    def _require_changes_known(self, subjects: tuple[str, ...]) -> None:
        """Refuse an equivalence for no subject of ours, an earlier code that is a present one, years that repeat."""
        require_distinct("year of a change", (str(change.year) for change in self.changes))
        require_distinct("year passed over", (str(over.year) for over in self.passed_over))
        for change in self.changes:
            require_known("subject", named=(one.subject for one in change.equivalences), known=subjects)
            require_distinct("new subject", (one.subject for one in change.equivalences))
            reused = sorted(
                {code for one in change.equivalences for code in (*one.any_of, *one.all_of)} & set(subjects)
            )
            if reused:
                raise broken(
                    problem=f"{', '.join(reused)} is both an earlier and a present subject",
                    remedy="give the earlier subject a code of its own",
                )


class ApplicationTable(Sourced):
    """How people apply."""

    on_site_only: bool = False
    site_choice: SiteChoice
    review_before_payment: bool
    review_working_days: Count | None = None
    informed_commitment: bool
    commitment_excludes_exempt: bool = False
    commitment_sample_percent: Annotated[int, Field(ge=0, le=100)] = 10
    defence_working_days: Count = 5
    pledge: bool = True
    evidence: EvidenceRule = EvidenceRule.UNLESS_COMMITTED
    counter_approves: bool = False


class PhotoTable(Sourced):
    """The portrait asked for."""

    formats: Annotated[tuple[Literal["jpg"], ...], Field(min_length=1)] = ("jpg",)
    bytes_min: Annotated[int, Field(ge=0)] = 0
    bytes_max: Annotated[int, Field(gt=0, le=10_000_000)]
    width_px: Annotated[int, Field(ge=70, le=2000)]
    height_px: Annotated[int, Field(ge=100, le=2800)]
    backgrounds: Annotated[tuple[Literal["white", "blue", "red"], ...], Field(min_length=1)]
    months_old_max: Count | None = None

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        """Refuse bounds that no file can meet."""
        if self.bytes_min >= self.bytes_max:
            raise broken(problem="bytes_min is not below bytes_max", remedy="correct the bounds of the file's size")
        return self


class RecheckTable(Sourced):
    """What may be rechecked."""

    scope: RecheckScope
    objective_if: tuple[MarkAnomaly, ...] = ()
    window_days: Annotated[int, Field(gt=0, le=366)]
    window_unit: DayUnit
    fee_fen: Annotated[int, Field(ge=0)] = 0
    once_per_subject: bool = True


class CertificateTable(Sourced):
    """What is issued."""

    name: Text
    sealed_by: Text
    electronic: bool
    paper: PaperCertificate
    post_exam_review: bool
    publication_working_days: Count | None = None


class ProgrammeTable(Sourced):
    """A whole file."""

    code: Annotated[Code, Field(max_length=64)]
    name: Text
    kind: ProgrammeKind
    authority_level: AuthorityLevel
    effective_from: date
    closed_on: date | None = None
    sources: Annotated[dict[Code, SourceTable], Field(min_length=1)]
    application: ApplicationTable
    photo: PhotoTable
    recheck: RecheckTable
    certificate: CertificateTable
    levels: Annotated[tuple[LevelTable, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse levels that share a code, an end before the beginning, and sources nobody wrote down."""
        require_distinct("level", (level.code for level in self.levels))
        if self.closed_on is not None and self.closed_on < self.effective_from:
            raise broken(problem="closed_on is before effective_from", remedy="correct one of the dates")
        for place, table in self.sourced():
            if table.source not in self.sources:
                raise broken(
                    problem=f"{table.source} is not in [sources]",
                    remedy=f"add it there, or write one of: {', '.join(self.sources)}",
                    place=f"{place}.source".removeprefix("."),
                )
        return self

    def sourced(self) -> Iterable[tuple[str, Sourced]]:
        """Walk over every table that names a source, with the place it stands in ("" is the file itself)."""
        yield "", self
        yield "application", self.application
        yield "photo", self.photo
        yield "recheck", self.recheck
        yield "certificate", self.certificate
        for level in self.levels:
            yield f"levels.{level.code}", level
            yield from ((f"levels.{level.code}.subjects.{subject.code}", subject) for subject in level.subjects)
            yield from ((f"levels.{level.code}.tracks.{track.code}", track) for track in level.tracks)
            yield from ((f"levels.{level.code}.conditions.{one.code}", one) for one in level.conditions)
            yield from ((f"levels.{level.code}.changes.{one.year}", one) for one in level.changes)
            yield from ((f"levels.{level.code}.passed_over.{one.year}", one) for one in level.passed_over)
