"""Publishing: from what two officers signed to what a candidate reads, and back when it is taken back."""

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from jinbang.audit.long_work import AtOnce
from jinbang.kernel.clock import frozen_at
from jinbang.lookup import actions, adapters, pointer, queries, snapshot, tasks
from jinbang.lookup.errors import ReleaseNotAsSigned, WarrantMissing
from jinbang.lookup.keyholder import KeyHolder
from jinbang.lookup.result_page import note_sentences
from jinbang.lookup.sealing import QueryKind
from jinbang.lookup.snapshot import Publication
from jinbang.results import shares
from jinbang.results.actions import pass_marks
from jinbang.results.actions.release import correct_release, reopen_release
from jinbang.results.models import Outcome, PassMark
from jinbang.results.states import ReleaseState
from tests.cast import LIN_NUMBER, NOW, ZHAO_NUMBER, Cast
from tests.lookup.world import Answer, solve
from tests.results.world import (
    AFTER,
    OPENS,
    World,
    approved,
    bring_in,
    enrol,
    many_people,
    new_world,
    programme_version,
    sealed,
    set_pass_marks,
)

MARKS = {
    "T00001": {"basics": "86.5", "practice": "73.41"},
    "T00002": {"basics": "缺考", "practice": "缺考"},
    "T00003": {"basics": "0", "practice": "59.99"},
}
LIN = {"ticket_number": "t00001", "document_number": LIN_NUMBER}
ZHAO = {"ticket_number": "T00002", "document_number": ZHAO_NUMBER}


def three_people(cast: Cast, settings: Settings, home: Path) -> World:
    """Return 林 who passed, 赵 who was absent and one more, with snapshots in a folder of the test's own."""
    settings.JINBANG_HOME = home
    settings.JINBANG_SNAPSHOTS = home / "snapshots"
    world = new_world(cast)
    enrol(world, [cast.lin.bound, cast.zhao.bound, *many_people(1)])
    bring_in(world, MARKS)
    set_pass_marks(world)
    return world


@pytest.fixture
def world(cast: Cast, settings: Settings, tmp_path: Path) -> World:
    return three_people(cast, settings, tmp_path)


def ask(method: str, path: str, body: Mapping[str, str] | None = None) -> Answer:
    response = Client().generic(
        method, path, urlencode(body or {}).encode(), content_type="application/x-www-form-urlencoded"
    )
    return Answer(response.status_code, {name.lower(): value for name, value in response.items()}, response.content)


def queried(world: World, fields: Mapping[str, str]) -> str:
    adapters.service()._snapshots.look_again()
    challenge = ask("GET", "/lookup/challenge").json
    return ask("POST", f"/lookup/{world.release.code}", {**fields, "altcha": solve(challenge)}).text


def test_what_two_officers_signed_is_sealed_armed_and_opens_at_its_instant(world: World) -> None:
    publication = actions.publish_snapshot(release_id=approved(world).pk)
    assert publication.records == 3
    assert world.release.state == ReleaseState.ARMED.value
    assert "data-opens-at" in queried(world, LIN)
    assert "73.41" not in queried(world, LIN)
    with frozen_at(OPENS):
        page = queried(world, LIN)
        assert "<strong>86.5</strong>" in page
        assert "<strong>73.41</strong>" in page
        assert 'data-overall="passed"' in page
        assert "缺考" in queried(world, ZHAO)
        assert "没有查到成绩" in queried(world, {**LIN, "ticket_number": "T00002"})


def test_the_page_is_a_page_of_the_site(world: World) -> None:
    actions.publish_snapshot(release_id=approved(world).pk)
    with frozen_at(AFTER):
        page = ask("GET", f"/lookup/{world.release.code}").text
    assert "<!DOCTYPE html>" in page
    assert 'class="jb-header"' in page
    assert 'class="jb-footer"' in page
    assert "@@" not in page
    assert "<script>" not in page


def test_refuses_to_seal_what_was_changed_after_it_was_signed(world: World) -> None:
    release = approved(world)
    outcome = Outcome.objects.get(entry=world.entries[1])
    outcome.subjects[0]["mark_hundredths"] = 10000
    outcome.save(update_fields=("subjects",))
    with pytest.raises(ReleaseNotAsSigned):
        actions.publish_snapshot(release_id=release.pk)
    assert actions.armed_publications() == []


@pytest.mark.parametrize("is_careless", [False, True])
def test_refuses_to_seal_what_was_changed_while_it_was_sealed_and_is_right_again(
    world: World, monkeypatch: pytest.MonkeyPatch, *, is_careless: bool
) -> None:
    """The careless twin seals without holding the rows that it reads against the root, and publishes it."""
    release = approved(world)
    outcome = Outcome.objects.get(entry=world.entries[0])
    plain: Callable[..., Publication] = snapshot.build

    def meanwhile(*given: Any, **more: Any) -> Publication:  # noqa: ANN401  # as build has it
        signed = [dict(line) for line in outcome.subjects]
        outcome.subjects[0]["mark_hundredths"] = 10000
        outcome.save(update_fields=("subjects",))
        try:
            return plain(*given, **{**more, "signed_root": ""} if is_careless else more)
        finally:
            outcome.subjects = signed
            outcome.save(update_fields=("subjects",))

    monkeypatch.setattr(snapshot, "build", meanwhile)
    with nullcontext() if is_careless else pytest.raises(ReleaseNotAsSigned):
        actions.publish_snapshot(release_id=release.pk)
    assert bool(actions.armed_publications()) == is_careless


def test_refuses_to_publish_what_only_one_hand_prepared(world: World) -> None:
    with pytest.raises(WarrantMissing):
        actions.publish_snapshot(release_id=sealed(world).pk)


def test_publishing_refused_at_the_last_step_leaves_neither_file_nor_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = approved(world)

    def refusing(**_given: object) -> None:
        raise WarrantMissing

    monkeypatch.setattr(actions, "arm_release", refusing)
    with pytest.raises(WarrantMissing):
        actions.publish_snapshot(release_id=release.pk)
    files = [path.name for path in actions.vault()._folder.parent.rglob("*") if path.is_file()]
    assert files == []


def test_the_emergency_stop_shuts_the_page_before_the_worker_even_looks(world: World) -> None:
    publication = actions.publish_snapshot(release_id=approved(world).pk)
    reopen_release(release_id=world.release.pk, reason="发现错行", by=world.cast.he.staff, now=NOW)
    with frozen_at(AFTER):
        assert "73.41" not in queried(world, LIN)
        # The control: a holder that does not ask for the signatures would give the key.
        assert len(KeyHolder(actions.vault()).release_key(publication)) == 32
        assert actions.withdraw_stale_snapshots() == [world.release.code]
        assert "没有这项查询" in queried(world, LIN)
    assert not list(actions.vault()._folder.rglob("*.json"))


def test_what_is_out_is_not_looked_at_again(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    actions.publish_snapshot(release_id=approved(world).pk)
    with django_assert_num_queries(10):  # its signatures, and whoever had a hand in it
        assert actions.withdraw_stale_snapshots() == []
    with frozen_at(AFTER):
        assert actions.release_what_has_opened() == 1
        with django_assert_num_queries(1):
            assert actions.withdraw_stale_snapshots() == []


def test_the_worker_does_what_is_due_and_nothing_twice(world: World) -> None:
    approved(world)
    assert tasks.look_for_releases() == 1
    (publication,) = actions.armed_publications()
    assert tasks.look_for_releases() == 0
    with frozen_at(AFTER):
        assert tasks.look_for_releases() == 1
        assert world.release.state == ReleaseState.RELEASED.value
        assert tasks.look_for_releases() == 0
        assert actions.armed_publications() == [publication]
        assert "73.41" in queried(world, LIN)


def test_a_crash_before_the_pointer_is_made_good_by_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = approved(world)
    with monkeypatch.context() as crashing:
        crashing.setattr(pointer, "arm", lambda *_given, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.publish_snapshot(release_id=release.pk)
    assert world.release.state == ReleaseState.ARMED.value
    assert tasks.look_for_releases() == 1
    with frozen_at(AFTER):
        assert "73.41" in queried(world, LIN)


def test_what_is_out_stays_out_while_a_correction_is_prepared(world: World) -> None:
    approved(world)
    tasks.look_for_releases()
    with frozen_at(AFTER):
        tasks.look_for_releases()
        correct_release(
            release_id=world.release.pk,
            opens_at=AFTER + timedelta(days=1),
            reason="合格标准公布",
            by=world.cast.chu.staff,
            now=AFTER,
        )
        assert tasks.look_for_releases() == 0
        adapters._service.cache_clear()  # a restarted process asks for the key again
        assert "73.41" in queried(world, LIN)


def test_a_card_longer_than_expected_makes_all_records_larger(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "record_size_for", lambda _header: 128)
    publication = actions.publish_snapshot(release_id=approved(world).pk)
    assert publication.record_size > 128
    assert publication.record_size % 256 == 0


def test_the_header_says_what_is_public_and_nothing_else(world: World) -> None:
    release = approved(world)
    header = queries.header_of(queries.get_release(release.pk))
    assert header.title == world.region.sitting.name
    assert header.opens_at == OPENS
    assert header.query_kind is QueryKind.TICKET_DOCUMENT
    assert header.ticket_shape.lengths == (6,)
    assert not header.ticket_shape.digits_only
    assert header.desk.name == "山西省人事考试中心"
    assert header.pass_mark_document == "晋人社厅函〔2026〕31号"
    assert {heading.full_mark_hundredths for heading in header.subjects.values()} == {10000}


def test_a_result_names_the_documents_in_force_and_none_that_was_rejected_or_replaced(world: World) -> None:
    def propose(mark: int, number: str) -> PassMark:
        return pass_marks.propose_pass_mark(
            region=world.region,
            level_code="level-2",
            subject_code="basics",
            mark_hundredths=mark,
            document_number=number,
            by=world.cast.jiang.staff,
            now=NOW,
        )

    shen = world.cast.shen.staff
    rejected = propose(9000, "晋人社厅函〔2026〕90号")
    pass_marks.reject_pass_mark(pass_mark_id=rejected.pk, reason="有误", by=shen, now=NOW)
    for number in ("晋人社厅函〔2026〕39号", "晋人社厅函〔2026〕40号"):
        pass_marks.approve_pass_mark(pass_mark_id=propose(5900, number).pk, by=shen, now=NOW)
    header = queries.header_of(queries.get_release(approved(world).pk))
    assert header.pass_mark_document == "晋人社厅函〔2026〕31号、晋人社厅函〔2026〕40号"


@pytest.mark.parametrize("code,is_told", [("supervision-engineer", True), ("consulting-engineer", False)])
def test_a_rule_that_nobody_has_read_in_the_original_is_told_as_such_beside_a_result(
    cast: Cast, code: str, *, is_told: bool
) -> None:
    programme = programme_version(code).programme
    level = programme.levels[0]
    specialty = level.specialties[0].code if level.specialties else ""
    other = new_world(cast, code=code)
    subjects = [subject.code for subject in programme.subjects_for(level=level.code, specialty=specialty, track="full")]
    enrol(other, many_people(4)[3:], subjects=subjects, level=level.code, specialty=specialty)
    bring_in(other)
    release = queries.get_release(approved(other).pk)
    header, (entry,) = queries.header_of(release), list(queries.entries_of(release))
    said = "".join(note_sentences(header, entry.card))
    assert ("成绩有效期的规定尚未核对原文，以当年的报考公告为准。" in said) == is_told
    assert "须在连续 4 次考试内通过全部应试科目" in said


def test_everybody_on_the_roster_has_an_entry_whether_they_came_or_not(world: World) -> None:
    release = queries.get_release(approved(world).pk)
    entries = list(queries.entries_of(release))
    assert [entry.inputs.ticket_number for entry in entries] == ["T00001", "T00002", "T00003"]
    assert entries[0].inputs.document_number == LIN_NUMBER
    assert LIN_NUMBER not in repr(entries[0])


def test_the_frame_is_written_for_the_role_that_has_no_templates(world: World, settings: Settings) -> None:
    written = actions.write_shell().read_text(encoding="utf-8")
    assert "@@title@@" in written
    assert "@@main@@" in written
    assert 'nonce="' not in written
    assert "csrfmiddlewaretoken" not in written


@pytest.mark.django_db(transaction=True)
def test_a_large_roster_is_read_and_sealed_by_several_processes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have to find the same database, and see what has been committed."""
    name, engine = str(connection.settings_dict["NAME"]), connection.vendor
    if engine == "sqlite":
        monkeypatch.setenv("JINBANG_DATABASE_URL", f"sqlite:///{name}")
    else:
        address = os.environ["JINBANG_DATABASE_URL"].rpartition("/")[0]
        monkeypatch.setenv("JINBANG_DATABASE_URL", f"{address}/{name}")
    monkeypatch.setattr(shares, "PEOPLE_IN_SHARE", 2)
    here: list[int] = []
    monkeypatch.setattr(queries.RosterShare, "__call__", lambda *_share: here.append(os.getpid()))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    reported: list[int] = []
    publication = actions.publish_snapshot(release_id=approved(world).pk, keep=AtOnce(reported.append))
    assert publication.records == 3
    assert reported == [1, *[3] * 65]  # two shares of the roster, then the heaps
    assert here == []
    with frozen_at(OPENS):
        assert "<strong>73.41</strong>" in queried(world, LIN)
        assert "缺考" in queried(world, ZHAO)
