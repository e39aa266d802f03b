"""What a register could not check, the reviewer of the case settles from the originals, in words that are kept."""

import pytest
from django.test import Client

from jinbang.application import actions
from jinbang.application.actions.settle import settle_check
from jinbang.application.errors import ApplicationNotFound, NotIndependent
from jinbang.application.models import Application
from jinbang.audit.queries import history_of
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.actors import SYSTEM
from jinbang.people.errors import ReasonMissing
from jinbang.people.models import Verification
from jinbang.people.queries import Staff
from jinbang.people.verification.actions import BY_HAND, restart_verifications, state_diploma
from jinbang.people.verification.errors import NoSuchVerification, VerificationNotForPerson
from jinbang.people.verification.queries import verifications_of
from jinbang.people.verification.states import Reason, VerificationEvent, VerificationKind, VerificationState
from tests.application.world import LATER, World, row, submitted
from tests.cast import NOW, CandidateMember, Cast, client_of

pytestmark = pytest.mark.django_db
WORDS = "已核对毕业证书原件。"
NUMBER = "103251201805001234"


def stated(member: CandidateMember, state: VerificationState = VerificationState.NEEDS_PERSON) -> Verification:
    """State a diploma, and let the register leave it like this."""
    kind = VerificationKind.EDUCATION
    check = state_diploma(kind=kind, number=NUMBER, school="山西大学", by=member.candidate, now=NOW)
    Verification.objects.filter(pk=check.pk).update(state=state.value, reason=Reason.SILENT.value, due_at=None)
    return check


def settle(
    application: Application,
    check: Verification,
    *,
    by: Staff,
    verdict: VerificationEvent = VerificationEvent.PASS,
    words: str = WORDS,
) -> Verification:
    return settle_check(
        application_id=application.pk, verification_id=check.pk, verdict=verdict, words=words, by=by, now=LATER
    )


@pytest.mark.parametrize("before", [VerificationState.NEEDS_PERSON, VerificationState.FAILED])
@pytest.mark.parametrize(
    "verdict,after",
    [
        (VerificationEvent.PASS, VerificationState.PASSED),
        (VerificationEvent.FAIL, VerificationState.FAILED),
    ],
)
def test_what_needs_a_person_is_settled_with_who_when_and_on_what_it_rests(  # noqa: PLR0917  # fixtures come by name
    cast: Cast, world: World, before: VerificationState, verdict: VerificationEvent, after: VerificationState
) -> None:
    application, check = submitted(cast.lin.candidate, site=world.first), stated(cast.lin, before)
    settle(application, check, by=cast.zhou.staff, verdict=verdict)
    check.refresh_from_db()
    assert (check.state, check.reason, check.checked_by, check.checked_at) == (after, "looked_at", BY_HAND, LATER)
    change = history_of(check).latest("id")
    assert (change.actor_id, change.reason, change.from_state) == (cast.zhou.staff.actor_id, WORDS, before)


@pytest.mark.parametrize("state", [VerificationState.NOT_CHECKED, VerificationState.PASSED])
def test_what_is_not_a_persons_to_settle_is_left(cast: Cast, world: World, *, state: VerificationState) -> None:
    application, check = submitted(cast.lin.candidate, site=world.first), stated(cast.lin, state)
    with pytest.raises(VerificationNotForPerson):
        settle(application, check, by=cast.zhou.staff)
    check.refresh_from_db()
    assert (check.state, check.checked_by) == (state, "")


def test_a_name_that_changed_under_way_is_checked_anew_instead(cast: Cast, world: World) -> None:
    application, check = submitted(cast.lin.candidate, site=world.first), stated(cast.lin)
    restart_verifications(person_id=cast.lin.bound.pk, by=SYSTEM, now=LATER)
    with pytest.raises(VerificationNotForPerson):
        settle(application, check, by=cast.zhou.staff)


def test_a_later_name_does_not_inherit_what_was_settled(cast: Cast, world: World) -> None:
    application, check = submitted(cast.lin.candidate, site=world.first), stated(cast.lin)
    settle(application, check, by=cast.zhou.staff)
    assert verifications_of(cast.lin.bound.pk)[-1].is_machine_verified
    type(cast.lin.bound).objects.filter(pk=cast.lin.bound.pk).update(name="林改")
    assert not verifications_of(cast.lin.bound.pk)[-1].is_machine_verified


def test_nobody_settles_without_words_elsewhere_for_another_or_what_they_entered(cast: Cast, world: World) -> None:
    application, check = submitted(cast.lin.candidate, site=world.first), stated(cast.lin)
    other = stated(cast.zhao)
    with pytest.raises(ReasonMissing):
        settle(application, check, by=cast.zhou.staff, words=" ")
    with pytest.raises(ApplicationNotFound):
        settle(application, check, by=cast.zheng.staff)
    with pytest.raises(NoSuchVerification):
        settle(application, other, by=cast.zhou.staff)
    (entered,) = actions.enter_applications([row(cast.zhao.bound.pk, world)], by=cast.zhou.staff, now=NOW)
    with pytest.raises(NotIndependent):
        settle(entered, other, by=cast.zhou.staff)
    assert not Verification.objects.filter(state="passed").exists()


def keyed(**fields: str) -> dict[str, str]:
    return {"submission_key": new_submission_key(), **fields}


def test_the_reviewer_finds_it_at_the_case_and_settles_it_on_its_page(cast: Cast, world: World) -> None:
    application, check = submitted(cast.lin.candidate, site=world.first), stated(cast.lin)
    client, case = client_of(cast.zhou), f"/desk/application/{application.pk}/"
    address = f"{case}checks/{check.pk}/"
    assert address in client.get(case).text
    page = client.get(address).text
    assert NUMBER in page
    assert "核验服务长时间没有回应" in page
    assert client.post(address, keyed(verdict="pass")).status_code == 422
    assert client.post(address, keyed(verdict="pass", words=WORDS)).headers["Location"] == case
    shown = client.get(case).text
    assert "工作人员已核查" in shown
    assert address not in shown
    late = client.post(address, keyed(verdict="fail", words=WORDS))
    assert (late.status_code, "现在不需要人工核查" in late.text) == (422, True)


def test_strangers_get_no_check(cast: Cast, world: World) -> None:
    application, check = submitted(cast.lin.candidate, site=world.first), stated(cast.lin)
    address = f"/desk/application/{application.pk}/checks/{check.pk}/"
    for member, status in ((cast.zheng, 404), (cast.wu, 403), (cast.gu, 403), (cast.lin, 403)):
        assert client_of(member).get(address).status_code == status
        assert client_of(member).post(address, keyed(verdict="pass", words=WORDS)).status_code == status
    assert Client().get(address).status_code == 302
