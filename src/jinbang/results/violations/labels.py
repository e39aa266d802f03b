"""The words on screen for violations and similar answers."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.results.violations.states import CaseArticle, CaseEvent, CaseOrigin, CaseState, Service

STATES: Final[Mapping[CaseState, Promise]] = {
    CaseState.NOTED: _("待告知"),
    CaseState.NOTIFIED: _("已告知，听取陈述申辩"),
    CaseState.FOUND: _("已作出处理决定，待送达"),
    CaseState.SERVED: _("处理决定已送达"),
    CaseState.DROPPED: _("不予处理"),
}
COLOURS: Final[Mapping[CaseState, str]] = {
    CaseState.NOTED: "orange",
    CaseState.NOTIFIED: "blue",
    CaseState.FOUND: "red",
    CaseState.SERVED: "red",
    CaseState.DROPPED: "green",
}
TURNS: Final[Mapping[str, Promise]] = {
    "candidate": _("现在轮到您"),
    "marks_clerk": _("现在轮到考试机构"),
    "nobody": _("已经办结"),
}
WHAT_HAPPENS_NEXT: Final[Mapping[CaseState, Promise]] = {
    CaseState.NOTED: _("考试机构正在核实。作出决定以前会书面告知您事实、理由和依据，并听取您的陈述和申辩。"),
    CaseState.NOTIFIED: _("请阅读拟认定的事实、理由和依据，并在期限以前陈述和申辩。听取您的意见以前不作决定。"),
    CaseState.FOUND: _("处理决定书将送达给您。对决定不服的，可以依法申请行政复议或者提起行政诉讼。"),
    CaseState.SERVED: _("对决定不服的，可以自送达之日起依法申请行政复议或者提起行政诉讼。"),
    CaseState.DROPPED: _("经核实不予处理，您的成绩照常公布。"),
}
DESK_NEXT: Final[Mapping[CaseState, Promise]] = {
    CaseState.NOTED: _("核实以后书面告知考生；不成立的，写明原因结束。"),
    CaseState.NOTIFIED: _("等待考生陈述申辩；收到意见或者期限届满以后，由另一人作出决定。"),
    CaseState.FOUND: _("把处理决定书送达考生，并登记送达。"),
    CaseState.SERVED: _("已经办结。"),
    CaseState.DROPPED: _("已经办结。"),
}
DESK_NEXT_HEARD: Final = _("已经收到意见，或者陈述申辩的期限已经届满，由另一人作出决定。")
ARTICLES: Final[Mapping[CaseArticle, Promise]] = {
    CaseArticle.SUBJECT: _("第六条：该科目成绩无效"),
    CaseArticle.SITTING: _("第七条：当次全部科目成绩无效，记入诚信档案五年"),
    CaseArticle.GRAVE: _("第八条：当次全部科目成绩无效，长期记录"),
    CaseArticle.SIMILAR: _("第十一条：雷同，该科目成绩无效"),
}
ORIGINS: Final[Mapping[CaseOrigin, Promise]] = {
    CaseOrigin.ROOM: _("考场情况记录"),
    CaseOrigin.MARKING: _("阅卷发现雷同"),
}
SERVICES: Final[Mapping[Service, Promise]] = {
    Service.IN_PERSON: _("直接送达"),
    Service.BY_POST: _("邮寄送达"),
    Service.ELECTRONIC: _("电子送达"),
    Service.PUBLIC_NOTICE: _("公告送达"),
}
EVENTS: Final[Mapping[str, Promise]] = {
    "open": _("登记"),
    CaseEvent.NOTIFY.value: _("告知考生"),
    "state": _("考生陈述申辩"),
    "state_on_paper": _("登记书面陈述申辩"),
    CaseEvent.FIND.value: _("作出处理决定"),
    CaseEvent.DROP.value: _("不予处理"),
    CaseEvent.SERVE.value: _("送达"),
}
