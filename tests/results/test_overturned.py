"""A decision overturned on review or in court: nothing is held any more, and another than the decider says so."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.models import StateChange
from jinbang.kernel.clock import SHANGHAI
from jinbang.messaging import actions as messaging
from jinbang.messaging.models import Message
from jinbang.messaging.queries import letters_of
from jinbang.people.integrity.actions import lift_integrity_record
from jinbang.people.integrity.queries import is_on_record
from jinbang.people.models import IntegrityRecord
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results.actions import release as releases
from jinbang.results.errors import MarksSealed, SamePersonTwice
from jinbang.results.models import RosterEntry
from jinbang.results.queries import authors_of
from jinbang.results.states import Overall
from jinbang.results.violations import actions, queries
from jinbang.results.violations.errors import (
    CaseEnteredTwice,
    CaseNotFound,
    CaseWithoutWords,
    DecisionMissing,
    OverturnedTooEarly,
)
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseArticle, CaseState, Remedy, Service
from tests.cast import NOW
from tests.cast import client_of as session_of
from tests.results.test_marks_to_come import to_come
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.test_violations import LATER, alike, found, judged_again, notified
from tests.results.world import (
    World,
    bring_in,
    decide,
    outcome_of,
    released,
    sealed,
    set_pass_marks,
    validated,
    with_roles,
)

pytestmark = pytest.mark.django_db
DECIDED = LATER.astimezone(SHANGHAI).date()
AFTER = LATER + timedelta(days=60)
ON = AFTER.astimezone(SHANGHAI).date() - timedelta(days=3)
REVIEWED = "晋人社复决〔2026〕7号"


@pytest.fixture
def marked(world: World) -> World:
    """Return the world with marks and pass marks in, everybody passing."""
    set_pass_marks(world)
    bring_in(world)
    return world


def overturned(  # what is typed, and by whom
    world: World,
    case: ViolationCase,
    *,
    number: str = REVIEWED,
    reason: str = "事实不清",
    on: date = ON,
    by: Staff | None = None,
) -> ViolationCase:
    return actions.overturn_decision(
        case_id=case.pk,
        remedy=Remedy.REVIEW,
        document_number=number,
        decided_on=on,
        reason=reason,
        by=by or world.cast.chu.staff,
        now=AFTER,
    )


# ---------------------------------------------------------------- what ends with it
@pytest.mark.parametrize("article", list(CaseArticle))
@pytest.mark.parametrize("is_served", [False, True])
def test_the_mark_counts_again_and_the_record_ends(marked: World, *, article: CaseArticle, is_served: bool) -> None:
    case, person = found(marked, alike(marked, "T00001", "T00002")[0], article), marked.entries[0].person
    if is_served:
        actions.serve_decision(
            case_id=case.pk, service=Service.BY_POST, served_on=DECIDED, by=marked.cast.chu.staff, now=LATER
        )
    validated(marked)
    assert outcome_of(marked).overall in {Overall.PARTIAL, Overall.VIOLATION}
    assert is_on_record(person.pk, on=ON) == article.voids_sitting
    overturned(marked, case)
    case.refresh_from_db()
    assert (case.state, case.overturned_number, case.overturned_on) == (CaseState.OVERTURNED, REVIEWED, ON)
    judged_again(marked)
    assert outcome_of(marked).overall == Overall.PASSED
    assert not is_on_record(person.pk, on=ON)
    assert is_on_record(person.pk, on=ON - timedelta(days=1)) == article.voids_sitting
    assert list(queries.cases_waiting(marked.cast.chu.staff).values_list("state", flat=True)) == ["noted"]


def test_a_decision_that_stands_keeps_its_effect_beside_one_that_was_overturned(marked: World) -> None:
    case, other = alike(marked)
    for one in (case, other):
        decide(one, CaseArticle.SITTING, marked.cast)
    overturned(marked, case)
    validated(marked)
    assert [outcome_of(marked, position).overall for position in (0, 1)] == ["passed", "violation"]
    assert is_on_record(marked.entries[1].person.pk, on=ON)


def test_without_a_mark_it_is_still_to_come(world: World) -> None:
    set_pass_marks(world)
    bring_in(world, {"T00001": {"basics": "雷同"}})
    case = decide(ViolationCase.objects.get(), CaseArticle.SIMILAR, world.cast)
    assert to_come(world) == []
    overturned(world, case)
    assert to_come(world) == [("T00001", "basics")]
    assert queries.marks_to_come(world.region)[0].case_id == case.pk
    assert list(queries.cases_waiting(world.cast.chu.staff)) == [case]
    validated(world)
    assert outcome_of(world).overall == Overall.WITHHELD
    bring_in(world, {"T00001": {"basics": "61"}})
    judged_again(world)
    assert (to_come(world), outcome_of(world).overall) == ([], Overall.PASSED)


def test_the_same_people_may_be_charged_anew_once_it_is_overturned(marked: World) -> None:
    first, second = alike(marked)
    found(marked, first)
    actions.drop_violation(case_id=second.pk, reason="甄别有误", by=marked.cast.wei.staff, now=LATER)
    with pytest.raises(CaseEnteredTwice):
        alike(marked)
    overturned(marked, first)
    assert len(alike(marked)) == 2


def test_what_a_reviewer_lifted_before_stays_lifted_from_that_day(marked: World) -> None:
    case = found(marked, alike(marked)[0], CaseArticle.SITTING)
    record, zhou = IntegrityRecord.objects.get(), with_roles(marked.cast.zhou, Role.REVIEWER, at=marked.cast.shanxi)
    lift_integrity_record(record_id=record.pk, document_number="晋更1号", lifted_on=DECIDED, by=zhou.staff, now=LATER)
    overturned(marked, case)
    record.refresh_from_db()
    assert (record.lifting.document_number, record.lifting.lifted_on) == ("晋更1号", DECIDED)


# ---------------------------------------------------------------- who, when, and what is refused
def test_whoever_decided_does_not_enter_it_and_whoever_does_is_an_author(marked: World) -> None:
    case = found(marked, alike(marked)[0])
    with pytest.raises(SamePersonTwice):
        overturned(marked, case, by=marked.cast.wei.staff)
    third = with_roles(marked.cast.he, Role.MARKS_VERIFIER, at=marked.cast.shanxi)
    release = validated(marked)
    assert str(third.account.pk) not in authors_of(release)
    overturned(marked, case, by=third.staff)
    assert str(third.account.pk) in authors_of(release)
    change = StateChange.objects.get(subject_id=case.pk, event="overturn")
    assert (change.actor_id, change.from_state, change.to_state) == (third.account.pk, "found", "overturned")
    assert (change.reason, change.details) == (
        "事实不清",
        {"through": "review", "document_number": REVIEWED, "decided_on": ON.isoformat()},
    )


def test_the_database_itself_knows_that_nobody_overturns_their_own_decision(marked: World) -> None:
    case = overturned(marked, found(marked, alike(marked)[0]))
    rows = ViolationCase.objects.filter(pk=case.pk)
    for change in ({"overturned_by": case.decided_by}, {"overturned_number": ""}, {"state": "served"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


@pytest.mark.parametrize("number,reason", [("\u3000", "事实不清"), (REVIEWED, " ")])
def test_without_number_or_reason_it_is_refused(marked: World, *, number: str, reason: str) -> None:
    case = found(marked, alike(marked)[0])
    with pytest.raises(CaseWithoutWords):
        overturned(marked, case, number=number, reason=reason)


@pytest.mark.parametrize(
    "day,is_refused",
    [
        (DECIDED - timedelta(days=1), True),
        (DECIDED, False),
        (AFTER.astimezone(SHANGHAI).date(), False),
        (AFTER.astimezone(SHANGHAI).date() + timedelta(days=1), True),
    ],
)
def test_the_document_bears_a_day_between_the_decision_and_today(marked: World, *, day: date, is_refused: bool) -> None:
    case = found(marked, alike(marked)[0])
    if is_refused:
        with pytest.raises(OverturnedTooEarly):
            overturned(marked, case, on=day)
    else:
        assert overturned(marked, case, on=day).overturned_on == day


def test_what_was_not_decided_or_is_overturned_already_is_not_overturned(marked: World) -> None:
    case, other = alike(marked)
    with pytest.raises(DecisionMissing):
        overturned(marked, case)
    notified(marked, case)
    with pytest.raises(DecisionMissing):
        overturned(marked, case)
    actions.drop_violation(case_id=other.pk, reason="x", by=marked.cast.wei.staff, now=NOW)
    with pytest.raises(DecisionMissing):
        overturned(marked, other)
    decided = found(marked, alike(marked, "T00002", "T00003")[0])
    overturned(marked, decided)
    with pytest.raises(DecisionMissing):
        overturned(marked, decided)


def test_whoever_keeps_no_marks_there_finds_nothing_to_overturn(marked: World) -> None:
    case = found(marked, alike(marked)[0])
    outsider = with_roles(marked.cast.zheng, Role.MARKS_CLERK, Role.MARKS_VERIFIER, at=marked.cast.chongqing)
    for member in (marked.cast.wu, marked.cast.he, outsider):
        with pytest.raises(CaseNotFound):
            overturned(marked, case, by=member.staff)


# ---------------------------------------------------------------- and the release
@pytest.mark.usefixtures("quick_signing")
def test_under_a_seal_it_waits(marked: World) -> None:
    case = decide(alike(marked)[0], CaseArticle.SIMILAR, marked.cast)
    sealed(marked)
    with pytest.raises(MarksSealed):
        overturned(marked, case)


def corrected(world: World, *, now: datetime) -> None:
    release = releases.correct_release(
        release_id=world.release.pk, opens_at=now + timedelta(days=9), reason="撤销", by=world.cast.chu.staff, now=now
    )
    releases.validate_release(release_id=release.pk, by=world.cast.chu.staff, now=now)


@pytest.mark.usefixtures("quick_signing")
def test_what_is_out_changes_with_the_next_generation_alone(marked: World, client_of: ClientOf) -> None:
    case = decide(alike(marked)[0], CaseArticle.SITTING, marked.cast)
    release = released(marked)
    overturned(marked, case)
    assert outcome_of(marked).overall == Overall.VIOLATION
    shown = text_of(client_of(marked.cast.chu).get(url("violation", case.pk)))
    assert "公布的成绩还是按原来的处理决定计算的" in shown
    assert f'href="{url("release", release.pk)}"' in shown
    corrected(marked, now=AFTER)
    assert [outcome_of(marked, generation=one).overall for one in (1, 2)] == ["violation", "passed"]


# ---------------------------------------------------------------- what the person hears, and the pages
def test_the_person_hears_of_it_by_message(marked: World) -> None:
    person = marked.cast.lin.bound
    application = Application.objects.create(
        sitting=marked.region.sitting, region=marked.region, person=person, state=ApplicationState.APPROVED.value
    )
    RosterEntry.objects.filter(pk=marked.entries[0].pk).update(application=application)
    overturned(marked, found(marked, alike(marked)[0]))
    messaging.collect_messages(AFTER)
    told = Message.objects.get(kind="violation_overturned")
    (letter,) = letters_of([told])
    assert told.person == person
    assert "处理决定已撤销" in letter.short
    assert REVIEWED not in letter.short + letter.full


def typed(**other: str) -> dict[str, str]:
    day = NOW.astimezone(SHANGHAI).date().isoformat()
    return {
        "remedy": "court",
        "document_number": "（2026）晋01行初12号",
        "decided_on": day,
        "reason": "程序违法",
        **other,
    }


@pytest.mark.usefixtures("now")
def test_the_pages_show_the_form_to_another_person_and_what_became_of_it(marked: World, client_of: ClientOf) -> None:
    cast, case = marked.cast, decide(alike(marked)[0], CaseArticle.SITTING, marked.cast)
    chu, wei, page = client_of(cast.chu), client_of(cast.wei), url("violation", case.pk)
    address = url("overturn-decision", case.pk)
    assert address in text_of(chu.get(page))
    own = text_of(wei.get(page))
    assert address not in own
    assert "由另一人登记" in own
    assert "须由另一个人办理" in text_of(post(wei, address, typed()))
    assert post(chu, address, typed()).status_code == 302
    shown = text_of(chu.get(page))
    for said in ("处理决定已撤销", "行政诉讼，（2026）晋01行初12号，2026年3月10日", "程序违法"):
        assert said in shown, said
    assert "撤销处理决定" in shown.split("办理记录")[1]
    assert address not in shown
    assert "没有可以撤销的处理决定" in text_of(post(chu, address, typed()))
    assert "处理决定已撤销" in text_of(chu.get(url("violations")))
    mine = text_of(session_of(cast.lin).get(reverse("results:own-violation", args=[case.pk])))
    for said in ("处理决定已撤销", "行政诉讼，（2026）晋01行初12号，2026年3月10日", "不再影响您的成绩", "已经办结"):
        assert said in mine, said
    assert "程序违法" not in mine
    assert "储" not in mine.split("<main")[1], "no officer's name"


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    "given,status,said",
    [
        ({"document_number": " "}, 422, "请填写复议决定书或者判决书的文号。"),
        ({"document_number": "号" * 65}, 422, "64"),
        ({"remedy": ""}, 422, "请选择行政复议或者行政诉讼。"),
        ({"remedy": "appeal"}, 422, "请选择行政复议或者行政诉讼。"),
        ({"decided_on": ""}, 422, "请填写复议决定书或者判决书的日期。"),
        ({"decided_on": "2026-02-30"}, 422, "请填写真实存在的日期"),
        ({"decided_on": "2026-03-09"}, 409, "不能早于处理决定作出的2026年3月10日"),
        ({"decided_on": "2026-03-11"}, 409, "也不能晚于今天"),
        ({"reason": ""}, 422, "请写明撤销的原因。"),
    ],
)
def test_what_is_typed_wrongly_is_said_on_the_page_and_nothing_changes(
    *, marked: World, client_of: ClientOf, given: dict[str, str], status: int, said: str
) -> None:
    case = decide(alike(marked)[0], CaseArticle.SIMILAR, marked.cast)
    answer = post(client_of(marked.cast.chu), url("overturn-decision", case.pk), typed(**given))
    assert (answer.status_code, said in text_of(answer)) == (status, True), text_of(answer)
    assert ViolationCase.objects.get(pk=case.pk).state == CaseState.FOUND


@pytest.mark.usefixtures("now")
def test_a_case_without_a_decision_says_so(marked: World, client_of: ClientOf) -> None:
    case = alike(marked)[0]
    answer = post(client_of(marked.cast.chu), url("overturn-decision", case.pk), typed())
    assert (answer.status_code, "没有可以撤销的处理决定" in text_of(answer)) == (409, True)
    missing = post(client_of(marked.cast.chu), url("overturn-decision", marked.region.pk), typed())
    assert (missing.status_code, "没有找到这件违纪违规处理" in text_of(missing)) == (404, True)
