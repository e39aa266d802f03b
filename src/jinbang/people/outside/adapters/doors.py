"""What every provider of ours has in common: addresses of this site, and that nothing it tells is kept but a hash."""

from typing import Any, ClassVar

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from jinbang.kernel.crypto import blind_index, key_ring


class OutsideProvider(OAuth2Provider):  # type: ignore[misc]  # allauth publishes no types
    """A provider of outside identities."""

    account_class = ProviderAccount

    def __init__(self, request: HttpRequest, app: Any = None) -> None:  # allauth's signature
        """Bear the name that the settings give."""
        super().__init__(request, app=app)
        self.name = app.name

    @property
    def realm(self) -> str:
        """Within what the provider's own id of a person is unique: with another realm, they are other people."""
        return str(self.app.client_id)

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:  # allauth's signature
        """Return where the way to the provider begins."""
        return reverse("outside:enter", kwargs={"provider_id": self.sub_id})

    def get_callback_url(self) -> str:
        """Return where the provider sends the visitor back to."""
        return reverse("outside:callback", kwargs={"provider_id": self.sub_id})

    def get_oauth2_adapter(self, request: HttpRequest) -> Any:  # allauth publishes no types
        """Return what speaks with the provider."""
        return self.oauth2_adapter_class(request, self.sub_id)

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return a keyed hash of the provider's id: enough to know the person again, and useless elsewhere."""
        return blind_index(key_ring(), purpose=f"outside|{self.sub_id}", value=f"{self.realm}|{data['subject']}")

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:  # allauth's signature
        """Keep nothing of what the provider tells."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:  # allauth's signature
        """Take over no name, no address and no telephone number."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:  # allauth's signature
        """Take over no address."""
        return []


class DoorMixin:
    """What speaks with a provider: the library's adapter of OAuth 2 with addresses of ours and our one-time state."""

    provider_id: str
    state: ClassVar[dict[str, Any]] = {}

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:  # allauth's signature
        """Return the whole address that the provider must have been told of."""
        return request.build_absolute_uri(reverse("outside:callback", kwargs={"provider_id": self.provider_id}))

    def understood(self, answer: QueryDict) -> QueryDict:
        """Return what the visitor brings back, in the words of OAuth 2."""
        return answer
