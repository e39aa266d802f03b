"""Applications, the subjects they are for, the evidence behind them, the photo, and what review asked and decided.

Personal data: employer, education and years of work are facts about the person, in the row and in each submitted
version; photo and evidence are sealed under the person's data key and lie under random names.
"""

from datetime import date

from django.db import models

from jinbang.application import passes
from jinbang.application.commitment.models import Commitment, CommitmentCheck, CommitmentSample
from jinbang.application.group.models import GroupRow, GroupUpload
from jinbang.application.review_models import ApprovalRun, ListedReason, ReviewPlan, ReviewTerms
from jinbang.application.reviewing import AppealVerdict, LineVerdict
from jinbang.application.states import (
    PHOTO_TRANSITIONS,
    TRANSITIONS,
    ApplicationEvent,
    ApplicationState,
    PhotoEvent,
    PhotoState,
)
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.models import Person
from jinbang.sittings.models import ExamRegion, Site, Sitting

__all__ = [
    "Appeal",
    "Application",
    "ApplicationSubject",
    "ApprovalRun",
    "Commitment",
    "CommitmentCheck",
    "CommitmentSample",
    "EarlierPass",
    "Evidence",
    "GroupRow",
    "GroupUpload",
    "LineMark",
    "LineRequest",
    "ListedReason",
    "Photo",
    "PhotoSheet",
    "ReviewPlan",
    "ReviewTerms",
    "SubmittedVersion",
]


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
    touched_at = models.DateTimeField(null=True)  # when a page of it was last saved: a draft's place is held from here
    submitted_at = models.DateTimeField(null=True)
    review_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it was returned or refused, as the candidate reads it
    version = models.PositiveIntegerField(default=1)  # grows with each submission
    claimed_by_id = models.UUIDField(null=True)  # the reviewer's account that has it on the table
    claimed_until = models.DateTimeField(null=True)  # the end of that lease; another may take it from then on
    appeal_until = models.DateTimeField(null=True)  # until when a refusal can be appealed against, fixed as it is made
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

    @property
    def made_on(self) -> date | None:
        """The day it was submitted, in Asia/Shanghai; None before that."""
        return self.submitted_at.astimezone(SHANGHAI).date() if self.submitted_at is not None else None

    @property
    def applicant_name(self) -> str:
        """The applicant's name when this was submitted: a later change of name leaves papers as they were made.

        No query where the person is loaded.
        """
        return self.person.name_on(self.made_on)

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
    """One version of an application's portrait: a JPEG that we encoded ourselves, sealed, with its hash. Insert-only.

    Only `state` ever changes, through `move()`. Personal data: the picture and its likeness are of a face; `findings`
    and `faces` say how it was taken; `reason` is the proposer's own words.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="photos")
    sealed = models.BinaryField()  # personal, sealed
    sha256 = models.CharField(max_length=64)  # of the JPEG
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size_bytes = models.PositiveIntegerField()
    taken_at = models.DateTimeField()  # when it was uploaded first, however often it was used since
    likeness = models.CharField(max_length=80, blank=True)  # personal: what it looks like, by `photo_likeness`
    band_1 = models.PositiveIntegerField(null=True)  # personal: the short fingerprint in four indexed parts
    band_2 = models.PositiveIntegerField(null=True)  # personal
    band_3 = models.PositiveIntegerField(null=True)  # personal
    band_4 = models.PositiveIntegerField(null=True)  # personal
    findings = models.JSONField(default=list)  # personal: what the server saw, by `photo_findings`
    faces = models.JSONField(default=list)  # personal: where faces stand, in pixels of the sheet
    box = models.JSONField(default=list)  # the part of the sheet that became the portrait: left, top, width, height
    proposed_by_id = models.UUIDField(null=True)  # the account that uploaded it: never the one that approves a change
    reason = models.CharField(max_length=300, blank=True)  # personal: why the approved one should change
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in PhotoState],
        default=PhotoState.TRIED.value,
    )

    class Meta:
        """One of each living state an application; an index a band, so that likeness is looked up, not sought."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PhotoState]), name="application_photo_state"
            ),
            models.UniqueConstraint(
                fields=["application", "state"],
                condition=models.Q(
                    state__in=[PhotoState.TRIED.value, PhotoState.PROPOSED.value, PhotoState.CURRENT.value]
                ),
                name="application_one_photo_of_each",
            ),
        )
        indexes = (
            models.Index(fields=["band_1"], name="application_photo_band_1"),
            models.Index(fields=["band_2"], name="application_photo_band_2"),
            models.Index(fields=["band_3"], name="application_photo_band_3"),
            models.Index(fields=["band_4"], name="application_photo_band_4"),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"photo {self.pk}"

    def move(self, event: PhotoEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(PHOTO_TRANSITIONS, PhotoState(self.state), event).value


class PhotoSheet(models.Model):
    """The upright picture behind a photo that is being tried, so that it can be cut anew. Gone once it is accepted.

    Personal data: the whole picture, sealed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    photo = models.OneToOneField(Photo, on_delete=models.CASCADE, related_name="sheet")
    sealed = models.BinaryField()  # personal, sealed
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    full_width = models.PositiveIntegerField()  # of the file that was uploaded, upright
    full_height = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Name the row."""
        return f"sheet {self.pk}"


class Evidence(models.Model):
    """One file that proves a line of the application: a diploma, a statement of years of work, a signed pledge."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="evidence")
    item = models.CharField(max_length=80)  # what it proves, in the words of the programme: 学历证书
    sealed = models.BinaryField()  # personal, sealed
    content_type = models.CharField(max_length=32)  # image/jpeg that we encoded ourselves, or application/pdf
    size_bytes = models.PositiveIntegerField()  # before sealing
    sha256 = models.CharField(max_length=64)  # before sealing
    added_at = models.DateTimeField()

    class Meta:
        """The pages of one item stand in the order in which they came."""

        indexes = (models.Index(fields=["application", "item", "added_at"], name="application_evidence_pages"),)

    def __str__(self) -> str:
        """Name the row, not the file."""
        return f"evidence {self.pk}"


class SubmittedVersion(models.Model):
    """What one submission said, so that a reviewer sees the difference a resubmission makes. Insert-only.

    Personal data: `answers` holds what the application held then, by field; pictures by their hash alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    answers = models.JSONField()  # personal
    submitted_at = models.DateTimeField()

    class Meta:
        """Each version is kept once."""

        constraints = (
            models.UniqueConstraint(fields=["application", "version"], name="application_one_row_per_version"),
        )

    def __str__(self) -> str:
        """Name the version."""
        return f"version {self.version} of {self.application_id}"


class LineRequest(models.Model):
    """One line that a return asks to be put right: only what is named here is unlocked for the candidate."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="line_requests")
    version = models.PositiveIntegerField()  # the version that was returned
    line = models.CharField(max_length=96)  # a task's code, or "evidence:" and the item
    words = models.CharField(max_length=300)  # what the candidate reads beside that line

    class Meta:
        """A line is asked for once in a return."""

        constraints = (
            models.UniqueConstraint(fields=["application", "version", "line"], name="application_line_asked_once"),
        )

    def __str__(self) -> str:
        """Name the line."""
        return self.line


class EarlierPass(models.Model):
    """One subject that a person passed and that still counts, as a released result left it: a fact, never judged here.

    Written by a later phase once results are out (`actions.note_passes`), all rows of a person and a programme at once.
    A level that was completed leaves none. Personal data: what a person passed, in the row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="earlier_passes")
    programme_code = models.CharField(max_length=64)
    level_code = models.CharField(max_length=32)
    specialty_code = models.CharField(max_length=32, blank=True)
    track_code = models.CharField(max_length=32, blank=True)
    subject_code = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()  # in which it was passed
    counts_through = models.PositiveSmallIntegerField(null=True)  # the last year in which it counts; empty: for ever

    class Meta:
        """A subject of a level counts once."""

        constraints = (
            models.UniqueConstraint(
                fields=["person", "programme_code", "level_code", "subject_code"], name="application_pass_counts_once"
            ),
        )

    def __str__(self) -> str:
        """Name the subject and its year."""
        return f"{self.subject_code} {self.year}"

    def facts(self) -> passes.EarlierPass:
        """Return what rules ask about."""
        return passes.EarlierPass(
            level_code=self.level_code,
            specialty_code=self.specialty_code,
            track_code=self.track_code,
            subject_code=self.subject_code,
            year=self.year,
            counts_through=self.counts_through,
        )


class LineMark(models.Model):
    """What the reviewer holding a case has ticked beside one line of one version: the checklist as it stands."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="marks")
    version = models.PositiveIntegerField()
    line = models.CharField(max_length=96)
    verdict = models.CharField(max_length=8, choices=[(one.value, one.value) for one in LineVerdict])
    words = models.CharField(max_length=300, blank=True)
    marked_by_id = models.UUIDField()
    marked_at = models.DateTimeField()

    class Meta:
        """A line of a version is marked once; marking it again replaces the mark."""

        constraints = (
            models.UniqueConstraint(fields=["application", "version", "line"], name="application_line_marked_once"),
        )

    def __str__(self) -> str:
        """Name the line and what was found."""
        return f"{self.line}: {self.verdict}"


class Appeal(models.Model):
    """An appeal (申诉) against one refusal, in the candidate's words, and what a third reviewer found.

    Personal data: `words` and `answer` speak of the person. What was handed in with it is `Evidence`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="appeals")
    words = models.TextField()  # personal
    submitted_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, blank=True, choices=[(one.value, one.value) for one in AppealVerdict])
    answer = models.TextField(blank=True)  # personal: why it was upheld or opened again
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """One undecided appeal for an application."""

        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(decided_at=None), name="application_one_open_appeal"
            ),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"appeal {self.pk}"
