"""The pages around commitments, and everybody who has no business there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jinbang.application.actions import enter_applications
from jinbang.application.commitment import actions
from jinbang.application.commitment.models import Commitment, CommitmentCheck
from jinbang.application.commitment.states import CommitmentState
from jinbang.application.commitment.text import CURRENT_COMMITMENT
from jinbang.application.models import Application, Evidence
from jinbang.application.states import ApplicationState
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from tests.application.commitment.test_actions import SEED, charged, second_reviewer, sign, submitted_under_commitment
from tests.application.world import AFTER_CLOSE, CODE, SMALL_PHOTO, World, chosen, filled, row, started
from tests.cast import NOW, Cast, client_of

pytestmark = pytest.mark.django_db


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def test_a_candidate_reads_and_signs(cast: Cast, world: World) -> None:
    application, client = filled(cast.lin.candidate, site=world.first, commits=False), client_of(cast.lin)
    address = f"/applications/{application.pk}/commitment/"
    assert address in client.get(f"/applications/{application.pk}/tasks/").text
    assert CURRENT_COMMITMENT.paragraphs[3] in client.get(address).text
    assert client.post(address, keyed(version=CURRENT_COMMITMENT.version)).status_code == 422
    answer = client.post(address, keyed(version=CURRENT_COMMITMENT.version, answer="sign"))
    assert answer.headers["Location"] == f"/applications/{application.pk}/declaration/"
    shown = client.get(address).text
    assert CURRENT_COMMITMENT.sha256 in shown
    assert "撤回告知承诺" in shown


def test_an_old_wording_comes_back_to_be_read(cast: Cast, world: World) -> None:
    application = chosen(cast.lin.candidate)
    address = f"/applications/{application.pk}/commitment/"
    answer = client_of(cast.lin).post(address, keyed(version="2019-1", answer="sign"))
    assert answer.status_code == 422
    assert "承诺书的内容已经更新" in answer.text


def test_whoever_submitted_without_an_answer_is_not_asked_any_more(cast: Cast, world: World) -> None:
    (application,) = enter_applications([row(cast.lin.bound.pk, world)], by=SYSTEM, now=NOW)
    page = client_of(cast.lin).get(f"/applications/{application.pk}/commitment/").text
    assert "按不采用告知承诺办理" in page
    assert "确认选择" not in page


def test_declining_says_what_follows(cast: Cast, world: World) -> None:
    application, client = chosen(cast.lin.candidate), client_of(cast.lin)
    address = f"/applications/{application.pk}/commitment/"
    client.post(address, keyed(version=CURRENT_COMMITMENT.version, answer="decline"))
    assert "本年度报考本考试不再适用告知承诺" in client.get(address).text


def test_withdrawing_asks_once_more(cast: Cast, world: World) -> None:
    application, client = submitted_under_commitment(cast, world), client_of(cast.lin)
    address = f"/applications/{application.pk}/commitment/withdraw/"
    assert "退回给您" in client.get(address).text
    assert client.post(address, keyed()).status_code == 422
    assert client.post(address, keyed(sure="on")).headers["Location"] == f"/applications/{application.pk}/"
    assert Commitment.objects.get().state == CommitmentState.WITHDRAWN
    assert "撤回告知承诺，请上传证明材料后重新提交" in client.get(f"/applications/{application.pk}/").text


def test_the_lot_from_the_hash_to_the_seed_for_everybody_to_see(cast: Cast, world: World) -> None:
    submitted_under_commitment(cast, world)
    public = f"/exams/{CODE}/commitment-samples/"
    client = client_of(cast.zhou)
    assert "公布种子的摘要" in client.get("/desk/commitments/").text
    actions.commit_sample_seed(region_id=world.region.pk, by=cast.zhou.staff, now=AFTER_CLOSE.replace(day=1), seed=SEED)
    before = client.get(public).text
    assert Application.objects.get().region.commitment_sample.seed_commitment in before
    assert SEED not in before
    assert SEED not in client.get("/desk/commitments/").text
    with frozen_at(AFTER_CLOSE):
        client = client_of(cast.zhou)
        assert "抽取并公布种子" in client.get("/desk/commitments/").text
        assert client.post(f"/desk/commitments/regions/{world.region.pk}/draw/", keyed()).status_code == 302
        assert "随机抽查" in client.get("/desk/commitments/").text
        assert SEED in client.get(public).text


def test_a_check_from_the_evidence_to_the_finding(cast: Cast, world: World) -> None:
    application = submitted_under_commitment(cast, world)
    actions.question_commitment(commitment_id=Commitment.objects.get().pk, by=cast.zhou.staff, now=AFTER_CLOSE)
    check = CommitmentCheck.objects.get()
    mine, desk = client_of(cast.lin), client_of(cast.zhou)
    own, case = f"/applications/{application.pk}/commitment/", f"/desk/commitments/{check.pk}/"
    assert "毕业证" in mine.get(f"{own}check/").text or "学历" in mine.get(f"{own}check/").text
    scan = SimpleUploadedFile("a.jpg", SMALL_PHOTO, "image/jpeg")
    assert mine.post(f"{own}evidence/", keyed(scan=scan)).status_code == 302
    bad = SimpleUploadedFile("a.pdf", b"GIF89a", "application/pdf")
    assert mine.post(f"{own}evidence/", keyed(scan=bad)).status_code == 422
    evidence = Evidence.objects.get()
    assert SMALL_PHOTO[:64] not in bytes(evidence.sealed)
    served = desk.get(f"{case}evidence/{evidence.pk}/")
    assert served.headers["Content-Type"] == "image/jpeg"
    assert desk.post(f"{case}charge/", keyed(charge="")).status_code == 422
    assert desk.post(f"{case}charge/", keyed(charge="证书查无此证。")).status_code == 302
    assert "由另一名审核人员作出决定" in desk.get(case).text
    assert desk.post(f"{case}false/", keyed(document_number="晋〔2026〕1号")).status_code == 409
    second_reviewer(cast)
    second = client_of(cast.wu)
    early = second.post(f"{case}false/", keyed(document_number="晋〔2026〕1号"))
    assert early.status_code == 409
    assert "陈述申辩" in early.text
    assert "证书查无此证" in mine.get(f"{own}check/").text
    assert mine.post(f"{own}answer/", keyed(statement="换发过证书。")).status_code == 302
    assert second.post(f"{case}false/", keyed(document_number="晋〔2026〕1号")).status_code == 302
    assert "报名无效，所缴费用不予退还" in mine.get(f"{own}check/").text
    assert Application.objects.get().state == ApplicationState.VOIDED


def test_strangers_see_no_commitment(cast: Cast, world: World) -> None:
    check = charged(cast, world)
    application = Application.objects.get()
    zhao, zheng, wu = client_of(cast.zhao), client_of(cast.zheng), client_of(cast.wu)
    for page in ("commitment/", "commitment/check/"):
        assert zhao.get(f"/applications/{application.pk}/{page}").status_code == 404
    assert zheng.get(f"/desk/commitments/{check.pk}/").status_code == 404
    for verb in ("uphold", "charge", "false"):
        body = keyed(charge="x", document_number="x")
        assert zheng.post(f"/desk/commitments/{check.pk}/{verb}/", body).status_code == 404
        assert wu.post(f"/desk/commitments/{check.pk}/{verb}/", keyed()).status_code == 403
    for page in ("/desk/commitments/", f"/desk/commitments/{check.pk}/"):
        assert wu.get(page).status_code == 403
    for verb in ("commit", "draw"):
        assert wu.post(f"/desk/commitments/regions/{world.region.pk}/{verb}/", keyed()).status_code == 403
        assert zheng.post(f"/desk/commitments/regions/{world.region.pk}/{verb}/", keyed()).status_code == 404


def test_before_the_track_is_chosen_the_page_says_what_to_do_first(cast: Cast, world: World) -> None:
    application, client = started(cast.lin.candidate), client_of(cast.lin)
    address = f"/applications/{application.pk}/commitment/"
    page = client.get(address).text
    assert "请先选好，再来签署" in page
    assert 'name="answer"' not in page
    answer = client.post(address, keyed(version=CURRENT_COMMITMENT.version, answer="sign"))
    assert answer.status_code == 409
    assert not Commitment.objects.exists()


def test_whoever_signed_and_then_turns_to_a_track_checked_by_hand_is_told_there(cast: Cast, world: World) -> None:
    application, client = filled(cast.lin.candidate, site=world.first), client_of(cast.lin)
    track = world.sitting.programme_version.programme.level("level-2").tracks[0].code
    answer = client.post(f"/applications/{application.pk}/track/", keyed(track=track))
    assert answer.status_code == 422
    assert "先撤回告知承诺" in answer.text
    application.refresh_from_db()
    assert application.track_code == "full"


def test_a_commitment_without_a_check_has_no_check_page(cast: Cast, world: World) -> None:
    application = chosen(cast.lin.candidate)
    sign(application.pk, by=cast.lin.candidate)
    assert client_of(cast.lin).get(f"/applications/{application.pk}/commitment/check/").status_code == 404
