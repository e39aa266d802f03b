"""Evidence: a candidate's page for each item, and its files, opened for whoever gave them and for the reviewer.

A file is never shown as part of our own pages but in a sandbox of its own: nothing in it runs, asks or leads anywhere,
and no browser guesses its kind. A PDF is only ever downloaded.
"""

from hashlib import sha256
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.application import actions, papers, queries, steps
from jinbang.application.errors import (
    EvidenceFileTooLarge,
    EvidencePagesFull,
    EvidenceRepeated,
    EvidenceTooManyPixels,
    EvidenceTooSmall,
    EvidenceUnreadable,
)
from jinbang.application.evidence import JPEG, clean_file, item_key
from jinbang.application.papers import OpenedFile
from jinbang.application.rules import Task
from jinbang.application.uploads import EvidenceForm
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page, desk_page
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import Role

CORRECTABLE = (
    EvidenceFileTooLarge,
    EvidencePagesFull,
    EvidenceRepeated,
    EvidenceTooManyPixels,
    EvidenceTooSmall,
    EvidenceUnreadable,
)


@require_safe
@candidate_page
def evidence(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Show which papers are needed and what has been given of each."""
    reading = queries.get_page(application_id, Task.EVIDENCE, by=candidate)
    context = {"application": reading.application, "items": steps.evidence_of(reading)}
    return render(request, "application/candidate/evidence.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def evidence_item(request: HttpRequest, candidate: Candidate, application_id: UUID, key: str) -> HttpResponse:
    """Take pages of one item, and show what became of them."""
    reading = queries.get_page(application_id, Task.EVIDENCE, by=candidate)
    item = steps.get_item(reading, key)
    form = EvidenceForm(request.POST, request.FILES) if request.method == "POST" else EvidenceForm()
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_add(request, candidate, application_id, item=item.item, form=form))
        except CORRECTABLE as error:
            refusal = error
    context = {
        "application": reading.application,
        "item": item,
        "form": form,
        "refusal": refusal,
        "onwards": steps.onwards(application_id, by=candidate),
    }
    status = 422 if form.is_bound else 200
    return render(request, "application/candidate/evidence_item.html", context, status=status)


@require_POST
@candidate_page
def remove(request: HttpRequest, candidate: Candidate, application_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Take one page back."""
    return redirect(_remove(request, candidate, application_id, evidence_id))


@require_safe
@candidate_page
def file(_request: HttpRequest, candidate: Candidate, application_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Serve one page to whoever gave it. The audience keeps it out of every cache."""
    return sandboxed(papers.open_own_evidence(application_id, evidence_id, by=candidate))


@require_safe
@desk_page(Role.REVIEWER)
def case_file(_request: HttpRequest, staff: Staff, application_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Serve one page to a reviewer in whose scope it lies. The audience keeps it out of every cache."""
    return sandboxed(papers.open_evidence_of_case(application_id, evidence_id, by=staff))


def sandboxed(opened: OpenedFile) -> HttpResponse:
    """Answer with a file that nothing of ours stands in: pictures are shown, everything else is downloaded."""
    disposition = "inline" if opened.content_type == JPEG else 'attachment; filename="evidence.pdf"'
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(opened.content, content_type=opened.content_type, headers=headers)


def _add(request: HttpRequest, candidate: Candidate, application_id: UUID, *, item: str, form: EvidenceForm) -> str:
    # Pictures are decoded before the transaction begins, which must not be held open by it.
    files = [clean_file(uploaded.read()) for uploaded in form.cleaned_data["pages"]]

    def act() -> str:
        actions.add_evidence(application_id=application_id, item=item, files=files, by=candidate, now=clock.now())
        return request.path

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action=f"application.add_evidence:{application_id}",
        body={**body_of(request.POST), "files": sha256("".join(one.sha256 for one in files).encode()).hexdigest()},
        act=act,
    )


def _remove(request: HttpRequest, candidate: Candidate, application_id: UUID, evidence_id: UUID) -> str:
    def act() -> str:
        page = papers.get_own_evidence(application_id, evidence_id, by=candidate)
        actions.remove_evidence(application_id=application_id, evidence_id=evidence_id, by=candidate, now=clock.now())
        return resolve_url("application:evidence_item", application_id, item_key(page.item))

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action=f"application.remove_evidence:{evidence_id}",
        body=body_of(request.POST),
        act=act,
    )
