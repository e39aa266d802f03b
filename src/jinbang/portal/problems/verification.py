"""What is said when a diploma cannot be stated or corrected."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "too_many_diplomas": Problem(
        409,
        _("已经填满"),
        _("{kind}最多填写 {most} 个，已经填满。"),
        _("请修改其中还没有核验通过的一个。"),
    ),
    "diploma_stated": Problem(
        409,
        _("已经填过"),
        _("这个编号已经填过。"),
        _("请返回核验页查看，或者核对编号后重新填写。"),
    ),
    "diploma_settled": Problem(
        409,
        _("已经核验通过"),
        _("这个证书已经核验通过，不能再修改。"),
        _("需要另填一个的，请返回核验页新增。"),
    ),
    "verification_not_for_person": Problem(
        409,
        _("现在不需要人工核查"),
        _("这项核验正在自动进行，或者已经通过。"),
        _("请返回报名查看最新结果。"),
    ),
    "no_such_verification": Problem(
        404,
        _("没有这项核验"),
        _("没有这项核验。"),
        _("请从列表重新进入。"),
    ),
}
