"""Changing a name or a document on record: nothing of a person's history is lost, and nobody deals with themselves."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from jinbang.audit.queries import history_of
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind, IdentityNumber, make_resident_id
from jinbang.people import amendments, evidence, queries, rules
from jinbang.people.amendments import Wanted
from jinbang.people.errors import (
    AmendmentDecided,
    AmendmentNotFound,
    AmendmentOpen,
    DocumentOfAnother,
    NothingToAmend,
    PaperUnreadable,
    ReasonMissing,
)
from jinbang.people.models import Amendment, IdentityDocument, Person
from jinbang.people.states import AmendmentState
from tests.cast import LIN_NUMBER, NOW, ZHAO_NUMBER, Cast, client_of

NEW_NUMBER = make_resident_id("140303", date(1995, 6, 2), 12)
LATER = NOW + timedelta(days=1)
Sent = list[tuple[str, str]]


def scan() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(written, "PNG")
    return written.getvalue()


def wanted(*, name: str = "林晓", number: str = "", place: str = "14", picture: bytes | None = None) -> Wanted:
    content = scan() if picture is None else picture
    return Wanted(name=name, kind=DocumentKind.RESIDENT_ID, number=number, evidence=content, authority_code=place)


def asked(cast: Cast, *, name: str = "林晓晓", number: str = NEW_NUMBER) -> Amendment:
    return amendments.request_amendment(wanted(name=name, number=number), by=cast.lin.candidate, now=NOW)


@pytest.mark.parametrize(
    "submitted,due",
    [
        (datetime(2026, 3, 10, 10, tzinfo=SHANGHAI), date(2026, 3, 13)),  # Tuesday: to the end of Thursday
        (datetime(2026, 3, 12, 23, 59, tzinfo=SHANGHAI), date(2026, 3, 17)),  # Thursday: Friday, then Monday
        (datetime(2026, 3, 14, 0, 0, tzinfo=SHANGHAI), date(2026, 3, 18)),  # Saturday: Monday and Tuesday
    ],
)
def test_it_is_due_at_the_end_of_the_second_working_day(submitted: datetime, due: date) -> None:
    weekdays = {0, 1, 2, 3, 4}
    deadline = rules.amendment_deadline(submitted, is_working=lambda day: day.weekday() in weekdays)
    assert deadline.astimezone(SHANGHAI) == datetime.combine(due, datetime.min.time(), tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_after_approval_both_numbers_find_the_person_and_old_days_keep_the_old_name(cast: Cast) -> None:
    amendment = asked(cast)
    assert amendment.due_at == datetime(2026, 3, 13, tzinfo=SHANGHAI)
    amendments.approve_amendment(amendment.pk, by=cast.zhou.staff, now=LATER)
    person = Person.objects.get(pk=cast.lin.bound.pk)
    kind = DocumentKind.RESIDENT_ID
    for number in (LIN_NUMBER, NEW_NUMBER, LIN_NUMBER[:6] + LIN_NUMBER[8:17]):
        assert queries.find_person_by_document(kind=kind, number=number) == person
    assert person.name == "林晓晓"
    assert (person.name_on(NOW.date()), person.name_on(LATER.date()), person.name_on(None)) == (
        "林晓",
        "林晓晓",
        "林晓晓",
    )
    assert queries.document_number_of(person).number == NEW_NUMBER
    assert queries.document_numbers_of([person.pk], on=NOW.date())[person.pk].number == LIN_NUMBER
    assert queries.document_numbers_of([person.pk])[person.pk].number == NEW_NUMBER
    assert person.born_on == date(1995, 6, 2)
    periods = IdentityDocument.objects.filter(person=person).order_by("id").values_list("valid_from", "valid_to")
    assert list(periods) == [(None, LATER.date()), (LATER.date(), None)]
    assert [one.event for one in history_of(amendment)] == ["amendment_requested", "approve"]


@pytest.mark.django_db
@pytest.mark.parametrize("days", [(10, 20), (10, 20, 30), (10, 10), (10, 20, 20, 30)])
def test_whoever_returns_to_an_earlier_document_had_each_in_its_time(cast: Cast, days: tuple[int, ...]) -> None:
    for step, day in enumerate(days):
        now = NOW + timedelta(days=day)
        number = (NEW_NUMBER, LIN_NUMBER)[step % 2]
        row = amendments.request_amendment(wanted(number=number), by=cast.lin.candidate, now=now)
        amendments.approve_amendment(row.pk, by=cast.zhou.staff, now=now)
    person = Person.objects.get(pk=cast.lin.bound.pk)
    for day in range(days[-1] + 5):
        on = NOW.date() + timedelta(days=day)
        changes = sum(begins <= day for begins in days)
        borne = (LIN_NUMBER, NEW_NUMBER)[changes % 2]
        assert queries.document_number_of(person, on=on).number == borne
        assert queries.document_numbers_of([person.pk], on=on)[person.pk].number == borne
        rows = Person.objects.filter(pk=person.pk).annotate(index=queries.document_index_on("pk", on=on))
        assert rows.get().index == queries.document_index(IdentityNumber(DocumentKind.RESIDENT_ID, borne))
    for number in (LIN_NUMBER, NEW_NUMBER):
        assert queries.find_person_by_document(kind=DocumentKind.RESIDENT_ID, number=number) == person
    last = (LIN_NUMBER, NEW_NUMBER)[len(days) % 2]
    assert queries.document_number_of(person).number == last
    assert queries.document_numbers_of([person.pk])[person.pk].number == last


@pytest.mark.django_db
def test_three_names_are_each_borne_in_their_time(cast: Cast) -> None:
    for step, name in enumerate(("林二", "林三")):
        now = NOW + timedelta(days=10 * (step + 1))
        row = amendments.request_amendment(wanted(name=name), by=cast.lin.candidate, now=now)
        amendments.approve_amendment(row.pk, by=cast.zhou.staff, now=now)
    person = Person.objects.get(pk=cast.lin.bound.pk)
    borne = [person.name_on(NOW.date() + timedelta(days=days)) for days in (0, 9, 10, 19, 20)]
    assert borne == ["林晓", "林晓", "林二", "林二", "林三"]


@pytest.mark.django_db
def test_the_owner_is_told_and_the_scan_is_opened_with_a_trace(
    cast: Cast, sent: Sent, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    amendment = asked(cast)
    picture = amendments.open_evidence(amendment.pk, by=cast.zhou.staff, now=NOW)
    assert picture.startswith(b"\xff\xd8\xff")
    assert picture not in bytes(amendment.evidence_sealed)
    assert NEW_NUMBER.encode() not in bytes(amendment.new_number_sealed or b"")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # the plugin types it loosely
        amendments.refuse_amendment(amendment.pk, reason="看不清", by=cast.zhou.staff, now=NOW)
    assert [where for where, _ in sent] == [cast.lin.phone]
    assert [one.event for one in history_of(amendment)] == ["amendment_requested", "evidence_opened", "refuse"]


REFUSED: list[tuple[Callable[[Cast], object], type[DomainError]]] = [
    (lambda cast: amendments.request_amendment(wanted(), by=cast.lin.candidate, now=NOW), NothingToAmend),
    (
        lambda cast: amendments.request_amendment(wanted(number=LIN_NUMBER), by=cast.lin.candidate, now=NOW),
        NothingToAmend,
    ),
    (lambda cast: (asked(cast), asked(cast)), AmendmentOpen),
    (
        lambda cast: amendments.request_amendment(wanted(name="林", picture=b"%PDF"), by=cast.lin.candidate, now=NOW),
        PaperUnreadable,
    ),
    (lambda cast: amendments.approve_amendment(asked(cast).pk, by=cast.zheng.staff, now=NOW), AmendmentNotFound),
    (lambda cast: amendments.approve_amendment(asked(cast).pk, by=cast.tao.staff, now=NOW), AmendmentNotFound),
    (lambda cast: amendments.withdraw_amendment(asked(cast).pk, by=cast.zhao.candidate, now=NOW), AmendmentNotFound),
    (lambda cast: amendments.refuse_amendment(asked(cast).pk, reason=" ", by=cast.zhou.staff, now=NOW), ReasonMissing),
    (
        lambda cast: amendments.approve_amendment(asked(cast, number=ZHAO_NUMBER).pk, by=cast.zhou.staff, now=NOW),
        DocumentOfAnother,
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("act,refusal", REFUSED)
def test_refuses(cast: Cast, act: Callable[[Cast], object], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        act(cast)
    assert Person.objects.get(pk=cast.lin.bound.pk).name == "林晓"
    assert IdentityDocument.objects.filter(person=cast.lin.bound, valid_to__isnull=True).count() == 1


@pytest.mark.django_db
def test_what_was_decided_or_withdrawn_stays_so(cast: Cast) -> None:
    amendment = asked(cast)
    amendments.withdraw_amendment(amendment.pk, by=cast.lin.candidate, now=NOW)
    with pytest.raises(AmendmentDecided):
        amendments.approve_amendment(amendment.pk, by=cast.zhou.staff, now=NOW)
    assert Amendment.objects.get().state == AmendmentState.WITHDRAWN


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"x" * 50])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PaperUnreadable):
        evidence.to_jpeg(content)


def test_what_follows_a_picture_is_left_behind() -> None:
    assert b"<script>" not in evidence.to_jpeg(scan() + b"<script>")


# ---------------------------------------------------------------- pages
def form(**changes: str) -> dict[str, object]:
    picture = SimpleUploadedFile("scan.png", scan(), content_type="image/png")
    fields = {"name": "林晓晓", "kind": "resident_id", "number": NEW_NUMBER, "authority": "14", **changes}
    return {**fields, "evidence": picture, "submission_key": new_submission_key()}


@pytest.mark.django_db
def test_a_candidate_asks_and_a_reviewer_decides_by_the_pages(cast: Cast) -> None:
    candidate, reviewer = client_of(cast.lin), client_of(cast.zhou)
    assert candidate.get("/me/amendments/new/").status_code == 200
    assert candidate.post("/me/amendments/new/", form()).headers["Location"] == "/me/amendments/"
    assert "现在轮到审核人员" in candidate.get("/me/amendments/").text
    again = candidate.post("/me/amendments/new/", form())
    assert again.status_code == 422
    row = Amendment.objects.get()
    assert f"/desk/people/amendments/{row.pk}/" in reviewer.get("/desk/people/amendments/").text
    case = reviewer.get(f"/desk/people/amendments/{row.pk}/").text
    assert NEW_NUMBER in case
    assert LIN_NUMBER not in case
    opened = reviewer.get(f"/desk/people/amendments/{row.pk}/evidence/")
    assert opened.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in opened.headers["Cache-Control"]
    key = {"submission_key": new_submission_key()}
    assert reviewer.post(f"/desk/people/amendments/{row.pk}/refuse/", {**key, "reason": ""}).status_code == 422
    done = reviewer.post(f"/desk/people/amendments/{row.pk}/approve/", key)
    assert done.headers["Location"] == "/desk/people/amendments/"
    profile = candidate.get("/me/profile/").text
    assert "林晓晓" in profile
    assert "用到 2026年3月10日" in profile
    assert "已变更" in candidate.get("/me/amendments/").text


@pytest.mark.django_db
def test_asking_for_anothers_number_looks_like_any_other(cast: Cast) -> None:
    known = client_of(cast.lin).post("/me/amendments/new/", form(number=ZHAO_NUMBER))
    unknown = client_of(cast.zhao).post("/me/amendments/new/", form(name="赵敏·艾山"))
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
