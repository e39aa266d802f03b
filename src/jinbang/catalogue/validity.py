"""How long passed subjects are kept, as a programme lays it down: one shape, a clock, and what a year's notice changes.

Pure frozen values, parts of a `Programme`. What they mean for one person's sittings is `results`' work.
"""

from dataclasses import dataclass
from enum import StrEnum

from jinbang.catalogue.regulations import Provenance


class ValidityShape(StrEnum):
    """The shapes in which passed subjects are kept, each explained to the candidate in its own words."""

    SAME_SITTING = "same_sitting"
    ONE_YEAR = "one_year"
    ROLLING = "rolling"
    ONE_RESIT = "one_resit"
    PROOF = "proof"
    LONG_TERM = "long_term"


@dataclass(frozen=True)
class SubjectEquivalence:
    """A subject of the new syllabus and the earlier ones whose passes stand for it: any one of them, or all together.

    `earlier` holds code and name of each: they stand nowhere else in the programme any more. `full_marks` are theirs
    (hundredths), where they were not marked out of a hundred.
    """

    subject: str
    earlier: tuple[tuple[str, str], ...]
    needs_all: bool = False
    full_marks: tuple[tuple[str, int], ...] = ()

    @property
    def earlier_codes(self) -> tuple[str, ...]:
        """The codes of the earlier subjects."""
        return tuple(code for code, _name in self.earlier)


@dataclass(frozen=True)
class SyllabusChange:
    """A new syllabus from an examination year on, and what earlier passes become under it.

    `earlier_sittings` is the clock on which passes of earlier years stay; None: that of the level. In the year of the
    change earlier candidates may still sit the earlier subjects.
    """

    year: int
    equivalences: tuple[SubjectEquivalence, ...]
    provenance: Provenance
    earlier_sittings: int | None = None


@dataclass(frozen=True)
class PassedOverYear:
    """A held year that uses up nothing for those who were not registered in it: a notice tells them from the absent."""

    year: int
    provenance: Provenance


@dataclass(frozen=True)
class Validity:
    """How long a passed subject counts, in consecutive sittings of the programme; None is long-term (it never lapses).

    `same_sitting` is stricter than one sitting-year: passes of two sittings of one year do not join. `resits` bounds
    the attempts and `within_months` the time after the first pass. `proof_years` is how long a proof of marks opens
    the further step (the panel's review). `changes` and `passed_over` are the level's, in the order of their years.
    """

    consecutive_sittings: int | None
    same_sitting: bool = False
    resits: int | None = None
    within_months: int | None = None
    proof_years: int | None = None
    changes: tuple[SyllabusChange, ...] = ()
    passed_over: tuple[PassedOverYear, ...] = ()

    @property
    def is_long_term(self) -> bool:
        """Whether a pass never lapses because of later sittings."""
        return self.consecutive_sittings is None

    @property
    def outlasts_a_year(self) -> bool:
        """Whether passes count longer than one year: only then does another level or track begin anew."""
        if self.same_sitting:
            return False
        return self.is_long_term or self.consecutive_sittings != 1 or self.resits is not None

    def sittings_for(self, year: int) -> int | None:
        """Return in how many consecutive years a pass of this year counts, its own included."""
        for change in self.changes:
            if year < change.year and change.earlier_sittings is not None:
                return change.earlier_sittings
        return self.consecutive_sittings

    @property
    def shape(self) -> ValidityShape:
        """The one shape this validity has."""
        if self.same_sitting:
            return ValidityShape.SAME_SITTING
        if self.consecutive_sittings is None:
            return ValidityShape.PROOF if self.proof_years else ValidityShape.LONG_TERM
        if self.resits is not None:
            return ValidityShape.ONE_RESIT
        return ValidityShape.ONE_YEAR if self.consecutive_sittings == 1 else ValidityShape.ROLLING
