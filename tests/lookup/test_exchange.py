"""The form of a query: read as the standard library reads it, within bounds, by whichever of the two ways."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.lookup import exchange
from jinbang.lookup.errors import FormRefused
from jinbang.lookup.exchange import FIELDS, FORM_TYPE, Request, read_form
from tests.lookup.world import presolved

values = st.one_of(
    st.from_regex(r"[0-9A-Za-z]{0,20}", fullmatch=True),
    st.text("林小满·阿é𠮷", max_size=10),
    st.text(st.characters(codec="utf-8", min_codepoint=0x20, exclude_characters="\x7f"), max_size=14),
)
forms = st.one_of(
    st.dictionaries(st.sampled_from(sorted(FIELDS)), values),
    st.fixed_dictionaries(
        {"ticket_number": values, "document_number": values}, optional={"name": values, "altcha": values}
    ),
)


def asked(body: bytes, kind: str = FORM_TYPE) -> Request:
    return Request("POST", "/lookup/r", "203.0.113.9", {"content-type": kind}, body)


@given(forms)
def test_a_form_is_read_as_the_standard_library_reads_it(form: dict[str, str]) -> None:
    body = urlencode(form).encode()
    expected = {**dict.fromkeys(FIELDS, ""), **dict(parse_qsl(body.decode(), keep_blank_values=True))}
    if any(len(value) > FIELDS[name] for name, value in form.items()):
        with pytest.raises(FormRefused):
            read_form(asked(body))
    else:
        assert read_form(asked(body)) == expected


@given(st.from_regex(exchange._USUAL, fullmatch=True))
def test_the_short_way_reads_what_the_long_way_reads(body: bytes) -> None:
    assert by_either(lambda: read_form(asked(body))) == by_either(lambda: exchange._read_any(body))


def by_either(read: object) -> object:
    """Return what was read, or that it was refused."""
    assert callable(read)
    try:
        return read()
    except FormRefused as refusal:
        return refusal.fields["problem"]


def test_what_the_page_sends_goes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a name and without. The control: a letter of ASCII in the name takes the long way."""
    monkeypatch.setattr(exchange, "_read_any", lambda _body: {"long": "way"})
    form = {"ticket_number": "261403012345", "document_number": "11010519491231002X", "name": "林小满"}
    form["altcha"] = presolved(b"key")
    assert read_form(asked(urlencode(form).encode()))["name"] == "林小满"
    assert read_form(asked(urlencode({**form, "name": "Lin"}).encode())) == {"long": "way"}
    del form["name"]
    assert read_form(asked(urlencode(form).encode()))["altcha"] == form["altcha"]


@pytest.mark.parametrize(
    "body, problem",
    [
        (b"x" * 8_193, "too_large"),
        (b"ticket_number=1&ticket_number=2", "malformed"),
        (b"ticket_number=1&other=2", "malformed"),
        (b"ticket_number=" + b"1" * 65, "malformed"),
        (b"ticket_number=1&document_number=2&name=%E6%9E&altcha=", "malformed"),
        (b"ticket_number=%00", "malformed"),
        (b"ticket_number=1%0A", "malformed"),
        (b"ticket_number=1 2", "malformed"),
        (b"ticket_number=\xe6\x9e\x97", "malformed"),
        (b"ticket%5Fnumber=1", "malformed"),
        (b"&".join([b""] * 13), "malformed"),
        (b"name=%FF", "malformed"),
    ],
)
def test_anything_else_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(FormRefused) as refusal:
        read_form(asked(body))
    assert refusal.value.fields["problem"] == problem


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", f"x{FORM_TYPE}"])
def test_any_other_type_is_refused(kind: str) -> None:
    with pytest.raises(FormRefused):
        read_form(asked(b"", kind))


@pytest.mark.parametrize("kind", [f"{FORM_TYPE}; charset=UTF-8", FORM_TYPE.upper(), f" {FORM_TYPE} "])
def test_its_type_may_be_written_otherwise(kind: str) -> None:
    assert read_form(asked(b"name=%E6%9E%97", kind))["name"] == "林"
