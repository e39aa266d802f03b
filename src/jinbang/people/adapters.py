"""How the sign-in library sees our accounts: limits on passwords, second factors, where each kind goes.

Codes are not the library's work but that of `codes`: they go out through the function named by `JINBANG_CODE_SENDER`.
"""

import base64
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.stages import LoginByCodeStage, PhoneVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jinbang.kernel import clock
from jinbang.kernel.crypto import key_ring, new_data_key, open_sealed, seal
from jinbang.people import limits
from jinbang.people.accounts import tell_owner
from jinbang.people.audiences import begin_session
from jinbang.people.forms import PhoneField
from jinbang.people.labels import NEWS
from jinbang.people.models import Account
from jinbang.people.outside.rules import is_path_of_ours
from jinbang.people.queries import find_account_by_login, find_account_by_phone
from jinbang.people.rules import parse_phone
from jinbang.people.sessions import has_come_from, is_new_device, note_sign_in
from jinbang.people.states import AccountKind

DESK: Final = "/desk/"
_SECRET_PLACE: Final = b"mfa_authenticator|data"


def console_sender(phone: str, text: str) -> None:
    """Print a message for a telephone on the standard output: for the demo and for working on the program."""
    sys.stdout.write(f"[SMS {phone}] {text}\n")


@dataclass(frozen=True)
class Attempt:
    """One attempt at a password: whose, and from which network. An unknown name is counted like a known one."""

    subject: str
    address: str
    is_known: bool

    @classmethod
    def of(cls, *, login: str, address: str) -> Self:
        """Return the attempt at whatever account this login names, however it was spelt."""
        account = find_account_by_login(login)
        if account is None:
            return cls(f"typed|{login.strip().casefold()}", address, is_known=False)
        return cls(str(account.pk), address, is_known=has_come_from(account.pk, address))

    def take(self, now: datetime) -> bool:
        """Count it; whether it may go on."""
        if not limits.take(limits.PASSWORDS_A_NETWORK, self.address, now=now):
            return False
        if not limits.take(limits.PASSWORD_HERE, self.subject, self.address, now=now):
            return False
        return self.is_known or limits.take(limits.PASSWORD_ELSEWHERE, self.subject, now=now)

    def give_back(self) -> None:
        """Uncount it: the password was right."""
        limits.give_back(limits.PASSWORDS_A_NETWORK, self.address)
        limits.give_back(limits.PASSWORD_HERE, self.subject, self.address)
        if not self.is_known:
            limits.give_back(limits.PASSWORD_ELSEWHERE, self.subject)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Candidates' and staff accounts for django-allauth."""

    # ------------------------------------------------------------ telephone
    def phone_form_field(self, **kwargs: Any) -> PhoneField:  # noqa: ANN401  # whatever a form field takes
        """Return the field for telephone numbers, where a number without a country is a mainland one."""
        return PhoneField(**kwargs)

    def get_phone(self, user: Account) -> tuple[str, bool] | None:
        """Return an account's number and whether it has been proved."""
        return (user.phone, user.phone_verified) if user.phone else None

    def get_user_by_phone(self, phone: str) -> Account | None:
        """Return the account of a number. The sign-in form hands over what was typed: here it gets its one form."""
        return find_account_by_phone(parse_phone(phone))

    # ------------------------------------------------------------ signing in
    def get_login_stages(self) -> list[str]:
        """Return the steps of signing in without the library's own for codes: `codes` and `accounts` do that."""
        theirs = {f"{stage.__module__}.{stage.__name__}" for stage in (PhoneVerificationStage, LoginByCodeStage)}
        return [path for path in super().get_login_stages() if path not in theirs]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401  # allauth's signature
        """Count an attempt before the password is looked at, by account and network. Refuses past the limits.

        The library's own count goes by what was typed, so that one account would have as many as it has spellings.
        """
        self._attempt = Attempt.of(
            login=str(credentials.get("username") or credentials.get("email") or credentials.get("phone") or ""),
            address=self.get_client_ip(request),
        )
        if not self._attempt.take(clock.now()):
            raise forms.ValidationError(
                _("密码试错的次数太多，暂时不能用密码登录。请改用验证码登录，或者过一会儿再试。"), code="too_many"
            )

    def _rollback_login_failed_rl_usage(self) -> None:
        """Uncount what turned out to be the right password: the library calls this then."""
        self._attempt.give_back()

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # allauth's signature
        """Send whoever has come to the other kind's sign-in page to their own."""
        staff_page = reverse("people:staff_sign_in")
        is_staff = user.kind == AccountKind.STAFF
        if request.path == reverse("mfa_login_webauthn"):  # a passkey is both halves at once, whoever holds it
            return None
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
        """Sign in under a fresh session id, start the clocks of the session, and write down where from."""
        super().login(request, user)
        now, agent = clock.now(), self.get_http_user_agent(request)
        begin_session(request.session, at=now)
        if is_new_device(user.pk, agent):
            tell_owner(user, str(NEWS["new_device"]), now=now)
        shown = [str(record["method"]) for record in get_authentication_records(request, user)]
        note_sign_in(
            user,
            session=request.session,
            ways=" ".join(dict.fromkeys(shown)),
            agent=agent,
            address=self.get_client_ip(request),
            now=now,
        )

    def send_notification_mail(self, template_prefix: str, user: Account, *_args: object, **_kwargs: object) -> None:
        """Tell the owner, wherever they have proved to be reached, that a factor or the password has changed."""
        text = NEWS.get(template_prefix.rpartition("/")[2])
        if text is not None:
            tell_owner(user, str(text), now=clock.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where each kind of account begins."""
        if isinstance(request.user, Account) and request.user.kind == AccountKind.STAFF:
            return DESK
        return str(settings.LOGIN_REDIRECT_URL)

    def clean_password(self, password: str, user: Account | None = None) -> str:
        """Refuse, beside what is too weak, to keep a password that somebody else has handed over."""
        if user is not None and user.must_replace_password and user.check_password(password):
            raise forms.ValidationError(_("这是发给您的一次性密码，请换一个只有您自己知道的。"), code="handed_over")
        return str(super().clean_password(password, user=user))

    def set_password(self, user: Account, password: str) -> None:
        """Keep a password that its owner has chosen: from now on it need not be replaced."""
        user.must_replace_password = False
        super().set_password(user, password)

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

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's signature
        """Return a name for a passkey that its owner has not named."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("通行密钥 %(number)s") % {"number": count + 1}

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
