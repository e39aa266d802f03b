"""A registration point's counter, from the card to the signed pledge, and everybody who has no business there."""

import time
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jinbang.application import photo_versions
from jinbang.application.actions import attach
from jinbang.application.actions.attach import attach_entered_evidence
from jinbang.application.errors import PhotoSealBroken
from jinbang.application.evidence import CleanFile
from jinbang.application.models import Application, Evidence
from jinbang.application.photo_versions import open_sealed_photo
from jinbang.application.states import ApplicationState
from jinbang.audit.models import StateChange
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.identity import make_resident_id
from jinbang.payment.models import Order
from jinbang.people.models import Person
from jinbang.sittings.models import Site
from tests.application.counter.conftest import Counter
from tests.application.world import SMALL_PHOTO
from tests.cast import LIN_NUMBER, NOW, Cast, client_of

pytestmark = pytest.mark.django_db

NUMBER = make_resident_id("140303", date(1993, 5, 4), 25)
AFTER_ONLINE = datetime(2026, 3, 22, 10, tzinfo=NOW.tzinfo)
AFTER_ON_SITE = datetime(2026, 3, 25, tzinfo=NOW.tzinfo)
SCAN = b"%PDF-1.7\nsigned\n%%EOF\n"


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def typed(**changes: object) -> dict[str, object]:
    given: dict[str, object] = {
        "number": NUMBER,
        "kind": "resident_id",
        "name": "郭到店",
        "phone": "13600136000",
        "level": "level-2",
        "specialty": "installation",
        "track": "full",
        "condition": "bachelor-related-1",
        "education": "bachelor",
        "graduated_on": "20180701",
        "work_years": "3",
        "employer": "阳泉一建",
        "subjects": ["basics", "practice"],
        "photo": SimpleUploadedFile("p.jpg", SMALL_PHOTO, "image/jpeg"),
    }
    return keyed(**{**given, **changes})


def enter(client: Client, counter: Counter, **changes: object) -> str:
    answer = client.post(f"/desk/counter/{counter.point.pk}/enter/", typed(**changes))
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def scan(content: bytes = SCAN) -> SimpleUploadedFile:
    return SimpleUploadedFile("pledge.pdf", content, "application/pdf")


def test_the_only_open_point_is_led_to(counter: Counter) -> None:
    client = client_of(counter.clerk)
    assert client.get("/desk/counter/").headers["Location"] == f"/desk/counter/{counter.point.pk}/"
    assert "受理中" in client.get("/desk/counter/?all=1").text
    with frozen_at(AFTER_ON_SITE):
        assert "不在受理时间" in client_of(counter.clerk).get("/desk/counter/").text


def test_a_card_is_answered_with_the_whole_form_filled_in(cast: Cast, counter: Counter) -> None:
    client, address = client_of(counter.clerk), f"/desk/counter/{counter.point.pk}/"
    assert "autofocus" in client.get(address).text
    page = client.post(address, {"card": f"{LIN_NUMBER}\n", "level": "level-2"}).text
    assert 'value="林晓"' in page  # on record: the name is not typed again
    assert "已登记" in page
    assert page.count(" checked") >= 2  # every subject is ticked
    page = client.post(address, {"card": f"郭到店 男 汉 {NUMBER}", "level": "level-2"}).text
    assert 'value="郭到店"' in page
    assert client.post(address, {"card": "", "level": "level-2"}).status_code == 422


def test_a_mistyped_digit_is_found_before_everything_else_is_typed(counter: Counter) -> None:
    client, address = client_of(counter.clerk), f"/desk/counter/{counter.point.pk}/"
    mistyped = NUMBER[:-1] + ("1" if NUMBER.endswith("0") else "0")
    answer = client.post(address, {"card": mistyped, "level": "level-2"})
    assert answer.status_code == 422
    assert "校验码不对" in answer.text
    assert f'value="{mistyped}"' in answer.text
    assert client.post(address, {"card": "P12345678", "level": "level-2"}).status_code == 200


def test_signs_first_and_submits_afterwards(counter: Counter) -> None:
    client = client_of(counter.clerk)
    address = enter(client, counter)
    application = Application.objects.get()
    assert (application.state, application.is_on_site) == (ApplicationState.DRAFT, True)
    assert Site.objects.get(pk=counter.point.pk).taken == 1
    pdf = client.get(f"{address}pledge.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert client.post(address, keyed()).status_code == 422  # no scan: nothing is submitted
    assert client.post(address, keyed(pledge=scan(b"GIF89a"))).status_code == 422
    assert client.post(address, keyed(pledge=scan())).status_code == 302
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert application.declaration_version == "2026-1-pledge"
    evidence = Evidence.objects.get()
    assert evidence.item == "诚信承诺书"
    assert SCAN not in bytes(evidence.sealed)
    assert "已提交审核" in client.get(address).text
    change = StateChange.objects.get(event="submit", subject_id=application.pk)
    assert change.details["scan_sha256"] == evidence.sha256


def with_a_paper(counter: Counter) -> Application:
    """Enter and submit at the counter, and add a page that nothing asks for any more."""
    client = client_of(counter.clerk)
    client.post(enter(client, counter), keyed(pledge=scan()))
    application = Application.objects.get()
    paper = CleanFile(b"%PDF-1.7 diploma %%EOF", "application/pdf")
    attach_entered_evidence({application: {"学历证书": (paper,)}}, by=SYSTEM, now=NOW)
    return application


def test_the_signed_pledge_outlasts_the_pages_that_nothing_asks_for_any_more(counter: Counter) -> None:
    attach.drop_unneeded_evidence(with_a_paper(counter), ())
    assert list(Evidence.objects.values_list("item", flat=True)) == ["诚信承诺书"]


def test_taken_for_a_page_of_the_form_the_pledge_would_go(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attach, "KEPT_ITEMS", ())
    attach.drop_unneeded_evidence(with_a_paper(counter), ())
    assert not Evidence.objects.exists()


def test_a_counter_that_approves_seals_the_photo_that_tickets_are_printed_of(approving: Counter) -> None:
    client = client_of(approving.clerk)
    client.post(enter(client, approving), keyed(pledge=scan()))
    application = Application.objects.get()
    sealed = open_sealed_photo(application)
    assert sealed.sha256 == application.photos.get().sha256
    application.photos.update(sha256="0" * 64)  # another picture in its place
    with pytest.raises(PhotoSealBroken):
        open_sealed_photo(application)


def test_approved_without_a_seal_no_ticket_could_be_told_from_one_with_another_photo(
    approving: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_versions, "seals_of", lambda _applications: {})
    client = client_of(approving.clerk)
    client.post(enter(client, approving), keyed(pledge=scan()))
    with pytest.raises(PhotoSealBroken):
        open_sealed_photo(Application.objects.get())


def test_whoever_entered_it_is_kept_for_review_to_know(counter: Counter) -> None:
    client = client_of(counter.clerk)
    client.post(enter(client, counter), keyed(pledge=scan()))
    assert Application.objects.get().entered_by_id == counter.clerk.account.pk
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_a_counter_that_may_approve_goes_straight_on_to_the_fee(approving: Counter) -> None:
    client = client_of(approving.clerk)
    address = enter(client, approving)
    client.post(address, keyed(pledge=scan()))
    assert Application.objects.get().state == ApplicationState.APPROVED
    page = client.get(address).text
    pk = Application.objects.get().pk
    assert f"/desk/payment/applications/{pk}/" in page
    order_page = client.get(f"/desk/payment/applications/{pk}/", follow=True)
    assert "收费入账" in order_page.text
    assert Order.objects.get().application_id == pk


def test_what_owes_nothing_yet_has_no_order_to_lead_to(cast: Cast, counter: Counter) -> None:
    client = client_of(counter.clerk)
    enter(client, counter)
    assert client_of(cast.gu).get(f"/desk/payment/applications/{Application.objects.get().pk}/").status_code == 404


def test_the_point_has_a_window_of_its_own_and_an_extension_counts_at_once(cast: Cast, counter: Counter) -> None:
    with frozen_at(AFTER_ONLINE):
        enter(client_of(counter.clerk), counter)  # online has closed, the counter has not
    with frozen_at(AFTER_ON_SITE):
        late = make_resident_id("140303", date(1993, 5, 4), 27)
        client, address = client_of(counter.clerk), f"/desk/counter/{counter.point.pk}/enter/"
        answer = client.post(address, typed(number=late))
        assert answer.status_code == 422
        assert "现场报名" in answer.text
        assert not Person.objects.filter(name="郭迟到").exists()
        extend(cast, counter)
        assert client.post(address, typed(number=late)).status_code == 302


def extend(cast: Cast, counter: Counter) -> None:
    from jinbang.sittings.actions import extend_window
    from jinbang.sittings.plan import NoticePlan
    from jinbang.sittings.states import NoticeKind, WindowKind

    extend_window(
        sitting_id=counter.region.sitting_id,
        region_id=None,
        kind=WindowKind.ON_SITE_APPLICATION,
        closes=datetime(2026, 3, 28, tzinfo=NOW.tzinfo),
        reason="人多",
        notice=NoticePlan(kind=NoticeKind.EXTENSION, title="延期公告", body="现场报名延期。"),
        by=cast.qian.staff,
        now=AFTER_ON_SITE,
    )


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"work_years": "0"}, "还差 1 年"),
        ({"number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, "校验码不对"),
        ({"name": ""}, "姓名"),
        ({"subjects": []}, "报考科目"),
        ({"photo": SimpleUploadedFile("p.jpg", b"GIF89a" * 9, "image/jpeg")}, "不是完好的 JPG、PNG"),
        ({"number": LIN_NUMBER}, "与这个证件号码已登记的姓名不一致"),
        ({"condition": "nonsense"}, "选择"),
    ],
)
def test_what_does_not_fit_comes_back_with_everything_typed(
    cast: Cast, counter: Counter, *, changes: dict[str, object], sentence: str
) -> None:
    answer = client_of(counter.clerk).post(f"/desk/counter/{counter.point.pk}/enter/", typed(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "阳泉一建" in answer.text
    assert not Application.objects.exists()
    assert Site.objects.get(pk=counter.point.pk).taken == 0


def test_nobody_is_entered_twice(counter: Counter) -> None:
    client = client_of(counter.clerk)
    enter(client, counter)
    again = client.post(f"/desk/counter/{counter.point.pk}/enter/", typed())
    assert again.status_code == 422
    assert "每人每次考试只能报名一次" in again.text
    page = client.post(f"/desk/counter/{counter.point.pk}/", {"card": NUMBER, "level": "level-2"})
    assert "不能重复报名" in page.text


def test_the_server_answers_a_whole_entry_within_two_seconds(counter: Counter) -> None:
    client = client_of(counter.clerk)
    client.get(f"/desk/counter/{counter.point.pk}/")
    began = time.perf_counter()
    page = client.post(f"/desk/counter/{counter.point.pk}/", {"card": NUMBER, "level": "level-2"})
    address = enter(client, counter)
    client.post(address, keyed(pledge=scan()))
    assert time.perf_counter() - began < 2
    assert page.status_code == 200


def test_strangers_stand_at_no_counter(cast: Cast, counter: Counter) -> None:
    client = client_of(counter.clerk)
    entered = enter(client, counter)
    pages = ("/desk/counter/", f"/desk/counter/{counter.point.pk}/", entered, f"{entered}pledge.pdf")
    for page in pages:
        assert client_of(cast.wu).get(page).status_code == 403
        assert client_of(cast.zhou).get(page).status_code == 403
    assert client_of(cast.wu).post(f"/desk/counter/{counter.point.pk}/enter/", typed()).status_code == 403
    assert client_of(cast.wu).get(f"/desk/payment/applications/{Application.objects.get().pk}/").status_code == 403


def test_another_citys_registrar_sees_none_of_it(cast: Cast, counter: Counter) -> None:
    from jinbang.kernel.actors import SYSTEM
    from jinbang.people import actions as people
    from jinbang.people.states import Role
    from tests.cast import SINCE

    entered = enter(client_of(counter.clerk), counter)
    people.appoint(
        account=cast.wu.account,
        authority=cast.taiyuan,
        role=Role.REGISTRAR,
        unit="太原",
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )
    other = client_of(cast.wu)
    for page in (f"/desk/counter/{counter.point.pk}/", entered, f"{entered}pledge.pdf"):
        assert other.get(page).status_code == 404
