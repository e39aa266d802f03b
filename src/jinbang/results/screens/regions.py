"""The list of regions and one region's page: roster, files of marks, pass marks, release."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.application.group.sheet import disarmed
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import handed_over, labels, queries
from jinbang.results.districts import district_name, districts_of
from jinbang.results.expectations import expected_by_ticket
from jinbang.results.models import MarkBatch, PassMark, Release, RosterEntry
from jinbang.results.screens.common import NextStep
from jinbang.results.states import BatchState, MarkSource, PassMarkState, Reach, ReleaseState
from jinbang.results.violations.queries import undecided_in
from jinbang.sittings.models import ExamRegion


@dataclass(frozen=True)
class RegionRow:
    """One region in the list: the sitting, how many are on the roster, and where its release stands."""

    region: ExamRegion
    people: int
    release: Release | None
    state: Promise | str
    colour: str


@dataclass(frozen=True)
class BatchRow:
    """One file of marks."""

    batch: MarkBatch
    state: Promise
    colour: str
    may_open: bool


@dataclass(frozen=True)
class PassMarkRow:
    """One pass mark with its state and what this officer may do about it."""

    pass_mark: PassMark
    level: str
    subject: str
    mark: str
    full_mark: str
    reach: str
    state: Promise
    colour: str
    may_decide: bool
    is_own: bool


@dataclass(frozen=True)
class RegionScreen:
    """One region's results: roster, files, pass marks, release, and the one next step."""

    region: ExamRegion
    people: int
    batches: tuple[BatchRow, ...]
    pass_marks: tuple[PassMarkRow, ...]
    has_proposals: bool
    release: Release | None
    release_state: Promise | None
    release_colour: str
    next_step: NextStep | None
    is_clerk: bool
    is_pass_mark_officer: bool
    takes_marks: bool
    withheld: int
    may_draft: bool
    may_key: bool
    may_check: bool
    waiting_files: int


def region_rows(regions: Iterable[ExamRegion]) -> list[RegionRow]:
    """Return the list's rows. Three queries whatever the number of rows."""
    found = list(regions)
    releases = {release.region_id: release for release in Release.objects.filter(region__in=found)}
    counted = RosterEntry.objects.filter(region__in=found).values_list("region_id").annotate(people=Count("id"))
    people: dict[UUID, int] = dict(counted)
    rows = []
    for region in found:
        release = releases.get(region.pk)
        state = ReleaseState(release.state) if release else None
        rows.append(
            RegionRow(
                region,
                people.get(region.pk, 0),
                release,
                labels.RELEASE_STATES[state] if state else _("尚未拟定发布"),
                labels.RELEASE_COLOURS[state] if state else "grey",
            )
        )
    return rows


def schedulable(rows: Iterable[RegionRow]) -> list[tuple[str, str]]:
    """Return the regions whose instant may still be set: people are on the roster and nothing is sealed."""
    return [
        (str(row.region.pk), f"{row.region.sitting.name} · {row.region.authority.name}")
        for row in rows
        if row.people and (row.release is None or ReleaseState(row.release.state).takes_marks)
    ]


def region_screen(region: ExamRegion, *, by: Staff) -> RegionScreen:
    """Gather one region's page. About eight queries."""
    release = queries.find_release(region)
    state = ReleaseState(release.state) if release else None
    people = RosterEntry.objects.filter(region=region).count()
    batches = tuple(queries.batches_of(region))
    is_clerk = by.holds(Role.MARKS_CLERK, region.authority.path)
    may_open = is_clerk or by.holds(Role.MARKS_VERIFIER, region.authority.path)
    step: NextStep | None = None
    if state is not ReleaseState.RELEASED:
        step = _next_step(region, people=people, batches=batches, release=release, is_clerk=is_clerk, may_open=may_open)
    pass_marks = tuple(pass_mark_rows(region, by=by))
    if any(row.may_decide for row in pass_marks) and not is_clerk:
        step = NextStep(_("有合格标准等待您批准，见下面的“合格标准”。"))
    return RegionScreen(
        region=region,
        people=people,
        batches=tuple(_batch_row(batch, may_open=may_open) for batch in batches),
        pass_marks=pass_marks,
        has_proposals=any(row.may_decide or row.is_own for row in pass_marks),
        release=release,
        release_state=labels.RELEASE_STATES[state] if state else None,
        release_colour=labels.RELEASE_COLOURS[state] if state else "grey",
        next_step=step,
        is_clerk=is_clerk,
        is_pass_mark_officer=by.holds(Role.PASS_MARK_OFFICER, region.authority.path),
        takes_marks=state is None or state.takes_marks,
        withheld=undecided_in(region) if is_clerk else 0,
        may_draft=is_clerk and people > 0 and (state is None or state.takes_marks),
        may_key=may_open,
        may_check=may_open or by.holds(Role.RELEASE_OFFICER, region.authority.path),
        waiting_files=handed_over.waiting_count(region) if is_clerk else 0,
    )


def _batch_row(batch: MarkBatch, *, may_open: bool) -> BatchRow:
    state = BatchState(batch.state)
    is_keyed = state is BatchState.STAGED and batch.source == MarkSource.HAND.value
    return BatchRow(
        batch, labels.BEING_KEYED if is_keyed else labels.BATCH_STATES[state], labels.BATCH_COLOURS[state], may_open
    )


def _next_step(
    region: ExamRegion,
    *,
    people: int,
    batches: tuple[MarkBatch, ...],
    release: Release | None,
    is_clerk: bool,
    may_open: bool,
) -> NextStep:
    """Return the first thing that is still missing, and for whoever may do it the way there."""
    states = {BatchState(batch.state): batch for batch in batches}
    if BatchState.STAGED in states:
        if not may_open:
            return NextStep(labels.TURNS["marks_verifier"])
        if states[BatchState.STAGED].source == MarkSource.HAND.value:
            return NextStep(
                _("有录分表等待两个人各录一遍，一致后自动生效。"),
                _("打开手工录分"),
                reverse("results:sheets", args=[region.pk]),
            )
        waiting = reverse("results:batch", args=[states[BatchState.STAGED].pk])
        return NextStep(_("有一个成绩文件等待第二人核对控制数。"), _("打开待核对的文件"), waiting)
    if release is not None and (BatchState.VALID in states or not ReleaseState(release.state).takes_marks):
        to_release = reverse("results:release", args=[release.pk])
        return NextStep(_("成绩已在库中，发布按发布页上的步骤办理。"), _("打开发布页"), to_release)
    if not is_clerk:
        return NextStep(labels.TURNS["marks_clerk"])
    return _clerk_step(region, people=people, has_marks=BatchState.VALID in states)


def _clerk_step(region: ExamRegion, *, people: int, has_marks: bool) -> NextStep:
    if people == 0 and not queries.has_tickets(region):
        to_file = reverse("results:import-roster", args=[region.pk])
        sentence = _("座位还没有编排。编排以后有了准考证号，才能生成名册；名册由其他系统产生的，请读入文件。")
        return NextStep(sentence, _("读入名册"), to_file)
    if people == 0:
        to_roster = reverse("results:draw-up-roster", args=[region.pk])
        return NextStep(_("还没有名册。名册由准考证生成，成绩按名册逐人核对。"), _("生成名册"), to_roster, is_post=True)
    if not has_marks:
        to_file = reverse("results:stage-marks", args=[region.pk])
        return NextStep(_("名册已有，还没有生效的成绩。"), _("读入成绩文件"), to_file)
    return NextStep(_("成绩已经生效。请在下面拟定发布时刻。"))


def pass_mark_rows(region: ExamRegion, *, by: Staff) -> Iterator[PassMarkRow]:
    """Yield every pass mark that concerns a region, newest first, with what this officer may do about it."""
    programme = queries.programme_of(region)
    for row in queries.proposals_of(region):
        state = PassMarkState(row.state)
        subject = programme.subject(row.subject_code, level=row.level_code)
        path = region.authority.path if row.region_id else region.sitting.owner.path
        is_open = state is PassMarkState.PROPOSED and by.holds(Role.PASS_MARK_OFFICER, path)
        yield PassMarkRow(
            pass_mark=row,
            level=programme.level(row.level_code).name,
            subject=subject.name,
            mark=labels.format_mark(row.mark_hundredths),
            full_mark=labels.format_mark(subject.full_mark_hundredths),
            reach=_reach_of(row),
            state=labels.PASS_MARK_STATES[state],
            colour=labels.PASS_MARK_COLOURS[state],
            may_decide=is_open and row.proposed_by != by.account_id,
            is_own=is_open and row.proposed_by == by.account_id,
        )


def _reach_of(row: PassMark) -> str:
    """Return for whom a pass mark is set, in words."""
    if row.district:
        where = district_name(row.district)
        return _("单独划线：%(district)s（证书仅在当地有效）") % {"district": where}
    return str(labels.REACHES[Reach.REGION if row.region_id else Reach.SITTING])


def reach_choices(region: ExamRegion, *, by: Staff) -> list[tuple[str, Promise]]:
    """Return for whom this officer may propose a pass mark: the whole sitting only where they work for its owner."""
    may_for_all = by.holds(Role.PASS_MARK_OFFICER, region.sitting.owner.path)
    has_districts = bool(districts_of(region))
    offered = {Reach.REGION: True, Reach.SITTING: may_for_all, Reach.DISTRICT: has_districts}
    return [(reach.value, labels.REACHES[reach]) for reach, is_offered in offered.items() if is_offered]


def subject_choices(region: ExamRegion) -> list[tuple[str, str]]:
    """Return level/subject choices with their names, full marks and the pass mark that the programme fixes."""
    return [
        (f"{level.code}/{subject.code}", _subject_choice(level.name, subject.name, subject.full_mark_hundredths))
        for level in queries.programme_of(region).levels
        for subject in level.subjects_in(region.sitting.year)
    ]


def _subject_choice(level: str, subject: str, full_mark_hundredths: int) -> str:
    full = labels.format_mark(full_mark_hundredths)
    return _("%(level)s · %(subject)s（满分 %(full)s）") % {"level": level, "subject": subject, "full": full}


def roster_table(region: ExamRegion) -> list[list[str]]:
    """Return the roster as a table to be filled with marks: heading first. Cells never begin a formula.

    A column bears the level's name of its subject, which the reader of marks understands for every specialty.
    """
    expected = expected_by_ticket(region)
    programme = queries.programme_of(region)
    used = {code for row in expected.values() for code in row.full_marks}
    year = region.sitting.year
    subjects = (s for level in programme.levels for s in level.subjects_in(year))
    names = [s.name for s in subjects if s.code in used]
    columns = list(dict.fromkeys(names))
    table = [[_("准考证号"), _("姓名"), *columns]]
    table += [
        [disarmed(number), disarmed(row.name), *("" for _name in columns)] for number, row in sorted(expected.items())
    ]
    return table
