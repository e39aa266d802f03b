"""Reporting an anomaly: open to everybody, because whoever is missing from the results may have no account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.people.adapters import AccountAdapter
from jinbang.people.audiences import public_page
from jinbang.recheck import actions
from jinbang.recheck.forms import ReportForm
from jinbang.recheck.rules import AnomalyKind, is_receipt


@never_cache
@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Take a report. The query's receipt number comes in the address: it is random and says nothing about anybody."""
    if request.method != "POST":
        carried = {name: request.GET.get(name, "") for name in ("release", "receipt")}
        return render(request, "recheck/public/report.html", {"form": ReportForm(initial=carried)})
    form = ReportForm(request.POST)
    if not form.is_valid():
        return render(request, "recheck/public/report.html", {"form": form}, status=422)
    kept = actions.report_anomaly(
        receipt=form.cleaned_data["receipt"],
        release=form.cleaned_data["release"],
        kind=AnomalyKind(form.cleaned_data["kind"]),
        content=form.content(),
        network=AccountAdapter(request).get_client_ip(request),
        by=SYSTEM,
        now=clock.now(),
    )
    return redirect("recheck:reported", receipt=kept.receipt)


@public_page
@require_safe
def reported(request: HttpRequest, receipt: str) -> HttpResponse:
    """Say what happens next. The same page for every number of the right shape, whether or not a report has it."""
    shown = receipt if is_receipt(receipt) else ""
    return render(request, "recheck/public/reported.html", {"receipt": shown})
