"""The words of the portal's own pages: what a queue is called, what a candidate does next. Nothing is decided."""

from typing import Final

from django.utils.translation import gettext_lazy as _

TO_REVIEW: Final = _("待审核的报名")
TO_REVIEW_NOTE: Final = _("按审核期限排列，最早到期的在前。")
TO_PAY: Final = _("待缴费的报名")
TO_PAY_NOTE: Final = _("到柜台缴费时，按编号、姓名或证件号码查找。")
TO_SEAT: Final = _("待编排的考区")
TO_SEAT_NOTE: Final = _("先公布种子摘要，缴费截止后编排座位，考试结束后公布种子。")
TO_RECORD: Final = _("待完成的考场记录")
TO_RECORD_NOTE: Final = _("按签字的记录表登记缺考和违纪。")
TO_BRING_IN: Final = _("待读入成绩的考区")
TO_BRING_IN_NOTE: Final = _("考试已经结束：生成名册，读入阅卷单位的成绩文件。")
TO_PUBLISH: Final = _("未发布的考试")
TO_PUBLISH_NOTE: Final = _("补齐日程、科目、收费和考点后发布。")
TO_VERIFY: Final = _("待核对的成绩")
TO_VERIFY_NOTE: Final = _("由第二人录入合计数，一致后成绩生效。")
TO_APPROVE: Final = _("待批准的合格标准")
TO_APPROVE_NOTE: Final = _("由提出人以外的人批准。")
TO_SIGN: Final = _("待签发的成绩发布")
TO_SIGN_NOTE: Final = _("须由两个处室各一人签发。")
TO_SEAL: Final = _("准备中的成绩发布")
TO_SEAL_NOTE: Final = _("核对无误后封存，再送签发。")

TURN_YOURS: Final = _("现在轮到您")
RESULTS_OUT: Final = _("成绩已公布")
PRINT_TICKET: Final = _("打印准考证")
PRINT_TICKET_NEXT: Final = _("准考证可以打印了。请核对姓名、照片、考点和时间，考试当天带准考证和身份证件原件。")
SEE_TICKET: Final = _("查看准考证号")
QUERY_RESULT: Final = _("查询成绩")
QUERY_RESULT_NEXT: Final = _("成绩已公布。查询时需要准考证号和证件号码。")
SEE_APPLICATION: Final = _("报名信息")
SEE_ORDER: Final = _("缴费单")
WITHDRAW: Final = _("撤回报名")
