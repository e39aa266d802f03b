"""Requests and answers as the lookup sees them, whatever server carries them; and the strict reader of its form.

Both adapters (RSGI and Django) translate to and from these. Whatever is not exactly the form that the page sends is
refused before anything else is done with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from jinbang.lookup.errors import FormRefused

BODY_BYTES_MAX: Final = 8 * 1024
FORM_TYPE: Final = "application/x-www-form-urlencoded"
FIELDS: Final[Mapping[str, int]] = {
    "ticket_number": 64,
    "document_number": 64,
    "name": 96,
    "altcha": 1024,
    "image_code": 32,
    "image_token": 128,
    "picture_pass": 64,
    "receipt": 14,
}
_FIELDS: Final = {name.encode(): (name, characters_max) for name, characters_max in FIELDS.items()}
_BLANK: Final = dict.fromkeys(FIELDS, "")
_FIELDS_MAX: Final = 12
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")  # a line of a form never holds one
# What the page of a release sends nearly always: plain numbers, a name without a letter of ASCII, a solved challenge.
_USUAL: Final = re.compile(
    rb"ticket_number=([0-9A-Za-z]{0,64})&document_number=([0-9A-Za-z]{0,64})"
    rb"(?:&name=((?:%[89A-F][0-9A-F]){0,96}))?&altcha=([0-9a-f.]{0,1024})"
)
_UNPRINTABLE: Final = re.compile(rb"[^\x21-\x7e]")

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; worker-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFETY_HEADERS: Final = (
    ("cache-control", "no-store"),
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-robots-tag", "noindex"),
)


@dataclass(slots=True)  # not frozen, as nothing is that is made for each query: freezing takes longer than making
class Request:
    """What was asked. Header names are in small letters; the query string is not here, because nothing reads it."""

    method: str
    path: str
    client: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def is_inside_app(self) -> bool:
        """Whether an app shows the page inside itself: such browsers neither print nor download."""
        agent = self.headers.get("user-agent", "")
        return "MicroMessenger" in agent or "AlipayClient" in agent

    @property
    def wants_json(self) -> bool:
        """Whether the asker named JSON and not HTML."""
        accept = self.headers.get("accept", "")
        return "application/json" in accept and "text/html" not in accept


@dataclass(slots=True)
class Response:
    """What is answered. `headers` is complete but for the length."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


class FormProblem(StrEnum):
    """What is wrong with a body, each with its HTTP status below."""

    TOO_LARGE = "too_large"
    NOT_A_FORM = "not_a_form"
    MALFORMED = "malformed"


FORM_STATUS: Final[Mapping[FormProblem, int]] = {
    FormProblem.TOO_LARGE: 413,
    FormProblem.NOT_A_FORM: 415,
    FormProblem.MALFORMED: 400,
}


def respond(status: int, body: bytes, *, kind: str, extra: tuple[tuple[str, str], ...] = ()) -> Response:
    """Return an answer with the headers that every answer of the lookup carries, `extra` in place of the same."""
    return Response(status, _headers(kind, extra), body)


@lru_cache(maxsize=256)
def _headers(kind: str, extra: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the same headers as the same object, which servers may remember the bytes of."""
    replaced = {name for name, _value in extra}
    kept = tuple(pair for pair in SAFETY_HEADERS if pair[0] not in replaced)
    return (("content-type", kind), *kept, *extra)


def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a query, empty where absent. Refuses, with `FormRefused`, anything but that form.

    A body is printable ASCII and its names are written plainly, as every browser sends them; a value is UTF-8 without
    control characters. Within that it is read as the standard library's `parse_qsl` reads it.
    """
    body = request.body
    if len(body) > BODY_BYTES_MAX:
        raise FormRefused(problem=FormProblem.TOO_LARGE)
    kind = request.headers.get("content-type", "")
    if kind != FORM_TYPE and kind.partition(";")[0].strip().lower() != FORM_TYPE:
        raise FormRefused(problem=FormProblem.NOT_A_FORM)
    if usual := _USUAL.fullmatch(body):
        ticket, document, name, solution = usual.groups(b"")
        try:
            fields = _BLANK.copy()
            fields["ticket_number"], fields["document_number"] = ticket.decode(), document.decode()
            fields["name"] = bytes.fromhex(name.replace(b"%", b"").decode()).decode()
            fields["altcha"] = solution.decode()
        except UnicodeDecodeError as error:
            raise FormRefused(problem=FormProblem.MALFORMED) from error
        return fields
    return _read_any(body)


def _read_any(body: bytes) -> dict[str, str]:
    pairs = body.split(b"&")
    if len(pairs) > _FIELDS_MAX or _UNPRINTABLE.search(body):
        raise FormRefused(problem=FormProblem.MALFORMED)
    fields = _BLANK.copy()
    seen = set()
    for pair in filter(None, pairs):
        name, _, written = pair.partition(b"=")
        if name in seen or name not in _FIELDS:
            raise FormRefused(problem=FormProblem.MALFORMED)
        seen.add(name)
        known, characters_max = _FIELDS[name]
        try:
            value = unquote_to_bytes(written.replace(b"+", b" ")).decode()
        except UnicodeDecodeError as error:
            raise FormRefused(problem=FormProblem.MALFORMED) from error
        if len(value) > characters_max or _CONTROL.search(value):
            raise FormRefused(problem=FormProblem.MALFORMED)
        fields[known] = value
    return fields
