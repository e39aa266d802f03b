"""Remembering what the columns of a sitting's files are called here."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import columns, queries
from jinbang.results.models import ColumnNames
from jinbang.sittings.models import ExamRegion


@transaction.atomic
def name_columns(*, region: ExamRegion, names: Mapping[str, str], by: Staff, now: datetime) -> None:
    """Say what columns mean: heading of the file → our heading. What was said of other columns stays."""
    region = queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
    kept = {**columns.names_of(region.sitting), **{given: ours for given, ours in names.items() if given}}
    kept = {given: ours for given, ours in kept.items() if ours and given != ours}
    ColumnNames.objects.create(sitting=region.sitting, names=kept, by=by.account_id, at=now)
    audit.record(region, by=by, event="name_columns", at=now, details={"columns": len(kept)})
