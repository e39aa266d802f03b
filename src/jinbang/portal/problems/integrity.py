"""What is said when the integrity record refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "integrity_record_not_found": Problem(
        404,
        _("没有找到这条记录"),
        _("没有找到这条诚信档案记录，或者它不在您的管辖范围内。"),
        _("请从诚信档案列表重新进入。"),
    ),
    "already_on_record": Problem(
        409,
        _("这份决定已经登记"),
        _("文号为{document_number}的决定已经登记过。"),
        _("请核对文号。"),
    ),
    "integrity_ends_otherwise": Problem(
        422,
        _("期限与依据不符"),
        _("按所选依据和开始日期，记录的最后一天是{ends_on}。"),
        _("请对照决定书核对依据和两个日期。"),
    ),
    "integrity_has_no_end": Problem(
        422,
        _("长期记录没有最后一天"),
        _("第八条的记录是长期的，没有最后一天。"),
        _("请把“记录至”留空，或者核对依据。"),
    ),
    "integrity_record_lifted": Problem(409, _("已经撤销"), _("这条记录已经登记过撤销。"), _("请从诚信档案列表查看。")),
    "integrity_lifted_too_early": Problem(
        422,
        _("日期早于记录开始"),
        _("撤销日期不能早于记录的开始日期{starts_on}。"),
        _("请核对决定书上的日期。"),
    ),
}
