"""The shape of what people type about themselves. Whether it is theirs is decided by the rules."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    SignupForm,
    VerifyPhoneForm,
)
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.errors import BadIdentityNumber
from jinbang.kernel.identity import DocumentKind, NumberProblem, parse_number
from jinbang.kernel.names import normalise_name
from jinbang.people.audiences import has_just_shown_telephone
from jinbang.people.errors import BadPhone
from jinbang.people.labels import DOCUMENT_KINDS, NUMBER_PROBLEMS
from jinbang.people.rules import PASSPHRASE_CHARACTERS_MIN, parse_phone


class PhoneField(forms.CharField):
    """A mobile number; one without a country is taken for a mainland one. Cleans to +8613800138000."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # whatever a character field takes
        """Label the field and let a telephone offer its own number."""
        kwargs.setdefault("label", _("手机号"))
        kwargs.setdefault("help_text", _("大陆手机号直接填写 11 位；其他国家和地区请以 + 和区号开头。"))
        attributes = {"autocomplete": "tel", "inputmode": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", **attributes}))
        super().__init__(max_length=32, **kwargs)

    def clean(self, value: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the number in its one form."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_phone(text)
        except BadPhone as error:
            raise forms.ValidationError(
                _("这不是有效的手机号。请检查位数；其他国家和地区的号码请以 + 和区号开头。"), code="bad_phone"
            ) from error


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth publishes no types
    """Telephone number or sign-in name, and password."""

    login_label = _("手机号或用户名")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Label the field, and let a password manager recognise it."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = self.login_label
        self.fields["login"].widget = forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""  # the library's way back goes by e-mail, which no candidate has to have


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth publishes no types
    """A mobile number and a password; the sign-in name is given by us, because one thing to remember is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Say in one sentence what a password needs, and call the number what everybody calls it."""
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("手机号")
        self.fields["password1"].help_text = _("至少 10 个字符，不能是常见的密码。")
        self.fields["password2"].label = _("再输入一次密码")


class PhoneCodeForm(VerifyPhoneForm):  # type: ignore[misc]  # allauth publishes no types
    """The code that proves a telephone number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the code, and ask for a keyboard of digits."""
        super().__init__(*args, **kwargs)
        _ask_for_digits(self, label=_("短信验证码"))


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth publishes no types
    """The telephone number to which a code for signing in goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Ask for the number alone."""
        super().__init__(*args, **kwargs)
        del self.fields["email"]
        self.fields["phone"].required = True

    def clean_phone(self) -> str:
        """Return the number. Refuses to send a second code within a minute, and says so."""
        try:
            return str(super().clean_phone())
        except forms.ValidationError as error:
            if error.code != "too_many_login_attempts":
                raise
            raise forms.ValidationError(
                _("这个手机号刚发过验证码。请等一分钟再试，每天最多发送 10 次。"), code="too_soon"
            ) from error


class SignInCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth publishes no types
    """The code that signs in without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the code, and ask for a keyboard of digits."""
        super().__init__(*args, **kwargs)
        _ask_for_digits(self, label=_("短信验证码"))


class SecondFactorForm(AuthenticateForm):  # type: ignore[misc]  # allauth publishes no types
    """The code of an authenticator app, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the code. Recovery codes hold letters, so any keyboard will do."""
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("动态码或恢复码")


class SecondFactorAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth publishes no types
    """The same, asked again before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the code."""
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("动态码或恢复码")


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth publishes no types
    """A new password. The old one is asked unless a code to the telephone has just stood in for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Leave out the old password for whoever has shown within the last quarter to hold the telephone."""
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("新密码")
        self.fields["password1"].help_text = _("至少 10 个字符，不能是常见的密码。")
        self.fields["password2"].label = _("再输入一次新密码")
        if has_just_shown_telephone(context.request, self.user):
            del self.fields["oldpassword"]
            return
        self.fields["oldpassword"].label = _("现在的密码")
        self.fields["oldpassword"].help_text = _("忘记了？请退出，用短信验证码登录后再来修改，就不必填写。")


def _ask_for_digits(form: forms.Form, *, label: Promise) -> None:
    form.fields["code"].label = str(label)
    form.fields["code"].widget.attrs.update({"inputmode": "numeric", "class": "govuk-input--width-10"})


class StaffSignInForm(SignInForm):
    """Sign-in name and password of a member of staff."""

    login_label = _("用户名")


class IdentityForm(forms.Form):
    """Name, kind of document and its number, as they stand on the document."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=64,
        help_text=_("与证件上的完全一致。少数民族姓名中间的点可以用任何一种“·”，不影响核对。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    kind = forms.ChoiceField(
        label=_("证件类型"), choices=[(kind.value, label) for kind, label in DOCUMENT_KINDS.items()]
    )
    number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        help_text=_("空格、横线、全角数字和小写 x 都可以；15 位的老号码会自动换成 18 位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        """Return the name in the form in which it is kept."""
        name = normalise_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("请填写证件上的姓名。"), code="required")
        return name

    def clean(self) -> dict[str, Any]:
        """Refuse a number that cannot be one of this kind, in a sentence that says where to look."""
        cleaned = super().clean() or self.cleaned_data
        kind, number = cleaned.get("kind"), cleaned.get("number")
        if kind and number:
            try:
                cleaned["number"] = parse_number(number, kind=DocumentKind(kind)).number
            except BadIdentityNumber as error:
                self.add_error("number", forms.ValidationError(str(NUMBER_PROBLEMS[NumberProblem(error.problem)])))
        return cleaned


class OfficerKeyForm(forms.Form):
    """A passphrase, typed twice, because nobody can tell an officer what it was."""

    passphrase = forms.CharField(
        label=_("签名口令"),
        strip=False,
        min_length=PASSPHRASE_CHARACTERS_MIN,
        max_length=200,
        help_text=_("至少 12 个字。系统不保存口令：忘记后只能重新生成密钥。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输入一次"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two passphrases that differ."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("passphrase") and cleaned.get("passphrase") != cleaned.get("again"):
            self.add_error("again", forms.ValidationError(_("两次输入的口令不一致，请重新输入。")))
        return cleaned
