"""A refusal that was kept reads as it did when it was raised."""

import json
from datetime import UTC, date, datetime

import pytest

from jinbang.application.errors import ApplicationIncomplete
from jinbang.application.rules import Task
from jinbang.audit.errors import TaskUnknown
from jinbang.audit.refusals import kept_fields, kept_refusal
from jinbang.kernel.errors import DomainError
from jinbang.people.errors import NotAppointed
from jinbang.portal.problems import sentence_of, title_of
from jinbang.seating.errors import PaymentStillOpen, RoomsTooFew, UnprintableName
from jinbang.sittings.errors import WindowClosed
from jinbang.sittings.states import WindowKind

CLOSES = datetime(2026, 4, 7, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "refusal",
    [
        PaymentStillOpen(closes=CLOSES),
        RoomsTooFew(site="第1考点", needed=31, available=30),
        UnprintableName(characters=("U+20BB7", "U+3FFFD")),
        ApplicationIncomplete(missing=(Task.PHOTO, Task.SITE)),
        WindowClosed(kind=WindowKind.PAYMENT, opens=CLOSES, closes=CLOSES),
        NotAppointed(roles=()),
    ],
    ids=lambda refusal: refusal.code,
)
def test_the_sentence_is_the_same_after_it_was_kept(refusal: DomainError) -> None:
    stored = json.loads(json.dumps(kept_fields(refusal)))
    kept = kept_refusal(refusal.code, stored)
    assert kept.code == refusal.code
    assert sentence_of(kept) == sentence_of(refusal)
    assert title_of(kept) == title_of(refusal)


def test_days_and_nothing_are_kept_too() -> None:
    fields = {"day": date(2026, 4, 7), "nobody": None, "is_so": True}
    assert kept_refusal("x", kept_fields(DomainError(**fields))).fields == fields


@pytest.mark.parametrize("name", ["os.system", "jinbang.audit.long_work.run_next"])
def test_a_word_of_anything_but_our_enumerations_is_not_called(name: str) -> None:
    with pytest.raises(TaskUnknown):
        kept_refusal("x", {"word": {"word": "true", "of": name}})
