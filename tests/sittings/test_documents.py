"""The calendar feed can be read by a program, holds every deadline, and changes an entry instead of adding one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings import actions, queries
from jinbang.sittings.documents import LONGEST_MARK, calendar_feed, sitting_feed
from jinbang.sittings.models import ExamRegion, Sitting
from tests.cast import NOW, Cast
from tests.sittings.plans import NATIONAL, SHANXI, at, publish
from tests.sittings.test_actions import LATER, extend

pytestmark = pytest.mark.django_db

PUBLIC_URL = "https://exam.example.cn"


@dataclass(frozen=True)
class Entry:
    """One entry as a calendar program reads it."""

    starts: datetime
    ends: datetime
    zone: str
    sequence: int
    changed: datetime
    status: str
    address: str
    about: str


def entry(event: Any) -> Entry:  # noqa: ANN401  # the library's own component
    return Entry(
        starts=event["dtstart"].dt,
        ends=event["dtend"].dt,
        zone=event["dtstart"].params["tzid"],
        sequence=int(event["sequence"]),
        changed=event["last-modified"].dt,
        status=str(event["status"]),
        address=str(event["url"]),
        about=str(event["description"]),
    )


def events(sitting: Sitting, region: ExamRegion | None = None) -> dict[str, Entry]:
    read = Calendar.from_ical(calendar_feed(sitting_feed(sitting, region, site=PUBLIC_URL)))
    return {str(event["uid"]): entry(event) for event in read.walk("VEVENT")}


def uid(what: str, place: str = "all", sitting: str = SHANXI.code) -> str:
    return f"{sitting}.{place}.{what}@exam.example.cn"


def test_the_feed_holds_every_opening_every_deadline_and_every_session(cast: Cast) -> None:
    sitting = publish()
    found = events(sitting)
    assert len(found) == 2 * len(SHANXI.windows) + len(SHANXI.sessions)
    for kind, window in queries.windows_of_sitting(sitting).items():
        assert found[uid(f"{kind.value}-opens")].starts == window.opens
        assert found[uid(f"{kind.value}-closes")].ends == window.closes
    session = found[uid("session-level-2-basics")]
    assert (session.starts, session.ends) == (SHANXI.sessions[0].starts, SHANXI.sessions[0].ends)


def test_a_deadline_at_midnight_lies_on_the_day_that_it_ends(cast: Cast) -> None:
    deadline = events(publish())[uid("payment-closes")]
    assert deadline.starts == at(date(2026, 4, 7), 23)
    assert deadline.ends - deadline.starts == LONGEST_MARK
    assert "2026年4月7日（星期二）24:00" in deadline.about
    assert deadline.zone == SHANGHAI.key


def test_an_extension_keeps_the_entry_and_raises_its_sequence(cast: Cast) -> None:
    sitting = publish()
    before = events(sitting)[uid("application-closes")]
    extend(sitting, by=SYSTEM, now=NOW + timedelta(days=1))
    after = events(sitting)[uid("application-closes")]
    assert (before.sequence, after.sequence) == (0, 1)
    assert before.changed == NOW
    assert after.changed == NOW + timedelta(days=1)
    assert after.ends == LATER
    assert set(events(sitting)) >= {uid("application-opens"), uid("payment-closes")}


def test_the_sequence_grows_when_a_region_leaves_the_sittings_window_for_its_own(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    region = queries.get_region(sitting, "14")
    name = uid("application-closes", "14", NATIONAL.code)
    seen = [events(sitting, region)[name].sequence]
    extend(sitting, by=SYSTEM)
    seen.append(events(sitting, region)[name].sequence)
    extend(sitting, by=SYSTEM, region=region, closes=LATER + timedelta(days=1))
    seen.append(events(sitting, region)[name].sequence)
    assert seen == [0, 1, 2]


def test_a_region_with_a_window_of_its_own_has_a_feed_of_its_own(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    chongqing = queries.get_region(sitting, "50")
    found = events(sitting, chongqing)[uid("application-closes", "50", NATIONAL.code)]
    assert found.ends == at(date(2026, 4, 4), 0)
    assert found.address == f"{PUBLIC_URL}/exams/{NATIONAL.code}/?region=50"


def test_the_same_facts_give_the_same_bytes(cast: Cast) -> None:
    sitting = publish()
    assert calendar_feed(sitting_feed(sitting, None, site=PUBLIC_URL)) == calendar_feed(
        sitting_feed(sitting, None, site=PUBLIC_URL)
    )


def test_a_cancelled_sitting_cancels_its_entries(cast: Cast) -> None:
    sitting = actions.cancel_sitting(sitting_id=publish().pk, reason="不可抗力", by=SYSTEM, now=NOW)
    assert {found.status for found in events(sitting).values()} == {"CANCELLED"}
