"""Publishing as long work: seen on the desk, done once, begun again when a worker dies, asked for when refused."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from jinbang.audit import long_work
from jinbang.audit.long_work import Holding
from jinbang.audit.models import LongWork
from jinbang.audit.rules import LEASE
from jinbang.audit.states import WorkState
from jinbang.kernel.clock import frozen_at
from jinbang.lookup import actions, distribution, pointer, tasks
from jinbang.lookup.errors import WarrantMissing
from jinbang.lookup.keyholder import KeyVault
from jinbang.lookup.pointer import PointerSigner
from jinbang.lookup.snapshot import Publication
from jinbang.results.actions.release import reopen_release
from jinbang.results.models import Outcome, Release
from jinbang.results.states import ReleaseState
from tests.cast import NOW, Cast, StaffMember, client_of
from tests.lookup.test_actions import three_people
from tests.results.world import World, approved


@pytest.fixture
def world(cast: Cast, settings: Settings, tmp_path: Path) -> World:
    return three_people(cast, settings, tmp_path)


def look(*, after: timedelta = timedelta()) -> int:
    with frozen_at(NOW + after):
        return tasks.look_for_releases()


def asked() -> list[LongWork]:
    return list(LongWork.objects.filter(task=actions.PUBLISH).order_by("id"))


def taken(world: World) -> Holding:
    """Approve, and take the publication as a worker does that then stands still."""
    approved(world)
    with frozen_at(NOW):
        actions.ask_for_snapshots()
        keep = long_work.take(task=actions.PUBLISH)
    assert keep is not None
    return keep


def page(member: StaffMember, name: str, *args: object) -> str:
    return client_of(member).get(reverse(name, args=args)).content.decode()


def files(settings: Settings) -> list[str]:
    return sorted(path.name for path in Path(settings.JINBANG_SNAPSHOTS).rglob("*") if path.is_file())


def test_a_publication_is_the_work_of_whoever_signed_last(world: World) -> None:
    approved(world)
    assert look() == 1
    (work,) = asked()
    assert (work.state, work.done, work.total) == (WorkState.DONE, 3, 3)
    assert (work.actor_id, work.actor_name) == (world.cast.lyu.staff.account_id, world.cast.lyu.staff.name)
    assert world.release.state == ReleaseState.ARMED.value


def test_the_desk_shows_how_far_it_is(world: World) -> None:
    keep = taken(world)
    with frozen_at(NOW):
        with keep.step(cursor={}, done=1, total=3):
            pass
        for member in (world.cast.he, world.cast.lyu, world.cast.chu):
            shown = page(member, "results:release", world.release.pk)
            assert "生成查询快照" in shown
            assert "1 / 3 人（33%）" in shown
        listed = page(world.cast.lyu, "portal:work_list")
        assert "生成查询快照" in listed
        assert "1 / 3" in listed
        assert "生成查询快照" not in page(world.cast.he, "portal:work_list")


def test_while_a_living_worker_has_it_another_one_leaves_it_alone(world: World) -> None:
    taken(world)
    assert look(after=LEASE / 2) == 0
    assert world.release.state == ReleaseState.APPROVED.value


def test_a_worker_that_was_killed_is_followed_by_another_when_its_lease_is_over(world: World) -> None:
    taken(world)
    assert look(after=LEASE) == 1
    assert [work.state for work in asked()] == [WorkState.DONE]


def stalled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first worker that has built its file sleep past its lease, while a second one publishes."""
    armed = actions._armed_warrant

    def slept(release: Release, **given: Any) -> str:  # noqa: ANN401  # as it is called
        monkeypatch.setattr(actions, "_armed_warrant", armed)
        assert look(after=2 * LEASE) == 1
        return armed(Release.objects.get(pk=release.pk), **given)

    monkeypatch.setattr(actions, "_armed_warrant", slept)


def test_a_worker_that_slept_past_its_lease_publishes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    keep = taken(world)
    stalled(monkeypatch)
    with frozen_at(NOW):
        long_work.run(keep)
    (publication,) = actions.armed_publications()
    assert files(settings) == [publication.file, "pointer.json"]
    assert actions.vault().armed_key(publication).unwrap()
    assert [work.state for work in asked()] == [WorkState.DONE]


def test_with_neither_lease_nor_a_vault_that_keeps_one_key_it_would_publish_a_second_time(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """The twin: what the second worker published is driven out by what the first one had."""
    keep = taken(world)
    monkeypatch.setattr(Holding, "_require_held", lambda _self: None)
    monkeypatch.setattr(KeyVault, "_of", lambda *_given: [])
    armed: list[str] = []
    arm = pointer.arm

    def arming(folder: Path, publication: Publication, *, signer: PointerSigner) -> None:
        arm(folder, publication, signer=signer)
        armed.append(publication.file)

    monkeypatch.setattr(pointer, "arm", arming)
    stalled(monkeypatch)
    with frozen_at(NOW):
        long_work.run(keep)
    assert len(set(armed)) == 2
    assert files(settings) == [armed[1], "pointer.json"]


def test_a_worker_killed_between_the_pointer_and_the_end_has_published(world: World) -> None:
    approved(world)
    look()
    (publication,) = actions.armed_publications()
    with frozen_at(NOW):
        assert actions.publish_snapshot(release_id=world.release.pk) == publication


def test_what_was_refused_is_told_and_asked_for_again_after_a_while(world: World) -> None:
    release = approved(world)
    outcome = Outcome.objects.get(entry=world.entries[1])
    before = outcome.subjects[0]["mark_hundredths"]
    outcome.subjects[0]["mark_hundredths"] = 10000
    outcome.save(update_fields=("subjects",))
    with frozen_at(NOW):
        actions.ask_for_snapshots()
        assert long_work.run_next()
    (work,) = asked()
    assert (work.state, work.refusal_code) == (WorkState.REFUSED, "release_not_as_signed")
    with frozen_at(NOW):
        shown = page(world.cast.lyu, "results:release", release.pk)
    assert "内容与签发的不一致" in shown
    with frozen_at(NOW + actions.ASKED_AGAIN_AFTER - timedelta(seconds=1)):
        actions.ask_for_snapshots()
    assert len(asked()) == 1
    outcome.subjects[0]["mark_hundredths"] = before
    outcome.save(update_fields=("subjects",))
    assert look(after=actions.ASKED_AGAIN_AFTER) == 1
    assert [work.state for work in asked()] == [WorkState.REFUSED, WorkState.DONE]


def test_what_is_signed_anew_is_asked_for_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as once:
        once.setattr(actions, "_sealed", refusing)
        approved(world)
        look()
    reopen_release(release_id=world.release.pk, reason="再签一次", by=world.cast.he.staff, now=NOW)
    approved(world)
    assert look() == 1
    assert [work.state for work in asked()] == [WorkState.REFUSED, WorkState.DONE]


def refusing(*_given: object, **_named: object) -> None:
    raise WarrantMissing


def test_a_release_reopened_while_it_is_sealed_is_not_published(world: World, settings: Settings) -> None:
    keep = taken(world)
    with frozen_at(NOW), keep.step(cursor={}, done=1, total=3):
        pass
    with pytest.MonkeyPatch.context() as meanwhile:
        built = actions._built

        def reopened(*given: object, **named: object) -> object:
            publication = built(*given, **named)  # type: ignore[arg-type]  # whatever is built
            reopen_release(release_id=world.release.pk, reason="紧急停止", by=world.cast.he.staff, now=NOW)
            return publication

        meanwhile.setattr(actions, "_built", reopened)
        with frozen_at(NOW):
            long_work.run(keep)
    assert actions.armed_publications() == []
    assert [name for name in files(settings) if name.endswith(".lmdb")] == []
    assert [work.state for work in asked()] == [WorkState.REFUSED]


def test_a_publication_does_not_wait_behind_other_work(world: World) -> None:
    approved(world)
    other = long_work.enqueue(
        "jinbang.seating.tasks.draw_seats",
        subject=world.region,
        arguments={"region_id": str(world.region.pk)},
        total=1,
        by=world.cast.he.staff,
        now=NOW,
    )
    assert look() == 1
    assert LongWork.objects.get(pk=other.pk).state == WorkState.WAITING


def test_what_is_published_is_offered_to_the_store(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[object] = []
    monkeypatch.setattr(distribution, "store", lambda: "the store")
    monkeypatch.setattr(
        distribution, "offer", lambda store, folder: offered.append((store, len(list(folder.glob("*/*.lmdb")))))
    )
    approved(world)
    look()
    assert offered == [("the store", 1)]
