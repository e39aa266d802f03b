"""What a member of staff sees of their own appointments and keys."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.audit.submission import FIELD, perform_once
from jinbang.kernel import clock
from jinbang.people import actions, labels, passkeys, queries
from jinbang.people.audiences import desk_page
from jinbang.people.forms import OfficerKeyForm
from jinbang.people.queries import Staff
from jinbang.people.states import Role


@require_safe
@desk_page()
def desk_profile(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show one's roles of today, where they are held and for which unit, and the public half of one's key."""
    held = [(labels.role_label(held.role), held.authority_name, held.unit) for held in staff.appointments]
    context = {
        "staff": staff,
        "held": held,
        "is_release_officer": Role.RELEASE_OFFICER in staff.roles,
        "officer_key": queries.find_officer_key(staff.account_id),
    }
    return render(request, "people/desk/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.RELEASE_OFFICER)
def officer_key(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Make oneself a signing key; the earlier one is retired."""
    form = OfficerKeyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect(_enrol(request, staff, form.cleaned_data["passphrase"]))
    context = {
        "form": form,
        "officer_key": queries.find_officer_key(staff.account_id),
        "passkeys": passkeys.passkeys_of(staff.account_id),
    }
    return render(request, "people/desk/officer_key.html", context, status=422 if form.is_bound else 200)


@require_POST
@desk_page(Role.RELEASE_OFFICER)
def officer_passkey(request: HttpRequest, staff: Staff, authenticator_id: int) -> HttpResponse:
    """Sign with this passkey from now on; the earlier key is retired."""

    def act() -> str:
        account, host = queries.lock_account(staff.account_id), request.get_host().partition(":")[0]
        actions.enrol_officer_passkey(
            account=account, authenticator_id=authenticator_id, relying_party=host, by=staff, now=clock.now()
        )
        messages.success(request, _("已登记。之后每次签发都用这把通行密钥。"))
        return resolve_url("people:desk_profile")

    key, action = request.POST.get(FIELD, ""), f"people.enrol_passkey:{authenticator_id}"
    return redirect(perform_once(key=key, account_id=staff.account_id, action=action, body={}, act=act))


def _enrol(request: HttpRequest, staff: Staff, passphrase: str) -> str:
    def act() -> str:
        account = queries.lock_account(staff.account_id)
        actions.enrol_officer_key(account=account, passphrase=passphrase, by=staff, now=clock.now())
        messages.success(request, _("签名密钥已生成。之后每次签名都要输入这个口令。"))
        return resolve_url("people:desk_profile")

    # The passphrase stays out of the body: not even its hash is kept.
    return perform_once(
        key=request.POST.get(FIELD, ""), account_id=staff.account_id, action="people.enrol_key", body={}, act=act
    )
