"""A candidate's way through the pages, and everybody who has no business there."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from jinbang.application import actions
from jinbang.application.commitment.text import CURRENT_COMMITMENT
from jinbang.application.declaration import CURRENT_DECLARATION
from jinbang.application.models import Application, Photo
from jinbang.application.states import ApplicationState
from jinbang.audit.models import StateChange
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.clock import frozen_at
from jinbang.sittings import rules, workdays
from jinbang.sittings.labels import moment
from jinbang.sittings.models import Site, Window, Workday
from tests.application.world import AFTER_CLOSE, CODE, LATER, SMALL_PHOTO, World, filled, started, submitted
from tests.cast import NOW, Cast, client_of

pytestmark = pytest.mark.django_db

START = f"/apply/{CODE}/"


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def step(client: Client, address: str, **fields: object) -> str:
    """Open a page, send it, and return where it led."""
    assert client.get(address).status_code == 200, address
    answer = client.post(address, keyed(**fields))
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def upload(raw: bytes = SMALL_PHOTO, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, "image/jpeg")


def test_from_the_first_page_to_submitted(cast: Cast, world: World) -> None:
    client = client_of(cast.lin)
    tasks = step(client, START, region="14")
    base = tasks.removesuffix("tasks/")
    assert "下一步：选择专业" in client.get(tasks).text
    assert step(client, f"{base}specialty/", specialty="installation") == f"{base}track/"
    assert step(client, f"{base}track/", track="full") == f"{base}education/"
    told = {"education": "bachelor", "graduated_on": "2018年7月1日", "work_years": " ３ "}
    assert step(client, f"{base}education/", **told) == f"{base}condition/"
    assert "【符合】" in client.get(f"{base}condition/").text
    assert step(client, f"{base}condition/", condition="bachelor-related-1") == f"{base}subjects/"
    assert step(client, f"{base}subjects/", subjects=["basics", "practice"]) == f"{base}employer/"
    assert step(client, f"{base}employer/", employer="阳泉一建") == f"{base}site/"
    assert step(client, f"{base}site/", site=str(world.first.pk)) == f"{base}photo/"
    assert step(client, f"{base}photo/", photo=upload()) == f"{base}photo/"
    assert "就用这张，继续" in client.get(f"{base}photo/").text
    tried = Photo.objects.get()
    assert "还没有填完" in client.get(f"{base}declaration/").text, "a photo counts only once accepted"
    assert client.post(f"/photos/{tried.pk}/accept/", keyed()).headers["Location"] == f"{base}commitment/"
    signed = {"version": CURRENT_COMMITMENT.version, "answer": "sign"}
    assert step(client, f"{base}commitment/", **signed) == f"{base}declaration/"
    declaration = client.get(f"{base}declaration/").text
    assert CURRENT_DECLARATION.paragraphs[0] in declaration
    assert "阳泉一建" in declaration
    assert step(client, f"{base}declaration/", version=CURRENT_DECLARATION.version, agree="on") == base
    shown = client.get(base).text
    assert "待审核" in shown
    assert "2026年3月12日（星期四）24:00" in shown
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_what_was_begun_goes_on_where_it_stopped(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    answer = client_of(cast.lin).get(START)
    assert answer.headers["Location"] == f"/applications/{application.pk}/"


def test_the_start_says_so_when_the_window_is_closed(cast: Cast, world: World) -> None:
    with frozen_at(AFTER_CLOSE):
        page = client_of(cast.lin).get(START)
    assert page.status_code == 200
    assert "现在不在网上报名时间内" in page.text


def test_a_deadline_of_a_year_not_announced_yet_is_provisional_on_every_page(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    client, address = client_of(cast.lin), f"/applications/{application.pk}/"
    assert "暂定" not in client.get(address).text
    monkeypatch.setattr(workdays, "ANNOUNCED_YEARS", frozenset({2025}))
    assert application.review_due_at is not None
    until = moment(application.review_due_at, closing=True)
    assert f"审核最迟{until}（暂定）" in client.get(address).text.replace(" ", "")
    refused = {"state": ApplicationState.REFUSED.value, "appeal_until": application.review_due_at}
    Application.objects.filter(pk=application.pk).update(**refused)
    for page in (address, f"{address}appeal/"):
        assert f"申诉截止时间：{until}（暂定）" in client.get(page).text
    Workday.objects.create(day=rules.last_day_of(application.review_due_at), is_working=True)
    assert "暂定" not in client.get(address).text


def test_an_examination_with_counters_only_says_where_and_when_to_go(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = world.sitting.programme_version
    content = {**version.content, "application": {**version.content["application"], "on_site_only": True}}
    type(version).objects.filter(pk=version.pk).update(content=content)
    Site.objects.filter(pk=world.first.pk).update(is_registration_point=True)
    Window.objects.create(
        sitting=world.sitting, kind="on_site_application", opens=NOW, closes=AFTER_CLOSE, created_at=NOW
    )
    page = client_of(cast.lin).get(START).text
    assert world.first.name in page
    assert world.first.address in page
    assert world.taiyuan.name not in page
    assert "办理时间：2026年3月10日起，至 2026年3月20日" in page
    assert "咨询电话：0353-0000000" in page
    assert "submission_key" not in page.split("<main")[1]
    assert "工作日" not in page
    Site.objects.filter(pk=world.first.pk).update(opening_hours="09:00-12:00 13:30-17:00")
    with frozen_at(NOW.replace(hour=11)):
        assert "今天到 12:00" in client_of(cast.lin).get(START).text
    with frozen_at(NOW.replace(hour=18)):
        page = client_of(cast.lin).get(START).text
    assert "工作日 09:00-12:00 13:30-17:00" in page
    assert "下一次开放：2026年3月11日（星期三）09:00至 12:00" in page
    assert "暂定" not in page
    monkeypatch.setattr(workdays, "ANNOUNCED_YEARS", frozenset({2025}))
    with frozen_at(NOW.replace(hour=18)):
        assert "09:00至 12:00（暂定）" in client_of(cast.lin).get(START).text


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"work_years": "-1"}, "年限不能小于 0"),
        ({"work_years": "三年"}, "请填写整数年限"),
        ({"work_years": "99"}, "年限不能大于 60"),
        ({"graduated_on": "2018-02-30"}, "真实存在的日期"),
        ({"graduated_on": "1018-07-01"}, "请核对毕业日期的年份"),
        ({"education": ""}, "最高学历"),
    ],
)
def test_bad_answers_come_back_with_a_sentence_and_store_nothing(
    cast: Cast, world: World, *, changes: dict[str, str], sentence: str
) -> None:
    client, pk = client_of(cast.lin), begun(cast)
    good = {"education": "bachelor", "graduated_on": "2018-07-01", "work_years": "3"}
    page = client.post(f"/applications/{pk}/education/", keyed(**{**good, **changes}))
    assert page.status_code == 422
    assert sentence in page.text
    assert "有问题" not in page.text
    assert Application.objects.get(pk=pk).education == ""


@pytest.mark.parametrize(
    "told,condition,sentence",
    [
        ({"work_years": "0"}, "bachelor-related-1", "还差 1 年"),
        ({"education": "associate"}, "bachelor-related-1", "低于这一报考条件"),
        ({"graduated_on": ""}, "bachelor-related-1", "请填写毕业日期"),
        ({}, "exempt-holder", "选择"),
    ],
)
def test_a_condition_that_does_not_fit_comes_back_with_a_sentence(
    cast: Cast, world: World, *, told: dict[str, str], condition: str, sentence: str
) -> None:
    client, pk = client_of(cast.lin), begun(cast)
    good = {"education": "bachelor", "graduated_on": "2018-07-01", "work_years": "3"}
    step(client, f"/applications/{pk}/education/", **{**good, **told})
    page = client.post(f"/applications/{pk}/condition/", keyed(condition=condition))
    assert page.status_code == 422
    assert sentence in page.text
    assert Application.objects.get(pk=pk).condition_code == ""


def test_the_condition_waits_for_education_and_years(cast: Cast, world: World) -> None:
    assert client_of(cast.lin).get(f"/applications/{begun(cast)}/condition/").status_code == 422


def begun(cast: Cast) -> UUID:
    """Return an application of 林's with specialty and track chosen."""
    pk = started(cast.lin.candidate).pk
    actions.fill_specialty(application_id=pk, specialty_code="civil", by=cast.lin.candidate, now=LATER)
    actions.fill_track(application_id=pk, track_code="full", by=cast.lin.candidate, now=LATER)
    return pk


@pytest.mark.parametrize(
    "raw,sentence",
    [
        (b"GIF89a" + bytes(50), "不是完好的 JPG、PNG"),
        (SMALL_PHOTO[:2000], "不是完好的 JPG、PNG"),
        (b"", "空的"),
        (b"\xff\xd8\xff" + bytes(15 * 1024 * 1024), "15 MB"),
    ],
)
def test_a_bad_photo_comes_back_with_a_sentence(cast: Cast, world: World, *, raw: bytes, sentence: str) -> None:
    pk = started(cast.lin.candidate).pk
    actions.fill_specialty(application_id=pk, specialty_code="civil", by=cast.lin.candidate, now=LATER)
    actions.fill_track(application_id=pk, track_code="full", by=cast.lin.candidate, now=LATER)
    page = client_of(cast.lin).post(f"/applications/{pk}/photo/", keyed(photo=upload(raw)))
    assert page.status_code == 422
    assert sentence in page.text


def test_a_full_site_says_so_and_keeps_the_old_choice(cast: Cast, world: World) -> None:
    filled(cast.zhao.candidate, site=world.last_place)
    pk = filled(cast.lin.candidate, site=world.first).pk
    client = client_of(cast.lin)
    assert "已满" in client.get(f"/applications/{pk}/site/").text
    page = client.post(f"/applications/{pk}/site/", keyed(site=str(world.last_place.pk)))
    assert page.status_code == 422
    assert Application.objects.get(pk=pk).site_id == world.first.pk


def test_the_declaration_waits_for_everything_else(cast: Cast, world: World) -> None:
    pk = started(cast.lin.candidate).pk
    page = client_of(cast.lin).get(f"/applications/{pk}/declaration/")
    assert page.status_code == 422
    assert "选择专业" in page.text


def test_the_declaration_must_be_agreed_to_in_its_present_wording(cast: Cast, world: World) -> None:
    pk, client = filled(cast.lin.candidate, site=world.first).pk, client_of(cast.lin)
    unticked = client.post(f"/applications/{pk}/declaration/", keyed(version=CURRENT_DECLARATION.version))
    assert "请先阅读声明并勾选同意" in unticked.text
    old = client.post(f"/applications/{pk}/declaration/", keyed(version="2020-1", agree="on"))
    assert (unticked.status_code, old.status_code) == (422, 422)
    assert Application.objects.get(pk=pk).state == ApplicationState.DRAFT


def test_a_double_click_submits_once(cast: Cast, world: World) -> None:
    pk, client = filled(cast.lin.candidate, site=world.first).pk, client_of(cast.lin)
    sent = keyed(version=CURRENT_DECLARATION.version, agree="on")
    for _ in range(3):
        answer = client.post(f"/applications/{pk}/declaration/", sent)
        assert answer.headers["Location"] == f"/applications/{pk}/"
    assert StateChange.objects.filter(subject_id=pk, event="submit").count() == 1


def test_the_same_key_with_another_content_is_refused(cast: Cast, world: World) -> None:
    pk, client = filled(cast.lin.candidate, site=world.first).pk, client_of(cast.lin)
    sent = keyed(site=str(world.taiyuan.pk))
    assert client.post(f"/applications/{pk}/site/", sent).status_code == 302
    other = client.post(f"/applications/{pk}/site/", {**sent, "site": str(world.first.pk)})
    assert other.status_code == 422
    assert Application.objects.get(pk=pk).site_id == world.taiyuan.pk


def test_a_form_without_its_key_is_refused(cast: Cast, world: World) -> None:
    page = client_of(cast.lin).post(START, {"region": "14"})
    assert page.status_code == 400
    assert Application.objects.count() == 0


def test_what_was_submitted_is_locked(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.lin)
    for page in ("tasks", "specialty", "photo", "declaration"):
        assert client.get(f"/applications/{pk}/{page}/").status_code == 409, page


def test_a_return_shows_its_reason_and_opens_the_pages_again(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.lin)
    actions.return_application(application_id=pk, version=1, reason="请填写单位全称。", by=cast.zhou.staff, now=LATER)
    for page in ("", "tasks/"):
        shown = client.get(f"/applications/{pk}/{page}").text
        assert "请填写单位全称。" in shown
        assert "周审" not in shown
    assert step(client, f"/applications/{pk}/declaration/", version=CURRENT_DECLARATION.version, agree="on")
    assert Application.objects.get(pk=pk).version == 2


def test_the_photo_is_shown_to_its_owner_and_kept_by_no_cache(cast: Cast, world: World) -> None:
    pk = filled(cast.lin.candidate, site=world.first).pk
    picture = client_of(cast.lin).get(f"/applications/{pk}/photo.jpg")
    assert picture.content.startswith(b"\xff\xd8\xff")
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in picture.headers["Cache-Control"]
    assert "private" in picture.headers["Cache-Control"]
    assert picture.headers["X-Content-Type-Options"] == "nosniff"


def pages_of(pk: UUID) -> list[str]:
    choices = ("level/", "specialty/", "track/", "education/", "condition/", "subjects/", "employer/", "site/")
    return [f"/applications/{pk}/{part}" for part in ("", "tasks/", *choices, "photo/", "photo.jpg", "declaration/")]


def test_another_candidate_sees_nothing_of_it(cast: Cast, world: World) -> None:
    pk, client = filled(cast.lin.candidate, site=world.first).pk, client_of(cast.zhao)
    for address in pages_of(pk):
        page = client.get(address)
        assert page.status_code == 404, address
        assert "林晓" not in page.text
    assert client.post(f"/applications/{pk}/site/", keyed(site=str(world.taiyuan.pk))).status_code == 404


def test_nobody_gets_in_without_signing_in_and_staff_not_at_all(cast: Cast, world: World) -> None:
    pk = filled(cast.lin.candidate, site=world.first).pk
    for address in (START, *pages_of(pk)):
        assert "/account/login/" in Client().get(address).headers["Location"]
        for member in (cast.wu, cast.zhou):
            assert client_of(member).get(address).status_code == 403


def test_whoever_is_bound_to_nobody_binds_first(cast: Cast, world: World) -> None:
    answer = client_of(cast.sun).get(START)
    assert answer.headers["Location"].startswith("/me/identity/")


def test_a_review_that_is_late_says_so_and_whom_to_ask(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    assert application.review_due_at is not None
    address, phone = f"/applications/{application.pk}/", application.region.authority.phone
    assert phone
    with frozen_at(application.review_due_at - timedelta(minutes=1)):
        assert "审核最迟" in client_of(cast.lin).get(address).text
    with frozen_at(application.review_due_at):
        late = client_of(cast.lin).get(address).text
    assert "审核最迟" not in late
    assert "现在已经超期" in late
    assert f"可以拨打 {phone} 询问" in late


@pytest.mark.parametrize("page,statements", [("", 13), ("tasks/", 12), ("employer/", 10), ("declaration/", 10)])
def test_the_answers_are_read_once_for_a_page(
    *, cast: Cast, world: World, page: str, statements: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    application, client = filled(cast.lin.candidate, site=world.first), client_of(cast.lin)
    with django_assert_max_num_queries(statements):
        assert client.get(f"/applications/{application.pk}/{page}").status_code == 200
