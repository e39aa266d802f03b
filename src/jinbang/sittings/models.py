"""Sittings, exam regions and everything that an authority announces about them. No personal data.

What a region leaves empty comes from its sitting; `queries` answers with that rule applied.
"""

from django.db import models
from django.db.models import F, Q

from jinbang.catalogue.models import ProgrammeVersion
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.people.models import Authority
from jinbang.sittings.rules import WindowFacts
from jinbang.sittings.states import TRANSITIONS, NoticeKind, SitePolicy, SittingEvent, SittingState, WindowKind


class Sitting(models.Model):
    """One holding of a programme's examination, owned by one authority, with the programme's version pinned."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=64, unique=True)  # the address: "sx-cost-engineer-2-2026"
    programme_version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="sittings")
    owner = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="sittings")
    name = models.CharField(max_length=120)  # 2026年度二级造价工程师（安装工程）职业资格考试
    year = models.PositiveSmallIntegerField()
    ordinal = models.PositiveSmallIntegerField(default=1)  # the how-manieth of the year: 上半年 is 1
    first_day = models.DateField()
    last_day = models.DateField()
    site_policy = models.CharField(
        max_length=16,
        choices=[(policy.value, policy.value) for policy in SitePolicy],
        default=SitePolicy.CANDIDATE.value,
    )
    name_required = models.BooleanField(default=False)  # whether the query asks for the name as well
    sends_ticket_numbers = models.BooleanField(default=False)  # forgotten ones, to the telephone on record
    results_here = models.BooleanField(default=True)  # False: owned by the nation and not handed over; forwards
    forward_url = models.URLField(blank=True)  # where such a sitting's page sends people
    review_working_days = models.PositiveSmallIntegerField(default=2)
    place_held_days = models.PositiveSmallIntegerField(default=3)  # so long a draft that nobody touches keeps its place
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in SittingState], default=SittingState.DRAFT.value
    )

    class Meta:
        """The database agrees with the states and with the calendar."""

        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in SittingState]), name="sittings_sitting_state"
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="sittings_days_in_order"),
        )

    def __str__(self) -> str:
        """Name the sitting."""
        return self.name

    def move(self, event: SittingEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, SittingState(self.state), event).value


class ExamRegion(models.Model):
    """考区: a sitting in one province or city, with windows, sites, fees and a release of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="regions")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="regions")
    is_held = models.BooleanField(default=True)  # False: cancelled here this time, which retains passes a year longer

    class Meta:
        """One region per authority and sitting."""

        constraints = (
            models.UniqueConstraint(fields=["sitting", "authority"], name="sittings_one_region_per_authority"),
        )

    def __str__(self) -> str:
        """Name the row."""
        return f"region {self.pk}"


class Notice(models.Model):
    """公告: what an authority announces, with its attachments."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="notices")
    sitting = models.ForeignKey(Sitting, null=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in NoticeKind])
    title = models.CharField(max_length=160)
    document_number = models.CharField(max_length=64, blank=True)  # 晋人考〔2026〕12号
    body = models.TextField()  # plain paragraphs, an empty line between them
    issued_at = models.DateTimeField()

    class Meta:
        """Lists begin with the newest."""

        indexes = (models.Index(fields=["-issued_at", "-id"], name="sittings_newest_notices"),)

    def __str__(self) -> str:
        """Name the notice."""
        return self.title


class NoticeAttachment(models.Model):
    """One file of a notice (timetable, exam plan, registration points, sites)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="attachments")
    title = models.CharField(max_length=160)
    file_name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()
    size_bytes = models.PositiveIntegerField()  # of `content`, so that lists need not read it
    order = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        """Name the attachment."""
        return self.title


class Window(models.Model):
    """A half-open time `[opens, closes)` of a sitting or one of its regions. An extension is a new version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="windows")
    region = models.ForeignKey(ExamRegion, null=True, on_delete=models.PROTECT, related_name="windows")
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in WindowKind])
    opens = models.DateTimeField()
    closes = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="windows")
    author_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        """Versions are never overwritten; a window is never empty."""

        constraints = (
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="sittings_window_not_empty"),
            models.UniqueConstraint(
                fields=["region", "kind", "version"],
                condition=Q(region__isnull=False),
                name="sittings_one_version_of_a_region_window",
            ),
            models.UniqueConstraint(
                fields=["sitting", "kind", "version"],
                condition=Q(region__isnull=True),
                name="sittings_one_version_of_a_window",
            ),
        )

    def __str__(self) -> str:
        """Name kind and version."""
        return f"{self.kind} v{self.version}"

    def facts(self) -> WindowFacts:
        """Return what rules ask about."""
        return WindowFacts(
            kind=WindowKind(self.kind),
            opens=self.opens,
            closes=self.closes,
            version=self.version,
            region_id=self.region_id,
            id=self.pk,
        )


class Workday(models.Model):
    """A day whose being worked or not differs from, or confirms, the weekend rule."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        """Name the day."""
        return self.day.isoformat()


class Session(models.Model):
    """场次: one subject of one level at its time. `specialty_code` is empty where all specialties sit together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="sessions")
    level_code = models.CharField(max_length=32)
    subject_code = models.CharField(max_length=32)
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        """A subject of a level is held once in a sitting."""

        constraints = (
            models.UniqueConstraint(fields=["sitting", "level_code", "subject_code"], name="sittings_one_session"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="sittings_session_not_empty"),
        )

    def __str__(self) -> str:
        """Name level and subject."""
        return f"{self.level_code}/{self.subject_code}"


class Site(models.Model):
    """考点: where people sit. A choice takes a place by one conditional UPDATE of `taken`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(ExamRegion, on_delete=models.PROTECT, related_name="sites")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="sites")  # the city it lies in
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    is_registration_point = models.BooleanField(default=False)  # 报名点: also takes applications on site
    opening_hours = models.CharField(max_length=64, blank=True)  # of the point, on working days: `opening.parse_hours`

    class Meta:
        """The database refuses a place too many."""

        constraints = (
            models.UniqueConstraint(fields=["region", "code"], name="sittings_one_site_code"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="sittings_no_place_too_many"),
        )

    def __str__(self) -> str:
        """Name the site."""
        return self.name

    @property
    def places_left(self) -> int:
        """How many places nobody has taken, as this row was read."""
        return self.capacity - self.taken


class SubjectFee(models.Model):
    """What one subject costs, in fen; a region's own row comes before the sitting's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="fees")
    region = models.ForeignKey(ExamRegion, null=True, on_delete=models.PROTECT, related_name="fees")
    level_code = models.CharField(max_length=32)
    subject_code = models.CharField(max_length=32)
    fee_fen = models.PositiveIntegerField()

    class Meta:
        """A subject has one price in a region, and one for the regions that set none."""

        constraints = (
            models.UniqueConstraint(
                fields=["region", "level_code", "subject_code"],
                condition=Q(region__isnull=False),
                name="sittings_one_fee_in_a_region",
            ),
            models.UniqueConstraint(
                fields=["sitting", "level_code", "subject_code"],
                condition=Q(region__isnull=True),
                name="sittings_one_fee",
            ),
        )

    def __str__(self) -> str:
        """Name subject and fee."""
        return f"{self.subject_code} {self.fee_fen}"
