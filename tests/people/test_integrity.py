"""The integrity record: for how long, for whom, who may read and lift, and that nothing is ever altered."""

from datetime import date

import pytest

from jinbang.audit.models import StateChange
from jinbang.audit.submission import new_submission_key
from jinbang.people.integrity import actions, queries, rules
from jinbang.people.integrity.errors import (
    AlreadyLifted,
    AlreadyOnRecord,
    IntegrityRecordNotFound,
    LiftedTooEarly,
)
from jinbang.people.integrity.rules import Entry
from jinbang.people.models import Authority, IntegrityRecord
from jinbang.people.states import IntegrityGround
from tests.cast import NOW, Cast, client_of

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


def test_wu_sees_no_integrity_record(cast: Cast) -> None:
    record = entered(cast)
    for address in ("/desk/people/integrity/", f"/desk/people/integrity/{record.pk}/lift/"):
        assert client_of(cast.wu).get(address).status_code == 403
