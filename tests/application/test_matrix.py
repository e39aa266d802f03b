"""Who may open what: every application address, for every kind of reader and for two people's applications.

The addresses come from the URL patterns themselves, so a new one that is missing here fails. What is expected is said
for a family of addresses and a reader, once for one's own object and once for another's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from jinbang.application import actions
from jinbang.application.evidence import clean_file, item_key
from jinbang.application.models import Application, ApprovalRun, Evidence, Photo
from jinbang.application.urls import urlpatterns
from jinbang.audit.submission import new_submission_key
from jinbang.people.models import Verification
from jinbang.people.verification.actions import open_verifications
from tests.application.world import CODE, SMALL_PHOTO, World, demand_evidence, filled, returned, submit, submitted
from tests.cast import NOW, CandidateMember, Cast, StaffMember, client_of
from tests.replay import repeated

pytestmark = pytest.mark.django_db

ITEM = "学历或者学位证书"
YEARS = "从事工程造价业务工作年限证明"
POSTED = {
    "evidence_remove",
    "approve",
    "return",
    "refuse",
    "photo_reuse",
    "photo_crop",
    "photo_accept",
    "photo_approve",
    "photo_reject",
    "next",
    "unlist",
    "claim",
    "release",
    "case_document",
    "lines",
    "confirm-refusal",
    "confirm-approval",
    "send-back",
    "uphold",
    "reopen",
    "commitment_evidence",
    "commitment_answer",
    "commitment_uphold",
    "commitment_charge",
    "commitment_false",
    "commit_sample",
    "draw_sample",
    "group_row_decline",
}  # answer to POST only
PUBLIC = {"samples": 200, "sample_file": 409, "commitment_samples": 200}  # no seed is public while reviewing goes on
SECOND_LOOKS = {"confirm-refusal", "confirm-approval", "send-back", "uphold", "reopen"}
OF_A_PHOTO = {"photo_crop", "photo_accept", "photo_version", "photo_marked", "photo_sheet"}
OF_A_PHOTO_ON_THE_DESK = {"photo_compare", "photo_approve", "photo_reject", "photo_case_version"}
CHANGING = {"level", "specialty", "track", "education", "condition", "subjects", "employer", "site", "photo"}
# What the desk shows of a case, beside its own queue.
CASE = {"case", "case_photo", "case_evidence", "approve", "return", "refuse", "photo_propose", "claim", "release"}
CASE |= {"check", "case_document", "lines", "run"} | SECOND_LOOKS | OF_A_PHOTO_ON_THE_DESK
QUEUE = {"queue", "approve_selected", "photo_changes", "next", "approve_matching", "statistics", "reasons", "unlist"}
QUEUE |= {"commitments"}
PLANS = {"terms", "plan"}  # the planner's
# Of a check there is none here, nor a row of a group entry: whoever may ask at all is told so.
OF_A_CHECK = {
    "commitment_case",
    "commitment_uphold",
    "commitment_charge",
    "commitment_false",
    "commitment_evidence_file",
}
OF_A_REGION = {"commit_sample", "draw_sample"}
OF_A_COUNTER = {"counter_points", "counter", "counter_enter", "counter_entered", "counter_pledge"}
OF_AN_AGENT = {"group_uploads", "group_upload", "group_answer", "group_template"}
OF_A_ROW = {"group_row", "group_row_decline"}


@dataclass(frozen=True)
class Objects:
    """The application of 林, to be edited after a return, and of 赵, under review; a page of evidence of each."""

    lin: Application
    zhao: Application
    lin_page: Evidence
    zhao_page: Evidence


@pytest.fixture
def objects(cast: Cast, world: World) -> Objects:
    parts_of.cache_clear()
    return repeated("matrix", lambda: _made(cast, world))


def _made(cast: Cast, world: World) -> Objects:
    demand_evidence(world)
    made = {}
    for member in (cast.lin, cast.zhao):
        application = filled(member.candidate, site=world.first)
        for item in (ITEM, YEARS):
            actions.add_evidence(
                application_id=application.pk,
                item=item,
                files=(clean_file(SMALL_PHOTO),),
                by=member.candidate,
                now=NOW,
            )
        made[member.account.username] = submit(application.pk, by=member.candidate)
    returned(made["lin"].pk, {}, by=cast.zhou.staff)
    open_verifications(now=NOW)
    ApprovalRun.objects.create(account_id=cast.zhou.account.pk, list_sha256="", cases=[], started_at=NOW)
    pages = {pk: Evidence.objects.filter(application=pk).earliest("id") for pk in (one.pk for one in made.values())}
    return Objects(made["lin"], made["zhao"], pages[made["lin"].pk], pages[made["zhao"].pk])


def names() -> list[str]:
    return [str(pattern.name) for pattern in urlpatterns if isinstance(pattern, URLPattern)]


def verification_of(pk: UUID) -> UUID:
    return Verification.objects.get(person__applications=pk, kind="real_name").pk


def region_of(pk: UUID) -> UUID:
    return Application.objects.get(pk=pk).region_id


@cache
def parts_of(pk: UUID, page: UUID) -> dict[str, dict[str, object]]:
    """Return what the addresses of one application are made of, asked for once in a test."""
    return {
        "start": {"sitting_code": CODE},
        "evidence_item": {"application_id": pk, "key": item_key(ITEM)},
        "evidence_file": {"application_id": pk, "evidence_id": page},
        "evidence_remove": {"application_id": pk, "evidence_id": page},
        "check": {"application_id": pk, "verification_id": verification_of(pk)},
        "case_evidence": {"application_id": pk, "evidence_id": page},
        **{one: {} for one in PLANS | QUEUE},
        "run": {"run_id": ApprovalRun.objects.get().pk},
        "samples": {"code": CODE},
        "sample_file": {"code": CODE, "authority": "14"},
        "commitment_samples": {"sitting_code": CODE},
        "group_rows": {},
        "group_uploads": {},
        "counter_points": {},
        **{one: {"row_id": pk} for one in OF_A_ROW},
        **{one: {"upload_id": pk} for one in ("group_upload", "group_answer")},
        **{one: {"point_id": pk} for one in ("counter", "counter_enter")},
        **{one: {"check_id": pk} for one in OF_A_CHECK},
        "commitment_evidence_file": {"check_id": pk, "evidence_id": page},
        **{one: {"region_id": region_of(pk)} for one in (*OF_A_REGION, "group_template")},
        **{one: {"photo_id": Photo.objects.get(application=pk).pk} for one in OF_A_PHOTO | OF_A_PHOTO_ON_THE_DESK},
    }


def address(name: str, pk: UUID, page: UUID) -> str:
    """Return the address of this name for one application; a name this does not know cannot be resolved."""
    return reverse(f"application:{name}", kwargs=parts_of(pk, page).get(name, {"application_id": pk}))


def ask(client: Client, name: str, *, pk: UUID, page: UUID) -> int:
    """Return the status of the answer; asks by POST where only that is answered."""
    where = address(name, pk, page)
    if name in POSTED:
        sent = {"submission_key": new_submission_key(), "version": "1"}
        return client.post(where, sent).status_code
    return client.get(where).status_code


def is_desk(name: str) -> bool:
    return name in CASE | QUEUE | PLANS | OF_A_CHECK | OF_A_REGION | OF_A_COUNTER | OF_AN_AGENT


# ---------------------------------------------------------------- what is expected
ALLOWED_OWN = {
    "start": 302,
    "evidence_remove": 302,
    "photo_crop": 302,
    "photo_accept": 409,  # it was accepted already
    "photo_marked": 404,  # and what it was cut from is gone
    "photo_sheet": 404,
    "photo_reuse": 422,  # there is no earlier one
    **dict.fromkeys(("commitment_check", "commitment_evidence", "commitment_answer", *OF_A_ROW), 404),  # none here
}
ALLOWED_DESK = {
    "approve": 302,
    "return": 422,  # without a reason
    "refuse": 422,
    "photo_propose": 409,  # under review
    "photo_approve": 409,  # nothing was proposed
    "photo_reject": 422,
    "next": 302,
    "claim": 302,
    "release": 302,
    "lines": 302,
    "unlist": 302,
    "case_document": 422,  # without a purpose
    "confirm-refusal": 409,  # nothing was proposed
    "confirm-approval": 409,
    "send-back": 422,
    "uphold": 422,
    "reopen": 422,
    "commit_sample": 302,
    "draw_sample": 409,  # while people can still apply
    **dict.fromkeys(OF_A_CHECK, 404),
    **dict.fromkeys(OF_A_COUNTER | OF_AN_AGENT, 403),
}


def of_owner(name: str) -> int:
    return 403 if is_desk(name) else {**ALLOWED_OWN, **PUBLIC}.get(name, 200)


def of_other_candidate(name: str) -> int:
    if is_desk(name):
        return 403
    return {"start": 302, "group_rows": 200, **PUBLIC}.get(name, 404)


def of_unbound(name: str) -> int:
    return 403 if is_desk(name) else PUBLIC.get(name, 302)  # to say first who they are


def of_reviewer(name: str) -> int:
    if name in CASE | QUEUE | OF_A_CHECK | OF_A_REGION:
        return ALLOWED_DESK.get(name, 200)
    return PUBLIC.get(name, 403)


def of_reviewer_elsewhere(name: str) -> int:
    if name in QUEUE:
        return ALLOWED_DESK.get(name, 200)
    return 404 if name in CASE | OF_A_CHECK | OF_A_REGION else PUBLIC.get(name, 403)


def of_planner(name: str) -> int:
    return 200 if name in PLANS else of_other_staff(name)


def of_auditor(name: str) -> int:
    return 200 if name == "statistics" else of_other_staff(name)


def of_registrar(name: str) -> int:
    """Return what a counter gets of another place, and of an application that was not taken at one."""
    if name == "counter_points":
        return 200
    if name == "counter_enter":
        return 302  # asked for by GET: back to the counter
    return 404 if name in OF_A_COUNTER else PUBLIC.get(name, 403)


def of_other_staff(name: str) -> int:
    return PUBLIC.get(name, 403)


READERS: dict[str, tuple[Callable[[Cast], CandidateMember | StaffMember], Callable[[str], int]]] = {
    "another candidate": (lambda cast: cast.zhao, of_other_candidate),
    "somebody bound to nobody": (lambda cast: cast.sun, of_unbound),
    "a reviewer elsewhere": (lambda cast: cast.zheng, of_reviewer_elsewhere),
    "吴": (lambda cast: cast.wu, of_other_staff),
    "the bursar": (lambda cast: cast.gu, of_other_staff),
    "a release officer": (lambda cast: cast.he, of_other_staff),
    "the planner": (lambda cast: cast.qian, of_planner),
    "the seating officer": (lambda cast: cast.feng, of_other_staff),
    "the room clerk": (lambda cast: cast.chen, of_other_staff),
    "the marks clerk": (lambda cast: cast.chu, of_other_staff),
    "the marks verifier": (lambda cast: cast.wei, of_other_staff),
    "the pass mark officer": (lambda cast: cast.jiang, of_other_staff),
    "a registrar": (lambda cast: cast.tao, of_registrar),
    "the auditor": (lambda cast: cast.han, of_auditor),
}


def test_every_address_of_the_phase_is_in_the_matrix(objects: Objects) -> None:
    unknown = []
    for name in names():
        try:
            address(name, objects.lin.pk, objects.lin_page.pk)
        except Exception as refused:  # noqa: BLE001  # whatever the resolver says, the name is missing here
            unknown.append(f"{name}: {refused}")
    assert unknown == []
    assert len(names()) == len(set(names()))
    assert {*CHANGING, *CASE, *QUEUE, *POSTED} <= set(names())


@pytest.mark.parametrize("who", READERS)
def test_what_a_reader_gets_of_somebody_elses_application(cast: Cast, objects: Objects, *, who: str) -> None:
    member, expected = READERS[who]
    client = client_of(member(cast))
    got = {name: ask(client, name, pk=objects.lin.pk, page=objects.lin_page.pk) for name in names()}
    assert got == {name: expected(name) for name in names()}
    assert Application.objects.get(pk=objects.lin.pk).state == "returned"
    assert Evidence.objects.filter(pk=objects.lin_page.pk).exists()


def test_what_the_owner_gets(cast: Cast, objects: Objects) -> None:
    client = client_of(cast.lin)
    in_order = sorted(names(), key=lambda name: name == "evidence_remove")  # it takes away what the others ask for
    got = {name: ask(client, name, pk=objects.lin.pk, page=objects.lin_page.pk) for name in in_order}
    assert got == {name: of_owner(name) for name in names()}


def test_what_the_reviewer_of_the_region_gets(cast: Cast, objects: Objects) -> None:
    client = client_of(cast.zhou)
    in_order = sorted(
        names(), key=lambda name: name in {"approve", "draw_sample"}
    )  # after which nothing is left to decide, or to commit to
    got = {name: ask(client, name, pk=objects.zhao.pk, page=objects.zhao_page.pk) for name in in_order}
    assert got == {name: of_reviewer(name) for name in names()}


def test_nobody_gets_anything_without_signing_in(cast: Cast, objects: Objects) -> None:
    for name in names():
        where = address(name, objects.lin.pk, objects.lin_page.pk)
        answer = Client().post(where) if name in POSTED else Client().get(where)
        if name in PUBLIC:
            assert answer.status_code == PUBLIC[name], name
            continue
        assert answer.status_code == 302, name
        assert "/desk/sign-in/" in answer.headers["Location"] or "/account/login/" in answer.headers["Location"]


def test_the_page_of_one_application_is_not_reached_through_another(cast: Cast, objects: Objects) -> None:
    """One's own application in the address does not lend another's evidence, nor does a case in scope."""
    for member, name, through in (
        (cast.lin, "evidence_file", objects.lin),
        (cast.lin, "evidence_remove", objects.lin),
        (cast.zhou, "case_evidence", objects.lin),
    ):
        assert ask(client_of(member), name, pk=through.pk, page=objects.zhao_page.pk) == 404


def test_what_was_submitted_opens_no_page_of_the_form_even_to_its_owner(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.lin)
    for name in CHANGING | {"tasks", "declaration", "evidence"}:
        assert client.get(reverse(f"application:{name}", kwargs={"application_id": pk})).status_code == 409, name
