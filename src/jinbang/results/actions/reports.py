"""Issuing the report of results that are out to the person they are of, signed, under a report code.

What is the same is not issued twice: asking again hands out the same paper. After a correction, or under a new name, a
new one is issued under a new code, and the old code says what became of the old one.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.crypto import key_ring, new_data_key, open_sealed, seal
from jinbang.kernel.crypto.papers import PaperKey, new_paper_key, sign_paper
from jinbang.kernel.digests import sha256_hex
from jinbang.kernel.errors import InvariantBroken
from jinbang.kernel.ids import new_id
from jinbang.people import limits
from jinbang.people.limits import Limit
from jinbang.people.queries import Candidate, place_of
from jinbang.results import documents, paper_queries
from jinbang.results.errors import TooManyReportChecks
from jinbang.results.models import ReportKey, ResultReport
from jinbang.results.paper_labels import REPORT_KINDS
from jinbang.results.report_contents import ReportContents, report_contents
from jinbang.results.reports import ReportKind, Standing, new_code

ISSUED: Final = "issue"
_KEY_NAME: Final = "Jinbang result reports"
# An employer checks a pile of them at one sitting; whoever needs more than this is no reader but a program.
CHECKS_A_NETWORK: Final = Limit("report_checks_a_network", 60, timedelta(minutes=10))


# Step 12 of docs/cycles/release.md.
def issue_report(*, entry_id: UUID, kind: ReportKind, by: Candidate, now: datetime) -> ResultReport:
    """Return the report of a candidate's own results, issuing it where none says the same. Half a second.

    Printed and signed before any lock is taken; stored only if what is out is still what was printed, and printed anew
    otherwise. Refuses, with `ReportNotFound`, results that are not theirs or not out, and, with `UnprintableName`, a
    name that no font here can print.
    """
    contents = report_contents(entry_id, kind, by=by, today=now.astimezone(SHANGHAI).date())
    for issued in paper_queries.reports_of(contents.entry_id, kind):
        if issued.holder == contents.holder and issued.years == contents.years:
            return issued
    report = _printed(contents, now=now)
    with transaction.atomic():
        report.save(force_insert=True)
        if paper_queries.standing_now(report) is Standing.STANDS:
            audit.record(report, by=by, event=ISSUED, at=now, details={"kind": kind.value})
            return report
        transaction.set_rollback(True)
    return issue_report(entry_id=entry_id, kind=kind, by=by, now=now)


def _printed(contents: ReportContents, *, now: datetime) -> ResultReport:
    """Return the report with its signed paper, not stored yet."""
    key = _signing_key(now=now)
    code = new_code()
    pdf = documents.report_pdf(contents, code=code, at=now)
    paper = sign_paper(pdf, _opened(key), reason=str(REPORT_KINDS[contents.kind]))
    report = ResultReport(
        id=new_id(),
        entry_id=contents.entry_id,
        kind=contents.kind.value,
        code=code,
        holder=contents.holder,
        years=contents.years,
        paper_sha256=sha256_hex(paper),
        key=key,
        issued_at=now,
    )
    place = place_of(report, "paper_sealed")
    report.paper_sealed = seal(bytes(contents.person.wrapped_key), paper, aad=place, ring=key_ring())
    return report


def _signing_key(*, now: datetime) -> ReportKey:
    """Return the key that signs, making the first one on first use. Of two at once, one is kept."""
    found = paper_queries.current_key()
    if found is not None:
        return found
    with transaction.atomic():
        try:
            with transaction.atomic():
                return _new_key(1, now=now)
        except IntegrityError:
            found = paper_queries.current_key()
    if found is None:
        message = "the key that another process has just made is not there"
        raise InvariantBroken(message)
    return found


def _new_key(number: int, *, now: datetime) -> ReportKey:
    made = new_paper_key(f"{_KEY_NAME} {number}", organisation=settings.JINBANG_AUTHORITY_NAME, now=now)
    row = ReportKey(number=number, certificate=made.certificate, wrapped_key=new_data_key(key_ring()), created_at=now)
    place = place_of(row, "private_key_sealed")
    row.private_key_sealed = seal(bytes(row.wrapped_key), made.private_key, aad=place, ring=key_ring())
    row.save(force_insert=True)
    return row


def _opened(key: ReportKey) -> PaperKey:
    place = place_of(key, "private_key_sealed")
    private = open_sealed(bytes(key.wrapped_key), bytes(key.private_key_sealed), aad=place, ring=key_ring())
    return PaperKey(bytes(key.certificate), private)


def count_check(*, network: str, now: datetime) -> None:
    """Count one check of a report by its code, before it is looked for, whether there is one or not.

    Refuses, with `TooManyReportChecks`, more than sixty in ten minutes from one network, and says from when on again.
    """
    if not limits.take(CHECKS_A_NETWORK, network, now=now):
        raise TooManyReportChecks(again_at=limits.free_at(CHECKS_A_NETWORK, network, now=now))
