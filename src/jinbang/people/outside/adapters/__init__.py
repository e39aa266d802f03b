"""How the sign-in library sees outside identities: which there are, and that none of them opens anything by itself.

Providers come from the settings alone: the library's table of them stays empty, so that no row can open a door.
"""

from http import HTTPStatus
from typing import Any, Final

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess, Provider
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from requests import RequestException, Response, Session

from jinbang.kernel import clock
from jinbang.people.models import Account
from jinbang.people.outside import actions, pending, queries
from jinbang.people.outside.adapters.alipay import AlipayProvider
from jinbang.people.outside.adapters.openid import OpenIdProvider
from jinbang.people.outside.adapters.weixin import WeixinProvider
from jinbang.people.outside.errors import (
    OutsideCodeRefused,
    OutsideIdentityTaken,
    OutsideNeverForStaff,
    OutsideProviderRefused,
    OutsideStateLost,
    OutsideUnavailable,
)
from jinbang.people.queries import get_candidate
from jinbang.people.states import AccountKind

_PROVIDERS: Final = {provider.id: provider for provider in (WeixinProvider, AlipayProvider, OpenIdProvider)}


class OutsideAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Outside identities for django-allauth."""

    # ------------------------------------------------------------ which there are
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:  # allauth's signature
        """Return what is set, as the library's rows, none of which is ever saved."""
        wanted = [door.provider_id for door in queries.doors() if provider in {None, door.provider_id}]
        apps = [_app(provider_id) for provider_id in wanted]
        return [app for app in apps if client_id in {None, app.client_id}]

    def list_providers(self, request: HttpRequest) -> list[Provider]:
        """Return a provider for each."""
        return [_PROVIDERS[app.provider](request, app=app) for app in self.list_apps(request)]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        """Return one provider. One that is not set does not exist (404)."""
        app = self.get_app(request, provider=provider, client_id=client_id)
        return _PROVIDERS[app.provider](request, app=app)

    def get_requests_session(self) -> Session:
        """Return a session that follows no redirect, gives up after the library's five seconds, and knows an outage."""
        session: Session = super().get_requests_session()
        session.max_redirects = 0
        session.hooks["response"].append(_require_service)
        return session

    # ------------------------------------------------------------ what they may do
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # allauth's signature
        """Whether an outside identity makes an account: never."""
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Find nobody: an address that a provider states proves nothing about an account of ours."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let a linked identity sign in; link another for whoever asked to; let any other wait for its owner."""
        sociallogin.token = None  # nothing is asked of the provider later, so nothing is kept that could
        user = request.user if isinstance(request.user, Account) else None
        if sociallogin.state.get("process") == AuthProcess.CONNECT and user is not None:
            _link(user, sociallogin)
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("outside:identities")))
        if sociallogin.is_existing:
            if sociallogin.user.kind != AccountKind.CANDIDATE:
                raise OutsideNeverForStaff
            return
        identity = sociallogin.account
        onwards = sociallogin.state.get("next") or ""
        waiting = pending.Pending(identity.provider, identity.uid, onwards=onwards, asked_at=clock.now())
        pending.keep(request.session, waiting)
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("outside:bind")))

    def on_authentication_error(  # allauth's signature
        self,
        request: HttpRequest,
        provider: Provider,  # the same
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say by a refusal of ours what went wrong; the library knows only that something did."""
        if "state" not in (extra_context or {}):
            raise OutsideStateLost from exception
        if error == AuthError.CANCELLED or request.GET.keys().isdisjoint({"code", "error"}):
            # WeChat says no by sending nobody's code back.
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("socialaccount_login_cancelled")))
        if isinstance(exception, RequestException):
            raise OutsideUnavailable from exception
        if exception is not None:
            raise OutsideCodeRefused from exception
        raise OutsideProviderRefused


def _require_service(answer: Response, *_args: object, **_kwargs: object) -> None:
    """Raise, as a fault of the network would, where the provider says that it is out of order."""
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        answer.close()  # nobody will read it, and the connection is to be given back
        answer.raise_for_status()


def _app(provider_id: str) -> SocialApp:
    door = queries.find_door(provider_id) or {}
    return SocialApp(
        provider=door["kind"],
        provider_id=provider_id,
        name=str(door["name"]),
        client_id=door["client_id"],
        secret=door["secret"],
        settings=door["settings"],
    )


def _link(user: Account, sociallogin: SocialLogin) -> None:
    identity = sociallogin.account
    if sociallogin.is_existing and sociallogin.user != user:
        raise OutsideIdentityTaken
    if user.kind != AccountKind.CANDIDATE:
        raise OutsideNeverForStaff
    actions.link_identity(provider_id=identity.provider, uid=identity.uid, by=get_candidate(user), now=clock.now())
