"""The shape of what people type about themselves. Whether it is theirs is decided by the rules."""

import unicodedata
from typing import Any, ClassVar

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.errors import BadIdentityNumber
from jinbang.kernel.identity import DocumentKind, NumberProblem, parse_number
from jinbang.kernel.names import normalise_name
from jinbang.people.audiences import has_just_shown_telephone
from jinbang.people.errors import BadPhone
from jinbang.people.labels import DOCUMENT_KINDS, NUMBER_PROBLEMS, PASSWORD_FORGOTTEN
from jinbang.people.models import Account
from jinbang.people.rules import PASSPHRASE_CHARACTERS_MIN, is_mainland, parse_contact, parse_phone
from jinbang.people.sessions import SHARED
from jinbang.people.states import AccountKind


class PhoneField(forms.CharField):
    """A mobile number; one without a country is taken for a mainland one. Cleans to +8613800138000."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "bad_phone": _("这不是有效的手机号。请检查位数；其他国家和地区的号码请以 + 和区号开头。")
    }

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
            raise forms.ValidationError(self.error_messages["bad_phone"], code="bad_phone") from error


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth publishes no types
    """Telephone number, e-mail address or sign-in name, and password."""

    login_label = _("手机号、邮箱或用户名")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Label the field, and let a password manager recognise it."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = self.login_label
        self.fields["login"].widget = forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""  # the library's way back goes by a link in an e-mail: ours by a code
        self.fields["shared"] = SharedComputerForm.base_fields["shared"]

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Remember for the session that begins whether others use this computer."""
        request.session[SHARED] = bool(self.cleaned_data.get("shared"))
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        return response


class ContactField(forms.CharField):
    """A mobile number or an e-mail address, whichever somebody has. Cleans to its one form."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # whatever a character field takes
        """Let a browser offer what was used to sign in before."""
        kwargs.setdefault("label", _("手机号或邮箱"))
        attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(max_length=120, **kwargs)

    def clean(self, value: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the number or the address in its one form."""
        try:
            return parse_contact(super().clean(value))
        except BadPhone as error:
            raise forms.ValidationError(_("这不是有效的手机号或邮箱，请检查。"), code="bad_contact") from error


class NewPasswordFields(forms.Form):
    """A password chosen by somebody who has none here yet, or has forgotten it, typed twice."""

    password1 = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=200,
        help_text=_("至少 10 个字符，不能是常见的密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("再输入一次密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    account: Account | None = None
    """Whose password it becomes; a form that signs up makes one of the contact typed above."""

    def clean_password1(self) -> str:
        """Refuse what is too short, too common, or too much like what stands in the account."""
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.account)
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse two passwords that differ."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password1") and cleaned.get("password1") != cleaned.get("password2"):
            self.add_error("password2", forms.ValidationError(_("两次输入的密码不一致，请重新输入。")))
        return cleaned


class SignUpForm(NewPasswordFields):
    """A mainland mobile number and a password; the sign-in name is given by us: one thing to remember is enough."""

    field_order = ("contact", "password1", "password2")
    contact = PhoneField(
        label=_("手机号"),
        help_text=_("填写 11 位大陆手机号，不必加 +86。"),
        error_messages={"bad_phone": _("这不是有效的大陆手机号，请检查是不是 11 位。没有的，请用邮箱注册。")},
    )

    def clean_contact(self) -> str:
        """Refuse a number of another country: whoever has only such a one signs up by e-mail."""
        phone: str = self.cleaned_data["contact"]
        if not is_mainland(phone):
            raise forms.ValidationError(_("这里只能用大陆手机号。没有的，请用邮箱注册。"), code="not_mainland")
        self.account = Account(phone=phone)
        return phone


class SignUpByEmailForm(NewPasswordFields):
    """An e-mail address and a password, for people without a mainland telephone."""

    field_order = ("contact", "password1", "password2")
    contact = forms.EmailField(
        label=_("邮箱"),
        max_length=120,
        help_text=_("验证码和以后的通知都发到这里，请填写常用的邮箱。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_contact(self) -> str:
        """Return the address in its one form."""
        email = _parsed_email(self.cleaned_data["contact"])
        self.account = Account(email=email)
        return email


def _parsed_email(typed: str) -> str:
    try:
        return parse_contact(typed)
    except BadPhone as error:
        raise forms.ValidationError(_("这不是有效的邮箱，请检查后重新填写。"), code="bad_contact") from error


class NewPhoneForm(forms.Form):
    """The telephone that is to replace the one before."""

    contact = PhoneField(label=_("新手机号"))


class NewEmailForm(forms.Form):
    """The e-mail address that is to replace the one before, or to stand beside a telephone."""

    contact = forms.EmailField(
        label=_("新邮箱"), max_length=120, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_contact(self) -> str:
        """Return the address in its one form."""
        return _parsed_email(self.cleaned_data["contact"])


class SharedComputerForm(forms.Form):
    """The choice that whoever sits at a computer of others makes when signing in."""

    shared = forms.BooleanField(
        label=_("这是公用的电脑或手机"),
        required=False,
        help_text=_("勾选后 10 分钟不操作就自动退出，退出时清除这台设备上留下的内容。"),
    )


class RequestCodeForm(SharedComputerForm):
    """Where a code for signing in goes."""

    field_order = ("contact", "shared")
    contact = ContactField()


class RecoverForm(forms.Form):
    """What was registered, by whoever has forgotten the rest."""

    contact = ContactField(help_text=_("填写注册时用的手机号或邮箱。"))


class CodeForm(forms.Form):
    """Six digits that were sent."""

    code = forms.CharField(label=_("验证码"), max_length=12)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Ask for a keyboard of digits, and let a telephone fill in what has just come."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.update(
                {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
            )

    def clean_code(self) -> str:
        """Return the digits as a keyboard of any width wrote them."""
        return unicodedata.normalize("NFKC", self.cleaned_data["code"]).replace(" ", "")


class BothCodesForm(CodeForm):
    """The code that went to what is registered now, and the one that went to what replaces it."""

    field_order = ("old_code", "code")
    old_code = forms.CharField(label=_("原手机或邮箱收到的验证码"), max_length=12)

    def __init__(self, *args: Any, has_old: bool, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Ask for one code where nothing was registered before."""
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("新手机或邮箱收到的验证码")
        if not has_old:
            del self.fields["old_code"]


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


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth publishes no types
    """A passkey that is being added, and what its owner calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the fields. Signing in without a password is what a passkey is for, so it is ticked."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名称")
        self.fields["name"].help_text = _("例如“我的手机”，方便以后辨认。")
        self.fields["passwordless"].label = _("登录时只用它，不再输入密码")
        self.fields["passwordless"].help_text = ""
        self.fields["passwordless"].initial = True


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth publishes no types
    """What a passkey is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the field."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名称")


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth publishes no types
    """The first code that an authenticator app shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the field."""
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("动态码")
        self.fields["code"].widget.attrs.pop("placeholder", None)
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "class": "govuk-input--width-10"})


class PasswordAgainForm(PasswordReauthenticateForm):  # type: ignore[misc]  # allauth publishes no types
    """The password, asked again before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Name the field, without the library's way back by a link in an e-mail."""
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


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
        self.fields["oldpassword"].help_text = PASSWORD_FORGOTTEN[AccountKind(self.user.kind)]


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
        check_number(self, cleaned)
        return cleaned


def check_number(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Put the number into its one form, or say in a sentence where to look."""
    kind, number = cleaned.get("kind"), cleaned.get("number")
    if kind and number:
        try:
            cleaned["number"] = parse_number(number, kind=DocumentKind(kind)).number
        except BadIdentityNumber as error:
            form.add_error("number", forms.ValidationError(str(NUMBER_PROBLEMS[NumberProblem(error.problem)])))


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
