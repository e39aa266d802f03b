"""Before the instant, two worlds that differ in nothing but marks look alike to everybody but results officers.

Both worlds are the same rows with other marks and other pass marks, brought as far as an approved release, and one
person in both has a violation case to answer. Each kind of reader asks for every address that takes no argument or one
of this world (sitting, region, release, case), and then for addresses and in manners drawn by lot, the same in both
worlds. The answers and the whole history are compared once what is random in any world (identifiers, form keys, hashes
over a nonce) has been put out of sight.
"""

import json
import logging
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
from django.urls import URLResolver, get_resolver

from jinbang.audit import actions as audit
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.people.actions import appoint, create_staff
from jinbang.people.models import Authority
from jinbang.people.queries import get_staff
from jinbang.people.states import Role
from jinbang.results.models import Mark, ViolationCase
from jinbang.results.queries import RESULTS_ROLES
from jinbang.results.violations import actions as violations
from jinbang.results.violations import screens
from jinbang.results.violations.screens import CaseRow
from jinbang.results.violations.states import CaseArticle
from tests.cast import NOW, PASSWORD, SINCE, CandidateMember, Cast, StaffMember, client_of
from tests.results.world import Marks, World, approved, bring_in, set_pass_marks, tell
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
    r'|name=\\?"(?:submission_key|csrfmiddlewaretoken)\\?" value=\\?"[^"]*"|nonce-[A-Za-z0-9_+/=-]+'
    r"|challenge\W+[A-Za-z0-9_-]{43}"
)
PASS_MARKS = {True: 6000, False: 7000}
REQUESTS = Measure.TWIN_WORLD_REQUESTS


@pytest.fixture(autouse=True)
def _refusals_in_silence() -> Iterator[None]:
    """Note no refusal in the log: there are thousands of them, and whoever asks does not see it."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


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
# A library's pages; and the query page, whose challenge is random: lookup tests it.
LEFT_OUT = ("account/", "^account/", "lookup/", "^lookup")
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


class Reader(Client):
    """Somebody who asks over and over: the whole program answers, and nothing is kept of how it came to the answer."""

    def request(self, **request: Any) -> HttpResponseBase:  # type: ignore[override]  # noqa: ANN401  # as Client has it
        """Return the answer. Nothing that a reader asks for may be a fault."""
        answer: HttpResponseBase = self.handler(self._base_environ(**request))  # type: ignore[attr-defined]  # Django's own
        assert answer.status_code < 500, request["PATH_INFO"]
        return answer


Readers = Mapping[str, Reader]
Asked = tuple[str, Reader, str, Manner]
Trace = Callable[[Readers, Sequence[str]], Iterator[Asked]]


def addresses_with(arguments: Mapping[str, object], resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield every address that takes no argument, or none but these."""
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses_with(arguments, entry, where)
        elif not where.startswith(LEFT_OUT) and arguments.keys() >= set(ARGUMENT.findall(where)):
            yield "/" + ARGUMENT.sub(lambda found: str(arguments[found[1]]), where)


def observe(world: World, given: Marks, trace: Trace) -> dict[str, str]:
    """Bring these marks as far as an approved release, and return all that others than results officers can see."""
    with transaction.atomic():
        set_pass_marks(world, PASS_MARKS[given is PASSED])
        case = accused(world)
        bring_in(world, given)
        release = approved(world)
        sitting = world.region.sitting.code
        arguments = {
            "code": sitting,
            "sitting_code": sitting,
            "authority": world.cast.shanxi.code,
            "authority_code": world.cast.shanxi.code,
            "region_id": world.region.pk,
            "release_id": release.pk,
            "case_id": case.pk,
        }
        addresses = sorted(set(addresses_with(arguments, get_resolver())))
        seen: dict[str, str] = {}
        alike: dict[str, str] = {}  # most answers are given many times: each text is kept once
        for number, (name, client, address, manner) in enumerate(trace(readers(world.cast), addresses)):
            answer = client.generic(manner.method, f"{address}{manner.query}", headers=dict(manner.headers))
            told = masked(told_by(answer))
            seen[f"{number} {name} {manner.method} {masked(address)}{manner.query}"] = alike.setdefault(told, told)
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
    return tell(first, CaseArticle.SIMILAR, by=world.cast.chu)


def readers(cast: Cast) -> Readers:
    """Return nobody, a candidate, somebody without a role, and of every role that may not see marks somebody."""
    agent = appointed(cast.shanxi, Role.GROUP_AGENT)
    staff = {
        Role.PLANNER: cast.qian,
        Role.REVIEWER: cast.zhou,
        Role.GROUP_AGENT: agent,
        Role.BURSAR: cast.gu,
        Role.SEATING_OFFICER: cast.feng,
        Role.ROOM_CLERK: cast.chen,
        Role.AUDITOR: cast.han,
        Role.REGISTRAR: cast.tao,
    }
    assert {*staff, *RESULTS_ROLES} == {*Role}
    members: dict[str, CandidateMember | StaffMember] = {"candidate": cast.lin, "no role": cast.wu}
    members.update({role.value: member for role, member in staff.items()})
    everybody = {"nobody": Reader(), **{name: Reader() for name in members}}
    for name, member in members.items():
        everybody[name].cookies = client_of(member).cookies
    return everybody


def appointed(authority: Authority, role: Role) -> StaffMember:
    """Return a new member of staff who holds this role alone."""
    account = create_staff(username=role, display_name="某职", password=PASSWORD, by=SYSTEM, now=NOW)
    appoint(account=account, authority=authority, role=role, unit="某科", starts_on=SINCE, by=SYSTEM, now=NOW)
    return StaffMember(account, get_staff(account, today=NOW.date()))


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
    """Return the trace of so many requests of each reader: every page, then by lot. It is the same each time."""

    def trace(everybody: Readers, addresses: Sequence[str]) -> Iterator[Asked]:
        random = Random()  # noqa: S311  # test cases, no secret
        random.setstate(random_state)  # type: ignore[arg-type]  # what getstate returned
        assert requests > 2 * len(addresses)  # more by lot than in order
        for name, reader in everybody.items():
            for address in addresses:
                yield name, reader, address, PLAINLY
            for _number in range(requests - len(addresses)):
                yield name, reader, random.choice(addresses), random.choice(MANNERS)

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
            yield "candidate", everybody["candidate"], address, PLAINLY


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
