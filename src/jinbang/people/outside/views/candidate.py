"""What a candidate does with outside identities of their own: link one that waits, see them, give one up."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.people.audiences import candidate_page
from jinbang.people.outside import actions, pending, queries
from jinbang.people.outside.errors import (
    OutsideIdentityTaken,
    OutsideLastWayIn,
    OutsideNothingPending,
    OutsideNotLinked,
    OutsideRefused,
)
from jinbang.people.outside.forms import UnlinkForm
from jinbang.people.outside.views.public import refused
from jinbang.people.queries import Candidate


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def link(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Ask whether the outside identity that waits shall open this account from now on, and do it."""
    waiting = pending.find(request.session, now=clock.now())
    if waiting is None:
        return refused(request, None, refusal=OutsideNothingPending())
    name = queries.name_of(waiting.provider_id)
    if request.method == "POST":
        try:
            location = _link(request, candidate, waiting)
        except OutsideIdentityTaken as refusal:
            return refused(request, None, refusal=refusal)
        messages.success(request, _("已绑定%(name)s。下次可以直接用它登录。") % {"name": name})
        return redirect(location)
    if queries.is_linked(candidate.account_id, provider_id=waiting.provider_id, uid=waiting.uid):
        return redirect("outside:identities")
    return render(request, "people/candidate/outside_link.html", {"name": name, "candidate": candidate})


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def identities(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show what is linked and what could be; give one up as long as another way to sign in remains."""
    form = UnlinkForm(request.POST if request.method == "POST" else None)
    refusal: OutsideRefused | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_unlink(request, candidate, form.cleaned_data["identity"]))
        except (OutsideLastWayIn, OutsideNotLinked) as error:
            refusal = error
    context = {"identities": queries.identities_of(candidate.account_id), "doors": queries.doors(), "refusal": refusal}
    return render(request, "people/candidate/outside_identities.html", context, status=422 if form.is_bound else 200)


def _link(request: HttpRequest, candidate: Candidate, waiting: pending.Pending) -> str:
    def act() -> str:
        actions.link_identity(provider_id=waiting.provider_id, uid=waiting.uid, by=candidate, now=clock.now())
        return waiting.onwards or str(settings.LOGIN_REDIRECT_URL)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action=f"people.link_identity:{waiting.provider_id}",
        body=body_of(request.POST),
        act=act,
    )


def _unlink(request: HttpRequest, candidate: Candidate, identity_id: int) -> str:
    def act() -> str:
        actions.unlink_identity(identity_id=identity_id, by=candidate, now=clock.now())
        messages.success(request, _("已解除绑定。"))
        return resolve_url("outside:identities")

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action="people.unlink_identity",
        body=body_of(request.POST),
        act=act,
    )
