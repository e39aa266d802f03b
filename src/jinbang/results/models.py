"""Rosters, marks, pass marks, outcomes and releases. Personal data: ticket numbers and marks.

Before the release instant, marks and all that is made of them stand here alone. Marks are versions, insert-only.
"""

from django.db import models

from jinbang.application.models import Application
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.models import Person
from jinbang.results.intake_models import ColumnNames, HandedOverFile, IncomingFile, IncomingPiece
from jinbang.results.paper_models import ReportKey, ResultReport, ResultStatistics
from jinbang.results.states import (
    BATCH_TRANSITIONS,
    PASS_MARK_TRANSITIONS,
    RELEASE_TRANSITIONS,
    BatchEvent,
    BatchState,
    MarkSource,
    MarkStatus,
    Overall,
    PassMarkEvent,
    PassMarkState,
    ReleaseEvent,
    ReleaseState,
    WarrantKind,
)
from jinbang.results.violations.models import ViolationCase as ViolationCase  # noqa: PLC0414  # a row of this phase
from jinbang.sittings.models import ExamRegion, Sitting

__all__ = (
    "ColumnNames",
    "HandedOverFile",
    "IncomingFile",
    "IncomingPiece",
    "KeyedMark",
    "Keying",
    "Mark",
    "MarkBatch",
    "MarkSheet",
    "Outcome",
    "OutcomeChange",
    "PassMark",
    "Release",
    "ReportKey",
    "ResultReport",
    "ResultStatistics",
    "RosterEntry",
    "WarrantSignature",
)


class RosterEntry(models.Model):
    """One person on the roster of a sitting, whether applied for here or handed over in a file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="roster")
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="roster")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roster")
    application = models.OneToOneField(Application, null=True, on_delete=models.PROTECT, related_name="roster_entry")
    ticket_number = models.CharField(max_length=32)  # personal
    level_code = models.CharField(max_length=32)
    specialty_code = models.CharField(max_length=32, blank=True)
    track_code = models.CharField(max_length=32)
    district = models.CharField(max_length=16, blank=True)  # region code, for separately drawn lines
    subject_codes = models.JSONField(default=list)

    class Meta:
        """A person and a ticket number stand once on a roster."""

        constraints = (
            models.UniqueConstraint(fields=["sitting", "person"], name="results_person_once"),
            models.UniqueConstraint(fields=["sitting", "ticket_number"], name="results_ticket_once"),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"roster entry {self.pk}"


class MarkBatch(models.Model):
    """One file of marks with its control totals. Its marks count only while it is valid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="mark_batches")
    file_name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    manifest = models.JSONField()  # rows, sums per subject, counts of each status, as counted from the file
    ignored_columns = models.JSONField(default=list)  # what stood in the heading and is no subject
    held = models.JSONField(default=list)  # [entry, subject, status, line] of each 违纪 and 雷同: cases, once it counts
    source = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in MarkSource], default=MarkSource.FILE.value
    )
    encoding = models.CharField(max_length=16, blank=True)  # what a file was read as
    reason = models.CharField(max_length=200, blank=True)  # why it takes the place of marks that count
    staged_by = models.UUIDField(null=True)  # whoever took the file last; the audit names everybody who did
    staged_at = models.DateTimeField()
    validated_by = models.UUIDField(null=True)
    validated_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in BatchState], default=BatchState.STAGED.value
    )

    class Meta:
        """The database agrees with the states; one file counts once."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in BatchState]), name="results_batch_state"
            ),
            models.UniqueConstraint(
                fields=["region", "sha256"],
                condition=~models.Q(state=BatchState.DISCARDED.value),
                name="results_one_file_once",
            ),
        )

    def __str__(self) -> str:
        """Name the file."""
        return self.file_name

    def move(self, event: BatchEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(BATCH_TRANSITIONS, BatchState(self.state), event).value


class Mark(models.Model):
    """分数: one version of one subject's mark, in hundredths. Insert-only: the database changes and deletes none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Neither has an index of its own: the one constraint serves both, and every row of an import pays for each index.
    batch = models.ForeignKey(MarkBatch, on_delete=models.PROTECT, related_name="marks", db_index=False)
    entry = models.ForeignKey(RosterEntry, on_delete=models.PROTECT, related_name="marks", db_index=False)
    subject_code = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=[(status.value, status.value) for status in MarkStatus])
    mark_hundredths = models.PositiveIntegerField(null=True)  # personal
    version = models.PositiveSmallIntegerField(default=1)
    by = models.UUIDField(null=True)  # whoever brought it in
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        """A number stands exactly where something was scored."""

        constraints = (
            models.UniqueConstraint(fields=["entry", "batch", "subject_code"], name="results_mark_once_per_batch"),
            models.CheckConstraint(
                condition=models.Q(status__in=[status.value for status in MarkStatus]), name="results_mark_status"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(status=MarkStatus.SCORED.value, mark_hundredths__isnull=False)
                    | (~models.Q(status=MarkStatus.SCORED.value) & models.Q(mark_hundredths__isnull=True))
                ),
                name="results_number_only_if_scored",
            ),
        )

    def __str__(self) -> str:
        """Name subject and version, never the mark."""
        return f"{self.subject_code} v{self.version}"


class MarkSheet(models.Model):
    """录分表: a sheet of one subject's marks on paper, keyed by two people apart; its marks are those of its batch."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.OneToOneField(MarkBatch, on_delete=models.PROTECT, related_name="sheet")
    level_code = models.CharField(max_length=32)
    subject_code = models.CharField(max_length=32)
    assessors = models.PositiveSmallIntegerField(default=0)  # of a panel; 0: there is none
    part_codes = models.JSONField(default=list, blank=True)  # in whose columns the subject is marked; empty: in none
    entry_ids = models.JSONField()  # whose marks stand on it, in the order of their tickets

    def __str__(self) -> str:
        """Name the subject."""
        return f"sheet of {self.subject_code}"


class Keying(models.Model):
    """One person's keying of a sheet: the first, the second, or the third, who settles what differs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(MarkSheet, on_delete=models.PROTECT, related_name="keyings")
    turn = models.PositiveSmallIntegerField()
    keyed_by = models.UUIDField()
    keyed_at = models.DateTimeField()

    class Meta:
        """Three different people at most."""

        constraints = (
            models.UniqueConstraint(fields=["sheet", "turn"], name="results_keying_one_each_turn"),
            models.UniqueConstraint(fields=["sheet", "keyed_by"], name="results_keying_one_each_person"),
            models.CheckConstraint(condition=models.Q(turn__in=[1, 2, 3]), name="results_keying_turn"),
        )

    def __str__(self) -> str:
        """Name the turn."""
        return f"keying {self.turn}"


class KeyedMark(models.Model):
    """What one person read off one cell of the sheet: a candidate's line, and a column where there are several."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    keying = models.ForeignKey(Keying, on_delete=models.PROTECT, related_name="marks")
    entry = models.ForeignKey(RosterEntry, on_delete=models.PROTECT, related_name="keyed_marks")
    column = models.PositiveSmallIntegerField(default=0)  # counted from 1; 0: there is but one
    status = models.CharField(max_length=16, choices=[(status.value, status.value) for status in MarkStatus])
    mark_hundredths = models.PositiveIntegerField(null=True)  # personal

    class Meta:
        """Each cell of the paper once a keying."""

        constraints = (
            models.UniqueConstraint(fields=["keying", "entry", "column"], name="results_keyed_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=[status.value for status in MarkStatus]), name="results_keyed_status"
            ),
        )

    def __str__(self) -> str:
        """Name the row, never the mark."""
        return f"keyed mark {self.pk}"


class PassMark(models.Model):
    """合格标准: a dated row. Without a region it is the sitting's; `district` is a separately drawn line."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="pass_marks")
    region = models.ForeignKey(ExamRegion, null=True, on_delete=models.PROTECT, related_name="pass_marks")
    district = models.CharField(max_length=16, blank=True)
    level_code = models.CharField(max_length=32)
    subject_code = models.CharField(max_length=32)
    mark_hundredths = models.PositiveIntegerField()
    document_number = models.CharField(max_length=64)  # 晋人社厅函〔2026〕31号
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=16,
        choices=[(state.value, state.value) for state in PassMarkState],
        default=PassMarkState.PROPOSED.value,
    )

    class Meta:
        """The database agrees with the states."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PassMarkState]), name="results_pass_mark_state"
            ),
        )

    def __str__(self) -> str:
        """Name level and subject."""
        return f"{self.level_code}/{self.subject_code}"

    def move(self, event: PassMarkEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(PASS_MARK_TRANSITIONS, PassMarkState(self.state), event).value


class Outcome(models.Model):
    """What a person's sitting comes to, with the explanation: verdict per subject, what is retained until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(RosterEntry, on_delete=models.PROTECT, related_name="outcomes")
    generation = models.PositiveSmallIntegerField(default=1)
    overall = models.CharField(max_length=24, choices=[(overall.value, overall.value) for overall in Overall])
    subjects = models.JSONField()  # list of {code, status, mark_hundredths, pass_mark_hundredths, verdict, ...}
    validity = models.JSONField(default=dict)  # the rule, the years, what expires when, what would complete it
    computed_at = models.DateTimeField()

    class Meta:
        """One outcome per entry and generation; the database agrees with the words."""

        constraints = (
            models.UniqueConstraint(fields=["entry", "generation"], name="results_one_outcome"),
            models.CheckConstraint(
                condition=models.Q(overall__in=[overall.value for overall in Overall]), name="results_overall"
            ),
        )

    def __str__(self) -> str:
        """Name the row, never what it says."""
        return f"outcome {self.pk}"


class OutcomeChange(models.Model):
    """What a person's outcome was and has become, when a mark, a pass mark or a rule changed. Insert-only.

    Personal data: what a person's sitting comes to, in the row. Like outcomes it stands in this table alone before the
    release.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(RosterEntry, on_delete=models.PROTECT, related_name="outcome_changes")
    generation = (
        models.PositiveSmallIntegerField()
    )  # to which it leads; of a released one: the next, if it is corrected
    basis_hash = models.CharField(max_length=64)  # what it was judged on anew
    from_overall = models.CharField(max_length=24, blank=True)  # empty: nobody had judged this person before
    to_overall = models.CharField(max_length=24)
    subjects = models.JSONField(default=list)  # [code, verdict before, verdict after] of each that changed
    causes = models.JSONField(default=list)  # of ChangeCause
    noted_at = models.DateTimeField()

    class Meta:
        """One row for a person and a judging; the database agrees with the words."""

        constraints = (
            models.UniqueConstraint(fields=["entry", "generation", "basis_hash"], name="results_one_change"),
            models.CheckConstraint(
                condition=models.Q(to_overall__in=[overall.value for overall in Overall])
                & models.Q(from_overall__in=["", *(overall.value for overall in Overall)]),
                name="results_change_overall",
            ),
        )

    def __str__(self) -> str:
        """Name the row, never what it says."""
        return f"outcome change {self.pk}"


class Release(models.Model):
    """The release of one region's results: what was sealed, for when, in which generation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=96, unique=True)  # the address of its query page: sitting and authority
    region = models.OneToOneField(ExamRegion, on_delete=models.PROTECT, related_name="release")
    generation = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(  # what the generation is about
        max_length=24,
        choices=[(kind.value, kind.value) for kind in WarrantKind],
        default=WarrantKind.TOGETHER.value,
    )
    opens_at = models.DateTimeField()  # T
    basis_hash = models.CharField(max_length=64, blank=True)  # what the generation's outcomes were judged on
    recount = models.JSONField(null=True)  # what the second judging came to, and on which basis
    warrant = models.JSONField(default=dict)  # canonical description that the officers sign
    warrant_hash = models.CharField(max_length=64, blank=True)
    out = models.JSONField(default=dict)  # the description of the generation that is out; empty before the first
    released_at = models.DateTimeField(null=True)
    differences_basis = models.CharField(max_length=64, blank=True)  # on which outcomes were last compared
    passes_noted = models.PositiveSmallIntegerField(default=0)  # the generation whose passes application knows
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in ReleaseState], default=ReleaseState.DRAFT.value
    )

    class Meta:
        """The database agrees with the states."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ReleaseState]), name="results_release_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in WarrantKind]), name="results_release_kind"
            ),
        )

    def __str__(self) -> str:
        """Name the release by its code."""
        return self.code

    def move(self, event: ReleaseEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(RELEASE_TRANSITIONS, ReleaseState(self.state), event).value


class WarrantSignature(models.Model):
    """One officer's signature over the hash of one warrant. Void as soon as the hash differs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="signatures")
    warrant_hash = models.CharField(max_length=64)
    officer_id = models.UUIDField()
    officer_name = models.CharField(max_length=64)
    unit = models.CharField(max_length=80)
    public_key = models.TextField()  # hex: 32 bytes of Ed25519, or a passkey's COSE key
    signature = models.TextField()  # hex
    client_data = models.TextField(blank=True)  # hex, of a passkey's assertion: it holds the challenge
    authenticator_data = models.TextField(blank=True)  # hex, the same
    signed_at = models.DateTimeField()

    class Meta:
        """One signature per officer and warrant."""

        constraints = (
            models.UniqueConstraint(fields=["release", "warrant_hash", "officer_id"], name="results_one_signature"),
        )

    def __str__(self) -> str:
        """Name the officer."""
        return self.officer_name
