"""The way to a provider and back, and what a visitor does whose outside identity belongs to no account yet."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter as account_adapter
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess, Provider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from jinbang.kernel import clock
from jinbang.people.audiences import public_page
from jinbang.people.outside import pending, queries
from jinbang.people.outside.errors import (
    OutsideNothingPending,
    OutsideProviderRefused,
    OutsideRefused,
    OutsideUnavailable,
)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def enter(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the visitor to a provider, by a page that says where to; only a button of ours begins the way.

    A redirect would be stopped: `form-action` of our policy holds for where a form's answer leads.
    """
    provider = get_adapter().get_provider(request, provider_id)
    if request.method != "POST":
        return redirect("account_login")
    wanted = request.POST.get(REDIRECT_FIELD_NAME, "")
    process = AuthProcess.CONNECT if request.POST.get("process") == AuthProcess.CONNECT else AuthProcess.LOGIN
    next_url = wanted if account_adapter(request).is_safe_url(wanted) else None
    try:
        address = provider.redirect(request, process, next_url=next_url).headers["Location"]
    except (RequestException, OAuth2Error) as error:
        return refused(request, provider, refusal=_unavailable(error))
    except OutsideRefused as refusal:
        return refused(request, provider, refusal=refusal)
    context = {"address": address, "host": urlsplit(address).hostname, "provider": provider}
    return _private(render(request, "people/public/outside_leaving.html", context))


@require_safe
@public_page
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the visitor back: sign in, link, or ask whose outside identity it is."""
    provider = get_adapter().get_provider(request, provider_id)
    view = _Callback.adapter_view(provider.get_oauth2_adapter(request))
    try:
        return _private(view(request))
    except RequestException as error:
        return refused(request, provider, refusal=_unavailable(error))
    except OutsideRefused as refusal:
        return refused(request, provider, refusal=refusal)


@require_safe
@public_page
def failed(request: HttpRequest) -> HttpResponse:
    """Stand at the library's address for errors that it does not name."""
    return refused(request, None, refusal=OutsideProviderRefused())


@require_safe
@public_page
def bind(request: HttpRequest) -> HttpResponse:
    """Show the two ways of making an outside identity one's own; whoever is signed in is led to link it."""
    waiting = pending.find(request.session, now=clock.now())
    if waiting is None:
        return refused(request, None, refusal=OutsideNothingPending())
    link = resolve_url("outside:link")
    if request.user.is_authenticated:
        return redirect(link)
    context = {"name": queries.name_of(waiting.provider_id), "next": urlencode({REDIRECT_FIELD_NAME: link})}
    return _private(render(request, "people/public/outside_bind.html", context))


def refused(request: HttpRequest, provider: Provider | None, *, refusal: OutsideRefused) -> HttpResponse:
    """Show why it came to nothing, and every way on."""
    context = {"refusal": refusal, "provider": provider, "is_signed_in": request.user.is_authenticated}
    return _private(render(request, "socialaccount/authentication_error.html", context, status=409))


class _Callback(OAuth2CallbackView):  # type: ignore[misc]  # allauth publishes no types
    """The library's way back, with the provider's words understood first and the state handed to who must check it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # allauth's signature
        """Read the answer in the words of OAuth 2, then go the library's way."""
        request.GET = self.adapter.understood(request.GET)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def _get_state(self, request: HttpRequest, provider: Provider) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response


def _unavailable(error: Exception) -> OutsideRefused:
    refusal = OutsideUnavailable()
    refusal.__cause__ = error
    return refusal


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
