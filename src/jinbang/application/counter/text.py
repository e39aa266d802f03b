"""The wording of the integrity pledge (考试诚信承诺书) that is signed by hand, and what its scan is filed under. Pure.

A wording is never edited: a change is a new version beside the old ones.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jinbang.application.declaration import Declaration

PLEDGE_ITEM: Final = "诚信承诺书"
"""The evidence item under which the signed paper lies."""

PLEDGES: Final[Mapping[str, Declaration]] = MappingProxyType(
    {
        text.version: text
        for text in (
            Declaration(
                version="2026-1-pledge",
                title="考试诚信承诺书",
                paragraphs=(
                    "一、本人已阅读本次考试的公告和报考条件，自愿报名并遵守考试的各项规定。",
                    "二、本人提供的身份证件、学历、工作年限和照片真实、准确、有效，上列报名信息已由本人核对无误。",
                    "三、本人知悉：报名提交后内容即被锁定；资格审核不合格的，不能参加考试；逾期未缴费的，视为自动放弃。",
                    "四、本人承诺诚信考试，服从考试工作人员的管理，不作弊、不替考、不传播试题和答案。",
                    (
                        "五、如有弄虚作假或者违纪违规行为，自愿按照《专业技术人员资格考试违纪违规行为处理规定》（人力资源和"
                        "社会保障部令第31号）等规定接受处理。"
                    ),
                    "六、本人同意考试机构为组织本次考试的需要处理上列信息、照片和本承诺书的扫描件。",
                ),
            ),
        )
    }
)

CURRENT_PLEDGE: Final = PLEDGES["2026-1-pledge"]
