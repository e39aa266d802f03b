"""The words on screen and on paper for a registration point's counter."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME: Final = gettext_lazy("姓名")

PLEDGE_WORDS: Final[Mapping[str, Promise]] = {
    "signature": gettext_lazy("承诺人签名："),
    "day": gettext_lazy("日期："),
    "demo": gettext_lazy("演示"),
}


def pledge_version(version: str, sha256: str) -> str:
    """Return the line at the foot of the pledge that ties the paper to its wording."""
    return _("版本 %(version)s　原文校验值 %(hash)s") % {"version": version, "hash": sha256}


def printed_at(when: str) -> str:
    """Return when it was printed, in words."""
    return _("%(when)s 打印") % {"when": when}
