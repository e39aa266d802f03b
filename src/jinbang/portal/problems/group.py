"""What is said when a group entry is refused as a whole."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "group_not_found": Problem(
        404, _("没有找到"), _("没有找到这份集体报名，或者现在不在报名时间内。"), _("请从列表重新进入。")
    ),
    "sheet_too_large": Problem(
        422,
        _("报名表太大"),
        _("报名表超过 {megabytes_max} MB，或者超过 {rows_max} 行。"),
        _("请分成几份上传。"),
    ),
    "sheet_unreadable": Problem(
        422,
        _("无法识别的报名表"),
        _("这个文件不是完好的 CSV 或 XLSX，或者里面没有内容。"),
        _("请下载模板填写后重新上传。"),
    ),
    "sheet_headings_missing": Problem(
        422,
        _("报名表缺少列"),
        _("第一行缺少这些列：{missing}。"),
        _("请使用模板，不要删改第一行。"),
    ),
    "group_row_answered": Problem(
        409, _("已经处理过"), _("这一条目前是“{state}”，不能再确认或者拒绝。"), _("请在“我的考试”里查看进度。")
    ),
    "group_name_differs": Problem(
        409,
        _("姓名与登记的不一致"),
        _("单位填写的姓名与您登记的姓名不一致，不能确认。"),
        _("请单位更正后重新上传，或者您自己报名。"),
    ),
}
