"""OpenID Connect: how the electronic social-security card and any such service signs people in.

Stricter than the library, which trusts a token because it came over TLS: signature, issuer, audience, expiry and nonce
are all checked, with asymmetric algorithms alone, and PKCE binds the code to this browser. No profile is asked for.
Source: OpenID Connect Core 1.0, 3.1.3.7; Discovery 1.0, 4.3; RFC 7636.
"""

import hmac
import secrets
from typing import Any, Final

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse

from jinbang.people.outside.adapters.doors import DoorMixin, OutsideProvider
from jinbang.people.outside.errors import (
    OutsideClockOff,
    OutsideNotGenuine,
    OutsideOtherApplication,
    OutsideTooLate,
    OutsideUnavailable,
)
from jinbang.people.outside.rules import is_address_to_speak_with

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS: Final = 60
NONCE: Final = "nonce"
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class OpenIdDoor(DoorMixin, OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth publishes no types
    """Speaks with an OpenID Connect service."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the service says of itself, once it has been seen to be the service that the settings name."""
        if not hasattr(self, "_checked"):
            found = super().openid_config
            issuer = self.get_provider().realm
            addresses = [found.get(name) for name in _ENDPOINTS] if isinstance(found, dict) else [None]
            if not all(isinstance(address, str) and is_address_to_speak_with(address) for address in addresses):
                raise OutsideUnavailable
            if str(found.get("issuer", "")).rstrip("/") != issuer:
                raise OutsideNotGenuine
            self._checked: dict[str, Any] = found
        return self._checked

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:  # allauth's signature
        """Return who came, by the statement that the service signed for this very sign-in."""
        claims = self._claims(str(kwargs["response"].get("id_token", "")), audience=app.client_id)
        expected = str(self.state.get(NONCE, ""))
        if not expected or not hmac.compare_digest(str(claims.get(NONCE, "")).encode(), expected.encode()):
            raise OutsideNotGenuine
        return self.get_provider().sociallogin_from_response(request, {"subject": str(claims["sub"])})

    def _claims(self, statement: str, *, audience: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                statement,
                key=self._key_of(statement),
                algorithms=list(ALGORITHMS),
                audience=audience,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise OutsideTooLate from error
        except jwt.ImmatureSignatureError as error:
            raise OutsideClockOff from error
        except jwt.InvalidAudienceError as error:
            raise OutsideOtherApplication from error
        except jwt.PyJWTError as error:
            raise OutsideNotGenuine from error
        if claims.get("azp", audience) != audience or not claims["sub"]:
            raise OutsideOtherApplication
        return claims

    def _key_of(self, statement: str) -> jwt.PyJWK:
        """Return the service's key that a statement says it is signed with. Fetched each time: keys change."""
        kid = jwt.get_unverified_header(statement).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"], allow_redirects=False)
            answer.raise_for_status()
            content = answer.json()
        keys = jwt.PyJWKSet.from_dict(content if isinstance(content, dict) else {}).keys
        fitting = [key for key in keys if key.key_id == kid and key.public_key_use in {None, "sig"}]
        if len(fitting) != 1:
            raise OutsideNotGenuine
        return fitting[0]


class OpenIdProvider(OutsideProvider, OpenIDConnectProvider):  # type: ignore[misc]  # allauth publishes no types
    """Any OpenID Connect service."""

    id = "openid_connect"
    oauth2_adapter_class: type[OAuth2Adapter] = OpenIdDoor
    pkce_enabled_default = True
    supports_token_authentication = False

    @property
    def realm(self) -> str:
        """The issuer: its ids of people mean nothing under another one."""
        return str(self.app.settings["server_url"]).rstrip("/")

    def get_default_scope(self) -> list[str]:
        """Ask for nothing but who it is."""
        return ["openid"]

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,  # allauth's signature
    ) -> HttpResponse:
        """Send the visitor to the service with a number that its statement must repeat."""
        nonce = secrets.token_urlsafe(24)
        auth_params = {**(kwargs.pop("auth_params", None) or {}), NONCE: nonce}
        words = {**kwargs, "auth_params": auth_params, "nonce": nonce}
        response: HttpResponse = super().redirect(request, process, next_url, data, **words)
        return response
