"""Whoever changes an approved release behind the program's back, in whatever way, does not get it armed.

Changes are drawn at random from all that stands in the tables between two signatures and the release: marks, verdicts,
people, instants, hashes, descriptions, signatures, keys. The twin takes the comparison with the warrant away.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from random import Random
from types import MappingProxyType
from typing import Final

import pytest
from django.db import transaction
from django.db.models import QuerySet

from jinbang.audit.models import StateChange
from jinbang.kernel.digests import Json
from jinbang.kernel.errors import DomainError
from jinbang.people import amendments
from jinbang.people.models import IdentityDocument, OfficerKey
from jinbang.results import basis, description, labels, queries, shares
from jinbang.results.actions import release as actions
from jinbang.results.models import Outcome, Release, RosterEntry, WarrantSignature
from jinbang.results.states import Overall
from tests.cast import NOW
from tests.people.test_amendments import asked
from tests.results.world import World, approved, bring_in, many_people, set_pass_marks
from tests.tiers import Measure, Tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
Change = Callable[[Random], object]


def turned(text: str, random: Random) -> str:
    """Return hexadecimal text with one digit turned into another."""
    place = random.randrange(len(text))
    return (
        text[:place] + random.choice([each for each in "0123456789abcdef" if each != text[place]]) + text[place + 1 :]
    )


def any_outcome(random: Random) -> Outcome:
    return random.choice(list(Outcome.objects.order_by("entry__ticket_number")))


def a_mark(random: Random) -> None:
    row = any_outcome(random)
    subject = random.choice(row.subjects)
    subject["mark_hundredths"] = (subject["mark_hundredths"] or 0) + random.choice((-1, 1, 50, 4000))
    row.save()


def a_verdict(random: Random) -> None:
    row = any_outcome(random)
    row.overall = random.choice([each.value for each in Overall if each != row.overall])
    row.save()


def a_subject(random: Random) -> None:
    row = any_outcome(random)
    row.subjects = random.choice([row.subjects[1:], [*row.subjects, row.subjects[0]], []])
    row.save()


def two_people(random: Random) -> None:
    one, other = random.sample(list(Outcome.objects.order_by("entry__ticket_number")), 2)
    one.subjects, other.subjects = other.subjects, one.subjects
    one.overall, other.overall = other.overall, one.overall
    one.save()
    other.save()


def somebody_away(random: Random) -> None:
    any_outcome(random).delete()


def the_instant(random: Random) -> None:
    release = Release.objects.get()
    release.opens_at += random.choice((-1, 1)) * (release.opens_at - NOW) / random.randint(2, 5000)
    release.save()


def the_hash(random: Random) -> None:
    release = Release.objects.get()
    release.warrant_hash = turned(release.warrant_hash, random)
    release.save()


def the_description(random: Random) -> None:
    release = Release.objects.get()
    name = random.choice(sorted(release.warrant))
    value = release.warrant[name]
    release.warrant = {**release.warrant, name: value + 1 if isinstance(value, int) else f"{value}0"}
    release.save()


def a_signature(random: Random) -> None:
    row = random.choice(list(WarrantSignature.objects.order_by("officer_name")))
    name = random.choice(("signature", "public_key", "warrant_hash"))
    setattr(row, name, turned(getattr(row, name), random))
    row.save()


def a_signer_away(random: Random) -> None:
    random.choice(list(WarrantSignature.objects.order_by("officer_name"))).delete()


def one_signs_for_two(random: Random) -> None:
    one, other = random.sample(list(WarrantSignature.objects.order_by("officer_name")), 2)
    WarrantSignature.objects.filter(pk=one.pk).update(public_key=other.public_key, signature=other.signature)


def swap_persons(random: Random) -> None:
    one, other = random.sample(list(RosterEntry.objects.order_by("ticket_number")), 2)
    RosterEntry.objects.filter(pk=one.pk).update(person=many_people(2)[1])  # nobody stands twice, even in between
    RosterEntry.objects.filter(pk=other.pk).update(person=one.person_id)
    RosterEntry.objects.filter(pk=one.pk).update(person=other.person_id)


def other_name(random: Random) -> None:
    person = any_entry(random).person
    person.name, person.former_names = f"{person.name}某", []
    person.save()


def other_document(random: Random) -> None:
    document = IdentityDocument.objects.get(person=any_entry(random).person_id)
    document.number_index = turned(document.number_index, random)
    document.save()


def other_level(random: Random) -> None:
    changed_entry(random, level_code="level-1")


def other_specialty(random: Random) -> None:
    changed_entry(random, specialty_code="civil")


def other_track(random: Random) -> None:
    changed_entry(random, track_code="exempt-basics")


def other_district(random: Random) -> None:
    changed_entry(random, district="140321")


def any_entry(random: Random) -> RosterEntry:
    return random.choice(list(RosterEntry.objects.order_by("ticket_number")))


def changed_entry(random: Random, **columns: str) -> None:
    RosterEntry.objects.filter(pk=any_entry(random).pk).update(**columns)


WHOSE: Final = (swap_persons, other_name, other_document, other_level, other_specialty, other_track, other_district)
CHANGES: Final[Mapping[str, Change]] = MappingProxyType(
    {
        change.__name__: change
        for change in (
            a_mark,
            a_verdict,
            a_subject,
            two_people,
            somebody_away,
            the_instant,
            the_hash,
            the_description,
            a_signature,
            a_signer_away,
            one_signs_for_two,
            *WHOSE,
        )
    }
)


@pytest.fixture(autouse=True)
def of_two_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read outcomes in several shares: what is wrong may stand in any of them, or between two."""
    monkeypatch.setattr(shares, "PEOPLE_IN_SHARE", 2)


@pytest.fixture
def ready(world: World) -> Release:
    return brought_in(world)


def brought_in(world: World) -> Release:
    set_pass_marks(world)
    bring_in(world, {"T00001": {"basics": "95", "practice": "71.5"}, "T00002": {"basics": "0", "practice": "缺考"}})
    return approved(world)


def state_after(release: Release, change: Change, random: Random) -> str:
    """Make a change, try to arm the release, and return the state that it got to; then take all of it back."""
    with transaction.atomic():
        change(random)
        try:
            with transaction.atomic():
                actions.arm_release(release_id=release.pk, now=NOW)
        except DomainError:
            pass
        reached = str(Release.objects.get().state)
        transaction.set_rollback(True)
    return reached


def untouched(_random: Random) -> None:
    """Change nothing."""


def test_whatever_is_changed_behind_the_programs_back_the_release_is_not_armed(ready: Release, tier: Tier) -> None:
    assert state_after(ready, untouched, tier.random) == "armed"
    names = [*CHANGES] * (tier[Measure.TAMPERINGS] // len(CHANGES) + 1)
    for name in names:
        assert state_after(ready, CHANGES[name], tier.random) == "approved", name


@pytest.mark.parametrize("change", WHOSE)
def test_within_one_look_of_the_worker_a_release_is_void_whose_roster_was_changed(
    ready: Release, tier: Tier, *, change: Change
) -> None:
    change(tier.random)
    assert actions.void_if_changed(release_id=ready.pk, now=NOW)
    assert Release.objects.get().state == "draft"


@pytest.mark.parametrize("change", WHOSE)
def test_with_a_leaf_that_does_not_say_whose_it_is_results_go_out_to_others(
    world: World, tier: Tier, *, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: a ticket number and what it came to, which was all that two officers signed."""

    def leaves(outcomes: QuerySet[Outcome], **_given: object) -> Iterator[dict[str, Json]]:
        for row in outcomes:
            said = {"overall": row.overall, "subjects": row.subjects, "validity": row.validity}
            yield {"ticket_number": row.entry.ticket_number, **said}

    monkeypatch.setattr(description, "leaves_of", leaves)
    monkeypatch.setattr(basis, "roster_hash_of", lambda region: str(queries.people_of(region)))
    release = brought_in(world)
    change(tier.random)
    assert not actions.void_if_changed(release_id=release.pk, now=NOW)
    assert actions.arm_release(release_id=release.pk, now=NOW).state == "armed"


def test_a_name_and_a_number_changed_lawfully_since_the_examination_change_nothing_that_was_signed(
    ready: Release, world: World
) -> None:
    """The card goes on saying who it was on the last day, and is asked for under the number of that day."""
    amendments.approve_amendment(asked(world.cast).pk, by=world.cast.zhou.staff, now=NOW)
    assert RosterEntry.objects.get(person=world.cast.lin.bound).person.name == "林晓晓"
    assert not actions.void_if_changed(release_id=ready.pk, now=NOW)
    assert actions.arm_release(release_id=ready.pk, now=NOW).state == "armed"


def test_a_name_and_a_number_that_counted_on_the_day_already_void_what_was_signed(ready: Release, world: World) -> None:
    on_the_day = datetime.combine(world.region.sitting.last_day, NOW.timetz())
    amendments.approve_amendment(asked(world.cast).pk, by=world.cast.zhou.staff, now=on_the_day)
    assert actions.void_if_changed(release_id=ready.pk, now=NOW)
    assert Release.objects.get().state == "draft"
    said = StateChange.objects.get(subject_id=ready.pk, event="reopen").reason
    assert "姓名、证件" in str(labels.REASONS[said])


@pytest.mark.parametrize("name", ["a_mark", "a_verdict", "a_subject", "two_people", "somebody_away"])
def test_without_the_comparison_with_what_was_signed_every_change_of_a_result_goes_out(
    ready: Release, tier: Tier, *, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "is_as_sealed", lambda _release, **_given: True)
    assert state_after(ready, CHANGES[name], tier.random) == "armed"


@pytest.mark.parametrize("name", ["a_signature", "a_signer_away", "one_signs_for_two"])
def test_without_the_check_of_signatures_one_person_releases(
    ready: Release, tier: Tier, *, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OfficerKey.objects.exists()
    monkeypatch.setattr(actions, "_is_approved", lambda _release: True)
    assert state_after(ready, CHANGES[name], tier.random) == "armed"
