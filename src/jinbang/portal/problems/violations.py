"""What is said when something around violations and similar answers is refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "violation_case_not_found": Problem(
        404, _("没有找到"), _("没有找到这件违纪违规处理，或者它不在您的管辖范围内。"), _("请从列表重新进入。")
    ),
    "violation_case_without_words": Problem(
        422, _("缺少内容"), _("须写明事实、理由、依据、文号或者原因。"), _("请填写后重新提交。")
    ),
    "violation_article_not_told": Problem(
        409,
        _("没有告知过考生这一条款"),
        _("只能适用告知书写明的条款，或者更轻的条款；考生没有就这一条款陈述申辩过。"),
        _("请先重新拟定告知书，写明这一条款和事实，送达考生并听取意见以后再作决定。"),
    ),
    "violation_case_still_heard": Problem(
        409,
        _("陈述申辩期未满"),
        _("考生还没有陈述申辩，期限到{until}为止，期满以前不能作出决定。"),
        _("请在期满以后，或者收到考生的意见以后再办理。"),
    ),
    "violation_hearing_closed": Problem(
        409, _("陈述申辩期已满"), _("陈述申辩的期限已于{until}结束。"), _("如有疑问，请联系考试机构。")
    ),
    "violation_paper_too_late": Problem(
        422,
        _("收到日期不对"),
        _("书面意见应当在{since}告知书送达以后、{until}届满以前收到，也不能晚于今天。"),
        _("请核对收文登记；期满以后收到的，不作为陈述申辩登记。"),
    ),
    "violation_defence_stands": Problem(
        409,
        _("考生已经在网上陈述申辩"),
        _("考生已经自己提交了陈述申辩，不能用书面意见替换。"),
        _("请让考生在期限以前在网上补充，书面材料随案卷保存。"),
    ),
    "similar_answers_alone": Problem(
        422,
        _("雷同至少涉及两个人"),
        _("只写了{tickets}。雷同是两个或者更多的人在同一科目上的。"),
        _("请把相互雷同的准考证号都写上，一行一个。"),
    ),
    "violation_tickets_unknown": Problem(
        422,
        _("名册里没有这些准考证号"),
        _("名册里没有人以{tickets}参加这一科。"),
        _("请核对号码和科目后重新提交，这次什么都没有登记。"),
    ),
    "violation_case_entered_twice": Problem(
        409,
        _("已经登记过"),
        _("{tickets}中有人在这一科的雷同已经登记，正在处理。"),
        _("请从列表打开已登记的；确需重新登记的，请先结束原来的。"),
    ),
    "violation_decision_missing": Problem(
        409,
        _("没有可以撤销的处理决定"),
        _("这件还没有作出处理决定，或者处理决定已经登记过撤销。"),
        _("请按这一页的当前状态办理；还没有作出决定的，不成立时写明原因不予处理。"),
    ),
    "violation_overturned_too_early": Problem(
        422,
        _("文书日期不对"),
        _("复议决定书或者判决书的日期不能早于处理决定作出的{since}，也不能晚于今天。"),
        _("请核对文书后重新填写。"),
    ),
    "violation_served_too_early": Problem(
        422,
        _("送达日期不对"),
        _("送达日期不能早于文书作出的{since}，也不能晚于今天。"),
        _("请核对送达回证后重新填写。"),
    ),
}
