"""What is said when the application phase refuses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from jinbang.portal.problems.table import Problem

PROBLEMS: Final[Mapping[str, Problem]] = {
    "application_not_found": Problem(
        404,
        _("没有找到这份报名"),
        _("没有找到这份报名。"),
        _("请从“我的考试”（工作人员从待审核列表）重新进入。"),
    ),
    "already_applied": Problem(
        409,
        _("已经报过名"),
        _("您已报名{sitting}，每人每次考试只能报名一次。"),
        _("请在“我的考试”里继续办理；要换考区请先撤回。"),
    ),
    "on_site_only": Problem(
        409,
        _("只接受现场报名"),
        _("{sitting}只接受现场报名。"),
        _("请在公告规定的时间，携带身份证件原件到报名点办理。"),
    ),
    "application_not_editable": Problem(
        409,
        _("已提交，不能修改"),
        _("报名提交后内容即被锁定，只有审核人员退回后才能修改。"),
        _("请在“我的考试”里查看进度。"),
    ),
    "application_line_locked": Problem(
        409,
        _("这一项不能修改"),
        _("审核人员没有要求修改这一项，它保持提交时的内容。"),
        _("请回到步骤列表，只修改列出的内容，然后重新提交。"),
    ),
    "switch_loses_passes": Problem(
        422,
        _("更改后将按新考生处理"),
        _("更改级别或报考方式后一律按新考生处理，以前通过并仍然有效的科目成绩将不再计入。"),
        _("如果确定要更改，请勾选确认后再保存；否则请选择原来的级别或报考方式。"),
    ),
    "specialty_fixed": Problem(
        422,
        _("不能更改专业"),
        _("您的“{specialty}”专业科目已全部通过，成绩仍在有效期内，有效期内不能改报其他专业。"),
        _("请选择原来的专业。"),
    ),
    "choice_unknown": Problem(
        422,
        _("选项不在范围内"),
        _("所选的内容不在这次考试的范围内，可能是前面的选择已经变更。"),
        _("请重新选择。"),
    ),
    "subjects_incomplete": Problem(
        422,
        _("科目没有选全"),
        _("这一级别须在同一次考试中通过全部科目，还缺：{missing}。"),
        _("请全部勾选。"),
    ),
    "condition_not_met": Problem(
        422,
        _("不符合所选报考条件"),
        _("按填写的学历和年限，不符合所选的报考条件。"),
        _("请核对学历、毕业日期和年限，或改选其他报考条件。"),
    ),
    "site_not_offered": Problem(
        422,
        _("不能选择这个考点"),
        _("这个考点不能选。"),
        _("请从页面列出的考点中选择；由考试中心统一安排的不需要选择。"),
    ),
    "application_incomplete": Problem(
        422,
        _("还有内容没有填完"),
        _("还没有填完：{missing}。"),
        _("请按步骤列表补齐后再提交。"),
    ),
    "declaration_not_accepted": Problem(
        422,
        _("声明已更新"),
        _("声明的内容已经更新，请重新阅读并勾选同意后再提交。"),
    ),
    "already_decided": Problem(
        409,
        _("已有人处理"),
        _("这份报名已由{decided_by}于{decided_at}处理，目前是“{state}”，您的操作没有生效。"),
        _("请处理下一份。"),
    ),
    "case_claimed": Problem(
        409,
        _("别人正在审核"),
        _("{claimed_by}正在审核这份报名（到{claimed_until}为止），您的操作没有生效。"),
        _("请处理下一份，或到时再来。"),
    ),
    "lines_not_fine": Problem(
        422,
        _("核对项还有问题"),
        _("有核对项标为“需补正”或“不符合”，不能通过。"),
        _("请改为退回或提出不通过；确认没有问题的，先把该项改为“符合”。"),
    ),
    "approval_list_changed": Problem(
        409,
        _("名单已变动"),
        _("确认之前名单有了变动，没有通过任何一份。"),
        _("请重新预览名单，看过后再确认。"),
    ),
    "appeal_closed": Problem(
        409,
        _("不能申诉"),
        _("这份报名现在不能申诉：没有可以申诉的结果，或申诉时间已过。"),
        _("请在“我的考试”里查看目前的状态；如有疑问，请联系考试机构。"),
    ),
    "appeal_words_missing": Problem(
        422,
        _("请写明理由"),
        _("申诉需要写明您认为哪里有误。"),
        _("请填写申诉理由。"),
    ),
    "sample_seed_not_public": Problem(
        409,
        _("种子尚未公布"),
        _("抽查用的种子在审核结束后公布，现在公布的是它的摘要。"),
        _("请在审核时间结束后再来查看。"),
    ),
    "decision_reason_missing": Problem(
        422,
        _("缺少原因"),
        _("退回或不通过必须写明原因，考生才知道怎么办。"),
        _("请选择或填写原因。"),
    ),
    "reviewer_not_independent": Problem(
        403,
        _("须由其他审核人员处理"),
        _("这份报名由您本人录入，或前一步由您作出，须由其他审核人员处理。"),
        _("请处理下一份。"),
    ),
    "entry_refused": Problem(
        422,
        _("第 {row} 行不能录入"),
        _("第 {row} 行不符合要求，整批都没有录入。"),
        _("请改正这一行后重新提交。"),
    ),
    "photo_file_too_large": Problem(
        422,
        _("照片文件太大"),
        _("文件约 {megabytes} MB，超过 {megabytes_max} MB。"),
        _("请换一张小一些的照片。"),
    ),
    "photo_unreadable": Problem(
        422,
        _("无法识别的照片"),
        _("这个文件不是完好的 JPG、PNG、WebP 或 HEIC 照片。"),
        _("请确认在手机或电脑上能打开它，再另存为 JPG 后上传。"),
    ),
    "photo_too_many_pixels": Problem(
        422,
        _("照片像素太多"),
        _("照片超过 {megapixels_max} 百万像素。"),
        _("请用手机的普通拍照模式重拍，或缩小后上传。"),
    ),
    "photo_too_small": Problem(
        422,
        _("照片太小"),
        _("这张照片只有 {width}×{height} 像素，裁剪后不足 {width_min}×{height_min}，放大会模糊。"),
        _("请换一张更大的原图。"),
    ),
    "photo_missing": Problem(
        404,
        _("还没有照片"),
        _("这份报名还没有上传照片。"),
    ),
    "evidence_file_too_large": Problem(
        422,
        _("文件太大"),
        _("有文件约 {megabytes} MB，每个文件不能超过 {megabytes_max} MB。"),
        _("请分页拍照上传，或把 PDF 拆成几个小一些的文件。"),
    ),
    "evidence_unreadable": Problem(
        422,
        _("无法识别的文件"),
        _("有文件不是完好的 JPG、PNG、HEIC 照片或 PDF。"),
        _("请确认能在手机或电脑上打开它，或者重新拍照后上传。"),
    ),
    "evidence_too_many_pixels": Problem(
        422,
        _("图片像素太多"),
        _("有图片超过 {megapixels_max} 百万像素。"),
        _("请用手机的普通拍照模式重拍，或缩小后上传。"),
    ),
    "evidence_too_small": Problem(
        422,
        _("图片太小，看不清"),
        _("有图片只有 {width}×{height} 像素，长边至少要 {side_min} 像素才看得清文字。"),
        _("请重新拍照，让材料占满画面。"),
    ),
    "evidence_pages_full": Problem(
        422,
        _("页数太多"),
        _("“{item}”最多上传 {pages_max} 页。"),
        _("请先删除不需要的页，或合并成一个 PDF。"),
    ),
    "evidence_repeated": Problem(
        422,
        _("文件重复"),
        _("“{item}”里已经有同一个文件，这次没有保存。"),
        _("请只选择还没有上传的页。"),
    ),
    "evidence_not_asked": Problem(
        404,
        _("不需要这项材料"),
        _("这次报名不需要这项证明材料，可能是报考条件已经更改。"),
        _("请回到步骤列表查看需要的材料。"),
    ),
    "evidence_not_found": Problem(
        404,
        _("没有找到这份材料"),
        _("没有找到这份材料，可能已经删除。"),
        _("请回到上传证明材料的页面查看。"),
    ),
    "photo_too_detailed": Problem(
        422,
        _("照片压缩后会看不清"),
        _("这张照片噪点或花纹太多，压缩到 {kilobytes_max} KB 就会看不清。"),
        _("请在光线好的地方，站在干净的白墙前重拍。"),
    ),
    "photo_not_found": Problem(
        404,
        _("没有找到这张照片"),
        _("没有找到这张照片，可能刚刚换过。"),
        _("请从报名页面重新进入。"),
    ),
    "photo_not_reusable": Problem(
        409,
        _("没有可以沿用的照片"),
        _("没有 {months_max} 个月以内、规格相同的照片可以沿用。"),
        _("请重新上传一张。"),
    ),
    "photo_fixed": Problem(
        409,
        _("照片现在不能更换"),
        _("这份报名目前是“{state}”，照片不能更换。"),
        _("审核中的请等待审核结果；考试已开始的，请联系考试机构。"),
    ),
    "photo_reason_missing": Problem(
        422,
        _("缺少原因"),
        _("更换已审核通过的照片，或不同意更换，必须写明原因。"),
        _("请填写原因。"),
    ),
    "photo_not_independent": Problem(
        403,
        _("不能审核自己提出的更换"),
        _("这次照片更换由您本人提出，须由其他审核人员审核。"),
        _("请处理下一份。"),
    ),
    "photo_already_decided": Problem(
        409,
        _("已有人处理"),
        _("这次照片更换已经处理过，或已被新的照片取代，您的操作没有生效。"),
        _("请回到列表处理下一份。"),
    ),
    "photo_seal_broken": Problem(
        409,
        _("照片与审核时不一致"),
        _("这张照片与审核通过时封存的照片不一致，因此不能打印。"),
        _("请携带身份证件联系考试机构核对。"),
    ),
}
