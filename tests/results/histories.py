"""Random histories over real rows: a programme's sittings of several years, played by the program's own actions.

People go several ways, change their specialty, miss years, are absent, are found in violation, live where lines are
drawn apart, and bring passes that another system states. Every sitting is judged, sealed, signed and released.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from jinbang.catalogue.check import find_programme_in_files
from jinbang.catalogue.programme import Level, Programme
from jinbang.catalogue.seeds import PROGRAMMES
from jinbang.people.models import Person
from jinbang.results.models import HandedOverFile, PassMark, ViolationCase
from jinbang.results.states import LinkState, PassMarkState
from jinbang.results.violations.states import CaseArticle, CaseState
from tests.cast import NOW, Cast
from tests.results.world import Marks, World, bring_in, enrol, many_people, new_world, programme_version

DISTRICT, CITY, ELSEWHERE = "140321", "140300", "140502"
CELLS: Final = ("60", "60", "75.5", "88", "95", "59.5", "30", "0", "缺考", "缺考", "违纪", "待核查", "成绩无效")
SIMILAR: Final = "雷同"
Way = tuple[str, str]
"""A level and a track."""


def ways_of(programme: Programme) -> list[Way]:
    return [
        (level.code, track) for level in programme.levels for track in ("full", *(one.code for one in level.tracks))
    ]


class Histories:
    """One programme, the people who go through it, and their sittings up to now."""

    def __init__(self, cast: Cast, code: str, random: Random, *, people: int) -> None:
        """Begin with so many people, each of whom usually goes one way."""
        self.cast, self.code, self.random = cast, code, random
        self.programme = programme_version(code).programme
        self.people = many_people(people)
        self.usual = {person.pk: random.choice(ways_of(self.programme)) for person in self.people}

    def play(self, year: int, *, month: int = 1) -> World:
        """Bring one sitting as far as everything that is judged: roster, marks, findings, pass marks."""
        random = self.random
        world = new_world(self.cast, code=self.code, year=year, month=month, is_held=random.random() < 0.85)
        for person in self.people:
            if random.random() < 0.8:
                self._enrol(world, person)
        if not world.entries:
            self._enrol(world, self.people[0])
        bring_in(world, self._marks(world))
        for case in ViolationCase.objects.filter(entry__region=world.region).order_by("id"):
            if random.random() < 0.6:
                article = case.article or random.choice((CaseArticle.SUBJECT, CaseArticle.SITTING)).value
                decided = {"state": CaseState.FOUND.value, "article": article, "document_number": str(case.pk)}
                ViolationCase.objects.filter(pk=case.pk).update(**decided)
        PassMark.objects.bulk_create(self._pass_marks(world))
        return world

    def state_passes(self, world: World) -> None:
        """Let another system's files state something of some people of this sitting."""
        for number, entry in enumerate(world.entries):
            if self.random.random() < 0.5:
                continue
            subjects = self._level(entry.level_code).subjects
            HandedOverFile.objects.create(
                region=world.region,
                programme_code=self.code,
                wrapped_key=b"",
                name_sealed=b"",
                number_sealed=b"",
                number_index=f"{self.code}-{number}",
                passes=[self._pass_stated(world, entry.level_code, subject.code) for subject in subjects[:3]],
                person=entry.person,
                brought_at=NOW,
                state=LinkState.LINKED.value,
            )

    def _pass_stated(self, world: World, level: str, subject: str) -> dict[str, str | int | None]:
        year = world.region.sitting.year
        level_code, track = self.random.choice([*(way for way in ways_of(self.programme) if way[0] == level)])
        return {
            "level_code": level_code,
            "specialty_code": self._specialty(self._level(level)),
            "track_code": track,
            "subject_code": subject,
            "year": year - 1,
            "counts_through": self.random.choice((year - 1, year, year + 1, year + 3, None)),
        }

    def _level(self, code: str) -> Level:
        return self.programme.level(code)

    def _specialty(self, level: Level) -> str:
        codes = [one.code for one in level.specialties][:2]
        return self.random.choice([codes[0], *codes]) if codes else ""

    def _enrol(self, world: World, person: Person) -> None:
        random = self.random
        level_code, track = random.choice(ways_of(self.programme)) if random.random() < 0.15 else self.usual[person.pk]
        level = self._level(level_code)
        taken = [one.code for one in self.programme.subjects_for(level=level_code, track=track)]
        earlier = [one.code for one in level.earlier_subjects(year=world.region.sitting.year)]
        chosen = random.sample(taken, random.randint(1, len(taken)))
        if earlier and random.random() < 0.7:
            chosen += random.sample(earlier, random.randint(1, len(earlier)))
        (entry,) = enrol(
            world, [person], subjects=chosen, level=level_code, specialty=self._specialty(level), track=track
        )
        entry.district = random.choice(("", DISTRICT, CITY, ELSEWHERE))
        entry.save(update_fields=("district",))

    def _marks(self, world: World) -> Marks:
        """Return a cell for everybody's subjects; whoever is found in violation in one is in nothing else odd."""
        return {
            entry.ticket_number: {code: self.random.choice((*CELLS, SIMILAR)) for code in entry.subject_codes}
            for entry in world.entries
        }

    def _pass_marks(self, world: World) -> Iterator[PassMark]:
        """Yield approved lines: for most subjects one of the region or the sitting, for some one of a district."""
        for level in self.programme.levels:
            for subject in level.subjects_in(world.region.sitting.year):
                if self.random.random() < 0.93:
                    yield self._line(world, level.code, subject.code, district="", at=6_000)
                if self.random.random() < 0.6:
                    district = self.random.choice((DISTRICT, CITY))
                    yield self._line(world, level.code, subject.code, district=district, at=3_000)

    def _line(self, world: World, level: str, subject: str, *, district: str, at: int) -> PassMark:
        return PassMark(
            sitting=world.region.sitting,
            region=self.random.choice((world.region, None)),
            district=district,
            level_code=level,
            subject_code=subject,
            mark_hundredths=at,
            document_number="晋人社厅函〔2026〕31号",
            proposed_at=NOW,
            approved_at=NOW,
            state=PassMarkState.APPROVED.value,
        )


def programmes_of_every_rule() -> list[str]:
    """Return codes of programmes that together have every rule on passes that the catalogue has."""
    found: dict[object, str] = {}
    for code in sorted({path.name.split(".")[0] for path in PROGRAMMES.glob("*.toml")}):
        programme = find_programme_in_files(code)
        for level, track in ways_of(programme):
            found.setdefault(programme.validity_for(level=level, track=track), code)
    return sorted(set(found.values()))
