"""What is said at each step: one table from a change of state to a text. Holds no personal data.

A text is made of whole sentences with named gaps; a sentence whose gaps cannot be filled is left out. What goes out by
telephone names the sitting, never bears a mark, a name or a link, and asks nobody to sign in through it; reasons that a
reviewer wrote are read in the inbox only. A house that wants other words changes them here and nowhere else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.application.actions import HOLD_CLOSED, HOLD_ENDED
from jinbang.application.actions.exchange import REJECTED as PHOTO_REJECTED
from jinbang.application.commitment.states import CommitmentEvent
from jinbang.application.group.actions import ASKED
from jinbang.application.photo_versions import APPROVED as PHOTO_APPROVED
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.attendance.actions import NOTED
from jinbang.messaging.states import MessageKind
from jinbang.payment.actions import OPENED
from jinbang.payment.states import OrderEvent
from jinbang.results.actions.reminder import REMINDED
from jinbang.results.states import ReleaseEvent
from jinbang.results.violations.states import CaseEvent, CaseState

APPLICATION: Final = "application.application"
COMMITMENT: Final = "application.commitment"
GROUP_ROW: Final = "application.grouprow"
ORDER: Final = "payment.order"
TICKET: Final = "seating.admissionticket"
ROSTER_ENTRY: Final = "results.rosterentry"
VIOLATION: Final = "attendance.violation"
VIOLATION_CASE: Final = "results.violationcase"
RELEASE: Final = "results.release"

ISSUED: Final = "issue_ticket"
_GAP: Final = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Text:
    """What is said at one step. `opening` is said everywhere, then `by_phone` in a text message, `in_full` elsewhere.

    `only_from` narrows the step to one state left; `again` is the text from the second time on.
    """

    subject_kind: str
    event: str
    kind: MessageKind
    title: Promise
    opening: Sequence[Promise]
    by_phone: Sequence[Promise] = ()
    in_full: Sequence[Promise] = ()
    only_from: str = ""
    again: bool = False

    def short(self, facts: Mapping[str, str]) -> str:
        """Return the text message."""
        return _filled((*self.opening, *self.by_phone), facts)

    def full(self, facts: Mapping[str, str]) -> str:
        """Return what stands in the inbox and in an e-mail."""
        return _filled((*self.opening, *self.in_full), facts)


_NUMBER: Final = Text(
    TICKET,
    REMINDED,
    MessageKind.TICKET_NUMBER,
    _("您的准考证号"),
    opening=(_("%(sitting)s：您的准考证号是%(number)s。"),),
    by_phone=(_("非本人操作请勿理会。"),),
    in_full=(_("有人用您的证件号码或者姓名和出生日期找回了准考证号；不是您本人查询的，请不要理会。"),),
)

TEXTS: Final[Sequence[Text]] = (
    Text(
        APPLICATION,
        ApplicationEvent.SUBMIT.value,
        MessageKind.SUBMITTED,
        _("报名已提交"),
        opening=(_("%(sitting)s：报名已提交。"), _("资格审核将在%(due)s前完成。")),
        in_full=(_("提交的内容已锁定，无需重复提交。"), _("审核结果可随时在“我的考试”中查看。")),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.RETURN.value,
        MessageKind.RETURNED,
        _("报名已退回，请修改"),
        opening=(_("%(sitting)s：报名已退回，请修改。"), _("重新提交的截止时间是%(closes)s。")),
        by_phone=(_("原因见“我的消息”。"),),
        in_full=(_("退回原因：%(reason)s"),),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.APPROVE.value,
        MessageKind.APPROVED,
        _("资格审核已通过"),
        opening=(_("%(sitting)s：资格审核已通过。"),),
        in_full=(_("应缴金额和截止时间会另行通知，缴费后报名才算完成。"),),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.REFUSE.value,
        MessageKind.REFUSED,
        _("资格审核未通过"),
        opening=(_("%(sitting)s：资格审核未通过。"), _("认为有误可在%(appeal)s前申诉。")),
        by_phone=(_("原因见“我的消息”。"),),
        in_full=(
            _("原因：%(reason)s"),
            _("申诉请在“我的考试”中打开这份报名提出，由没有参与过的审核人员裁定。"),
        ),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.APPEAL.value,
        MessageKind.APPEALED,
        _("申诉已收到"),
        opening=(_("%(sitting)s：申诉已收到。"), _("裁定将在%(due)s前作出。")),
        in_full=(_("由没有参与过的审核人员裁定，进度可随时在“我的考试”中查看。"),),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.UPHOLD.value,
        MessageKind.APPEAL_UPHELD,
        _("申诉未成立"),
        opening=(_("%(sitting)s：申诉未成立，维持审核不通过，不能参加本次考试。"),),
        by_phone=(_("理由见“我的消息”。"),),
        in_full=(_("理由：%(reason)s"), _("如仍有疑问，请联系考试机构。")),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.REOPEN.value,
        MessageKind.APPEAL_REOPENED,
        _("申诉成立，重新审核"),
        opening=(_("%(sitting)s：申诉成立，报名重新审核。"), _("审核将在%(due)s前完成。")),
        in_full=(_("说明：%(reason)s"), _("您不需要重新提交。")),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.STAND.value,
        MessageKind.REFUSAL_STANDS,
        _("审核结果已生效"),
        opening=(_("%(sitting)s：申诉时间已过，资格审核不通过的结果生效，不能参加本次考试。"),),
        in_full=(_("如有疑问，请联系考试机构。"),),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.WITHDRAW.value,
        MessageKind.WITHDRAWN,
        _("报名已撤回"),
        opening=(_("%(sitting)s：报名已撤回。"), _("如非本人操作，请立即联系考试机构。")),
        in_full=(_("所选考点的名额已释放，报名时间内可以重新报名。"),),
    ),
    Text(
        APPLICATION,
        ApplicationEvent.LAPSE.value,
        MessageKind.LAPSED_UNCORRECTED,
        _("报名已失效"),
        opening=(_("%(sitting)s：退回后逾期未重新提交，视为自动放弃，报名已失效。"),),
        only_from=ApplicationState.RETURNED.value,
    ),
    Text(
        APPLICATION,
        HOLD_ENDED,
        MessageKind.PLACE_FREED,
        _("考点名额已释放"),
        opening=(_("%(sitting)s：您的报名还没有提交，多日未继续填写，考点名额已释放。"),),
        by_phone=(_("请在报名时间内重新选择考点并提交。"),),
        in_full=(_("已填写的内容都还在。"), _("请在报名时间内重新选择考点并提交；考点是否还有名额，以选择时为准。")),
    ),
    Text(
        APPLICATION,
        HOLD_CLOSED,
        MessageKind.NOT_SUBMITTED,
        _("报名时间已过，您没有提交"),
        opening=(_("%(sitting)s：报名时间已过，您的报名没有提交，考点名额已释放。"),),
        in_full=(_("没有提交的报名不会审核，也不需要缴费。"), _("报名时间如有延长，会另行公告。")),
    ),
    Text(
        APPLICATION,
        PHOTO_APPROVED,
        MessageKind.PHOTO_APPROVED,
        _("照片已更换"),
        opening=(_("%(sitting)s：更换照片的申请已通过，准考证将使用新照片。"),),
        in_full=(_("已经打印的准考证请重新打印。"),),
    ),
    Text(
        APPLICATION,
        PHOTO_REJECTED,
        MessageKind.PHOTO_REJECTED,
        _("照片没有更换"),
        opening=(_("%(sitting)s：更换照片的申请未通过，仍使用原来的照片。"),),
        by_phone=(_("原因见“我的消息”。"),),
        in_full=(_("原因：%(reason)s"), _("可以换一张照片重新申请。")),
    ),
    Text(
        COMMITMENT,
        CommitmentEvent.QUESTION.value,
        MessageKind.COMMITMENT_QUESTIONED,
        _("告知承诺正在核查"),
        opening=(_("%(sitting)s：您的告知承诺正在核查，请上传证明材料。"),),
        by_phone=(_("详情见“我的考试”。"),),
        in_full=(_("请在“我的报名”的“告知承诺”里上传所选报考条件的证明材料。"),),
    ),
    Text(
        COMMITMENT,
        CommitmentEvent.CHARGE.value,
        MessageKind.COMMITMENT_CHARGED,
        _("请陈述和申辩"),
        opening=(
            _("%(sitting)s：拟认定您的告知承诺不实。"),
            _("%(until)s前可陈述申辩。"),
        ),
        by_phone=(_("详情见“我的报名”。"),),
        in_full=(_("拟认定的事实、理由和依据，请在“我的报名”的“告知承诺”里查看。"),),
    ),
    Text(
        COMMITMENT,
        CommitmentEvent.FIND_FALSE.value,
        MessageKind.COMMITMENT_FALSE,
        _("告知承诺核查的决定"),
        opening=(_("%(sitting)s：对您的告知承诺已作出决定。"),),
        by_phone=(_("详情见“我的报名”。"),),
        in_full=(_("决定及其文号请在“我的报名”的“告知承诺”里查看；不服的，可以依法申请行政复议或者提起行政诉讼。"),),
    ),
    Text(
        GROUP_ROW,
        ASKED,
        MessageKind.GROUP_ROW_TO_CONFIRM,
        _("请确认单位为您填写的报名"),
        opening=(_("%(sitting)s：单位为您填写了报名，请在%(closes)s前确认。"),),
        by_phone=(_("详情见“我的考试”。"),),
        in_full=(
            _("没有确认的不会提交。"),
            _("请在“我的考试”的“单位集体报名”里核对并确认。"),
            _("如不知情，请选择不同意。"),
        ),
    ),
    Text(
        ORDER,
        OPENED,
        MessageKind.FEE_DUE,
        _("请按时缴费"),
        opening=(_("%(sitting)s：资格审核已通过，请于%(due)s前缴费%(fee)s，逾期视为自动放弃。"),),
        in_full=(_("缴费后报名才算完成。"),),
    ),
    Text(
        ORDER,
        OrderEvent.PAY.value,
        MessageKind.PAID,
        _("缴费成功，报名完成"),
        opening=(_("%(sitting)s：已收到报名费%(fee)s，报名完成。"),),
        in_full=(_("考场编排好以后，会通知您打印准考证的时间。"),),
    ),
    Text(
        ORDER,
        OrderEvent.LAPSE.value,
        MessageKind.LAPSED_UNPAID,
        _("报名已失效"),
        opening=(_("%(sitting)s：逾期未缴费，视为自动放弃，报名已失效。"),),
    ),
    Text(
        TICKET,
        ISSUED,
        MessageKind.TICKET_READY,
        _("请按时打印准考证"),
        opening=(_("%(sitting)s：准考证已生成，请于%(opens)s至%(closes)s打印。"),),
        by_phone=(_("逾期责任自负。"),),
        in_full=(
            _("请用 A4 纸打印，文字和照片须清晰，时间内可以反复打印。"),
            _("未在规定时间内打印而影响考试的，责任由本人承担。"),
            _("考试当天请携带准考证和有效身份证件原件。"),
        ),
    ),
    _NUMBER,
    replace(_NUMBER, subject_kind=ROSTER_ENTRY),
    Text(
        VIOLATION,
        NOTED,
        MessageKind.VIOLATION_NOTED,
        _("考场记录需要您知悉"),
        opening=(_("%(sitting)s：考场有一项与您有关的记录。"),),
        by_phone=(_("详情见“我的消息”。"),),
        in_full=(
            _("考场情况记录表上记有与您有关的违纪违规情况。"),
            _("在作出处理决定之前，您有权陈述和申辩，请联系考试机构。"),
        ),
    ),
    Text(
        VIOLATION_CASE,
        CaseEvent.NOTIFY.value,
        MessageKind.VIOLATION_NOTIFIED,
        _("请陈述和申辩"),
        opening=(_("%(sitting)s：拟对您一科考试作出处理。"), _("%(until)s前可陈述申辩。")),
        by_phone=(_("详情见“我的考试”。"),),
        in_full=(
            _("拟认定的事实、理由和依据，请在“我的考试”的“违纪违规处理”里查看。"),
            _("听取您的意见以前不作决定。"),
        ),
    ),
    Text(
        VIOLATION_CASE,
        CaseEvent.FIND.value,
        MessageKind.VIOLATION_FOUND,
        _("已作出处理决定"),
        opening=(_("%(sitting)s：对您的一科考试已作出处理决定。"),),
        by_phone=(_("详情见“我的考试”。"),),
        in_full=(
            _("决定适用的条款和文号请在“我的考试”的“违纪违规处理”里查看，处理决定书将送达给您。"),
            _("不服的，可以依法申请行政复议或者提起行政诉讼。"),
        ),
    ),
    Text(
        VIOLATION_CASE,
        CaseEvent.SERVE.value,
        MessageKind.VIOLATION_SERVED,
        _("处理决定书已送达"),
        opening=(_("%(sitting)s：处理决定书已登记送达。"),),
        in_full=(_("送达的方式和日期请在“我的考试”的“违纪违规处理”里查看；与实际不符的，请联系考试机构。"),),
    ),
    Text(
        VIOLATION_CASE,
        CaseEvent.DROP.value,
        MessageKind.VIOLATION_DROPPED,
        _("不予处理"),
        opening=(_("%(sitting)s：经核实不予处理，成绩照常公布。"),),
        only_from=CaseState.NOTIFIED.value,
    ),
    Text(
        VIOLATION_CASE,
        CaseEvent.OVERTURN.value,
        MessageKind.VIOLATION_OVERTURNED,
        _("处理决定已撤销"),
        opening=(_("%(sitting)s：对您一科考试的处理决定已撤销。"),),
        by_phone=(_("详情见“我的考试”。"),),
        in_full=(
            _("撤销的文号和日期请在“我的考试”的“违纪违规处理”里查看。"),
            _("成绩已经公布的，更正以后会通知您重新查询。"),
        ),
    ),
    Text(
        RELEASE,
        ReleaseEvent.RELEASE.value,
        MessageKind.RESULTS_OPEN,
        _("成绩现可查询"),
        opening=(_("%(sitting)s：成绩现可查询。"),),
        by_phone=(_("请自行打开官方网站的“成绩查询”，短信不附链接。"),),
        in_full=(_("请在“成绩查询”中凭准考证号和证件号码查询。"), _("对成绩有疑问的，请在复核时间内提出。")),
    ),
    Text(
        RELEASE,
        ReleaseEvent.RELEASE.value,
        MessageKind.RESULTS_UPDATED,
        _("成绩信息有更新"),
        opening=(_("%(sitting)s：成绩信息有更新，请重新查询。"),),
        by_phone=(_("请自行打开官方网站的“成绩查询”，短信不附链接。"),),
        in_full=(_("请在“成绩查询”中凭准考证号和证件号码查询。"),),
        again=True,
    ),
)

BY_KIND: Final[Mapping[MessageKind, Text]] = {text.kind: text for text in TEXTS}
STEPS: Final = frozenset(f"{text.subject_kind} {text.event}" for text in TEXTS if not text.only_from)
"""Kind of object and event: the steps that somebody hears of, whatever state was left."""
STEPS_FROM: Final = frozenset(f"{text.subject_kind} {text.event} {text.only_from}" for text in TEXTS if text.only_from)
"""The same with the state left, where one hears of them from that state alone."""


@cache
def find_kind(*, subject_kind: str, event: str, from_state: str, again: bool = False) -> MessageKind | None:
    """Return what is said at this step; None where nobody is told."""
    fitting = [
        text
        for text in TEXTS
        if (text.subject_kind, text.event) == (subject_kind, event) and text.only_from in {"", from_state}
    ]
    fitting.sort(key=lambda text: text.again != again)
    return fitting[0].kind if fitting else None


def _filled(sentences: Sequence[Promise], facts: Mapping[str, str]) -> str:
    said = [str(sentence) for sentence in sentences]
    return "".join(one % facts for one in said if all(facts.get(gap) for gap in _GAP.findall(one)))
