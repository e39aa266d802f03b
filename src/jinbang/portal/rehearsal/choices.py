"""What synthetic people choose when they apply: level, track, subjects, condition, site. By chance, from the seed."""

from collections.abc import Mapping, Sequence
from random import Random

from jinbang.application.actions import NewApplication
from jinbang.catalogue.programme import Condition, Education, Programme
from jinbang.catalogue.rules import is_eligible
from jinbang.people.models import Person
from jinbang.portal.rehearsal.characters import Character
from jinbang.portal.rehearsal.plans import SeasonPlan, Share
from jinbang.portal.rehearsal.portraits import portrait
from jinbang.sittings.models import ExamRegion, Site
from jinbang.sittings.states import SitePolicy


class Choices:
    """The choices of one season's people. `retained` is level|document number → subjects passed before."""

    def __init__(
        self, plan: SeasonPlan, programme: Programme, *, seed: int, retained: Mapping[str, frozenset[str]]
    ) -> None:
        """Remember what everybody chooses from."""
        self.plan, self.programme, self.seed, self.retained = plan, programme, seed, retained
        self._shares: dict[str, Share] = {}

    def row_of(
        self, one: Character, person: Person, *, region: ExamRegion, sites: Sequence[Site], position: int
    ) -> NewApplication:
        """Return what one person applies for: level and track by chance, a condition that is met, missing subjects."""
        share = self.share_of(one)
        subjects = self.programme.subjects_for(
            level=share.level_code, specialty=share.specialty_code or None, track=share.track_code or None
        )
        passed = self._counting(one, share)
        codes = tuple(subject.code for subject in subjects if subject.code not in passed) or tuple(
            subject.code for subject in subjects
        )
        condition = self._condition_of(one, share=share)
        wanted = self.site_of(one, sites)
        return NewApplication(
            person_id=person.pk,
            region_id=region.pk,
            level_code=share.level_code,
            specialty_code=share.specialty_code,
            track_code=share.track_code,
            subject_codes=codes,
            condition_code=condition.code if condition else "",
            education=one.education,
            work_years=one.work_years,
            graduated_on=one.graduated_on,
            employer=one.employer,
            site_id=wanted.pk if self._is_chosen(share) else None,
            portrait=portrait(self.plan.first + position) if position < self.plan.portraits else None,
        )

    def share_of(self, one: Character) -> Share:
        """Return the part of the season's people that somebody belongs to, the same at every asking.

        By chance among the levels and tracks whose conditions the person meets.
        """
        if one.number not in self._shares:
            random = Random(f"share|{self.seed}|{one.number}")  # noqa: S311  # a made-up choice
            possible = [share for share in self.plan.shares if self._may_apply(one, share)]
            self._shares[one.number] = random.choices(possible, weights=[share.weight for share in possible])[0]
        return self._shares[one.number]

    def finds_a_way(self, one: Character) -> bool:
        """Whether somebody meets the condition of any part; the others stay at home."""
        return any(self._may_apply(one, share) for share in self.plan.shares)

    def _may_apply(self, one: Character, share: Share) -> bool:
        offered = self.programme.conditions_for(level=share.level_code, track=share.track_code or None)
        return not offered or self._condition_of(one, share=share) is not None

    def _condition_of(self, one: Character, *, share: Share) -> Condition | None:
        """Return the first condition the person meets; None where there is none, or the programme has none as data."""
        for condition in self.programme.conditions_for(level=share.level_code, track=share.track_code or None):
            if is_eligible(
                condition,
                education=Education(one.education),
                work_years=one.work_years,
                graduated_on=one.graduated_on,
                today=self.plan.days.apply[0],
            ):
                return condition
        return None

    def _counting(self, one: Character, share: Share) -> frozenset[str]:
        """Return the subjects passed before that still count, so that they need not be applied for again."""
        validity = self.programme.validity_for(level=share.level_code, track=share.track_code or None)
        rolls = not validity.same_sitting and (validity.consecutive_sittings or 2) > 1
        return self.retained.get(f"{share.level_code}|{one.number}", frozenset()) if rolls else frozenset()

    def _is_chosen(self, share: Share) -> bool:
        """Whether people of this level choose their site; else the centre places them."""
        own = self.programme.level(share.level_code).site_choice
        return (own.value if own else self.plan.sitting.site_policy.value) == SitePolicy.CANDIDATE.value

    def site_of(self, one: Character, sites: Sequence[Site]) -> Site:
        """Return a site by chance. Sites are as large as a quarter more than an even share needs."""
        chance = Random(f"site|{self.seed}|{one.number}").random()  # noqa: S311  # a made-up choice
        return sites[int(chance * len(sites))]
