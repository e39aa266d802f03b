"""What operators see: lines and counts that say nothing about anybody, written without holding anybody up."""

import json
import os
import time
from pathlib import Path

import pytest

from jinbang.lookup.node import Node
from jinbang.lookup.observation import AccessLog, Measures, route_of
from tests.lookup.world import FORM, LIN, RELEASE, House


@pytest.mark.parametrize(
    "method, path, route",
    [
        ("GET", "/lookup", "list"),
        ("GET", "/lookup/", "list"),
        ("GET", f"/lookup/{RELEASE}", "form"),
        ("POST", f"/lookup/{RELEASE}", "query"),
        ("POST", f"/lookup/{LIN.document}/{LIN.ticket}", "query"),
        ("GET", f"/lookup/image/{LIN.document}.png", "image"),
        ("GET", f"/{LIN.document}", "other"),
        ("GET", "/healthz", "healthz"),
    ],
)
def test_a_route_is_one_of_a_few_words_whatever_was_asked_for(method: str, path: str, route: str) -> None:
    assert route_of(method, path) == route


def test_a_line_for_each_request_and_nothing_about_a_person(house: House) -> None:
    path = house.home / "access.log"
    log = AccessLog(os.open(path, os.O_WRONLY | os.O_CREAT))
    house.publish()
    node = Node(house.service(), log=log)
    for method, address, body in (
        ("POST", f"/lookup/{RELEASE}", f"ticket_number={LIN.ticket}&document_number={LIN.document}".encode()),
        ("GET", f"/lookup/{RELEASE}?name=%E6%9E%97", b""),
        ("GET", f"/lookup/{LIN.document}", b""),
        ("TRACE", f"/lookup/{LIN.ticket}", b""),
    ):
        node.answer(
            method=method, path=address, peer="203.0.113.77", headers=FORM, body=body, later=lambda end_turn: end_turn()
        )
    node.close()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("query", 422),
        ("form", 404),
        ("form", 404),
        ("form", 405),
    ]
    assert {frozenset(line) for line in lines} == {frozenset({"at", "event", "route", "status", "us"})}
    written = path.read_text(encoding="utf-8") + node.measures.text().decode()
    for secret in (LIN.ticket, LIN.document, "203.0.113.77", "%E6%9E%97"):
        assert secret not in written


def test_a_collector_that_reads_nothing_delays_nobody(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    log = AccessLog(writing)
    began = time.perf_counter()
    for _ in range(200_000):
        log.note("query", 200, seconds=0.0002)
    assert time.perf_counter() - began < 5
    assert len(log._lines) <= 100_000
    os.close(reading)  # now writing fails, and even that is nobody's trouble
    log.note("query", 200, seconds=0.0002)
    log.close()
    log._thread.join()  # or it would write into whatever is opened next under this number
    os.close(writing)


def test_measures_add_up() -> None:
    measures = Measures()
    for seconds in (0.00005, 0.0003, 0.5):
        measures.note("query", 200, seconds=seconds)
    measures.note("refused", 400, seconds=0.0)
    text = measures.text().decode()
    assert 'jinbang_lookup_requests_total{route="query",status="200"} 3.0' in text
    assert 'jinbang_lookup_answer_seconds_bucket{le="0.0001"} 2.0' in text
    assert 'jinbang_lookup_answer_seconds_bucket{le="+Inf"} 4.0' in text
    assert "process_resident_memory_bytes" in text
