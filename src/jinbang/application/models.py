"""Applications, the subjects they are for and the photo that goes on the ticket.

Personal data: employer, education and years of work are facts about the person; the photo is sealed under the
person's data key and lies under a random name.
"""

from django.db import models

from jinbang.application.states import TRANSITIONS, ApplicationEvent, ApplicationState
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.models import Person
from jinbang.sittings.models import ExamRegion, Site, Sitting


class Application(models.Model):
    """One person's application for one sitting. What is submitted is locked; only a return by review unlocks it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="applications")
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications")
    level_code = models.CharField(max_length=32, blank=True)
    specialty_code = models.CharField(max_length=32, blank=True)
    track_code = models.CharField(max_length=32, blank=True)
    condition_code = models.CharField(max_length=32, blank=True)
    education = models.CharField(max_length=32, blank=True)  # personal
    graduated_on = models.DateField(null=True)  # personal: the day of the diploma behind `education`
    work_years = models.PositiveSmallIntegerField(null=True)  # personal
    employer = models.CharField(max_length=120, blank=True)  # personal
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="applications")
    is_on_site = models.BooleanField(default=False)  # entered at a registration point's counter
    entered_by_id = models.UUIDField(null=True)  # the account that typed it: never the one that reviews it
    declaration_version = models.CharField(max_length=16, blank=True)
    declaration_hash = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True)
    review_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it was returned or refused, as the candidate reads it
    version = models.PositiveIntegerField(default=1)  # grows with each submission
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in ApplicationState],
        default=ApplicationState.DRAFT.value,
    )

    class Meta:
        """One living application per person and sitting, across regions."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ApplicationState]),
                name="application_application_state",
            ),
            models.UniqueConstraint(
                fields=["person", "sitting"],
                condition=~models.Q(state=ApplicationState.WITHDRAWN.value),
                name="application_one_per_sitting",
            ),
        )
        indexes = (models.Index(fields=["region", "state", "review_due_at"], name="application_queue"),)

    def __str__(self) -> str:
        """Name the row."""
        return f"application {self.pk}"

    def move(self, event: ApplicationEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, ApplicationState(self.state), event).value


class ApplicationSubject(models.Model):
    """One subject that the application is for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="subjects")
    subject_code = models.CharField(max_length=32)

    class Meta:
        """A subject is applied for once."""

        constraints = (
            models.UniqueConstraint(fields=["application", "subject_code"], name="application_subject_once"),
        )

    def __str__(self) -> str:
        """Name the subject."""
        return self.subject_code


class Photo(models.Model):
    """The portrait of an application: always a JPEG that we encoded ourselves, sealed, with its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="photo")
    sealed = models.BinaryField()  # personal, sealed
    sha256 = models.CharField(max_length=64)  # of the JPEG
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size_bytes = models.PositiveIntegerField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"photo {self.pk}"
