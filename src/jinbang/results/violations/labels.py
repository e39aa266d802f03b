"""The words on screen for violations and similar answers."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.results.states import MarkSource, MarkStatus
from jinbang.results.violations.states import CaseArticle, CaseEvent, CaseOrigin, CaseState, Remedy, Service

STATES: Final[Mapping[CaseState, Promise]] = {
    CaseState.NOTED: _("待告知"),
    CaseState.CHARGED: _("告知书已拟定，待送达"),
    CaseState.NOTIFIED: _("已告知，听取陈述申辩"),
    CaseState.FOUND: _("已作出处理决定，待送达"),
    CaseState.SERVED: _("处理决定已送达"),
    CaseState.DROPPED: _("不予处理"),
    CaseState.OVERTURNED: _("处理决定已撤销"),
}
COLOURS: Final[Mapping[CaseState, str]] = {
    CaseState.NOTED: "orange",
    CaseState.CHARGED: "orange",
    CaseState.NOTIFIED: "blue",
    CaseState.FOUND: "red",
    CaseState.SERVED: "red",
    CaseState.DROPPED: "green",
    CaseState.OVERTURNED: "green",
}
TURNS: Final[Mapping[str, Promise]] = {
    "candidate": _("现在轮到您"),
    "marks_clerk": _("现在轮到考试机构"),
    "nobody": _("已经办结"),
}
WHAT_HAPPENS_NEXT: Final[Mapping[CaseState, Promise]] = {
    CaseState.NOTED: _("考试机构正在核实。作出决定以前会书面告知您事实、理由和依据，并听取您的陈述和申辩。"),
    CaseState.CHARGED: _("考试机构已经拟定告知书，将送达给您；陈述申辩的期限从送达之日起算。"),
    CaseState.NOTIFIED: _("请阅读拟认定的事实、理由和依据，并在期限以前陈述和申辩。听取您的意见以前不作决定。"),
    CaseState.FOUND: _("处理决定书将送达给您。对决定不服的，可以依法申请行政复议或者提起行政诉讼。"),
    CaseState.SERVED: _("对决定不服的，可以自送达之日起依法申请行政复议或者提起行政诉讼。"),
    CaseState.DROPPED: _("经核实不予处理，您的成绩照常公布。"),
    CaseState.OVERTURNED: _("处理决定已经撤销，不再影响您的成绩。成绩已经公布的，更正以后会通知您重新查询。"),
}
DESK_NEXT: Final[Mapping[CaseState, Promise]] = {
    CaseState.NOTED: _("核实以后书面告知考生；不成立的，写明原因结束。"),
    CaseState.CHARGED: _("打印告知书送达考生，并登记送达的方式和日期；陈述申辩的期限从送达之日起算。"),
    CaseState.NOTIFIED: _("等待考生陈述申辩；收到意见或者期限届满以后，由另一人作出决定。"),
    CaseState.FOUND: _("把处理决定书送达考生，并登记送达。"),
    CaseState.SERVED: _("已经办结。"),
    CaseState.DROPPED: _("已经办结。"),
    CaseState.OVERTURNED: _("处理决定已经撤销，不再影响成绩。"),
}
DESK_NEXT_HEARD: Final = _("已经收到意见，或者陈述申辩的期限已经届满，由另一人作出决定。")
ARTICLES: Final[Mapping[CaseArticle, Promise]] = {
    CaseArticle.SUBJECT: _("第六条：该科目成绩无效"),
    CaseArticle.SITTING: _("第七条：当次全部科目成绩无效，记入诚信档案五年"),
    CaseArticle.GRAVE: _("第八条：当次全部科目成绩无效，长期记录"),
    CaseArticle.FALSE_PROOF: _("第十条：提供虚假证明材料，按第七条处理"),
    CaseArticle.SIMILAR: _("第十一条：雷同，该科目成绩无效"),
}
ORIGINS: Final[Mapping[CaseOrigin, Promise]] = {
    CaseOrigin.ROOM: _("考场情况记录"),
    CaseOrigin.MARKING: _("阅卷发现雷同"),
    CaseOrigin.FILE: _("成绩文件或者录分表"),
}
NO_ARTICLE: Final = _("核实以后确定")
FROM_LINE: Final = _("%(file)s，第 %(line)d 行")
FACTS: Final[Mapping[MarkStatus, Promise]] = {
    MarkStatus.VIOLATION: _("“%(file)s”第 %(line)d 行，该科目的分数处写明“违纪”。"),
    MarkStatus.SIMILAR: _("“%(file)s”第 %(line)d 行，该科目的分数处写明“雷同”。"),
}
WITHDRAWN: Final = _("成绩文件已经撤回")
MARK_TO_COME: Final = _("该科目还没有分数，补交并生效以前仍显示为“待核查”。")
MARK_STEPS: Final[Mapping[MarkSource, Promise]] = {
    MarkSource.FILE: _("请把该科目的分数写进文件，按“只有要更正的成绩”读入，由另一人核对控制数后生效。"),
    MarkSource.HAND: _("请为该科目再开一张录分表，照纸面由两个人各录一遍后生效。"),
}
MARK_DOORS: Final[Mapping[MarkSource, Promise]] = {
    MarkSource.FILE: _("读入这一科的分数"),
    MarkSource.HAND: _("录入这一科的分数"),
}
MARK_CLERKS: Final = _("分数由成绩录入岗补交。")
MARK_SEALED: Final = _("成绩已经封存或者发布，先在发布页停止发布或者开始更正，再补交分数。")
TO_RELEASE: Final = _("打开发布页")
SERVICES: Final[Mapping[Service, Promise]] = {
    Service.IN_PERSON: _("直接送达"),
    Service.BY_POST: _("邮寄送达"),
    Service.ELECTRONIC: _("电子送达"),
    Service.PUBLIC_NOTICE: _("公告送达"),
}
REMEDIES: Final[Mapping[Remedy, Promise]] = {
    Remedy.REVIEW: _("行政复议"),
    Remedy.COURT: _("行政诉讼"),
}
TO_CORRECT: Final = _("公布的成绩还是按原来的处理决定计算的，请在发布页开始更正，由两人签发后重新公布。")
SERVED_ON: Final = _("%(way)s，%(day)s")
EVENTS: Final[Mapping[str, Promise]] = {
    "open": _("登记"),
    CaseEvent.CHARGE.value: _("拟定告知书"),
    CaseEvent.NOTIFY.value: _("告知书送达考生"),
    "state": _("考生陈述申辩"),
    "state_on_paper": _("登记书面陈述申辩"),
    CaseEvent.FIND.value: _("作出处理决定"),
    CaseEvent.DROP.value: _("不予处理"),
    CaseEvent.SERVE.value: _("送达"),
    CaseEvent.OVERTURN.value: _("撤销处理决定"),
}
PAPER: Final[Mapping[str, Promise]] = {
    "name": _("姓名"),
    "document": _("证件号码"),
    "ticket": _("准考证号"),
    "sitting": _("考试"),
    "subject": _("科目"),
    "seal": _("（印章）"),
    "receipt": _("送达回证"),
    "way": _("送达方式"),
    "served_on": _("送达日期"),
    "receiver": _("收件人签字"),
    "servers": _("送达人签字"),
    "refusal": _("拒绝签收的，由两名工作人员写明情况并签字。"),
    "demo": _("演示"),
}
NOTICE: Final[Mapping[str, Promise]] = {
    "title": _("违纪违规处理告知书"),
    "copy": _("副本，内容与送达的告知书相同。%(way)s，%(year)d年%(month)d月%(day)d日送达。"),
    "opening": _("在上述考试中，拟认定您有下列行为："),
    "basis": _("拟依据《专业技术人员资格考试违纪违规行为处理规定》（人社部令第31号）处理，拟适用的条款是%(article)s。"),
    "hearing": _(
        "作出决定以前，您有权陈述和申辩：自本告知书送达之日起 %(days)d 个工作日以内，"
        "可以当面或者书面向%(place)s提出；在网上报名的，也可以在“我的考试”的“违纪违规处理”里提出。"
        "期限届满没有收到您的意见的，将依法作出决定。"
    ),
}
DECISION: Final[Mapping[str, Promise]] = {
    "title": _("违纪违规处理决定书"),
    "copy": _("副本，内容与送达的处理决定书相同。%(way)s，%(year)d年%(month)d月%(day)d日送达。"),
    "opening": _("在上述考试中，您有下列行为："),
    "heard": _("作出决定以前，已将拟认定的事实、理由和依据告知您，并听取了您的陈述和申辩。"),
    "not_heard": _("作出决定以前，已将拟认定的事实、理由和依据告知您；在陈述申辩的期限以内没有收到您的意见。"),
    "decided": _("依据《专业技术人员资格考试违纪违规行为处理规定》（人社部令第31号），决定适用%(article)s。"),
    "remedy": _("对本决定不服的，可以自收到本决定书之日起，依法申请行政复议或者提起行政诉讼。"),
}
