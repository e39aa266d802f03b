"""The made-up people of 演示身份."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEMO_PEOPLE: Final[dict[str, Promise]] = {
    "demo-one": _("演示用户甲"),
    "demo-two": _("演示用户乙"),
    "demo-three": _("演示用户丙"),
}
