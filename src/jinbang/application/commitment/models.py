"""Commitments, the samples drawn of them, and the checks they go through.

Personal data: what a charge says and what the candidate answers are facts about the person, in the row of the check; of
a commitment itself the wording, its hash and the instant.
"""

from django.db import models
from django.db.models import Q

from jinbang.application.commitment.states import (
    COMMITMENT_TRANSITIONS,
    CommitmentEvent,
    CommitmentState,
    Ground,
    Stage,
)
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.models import Person
from jinbang.sittings.models import ExamRegion


class Commitment(models.Model):
    """One person's answer for one application. It outlives an erased draft: what was declined stays so for the year."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="commitments")
    application = models.ForeignKey(
        "application.Application", null=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    programme_code = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    text_version = models.CharField(max_length=16)
    text_hash = models.CharField(max_length=64)
    answered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in CommitmentState],
        default=CommitmentState.OPEN.value,
    )

    class Meta:
        """An application is answered for once."""

        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CommitmentState]), name="application_commitment_state"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(application__isnull=False),
                name="application_one_commitment_per_application",
            ),
        )
        indexes = (models.Index(fields=["person", "programme_code", "year"], name="application_commitment_year"),)

    def __str__(self) -> str:
        """Name the row."""
        return f"commitment {self.pk}"

    def move(self, event: CommitmentEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(COMMITMENT_TRANSITIONS, CommitmentState(self.state), event).value


class CommitmentSample(models.Model):
    """The lot of one region: its seed's hash is public before the window closes, the seed once it is drawn."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.OneToOneField(ExamRegion, on_delete=models.PROTECT, related_name="commitment_sample")
    seed = models.CharField(max_length=64)
    seed_commitment = models.CharField(max_length=64)  # SHA-256 of the seed
    percent = models.PositiveSmallIntegerField()
    committed_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    population = models.PositiveIntegerField(null=True)
    population_digest = models.CharField(max_length=64, blank=True)
    drawn = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        """Name the row."""
        return f"commitment sample {self.pk}"


class CommitmentCheck(models.Model):
    """One check of a commitment: who asked and why, the charge, what the candidate answered, and the decision."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="checks")
    ground = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Ground])
    opened_at = models.DateTimeField()
    charge = models.TextField(blank=True)  # personal: what is held to be false, as the candidate reads it
    charged_by_id = models.UUIDField(null=True)
    defence_until = models.DateTimeField(null=True)
    statement = models.TextField(blank=True)  # personal: the candidate's answer
    stated_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=24, blank=True, choices=[(one.value, one.value) for one in Stage])
    document_number = models.CharField(max_length=64, blank=True)  # of the written decision
    decided_by_id = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """A commitment is checked once at a time; nobody decides on their own charge."""

        constraints = (
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(closed_at__isnull=True), name="application_one_open_check"
            ),
            models.CheckConstraint(
                condition=Q(charged_by_id__isnull=True)
                | Q(decided_by_id__isnull=True)
                | ~Q(charged_by_id=models.F("decided_by_id")),
                name="application_check_by_two_people",
            ),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"check {self.pk}"
