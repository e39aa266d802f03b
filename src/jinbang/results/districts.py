"""The districts in which people on a roster are registered, by their codes (GB/T 2260). Reads only."""

from collections.abc import Iterable
from typing import Final

from jinbang.people.models import Authority
from jinbang.people.queries import authorities_below
from jinbang.results.models import RosterEntry
from jinbang.sittings.models import ExamRegion

_CITY_DIGITS: Final = 4
_COUNTY_DIGITS: Final = 6


def districts_of(region: ExamRegion) -> dict[str, str]:
    """Return code → name of the districts where people on the roster are registered, and of their cities.

    A city's code ends in 00; a line drawn for it holds in all of its counties. Two queries.
    """
    codes = set(RosterEntry.objects.filter(region=region).order_by().values_list("district", flat=True).distinct())
    below = {authority.code: authority.name for authority in authorities_below(region.authority.path)}
    codes |= {f"{code[:_CITY_DIGITS]}00" for code in codes if len(code) == _COUNTY_DIGITS}
    return {code: below.get(code, code) for code in sorted(codes) if code and code != region.authority.code}


def district_names(codes: Iterable[str]) -> dict[str, str]:
    """Return code → name with the code, for each of these codes; the code alone where it is unknown. One query.

    A city is known by its code with or without the two zeros at the end, whichever way its authority has it.
    """
    sought = {code for code in codes if code}
    spellings = {code: (code, *([code[:_CITY_DIGITS]] if _is_whole_city(code) else [])) for code in sought}
    wanted = {one for some in spellings.values() for one in some}
    known = dict(Authority.objects.filter(code__in=wanted).values_list("code", "name"))
    names = {code: next((known[one] for one in some if one in known), None) for code, some in spellings.items()}
    return {code: f"{names[code]}（{code}）" if names[code] else code for code in sorted(sought)}


def _is_whole_city(code: str) -> bool:
    return len(code) == _COUNTY_DIGITS and code.endswith("00")


def district_name(code: str) -> str:
    """Return the same of one code. One query."""
    return district_names([code]).get(code, code)
