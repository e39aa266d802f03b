"""Sealing: a record opens by the release key and the inputs together, under the header it was published with."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.kernel.errors import SealBroken
from jinbang.lookup.cards import Shorthand
from jinbang.lookup.errors import RecordTooLong
from jinbang.lookup.sealing import OVERHEAD, QueryInputs, QueryKind, RecordSeal, new_release_key, normalise_ticket
from jinbang.lookup.snapshot import edition_of
from tests.lookup.world import CASES, HEADER, LIN

KEY = new_release_key()
EDITION = edition_of(HEADER)
INPUTS = LIN.entry.inputs


@pytest.mark.parametrize("who", sorted(CASES))
def test_every_card_comes_back_as_it_was(who: str) -> None:
    case = CASES[who]
    seal = RecordSeal(KEY, EDITION)
    record = seal.seal(case.entry.inputs, Shorthand(HEADER).encode(case.card), size=1024)
    assert Shorthand(HEADER).decode(seal.open(case.entry.inputs, record)) == case.card


def test_every_record_has_one_size() -> None:
    seal = RecordSeal(KEY, EDITION)
    sizes = {
        len(seal.seal(case.entry.inputs, Shorthand(HEADER).encode(case.card), size=768)) for case in CASES.values()
    }
    assert sizes == {768}


def test_a_card_too_long_is_refused_with_the_size_it_needs() -> None:
    seal = RecordSeal(KEY, EDITION)
    with pytest.raises(RecordTooLong) as refusal:
        seal.seal(INPUTS, b"x" * 256, size=256)
    assert refusal.value.fields["needed"] == 256 + OVERHEAD
    assert len(seal.seal(INPUTS, b"x" * (256 - OVERHEAD), size=256)) == 256


@pytest.mark.parametrize(
    "wrong",
    [
        replace(INPUTS, ticket_number="261403012346"),
        replace(INPUTS, document_number="110105194912310038"),
        replace(INPUTS, name="林大满"),
    ],
)
def test_with_the_release_key_and_the_record_other_inputs_open_nothing(wrong: QueryInputs) -> None:
    seal = RecordSeal(KEY, EDITION)
    record = seal.seal(INPUTS, b"mark", size=256)
    assert seal.open(INPUTS, record) == b"mark"
    with pytest.raises(SealBroken):
        seal.open(wrong, record)
    assert seal.locator(wrong) != seal.locator(INPUTS)


@pytest.mark.parametrize(
    "other",
    [
        RecordSeal(new_release_key(), EDITION),
        RecordSeal(KEY, replace(EDITION, release="another")),
        RecordSeal(KEY, replace(EDITION, version=2)),
        RecordSeal(KEY, replace(EDITION, environment="rehearsal")),
        RecordSeal(KEY, replace(EDITION, header_hash="0" * 64)),
    ],
    ids=["key", "release", "generation", "environment", "header"],
)
def test_with_the_right_inputs_another_key_or_edition_opens_nothing(other: RecordSeal) -> None:
    record = RecordSeal(KEY, EDITION).seal(INPUTS, b"mark", size=256)
    with pytest.raises(SealBroken):
        other.open(INPUTS, record)


def test_no_flipped_byte_goes_unnoticed() -> None:
    seal = RecordSeal(KEY, EDITION)
    record = seal.seal(INPUTS, b"mark", size=256)
    for position in range(len(record)):
        altered = bytearray(record)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            seal.open(INPUTS, bytes(altered))


def test_the_name_counts_only_where_the_release_asks_for_it() -> None:
    other = replace(INPUTS, name="林大满")
    asked = RecordSeal(KEY, EDITION)
    not_asked = RecordSeal(KEY, replace(EDITION, query_kind=QueryKind.TICKET_DOCUMENT))
    assert asked.locator(other) != asked.locator(INPUTS)
    assert not_asked.locator(other) == not_asked.locator(INPUTS)


@given(st.lists(st.text(max_size=8), min_size=3, max_size=3), st.lists(st.text(max_size=8), min_size=3, max_size=3))
def test_different_inputs_never_make_the_same_text(one: list[str], other: list[str]) -> None:
    kind = QueryKind.TICKET_DOCUMENT_NAME
    assert (QueryInputs(*one).message(kind) == QueryInputs(*other).message(kind)) == (one == other)


@pytest.mark.parametrize("typed", ["ab-12 34", "ＡＢ１２３４", " AB\u30001234 ", "ab1234"])
def test_a_ticket_number_has_one_written_form(typed: str) -> None:
    assert normalise_ticket(typed) == "AB1234"


def test_inputs_are_not_shown_in_representations() -> None:
    assert LIN.document not in repr(INPUTS)
    assert LIN.ticket not in repr(INPUTS)
    assert "林小满" not in repr(LIN.entry)
