"""What is changed of a sitting under a document after it was published: a region that does not hold it, a later rule.

Writes, each one row in the history with document and reason. Both may reach far back: whatever later phases judged on
a sitting is judged again, because they hold their basis against it, and what became different is kept there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from jinbang.audit import actions as audit
from jinbang.catalogue.models import ProgrammeVersion
from jinbang.catalogue.programme import Programme
from jinbang.sittings import planning
from jinbang.sittings.errors import HeldAlready, NotPublished, VersionDoesNotFit, VersionUnknown
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.planning import Planner
from jinbang.sittings.states import SittingState

CALLED_OFF: Final = "call_off_region"
RESTORED: Final = "restore_region"
ADOPTED: Final = "adopt_version"


@dataclass(frozen=True)
class Order:
    """The document that orders a change, by its number, and why."""

    document_number: str
    reason: str


# Step 6 of docs/cycles/release.md.
@transaction.atomic
def note_holding(*, region_id: UUID, is_held: bool, order: Order, by: Planner, now: datetime) -> ExamRegion:
    """Note that an exam region does not hold a sitting, or that it does after all.

    A year that a region did not hold uses up nobody's passes there. Refuses what is noted so already, and a sitting
    that was never published: its plan says it.
    """
    region = planning.lock_region(region_id, by=by)
    _require_published(region.sitting)
    if region.is_held == is_held:
        raise HeldAlready
    region.is_held = is_held
    region.save(update_fields=("is_held",))
    details = {"region": region.authority.code, "document": order.document_number}
    event = RESTORED if is_held else CALLED_OFF
    audit.record(region.sitting, by=by, event=event, at=now, reason=order.reason, details=details)
    return region


# Step 6 of docs/cycles/release.md.
@transaction.atomic
def adopt_version(*, sitting_id: UUID, sha256: str, order: Order, by: Planner, now: datetime) -> Sitting:
    """Let a published sitting go by a later version of its programme than the one that it was published with.

    Refuses a version that is not a later one of this programme, and one in which somebody who was registered would find
    their level, specialty, track or subject no more.
    """
    sitting = planning.lock_sitting(sitting_id, by=by)
    _require_published(sitting)
    version = later_versions(sitting).filter(sha256=sha256).first()
    if version is None:
        raise VersionUnknown
    if missing := sorted(_parts_of(sitting.programme_version.programme) - _parts_of(version.programme)):
        raise VersionDoesNotFit(parts="、".join(missing))
    details = {
        "from": sitting.programme_version.sha256,
        "to": version.sha256,
        "document": order.document_number,
    }
    sitting.programme_version = version
    sitting.save(update_fields=("programme_version",))
    audit.record(sitting, by=by, event=ADOPTED, at=now, reason=order.reason, details=details)
    return sitting


def later_versions(sitting: Sitting) -> QuerySet[ProgrammeVersion]:
    """Return what a sitting may adopt: versions of its programme loaded after the one it goes by, the newest first."""
    present = sitting.programme_version
    rows = ProgrammeVersion.objects.filter(code=present.code, loaded_at__gte=present.loaded_at)
    return rows.exclude(pk=present.pk).order_by("-loaded_at", "-id")


def _require_published(sitting: Sitting) -> None:
    if sitting.state == SittingState.DRAFT.value:
        raise NotPublished


def _parts_of(programme: Programme) -> set[str]:
    """Return everything that a roster may name of a programme, subjects of an earlier syllabus included."""
    return {
        f"{level.code}/{code}"
        for level in programme.levels
        for code in (
            "",
            *(f"specialty {one.code}" for one in level.specialties),
            *(f"track {one.code}" for one in level.tracks),
            *(f"subject {one.code}" for one in level.subjects),
            *(f"subject {code}" for code in level.earlier_names()),
        )
    }
