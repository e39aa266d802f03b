"""A release's page: the go/no-go list, the warrant to be read aloud, who signed, and what this officer may do now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timesince import timeuntil
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jinbang.audit.models import LongWork
from jinbang.audit.queries import history_of, latest_work_on
from jinbang.audit.states import WorkState
from jinbang.kernel.clock import SHANGHAI
from jinbang.people.models import OfficerKey
from jinbang.people.queries import Staff, find_officer_key
from jinbang.people.states import KeyKind, Role
from jinbang.results import basis, labels, queries
from jinbang.results.checks import INSTANT, OUTCOMES, RECOUNT, RECOUNT_DIFFERS, VIOLATIONS, Check, go_no_go, tally
from jinbang.results.districts import district_name
from jinbang.results.models import Release, WarrantSignature
from jinbang.results.screens.common import HistoryRow, NextStep, history_rows, in_groups
from jinbang.results.screens.recount import RecountScreen, recount_screen
from jinbang.results.states import Overall, ReleaseState, WarrantKind
from jinbang.results.violations.queries import OFFICERS, MarkToCome, marks_to_come
from jinbang.results.warrant import NOT_YET
from jinbang.sittings.models import ExamRegion

PEOPLE_NAMED_MAX = 20


@dataclass(frozen=True)
class PersonRow:
    """Somebody whom a point of the list is about: ticket, name, subject, and for whoever deals with it the case."""

    ticket_number: str
    name: str
    subject: str
    url: str


@dataclass(frozen=True)
class CheckRow:
    """One point of the go/no-go list in words."""

    label: Promise
    remedy: Promise | str
    is_met: bool
    is_blocking: bool
    figure: int | str
    wanted: int | str
    people: tuple[PersonRow, ...] = ()
    people_more: int = 0


@dataclass(frozen=True)
class Passkey:
    """What the browser asks an officer's passkey for, in hexadecimal digits."""

    challenge: str
    credential_id: str
    relying_party: str


@dataclass(frozen=True)
class ReleaseScreen:
    """A release with its checks, its warrant, its signatures, and what this officer may do now."""

    release: Release
    state: Promise
    colour: str
    turn: Promise
    next_step: NextStep | None
    checks: tuple[CheckRow, ...]
    is_go: bool
    recount: RecountScreen | None
    tally: tuple[tuple[Promise, int], ...]
    warrant_rows: tuple[tuple[str, str | tuple[str, ...]], ...]
    warrant_hash: str
    signatures: tuple[WarrantSignature, ...]
    is_counting_down: bool
    now: datetime
    may_validate_again: bool
    may_sign: bool
    passkey: Passkey | None
    work: LongWork | None
    work_label: Promise | str
    sign_obstacle: str
    needs_key: bool
    may_reopen: bool
    may_correct: bool
    is_out: bool
    history: tuple[HistoryRow, ...]


def release_screen(release: Release, *, by: Staff, now: datetime) -> ReleaseScreen:
    """Gather a release's page. What it comes to is shown to results officers alone, who made it."""
    state = ReleaseState(release.state)
    path = release.region.authority.path
    is_clerk, is_officer = by.holds(Role.MARKS_CLERK, path), by.holds(Role.RELEASE_OFFICER, path)
    checks = () if state is ReleaseState.RELEASED else go_no_go(release, now=now)
    is_go = all(check.is_met or not check.is_blocking for check in checks)
    signatures = WarrantSignature.objects.filter(release=release, warrant_hash=release.warrant_hash or "-")
    obstacle = _sign_obstacle(release, by=by, now=now) if is_officer and state is ReleaseState.SEALED else ""
    key = find_officer_key(by.account_id)
    may_sign = is_officer and state is ReleaseState.SEALED and not obstacle
    work = latest_work_on(release)
    is_at_work = work is not None and not WorkState(work.state).is_final
    is_done = work is not None and work.state == WorkState.DONE
    return ReleaseScreen(
        release=release,
        state=labels.RELEASE_STATES[state],
        colour=labels.RELEASE_COLOURS[state],
        turn=labels.TURNS[state.whose_turn],
        next_step=None if is_at_work else _next_step(release, is_clerk=is_clerk, is_go=is_go),
        checks=tuple(_check_row(check, release=release, by=by, now=now) for check in checks),
        is_go=is_go,
        recount=recount_screen(release) if any(_is_recounted(check) for check in checks) else None,
        tally=_tally_rows(release) if _are_fresh(checks) else (),
        warrant_rows=_warrant_rows(release),
        warrant_hash=in_groups(release.warrant_hash),
        signatures=tuple(signatures.order_by("signed_at")),
        is_counting_down=state is ReleaseState.ARMED and now < release.opens_at,
        now=now,
        may_validate_again=is_clerk and state is ReleaseState.VALIDATED and not is_at_work,
        may_sign=may_sign and key is not None,
        passkey=_passkey(release, key) if may_sign else None,
        work=work if is_clerk or not is_done else None,
        work_label=labels.WORK.get(work.task, "") if work is not None else "",
        sign_obstacle=obstacle,
        needs_key=may_sign and key is None,
        may_reopen=is_officer and _can_stop(release, now=now),
        may_correct=is_clerk and state is ReleaseState.RELEASED,
        is_out=release.released_at is not None,
        history=history_rows(history_of(release), labels.RELEASE_EVENTS, reasons=labels.REASONS),
    )


def _passkey(release: Release, key: OfficerKey | None) -> Passkey | None:
    if key is None or key.kind != KeyKind.PASSKEY:
        return None
    return Passkey(release.warrant_hash, key.credential_id, key.relying_party)


def _next_step(release: Release, *, is_clerk: bool, is_go: bool) -> NextStep | None:
    """Return the clerk's one next step; None where the next step is an officer's signature or nobody's."""
    match ReleaseState(release.state):
        case ReleaseState.DRAFT if is_clerk:
            sentence = _("逐人计算结论，并核对下面每一项。核验不会让任何人看到成绩。")
            return NextStep(sentence, _("计算并核验"), _to("validate", release), is_post=True)
        case ReleaseState.VALIDATED if is_clerk and is_go:
            sentence = _("核验已通过。封存以后不能再改成绩和合格标准，由两个处室的人签发。")
            return NextStep(sentence, _("封存，交付签发"), _to("seal", release), is_post=True)
        case ReleaseState.VALIDATED if is_clerk:
            sentence = _("核验之后又有变化，或仍有一项未满足。请按下面的清单处理后重新核验。")
            return NextStep(sentence, _("重新计算并核验"), _to("validate", release), is_post=True)
        case _:
            return None


def _to(step: str, release: Release) -> str:
    return reverse(f"results:{step}-release", args=[release.pk])


def _check_row(check: Check, *, release: Release, by: Staff, now: datetime) -> CheckRow:
    remedy = "" if check.is_met else labels.CHECK_REMEDIES[check.code]
    figure, wanted = (timeuntil(release.opens_at, now), "—") if check.code == INSTANT else (check.figure, check.wanted)
    to_come = marks_to_come(release.region) if check.code == VIOLATIONS and not check.is_met else []
    people = tuple(_person_row(one, release.region, by=by) for one in to_come[:PEOPLE_NAMED_MAX])
    more = len(to_come) - len(people)
    return CheckRow(
        labels.CHECKS[check.code], remedy, check.is_met, check.is_blocking, figure, wanted, people, people_more=more
    )


def _person_row(one: MarkToCome, region: ExamRegion, *, by: Staff) -> PersonRow:
    """Name somebody whose case was dropped and who has no mark yet."""
    may_open = any(by.holds(role, region.authority.path) for role in OFFICERS)
    url = reverse("results:violation", args=[one.case_id]) if one.case_id and may_open else ""
    subject = queries.subject_name(one.entry, one.subject_code)
    return PersonRow(one.entry.ticket_number, one.entry.person.name, subject, url)


def _is_recounted(check: Check) -> bool:
    """Whether this point says that a recount was made on what stands there now."""
    return check.code == RECOUNT_DIFFERS or (check.code == RECOUNT and check.is_met)


def _are_fresh(checks: Sequence[Check]) -> bool:
    """Whether outcomes say what would be released: they may have been judged before something changed."""
    return all(check.is_met for check in checks if check.code == OUTCOMES)


def _tally_rows(release: Release) -> tuple[tuple[Promise, int], ...]:
    counted = tally(release)
    return tuple((labels.OVERALLS[overall], counted[overall]) for overall in Overall if overall in counted)


def _warrant_rows(release: Release) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Return what is signed, to be read by a person: whose results, how many, against what, when."""
    warrant = release.warrant
    if not warrant:
        return ()
    return (
        (_("考试"), release.region.sitting.name),
        (_("考区"), release.region.authority.name),
        (_("发布编号"), _("%(release)s 第 %(generation)s 版") % warrant),
        (_("签发的种类"), str(labels.WARRANT_KINDS[WarrantKind(warrant["kind"])])),
        (_("人数"), str(warrant["row_count"])),
        (_("发布时刻"), _spoken(datetime.fromisoformat(warrant["opens_at"]))),
        (_("合格标准"), _pass_mark_lines(release)),
        *_pass_mark_digest(warrant["pass_mark_hash"]),
        (_("成绩摘要"), in_groups(warrant["marks_root"])),
        (_("控制数摘要"), in_groups(warrant["control_sums"][:16])),
        (_("封存时间"), _spoken(datetime.fromisoformat(warrant["sealed_at"]))),
        (_("环境"), str(labels.ENVIRONMENTS.get(warrant["environment"], warrant["environment"]))),
    )


def _pass_mark_lines(release: Release) -> tuple[str, ...]:
    """Return the pass marks that are signed, subject by subject. They cannot change while the release is sealed."""
    if release.warrant["pass_mark_hash"] == NOT_YET:
        return (_("待公布，本次只发布分数，不作合格与否的结论"),)
    approved = basis.pass_marks_of(release.region)
    lines = [
        _("%(level)s · %(subject)s：%(mark)s 分")
        % {"level": level.name, "subject": subject.name, "mark": labels.format_mark(mark)}
        for level in queries.levels_on_roster(release.region)
        for subject in level.subjects
        if (mark := basis.pass_mark_for(subject, level_code=level.code, approved=approved)) is not None
    ]
    return (*lines, *_local_lines(release))


def _pass_mark_digest(pass_mark_hash: str) -> Iterator[tuple[str, str]]:
    if pass_mark_hash != NOT_YET:
        yield _("合格标准摘要"), in_groups(pass_mark_hash[:16])


def _local_lines(release: Release) -> Iterator[str]:
    programme = queries.programme_of(release.region)
    _ordinary, local = basis.pass_marks_and_lines_of(release.region)
    for district, marks in local.items():
        for (level, subject), mark in marks.items():
            yield _("单独划线 %(district)s：%(level)s · %(subject)s %(mark)s 分") % {
                "district": district_name(district),
                "level": programme.level(level).name,
                "subject": programme.subject(subject, level=level).name,
                "mark": labels.format_mark(mark),
            }


def _spoken(instant: datetime) -> str:
    return date_format(localtime(instant, SHANGHAI), "Y-m-d H:i:s")


def _sign_obstacle(release: Release, *, by: Staff, now: datetime) -> str:
    """Return why this officer cannot sign, or nothing. The action asks again, under its lock."""
    if now >= release.opens_at:
        return _("发布时刻已过，请先停止发布，由录入岗改定时刻后重新封存。")
    if str(by.account_id) in queries.authors_of(release):
        return _("您参与了本次名册、成绩、以往合格科目、划线、规则变更、违纪处理或封存的办理，按规定不能签发。")
    signed = WarrantSignature.objects.filter(release=release, warrant_hash=release.warrant_hash)
    for signature in signed:
        if signature.officer_id == by.account_id:
            return _("您已签发，等待另一处室的人签发。")
        if signature.unit in by.units(Role.RELEASE_OFFICER, release.region.authority.path):
            return _("您所在的处室已有人签发，须由另一处室的人签发。")
    return ""


def _can_stop(release: Release, *, now: datetime) -> bool:
    match ReleaseState(release.state):
        case ReleaseState.VALIDATED | ReleaseState.SEALED | ReleaseState.APPROVED:
            return True
        case ReleaseState.ARMED:
            return now < release.opens_at
        case _:
            return False
