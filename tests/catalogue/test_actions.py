"""Loading adds versions and nothing else; reading finds the version in force."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from jinbang.audit.models import StateChange
from jinbang.catalogue.actions import load_programmes
from jinbang.catalogue.errors import CatalogueFileBroken, ProgrammeUnknown
from jinbang.catalogue.models import ProgrammeVersion
from jinbang.catalogue.queries import get_programme_version, latest_programme_versions
from jinbang.catalogue.seeds import PROGRAMMES, read_seed
from jinbang.kernel.actors import SYSTEM

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SOFTWARE = "software-qualification.2022-02-16.toml"

pytestmark = pytest.mark.django_db


def folder_with(tmp_path: Path, *edits: tuple[str, str], name: str = SOFTWARE) -> Path:
    text = (PROGRAMMES / SOFTWARE).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_loads_every_programme_once_and_says_so_in_the_audit() -> None:
    loaded = load_programmes(by=SYSTEM, now=NOW)
    assert len(loaded) == ProgrammeVersion.objects.count() == 31
    assert load_programmes(by=SYSTEM, now=NOW + timedelta(days=1)) == ()
    changes = StateChange.objects.filter(subject_kind="catalogue.programmeversion")
    assert {change.subject_id for change in changes} == {version.pk for version in loaded}
    assert {(change.event, change.actor_kind, change.at) for change in changes} == {("load", "system", NOW)}
    assert {change.details["sha256"] for change in changes} == {version.sha256 for version in loaded}


def test_a_row_read_back_is_the_programme_of_its_file() -> None:
    load_programmes(by=SYSTEM, now=NOW)
    version = get_programme_version("cost-engineer-2", on=date(2026, 3, 1))
    seed = read_seed(PROGRAMMES / "cost-engineer-2.2022-02-21.toml")
    assert version.programme == seed.programme
    assert version.sha256 == seed.sha256
    assert str(version) == "二级造价工程师职业资格考试 2022-02-21"


def test_an_edited_file_adds_a_version_and_leaves_the_old_one(tmp_path: Path) -> None:
    folder_with(tmp_path)
    (first,) = load_programmes(by=SYSTEM, now=NOW, folder=tmp_path)
    folder_with(tmp_path, ("minutes = 150", "minutes = 160"))
    (second,) = load_programmes(by=SYSTEM, now=NOW + timedelta(days=1), folder=tmp_path)
    assert get_programme_version("software-qualification", on=date(2026, 5, 1)) == second
    first.refresh_from_db()
    assert first.programme.subject("knowledge", level="senior").minutes == 150
    assert second.programme.subject("knowledge", level="senior").minutes == 160


def test_one_broken_file_and_nothing_is_loaded(tmp_path: Path) -> None:
    folder_with(tmp_path)
    shutil.copy(PROGRAMMES / "architect-1.2023-01-01.toml", tmp_path)
    (tmp_path / "zoo-keeper.2026-01-01.toml").write_text("code = 1\n", encoding="utf-8")
    with pytest.raises(CatalogueFileBroken):
        load_programmes(by=SYSTEM, now=NOW, folder=tmp_path)
    assert not ProgrammeVersion.objects.exists()
    assert not StateChange.objects.exists()


def test_the_database_refuses_the_same_content_twice() -> None:
    version = load_programmes(by=SYSTEM, now=NOW)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeVersion.objects.create(
            code=version.code,
            name=version.name,
            effective_from=version.effective_from,
            sha256=version.sha256,
            content=version.content,
            loaded_at=NOW,
        )


def test_the_version_in_force_changes_on_its_day(tmp_path: Path) -> None:
    folder_with(tmp_path)
    later = (("effective_from = 2022-02-16", "effective_from = 2027-01-01"), ("minutes = 150", "minutes = 140"))
    folder_with(tmp_path, *later, name="software-qualification.2027-01-01.toml")
    load_programmes(by=SYSTEM, now=NOW, folder=tmp_path)
    before = get_programme_version("software-qualification", on=date(2026, 12, 31))
    after = get_programme_version("software-qualification", on=date(2027, 1, 1))
    assert (before.effective_from, after.effective_from) == (date(2022, 2, 16), date(2027, 1, 1))
    assert latest_programme_versions() == (after,)


@pytest.mark.parametrize(
    "code, on, is_known",
    [
        ("software-qualification", date(2022, 2, 16), True),
        ("software-qualification", date(2022, 2, 15), False),
        ("psychological-counsellor-2017", date(2018, 5, 20), True),
        ("psychological-counsellor-2017", date(2018, 5, 21), False),
        ("astronaut", date(2026, 1, 1), False),
    ],
)
def test_a_programme_is_known_from_its_first_day_to_its_last(code: str, on: date, *, is_known: bool) -> None:
    load_programmes(by=SYSTEM, now=NOW)
    if is_known:
        assert get_programme_version(code, on=on).code == code
        return
    with pytest.raises(ProgrammeUnknown) as refusal:
        get_programme_version(code, on=on)
    assert refusal.value.fields == {"programme": code, "on": on}


def test_the_newest_versions_come_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    load_programmes(by=SYSTEM, now=NOW)
    with django_assert_num_queries(1):
        versions = latest_programme_versions()
    assert [version.code for version in versions] == sorted(version.code for version in versions)
    assert len(versions) == 31
    with django_assert_num_queries(1):
        get_programme_version("social-worker", on=date(2026, 1, 1))
