"""The wording of the informed commitment (告知承诺书). Its exact words are evidence, as those of the declaration are.

A wording is never edited: a change is a new version beside the old ones. Pure.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jinbang.application.declaration import Declaration

COMMITMENTS: Final[Mapping[str, Declaration]] = MappingProxyType(
    {
        text.version: text
        for text in (
            Declaration(
                version="2026-1",
                title="报考资格告知承诺书",
                paragraphs=(
                    "一、告知：本考试的报考条件、所需证明材料和不实承诺的后果，考试机构已在公告和本页面上告知本人。",
                    "二、承诺：本人填写的学历、工作年限和其他报考信息真实，符合所选的报考条件，愿意接受考前、考后的核查。",
                    "三、方式：以本人账号在网上签署，提交报名后即具有法律效力；须由本人签署，不得由他人代签。",
                    (
                        "四、撤回：缴费以前并且报名截止以前可以撤回。不签署或者撤回的，本年度内报考本考试不再适用告知承诺，"
                        "须上传证明材料，由人工核查。"
                    ),
                    (
                        "五、不适用：有虚假承诺记录，或者在资格考试诚信档案记录期内的，不适用告知承诺；公告规定须人工核查的人员，"
                        "例如免考部分科目的人员，也不适用。"
                    ),
                    (
                        "六、后果：承诺不实的，考试前发现的，报名无效，所缴费用不予退还；考试后发现的，当次全部科目成绩无效；"
                        "取得证书后发现的，证书无效。情节严重的，按照《专业技术人员资格考试违纪违规行为处理规定》"
                        "（人力资源和社会保障部令第31号）处理，记入诚信档案。"
                    ),
                ),
            ),
        )
    }
)

CURRENT_COMMITMENT: Final = COMMITMENTS["2026-1"]
