"""What people's words are called on screen. The words themselves stand in `states` and in `kernel.identity`."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.identity import DocumentKind, NumberProblem, Sex
from jinbang.people.states import AccountKind, AmendmentState, AuthorityKind, RebindingState, Role

DOCUMENT_KINDS: Final[dict[DocumentKind, Promise]] = {
    DocumentKind.RESIDENT_ID: _("居民身份证"),
    DocumentKind.HMT_RESIDENCE: _("港澳台居民居住证"),
    DocumentKind.FOREIGNER_RESIDENCE: _("外国人永久居留身份证"),
    DocumentKind.HK_MACAO_PERMIT: _("港澳居民来往内地通行证"),
    DocumentKind.TAIWAN_PERMIT: _("台湾居民来往大陆通行证"),
    DocumentKind.PASSPORT: _("护照"),
    DocumentKind.MILITARY_ID: _("军官证"),
}

ROLES: Final[dict[Role, Promise]] = {
    Role.PLANNER: _("考务计划"),
    Role.REVIEWER: _("资格审核"),
    Role.REGISTRAR: _("现场报名受理"),
    Role.GROUP_AGENT: _("集体报名经办"),
    Role.BURSAR: _("收费"),
    Role.SEATING_OFFICER: _("考场编排"),
    Role.ROOM_CLERK: _("考场情况登记"),
    Role.MARKS_CLERK: _("成绩录入"),
    Role.MARKS_VERIFIER: _("成绩核对"),
    Role.PASS_MARK_OFFICER: _("合格标准"),
    Role.RELEASE_OFFICER: _("成绩发布"),
    Role.AUDITOR: _("审计"),
    Role.REGISTRAR: _("报名点窗口"),
}

AUTHORITY_KINDS: Final[dict[AuthorityKind, Promise]] = {
    AuthorityKind.NATION: _("国家"),
    AuthorityKind.PROVINCE: _("省、自治区、直辖市"),
    AuthorityKind.CITY: _("设区的市"),
    AuthorityKind.POINT: _("考点（报名点）"),
}

ACCOUNT_KINDS: Final[dict[AccountKind, Promise]] = {
    AccountKind.CANDIDATE: _("考生"),
    AccountKind.STAFF: _("工作人员"),
}

PASSWORD_FORGOTTEN: Final[dict[AccountKind, Promise]] = {
    AccountKind.CANDIDATE: _("忘记了？请退出，在登录页选择“找回账号”，用验证码重设。"),
    AccountKind.STAFF: _("忘记了？请联系系统管理员，重新领一个一次性密码。"),
}

SEXES: Final[dict[Sex, Promise]] = {Sex.MALE: _("男"), Sex.FEMALE: _("女")}

# Each says what is wrong and what to do; which kind of document it is stands beside the field.
NUMBER_PROBLEMS: Final[dict[NumberProblem, Promise]] = {
    NumberProblem.LENGTH: _("证件号码的位数不对。请对照证件重新数一遍，不要多输或者漏输。"),
    NumberProblem.CHARACTERS: _("证件号码里有这种证件不会出现的字符。请检查证件类型是否选对，再对照证件重新填写。"),
    NumberProblem.REGION: _("证件号码的开头与这种证件不符。请检查证件类型是否选对，再核对前六位。"),
    NumberProblem.BIRTH_DATE: _("证件号码里的出生日期不存在或者晚于今天。请核对第 7 到 14 位。"),
    NumberProblem.CHECK_DIGIT: _("证件号码的校验码不对，通常是某一位输错了。请从第一位起对照证件逐位核对。"),
}


BROWSERS: Final[dict[str, Promise]] = {
    "wechat": _("微信"),
    "alipay": _("支付宝"),
    "edge": _("Edge 浏览器"),
    "firefox": _("Firefox 浏览器"),
    "chrome": _("Chrome 浏览器"),
    "safari": _("Safari 浏览器"),
    "other": _("其他浏览器"),
}
SYSTEMS: Final[dict[str, Promise]] = {
    "android": _("安卓手机"),
    "iphone": _("苹果手机"),
    "ipad": _("苹果平板"),
    "windows": _("Windows 电脑"),
    "mac": _("苹果电脑"),
    "linux": _("Linux 电脑"),
    "other": _("其他设备"),
}
WAYS: Final[dict[str, Promise]] = {
    "password": _("密码"),
    "code": _("验证码"),
    "mfa": _("第二道验证或通行密钥"),
    "socialaccount": _("外部身份"),
}


def device_label(device: str) -> str:
    """Return what a browser and its system, as `rules.device_of` names them, are called on screen."""
    browser, _space, system = device.partition(" ")
    other = "other"
    return f"{SYSTEMS.get(system, SYSTEMS[other])} {BROWSERS.get(browser, BROWSERS[other])}"


def ways_label(ways: str) -> str:
    """Return what was shown at a sign-in, in order."""
    return gettext("、").join(str(WAYS[way]) for way in ways.split() if way in WAYS)


AMENDMENT_STATES: Final[dict[AmendmentState, Promise]] = {
    AmendmentState.SUBMITTED: _("待审核"),
    AmendmentState.APPROVED: _("已变更"),
    AmendmentState.REFUSED: _("未通过"),
    AmendmentState.WITHDRAWN: _("已撤回"),
}
AMENDMENT_COLOURS: Final[dict[AmendmentState, str]] = {
    AmendmentState.SUBMITTED: "blue",
    AmendmentState.APPROVED: "green",
    AmendmentState.REFUSED: "red",
    AmendmentState.WITHDRAWN: "grey",
}
REBINDING_STATES: Final[dict[RebindingState, Promise]] = {
    RebindingState.OPENED: _("等待新手机验证"),
    RebindingState.PROVEN: _("等待第二人核对"),
    RebindingState.DONE: _("已换绑"),
    RebindingState.STOPPED: _("已停止"),
}
REBINDING_COLOURS: Final[dict[RebindingState, str]] = {
    RebindingState.OPENED: "blue",
    RebindingState.PROVEN: "orange",
    RebindingState.DONE: "green",
    RebindingState.STOPPED: "grey",
}


NEWS: Final[dict[str, Promise]] = {
    "new_device": _("您的账号刚刚在一种没有用过的设备上登录。如果不是您本人，请修改密码并退出其他设备。"),
    "webauthn_added": _("您的账号刚刚添加了通行密钥。如果不是您本人，请立即删除并修改密码。"),
    "webauthn_removed": _("您的账号刚刚删除了一把通行密钥。如果不是您本人，请立即修改密码。"),
    "totp_activated": _("您的账号刚刚绑定了验证器。如果不是您本人，请立即修改密码。"),
    "totp_deactivated": _("您的账号刚刚解除了验证器。如果不是您本人，请立即修改密码。"),
    "recovery_codes_generated": _("您的账号刚刚生成了新的恢复码，以前的已经作废。"),
    "password_changed": _("您的账号刚刚修改了密码。如果不是您本人，请立即用验证码找回账号。"),
}
"""What an owner is told, by the name of the library's letter."""


@dataclass(frozen=True)
class Standing:
    """A row with a state, and what the state is called: pages show words and never decide by states."""

    row: Any
    label: Promise
    colour: str
    is_open: bool

    @classmethod
    def of(cls, row: Any) -> "Standing":  # noqa: ANN401  # an amendment or a rebinding; labels know no models
        """Return a row with the words of its machine."""
        if hasattr(row, "due_at"):
            amended = AmendmentState(row.state)
            return cls(row, AMENDMENT_STATES[amended], AMENDMENT_COLOURS[amended], not amended.is_final)
        bound = RebindingState(row.state)
        return cls(row, REBINDING_STATES[bound], REBINDING_COLOURS[bound], not bound.is_final)


def role_label(role: str) -> Promise:
    """Return what a role is called on screen."""
    return ROLES[Role(role)]


def document_kind_label(kind: str) -> Promise:
    """Return what a kind of document is called on screen."""
    return DOCUMENT_KINDS[DocumentKind(kind)]


def authority_kind_label(kind: str) -> Promise:
    """Return what a kind of authority is called on screen."""
    return AUTHORITY_KINDS[AuthorityKind(kind)]
