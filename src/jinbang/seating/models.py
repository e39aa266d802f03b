"""Rooms, the plan of a region, admission tickets and seats. Personal data: none but the link to the application."""

from django.db import models

from jinbang.application.models import Application
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.seating.arrangement import TailPolicy
from jinbang.seating.states import TRANSITIONS, PlanEvent, PlanState
from jinbang.sittings.models import ExamRegion, Session, Site, Sitting


class Room(models.Model):
    """考场: one room of a site, with its desks in rows and columns."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    number = models.PositiveSmallIntegerField()
    rows = models.PositiveSmallIntegerField(default=6)
    columns = models.PositiveSmallIntegerField(default=5)

    class Meta:
        """A number names one room of a site."""

        constraints = (models.UniqueConstraint(fields=["site", "number"], name="seating_one_room_number"),)

    def __str__(self) -> str:
        """Name the room by its number."""
        return f"{self.number:03d}"


class SeatPlan(models.Model):
    """The draw of one region: the hash of its seed is public before the draw, the seed after the examination."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.OneToOneField(ExamRegion, on_delete=models.PROTECT, related_name="seat_plan")
    seed = models.CharField(max_length=64)
    seed_commitment = models.CharField(max_length=64)  # SHA-256 of the seed
    seats_per_room = models.PositiveSmallIntegerField(default=30)
    tail_policy = models.CharField(
        max_length=16,
        choices=[(policy.value, policy.value) for policy in TailPolicy],
        default=TailPolicy.OWN_ROOM.value,
    )
    committed_at = models.DateTimeField()
    first_serial = models.PositiveIntegerField(null=True)  # its ticket numbers' serials begin here,
    ticket_count = models.PositiveIntegerField(default=0)  # and there are so many: other regions go on behind them
    begun_at = models.DateTimeField(null=True)  # when the storing of seats began; another attempt takes over later
    drawn_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    violations = models.PositiveIntegerField(default=0)  # pairs of neighbours of one employer
    violations_least = models.PositiveIntegerField(default=0)  # the number below which no plan can go
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the plan's lines, as `arrangement.digest` says
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in PlanState], default=PlanState.COMMITTED.value
    )

    class Meta:
        """The database agrees with the states."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PlanState]), name="seating_plan_state"
            ),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"seat plan {self.pk}"

    def move(self, event: PlanEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, PlanState(self.state), event).value


class AdmissionTicket(models.Model):
    """准考证: one number per application, with a keyed tail that cannot be guessed from its neighbours."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="tickets")
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="tickets")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="ticket")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="tickets")
    number = models.CharField(max_length=32)
    issued_at = models.DateTimeField()
    first_printed_at = models.DateTimeField(null=True)

    class Meta:
        """A number names one person within a sitting."""

        constraints = (models.UniqueConstraint(fields=["sitting", "number"], name="seating_one_ticket_number"),)

    def __str__(self) -> str:
        """Name the ticket by its number."""
        return self.number


class Seat(models.Model):
    """A desk for one ticket in one session."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(SeatPlan, on_delete=models.PROTECT, related_name="seats")
    ticket = models.ForeignKey(AdmissionTicket, on_delete=models.PROTECT, related_name="seats")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="seats")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()  # 1 is front left; numbers run as the site's serpentine does

    class Meta:
        """One person per desk and session, one desk per person and session."""

        constraints = (
            models.UniqueConstraint(fields=["session", "room", "number"], name="seating_one_person_per_desk"),
            models.UniqueConstraint(fields=["session", "ticket"], name="seating_one_desk_per_person"),
        )
        indexes = (models.Index(fields=["plan", "session"], name="seating_seats_of_a_session"),)

    def __str__(self) -> str:
        """Name the desk."""
        return f"{self.number:02d}"
