"""`jinbang sitting import`: a file of another system, brought in at the command line, every line answered."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from jinbang.kernel import clock
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import DomainError
from jinbang.people.queries import Staff, get_staff
from jinbang.people.staffing import get_member
from jinbang.people.states import Role
from jinbang.portal.problems import sentence_of, title_of
from jinbang.results.actions import enrol, handover
from jinbang.results.errors import ResultsNotFound, RosterFileFaulty
from jinbang.results.labels import ROSTER_FAULTS
from jinbang.results.queries import regions_in_scope
from jinbang.results.roster_file import RosterFault
from jinbang.results.screens.handover import additions_said, handover_said
from jinbang.results.screens.imports import roster_checked, roster_taken, unread_said
from jinbang.results.tables import Encoding
from jinbang.sittings.models import ExamRegion

DONE: Final = 0
REFUSED: Final = 1
Echo = Callable[[str], object]


def bring_in(  # what the command is given
    *,
    file: Path,
    code: str,
    region: str,
    username: str,
    contains: str,
    encoding: str | None,
    dry_run: bool,
    echo: Echo,
) -> int:
    """Bring a roster, or earlier passes, in, with the rights of a member of staff. Returns the exit code."""
    content, told = file.read_bytes(), Encoding(encoding) if encoding else None
    try:
        now = clock.now()
        by = get_staff(get_member(username), today=now.astimezone(SHANGHAI).date())
        here = _region(code, region, by=by)
        if contains == "passes":
            held = handover.check_handover(region=here, content=content, by=by, encoding=told)
            faults = held.read.faults
            if not faults and not dry_run:
                held = handover.import_handover(region=here, content=content, by=by, now=now, encoding=told)
            said = "".join([handover_said(held), *additions_said(held), *unread_said(held.read.ignored)])
        else:
            answer = enrol.check_roster(region=here, content=content, by=by, encoding=told)
            faults, said = answer.read.faults, roster_checked(answer)
            if not faults and not dry_run:
                said = roster_taken(enrol.import_roster(region=here, content=content, by=by, now=now, encoding=told))
            said = "".join([said, *unread_said(answer.read.ignored)])
    except RosterFileFaulty as refusal:  # somebody changed what it was held against in between
        faults, said = refusal.read.faults, ""
    except DomainError as refusal:
        echo(f"{title_of(refusal)}：{sentence_of(refusal)}")
        return REFUSED
    _say(faults, echo=echo)
    echo(said if not faults else f"共 {len(faults)} 处要改，一行也没有存。")
    return REFUSED if faults else DONE


def _region(code: str, authority: str, *, by: Staff) -> ExamRegion:
    found = regions_in_scope(by, Role.MARKS_CLERK).filter(sitting__code=code, authority__code=authority).first()
    if found is None:
        raise ResultsNotFound
    return found


def _say(faults: Iterable[RosterFault], *, echo: Echo) -> None:
    for fault in faults:
        echo(f"第 {fault.line} 行 {fault.column} {fault.value}：{ROSTER_FAULTS[fault.kind]}")
