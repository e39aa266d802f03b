"""Anomaly reports: what people say is wrong with the answer to their query. No case is opened here yet.

Holds personal data: what was typed and written is sealed under a key of its own row, so destroying that key erases it.
"""

from django.db import models

from jinbang.kernel.ids import new_id
from jinbang.recheck.rules import AnomalyKind


class AnomalyReport(models.Model):
    """One report. The receipt number of the query ties it to what its sender saw; there is one report for each.

    Holds personal data: name, numbers, telephone and description, all in `content_sealed`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    receipt = models.CharField(max_length=14, unique=True)
    release = models.CharField(max_length=64)  # the code in the address of the query
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in AnomalyKind])
    data_key = models.BinaryField()  # wrapped under the key ring
    content_sealed = models.BinaryField()  # personal, sealed: JSON
    reported_at = models.DateTimeField()

    class Meta:
        """Cases are opened in the order in which reports came."""

        ordering = ("reported_at",)

    def __str__(self) -> str:
        """Name the report without saying whose it is."""
        return f"anomaly report {self.receipt}"
