"""What a person passed before, and what becomes of it when they apply another way. Pure.

The facts are rows of `EarlierPass`, which a later phase writes once results are out. DOMAIN and 人考中心函〔2010〕45号:
"对于成绩有效期大于1年的考试,如报考人员更改了报考级别,一律按新考生进行处理"; another specialty keeps the file number and
the common subjects, and is refused once all subjects of the first specialty are passed and still count.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from jinbang.application.errors import SpecialtyFixed, SwitchLosesPasses
from jinbang.catalogue.programme import Level, Programme, is_whole_level
from jinbang.catalogue.validity import Validity


@dataclass(frozen=True)
class EarlierPass:
    """One subject passed in an earlier sitting of the programme. `counts_through` None: for ever."""

    level_code: str
    specialty_code: str
    track_code: str
    subject_code: str
    year: int
    counts_through: int | None


@dataclass(frozen=True)
class Choice:
    """The way a person applies: level, specialty and track."""

    level_code: str
    specialty_code: str = ""
    track_code: str = ""

    def is_way_of(self, one: EarlierPass) -> bool:
        """Whether this pass was made at the same level and on the same track."""
        return one.level_code == self.level_code and _track(one.track_code) == _track(self.track_code)


def passes_standing(passes: Collection[EarlierPass], *, year: int) -> tuple[EarlierPass, ...]:
    """Return the passes that still count in an examination of this year, the earliest first."""
    standing = (one for one in passes if one.year < year and (one.counts_through is None or one.counts_through >= year))
    return tuple(sorted(standing, key=lambda one: (one.year, one.subject_code)))


def counting_for(choice: Choice, standing: Sequence[EarlierPass], *, programme: Programme) -> Mapping[str, EarlierPass]:
    """Return what counts for this choice, by subject: its own level and track, and its own specialty's papers."""
    own = {subject.code for subject in programme.level(choice.level_code).subjects if subject.by_specialty}
    return {
        one.subject_code: one
        for one in standing
        if choice.is_way_of(one) and (one.subject_code not in own or one.specialty_code == choice.specialty_code)
    }


def lost_by_level(level_code: str, standing: Sequence[EarlierPass], *, programme: Programme) -> tuple[EarlierPass, ...]:
    """Return the passes of other levels that applying at this one gives up."""
    return tuple(
        one for one in standing if one.level_code != level_code and _validity_of(one, programme).outlasts_a_year
    )


def lost_by_track(choice: Choice, standing: Sequence[EarlierPass], *, programme: Programme) -> tuple[EarlierPass, ...]:
    """Return the passes of this level that were made on another track and that this one gives up."""
    here = (one for one in standing if one.level_code == choice.level_code and not choice.is_way_of(one))
    return tuple(one for one in here if _validity_of(one, programme).outlasts_a_year)


def require_loss_confirmed(lost: Sequence[EarlierPass], *, is_confirmed: bool) -> None:
    """Refuse a loss of earlier passes that the person has not been told of and agreed to."""
    if lost and not is_confirmed:
        raise SwitchLosesPasses(lost=tuple(one.subject_code for one in lost))


def require_specialty_free(specialty_code: str, *, level: Level, standing: Sequence[EarlierPass]) -> None:
    """Refuse another specialty while every subject of an earlier one is passed: nobody takes two in one window."""
    own = {subject.code for subject in level.subjects if subject.by_specialty}
    here = [one for one in standing if one.level_code == level.code and one.subject_code in own]
    for earlier in sorted({one.specialty_code for one in here} - {specialty_code, ""}):
        passed = [one for one in here if one.specialty_code == earlier]
        if own and {one.subject_code for one in passed} == own:
            ends = [one.counts_through for one in passed if one.counts_through is not None]
            name = next((one.name for one in level.specialties if one.code == earlier), earlier)
            raise SpecialtyFixed(specialty=name, through=min(ends) if ends else None)


def _validity_of(one: EarlierPass, programme: Programme) -> Validity:
    return programme.validity_for(level=one.level_code, track=one.track_code)


def _track(code: str) -> str:
    return "" if is_whole_level(code) else code
