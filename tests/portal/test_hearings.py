"""A season that is out leaves no violation behind that nobody decided: old results stay as they were published."""

import io
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from jinbang.catalogue.actions import load_programmes
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI, frozen_at
from jinbang.portal.rehearsal.dry_run import build_season
from jinbang.portal.rehearsal.report import Report
from jinbang.portal.rehearsal.season import Season
from jinbang.results import basis
from jinbang.results.models import Mark, Outcome, Release
from jinbang.results.states import MarkStatus, Overall
from jinbang.results.violations import actions as violations
from jinbang.results.violations import queries
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseOrigin, CaseState

TODAY = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def season(db: None) -> Season:
    """Return a season of forty people, played until its results are out."""
    with frozen_at(TODAY):
        load_programmes(by=SYSTEM, now=TODAY)
        season = build_season(candidates=40, province="14", seed=5, report=Report(Console(file=io.StringIO())))
        season.play()
    return season


def test_what_was_noted_is_decided_and_served_before_the_release_and_stays_so(season: Season) -> None:
    case = ViolationCase.objects.get(origin=CaseOrigin.ROOM.value)
    release = Release.objects.get(region=season.region)
    assert case.state == CaseState.SERVED
    assert case.noted is not None
    assert case.opened_at == case.noted.record.closed_at
    assert case.defence_until is not None
    assert case.decided_at is not None
    assert case.opened_at < case.defence_until < case.decided_at < release.opens_at
    outcome = Outcome.objects.get(entry=case.entry)
    statuses = {line["code"]: line["status"] for line in outcome.subjects}
    assert statuses[case.subject_code] == MarkStatus.VIOLATION
    withheld = Outcome.objects.filter(entry__region=season.region, overall=Overall.WITHHELD.value)
    marked_so = Mark.objects.filter(batch__region=season.region, status=MarkStatus.WITHHELD.value)
    assert {row.entry_id for row in withheld} == {row.entry_id for row in marked_so}
    alike = ViolationCase.objects.get(origin=CaseOrigin.FILE.value)
    assert (alike.state, alike.article, alike.notice_service) == (CaseState.SERVED, "article_11", "in_person")
    lines = {line["code"]: line["status"] for line in Outcome.objects.get(entry=alike.entry).subjects}
    assert lines[alike.subject_code] == MarkStatus.VOID
    assert violations.open_noted_cases(now=TODAY + timedelta(days=400)) == 0
    assert queries.undecided_in(season.region) == 0
    assert basis.basis_hash_of(release) == release.basis_hash, "nothing that the worker does later changes it"
