"""What becomes of a violation that a room of a season noted: told, heard, decided by a second person, and served.

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
from jinbang.results.violations.states import CaseArticle, Service
from jinbang.sittings.models import ExamRegion

CHARGE: Final = "考场情况记录载明：{facts}拟依据第六条认定该科目成绩无效。"
DOCUMENT: Final = "演示考处〔{year}〕{number}号"


def hear_what_was_noted(region: ExamRegion, *, plan: SeasonPlan, cast: Cast) -> None:
    """Draw up the roster two days after the examination and go through what the rooms noted, in working days."""
    opened = datetime.combine(plan.sitting.last_day + timedelta(days=2), time(9), tzinfo=SHANGHAI)
    with frozen_at(opened) as now:
        roster.draw_up_roster(region=region, by=cast["qin"], now=now)
        violations.open_noted_cases(now=now)
        for case in _cases(region):
            charge = CHARGE.format(facts=case.facts)
            violations.notify_violation(
                case_id=case.pk, article=CaseArticle(case.article), charge=charge, by=cast["qin"], now=now
            )
    if plan.until is Stage.RELEASED:
        for number, case in enumerate(_cases(region), start=1):
            _decide(case, number=number, cast=cast)


def _decide(case: ViolationCase, *, number: int, cast: Cast) -> None:
    assert case.defence_until is not None  # noqa: S101  # told just now
    with frozen_at(case.defence_until + timedelta(hours=10)) as now:
        violations.find_violation(
            case_id=case.pk,
            article=CaseArticle(case.article),
            document_number=DOCUMENT.format(year=now.year, number=number),
            by=cast["jiang"],
            now=now,
        )
        violations.serve_decision(
            case_id=case.pk, service=Service.BY_POST, served_on=now.date(), by=cast["jiang"], now=now
        )


def _cases(region: ExamRegion) -> list[ViolationCase]:
    return list(ViolationCase.objects.filter(entry__region=region).order_by("id"))
