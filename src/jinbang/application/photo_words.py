"""The words for what was found in a photo, and for where its versions stand. Nothing is decided here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jinbang.application.photo_findings import Finding, FindingCode, Level
from jinbang.application.states import PhotoState

STATES: Final[Mapping[PhotoState, Promise]] = {
    PhotoState.TRIED: _("待您确认"),
    PhotoState.PROPOSED: _("更换待审核"),
    PhotoState.CURRENT: _("当前照片"),
    PhotoState.REPLACED: _("已被替换"),
    PhotoState.REJECTED: _("更换未通过"),
}

LEVELS: Final[Mapping[Level, Promise]] = {
    Level.FINE: _("符合"),
    Level.LOOK_AGAIN: _("建议调整"),
    Level.PERSON: _("由审核人员判断"),
}

LEVEL_COLOURS: Final[Mapping[Level, str]] = {Level.FINE: "green", Level.LOOK_AGAIN: "orange", Level.PERSON: "blue"}

# What is seen, and what to do about it. `{measured}` is filled with the figure.
FINDINGS: Final[Mapping[FindingCode, tuple[Promise, Promise | str]]] = {
    FindingCode.FACE_ONE: (_("找到一张正面的脸"), ""),
    FindingCode.FACE_NONE: (
        _("没有认出正面的脸"),
        _("请正对镜头，露出五官。如果照片确实是您的正面照，可以照常使用，审核人员会看。"),
    ),
    FindingCode.FACE_SEVERAL: (
        _("裁剪框里有 {measured} 张脸"),
        _("请移动裁剪框，或换一张只有您本人的照片。"),
    ),
    FindingCode.HEAD_SIZE_FINE: (_("头部大小合适，占照片高度的 {measured}"), ""),
    FindingCode.HEAD_SMALL: (_("头部偏小，只占照片高度的 {measured}"), _("请把裁剪框缩小一些，或离镜头近一些重拍。")),
    FindingCode.HEAD_LARGE: (_("头部偏大，占照片高度的 {measured}"), _("请把裁剪框放大一些，或离镜头远一些重拍。")),
    FindingCode.HEAD_PLACE_FINE: (_("头部居中"), ""),
    FindingCode.HEAD_ASIDE: (_("头部偏离中线 {measured}"), _("请左右移动裁剪框，让脸在正中。")),
    FindingCode.HEAD_CUT: (
        _("头顶或下巴可能被裁掉"),
        _("请上下移动裁剪框，头顶上方留一点空白；原图没有空白的请重拍。"),
    ),
    FindingCode.UPRIGHT: (_("头部端正"), ""),
    FindingCode.TILTED: (_("头部倾斜约 {measured}"), _("请把头摆正，或把手机拿正后重拍。")),
    FindingCode.SHARP: (_("脸部清晰"), ""),
    FindingCode.BLURRED: (_("脸部不够清晰"), _("请擦一擦镜头，拿稳手机，在亮一些的地方重拍。")),
    FindingCode.LIGHT_FINE: (_("光线合适"), ""),
    FindingCode.TOO_DARK: (_("脸部偏暗"), _("请面向窗户或灯光，不要背光。")),
    FindingCode.TOO_BRIGHT: (_("脸部过亮，有的地方已经发白"), _("请避开直射的阳光或闪光灯。")),
    FindingCode.BACKGROUND_FINE: (_("背景符合要求"), ""),
    FindingCode.BACKGROUND_BUSY: (
        _("背景只有 {measured} 是要求的颜色"),
        _("请站在干净的白墙前，离墙半米左右，避免影子。"),
    ),
    FindingCode.RESOLUTION_FINE: (_("像素足够，没有放大"), ""),
    FindingCode.ENLARGED: (
        _("裁剪框里的像素不够，放大了 {measured}"),
        _("放大的照片会模糊，请离镜头近一些重拍，或换原图。"),
    ),
}

_SHARES: Final = frozenset(
    {
        FindingCode.HEAD_SIZE_FINE,
        FindingCode.HEAD_SMALL,
        FindingCode.HEAD_LARGE,
        FindingCode.HEAD_ASIDE,
        FindingCode.BACKGROUND_BUSY,
    }
)


@dataclass(frozen=True)
class FindingLine:
    """One finding as it is read."""

    level: Level
    what: str
    advice: str

    @property
    def level_label(self) -> Promise:
        """The word beside it."""
        return LEVELS[self.level]

    @property
    def colour(self) -> str:
        """The colour of that word, which says nothing the word does not."""
        return LEVEL_COLOURS[self.level]


def lines_of(findings: Iterable[Finding]) -> tuple[FindingLine, ...]:
    """Return findings in words, what is to be mended first."""
    order = (Level.LOOK_AGAIN, Level.PERSON, Level.FINE)
    return tuple(_line(one) for one in sorted(findings, key=lambda one: order.index(one.level)))


def _line(finding: Finding) -> FindingLine:
    what, advice = FINDINGS[finding.code]
    return FindingLine(finding.level, str(what).format(measured=_measured(finding)), str(advice))


def _measured(finding: Finding) -> str:
    if finding.code in _SHARES:
        return f"{abs(finding.measured):.0%}"
    if finding.code is FindingCode.TILTED:
        return f"{abs(finding.measured):.0f}°"
    if finding.code is FindingCode.ENLARGED:
        return gettext("%(times)s 倍") % {"times": f"{finding.measured:.1f}"}
    return f"{finding.measured:.0f}"
