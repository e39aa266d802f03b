"""The sums a rehearsal is held against: counted by the database alone, apart from the code that wrote it."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, Sum

from jinbang.kernel.digests import Json, sha256_hex
from jinbang.payment.models import LedgerLine
from jinbang.results.models import Mark, Outcome
from jinbang.results.states import BatchState, MarkStatus
from jinbang.seating.models import AdmissionTicket, Seat
from jinbang.sittings.models import ExamRegion


def counted_marks(region: ExamRegion) -> dict[str, int]:
    """Return marks, sums per subject and counts of each status, by aggregate queries over the valid rows."""
    rows = Mark.objects.filter(entry__region=region, batch__state=BatchState.VALID.value)
    counted = {"marks": rows.count(), "zero": rows.filter(mark_hundredths=0).count()}
    counted.update({status.value: rows.filter(status=status.value).count() for status in MarkStatus})
    scored = rows.filter(status=MarkStatus.SCORED.value)
    for row in scored.order_by().values("subject_code").annotate(total=Sum("mark_hundredths")):
        counted[f"sum:{row['subject_code']}"] = row["total"]
    return counted


def digest_of_marks(region: ExamRegion, *, numbers: Mapping[UUID, str]) -> str:
    """Return the hash of who sat where in what and got which mark. `numbers` has each person's document number."""
    seats = Seat.objects.filter(plan__region=region).values_list(
        "ticket__application__person_id", "session__subject_code", "room__site__code"
    )
    sites = {(person, subject): site for person, subject, site in seats.iterator()}
    rows = Mark.objects.filter(entry__region=region, batch__state=BatchState.VALID.value).values_list(
        "entry__person_id", "subject_code", "status", "mark_hundredths"
    )
    lines = sorted(
        f"{numbers[person]}|{sites.get((person, subject), '')}|{subject}|{status}|{mark}"
        for person, subject, status, mark in rows.iterator()
    )
    return sha256_hex("\n".join(lines).encode())


def summary_of(region: ExamRegion, *, numbers: Mapping[UUID, str]) -> dict[str, Json]:
    """Return what a season came to, the same for the same seed: seats, everybody's marks, outcomes, money.

    `numbers` has the document number of each of its people.
    """
    overall = Outcome.objects.filter(entry__region=region).order_by("overall").values("overall")
    return {
        "考生": len(numbers),
        "准考证": AdmissionTicket.objects.filter(region=region).count(),
        "座位": Seat.objects.filter(plan__region=region).count(),
        "成绩": dict(sorted(counted_marks(region).items())),
        "逐人逐科": digest_of_marks(region, numbers=numbers)[:16],
        "结论": {row["overall"]: row["count"] for row in overall.annotate(count=Count("pk"))},
        "账目合计（应为 0 分）": LedgerLine.objects.aggregate(total=Sum("amount_fen"))["total"] or 0,
    }
