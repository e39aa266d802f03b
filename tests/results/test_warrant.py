"""The warrant: one hash for one meaning, and which signatures count over it."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from jinbang.kernel.digests import Json, canonical_json
from jinbang.kernel.merkle import root
from jinbang.results.warrant import SignatureFacts, Warrant, hash_of, is_approved, root_of, valid_signatures

WARRANT = Warrant(
    release="sx-2026-14",
    sitting="s",
    region="r",
    generation=1,
    kind="marks_and_pass_mark",
    continues="",
    environment="production",
    row_count=3,
    marks_root="ab" * 32,
    scores_root="ef" * 32,
    control_sums="cd" * 32,
    pass_mark_hash="not-yet",
    opens_at="2026-03-11T02:00:00+00:00",
    sealed_at="2026-03-10T02:00:00+00:00",
    nonce="00" * 16,
)
HASH = hash_of(WARRANT.facts())
NOBODY: frozenset[str] = frozenset()


def signature(officer: str, unit: str, *, over: str = HASH, claims: str | None = None) -> SignatureFacts:
    key = Ed25519PrivateKey.generate()
    return SignatureFacts(
        officer_id=officer,
        unit=unit,
        public_key=key.public_key().public_bytes_raw().hex(),
        signature=key.sign(bytes.fromhex(over)).hex(),
        warrant_hash=claims or over,
    )


@pytest.mark.parametrize("name", list(WARRANT.facts()))
def test_any_change_of_the_description_changes_its_hash(name: str) -> None:
    facts = WARRANT.facts()
    assert hash_of({**facts, name: 2 if isinstance(facts[name], int) else "other"}) != HASH


def test_two_non_authors_of_two_units_over_this_hash_approve() -> None:
    both = (signature("a", "考务处"), signature("b", "信息处"))
    assert is_approved(both, warrant_hash=HASH, author_ids=NOBODY)
    assert not is_approved(both[:1], warrant_hash=HASH, author_ids=NOBODY)


def test_an_author_one_officer_twice_and_one_unit_twice_do_not_count() -> None:
    first = signature("a", "考务处")
    assert not is_approved((first, signature("b", "信息处")), warrant_hash=HASH, author_ids=frozenset({"b"}))
    assert not is_approved((first, signature("a", "信息处")), warrant_hash=HASH, author_ids=NOBODY)
    assert not is_approved((first, signature("b", "考务处")), warrant_hash=HASH, author_ids=NOBODY)
    third = (first, signature("b", "考务处"), signature("c", "信息处"))
    assert [s.officer_id for s in valid_signatures(third, warrant_hash=HASH, author_ids=NOBODY)] == ["a", "c"]


def test_a_signature_over_another_hash_counts_for_nothing_whatever_it_claims() -> None:
    other = "11" * 32
    first = signature("a", "考务处")
    assert not is_approved((first, signature("b", "信息处", over=other)), warrant_hash=HASH, author_ids=NOBODY)
    forged = signature("b", "信息处", over=other, claims=HASH)
    assert not is_approved((first, forged), warrant_hash=HASH, author_ids=NOBODY)


def test_without_the_binding_to_the_hash_an_edit_would_keep_its_signatures() -> None:
    """The twin: the same signatures, asked about without the hash they were made over, carry an edited warrant out."""
    both = (signature("a", "考务处"), signature("b", "信息处"))
    edited = hash_of(replace(WARRANT, marks_root="ef" * 32).facts())
    unbound = tuple(replace(s, warrant_hash=edited) for s in both)
    assert not is_approved(both, warrant_hash=edited, author_ids=NOBODY)
    assert not is_approved(unbound, warrant_hash=edited, author_ids=NOBODY)
    assert counted_without_binding(unbound) == 2


def counted_without_binding(signatures: tuple[SignatureFacts, ...]) -> int:
    """Count as a careless program would: by officer and unit, without looking at what was signed."""
    return min(len({s.officer_id for s in signatures}), len({s.unit for s in signatures}))


@pytest.mark.parametrize("broken", ["", "zz", "00"])
def test_garbage_in_a_signature_is_no_fault_and_counts_for_nothing(broken: str) -> None:
    good = signature("a", "考务处")
    for facts in (replace(good, signature=broken), replace(good, public_key=broken)):
        assert valid_signatures([facts], warrant_hash=HASH, author_ids=NOBODY) == ()
    assert valid_signatures([replace(good, warrant_hash=broken)], warrant_hash=broken, author_ids=NOBODY) == ()


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(st.characters(codec="utf-8"))),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("abcXYZ_"), inner)),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(["ticket_number", "overall", "subjects"]), values), max_size=5))
def test_leaves_are_the_canonical_form_of_outcomes(outcomes: list[dict[str, Json]]) -> None:
    assert root_of(outcomes) == root(canonical_json(outcome) for outcome in outcomes)


def test_order_and_content_of_outcomes_change_the_root() -> None:
    one: dict[str, Json] = {"ticket_number": "1", "overall": "passed"}
    two: dict[str, Json] = {"ticket_number": "2", "overall": "passed"}
    roots = {root_of(rows) for rows in ([one, two], [two, one], [one], [one, one], [], [one, {**two, "overall": "x"}])}
    assert len(roots) == 6
