"""What a candidate sees of their checks, and states of their diplomas."""

from uuid import uuid4

import pytest

from jinbang.audit.submission import new_submission_key
from jinbang.people.models import Verification
from jinbang.people.verification import actions
from jinbang.people.verification.states import VerificationKind
from tests.cast import LIN_NUMBER, NOW, Cast, client_of
from tests.people.verification.service import Service

NUMBER = "103251201805001234"
LIST = "/me/verification/"
NEW = "/me/verification/diploma/"


def typed(**changes: str) -> dict[str, str]:
    fields = {"kind": "education", "number": NUMBER, "school": "山西大学", "submission_key": new_submission_key()}
    return {**fields, **changes}


def stated(cast: Cast) -> Verification:
    return actions.state_diploma(
        kind=VerificationKind.EDUCATION, number=NUMBER, school="山西大学", by=cast.lin.candidate, now=NOW
    )


@pytest.mark.django_db
def test_a_diploma_is_stated_and_shown_with_what_to_do(cast: Cast) -> None:
    client = client_of(cast.lin)
    assert "马上开始" in client.get(LIST).text
    form = typed(number="１０３２５-1201805001234")
    assert [client.post(NEW, form).headers["Location"] for _ in range(2)] == [LIST, LIST]
    assert Verification.objects.count() == 1
    page = client.get(LIST).text
    for words in ("学历证书", "山西大学", "未核验", "24 小时", "不用等", "修改"):
        assert words in page
    assert NUMBER not in page


@pytest.mark.django_db
def test_each_state_says_in_plain_words_what_to_do(cast: Cast, service: Service) -> None:
    client = client_of(cast.lin)
    actions.open_verifications(now=NOW)
    assert "未核验" in client.get("/me/profile/").text
    service.names[LIN_NUMBER] = "林小"
    actions.look_at_due(now=NOW, whom=service.provider())
    page = client.get(LIST).text
    for words in ("核验未通过", "原因：姓名与登记机关的记录不一致。", "不影响报名"):
        assert words in page
    actions.restart_verifications(person_id=cast.lin.bound.pk, by=cast.lin.candidate, now=NOW)
    service.names[LIN_NUMBER] = "林晓"
    actions.look_at_due(now=NOW, whom=service.provider())
    assert "核验通过" in client.get("/me/profile/").text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"number": "12345"}, "6 到 32 位"),
        ({"number": "编号一二三四五六"}, "6 到 32 位"),
        ({"school": ""}, ""),
        ({"kind": "real_name"}, ""),
    ],
)
def test_what_is_typed_wrongly_comes_back_and_stores_nothing(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    page = client_of(cast.lin).post(NEW, typed(**changes))
    assert page.status_code == 422
    assert sentence in page.text
    assert not Verification.objects.exists()


@pytest.mark.django_db
def test_the_same_number_and_a_sixth_get_a_sentence(cast: Cast) -> None:
    client = client_of(cast.lin)
    stated(cast)
    assert "这个编号已经填过" in client.post(NEW, typed()).text
    for number in range(4):
        client.post(NEW, typed(number=f"EDU{number:04d}"))
    page = client.post(NEW, typed(number="EDU9999"))
    assert page.status_code == 422
    assert "学历证书最多填写 5 个" in page.text


@pytest.mark.django_db
def test_a_diploma_is_corrected_until_it_is_verified(cast: Cast, service: Service) -> None:
    client, row = client_of(cast.lin), stated(cast)
    address = f"/me/verification/{row.pk}/"
    assert NUMBER in client.get(address).text
    answer = client.post(address, typed(number="EDU0001", school="中北大学"))
    assert answer.headers["Location"] == LIST
    service.diplomas["EDU0001"] = "林晓"
    actions.look_at_due(now=NOW, whom=service.provider())
    page = client.post(address, typed(number="EDU0002"))
    assert page.status_code == 422
    assert "不能再修改" in page.text
    assert address not in client.get(LIST).text


@pytest.mark.django_db
def test_nobody_sees_or_corrects_anothers(cast: Cast) -> None:
    row = stated(cast)
    for address in (f"/me/verification/{row.pk}/", f"/me/verification/{uuid4()}/"):
        assert client_of(cast.zhao).get(address).status_code == 404
        assert client_of(cast.zhao).post(address, typed()).status_code == 404


@pytest.mark.django_db
def test_wu_is_refused_and_who_is_bound_to_nobody_is_led_to_say_who_they_are(cast: Cast) -> None:
    for address in (LIST, NEW, f"/me/verification/{uuid4()}/"):
        assert client_of(cast.wu).get(address).status_code == 403
        assert client_of(cast.wu).post(address, {}).status_code in {403, 405}
        assert client_of(cast.sun).get(address).headers["Location"].startswith("/me/identity/")
