"""What is said when the recheck phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "too_many_reports": Problem(
        429,
        _("报告太多"),
        _("您所在的网络一小时内提交的报告太多。"),
        _("请一小时后再试，或者打电话给考试中心，告知查询回执编号。"),
    ),
}
