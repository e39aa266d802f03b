"""Giving evidence page by page, taking a page back, and who may open a file."""

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jinbang.application import actions, papers, queries, rules
from jinbang.application.commitment.actions import withdraw_commitment
from jinbang.application.errors import (
    ApplicationIncomplete,
    EvidenceNotAsked,
    EvidenceNotFound,
    EvidencePagesFull,
    EvidenceRepeated,
    LineLocked,
    NotEditable,
)
from jinbang.application.evidence import PAGES_MAX, CleanFile, clean_file, item_key
from jinbang.application.models import Application, Evidence
from jinbang.application.rules import Task
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.crypto import key_ring, open_sealed
from jinbang.kernel.errors import SealBroken
from jinbang.people.queries import Candidate
from tests.application.test_evidence import WHOLE_PDF
from tests.application.world import SMALL_PHOTO, World, demand_evidence, drawn_photo, filled, returned, submit
from tests.cast import NOW, Cast, client_of

pytestmark = pytest.mark.django_db

PAGE = clean_file(SMALL_PHOTO)
DOCUMENT = clean_file(WHOLE_PDF)


def items_of(application: Application) -> tuple[str, ...]:
    return rules.evidence_needed(queries.answers_of(application), queries.offer_of(application.sitting))


def give(application: Application, *, by: Candidate, file: CleanFile = PAGE) -> None:
    """Give one page of everything that is needed."""
    application = queries.get_own_application(application.pk, by=by)
    for item in items_of(application):
        actions.add_evidence(application_id=application.pk, item=item, files=(file,), by=by, now=NOW)


@pytest.fixture
def mine(cast: Cast, world: World) -> Application:
    """Return 林's application, complete but for the evidence that is asked for."""
    demand_evidence(world)
    pk = filled(cast.lin.candidate, site=world.first).pk
    return queries.get_own_application(pk, by=cast.lin.candidate)


def test_nothing_is_asked_where_the_rule_does_not(cast: Cast, world: World) -> None:
    pk = filled(cast.lin.candidate, site=world.first).pk
    assert items_of(queries.get_own_application(pk, by=cast.lin.candidate)) == ()
    with pytest.raises(EvidenceNotAsked):
        actions.add_evidence(application_id=pk, item="学历证书", files=(PAGE,), by=cast.lin.candidate, now=NOW)


def test_what_is_needed_comes_from_the_condition_and_the_exemption(cast: Cast, mine: Application) -> None:
    by, condition = cast.lin.candidate, items_of(mine)
    assert condition == ("学历或者学位证书", "从事工程造价业务工作年限证明")
    withdraw_commitment(application_id=mine.pk, by=by, now=NOW)  # it does not go with an exemption
    actions.fill_track(application_id=mine.pk, track_code="exempt-basics", by=by, now=NOW)
    actions.fill_condition(application_id=mine.pk, condition_code="exempt-holder", by=by, now=NOW)
    assert "免试科目条件证明" in items_of(queries.get_own_application(mine.pk, by=by))


def test_submitting_waits_for_every_item(cast: Cast, mine: Application) -> None:
    by = cast.lin.candidate
    with pytest.raises(ApplicationIncomplete) as refused:
        submit(mine.pk, by=by)
    assert refused.value.fields["missing"] == (Task.EVIDENCE,)
    give(mine, by=by)
    submit(mine.pk, by=by)


def test_a_page_is_sealed_in_its_own_row_and_nowhere_else(cast: Cast, mine: Application) -> None:
    by, item = cast.lin.candidate, items_of(mine)[0]
    actions.add_evidence(application_id=mine.pk, item=item, files=(PAGE, DOCUMENT), by=by, now=NOW)
    first, second = Evidence.objects.order_by("added_at", "id")
    assert PAGE.content[100:200] not in bytes(first.sealed)
    assert papers.open_own_evidence(mine.pk, first.pk, by=by).content == PAGE.content
    key = bytes(cast.lin.bound.wrapped_key)
    with pytest.raises(SealBroken):
        open_sealed(key, bytes(first.sealed), aad=papers.evidence_place(second.pk), ring=key_ring())
    with pytest.raises(SealBroken):
        open_sealed(
            bytes(cast.zhao.bound.wrapped_key),
            bytes(first.sealed),
            aad=papers.evidence_place(first.pk),
            ring=key_ring(),
        )


def test_the_same_file_twice_and_a_page_too_many_are_refused_whole(cast: Cast, mine: Application) -> None:
    by, item = cast.lin.candidate, items_of(mine)[0]
    different = [CleanFile(WHOLE_PDF + bytes([number]), DOCUMENT.content_type) for number in range(PAGES_MAX + 1)]
    with pytest.raises(EvidenceRepeated):
        actions.add_evidence(application_id=mine.pk, item=item, files=(PAGE, PAGE), by=by, now=NOW)
    with pytest.raises(EvidencePagesFull):
        actions.add_evidence(application_id=mine.pk, item=item, files=different, by=by, now=NOW)
    assert Evidence.objects.count() == 0
    actions.add_evidence(application_id=mine.pk, item=item, files=different[:PAGES_MAX], by=by, now=NOW)
    with pytest.raises(EvidenceRepeated):
        actions.add_evidence(application_id=mine.pk, item=item, files=different[:1], by=by, now=NOW)
    with pytest.raises(EvidencePagesFull):
        actions.add_evidence(application_id=mine.pk, item=item, files=different[-1:], by=by, now=NOW)


def test_a_page_is_taken_back_while_it_may_be_and_not_after(cast: Cast, mine: Application) -> None:
    by = cast.lin.candidate
    give(mine, by=by)
    page = Evidence.objects.order_by("id").first()
    assert page is not None
    actions.remove_evidence(application_id=mine.pk, evidence_id=page.pk, by=by, now=NOW)
    with pytest.raises(EvidenceNotFound):
        papers.open_own_evidence(mine.pk, page.pk, by=by)
    actions.add_evidence(application_id=mine.pk, item=page.item, files=(PAGE,), by=by, now=NOW)
    submit(mine.pk, by=by)
    with pytest.raises(NotEditable):
        actions.remove_evidence(application_id=mine.pk, evidence_id=Evidence.objects.earliest("id").pk, by=by, now=NOW)


def test_one_item_asked_for_leaves_the_other_as_it_was(cast: Cast, mine: Application) -> None:
    by, (diploma, years) = cast.lin.candidate, items_of(mine)
    give(mine, by=by)
    submit(mine.pk, by=by)
    returned(mine.pk, {f"evidence:{years}": "看不清公章。"}, by=cast.zhou.staff)
    kept, asked = Evidence.objects.get(item=diploma), Evidence.objects.get(item=years)
    with pytest.raises(LineLocked):
        actions.remove_evidence(application_id=mine.pk, evidence_id=kept.pk, by=by, now=NOW)
    actions.remove_evidence(application_id=mine.pk, evidence_id=asked.pk, by=by, now=NOW)
    with pytest.raises(ApplicationIncomplete):
        submit(mine.pk, by=by)
    actions.add_evidence(application_id=mine.pk, item=years, files=(DOCUMENT,), by=by, now=NOW)
    submit(mine.pk, by=by)
    assert [one.line for one in queries.differences(mine)] == [f"evidence:{years}"]


def test_pages_of_a_condition_no_longer_chosen_go_when_it_is_submitted(cast: Cast, mine: Application) -> None:
    by = cast.lin.candidate
    give(mine, by=by)
    stray = Evidence.objects.earliest("id")
    Evidence.objects.filter(pk=stray.pk).update(item="另一条件的材料")
    actions.add_evidence(application_id=mine.pk, item=stray.item, files=(PAGE,), by=by, now=NOW)
    assert Evidence.objects.count() == 3
    submit(mine.pk, by=by)
    assert set(Evidence.objects.values_list("item", flat=True)) == set(items_of(mine))


# ---------------------------------------------------------------- the pages


def send(client: Client, pk: UUID, item: str, *files: SimpleUploadedFile) -> object:
    sent = {"submission_key": new_submission_key(), "pages": list(files)}
    return client.post(f"/applications/{pk}/evidence/{item_key(item)}/", sent)


def test_several_files_go_up_at_once_and_are_shown_and_removed(cast: Cast, mine: Application) -> None:
    client, item = client_of(cast.lin), items_of(mine)[0]
    assert item in client.get(f"/applications/{mine.pk}/evidence/").text
    answer = send(
        client,
        mine.pk,
        item,
        SimpleUploadedFile("a.jpg", SMALL_PHOTO),
        SimpleUploadedFile("b.png", drawn_photo(500, 700, kind="PNG")),
        SimpleUploadedFile("c.pdf", WHOLE_PDF),
    )
    assert answer.status_code == 302  # type: ignore[attr-defined]  # the test client's own response
    page = client.get(f"/applications/{mine.pk}/evidence/{item_key(item)}/").text
    assert (page.count("第 3 页"), page.count("<img")) == (2, 3)  # our mark, and the two pictures
    first = Evidence.objects.earliest("added_at", "id")
    removed = client.post(
        f"/applications/{mine.pk}/evidence/files/{first.pk}/remove/", {"submission_key": new_submission_key()}
    )
    assert removed.headers["Location"] == f"/applications/{mine.pk}/evidence/{item_key(item)}/"
    assert Evidence.objects.count() == 2


@pytest.mark.parametrize(
    "raw,sentence",
    [
        (b"", "空的"),
        (b"GIF89a" + bytes(60), "不是完好的"),
        (b"%PDF-1.7" + bytes(10 * 1024 * 1024), "10 MB"),
        (drawn_photo(300, 200), "看不清"),
    ],
    ids=("empty", "gif", "large", "small"),
)
def test_a_bad_file_comes_back_with_a_sentence_and_keeps_nothing(
    cast: Cast, mine: Application, *, raw: bytes, sentence: str
) -> None:
    good = SimpleUploadedFile("good.jpg", SMALL_PHOTO)
    answer = send(client_of(cast.lin), mine.pk, items_of(mine)[0], good, SimpleUploadedFile("x.jpg", raw))
    assert answer.status_code == 422  # type: ignore[attr-defined]  # the test client's own response
    assert sentence in answer.text  # type: ignore[attr-defined]  # the test client gives it
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("file,disposition", [(PAGE, "inline"), (DOCUMENT, "attachment")])
def test_a_file_is_served_in_a_sandbox(cast: Cast, mine: Application, *, file: CleanFile, disposition: str) -> None:
    give(mine, by=cast.lin.candidate, file=file)
    submit(mine.pk, by=cast.lin.candidate)
    page = Evidence.objects.earliest("id")
    for member, address in (
        (cast.lin, f"/applications/{mine.pk}/evidence/files/{page.pk}"),
        (cast.zhou, f"/desk/application/{mine.pk}/evidence/{page.pk}"),
    ):
        answer = client_of(member).get(address)
        assert answer.content == file.content
        assert answer.headers["Content-Type"] == file.content_type
        assert answer.headers["Content-Disposition"].startswith(disposition)
        assert re.search(r"(^|; )sandbox;", answer.headers["Content-Security-Policy"])
        assert "script" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_file_of_another_application_is_not_found_through_ones_own(cast: Cast, world: World) -> None:
    demand_evidence(world)
    lin, zhao = (filled(one, site=world.first) for one in (cast.lin.candidate, cast.zhao.candidate))
    give(zhao, by=cast.zhao.candidate)
    page = Evidence.objects.earliest("id")
    with pytest.raises(EvidenceNotFound):
        papers.open_own_evidence(lin.pk, page.pk, by=cast.lin.candidate)
    with pytest.raises(EvidenceNotFound):
        actions.remove_evidence(application_id=lin.pk, evidence_id=page.pk, by=cast.lin.candidate, now=NOW)
