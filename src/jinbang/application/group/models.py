"""Uploads of employers and their rows.

Personal data: names, and what is said of education, years and employer; of the document only its blind index and its
masked form. A row is erased with the class `group_row` of the retention table.
"""

from django.db import models
from django.db.models import Q

from jinbang.application.group.states import (
    GROUP_ROW_TRANSITIONS,
    Column,
    GroupRowEvent,
    GroupRowState,
    Reason,
)
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.models import Account, Person
from jinbang.sittings.models import ExamRegion


class GroupUpload(models.Model):
    """One sheet of one employer's clerk for one exam region."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="group_uploads")
    employer = models.CharField(max_length=80)  # the unit of the agent's appointment
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="group_uploads")
    sha256 = models.CharField(max_length=64)  # of the file as it came
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"group upload {self.pk}"


class GroupRow(models.Model):
    """One person of a sheet. The clerk sees it masked; the person sees it whole."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    upload = models.ForeignKey(GroupUpload, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # of the line in the sheet, the headings being 1
    name = models.CharField(max_length=64, blank=True)  # personal
    document_kind = models.CharField(max_length=24, blank=True)
    document_index = models.CharField(max_length=64, blank=True)  # keyed hash
    document_masked = models.CharField(max_length=40, blank=True)
    answers = models.JSONField(default=dict)  # personal
    column = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in Column])
    reason = models.CharField(max_length=24, blank=True, choices=[(one.value, one.value) for one in Reason])
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="group_rows")
    application = models.ForeignKey(
        "application.Application", null=True, on_delete=models.SET_NULL, related_name="group_rows"
    )
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in GroupRowState],
        default=GroupRowState.READ.value,
    )

    class Meta:
        """Read by upload, and by the document whose holder confirms."""

        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in GroupRowState]), name="application_group_row_state"
            ),
            models.UniqueConstraint(fields=["upload", "number"], name="application_one_row_per_line"),
        )
        indexes = (models.Index(fields=["document_index", "state"], name="application_group_rows_of"),)

    def __str__(self) -> str:
        """Name the row, not the person."""
        return f"group row {self.pk}"

    def move(self, event: GroupRowEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(GROUP_ROW_TRANSITIONS, GroupRowState(self.state), event).value
