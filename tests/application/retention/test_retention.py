"""What came to nothing is erased from the instant it is due, not before, and nothing of it is left in the database."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from jinbang.application import actions as applications
from jinbang.application.actions.attach import attach_entered_evidence
from jinbang.application.commitment.models import Commitment
from jinbang.application.evidence import CleanFile
from jinbang.application.group.models import GroupRow, GroupUpload
from jinbang.application.group.states import GroupRowState
from jinbang.application.models import Application, Evidence, Photo
from jinbang.application.retention.actions import erase_what_is_due
from jinbang.application.retention.queries import draft_kept_until
from jinbang.application.retention.rules import TERMS, RetentionClass, is_due, kept_until
from jinbang.application.states import ApplicationState
from jinbang.audit.models import StateChange
from jinbang.sittings.models import Site
from tests.application.commitment.test_actions import extend_application_window, sign
from tests.application.world import AFTER_CLOSE, World, filled, refused, submitted
from tests.cast import NOW, Cast, client_of

pytestmark = pytest.mark.django_db

DUE = AFTER_CLOSE + timedelta(days=28)
TICK = timedelta(microseconds=1)
CANARY = "金丝雀工程公司"


def grep(needle: str | bytes) -> list[str]:
    """Return every table and column of the whole database in which these bytes or characters stand."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # our own table names
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, memoryview | bytes):
                        hit = isinstance(needle, bytes) and needle in bytes(value)
                    else:
                        hit = isinstance(needle, str) and needle in str(value)
                    if hit:
                        found.append(f"{table}.{name}")
    return found


def draft(cast: Cast, world: World) -> Application:
    application = filled(cast.lin.candidate, site=world.first, commits=False)
    Application.objects.filter(pk=application.pk).update(employer=CANARY)
    scan = CleanFile(b"%PDF-1.7 diploma %%EOF", "application/pdf")
    attach_entered_evidence({application: {"学历证书": (scan,)}}, by=cast.lin.candidate, now=NOW)
    application.refresh_from_db()
    return application


def test_the_table_says_on_which_ground_and_for_how_long() -> None:
    assert set(TERMS) == set(RetentionClass)
    assert all("法" in term.legal_basis for term in TERMS.values())


@pytest.mark.parametrize("which", list(RetentionClass))
def test_due_from_the_instant_on(which: RetentionClass) -> None:
    until = kept_until(which, triggered=NOW)
    assert until is not None
    assert not is_due(which, triggered=NOW, now=until - TICK)
    assert is_due(which, triggered=NOW, now=until)
    assert not is_due(which, triggered=None, now=until)


def test_a_draft_is_erased_with_photo_and_evidence_and_leaves_ids_alone(cast: Cast, world: World) -> None:
    application = draft(cast, world)
    sealed = bytes(Photo.objects.get().sealed)[:48], bytes(Evidence.objects.get().sealed)[:48]
    assert grep(CANARY) == ["application_application.employer"]
    assert all(grep(one) for one in sealed)
    assert erase_what_is_due(now=DUE - TICK)[RetentionClass.DRAFT] == 0
    assert erase_what_is_due(now=DUE)[RetentionClass.DRAFT] == 1
    assert erase_what_is_due(now=DUE)[RetentionClass.DRAFT] == 0
    assert grep(CANARY) == []
    assert not any(grep(one) for one in sealed)
    assert Site.objects.get(pk=world.first.pk).taken == 0
    change = StateChange.objects.get(event="erase")
    assert (change.subject_id, change.details, change.reason) == (application.pk, {"class": "draft"}, "")


def test_a_submitted_application_is_no_draft(cast: Cast, world: World) -> None:
    submitted(cast.lin.candidate, site=world.first)
    assert sum(erase_what_is_due(now=DUE).values()) == 0
    assert Photo.objects.count() == 1


def test_what_was_answered_to_the_commitment_outlives_the_draft_for_the_year(cast: Cast, world: World) -> None:
    application = draft(cast, world)
    sign(application.pk, by=cast.lin.candidate)
    erase_what_is_due(now=DUE)
    kept = Commitment.objects.get()
    assert (kept.application_id, kept.person_id) == (None, cast.lin.bound.pk)


def test_an_extension_keeps_drafts_longer_at_once_and_the_page_says_so(cast: Cast, world: World) -> None:
    application = draft(cast, world)
    client = client_of(cast.lin)
    assert draft_kept_until(application) == DUE
    assert "草稿保留到 2026年4月17日" in client.get(f"/applications/{application.pk}/tasks/").text
    extend_application_window(cast, world)
    assert draft_kept_until(application) == DUE + timedelta(days=3)
    assert "草稿保留到 2026年4月20日" in client.get(f"/applications/{application.pk}/tasks/").text
    assert erase_what_is_due(now=DUE)[RetentionClass.DRAFT] == 0
    assert erase_what_is_due(now=DUE + timedelta(days=3))[RetentionClass.DRAFT] == 1


def test_what_was_refused_keeps_its_skeleton_only(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    Application.objects.filter(pk=application.pk).update(employer=CANARY)
    refused(application, first=cast.zhou.staff, second=cast.bai.staff)
    applications.settle_refusals(now=NOW + timedelta(days=14))
    due = datetime(2026, 5, 24, tzinfo=NOW.tzinfo) + timedelta(days=183)
    assert erase_what_is_due(now=due - TICK)[RetentionClass.CLOSED] == 0
    assert erase_what_is_due(now=due)[RetentionClass.CLOSED] == 1
    assert erase_what_is_due(now=due)[RetentionClass.CLOSED] == 0
    assert grep(CANARY) == []
    assert not Photo.objects.exists()
    assert Application.objects.get().state == ApplicationState.REFUSED_FINALLY


def test_rows_of_group_entries_forget_whom_they_named(cast: Cast, world: World) -> None:
    upload = GroupUpload.objects.create(
        account=cast.wu.account, employer="某公司", region=world.region, sha256="0" * 64, uploaded_at=NOW
    )
    GroupRow.objects.create(
        upload=upload,
        number=2,
        name=CANARY,
        document_index="f" * 64,
        answers={"employer": CANARY},
        state=GroupRowState.LAPSED.value,
    )
    assert erase_what_is_due(now=DUE - TICK)[RetentionClass.GROUP_ROW] == 0
    assert erase_what_is_due(now=DUE)[RetentionClass.GROUP_ROW] == 1
    assert grep(CANARY) == []
    assert isinstance(upload.rows.get().pk, UUID)
