"""The contract of the lookup through both adapters; then its secrets: misses alike, nothing early, nothing twice."""

import base64
import html
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partialmethod
from urllib.parse import urlencode

import pytest
from PIL import Image

from jinbang.kernel.crypto import suites
from jinbang.kernel.identity import make_resident_id
from jinbang.lookup.challenge import ProofOfWork
from jinbang.lookup.gate import Gate
from jinbang.lookup.generations import Generation
from jinbang.lookup.limits import Misses, MissLimits
from jinbang.lookup.spent import ROOM, SpentTable, Use
from tests.lookup.conftest import directly
from tests.lookup.test_challenge import Clock
from tests.lookup.world import (
    CASES,
    FORM,
    HEADER,
    JSON,
    LIN,
    LIN_OLD_DOCUMENT,
    RELEASE,
    Answer,
    Ask,
    House,
    query,
    solve,
    without_echo,
    without_nonces,
)

TYPED = LIN.fields
MISSES: Mapping[str, Mapping[str, str]] = {
    "no such document": {**TYPED, "document_number": make_resident_id("110105", date(1949, 12, 31), 4)},
    "another ticket": {**TYPED, "ticket_number": "261403012346"},
    "another person's document": {**TYPED, "document_number": CASES["failed"].document},
    "another name": {**TYPED, "name": "林大满"},
    "nobody at all": {"ticket_number": "261403099999", "document_number": "H12345678", "name": "无名氏"},
    "the name of another": {**TYPED, "name": CASES["failed"].card.name},
}


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(CASES))
def test_right_inputs_show_status_and_words_of_everybody(carried: Ask, who: str) -> None:
    case = CASES[who]
    answer = query(carried, case.fields)
    assert answer.status == 200
    for word in case.words:
        assert word in answer.text
    assert f'data-overall="{case.card.overall.value}"' in answer.text


@pytest.mark.django_db
def test_json_and_page_come_from_one_record(carried: Ask) -> None:
    answer = query(carried, TYPED, json=True)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json["overall"] == "合格"
    assert answer.json["subjects"] == [
        {"name": "建设工程造价管理基础知识", "mark": "86.5", "status": "合格", "pass_mark": "60"},
        {"name": "建设工程计量与计价实务（安装工程）", "mark": "73.41", "status": "合格", "pass_mark": "60"},
    ]
    assert TYPED["document_number"] not in answer.text
    assert TYPED["name"] not in answer.text


@pytest.mark.django_db
def test_every_answer_is_uncacheable_framed_by_nobody_and_runs_nothing_foreign(carried: Ask) -> None:
    for answer in (
        carried("GET", "/lookup/"),
        carried("GET", f"/lookup/{RELEASE}"),
        carried("GET", "/lookup/challenge"),
        carried("GET", "/lookup/nothing-here"),
        query(carried, TYPED),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "'unsafe" not in answer.headers["content-security-policy"]
        assert "nonce-" not in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers


@pytest.mark.django_db
def test_list_form_and_problem_pages_answer(carried: Ask) -> None:
    assert HEADER.title in carried("GET", "/lookup/").text
    form = carried("GET", f"/lookup/{RELEASE}").text
    for name in ("ticket_number", "document_number", "name"):
        assert f'name="{name}"' in form
    assert 'autocomplete="name"' in form
    assert '<input type="hidden" name="altcha" value="">' in form
    assert carried("GET", "/lookup/nothing-here").status == 404
    assert carried("GET", "/lookup/../etc").status == 404
    head = carried("HEAD", "/lookup/")
    assert (head.status, head.body) == (200, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", [f"/lookup/{RELEASE}", "/lookup/", "/lookup/challenge"])
def test_another_method_is_refused_with_a_page_that_says_what_to_do(carried: Ask, method: str, path: str) -> None:
    answer = carried(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert answer.headers["content-type"].startswith("text/html")
    assert "不支持这种请求方式，请从列表中选择考试" in answer.text
    told = carried(method, path, JSON)
    assert (told.status, told.headers["allow"]) == (405, "GET, HEAD, POST")
    assert told.json["code"] == "method_refused"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "status, kind, body",
    [
        (413, FORM["content-type"], b"ticket_number=" + b"1" * 9000),
        (415, "application/json", b"{}"),
        (415, "multipart/form-data; boundary=x", b"--x--"),
        (400, FORM["content-type"], b"ticket_number=1&ticket_number=2"),
        (400, FORM["content-type"], b"ticket_number=" + b"1" * 65),
        (400, FORM["content-type"], b"name=%ff%fe"),
        (400, FORM["content-type"], b"name=%00"),
        (400, FORM["content-type"], "name=林".encode()),
        (400, FORM["content-type"], b"unknown=1"),
        (400, FORM["content-type"], b"unknown="),
        (400, FORM["content-type"], b"&".join(b"a%d=" % number for number in range(20))),
    ],
    ids=[
        "large",
        "json",
        "multipart",
        "twice",
        "long",
        "not utf-8",
        "nul",
        "not ascii",
        "unknown",
        "unknown and empty",
        "many",
    ],
)
def test_whatever_is_not_the_form_is_refused(*, carried: Ask, status: int, kind: str, body: bytes) -> None:
    assert carried("POST", f"/lookup/{RELEASE}", {"content-type": kind}, body=body).status == status


@pytest.mark.django_db
def test_the_image_code_serves_a_browser_without_script(carried: Ask) -> None:
    form = carried("GET", f"/lookup/{RELEASE}", JSON).json
    picture = carried("GET", str(form["image"]))
    assert (picture.status, picture.body[:4]) == (200, b"\x89PNG")
    total = sum("零一二三四五六七八九".index(sign) for sign in str(form["question"])[:3] if sign != "加")
    sent = {**TYPED, "image_code": str(total), "image_token": str(form["image_token"])}
    first = carried("POST", f"/lookup/{RELEASE}", FORM, body=urlencode(sent).encode())
    assert "73.41" in first.text
    again = carried("POST", f"/lookup/{RELEASE}", FORM, body=urlencode(sent).encode())
    assert again.status == 422
    assert "73.41" not in again.text
    assert 'name="image_code"' in again.text.split("<noscript")[0]


# ------------------------------------------------------------------------------------------------ what people type


@pytest.mark.parametrize(
    "changed",
    [
        {"document_number": LIN_OLD_DOCUMENT},
        {"document_number": "１１０１０５１９４９１２３１００２ｘ"},
        {"document_number": " 110105 19491231 002x "},
        {"ticket_number": "２６１４０３０１２３４５"},
        {"ticket_number": "2614 0301 2345"},
        {"name": "林　小满"},
        {"name": " 林小满 "},
    ],
)
def test_what_is_typed_differently_and_means_rightly_is_understood(ask: Ask, changed: Mapping[str, str]) -> None:
    assert "73.41" in query(ask, {**TYPED, **changed}).text


def test_an_empty_field_gets_a_sentence_and_keeps_the_others(ask: Ask) -> None:
    answer = query(ask, {**TYPED, "ticket_number": " - "})
    assert answer.status == 422
    assert "请填写准考证号。" in answer.text
    assert f'value="{TYPED["document_number"]}"' in answer.text


def test_what_was_typed_is_shown_in_full_only_behind_the_checkbox(ask: Ask) -> None:
    page = query(ask, TYPED).text
    assert f'<span class="jb-full">{TYPED["document_number"]}</span>' in page
    shown = re.sub('<input type="hidden"[^>]*>', "", page)  # what the button for the picture sends is never shown
    assert shown.count(TYPED["document_number"]) == 1
    assert shown.count(TYPED["ticket_number"]) == 1
    assert shown.count(TYPED["name"]) == 1
    assert '<span class="jb-masked">110***********002X</span>' in page
    assert page.index('type="checkbox" id="reveal"') < page.index("jb-full")


def test_zero_and_absent_are_different_words(ask: Ask) -> None:
    zero, absent = query(ask, CASES["zero"].fields).text, query(ask, CASES["absent"].fields).text
    assert 'data-mark="0"' in zero
    assert "缺考</p>" not in zero
    assert 'data-mark=""' in absent
    assert "<strong>0</strong>" not in absent


def test_those_who_passed_stand_on_the_golden_list_and_nobody_else(ask: Ask) -> None:
    golden = {who for who, case in CASES.items() if '<section class="jb-golden"' in query(ask, case.fields).text}
    assert golden == {"passed", "retained", "exempt"}


def test_whoever_did_not_pass_reads_what_is_kept_and_the_next_chance_before_the_word(ask: Ask) -> None:
    page = query(ask, CASES["partial"].fields).text
    assert page.index("保留至 2027 年度") < page.index("下一次机会") < page.index('id="overall"')


def test_names_and_inputs_are_escaped_everywhere(ask: Ask) -> None:
    for fields in (CASES["hostile"].fields, {**TYPED, "name": '"><script>alert(1)</script>', "ticket_number": '"><b>'}):
        page = query(ask, fields).text
        assert "<script>" not in page
        assert "<b>" not in page


# ------------------------------------------------------------------------------------------------ misses


def test_all_misses_are_one_page_but_for_the_echo(house: House) -> None:
    house.publish()
    pages = set()
    headers = set()
    for fields in MISSES.values():
        answer = query(directly(house.service()), fields)
        assert answer.status == 200
        pages.add(without_echo(without_nonces(answer.text), fields))
        headers.add(tuple(sorted(answer.headers.items())))
    assert len(headers) == 1
    assert len(pages) == 1
    assert "没有查到成绩" in pages.pop()


@pytest.mark.parametrize("kind", sorted(MISSES))
def test_a_miss_says_the_same_where_the_person_exists_and_where_nobody_does(house: House, kind: str) -> None:
    """Two worlds: with everybody's records, and with nobody's. A miss must not tell which one this is."""
    empty = House(house.home / "empty")
    house.publish()
    empty.publish(entries=[])
    full_page = without_nonces(query(directly(house.service()), MISSES[kind]).text)
    empty_page = without_nonces(query(directly(empty.service()), MISSES[kind]).text)
    assert full_page == empty_page


def test_the_two_worlds_differ_for_a_hit(house: House) -> None:
    """The control of the test above: it would notice."""
    empty = House(house.home / "empty")
    house.publish()
    empty.publish(entries=[])
    assert query(directly(house.service()), TYPED).text != query(directly(empty.service()), TYPED).text


def test_every_miss_does_the_same_work(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.publish()
    counts: Counter[str] = Counter()

    def counted(owner: type, name: str) -> None:
        original = getattr(owner, name)

        def wrapper(*args: object, **kwargs: object) -> object:
            counts[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, wrapper)

    def keyed_mac(suite: suites.Suite, key: bytes, *, made: Callable[..., Callable[[bytes], bytes]]) -> object:
        def mac(content: bytes) -> bytes:
            counts["mac"] += 1
            return made_mac(content)

        made_mac = made(suite, key)
        return mac

    monkeypatch.setattr(suites.Suite, "keyed_mac", partialmethod(keyed_mac, made=suites.Suite.keyed_mac))
    ask = directly(house.service())
    query(ask, TYPED)  # the key has been fetched
    counted(suites.Suite, "open")
    counted(Generation, "record")
    seen = []
    for fields in MISSES.values():
        counts.clear()
        assert "没有查到成绩" in query(ask, fields).text
        seen.append(dict(counts))
    # Two for the challenge, made and checked, and two for the record: where it lies, and what opens it.
    assert seen == [{"mac": 4, "open": 1, "record": 1}] * len(MISSES)


# ------------------------------------------------------------------------------------------------ verification


def test_a_solved_challenge_works_once(house: House) -> None:
    house.publish()
    ask = directly(house.service())
    body = urlencode({**TYPED, "altcha": solve(ask("GET", "/lookup/challenge").json)}).encode()
    first, second = (ask("POST", f"/lookup/{RELEASE}", FORM, body=body) for _ in range(2))
    assert "73.41" in first.text
    assert second.status == 422
    assert "73.41" not in second.text


def test_without_the_table_of_spent_challenges_a_replay_would_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: the attack succeeds with the defence off."""
    house.publish()
    monkeypatch.setattr(SpentTable, "spend", lambda *_args, **_kwargs: Use.FIRST)
    ask = directly(house.service())
    body = urlencode({**TYPED, "altcha": solve(ask("GET", "/lookup/challenge").json)}).encode()
    assert all("73.41" in ask("POST", f"/lookup/{RELEASE}", FORM, body=body).text for _ in range(2))


def test_without_a_solution_the_form_comes_back_with_the_image_code_in_plain_sight(ask: Ask) -> None:
    answer = ask("POST", f"/lookup/{RELEASE}", FORM, body=urlencode(TYPED).encode())
    assert answer.status == 422
    assert "73.41" not in answer.text
    assert f'value="{TYPED["name"]}"' in answer.text
    assert "<noscript" not in answer.text
    assert 'name="image_code"' in answer.text


def test_whoever_fills_the_table_stops_nobody(house: House) -> None:
    house.publish()
    clock = Clock()
    gate = Gate(proof=ProofOfWork(now=clock, spent=SpentTable(buckets=1)))
    ask = directly(house.service(gate=gate))
    for _ in range(3 * ROOM):
        assert query(ask, TYPED).status == 200
        clock.time += 1


def test_a_form_whose_proof_came_too_late_sends_itself_again(house: House) -> None:
    house.publish()
    ask = directly(house.service())
    body = urlencode({**TYPED, "altcha": solve(ask("GET", "/lookup/challenge").json)}).encode()
    ask("POST", f"/lookup/{RELEASE}", FORM, body=body)
    assert " data-send-again>" in ask("POST", f"/lookup/{RELEASE}", FORM, body=body).text
    assert " data-send-again>" not in ask("GET", f"/lookup/{RELEASE}").text


# ------------------------------------------------------------------------------------------------ engines, mirrors


def test_search_engines_may_list_the_query_and_never_a_result(ask: Ask) -> None:
    for path in ("/lookup/", f"/lookup/{RELEASE}", "/lookup/official"):
        assert ask("GET", path).headers["x-robots-tag"] == "all"
    for answer in (
        query(ask, TYPED),
        query(ask, MISSES["nobody at all"]),
        query(ask, {**TYPED, "ticket_number": ""}),
        ask("POST", f"/lookup/{RELEASE}", FORM, body=urlencode(TYPED).encode()),
        ask_picture(ask, picture_fields_of(ask, TYPED)),
        ask("GET", "/lookup/nothing-here"),
    ):
        assert answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.django_db
def test_the_official_addresses_stand_on_one_page_and_on_every_answer(carried: Ask) -> None:
    page = carried("GET", "/lookup/official")
    assert (page.status, HEADER.desk.official_url in page.text, HEADER.desk.phone in page.text) == (200, True, True)
    assert carried("GET", "/lookup/official", JSON).json["desks"] == [
        {"name": HEADER.desk.name, "phone": HEADER.desk.phone, "address": HEADER.desk.official_url}
    ]
    for answer in (carried("GET", f"/lookup/{RELEASE}"), query(carried, TYPED)):
        assert f"data-official>{HEADER.desk.official_url}<" in answer.text
        assert 'href="/lookup/official"' in answer.text


# ------------------------------------------------------------------------------------------------ keeping a result

WECHAT = {"user-agent": "Mozilla/5.0 (Linux; Android 8.1.0) Chrome/70.0.3538.110 Mobile MicroMessenger/8.0"}
ALIPAY = {"user-agent": "Mozilla/5.0 (Linux; Android 8.1.0) Chrome/70.0.3538.110 Mobile AlipayClient/10.2"}


def picture_fields(page: str) -> dict[str, str]:
    """Return what the button of a result page sends to get its picture."""
    form = page[page.index(f'action="/lookup/{RELEASE}/picture"') :].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


def ask_picture(ask: Ask, fields: Mapping[str, str]) -> Answer:
    return ask("POST", f"/lookup/{RELEASE}/picture", FORM, body=urlencode(fields).encode())


@pytest.mark.django_db
def test_inside_an_app_the_picture_comes_first_and_outside_the_printer(carried: Ask) -> None:
    for agent in (WECHAT, ALIPAY):
        solved = solve(carried("GET", "/lookup/challenge").json)
        body = urlencode({**TYPED, "altcha": solved}).encode()
        page = carried("POST", f"/lookup/{RELEASE}", {**FORM, **agent}, body=body).text
        assert page.index("存为图片") < page.index("在浏览器打开")
        assert "data-print" not in page
    outside = query(carried, TYPED).text
    assert outside.index("data-print") < outside.index("存为图片")
    assert "在浏览器打开" not in outside


@pytest.mark.django_db
def test_the_picture_is_made_here_for_its_owner_and_once(carried: Ask) -> None:
    fields = picture_fields(query(carried, TYPED).text)
    page = ask_picture(carried, fields)
    encoded = re.search(r'src="data:image/png;base64,([^"]+)"', page.text)
    assert encoded is not None
    picture = Image.open(io.BytesIO(base64.b64decode(encoded[1])))
    assert (picture.format, picture.width) == ("PNG", 720)
    assert len(encoded[1]) < 120_000
    assert page.headers["cache-control"] == "no-store"
    again = ask_picture(carried, fields)
    assert (again.status, "data:image/png" in again.text) == (422, False)


def test_a_pass_opens_nobody_elses_picture(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.publish()
    ask = directly(house.service())
    fields = {**picture_fields(query(ask, TYPED).text), **CASES["failed"].fields}
    assert "data:image/png" not in ask_picture(ask, fields).text
    monkeypatch.setattr("jinbang.lookup.gate.hmac.compare_digest", lambda _one, _other: True)
    assert "data:image/png" in ask_picture(ask, fields).text  # the control: the seal is what held


@pytest.mark.parametrize("given", ["", "AAAA", "林", "%", "A" * 28, "A" * 64])
def test_no_other_pass_is_accepted_and_none_is_a_fault(ask: Ask, given: str) -> None:
    answer = ask_picture(ask, {**TYPED, "picture_pass": given})
    assert (answer.status, "data:image/png" in answer.text) == (422, False)


@pytest.mark.parametrize("who", sorted(CASES))
def test_everybody_has_a_picture(ask: Ask, who: str) -> None:
    assert "data:image/png" in ask_picture(ask, picture_fields_of(ask, CASES[who].fields)).text


def picture_fields_of(ask: Ask, typed: Mapping[str, str]) -> dict[str, str]:
    """Query, and return what the button for the picture sends."""
    return {name: html.unescape(value) for name, value in picture_fields(query(ask, typed).text).items()}


# ------------------------------------------------------------------------------------------------ limits


def limited(house: House, **limits: int) -> Ask:
    house.publish()
    return directly(house.service(gate=Gate(misses=Misses(MissLimits(**limits)))))


def test_hits_are_never_counted(house: House) -> None:
    ask = limited(house, harder_after=1, code_after=1, letters_after=1, code_after_for_number=1)
    for _ in range(5):
        assert "73.41" in query(ask, TYPED).text


def test_a_stranger_can_bring_an_extra_step_upon_somebody_but_never_lock_them_out(house: House) -> None:
    ask = limited(house, code_after_for_number=3)
    for number in range(3):
        query(ask, {**TYPED, "ticket_number": f"26140309{number:04d}"})
    asked = query(ask, TYPED, json=True)
    assert asked.status == 422
    facts = asked.json
    total = sum("零一二三四五六七八九".index(sign) for sign in str(facts["question"])[:3] if sign != "加")
    body = urlencode({**TYPED, "image_code": str(total), "image_token": str(facts["image_token"])}).encode()
    assert "73.41" in ask("POST", f"/lookup/{RELEASE}", FORM, body=body).text


def test_the_extra_step_does_not_tell_whether_the_number_is_real(house: House) -> None:
    answers: list[Answer] = []
    for document in (TYPED["document_number"], "110105194912310038"):
        ask = directly(house.service(gate=Gate(misses=Misses(MissLimits(code_after_for_number=2)))))
        house.publish(replace(HEADER, version=len(answers) + 2))
        for number in range(2):
            query(ask, {**TYPED, "document_number": document, "ticket_number": f"26140309{number:04d}"})
        answers.append(query(ask, {**TYPED, "document_number": document, "ticket_number": "261403090009"}))
    pages = {without_echo(without_nonces(answer.text), TYPED) for answer in answers}
    assert {answer.status for answer in answers} == {422}
    assert len(pages) == 1


def test_a_network_with_thousands_of_misses_brings_letters_or_sum_and_proof_and_is_not_shut_out(house: House) -> None:
    """Whoever sits behind the same address as a guesser still gets their result, with one step more."""
    ask = limited(house, letters_after=2, code_after=1)
    for number in range(2):
        query(ask, {**TYPED, "ticket_number": f"26140309{number:04d}"})
        with_sum(ask, {**TYPED, "ticket_number": f"26140309{number:04d}"})
    assert with_sum(ask, TYPED).status == 422
    assert "73.41" in with_sum(ask, {**TYPED, "altcha": solve(ask("GET", "/lookup/challenge").json)}).text


def with_sum(ask: Ask, fields: Mapping[str, str]) -> Answer:
    """Send a query with the sum answered."""
    offer = ask("GET", "/lookup/challenge").json
    total = sum("零一二三四五六七八九".index(sign) for sign in str(offer["question"])[:3] if sign != "加")
    sent = {**fields, "image_code": str(total), "image_token": str(offer["image_token"])}
    return ask("POST", f"/lookup/{RELEASE}", FORM, body=urlencode(sent).encode())


def test_the_challenge_gets_harder_for_a_network_with_many_misses(house: House) -> None:
    ask = limited(house, harder_after=1)
    easy = ask("GET", "/lookup/challenge").json["maxnumber"]
    query(ask, {**TYPED, "ticket_number": "261403090000"})
    assert int(str(ask("GET", "/lookup/challenge").json["maxnumber"])) > int(str(easy))


# ------------------------------------------------------------------------------------------------ the instant


@pytest.mark.parametrize("before", [timedelta(seconds=1), timedelta(minutes=2), timedelta(days=3)])
def test_before_the_instant_there_is_a_countdown_and_nothing_of_anybody(house: House, before: timedelta) -> None:
    house.now = HEADER.opens_at - before
    house.publish()
    ask = directly(house.service())
    shown = ask("GET", f"/lookup/{RELEASE}")
    sent = query(ask, TYPED)
    missed = query(ask, MISSES["nobody at all"])
    assert shown.text == without_echo(sent.text, TYPED) == without_echo(missed.text, TYPED)
    assert sent.headers == missed.headers
    assert sent.headers["cache-control"] == "no-store"
    assert "2026年6月1日 10:00" in shown.text
    assert "73.41" not in shown.text


def test_the_countdown_is_one_page_for_everybody_that_caches_may_keep_but_not_past_the_instant(house: House) -> None:
    house.publish()
    pages = set()
    for seconds, kept in ((86_400, "public, max-age=60"), (59.5, "public, max-age=59"), (0.5, "no-store")):
        house.now = HEADER.opens_at - timedelta(seconds=seconds)
        answer = directly(house.service())("GET", f"/lookup/{RELEASE}")
        assert answer.headers["cache-control"] == kept
        pages.add(answer.body)
    assert len(pages) == 1


def test_once_open_no_page_may_be_kept(house: House) -> None:
    house.publish()
    for wanted in ({}, JSON):
        assert directly(house.service())("GET", f"/lookup/{RELEASE}", wanted).headers["cache-control"] == "no-store"


def test_the_challenge_says_what_the_time_is_here(house: House) -> None:
    offer = directly(house.service())("GET", "/lookup/challenge")
    assert offer.json["now"] == house.now.isoformat(timespec="milliseconds")
    assert offer.headers["cache-control"] == "no-store"


def test_at_the_instant_the_result_is_there(house: House) -> None:
    house.now = HEADER.opens_at - timedelta(seconds=1)
    house.publish()
    ask = directly(house.service())
    assert "data-opens-at" in query(ask, TYPED).text
    house.now = HEADER.opens_at
    assert "73.41" in query(ask, TYPED).text


def test_a_key_that_is_held_already_does_not_help_a_clock_that_goes_back(house: House) -> None:
    house.publish()
    ask = directly(house.service())
    assert "73.41" in query(ask, TYPED).text
    house.now = HEADER.opens_at - timedelta(seconds=1)
    assert "73.41" not in query(ask, TYPED).text


def test_before_the_instant_no_byte_on_disk_tells_a_mark_or_a_name(house: House) -> None:
    house.now = HEADER.opens_at - timedelta(days=1)
    house.publish()
    everything = b"".join(path.read_bytes() for path in sorted(house.home.rglob("*")) if path.is_file())
    assert HEADER.title.encode() in everything  # the control: public facts are there to be found
    for secret in ("林小满", ",7341,", LIN.ticket, LIN.document, LIN.card.document_masked):
        assert secret.encode() not in everything


def test_a_damaged_file_opens_no_page_and_says_so_clearly(house: House) -> None:
    publication = house.publish()
    path = house.snapshots / RELEASE / publication.file
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    answer = query(directly(house.service()), TYPED)
    assert answer.status == 503
    assert "73.41" not in answer.text
