"""The words in which results are spoken of on the desk."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.catalogue.programme import Rounding
from jinbang.results.marks_file import FaultKind
from jinbang.results.roster_file import RosterFaultKind
from jinbang.results.states import (
    BatchState,
    ChangeCause,
    Coverage,
    LinkState,
    MarkStatus,
    NotCompared,
    Overall,
    PassMarkState,
    Reach,
    RecountPoint,
    ReleaseState,
    Verdict,
    WarrantKind,
    YearStatus,
)
from jinbang.results.tables import Encoding

ENCODINGS: Final[Mapping[str, Promise]] = {
    Encoding.UTF_8: _("UTF-8"),
    Encoding.GB_18030: _("GB 18030"),
    Encoding.WORKBOOK: _("Excel 工作簿"),
}
COVERAGES: Final[Mapping[Coverage, Promise]] = {
    Coverage.WHOLE: _("全体考生、全部科目（已有成绩或正在手工录分的科目可以不在文件里）"),
    Coverage.SUBJECTS: _("全体考生、部分科目（其余科目另有文件，或手工录分）"),
    Coverage.CORRECTIONS: _("只有要更正的成绩（没有列出的人和留空的单元格不变）"),
}
ROUNDINGS: Final[Mapping[Rounding, Promise]] = {
    Rounding.HALF_UP: _("四舍五入"),
    Rounding.DOWN: _("舍去尾数"),
}
BATCH_STATES: Final[Mapping[BatchState, Promise]] = {
    BatchState.STAGED: _("待第二人核对"),
    BatchState.VALID: _("已生效"),
    BatchState.DISCARDED: _("已撤回"),
}
BEING_KEYED: Final = _("两人录入中")
PASS_MARK_STATES: Final[Mapping[PassMarkState, Promise]] = {
    PassMarkState.PROPOSED: _("待批准"),
    PassMarkState.APPROVED: _("已批准"),
    PassMarkState.REJECTED: _("未批准"),
}
REACHES: Final[Mapping[Reach, Promise]] = {
    Reach.REGION: _("本考区"),
    Reach.SITTING: _("全部考区（统一标准）"),
    Reach.DISTRICT: _("单独划线地区"),
}
BATCH_COLOURS: Final[Mapping[BatchState, str]] = {
    BatchState.STAGED: "orange",
    BatchState.VALID: "green",
    BatchState.DISCARDED: "grey",
}
PASS_MARK_COLOURS: Final[Mapping[PassMarkState, str]] = {
    PassMarkState.PROPOSED: "orange",
    PassMarkState.APPROVED: "green",
    PassMarkState.REJECTED: "grey",
}
RELEASE_STATES: Final[Mapping[ReleaseState, Promise]] = {
    ReleaseState.DRAFT: _("准备中"),
    ReleaseState.VALIDATED: _("已核验"),
    ReleaseState.SEALED: _("已封存，待两人签发"),
    ReleaseState.APPROVED: _("已签发"),
    ReleaseState.ARMED: _("已就绪，到点开放"),
    ReleaseState.RELEASED: _("已发布"),
}
WORK: Final[Mapping[str, Promise]] = {
    "jinbang.results.tasks.validate_release": _("计算并核验"),
    "jinbang.results.tasks.seal_release": _("封存"),
    "jinbang.results.tasks.recompute_outcomes": _("重新计算结论"),
    "jinbang.results.tasks.note_passes": _("登记保留的合格科目"),
    "jinbang.results.tasks.count_results": _("统计成绩"),
    "jinbang.lookup.tasks.publish_snapshot": _("生成查询快照"),  # by its name alone: this page shows whose turn it is
}
WARRANT_KINDS: Final[Mapping[WarrantKind, Promise]] = {
    WarrantKind.TOGETHER: _("成绩和合格标准"),
    WarrantKind.MARKS: _("成绩（合格标准待公布）"),
    WarrantKind.PASS_MARK: _("合格标准（分数与已公布的完全相同）"),
}
REASONS: Final[Mapping[str, Promise]] = {
    "basis_changed": _(
        "封存以后，成绩、合格标准、花名册或考生考试时的姓名、证件有变化，签发自动作废。请核对变化后重新核验、封存。"
    ),
}
RELEASE_COLOURS: Final[Mapping[ReleaseState, str]] = {
    ReleaseState.DRAFT: "grey",
    ReleaseState.VALIDATED: "blue",
    ReleaseState.SEALED: "orange",
    ReleaseState.APPROVED: "blue",
    ReleaseState.ARMED: "blue",
    ReleaseState.RELEASED: "green",
}
MARK_STATUSES: Final[Mapping[MarkStatus, Promise]] = {
    MarkStatus.SCORED: _("有分数"),
    MarkStatus.ABSENT: _("缺考"),
    MarkStatus.VIOLATION: _("违纪"),
    MarkStatus.VOID: _("成绩无效"),
    MarkStatus.WITHHELD: _("待核查"),
    MarkStatus.SIMILAR: _("雷同，待处理"),
}
OVERALLS: Final[Mapping[Overall, Promise]] = {
    Overall.PASSED: _("合格"),
    Overall.PASSED_LOCALLY: _("合格（单独划线）"),
    Overall.PARTIAL: _("部分科目合格"),
    Overall.FAILED: _("不合格"),
    Overall.ABSENT: _("缺考"),
    Overall.AWAITING_PASS_MARK: _("合格标准待公布"),
    Overall.WITHHELD: _("待核查"),
    Overall.VIOLATION: _("违纪"),
    Overall.VOID: _("成绩无效"),
}
VERDICTS: Final[Mapping[Verdict, Promise | str]] = {
    Verdict.PASSED: _("合格"),
    Verdict.PASSED_LOCALLY: _("合格（单独划线）"),
    Verdict.FAILED: _("不合格"),
    Verdict.AWAITING_PASS_MARK: _("合格标准待公布"),
    Verdict.NONE: "",  # the status speaks
    Verdict.RETAINED: _("保留"),
    Verdict.EXEMPT: _("免试"),
}
OVERALL_COLOURS: Final[Mapping[Overall, str]] = {
    Overall.PASSED: "gold",
    Overall.PASSED_LOCALLY: "gold",
    Overall.PARTIAL: "green",
    Overall.FAILED: "grey",
    Overall.ABSENT: "grey",
    Overall.AWAITING_PASS_MARK: "blue",
    Overall.WITHHELD: "orange",
    Overall.VIOLATION: "red",
    Overall.VOID: "red",
}
YEARS: Final[Mapping[YearStatus, Promise]] = {
    YearStatus.SAT: _("已参加"),
    YearStatus.ABSENT: _("报名后缺考，计入年限"),
    YearStatus.NOT_REGISTERED: _("未报名，计入年限"),
    YearStatus.PASSED_OVER: _("未报名，按公告不计入年限"),
    YearStatus.NOT_HELD: _("本考区未举行，不计入年限"),
}
CAUSES: Final[Mapping[ChangeCause, Promise]] = {
    ChangeCause.MARK: _("成绩变动"),
    ChangeCause.PASS_MARK: _("合格标准变动"),
    ChangeCause.EARLIER: _("往年成绩变动"),
    ChangeCause.RULE: _("有效期规则变动"),
    ChangeCause.NEW: _("新增人员"),
}
FAULTS: Final[Mapping[FaultKind, Promise]] = {
    FaultKind.COLUMNS: _("这一行的列数与表头不一致，文件可能被截断或多了分隔符。请从原系统重新导出。"),
    FaultKind.UNKNOWN_TICKET: _("名册里没有这个准考证号。请核对号码，或确认文件属于本考区、本次考试。"),
    FaultKind.MANGLED_TICKET: _(
        "准考证号被表格软件改成了科学计数，尾数已经丢失。请从原系统重新导出，不要用表格软件保存。"
    ),
    FaultKind.TICKET_TWICE: _("这个准考证号在文件里出现了不止一次。请只保留正确的一行。"),
    FaultKind.NAME_DIFFERS: _("姓名与名册不一致，可能错行。请核对这一行属于谁。"),
    FaultKind.MARK_MISSING: _("报考了这一科，文件里却没有成绩。没有分数请写明“缺考”“违纪”或“成绩无效”。"),
    FaultKind.MARK_TWICE: _("同一科目有两列都填了内容。请只保留正确的一列。"),
    FaultKind.NOT_A_MARK: _("读不出分数。请填写数字（最多两位小数），或“缺考”“违纪”“成绩无效”“待核查”。"),
    FaultKind.ABOVE_FULL: _("分数高于本科目满分。请核对是否错列或多写了一位。"),
    FaultKind.NOT_APPLIED: _("没有报考这一科，文件里却有内容。请清空，或核对报考科目。"),
    FaultKind.ABSENT_BUT_SCORED: _("考场记录为缺考，文件里却有分数。请先核对考场情况记录表。"),
    FaultKind.PART_ABSENT: _("这一部分缺考，同一科目的另一部分却有分数，合不成一科的成绩。请查明后写明整科的情况。"),
    FaultKind.PERSON_MISSING: _("名册里有这个人，文件里没有。请补上，缺考者也要写明“缺考”。"),
}
SHEET_FAULTS: Final[Mapping[FaultKind, Promise]] = {
    FaultKind.MARK_MISSING: _("这一格没有填。没有分数请写明“缺考”“违纪”或“成绩无效”。"),
    FaultKind.MARK_TWICE: _("这一行既有分数又有“缺考”一类的情况，或者有两种情况。请照纸面只保留一种。"),
    FaultKind.NOT_A_MARK: FAULTS[FaultKind.NOT_A_MARK],
    FaultKind.ABOVE_FULL: _("分数高于本科目满分（分项录入的，是这个分项的满分）。请核对是否多写了一位。"),
    FaultKind.ABSENT_BUT_SCORED: _("考场记录为缺考，表上却有分数。请先核对考场情况记录表。"),
    FaultKind.PART_ABSENT: _("这个分项缺考，同一科目的其他分项却有分数，合不成一科的成绩。请查明后写明整科的情况。"),
}
"""The faults of a file that a cell of a sheet can have, in words that speak of a sheet."""
ROSTER_FAULTS: Final[Mapping[RosterFaultKind, Promise]] = {
    RosterFaultKind.COLUMNS: FAULTS[FaultKind.COLUMNS],
    RosterFaultKind.TICKET_MISSING: _("没有准考证号，或者超过 32 位。请补上。"),
    RosterFaultKind.TICKET_TWICE: _("这个准考证号在文件里出现了不止一次。请只保留正确的一行。"),
    RosterFaultKind.TICKET_TAKEN: _("名册里这个准考证号已经属于另一个人。请核对号码。"),
    RosterFaultKind.NAME_MISSING: _("没有姓名，或者过长。请按证件填写。"),
    RosterFaultKind.NAME_DIFFERS: _("这个证件号码已登记在别的姓名下。请核对证件；确属改名的，请本人先申请变更姓名。"),
    RosterFaultKind.KIND_UNKNOWN: _("认不出证件类型。请写“居民身份证”“护照”等全称，或去掉这一列。"),
    RosterFaultKind.NUMBER_WRONG: _("证件号码不成立：位数、出生日期或校验码不对。请照证件核对这一行。"),
    RosterFaultKind.PERSON_TWICE: _("这个证件号码在文件里出现了不止一次（15 位与 18 位是同一个号码）。请只保留一行。"),
    RosterFaultKind.LEVEL_UNKNOWN: _("认不出级别。请写本项目的级别名称或代码。"),
    RosterFaultKind.SPECIALTY_UNKNOWN: _("认不出专业，或这个级别要分专业而没有写。请写专业名称或代码。"),
    RosterFaultKind.TRACK_UNKNOWN: _("认不出考试类别。全科报考请写“全科”或留空。"),
    RosterFaultKind.SUBJECT_UNKNOWN: _(
        "有的科目不属于这个级别、专业或类别。请写科目名称或代码，用顿号隔开；全部报考可留空。"
    ),
    RosterFaultKind.DISTRICT_WRONG: _("区划代码应为 2 至 12 位数字。请核对。"),
    RosterFaultKind.STANDS_OTHERWISE: _(
        "这个人已有记录，内容与文件不同。请核对以哪一份为准；要改名册的，在名册上更正，并写明原因；"
        "要改历年合格的，先在已读入的档案上取消关联、不采用，再读入。"
    ),
    RosterFaultKind.STANDS_ELSEWHERE: _(
        "这个人已在本次考试另一考区的名册上，一次考试只能在一个考区。请与那个考区核对；确应在本考区的，先由那边移出名册，再读入。"
    ),
    RosterFaultKind.FILE_NUMBER_WRONG: _("档案号过长，或同一个人有两个档案号。请核对。"),
    RosterFaultKind.YEAR_WRONG: _("年度应为四位数字，“有效至”不能早于合格年度。请核对。"),
    RosterFaultKind.PASS_TWICE: _("同一科目的合格记录重复。请只保留一行。"),
}
WAITS_FOR_DOCUMENT: Final = _("证件号码没有登记过")
WAITS_FOR_NAME: Final = _("证件号码登记在别的姓名下")
NOT_COMPARED: Final[Mapping[NotCompared, Promise]] = {
    NotCompared.NOT_JUDGED: _("还没有存下结论，重新计算并核验以后才能对照。"),
}
RECOUNT_POINTS: Final[Mapping[RecountPoint, Promise]] = {
    RecountPoint.OVERALL: _("总的结论"),
    RecountPoint.LINES: _("只有一边有这一科"),
    RecountPoint.STATUS: _("状态不同"),
    RecountPoint.MARK: _("分数不同"),
    RecountPoint.PASS_MARK: _("合格标准不同"),
    RecountPoint.VERDICT: _("是否合格"),
    RecountPoint.KEPT: _("是否保留到下一年不同"),
}
CHECKS: Final[Mapping[str, Promise]] = {
    "roster": _("名册人数"),
    "marks_complete": _("每人每科都有成绩或状态"),
    "nothing_staged": _("没有待核对的成绩文件"),
    "conflicts": _("成绩与考场记录、满分互相矛盾的条数"),
    "outcomes": _("每人的结论都已按最新数据算出"),
    "recount": _("复算（另一种算法再算一遍）与结论一致的人"),
    "recount_differs": _("复算（另一种算法再算一遍）与结论一致的人"),
    "instant": _("发布时刻还没有到，还有"),
    "pass_marks": _("已有合格标准的科目（可以晚于成绩公布）"),
    "violations": _("尚未作出处理决定、成绩暂不公布的人"),
    "room_records": _("尚未签字的考场记录"),
    "distribution": _("分数分布与上一次相差很大的科目"),
    "guessing": _("准考证号有多难猜（知道证件号码的人，平均要试 2 的多少次方次）"),
    "signers": _("可以签发的处室（有签名密钥，且未参与录入、核对和划线）"),
}
CHECK_REMEDIES: Final[Mapping[str, Promise]] = {
    "roster": _("在考区页生成名册，或者读入名册文件。"),
    "marks_complete": _("在考区页读入缺少的成绩；没有分数的写明缺考、违纪或成绩无效。"),
    "nothing_staged": _("请成绩核对岗输入控制数，或者撤回这个文件。"),
    "conflicts": _("在考区页打开“成绩交叉核对”，逐条看是记录有误还是成绩有误，改正后重新读入。"),
    "outcomes": _("由成绩录入岗核验以后才有；数据有变动的须再核验一次。"),
    "recount": _("核验时自动进行，不需要操作；数据有变动的须再核验一次。"),
    "recount_differs": _(
        "不一致的人列在下面“复算”里：算法有误，或者存下的结论被改动过。请把名单交系统维护人员查明，改正以后再核验一次。"
    ),
    "instant": _("在考区页改定一个以后的时刻。"),
    "pass_marks": _("请合格标准岗提出、批准；也可以先公布成绩，以后单独公布合格标准。"),
    "signers": _("请另一处室的成绩发布岗登记签名密钥。"),
    "violations": _(
        "这些人的成绩显示“待核查”。请在“违纪违规处理”里告知、听取申辩并作出决定；不予处理的，补交该科目的分数。"
    ),
    "room_records": _("请考场登记岗按签字的记录表完成登记；其中的缺考和违纪才会与成绩核对。"),
    "distribution": _("在考区页打开“成绩交叉核对”，对照上一次的分布；确认不是错列、漏题或者错用答案以后再发布。"),
    "guessing": _("准考证号是连号的。请在考试计划里要求查询时填写姓名；已经要求的，查询次数另有更严的限制。"),
}
SUM_OF: Final = _("%(subject)s 总分")
LINK_STATES: Final[Mapping[LinkState, Promise]] = {
    LinkState.ARRIVING: _("正在读入"),
    LinkState.WAITING: _("待关联"),
    LinkState.LINKED: _("已关联"),
    LinkState.REJECTED: _("不采用"),
}
LINK_COLOURS: Final[Mapping[LinkState, str]] = {
    LinkState.ARRIVING: "blue",
    LinkState.WAITING: "orange",
    LinkState.LINKED: "green",
    LinkState.REJECTED: "grey",
}
LINK_EVENTS: Final[Mapping[str, Promise]] = {
    "bring": _("由文件带入"),
    "link": _("关联"),
    "unlink": _("取消关联"),
    "reject": _("不采用"),
}
REASON_MISSING: Final = _("文件里有的成绩已经生效。请写明为什么更正，并重新选择文件。")
ENTRY_EVENTS: Final[Mapping[str, Promise]] = {"correct_entry": _("更正名册")}
CONFLICTS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "marked_without_attending": (
        _("考场记录为缺考，却有分数"),
        _("请核对考场情况记录表与答卷：记录有误的更正记录，成绩有误的改正后重新读入。"),
    ),
    "attended_without_mark": (
        _("考场记录到考，却没有成绩或者记为缺考"),
        _("请向阅卷单位查找漏登的答卷，补上后再读入一个文件；确未到考的，请考场登记岗更正记录。"),
    ),
    "above_full_marks": (_("分数高于满分"), _("请核对是否错列或多写了一位，改正后重新读入。")),
}
BATCH_EVENTS: Final[Mapping[str, Promise]] = {
    "stage": _("读入文件"),
    "open_sheet": _("开出录分表"),
    "key": _("录入一遍"),
    "totals_differ": _("核对控制数：不一致"),
    "validate": _("核对一致，成绩生效"),
    "discard": _("撤回"),
}
RELEASE_EVENTS: Final[Mapping[str, Promise]] = {
    "draft": _("拟定发布时刻"),
    "validate": _("逐人计算并核验"),
    "seal": _("封存"),
    "sign": _("签发"),
    "approve": _("两人签发完成"),
    "arm": _("就绪"),
    "release": _("发布"),
    "reopen": _("停止发布，退回准备"),
    "correct": _("开始更正"),
    "recompute": _("重新计算结论"),
    "note_passes": _("登记保留的合格科目"),
}
TURNS: Final[Mapping[str, Promise]] = {
    "marks_clerk": _("等待成绩录入岗办理。"),
    "marks_verifier": _("等待成绩核对岗输入控制数。"),
    "pass_mark_officer": _("等待合格标准岗办理。"),
    "release_officer": _("等待成绩发布岗签发。"),
    "system": _("由系统自动办理，不需要操作。"),
    "nobody": _("已经办结。"),
}
ENVIRONMENTS: Final[Mapping[str, Promise]] = {"production": _("正式"), "demo": _("演示")}
TOTALS: Final[Mapping[str, Promise]] = {
    "people": _("人数"),
    "marks": _("成绩条数"),
    "scored": _("有分数的条数"),
    "absent": _("缺考条数"),
    "violation": _("违纪条数"),
    "void": _("成绩无效条数"),
    "withheld": _("待核查条数"),
    "similar": _("雷同条数"),
    "zero": _("零分条数"),
}


def sums_of(names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what sums are called in a manifest, given level/subject → name in the programme's order."""
    return tuple(f"sum:{place}" for place in names)


def sum_label(name: str, names: Mapping[str, str]) -> str:
    """Return what a sum in a manifest ("sum:level/subject") is called on screen."""
    place = name.removeprefix("sum:")
    return str(SUM_OF) % {"subject": names.get(place, place)}


def format_mark(hundredths: int) -> str:
    """Return a mark as people write it: 86, 86.5, 86.25."""
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
