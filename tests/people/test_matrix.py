"""Every address of people, asked by everybody: a table says who gets what, and an address without a line fails.

`lin` owns every object; `zhao` is another candidate, `sun` one without identity, `zhou` and `tao` are the reviewer and
the registrar of the province, `zheng` and `lei` of another one, `wu` is staff without any role.
"""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern

from jinbang.audit.submission import new_submission_key
from jinbang.people import amendments
from jinbang.people.models import Account, Amendment, Rebinding
from jinbang.people.urls import urlpatterns
from tests.cast import NOW, Cast, client_of
from tests.people.test_amendments import wanted
from tests.people.test_integrity import entered
from tests.people.test_rebinding import proven

WHO = ("nobody", "lin", "zhao", "sun", "zhou", "zheng", "tao", "lei", "wu")
# What each of them is answered, in the order of WHO. 302 for nobody and for whoever has yet to say who they are.
ALL = dict.fromkeys(WHO, 200)
OWN = (302, 200, 200, 200, 403, 403, 403, 403, 403)
BOUND = (302, 200, 200, 302, 403, 403, 403, 403, 403)
OWN_OBJECT = (302, 302, 404, 302, 403, 403, 403, 403, 403)
REVIEWER = (302, 403, 403, 403, 200, 200, 403, 403, 403)
REVIEWED = (302, 403, 403, 403, 200, 404, 403, 403, 403)
REGISTRAR = (302, 403, 403, 403, 403, 403, 200, 200, 403)
REGISTERED = (302, 403, 403, 403, 403, 403, 200, 404, 403)
STAFF = (302, 403, 403, 403, 200, 200, 200, 200, 403)
TABLE: dict[str, tuple[str, tuple[int, ...]]] = {
    "identity": ("get", (302, 302, 302, 200, 403, 403, 403, 403, 403)),
    "identity_received": ("get", OWN),
    "profile": ("get", OWN),
    "visits": ("get", OWN),
    "end_others": ("post", (302, 302, 302, 302, 403, 403, 403, 403, 403)),
    "change_phone": ("get", OWN),
    "change_email": ("get", OWN),
    "change_contact": ("get", (302, 302, 302, 302, 403, 403, 403, 403, 403)),
    "amendments": ("get", BOUND),
    "ask_amendment": ("get", BOUND),
    "withdraw_amendment": ("post", OWN_OBJECT),
    "stop_own_rebinding": ("post", OWN_OBJECT),
    "amendment_queue": ("get", REVIEWER),
    "amendment_case": ("get", REVIEWED),
    "amendment_evidence": ("get", REVIEWED),
    "approve_amendment": ("post", (302, 403, 403, 403, 302, 404, 403, 403, 403)),
    "refuse_amendment": ("post", (302, 403, 403, 403, 302, 404, 403, 403, 403)),
    "integrity_records": ("get", REVIEWER),
    "integrity_enter": ("get", REVIEWER),
    "integrity_lift": ("get", REVIEWED),
    "counter": ("get", REGISTRAR),
    "start_rebinding": ("get", (302, 403, 403, 403, 403, 403, 302, 302, 403)),
    "rebinding": ("get", REGISTERED),
    "confirm_rebinding": ("post", (302, 403, 403, 403, 403, 403, 422, 404, 403)),  # 422: tao opened it
    "stop_rebinding": ("post", (302, 403, 403, 403, 403, 403, 302, 404, 403)),
    "desk_profile": ("get", STAFF),
    "officer_key": ("get", (302, 403, 403, 403, 403, 403, 403, 403, 403)),
    "officer_passkey": ("post", (302, 403, 403, 403, 403, 403, 403, 403, 403)),
}
PUBLIC = {
    "sign_up", "sign_up_by_email", "sign_up_code", "code_sign_in", "code_sign_in_confirm",
    "recover", "recover_code", "recover_password", "sign_out", "staff_sign_in",
}  # fmt: skip


def named() -> Iterator[URLPattern]:
    yield from (entry for entry in urlpatterns if isinstance(entry, URLPattern) and entry.name)


def test_every_address_has_a_line() -> None:
    assert {str(entry.name) for entry in named()} == set(TABLE) | PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLE))
def test_everybody_is_answered_as_the_table_says(cast: Cast, code_to: Callable[[str], str], *, name: str) -> None:
    entry = next(one for one in named() if one.name == name)
    asked = amendments.request_amendment(wanted(name="林改"), by=cast.lin.candidate, now=NOW)
    objects = {"amendment": asked, "rebinding": proven(cast, code_to), "record": entered(cast)}
    path = "/" + str(entry.pattern)
    for kind, row in objects.items():
        path = path.replace(f"<uuid:{kind}_id>", str(row.pk))
    path = path.replace("<int:authenticator_id>", "1")
    method, expected = TABLE[name]
    found = []
    for who in WHO:
        client = Client() if who == "nobody" else client_of(getattr(cast, who))
        answer = getattr(client, method)(
            path, {"submission_key": new_submission_key(), "reason": "看不清"} if method == "post" else {}
        )
        found.append(answer.status_code)
        if who not in {"lin", "zhou", "tao"}:
            assert "林晓" not in answer.text, who
    assert dict(zip(WHO, found, strict=True)) == dict(zip(WHO, expected, strict=True))
    refused = [who for who, status in zip(WHO, expected, strict=True) if status in {403, 404}]
    assert "wu" in refused


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["amendment_case", "approve_amendment", "rebinding", "stop_rebinding"])
def test_what_is_anothers_changes_nothing_when_posted(cast: Cast, code_to: Callable[[str], str], *, name: str) -> None:
    asked = amendments.request_amendment(wanted(name="林改"), by=cast.lin.candidate, now=NOW)
    bound = proven(cast, code_to)
    entry = next(one for one in named() if one.name == name)
    path = "/" + str(entry.pattern).replace("<uuid:amendment_id>", str(asked.pk)).replace(
        "<uuid:rebinding_id>", str(bound.pk)
    )
    for member in (cast.zhao, cast.sun, cast.zheng, cast.lei, cast.wu, cast.gu):
        client_of(member).post(path, {"submission_key": new_submission_key(), "code": "123456"})
    assert Amendment.objects.get().state == "submitted"
    assert Rebinding.objects.get().state == "proven"
    assert Account.objects.get(pk=cast.lin.account.pk).phone == cast.lin.phone
