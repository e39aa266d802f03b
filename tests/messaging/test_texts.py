"""What is said: short enough, about which sitting, and nothing that must not go out by telephone."""

import re

import pytest

from jinbang.messaging.states import MessageKind
from jinbang.messaging.texts import BY_KIND, RELEASE, TEXTS, Text, find_kind

SITTING = "2026年度二级造价工程师（安装工程）职业资格考试"
FACTS = {
    "sitting": SITTING,
    "due": "10月24日24:00",
    "opens": "10月19日09:00",
    "number": "26146700000554833",
    "closes": "10月24日24:00",
    "fee": "¥1,132.00",
    "until": "10月24日24:00",
    "reason": "照片不符合要求，请上传本人近期免冠正面照片。",
}
LONGEST_SMS = 70

named = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.kind.value)


@named
def test_a_text_message_fits_into_one(text: Text) -> None:
    assert len(text.short(FACTS)) <= LONGEST_SMS


@pytest.mark.parametrize(
    "kind",
    [
        MessageKind.SUBMITTED,
        MessageKind.REFUSED,
        MessageKind.APPEALED,
        MessageKind.APPEAL_UPHELD,
        MessageKind.COMMITMENT_CHARGED,
        MessageKind.VIOLATION_NOTIFIED,
    ],
)
def test_it_fits_also_where_its_deadline_in_working_days_is_provisional(kind: MessageKind) -> None:
    until = f"{FACTS['due']}（暂定）"
    assert len(BY_KIND[kind].short({**FACTS, "due": until, "appeal": until, "until": until})) <= LONGEST_SMS


@named
def test_a_text_message_says_which_sitting_and_ends_with_a_full_stop(text: Text) -> None:
    assert text.short(FACTS).startswith(f"{SITTING}：")
    assert text.short(FACTS).endswith("。")


@named
def test_nothing_that_goes_out_has_a_link_or_asks_to_sign_in(text: Text) -> None:
    for said in (text.short(FACTS), text.full(FACTS)):
        assert re.search(r"https?:|www\.|\.(cn|com)|/|登录|验证码|密码", said) is None


@named
def test_every_gap_is_filled_and_punctuation_is_full_width(text: Text) -> None:
    for said in (text.short(FACTS), text.full(FACTS)):
        assert "%(" not in said
        assert re.search(r"[,.;?!](?!\d)", said) is None


@named
def test_a_sentence_whose_gap_cannot_be_filled_is_left_out(text: Text) -> None:
    said = text.full({"sitting": SITTING})
    assert "%(" not in said
    assert "None" not in said


@pytest.mark.parametrize("kind", [MessageKind.RESULTS_OPEN, MessageKind.RESULTS_UPDATED])
def test_a_message_about_results_holds_no_number_but_those_of_the_sittings_name(kind: MessageKind) -> None:
    text = BY_KIND[kind]
    for said in (text.short(FACTS), text.full(FACTS)):
        assert re.search(r"\d|合格|通过", said.replace(SITTING, "")) is None


@pytest.mark.parametrize("kind", [MessageKind.RETURNED, MessageKind.REFUSED])
def test_a_reviewers_reason_is_read_in_the_inbox_and_never_on_a_telephone(kind: MessageKind) -> None:
    assert FACTS["reason"] in BY_KIND[kind].full(FACTS)
    assert FACTS["reason"] not in BY_KIND[kind].short(FACTS)


def test_every_kind_has_one_text_and_every_step_one_kind() -> None:
    assert set(BY_KIND) == set(MessageKind)
    said = {(text.kind, text.event, text.title, text.opening, text.by_phone, text.in_full) for text in TEXTS}
    assert len(said) == len(BY_KIND)  # of a ticket drawn here and of one that was handed over the same is said
    steps = [(text.subject_kind, text.event, text.only_from, text.again) for text in TEXTS]
    assert len(steps) == len(set(steps))


def test_a_step_is_told_by_what_it_left_and_by_whether_it_is_the_first() -> None:
    lapse = {"subject_kind": "application.application", "event": "lapse"}
    assert find_kind(**lapse, from_state="returned") is MessageKind.LAPSED_UNCORRECTED
    assert find_kind(**lapse, from_state="approved") is None  # its order lapses with it, and that is told
    first = find_kind(subject_kind=RELEASE, event="release", from_state="armed")
    second = find_kind(subject_kind=RELEASE, event="release", from_state="armed", again=True)
    assert (first, second) == (MessageKind.RESULTS_OPEN, MessageKind.RESULTS_UPDATED)
    assert find_kind(subject_kind=RELEASE, event="seal", from_state="validated") is None
