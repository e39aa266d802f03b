"""What is said when the audit phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "work_under_way": Problem(
        409,
        _("已经在处理"),
        _("这件事已经交给系统处理，还没有结束。"),
        _("请返回上一页查看进度，不必重复提交。"),
    ),
    "work_taken_over": Problem(
        409,
        _("处理已由另一个进程接手"),
        _("这项处理停顿过久，已由另一个进程接着办理，本次没有写入任何内容。"),
        _("请刷新页面查看进度。"),
    ),
    "work_not_found": Problem(
        404,
        _("没有找到这项任务"),
        _("没有找到这项任务，或者它不是您交办的。"),
        _("请从“后台任务”重新进入。"),
    ),
    "task_unknown": Problem(
        409,
        _("没有这种任务"),
        _("系统不认识要运行的任务（{task}）。"),
        _("请联系系统管理员，核对各台机器运行的是同一版本。"),
    ),
}
