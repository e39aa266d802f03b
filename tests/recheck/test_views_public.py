"""Reporting an anomaly: carried from the query, sealed, kept once, alike for everybody, and bounded by network."""

import json

import pytest
from django.test import Client

from jinbang.audit.models import StateChange
from jinbang.kernel.crypto import key_ring
from jinbang.kernel.crypto.envelope import associated_data, open_sealed
from jinbang.recheck import actions
from jinbang.recheck.models import AnomalyReport

pytestmark = pytest.mark.django_db

RECEIPT = "7K2M-9QXD-4TRA"
FILLED = {
    "release": "sx-cost-engineer-2-2026-14",
    "receipt": RECEIPT,
    "kind": "missing",
    "name": "林小满",
    "ticket_number": "261403012345",
    "document_number": "11010519491231002X",
    "phone": "13800138000",
    "description": "两科都参加了。",
}


def send(**changed: str) -> int:
    return Client().post("/report/", {**FILLED, **changed}).status_code


def test_the_receipt_and_the_query_come_along() -> None:
    page = Client().get("/report/", {"release": FILLED["release"], "receipt": RECEIPT}).content.decode()
    assert f'value="{RECEIPT}"' in page
    assert f'value="{FILLED["release"]}"' in page


def test_a_report_is_kept_sealed_and_recorded() -> None:
    answer = Client().post("/report/", FILLED, follow=True)
    assert answer.redirect_chain == [(f"/report/{RECEIPT}/", 302)]
    assert RECEIPT in answer.content.decode()
    report = AnomalyReport.objects.get()
    for secret in ("林小满", "13800138000", "11010519491231002X", "两科"):
        assert secret.encode() not in bytes(report.content_sealed)
    aad = associated_data(actions.TABLE, actions.COLUMN, row=report.pk)
    content = json.loads(open_sealed(bytes(report.data_key), bytes(report.content_sealed), aad=aad, ring=key_ring()))
    assert content["document_number"] == FILLED["document_number"]
    change = StateChange.objects.get(subject_id=report.pk)
    assert "林小满" not in json.dumps(change.details, ensure_ascii=False)


def test_the_same_receipt_twice_is_one_report_and_the_same_answer() -> None:
    assert [send(), send(name="别人")] == [302, 302]
    assert AnomalyReport.objects.count() == 1


@pytest.mark.parametrize("changed", [{"receipt": "x"}, {"kind": "?"}, {"name": ""}, {"release": "../"}, {"phone": ""}])
def test_what_is_incomplete_is_kept_nowhere(changed: dict[str, str]) -> None:
    assert send(**changed) == 422
    assert not AnomalyReport.objects.exists()


def test_one_network_cannot_fill_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "REPORTS_A_NETWORK", actions.REPORTS_A_NETWORK.__class__("r", 2, actions.HOUR))
    assert [send(receipt=f"AAAA-AAAA-{number:04d}") for number in range(3)] == [302, 302, 429]
    assert AnomalyReport.objects.count() == 2


def test_the_page_afterwards_says_the_same_whether_or_not_there_is_a_report() -> None:
    send()
    known, unknown = (Client().get(f"/report/{receipt}/").content for receipt in (RECEIPT, "AAAA-AAAA-AAAA"))
    assert known.replace(RECEIPT.encode(), b"AAAA-AAAA-AAAA") == unknown
    assert b"<script>x" not in Client().get("/report/<script>x/").content
