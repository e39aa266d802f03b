"""The words on screen for informed commitments."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.application.commitment.states import CommitmentEvent, CommitmentState, Ground, Obstacle, Stage

STATES: Final[Mapping[CommitmentState, Promise]] = {
    CommitmentState.OPEN: _("待选择"),
    CommitmentState.SIGNED: _("已签署"),
    CommitmentState.DECLINED: _("未采用告知承诺"),
    CommitmentState.WITHDRAWN: _("已撤回"),
    CommitmentState.QUESTIONED: _("核查中"),
    CommitmentState.CHARGED: _("拟认定不实，听取陈述申辩"),
    CommitmentState.UPHELD: _("核查属实"),
    CommitmentState.FALSE: _("认定不实"),
}

COLOURS: Final[Mapping[CommitmentState, str]] = {
    CommitmentState.OPEN: "blue",
    CommitmentState.SIGNED: "green",
    CommitmentState.DECLINED: "grey",
    CommitmentState.WITHDRAWN: "grey",
    CommitmentState.QUESTIONED: "orange",
    CommitmentState.CHARGED: "red",
    CommitmentState.UPHELD: "green",
    CommitmentState.FALSE: "red",
}

WHAT_HAPPENS_NEXT: Final[Mapping[CommitmentState, Promise]] = {
    CommitmentState.OPEN: _("请阅读承诺书，然后选择签署或者不签署。"),
    CommitmentState.SIGNED: _("提交报名前不需要上传证明材料。考前或者考后可能抽查，请保管好证明材料。"),
    CommitmentState.DECLINED: _("请上传证明材料，由人工核查。本年度报考本考试不再适用告知承诺。"),
    CommitmentState.WITHDRAWN: _("请上传证明材料，由人工核查。本年度报考本考试不再适用告知承诺。"),
    CommitmentState.QUESTIONED: _("您的承诺正在核查，请在本页上传证明材料。"),
    CommitmentState.CHARGED: _("请阅读拟认定的事实，并在规定时间内陈述和申辩。听取您的意见以前不作决定。"),
    CommitmentState.UPHELD: _("核查已经结束，您的承诺属实。"),
    CommitmentState.FALSE: _("承诺经认定不实。对决定不服的，可以依法申请行政复议或者提起行政诉讼。"),
}

OBSTACLES: Final[Mapping[Obstacle, Promise]] = {
    Obstacle.NOT_OFFERED: _("这项考试不实行告知承诺制，请按要求上传证明材料，由人工核查。"),
    Obstacle.EXEMPT: _("按公告，免考部分科目的报名须人工核查，不适用告知承诺。请上传证明材料。"),
    Obstacle.ON_RECORD: _("在诚信档案记录期内的，不适用告知承诺。请上传证明材料，由人工核查。"),
    Obstacle.SPENT: _("本年度您已经对这项考试选择不签署或者撤回过承诺，不再适用告知承诺。请上传证明材料。"),
}

EVENTS: Final[Mapping[CommitmentEvent, Promise]] = {
    CommitmentEvent.SIGN: _("签署告知承诺"),
    CommitmentEvent.DECLINE: _("选择不签署告知承诺"),
    CommitmentEvent.WITHDRAW: _("撤回告知承诺"),
    CommitmentEvent.QUESTION: _("开始核查"),
    CommitmentEvent.CHARGE: _("告知拟认定的事实"),
    CommitmentEvent.UPHOLD: _("认定属实"),
    CommitmentEvent.FIND_FALSE: _("认定不实"),
}

GROUNDS: Final[Mapping[Ground, Promise]] = {Ground.SAMPLE: _("随机抽查"), Ground.REPORT: _("举报核查")}

STAGES: Final[Mapping[Stage, Promise]] = {
    Stage.BEFORE_EXAMINATION: _("报名无效，所缴费用不予退还"),
    Stage.AFTER_EXAMINATION: _("当次全部科目成绩无效；已取得证书的，证书无效"),
}

TURNS: Final[Mapping[str, Promise]] = {
    "candidate": _("现在轮到您"),
    "reviewer": _("现在轮到审核人员"),
    "system": _("目前无需办理"),
    "nobody": _("已结束"),
}


def state_label(state: str) -> Promise:
    """Return what the state of a commitment is called on screen."""
    return STATES[CommitmentState(state)]


def obstacle_label(obstacle: str) -> Promise:
    """Return why somebody cannot sign, and what to do instead."""
    return OBSTACLES[Obstacle(obstacle)]


def stage_label(stage: str) -> str:
    """Return what a false commitment makes void at this stage; nothing where none was found."""
    return str(STAGES[Stage(stage)]) if stage else ""
