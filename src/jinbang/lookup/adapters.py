"""The lookup behind Django: translates a request and its answer, nothing more. Used where one port serves everything.

The role of its own (`rsgi`) runs the same service; one set of tests runs against both.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jinbang.kernel.crypto import KeyRing, key_ring
from jinbang.lookup import queries
from jinbang.lookup.actions import rendered_html
from jinbang.lookup.exchange import BODY_BYTES_MAX, Request, Response
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.keyholder import VAULT_FOLDER, KeyHolder, KeyVault
from jinbang.lookup.limits import client_address
from jinbang.lookup.server import LookupService
from jinbang.lookup.shell import Shell
from jinbang.lookup.snapshot import Publication


def service() -> LookupService:
    """Return the service of this process: one for each home folder and key ring."""
    return _service(Path(settings.JINBANG_SNAPSHOTS), Path(settings.JINBANG_HOME) / VAULT_FOLDER, key_ring())


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


@lru_cache(maxsize=4)
def _service(snapshots: Path, vault: Path, ring: KeyRing) -> LookupService:
    holder = KeyHolder(KeyVault(vault, ring), is_warranted=_is_warranted)
    return LookupService(Snapshots(snapshots), holder, Shell(rendered_html()))


def _is_warranted(publication: Publication, warrant_hash: str) -> bool:
    return queries.is_warranted(publication.release, version=publication.version, warrant_hash=warrant_hash)
