"""Reads of the catalogue. Programmes are public: no loader here asks who reads."""

from datetime import date

from jinbang.catalogue.errors import ProgrammeUnknown
from jinbang.catalogue.models import ProgrammeVersion

IN_ORDER = ("code", "-effective_from", "-loaded_at", "-id")


def get_programme_version(code: str, *, on: date) -> ProgrammeVersion:
    """Return the version in force on a date: the latest begun by then, of those the one loaded last. One query.

    Refuses an unknown code, a date before the first version, and a date after the programme was closed.
    """
    version = ProgrammeVersion.objects.filter(code=code, effective_from__lte=on).order_by(*IN_ORDER).first()
    if version is None or _is_closed(version, on=on):
        raise ProgrammeUnknown(programme=code, on=on)
    return version


def latest_programme_versions() -> tuple[ProgrammeVersion, ...]:
    """Return the newest version of each programme, by code, closed ones and those not begun yet included. One query."""
    newest: dict[str, ProgrammeVersion] = {}
    for version in ProgrammeVersion.objects.order_by(*IN_ORDER):
        newest.setdefault(version.code, version)
    return tuple(newest.values())


def known_hashes() -> frozenset[tuple[str, str]]:
    """Return code and content hash of every version there is. One query."""
    return frozenset(ProgrammeVersion.objects.values_list("code", "sha256"))


def _is_closed(version: ProgrammeVersion, *, on: date) -> bool:
    closed_on = version.programme.closed_on
    return closed_on is not None and on > closed_on
