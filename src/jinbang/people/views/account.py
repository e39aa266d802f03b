"""A candidate's own account: who they are to us, telephone and e-mail, where they are signed in."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.audit.submission import FIELD, perform_once
from jinbang.kernel import clock
from jinbang.people import accounts, codes, rebinding, rules, sessions
from jinbang.people import profile as profiles
from jinbang.people.adapters import AccountAdapter
from jinbang.people.audiences import account_page
from jinbang.people.codes import Pending
from jinbang.people.errors import CodeOver, CodesUsedUp, CodeTooSoon, CodeWrong, ContactTaken
from jinbang.people.forms import BothCodesForm, NewEmailForm, NewPhoneForm
from jinbang.people.queries import Candidate
from jinbang.people.states import CodePurpose

methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@account_page
def profile(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show what is on record about the candidate and their account, masked, with the one next step on top."""
    visits = profiles.visits_of(candidate.account_id, here=request.session.session_key or "")
    context = {
        "profile": profiles.profile_of(candidate),
        "visits": visits[: profiles.LAST],
        "rebinding": rebinding.find_own(candidate),
    }
    return render(request, "people/candidate/profile.html", context)


@require_safe
@account_page
def visits(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show the last sign-ins, and which of them still last."""
    found = profiles.visits_of(candidate.account_id, here=request.session.session_key or "")
    return render(request, "people/candidate/visits.html", {"visits": found})


@require_POST
@account_page
def end_others(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """End every session but this one."""

    def act() -> str:
        account = accounts.get_account(candidate.account_id)
        here = request.session.session_key or ""
        count = sessions.end_sessions(account, by=candidate, now=clock.now(), but=here)
        messages.success(request, _("已退出其他 %(count)s 处登录。") % {"count": count})
        return resolve_url("people:visits")

    key = request.POST.get(FIELD, "")
    return redirect(
        perform_once(key=key, account_id=candidate.account_id, action="people.end_others", body={}, act=act)
    )


# ---------------------------------------------------------------- another telephone or e-mail
@methods
@account_page
def change_phone(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Ask for the new telephone; codes go to it and to what is registered now."""
    return _change(request, candidate, NewPhoneForm, by_email=False)


@methods
@account_page
def change_email(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Ask for the new e-mail address; codes go to it and to what is registered now."""
    return _change(request, candidate, NewEmailForm, by_email=True)


def _change(
    request: HttpRequest, candidate: Candidate, form_class: type[NewPhoneForm | NewEmailForm], *, by_email: bool
) -> HttpResponse:
    form, refusal = form_class(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            _send_both(request, candidate, form.cleaned_data["contact"], by_email=by_email)
            return redirect("people:change_contact")
        except (CodeTooSoon, CodesUsedUp) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "by_email": by_email}
    return render(request, "people/candidate/change_contact.html", context, status=422 if form.is_bound else 200)


def _send_both(request: HttpRequest, candidate: Candidate, contact: str, *, by_email: bool) -> None:
    """Send a code to the new contact and one to the old. A new one that is another's gets no code, and is told so."""
    account = accounts.get_account(candidate.account_id)
    old = accounts.contact_to_ask(account, by_email=by_email)
    network, now = AccountAdapter(request).get_client_ip(request), clock.now()
    holder = accounts.find_by_contact(contact)
    taken = _("有人想用这个号码或邮箱登录另一个账号，但它已经有账号了。") if holder not in {None, account} else ""
    old_id = codes.send_code(old, purpose=CodePurpose.CHANGE_OLD, network=network, now=now) if old else ""
    new_id = codes.send_code(contact, purpose=CodePurpose.CHANGE_NEW, network=network, now=now, instead=taken)
    pending = Pending(CodePurpose.CHANGE_NEW.value, str(new_id), contact, account_id=str(account.pk))
    codes.wait_for(request.session, replace(pending, old_code_id=str(old_id), old_contact=old))


@methods
@account_page
def change_contact(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Ask for both codes, and change when both have come back."""
    pending = codes.pending_of(request.session, CodePurpose.CHANGE_NEW)
    if pending is None or pending.account_id != str(candidate.account_id):
        return redirect("people:profile")
    form, refusal = BothCodesForm(request.POST or None, has_old=bool(pending.old_code_id)), None
    if form.is_bound and form.is_valid():
        try:
            return _changed(request, candidate, pending, form)
        except (CodeWrong, CodeOver, ContactTaken) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "new": rules.masked(pending.contact)}
    context["old"] = rules.masked(pending.old_contact) if pending.old_contact else ""
    return render(request, "people/candidate/change_codes.html", context, status=422 if form.is_bound else 200)


def _changed(request: HttpRequest, candidate: Candidate, pending: Pending, form: BothCodesForm) -> HttpResponse:
    typed = {UUID(pending.code_id): form.cleaned_data["code"]}
    if pending.old_code_id:
        typed[UUID(pending.old_code_id)] = form.cleaned_data["old_code"]
    purposes = (CodePurpose.CHANGE_OLD, CodePurpose.CHANGE_NEW)
    codes.prove(typed, purposes=purposes, now=clock.now())
    accounts.change_contact(candidate.account_id, pending.contact, by=candidate, now=clock.now())
    codes.forget(request.session)
    messages.success(request, _("已更换，并通知了原来的手机或邮箱。"))
    return redirect("people:profile")
