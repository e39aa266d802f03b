"""Before the instant, two worlds that differ in nothing but marks look alike to everybody but results officers.

Both worlds are the same rows with other marks and other pass marks, brought as far as an approved release, and one
person in both has a violation case to answer. The worker does whatever is due, which publishes and arms the snapshot.
Each kind of reader asks for every address that takes no argument or one of this world (sitting, region, release, case),
and then for addresses and in manners drawn by lot, the same in both worlds. The answers are compared once what is
random in any world (identifiers, form keys, hashes over a nonce) has been put out of sight; and so is what lies behind
them: the whole history, long work, messages, what was sent, the number of rows of each table of another phase, names
and sizes of the snapshots' files, and the log.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
import structlog
from django.core import mail
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver
from pytest_django import Settings

from jinbang.application.models import EarlierPass
from jinbang.audit import actions as audit
from jinbang.audit.long_work import enqueue
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.lookup import queries as lookup
from jinbang.lookup.cards import Entry
from jinbang.messaging.models import Message
from jinbang.messaging.states import Channel, MessageKind
from jinbang.people.actions import appoint, create_staff
from jinbang.people.models import Authority
from jinbang.people.queries import get_staff
from jinbang.people.states import Role
from jinbang.portal.tasks import do_what_is_due
from jinbang.results.models import Mark, Release, RosterEntry, ViolationCase
from jinbang.results.queries import RESULTS_ROLES
from jinbang.results.states import Overall, ReleaseState
from jinbang.results.violations import actions as violations
from jinbang.results.violations import screens
from jinbang.results.violations.screens import CaseRow
from jinbang.results.violations.states import CaseArticle
from tests.cast import NOW, PASSWORD, SINCE, CandidateMember, Cast, StaffMember, client_of
from tests.results.behind_answers import Log, behind_the_answers, listening, masked
from tests.results.world import Marks, World, approved, bring_in, set_pass_marks, tell
from tests.tiers import Measure, Tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
PASSED: Marks = {"T00001": {"basics": "95", "practice": "95"}, "T00002": {"basics": "95"}, "T00003": {"basics": "61"}}
FAILED: Marks = {
    "T00001": {"basics": "缺考", "practice": "违纪"},
    "T00002": {"basics": "0"},
    "T00003": {"basics": "5.5"},
}
PASS_MARKS = {True: 6000, False: 7000}


@pytest.fixture(autouse=True)
def _nobody_else_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no other handler print what is logged: there are thousands of refusals."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


@pytest.fixture(autouse=True)
def _snapshots_of_its_own(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let snapshots lie in a folder of their own, under one key: where records lie decides on a page of a file."""
    settings.JINBANG_HOME, settings.JINBANG_SNAPSHOTS = tmp_path, tmp_path / "snapshots"
    monkeypatch.setattr("jinbang.lookup.actions.new_release_key", lambda: bytes(32))


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
    log = Log()
    with transaction.atomic(), listening(log) as events:
        set_pass_marks(world, PASS_MARKS[given is PASSED])
        case = accused(world)
        bring_in(world, given)
        release = approved(world)
        do_what_is_due()
        assert world.release.state == ReleaseState.ARMED.value
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
            told = told_by(answer)
            seen[f"{number} {name} {manner.method} {masked(address)}{manner.query}"] = alike.setdefault(told, told)
        seen |= behind_the_answers()
        transaction.set_rollback(True)
    seen["log"] = "\n".join([*log.lines, *(masked(str(event)) for event in events)])
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


def told_by(answer: HttpResponseBase) -> str:
    """Return all that an answer tells, masked: its status, its headers, its length, and its body."""
    content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]  # one or the other
    headers = sorted(f"{name}: {value}" for name, value in answer.headers.items() if name != "Expires")  # a real clock
    body = masked(content.decode(errors="replace"))
    return "\n".join([str(answer.status_code), masked("\n".join(headers)), str(len(body)), body])


def every_page_then_at_random(random_state: object, by_lot: int) -> Trace:
    """Return the trace of each reader: every page, then so many requests by lot. It is the same each time."""

    def trace(everybody: Readers, addresses: Sequence[str]) -> Iterator[Asked]:
        random = Random()  # noqa: S311  # test cases, no secret
        random.setstate(random_state)  # type: ignore[arg-type]  # what getstate returned
        assert by_lot * len(everybody) >= 500
        for name, reader in everybody.items():
            for address in addresses:
                yield name, reader, address, PLAINLY
            for _number in range(by_lot):
                yield name, reader, random.choice(addresses), random.choice(MANNERS)

    return trace


def nothing_read(_everybody: Readers, _addresses: Sequence[str]) -> Iterator[Asked]:
    """Yield no request: what lies behind the answers alone is compared."""
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
    by_lot = tier[Measure.TWIN_WORLD_REQUESTS]
    assert differences(world, every_page_then_at_random(tier.random.getstate(), by_lot)) == []


def test_a_planted_class_of_those_who_passed_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a page that only colours the tag of whoever has good marks, as a careless author might."""

    def colouring(case: ViolationCase, *, now: datetime) -> CaseRow:
        row = plain(case, now=now)
        has_passed = Mark.objects.filter(entry=case.entry, mark_hundredths__gte=6000).exists()
        return replace(row, colour=f"{row.colour} passed") if has_passed else row

    plain: Callable[..., CaseRow] = screens._row
    monkeypatch.setattr(screens, "_row", colouring)
    found = differences(world, only_own_pages)
    assert len(found) == 2, found  # the list and the case


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


def who_passed() -> list[RosterEntry]:
    return list(RosterEntry.objects.filter(marks__mark_hundredths__gte=6000).distinct())


def work_for_those_who_passed() -> None:
    release = Release.objects.get()
    task, total = "jinbang.results.tasks.note_passes", len(who_passed())
    enqueue(task, subject=release, arguments={}, total=total, by=SYSTEM, now=NOW)


def messages_to_those_who_passed() -> None:
    change = StateChange.objects.latest("id")
    told = {"change": change, "kind": MessageKind.RESULTS_OPEN.value, "channel": Channel.INBOX.value, "due_at": NOW}
    Message.objects.bulk_create(Message(person=entry.person, **told) for entry in who_passed())


def letters_to_those_who_passed() -> None:
    for entry in who_passed():
        mail.send_mail("成绩", f"{entry.person.name}，您已合格。", None, ["a@example.org"])


def passes_noted() -> None:
    for entry in who_passed():
        EarlierPass.objects.create(person=entry.person, programme_code="x", level_code="x", subject_code="x", year=2026)


def only_passed(entries: Iterator[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.card.overall is Overall.PASSED)


def lines_of_those_who_passed() -> None:
    structlog.get_logger("x").info("judged", passed=len(who_passed()))


def plain_lines_of_those_who_passed() -> None:
    logging.getLogger("x").warning("judged, %s passed", len(who_passed()))


@pytest.mark.parametrize(
    "name,leak",
    [
        ("long work", work_for_those_who_passed),
        ("messages", messages_to_those_who_passed),
        ("sent", letters_to_those_who_passed),
        ("rows", passes_noted),
        ("log", lines_of_those_who_passed),
        ("log", plain_lines_of_those_who_passed),
    ],
)
def test_a_leak_planted_behind_the_answers_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, *, name: str, leak: Callable[[], None]
) -> None:
    """The twins: a worker that does for those who passed what is to be done once results are out."""
    monkeypatch.setattr(violations, "open_noted_cases", lambda **_given: leak())
    assert name in {found.partition(": ")[0] for found in differences(world, nothing_read)}


def test_a_snapshot_of_those_who_passed_alone_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody: Callable[..., Iterator[Entry]] = lookup.entries_of
    monkeypatch.setattr(lookup, "entries_of", lambda *given, **more: only_passed(everybody(*given, **more)))
    assert "snapshots" in {found.partition(": ")[0] for found in differences(world, nothing_read)}
