"""Whoever changes an approved release behind the program's back, in whatever way, does not get it armed.

Changes are drawn at random from all that stands in the tables between two signatures and the release: marks, verdicts,
people, instants, hashes, descriptions, signatures, keys. The twin takes the comparison with the warrant away.
"""

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Final

import pytest
from django.db import transaction

from jinbang.kernel.errors import DomainError
from jinbang.people.models import OfficerKey
from jinbang.results import queries
from jinbang.results.actions import release as actions
from jinbang.results.models import Outcome, Release, WarrantSignature
from jinbang.results.states import Overall
from tests.cast import NOW
from tests.results.world import World, approved, bring_in, set_pass_marks
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
        )
    }
)


@pytest.fixture
def ready(world: World) -> Release:
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


@pytest.mark.parametrize("name", ["a_mark", "a_verdict", "a_subject", "two_people", "somebody_away"])
def test_without_the_comparison_with_what_was_signed_every_change_of_a_result_goes_out(
    ready: Release, tier: Tier, *, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "is_as_sealed", lambda _release, **_given: True)
    assert state_after(ready, CHANGES[name], tier.random) == "armed"


@pytest.mark.parametrize("name", ["a_signature", "a_signer_away", "one_signs_for_two"])
def test_without_the_check_of_signatures_one_person_releases(
    ready: Release, tier: Tier, *, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OfficerKey.objects.exists()
    monkeypatch.setattr(actions, "_is_approved", lambda _release: True)
    assert state_after(ready, CHANGES[name], tier.random) == "armed"
