"""What `jinbang catalogue check` and `jinbang catalogue show` print, as plain text for the operator's terminal.

Reads the files, never the database: a file is checked before it is loaded. The command line prints the lines and
leaves with a non-zero status where one of them is a fault.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from jinbang.catalogue.errors import CatalogueFileBroken, ProgrammeUnknown
from jinbang.catalogue.programme import Condition, Level, Programme, Subject, Track
from jinbang.catalogue.seeds import PROGRAMMES, read_seed, seed_files
from jinbang.catalogue.validity import SyllabusChange, Validity, ValidityShape
from jinbang.kernel.clock import today

HUNDREDTHS = 100


@dataclass(frozen=True)
class CheckLine:
    """One line for one file: the programme in short, or the fault."""

    file: str
    text: str
    is_fault: bool = False


def check_all(folder: Path = PROGRAMMES) -> list[CheckLine]:
    """Check every file of a folder and return one line each; a broken one does not hide the next."""
    return [_check(path) for path in seed_files(folder)]


def find_programme_in_files(code: str, *, folder: Path = PROGRAMMES) -> Programme:
    """Return the newest programme of this code among the files. Refuses an unknown code, and any broken file."""
    found = [seed.programme for seed in map(read_seed, seed_files(folder)) if seed.programme.code == code]
    if not found:
        raise ProgrammeUnknown(programme=code, on=today())
    return max(found, key=lambda programme: programme.effective_from)


def summarise(programme: Programme) -> str:
    """Say a programme in one line: code, name, levels, subjects, validity, values nobody has verified."""
    levels = programme.levels
    shapes = ", ".join(dict.fromkeys(validity for level in levels for validity in _validities(level)))
    return (
        f"{programme.code} {programme.name} from {programme.effective_from.isoformat()}: "
        f"{_counted(len(levels), 'level')}, {_counted(sum(len(level.subjects) for level in levels), 'subject')}, "
        f"{_counted(sum(len(level.conditions) for level in levels), 'condition')}, "
        f"validity {shapes}; {len(programme.unverified_values())} unverified"
    )


def describe(programme: Programme) -> str:
    """Say a whole programme in lines, with every source and every value that nobody has verified."""
    return "\n".join(_described(programme))


def say_validity(validity: Validity) -> str:
    """Say how long passes count, in a few words."""
    match validity.shape:
        case ValidityShape.SAME_SITTING:
            return "same sitting"
        case ValidityShape.ONE_YEAR:
            return "one year"
        case ValidityShape.ROLLING:
            return f"rolling {validity.consecutive_sittings}"
        case ValidityShape.ONE_RESIT:
            return f"{validity.within_months} months with {validity.resits} resit"
        case ValidityShape.PROOF:
            return f"proof {validity.proof_years} years"
        case ValidityShape.LONG_TERM:
            return "long-term"
        case _:
            assert_never(validity.shape)


def say_mark(hundredths: int) -> str:
    """Say a mark without trailing zeros: 86, 86.5."""
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def _check(path: Path) -> CheckLine:
    try:
        seed = read_seed(path)
    except CatalogueFileBroken as fault:
        return CheckLine(file=path.name, text=str(fault), is_fault=True)
    return CheckLine(file=seed.file, text=summarise(seed.programme))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _validities(level: Level) -> Iterable[str]:
    yield say_validity(level.validity)
    yield from (say_validity(track.validity) for track in level.tracks)


def _described(programme: Programme) -> Iterable[str]:
    yield f"{programme.code}  {programme.name}"
    yield (
        f"  {programme.kind.value}, {programme.authority_level.value}, from {programme.effective_from.isoformat()}"
        + (f" to {programme.closed_on.isoformat()}" if programme.closed_on else "")
    )
    yield from _rules(programme)
    for level in programme.levels:
        yield from _level(level)
    yield "  sources"
    yield from (f"    {source.id}: {source.text} {source.url}".rstrip() for source in programme.sources)
    unverified = programme.unverified_values()
    yield f"  unverified ({len(unverified)})"
    yield from (f"    {place}" for place in unverified)


def _rules(programme: Programme) -> Iterable[str]:
    application, photo, recheck = programme.application, programme.photo, programme.recheck
    review = f"review within {application.review_working_days} working days before payment"
    yield (
        f"  application: {'on site only' if application.on_site_only else 'online and on site'}, "
        f"site by {application.site_choice.value}, "
        f"{review if application.review_before_payment else 'no review before payment'}"
        f"{', informed commitment' if application.informed_commitment else ''}"
    )
    yield (
        f"  photo: {'/'.join(photo.formats)}, {photo.width_px}x{photo.height_px} px, "
        f"{photo.bytes_min} to {photo.bytes_max} bytes, {'/'.join(photo.backgrounds)}"
    )
    exceptions = ", ".join(anomaly.value for anomaly in recheck.objective_if)
    yield (
        f"  recheck: {recheck.scope.value}{f' (objective if {exceptions})' if exceptions else ''}, "
        f"{recheck.window_days} {recheck.window_unit.value} days, fee {recheck.fee_fen} fen"
    )
    yield f"  certificate: {programme.certificate.name}, {programme.certificate.sealed_by}"


def _level(level: Level) -> Iterable[str]:
    yield f"  {level.code}  {level.name}: {say_validity(level.validity)}, yields {level.result.value}"
    if level.further_step:
        yield f"    then {level.further_step}"
    if level.provenance.note:
        yield f"    note: {level.provenance.note}"
    if level.specialties:
        yield "    specialties: " + ", ".join(f"{one.code} {one.name}" for one in level.specialties)
    yield from (_subject(subject) for subject in level.subjects)
    yield from (_change(change) for change in level.validity.changes)
    yield from (
        f"    {over.year} uses up nothing for those not registered in it" for over in level.validity.passed_over
    )
    yield from (_track(track) for track in level.tracks)
    yield from (_condition(condition) for condition in level.conditions)


def _subject(subject: Subject) -> str:
    mark = subject.pass_mark_hundredths
    passing = "set by the province" if mark is None else say_mark(mark)
    parts = "".join(f"; {part.name} {part.weight_percent} %" for part in subject.parts)
    if subject.parts:
        parts += f"; to {say_mark(subject.mark_step_hundredths)}, {subject.rounding.value}"
    return (
        f"    subject {subject.code}  {subject.name}: full {say_mark(subject.full_mark_hundredths)}, pass {passing}, "
        f"{subject.questions.value}, {subject.delivery.value}, {subject.minutes} min{parts}"
    )


def _change(change: SyllabusChange) -> str:
    clock = f", passes before it stay on {change.earlier_sittings}" if change.earlier_sittings else ""
    becomes = "; ".join(
        f"{(' + ' if one.needs_all else ' or ').join(name for _code, name in one.earlier)} -> {one.subject}"
        for one in change.equivalences
    )
    return f"    syllabus of {change.year}{clock}: {becomes}"


def _track(track: Track) -> str:
    return (
        f"    track {track.code}  {track.name}: without {', '.join(track.exempt_subjects) or 'nothing'}, "
        f"{say_validity(track.validity)}, yields {track.yields.value}"
    )


def _condition(condition: Condition) -> str:
    education = condition.education.value if condition.education else "any education"
    opens = f", opens {', '.join(condition.tracks)}" if condition.tracks else ""
    return f"    condition {condition.code} ({education}, {condition.work_years} years{opens}): {condition.text}"
