"""Checks of real names and diplomas, one row for each.

Personal data: the number of a diploma, sealed under the person's key, with a blind index for equality; the school's
name in clear. `basis` is a keyed hash of what was checked, so that a later name does not inherit an earlier answer.
"""

from django.db import models

from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.verification.states import TRANSITIONS, VerificationEvent, VerificationKind, VerificationState


class Verification(models.Model):
    """One thing about one person that is checked. `question` is open while an answer is on its way."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="verifications")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in VerificationKind])
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in VerificationState],
        default=VerificationState.NOT_CHECKED.value,
    )
    reason = models.CharField(max_length=32, blank=True)  # a code, see states.Reason
    evidence_sealed = models.BinaryField(null=True)  # personal, sealed: the number of a diploma
    evidence_index = models.CharField(max_length=64, blank=True)  # keyed hash
    school = models.CharField(max_length=80, blank=True)  # personal: where the diploma is from
    basis = models.CharField(max_length=64)  # keyed hash of what is asked about
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    question = models.UUIDField(null=True)  # written before anybody is asked; an answer to another one is dropped
    asked_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """The database agrees with the states; one real name and no diploma twice for one person."""

        app_label = "people"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in VerificationState]),
                name="people_verification_state",
            ),
            models.UniqueConstraint(fields=["person", "kind", "evidence_index"], name="people_verification_once"),
        )
        indexes = (models.Index(fields=["due_at"], name="people_verification_due"),)

    def __str__(self) -> str:
        """Name the kind and the row, never the number."""
        return f"{self.kind} {self.pk}"

    def move(self, event: VerificationEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, VerificationState(self.state), event).value
