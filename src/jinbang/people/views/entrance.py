"""The doors: signing up, signing in by a code, recovering an account, signing out.

A code goes to a telephone or an e-mail address, whichever somebody has, and the page that follows is the same whether
that address has an account or not; its owner is told which. Passwords, passkeys and second factors are checked on the
sign-in library's own pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.hashers import make_password
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people import accounts, codes, rules
from jinbang.people.adapters import AccountAdapter
from jinbang.people.audiences import public_page
from jinbang.people.codes import Pending
from jinbang.people.errors import CodeOver, CodesUsedUp, CodeTooSoon, CodeWrong, ContactTaken
from jinbang.people.forms import (
    CodeForm,
    NewPasswordFields,
    RecoverForm,
    RequestCodeForm,
    SignUpByEmailForm,
    SignUpForm,
)
from jinbang.people.sessions import SHARED
from jinbang.people.states import CodePurpose

RECOVERING: Final = "jinbang_recovering"
methods = require_http_methods(["GET", "HEAD", "POST"])
_Finish = Callable[[HttpRequest, Pending], HttpResponse]


# ---------------------------------------------------------------- signing up
@public_page
@methods
@sensitive_post_parameters()
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for a mainland telephone number and a password."""
    return _sign_up(request, SignUpForm, by_email=False)


@public_page
@methods
@sensitive_post_parameters()
def sign_up_by_email(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address and a password, for people without a mainland telephone."""
    return _sign_up(request, SignUpByEmailForm, by_email=True)


def _sign_up(request: HttpRequest, form_class: type[Form], *, by_email: bool) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_onwards(request))
    form, refusal = form_class(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            _send(request, CodePurpose.SIGN_UP, form, password=make_password(form.cleaned_data["password1"]))
            return redirect("people:sign_up_code")
        except (CodeTooSoon, CodesUsedUp) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "by_email": by_email, "query": request.GET.urlencode()}
    return _page(request, "people/public/sign_up.html", context, form)


@public_page
@methods
def sign_up_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the account is written when it has come back, and not before."""
    return _code_page(request, CodePurpose.SIGN_UP, start="account_signup", finish=_finish_sign_up)


def _finish_sign_up(request: HttpRequest, pending: Pending) -> HttpResponse:
    try:
        account = accounts.sign_up(pending.contact, password=pending.password, now=clock.now())
    except ContactTaken:  # somebody else was faster with the same number: it is theirs who held it last
        messages.info(request, _("这个号码或邮箱已经有账号，请直接登录。"))
        return redirect("account_login")
    record_authentication(request, account, method="code")
    response: HttpResponse = perform_login(request, Login(user=account, redirect_url=pending.next or None, signup=True))
    return response


# ---------------------------------------------------------------- signing in by a code
@public_page
@methods
def code_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask where a code for signing in is to go."""
    if request.user.is_authenticated:
        return redirect(_onwards(request))
    form, refusal = RequestCodeForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            _send(request, CodePurpose.SIGN_IN, form, is_shared=form.cleaned_data["shared"])
            return redirect("people:code_sign_in_confirm")
        except (CodeTooSoon, CodesUsedUp) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "query": request.GET.urlencode()}
    return _page(request, "people/public/code_sign_in.html", context, form)


@public_page
@methods
def code_sign_in_confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the code that signs in; a second factor, where there is one, follows on its own page."""
    return _code_page(request, CodePurpose.SIGN_IN, start="people:code_sign_in", finish=_finish_sign_in)


def _finish_sign_in(request: HttpRequest, pending: Pending) -> HttpResponse:
    account = accounts.get_account(UUID(pending.account_id))
    accounts.note_proof(account, pending.contact, now=clock.now())
    request.session[SHARED] = pending.is_shared
    record_authentication(request, account, method="code")
    response: HttpResponse = perform_login(request, Login(user=account, redirect_url=pending.next or None))
    return response


# ---------------------------------------------------------------- recovering an account
@public_page
@methods
def recover(request: HttpRequest) -> HttpResponse:
    """Ask for the registered telephone or e-mail of whoever has forgotten name or password."""
    form, refusal = RecoverForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            _send(request, CodePurpose.RECOVER, form)
            return redirect("people:recover_code")
        except (CodeTooSoon, CodesUsedUp) as error:
            refusal = error
    return _page(request, "people/public/recover.html", {"form": form, "refusal": refusal}, form)


@public_page
@methods
def recover_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that opens the page with the name and a new password."""
    return _code_page(request, CodePurpose.RECOVER, start="people:recover", finish=_finish_recovery_code)


def _finish_recovery_code(request: HttpRequest, pending: Pending) -> HttpResponse:
    request.session[RECOVERING] = {"account_id": pending.account_id, "until": (clock.now() + codes.LASTS).isoformat()}
    return redirect("people:recover_password")


@public_page
@methods
@sensitive_post_parameters()
def recover_password(request: HttpRequest) -> HttpResponse:
    """Show the sign-in name and take a new password. Nobody is signed in by it: a second factor is asked as ever."""
    recovering = request.session.get(RECOVERING)
    if not recovering or clock.now().isoformat() >= recovering["until"]:
        return redirect("people:recover")
    account = accounts.get_account(UUID(recovering["account_id"]))
    form = NewPasswordFields(request.POST or None)
    form.account = account
    if form.is_bound and form.is_valid():
        accounts.reset_password(account.pk, form.cleaned_data["password1"], now=clock.now())
        request.session.flush()
        messages.success(request, _("密码已重设，所有设备都已退出。请用新密码登录。"))
        return redirect("account_login")
    return _page(request, "people/public/recover_password.html", {"form": form, "username": account.username}, form)


# ---------------------------------------------------------------- signing out, and doors that stay shut
class SignOutView(LogoutView):  # type: ignore[misc]  # allauth publishes no types
    """Sign out, and let the browser throw away what it has kept of this site's pages."""

    def post(self, *args: object, **kwargs: object) -> HttpResponse:
        """End the session. `Clear-Site-Data` works over HTTPS and on localhost; elsewhere a browser ignores it."""
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


sign_out = public_page(SignOutView.as_view())


@public_page
def shut(_request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Stand where the library has a page that we do in another way: by a code, never by a link in a letter."""
    raise Http404


# ---------------------------------------------------------------- what the doors share
def _send(
    request: HttpRequest, purpose: CodePurpose, form: Form, *, password: str = "", is_shared: bool = False
) -> None:
    """Send a code, or the word that there is none to be had, and let the session wait for it."""
    contact = form.cleaned_data["contact"]
    account = accounts.find_by_contact(contact)
    pending = Pending(
        purpose=purpose.value,
        code_id="",
        contact=contact,
        account_id=str(account.pk) if account is not None else "",
        password=password,
        next=_safe_next(request),
        is_shared=is_shared,
    )
    _send_again(request, pending)


def _send_again(request: HttpRequest, pending: Pending) -> None:
    purpose = CodePurpose(pending.purpose)
    code_id = codes.send_code(
        pending.contact,
        purpose=purpose,
        network=AccountAdapter(request).get_client_ip(request),
        now=clock.now(),
        instead=_instead(purpose, is_known=bool(pending.account_id)),
    )
    codes.wait_for(request.session, replace(pending, code_id=str(code_id)))


def _instead(purpose: CodePurpose, *, is_known: bool) -> str:
    """Return what the owner of an address reads where no code can be right; empty where one can."""
    if purpose is CodePurpose.SIGN_UP:
        return _("有人用这个号码或邮箱注册，但它已经有账号了。如果是您本人，请直接登录。") if is_known else ""
    return "" if is_known else _("有人用这个号码或邮箱登录，但它还没有注册。如果是您本人，请先注册账号。")


def _code_page(request: HttpRequest, purpose: CodePurpose, *, start: str, finish: _Finish) -> HttpResponse:
    """Ask for a code, send it once more, or go on with what it was for."""
    pending = codes.pending_of(request.session, purpose)
    if pending is None:
        return redirect(start)
    if request.POST.get("action") == "resend":
        return _resent(request, pending)
    form, refusal = CodeForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        outcome = _proved(request, pending, form.cleaned_data["code"])
        if outcome is None:
            codes.forget(request.session)
            return finish(request, pending)
        refusal = outcome
    context = {"form": form, "refusal": refusal, "purpose": purpose.value, "contact": rules.masked(pending.contact)}
    return _page(request, "people/public/code.html", {**context, "start": start}, form)


def _proved(request: HttpRequest, pending: Pending, digits: str) -> DomainError | None:
    """Use up the code. Returns the refusal to be shown; what is over is forgotten by the session as well."""
    try:
        codes.prove({UUID(pending.code_id): digits}, purposes=(CodePurpose(pending.purpose),), now=clock.now())
    except CodeWrong as error:
        return error
    except CodeOver as error:
        return error
    return None


def _resent(request: HttpRequest, pending: Pending) -> HttpResponse:
    try:
        _send_again(request, pending)
        messages.success(request, _("已重新发送验证码。"))
    except CodeTooSoon:
        messages.warning(request, _("一分钟内已经发过，请先查收。"))
    except CodesUsedUp:
        messages.warning(request, _("今天发送验证码的次数已经用完。"))
    return redirect(request.path)


def _page(request: HttpRequest, template: str, context: Mapping[str, object], form: Form) -> HttpResponse:
    response = render(request, template, dict(context), status=422 if form.is_bound else 200)
    add_never_cache_headers(response)
    return response


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def _onwards(request: HttpRequest) -> str:
    return _safe_next(request) or str(settings.LOGIN_REDIRECT_URL)
