"""What is said when the lookup phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "unknown_release": Problem(
        404,
        _("没有这项查询"),
        _("这项成绩查询不存在或者还没有公布，请从“成绩查询”的列表中选择。"),
    ),
    "release_not_open": Problem(
        409,
        _("成绩尚未开放"),
        _("成绩到 {opens_at} 才开放查询，请到时再来。"),
    ),
    "warrant_missing": Problem(
        503,
        _("暂时不能查询"),
        _("成绩的开放手续还没有完成，请过几分钟再试；成绩不会受影响。"),
    ),
    "clocks_disagree": Problem(
        503,
        _("暂时不能查询"),
        _("本机的时钟需要校准，校准之前不开放查询，请过几分钟再试。"),
    ),
    "verification_refused": Problem(
        422,
        _("验证没有通过"),
        _("请看新的验证码再填一次，或者回答算术题。"),
    ),
    "lookup_form_refused": Problem(
        400,
        _("提交的内容不完整"),
        _("没有收到完整的查询表单，请回到查询页重新填写。"),
    ),
    "record_too_long": Problem(
        409,
        _("快照没有生成"),
        _("有一条成绩记录比预定的长度长，请按 {needed} 字节重新生成快照。"),
    ),
    "same_inputs_twice": Problem(
        409,
        _("快照没有生成"),
        _("名册第 {position} 行附近有两个人的准考证号和证件号码完全相同，请先更正名册。"),
    ),
    "release_not_as_signed": Problem(
        409,
        _("内容与签发的不一致"),
        _("成绩或开放时间在两人签发之后有改动，请退回草稿，重新核验、封存和签发。"),
    ),
    "generation_already_open": Problem(
        409,
        _("已经开放，不能替换"),
        _("这一版成绩已经开放查询，不能替换；更正请另作新的一版，重新签发。"),
    ),
    "snapshot_damaged": Problem(
        503,
        _("暂时不能查询"),
        _("成绩快照文件没有通过检查，请管理员从备份恢复或重新生成；恢复之前不显示任何成绩。"),
    ),
}
