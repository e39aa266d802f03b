"""A sitting as its planner writes it down: a TOML file, read into a `SittingPlan`, every fault of form found at once.

Pure: what a file names (programme, levels, authorities) is not looked up here; `plan_check` holds the plan against it.
A date without a time is the whole day, at either end of a window; times are those of Asia/Shanghai.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from jinbang.catalogue.tables import Table, Year, as_json, named_key
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.workdays import end_of_day, start_of_day
from jinbang.sittings.errors import FaultKind, HoursUnclear, SittingFault, SittingFileFaulty
from jinbang.sittings.opening import HOURS_LONGEST, parse_hours
from jinbang.sittings.plan import FeePlan, NoticePlan, RegionPlan, SessionPlan, SitePlan, SittingPlan, WindowPlan
from jinbang.sittings.states import NoticeKind, SitePolicy, WindowKind

FEE_FEN_MOST: Final = 1_000_000
PLACES_MOST: Final = 100_000
DAYS_MOST: Final = 60
YEARS: Final = range(1990, 2201)
NAMED_BY: Final = ("code", "authority", "level", "subject")
KINDS: Final[Mapping[str, FaultKind]] = {
    "missing": FaultKind.MISSING,
    "extra_forbidden": FaultKind.UNKNOWN_KEY,
    "string_type": FaultKind.NOT_TEXT,
    "string_too_short": FaultKind.EMPTY,
    "string_too_long": FaultKind.TOO_LONG,
    "string_pattern_mismatch": FaultKind.NOT_CODE,
    "int_type": FaultKind.NOT_NUMBER,
    "int_parsing": FaultKind.NOT_NUMBER,
    "bool_type": FaultKind.NOT_YES_NO,
    "enum": FaultKind.NOT_KNOWN,
    "greater_than": FaultKind.OUT_OF_RANGE,
    "greater_than_equal": FaultKind.OUT_OF_RANGE,
    "less_than_equal": FaultKind.OUT_OF_RANGE,
    "model_type": FaultKind.NOT_TABLE,
    "model_attributes_type": FaultKind.NOT_TABLE,
    "dict_type": FaultKind.NOT_TABLE,
    "tuple_type": FaultKind.NOT_TABLE,
    "date_type": FaultKind.NOT_DATE,
    "date_parsing": FaultKind.NOT_DATE,
    "date_from_datetime_parsing": FaultKind.NOT_DATE,
    **{
        kind.value: kind
        for kind in (FaultKind.NOT_DATE, FaultKind.NOT_INSTANT, FaultKind.HOURS_UNCLEAR, FaultKind.NOT_URL)
    },
}


def _instant(typed: object, *, closing: bool) -> datetime:
    """Return the instant that a date, or a date with a time, stands for."""
    with suppress(ValueError):
        day = _of_our_time(date.fromisoformat(str(typed)))
        return end_of_day(day) if closing else start_of_day(day)
    try:
        at = datetime.fromisoformat(str(typed))
        _of_our_time(at.date())
    except ValueError as error:
        raise PydanticCustomError(FaultKind.NOT_INSTANT.value, "not an instant") from error
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _of_our_time(day: date) -> date:
    if day.year not in YEARS:
        raise PydanticCustomError(FaultKind.NOT_DATE.value, "not a day that can be meant")
    return day


def _hours(typed: str) -> str:
    try:
        parse_hours(typed)
    except HoursUnclear as error:
        raise PydanticCustomError(FaultKind.HOURS_UNCLEAR.value, "no hours") from error
    return typed


def _url(typed: str) -> str:
    if typed and not typed.startswith(("https://", "http://")):
        raise PydanticCustomError(FaultKind.NOT_URL.value, "no address")
    return typed


def _text(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


Opens = Annotated[datetime, BeforeValidator(lambda typed: _instant(typed, closing=False))]
Closes = Annotated[datetime, BeforeValidator(lambda typed: _instant(typed, closing=True))]
Day = Annotated[date, AfterValidator(_of_our_time)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Short = Annotated[str, _text(64)]
Name = Annotated[str, _text(120)]
Long = Annotated[str, _text(200)]
Fee = Annotated[int, Field(ge=0, le=FEE_FEN_MOST)]
Days = Annotated[int, Field(ge=1, le=DAYS_MOST)]


class WindowTable(Table):
    """One window: `[windows.payment]`."""

    opens: Opens
    closes: Closes


class FeeTable(Table):
    """What a subject costs in one exam region, where it differs."""

    level: Short
    subject: Short
    fee_fen: Fee


class SubjectTable(Table):
    """One subject of one level: when it is sat, and what it costs where a region says nothing else."""

    level: Short
    subject: Short
    starts: Opens | None = None
    ends: Opens | None = None
    fee_fen: Fee | None = None


class SiteTable(Table):
    """One site. `city` names the authority it lies in; without it, the exam region's own."""

    code: Annotated[str, _text(8)]
    name: Name
    address: Long
    places: Annotated[int, Field(ge=1, le=PLACES_MOST)]
    city: str = ""
    is_registration_point: bool = False
    opening_hours: Annotated[str, StringConstraints(max_length=HOURS_LONGEST), AfterValidator(_hours)] = ""


class RegionTable(Table):
    """One exam region, with what it does not take over from the sitting."""

    authority: Short
    is_held: bool = True
    windows: dict[WindowKind, WindowTable] = Field(default_factory=dict)
    fees: tuple[FeeTable, ...] = ()
    sites: tuple[SiteTable, ...] = ()


class NoticeTable(Table):
    """What is announced with the sitting; its files are added at the desk."""

    kind: NoticeKind
    title: Annotated[str, _text(160)]
    body: Annotated[str, _text(20_000)]
    document_number: Annotated[str, StringConstraints(max_length=64)] = ""


class SittingTable(Table):
    """One file."""

    code: Slug
    programme: Short
    owner: Short
    name: Name
    year: Year
    ordinal: Annotated[int, Field(ge=1, le=12)] = 1
    first_day: Day
    last_day: Day
    site_policy: SitePolicy = SitePolicy.CANDIDATE
    name_required: bool = False
    sends_ticket_numbers: bool = False
    results_here: bool = True
    forward_url: Annotated[str, StringConstraints(max_length=200), AfterValidator(_url)] = ""
    review_working_days: Days = 2
    place_held_days: Days = 3
    windows: dict[WindowKind, WindowTable] = Field(default_factory=dict)
    subjects: tuple[SubjectTable, ...] = ()
    regions: tuple[RegionTable, ...] = ()
    notices: tuple[NoticeTable, ...] = ()


def read_sitting_file(content: bytes) -> SittingPlan:
    """Return the plan that a file describes. Refuses it with every fault of its form at once."""
    try:
        values = as_json(tomllib.loads(content.decode()))
    except UnicodeDecodeError as fault:
        raise SittingFileFaulty(faults=[SittingFault("", FaultKind.NOT_TEXT_FILE)]) from fault
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise SittingFileFaulty(faults=[SittingFault("", FaultKind.NOT_TOML, str(fault))]) from fault
    try:
        table = SittingTable.model_validate_json(json.dumps(values))
    except ValidationError as fault:
        raise SittingFileFaulty(faults=[_fault(one, values) for one in fault.errors()]) from fault
    if halves := [one for one in table.subjects if (one.starts is None) is not (one.ends is None)]:
        faults = [SittingFault(f"subjects.{one.level}/{one.subject}", FaultKind.HALF_A_SESSION) for one in halves]
        raise SittingFileFaulty(faults=faults)
    return _plan(table)


def _fault(fault: ErrorDetails, values: Any) -> SittingFault:  # noqa: ANN401  # any JSON value
    key = named_key([place for place in fault["loc"] if place != "[key]"], values, codes=NAMED_BY)
    context = fault.get("ctx", {})
    value = str(fault["input"]) if isinstance(fault["input"], (str, int, float)) else ""
    for told in ("expected", "max_length", "ge", "le"):
        value = str(context.get(told, value))
    return SittingFault(key, KINDS.get(fault["type"], FaultKind.UNCLEAR), value)


def _plan(table: SittingTable) -> SittingPlan:
    own = {"programme", "owner", "windows", "subjects", "regions", "notices"}
    same = {name: getattr(table, name) for name in SittingTable.model_fields if name not in own}
    return SittingPlan(
        programme_code=table.programme,
        owner_code=table.owner,
        windows=_windows(table.windows),
        sessions=tuple(
            SessionPlan(one.level, one.subject, one.starts, one.ends)
            for one in table.subjects
            if one.starts is not None and one.ends is not None
        ),
        regions=tuple(map(_region, table.regions)),
        fees=_fees(
            FeeTable(**one.model_dump(exclude={"starts", "ends"})) for one in table.subjects if one.fee_fen is not None
        ),
        notices=tuple(NoticePlan(**notice.model_dump()) for notice in table.notices),
        **same,
    )


def _region(table: RegionTable) -> RegionPlan:
    return RegionPlan(
        authority_code=table.authority,
        sites=tuple(
            SitePlan(capacity=site.places, authority_code=site.city, **site.model_dump(exclude={"places", "city"}))
            for site in table.sites
        ),
        windows=_windows(table.windows),
        fees=_fees(table.fees),
        is_held=table.is_held,
    )


def _windows(tables: Mapping[WindowKind, WindowTable]) -> tuple[WindowPlan, ...]:
    return tuple(WindowPlan(kind, table.opens, table.closes) for kind, table in tables.items())


def _fees(tables: Iterable[FeeTable]) -> tuple[FeePlan, ...]:
    return tuple(FeePlan(table.level, table.subject, table.fee_fen) for table in tables)
