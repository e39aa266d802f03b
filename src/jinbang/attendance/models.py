"""Room records, absences and noted violations. Personal data: the facts noted about a violation."""

from django.db import models

from jinbang.attendance.states import TRANSITIONS, Article, RecordEvent, RecordState
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.seating.models import Room, Seat
from jinbang.sittings.models import Session


class RoomRecord(models.Model):
    """What happened in one room in one session, entered from the signed paper."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="records")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="records")
    expected = models.PositiveSmallIntegerField()
    absent = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in RecordState], default=RecordState.OPEN.value
    )

    class Meta:
        """One record per room and session."""

        constraints = (
            models.UniqueConstraint(fields=["room", "session"], name="attendance_one_record"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RecordState]), name="attendance_record_state"
            ),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"room record {self.pk}"

    def move(self, event: RecordEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, RecordState(self.state), event).value


class Absence(models.Model):
    """缺考: a seat that stayed empty."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(RoomRecord, on_delete=models.PROTECT, related_name="absences")
    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="absence")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"absence {self.pk}"


class Violation(models.Model):
    """违纪: what was noted in the room, under which article."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(RoomRecord, on_delete=models.PROTECT, related_name="violations")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="violations")
    article = models.CharField(max_length=16, choices=[(article.value, article.value) for article in Article])
    facts = models.TextField()  # personal
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"violation {self.pk}"
