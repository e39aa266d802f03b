"""What is said when the people phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "submission_key_missing": Problem(
        400,
        _("表单已失效"),
        _("这个页面打开太久或者不完整，请回到上一页刷新后重新提交。"),
    ),
    "submission_key_reused": Problem(
        422,
        _("重复提交"),
        _("这张表单已经提交过，内容却和上次不同。"),
        _("请刷新页面，确认上次的结果后再重新填写。"),
    ),
    "not_yours": Problem(
        403,
        _("不在您的管辖范围"),
        _("这项内容不在您的管辖范围内。"),
        _("如需办理，请联系主管单位或管理员核对您的岗位。"),
    ),
    "not_appointed": Problem(
        403,
        _("没有这项岗位"),
        _("您的账号没有办理这项业务的岗位。"),
        _("如需办理，请联系本单位管理员授予岗位后重新登录。"),
    ),
    "candidates_only": Problem(
        403,
        _("考生页面"),
        _("这是考生的页面，工作人员账号不能使用。"),
        _("请从工作台进入，或者退出后用考生账号登录。"),
    ),
    "staff_only": Problem(
        403,
        _("工作人员页面"),
        _("这是工作人员的页面，考生账号不能使用。"),
        _("请回到“我的考试”，或者退出后用工作人员账号登录。"),
    ),
    "identity_not_bound": Problem(
        409,
        _("请先登记身份"),
        _("您还没有登记身份信息。"),
        _("请先登记姓名和证件，再回来办理。"),
    ),
    "identity_already_bound": Problem(
        409,
        _("账号已登记身份"),
        _("这个账号已经登记了另一个人的身份，不能更改。"),
        _("如有错误，请带证件原件到报名点更正。"),
    ),
    "identity_taken": Problem(
        409,
        _("证件已被登记"),
        _("这个证件已经登记在另一个账号上。"),
        _("请用那个账号登录；如不是您本人登记的，请带证件原件到报名点核实。"),
    ),
    "phone_not_verified": Problem(
        409,
        _("请先验证手机号"),
        _("登记身份前要先验证手机号。"),
        _("请退出后重新登录，按提示输入短信验证码。"),
    ),
    "identity_not_recognised": Problem(
        409,
        _("信息与记录不一致"),
        _("填写的姓名、证件或本账号的手机号与已有记录不一致。"),
        _("请核对后重新填写；手机号已更换的，请带证件原件到报名点办理。"),
    ),
    "name_differs": Problem(
        422,
        _("姓名与记录不一致"),
        _("第 {row} 行的姓名与该证件已有记录不一致，整份名单没有导入。"),
        _("请核对这一行后重新导入。"),
    ),
    "no_such_document": Problem(
        404,
        _("没有证件记录"),
        _("此人没有登记证件。"),
        _("请先补登证件，再办理这项业务。"),
    ),
    "authority_misplaced": Problem(
        422,
        _("机构层级不对"),
        _("这一级机构不能设在所选的上级之下。"),
        _("请按国家、省、市、考点的顺序重新选择上级。"),
    ),
    "authority_code_taken": Problem(
        409,
        _("机构代码已存在"),
        _("机构代码 {authority_code} 已经使用。"),
        _("请核对代码，或者直接使用已有的机构。"),
    ),
    "username_taken": Problem(
        409,
        _("用户名或手机号已被使用"),
        _("这个用户名或手机号已经有账号。"),
        _("请换一个用户名，或者直接登录已有账号。"),
    ),
    "not_staff": Problem(
        422,
        _("不是工作人员账号"),
        _("只有工作人员账号才能任职、持有签名密钥或由单位设置第二道验证。"),
        _("请选择工作人员账号。"),
    ),
    "bad_period": Problem(
        422,
        _("任期不对"),
        _("任期的结束日期早于开始日期。"),
        _("请检查两个日期后重新填写。"),
    ),
    "bad_phone": Problem(
        422,
        _("手机号不对"),
        _("这不是有效的手机号。"),
        _("请检查位数；其他国家和地区的号码请以 + 和区号开头。"),
    ),
    "reason_missing": Problem(
        422,
        _("请写明理由"),
        _("查看完整证件号码要写明理由，理由会留在记录里。"),
        _("请填写后重新提交。"),
    ),
    "passphrase_too_short": Problem(
        422,
        _("口令太短"),
        _("签名口令至少要 {shortest} 个字。"),
        _("请换一个更长的口令。"),
    ),
}
