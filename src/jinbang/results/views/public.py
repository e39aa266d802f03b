"""For everybody: checking a result report, and having a forgotten ticket number sent to one's own telephone."""

import ssl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.people.adapters import AccountAdapter
from jinbang.people.audiences import public_page
from jinbang.results import paper_queries
from jinbang.results.actions.reminder import remind_by_document, remind_by_name
from jinbang.results.actions.reports import count_check
from jinbang.results.forms import FindByDocumentForm, FindByNameForm
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


@never_cache
@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def find_ticket(request: HttpRequest) -> HttpResponse:
    """Ask by which way somebody is found. Whoever is meant, the answer on the screen is one and the same."""
    by_document = FindByDocumentForm(request.POST if "document_number" in request.POST else None)
    by_name = FindByNameForm(request.POST if "born_on" in request.POST else None)
    asked = {"network": AccountAdapter(request).get_client_ip(request), "by": SYSTEM, "now": clock.now()}
    if by_document.is_valid():
        remind_by_document(number=by_document.cleaned_data["document_number"], **asked)
        return redirect("results:find-ticket-sent")
    if by_name.is_valid():
        remind_by_name(**by_name.cleaned_data, **asked)
        return redirect("results:find-ticket-sent")
    forms = {"by_document": by_document, "by_name": by_name}
    status = 422 if by_document.errors or by_name.errors else 200
    return render(request, "results/public/find_ticket.html", forms, status=status)


@public_page
@require_safe
def find_ticket_sent(request: HttpRequest) -> HttpResponse:
    """Say that a message goes out where there is somebody to send it to."""
    return render(request, "results/public/find_ticket_sent.html")
