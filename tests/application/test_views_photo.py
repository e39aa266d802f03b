"""The pages of a photo: a candidate's, a reviewer's, and everybody who has no business there."""

import pytest

from jinbang.application import actions
from jinbang.application.models import Application, Photo
from jinbang.application.states import PhotoState
from jinbang.audit.submission import new_submission_key
from tests.application.world import LATER, World, filled, small_trial, submitted
from tests.cast import Cast, client_of

pytestmark = pytest.mark.django_db


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def change(cast: Cast, world: World) -> Photo:
    """Bring 林's photo to where a change of it waits for a reviewer."""
    application = submitted(cast.lin.candidate, site=world.first)
    actions.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=LATER)
    photo = actions.keep_trial(application_id=application.pk, trial=small_trial(), by=cast.lin.candidate, now=LATER)
    return actions.accept_photo(photo_id=photo.pk, reason="旧照片不像了", by=cast.lin.candidate, now=LATER)


def trial(cast: Cast, world: World) -> Photo:
    application = filled(cast.lin.candidate, site=world.first)
    return actions.keep_trial(application_id=application.pk, trial=small_trial(), by=cast.lin.candidate, now=LATER)


def test_the_candidate_sees_marks_findings_and_one_next_step(cast: Cast, world: World) -> None:
    photo, client = trial(cast, world), client_of(cast.lin)
    page = client.get(f"/applications/{photo.application_id}/photo/").text
    assert "就用这张，继续" in page
    assert "没有认出正面的脸" in page
    assert "审核人员会看" in page
    for address in (f"/photos/{photo.pk}.jpg", f"/photos/{photo.pk}/marked.jpg", f"/photos/{photo.pk}/sheet.jpg"):
        picture = client.get(address)
        assert picture.content.startswith(b"\xff\xd8\xff")
        assert "no-store" in picture.headers["Cache-Control"]


def test_the_frame_is_moved_and_a_frame_without_numbers_changes_nothing(cast: Cast, world: World) -> None:
    photo, client = trial(cast, world), client_of(cast.lin)
    address = f"/photos/{photo.pk}/crop/"
    assert client.post(address, keyed()).status_code == 302
    assert Photo.objects.filter(pk=photo.pk).exists()
    client.post(address, keyed(left="0.1", top="0.05", width="0.85"))
    assert Photo.objects.get(state=PhotoState.TRIED).box != photo.box


def test_a_change_is_proposed_with_a_reason_and_decided_at_the_desk(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    actions.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=LATER)
    photo = actions.keep_trial(application_id=application.pk, trial=small_trial(), by=cast.lin.candidate, now=LATER)
    client = client_of(cast.lin)
    assert client.post(f"/photos/{photo.pk}/accept/", keyed(reason="")).status_code == 422
    assert client.post(f"/photos/{photo.pk}/accept/", keyed(reason="不像了")).status_code == 302
    assert "现在轮到审核人员" in client.get(f"/applications/{application.pk}/photo/").text
    desk = client_of(cast.zhou)
    assert "林晓" in desk.get("/desk/application/photos/").text
    assert "两张照片是同一个人吗" in desk.get(f"/desk/application/photos/{photo.pk}/").text
    assert desk.post(f"/desk/application/photos/{photo.pk}/reject/", keyed(reason="")).status_code == 422
    assert desk.post(f"/desk/application/photos/{photo.pk}/approve/", keyed()).status_code == 302
    assert Photo.objects.get(pk=photo.pk).state == PhotoState.CURRENT
    assert desk.post(f"/desk/application/photos/{photo.pk}/reject/", keyed(reason="晚了")).status_code == 409


def test_the_case_shows_the_reviewer_what_the_detector_doubts_and_who_looks_alike(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    submitted(cast.zhao.candidate, site=world.first)
    page = client_of(cast.zhou).get(f"/desk/application/{pk}/").text
    assert "照片需要您看一眼" in page
    assert "与另一人的照片很像" in page
    assert "赵敏·艾山" in page
    assert "很像" not in client_of(cast.lin).get(f"/applications/{pk}/").text


def test_another_candidate_finds_no_photo(cast: Cast, world: World) -> None:
    photo, client = trial(cast, world), client_of(cast.zhao)
    for address in (f"/photos/{photo.pk}.jpg", f"/photos/{photo.pk}/marked.jpg", f"/photos/{photo.pk}/sheet.jpg"):
        assert client.get(address).status_code == 404
    for address in (f"/photos/{photo.pk}/crop/", f"/photos/{photo.pk}/accept/"):
        assert client.post(address, keyed()).status_code == 404
    assert client.post(f"/applications/{photo.application_id}/photo/reuse/", keyed()).status_code == 404


def test_wu_and_another_province_get_nothing_of_a_change(cast: Cast, world: World) -> None:
    photo = change(cast, world)
    base = f"/desk/application/photos/{photo.pk}"
    pages = (f"{base}/", f"{base}.jpg", f"/desk/application/{photo.application_id}/photo/")
    for member, status in ((cast.wu, 403), (cast.gu, 403), (cast.lin, 403), (cast.zheng, 404)):
        client = client_of(member)
        assert {client.get(address).status_code for address in pages} == {status}
        assert client.post(f"{base}/approve/", keyed()).status_code == status
        assert client.post(f"{base}/reject/", keyed(reason="不")).status_code == status
    assert client_of(cast.wu).get("/desk/application/photos/").status_code == 403
    assert Application.objects.get().photos.get(pk=photo.pk).state == PhotoState.PROPOSED
