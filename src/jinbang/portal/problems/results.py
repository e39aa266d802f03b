"""What is said when the results phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "results_not_found": Problem(
        404,
        _("没有这一项"),
        _("没有这个考区、成绩文件、合格标准或发布，或者它不在您的岗位和管辖范围内。"),
        _("请从“成绩与发布”列表重新进入；需要办理时，请联系管理员确认您的岗位。"),
    ),
    "roster_empty": Problem(
        409,
        _("名册是空的"),
        _("这个考区还没有人的准考证，名册里没有人。"),
        _("请先完成考场编排，再生成名册。"),
    ),
    "marks_file_unreadable": Problem(
        422,
        _("读不出这个文件"),
        _("文件是空的、过大、在中途被截断，或者不是 UTF-8、GB 18030 编码的 CSV 表格。"),
        _("请从原系统重新导出为 CSV，确认完整后再读入；不要直接上传 Excel 文件。"),
    ),
    "marks_file_without_column": Problem(
        422,
        _("缺少必需的列"),
        _("第一行里没有“{column}”这一列，现有的列是：{found}。"),
        _("请核对是否选错了文件、编码是否正确，补上这一列后重新读入。"),
    ),
    "marks_file_column_twice": Problem(
        422,
        _("有两列同名"),
        _("第一行里“{column}”出现了不止一次，无法判断以哪一列为准。"),
        _("请只保留正确的一列后重新读入。"),
    ),
    "marks_file_faulty": Problem(
        422,
        _("文件里有错，一行也没有存"),
        _("文件里有 {fault_count} 处要改，请按下面列出的行号和办法在原系统改正，重新导出后再读入。"),
    ),
    "marks_file_already_in": Problem(
        409,
        _("这个文件已经读入"),
        _("同一个文件已经在库中，没有再存一遍。"),
        _("请打开已读入的文件继续办理；确实要重新读入的，请先撤回它。"),
    ),
    "control_totals_differ": Problem(
        422,
        _("控制数不一致"),
        _("您输入的控制数与文件不一致，成绩没有生效，这次核对已记入办理记录。"),
        _("请对照签字的控制数逐项检查后再输入；仍不一致的，请与阅卷单位核对文件，不要猜数。"),
    ),
    "same_person_twice": Problem(
        403,
        _("须由另一个人办理"),
        _("这一步须由没有参与前面步骤的另一个人办理。"),
        _("录入与核对、提出与批准、制作与签发都不能是同一个人，也不能签发两次；请由另一位同事登录办理。"),
    ),
    "same_unit_twice": Problem(
        403,
        _("须由另一处室签发"),
        _("{unit}已经有人签发。"),
        _("请由另一处室的成绩发布岗登录签发。"),
    ),
    "batch_incomplete": Problem(
        409,
        _("文件没有读完"),
        _("文件“{file_name}”上次读入时中断了，成绩没有存全，因此不能核对。"),
        _("请由录入岗再次读入同一个文件，系统会补上缺的部分。"),
    ),
    "marks_sealed": Problem(
        409,
        _("成绩已经封存"),
        _("这个考区的成绩（{release}）已封存、签发或发布，不能再改名册、成绩和合格标准。"),
        _("封存后要改的，请由成绩发布岗停止发布；已发布的，请由成绩录入岗从发布页开始更正。"),
    ),
    "pass_mark_out_of_range": Problem(
        422,
        _("合格标准超出范围"),
        _("{subject}的合格标准须大于 0 且不高于满分 {full_mark} 分。"),
        _("请核对文件后重新填写。"),
    ),
    "release_not_ready": Problem(
        409,
        _("还不能继续"),
        _("发布前清单上还有 {open_points} 项没有满足，什么都没有改动。"),
        _("请按清单逐项处理，再重新计算并核验。"),
    ),
    "release_not_due": Problem(
        409,
        _("发布时刻未到"),
        _("还没有到签发的发布时刻，成绩没有开放。"),
        _("请等到发布时刻，系统会自动开放。"),
    ),
    "warrant_changed": Problem(
        409,
        _("内容已经变化"),
        _("{release} 的内容与封存时或您屏幕上的不一样，这一步没有办理。"),
        _("请刷新发布页重新核对；与封存内容不符的，请停止发布并查明原因。"),
    ),
    "warrant_not_approved": Problem(
        409,
        _("签发不足"),
        _("{release} 还没有两个处室各一人的有效签发，不能开放。"),
        _("请由成绩发布岗在发布页上签发。"),
    ),
    "no_officer_key": Problem(
        409,
        _("还没有签名密钥"),
        _("您还没有签名密钥。"),
        _("请先在“我的岗位”里生成签名密钥，再回到发布页签发。"),
    ),
    "release_too_late": Problem(
        409,
        _("时刻已过"),
        _("所定的发布时刻已经过去，这一步不能再办。"),
        _("请另定一个以后的时刻；已经公布的成绩不能收回，只能更正。"),
    ),
    "statistics_not_ready": Problem(
        409,
        _("还没有统计"),
        _("成绩还没有公布，或者刚刚公布、正在统计。"),
        _("成绩公布后系统会自动统计，请稍后再来。"),
    ),
    "report_not_found": Problem(
        404,
        _("没有这份成绩证明"),
        _("没有这份成绩证明，或者它不是您的，或者成绩还没有公布。"),
        _("请从“我的成绩”重新下载。"),
    ),
}
