"""What is said when a registration point's counter refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "counter_not_found": Problem(
        404,
        _("没有找到"),
        _("没有找到这个报名点或者这份现场报名，或者它不在您的受理范围内。"),
        _("请从“现场报名”重新进入。"),
    ),
    "pledge_missing": Problem(
        422, _("还没有签承诺书"), _("须先签订诚信承诺书，才能提交报名。"), _("请打印承诺书，请考生签名后上传。")
    ),
    "pledge_unprintable": Problem(
        422,
        _("姓名暂时打印不出来"),
        _("姓名里的字（{characters}）没有可用的字体，打印出来会是方框。"),
        _("请联系考试机构安装字体，再打印承诺书。"),
    ),
}
