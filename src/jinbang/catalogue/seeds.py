"""From a programme file, or the content of a stored row, to a `Programme`; and every way a file can be wrong, in words.

A file and a row take one road: plain JSON values, the schema, the dataclasses. The canonical content is the schema's
own account of the file without defaults, so that comments, order and a later optional key leave its hash alone.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from jinbang.catalogue.errors import CatalogueFileBroken
from jinbang.catalogue.programme import Condition, Level, Programme, Specialty, Subject, SubjectPart, Track
from jinbang.catalogue.regulations import ApplicationRule, CertificateRule, PhotoSpec, RecheckRule, Source
from jinbang.catalogue.schema import (
    ConditionTable,
    EquivalenceTable,
    LevelTable,
    PartTable,
    ProgrammeTable,
    SubjectTable,
    TrackTable,
    ValidityTable,
)
from jinbang.catalogue.tables import Mark, Sourced, Table, as_json, named_key
from jinbang.catalogue.validity import PassedOverYear, SubjectEquivalence, SyllabusChange, Validity
from jinbang.kernel.digests import canonical_json, sha256_hex

PROGRAMMES: Final = Path(__file__).parent / "programmes"
PROGRAMMES_KEPT: Final = 128  # small ones; making one takes half a millisecond, and every request that loads a row asks
HUNDREDTHS: Final = 100
REMEDIES: Final = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is not a key of this table", "correct its spelling, or remove it"),
    "string_pattern_mismatch": ("is not a code", "use lower-case letters, digits and single hyphens"),
    "string_too_short": ("is empty", "write the text"),
    "too_short": ("is empty", "write at least one"),
    "bool_type": ("is neither true nor false", "write true or false, without quotation marks"),
    "string_type": ("is not text", "put it between quotation marks"),
    "int_type": ("is not a whole number", "write a whole number, without quotation marks"),
}


@dataclass(frozen=True)
class Seed:
    """One programme file that holds: where it lies, what it says, and the hash of what it says."""

    file: str
    programme: Programme
    content: dict[str, Any]
    sha256: str


def seed_files(folder: Path = PROGRAMMES) -> tuple[Path, ...]:
    """Return the programme files of a folder, by name. Refuses a folder without any."""
    files = tuple(sorted(folder.glob("*.toml")))
    if not files:
        raise CatalogueFileBroken(
            file=str(folder), key="*.toml", problem="no programme file is here", remedy="name a folder that has some"
        )
    return files


def read_seed(path: Path) -> Seed:
    """Read one file. Refuses it by its first fault; the file's name must be its code and its date."""
    return _seed(path.name, path.read_bytes())


@lru_cache(maxsize=PROGRAMMES_KEPT)
def _seed(file: str, written: bytes) -> Seed:
    try:
        values = as_json(tomllib.loads(written.decode("utf-8"), parse_float=str))
    except UnicodeDecodeError as fault:
        raise CatalogueFileBroken(
            file=file, key=f"byte {fault.start}", problem="is not UTF-8 text", remedy="save the file as UTF-8"
        ) from fault
    except tomllib.TOMLDecodeError as fault:
        raise CatalogueFileBroken(
            file=file, key="TOML", problem=str(fault), remedy="correct the line (dates are written 2022-02-16)"
        ) from fault
    table = _validated(values, file=file)
    name = f"{table.code}.{table.effective_from.isoformat()}.toml"
    if file != name:
        raise CatalogueFileBroken(
            file=file,
            key="code, effective_from",
            problem=f"belong to {name}",
            remedy="rename the file or correct them",
        )
    content = table.model_dump(mode="json", exclude_defaults=True)
    return Seed(file=name, programme=_programme(table), content=content, sha256=sha256_hex(canonical_json(content)))


def programme_from_content(content: Mapping[str, Any]) -> Programme:
    """Return the programme of a stored row's content; what says the same is one object, made once a process."""
    return _stored_programme(json.dumps(content))


@lru_cache(maxsize=PROGRAMMES_KEPT)
def _stored_programme(content: str) -> Programme:
    values = json.loads(content)
    return _programme(_validated(values, file=f"{values.get('code', '?')} (stored)"))


def _validated(values: Mapping[str, Any], *, file: str) -> ProgrammeTable:
    try:
        return ProgrammeTable.model_validate_json(json.dumps(values, default=str))
    except ValidationError as fault:
        first = fault.errors()[0]
        problem, remedy = _in_words(first)
        key = first.get("ctx", {}).get("place") or (named_key(first["loc"], values) or "the file")
        raise CatalogueFileBroken(file=file, key=key, problem=problem, remedy=remedy) from fault


def _in_words(fault: ErrorDetails) -> tuple[str, str]:
    if fault["type"] == "catalogue":
        return str(fault["ctx"]["problem"]), str(fault["ctx"]["remedy"])
    if fault["type"].startswith("date"):
        return f"{fault['input']!r} is not a date", "write it as 2022-02-16"
    if fault["type"] in {"enum", "literal_error"}:
        return f"{fault['input']!r} is not known here", f"write {fault['ctx']['expected']}"
    problem, remedy = REMEDIES.get(fault["type"], (f"{fault['input']!r}: {fault['msg']}", "correct the value"))
    return problem, remedy


def _hundredths(mark: Mark | None) -> int | None:
    return None if mark is None else int(mark * HUNDREDTHS)


def _fields(table: Table, *but: str) -> dict[str, Any]:
    """Take over the values that stand in the dataclass under the same names."""
    ours = {"source", "verified", "unverified", "note", *but}
    taken: dict[str, Any] = {name: getattr(table, name) for name in table.__class__.model_fields if name not in ours}
    if isinstance(table, Sourced):
        taken["provenance"] = table.provenance
    return taken


def _validity(table: ValidityTable, *, level: LevelTable) -> Validity:
    """Make the rule on how long passes count: the level's or a track's, with what the level says of single years."""
    changes = (
        SyllabusChange(
            equivalences=tuple(_equivalence(one) for one in change.equivalences), **_fields(change, "equivalences")
        )
        for change in level.changes
    )
    over = (PassedOverYear(**_fields(one)) for one in level.passed_over)
    return Validity(
        consecutive_sittings=1 if table.same_sitting else table.consecutive_sittings,
        changes=tuple(sorted(changes, key=lambda change: change.year)),
        passed_over=tuple(sorted(over, key=lambda one: one.year)),
        **_fields(table, "consecutive_sittings", "long_term"),
    )


def _subject(table: SubjectTable) -> Subject:
    return Subject(
        full_mark_hundredths=int(table.full_mark * HUNDREDTHS),
        pass_mark_hundredths=_hundredths(table.pass_mark),
        specialty_names=tuple(sorted(table.specialty_names.items())),
        parts=tuple(_part(part) for part in table.parts),
        mark_step_hundredths=int(table.mark_step * HUNDREDTHS),
        **_fields(table, "full_mark", "pass_mark", "pass_mark_set_by", "specialty_names", "parts", "mark_step"),
    )


def _part(table: PartTable) -> SubjectPart:
    return SubjectPart(full_mark_hundredths=int(table.full_mark * HUNDREDTHS), **_fields(table, "full_mark"))


def _track(table: TrackTable, *, level: LevelTable) -> Track:
    return Track(validity=_validity(table.validity, level=level), **_fields(table, "validity"))


def _equivalence(table: EquivalenceTable) -> SubjectEquivalence:
    earlier = table.any_of or table.all_of
    full_marks = tuple((code, int(mark * HUNDREDTHS)) for code, mark in sorted(table.full_marks.items()))
    return SubjectEquivalence(
        table.subject, tuple(sorted(earlier.items())), needs_all=bool(table.all_of), full_marks=full_marks
    )


def _conditions(tables: Iterable[ConditionTable]) -> tuple[Condition, ...]:
    """Make conditions; one that asks for any of the level's own carries those with it."""
    tables = tuple(tables)
    own = tuple(Condition(**_fields(table, "meets_level_condition")) for table in tables)
    open_to_all = tuple(condition for condition in own if not condition.tracks)
    return tuple(
        replace(condition, any_of=open_to_all) if table.meets_level_condition else condition
        for condition, table in zip(own, tables, strict=True)
    )


def _level(table: LevelTable) -> Level:
    return Level(
        validity=_validity(table.validity, level=table),
        specialties=tuple(Specialty(**_fields(specialty)) for specialty in table.specialties),
        subjects=tuple(_subject(subject) for subject in table.subjects),
        tracks=tuple(_track(track, level=table) for track in table.tracks),
        conditions=_conditions(table.conditions),
        **_fields(table, "validity", "specialties", "subjects", "tracks", "conditions", "changes", "passed_over"),
    )


def _programme(table: ProgrammeTable) -> Programme:
    return Programme(
        sources=tuple(Source(id=code, text=one.text, url=one.url) for code, one in sorted(table.sources.items())),
        application=ApplicationRule(**_fields(table.application)),
        photo=PhotoSpec(**_fields(table.photo)),
        recheck=RecheckRule(**_fields(table.recheck)),
        certificate=CertificateRule(**_fields(table.certificate)),
        levels=tuple(_level(level) for level in table.levels),
        **_fields(table, "sources", "application", "photo", "recheck", "certificate", "levels"),
    )
