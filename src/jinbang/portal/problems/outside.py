"""What is said when an outside identity does not open an account."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "outside_state_lost": Problem(
        409,
        _("登录已失效"),
        _("这次登录不是从这个浏览器开始的，或者停留超过了 10 分钟，或者页面被重复打开。"),
        _("请回到登录页，重新点一次按钮。"),
    ),
    "outside_unavailable": Problem(
        503,
        _("对方暂时没有回应"),
        _("登录服务暂时没有回应，不是您的问题。"),
        _("请过几分钟再试，或者现在用手机号登录。"),
    ),
    "outside_code_refused": Problem(
        409,
        _("授权已失效"),
        _("对方没有认可这次授权，通常是用过一次或者时间过长。"),
        _("请回到登录页，重新点一次按钮。"),
    ),
    "outside_provider_refused": Problem(
        409,
        _("对方拒绝了登录"),
        _("对方拒绝了这次登录，可能是本站的登记有误。"),
        _("请用手机号登录，并致电考试机构告知此事。"),
    ),
    "outside_not_genuine": Problem(
        409,
        _("无法确认身份"),
        _("收到的身份信息没有通过校验，没有登录。"),
        _("请不要从别人发来的链接登录。请回到登录页，重新点一次按钮。"),
    ),
    "outside_other_application": Problem(
        409,
        _("无法确认身份"),
        _("收到的身份信息是给别的应用的，没有登录。"),
        _("请不要从别人发来的链接登录。请回到登录页，重新点一次按钮。"),
    ),
    "outside_too_late": Problem(
        409,
        _("身份信息已过期"),
        _("对方给出的身份信息已经过期。"),
        _("请回到登录页，重新点一次按钮；多次如此，请用手机号登录。"),
    ),
    "outside_clock_off": Problem(
        503,
        _("时间对不上"),
        _("本站和对方的时钟相差太多，无法判断身份信息是否有效，不是您的问题。"),
        _("请先用手机号登录，并致电考试机构告知此事。"),
    ),
    "outside_identity_taken": Problem(
        409,
        _("已绑定其他账号"),
        _("它已经绑定在另一个账号上，一个只能绑定一个账号。"),
        _("请先登录那个账号解除绑定，再回来绑定。"),
    ),
    "outside_never_for_staff": Problem(
        403,
        _("工作人员不能这样登录"),
        _("工作人员只能用用户名、密码和动态码登录。"),
        _("请到工作人员登录页登录。"),
    ),
    "outside_nothing_pending": Problem(
        409,
        _("没有等待绑定的身份"),
        _("没有等待绑定的身份，或者已经超过 10 分钟。"),
        _("请回到登录页，重新点一次按钮。"),
    ),
    "outside_last_way_in": Problem(
        409,
        _("这是唯一的登录方式"),
        _("解除后就没有办法登录这个账号了。"),
        _("请先设置密码或者验证手机号，再来解除。"),
    ),
    "outside_not_linked": Problem(
        404,
        _("没有这个绑定"),
        _("这个账号没有绑定它，可能已经解除。"),
        _("请刷新页面查看现在的登录方式。"),
    ),
}
