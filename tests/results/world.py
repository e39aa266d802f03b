"""A region with a roster, files of marks for it, and the steps of a release, for the results tests.

Sittings, rosters and people are put in as rows: the phases that make them have tests of their own. Everything of this
phase goes through its actions.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from jinbang.catalogue.models import ProgrammeVersion
from jinbang.catalogue.seeds import PROGRAMMES, Seed, read_seed
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people import actions as people
from jinbang.people.actions import NewPerson, register_people
from jinbang.people.models import Authority, Person
from jinbang.people.queries import get_staff
from jinbang.people.states import Role
from jinbang.results.actions import marks, pass_marks, release
from jinbang.results.mark_rows import NOTHING_DECLARED, Declared
from jinbang.results.marks_file import MarkRow, control_totals
from jinbang.results.models import MarkBatch, Outcome, Release, RosterEntry, ViolationCase
from jinbang.results.states import BatchState, MarkStatus
from jinbang.results.violations import actions as violations
from jinbang.results.violations.states import CaseArticle, Service
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState
from tests.cast import NOW, PASSPHRASE, SINCE, Cast, StaffMember
from tests.replay import repeated

COST = "cost-engineer-2"
OPENS = NOW + timedelta(days=1)
CORRECTED = Declared(reason="登分有误")
AFTER = OPENS + timedelta(minutes=1)
WORDS = {
    "缺考": MarkStatus.ABSENT,
    "违纪": MarkStatus.VIOLATION,
    "成绩无效": MarkStatus.VOID,
    "待核查": MarkStatus.WITHHELD,
    "雷同": MarkStatus.SIMILAR,
}
Marks = Mapping[str, Mapping[str, str]]


@dataclass
class World:
    """A region of a sitting, and who stands on its roster."""

    cast: Cast
    region: ExamRegion
    entries: list[RosterEntry] = field(default_factory=list)

    @property
    def release(self) -> Release:
        """The region's release as it stands in the database."""
        return Release.objects.get(region=self.region)


def with_roles(member: StaffMember, *roles: Role, at: Authority, unit: str = "考务处") -> StaffMember:
    """Return this member as one who also holds these roles, which a real authority would not give to one person."""
    present = get_staff(member.account, today=NOW.date())
    for role in roles:
        if not present.holds(role, at.path):
            people.appoint(
                account=member.account, authority=at, role=role, unit=unit, starts_on=SINCE, by=SYSTEM, now=NOW
            )
    return StaffMember(member.account, get_staff(member.account, today=NOW.date()))


@cache
def _seed(code: str) -> Seed:
    return read_seed(next(PROGRAMMES.glob(f"{code}.*.toml")))


def programme_version(code: str = COST) -> ProgrammeVersion:
    seed = _seed(code)
    found = ProgrammeVersion.objects.filter(code=code).first()
    return found or ProgrammeVersion.objects.create(
        code=code,
        name=seed.programme.name,
        effective_from=seed.programme.effective_from,
        sha256=seed.sha256,
        content=seed.content,
        loaded_at=NOW,
    )


def new_sitting(
    authority: Authority, *, code: str = COST, year: int = 2026, month: int = 1, owner: Authority | None = None
) -> Sitting:
    owner = owner or authority
    key = ("sitting", authority.pk, code, year, month, owner.pk)
    return repeated(key, lambda: _new_sitting(authority, code, date(year, month, 10), owner=owner))


def _new_sitting(authority: Authority, code: str, day: date, *, owner: Authority) -> Sitting:
    return Sitting.objects.create(
        code=f"{authority.code}-{code}-{day.year}-{day.month}",
        programme_version=programme_version(code),
        owner=owner,
        name=f"{day.year}年度考试",
        year=day.year,
        first_day=day,
        last_day=day,
        state=SittingState.PUBLISHED.value,
    )


def new_world(cast: Cast, *, code: str = COST, year: int = 2026, month: int = 1, is_held: bool = True) -> World:
    def open_region() -> ExamRegion:
        sitting = new_sitting(cast.shanxi, code=code, year=year, month=month)
        region = ExamRegion.objects.create(sitting=sitting, authority=cast.shanxi, is_held=is_held)
        return ExamRegion.objects.select_related("authority", "sitting__programme_version").get(pk=region.pk)

    return World(cast, repeated(("region", cast.shanxi.pk, code, year, month, is_held), open_region))


def many_people(count: int) -> list[Person]:
    return repeated(("people", count), lambda: _many_people(count))


def _many_people(count: int) -> list[Person]:
    born = date(1970, 1, 1)
    return register_people(
        [
            NewPerson(
                name=f"考生{chr(0x4E00 + position % 5000)}{chr(0x5E00 + position // 5000)}",
                kind=DocumentKind.RESIDENT_ID,
                number=make_resident_id("140303", born + timedelta(days=position), 100 + position % 800),
            )
            for position in range(count)
        ],
        by=SYSTEM,
        now=NOW,
    )


def enrol(
    world: World,
    persons: Sequence[Person],
    *,
    subjects: Sequence[str] = ("basics", "practice"),
    level: str = "level-2",
    specialty: str = "installation",
    track: str = "full",
) -> list[RosterEntry]:
    """Put people onto the roster with tickets T00001… in order."""
    first = len(world.entries) + 1
    who = tuple(person.pk for person in persons)
    key = ("enrolled", world.region.pk, first, who, tuple(subjects), level, specialty, track)

    def put_in() -> list[RosterEntry]:
        return RosterEntry.objects.bulk_create(
            RosterEntry(
                sitting=world.region.sitting,
                region=world.region,
                person=person,
                ticket_number=f"T{number:05d}",
                level_code=level,
                specialty_code=specialty,
                track_code=track,
                subject_codes=list(subjects),
            )
            for number, person in enumerate(persons, first)
        )

    entries = repeated(key, put_in)
    world.entries += entries
    return entries


def csv_of(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def marks_csv(world: World, given: Marks) -> bytes:
    """Return a file for the whole roster: ticket → subject → what stands in the cell; what is not given is 60."""
    codes = sorted({code for entry in world.entries for code in entry.subject_codes})
    rows = [["准考证号", "姓名", *codes]]
    for entry in world.entries:
        cells = given.get(entry.ticket_number, {})
        rows.append(
            [
                entry.ticket_number,
                entry.person.name,
                *(cells.get(code, "60") if code in entry.subject_codes else "" for code in codes),
            ]
        )
    return csv_of(rows).encode()


def paper_totals(world: World, given: Marks) -> dict[str, Any]:
    """Return the control totals as the paper that comes with the file has them: counted from the same marks, apart.

    Counts, sums in hundredths, and the file's hash.
    """
    rows = []
    for entry in world.entries:
        for code in entry.subject_codes:
            cell = given.get(entry.ticket_number, {}).get(code, "60")
            status = WORDS.get(cell, MarkStatus.SCORED)
            number = round(float(cell) * 100) if status is MarkStatus.SCORED else None
            rows.append((entry.level_code, MarkRow(str(entry.pk), code, status, number)))
    sha256 = hashlib.sha256(marks_csv(world, given)).hexdigest()
    return {**control_totals(rows, people=len(world.entries)), "sha256": sha256}


def stage(world: World, given: Marks | None = None, *, by: StaffMember | None = None) -> MarkBatch:
    clerk = (by or world.cast.chu).staff
    content = marks_csv(world, given or {})
    is_later = MarkBatch.objects.filter(region=world.region, state=BatchState.VALID.value).exists()
    declared = CORRECTED if is_later else NOTHING_DECLARED
    return marks.stage_marks(
        region=world.region, file_name="marks.csv", content=content, declared=declared, by=clerk, now=NOW
    )


def bring_in(world: World, given: Marks | None = None) -> MarkBatch:
    """Stage a file and let its second person make it count."""

    def stage_and_validate() -> MarkBatch:
        batch = stage(world, given)
        totals = paper_totals(world, given or {})
        return marks.validate_batch(batch_id=batch.pk, totals=totals, by=world.cast.wei.staff, now=NOW)

    return repeated(("brought in", world.region.pk, marks_csv(world, given or {})), stage_and_validate)


def tell(case: ViolationCase, article: CaseArticle, *, by: StaffMember, now: datetime = NOW) -> ViolationCase:
    """Draw up the notice of a case and serve it in person, on one day."""
    violations.charge_violation(case_id=case.pk, article=article, charge="拟认定的事实", by=by.staff, now=now)
    day = now.astimezone(SHANGHAI).date()
    return violations.notify_violation(case_id=case.pk, service=Service.IN_PERSON, served_on=day, by=by.staff, now=now)


def decide(case: ViolationCase, article: CaseArticle, cast: Cast, *, now: datetime = NOW) -> ViolationCase:
    """Bring a case as far as its decision: told by 储, answered on paper the same day, decided by 魏."""
    tell(case, article, by=cast.chu, now=now)
    day = now.astimezone(SHANGHAI).date()
    violations.enter_paper_defence(
        case_id=case.pk, statement="没有意见", received_on=day, scan="档1", by=cast.chu.staff, now=now
    )
    number = f"晋人考处〔{day.year}〕{case.pk.hex[:8]}号"
    return violations.find_violation(
        case_id=case.pk, article=article, document_number=number, by=cast.wei.staff, now=now
    )


def decide_all(world: World, article: CaseArticle = CaseArticle.SUBJECT) -> None:
    """Decide every case that waits, so that what a file calls 违纪 becomes one."""

    def decide_each() -> None:
        for case in ViolationCase.objects.filter(entry__region=world.region, state="noted").order_by("id"):
            decide(case, CaseArticle(case.article) if case.article else article, world.cast)

    repeated(("decided", world.region.pk, article), decide_each)


def set_pass_mark(world: World, subject: str, mark: int, *, level: str = "level-2") -> None:
    """Propose a pass mark and approve it."""
    key = ("pass mark", world.region.pk, level, subject, mark)
    repeated(key, lambda: _set_pass_mark(world, subject, mark, level=level))


def _set_pass_mark(world: World, subject: str, mark: int, *, level: str) -> None:
    proposed = pass_marks.propose_pass_mark(
        region=world.region,
        level_code=level,
        subject_code=subject,
        mark_hundredths=mark,
        document_number="晋人社厅函〔2026〕31号",
        by=world.cast.jiang.staff,
        now=NOW,
    )
    pass_marks.approve_pass_mark(pass_mark_id=proposed.pk, by=world.cast.shen.staff, now=NOW)


def set_pass_marks(world: World, mark: int = 6000) -> None:
    for subject in ("basics", "practice"):
        set_pass_mark(world, subject, mark)


def validated(world: World, *, opens_at: datetime = OPENS, now: datetime = NOW) -> Release:
    """Draft a release and have everybody judged."""

    def judge() -> Release:
        clerk = world.cast.chu.staff
        drafted = release.draft_release(region=world.region, opens_at=opens_at, by=clerk, now=now)
        return release.validate_release(release_id=drafted.pk, by=clerk, now=now)

    return repeated(("validated", world.region.pk, opens_at, now), judge)


def sealed(world: World, *, opens_at: datetime = OPENS, now: datetime = NOW) -> Release:
    """Bring a release as far as its seal."""

    def seal() -> Release:
        ready = validated(world, opens_at=opens_at, now=now)
        return release.seal_release(release_id=ready.pk, by=world.cast.chu.staff, now=now)

    return repeated(("sealed", world.region.pk, opens_at, now), seal)


def signed(release_: Release, member: StaffMember, *, now: datetime = NOW) -> Release:
    return release.sign_release(
        release_id=release_.pk,
        warrant_hash=release_.warrant_hash,
        passphrase=PASSPHRASE,
        by=member.staff,
        now=now,
    )


def approved(world: World, *, opens_at: datetime = OPENS, now: datetime = NOW) -> Release:
    """Bring a release as far as its second signature."""

    def sign() -> Release:
        ready = sealed(world, opens_at=opens_at, now=now)
        signed(ready, world.cast.he, now=now)
        return signed(ready, world.cast.lyu, now=now)

    return repeated(("approved", world.region.pk, opens_at, now), sign)


def released(world: World, *, opens_at: datetime = OPENS, now: datetime = NOW) -> Release:
    """Bring a release as far as it goes."""

    def let_out() -> Release:
        ready = approved(world, opens_at=opens_at, now=now)
        release.arm_release(release_id=ready.pk, now=now)
        return release.release_results(release_id=ready.pk, now=opens_at)

    return repeated(("released", world.region.pk, opens_at, now), let_out)


def outcome_of(world: World, position: int = 0, *, generation: int = 1) -> Outcome:
    return Outcome.objects.get(entry=world.entries[position], generation=generation)
