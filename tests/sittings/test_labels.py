"""Words: every word has one, and instants read as people write them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings import labels
from jinbang.sittings.errors import Gap, GapKind
from jinbang.sittings.rules import Phase, Step, Turn, WindowFacts, window_of_dates
from jinbang.sittings.states import NoticeKind, SitePolicy, SittingEvent, SittingState, WindowKind


@pytest.mark.parametrize(
    "instant,opening,closing",
    [
        (datetime(2017, 4, 8, tzinfo=SHANGHAI), "2017年4月8日（星期六）00:00", "2017年4月7日（星期五）24:00"),
        (datetime(2017, 4, 7, 16, tzinfo=UTC), "2017年4月8日（星期六）00:00", "2017年4月7日（星期五）24:00"),
        (datetime(2017, 4, 7, 16, 30, tzinfo=SHANGHAI), "2017年4月7日（星期五）16:30", "2017年4月7日（星期五）16:30"),
        (datetime(2026, 1, 1, tzinfo=SHANGHAI), "2026年1月1日（星期四）00:00", "2025年12月31日（星期三）24:00"),
        (datetime(2024, 3, 1, tzinfo=SHANGHAI), "2024年3月1日（星期五）00:00", "2024年2月29日（星期四）24:00"),
    ],
)
def test_midnight_closes_the_day_before_and_opens_the_day_itself(instant: datetime, opening: str, closing: str) -> None:
    assert labels.moment(instant) == opening
    assert labels.moment(instant, closing=True) == closing


def test_the_days_of_an_examination_are_named_without_hours() -> None:
    opens, closes = window_of_dates(date(2017, 5, 20), date(2017, 5, 21))
    two_days = WindowFacts(WindowKind.EXAMINATION, opens, closes)
    assert (labels.beginning(two_days), labels.ending(two_days)) == (
        "2017年5月20日（星期六）",
        "2017年5月21日（星期日）",
    )
    assert not two_days.is_one_day
    assert WindowFacts(WindowKind.EXAMINATION, opens, opens + timedelta(days=1)).is_one_day
    to_the_hour = WindowFacts(WindowKind.EXAMINATION, opens, closes - timedelta(hours=7))
    assert labels.ending(to_the_hour) == "2017年5月21日（星期日）17:00"
    payment = WindowFacts(WindowKind.PAYMENT, opens, closes)
    assert (labels.beginning(payment), labels.ending(payment)) == (
        "2017年5月20日（星期六）00:00",
        "2017年5月21日（星期日）24:00",
    )


def test_every_word_has_its_label() -> None:
    for words in (WindowKind, SittingState, NoticeKind, SitePolicy, Phase, Turn):
        for word in words:
            assert labels.label_of(word)
    assert {step for step in Step if step not in labels.STEPS} == {Step.NONE}


def test_every_event_of_the_history_has_a_label() -> None:
    for event in ("create", *SittingEvent):
        assert labels.event_label(event) != str(event)
    assert labels.event_label("unheard of") == "unheard of"


@pytest.mark.parametrize("kind", list(GapKind))
def test_every_gap_has_a_sentence_that_says_what_to_do(kind: GapKind) -> None:
    what = WindowKind.PAYMENT.value if kind is GapKind.WINDOW else "基础知识"
    sentence = labels.gap_sentence(Gap(kind, what))
    assert sentence.endswith("。")
    assert "请" in sentence
    assert "%" not in sentence
