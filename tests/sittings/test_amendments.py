"""What a planner changes of a published sitting under a document: a region that did not hold it, a later rule."""

import json
import re
from collections.abc import Mapping

import pytest
from django.http import HttpResponse

from jinbang.audit.models import StateChange
from jinbang.catalogue.models import ProgrammeVersion
from jinbang.kernel.digests import Json, canonical_json, sha256_hex
from jinbang.sittings import amendments
from jinbang.sittings.amendments import Order
from jinbang.sittings.errors import (
    HeldAlready,
    NotPublished,
    RegionNotFound,
    SittingNotFound,
    VersionDoesNotFit,
    VersionUnknown,
)
from jinbang.sittings.models import ExamRegion, Sitting
from tests.cast import NOW, Cast, client_of
from tests.sittings.plans import SHANXI, create, publish
from tests.sittings.test_views_desk import at, post

pytestmark = pytest.mark.django_db
ORDER = Order("晋人考〔2026〕9号", "疫情防控")


def version_with(sitting: Sitting, *, place: int = 0, **changes: Json) -> ProgrammeVersion:
    """Return a later version of a sitting's programme, whose first level, or that in another place, is changed so."""
    present = sitting.programme_version
    levels = present.content["levels"]
    content = {**present.content, "levels": [*levels[:place], {**levels[place], **changes}, *levels[place + 1 :]]}
    return ProgrammeVersion.objects.create(
        code=present.code,
        name=present.name,
        effective_from=present.effective_from,
        sha256=sha256_hex(canonical_json(content)),
        content=content,
        loaded_at=NOW,
    )


def history(sitting: Sitting, event: str) -> tuple[str, Mapping[str, Json]]:
    change = StateChange.objects.get(subject_id=sitting.pk, event=event)
    return change.reason, change.details


def test_a_region_is_noted_as_not_held_and_as_held_after_all(cast: Cast) -> None:
    sitting = publish(SHANXI)
    region = sitting.regions.first()
    assert region is not None
    amendments.note_holding(region_id=region.pk, is_held=False, order=ORDER, by=cast.qian.staff, now=NOW)
    assert not ExamRegion.objects.get(pk=region.pk).is_held
    reason, details = history(sitting, "call_off_region")
    assert (reason, details["document"]) == (ORDER.reason, ORDER.document_number)
    with pytest.raises(HeldAlready):
        amendments.note_holding(region_id=region.pk, is_held=False, order=ORDER, by=cast.qian.staff, now=NOW)
    amendments.note_holding(region_id=region.pk, is_held=True, order=ORDER, by=cast.qian.staff, now=NOW)
    assert ExamRegion.objects.get(pk=region.pk).is_held


def test_a_later_version_is_adopted_and_an_unknown_or_present_one_is_not(cast: Cast) -> None:
    sitting = publish(SHANXI)
    later = version_with(sitting, validity={"consecutive_sittings": 5})
    for sha256 in ("0" * 64, sitting.programme_version.sha256):
        with pytest.raises(VersionUnknown):
            amendments.adopt_version(sitting_id=sitting.pk, sha256=sha256, order=ORDER, by=cast.qian.staff, now=NOW)
    amendments.adopt_version(sitting_id=sitting.pk, sha256=later.sha256, order=ORDER, by=cast.qian.staff, now=NOW)
    assert Sitting.objects.get(pk=sitting.pk).programme_version_id == later.pk
    _reason, details = history(sitting, "adopt_version")
    assert details["to"] == later.sha256


def test_a_version_without_what_people_were_registered_for_is_refused(cast: Cast) -> None:
    sitting = publish(SHANXI)
    levels = sitting.programme_version.content["levels"]
    renamed = json.loads(json.dumps(levels[0]).replace('"civil"', '"civil-works"'))
    later = version_with(sitting, **renamed)
    with pytest.raises(VersionDoesNotFit) as refusal:
        amendments.adopt_version(sitting_id=sitting.pk, sha256=later.sha256, order=ORDER, by=cast.qian.staff, now=NOW)
    assert refusal.value.fields["parts"] == "level-2/specialty civil"
    assert Sitting.objects.get(pk=sitting.pk).programme_version_id == sitting.programme_version_id


def test_a_plan_needs_no_document_and_nobody_else_orders_anything(cast: Cast) -> None:
    sitting = create(SHANXI)
    region = sitting.regions.first()
    assert region is not None
    with pytest.raises(NotPublished):
        amendments.note_holding(region_id=region.pk, is_held=False, order=ORDER, by=cast.qian.staff, now=NOW)
    for member in (cast.wu, cast.zhou, cast.chu):
        with pytest.raises(RegionNotFound):
            amendments.note_holding(region_id=region.pk, is_held=False, order=ORDER, by=member.staff, now=NOW)
        with pytest.raises(SittingNotFound):
            amendments.adopt_version(sitting_id=sitting.pk, sha256="", order=ORDER, by=member.staff, now=NOW)


def text_of(response: object) -> str:
    assert isinstance(response, HttpResponse)
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_desk_notes_a_region_and_adopts_a_version_under_a_document(cast: Cast) -> None:
    sitting, planner = publish(SHANXI), client_of(cast.qian)
    assert at("desk_note_holding", sitting) in text_of(planner.get(at("desk_sitting", sitting)))
    assert "没有更新的版本" in text_of(planner.get(at("desk_adopt_version", sitting)))
    region = sitting.regions.first()
    assert region is not None
    said = {"region": str(region.pk), "is_held": "no", "document_number": "1号", "reason": "疫情防控"}
    assert post(planner, at("desk_note_holding", sitting), **{**said, "document_number": ""}).status_code == 422
    assert post(planner, at("desk_note_holding", sitting), **said).status_code == 302
    assert "记为考区未举行" in text_of(planner.get(at("desk_sitting", sitting)))
    again = planner.post(at("desk_note_holding", sitting), {"submission_key": "m" * 24, **said})
    assert (again.status_code, "已经这样记载" in text_of(again)) == (422, True)
    later = version_with(sitting, validity={"consecutive_sittings": 5})
    chosen = {"version": later.sha256, "document_number": "2号", "reason": "规则调整", "submission_key": "n" * 24}
    assert planner.post(at("desk_adopt_version", sitting), chosen).status_code == 302
    assert Sitting.objects.get(pk=sitting.pk).programme_version_id == later.pk
    for page in ("desk_note_holding", "desk_adopt_version"):
        assert client_of(cast.wu).get(at(page, sitting)).status_code in {403, 404}
