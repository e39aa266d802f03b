"""Violation cases. Personal data: what was noted, what is held against the person, and what they answered."""

from django.db import models
from django.db.models import Q

from jinbang.attendance.models import Violation
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.results.violations.states import (
    CASE_TRANSITIONS,
    CaseArticle,
    CaseEvent,
    CaseOrigin,
    CaseState,
    Remedy,
    Service,
)

_LIFTED = [state.value for state in CaseState if state.is_lifted]


class ViolationCase(models.Model):
    """违纪违规处理: one person, one subject, one act, from the note to the decision that was served.

    Personal data: facts, charge and statement. The decision itself is a document outside; its number stands here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("results.RosterEntry", on_delete=models.PROTECT, related_name="violation_cases")
    subject_code = models.CharField(max_length=32)
    origin = models.CharField(max_length=8, choices=[(one.value, one.value) for one in CaseOrigin])
    # A room record that was reopened may take its note back; the case then stands until somebody drops it.
    noted = models.OneToOneField(Violation, null=True, on_delete=models.SET_NULL, related_name="case")
    alike = models.UUIDField(null=True)  # the same for everybody whose answers were found alike
    batch = models.ForeignKey("results.MarkBatch", null=True, on_delete=models.PROTECT, related_name="violation_cases")
    line = models.PositiveIntegerField(null=True)  # of the batch's file or sheet
    # Empty until an officer names it: a file says 违纪 and no article.
    article = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in CaseArticle])
    facts = models.TextField()  # personal
    opened_at = models.DateTimeField()
    charge = models.TextField(blank=True)  # personal: what is held, why, and on which basis, as the candidate reads it
    charged_at = models.DateTimeField(null=True)  # when the 告知书 was drawn up
    notice = models.JSONField(null=True)  # personal: every word of it, as it was drawn up; a decision changes none
    earlier = models.JSONField(default=list)  # personal: the notices that were served before this one, with the answers
    notified_by = models.UUIDField(null=True)  # whoever drew it up, and so does not decide
    notified_at = models.DateTimeField(null=True)  # when its service was noted
    notice_service = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in Service])
    notice_served_on = models.DateField(null=True)  # the time to answer runs from this day
    defence_until = models.DateTimeField(null=True)
    statement = models.TextField(blank=True)  # personal: 陈述申辩
    stated_at = models.DateTimeField(null=True)
    paper_on = models.DateField(null=True)  # the day on which the answer was handed in on paper; null: on the page
    paper_scan = models.CharField(max_length=64, blank=True)  # under which number its scan is kept
    document_number = models.CharField(max_length=64, blank=True)  # of the 处理决定书
    decision = models.JSONField(null=True)  # personal: every word of it, as it was made
    reason = models.CharField(max_length=200, blank=True)  # why the case was dropped
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    service = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in Service])
    served_on = models.DateField(null=True)
    overturned_through = models.CharField(max_length=8, blank=True, choices=[(one.value, one.value) for one in Remedy])
    overturned_number = models.CharField(max_length=64, blank=True)  # of the reviewing body's or the court's document
    overturned_on = models.DateField(null=True)  # the day that document bears
    overturned_reason = models.CharField(max_length=200, blank=True)
    overturned_by = models.UUIDField(null=True)  # whoever entered it, and so did not decide
    overturned_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in CaseState], default=CaseState.NOTED.value
    )

    class Meta:
        """The database agrees with the states; nobody decides on their own charge; a pair is entered once.

        Nobody overturns their own decision either.
        """

        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CaseState]), name="results_violation_case_state"
            ),
            models.CheckConstraint(
                condition=Q(notified_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(notified_by=models.F("decided_by")),
                name="results_violation_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(paper_on__isnull=True, paper_scan="")
                | (Q(paper_on__isnull=False, stated_at__isnull=False) & ~Q(paper_scan="")),
                name="results_violation_paper",
            ),
            models.CheckConstraint(
                condition=(
                    Q(overturned_by__isnull=True, overturned_at__isnull=True, overturned_on__isnull=True)
                    & Q(overturned_through="", overturned_number="", overturned_reason="")
                    & ~Q(state=CaseState.OVERTURNED.value)
                )
                | (
                    Q(overturned_by__isnull=False, overturned_at__isnull=False, overturned_on__isnull=False)
                    & Q(state=CaseState.OVERTURNED.value, decided_by__isnull=False)
                    & ~(Q(overturned_through="") | Q(overturned_number="") | Q(overturned_reason=""))
                    & ~Q(overturned_by=models.F("decided_by"))
                ),
                name="results_violation_overturned",
            ),
            models.CheckConstraint(
                condition=Q(notice_service="", notice_served_on__isnull=True)
                | (Q(notice_served_on__isnull=False, notified_at__isnull=False) & ~Q(notice_service="")),
                name="results_violation_notice",
            ),
            models.CheckConstraint(
                condition=~Q(article="") | Q(state__in=[CaseState.NOTED.value, CaseState.DROPPED.value]),
                name="results_violation_article",
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True, line__isnull=True)
                | Q(batch__isnull=False, line__isnull=False, origin=CaseOrigin.FILE.value),
                name="results_violation_line",
            ),
            models.UniqueConstraint(
                fields=["entry", "subject_code"],
                condition=Q(origin=CaseOrigin.MARKING.value) & ~Q(state__in=_LIFTED),
                name="results_similar_once",
            ),
            models.UniqueConstraint(
                fields=["entry", "subject_code"],
                condition=Q(origin=CaseOrigin.FILE.value) & ~Q(state__in=_LIFTED),
                name="results_marked_once",
            ),
        )
        indexes = (models.Index(fields=["state", "opened_at"], name="results_violation_queue"),)

    def __str__(self) -> str:
        """Name the row."""
        return f"violation case {self.pk}"

    def move(self, event: CaseEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(CASE_TRANSITIONS, CaseState(self.state), event).value
