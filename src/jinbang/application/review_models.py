"""What a review goes by beside the applications themselves: listed reasons, terms, plans of tiers, runs of approvals.

None of these rows points to an application, and none holds personal data. `models` hands them on, which is where the
rest of the program takes them from.
"""

from django.db import models

from jinbang.application.reviewing import ReasonKind
from jinbang.kernel.ids import new_id
from jinbang.people.models import Authority
from jinbang.sittings.models import ExamRegion


class ListedReason(models.Model):
    """A sentence that reviewers pick instead of typing it: of one authority, for one programme or all. Insert-only.

    The latest row of a code is the one in force; a row that is not offered takes the sentence off the list.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="listed_reasons")
    programme_code = models.CharField(max_length=64, blank=True)  # empty: every programme
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in ReasonKind])
    code = models.CharField(max_length=32)
    text = models.CharField(max_length=200)
    is_offered = models.BooleanField(default=True)
    author_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        """Read by authority and kind, the latest of each code last."""

        indexes = (models.Index(fields=["authority", "kind", "code", "id"], name="application_reason_in_force"),)

    def __str__(self) -> str:
        """Name the reason."""
        return self.code


class ReviewTerms(models.Model):
    """How long a claim lasts and a refusal can be appealed against, at an authority and below. Insert-only, dated."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="review_terms")
    starts_on = models.DateField()
    lease_minutes = models.PositiveSmallIntegerField()
    appeal_working_days = models.PositiveSmallIntegerField()
    author_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        """Read by authority, the latest in force first."""

        indexes = (models.Index(fields=["authority", "starts_on", "id"], name="application_terms_in_force"),)

    def __str__(self) -> str:
        """Name the row."""
        return f"review terms from {self.starts_on}"


class ReviewPlan(models.Model):
    """Whether a second tier looks at a share of what the first approves in one region, drawn by a seed. Insert-only.

    The hash of the seed is public from the first day, the seed when reviewing is over: then anybody redoes the draw.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="review_plans")
    tiers = models.PositiveSmallIntegerField()
    sample_percent = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64)
    seed_commitment = models.CharField(max_length=64)  # SHA-256 of the seed
    author_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        """One tier or two; a share of all."""

        constraints = (
            models.CheckConstraint(condition=models.Q(tiers__in=(1, 2)), name="application_one_tier_or_two"),
            models.CheckConstraint(condition=models.Q(sample_percent__lte=100), name="application_share_of_all"),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"review plan {self.pk}"


class ApprovalRun(models.Model):
    """Many cases approved together: the list that was shown, how far it has come, and what was left.

    `cases` is the list as it was hashed, pairs of id and version; `done` counts how many of them have been dealt with.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_id = models.UUIDField()
    list_sha256 = models.CharField(max_length=64)
    cases = models.JSONField()
    done = models.PositiveIntegerField(default=0)
    approved = models.PositiveIntegerField(default=0)
    sampled = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=list)  # ids
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name the row."""
        return f"approval run {self.pk}"
