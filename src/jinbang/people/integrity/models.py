"""The rows of the integrity record. Personal data: that there is one at all."""

from django.db import models

from jinbang.kernel.ids import new_id
from jinbang.people.states import IntegrityGround


class IntegrityRecord(models.Model):
    """诚信档案: one entry about a person, from one day to another or for good. Insert-only; lifting it is another row.

    Personal data: that there is one at all. The facts of the case stand in the decision whose number it bears.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="integrity_records")
    authority = models.ForeignKey("people.Authority", on_delete=models.PROTECT, related_name="integrity_records")
    ground = models.CharField(max_length=24, choices=[(ground.value, ground.value) for ground in IntegrityGround])
    document_number = models.CharField(max_length=64)  # of the written decision: 晋人考处〔2026〕3号
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # its last day; empty for a long-term one
    recorded_at = models.DateTimeField()

    class Meta:
        """The database knows the grounds, and that a decision enters a person once."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(ground__in=[ground.value for ground in IntegrityGround]),
                name="people_integrity_ground",
            ),
            models.UniqueConstraint(fields=["person", "document_number"], name="people_one_record_per_decision"),
        )

    def __str__(self) -> str:
        """Name the ground, not the person."""
        return f"{self.ground} {self.pk}"


class IntegrityLifting(models.Model):
    """What takes an integrity record away again: a decision on review or by a court. The record itself stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.OneToOneField(IntegrityRecord, on_delete=models.PROTECT, related_name="lifting")
    document_number = models.CharField(max_length=64)
    lifted_on = models.DateField()  # the first day on which it no longer counts
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"lifting of {self.record_id}"
