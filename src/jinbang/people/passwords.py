"""What a password must not be, in our own words: Django judges, but says half of it in English."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """A least number of characters."""

    def get_error_message(self) -> str:
        """Say how many are needed."""
        return _("密码太短，至少要有 %(least)s 个字符。") % {"least": self.min_length}

    def get_help_text(self) -> str:
        """Say how many are needed, beforehand."""
        return _("密码至少要有 %(least)s 个字符。") % {"least": self.min_length}


class Uncommon(CommonPasswordValidator):
    """None of the twenty thousand that are tried first."""

    def get_error_message(self) -> str:
        """Say that others use it too."""
        return _("这个密码太常见，容易被猜到，请换一个。")

    def get_help_text(self) -> str:
        """Say so beforehand."""
        return _("不要使用“12345678”“password”一类的常见密码。")


class UnlikeOneself(UserAttributeSimilarityValidator):
    """Nothing that stands in the account itself."""

    def get_error_message(self) -> str:
        """Say what it is too much like, without repeating it."""
        return _("密码与您的用户名、手机号或其他个人信息太相似，请换一个。")

    def get_help_text(self) -> str:
        """Say so beforehand."""
        return _("密码不要与用户名、手机号等个人信息相似。")
