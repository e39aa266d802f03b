"""What is said when the sittings phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "hours_unclear": Problem(
        422,
        _("开放时间看不明白"),
        _("看不明白开放时间“{typed}”。"),
        _("请写成 09:00-12:00 13:30-17:00 这样，时段前后不重叠。"),
    ),
    "sitting_not_found": Problem(
        404,
        _("没有找到这项考试"),
        _("网址可能有误，或者这项考试还没有发布。"),
        _("请从“考试”列表里重新选择。"),
    ),
    "region_not_found": Problem(
        404,
        _("没有找到这个考区"),
        _("这项考试没有在这里设考区。"),
        _("请回到考试页面，从列出的考区里选择。"),
    ),
    "authority_not_found": Problem(
        404,
        _("没有找到这个地区或机构"),
        _("没有代码为“{authority_code}”的地区或机构。"),
        _("请核对代码，或者从“考试”列表里按考区筛选。"),
    ),
    "site_not_found": Problem(
        404,
        _("没有找到这个考点"),
        _("考点可能已经调整。"),
        _("请回到考试页面，从列出的考点里重新选择。"),
    ),
    "notice_not_found": Problem(
        404,
        _("没有找到这条公告"),
        _("网址可能有误，或者公告还没有发布。"),
        _("请从“公告”列表里查找。"),
    ),
    "window_closed": Problem(
        409,
        _("现在不在办理时间内"),
        _("{kind}的时间是{opens}至{closes}。"),
        _("请在这段时间内办理；如果已经错过，请留意公告是否延长，或咨询考试中心。"),
    ),
    "window_not_announced": Problem(
        409,
        _("时间还没有公布"),
        _("这个考区还没有公布{kind}的时间。"),
        _("请留意公告，时间公布后再来办理。"),
    ),
    "region_not_held": Problem(
        409,
        _("本考区这次不举行"),
        _("这项考试本次不在这个考区举行。"),
        _("请查看公告，或选择其他考区。"),
    ),
    "held_already": Problem(
        409,
        _("已经这样记载"),
        _("本考区是否举行这次考试，系统里已是这样记载的。"),
        _("请返回考试页面查看办理记录。"),
    ),
    "not_published": Problem(
        409,
        _("考试还没有发布"),
        _("没有发布的考试，直接修改计划即可，不需要文件依据。"),
        _("请先核对考试计划。"),
    ),
    "version_unknown": Problem(
        404,
        _("没有这个版本"),
        _("考试项目没有这个更新的版本。"),
        _("请先载入新的考试项目文件，再重新选择。"),
    ),
    "version_does_not_fit": Problem(
        409,
        _("新版本缺少已报考的内容"),
        _("新版本里找不到这些级别、专业、类别或科目：{parts}。已报考的人就没有了归属。"),
        _("请在考试项目文件里补上，或写明新旧科目的对照，再重新载入。"),
    ),
    "site_full": Problem(
        409,
        _("考点名额已满"),
        _("{site}的名额刚刚被选满，您填写的内容都还在。"),
        _("请选择其他考点。"),
    ),
    "fee_not_set": Problem(
        409,
        _("收费标准还没有公布"),
        _("这个科目在本考区还没有收费标准。"),
        _("请稍后再试，或咨询考试中心。"),
    ),
    "sitting_incomplete": Problem(
        422,
        _("考试内容还不齐全"),
        _("发布前还有内容要补充。"),
        _("请按列出的各项补齐后再发布。"),
    ),
    "extension_not_later": Problem(
        422,
        _("新的截止时间不够晚"),
        _("现在的截止时间是{closes}。"),
        _("请填写比它更晚、并且还没有过去的时间。"),
    ),
    "day_without_reason": Problem(
        422,
        _("没有写明原因"),
        _("设定工作日或休息日须写明依据。"),
        _("请写明通知的名称和文号。"),
    ),
    "sitting_file_faulty": Problem(
        422,
        _("考试文件有误"),
        _("文件里有 {count} 处要改，没有建立考试。"),
        _("请按逐条提示修改后再试。"),
    ),
    "sitting_code_taken": Problem(
        409,
        _("考试代码已被使用"),
        _("代码“{sitting}”已经有一项考试在用。"),
        _("同一次考试不必再建；如果是另一次考试，请换一个代码。"),
    ),
    "site_code_taken": Problem(
        422,
        _("考点代码已被使用"),
        _("本考区已有代码为{site}的考点。"),
        _("请换一个代码。"),
    ),
    "attachment_too_large": Problem(
        422,
        _("附件太大"),
        _("文件“{file_name}”超过 {largest_megabytes} MB。"),
        _("请压缩或拆分后重新上传。"),
    ),
    "attachment_kind_refused": Problem(
        422,
        _("附件格式不能使用"),
        _("文件“{file_name}”不是可以上传的格式，或内容与后缀不符。"),
        _("请改用 {kinds} 之一重新上传。"),
    ),
    "too_many_attachments": Problem(
        422,
        _("附件太多"),
        _("一条公告最多带 {most} 个附件。"),
        _("请合并文件，或分成几条公告发布。"),
    ),
}
