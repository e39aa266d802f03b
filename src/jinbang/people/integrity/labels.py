"""The words on screen for the integrity record."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.people.states import IntegrityGround

GROUNDS: Final[Mapping[IntegrityGround, Promise]] = {
    IntegrityGround.ARTICLE_7: _("第31号令第七条：当次全部科目成绩无效，记录五年"),
    IntegrityGround.ARTICLE_8: _("第31号令第八条：特别严重违纪违规，长期记录"),
    IntegrityGround.ARTICLE_10: _("第31号令第十条：提供虚假证明材料"),
    IntegrityGround.FALSE_COMMITMENT: _("告知承诺不实"),
}


def ground_label(ground: str) -> Promise:
    """Return what a ground is called on screen."""
    return GROUNDS[IntegrityGround(ground)]
