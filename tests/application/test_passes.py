"""What earlier passes do to a later application: kept, given up after a warning, or in the way of another specialty."""

from dataclasses import replace

import pytest

from jinbang.application import actions, dossier, passes, queries, rules
from jinbang.application.errors import SpecialtyFixed, SubjectsIncomplete
from jinbang.application.models import Application
from jinbang.application.passes import Choice, EarlierPass
from jinbang.application.rules import Answers, Offer
from jinbang.audit.queries import history_of
from jinbang.audit.submission import new_submission_key
from jinbang.catalogue.seeds import PROGRAMMES, read_seed, seed_files
from jinbang.sittings.states import SitePolicy
from tests.application.world import World, filled, started
from tests.cast import NOW, Cast, client_of

SEEDS = {seed.programme.code: seed.programme for seed in map(read_seed, seed_files(PROGRAMMES))}
CONSTRUCTOR = Offer(SEEDS["constructor-1"], SitePolicy.CENTRE, year=2026)
SOCIAL = Offer(SEEDS["social-worker"], SitePolicy.CENTRE, year=2026)
BASICS = EarlierPass("level-2", "installation", "full", "basics", year=2025, counts_through=2026)
PRACTICE = replace(BASICS, subject_code="practice")


@pytest.mark.parametrize(
    "year,through,stands",
    [(2025, 2026, True), (2025, 2025, False), (2025, None, True), (2020, 2027, True), (2026, 2027, False)],
)
def test_a_pass_stands_through_its_last_year_and_only_from_earlier_sittings(
    year: int, through: int | None, *, stands: bool
) -> None:
    one = replace(BASICS, year=year, counts_through=through)
    assert bool(passes.passes_standing([one], year=2026)) is stands


def test_another_level_loses_passes_that_count_longer_than_a_year_and_no_others() -> None:
    programme = SOCIAL.programme
    rolling = EarlierPass("intermediate", "", "", "comprehensive", 2025, 2026)
    yearly = EarlierPass("junior", "", "", "comprehensive", 2025, 2026)
    assert passes.lost_by_level("junior", [rolling], programme=programme) == (rolling,)
    assert passes.lost_by_level("intermediate", [rolling], programme=programme) == ()
    assert passes.lost_by_level("intermediate", [yearly], programme=programme) == ()


def test_another_track_loses_what_was_passed_on_the_first() -> None:
    whole = EarlierPass("level-1", "", "full", "law", 2025, 2026)
    short = replace(whole, track_code="exempt-two")
    programme = CONSTRUCTOR.programme
    assert passes.lost_by_track(Choice("level-1", "", "exempt-two"), [whole], programme=programme) == (whole,)
    assert passes.lost_by_track(Choice("level-1", "", ""), [whole], programme=programme) == ()
    assert passes.lost_by_track(Choice("level-1", "", "full"), [short], programme=programme) == ()  # one year only


def test_another_specialty_keeps_the_common_subjects_and_not_its_own() -> None:
    programme = SEEDS["cost-engineer-2"]
    counting = passes.counting_for(Choice("level-2", "civil", "full"), [BASICS, PRACTICE], programme=programme)
    assert set(counting) == {"basics"}
    same = passes.counting_for(Choice("level-2", "installation", ""), [BASICS, PRACTICE], programme=programme)
    assert set(same) == {"basics", "practice"}


def test_a_specialty_passed_in_full_is_not_left() -> None:
    level = SEEDS["cost-engineer-2"].level("level-2")
    passes.require_specialty_free("installation", level=level, standing=[PRACTICE])
    passes.require_specialty_free("civil", level=level, standing=[BASICS])
    with pytest.raises(SpecialtyFixed) as refused:
        passes.require_specialty_free("civil", level=level, standing=[PRACTICE])
    assert refused.value.fields == {"specialty": "安装工程", "through": 2026}


def test_what_is_kept_need_not_be_applied_for_where_all_must_be_passed() -> None:
    junior = Answers(level_code="junior", passes=(EarlierPass("junior", "", "", "comprehensive", 2025, 2026),))
    assert rules.require_subjects(("practice",), answers=junior, offer=SOCIAL) == ("practice",)
    with pytest.raises(SubjectsIncomplete):
        rules.require_subjects(("practice",), answers=replace(junior, passes=()), offer=SOCIAL)


# ---------------------------------------------------------------- on the way of an application


def own(cast: Cast, application: Application) -> Application:
    return queries.get_own_application(application.pk, by=cast.lin.candidate)


def note(cast: Cast, *of: EarlierPass) -> None:
    actions.note_passes("cost-engineer-2", {cast.lin.bound.pk: of})


@pytest.mark.django_db
def test_another_track_is_told_of_before_and_done_only_when_confirmed(cast: Cast, world: World) -> None:
    note(cast, BASICS)
    pk, client = started(cast.lin.candidate).pk, client_of(cast.lin)
    actions.fill_specialty(application_id=pk, specialty_code="installation", by=cast.lin.candidate, now=NOW)
    address = f"/applications/{pk}/track/"
    page = client.get(address).text
    assert "2025年已通过，成绩保留至2026年度" in page
    assert "一律按新考生处理" in page
    sent = {"track": "exempt-basics", "submission_key": new_submission_key()}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "请勾选确认" in refused.text
    assert Application.objects.get(pk=pk).track_code == ""
    assert client.post(address, {**sent, "confirm": "on"}).status_code == 302
    application = Application.objects.get(pk=pk)
    assert application.track_code == "exempt-basics"
    assert [change.details for change in history_of(application).filter(event="give_up_passes")] == [{"subjects": 1}]


@pytest.mark.django_db
def test_who_has_nothing_to_lose_is_asked_nothing(cast: Cast, world: World) -> None:
    pk = started(cast.lin.candidate).pk
    actions.fill_specialty(application_id=pk, specialty_code="installation", by=cast.lin.candidate, now=NOW)
    page = client_of(cast.lin).get(f"/applications/{pk}/track/").text
    assert 'name="confirm"' not in page
    assert "按新考生处理" not in page


@pytest.mark.django_db
def test_a_passed_subject_is_not_ticked_and_says_until_when(cast: Cast, world: World) -> None:
    note(cast, BASICS)
    application = filled(cast.lin.candidate, site=world.first)
    application.subjects.all().delete()
    page = client_of(cast.lin).get(f"/applications/{application.pk}/subjects/").text
    assert page.count("checked") == 1
    assert "成绩保留至2026年度，本次不用再报" in page


@pytest.mark.django_db
def test_a_specialty_passed_in_full_is_refused_with_its_name(cast: Cast, world: World) -> None:
    note(cast, PRACTICE)
    pk = started(cast.lin.candidate).pk
    with pytest.raises(SpecialtyFixed):
        actions.fill_specialty(application_id=pk, specialty_code="civil", by=cast.lin.candidate, now=NOW)
    page = client_of(cast.lin).post(
        f"/applications/{pk}/specialty/", {"specialty": "civil", "submission_key": new_submission_key()}
    )
    assert "安装工程" in page.text
    assert page.status_code == 422


@pytest.mark.django_db
def test_noting_again_puts_the_new_facts_in_the_place_of_the_old(cast: Cast, world: World) -> None:
    note(cast, BASICS, PRACTICE)
    note(cast, BASICS)
    application = own(cast, started(cast.lin.candidate))
    assert [one.facts() for one in queries.earlier_passes_of(application)] == [BASICS]
    assert len(dossier.passes_of(application)) == 1
    actions.note_passes("cost-engineer-2", {cast.lin.bound.pk: ()})
    assert dossier.passes_of(application) == ()


@pytest.mark.django_db
def test_passes_of_another_programme_or_person_do_not_count(cast: Cast, world: World) -> None:
    actions.note_passes("cost-engineer-1", {cast.lin.bound.pk: (BASICS,)})
    actions.note_passes("cost-engineer-2", {cast.zhao.bound.pk: (BASICS,)})
    assert dossier.passes_of(own(cast, started(cast.lin.candidate))) == ()
