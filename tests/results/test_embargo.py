"""Before the instant, two worlds that differ in nothing but marks look alike to everybody but results officers.

Both worlds are the same rows with other marks and other pass marks, brought as far as an approved release, and one
person in both has a violation case to answer; every address without arguments,
every page of the release and the whole history are read by each kind of reader, and compared once what is random in any
world (identifiers, form keys, hashes over a nonce) has been put out of sight.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from random import Random
from typing import Any, NamedTuple

import pytest
from django.core import serializers
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jinbang.audit import actions as audit
from jinbang.audit.models import StateChange
from jinbang.results.models import Mark, ViolationCase
from jinbang.results.violations import actions as violations
from jinbang.results.violations import screens
from jinbang.results.violations.screens import CaseRow
from jinbang.results.violations.states import CaseArticle
from tests.cast import NOW, Cast, client_of
from tests.results.world import Marks, World, approved, bring_in, set_pass_marks
from tests.tiers import Measure, Tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
PASSED: Marks = {"T00001": {"basics": "95", "practice": "95"}, "T00002": {"basics": "95"}, "T00003": {"basics": "61"}}
FAILED: Marks = {
    "T00001": {"basics": "缺考", "practice": "违纪"},
    "T00002": {"basics": "0"},
    "T00003": {"basics": "5.5"},
}
RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}"
    r'|name="(?:submission_key|csrfmiddlewaretoken)" value="[^"]*"|nonce-[A-Za-z0-9_+/=-]+'
)
PASS_MARKS = {True: 6000, False: 7000}
REQUESTS = Measure.TWIN_WORLD_REQUESTS


class Manner(NamedTuple):
    """How something is asked for."""

    method: str = "GET"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()


PLAINLY = Manner()
MANNERS = (
    PLAINLY,
    Manner("HEAD"),
    Manner("OPTIONS"),
    Manner(query="?q=林晓"),
    Manner(query="?q=T00001"),
    Manner(query="?page=2"),
    Manner(query="?state=approved&status=passed"),
    Manner(headers=(("accept", "application/json"),)),
    Manner(headers=(("if-modified-since", "Tue, 10 Mar 2026 02:00:00 GMT"),)),
    Manner(headers=(("if-none-match", '"x"'), ("accept-encoding", "gzip"))),
)
Readers = Mapping[str, Client]
Asked = tuple[str, Client, str, Manner]
Trace = Callable[[Readers, Sequence[str]], Iterator[Asked]]
LEFT_OUT = ("account/", "lookup/")  # a library's pages; and the query page, whose challenge is random: lookup tests it


def plain_addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield every address that takes no argument."""
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from plain_addresses(entry, where)
        elif isinstance(entry, URLPattern) and "<" not in where and not where.startswith(LEFT_OUT):
            yield f"/{where}"


def observe(world: World, given: Marks, trace: Trace) -> dict[str, str]:
    """Bring these marks as far as an approved release, and return all that others than results officers can see."""
    with transaction.atomic():
        set_pass_marks(world, PASS_MARKS[given is PASSED])
        case = accused(world)
        bring_in(world, given)
        release = approved(world)
        of_region = ("region", "roster-file", "propose-pass-mark", "preview-pass-marks", "similar-answers")
        of_imports = ("import-roster", "sheets", "cross-checks", "handover")
        addresses = [
            *sorted(set(plain_addresses(get_resolver()))),
            *(reverse(f"results:{name}", args=[world.region.pk]) for name in (*of_region, *of_imports)),
            reverse("results:release", args=[release.pk]),
            reverse("results:changes", args=[release.pk]),
            reverse("results:violation", args=[case.pk]),
            reverse("results:own-violation", args=[case.pk]),
            reverse("results:statistics", args=[release.pk]),
            reverse("results:statistics-pdf", args=[release.pk]),
            reverse("results:statistics-xlsx", args=[release.pk]),
        ]
        seen = {}
        for number, (name, client, address, manner) in enumerate(trace(readers(world.cast), addresses)):
            answer = client.generic(manner.method, f"{address}{manner.query}", headers=dict(manner.headers))
            seen[f"{number} {name} {manner.method} {masked(address)}{manner.query}"] = masked(told_by(answer))
        history = StateChange.objects.order_by("id")
        seen["history"] = masked(serializers.serialize("json", history))
        transaction.set_rollback(True)
    return seen


def accused(world: World) -> ViolationCase:
    """Let 林 have a case to answer, and return it."""
    first, *_others = violations.note_similar_answers(
        region=world.region,
        subject_code="basics",
        tickets=["T00001", "T00002"],
        facts="错题相同",
        by=world.cast.chu.staff,
        now=NOW,
    )
    return violations.notify_violation(
        case_id=first.pk, article=CaseArticle.SIMILAR, charge="拟认定雷同", by=world.cast.chu.staff, now=NOW
    )


def readers(cast: Cast) -> dict[str, Client]:
    """Return somebody of every role that may not see marks, two candidates, and nobody."""
    staff = (cast.wu, cast.zhou, cast.gu, cast.feng, cast.chen, cast.han, cast.qian, cast.tao)
    members = (cast.lin, cast.zhao, *staff)
    return {"nobody": Client(), **{member.account.username: client_of(member) for member in members}}


def masked(text: str) -> str:
    return RANDOM.sub("·", text)


def told_by(answer: HttpResponseBase) -> str:
    """Return all that an answer tells: its status, its headers, its length, and its body."""
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]  # one or the other
    headers = sorted(f"{name}: {value}" for name, value in answer.headers.items() if name != "Expires")  # a real clock
    return "\n".join(
        [
            str(answer.status_code),
            *headers,
            str(len(masked(body.decode(errors="replace")))),
            body.decode(errors="replace"),
        ]
    )


def every_page_then_at_random(random_state: object, requests: int) -> Trace:
    """Return the trace of every page for every reader, then of pages, readers and manners by lot: twice the same."""

    def trace(everybody: Readers, addresses: Sequence[str]) -> Iterator[Asked]:
        random = Random()  # noqa: S311  # test cases, no secret
        random.setstate(random_state)  # type: ignore[arg-type]  # what getstate returned
        asked = 0
        for name, client in everybody.items():
            for address in addresses:
                asked += 1
                yield name, client, address, PLAINLY
        while asked < requests:
            asked += 1
            name = random.choice(list(everybody))
            yield name, everybody[name], random.choice(addresses), random.choice(MANNERS)

    return trace


def nothing_read(_everybody: Readers, _addresses: Sequence[str]) -> Iterator[Asked]:
    """Yield no request: the history alone is compared."""
    return iter(())


def differences(world: World, trace: Trace) -> list[str]:
    one, other = (observe(world, given, trace) for given in (PASSED, FAILED))
    assert one.keys() == other.keys()
    return [f"{name}: {changed_line(one[name], other[name])}" for name in one if one[name] != other[name]]


def changed_line(one: str, other: str) -> str:
    """Return the first line in which they differ, as it stands in both."""
    pairs = zip_longest(one.splitlines(), other.splitlines(), fillvalue="")
    return next((f"{before} ≠ {after}" for before, after in pairs if before != after), "")


def test_two_worlds_of_other_marks_look_alike_to_everybody_else(world: World, tier: Tier) -> None:
    assert differences(world, every_page_then_at_random(tier.random.getstate(), tier[REQUESTS])) == []


def test_a_planted_class_of_those_who_passed_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a page that only colours the tag of whoever has good marks, as a careless author might."""

    def colouring(case: ViolationCase, *, now: datetime) -> CaseRow:
        row = plain(case, now=now)
        has_passed = Mark.objects.filter(entry=case.entry, mark_hundredths__gte=6000).exists()
        return replace(row, colour=f"{row.colour} passed") if has_passed else row

    plain: Callable[..., CaseRow] = screens._row
    monkeypatch.setattr(screens, "_row", colouring)
    found = differences(world, only_own_pages)
    assert len(found) == 2  # the list and the case


def only_own_pages(everybody: Readers, addresses: Sequence[str]) -> Iterator[Asked]:
    """Yield what a candidate asks for about their own cases."""
    for address in addresses:
        if address.startswith("/my/violations/"):
            yield "lin", everybody["lin"], address, PLAINLY


def test_a_planted_leak_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a history that tells how many passed, as a careless author might write it."""

    def leaking(subject: Any, *, details: Any = None, **given: Any) -> StateChange:  # noqa: ANN401  # whatever is recorded
        if subject._meta.model_name == "markbatch":
            details = {**(details or {}), "manifest": json.dumps(subject.manifest)}
        return recorded(subject, details=details, **given)

    recorded: Callable[..., StateChange] = audit.record
    monkeypatch.setattr(audit, "record", leaking)
    (found,) = differences(world, nothing_read)
    assert found.startswith("history: ")
