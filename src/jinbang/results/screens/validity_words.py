"""The rule by which passes count, and what a sitting is good for, in sentences. Decides nothing and reads nothing."""

from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _

from jinbang.catalogue.programme import Programme
from jinbang.catalogue.validity import Validity, ValidityShape
from jinbang.results.states import Overall


def rule_sentences(validity: Validity, programme: Programme) -> Iterator[str]:
    """Yield the rule in sentences: the window, and what notices say of single years and of a changed syllabus."""
    count = validity.consecutive_sittings
    match validity.shape:
        case ValidityShape.SAME_SITTING:
            yield _("须在同一次考试中通过全部科目，单科合格成绩不保留。")
        case ValidityShape.ONE_YEAR:
            yield _("须在当年的考试中通过全部应试科目，合格成绩当年有效。")
        case ValidityShape.ROLLING:
            yield _("须在连续 %(count)d 次考试（按年度）内通过全部应试科目，滚动计算。") % {"count": count}
        case ValidityShape.ONE_RESIT:
            yield _("单科合格成绩保留 %(months)d 个月，其间可以补考 %(resits)d 次。") % {
                "months": validity.within_months,
                "resits": validity.resits,
            }
        case ValidityShape.PROOF:
            yield _("合格后取得成绩合格证明，%(years)d 年内有效。") % {"years": validity.proof_years}
        case ValidityShape.LONG_TERM:
            yield _("合格成绩长期有效。")
    if validity.shape is ValidityShape.ROLLING:
        yield _("本考区没有举行的年度不计入。改变报考级别或者考全科、免试科目的，按新考生重新计算。")
    for over in validity.passed_over:
        yield _("%(year)d 年度没有报名的，该年度不计入；报名后缺考的，照常计入。") % {"year": over.year}
    for change in validity.changes:
        yield from _change_sentences(change.year, validity, programme)


def _change_sentences(year: int, validity: Validity, programme: Programme) -> Iterator[str]:
    names = {subject.code: subject.name for level in programme.levels for subject in level.subjects}
    for change in (one for one in validity.changes if one.year == year):
        for one in change.equivalences:
            between = _("”和“") if one.needs_all else _("”或“")
            earlier = between.join(name for _code, name in one.earlier)
            values = {"year": year, "earlier": earlier, "new": names.get(one.subject, one.subject)}
            yield _("%(year)d 年起，原“%(earlier)s”合格的，视同“%(new)s”合格。") % values
        if change.earlier_sittings is not None:
            values = {"year": year, "count": change.earlier_sittings}
            yield _("%(year)d 年以前的合格成绩仍按 %(count)d 年滚动。") % values


def remark_on(overall: Overall, *, is_void: bool) -> str:
    """Return what has to be said beside what a sitting comes to; mostly nothing."""
    if is_void:
        return _("报名承诺被认定不实，这一次的成绩不再计入。")
    if overall is Overall.PASSED_LOCALLY:
        return _("按单独划线合格：证书只在规定的地区内有效，没有达到统一标准的科目不保留到以后的考试。")
    return ""


def lapsed_words(lapsed: Mapping[str, int], names: Mapping[str, str], *, of: Callable[[int], bool]) -> Iterator[str]:
    """Yield what counts no longer, of the years that are asked for."""
    for code, year in sorted(lapsed.items()):
        if of(year):
            yield _("%(subject)s（%(year)d 年度通过）") % {"subject": names.get(code, code), "year": year}
