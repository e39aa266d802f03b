"""The districts in which people on a roster are registered, by their codes (GB/T 2260). Reads only."""

from typing import Final

from jinbang.people.queries import authorities_below, find_authority
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


def district_name(code: str) -> str:
    """Return the name of the authority with this region code, and the code; the code alone where it is unknown."""
    authority = find_authority(code)
    return f"{authority.name}（{code}）" if authority is not None else code
