"""The iCalendar feed of a sitting: an entry for every opening, every deadline and every session (RFC 5545).

A program that has subscribed must see an extension as a change of the entry it knows: the UID names sitting, exam
region and kind, never a row, and SEQUENCE grows with every version of the window.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings import queries
from jinbang.sittings.labels import moment, window_label
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState, WindowKind

PRODUCT: Final = "-//Jinbang//Examination calendar//ZH"
REFRESH: Final = timedelta(hours=6)
LONGEST_MARK: Final = timedelta(hours=1)
"""How long the entry of an opening or a deadline is: long enough to be seen, short enough not to fill a day."""


@dataclass(frozen=True)
class CalendarWindow:
    """One window for the feed. `versions` counts every version that ever stood in its place."""

    kind: WindowKind
    opens: datetime
    closes: datetime
    changed_at: datetime
    versions: int


@dataclass(frozen=True)
class CalendarSession:
    """One session for the feed."""

    key: str
    title: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class CalendarFeed:
    """Everything the feed says about one sitting, in one exam region or in general."""

    code: str
    region_code: str
    name: str
    page: str
    host: str
    is_cancelled: bool
    windows: tuple[CalendarWindow, ...]
    sessions: tuple[CalendarSession, ...]

    @property
    def changed_at(self) -> datetime:
        """When the latest window was written; the first session's time where there is no window."""
        moments = [window.changed_at for window in self.windows] or [session.starts for session in self.sessions]
        return max(moments)


def calendar_feed(feed: CalendarFeed) -> bytes:
    """Return the feed as bytes; the same facts give the same bytes."""
    calendar = Calendar()
    for name, value in _properties(feed).items():
        calendar.add(name, value)
    for window in feed.windows:
        calendar.add_component(_opening(feed, window))
        calendar.add_component(_deadline(feed, window))
    for session in feed.sessions:
        calendar.add_component(_session(feed, session))
    if feed.windows or feed.sessions:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _properties(feed: CalendarFeed) -> Mapping[str, object]:
    return {
        "prodid": PRODUCT,
        "version": "2.0",
        "method": "PUBLISH",
        "name": feed.name,
        "x-wr-calname": feed.name,
        "x-wr-timezone": SHANGHAI.key,
        "refresh-interval": REFRESH,
    }


def _opening(feed: CalendarFeed, window: CalendarWindow) -> Event:
    label = window_label(window.kind)
    return _event(
        feed,
        key=f"{window.kind.value}-opens",
        title=_("%(label)s开始：%(name)s") % {"label": label, "name": feed.name},
        span=(window.opens, min(window.opens + LONGEST_MARK, window.closes)),
        about=_("%(label)s自%(opens)s起。") % {"label": label, "opens": moment(window.opens)},
        changed=(window.changed_at, window.versions - 1),
    )


def _deadline(feed: CalendarFeed, window: CalendarWindow) -> Event:
    # The entry ends at the deadline. Beginning there, one at 24:00 would be shown on the day that is too late.
    label = window_label(window.kind)
    closes = moment(window.closes, closing=True)
    return _event(
        feed,
        key=f"{window.kind.value}-closes",
        title=_("%(label)s截止：%(name)s") % {"label": label, "name": feed.name},
        span=(max(window.closes - LONGEST_MARK, window.opens), window.closes),
        about=_("%(label)s于%(closes)s截止，逾期不再办理。") % {"label": label, "closes": closes},
        changed=(window.changed_at, window.versions - 1),
    )


def _session(feed: CalendarFeed, session: CalendarSession) -> Event:
    return _event(
        feed,
        key=f"session-{session.key}",
        title=_("考试：%(title)s") % {"title": session.title},
        span=(session.starts, session.ends),
        about=_("考点、考场和座位以准考证为准。"),
        changed=(feed.changed_at, 0),
    )


def _event(
    feed: CalendarFeed,
    *,
    key: str,
    title: str,
    span: tuple[datetime, datetime],
    about: str,
    changed: tuple[datetime, int],
) -> Event:
    event = Event()
    at, sequence = changed
    place = feed.region_code or "all"
    event.add("uid", f"{feed.code}.{place}.{key}@{feed.host}")
    event.add("dtstamp", at)
    event.add("last-modified", at)
    event.add("sequence", sequence)
    event.add("dtstart", span[0].astimezone(SHANGHAI))
    event.add("dtend", span[1].astimezone(SHANGHAI))
    event.add("summary", title)
    event.add("description", f"{about}\n{feed.page}")
    event.add("url", feed.page)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if feed.is_cancelled else "CONFIRMED")
    return event


def sitting_feed(sitting: Sitting, region: ExamRegion | None, *, site: str) -> CalendarFeed:
    """Return the facts of a sitting's feed, in an exam region or in general; `site` is our address. Three queries."""
    versions = queries.window_versions(sitting, region)
    rows = queries.windows_of(region) if region else queries.windows_of_sitting(sitting)
    programme = sitting.programme_version.programme
    query = f"?region={region.authority.code}" if region else ""
    return CalendarFeed(
        code=sitting.code,
        region_code=region.authority.code if region else "",
        name=sitting.name,
        page=f"{site}{resolve_url('sittings:exam', sitting.code)}{query}",
        host=urlsplit(site).hostname or "localhost",
        is_cancelled=sitting.state == SittingState.CANCELLED,
        windows=tuple(
            CalendarWindow(kind, window.opens, window.closes, window.created_at, versions[kind])
            for kind, window in rows.items()
        ),
        sessions=tuple(
            CalendarSession(
                key=f"{session.level_code}-{session.subject_code}",
                title=programme.subject(session.subject_code, level=session.level_code).name,
                starts=session.starts,
                ends=session.ends,
            )
            for session in queries.sessions_of(sitting)
        ),
    )
