"""The words of what is made for paper: columns of statistics, age bands, what stands on a result report."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.results.statistics import AgeBand, Column

KEPT_BACK: Final = "＊"
NONE: Final = "—"
COLUMNS: Final[Mapping[Column, Promise]] = {
    Column.REGISTERED: _("报考"),
    Column.PRESENT: _("实考"),
    Column.PASSED: _("合格"),
    Column.PARTIAL: _("部分科目合格"),
    Column.FAILED: _("不合格"),
    Column.AWAITING: _("合格标准待公布"),
    Column.ABSENT: _("缺考"),
    Column.VIOLATION: _("违纪"),
    Column.VOID: _("成绩无效"),
    Column.WITHHELD: _("待核查"),
}
PASS_RATE: Final = _("合格率（%）")
MEAN: Final = _("平均分")
AGE_BANDS: Final[Mapping[AgeBand, Promise]] = {
    AgeBand.UNDER_25: _("24 岁及以下"),
    AgeBand.UNDER_30: _("25 至 29 岁"),
    AgeBand.UNDER_35: _("30 至 34 岁"),
    AgeBand.UNDER_40: _("35 至 39 岁"),
    AgeBand.UNDER_45: _("40 至 44 岁"),
    AgeBand.UNDER_50: _("45 至 49 岁"),
    AgeBand.FROM_50: _("50 岁及以上"),
    AgeBand.UNKNOWN: _("年龄不详"),
}
STATISTICS: Final[Mapping[str, Promise]] = {
    "title": _("成绩统计表"),
    "everybody": _("合计"),
    "subject": _("科目"),
    "whole": _("全部科目"),
    "district": _("地区"),
    "no_district": _("未注明"),
    "age": _("年龄"),
    "band": _("分数段"),
    "people": _("人数"),
    "by_district": _("按地区"),
    "by_age": _("按年龄"),
    "histogram": _("分数分布"),
}
STATISTICS_NOTES: Final = (
    _("合格率按实考人数计算。缺考、违纪、成绩无效、待核查的没有分数，不计入实考、平均分和分数分布；零分是分数，计入。"),
    _("没有报考某一科的（含免试和保留往年成绩的），不计入该科。年龄按考试第一天计算。"),
)
STATISTICS_KEPT_BACK: Final = _(
    "人数少于 %(fewest)d 的格不公布，以“＊”表示；为使这些数不能由合计推算出来，另有一些格也以“＊”表示。"
    "分数段人数过少的，与相邻的段合并。“0”表示确实没有人。"
)
