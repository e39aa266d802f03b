"""The lookup behind Django: translates a request and its answer, nothing more. Used where one port serves everything.

The role of its own (`rsgi`) runs the same service; one set of tests runs against both.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from jinbang.kernel.crypto import KeyRing, key_ring
from jinbang.lookup import queries
from jinbang.lookup.actions import SHELL_TEMPLATE, rendered_html
from jinbang.lookup.exchange import BODY_BYTES_MAX, FORM_TYPE, Request, Response
from jinbang.lookup.gate import Gate, SignedInGate
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.keyholder import VAULT_FOLDER, KeyHolder, KeyVault
from jinbang.lookup.limits import client_address
from jinbang.lookup.pointer import PointerKeys
from jinbang.lookup.server import LookupService, new_receipt
from jinbang.lookup.shell import MAIN_SLOT, TITLE_SLOT, Shell
from jinbang.lookup.snapshot import Publication

_BETWEEN: Final = "<!-- main -->"  # a title is escaped: it holds no tag
_PARTS: Final = f"{TITLE_SLOT}{_BETWEEN}{MAIN_SLOT}"  # a page without a frame, to be put into the reader's own


def service() -> LookupService:
    """Return the service of this process: one for each home folder and key ring."""
    return _service(*_places())


def request_of(request: HttpRequest) -> Request:
    """Return a request as the lookup reads it. No more of the body is read than the form reader would accept."""
    client = client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("x-forwarded-for", ""),
        trusted_proxies=settings.JINBANG_TRUSTED_PROXIES,
    )
    read = ("accept", "content-type", "user-agent")
    headers = {name: request.headers[name] for name in read if name in request.headers}
    body = request.read(BODY_BYTES_MAX + 1) if request.method == "POST" else b""
    return Request(method=request.method or "", path=request.path, client=client, headers=headers, body=body)


def response_of(response: Response) -> HttpResponse:
    """Return an answer as Django sends it."""
    return HttpResponse(response.body, status=response.status, headers=dict(response.headers))


def own_answer(
    request: HttpRequest, release: str, fields: Mapping[str, str], *, as_picture: bool = False
) -> HttpResponse:
    """Answer somebody who has signed in as if they had typed these fields, within a page that knows who they are."""
    asked = request_of(request)
    headers = {**asked.headers, "accept": "text/html", "content-type": FORM_TYPE}
    body = urlencode({**fields, "receipt": new_receipt()} if as_picture else fields).encode()
    path = f"/lookup/{release}/picture" if as_picture else f"/lookup/{release}"
    answer = _own_service(*_places()).answer(Request("POST", path, asked.client, headers, body))
    title, _, main = answer.body.decode().partition(_BETWEEN)
    page = Shell(render_to_string(SHELL_TEMPLATE, request=request)).page(title=title, main=main)
    return response_of(Response(answer.status, answer.headers, page))


def _places() -> tuple[Path, Path, KeyRing]:
    return Path(settings.JINBANG_SNAPSHOTS), Path(settings.JINBANG_HOME) / VAULT_FOLDER, key_ring()


@lru_cache(maxsize=4)
def _shared(snapshots: Path, vault: Path, ring: KeyRing) -> tuple[Snapshots, KeyHolder, Gate]:
    files = Snapshots(snapshots, PointerKeys.of_ring(ring))
    return files, KeyHolder(KeyVault(vault, ring), is_warranted=_is_warranted), Gate()


@lru_cache(maxsize=4)
def _service(snapshots: Path, vault: Path, ring: KeyRing) -> LookupService:
    files, holder, gate = _shared(snapshots, vault, ring)
    return LookupService(files, holder, Shell(rendered_html()), gate=gate)


@lru_cache(maxsize=4)
def _own_service(snapshots: Path, vault: Path, ring: KeyRing) -> LookupService:
    files, holder, gate = _shared(snapshots, vault, ring)
    return LookupService(files, holder, Shell(_PARTS), gate=SignedInGate.beside(gate))


def _is_warranted(publication: Publication, warrant_hash: str) -> bool:
    return queries.is_warranted(publication.release, version=publication.version, warrant_hash=warrant_hash)
