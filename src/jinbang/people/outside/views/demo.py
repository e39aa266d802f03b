"""演示身份: an OpenID Connect service that the demo serves to itself, so that a newcomer can try signing in that way.

It stands in the demo alone and knows nobody but three made-up people. Its key is made anew in each process and signs
for nothing else. Codes are signed, last a minute and count once, and PKCE must fit, as with a real service.
"""

import base64
import hashlib
import hmac
import json
import time
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core import signing
from django.core.cache import cache as remembered
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.kernel.ids import new_id
from jinbang.people.audiences import public_page, system_page
from jinbang.people.outside import queries
from jinbang.people.outside.labels import DEMO_PEOPLE

DEMO: Final = "demo"  # as config.outside calls it
CODE_SECONDS: Final = 60
STATEMENT_SECONDS: Final = 300
KEY_ID: Final = "demo"
_SALT: Final = "jinbang.demo-identity"
_ASKED: Final = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method")


@require_safe
@system_page
def discovery(request: HttpRequest) -> HttpResponse:
    """Say where everything is."""
    issuer = _issuer()
    paths = {
        "authorization_endpoint": "demo_authorize",
        "token_endpoint": "demo_token",
        "jwks_uri": "demo_keys",
    }
    addresses = {name: request.build_absolute_uri(reverse(f"outside_demo:{view}")) for name, view in paths.items()}
    return JsonResponse(
        {
            "issuer": issuer,
            **addresses,
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
    )


@require_safe
@system_page
def keys(request: HttpRequest) -> HttpResponse:
    """Show the public half of the key."""
    _issuer()
    numbers = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(_key().public_key()))
    return JsonResponse({"keys": [{**numbers, "kid": KEY_ID, "use": "sig", "alg": "ES256"}]})


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def authorize(request: HttpRequest) -> HttpResponse:
    """Let the newcomer be one of three made-up people, or say no."""
    asked = {name: request.GET.get(name, "") for name in _ASKED}
    _require_ours(request, asked)
    if request.method != "POST":
        return render(request, "people/public/demo_identity.html", {"people": DEMO_PEOPLE})
    answer = {"state": asked["state"]}
    if (person := request.POST.get("person", "")) in DEMO_PEOPLE:
        answer["code"] = signing.dumps({**asked, "person": person, "id": str(new_id())}, salt=_SALT)
    else:
        answer["error"] = "access_denied"
    return HttpResponseRedirect(f"{asked['redirect_uri']}?{urlencode(answer)}")


@csrf_exempt
@require_POST
@system_page
def token(request: HttpRequest) -> HttpResponse:
    """Change a code for a signed statement of who it was."""
    issuer, door = _issuer(), queries.find_door(DEMO) or {}
    if not hmac.compare_digest(request.POST.get("client_secret", "").encode(), door["secret"].encode()):
        return JsonResponse({"error": "invalid_client"}, status=401)
    asked = _asked_with(request.POST.get("code", ""))
    if asked is None or asked["code_challenge"] != _challenge(request.POST.get("code_verifier", "")):
        return JsonResponse({"error": "invalid_grant"}, status=400)
    now = int(time.time())  # the machine's own clock, by which statements are checked; the demo's may be shifted
    claims = {
        "iss": issuer, "aud": door["client_id"], "sub": asked["person"], "nonce": asked["nonce"],
        "iat": now, "exp": now + STATEMENT_SECONDS,
    }  # fmt: skip
    statement = jwt.encode(claims, _key(), algorithm="ES256", headers={"kid": KEY_ID})
    return JsonResponse({"access_token": "none", "token_type": "Bearer", "id_token": statement})


def _issuer() -> str:
    """Return who this service is. It does not exist outside the demo."""
    door = queries.find_door(DEMO)
    if not settings.JINBANG_DEMO or door is None:
        raise Http404
    return str(door["settings"]["server_url"])


def _require_ours(request: HttpRequest, asked: dict[str, str]) -> None:
    """Answer nobody but the demo itself: sent back is only to its own way back."""
    _issuer()
    back = request.build_absolute_uri(reverse("outside:callback", kwargs={"provider_id": DEMO}))
    door = queries.find_door(DEMO) or {}
    if (asked["client_id"], asked["redirect_uri"]) != (door["client_id"], back):
        raise Http404


def _asked_with(code: str) -> dict[str, Any] | None:
    """Return what was asked when a code was given out, once and within a minute."""
    try:
        asked: dict[str, Any] = signing.loads(code, salt=_SALT, max_age=CODE_SECONDS)
    except signing.BadSignature:
        return None
    return asked if remembered.add(f"demo-identity:{asked['id']}", value=True, timeout=2 * CODE_SECONDS) else None


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
