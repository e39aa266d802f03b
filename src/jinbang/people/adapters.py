"""How the sign-in library sees our accounts: telephone numbers, codes, second factors, where each kind goes.

Codes go out at once through the function named by `JINBANG_CODE_SENDER`, called with a telephone number and a text.
"""

import base64
import secrets
import sys
from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import PhoneVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from jinbang.audit import actions as audit
from jinbang.kernel import clock
from jinbang.kernel.crypto import key_ring, new_data_key, open_sealed, seal
from jinbang.people.audiences import begin_session
from jinbang.people.forms import PhoneField
from jinbang.people.models import Account
from jinbang.people.outside.rules import is_path_of_ours
from jinbang.people.queries import find_account_by_phone, get_candidate
from jinbang.people.rules import parse_phone
from jinbang.people.states import AccountKind

DESK: Final = "/desk/"
_CODES: Final = 1_000_000
_SECRET_PLACE: Final = b"mfa_authenticator|data"
# A number that somebody typed at sign-up and never proved blocks its owner no longer than this.
_UNPROVED_MOST: Final = timedelta(minutes=30)


def console_sender(phone: str, text: str) -> None:
    """Print a message for a telephone on the standard output: for the demo and for working on the program."""
    sys.stdout.write(f"[SMS {phone}] {text}\n")


def send_code(phone: str, text: str) -> None:
    """Hand a message to whatever the settings name."""
    import_string(settings.JINBANG_CODE_SENDER)(phone, text)


class CandidatePhoneStage(PhoneVerificationStage):  # type: ignore[misc]  # allauth publishes no types
    """Proving a telephone number while signing in. Staff have none there: theirs is the second factor."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Let staff pass; everybody else proves their number first."""
        user = self.login.user
        if user is not None and user.kind == AccountKind.STAFF:
            return None, True
        outcome: tuple[HttpResponse | None, bool] = super().handle()
        return outcome


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Candidates' and staff accounts for django-allauth."""

    # ------------------------------------------------------------ opening an account
    def new_user(self, request: HttpRequest) -> Account:  # noqa: ARG002  # allauth's signature
        """Return an empty candidate's account: nobody signs up as staff."""
        return Account(kind=AccountKind.CANDIDATE.value, date_joined=clock.now())

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Account, form: BaseForm, commit: bool = True) -> Account:  # noqa: FBT001, FBT002, PLR0917  # allauth's signature
        """Save a new account together with its telephone number, and write down that it was opened."""
        super().save_user(request, user, form, commit=commit)
        audit.record(user, by=get_candidate(user), event="account_opened", at=clock.now())
        return user

    # ------------------------------------------------------------ telephone
    def phone_form_field(self, **kwargs: Any) -> PhoneField:  # noqa: ANN401  # whatever a form field takes
        """Return the field for telephone numbers, where a number without a country is a mainland one."""
        return PhoneField(**kwargs)

    def get_phone(self, user: Account) -> tuple[str, bool] | None:
        """Return an account's number and whether it has been proved."""
        return (user.phone, user.phone_verified) if user.phone else None

    @transaction.atomic
    def set_phone(self, user: Account, phone: str, verified: bool) -> None:  # noqa: FBT001  # allauth's signature
        """Give an account a number, taking it from whoever typed it once and never proved it."""
        Account.objects.filter(phone=phone, phone_verified=False).exclude(pk=user.pk).update(phone=None)
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=("phone", "phone_verified"))

    @transaction.atomic
    def set_phone_verified(self, user: Account, phone: str) -> None:
        """Note that a code sent to this number came back."""
        self.set_phone(user, phone, verified=True)
        audit.record(user, by=get_candidate(user), event="phone_verified", at=clock.now())

    def get_user_by_phone(self, phone: str) -> Account | None:
        """Return the account of a number: proved, or typed so recently that its code may still come back.

        The sign-in form hands over what was typed, so the number is brought into its one form here.
        """
        account = find_account_by_phone(parse_phone(phone))
        if account is None or account.phone_verified or clock.now() - account.date_joined < _UNPROVED_MOST:
            return account
        return None

    def generate_phone_verification_code(self, *, user: Account, phone: str) -> str:  # noqa: ARG002  # allauth's signature
        """Return six digits, which a telephone offers to fill in by itself."""
        return f"{secrets.randbelow(_CODES):06d}"

    def send_verification_code_sms(self, user: Account, phone: str, code: str, **_kwargs: object) -> None:  # noqa: ARG002  # allauth's signature
        """Send a code at once."""
        send_code(phone, _("您的验证码是 %(code)s，10 分钟内有效。请勿告诉任何人。") % {"code": code})

    def send_unknown_account_sms(self, phone: str, **_kwargs: object) -> None:
        """Tell the owner of a number that it has no account; the page tells nobody."""
        send_code(phone, _("有人用这个手机号登录，但它还没有注册。如果是您本人，请先注册账号。"))

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell the owner of a number that it has an account already; the page tells nobody."""
        send_code(phone, _("有人用这个手机号注册，但它已经有账号了。如果是您本人，请直接登录。"))

    # ------------------------------------------------------------ signing in
    def get_login_stages(self) -> list[str]:
        """Return the steps of signing in, with our own in place of the library's for telephone numbers."""
        theirs, ours = (
            f"{stage.__module__}.{stage.__name__}" for stage in (PhoneVerificationStage, CandidatePhoneStage)
        )
        return [ours if path == theirs else path for path in super().get_login_stages()]

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # allauth's signature
        """Send whoever has come to the other kind's sign-in page to their own."""
        staff_page = reverse("people:staff_sign_in")
        is_staff = user.kind == AccountKind.STAFF
        if is_staff and request.path != staff_page:
            messages.info(request, _("这是工作人员账号，请在工作人员登录页登录。"))
            return HttpResponseRedirect(staff_page)
        if not is_staff and request.path == staff_page:
            messages.info(request, _("这是考生账号，请在这里登录。"))
            return HttpResponseRedirect(reverse("account_login"))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be sent on to this address: only to a path of this site, whatever it is called."""
        return url is not None and is_path_of_ours(url)

    def login(self, request: HttpRequest, user: Account) -> None:
        """Sign in, and start the clocks of the session."""
        super().login(request, user)
        begin_session(request.session, at=clock.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where each kind of account begins."""
        if isinstance(request.user, Account) and request.user.kind == AccountKind.STAFF:
            return DESK
        return str(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to where the password was asked to be changed from."""
        is_staff = isinstance(request.user, Account) and request.user.kind == AccountKind.STAFF
        return reverse("people:desk_profile" if is_staff else "people:profile")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Second factors: secrets are sealed under the key ring, and staff always keep one."""

    def encrypt(self, text: str) -> str:
        """Return a secret sealed under a data key of its own, with that key, wrapped, before it."""
        ring = key_ring()
        wrapped = new_data_key(ring)
        sealed = seal(wrapped, text.encode(), aad=_SECRET_PLACE, ring=ring)
        return ".".join(base64.urlsafe_b64encode(part).decode() for part in (wrapped, sealed))

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        wrapped, sealed = (base64.urlsafe_b64decode(part) for part in encrypted_text.split("."))
        return open_sealed(wrapped, sealed, aad=_SECRET_PLACE, ring=key_ring()).decode()

    def get_totp_label(self, user: Account) -> str:
        """Return how an authenticator app names the account."""
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether something remains to sign in with: staff never give up their last factor."""
        if authenticator.user.kind != AccountKind.STAFF or authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        main = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        others = Authenticator.objects.filter(user=authenticator.user, type__in=main).exclude(pk=authenticator.pk)
        return bool(others.exists())


def current_code_of(account: Account) -> str:
    """Return the code an account's authenticator app shows now: what `jinbang demo --code` prints.

    It opens the secret, so whoever may call it could sign in as this account; no page does. It goes by the machine's
    own clock, as the check does.
    """
    totp = Authenticator.objects.get(user=account, type=Authenticator.Type.TOTP)
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return str(auth.format_hotp_value(auth.hotp_value(SecondFactorAdapter().decrypt(totp.data["secret"]), counter)))
