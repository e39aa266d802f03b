"""WeChat (微信): the web sign-in of open.weixin.qq.com. The token's answer names the person; no profile is read."""

from typing import Any, Final

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.weixin.client import WeixinOAuth2Client
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.http import HttpRequest

from jinbang.people.outside.adapters.doors import DoorMixin, OutsideProvider

_AUTHORIZE: Final = "https://open.weixin.qq.com/connect/qrconnect"


class WeixinDoor(DoorMixin, WeixinOAuth2Adapter):  # type: ignore[misc]  # allauth publishes no types
    """Speaks with WeChat."""

    client_class = WeixinOAuth2Client

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        """Answer to the name of the settings."""
        super().__init__(request)
        self.provider_id = provider_id
        settings = self.get_provider().app.settings
        self.access_token_url = settings.get("token_url", WeixinOAuth2Adapter.access_token_url)
        self._authorize_url = settings.get("authorize_url", _AUTHORIZE)

    @property
    def authorize_url(self) -> str:
        """Return where the visitor says yes."""
        return str(self._authorize_url)

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:  # allauth's signature
        """Return who came. The library would ask for nickname and picture too; nobody here needs them."""
        subject = kwargs["response"].get("openid")
        if not isinstance(subject, str) or not subject:
            raise OAuth2Error("WeChat named nobody")
        return self.get_provider().sociallogin_from_response(request, {"subject": subject})


class WeixinProvider(OutsideProvider):
    """WeChat."""

    id = "weixin"
    oauth2_adapter_class = WeixinDoor

    def get_default_scope(self) -> list[str]:
        """Ask for signing in and nothing else."""
        return ["snsapi_login"]
