"""What is said when the kernel phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "illegal_transition": Problem(
        409,
        _("当前状态下不能这样做"),
        _("这件事的状态已经变化，现在不能再做这一步。"),
        _("请返回上一页刷新，按页面所示的当前状态继续办理。"),
    ),
    "bad_identity_number": Problem(
        422,
        _("证件号码有误"),
        _("所填号码不是有效的该类证件号码。"),
        _("请核对证件类型，对照证件原件逐位重新填写。"),
    ),
    "bad_amount": Problem(
        422,
        _("金额有误"),
        _("所填金额无法识别。"),
        _("请以元为单位填写，最多两位小数，例如 65 或 65.50。"),
    ),
    "seal_broken": Problem(
        503,
        _("加密内容无法打开"),
        _("这项加密保存的内容未能通过完整性校验，系统没有显示它。"),
        _("请不要重复操作，记下页面编号并联系考试机构核查。"),
    ),
    "unknown_key": Problem(
        503,
        _("系统缺少密钥"),
        _("打开这项内容所需的密钥不在本机密钥环中。"),
        _("请稍后再试；仍不成功时，请联系考试机构的系统管理员恢复密钥环备份。"),
    ),
    "key_ring_unreadable": Problem(
        503,
        _("密钥环无法读取"),
        _("系统的密钥环文件缺失或已损坏。"),
        _("请系统管理员从备份恢复该文件后重新启动服务。"),
    ),
    "wrong_passphrase": Problem(
        422,
        _("口令不正确"),
        _("口令不能打开这位签发人的密钥。"),
        _("请检查大小写和输入法后重新输入；口令遗失时须重新建立密钥。"),
    ),
}
