"""Canonical text: one for one meaning, as RFC 8785 writes it."""

import hashlib
import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.digests import EXACT_INTEGER_MAX, Json, canonical_json, content_hash, sha256_hex


@pytest.mark.parametrize(
    "value,text",
    [
        (None, "null"),
        ({"b": 1, "a": True}, '{"a":true,"b":1}'),
        ([3, 1, "二"], '[3,1,"二"]'),
        ((), "[]"),
        ('\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),  # RFC 8785 §3.2.2
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'),  # by UTF-16 units, not by code points
        (EXACT_INTEGER_MAX, "9007199254740991"),
    ],
)
def test_one_meaning_has_one_text(value: Json, text: str) -> None:
    assert canonical_json(value) == text.encode()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-EXACT_INTEGER_MAX, EXACT_INTEGER_MAX) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def turned_round(value: object) -> object:
    """Return the same meaning with every mapping written in the opposite order."""
    if isinstance(value, Mapping):
        return {key: turned_round(value[key]) for key in reversed(list(value))}
    return [turned_round(item) for item in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(JSON_VALUES)
def test_order_does_not_count_and_nothing_is_lost(value: Json) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(turned_round(value)) == text  # type: ignore[arg-type]  # the oracle is typed loosely
    assert content_hash(value) == hashlib.sha256(text).digest()


@pytest.mark.parametrize("value", [0.5, float("nan"), b"x", {1: 2}, {"a": object()}, [1, 2.0]])
def test_what_has_no_canonical_form_is_a_fault(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)  # type: ignore[arg-type]  # that is the test


@pytest.mark.parametrize("value", [EXACT_INTEGER_MAX + 1, -EXACT_INTEGER_MAX - 1, "\ud800"])
def test_what_another_reader_would_read_otherwise_is_a_fault(value: Json) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # Python's own message for the lone surrogate is not ours
        canonical_json(value)


def test_hash_of_bytes_is_the_known_one() -> None:
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
