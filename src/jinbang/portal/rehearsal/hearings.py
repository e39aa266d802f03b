"""What becomes of a violation that a room or a file of a season noted: told, heard, decided by a second, and served.

A season whose results are out has ended its cases before that, as an authority does: nobody's mark of an old year
waits for a decision on the day on which the demo is built. Where the release lies ahead, the last word is still open
and the result withheld.
"""

from datetime import datetime, time, timedelta
from typing import Final

from jinbang.kernel.clock import SHANGHAI, frozen_at
from jinbang.portal.rehearsal.cast import Cast
from jinbang.portal.rehearsal.plans import SeasonPlan, Stage
from jinbang.results.actions import roster
from jinbang.results.violations import actions as violations
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseArticle, CaseState, Service
from jinbang.sittings.models import ExamRegion

CHARGE: Final = "考场情况记录载明：{facts}拟依据第六条认定该科目成绩无效。"
CHARGE_OF_FILE: Final = "{facts}经专家组甄别，拟依据第十一条认定该科目成绩无效。"
ANSWER: Final = "对拟认定的事实没有异议。"
DOCUMENT: Final = "演示考处〔{year}〕{number}号"


def hear_what_was_noted(region: ExamRegion, *, plan: SeasonPlan, cast: Cast) -> None:
    """Draw up the roster two days after the examination and go through what the rooms noted, in working days."""
    opened = datetime.combine(plan.sitting.last_day + timedelta(days=2), time(9), tzinfo=SHANGHAI)
    with frozen_at(opened) as now:
        roster.draw_up_roster(region=region, by=cast["qin"], now=now)
        violations.open_noted_cases(now=now)
        for case in _cases(region):
            _tell(case, CHARGE.format(facts=case.facts), cast=cast, now=now)
    if plan.until is Stage.RELEASED:
        for number, case in enumerate(_cases(region), start=1):
            _decide(case, number=number, cast=cast)


def hear_what_the_file_says(region: ExamRegion, *, plan: SeasonPlan, cast: Cast, now: datetime) -> None:
    """Deal with what stands in the place of a mark: whoever it is about comes, and says in person that it is so."""
    if plan.until is not Stage.RELEASED:
        return
    waiting = ViolationCase.objects.filter(entry__region=region, state=CaseState.NOTED.value).order_by("id")
    for number, case in enumerate(waiting, start=len(_cases(region))):
        _tell(case, CHARGE_OF_FILE.format(facts=case.facts), cast=cast, now=now)
        violations.enter_paper_defence(
            case_id=case.pk, statement=ANSWER, received_on=now.date(), scan=f"演示-{number}", by=cast["qin"], now=now
        )
        _end(case, number=number, cast=cast, now=now)


def _tell(case: ViolationCase, charge: str, *, cast: Cast, now: datetime) -> None:
    article = CaseArticle(case.article)
    violations.charge_violation(case_id=case.pk, article=article, charge=charge, by=cast["qin"], now=now)
    violations.notify_violation(
        case_id=case.pk, service=Service.IN_PERSON, served_on=now.date(), by=cast["qin"], now=now
    )


def _decide(case: ViolationCase, *, number: int, cast: Cast) -> None:
    case.refresh_from_db(fields=("defence_until",))
    assert case.defence_until is not None  # noqa: S101  # told just now
    with frozen_at(case.defence_until + timedelta(hours=10)) as now:
        _end(case, number=number, cast=cast, now=now)


def _end(case: ViolationCase, *, number: int, cast: Cast, now: datetime) -> None:
    violations.find_violation(
        case_id=case.pk,
        article=CaseArticle(case.article),
        document_number=DOCUMENT.format(year=now.year, number=number),
        by=cast["jiang"],
        now=now,
    )
    violations.serve_decision(case_id=case.pk, service=Service.BY_POST, served_on=now.date(), by=cast["jiang"], now=now)


def _cases(region: ExamRegion) -> list[ViolationCase]:
    return list(ViolationCase.objects.filter(entry__region=region).order_by("id"))
