"""Synthetic people: valid, different, and the same for the same seed."""

from itertools import combinations

import pytest

from jinbang.application.photo_likeness import are_alike
from jinbang.kernel.identity import DocumentKind, birth_date, parse_number
from jinbang.kernel.masking import mask_name
from jinbang.portal.rehearsal import portraits
from jinbang.portal.rehearsal.characters import characters
from jinbang.portal.rehearsal.portraits import KINDS, portrait


def test_the_same_seed_makes_the_same_people_and_another_seed_makes_others() -> None:
    first = list(characters(300, seed=7))
    assert first == list(characters(300, seed=7))
    assert {one.number for one in first}.isdisjoint({one.number for one in characters(300, seed=8)})


def test_everybody_has_a_valid_document_of_their_own_that_states_their_birth() -> None:
    people = list(characters(3_000, seed=1))
    assert len({one.number for one in people}) == len(people)
    assert len({one.phone for one in people}) == len(people)
    for one in people:
        parsed = parse_number(one.number, kind=one.kind)
        assert birth_date(parsed) in {one.born_on, None}


def test_rosters_hold_what_real_ones_hold() -> None:
    people = list(characters(3_000, seed=1))
    kinds = {one.kind for one in people}
    assert kinds >= set(DocumentKind) - {DocumentKind.MILITARY_ID}
    assert any("·" in one.name for one in people)
    assert any("䶮" in one.name or "㛃" in one.name for one in people)
    assert any(one.name.isascii() for one in people)
    assert all(mask_name(one.name) != one.name for one in people)


def test_portraits_are_small_jpegs_that_differ() -> None:
    pictures = {portrait(number).sha256 for number in range(6)}
    assert len(pictures) == 6
    assert all(len(portrait(number).jpeg) <= 20 * 1024 for number in range(6))


PEOPLE = 400
"""More than there are drawings several times over: who shares a drawing must differ as well."""


def pairs_alike() -> list[tuple[int, int]]:
    likenesses = [portrait(number).likeness for number in range(PEOPLE)]
    return [
        (one, other) for one, other in combinations(range(PEOPLE), 2) if are_alike(likenesses[one], likenesses[other])
    ]


def test_no_two_people_of_a_rehearsal_are_flagged_as_one() -> None:
    assert PEOPLE > 4 * KINDS
    assert pairs_alike() == []


def test_without_a_light_of_their_own_unrelated_people_are_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portraits, "_lit", lambda picture, _random: picture)
    assert pairs_alike()


def test_a_person_has_the_same_portrait_at_every_sitting_and_nobody_else_has_it() -> None:
    assert portrait(7).jpeg == portrait(7).jpeg
    assert portrait(7).sha256 != portrait(7 + KINDS).sha256
