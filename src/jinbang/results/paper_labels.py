"""The words of what is made for paper: columns of statistics, age bands, what stands on a result report."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.results.reports import ReportKind, Standing
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
    Column.SIMILAR: _("雷同"),
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
    "region": _("考区"),
    "by_region": _("按考区"),
    "all_regions": _("全部考区"),
    "by_age": _("按年龄"),
    "histogram": _("分数分布"),
}
STATISTICS_NOTES: Final = (
    _(
        "合格率按实考人数计算。缺考、违纪、成绩无效、待核查、雷同的没有分数，不计入实考、平均分和分数分布；零分是分数，计入。"
    ),
    _(
        "“全部科目”中，没有一科有分数的人不计入实考，按各科中最重的一种只计一次：有违纪的计违纪，其次成绩无效，都是缺考的计缺考。"
    ),
    _("没有报考某一科的（含免试和保留往年成绩的），不计入该科。年龄按考试第一天计算。"),
)
STATISTICS_KEPT_BACK: Final = _(
    "人数少于 %(fewest)d 的格不公布，以“＊”表示；为使这些数不能由合计推算出来，另有一些格也以“＊”表示。"
    "分数段人数过少的，与相邻的段合并。“0”表示确实没有人。"
)
STATISTICS_NATIONWIDE: Final = _(
    "本表由各考区公布的统计表相加而成：有一个考区的某一格以“＊”表示的，合计的这一格也以“＊”表示，不能由合计倒推。"
)
REPORT_KINDS: Final[Mapping[ReportKind, Promise]] = {
    ReportKind.SITTING: _("成绩证明"),
    ReportKind.HISTORY: _("历年成绩单"),
}
STANDINGS: Final[Mapping[Standing, Promise]] = {
    Standing.STANDS: _("有效"),
    Standing.CORRECTED: _("已失效，成绩后来有更正"),
}
STANDING_COLOURS: Final[Mapping[Standing, str]] = {Standing.STANDS: "green", Standing.CORRECTED: "red"}
REPORT: Final[Mapping[str, Promise]] = {
    "name": _("姓名"),
    "ticket_number": _("准考证号"),
    "region": _("考区"),
    "way": _("级别和科目"),
    "overall": _("结论"),
    "subject": _("科目"),
    "mark": _("成绩"),
    "pass_mark": _("合格标准"),
    "verdict": _("科目结论"),
    "code": _("核验码"),
    "verify": _("任何人都可以在下面的网页输入核验码，核对这份证明是否真实、现在是否有效："),
    "qr": _("打开核验网页的二维码"),
    "notes_title": _("说明"),
    "demo": _("演示"),
}
REPORT_NOTES: Final = (
    _(
        "本证明由系统依据已公布的成绩出具，带有数字签名。电子文件被改动后，签名即告失效；纸质件以核验网页显示的内容为准。"
    ),
    _("“0 分”是参加考试得到的分数；“缺考”“违纪”“成绩无效”“待核查”都没有分数；“没有报考”是没有报考该科。"),
    _("签发以后成绩有更正的，原证明失效，核验网页会说明，可以重新下载新的证明。"),
)
