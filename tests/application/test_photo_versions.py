"""Versions of a photo: tried, accepted, changed by two people, sealed, reused, found alike."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from jinbang.application import actions, photo_rules, photo_versions, queries
from jinbang.application.actions import HandBox, NewApplication, Trial
from jinbang.application.actions.portray import photo_of
from jinbang.application.errors import (
    ApplicationNotFound,
    PhotoAlreadyDecided,
    PhotoFixed,
    PhotoMissing,
    PhotoNotFound,
    PhotoNotIndependent,
    PhotoNotReusable,
    PhotoReasonMissing,
    PhotoSealBroken,
)
from jinbang.application.models import Application, Photo, PhotoSheet
from jinbang.application.photo_likeness import Likeness
from jinbang.application.states import ApplicationState, PhotoState
from jinbang.audit import queries as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import InvariantBroken, SealBroken
from tests.application.world import LATER, World, filled, row, small_trial, submitted
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
ON_THE_DAY = datetime(2026, 12, 30, tzinfo=SHANGHAI)


def approved(cast: Cast, world: World) -> Application:
    application = submitted(cast.lin.candidate, site=world.first)
    return actions.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=LATER)


def another_trial(likeness: Likeness | None = None) -> Trial:
    """Return a trial whose bytes differ from the small photo's."""
    trial = small_trial()
    portrait = replace(trial.portrait, jpeg=trial.portrait.jpeg + b"\0", likeness=likeness or trial.portrait.likeness)
    return replace(trial, portrait=replace(portrait, sha256=photo_hash(portrait.jpeg)))


def photo_hash(jpeg: bytes) -> str:
    return sha256(jpeg).hexdigest()


def proposed(cast: Cast, application_id: UUID) -> Photo:
    photo = actions.keep_trial(application_id=application_id, trial=another_trial(), by=cast.lin.candidate, now=LATER)
    return actions.accept_photo(photo_id=photo.pk, reason="旧照片不像了", by=cast.lin.candidate, now=LATER)


def states(application: Application) -> list[str]:
    return sorted(application.photos.values_list("state", flat=True))


# ---------------------------------------------------------------- trying and accepting


def test_a_photo_counts_only_once_accepted(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    application.photos.all().delete()
    photo = actions.keep_trial(application_id=application.pk, trial=small_trial(), by=cast.lin.candidate, now=NOW)
    assert not queries.answers_of(application).has_photo
    with pytest.raises(PhotoMissing):
        queries.open_photo(application)
    actions.accept_photo(photo_id=photo.pk, by=cast.lin.candidate, now=NOW)
    assert queries.open_photo(application) == small_trial().portrait.jpeg


def test_accepting_deletes_the_whole_picture_behind_it(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    assert not PhotoSheet.objects.exists()
    photo = actions.keep_trial(application_id=application.pk, trial=small_trial(), by=cast.lin.candidate, now=NOW)
    assert photo_versions.open_sheet(photo).width == small_trial().sheet.width
    assert b"\xff\xd8\xff" not in bytes(photo.sheet.sealed)[:200]
    actions.accept_photo(photo_id=photo.pk, by=cast.lin.candidate, now=NOW)
    assert not PhotoSheet.objects.exists()
    assert states(application) == ["current", "replaced"]


def test_another_trial_takes_the_place_of_the_first_and_leaves_the_accepted_one(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    for _ in range(2):
        actions.keep_trial(application_id=application.pk, trial=small_trial(), by=cast.lin.candidate, now=NOW)
    assert states(application) == ["current", "tried"]
    assert PhotoSheet.objects.count() == 1


def test_moving_the_frame_cuts_anew_and_keeps_the_day_of_the_photo(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    by = cast.lin.candidate
    photo = actions.keep_trial(application_id=application.pk, trial=small_trial(), by=by, now=NOW)
    trial = actions.crop_photo(photo_id=photo.pk, hand=HandBox(0.05, 0.02, 0.9), by=by)
    moved = actions.keep_trial(application_id=application.pk, trial=trial, by=by, now=LATER)
    assert moved.box[0] == round(360 * 0.05)
    assert (moved.sha256 != photo.sha256, moved.taken_at) == (True, NOW)


def test_the_database_holds_one_of_each_living_state(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    photo = application.photos.get()
    photo.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.create(application=application, sha256="", width=1, height=1, size_bytes=1, taken_at=NOW,
                             sealed=b"", state=PhotoState.CURRENT.value)  # fmt: skip


def test_nothing_of_anothers_photo_exists(cast: Cast, world: World) -> None:
    photo = filled(cast.lin.candidate, site=world.first).photos.get()
    for act in (
        lambda: photo_versions.get_own_photo(photo.pk, by=cast.zhao.candidate),
        lambda: actions.accept_photo(photo_id=photo.pk, by=cast.zhao.candidate, now=NOW),
        lambda: actions.crop_photo(photo_id=photo.pk, hand=HandBox(0, 0, 1), by=cast.zhao.candidate),
    ):
        with pytest.raises(PhotoNotFound):
            act()
    with pytest.raises(ApplicationNotFound):
        actions.try_photo(application_id=photo.application_id, raw=b"", by=cast.zhao.candidate, now=NOW)


# ---------------------------------------------------------------- the change between two people


def test_the_photo_is_fixed_under_review_and_from_the_first_day_on(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    act = {"application_id": application.pk, "trial": small_trial(), "by": cast.lin.candidate}
    with pytest.raises(PhotoFixed):
        actions.keep_trial(**act, now=LATER)  # type: ignore[arg-type]  # one dictionary for both calls
    actions.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=LATER)
    actions.keep_trial(**act, now=LATER)  # type: ignore[arg-type]  # the same
    with pytest.raises(PhotoFixed):
        actions.keep_trial(**act, now=ON_THE_DAY)  # type: ignore[arg-type]  # the same


def test_after_approval_a_new_photo_waits_and_the_old_one_counts(cast: Cast, world: World) -> None:
    application = approved(cast, world)
    photo = proposed(cast, application.pk)
    assert photo.state == PhotoState.PROPOSED
    assert queries.open_photo(application) == small_trial().portrait.jpeg
    assert [one.pk for one in photo_versions.photo_changes_awaiting_review(cast.zhou.staff)] == [photo.pk]
    assert not photo_versions.photo_changes_awaiting_review(cast.zheng.staff).exists()


def test_a_change_needs_a_reason(cast: Cast, world: World) -> None:
    application = approved(cast, world)
    photo = actions.keep_trial(application_id=application.pk, trial=small_trial(), by=cast.lin.candidate, now=LATER)
    with pytest.raises(PhotoReasonMissing):
        actions.accept_photo(photo_id=photo.pk, reason="  ", by=cast.lin.candidate, now=LATER)


def test_a_second_person_approves_and_the_seal_follows(cast: Cast, world: World) -> None:
    application = approved(cast, world)
    before = photo_versions.open_sealed_photo(application).sha256
    photo = proposed(cast, application.pk)
    actions.approve_photo(photo_id=photo.pk, by=cast.zhou.staff, now=LATER)
    sealed = photo_versions.open_sealed_photo(application)
    assert sealed.sha256 == photo.sha256 != before
    assert states(application) == ["current", "replaced"]
    events = [change.event for change in audit.history_of(application)]
    assert events[-2:] == ["photo_propose", "photo_approve"]
    with pytest.raises(PhotoAlreadyDecided):
        actions.reject_photo(photo_id=photo.pk, reason="晚了", by=cast.zhou.staff, now=LATER)


def test_nobody_approves_or_rejects_their_own_proposal(cast: Cast, world: World) -> None:
    application = approved(cast, world)
    photo = actions.propose_photo(
        application_id=application.pk, trial=another_trial(), reason="窗口重拍", by=cast.zhou.staff, now=LATER
    )
    with pytest.raises(PhotoNotIndependent):
        actions.approve_photo(photo_id=photo.pk, by=cast.zhou.staff, now=LATER)
    with pytest.raises(PhotoNotIndependent):
        actions.reject_photo(photo_id=photo.pk, reason="不", by=cast.zhou.staff, now=LATER)


def test_a_reviewer_of_another_province_finds_no_change(cast: Cast, world: World) -> None:
    photo = proposed(cast, approved(cast, world).pk)
    with pytest.raises(PhotoNotFound):
        actions.approve_photo(photo_id=photo.pk, by=cast.zheng.staff, now=LATER)
    with pytest.raises(ApplicationNotFound):
        actions.propose_photo(
            application_id=photo.application_id, trial=small_trial(), reason="x", by=cast.zheng.staff, now=LATER
        )


def test_a_rejected_change_leaves_everything_as_it_was(cast: Cast, world: World) -> None:
    application = approved(cast, world)
    photo = proposed(cast, application.pk)
    actions.reject_photo(photo_id=photo.pk, reason="不是同一个人", by=cast.zhou.staff, now=LATER)
    assert states(application) == ["current", "rejected"]
    assert photo_versions.open_sealed_photo(application).jpeg == small_trial().portrait.jpeg
    assert audit.history_of(application).last().reason == "不是同一个人"  # type: ignore[union-attr]  # there is one


def test_a_second_proposal_takes_the_place_of_the_first(cast: Cast, world: World) -> None:
    application = approved(cast, world)
    first = proposed(cast, application.pk)
    second = proposed(cast, application.pk)
    with pytest.raises(PhotoAlreadyDecided):
        actions.approve_photo(photo_id=first.pk, by=cast.zhou.staff, now=LATER)
    actions.approve_photo(photo_id=second.pk, by=cast.zhou.staff, now=LATER)


# ---------------------------------------------------------------- the seal


def test_many_approved_at_once_are_each_sealed_with_their_own_hash(cast: Cast, world: World) -> None:
    one, other = submitted(cast.lin.candidate, site=world.first), submitted(cast.zhao.candidate, site=world.first)
    actions.approve_applications((one.pk, other.pk), by=cast.zhou.staff, now=LATER)
    for application in (one, other):
        assert photo_versions.open_sealed_photo(application).sha256 == application.photos.get().sha256


def test_a_row_put_in_place_of_the_sealed_photo_is_never_printed(cast: Cast, world: World) -> None:
    """The insider's way: a new row, properly sealed under the person's key, with the right hash of its own bytes."""
    application = approved(cast, world)
    application.photos.update(state=PhotoState.REPLACED.value)
    forged = photo_of(another_trial(), application, by=SYSTEM, now=LATER)
    forged.state = PhotoState.CURRENT.value
    forged.save()
    with pytest.raises(PhotoSealBroken):
        photo_versions.open_sealed_photo(application)
    assert queries.open_photo(application) == another_trial().portrait.jpeg, "without the seal it would be printed"


def test_bytes_moved_between_rows_or_under_another_hash_do_not_open(cast: Cast, world: World) -> None:
    lin, zhao = approved(cast, world), submitted(cast.zhao.candidate, site=world.first)
    theirs = zhao.photos.get()
    lin.photos.update(sealed=theirs.sealed)
    with pytest.raises(SealBroken):
        queries.open_photo(lin)
    zhao.photos.update(sha256="0" * 64)
    with pytest.raises(InvariantBroken):
        queries.open_photo(zhao)


def test_a_photo_without_a_seal_is_not_printed(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    with pytest.raises(PhotoSealBroken):
        photo_versions.open_sealed_photo(application)


# ---------------------------------------------------------------- used once more


@pytest.mark.parametrize(
    "taken,now,is_young",
    [
        ((2026, 1, 15), (2026, 7, 15), True),
        ((2026, 1, 15), (2026, 7, 16), False),
        ((2025, 10, 31), (2026, 4, 30), True),
        ((2025, 10, 31), (2026, 5, 1), False),
        ((2025, 12, 1), (2026, 6, 1), True),
    ],
)
def test_six_months_are_counted_by_the_calendar(
    taken: tuple[int, int, int], now: tuple[int, int, int], *, is_young: bool
) -> None:
    found = photo_rules.is_young_enough(
        datetime(*taken, 12, tzinfo=SHANGHAI), now=datetime(*now, 12, tzinfo=SHANGHAI), months_max=6
    )
    assert found is is_young


def earlier_photo(cast: Cast, world: World, *, taken_at: datetime) -> tuple[Application, Photo]:
    """Give 林 an accepted photo of an application that was withdrawn, and a new one without a photo."""
    old = filled(cast.lin.candidate, site=world.first)
    old.photos.update(taken_at=taken_at)
    Application.objects.filter(pk=old.pk).update(state=ApplicationState.WITHDRAWN.value)
    new = filled(cast.lin.candidate, site=world.first)
    new.photos.all().delete()
    return new, old.photos.get()


def test_the_photo_of_an_earlier_application_is_used_once_more_in_one_step(cast: Cast, world: World) -> None:
    new, old = earlier_photo(cast, world, taken_at=NOW - timedelta(days=90))
    photo = actions.reuse_photo(application_id=new.pk, by=cast.lin.candidate, now=NOW)
    assert queries.open_photo(new) == small_trial().portrait.jpeg
    assert (photo.taken_at, photo.sha256) == (old.taken_at, old.sha256)
    assert bytes(Photo.objects.get(pk=photo.pk).sealed) != bytes(old.sealed)


def test_a_photo_older_than_half_a_year_or_of_another_person_is_not_reused(cast: Cast, world: World) -> None:
    new, _ = earlier_photo(cast, world, taken_at=NOW - timedelta(days=190))
    filled(cast.zhao.candidate, site=world.first)
    with pytest.raises(PhotoNotReusable) as refused:
        actions.reuse_photo(application_id=new.pk, by=cast.lin.candidate, now=NOW)
    assert refused.value.fields == {"months_max": 6}


# ---------------------------------------------------------------- alike


def entered(world: World, person_id: UUID, likeness: Likeness) -> Application:
    entry: NewApplication = replace(row(person_id, world), portrait=another_trial(likeness).portrait)
    return actions.enter_applications([entry], by=SYSTEM, now=NOW)[0]


def test_the_same_picture_of_another_person_is_shown_to_the_reviewer(cast: Cast, world: World) -> None:
    lin, zhao = submitted(cast.lin.candidate, site=world.first), submitted(cast.zhao.candidate, site=world.first)
    found = photo_versions.photos_alike(lin.photos.get(), by=cast.zhou.staff)
    assert [photo.application_id for photo in found.seen] == [zhao.pk]
    assert found.elsewhere == 0


def test_outside_the_scope_only_the_number_is_told(cast: Cast, world: World) -> None:
    lin = submitted(cast.lin.candidate, site=world.first)
    submitted(cast.zhao.candidate, site=world.first)
    found = photo_versions.photos_alike(lin.photos.get(), by=cast.zheng.staff)
    assert (found.seen, found.elsewhere) == ((), 1)


@pytest.mark.parametrize(
    "flipped,is_found", [((0, 1, 20, 21, 40, 41, 60), True), ((0, 1, 20, 21, 40, 41, 60, 61), False)]
)
def test_seven_differing_bits_are_found_and_eight_are_not(
    cast: Cast, world: World, *, flipped: tuple[int, ...], is_found: bool
) -> None:
    own = Likeness(0x1234_5678_9ABC_DEF0, 5)
    theirs = Likeness(own.short ^ sum(1 << bit for bit in flipped), 5)
    entered(world, cast.lin.bound.pk, own)
    entered(world, cast.zhao.bound.pk, theirs)
    photo = Photo.objects.get(application__person=cast.lin.bound)
    assert bool(photo_versions.photos_alike(photo, by=cast.zhou.staff)) is is_found


def test_likeness_is_looked_up_by_index(cast: Cast, world: World) -> None:
    photo = submitted(cast.lin.candidate, site=world.first).photos.get()
    statement = photo_versions.sharing_a_band(photo)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = statement.explain()
    assert all(f"photo_band_{number}" in plan for number in (1, 2, 3, 4)), plan
    assert "SCAN application_photo" not in plan
