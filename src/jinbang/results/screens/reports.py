"""What whoever has the report code of a result report sees: what was issued, masked, and whether it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from jinbang.kernel.digests import sha256_hex
from jinbang.kernel.masking import mask_name
from jinbang.results import paper_labels, paper_queries
from jinbang.results.reports import ReportKind, shown_code


@dataclass(frozen=True)
class ReportScreen:
    """One report as issued. `is_same_file`: of a PDF that was handed in; None where none was."""

    code: str
    kind: Promise
    standing: Promise
    colour: str
    stands: bool
    name: str
    document_kind: str
    document_masked: str
    years: Sequence[Mapping[str, Any]]
    issued_at: datetime
    is_same_file: bool | None


def report_screen(code: str, *, paper: bytes | None = None) -> ReportScreen | None:
    """Return the report of a code; None where there is none. Two queries."""
    report = paper_queries.find_report(code)
    if report is None:
        return None
    standing = paper_queries.standing_now(report)
    return ReportScreen(
        code=shown_code(report.code),
        kind=paper_labels.REPORT_KINDS[ReportKind(report.kind)],
        standing=paper_labels.STANDINGS[standing],
        colour=paper_labels.STANDING_COLOURS[standing],
        stands=standing.is_good,
        name=mask_name(report.holder["name"]),
        document_kind=report.holder["document_kind"],
        document_masked=report.holder["document_masked"],
        years=report.years,
        issued_at=report.issued_at,
        is_same_file=None if paper is None else sha256_hex(paper) == report.paper_sha256,
    )
