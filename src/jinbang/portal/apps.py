"""Registers the portal phase with Django, sets the clock of a demo world and the words in which a field asks again."""

from datetime import timedelta
from typing import Final

from django import forms
from django.apps import AppConfig
from django.conf import settings
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.clock import shift_clock

# Django's own say "这个字段是必填项" to somebody who has never heard of fields. A form may still say it more exactly.
FIELD_WORDS: Final = (
    (forms.Field, {"required": _("请填写这一项。")}),
    (forms.ChoiceField, {"required": _("请选择一项。"), "invalid_choice": _("请从列出的选项里选择。")}),
    (forms.MultipleChoiceField, {"invalid_choice": _("请从列出的选项里选择。")}),
    (forms.BooleanField, {"required": _("请勾选这一项。")}),
    (forms.FileField, {"required": _("请选择文件。"), "empty": _("这个文件是空的，请重新选择。")}),
    (forms.IntegerField, {"invalid": _("请填写整数。")}),
    (forms.DateField, {"invalid": _("请填写真实存在的日期，例如 2026-03-10。")}),
)


class PortalConfig(AppConfig):
    """The portal phase."""

    name = "jinbang.portal"
    label = "portal"

    def ready(self) -> None:
        """Move the clock by what the demo asks, whose world stays as old as it was when built; give fields words."""
        shift_clock(timedelta(seconds=settings.JINBANG_CLOCK_SHIFT_SECONDS))
        for kind, words in FIELD_WORDS:
            kind.default_error_messages = {**vars(kind).get("default_error_messages", {}), **words}
        EmailValidator.message = _("请填写有效的邮箱，例如 name@example.com。")
