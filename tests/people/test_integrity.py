"""The integrity record: for how long, for whom, who may read and lift, and that nothing is ever altered."""

from datetime import date

import pytest

from jinbang.audit.models import StateChange
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people.integrity import actions, queries, rules
from jinbang.people.integrity.errors import (
    AlreadyLifted,
    AlreadyOnRecord,
    IntegrityRecordNotFound,
    LiftedTooEarly,
)
from jinbang.people.integrity.rules import Entry
from jinbang.people.models import Authority, IntegrityRecord
from jinbang.people.queries import find_person_by_document
from jinbang.people.states import IntegrityGround
from tests.cast import LIN_NUMBER, NOW, Cast, client_of

TODAY = NOW.date()


@pytest.mark.parametrize(
    "ground,starts_on,last",
    [
        (IntegrityGround.ARTICLE_7, date(2026, 3, 10), date(2031, 3, 9)),
        (IntegrityGround.ARTICLE_10, date(2024, 2, 29), date(2029, 2, 28)),
        (IntegrityGround.FALSE_COMMITMENT, date(2026, 1, 1), date(2030, 12, 31)),
        (IntegrityGround.ARTICLE_8, date(2026, 3, 10), None),
    ],
)
def test_a_record_lasts_as_long_as_its_article_says(
    ground: IntegrityGround, starts_on: date, last: date | None
) -> None:
    assert rules.last_day_of(ground, starts_on=starts_on) == last


@pytest.mark.parametrize(
    "on,counts",
    [
        (date(2026, 3, 9), False),
        (date(2026, 3, 10), True),
        (date(2031, 3, 9), True),
        (date(2031, 3, 10), False),
    ],
)
def test_a_record_counts_from_its_first_day_to_its_last(*, on: date, counts: bool) -> None:
    assert rules.is_in_force(Entry(date(2026, 3, 10), date(2031, 3, 9)), on=on) is counts


@pytest.mark.parametrize("on,counts", [(date(2027, 4, 30), True), (date(2027, 5, 1), False)])
def test_a_lifted_record_counts_until_the_day_before(*, on: date, counts: bool) -> None:
    assert rules.is_in_force(Entry(date(2026, 3, 10), None, lifted_on=date(2027, 5, 1)), on=on) is counts


def entered(cast: Cast, *, number: str = "晋人考处〔2026〕3号", authority: Authority | None = None) -> IntegrityRecord:
    return actions.enter_integrity_record(
        person_id=cast.lin.bound.pk,
        authority=authority or cast.shanxi,
        ground=IntegrityGround.ARTICLE_7,
        document_number=number,
        starts_on=TODAY,
        by=cast.zhou.staff,
        now=NOW,
    )


def test_a_record_counts_wherever_the_person_applies(cast: Cast) -> None:
    entered(cast, authority=cast.chongqing)
    assert queries.is_on_record(cast.lin.bound.pk, on=TODAY)
    assert not queries.is_on_record(cast.zhao.bound.pk, on=TODAY)
    assert queries.people_on_record([cast.lin.bound.pk, cast.zhao.bound.pk], on=TODAY) == {cast.lin.bound.pk}


def test_one_decision_enters_a_person_once(cast: Cast) -> None:
    entered(cast)
    with pytest.raises(AlreadyOnRecord):
        entered(cast)
    assert IntegrityRecord.objects.count() == 1


def test_entering_leaves_a_change_without_the_persons_name(cast: Cast) -> None:
    record = entered(cast)
    change = StateChange.objects.get(subject_id=record.pk)
    assert change.event == "integrity_entered"
    assert "林" not in f"{change.details}{change.reason}"


def test_lifting_is_another_row_and_done_once(cast: Cast) -> None:
    record = entered(cast)

    def lift(on: date) -> None:
        actions.lift_integrity_record(
            record_id=record.pk, document_number="晋人考复〔2026〕1号", lifted_on=on, by=cast.zhou.staff, now=NOW
        )

    with pytest.raises(LiftedTooEarly):
        lift(date(2026, 3, 9))
    lift(TODAY)
    assert not queries.is_on_record(cast.lin.bound.pk, on=TODAY)
    assert IntegrityRecord.objects.get() == record
    with pytest.raises(AlreadyLifted):
        lift(TODAY)


def test_another_provinces_record_is_neither_read_nor_lifted(cast: Cast) -> None:
    record = entered(cast, authority=cast.chongqing)
    assert not queries.records_in_scope(cast.zhou.staff).exists()
    assert queries.records_in_scope(cast.zheng.staff).get() == record
    for reader in (cast.zhou.staff, cast.han.staff):
        with pytest.raises(IntegrityRecordNotFound):
            actions.lift_integrity_record(record_id=record.pk, document_number="x", lifted_on=TODAY, by=reader, now=NOW)


def test_an_auditor_reads_and_does_not_lift(cast: Cast) -> None:
    record = entered(cast)
    page = client_of(cast.han).get("/desk/people/integrity/")
    assert "林晓" in page.text
    assert "登记撤销" not in page.text
    assert client_of(cast.han).get(f"/desk/people/integrity/{record.pk}/lift/").status_code == 403


def test_a_reviewer_lifts_on_the_page(cast: Cast) -> None:
    record, client = entered(cast), client_of(cast.zhou)
    assert "登记撤销" in client.get("/desk/people/integrity/").text
    address = f"/desk/people/integrity/{record.pk}/lift/"
    early = {"document_number": "晋人考复〔2026〕1号", "lifted_on": "2026-03-09"}
    answer = client.post(address, {**early, "submission_key": new_submission_key()})
    assert answer.status_code == 422
    assert "不能早于" in answer.text
    answer = client.post(address, {**early, "lifted_on": "2026-03-10", "submission_key": new_submission_key()})
    assert answer.status_code == 302
    assert "不再计入" in client.get("/desk/people/integrity/").text


# ---------------------------------------------------------------- entering what was decided on paper

NEW = "/desk/people/integrity/new/"


def typed(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "name": "林晓",
        "kind": "resident_id",
        "number": LIN_NUMBER,
        "ground": "article_7",
        "document_number": "晋人考处〔2026〕5号",
        "starts_on": "2026-03-10",
        "ends_on": "2031-03-09",
        "authority": str(cast.shanxi.pk),
        "submission_key": new_submission_key(),
        **changes,
    }


def test_a_reviewer_enters_a_decision_for_whom_the_document_names(cast: Cast) -> None:
    client = client_of(cast.zhou)
    assert NEW in client.get("/desk/people/integrity/").text
    assert client.post(NEW, typed(cast)).headers["Location"] == "/desk/people/integrity/"
    record = IntegrityRecord.objects.get()
    assert (record.person_id, record.ends_on) == (cast.lin.bound.pk, date(2031, 3, 9))
    assert StateChange.objects.get(subject_id=record.pk).actor_id == cast.zhou.staff.actor_id
    assert "晋人考处〔2026〕5号" in client.get("/desk/people/integrity/").text


def test_whoever_never_signed_up_is_on_record_from_their_first_application(cast: Cast) -> None:
    stranger = make_resident_id("140303", date(1991, 1, 1), 15)
    client_of(cast.zhou).post(NEW, typed(cast, name="郑陌生", number=stranger))
    person = find_person_by_document(kind=DocumentKind.RESIDENT_ID, number=stranger)
    assert person is not None
    assert queries.is_on_record(person.pk, on=TODAY)


@pytest.mark.parametrize(
    "changes,said",
    [
        ({"name": "林晓晓"}, "登记的是另一个姓名"),
        ({"number": f"{LIN_NUMBER[:-1]}0"}, "校验码"),
        ({"ends_on": "2030-03-09"}, "2031年3月9日"),
        ({"ends_on": ""}, "2031年3月9日"),
        ({"ground": "article_8"}, "没有最后一天"),
        ({"document_number": ""}, "请填写这一项"),
    ],
)
def test_what_does_not_go_together_is_said_and_nothing_is_kept(
    cast: Cast, *, changes: dict[str, str], said: str
) -> None:
    answer = client_of(cast.zhou).post(NEW, typed(cast, **changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert not IntegrityRecord.objects.exists()


def test_a_decision_for_good_has_no_last_day(cast: Cast) -> None:
    assert client_of(cast.zhou).post(NEW, typed(cast, ground="article_8", ends_on="")).status_code == 302
    assert IntegrityRecord.objects.get().ends_on is None


def test_a_decision_is_entered_once_and_only_for_an_authority_of_ones_own(cast: Cast) -> None:
    client = client_of(cast.zhou)
    assert client.post(NEW, typed(cast)).status_code == 302
    again = client.post(NEW, typed(cast))
    assert (again.status_code, "已经登记过" in again.text) == (422, True)
    other = client.post(NEW, typed(cast, document_number="x〔2026〕1号", authority=str(cast.chongqing.pk)))
    assert other.status_code == 422
    decision = actions.WrittenDecision(
        name="林晓",
        kind=DocumentKind.RESIDENT_ID,
        number=LIN_NUMBER,
        ground=IntegrityGround.ARTICLE_8,
        document_number="x〔2026〕1号",
        starts_on=TODAY,
        ends_on=None,
    )
    for by in (cast.zhou.staff, cast.han.staff):
        with pytest.raises(IntegrityRecordNotFound):
            actions.enter_decision(decision=decision, authority_id=cast.chongqing.pk, by=by, now=NOW)
    assert IntegrityRecord.objects.count() == 1


def test_an_auditor_enters_nothing(cast: Cast) -> None:
    assert NEW not in client_of(cast.han).get("/desk/people/integrity/").text
    assert client_of(cast.han).post(NEW, typed(cast)).status_code == 403


def test_wu_sees_no_integrity_record(cast: Cast) -> None:
    record = entered(cast)
    for address in ("/desk/people/integrity/", NEW, f"/desk/people/integrity/{record.pk}/lift/"):
        assert client_of(cast.wu).get(address).status_code == 403
