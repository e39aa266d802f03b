"""Reads of group entries: the clerk's own uploads, masked; a person's own rows, whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from jinbang.application import labels as application_labels
from jinbang.application import queries as applications
from jinbang.application.group import labels, rules
from jinbang.application.group.errors import GroupNotFound
from jinbang.application.group.models import GroupRow, GroupUpload
from jinbang.application.group.rules import Ground
from jinbang.application.group.sheet import write_csv
from jinbang.application.group.states import Column, GroupRowState
from jinbang.application.rules import SiteFacts
from jinbang.catalogue.programme import Education
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.identity import DocumentKind
from jinbang.kernel.masking import mask_name
from jinbang.people.labels import DOCUMENT_KINDS
from jinbang.people.models import IdentityDocument
from jinbang.people.queries import Candidate, Staff, within
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.states import SittingState, WindowKind


# ---------------------------------------------------------------- the clerk
def regions_for_agent(by: Staff, *, now: datetime) -> tuple[ExamRegion, ...]:
    """Return the regions in an agent's scope where one can apply online now. A query for each."""
    scope = within(by, Role.GROUP_AGENT, path_field="authority__path")
    regions = ExamRegion.objects.filter(scope, sitting__state=SittingState.PUBLISHED.value, is_held=True)
    return tuple(
        region
        for region in regions.select_related("authority", "sitting__programme_version").order_by("sitting__first_day")
        if not region.sitting.programme_version.programme.application.on_site_only
        and sittings.is_open(sittings.window_of(region, WindowKind.APPLICATION), now)
    )


def get_region_for_agent(region_id: UUID, *, by: Staff, now: datetime) -> ExamRegion:
    """Return one region in which this agent may hand in a sheet now."""
    for region in regions_for_agent(by, now=now):
        if region.pk == region_id:
            return region
    raise GroupNotFound


def uploads_of(by: Staff) -> QuerySet[GroupUpload]:
    """Return the clerk's own uploads, newest first, with how many rows stand where. Nobody else's exist."""
    counts = {
        state.value: Count("rows", filter=Q(rows__state=state.value))
        for state in (GroupRowState.REFUSED, GroupRowState.AWAITING, GroupRowState.CONFIRMED)
    }
    own = GroupUpload.objects.filter(account_id=by.account_id).select_related("region__sitting", "region__authority")
    return own.annotate(**counts).order_by("-id")


def get_upload(upload_id: UUID, *, by: Staff) -> GroupUpload:
    """Return one of the clerk's own uploads."""
    upload = uploads_of(by).filter(pk=upload_id).first()
    if upload is None:
        raise GroupNotFound
    return upload


def rows_to_remind_of(by: Staff) -> QuerySet[GroupRow]:
    """Return the rows of the clerk's own sheets that wait for the person: whoever handed them in reminds them."""
    return GroupRow.objects.filter(upload__account_id=by.account_id, state=GroupRowState.AWAITING.value)


@dataclass(frozen=True)
class AnswerLine:
    """One row as the clerk sees it: masked, with what became of it."""

    number: int
    name: str
    document: str
    state: GroupRowState
    column: str
    reason: str

    @property
    def state_label(self) -> str:
        """What became of it, in words."""
        return str(labels.STATES[self.state])

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return labels.COLOURS[self.state]


def answer_lines(upload: GroupUpload) -> tuple[AnswerLine, ...]:
    """Return the rows of an upload, masked, in the order of the sheet. One query."""
    return tuple(
        AnswerLine(
            row.number,
            mask_name(row.name),
            row.document_masked,
            GroupRowState(row.state),
            labels.column_label(row.column),
            labels.reason_label(row.reason),
        )
        for row in GroupRow.objects.filter(upload=upload).order_by("number")
    )


def answer_sheet(upload: GroupUpload) -> bytes:
    """Return the answer to a sheet as a sheet. One query."""
    rows = [[str(heading) for heading in labels.ANSWER_HEADINGS]]
    rows += [
        [str(line.number), line.name, line.document, line.state_label, line.column, line.reason]
        for line in answer_lines(upload)
    ]
    return write_csv(rows)


def template_sheet(region: ExamRegion, *, now: datetime) -> bytes:
    """Return an empty sheet with one line that shows how to fill it in, from what this region offers. Two queries."""
    ground = ground_of(region, now=now)
    level = ground.offer.levels[0]
    conditions = ground.offer.programme.conditions_for(level=level.code)
    education = (conditions[0].education if conditions else None) or Education.BACHELOR
    specialty = level.specialties[0].code if level.specialties else None
    subjects = ground.offer.programme.subjects_for(level=level.code, specialty=specialty)
    example = {
        Column.NAME: "",
        Column.KIND: str(DOCUMENT_KINDS[DocumentKind.RESIDENT_ID]),
        Column.LEVEL: level.name,
        Column.SPECIALTY: level.specialties[0].name if level.specialties else "",
        Column.CONDITION: conditions[0].text if conditions else "",
        Column.EDUCATION: str(application_labels.EDUCATIONS[education.value]),
        Column.GRADUATED_ON: "2018-07-01",
        Column.WORK_YEARS: str(conditions[0].work_years if conditions else 0),
        Column.SUBJECTS: "、".join(subject.name for subject in subjects),
        Column.SITE: next(iter(ground.sites), ""),
    }
    return write_csv(
        [[str(labels.HEADINGS[column]) for column in Column], [example.get(column, "") for column in Column]]
    )


def ground_of(region: ExamRegion, *, now: datetime) -> Ground:
    """Return what the rows of a region are judged by. Two queries."""
    words = {code: str(label) for code, label in application_labels.EDUCATIONS.items()}
    kinds = {str(label): kind for kind, label in DOCUMENT_KINDS.items()}
    return Ground(
        offer=applications.offer_of(region.sitting),
        region_id=region.pk,
        sites={
            site.code: (site.pk, SiteFacts(site.region_id, is_registration_point=site.is_registration_point))
            for site in sittings.sites_of(region)
        },
        educations=rules.educations_by_word(words),
        kinds={**kinds, **{kind.value: kind for kind in DOCUMENT_KINDS}},
        today=now.astimezone(SHANGHAI).date(),
    )


# ---------------------------------------------------------------- the person
def own_rows(by: Candidate) -> QuerySet[GroupRow]:
    """Return the rows that name one of the candidate's documents, newest first. Two queries."""
    indexes = IdentityDocument.objects.filter(person_id=by.require_person()).values_list("number_index", flat=True)
    rows = GroupRow.objects.filter(document_index__in=list(indexes)).exclude(document_index="")
    return rows.select_related(
        "upload__region__sitting__programme_version", "upload__region__authority", "application"
    ).order_by("-id")


def get_own_row(row_id: UUID, *, by: Candidate) -> GroupRow:
    """Return one row that names the candidate."""
    return _one(own_rows(by).filter(pk=row_id))


def lock_own_row(row_id: UUID, *, by: Candidate) -> GroupRow:
    """Lock one row that names the candidate."""
    return _one(own_rows(by).filter(pk=row_id).select_for_update(of=("self",)))


def _one(rows: QuerySet[GroupRow]) -> GroupRow:
    row = rows.first()
    if row is None:
        raise GroupNotFound
    return row
