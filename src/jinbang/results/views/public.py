"""Checking a result report, for everybody: by its code, and by the file itself."""

import ssl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.kernel import clock
from jinbang.people.adapters import AccountAdapter
from jinbang.people.audiences import public_page
from jinbang.results import paper_queries
from jinbang.results.actions.reports import count_check
from jinbang.results.paper_forms import VerifyReportForm
from jinbang.results.screens.reports import report_screen


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@never_cache
def verify_report(request: HttpRequest) -> HttpResponse:
    """Show what was issued under a code, masked, and whether it still stands. The code never stands in an address.

    From one network only so often: the refusal's page says when to come again.
    """
    form = VerifyReportForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        count_check(network=AccountAdapter(request).get_client_ip(request), now=clock.now())
        given = form.cleaned_data["file"]
        found = report_screen(form.cleaned_data["code"], paper=given.read() if given else None)
        context |= {"report": found, "is_asked": True}
    return render(request, "results/public/verify_report.html", context, status=422 if form.errors else 200)


@require_safe
@public_page
def certificate(_request: HttpRequest) -> HttpResponse:
    """Return the certificates under which reports are signed (PEM), for readers of PDF that check them offline."""
    pem = "".join(ssl.DER_cert_to_PEM_cert(one) for one in paper_queries.certificates())
    return HttpResponse(pem, content_type="application/x-pem-file")
