"""The words on screens for the application phase: states, whose turn it is, tasks, reasons. Nothing is decided here."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinbang.application.eligibility import Fit
from jinbang.application.reviewing import APPEAL_ITEM, AppealVerdict, LineVerdict, ReasonKind
from jinbang.application.rules import NO_EDUCATION_LISTED, Task, TaskStatus
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.catalogue.programme import Education
from jinbang.catalogue.rules import ConditionOutcome
from jinbang.kernel.actors import ActorKind

STATES: Final[Mapping[ApplicationState, Promise]] = {
    ApplicationState.DRAFT: gettext_lazy("填写中"),
    ApplicationState.SUBMITTED: gettext_lazy("待审核"),
    ApplicationState.REFUSAL_PROPOSED: gettext_lazy("审核中，待复审"),
    ApplicationState.SAMPLED: gettext_lazy("审核中，上级抽查"),
    ApplicationState.RETURNED: gettext_lazy("已退回，待修改"),
    ApplicationState.APPROVED: gettext_lazy("审核通过"),
    ApplicationState.REFUSED: gettext_lazy("审核不通过，可申诉"),
    ApplicationState.APPEALED: gettext_lazy("申诉处理中"),
    ApplicationState.REFUSED_FINALLY: gettext_lazy("审核不通过"),
    ApplicationState.WITHDRAWN: gettext_lazy("已撤回"),
    ApplicationState.LAPSED: gettext_lazy("逾期，视为放弃"),
    ApplicationState.VOIDED: gettext_lazy("报名无效"),
}

COLOURS: Final[Mapping[ApplicationState, str]] = {
    ApplicationState.DRAFT: "grey",
    ApplicationState.SUBMITTED: "blue",
    ApplicationState.REFUSAL_PROPOSED: "blue",
    ApplicationState.SAMPLED: "blue",
    ApplicationState.RETURNED: "orange",
    ApplicationState.APPROVED: "green",
    ApplicationState.REFUSED: "red",
    ApplicationState.APPEALED: "blue",
    ApplicationState.REFUSED_FINALLY: "red",
    ApplicationState.WITHDRAWN: "grey",
    ApplicationState.LAPSED: "grey",
    ApplicationState.VOIDED: "red",
}

TURNS: Final[Mapping[str, Promise]] = {
    "candidate": gettext_lazy("现在轮到您"),
    "reviewer": gettext_lazy("现在轮到审核人员"),
    "system": gettext_lazy("审核环节已结束"),
    "nobody": gettext_lazy("本次报名已结束"),
}

WHAT_HAPPENS_NEXT: Final[Mapping[ApplicationState, Promise]] = {
    ApplicationState.DRAFT: gettext_lazy("请逐项填写，每一步都会保存，全部完成并提交后才进入审核。"),
    ApplicationState.SUBMITTED: gettext_lazy("审核人员将在规定时间内给出意见。提交的内容已锁定，无需重复提交。"),
    ApplicationState.REFUSAL_PROPOSED: gettext_lazy("审核意见须由另一位审核人员复审，复审后才生效。请等待结果。"),
    ApplicationState.SAMPLED: gettext_lazy("初审已完成，这份报名被抽中，由上级审核机构再看一遍。请等待结果。"),
    ApplicationState.RETURNED: gettext_lazy("请按退回原因修改，然后重新提交。"),
    ApplicationState.APPROVED: gettext_lazy(
        "审核已通过。应缴金额、截止时间和缴费结果都在缴费页面；缴费成功后报名才算完成，逾期未缴费视为自动放弃。"
    ),
    ApplicationState.REFUSED: gettext_lazy(
        "审核没有通过。如果认为有误，可以在截止时间前申诉，由没有参与过的审核人员裁定。"
    ),
    ApplicationState.APPEALED: gettext_lazy("申诉已收到，由没有参与过的审核人员裁定，结果会通知您。"),
    ApplicationState.REFUSED_FINALLY: gettext_lazy("不能参加本次考试。如有疑问，请联系考试机构。"),
    ApplicationState.WITHDRAWN: gettext_lazy("报名已撤回，所选考点的名额已释放。报名时间内可以重新报名。"),
    ApplicationState.LAPSED: gettext_lazy("未在规定时间内完成，视为自动放弃本次考试。"),
    ApplicationState.VOIDED: gettext_lazy(
        "告知承诺经认定不实，本次报名无效，所缴费用不予退还。对决定不服的，可以依法申请行政复议或者提起行政诉讼。"
    ),
}

EVENTS: Final[Mapping[str, Promise]] = {
    "start": gettext_lazy("开始报名"),
    "photo": gettext_lazy("确认照片"),
    "photo_reuse": gettext_lazy("使用上次的照片"),
    "photo_propose": gettext_lazy("申请更换照片"),
    "photo_approve": gettext_lazy("照片更换通过"),
    "photo_reject": gettext_lazy("照片更换未通过"),
    "hold_ended": gettext_lazy("多日未继续填写，考点名额已释放"),
    "hold_closed": gettext_lazy("报名结束时未提交，考点名额已释放"),
    "add_evidence": gettext_lazy("上传证明材料"),
    "remove_evidence": gettext_lazy("删除一页证明材料"),
    "give_up_passes": gettext_lazy("确认放弃以前通过的科目成绩"),
    ApplicationEvent.SUBMIT.value: gettext_lazy("提交报名"),
    ApplicationEvent.RETURN.value: gettext_lazy("审核退回"),
    ApplicationEvent.APPROVE.value: gettext_lazy("审核通过"),
    ApplicationEvent.SAMPLE.value: gettext_lazy("初审通过，抽中上级抽查"),
    ApplicationEvent.PROPOSE_REFUSAL.value: gettext_lazy("提交复审"),
    ApplicationEvent.REFUSE.value: gettext_lazy("审核不通过"),
    ApplicationEvent.SEND_BACK.value: gettext_lazy("复审退回，重新审核"),
    ApplicationEvent.APPEAL.value: gettext_lazy("提出申诉"),
    ApplicationEvent.REOPEN.value: gettext_lazy("申诉成立，重新审核"),
    ApplicationEvent.UPHOLD.value: gettext_lazy("申诉不成立，维持原结果"),
    ApplicationEvent.STAND.value: gettext_lazy("申诉时间已过，结果生效"),
    "claim": gettext_lazy("领取"),
    "release": gettext_lazy("放回"),
    "lost": gettext_lazy("操作未生效（已有人处理）"),
    ApplicationEvent.WITHDRAW.value: gettext_lazy("撤回报名"),
    ApplicationEvent.LAPSE.value: gettext_lazy("逾期，视为放弃"),
    ApplicationEvent.ASK_EVIDENCE.value: gettext_lazy("撤回承诺，退回补充材料"),
    ApplicationEvent.VOID.value: gettext_lazy("报名无效"),
    "erase": gettext_lazy("保存期满，删除填写的内容"),
}

TASKS: Final[Mapping[Task, Promise]] = {
    Task.LEVEL: gettext_lazy("选择级别"),
    Task.SPECIALTY: gettext_lazy("选择专业"),
    Task.TRACK: gettext_lazy("选择报考方式"),
    Task.EDUCATION: gettext_lazy("学历与工作年限"),
    Task.CONDITION: gettext_lazy("选择报考条件"),
    Task.SUBJECTS: gettext_lazy("选择科目"),
    Task.EMPLOYER: gettext_lazy("工作单位"),
    Task.SITE: gettext_lazy("选择考点"),
    Task.PHOTO: gettext_lazy("上传照片"),
    Task.COMMITMENT: gettext_lazy("报名证明事项告知承诺"),
    Task.EVIDENCE: gettext_lazy("上传证明材料"),
    Task.DECLARATION: gettext_lazy("阅读声明并提交"),
}

TASK_STATUSES: Final[Mapping[TaskStatus, Promise]] = {
    TaskStatus.DONE: gettext_lazy("已完成"),
    TaskStatus.NEXT: gettext_lazy("下一步"),
    TaskStatus.LATER: gettext_lazy("未完成"),
    TaskStatus.ASKED: gettext_lazy("请修改"),
    TaskStatus.CHANGED: gettext_lazy("已修改"),
    TaskStatus.LOCKED: gettext_lazy("已锁定"),
}

EDUCATIONS: Final[Mapping[str, Promise]] = {
    Education.DOCTOR.value: gettext_lazy("博士"),
    Education.MASTER.value: gettext_lazy("硕士"),
    Education.SECOND_BACHELOR.value: gettext_lazy("双学士学位或研究生班"),
    Education.BACHELOR.value: gettext_lazy("大学本科"),
    Education.ASSOCIATE.value: gettext_lazy("大学专科"),
    Education.SECONDARY.value: gettext_lazy("高中或中专"),
    NO_EDUCATION_LISTED: gettext_lazy("以上都不是"),
}

SUMMARY: Final[Mapping[str, Promise]] = {
    "region": gettext_lazy("考区"),
    "level": gettext_lazy("级别"),
    "specialty": gettext_lazy("专业"),
    "track": gettext_lazy("报考方式"),
    "subjects": gettext_lazy("科目"),
    "condition": gettext_lazy("报考条件"),
    "education": gettext_lazy("学历"),
    "graduated_on": gettext_lazy("毕业日期"),
    "work_years": gettext_lazy("相关工作年限"),
    "employer": gettext_lazy("工作单位"),
    "site": gettext_lazy("考点"),
    "photo": gettext_lazy("照片"),
    "evidence": gettext_lazy("证明材料"),
    "commitment": gettext_lazy("告知承诺"),
}

REPLACED_BEFORE: Final = gettext_lazy("原来的文件")
REPLACED_AFTER: Final = gettext_lazy("已换成新的文件")
SITE_BY_CENTRE: Final = gettext_lazy("由考试中心统一安排，以准考证为准")

STORED_REASONS: Final[Mapping[str, Promise]] = {
    "unpaid": gettext_lazy("未在规定时间内缴费"),
    "not_resubmitted": gettext_lazy("退回后未在规定时间内重新提交"),
    "not_appealed": gettext_lazy("未在规定时间内申诉"),
    "commitment_withdrawn": gettext_lazy("撤回告知承诺，请上传证明材料后重新提交"),
    "false_commitment": gettext_lazy("告知承诺经认定不实"),
}

ACTORS: Final[Mapping[ActorKind, Promise]] = {
    ActorKind.CANDIDATE: gettext_lazy("考生本人"),
    ActorKind.STAFF: gettext_lazy("审核人员"),
    ActorKind.SYSTEM: gettext_lazy("系统"),
}

WHOLE_LEVEL_NAME: Final = gettext_lazy("考全科")


LISTED_REASONS: Final[Mapping[ReasonKind, Mapping[str, Promise]]] = {
    ReasonKind.RETURN: {
        "photo": gettext_lazy("照片不符合要求，请上传本人近期免冠正面照片。"),
        "condition": gettext_lazy("所选报考条件与填写的学历、工作年限不一致，请核对。"),
        "employer": gettext_lazy("工作单位填写不完整，请填写单位全称。"),
        "choice": gettext_lazy("级别、专业或科目选择有误，请核对。"),
        "other": gettext_lazy("其他（请在下面说明）。"),
    },
    ReasonKind.REFUSE: {
        "education": gettext_lazy("学历不符合报考条件。"),
        "years": gettext_lazy("从事相关工作的年限不足。"),
        "false": gettext_lazy("填报信息不实。"),
        "other": gettext_lazy("其他（请在下面说明）。"),
    },
}
"""The sentences that every desk begins with; `ListedReason` rows add to them, replace them and take them away."""

OTHER_REASON: Final = "other"

REASON_KINDS: Final[Mapping[ReasonKind, Promise]] = {
    ReasonKind.RETURN: gettext_lazy("退回修改"),
    ReasonKind.REFUSE: gettext_lazy("不通过"),
}

LINE_VERDICTS: Final[Mapping[LineVerdict, Promise]] = {
    LineVerdict.FINE: gettext_lazy("符合"),
    LineVerdict.TO_FIX: gettext_lazy("需补正"),
    LineVerdict.NOT_MET: gettext_lazy("不符合"),
}

STEPS_OF_REVIEW: Final[Mapping[ApplicationState, Promise]] = {
    ApplicationState.SUBMITTED: gettext_lazy("待审核"),
    ApplicationState.REFUSAL_PROPOSED: gettext_lazy("不通过待复审"),
    ApplicationState.SAMPLED: gettext_lazy("抽查待确认"),
    ApplicationState.APPEALED: gettext_lazy("申诉待裁定"),
}
"""What the desk calls the states that wait for a reviewer."""

STEPS_OF_A_REVIEWER: Final[Mapping[ApplicationState, str]] = {
    ApplicationState.SUBMITTED: "decide",
    ApplicationState.REFUSAL_PROPOSED: "second_look",
    ApplicationState.SAMPLED: "sample",
    ApplicationState.APPEALED: "appeal",
}
"""Which part of the case page is shown for which state."""

APPEAL_VERDICTS: Final[Mapping[str, Promise]] = {
    AppealVerdict.UPHELD.value: gettext_lazy("申诉不成立，维持原结果"),
    AppealVerdict.REOPENED.value: gettext_lazy("申诉成立，重新审核"),
}

DESK_ONLY: Final = frozenset({"claim", "release", "lost"})
"""What happens on the desk alone and is no step of the candidate's."""

AMONG_COLLEAGUES: Final = frozenset({ApplicationEvent.PROPOSE_REFUSAL.value, ApplicationEvent.SEND_BACK.value})
"""Steps that a candidate sees, without the words that one reviewer wrote for another."""


def evidence_label(item: str) -> str:
    """Return what screens call an item of evidence: the programme's own words, or the proof behind an appeal."""
    return _("申诉证明材料") if item == APPEAL_ITEM else item


def marked_line(label: str, words: str) -> str:
    """Return a line of the checklist that is not fine, as the candidate reads it."""
    return _("%(label)s：%(words)s。") % {"label": label, "words": words.rstrip("。") or _("请核对")}


def actor_label(kind: str, *, name: str) -> str:
    """Return how a colleague reads who acted: staff by name, a candidate and the system without one."""
    return name if kind == ActorKind.STAFF else str(ACTORS[ActorKind(kind)])


def clock_label(days_left: int, *, is_overdue: bool) -> str:
    """Return the reviewer's clock in words."""
    if is_overdue:
        return _("已超期 %(days)s 个工作日") % {"days": max(-days_left, 1)}
    if days_left == 0:
        return _("今天到期")
    return _("还剩 %(days)s 个工作日") % {"days": days_left}


def review_label(due: str, *, is_overdue: bool, phone: str) -> str:
    """Return until when an opinion may be expected, in words; once that is past, that it is late and whom to ask."""
    if not is_overdue:
        return _("审核最迟 %(due)s 给出意见，您随时可以在这里查看。") % {"due": due}
    late = _("意见应当在 %(due)s 以前给出，现在已经超期。您不需要重新提交。") % {"due": due}
    return late + (_("可以拨打 %(phone)s 询问。") % {"phone": phone} if phone else _("可以向考试机构询问。"))


def day_label(day: date) -> str:
    """Return a day as people read it: 2018年7月1日."""
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def years_label(years: int) -> str:
    """Return a number of years in words."""
    return _("%(years)s 年") % {"years": years}


def pages_label(pages: int) -> str:
    """Return how many pages were given."""
    return _("%(pages)s 页") % {"pages": pages} if pages else _("尚未上传")


def pass_label(subject: str, *, year: int, through: int | None) -> str:
    """Return a subject passed before, with the year and until when it counts."""
    if through is None:
        return _("%(subject)s（%(year)s年已通过，长期有效）") % {"subject": subject, "year": year}
    said = {"subject": subject, "year": year, "through": through}
    return _("%(subject)s（%(year)s年已通过，成绩保留至%(through)s年度，本次不用再报）") % said


def fit_sentence(fit: Fit) -> str:
    """Return in plain words whether a condition fits, what is missing, and from when it would fit."""
    if fit.verdict.is_met:
        return _("符合")
    sentences = {
        ConditionOutcome.EDUCATION_BELOW: _("暂不符合：学历低于要求"),
        ConditionOutcome.NOT_GRADUATED: _("暂不符合：要求已取得毕业证书"),
        ConditionOutcome.YEARS_SHORT: _("暂不符合：还差 %(years)s 年") % {"years": fit.verdict.years_short},
    }
    sentence = sentences[fit.verdict.outcome]
    if fit.fits_from is None:
        return sentence
    when = {"sentence": sentence, "year": fit.fits_from.year, "month": fit.fits_from.month}
    return _("%(sentence)s，最迟%(year)s年%(month)s月可以满足") % when


def state_label(state: str) -> str:
    """Return what screens call the state of an application."""
    return str(STATES[ApplicationState(state)])


def task_labels(tasks: Sequence[str]) -> str:
    """Return the names of tasks in one line, as the refusal of an incomplete application shows them."""
    return "、".join(str(TASKS[Task(task)]) for task in tasks)


def verdict_sentence(outcome: str, *, years_short: int) -> str:
    """Return in plain words whether the typed education and years meet the condition, and what to do if not."""
    sentences = {
        ConditionOutcome.MEETS: _("按填写的学历和年限，符合这一报考条件；证明材料由审核人员核对。"),
        ConditionOutcome.EDUCATION_BELOW: _("填写的学历低于这一报考条件的要求。请核对学历，或选择其他报考条件。"),
        ConditionOutcome.NOT_GRADUATED: _("这一报考条件要求已取得毕业证书。请填写毕业日期，或选择其他报考条件。"),
        ConditionOutcome.YEARS_SHORT: _("按填写的年限，还差 %(years)s 年。请核对年限，或选择其他报考条件。")
        % {"years": years_short},
    }
    return sentences[ConditionOutcome(outcome)]
