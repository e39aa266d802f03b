"""Alipay (支付宝): the web sign-in of open.alipay.com, whose codes and tokens go through a gateway of signed calls."""

from typing import Any, Final

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

from jinbang.kernel import clock
from jinbang.people.outside.adapters.doors import DoorMixin, OutsideProvider
from jinbang.people.outside.errors import OutsideNotGenuine, OutsideOtherApplication
from jinbang.people.outside.gateway import GatewayAccess, access_from, call

_AUTHORIZE: Final = "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm"
_TOKEN: Final = "alipay.system.oauth.token"  # noqa: S105  # the name of a call
_PERSON: Final = "alipay.user.info.share"


class AlipayClient(OAuth2Client):  # type: ignore[misc]  # allauth publishes no types
    """The two steps of OAuth 2 in Alipay's words."""

    access: GatewayAccess

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        """Return where the visitor says yes."""
        words = {"app_id": self.consumer_key, "scope": ",".join(scope), "redirect_uri": self.callback_url}
        return f"{authorization_url}?{urlencode({**words, **extra_params, 'state': self.state})}"

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:  # allauth's signature
        """Return the gateway's answer to a code."""
        with get_adapter().get_requests_session() as session:
            body = {"grant_type": "authorization_code", "code": code}
            return call(self.access, _TOKEN, body=body, session=session, now=clock.now())


class AlipayDoor(DoorMixin, OAuth2Adapter):  # type: ignore[misc]  # allauth publishes no types
    """Speaks with Alipay."""

    client_class = AlipayClient
    access_token_url = ""

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        """Read the keys. Those that cannot be read are a fault of the settings, and crash as one."""
        super().__init__(request)
        self.provider_id = provider_id
        app = self.get_provider().app
        self.authorize_url = app.settings.get("authorize_url", _AUTHORIZE)
        self._access = access_from(
            address=app.settings.get("gateway", ""),
            app_id=app.client_id,
            private_key=app.settings["private_key"],
            public_key=app.settings["public_key"],
        )

    def get_client(self, request: HttpRequest, app: SocialApp) -> AlipayClient:
        """Give the client its keys."""
        client: AlipayClient = super().get_client(request, app)
        client.access = self._access
        return client

    def understood(self, answer: QueryDict) -> QueryDict:
        """Read Alipay's `auth_code` as the code. Refuses an answer that names another application."""
        if answer.get("app_id", self._access.app_id) != self._access.app_id:
            raise OutsideOtherApplication
        words = answer.copy()
        if "auth_code" in words:
            words["code"] = str(words["auth_code"])
        return words

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:  # allauth's signature
        """Return who came: the person of the code, once the gateway has said the same of the token."""
        subject = _subject_of(kwargs["response"])
        with get_adapter().get_requests_session() as session:
            body = {"auth_token": token.token}
            person = call(self._access, _PERSON, body=body, session=session, now=clock.now())
        if not subject or subject != _subject_of(person):
            raise OutsideNotGenuine
        return self.get_provider().sociallogin_from_response(request, {"subject": subject})


def _subject_of(answer: dict[str, Any]) -> str:
    """Return Alipay's id of a person: applications made since 2023 are given an `open_id`, older ones a `user_id`."""
    return str(answer.get("open_id") or answer.get("user_id") or "")


class AlipayProvider(OutsideProvider):
    """Alipay."""

    id = "alipay"
    oauth2_adapter_class = AlipayDoor

    def get_default_scope(self) -> list[str]:
        """Ask for the scope that `alipay.user.info.share` needs."""
        return ["auth_user"]
