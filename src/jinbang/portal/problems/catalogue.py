"""What is said when the catalogue phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "catalogue_file_broken": Problem(
        422,
        _("考试项目文件有误"),
        _("文件 {file} 的 {key} 有误：{problem}。"),
        _("请按提示修改（{remedy}）后重新导入。"),
    ),
    "programme_unknown": Problem(
        404,
        _("没有这个考试项目"),
        _("在 {on} 没有有效的考试项目“{programme}”。"),
        _("请从考试列表中重新选择。"),
    ),
    "programme_part_unknown": Problem(
        404,
        _("没有这个选项"),
        _("该考试项目没有您选择的级别、专业、科目或报考条件（{part}）。"),
        _("请返回上一步重新选择。"),
    ),
    "part_marks_wrong": Problem(
        422,
        _("分项成绩不齐或有误"),
        _("科目 {subject} 的分项成绩（{part}）缺少、多出或高于该分项的满分。"),
        _("请核对各分项成绩后重新录入。"),
    ),
}
