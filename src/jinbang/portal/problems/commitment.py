"""What is said when something around informed commitments, or a scanned paper, is refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "commitment_not_found": Problem(
        404, _("没有找到"), _("没有找到这份告知承诺，或者它不在您的管辖范围内。"), _("请从列表重新进入。")
    ),
    "commitment_unavailable": Problem(
        409,
        _("不适用告知承诺"),
        _("这次报名不适用告知承诺：{obstacle}"),
        _("请上传证明材料，由人工核查。"),
    ),
    "commitment_in_the_way": Problem(
        409,
        _("已签署的承诺不适用"),
        _("您已经签署了告知承诺，而这样报名不适用告知承诺：{obstacle}"),
        _("请保留原来的选择，或者先撤回告知承诺。"),
    ),
    "commitment_too_early": Problem(
        409,
        _("请先选择级别、专业和报考方式"),
        _("能否采用告知承诺，要看所选的级别、专业和报考方式。"),
        _("请先选好，再来签署。"),
    ),
    "commitment_text_changed": Problem(
        422, _("承诺书已更新"), _("承诺书的内容已经更新。"), _("请重新阅读，再选择签署或者不签署。")
    ),
    "commitment_answered": Problem(
        409, _("已经选择过"), _("这次报名的告知承诺已经选择过（{state}）。"), _("请继续填写报名信息。")
    ),
    "commitment_not_withdrawable": Problem(
        409, _("不能撤回承诺"), _("告知承诺目前是“{state}”，不能撤回。"), _("如有疑问，请联系考试机构。")
    ),
    "commitment_paid": Problem(
        409,
        _("已经缴费，不能撤回承诺"),
        _("缴费单{number}已经缴费。告知承诺只能在缴费以前撤回。"),
        _("如有疑问，请联系考试机构。"),
    ),
    "commitment_charge_unfounded": Problem(
        422, _("缺少内容"), _("须写明事实、理由、依据或者文号。"), _("请填写后重新提交。")
    ),
    "commitment_hearing_open": Problem(
        409,
        _("陈述申辩期未满"),
        _("考生还没有陈述申辩，期限到{until}为止，期满以前不能作出决定。"),
        _("请在期满以后，或者收到考生的意见以后再办理。"),
    ),
    "commitment_hearing_closed": Problem(
        409, _("陈述申辩期已满"), _("陈述申辩的期限已于{until}结束。"), _("如有疑问，请联系考试机构。")
    ),
    "commitment_second_person": Problem(
        403,
        _("须由另一人决定"),
        _("拟认定由您提出，决定须由另一名审核人员作出。"),
        _("请交给同事办理。"),
    ),
    "sample_seed_late": Problem(
        409,
        _("报名已经截止"),
        _("抽查种子的摘要须在报名截止以前公布，报名已于{closed}截止。"),
        _("这个考区本次不能再用公开种子抽查，请用举报核查的方式逐份核查。"),
    ),
    "sample_too_early": Problem(
        409, _("报名还没有截止"), _("报名到{closes}截止，截止以后才能抽取。"), _("请届时再来。")
    ),
    "sample_committed": Problem(
        409, _("已经公布过"), _("这个考区的种子摘要已经公布，只公布一次。"), _("请在截止以后抽取。")
    ),
    "sample_not_committed": Problem(
        409, _("没有公布过种子摘要"), _("这个考区没有在报名截止以前公布种子的摘要，不能抽取。"), _("请逐份核查。")
    ),
    "sample_drawn": Problem(409, _("已经抽取"), _("这个考区已经抽取过，只抽取一次。"), _("请从核查列表办理。")),
}
