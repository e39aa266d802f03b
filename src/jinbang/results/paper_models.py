"""What is made for paper of results that are out: the statistics of a release, and the reports that candidates hold.

Nothing here exists before a release's instant. `models` hands these on, which is where the rest of the program takes
them from. Personal data: what a report says of its holder, in the row, and the paper itself, sealed.
"""

from django.db import models

from jinbang.kernel.ids import new_id


class ResultStatistics(models.Model):
    """What may be published of one generation of a release. Small cells were kept back before it was stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    release = models.OneToOneField("results.Release", on_delete=models.PROTECT, related_name="statistics")
    generation = models.PositiveSmallIntegerField()
    fewest_shown = models.PositiveSmallIntegerField()  # counts of fewer people than this were kept back
    sheets = models.JSONField()  # of `statistics.Sheet`, in order
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row."""
        return f"statistics {self.pk}"


class ReportKey(models.Model):
    """The key under which result reports are signed, and its certificate. No personal data. Insert-only.

    The one with the highest number signs; papers signed under an older one stay valid. The private half is sealed under
    the key ring, which is not in the database.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveSmallIntegerField(unique=True)
    certificate = models.BinaryField()  # X.509, DER; for everybody
    wrapped_key = models.BinaryField()
    private_key_sealed = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the key by its number."""
        return f"report key {self.number}"


class ResultReport(models.Model):
    """成绩证明 or 成绩单: what was said of somebody's results, and the signed paper. Insert-only.

    Personal data: name, masked document number and results as issued, in the row; the paper in full, sealed. Whether it
    still stands is no field: it is found by holding `years` against what is out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("results.RosterEntry", on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8)  # of ReportKind
    code = models.CharField(max_length=16, unique=True)  # report code, without its hyphens
    holder = models.JSONField()  # personal: name, kind of document, masked number
    years = models.JSONField()  # personal: one for each sitting, with the hash of the outcome it rests on
    paper_sealed = models.BinaryField()  # personal, sealed: the signed PDF
    paper_sha256 = models.CharField(max_length=64, unique=True)
    key = models.ForeignKey(ReportKey, on_delete=models.PROTECT, related_name="reports")
    issued_at = models.DateTimeField()

    class Meta:
        """The database agrees with the words."""

        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=["sitting", "history"]), name="results_report_kind"),
        )

    def __str__(self) -> str:
        """Name the row, never what it says."""
        return f"result report {self.pk}"
