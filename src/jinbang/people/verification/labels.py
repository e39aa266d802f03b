"""What checks are called on screen, why they stand as they do, and what their owner can do."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.people.verification.states import Reason, VerificationKind, VerificationState

KINDS: Final[dict[VerificationKind, Promise]] = {
    VerificationKind.REAL_NAME: _("姓名和证件"),
    VerificationKind.EDUCATION: _("学历证书"),
    VerificationKind.DEGREE: _("学位证书"),
}

STATES: Final[dict[VerificationState, Promise]] = {
    VerificationState.NOT_CHECKED: _("未核验"),
    VerificationState.PASSED: _("核验通过"),
    VerificationState.FAILED: _("核验未通过"),
    VerificationState.NEEDS_PERSON: _("需人工核查"),
}

COLOURS: Final[dict[VerificationState, str]] = {
    VerificationState.NOT_CHECKED: "grey",
    VerificationState.PASSED: "green",
    VerificationState.FAILED: "orange",
    VerificationState.NEEDS_PERSON: "orange",
}

WHAT_TO_DO: Final[dict[VerificationState, Promise]] = {
    VerificationState.NOT_CHECKED: _("系统会自动核验，请 24 小时后再来看结果。现在就可以报名，不用等。"),
    VerificationState.PASSED: _("不用再做什么。"),
    VerificationState.FAILED: _(
        "不影响报名。请先核对填写是否有误；没有错的，审核时由工作人员核查，请备好证件或证书原件。"
    ),
    VerificationState.NEEDS_PERSON: _("不影响报名。审核时由工作人员核查，请备好证件或证书原件。"),
}

REASONS: Final[dict[Reason, Promise]] = {
    Reason.NONE: _("未注明原因"),
    Reason.NOT_COVERED: _("还没有核验结果"),
    Reason.UNAVAILABLE: _("核验服务暂时没有回应，系统会自动再试"),
    Reason.SILENT: _("核验服务长时间没有回应"),
    Reason.NUMBER_IMPOSSIBLE: _("证件号码不符合编码规则"),
    Reason.SEX_DIFFERS: _("登记的性别与证件号码不一致"),
    Reason.BIRTH_DIFFERS: _("登记的出生日期与证件号码不一致"),
    Reason.NAME_UNUSUAL: _("姓名的写法不常见"),
    Reason.NAME_DIFFERS: _("姓名与登记机关的记录不一致"),
    Reason.NUMBER_UNKNOWN: _("登记机关没有查到这个编号"),
    Reason.OTHER: _("登记机关没有说明原因"),
    Reason.LOOKED_AT: _("工作人员已核查"),
}
