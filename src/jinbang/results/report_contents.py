"""What a result report says, in words, gathered from what is out of one person's results. Reads only.

The words are those of the candidate's own page, so that a status reads alike on both and no two statuses read alike.
Name and document are those of the day the report is asked for, because its reader compares it with a document of today.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from jinbang.kernel.digests import Json
from jinbang.kernel.masking import mask_document, mask_ticket
from jinbang.people.labels import document_kind_label
from jinbang.people.models import Person
from jinbang.people.queries import Candidate, document_number_of, get_person
from jinbang.results import paper_queries
from jinbang.results.models import Outcome
from jinbang.results.reports import ReportKind, outcome_hash
from jinbang.results.screens.record import is_void_since, sitting_row, way_of


@dataclass(frozen=True)
class ReportContents:
    """Everything one report says. `holder` and `years` are what is kept in clear; the numbers in full are for paper."""

    kind: ReportKind
    entry_id: UUID
    person: Person
    authority: str
    phone: str
    document_number: str = field(repr=False)
    ticket_numbers: tuple[str, ...] = field(repr=False)
    holder: dict[str, Json]
    years: list[dict[str, Json]]


def report_contents(entry_id: UUID, kind: ReportKind, *, by: Candidate, today: date) -> ReportContents:
    """Return what a report says. Five queries. Refuses, with `ReportNotFound`, what is not theirs or not out."""
    outcomes = paper_queries.own_outcomes(entry_id, kind, by=by)
    person = get_person(by.require_person())
    document = document_number_of(person, on=today)
    region = outcomes[0].entry.region
    owner = region.sitting.owner
    return ReportContents(
        kind=kind,
        entry_id=outcomes[0].entry_id,
        person=person,
        authority=region.authority.organisation or owner.organisation or region.authority.name,
        phone=region.authority.phone or owner.phone,
        document_number=document.number,
        ticket_numbers=tuple(one.entry.ticket_number for one in outcomes),
        holder={
            "name": person.name,
            "document_kind": str(document_kind_label(document.kind)),
            "document_masked": mask_document(document.number),
        },
        years=_years(outcomes),
    )


def _years(outcomes: Sequence[Outcome]) -> list[dict[str, Json]]:
    return [_year(one) for one in outcomes]


def _year(outcome: Outcome) -> dict[str, Json]:
    entry = outcome.entry
    row = sitting_row(entry, outcome)
    is_void = is_void_since(outcome)
    return {
        "entry": str(entry.pk),
        "outcome": outcome_hash(overall=outcome.overall, subjects=outcome.subjects, is_void=is_void),
        "sitting": row.title,
        "region": entry.region.authority.name,
        "way": way_of(entry, entry.sitting.programme_version.programme),
        "ticket_masked": mask_ticket(entry.ticket_number),
        "overall": str(row.label),
        "remark": str(row.remark),
        "subjects": [
            {"name": one.name, "mark": str(one.mark), "pass_mark": one.pass_mark, "verdict": str(one.verdict)}
            for one in row.subjects
        ],
    }
