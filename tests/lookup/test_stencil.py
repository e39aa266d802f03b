"""Pages that are drawn once and filled in: byte for byte what the renderer draws for that person alone."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.lookup import result_page
from jinbang.lookup.cards import Note, ResultCard, Shorthand, SubjectLine, kind_and_own
from jinbang.lookup.image_code import ImageCode
from jinbang.lookup.pages import MissPages, hints_of, miss_main, miss_title
from jinbang.lookup.query_form import Typed, text
from jinbang.lookup.result_page import Keeping, ResultPages, Shown, picture_button, result_main, title_of
from jinbang.lookup.shell import Shell
from jinbang.lookup.stencil import Stencil, as_html, gap
from jinbang.lookup.words import shown_subjects
from jinbang.results.states import MarkStatus, Overall, Verdict
from tests.lookup.world import CASES, HEADER, LIN

# A frame and a header with what formatting could take for its own.
FRAME = Shell("<html>100%<title>@@title@@</title><main>%b {0} @@main@@</main></html>")
TRAPS = replace(HEADER, title="100%b {0} <考试>", next_chance="%d & 明年")

typing = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
lines = st.builds(
    SubjectLine,
    code=st.sampled_from(sorted(TRAPS.subjects)),
    status=st.sampled_from([None, *MarkStatus]),
    verdict=st.sampled_from(Verdict),
    mark_hundredths=st.one_of(st.none(), st.sampled_from([0, 1, 8650]), st.integers(0, 15_000)),
    pass_mark_hundredths=st.sampled_from([None, 0, 6_000]),
    earned=st.sampled_from(["", "2025 年度<通过>"]),
    until=st.sampled_from(["", "保留至 2027 年度"]),
)
cards = st.builds(
    ResultCard,
    name=typing,
    document_masked=st.just("1**"),
    overall=st.sampled_from(Overall),
    subjects=st.lists(lines, max_size=5).map(tuple),
    level=st.sampled_from(["", "two", "unnamed"]),
    specialty=st.sampled_from(["", "two/<a>"]),
    track=st.sampled_from(["", "two//t"]),
    notes=st.lists(st.builds(Note, st.just("rolling"), st.tuples(st.just("2"), typing)), max_size=2).map(tuple),
)
typed_forms = st.builds(Typed, ticket_number=typing, document_number=typing, name=typing | st.just(""))


def drawn_alone(card: ResultCard, *, typed: Typed, receipt: str, keeping: Keeping) -> bytes:
    """Return the page as the renderer draws it for one person."""
    shown = Shown.of(card, typed=typed, receipt=receipt, picture_pass=keeping.picture_pass)
    subjects = shown_subjects(TRAPS, card)
    picture = picture_button(TRAPS, shown, at="", is_inside_app=keeping.is_inside_app)
    main = result_main(
        TRAPS, card, subjects=subjects, shown=shown, picture=picture, is_inside_app=keeping.is_inside_app
    )
    return FRAME.page(title=text(title_of(TRAPS)), main=main)


@given(cards, st.lists(st.tuples(typing, typed_forms, st.booleans()), min_size=1, max_size=3), st.data())
def test_everybody_of_a_kind_gets_the_page_that_would_be_drawn_for_them_alone(
    card: ResultCard, people: list[tuple[str, Typed, bool]], data: st.DataObject
) -> None:
    pages, shorthand = ResultPages(TRAPS, FRAME), Shorthand(TRAPS)
    for name, typed, is_inside_app in people:
        other = replace(card, name=name, subjects=tuple(line_like(line, data) for line in card.subjects))
        assert kind_and_own(shorthand.encode(other))[0] == kind_and_own(shorthand.encode(card))[0]
        keeping = Keeping("pass%_-", is_inside_app=is_inside_app)
        page = pages.page(shorthand.encode(other), typed=typed, receipt="2345-6789-ABCD", keeping=keeping)
        assert page == drawn_alone(other, typed=typed, receipt="2345-6789-ABCD", keeping=keeping)
    assert 1 <= len(pages._drawn) <= 2


def line_like(line: SubjectLine, data: st.DataObject) -> SubjectLine:
    """Return a line of the same kind with another mark: none stays none, and 0 stays 0."""
    return replace(line, mark_hundredths=data.draw(st.integers(1, 15_000))) if line.mark_hundredths else line


@pytest.mark.parametrize("who", CASES)
def test_every_status_is_filled_in_as_it_is_drawn(who: str) -> None:
    case = CASES[who]
    typed, keeping = Typed(**case.fields), Keeping("pass")
    pages = ResultPages(TRAPS, FRAME)
    for _ in range(2):  # drawn, then filled in
        page = pages.page(Shorthand(TRAPS).encode(case.card), typed=typed, receipt="R", keeping=keeping)
        assert page == drawn_alone(case.card, typed=typed, receipt="R", keeping=keeping)


@given(cards)
def test_a_card_survives_its_shorthand(card: ResultCard) -> None:
    assert Shorthand(TRAPS).decode(Shorthand(TRAPS).encode(card)) == card


def test_no_mark_zero_and_a_mark_are_three_kinds() -> None:
    shorthand = Shorthand(HEADER)
    first, second = LIN.card.subjects
    marks = [None, 0, 8650, 8651]
    changed = [replace(LIN.card, subjects=(replace(first, mark_hundredths=mark), second)) for mark in marks]
    kinds = [kind_and_own(shorthand.encode(card))[0] for card in changed]
    assert len(set(kinds)) == 3
    assert kinds[2] == kinds[3]


def test_what_is_drawn_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_page, "KINDS_DRAWN_MAX", 2)
    pages = ResultPages(HEADER, FRAME)
    for case in CASES.values():
        content = Shorthand(HEADER).encode(case.card)
        page = pages.page(content, typed=Typed(**case.fields), receipt="RECEIPT", keeping=Keeping("PASS")).decode()
        assert re.search("RECEIPT.*PASS|PASS.*RECEIPT", page)
        assert len(pages._drawn) <= 2
        (*_, stencil) = pages._drawn.values()
        frame = stencil._format.decode()
        assert not any(own in frame for own in (*case.fields.values(), "RECEIPT", "PASS", "86.5", "73.41"))


@given(typed_forms, st.lists(typing, max_size=3), st.booleans())
def test_a_miss_is_filled_in_as_it_is_drawn(typed: Typed, findings: list[str], show_code: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
    code = ImageCode("token%s", "三加四等于几？")
    page = MissPages(TRAPS, FRAME).page(code, typed=typed, findings=findings, receipt="R", show_code=show_code)
    main = miss_main(TRAPS, code, typed=typed, hints=hints_of(findings), receipt="R", show_code=show_code)
    assert page == FRAME.page(title=text(miss_title(TRAPS)), main=main)


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=5))
def test_values_become_html_each_by_itself_whatever_they_hold(values: list[str]) -> None:
    assert as_html(values) == [text(value).encode() for value in values]


def test_a_value_that_looks_like_a_gap_is_a_value() -> None:
    assert Stencil(f"a{gap(1)}b{gap(0)}c{gap(1)}%").filled([gap(1).encode(), b"%b"]) == b"a%bb\x001\x00c%b%"
