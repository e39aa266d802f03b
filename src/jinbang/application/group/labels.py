"""The words on screen and in sheets for group entries."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.application.group.states import Column, GroupRowState, Reason

HEADINGS: Final[Mapping[Column, Promise]] = {
    Column.NAME: _("姓名"),
    Column.KIND: _("证件类型"),
    Column.NUMBER: _("证件号码"),
    Column.LEVEL: _("级别"),
    Column.SPECIALTY: _("专业"),
    Column.TRACK: _("报考方式"),
    Column.CONDITION: _("报考条件"),
    Column.EDUCATION: _("学历"),
    Column.GRADUATED_ON: _("毕业日期"),
    Column.WORK_YEARS: _("工作年限"),
    Column.EMPLOYER: _("工作单位"),
    Column.SUBJECTS: _("科目"),
    Column.SITE: _("考点代码"),
}

STATES: Final[Mapping[GroupRowState, Promise]] = {
    GroupRowState.READ: _("已读取"),
    GroupRowState.REFUSED: _("不符合要求"),
    GroupRowState.AWAITING: _("待本人确认"),
    GroupRowState.CONFIRMED: _("本人已确认"),
    GroupRowState.DECLINED: _("本人不同意"),
    GroupRowState.LAPSED: _("逾期未确认"),
}

COLOURS: Final[Mapping[GroupRowState, str]] = {
    GroupRowState.READ: "grey",
    GroupRowState.REFUSED: "red",
    GroupRowState.AWAITING: "blue",
    GroupRowState.CONFIRMED: "green",
    GroupRowState.DECLINED: "grey",
    GroupRowState.LAPSED: "grey",
}

REASONS: Final[Mapping[Reason, Promise]] = {
    Reason.EMPTY: _("没有填写，请补上。"),
    Reason.UNKNOWN: _("不在可选范围内，请按模板说明里的名称或者代码填写。"),
    Reason.BAD_NUMBER: _("证件号码不对，请对照证件逐位核对，并检查证件类型。"),
    Reason.NUMBER_CUT: _("证件号码被表格软件当成数字截断了，请把这一列设成文本后重新填写。"),
    Reason.BAD_DATE: _("日期不对，请写成 2018-07-01 这样的形式。"),
    Reason.BAD_YEARS: _("请填写 0 到 60 的整数年限。"),
    Reason.TWICE: _("同一个证件号码在表里出现了不止一次，只保留第一次。"),
    Reason.SUBJECTS_MISSING: _("须在同一次考试中通过全部科目，请填写全部科目。"),
    Reason.NOT_ELIGIBLE: _("按填写的学历和年限，不符合这一报考条件。"),
    Reason.SITE_NOT_OFFERED: _("不能选择这个考点；由考试中心统一安排的，这一列留空。"),
    Reason.TOO_LONG: _("填写的内容太长。"),
}

ANSWER_HEADINGS: Final = (_("行号"), _("姓名"), _("证件号码"), _("结果"), _("列"), _("原因"))
LIST_SEPARATORS: Final = "、，,;；/ "


def state_label(state: str) -> Promise:
    """Return what the state of a row is called on screen."""
    return STATES[GroupRowState(state)]


def reason_label(reason: str) -> str:
    """Return why a row was refused; nothing where it was not."""
    return str(REASONS[Reason(reason)]) if reason else ""


def column_label(column: str) -> str:
    """Return the heading of a column; nothing for none."""
    return str(HEADINGS[Column(column)]) if column else ""
