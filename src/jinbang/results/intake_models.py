"""What comes in from other systems beside marks: names of columns, large files on the way, files of earlier years.

None of these rows points to a roster. `models` hands them on, which is where the rest of the program takes them from.
Personal data: whatever a file holds, sealed; document numbers and names of people who may not be on record, sealed.
"""

from django.db import models

from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.models import Person
from jinbang.results.states import LINK_TRANSITIONS, Coverage, FileContent, LinkEvent, LinkState
from jinbang.sittings.models import ExamRegion, Sitting


class ColumnNames(models.Model):
    """What the columns of one sitting's files are called here: heading of the file → ours. The latest row counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="column_names")
    names = models.JSONField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"column names {self.pk}"


class IncomingFile(models.Model):
    """A large file that the worker reads in, kept sealed in pieces until it has been. Personal data: its content."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="incoming_files")
    contains = models.CharField(max_length=8, choices=[(one.value, one.value) for one in FileContent])
    file_name = models.CharField(max_length=160)
    encoding = models.CharField(max_length=16, blank=True)  # as told by whoever brought it
    coverage = models.CharField(  # how much of the roster it is to hold; of marks alone
        max_length=16, choices=[(one.value, one.value) for one in Coverage], default=Coverage.WHOLE.value
    )
    reason = models.CharField(max_length=200, blank=True)  # the same: why its marks take the place of others
    wrapped_key = models.BinaryField()
    brought_by = models.UUIDField(null=True)
    brought_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the file."""
        return self.file_name


class IncomingPiece(models.Model):
    """A megabyte of a file that waits. Personal data, sealed under the file's own key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(IncomingFile, on_delete=models.CASCADE, related_name="pieces")
    place = models.PositiveIntegerField()
    sealed = models.BinaryField()  # personal, sealed

    class Meta:
        """Each piece once."""

        constraints = (models.UniqueConstraint(fields=["file", "place"], name="results_one_piece_a_place"),)

    def __str__(self) -> str:
        """Name the place."""
        return f"piece {self.place}"


class HandedOverFile(models.Model):
    """档案: what another system says one person has passed, under a file number. Linked to a person, or waiting.

    Personal data: name and document number, sealed under the row's own key, for those who are not on record here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="handed_over_files")
    programme_code = models.SlugField(max_length=64)
    source_sha256 = models.CharField(max_length=64, blank=True)  # of the file that it came with
    file_number = models.CharField(max_length=32, blank=True)  # personal
    wrapped_key = models.BinaryField()
    name_sealed = models.BinaryField()  # personal, sealed
    number_sealed = models.BinaryField()  # personal, sealed
    number_index = models.CharField(max_length=64, db_index=True)  # keyed hash
    addition = models.PositiveSmallIntegerField(default=0)  # 0: a person's first file; later ones add passes to it
    passes = models.JSONField()  # [{level, specialty, track, subject, year, counts_through}, …]
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="handed_over_files")
    brought_by = models.UUIDField(null=True)
    brought_at = models.DateTimeField()
    is_noted = models.BooleanField(default=False)  # whether applications have been told of its passes
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in LinkState], default=LinkState.ARRIVING.value
    )

    class Meta:
        """One first file of a person and programme, one second; linked exactly where there is a person, once there."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in LinkState]), name="results_link_state"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state=LinkState.ARRIVING.value)
                    | models.Q(state=LinkState.LINKED.value, person__isnull=False)
                    | models.Q(state__in=[LinkState.WAITING.value, LinkState.REJECTED.value], person__isnull=True)
                ),
                name="results_linked_to_a_person",
            ),
            models.UniqueConstraint(
                fields=["programme_code", "number_index", "addition"],
                condition=~models.Q(state=LinkState.REJECTED.value),
                name="results_one_file_a_person",
            ),
        )
        indexes = (models.Index(fields=["region", "source_sha256"], name="results_files_of_a_source"),)

    def __str__(self) -> str:
        """Name the row, not the person."""
        return f"handed-over file {self.pk}"

    def move(self, event: LinkEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(LINK_TRANSITIONS, LinkState(self.state), event).value
