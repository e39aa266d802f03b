"""The declaration (声明) that is read and agreed to before submitting. Its exact words are evidence.

A wording is never edited: a change is a new version beside the old ones, and each application keeps the version and
the SHA-256 of what was agreed to. The text is therefore not translated and not a setting. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Declaration:
    """One wording, paragraph by paragraph."""

    version: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The hash of the text as it is shown, UTF-8, paragraphs joined by line feeds."""
        return sha256("\n".join((self.title, *self.paragraphs)).encode()).hexdigest()


DECLARATIONS: Final[Mapping[str, Declaration]] = MappingProxyType(
    {
        declaration.version: declaration
        for declaration in (
            Declaration(
                version="2026-1",
                title="报名声明与诚信承诺书",
                paragraphs=(
                    "一、本人已阅读本次考试的公告、报考条件和报名帮助，了解并遵守有关规定。",
                    "二、本人填写的个人信息、学历、工作年限和上传的照片真实、准确、完整，由本人填写并对其负责，不由他人代签。",
                    "三、本人知悉：提交后报名信息即被锁定，只有审核人员退回后才能修改；审核不合格的，不能参加考试。",
                    "四、本人知悉：审核通过后须在规定时间内缴费，逾期未缴费视为自动放弃；逾期未打印准考证而影响考试的，责任自负。",
                    (
                        "五、本人承诺诚信参加考试，服从安排，接受监督；如有虚假承诺或违纪违规行为，自愿按照"
                        "《专业技术人员资格考试违纪违规行为处理规定》（人力资源和社会保障部令第31号）接受处理。"
                    ),
                    "六、本人同意考试机构为组织本次考试的需要处理上述信息和照片。",
                ),
            ),
        )
    }
)

CURRENT_DECLARATION: Final = DECLARATIONS["2026-1"]
