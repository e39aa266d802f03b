"""What one submission said, as it is kept beside the application, and which lines differ between two. Pure.

A version is the answers by field, in JSON: codes, not words, so that a page shows them in the words of today; pictures
and papers by their hash alone. A field that an old version does not know is left at what it means to have no answer.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from jinbang.application.rules import EVIDENCE_LINE, Answers, EvidencePage, Task
from jinbang.kernel.digests import Json

FIELDS: Final[Mapping[Task, tuple[str, ...]]] = {
    Task.LEVEL: ("level_code",),
    Task.SPECIALTY: ("specialty_code",),
    Task.TRACK: ("track_code",),
    Task.EDUCATION: ("education", "graduated_on", "work_years"),
    Task.CONDITION: ("condition_code",),
    Task.SUBJECTS: ("subject_codes",),
    Task.EMPLOYER: ("employer",),
    Task.SITE: ("site_id",),
    Task.PHOTO: ("photo_sha256",),
    Task.COMMITMENT: ("has_commitment_answer", "is_committed"),
}
"""The fields of each line. Evidence is compared item by item; agreeing to the declaration has no answer to compare."""


def as_json(answers: Answers) -> dict[str, Json]:
    """Return the answers as they are kept."""
    return {
        "level_code": answers.level_code,
        "specialty_code": answers.specialty_code,
        "track_code": answers.track_code,
        "education": answers.education,
        "graduated_on": answers.graduated_on.isoformat() if answers.graduated_on else None,
        "work_years": answers.work_years,
        "condition_code": answers.condition_code,
        "subject_codes": list(answers.subject_codes),
        "employer": answers.employer,
        "site_id": str(answers.site_id) if answers.site_id else None,
        "photo_sha256": answers.photo_sha256,
        "has_commitment_answer": answers.has_commitment_answer,
        "is_committed": answers.is_committed,
        "evidence": [[page.item, page.sha256] for page in answers.evidence],
    }


def from_json(kept: Mapping[str, Any]) -> Answers:
    """Return the answers of a version that was kept."""
    graduated, site = kept.get("graduated_on"), kept.get("site_id")
    return Answers(
        level_code=kept.get("level_code", ""),
        specialty_code=kept.get("specialty_code", ""),
        track_code=kept.get("track_code", ""),
        education=kept.get("education", ""),
        graduated_on=date.fromisoformat(graduated) if graduated else None,
        work_years=kept.get("work_years"),
        condition_code=kept.get("condition_code", ""),
        subject_codes=tuple(kept.get("subject_codes", ())),
        employer=kept.get("employer", ""),
        site_id=UUID(site) if site else None,
        photo_sha256=kept.get("photo_sha256", ""),
        has_photo=bool(kept.get("photo_sha256")),
        has_commitment_answer=kept.get("has_commitment_answer", False),
        is_committed=kept.get("is_committed", False),
        evidence=tuple(EvidencePage(item, sha256) for item, sha256 in kept.get("evidence", ())),
    )


def changed_lines(before: Answers, after: Answers) -> tuple[str, ...]:
    """Return the lines that differ, in the order of the pages: codes of tasks, and `evidence:` with the item."""
    lines: list[str] = [
        task.value
        for task in Task
        if any(getattr(before, field) != getattr(after, field) for field in FIELDS.get(task, ()))
    ]
    items = dict.fromkeys(page.item for page in (*before.evidence, *after.evidence))
    lines += [f"{EVIDENCE_LINE}{item}" for item in items if pages_of(before, item) != pages_of(after, item)]
    return tuple(lines)


def pages_of(answers: Answers, item: str) -> tuple[str, ...]:
    """Return the hashes of the pages given for an item, in their order."""
    return tuple(page.sha256 for page in answers.evidence if page.item == item)
