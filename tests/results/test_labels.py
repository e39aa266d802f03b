"""Every word that a page may have to say stands in its table."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from jinbang.results import labels
from jinbang.results.actions import passes, recompute
from jinbang.results.queries import DRAFTED, SIGNED
from jinbang.results.states import MarkStatus, Overall, ReleaseEvent, Verdict, YearStatus


@pytest.mark.parametrize(
    "words, of",
    [
        (labels.OVERALLS, Overall),
        (labels.OVERALL_COLOURS, Overall),
        (labels.VERDICTS, Verdict),
        (labels.MARK_STATUSES, MarkStatus),
        (labels.YEARS, YearStatus),
    ],
)
def test_a_table_has_a_word_for_each(words: Mapping[StrEnum, object], of: type[StrEnum]) -> None:
    assert set(words) == set(of)


def test_whatever_happens_to_a_release_has_a_word() -> None:
    happens = {*ReleaseEvent, DRAFTED, SIGNED, recompute.RECOMPUTED, passes.NOTED}
    assert happens <= set(labels.RELEASE_EVENTS)
