"""Separately drawn lines (单独划线): who passes by the line of a listed district only. Pure.

Such a pass leads to a certificate that is valid there only, and nothing of it is kept: every required subject of one
and the same sitting must reach the district's line. Marks are whole hundredths.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from jinbang.results.rules import Judgement, SubjectOutcome
from jinbang.results.states import MarkStatus, Overall, Verdict

SubjectKey: TypeAlias = tuple[str, str]
"""A level and a subject of it."""
Lines: TypeAlias = Mapping[str, Mapping[SubjectKey, int]]
"""District → subject → the line drawn for it."""

_OPEN_TO_A_LOCAL_PASS: Final = frozenset({Overall.PARTIAL, Overall.FAILED})
_WHOLE_CITY: Final = "00"


def lines_for(district: str, lines: Lines) -> Mapping[SubjectKey, int]:
    """Return the lines that hold for somebody registered in a district: its own, else those of what it lies in.

    Codes are those of GB/T 2260, in which a city's ends in 00 and its counties begin like it.
    """
    if not district:
        return {}
    reaching = {code.removesuffix(_WHOLE_CITY): code for code in lines}
    nearest = max((beginning for beginning in reaching if district.startswith(beginning)), key=len, default=None)
    return lines[reaching[nearest]] if nearest is not None else {}


def judged_locally(judgement: Judgement, *, level_code: str, lines: Mapping[SubjectKey, int]) -> Judgement:
    """Return the judgement as the district's lines make it: passed there only, or as it was."""
    if not lines or judgement.overall not in _OPEN_TO_A_LOCAL_PASS:
        return judgement
    local = tuple(_line(line, lines.get((level_code, line.code))) for line in judgement.lines)
    if any(line.verdict not in {Verdict.PASSED, Verdict.PASSED_LOCALLY} for line in local):
        return judgement
    return replace(judgement, overall=Overall.PASSED_LOCALLY, lines=local)


def _line(line: SubjectOutcome, local: int | None) -> SubjectOutcome:
    """Return one subject's line: a mark below the ordinary pass mark and not below the local one passes here."""
    is_scored = line.status is MarkStatus.SCORED and line.mark_hundredths is not None
    if local is None or not is_scored or line.verdict is Verdict.PASSED:
        return line
    if (line.mark_hundredths or 0) < local:
        return line
    return replace(line, verdict=Verdict.PASSED_LOCALLY, pass_mark_hundredths=local)
