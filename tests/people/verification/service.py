"""A verification service on this machine: it knows a few people, signs its answers, and can be told to misbehave."""

import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from jinbang.people.verification.adapters import SENT_AT, SIGNATURE, HttpProvider, signature

SECRET = "shared-with-the-tests"


@dataclass
class Service:
    """What it knows (document number to name; diploma number to name), how it misbehaves, what it was asked."""

    address: str = ""
    names: dict[str, str] = field(default_factory=dict)
    diplomas: dict[str, str] = field(default_factory=dict)
    twist: str = ""
    asked: list[str] = field(default_factory=list)

    def provider(self) -> HttpProvider:
        """Return the program's side of it."""
        return HttpProvider(self.address, secret=SECRET)

    def answer(self, question: dict[str, str]) -> dict[str, Any]:
        """Return what the registers say."""
        register = self.names if question["kind"] == "real_name" else self.diplomas
        sought = question["document_number"] if question["kind"] == "real_name" else question["diploma_number"]
        known = register.get(sought)
        verdict, reason = ("failed", "number_unknown") if known is None else ("failed", "name_differs")
        if known == question["name"]:
            verdict, reason = "passed", ""
        lies = {
            "another question": {"question": "0" * 36},
            "unknown word": {"verdict": "perhaps"},
            "needs a person": {"verdict": "needs_person", "reason": "free text with 姓名"},
            "not checked": {"verdict": "not_checked", "reason": "not_covered"},
        }
        return {"question": question["question"], "verdict": verdict, "reason": reason} | lies.get(self.twist, {})


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's signature
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer one question."""
        service = self.service
        body, at = self.rfile.read(int(self.headers["Content-Length"])), self.headers[SENT_AT]
        genuine = hmac.compare_digest(signature(SECRET.encode(), at, body), self.headers[SIGNATURE])
        question = json.loads(body)
        service.asked.append(question["question"])
        told = json.dumps(service.answer(question), ensure_ascii=False).encode()
        if service.twist == "not json":
            told = b"<html>"
        if service.twist == "a list":
            told = b"[1]"
        signer = "somebody-else" if service.twist == "forged" else SECRET
        self.send_response(503 if service.twist == "down" else 200 if genuine else 403)
        self.send_header(SIGNATURE, signature(signer.encode(), at, told))
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)


@contextmanager
def serving() -> Iterator[Service]:
    """Serve on a free port of this machine for the length of a `with` block."""
    service = Service()
    handler = type("Handler", (_Handler,), {"service": service})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        service.address = f"http://127.0.0.1:{server.server_address[1]}/verify?key=only-here"
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
