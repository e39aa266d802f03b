"""A photo as a reviewer reads it: what the server saw in words, who else looks like this. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from jinbang.application import photo_versions, photo_words
from jinbang.application.models import Application, Photo
from jinbang.application.photo_versions import Alike
from jinbang.application.photo_words import FindingLine
from jinbang.people.queries import Staff


@dataclass(frozen=True)
class PhotoReport:
    """What the partial of a photo's findings shows."""

    photo: Photo
    doubts: tuple[FindingLine, ...]
    fine: tuple[FindingLine, ...]
    alike: Alike

    @property
    def is_judged(self) -> bool:
        """Whether the server looked at it: not at photos that came in a group entry."""
        return bool(self.doubts or self.fine)


def report_of(photo: Photo, *, by: Staff) -> PhotoReport:
    """Return the report of one version of a photo. At most two queries."""
    findings = photo_versions.findings_of(photo)
    doubts = photo_versions.doubts_of(photo)
    fine = tuple(one for one in findings if one not in doubts)
    return PhotoReport(
        photo, photo_words.lines_of(doubts), photo_words.lines_of(fine), photo_versions.photos_alike(photo, by=by)
    )


@dataclass(frozen=True)
class PhotoOfCase:
    """What a case shows of its photo: the report, if there is a photo, and whether a change can be proposed now."""

    report: PhotoReport | None
    may_change: bool


def photo_of_case(application: Application, *, by: Staff, now: datetime) -> PhotoOfCase:
    """Return what a case shows of its photo. At most three queries."""
    photo = photo_versions.find_current(application)
    report = report_of(photo, by=by) if photo is not None else None
    return PhotoOfCase(report, photo_versions.may_propose(application, now=now))
